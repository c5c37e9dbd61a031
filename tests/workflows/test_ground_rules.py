"""Questions beside the plan: ground rules that parties change, fixes by silence, and clocks that stand still."""

import uuid
from datetime import timedelta
from typing import Any

import pytest
from bouncing import failed
from table import STEPS, Table, both

from acts.bouncing import bounced
from models import contracts as c
from models.base import Words
from models.enums import ClauseStatus, Ground, MailStatus, Matter, RuleKind, Stance, TaskKind, Unit
from models.errors import NotFound, PolderError
from models.ground import GroundRule
from models.questions import (
    Absence,
    FixProposal,
    GoOnQuestion,
    MailBounce,
    NoticeAgain,
    QuestionWithdrawal,
    RuleProposal,
)
from models.scenario import PositionReply
from models.tables import HumanTask
from rules.calendar import add_working_days, local_date
from store import clauses, contents, correspondence, ground, views
from store.people import Contact, put_contact

pytestmark = pytest.mark.asyncio(loop_scope="session")

MAJORITY = GroundRule(kind=RuleKind.MAJORITY, unit=Unit.PARTY, threshold="1/2", days=5)
NO = c.ApprovalAnswer(stance=Stance.OBJECT, ground=Ground.SCOPE, lift="another rule")
YES = c.ApprovalAnswer(stance=Stance.AGREE)


def by(person: str) -> dict[str, Any]:
    return {"act": f"a-{uuid.uuid4()}", "actor": c.Actor(person=person)}


async def talking(table: Table, days: int = 10) -> None:
    steps = [{**step, "duration": days if step["id"] == "talks" else 10} for step in STEPS]
    await table.launch(steps, ground_rules={"ground_rules": {"kind": "unanimity", "unit": "delegation", "days": 3}})
    await table.approve()
    await table.advance(1)


async def code(table: Table, update: str, message: Any) -> str:
    with pytest.raises(PolderError) as error:
        await table.steer(update, message)
    return error.value.code


async def asked(table: Table, no: int) -> dict[str, HumanTask]:
    rows = await views.waiting(table.db, slug=table.slug)
    return {row.respondent: row for row in rows if row.step == f"question-{no}"}


async def rule(table: Table, matter: Matter) -> GroundRule:
    return next(one.rule for one in await ground.rules(table.db, table.slug) if one.matter is matter)


async def fix(table: Table, text: str, clause: str = "wage", person: str = "fay") -> FixProposal:
    words = both(text)
    (sha,) = await contents.put_texts(table.db, [Words(nl=words["nl"], en=words["en"])])
    base = (await views.current_texts(table.db, table.slug))[clause].sha256
    return FixProposal(**by(person), clause=clause, base_sha=base, text_sha=sha, reason="a typing error")


async def test_a_ground_rule_changes_only_when_the_parties_adopt_it_and_only_for_later_questions(table: Table) -> None:
    await talking(table)
    proposal = RuleProposal(**by("fay"), matter=Matter.CLAUSE, rule=MAJORITY, reason="we get nowhere")
    assert await code(table, "propose_rule", proposal.model_copy(update=by("union-lead"))) == "no_office"
    same = proposal.model_copy(update={**by("fay"), "rule": await rule(table, Matter.CLAUSE)})
    assert await code(table, "propose_rule", same) == "nothing_changed"
    await table.steer("propose_rule", proposal)
    assert await code(table, "propose_rule", proposal.model_copy(update=by("fay"))) == "asked_already"
    tasks = await asked(table, 1)
    assert set(tasks) == {"union", "guild", "trade", "shops"}
    assert any("Change the ground rule for a clause in a round" in one for one in await table.mails_to("shops-lead"))
    for party in ("union", "guild", "trade"):
        await table.give(tasks[party], YES)
    await table.give(tasks["shops"], NO)
    await table.advance(3)
    assert await rule(table, Matter.CLAUSE) != MAJORITY
    assert "question_not_carried" in await table.kinds()
    await table.steer("propose_rule", proposal.model_copy(update=by("fay")))
    for task in (await asked(table, 2)).values():
        await table.give(task, YES)
    assert await rule(table, Matter.CLAUSE) == MAJORITY
    assert "ground_rule_set" in await table.kinds()
    objection = {"wage": {"stance": "object", "ground": "cost", "lift": "half"}}
    await say(table, "trade", objection)
    await table.agree_on_text(except_=("trade",))
    await table.advance(12)
    assert await decided(table, 1) == RuleKind.CONSENSUS, "the round that was open kept its rule"
    await table.draft({"wage": "New wage"})
    await say(table, "trade", objection)
    await table.agree_on_text(except_=("trade",))
    await table.advance(12)
    assert await decided(table, 2) == RuleKind.MAJORITY, "the next round takes the new one"
    assert await views.chain_break(table.db, table.slug) is None


