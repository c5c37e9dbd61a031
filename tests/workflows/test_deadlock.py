"""Objections that stand until their owner lifts them, clauses that do not move, a mediator, and the way back."""

import uuid
from typing import Any

import pytest
from table import STEPS, Table, both

from acts import composing
from models import contracts as c
from models import ids
from models.contracts import DraftingAnswer
from models.drafting import Mediation, SplitOff
from models.enums import Choice, ClauseStatus, Ground, Language, Ratified, Role, Stance, TaskKind
from models.errors import PolderError
from models.objecting import ObjectionLift, RedLineDrop, RedLineTelling, RedLineText
from models.scenario import AmendmentReply, PositionReply
from store import asked, objections, red_lines, standing, views
from store.people import Contact, put_contact

pytestmark = pytest.mark.asyncio(loop_scope="session")

TALKS = [{**STEPS[1], "deadlock_after": 1}, *STEPS[2:4]]
OBJECTS = PositionReply(stance=Stance.OBJECT, ground=Ground.COST, lift="pay for it")


def ref(prefix: str) -> str:
    return f"{prefix}-{uuid.uuid4()}"


async def open_objections(table: Table) -> dict[str, tuple[str, str]]:
    return {
        one.row.party: (one.row.clause, one.row.lift or "") for one in await objections.objections(table.db, table.slug)
    }


async def close_round(table: Table, **given: dict[str, PositionReply]) -> None:
    for party, task in (await table.waiting()).items():
        if task.kind is TaskKind.POSITIONS:
            await table.position(party, given.get(party))
    await table.advance(11)


async def current(table: Table, clause: str) -> Any:
    return (await views.current_texts(table.db, table.slug))[clause]


async def status(table: Table, clause: str) -> ClauseStatus:
    return {one.id: one.status for one in (await views.view(table.db, table.slug)).clauses}[clause]


async def next_version(
    table: Table, texts: dict[str, str] | None = None, *, by: str = "facilitator", **ways: Any
) -> None:
    amend = {
        clause: AmendmentReply.model_validate({"text": both(text), "reason": "it may do"})
        for clause, text in (texts or {}).items()
    }
    content = await composing.next_version(
        table.db, table.slug, amend, park=ways.pop("parked", []), reason="as we see it"
    )
    task = (await table.waiting())[by]
    await table.give(task, content.model_copy(update=ways), by={"mediator": "cha"}.get(by))


async def who_refused(table: Table, round_no: int) -> list[tuple[str, str | None]]:
    assert await asked.refused_mediator(table.db, table.slug, round_no - 1) is None
    found = await asked.refused_mediator(table.db, table.slug, round_no)
    return [(one.party.id, one.content.lift) for one in found[1]] if found else []


@pytest.mark.slow(25)
async def test_only_its_owner_lifts_an_objection_and_a_mediator_finds_the_words(table: Table) -> None:
    await table.launch(TALKS)
    await close_round(table, union={"wage": OBJECTS}, trade={"air": OBJECTS})
    assert await open_objections(table) == {"union": ("wage", "pay for it"), "trade": ("air", "pay for it")}
    assert "Deadlock" not in (await table.event("round_closed")).data["changes"][-1]["sentence"]["en"]

    # a new version voids approvals, not the objection; who says nothing more still objects
    await next_version(table, {"wage": "New wage"})
    for party in ("guild", "trade", "shops"):
        await table.position(party)
    await table.advance(11)
    assert await status(table, "wage") is ClauseStatus.BLOCKED
    assert await open_objections(table) == {"union": ("wage", "pay for it")}
    assert await status(table, "air") is ClauseStatus.AGREED
    sentence = (await table.event("round_closed")).data["changes"][-1]["sentence"]
    assert "Deadlock: in 1 round no party came nearer to clause 1, whatever its text." in sentence["en"]
    assert "Impasse: in 1 ronde kwam geen partij dichter bij artikel 1, welke tekst er ook lag." in sentence["nl"]

    # a mediator the parties refuse, then one they accept; the old chair gets the office
    with pytest.raises(PolderError) as refused:
        await next_version(
            table, choice=Choice.MEDIATE, mediation=Mediation(clauses=["wage"], mediator="union-lead", days=5)
        )
    assert refused.value.code == "unknown_mediator"
    wish = Mediation(clauses=["wage"], mediator="cha", days=5)
    await next_version(table, choice=Choice.MEDIATE, mediation=wish)
    question = (await table.waiting())["union"]
    assert question.title_en == "Do you accept Cha as mediator for clause 1?"
    await table.give(question, c.ApprovalAnswer(stance=Stance.OBJECT, ground=Ground.MANDATE, lift="someone else"))
    await table.advance(11)
    assert "mediator_named" not in await table.kinds()
    assert await who_refused(table, 2) == [("union", "someone else")]
    await next_version(table, choice=Choice.MEDIATE, mediation=wish)
    await table.approve()
    assert "mediator_named" in await table.kinds()
    task = (await table.waiting())["mediator"]
    assert (task.kind, task.about) == (TaskKind.DRAFTING, ["wage"])
    with pytest.raises(PolderError) as outside:
        await next_version(table, {"air": "Not mine"}, by="mediator")
    assert outside.value.code == "unknown_clause"
    with pytest.raises(PolderError) as not_fay:
        await table.give(task, DraftingAnswer(choice=Choice.CONTINUE, reason="In her place."), by="fay")
    assert not_fay.value.code == "no_office"
    await next_version(table, {"wage": "Mediated wage"}, by="mediator")
    await table.settle()
    assert (await current(table, "wage")).text_en == "Mediated wage (en)"

    # the owner lifts it beside the round; nobody else can
    lift = ObjectionLift(
        act=ref("l"), actor=c.Actor(person="guild-lead"), clause="wage", sha256=(await current(table, "wage")).sha256,
        stance=Stance.AGREE, reason="we can live with it",
    )  # fmt: skip
    with pytest.raises(PolderError) as not_theirs:
        await table.steer("lift_objection", lift)
    assert not_theirs.value.code == "no_objection"
    await table.steer(
        "lift_objection", lift.model_copy(update={"act": ref("l"), "actor": c.Actor(person="union-lead")})
    )
    assert await open_objections(table) == {}
    assert "union" not in await table.waiting(), "who lifted it has said where it stands"
    assert (await table.event("tasks_answered")).data["changes"][0]["reason"]["en"] == "the objection was lifted"
    for party in ("guild", "trade", "shops"):
        await table.position(party)
    await table.advance(11)
    assert await status(table, "wage") is ClauseStatus.AGREED
    assert (await table.steps())["talks"] == "done"


