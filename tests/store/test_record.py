"""The record: written once, whole or not at all, in one chain."""

import asyncio
import json
from datetime import UTC, datetime, timedelta, timezone

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError, StatementError
from sqlalchemy.orm.exc import StaleDataError
from sqlmodel import col, select

from models import contracts as c
from models import signing as sg
from models.base import Words
from models.commitments import ClauseText
from models.enums import CovenantStatus, Rung, Stance, StepStatus, TaskKind, TaskStatus
from models.errors import NotFound
from models.tables import Answer, Content, Covenant, Event, HumanTask, Party, Signature
from store import contents, opening, records, views
from store.engine import Database
from tests.store.samples import (
    DUE,
    NOW,
    PACKAGE,
    SLUG,
    answers,
    asks,
    entry,
    opened,
    position,
    said,
    sha,
    stored,
    task_id,
    text,
    write,
)

APPROVE = c.ApprovalAnswer(stance=Stance.AGREE)


async def count(db: Database, table: type[Event | Answer | HumanTask | Party | Content]) -> int:
    async with db.read() as session:
        return (await session.exec(select(sa.func.count()).select_from(table))).one()


async def run_sql(db: Database, statement: sa.Executable) -> None:
    """Do what no code of Polder does: change the record afterwards."""
    async with db.write() as session:
        await (await session.connection()).execute(statement)


# --- opening ----------------------------------------------------------------------------------------------------------


async def test_a_covenant_is_opened_from_its_package(database: Database) -> None:
    found = await opened(database)

    view = await views.view(database, SLUG)
    assert [party.id for party in view.parties] == ["modint", "vgt", "fnv"] == [p.id for p in found.roster.parties]
    assert [(clause.id, clause.version) for clause in view.clauses] == [(f"clause-{n}", 1) for n in (1, 2, 3)]
    assert {clause.id: clause.sha256 for clause in found.clauses} == {f"clause-{n}": sha(n) for n in (1, 2, 3)}
    assert [(step.key, step.status) for step in view.steps] == [
        ("principles", StepStatus.PLANNED),
        ("talks", StepStatus.PLANNED),
    ]
    assert view.covenant.status is CovenantStatus.TALKS
    assert [event.kind for event in await views.events(database, SLUG)] == ["covenant_launched"]
    assert await views.chain_break(database, SLUG) is None


async def test_addresses_stay_out_of_what_travels_and_out_of_the_log(database: Database) -> None:
    found = await opened(database)

    log = [event.data for event in await views.events(database, SLUG)]
    assert "@" not in found.model_dump_json() + json.dumps(log)
    assert {person.email for person in await views.people(database, SLUG)} >= {"mila@example.org"}


async def test_opening_twice_is_opening_once(database: Database) -> None:
    launch = await stored(database)
    first = await opening.open_covenant(database, launch, NOW)
    head = (await views.covenant(database, SLUG)).head

    again = await opening.open_covenant(database, launch, NOW + timedelta(days=3))

    assert again == first
    assert (await views.covenant(database, SLUG)).head == head
    assert await count(database, Party) == 3


async def test_opening_from_a_package_that_was_never_stored_is_refused(database: Database) -> None:
    launch = (await stored(database)).model_copy(update={"package": "0" * 64})

    with pytest.raises(NotFound) as refused:
        await opening.open_covenant(database, launch, NOW)

    assert refused.value.code == "content_not_found"
    assert not await views.exists(database, SLUG)


# --- appending --------------------------------------------------------------------------------------------------------


async def test_an_event_is_written_once(database: Database) -> None:
    await opened(database)
    batch = [entry("e1", asks("fnv")), said("e2")]
    first = await records.append(database, batch)

    assert await records.append(database, batch) == first
    assert (await records.append(database, [*batch, said("e2"), said("e3"), said("e3")])).seq == first.seq + 1
    assert [event.event for event in await views.events(database, SLUG, after=1)] == ["e1", "e2", "e3"]


