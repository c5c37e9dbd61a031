"""The signing plan: groups in order, several signatories for one party, approvers, witnesses, copies, own terms."""

import uuid
from datetime import timedelta
from typing import Any

import pytest
from lives import DIRECTOR, agreed, to_signing
from sqlmodel import select
from table import STEPS, Table

from acts.playing import Player
from models import contracts as c
from models import signing as sg
from models.enums import Stance, TaskKind, TaskStatus
from models.errors import PolderError
from models.scenario import Scenario
from models.signing_acts import AskAgain, Cancellation, PassOn
from models.tables import HumanTask, Signature
from rules.calendar import add_working_days, due_moment, local_date
from rules.ceremony import unnamed
from store import documents, signing, views

pytestmark = pytest.mark.asyncio(loop_scope="session")

PLAN: list[dict[str, Any]] = [
    {"members": [{"who": "chair", "role": "approver"}, {"who": "business"}]},
    {"members": [{"who": "union", "needed": 2}, {"who": "guild"}], "days": 5},
    {
        "members": [
            {"who": "participants"}, {"who": "chair", "role": "witness"}, {"who": "mediator", "role": "copy"},
        ]
    },
]  # fmt: skip


async def refused(code: str, doing: Any) -> str:
    with pytest.raises(PolderError) as error:
        await doing
    assert error.value.code == code
    return error.value.words.en


async def signatures(table: Table) -> set[tuple[str, str, str]]:
    async with table.db.read() as session:
        rows = await session.exec(select(Signature).where(Signature.covenant == table.slug))
        return {(row.party, row.person, row.role.value) for row in rows}


@pytest.mark.slow(30)
async def test_groups_sign_in_order_and_the_order_guards_the_act(table: Table) -> None:  # noqa: PLR0915 one life
    await to_signing(table, PLAN)
    first = await table.waiting()
    assert set(first) == {"chair", "trade", "shops"}
    assert (first["chair"].kind, first["chair"].title_en) == (
        TaskKind.APPROVAL,
        "Approval before signature: signing (en)",
    )
    workflow, union = first["trade"].workflow, f"{table.slug}/signing/union"
    copied = c.CodeRequest(act=f"c-{uuid.uuid4()}", task=union, actor=c.Actor(person="union-lead"))
    said = await refused("not_your_turn", table.carry(workflow, "request_code", copied))
    assert said == (
        "It is not yet the turn of group 2; nothing was signed. Expected: first chair, trade (en), shops (en)."
    )
    content = sg.SignatureAnswer(text_sha=first["trade"].text_sha or "", code="AAAA-2222", name="union lead")
    forced = c.Answer(act=f"a-{uuid.uuid4()}", task=union, actor=c.Actor(person="union-lead"), content=content)
    await refused("not_your_turn", table.carry(workflow, "answer", forced))

    await table.sign(except_=("union", "guild"))
    assert set(await table.waiting()) == {"chair"}, "the approver is still waited for"
    await table.give(first["chair"], c.ApprovalAnswer(stance=Stance.AGREE, text_sha=first["chair"].text_sha), by="cha")
    second = await table.waiting()
    assert {name: (task.total, task.due_at < first["trade"].due_at) for name, task in second.items()} == {
        "union": (2, True), "guild": (0, True),
    }  # fmt: skip

    lead_code = await table.code(second["union"], "union-lead")
    director_code = await table.code(second["union"], "union-director")
    await refused("wrong_code", table.sign_one(second["union"], by="union-director", code=lead_code))
    await table.sign_one(second["union"], by="union-lead", code=lead_code)
    assert (await table.task("signing/union")).status is TaskStatus.OPEN
    before = {who: len(await table.mails_to(who)) for who in ("union-lead", "union-director")}
    await table.advance(3)
    after = {who: len(await table.mails_to(who)) - had for who, had in before.items()}
    assert after == {"union-lead": 0, "union-director": 1}, "who signed is not reminded"
    said = await refused("signed_already", table.sign_one(second["union"], by="union-lead"))
    assert "can only withdraw formally" in said
    decline = sg.DeclineAnswer(text_sha=second["union"].text_sha or "", reason="On second thoughts, no.")
    await refused("signed_already", table.give(second["union"], decline))
    await table.sign_one(second["union"], by="union-director", code=director_code)
    done = await table.task("signing/union")
    assert (done.status, done.done, done.total) == (TaskStatus.ANSWERED, 2, 2)
    await refused("signed_already", table.give(second["union"], decline))

    await table.advance(3)
    late = await table.task("signing/guild")
    assert (late.status, late.ended_en) == (TaskStatus.EXPIRED, "not signed within its own term")
    asked = (await table.waiting())["facilitator"]
    assert asked.title_en == "Not signed in time: guild (en). Ask again or let it lapse?"
    await table.decide("prolong", due_in=5)
    again = await table.task("signing/guild")
    assert (again.status, again.ended_en) == (TaskStatus.OPEN, None)
    assert len(await table.mails_to("guild-lead")) >= 2
    await table.sign_one(again)

    third = await table.waiting()
    assert set(third) == {"chair", "firm-1", "firm-2"}
    copy = [one for one in await views.mails(table.db, table.slug) if "Ter kennisname" in one.subject]
    assert [(one.person, one.document is not None) for one in copy] == [("cha", True)]
    await refused("no_office", table.code(third["chair"], "fay"))
    await table.sign_one(third["chair"], by="cha")
    await table.sign()
    await table.advance(1)
    assert (await views.covenant(table.db, table.slug)).signed_at is not None
    assert await signatures(table) == {
        ("trade", "trade-lead", "signatory"), ("shops", "shops-lead", "signatory"),
        ("union", "union-lead", "signatory"), ("union", "union-director", "signatory"),
        ("guild", "guild-lead", "signatory"), ("chair", "cha", "witness"),
        ("firm-1", "firm-1-contact", "signatory"), ("firm-2", "firm-2-contact", "signatory"),
    }  # fmt: skip
    assert await views.chain_break(table.db, table.slug) is None
    assert (await table.kinds()).count("signature_asked_again") == 1


