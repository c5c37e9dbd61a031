"""Agreement on conditions: what does not hold does not count, circles go together, broken ones are asked about anew."""

import pytest
from table import STEPS, Table

from models import contracts as c
from models.enums import Choice, ClauseStatus, Stance, TaskKind
from models.errors import PolderError
from models.scenario import PositionReply
from store import outlook, views

pytestmark = pytest.mark.asyncio(loop_scope="session")
NO_AIR = PositionReply(stance=Stance.ABSTAIN)


def only_if(*conditions: str) -> PositionReply:
    return PositionReply(stance=Stance.AGREE, conditions=list(conditions))


async def statuses(table: Table) -> dict[str, ClauseStatus]:
    return {one.id: one.status for one in (await views.view(table.db, table.slug)).clauses}


async def rest(table: Table) -> None:
    for party, task in (await table.waiting()).items():
        if task.kind is TaskKind.POSITIONS:
            await table.position(party)
    await table.advance(11)


@pytest.mark.slow(20)
async def test_agreement_counts_only_when_its_conditions_hold(table: Table) -> None:
    await table.launch([STEPS[1]])
    for wrong, code in (
        ("stays:nowhere", "unknown_clause"), ("agreed:wage", "condition_on_itself"),
        ("accepted:nothing", "unknown_amendment"), ("perhaps", "bad_condition"),
    ):  # fmt: skip
        with pytest.raises(PolderError) as refused:
            await table.position("union", {"wage": only_if(wrong)})
        assert refused.value.code == code
    with pytest.raises(PolderError) as refused:
        await table.position("union", {"wage": PositionReply(stance=Stance.ABSTAIN, conditions=["everything"])})
    assert refused.value.code == "condition_without_agreement"

    # the union's agreement on wage waits for air, which a guild's abstention alone does not hold up: it objects
    await table.position("union", {"wage": only_if("agreed:air")})
    objects = PositionReply(stance=Stance.OBJECT, ground="cost", lift="pay for it")
    await table.position("trade", {"air": objects})
    await rest(table)
    assert await statuses(table) == {"wage": ClauseStatus.BRACKETED, "air": ClauseStatus.BLOCKED}
    said = (await table.event("round_closed")).data["changes"]
    verdict = next(one["verdict"]["sentence"]["en"] for one in said if one.get("clause") == "wage" and "verdict" in one)
    assert "Agreement under conditions does not count yet: " in verdict
    ahead = await outlook.look_ahead(table.db, table.slug)
    assert ahead.gaps[0].sentence.en == "Clause 1: union (en) agrees if clause 2 is agreed."
    assert ahead.gaps[0].conditional == ["union"]

    # a new version of air; the union is asked about wage again, since what it asked for did not come
    await table.draft({"air": "New air"})
    assert (await table.waiting())["union"].total == 2
    assert (await table.waiting())["guild"].total == 1
    await rest(table)
    assert set((await statuses(table)).values()) == {ClauseStatus.AGREED}


async def test_clauses_that_wait_for_each_other_are_agreed_together(table: Table) -> None:
    await table.launch([STEPS[1]])
    await table.position("union", {"wage": only_if("agreed:air", "stays:air")})
    await table.position("trade", {"air": only_if("everything")})
    await rest(table)
    assert set((await statuses(table)).values()) == {ClauseStatus.AGREED}
    assert (await table.steps())["talks"] == "done"


async def test_a_later_version_that_breaks_a_condition_opens_the_clause_again(table: Table) -> None:
    await table.launch([STEPS[1]])
    await table.position("union", {"wage": only_if("stays:air")})
    await table.position("trade", {"air": PositionReply(stance=Stance.OBJECT, ground="cost", lift="pay for it")})
    await rest(table)
    assert await statuses(table) == {"wage": ClauseStatus.AGREED, "air": ClauseStatus.BLOCKED}, "air stayed as it was"
    await table.draft({"air": "New air"})
    assert await statuses(table) == {"wage": ClauseStatus.BRACKETED, "air": ClauseStatus.BRACKETED}
    (revised,) = [one for one in (await table.event("clauses_revised")).data["changes"] if one.get("clause") == "wage"]
    assert "The condition of union (en) no longer holds." in revised["reason"]
    waiting = await table.waiting()
    assert (waiting["union"].total, waiting["guild"].total) == (2, 1), "only who gave it on a condition is asked anew"
    await rest(table)
    assert set((await statuses(table)).values()) == {ClauseStatus.AGREED}


async def test_who_agreed_if_everything_was_agreed_is_asked_anew_when_a_clause_opens_again(table: Table) -> None:
    await table.launch(STEPS[1:3])
    await table.position("union", {"wage": only_if("everything")})
    await rest(table)
    await table.advance(2)
    for party, task in (await table.waiting()).items():
        stance = Stance.OBJECT if party == "trade" else Stance.AGREE
        why = {"ground": "cost", "lift": "clean air"} if party == "trade" else {}
        await table.give(task, c.ApprovalAnswer(stance=stance, text_sha=task.text_sha, **why))
    await table.advance(12)
    back = c.DecisionAnswer(choice=Choice.BACK, reason="about air", clauses=["air"])
    await table.give((await table.waiting())["facilitator"], back)
    await table.advance(3)
    assert (await statuses(table))["wage"] is ClauseStatus.AGREED
    await table.draft({"air": "Clean air"})
    assert await statuses(table) == {"wage": ClauseStatus.BRACKETED, "air": ClauseStatus.BRACKETED}
    waiting = await table.waiting()
    assert (waiting["union"].total, waiting["guild"].total) == (2, 1)
    await rest(table)
    assert set((await statuses(table)).values()) == {ClauseStatus.AGREED}