@pytest.mark.slow(20)
async def test_after_a_failed_ratification_the_text_is_opened_again(table: Table) -> None:
    await table.launch(TALKS)
    await next_version_after_split(table)
    await table.approve()
    await table.advance(2)
    first = (await views.covenant(table.db, table.slug)).text_sha
    assert first is not None
    await table.ratify(except_=["union"])
    union = (await table.waiting())["union"]
    await table.give(
        union, c.RatificationAnswer(result=Ratified.REJECTED, text_sha=first, comment="our members said no")
    )
    await table.advance(2)
    decision = (await table.waiting())["facilitator"]
    assert decision.choices == ["back", "repeat", "continue", "end"]
    why = [(one.party.id, one.comment) for one in await asked.rejections(table.db, decision)]
    assert why == [("union", "our members said no")]
    await table.give(decision, c.DecisionAnswer(choice=Choice.BACK, reason="listen to the members", clauses=["wage"]))
    row = await views.covenant(table.db, table.slug)
    assert (row.accord_at, row.text_sha) == (None, None)
    await table.advance(3)
    assert (await table.waiting())["facilitator"].kind is TaskKind.DRAFTING
    await next_version(table, {"wage": "A wage for the members"})
    await table.agree_on_text()
    await table.advance(12)
    await table.approve()
    await table.advance(3)
    again = (await views.covenant(table.db, table.slug)).text_sha
    assert again not in {None, first}
    await table.ratify()
    await table.advance(2)
    steps = await table.steps()
    assert (steps["talks-2"], steps["accord-2"], steps["ratification-2"]) == ("done", "done", "done")
    assert steps["split-off-1"] == "active"


async def test_lifting_the_last_objection_between_rounds_unblocks_the_clause(table: Table) -> None:
    await table.launch(TALKS)
    await close_round(table, union={"wage": OBJECTS})
    assert await status(table, "wage") is ClauseStatus.BLOCKED
    lift = ObjectionLift(
        act=ref("l"), actor=c.Actor(person="union-lead"), clause="wage", sha256=(await current(table, "wage")).sha256,
        stance=Stance.AGREE, reason="we can live with it",
    )  # fmt: skip
    await table.steer("lift_objection", lift)
    assert await status(table, "wage") is ClauseStatus.BRACKETED
    assert any(one.startswith("No objection to clause 1 any more") for one in await table.mails_to("fay"))
    await next_version(table)
    await table.settle()
    assert await status(table, "wage") is ClauseStatus.AGREED, "who agreed is not asked again"