async def answered(table: Table, task: HumanTask, stance: Stance, **more: Any) -> None:
    await table.give(task, c.ApprovalAnswer(stance=stance, text_sha=task.text_sha, **more), by="cha")


@pytest.mark.slow(20)
async def test_the_plan_says_what_a_refusal_does(table: Table) -> None:
    plan: list[dict[str, Any]] = [
        {"members": [{"who": "chair", "role": "approver"}], "declined": "go_on"},
        {"members": [{"who": "unions"}], "declined": "go_on"},
        {"members": [{"who": "business"}], "declined": "lapse"},
        {"members": [{"who": "participants"}]},
    ]
    await to_signing(table, plan)
    chair = (await table.waiting())["chair"]
    await refused("not_an_approval", answered(table, chair, Stance.ABSTAIN))
    await answered(table, chair, Stance.OBJECT, ground="scope", lift="a legal check")
    second = await table.waiting()
    assert set(second) == {"chair", "union", "guild"}, "the plan goes on without; the approver may still approve"
    await table.give(second["guild"], sg.DeclineAnswer(text_sha=second["guild"].text_sha or "", reason="Not yet."))
    await table.sign_one(second["union"])
    third = await table.waiting()
    assert set(third) == {"chair", "guild", "trade", "shops"}, "who declined may still sign"
    board = await signing.board(table.db, table.slug)
    places = {one.who: one for group in board.groups for one in group.places}
    assert (places["guild"].state, places["guild"].declined is not None) == ("asked", True)
    assert places["union"].declined is None
    hidden = [one for group in unnamed(board).groups for one in group.places]
    assert all(one.declined is None and not one.signed for one in hidden), "the public reads no refusal that may change"
    told = [one for one in await views.mails(table.db, table.slug) if one.person == "cha" and one.template == "notice"]
    assert len(told) == 2, "who approves for no party is told of each refusal too"
    await table.give(third["shops"], sg.DeclineAnswer(text_sha=third["shops"].text_sha or "", reason="Too costly."))
    await table.advance(1)
    assert (await table.steps())["signing"] == "failed"
    assert (await views.covenant(table.db, table.slug)).signed_at is None