async def test_a_batch_is_written_whole_or_not_at_all(database: Database) -> None:
    await opened(database)
    head = (await views.covenant(database, SLUG)).head
    unknown = c.TaskReminded(task="nowhere", reminders=1)

    with pytest.raises(NotFound) as refused:
        await write(database, entry("e1", asks("fnv")), said("e2"), entry("e3", unknown))

    assert refused.value.code == "task_not_found"
    assert "nowhere" in refused.value.words.nl
    assert [event.seq for event in await views.events(database, SLUG)] == [1]
    assert await views.waiting(database) == []
    assert (await views.covenant(database, SLUG)).head == head
    assert await views.chain_break(database, SLUG) is None


async def test_a_covenant_that_is_not_there_takes_no_entry(database: Database) -> None:
    with pytest.raises(NotFound) as refused:
        await write(database, said("e1"))

    assert refused.value.code == "covenant_not_found"
    assert await count(database, Event) == 0


async def test_twenty_writers_at_once_make_one_chain(database: Database) -> None:
    await opened(database)

    await asyncio.gather(*(write(database, said(f"e{n}"), said(f"f{n}")) for n in range(20)))

    events = await views.events(database, SLUG)
    assert [event.seq for event in events] == list(range(1, 42))
    assert {event.event for event in events[1:]} == {f"{letter}{n}" for letter in "ef" for n in range(20)}
    assert await views.chain_break(database, SLUG) is None


async def test_the_same_batch_from_ten_writers_is_written_once(database: Database) -> None:
    await opened(database)

    heads = await asyncio.gather(*(write(database, said("e1"), said("e2")) for _ in range(10)))

    assert {head.seq for head in heads} == {3}
    assert await views.chain_break(database, SLUG) is None


# --- tampering --------------------------------------------------------------------------------------------------------


async def test_a_changed_entry_is_found(database: Database) -> None:
    await opened(database)
    await write(database, said("e1"), said("e2"), said("e3"))
    (row,) = await views.events(database, SLUG, after=2, limit=1)
    changes: dict[str, object] = {
        "data": {"changes": []},
        "actor": "mila",
        "kind": "approved",
        "at": row.at + timedelta(seconds=1),
        "on_behalf_of": "fnv",
        "event": "e9",
        "data_sha256": "f" * 64,
        "prev": "0" * 64,
        "sha256": "f" * 64,
    }

    for column, value in changes.items():
        third = sa.update(Event).where(col(Event.seq) == 3)
        await run_sql(database, third.values({column: value}))
        assert await views.chain_break(database, SLUG) == 3, column
        await run_sql(database, third.values({column: getattr(row, column)}))

    assert await views.chain_break(database, SLUG) is None


@pytest.mark.parametrize(("removed", "found"), [(1, 2), (3, 4), (4, 4)])
async def test_a_removed_entry_is_found(database: Database, removed: int, found: int) -> None:
    await opened(database)
    await write(database, said("e1"), said("e2"), said("e3"))

    await run_sql(database, sa.delete(Event).where(col(Event.seq) == removed))

    assert await views.chain_break(database, SLUG) == found


async def test_entries_in_another_order_are_found(database: Database) -> None:
    await opened(database)
    await write(database, said("e1"), said("e2"), said("e3"))

    for old, new in ((3, 99), (2, 3), (99, 2)):
        await run_sql(database, sa.update(Event).where(col(Event.seq) == old).values(seq=new))

    assert await views.chain_break(database, SLUG) == 2


# --- answers ----------------------------------------------------------------------------------------------------------


