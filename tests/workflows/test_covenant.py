"""The covenant workflow and its steps, on the real server in skipped time."""

import uuid
from datetime import timedelta

import pytest
import pytest_asyncio
from lives import Engine, table_on
from table import STEPS, Table, both

from models import contracts as c
from models import signing as sg
from models.enums import Ground, Ratified, Stance, TaskKind
from models.errors import Conflict, Refusal
from models.playbook import Step
from models.scenario import PositionReply
from rules.calendar import add_working_days, local_date, working_days_between
from store import views

pytestmark = pytest.mark.asyncio(loop_scope="session")

OBJECTION = PositionReply(stance=Stance.OBJECT, ground=Ground.NORM, lift="A date by which the gap is closed.")
FAY = c.Actor(person="fay")


def act_id() -> str:
    return f"a-{uuid.uuid4()}"


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def busy(engine: Engine) -> Table:
    """A covenant whose first step stays open: each test is about a party of its own, or about what is refused."""
    table = table_on(engine)
    await table.launch()
    return table


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def rounds(engine: Engine) -> Table:
    """A covenant whose first round stays open: each test speaks for a party of its own."""
    table = table_on(engine)
    await table.launch()
    await table.approve()
    return table


async def to_signing(table: Table) -> None:
    await table.approve()
    await table.agree_on_text()
    await table.approve()
    await table.ratify()


@pytest.mark.slow
async def test_a_small_covenant_from_launch_to_the_end_of_its_term(table: Table) -> None:
    await table.launch()
    await to_signing(table)
    await table.sign()
    view = await views.view(table.db, table.slug)
    assert view.covenant.status == "in_force", (
        await table.kinds(),
        await table.steps(),
        {k: t.status for k, t in (await table.waiting()).items()},
    )
    assert view.covenant.accord_at < view.covenant.signed_at <= view.covenant.in_force_at  # type: ignore[operator]
    assert {signature.text_sha for signature in view.signatures} == {view.covenant.text_sha}
    assert [document.kind for document in view.documents] == ["draft", "final", "sealed", "evidence"]
    for _year in range(3):
        for kind, days in ((TaskKind.PLAN, 200), (TaskKind.REPORT, 70)):
            for task in (await table.waiting()).values():
                assert task.kind is kind
                await table.give(task, c.DocumentAnswer(title="Report", sha256="a" * 64))
            await table.advance(days)
    assert (await views.covenant(table.db, table.slug)).status == "completed"
    assert set((await table.steps()).values()) == {"done"}
    assert await views.chain_break(table.db, table.slug) is None


async def test_an_objection_blocks_until_an_amended_clause_lifts_it(table: Table) -> None:
    await table.launch()
    await table.approve()
    await table.position("union", {"wage": OBJECTION})
    await table.agree_on_text()
    clauses = {clause.id: clause.status for clause in (await views.view(table.db, table.slug)).clauses}
    assert clauses == {"wage": "blocked", "air": "agreed_ad_referendum"}
    verdict = next(
        decision for decision in (await views.view(table.db, table.slug)).decisions if decision.clause == "wage"
    )
    assert verdict.outcome == "failed"
    assert "Unions" in verdict.sentence_en
    assert "Unions (nl)" in verdict.sentence_nl
    await table.draft({"wage": "New wage"})
    assert {task.total for task in (await table.waiting()).values()} == {1}, "only the amended clause is asked for"
    await table.agree_on_text()
    clauses = {clause.id: clause.status for clause in (await views.view(table.db, table.slug)).clauses}
    assert clauses == {"wage": "agreed_ad_referendum", "air": "agreed_ad_referendum"}
    mails = await views.mails(table.db, table.slug)
    redline = next(
        m for m in mails if m.template == "draft" and m.person == "guild-lead" and "round-2" in (m.task or "")
    )
    assert b"New wage" in redline.message or b"New" in redline.message