def signer(table: Table, update: str, task: HumanTask, **fields: Any) -> Any:
    made: dict[str, type[c.Act]] = {"pass_on": PassOn, "ask_again": AskAgain, "cancel": Cancellation}
    key, person = f"s-{uuid.uuid4()}", fields.pop("by")
    given = {"act": key, "actor": {"person": person}, "task": task.id, "reason": "so agreed", **fields}
    return table.carry(task.workflow, update, made[update].model_validate(given))


@pytest.mark.slow(30)
async def test_signing_is_passed_on_asked_again_and_cancelled(table: Table) -> None:  # noqa: PLR0915 one life
    plan: list[dict[str, Any]] = [
        {"members": [{"who": "unions"}, {"who": "chair", "role": "witness"}], "days": 5},
        {"members": [{"who": "business"}, {"who": "participants"}]},
    ]
    await to_signing(table, plan)
    first = await table.waiting()
    union, chair = first["union"], first["chair"]
    begun = await signing.board(table.db, table.slug)
    assert [(one.number, one.state, [place.state for place in one.places], one.companies) for one in begun.groups] == [
        (1, "now", ["asked", "asked", "asked"], 0), (2, "later", ["later", "later"], 2),
    ]  # fmt: skip
    assert (begun.state, begun.signed, begun.parties) == ("open", 0, 4)
    for by, to, code in (
        ("union-aide", "union-director", "no_mandate_to_sign"), ("union-lead", "union-aide", "no_mandate_to_sign"),
        ("trade-lead", "union-director", "no_mandate"), ("union-lead", "union-lead", "not_a_successor"),
    ):  # fmt: skip
        await refused(code, signer(table, "pass_on", union, by=by, to=to))
    code = await table.code(union, "union-lead")
    await signer(table, "pass_on", union, by="union-lead", to="union-director")
    await refused("passed_on", table.sign_one(union, by="union-lead", code=code))
    await refused("passed_on", table.code(union, "union-lead"))
    assert len(await table.mails_to("union-director")) > len([1]), "asked at the beginning, and again now"
    await signer(table, "pass_on", union, by="union-director", to="union-lead")
    await refused("passed_on", table.code(union, "union-director"))
    await table.sign_one(union)
    await refused("signed_already", signer(table, "cancel", union, by="fay"))

    change = c.MandateChange(
        act=f"m-{uuid.uuid4()}", actor=c.Actor(person="sec"), party="guild", change="change", person="guild-aide",
        mandates=[c.Mandate.model_validate({"powers": ["sign"]})], reason="the lead is ill",
    )  # fmt: skip
    before = len(await table.mails_to("guild-aide"))
    await table.steer("change_mandates", change)
    assert len(await table.mails_to("guild-aide")) == before + 1, "a substitute is asked"
    await refused("no_office", signer(table, "cancel", chair, by="sec"))
    await refused("party_must_sign", signer(table, "cancel", first["guild"], by="fay"))
    await signer(table, "cancel", chair, by="fay")
    assert (await table.task("signing.witness/chair")).ended_en == "cancelled: so agreed"
    due = add_working_days(local_date(await table.now()), 4)
    await refused("nothing_expired", signer(table, "ask_again", first["guild"], by="fay", due=due))
    await refused("no_office", signer(table, "ask_again", chair, by="union-lead", due=due))
    far = add_working_days(local_date(await table.now()), 200)
    await refused("after_the_window", signer(table, "ask_again", chair, by="fay", due=far))
    await signer(table, "ask_again", chair, by="fay", due=due)
    await table.sign_one(chair, by="cha")
    await table.advance(6)
    assert (await table.waiting())["facilitator"].kind is TaskKind.DECISION
    guild = await table.task("signing/guild")
    await signer(table, "ask_again", guild, by="sec", due=add_working_days(local_date(await table.now()), 4))
    assert set(await table.waiting()) == {"guild"}, "the question is answered by asking again"
    await table.sign_one(guild, by="guild-aide")
    assert set(await table.waiting()) == {"trade", "shops", "firm-1", "firm-2"}
    board = await signing.board(table.db, table.slug)
    assert [(one.state, [place.state for place in one.places]) for one in board.groups] == [
        ("done", ["done", "done", "done"]), ("now", ["asked", "asked"]),
    ]  # fmt: skip
    assert [one.name for one in board.groups[0].places[0].signed] == ["union lead"]
    await table.sign_one((await table.waiting())["trade"])
    whole = Cancellation(act=f"s-{uuid.uuid4()}", actor=c.Actor(person="fay"), reason="the ministry asks for more time")
    await table.carry(guild.workflow, "cancel", whole)
    await table.advance(1)
    view = await views.view(table.db, table.slug)
    step = next(one for one in view.steps if one.key == "signing")
    assert (step.status, step.sentence_en) == (
        "failed", "The signing was cancelled. Reason: the ministry asks for more time",
    )  # fmt: skip
    assert not {"trade", "shops", "firm-1"} & set(await table.waiting())
    for who in ("union-lead", "trade-lead", "firm-2-contact", "cha"):
        mails = [one for one in await views.mails(table.db, table.slug) if one.person == who]
        assert any(b"asks for more time" in one.message for one in mails), f"{who} is told why"
    assert await views.chain_break(table.db, table.slug) is None