async def test_a_failed_accord_is_not_put_again_with_the_same_text_unasked(table: Table) -> None:
    again = {**STEPS[2], "repeat": {"times": 2, "until_passed": True}}
    await table.launch([STEPS[1], again, STEPS[3]])
    await table.agree_on_text()
    await table.advance(2)
    union = (await table.waiting())["union"]
    with pytest.raises(PolderError) as refused:
        await table.propose("union", "wage", "Old", "New")
    assert refused.value.code == "text_agreed", "the accord on the text is before the parties"
    no = c.ApprovalAnswer(stance=Stance.OBJECT, ground=Ground.MANDATE, lift="our members", text_sha=union.text_sha)
    await table.give(union, no)
    for party in ("guild", "trade", "shops"):
        await table.give((await table.waiting())[party], no.model_copy(update={"stance": Stance.AGREE}))
    await table.advance(12)
    decision = (await table.waiting())["facilitator"]
    assert decision.choices == ["back", "repeat", "continue", "end"]
    assert (await table.steps())["accord"] == "failed"
    why = [(one.party.id, one.content.lift) for one in await asked.objected(table.db, table.slug, "accord")]
    assert why == [("union", "our members")]
    await table.give(decision, c.DecisionAnswer(choice=Choice.REPEAT, reason="the members met again"))
    await table.advance(2)
    assert (await table.steps())["accord-2"] == "active"


async def next_version_after_split(table: Table) -> None:
    """One round, after which a clause goes its own way and the other is agreed."""
    await close_round(table, union={"air": OBJECTS})
    await next_version(table, split=[SplitOff(clauses=["air"], respondents=["secretariat"], days=200)])
    await table.advance(3)
    assert await status(table, "air") is ClauseStatus.PARKED
    steps = await table.steps()
    assert (steps["talks"], steps["split-off-1"]) == ("done", "active")
    assert {one.title_nl for one in (await table.waiting()).values() if one.step == "split-off-1"} == {
        "Afgesplitst: artikel 2"
    }


async def test_a_red_line_is_for_the_facilitator_alone(table: Table) -> None:
    await table.launch(TALKS)
    kept = "never without a floor"
    digest = await red_lines.put(table.db, RedLineText(clause="wage", text=kept))
    told = RedLineTelling(act=ref("r"), actor=c.Actor(person="union-lead"), text_sha=digest)
    await table.steer("tell_red_line", told)
    assert [(one.text, one.row.clause) for one in await red_lines.red_lines(table.db, table.slug, of=["union"])] == [
        (kept, "wage")
    ]
    assert await red_lines.red_lines(table.db, table.slug, of=["guild"]) == []
    log = (await table.event("red_line_told")).data
    assert kept not in str(log)
    assert kept.encode() not in await table.history(ids.covenant_workflow(table.slug))
    assert "wage" not in str(log)
    with pytest.raises(PolderError) as refused:
        await table.steer("drop_red_line", RedLineDrop(act=ref("d"), actor=c.Actor(person="guild-lead"),
                                                       red_line=told.act))  # fmt: skip
    assert refused.value.code == "unknown_red_line"
    await table.steer("drop_red_line", RedLineDrop(act=ref("d"), actor=c.Actor(person="union-lead"),
                                                   red_line=told.act))  # fmt: skip
    assert await red_lines.red_lines(table.db, table.slug, of=None) == []


async def test_who_is_refused_as_a_mediator_has_the_office_no_more(table: Table) -> None:
    await table.launch(TALKS)
    await close_round(table, union={"wage": OBJECTS})
    wish = Mediation(clauses=["wage"], mediator="cha", days=5)
    await next_version(table, choice=Choice.MEDIATE, mediation=wish)
    await table.approve()
    assert Role.MEDIATOR in await roles(table, "cha")
    await table.advance(6)  # no proposal came

    other = wish.model_copy(update={"mediator": "sec"})
    await next_version(table, choice=Choice.MEDIATE, mediation=other)
    await table.approve()
    assert Role.MEDIATOR in await roles(table, "sec")
    assert await roles(table, "cha") == {Role.CHAIR}, "one mediates at a time"
    await table.advance(6)

    await next_version(table, choice=Choice.MEDIATE, mediation=other)
    task = (await table.waiting())["union"]
    await table.give(task, c.ApprovalAnswer(stance=Stance.OBJECT, ground=Ground.MANDATE, lift="someone else"))
    await table.advance(11)
    assert await roles(table, "sec") == {Role.SECRETARIAT}
    taken = await put_contact(table.db, Contact(email="Union@Example.org", language=Language.NL))
    bob = Mediation(clauses=["wage"], mediator="bob", name="Bob", contact=taken, days=5)
    with pytest.raises(PolderError) as refused:
        await next_version(table, choice=Choice.MEDIATE, mediation=bob)
    assert refused.value.code == "address_taken", "who sits there for a party is nobody's mediator"
    assert await views.chain_break(table.db, table.slug) is None


async def roles(table: Table, person: str) -> set[Role]:
    return set(next(one.roles for one in (await standing.roster(table.db, table.slug)).people if one.id == person))