async def test_an_answer_on_an_old_version_is_refused_and_names_the_current_one(rounds: Table) -> None:
    task = (await rounds.waiting())["union"]
    old = c.PositionsAnswer(positions=[c.Position(clause="wage", sha256="0" * 64, stance=Stance.AGREE)])
    with pytest.raises(Refusal) as refused:
        await rounds.give(task, old)
    current = (await views.current_texts(rounds.db, rounds.slug))["wage"].sha256
    assert refused.value.code == "old_clause_version"
    assert refused.value.evidence["expected"] == current
    assert current in refused.value.words.nl
    assert (await rounds.task("round-1/union")).status == "open"


async def test_a_position_may_change_until_the_round_closes_and_a_ratification_may_be_rejected(table: Table) -> None:
    await table.launch()
    await table.approve()
    await table.position("union", {"wage": OBJECTION})
    await table.position("union")
    await table.agree_on_text()
    assert "clauses_revised" not in await table.kinds()
    assert (await table.steps())["talks"] == "done"
    with pytest.raises((Refusal, Conflict)) as refused:
        await table.give(await table.task("round-1/union"), c.PositionsAnswer(
            positions=[c.Position(clause="wage", sha256="0" * 64, stance=Stance.AGREE)]))  # fmt: skip
    assert refused.value.code in {"workflow_over", "task_closed"}
    await table.approve()
    await a_rejected_ratification_is_the_facilitators_to_resolve(table)


async def a_rejected_ratification_is_the_facilitators_to_resolve(table: Table) -> None:
    task = (await table.waiting())["guild"]
    no = c.RatificationAnswer(result=Ratified.REJECTED, text_sha=task.text_sha or "")
    with pytest.raises(Refusal) as why:
        await table.give(task, no)
    assert why.value.code == "rejected_without_reason"
    await table.give(task, no.model_copy(update={"comment": "our members said no"}))
    assert (await table.steps())["ratification"] == "failed"
    assert (await table.waiting())["facilitator"].choices == ["back", "repeat", "continue", "end"]


async def test_a_partial_submission_keeps_the_task_open(rounds: Table) -> None:
    await rounds.position("guild", {"air": PositionReply(stance=Stance.AGREE)}, partial=True)
    task = (await rounds.waiting())["guild"]
    assert (task.status, task.done, task.total) == ("open", 1, 2)
    await rounds.position("guild", {"wage": PositionReply(stance=Stance.AGREE)}, partial=True)
    assert (await rounds.task("round-1/guild")).status == "answered"


async def test_beyond_a_mandate_is_kept_ad_referendum_not_lost_not_counted(rounds: Table) -> None:
    receipt = await rounds.position("trade", by="trade-aide")
    assert not receipt.counted
    assert (await rounds.waiting())["trade"].status == "open"
    answers = await views.answers(rounds.db, f"{rounds.slug}/round-1/trade")
    assert [(answer.person, answer.counted) for answer in answers] == [("trade-aide", False)]
    receipt = await rounds.position("trade")
    assert receipt.counted


@pytest.mark.slow
async def test_reminders_only_to_who_has_not_acted_and_the_ladder_to_its_end(table: Table) -> None:
    await table.launch()
    await table.approve(except_=["union"])
    task = (await table.waiting())["union"]
    await table.advance(working_days_between(local_date(await table.now()), local_date(task.due_at)) + 6)
    reminded = (await table.waiting())["union"]
    assert reminded.reminders >= 3
    assert any("eminder" in subject for subject in await table.mails_to("union-lead"))
    assert not any("eminder" in subject for subject in await table.mails_to("guild-lead"))
    await table.advance(6)
    assert (await table.waiting())["union"].rung == "call"
    await table.advance(55)
    assert (await table.task("principles/union")).status == "expired"
    assert (await table.steps())["principles"] == "failed"
    decision = (await table.waiting())["facilitator"]
    assert decision.choices == ["repeat", "continue", "end"]
    await table.decide("repeat")
    assert (await table.steps())["principles-2"] == "active"
    await table.approve()
    assert (await table.steps())["principles-2"] == "done"