async def test_an_answer_its_event_and_the_end_of_its_task_are_one(database: Database) -> None:
    await opened(database)
    await write(database, entry("open", asks("fnv", TaskKind.APPROVAL)))
    answered = answers("fnv", APPROVE, kind=TaskKind.APPROVAL)

    with pytest.raises(NotFound):
        await write(database, entry("act", answered, c.TaskReminded(task="nowhere", reminders=1)))
    task = await views.task(database, task_id("fnv"))
    assert (task.status, task.answered_event) == (TaskStatus.OPEN, None)
    assert await views.answers(database, task.id) == []

    await write(database, entry("act", answered, minutes=5, actor="mila"))
    task = await views.task(database, task_id("fnv"))
    assert (task.status, task.answered_event, task.ended_at) == (
        TaskStatus.ANSWERED,
        "act",
        NOW + timedelta(minutes=5),
    )
    assert [(answer.event, answer.person) for answer in await views.answers(database, task.id)] == [("act", "mila")]
    assert await views.waiting(database, slug=SLUG) == []


async def test_an_answer_ad_referendum_is_kept_and_leaves_the_task_open(database: Database) -> None:
    await opened(database)
    await write(database, entry("open", asks("fnv")))

    await write(database, entry("act", answers("fnv", position(1, Stance.AGREE), counted=False)))

    assert [task.id for task in await views.waiting(database)] == [task_id("fnv")]
    assert [answer.counted for answer in await views.answers(database, task_id("fnv"))] == [False]
    assert await views.positions(database, SLUG) == []
    assert await records.given(database, [task_id("fnv")]) == []


async def test_one_time_codes_are_stored_nowhere(database: Database) -> None:
    await opened(database)
    await write(database, entry("open", asks("fnv", TaskKind.SIGNATURE)))
    content = sg.SignatureAnswer(text_sha=sha(1), code="GEHEIM23", name="Mila")
    signed = sg.Signed(task=task_id("fnv"), party="fnv", person="mila", name="Mila", text_sha=sha(1))

    await write(database, entry("act", answers("fnv", content, kind=TaskKind.SIGNATURE), signed))

    async with database.read() as session:
        rows = [
            row.model_dump_json()
            for table in (Event, Answer, HumanTask, Signature)
            for row in await session.exec(sa.select(table))  # type: ignore[call-overload]
            for row in row
        ]
    assert len(rows) >= 4
    assert "GEHEIM23" not in "".join(rows)
    assert (await records.given(database, [task_id("fnv")]))[0].content.kind == "signature"
    assert await views.chain_break(database, SLUG) is None


async def test_a_later_position_replaces_an_earlier_one_and_both_answers_stay(database: Database) -> None:
    await opened(database)
    await write(database, entry("open", asks("fnv")))
    later = answers("fnv", position(1, Stance.AGREE, comment="eens"))

    await write(database, entry("a1", answers("fnv", position(1, Stance.ABSTAIN), complete=False)))
    await write(database, entry("a2", later, minutes=1))

    (row,) = await views.positions(database, SLUG)
    assert (row.stance, row.comment, row.event, row.round) == (Stance.AGREE, "eens", "a2", 1)
    kept = await views.answers(database, task_id("fnv"))
    assert [answer.content["positions"][0]["stance"] for answer in kept] == ["abstain", "agree"]


async def test_positions_on_two_versions_and_of_two_parties_stand_side_by_side(database: Database) -> None:
    await opened(database)
    await write(database, entry("open", asks("fnv"), asks("modint")))

    await write(
        database,
        entry("a1", answers("fnv", position(1, Stance.AGREE))),
        entry("a2", answers("fnv", position(1, Stance.ABSTAIN, version=2))),
        entry("a3", answers("modint", position(1, Stance.RESERVATION))),
    )

    rows = {(row.party, row.sha256): row.stance for row in await views.positions(database, SLUG)}
    assert rows == {("fnv", sha(1)): "agree", ("fnv", sha(1, 2)): "abstain", ("modint", sha(1)): "reservation"}