async def test_the_parties_are_asked_whether_the_talks_go_on(table: Table) -> None:
    await talking(table, 40)
    question = GoOnQuestion(**by("fay"), reason="one party left")
    assert await code(table, "ask_to_go_on", question.model_copy(update=by("sec"))) == "no_office"
    await table.steer("ask_to_go_on", question)
    assert await code(table, "ask_to_go_on", question.model_copy(update=by("fay"))) == "asked_already"
    for task in (await asked(table, 1)).values():
        await table.give(task, YES)
    ended = (await table.event("question_carried")).data["changes"][0]
    assert ended["verdict"]["rule"]["kind"] == (await rule(table, Matter.GO_ON)).kind
    assert any(one.startswith("Outcome: Do the talks go on?") for one in await table.mails_to("fay"))
    assert (await views.current_texts(table.db, table.slug))["wage"].version == 1


async def say(table: Table, party: str, given: dict[str, Any]) -> None:
    await table.position(party, {name: PositionReply.model_validate(one) for name, one in given.items()})


async def decided(table: Table, number: int) -> str:
    rows = (await views.view(table.db, table.slug)).decisions
    return str(next(row for row in rows if row.round == number and row.clause == "wage").verdict["rule"]["kind"])


async def test_a_fix_goes_by_silence_carries_the_approvals_and_keeps_the_status(table: Table) -> None:
    await talking(table, 40)
    await table.position("union")
    await table.steer("propose_fix", await fix(table, "Old wages"))
    assert await code(table, "propose_fix", await fix(table, "Olde wage")) == "asked_already"
    assert await code(table, "propose_fix", await fix(table, "Old airs", "air", "union-lead")) == "no_office"
    stale = (await fix(table, "Old airs", "air")).model_copy(update={"base_sha": "0" * 64})
    assert await code(table, "propose_fix", stale) == "old_clause_version"
    await table.steer("propose_fix", await fix(table, "Old airs", "air", "sec"))
    assert set(await asked(table, 1)) == {"union", "guild", "trade", "shops"}
    await table.give((await asked(table, 2))["guild"], NO)
    assert not await asked(table, 2), "one objection ends it"
    assert any(one.startswith("Outcome: Editorial fix of clause 2") for one in await table.mails_to("fay"))
    await table.advance(11)
    assert not await asked(table, 1)
    texts = await views.current_texts(table.db, table.slug)
    assert (texts["wage"].version, texts["wage"].text_en) == (2, "Old wages (en)")
    assert texts["air"].version == 1
    (line, _) = await clauses.clauses(table.db, table.slug, "union")
    assert line.unchanged, "what the union approved stands, on the fixed text"
    carried = (await table.event("clause_fixed")).data["changes"][1]
    assert (carried["what"], carried["parties"]) == ("carried", ["union"])
    await table.agree_on_text()
    await table.advance(1)
    assert {one.status for one in (await views.view(table.db, table.slug)).clauses} == {ClauseStatus.AGREED}
    assert (await views.current_texts(table.db, table.slug))["wage"].version == 2
    assert await views.chain_break(table.db, table.slug) is None


async def test_a_fix_falls_with_the_text_it_is_about(table: Table) -> None:
    await talking(table, 5)
    await table.steer("propose_fix", await fix(table, "Old wages"))
    await say(table, "trade", {"wage": {"stance": "object", "ground": "cost", "lift": "half"}})
    await table.agree_on_text(except_=("trade",))
    await table.advance(6)
    await table.draft({"wage": "New wage"})
    await table.settle()
    assert not await asked(table, 1)
    fell = await ground.question(table.db, table.slug, 1)
    assert fell is not None
    assert fell.row.passed is False
    assert (fell.row.sentence_nl or "").endswith("of over een voorstel eruit is besloten.")
    assert (fell.row.sentence_en or "").endswith("or a proposal in it was decided.")
    assert [one for one in await table.mails_to("fay") if one.startswith("Outcome: Editorial fix of clause 1")]
    assert (await views.current_texts(table.db, table.slug))["wage"].text_en == "New wage (en)"