async def test_a_paused_ladder_does_not_climb_and_an_extension_moves_the_due_date(table: Table) -> None:
    await table.launch()
    await table.approve(except_=["union"])
    task = (await table.waiting())["union"]
    pause = c.LadderPause(act=act_id(), actor=FAY, task=task.id, reason="The negotiator is ill.")
    await table.carry(task.workflow, "pause_ladder", pause)
    await table.advance(40)
    paused = (await table.waiting())["union"]
    assert (paused.rung, paused.ladder_held) == (None, "The negotiator is ill.")
    due = add_working_days(local_date(await table.now()), 15)
    extension = c.Extension(act=act_id(), actor=FAY, tasks=[task.id], due=due, reason="Board meets later.")
    await table.carry(task.workflow, "extend", extension)
    moved = (await table.waiting())["union"]
    assert local_date(moved.due_at) == due
    assert moved.first_due_at == task.due_at
    assert (await table.event("due_extended")).data["reason"] == "Board meets later."
    past = c.Extension(act=act_id(), actor=FAY, tasks=[task.id], due=local_date(task.due_at), reason="Into the past.")
    with pytest.raises(Refusal, match="not after today"):
        await table.carry(task.workflow, "extend", past)


async def test_a_pause_refuses_answers_and_moves_what_is_due(table: Table) -> None:
    await table.launch()
    task = (await table.waiting())["union"]
    await table.steer("hold", c.Hold(act=act_id(), actor=FAY, reason="Elections."))
    assert (await views.covenant(table.db, table.slug)).held_reason == "Elections."
    with pytest.raises(Refusal) as refused:
        await table.give(task, c.ApprovalAnswer(stance=Stance.AGREE))
    assert refused.value.code == "paused"
    assert "Elections." in refused.value.words.en
    with pytest.raises(Refusal, match="paused already"):
        await table.steer("hold", c.Hold(act=act_id(), actor=FAY, reason="Again."))
    await table.advance(30)
    assert (await table.waiting())["union"].reminders == 0
    await table.steer("hold", c.Hold(act=act_id(), actor=FAY, resume=True, reason="A new cabinet."))
    moved = (await table.waiting())["union"]
    assert working_days_between(local_date(task.due_at), local_date(moved.due_at)) == 30
    await table.approve()
    assert (await table.steps())["principles"] == "done"


async def test_a_withdrawal_changes_denominators_and_breaks_the_balance(table: Table) -> None:
    await table.launch()
    await table.approve()
    before = (await views.view(table.db, table.slug)).decisions[0]
    leaving = c.Withdrawal(
        act=act_id(), actor=c.Actor(person="trade-lead"), party="trade", reason="No company signature on the table."
    )
    await table.steer("withdraw", leaving)
    assert (await table.task("round-1/trade")).status == "void"
    balance = (await table.waiting())["facilitator"]
    assert "balance is broken" in balance.title_en
    assert balance.choices == ["continue", "pause", "end"]
    await table.agree_on_text()
    assert (await table.steps())["accord"] == "planned", "nothing new starts before the facilitator decided"
    await table.decide("continue")
    assert (await table.steps())["accord"] == "active"
    assert set(await table.waiting()) == {"union", "guild", "shops"}
    after = (await views.view(table.db, table.slug)).decisions[0]
    assert (before.question, before.verdict) == (after.question, after.verdict), "earlier decisions stay as counted"
    with pytest.raises(Refusal, match="not at the table"):
        await table.steer("withdraw", leaving.model_copy(update={"act": act_id()}))


