"""Comments on clauses, each in its lane: the log holds the hash, the readers of the lane the words."""

import asyncio
import uuid

import pytest
from table import Table

from acts.carrying import act
from models import contracts as c
from models import ids
from models.enums import Lane
from models.errors import Conflict, Refusal
from rules.calendar import local_date
from store import comments, views
from workflows.around import MOST_COMMENTS

pytestmark = pytest.mark.asyncio(loop_scope="session")

EVERYONE = ("union-lead", "union-aide", "guild-lead", "trade-lead", "fay", "sec", "cha", "ops", "firm-1-contact")
WRITTEN = [lane for lane in Lane if lane is not Lane.PUBLIC]
TABLE = {"union-lead", "union-aide", "guild-lead", "trade-lead", "fay", "sec", "cha"}


async def say(
    table: Table, who: str, lane: Lane, text: str, *, clause: str = "wage", reply_to: str | None = None,
    party: str | None = None,
) -> c.Receipt:  # fmt: skip
    message = c.Comment(
        act=f"c-{uuid.uuid4()}", actor=c.Actor(person=who), clause=clause, lane=lane, party=party, reply_to=reply_to,
        text_sha=await comments.put(table.db, text),
    )  # fmt: skip
    receipt = await act(
        table.client, ids.covenant_workflow(table.slug), "comment", message, act_id=message.act, db=table.db
    )
    await table.settle()
    return receipt


async def seen_by(table: Table, person: str, clause: str | None = None) -> list[comments.CommentView]:
    reader = await comments.viewer(table.db, table.slug, person, local_date(await table.now()))
    return await comments.comments(table.db, table.slug, clause, reader)


async def readers(table: Table, text: str) -> set[str]:
    return {who for who in EVERYONE if text in [one.text for one in await seen_by(table, who)]}


async def test_each_reads_what_is_in_the_own_lanes_and_the_log_has_no_word_of_it(table: Table) -> None:
    await table.launch()
    for lane in WRITTEN:
        await say(table, "union-lead", lane, f"said to the {lane}")
    await say(table, "fay", Lane.FACILITATOR, "asked by the facilitator", party="trade")
    await say(table, "cha", Lane.TABLE, "said by the chair", clause="air")
    assert {lane: await readers(table, f"said to the {lane}") for lane in WRITTEN} == {
        Lane.DELEGATION: {"union-lead", "union-aide"},
        Lane.CONSTITUENCY: {"union-lead", "union-aide", "guild-lead"},
        Lane.TABLE: TABLE,
        Lane.FACILITATOR: {"union-lead", "union-aide", "fay", "sec"},
        Lane.MEDIATOR: {"union-lead", "union-aide", "cha"},
    }
    assert await readers(table, "asked by the facilitator") == {"trade-lead", "fay", "sec"}
    assert await readers(table, "said by the chair") == TABLE

    mine = await seen_by(table, "union-lead", "wage")
    assert [one.lane for one in mine] == WRITTEN
    assert (mine[0].name, mine[0].party, mine[0].version, mine[0].clause) == ("union lead", "union", 1, "wage")
    assert [one.clause for one in await seen_by(table, "union-lead", "air")] == ["air"]
    record = str([event.data for event in await views.events(table.db, table.slug)])
    assert "said to the" not in record
    assert (await table.kinds()).count("commented") == 7
    assert await views.chain_break(table.db, table.slug) is None