async def test_a_fix_that_is_carried_between_two_rounds_is_made(table: Table) -> None:
    await talking(table, 5)
    await say(table, "trade", {"wage": {"stance": "object", "ground": "cost", "lift": "half"}})
    await table.agree_on_text(except_=("trade",))
    await table.advance(6)
    assert (await table.waiting())["facilitator"].kind is TaskKind.DRAFTING
    await table.steer("propose_fix", await fix(table, "Old airs", "air"))
    for task in (await asked(table, 1)).values():
        await table.give(task, YES)
    await table.settle()
    air = (await views.current_texts(table.db, table.slug))["air"]
    assert (air.version, air.text_en) == (2, "Old airs (en)")
    assert "clause_fixed" in await table.kinds()
    await table.draft({"wage": "New wage"})
    await table.agree_on_text()
    await table.advance(6)
    assert (await views.current_texts(table.db, table.slug))["air"].text_en == "Old airs (en)"
    assert {one.status for one in (await views.view(table.db, table.slug)).clauses} == {ClauseStatus.AGREED}


async def test_silence_counts_only_of_who_was_told_may_answer_and_is_there(table: Table) -> None:
    await talking(table, 60)
    today = local_date(await table.now())
    away = Absence(**by("trade-lead"), party="trade", person="trade-lead", until=add_working_days(today, 5),
                   reason="on leave")  # fmt: skip
    await table.steer("absence", away)
    await mandates(table, "shops", "end", "shops-lead")
    await table.steer("propose_fix", await fix(table, "Old wages"))
    held = {party: task.clock_en for party, task in (await asked(table, 1)).items()}
    assert held["union"] is None
    assert "is away (trade lead)" in str(held["trade"])
    assert "nobody of the party has a mandate" in str(held["shops"])
    await table.advance(6)
    assert (await asked(table, 1))["trade"].clock_en is None, "back: the clock runs"
    await table.advance(5)
    assert set(await asked(table, 1)) == {"trade", "shops"}, "the others were silent for ten working days"
    await table.advance(6)
    assert set(await asked(table, 1)) == {"shops"}, "who did not hear is waited for, however long"
    bad = await put_contact(table.db, Contact(email=f"jörg@{table.slug}.example", language="en"))
    await mandates(table, "shops", "add", "shops-bounced", name="Jörg", contact=bad)
    assert "notice reached nobody who may answer (Jörg)" in str((await asked(table, 1))["shops"].clock_en)
    again = NoticeAgain(**by("fay"), task=(await asked(table, 1))["shops"].id, reason="try again")
    await table.carry((await asked(table, 1))["shops"].workflow, "notify_again", again)
    assert (await asked(table, 1))["shops"].clock_en, "it bounced again"
    new = await put_contact(table.db, Contact(email=f"new@{table.slug}.example", language="en"))
    await mandates(table, "shops", "add", "shops-new", name="New", contact=new)
    task = (await asked(table, 1))["shops"]
    assert task.clock_en is None
    assert local_date(task.due_at) == add_working_days(local_date(await table.now()), 10), "its clock starts now"
    assert (await views.current_texts(table.db, table.slug))["wage"].version == 1
    await table.advance(11)
    assert (await views.current_texts(table.db, table.slug))["wage"].version == 2
    assert (await clauses.authors(table.db, table.slug))["wage", 2] == "Fay", "who proposed the fix"
    await table.steer("propose_fix", await fix(table, "Old wagez"))
    back = QuestionWithdrawal(**by("fay"), no=2, reason="not a typing error after all")
    await table.steer("withdraw_question", back)
    assert not await asked(table, 2)
    assert await code(table, "withdraw_question", back.model_copy(update=by("fay"))) == "unknown_question"