async def test_only_the_party_or_the_secretariat_can_withdraw_it(busy: Table) -> None:
    for person in ("guild-lead", "trade-aide"):
        with pytest.raises(Refusal) as refused:
            await busy.steer(
                "withdraw",
                c.Withdrawal(act=act_id(), actor=c.Actor(person=person), party="trade", reason="Not mine to say."),
            )
        assert refused.value.code == "no_office"
    assert "party_withdrew" not in await busy.kinds()


async def test_the_facilitator_changes_the_plan_on_the_record(table: Table) -> None:
    await table.launch()
    promised = {s.key: s.planned_end for s in (await views.view(table.db, table.slug)).steps}
    step = Step.model_validate(
        {"id": "hearing", "phase": "exploration", "kind": "contribution", "title": both("Hearing"), "duration": 5}
    )
    await table.steer(
        "change_plan",
        c.PlanChange(act=act_id(), actor=FAY, change="insert", key="principles", step=step, reason="The field asked."),
    )
    planned_end = {s.key: s.planned_end for s in (await views.view(table.db, table.slug)).steps}
    later = add_working_days(planned_end["talks"], 20)
    await table.steer(
        "change_plan",
        c.PlanChange(act=act_id(), actor=FAY, change="reschedule", key="talks", due=later, reason="Summer recess."),
    )
    moved = {s.key: s for s in (await views.view(table.db, table.slug)).steps}
    assert (moved["talks"].planned_end, moved["talks"].first_planned_end) == (later, promised["talks"])
    assert moved["talks"].slips[-1]["en"] == "Summer recess."
    assert moved["accord"].planned_end > planned_end["accord"]
    await table.approve()
    assert (await table.steps())["hearing"] == "active"
    await table.steer(
        "change_plan", c.PlanChange(act=act_id(), actor=FAY, change="skip", key="hearing", reason="Held elsewhere.")
    )
    assert (await table.steps())["hearing"] == "skipped"
    assert (await table.steps())["talks"] == "active"
    await table.steer(
        "change_plan", c.PlanChange(act=act_id(), actor=FAY, change="repeat", key="principles", reason="New party.")
    )
    assert (await table.steps())["principles-2"] in {"active", "planned"}
    for actor, key, code in (("union-lead", "accord", "no_office"), ("fay", "nowhere", "unknown_step")):
        change = c.PlanChange(act=act_id(), actor=c.Actor(person=actor), change="skip", key=key, reason="Not allowed.")
        with pytest.raises(Refusal) as refused:
            await table.steer("change_plan", change)
        assert refused.value.code == code


@pytest.mark.slow
async def test_signing_waits_for_the_threshold_is_prolonged_once_and_met(table: Table) -> None:
    await table.launch(companies=3, thresholds={"participants": 3, "market_share": 30})
    await to_signing(table)
    await table.sign(except_=["firm-3"])
    await table.advance(11)
    decision = (await table.waiting())["facilitator"]
    assert "2 of the 3 companies" in decision.title_en
    assert decision.choices == ["prolong", "lapse"]
    await table.decide("prolong", due_in=15)
    assert (await table.event("signing_prolonged")).data["reason"] == "decided on the record"
    await table.sign()
    view = await views.view(table.db, table.slug)
    assert view.covenant.signed_at is not None
    assert len([s for s in view.signatures if s.party.startswith("firm")]) == 3


@pytest.mark.slow
async def test_signing_needs_the_right_signatures_and_lapses_on_the_record(table: Table) -> None:
    await table.launch(companies=3, thresholds={"participants": 3})
    await to_signing(table)
    await a_signature_needs_the_mandate_the_code_and_the_exact_text(table)
    await table.sign(except_=["firm-1", "firm-2"])
    await table.advance(11)
    await table.decide("lapse")
    assert (await table.steps())["signing"] == "failed"
    await table.decide("end")
    assert (await views.covenant(table.db, table.slug)).status == "ended"
    assert await table.waiting() == {}