@pytest.mark.slow(20)
async def test_a_signing_that_was_cancelled_and_is_repeated_counts_its_own_signatures(table: Table) -> None:
    await table.launch([STEPS[1], STEPS[2], STEPS[4]], companies=1)
    await agreed(table)
    task = (await table.waiting())["union"]
    await table.sign_one(task)
    await table.sign_one((await table.waiting())["firm-1"])
    whole = Cancellation(act=f"s-{uuid.uuid4()}", actor=c.Actor(person="fay"), reason="a page was missing")
    await table.carry(task.workflow, "cancel", whole)
    await table.settle()
    over = await signing.board(table.db, table.slug)
    assert (over.state, over.signed, over.parties, over.meter.companies) == ("over", 1, 4, 1)
    await table.decide("repeat")
    await table.settle()
    again = await signing.board(table.db, table.slug)
    assert (again.state, again.signed, again.parties) == ("open", 0, 4)
    assert {one.state for one in again.groups[0].places} == {"asked"}
    await table.sign()
    await table.settle()
    done = await signing.board(table.db, table.slug)
    assert (done.state, done.signed, done.parties, done.meter.companies) == ("signed", 4, 4, 1)
    found = await documents.signatories(table.db, table.slug, "sealed")
    assert sorted(one.party for one in found) == ["guild", "shops", "trade", "union"]


@pytest.mark.slow(20)
async def test_a_pause_makes_the_window_later(table: Table) -> None:
    await to_signing(table, [{"members": [{"who": "all"}]}, {"members": [{"who": "participants"}], "days": 3}])
    closes = (await table.waiting())["union"].due_at
    pause = c.Hold(act=f"h-{uuid.uuid4()}", actor=c.Actor(person="fay"), reason="elections")
    await table.steer("hold", pause)
    await table.advance(10)
    await table.steer("hold", pause.model_copy(update={"act": f"h-{uuid.uuid4()}", "resume": True}))
    later = (await table.waiting())["union"].due_at
    assert later == due_moment(add_working_days(local_date(closes), 10))
    await table.sign(except_=("union",))
    while await table.now() < closes + timedelta(days=1):
        await table.advance(5)
    assert set(await table.waiting()) == {"union"}, "nobody is asked whether it is over"
    while await table.now() < later:
        await table.advance(1)
    await table.advance(1)
    assert set(await table.waiting()) == {"union", "facilitator"}


@pytest.mark.slow(20)
async def test_a_scenario_signs_by_the_plan(table: Table) -> None:
    steps = [{**step, "plan": PLAN} if step["id"] == "signing" else step for step in STEPS]
    await table.launch(steps, people=[DIRECTOR])
    scenario = Scenario.model_validate(
        {"title": {"nl": "Tekenen", "en": "Signing"}, "covenant": "test", "until": "signed", "after": 1}
    )
    covenant = await Player(table.client, table.db, table.clock, scenario, table.slug).play()
    assert covenant.signed_at is not None
    signed = await signatures(table)
    assert {("union", "union-lead", "signatory"), ("union", "union-director", "signatory")} < signed
    assert ("chair", "cha", "witness") in signed