async def test_given_is_the_latest_counted_answer_of_each_task(database: Database) -> None:
    await opened(database)
    await write(database, entry("open", asks("fnv"), asks("modint"), asks("vgt")))
    await write(
        database,
        entry("b1", answers("fnv", position(1, Stance.ABSTAIN)), actor="mila"),
        entry("a2", answers("fnv", position(1, Stance.AGREE)), actor="mila"),  # the same moment, a later entry
        entry("a3", answers("fnv", position(1, Stance.OBJECT), counted=False), minutes=2, actor="mila"),
        entry("a4", answers("modint", position(2, Stance.AGREE)), actor="greet"),
    )

    found = await records.given(database, [task_id("fnv"), task_id("modint"), task_id("vgt"), "nowhere"])

    assert {(answer.task, answer.act, answer.actor.person) for answer in found} == {
        (task_id("fnv"), "a2", "mila"),
        (task_id("modint"), "a4", "greet"),
    }
    assert [answer.event for answer in await views.answers(database, task_id("fnv"))] == ["b1", "a2", "a3"]


async def test_an_answer_on_behalf_keeps_who_and_why(database: Database) -> None:
    await opened(database)
    await write(database, entry("open", asks("fnv")))
    act = entry("a1", answers("fnv", position(1, Stance.AGREE)), actor="anna")

    await write(database, act.model_copy(update={"on_behalf_of": "fnv", "reason": "telefonisch doorgegeven"}))

    (answer,) = await records.given(database, [task_id("fnv")])
    assert answer.actor == c.Actor(person="anna", on_behalf="telefonisch doorgegeven")
    assert (await views.events(database, SLUG))[-1].on_behalf_of == "fnv"
    assert await views.chain_break(database, SLUG) is None


async def test_a_task_follows_its_entries(database: Database) -> None:
    await opened(database)
    task, later = task_id("fnv"), DUE + timedelta(days=7)

    await write(
        database,
        entry("open", asks("fnv")),
        entry("e1", c.TaskReminded(task=task, reminders=1), minutes=1),
        entry("e2", c.RungClimbed(task=task, rung=Rung.CALL)),
        entry("e3", c.TaskMoved(task=task, due=later)),
        entry("e4", c.LadderHeld(task=task, reason="vakantie")),
        entry("e5", c.TaskUndeliverable(task=task, person="mila", problem="550 weg")),
        entry("e6", c.TaskUndeliverable(task=task, person="anna", problem="550 weg")),
    )

    row = await views.task(database, task)
    assert (row.reminders, row.reminded_at, row.rung) == (1, NOW + timedelta(minutes=1), "call")
    assert (row.due_at, row.first_due_at, row.ladder_held) == (later, DUE, "vakantie")
    assert [item["person"] for item in row.undeliverable] == ["mila", "anna"]
    ended = c.TaskEnded(task=task, status=TaskStatus.EXPIRED, reason=Words(nl="te laat", en="too late"))
    await write(database, entry("e7", ended, c.LadderHeld(task=task), minutes=9))
    row = await views.task(database, task)
    assert (row.status, row.ended_at, row.ended_en) == (TaskStatus.EXPIRED, NOW + timedelta(minutes=9), "too late")
    assert row.ladder_held is None


# --- what the database itself refuses ---------------------------------------------------------------------------------


@pytest.mark.parametrize(("table", "key"), [(Covenant, SLUG), (HumanTask, task_id("fnv"))])
async def test_two_who_change_the_same_row_do_not_overwrite_each_other(
    database: Database, table: type[Covenant | HumanTask], key: str
) -> None:
    await opened(database)
    await write(database, entry("open", asks("fnv")))

    async def retitle(row: Covenant | HumanTask, title: str) -> None:
        async with database.write() as session:
            session.add(row)
            row.title_nl = title

    async def read() -> Covenant | HumanTask:
        async with database.read() as session:
            row: Covenant | HumanTask = await session.get_one(table, key)
            return row

    one, other = await read(), await read()
    await retitle(one, "eerst")
    with pytest.raises(StaleDataError):
        await retitle(other, "daarna")

    assert (await read()).title_nl == "eerst"