async def a_signature_needs_the_mandate_the_code_and_the_exact_text(table: Table) -> None:
    task = (await table.waiting())["union"]
    with pytest.raises(Refusal) as refused:
        await table.sign_one(task, by="union-aide")
    assert refused.value.code == "no_mandate_to_sign"
    with pytest.raises(Refusal) as refused:
        await table.sign_one(task, code="AAAA-AAAA")
    assert refused.value.code == "no_valid_code", "no code was asked for yet"
    code = await table.code(task, "union-lead")
    for left in (4, 3, 2, 1, 0):
        with pytest.raises(Refusal) as refused:
            await table.sign_one(task, code="AAAA-AAAA")
        assert refused.value.evidence["left"] == str(left)
    with pytest.raises(Refusal) as refused:
        await table.sign_one(task, code=code)
    assert refused.value.code == "no_valid_code", "after five wrong codes a new one is needed"
    code = await table.code(task, "union-lead")
    with pytest.raises(Refusal) as refused:
        await table.give(task, sg.SignatureAnswer(text_sha="0" * 64, code=code, name="Lead"))
    assert refused.value.code == "other_text"
    await table.sign_one(task, code=code)
    assert (await table.task("signing/union")).status == "answered"
    recorded = [str(event.data) for event in await views.events(table.db, table.slug)]
    assert not any(code in text for text in recorded), "a one-time code is in no record"


async def test_answering_on_behalf_is_logged_and_told_to_the_party(busy: Table) -> None:
    task = (await busy.waiting())["trade"]
    with pytest.raises(Refusal) as refused:
        await busy.give(task, c.ApprovalAnswer(stance=Stance.AGREE), by="guild-lead", on_behalf="They asked me to.")
    assert refused.value.code == "no_office"
    await busy.give(task, c.ApprovalAnswer(stance=Stance.AGREE), by="sec", on_behalf="Phoned in at 10:00.")
    answer = (await views.answers(busy.db, task.id))[0]
    assert (answer.respondent, answer.person, answer.on_behalf) == ("trade", "sec", "Phoned in at 10:00.")
    assert (await busy.event("answered")).on_behalf_of == "trade"
    told = [one for one in await views.mails(busy.db, busy.slug) if one.subject.startswith("An answer was given")]
    assert b"Answer: agree" in told[-1].message
    assert any("given for" in subject for subject in await busy.mails_to("trade-lead"))


async def test_the_same_act_counts_once(busy: Table) -> None:
    task = (await busy.waiting())["union"]
    act = act_id()
    first = await busy.give(task, c.ApprovalAnswer(stance=Stance.AGREE), act_id=act)
    again = await busy.give(task, c.ApprovalAnswer(stance=Stance.AGREE), act_id=act)
    assert first.event == again.event == act
    assert len(await views.answers(busy.db, task.id)) == 1


async def test_ending_the_talks_voids_what_is_open(table: Table) -> None:
    await table.launch()
    open_before = await table.waiting()
    await table.steer("end_talks", c.EndTalks(act=act_id(), actor=FAY, reason="Scope could not be agreed."))
    await table.settle()
    assert len(open_before) == 4
    assert await table.waiting() == {}
    assert (await views.covenant(table.db, table.slug)).status == "ended"
    assert (await table.event("covenant_ended")).data["reason"] == "Scope could not be agreed."
    with pytest.raises((Refusal, Conflict)):
        await table.give(open_before["union"], c.ApprovalAnswer(stance=Stance.AGREE))


async def test_conditional_and_optional_steps_are_skipped_with_a_reason(table: Table) -> None:
    extra = [
        {
            "id": "prescan",
            "phase": "exploration",
            "kind": "task",
            "respondents": ["secretariat"],
            "when": {"risky": True},
        },
        {"id": "tour", "phase": "exploration", "kind": "task", "respondents": ["secretariat"], "optional": True},
    ]
    await table.launch(
        [*extra, *STEPS], facts={"risky": False}
    )  # fmt: skip
    steps = {step.key: step for step in (await views.view(table.db, table.slug)).steps}
    assert (steps["prescan"].status, steps["tour"].status) == ("skipped", "skipped")
    assert steps["prescan"].sentence_nl
    assert steps["principles"].status == "active"