async def test_a_mail_that_came_back_after_it_was_sent_stops_the_clock_that_rested_on_it(table: Table) -> None:
    await talking(table, 60)
    await table.steer("propose_fix", await fix(table, "Old wages"))
    task = (await asked(table, 1))["shops"]
    assert task.clock_en is None
    mail = next(
        one for one in await views.mails(table.db, table.slug) if one.task == task.id and one.person == "shops-lead"
    )
    back = failed(mail.message, mail.recipient.upper())
    for _ in range(2):
        done = await bounced(table.client, table.db, back)
        assert done.mail is not None
        assert (done.mail.id, done.receipt is not None) == (mail.id, True)
    task = (await asked(table, 1))["shops"]
    assert "notice reached nobody who may answer" in str(task.clock_en)
    assert [one["problem"] for one in task.undeliverable] == ["smtp; 550 no such mailbox"], "twice the same is once"
    (letter, *_) = await correspondence.letters(table.db, table.slug, "shops-lead")
    assert (letter.status, letter.problem) == (MailStatus.UNDELIVERABLE, "smtp; 550 no such mailbox")
    await table.advance(12)
    assert set(await asked(table, 1)) == {"shops"}

    wrong = MailBounce(act="b-1", actor=c.Actor(person="fay"), task=task.id, person="trade-lead", problem="550")
    for message, expected in (
        (wrong, "not_asked"),
        (wrong.model_copy(update={"person": "shops-lead", "actor": c.Actor(person="trade-lead")}), "no_office"),
    ):
        with pytest.raises(PolderError) as refused:
            await table.carry(task.workflow, "report_bounce", message)
        assert refused.value.code == expected
    again = NoticeAgain(**by("fay"), task=task.id, reason="the mailbox works again")
    await table.carry(task.workflow, "notify_again", again)
    assert (await asked(table, 1))["shops"].clock_en is None
    await table.advance(11)
    assert await asked(table, 1) == {}
    assert (await bounced(table.client, table.db, back)).receipt is None, "nothing waits for it any more"
    with pytest.raises(NotFound):
        await bounced(table.client, table.db, back.replace(b"Message-ID: <", b"Message-ID: <other-"))


async def test_a_step_by_silence_waits_for_whom_it_could_not_reach(table: Table) -> None:
    quiet = {"id": "quiet", "phase": "exploration", "kind": "approval", "closes": "deadline", "duration": 5,
             "rule": {"kind": "silence", "unit": "party"}}  # fmt: skip
    await table.launch([quiet, *STEPS])
    until = add_working_days(local_date(await table.now()), 8)
    away = Absence(**by("guild-lead"), party="guild", person="guild-lead", until=until, reason="on leave")
    await table.steer("absence", away)
    await table.advance(6)
    waiting = await table.waiting()
    assert set(waiting) == {"guild"}
    assert "is away" in str(waiting["guild"].clock_en)
    assert (await table.steps())["quiet"] == "active"
    await table.advance(8)
    assert (await table.steps())["quiet"] == "done", "back, it had the days that were left"
    verdict = next(one for one in (await views.view(table.db, table.slug)).decisions if one.question == "quiet")
    assert "4 are silent and count as agreeing" in verdict.sentence_en


async def mandates(table: Table, party: str, change: str, person: str, **more: str) -> None:
    held = [] if change == "end" else [{"powers": ["speak", "commit", "sign"]}]
    await table.steer(
        "change_mandates",
        c.MandateChange.model_validate(
            {
                **by("sec"),
                "party": party,
                "change": change,
                "person": person,
                "mandates": held,
                "reason": "because",
                **more,
            }
        ),
    )


async def test_a_substitute_has_the_mandates_of_who_is_away_until_then(table: Table) -> None:
    await talking(table)
    until = local_date(await table.now()) + timedelta(days=9)
    common = {"party": "trade", "person": "trade-lead", "until": until, "reason": "on leave"}
    assert await code(table, "absence", Absence(**by("union-lead"), **common)) == "not_your_absence"
    assert await code(table, "absence", Absence(**by("trade-lead"), **{**common, "party": "shops"})) == "not_of_party"
    alone = Absence(**by("trade-lead"), **common, substitute="trade-lead")
    assert await code(table, "absence", alone) == "no_substitute"
    await table.steer("absence", Absence(**by("trade-lead"), **common, substitute="trade-aide"))
    people = {one.id: one for one in await views.people(table.db, table.slug)}
    assert people["trade-lead"].absent_until == until
    assert people["trade-aide"].mandates[-1] == {
        "powers": ["speak", "commit", "sign"], "themes": [], "until": until.isoformat(),
    }  # fmt: skip
    await table.steer("propose_fix", await fix(table, "Old wages"))
    assert (await asked(table, 1))["trade"].clock_en is None, "the substitute was told and may answer"