async def test_a_reply_stays_in_its_lane_and_outsiders_do_not_learn_of_it(table: Table) -> None:
    await table.launch()
    asked = await say(table, "union-lead", Lane.FACILITATOR, "May we ask for more time?")
    await say(table, "sec", Lane.FACILITATOR, "You may.", reply_to=asked.event)
    assert await readers(table, "You may.") == {"union-lead", "union-aide", "fay", "sec"}
    assert (await seen_by(table, "fay"))[1].reply_to == asked.event

    for who, lane, clause, reply_to, code in (
        ("trade-lead", Lane.FACILITATOR, "wage", asked.event, "unknown_comment"),
        ("trade-lead", Lane.FACILITATOR, "wage", "never-said", "unknown_comment"),
        ("union-lead", Lane.TABLE, "wage", asked.event, "other_thread"),
        ("union-lead", Lane.FACILITATOR, "air", asked.event, "other_thread"),
        ("union-lead", Lane.TABLE, "none", None, "unknown_clause"),
        ("firm-1-contact", Lane.TABLE, "wage", None, "not_your_lane"),
        ("fay", Lane.DELEGATION, "wage", None, "not_your_lane"),
        ("fay", Lane.FACILITATOR, "wage", None, "which_party"),
        ("fay", Lane.PUBLIC, "wage", None, "not_your_lane"),
    ):
        with pytest.raises(Refusal) as told:
            await say(table, who, lane, "Hello?", clause=clause, reply_to=reply_to)
        assert told.value.code == code
    assert len(await seen_by(table, "fay")) == 2


async def test_who_left_the_delegation_reads_no_more_and_a_party_that_left_only_its_own(table: Table) -> None:
    await table.launch()
    for lane in WRITTEN:
        await say(table, "union-lead", lane, f"said to the {lane}")
    ended = c.MandateChange(
        act=f"a-{uuid.uuid4()}", actor=c.Actor(person="union-lead"), party="union", change="end", person="union-aide",
        reason="Another job.",
    )  # fmt: skip
    await table.steer("change_mandates", ended)
    assert await seen_by(table, "union-aide") == []
    leaving = c.Withdrawal(
        act=f"a-{uuid.uuid4()}", actor=c.Actor(person="union-lead"), party="union", reason="No majority left."
    )
    await table.steer("withdraw", leaving)
    assert [one.lane for one in await seen_by(table, "union-lead")] == [
        Lane.DELEGATION, Lane.FACILITATOR, Lane.MEDIATOR,
    ]  # fmt: skip
    with pytest.raises(Refusal) as told:
        await say(table, "union-lead", Lane.TABLE, "One last word.")
    assert told.value.code == "not_your_lane"


async def test_the_same_comment_counts_once_and_its_id_is_for_nothing_else(table: Table) -> None:
    await table.launch()

    async def again(text: str, act_id: str = f"c-{uuid.uuid4()}") -> c.Receipt:
        message = c.Comment(
            act=act_id, actor=c.Actor(person="union-lead"), clause="wage", lane=Lane.TABLE,
            text_sha=await comments.put(table.db, text, act_id),
        )  # fmt: skip
        return await act(
            table.client, ids.covenant_workflow(table.slug), "comment", message, act_id=act_id, db=table.db
        )

    assert (await again("Once.")).event == (await again("Once.")).event
    with pytest.raises(Conflict) as told:
        await again("Something else.")
    assert told.value.code == "act_id_used"
    assert [one.text for one in await seen_by(table, "guild-lead")] == ["Once."]
    assert await comments.put(table.db, "Once.") != await comments.put(table.db, "Once."), "a hash that tells nothing"


@pytest.mark.slow
async def test_after_many_comments_the_covenant_continues_as_new_and_loses_nothing(table: Table) -> None:
    await table.launch()
    handle = table.client.get_workflow_handle(ids.covenant_workflow(table.slug))
    first = (await handle.describe()).run_id
    digest = await comments.put(table.db, "More.")

    async def one(number: int) -> None:
        message = c.Comment(
            act=f"c-{table.slug}-{number}", actor=c.Actor(person="union-lead"), clause="air", lane=Lane.TABLE,
            text_sha=digest,
        )  # fmt: skip
        await act(table.client, ids.covenant_workflow(table.slug), "comment", message, act_id=message.act)

    for start in range(0, MOST_COMMENTS + 8, 16):
        await asyncio.gather(*(one(number) for number in range(start, start + 16)))
    await table.settle()
    assert (await handle.describe()).run_id != first
    assert len(await seen_by(table, "guild-lead")) == len(range(0, MOST_COMMENTS + 8, 16)) * 16
    await table.approve()
    assert (await table.steps())["talks"] == "active"