@pytest.mark.parametrize("value", ["bogus", "OPEN", ""])
async def test_a_word_outside_the_vocabulary_is_refused(database: Database, value: str) -> None:
    await opened(database)
    await write(database, entry("open", asks("fnv")))

    for column in (
        "covenant.status", "covenant.authentic", "covenant.phase", "clause.status", "party.tier", "person.language",
        "step.kind", "human_task.kind", "human_task.status",
    ):  # fmt: skip
        table, _, name = column.partition(".")
        with pytest.raises(IntegrityError):
            await run_sql(database, sa.text(f'UPDATE "{table}" SET {name} = :value').bindparams(value=value))  # noqa: S608


async def test_a_moment_without_time_zone_is_refused(database: Database) -> None:
    await opened(database)

    with pytest.raises(StatementError, match="naive datetime"):
        async with database.write() as session:
            (await session.get_one(Covenant, SLUG)).signed_at = datetime(2027, 1, 1)  # noqa: DTZ001


async def test_moments_come_back_aware_and_equal(database: Database) -> None:
    await opened(database)
    amsterdam = datetime(2027, 6, 1, 12, 0, 0, 1, tzinfo=timezone(timedelta(hours=2)))

    await write(database, entry("e1", c.CovenantChanged(signed_at=amsterdam)))

    row = await views.covenant(database, SLUG)
    assert row.signed_at == amsterdam
    assert row.signed_at is not None
    assert row.signed_at.tzinfo is UTC
    assert row.opened_at == NOW
    assert row.signed_at.hour == 10


# --- contents and views -----------------------------------------------------------------------------------------------


async def test_contents_are_kept_once_by_their_hash(database: Database) -> None:
    data = bytes(range(256))

    digest = await contents.put(database, data, PACKAGE)

    assert await contents.put(database, data, PACKAGE) == digest
    assert await contents.get(database, digest) == data
    assert await contents.put_texts(database, [text(1), text(1)]) == [sha(1), sha(1)]
    async with database.read() as session:
        assert await contents.text_in(session, sha(1)) == ClauseText(**text(1).model_dump())
    assert await count(database, Content) == 2
    with pytest.raises(NotFound) as refused:
        await contents.get(database, "0" * 64)
    assert "0" * 64 in refused.value.words.nl


async def test_waiting_is_in_order_of_due_date_and_knows_who_is_late(database: Database) -> None:
    await opened(database)
    await write(
        database,
        entry(
            "open",
            asks("vgt", due=DUE + timedelta(days=1)),
            asks("modint"),
            asks("fnv"),
            asks("fnv", where="principles", due=DUE - timedelta(days=1)),
            asks("vgt", where="principles", due=DUE - timedelta(days=9)),
        ),
        entry("a1", answers("vgt", position(1, Stance.AGREE), where="principles")),
    )

    async def ids(**asked: object) -> list[str]:
        return [task.id for task in await views.waiting(database, **asked)]  # type: ignore[arg-type]

    first, rest = task_id("fnv", "principles"), [task_id("fnv"), task_id("modint"), task_id("vgt")]
    assert await ids() == await ids(slug=SLUG) == [first, *rest]
    assert await ids(party="fnv") == [first, rest[0]]
    assert await ids(overdue_at=DUE) == [first]  # what is due now is not late yet
    assert await ids(overdue_at=DUE + timedelta(seconds=1)) == [first, *rest[:2]]
    assert await ids(limit=1) == [first]
    assert await ids(slug="elders") == []


async def test_what_is_not_there_is_refused_with_what_is(database: Database) -> None:
    await opened(database)

    with pytest.raises(NotFound) as refused:
        await views.covenant(database, "elders")
    assert refused.value.words.nl == "Convenant elders bestaat niet. Verwacht: proef."
    with pytest.raises(NotFound) as refused:
        await views.task(database, "nowhere")
    assert refused.value.code == "task_not_found"