async def test_the_planned_and_actual_dates_are_kept_with_the_reason_of_a_slip(table: Table) -> None:
    await table.launch()
    await table.approve(except_=["union"])
    await table.advance(14)
    await table.approve()
    step = next(s for s in (await views.view(table.db, table.slug)).steps if s.key == "principles")
    assert step.actual_end is not None
    assert local_date(step.actual_end) > step.planned_end
    assert "union" in step.slips[-1]["en"]
    assert timedelta(0) < step.actual_end - step.actual_start  # type: ignore[operator]


async def test_skipping_a_step_ahead_does_not_start_what_follows_it(table: Table) -> None:
    await table.launch()
    skip = c.PlanChange(act=act_id(), actor=FAY, change="skip", key="talks", reason="Already settled elsewhere.")
    await table.steer("change_plan", skip)
    steps = await table.steps()
    assert (steps["principles"], steps["talks"], steps["accord"]) == ("active", "skipped", "planned")
    await table.approve()
    assert (await table.steps())["accord"] == "active"


async def test_an_inserted_step_asks_only_respondents_that_exist(busy: Table) -> None:
    step = Step.model_validate(
        {
            "id": "round-table",
            "phase": "exploration",
            "kind": "contribution",
            "title": both("Round table"),
            "respondents": ["martians"],
        }
    )
    insert = c.PlanChange(act=act_id(), actor=FAY, change="insert", key="principles", step=step, reason="More voices.")
    with pytest.raises(Refusal) as refused:
        await busy.steer("change_plan", insert)
    assert refused.value.code == "unknown_respondent"
    assert "unions" in refused.value.words.nl
    assert "round-table" not in await busy.steps()


async def test_an_extension_never_shortens_a_term(busy: Table) -> None:
    task = (await busy.waiting())["shops"]
    for days, code in ((-1, "not_later"), (5000, "date_too_far")):
        due = local_date(task.due_at) + timedelta(days=days)
        extension = c.Extension(act=act_id(), actor=FAY, tasks=[task.id], due=due, reason="Shorter or for ever.")
        with pytest.raises(Refusal) as refused:
            await busy.carry(task.workflow, "extend", extension)
        assert refused.value.code == code
    assert (await busy.waiting())["shops"].due_at == task.due_at


async def test_everyone_is_told_of_a_pause_a_withdrawal_and_more_time(table: Table) -> None:
    await table.launch()
    task = (await table.waiting())["union"]
    later = add_working_days(local_date(task.due_at), 5)
    extension = c.Extension(act=act_id(), actor=FAY, tasks=[task.id], due=later, reason="Board meets later.")
    await table.carry(task.workflow, "extend", extension)
    await table.steer("hold", c.Hold(act=act_id(), actor=FAY, reason="Elections."))
    await table.steer("hold", c.Hold(act=act_id(), actor=FAY, resume=True, reason="A new cabinet."))
    leaving = c.Withdrawal(act=act_id(), actor=c.Actor(person="guild-lead"), party="guild", reason="No majority left.")
    await table.steer("withdraw", leaving)
    subjects = await table.mails_to("union-lead")
    for words in ("More time", "was paused", "was resumed", "withdraws"):
        assert any(words in subject for subject in subjects), words
    assert not any("More time" in subject for subject in await table.mails_to("shops-lead"))


async def test_the_norms_are_put_before_the_parties(busy: Table) -> None:
    mails = await views.mails(busy.db, busy.slug, task_id=f"{busy.slug}/principles/union")
    asked = next(mail for mail in mails if mail.person == "union-lead")
    assert b"UNGP: The state protects" in asked.message
    assert b"/tasks/" in asked.message
