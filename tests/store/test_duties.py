"""Whose tasks are whose, and what a party reads of the text: on SQLite and PostgreSQL alike."""

import sqlalchemy as sa
from sqlmodel import col

from models import contracts as c
from models.base import Words
from models.enums import ClauseStatus, Language, Stance, TaskKind, TaskStatus
from models.tables import HumanTask, Person, Position
from store import asked, clauses, contents, duties
from store.engine import Database
from tests.store.samples import DUE, NOW, SLUG, answers, asks, entry, opened, position, task_id, write


async def asking(db: Database) -> None:
    await opened(db)
    await write(db, entry("asked", asks("modint"), asks("fnv")))


async def test_a_task_is_due_from_the_people_of_its_party_once(database: Database) -> None:
    await asking(database)
    async with database.write() as session:
        session.add(
            Person(covenant=SLUG, id="greet-2", party="modint", name="Greet", email="Greet@Example.org",
                   language=Language.NL, roles=[], mandates=[{"powers": ["speak"]}])
        )  # fmt: skip
    assert [one.task.id for one in await duties.due(database, "greet@example.org")] == [task_id("modint")]
    assert await duties.due(database, "greet@example.org", offset=1) == []
    assert await duties.counts(database, "greet@example.org", NOW) == (1, 0)
    assert await duties.counts(database, "greet@example.org", DUE.replace(year=2030)) == (1, 1)
    assert await duties.due(database, "nobody@example.org") == []
    assert (await duties.due(database, "mila@example.org"))[0].party is not None


async def test_a_task_of_an_office_is_due_from_who_holds_it(database: Database) -> None:
    await asking(database)
    async with database.write() as session:
        await session.exec(
            sa.update(HumanTask)
            .where(col(HumanTask.id) == task_id("fnv"))
            .values(role="facilitator", respondent="facilitator")
        )
    assert [one.task.id for one in await duties.due(database, "anna@example.org")] == [task_id("fnv")]
    assert await duties.due(database, "mila@example.org") == []


async def test_whose_mandates_ended_has_nothing_due(database: Database) -> None:
    await asking(database)
    async with database.write() as session:
        await session.exec(sa.update(Person).where(col(Person.id) == "mila").values(mandates=[]))
    assert await duties.due(database, "mila@example.org") == []


async def test_what_ended_comes_under_lately_with_who_answered(database: Database) -> None:
    await asking(database)
    over = Words(nl="voorbij", en="over")
    await write(
        database,
        entry("given", answers("modint", position(1, Stance.AGREE)), actor="greet"),
        entry("over", c.TaskEnded(task=task_id("fnv"), status=TaskStatus.EXPIRED, reason=over), minutes=5),
    )
    assert [(one.task.id, one.by) for one in await duties.lately(database, "greet@example.org")] == [
        (task_id("modint"), "Greet")
    ]
    assert [(one.task.id, one.by) for one in await duties.lately(database, "mila@example.org")] == [
        (task_id("fnv"), None)
    ]


async def test_a_closed_task_leads_to_the_one_that_took_its_place(database: Database) -> None:
    await asking(database)
    task = (await asked.asked(database, task_id("fnv"))).task
    assert await duties.successor(database, task) is None
    await write(database, entry("again", asks("fnv", TaskKind.POSITIONS, where="round-2")))
    after = await duties.successor(database, task)
    assert after is not None
    assert after.id == task_id("fnv", "round-2")


async def test_a_party_reads_the_text_against_what_it_last_agreed_to(database: Database) -> None:
    await asking(database)
    await write(
        database,
        entry("one", answers("modint", position(1, Stance.AGREE)), actor="greet"),
        entry("two", answers("fnv", position(1, Stance.OBJECT)), actor="mila"),
    )
    (line, *_) = await clauses.clauses(database, SLUG, "modint", others=True)
    assert (line.unchanged, line.own is not None, [one.position.party for one in line.others]) == (True, True, ["fnv"])
    new = Words(nl="Een nieuwe tekst", en="A new text")
    (digest,) = await contents.put_texts(database, [new])
    await write(
        database,
        entry(
            "revised",
            c.ClauseChanged(
                clause="clause-1", version=2, sha256=digest, status=ClauseStatus.BRACKETED, reason="Better."
            ),
        ),
    )
    (line, *_) = await clauses.clauses(database, SLUG, "modint")
    assert not line.unchanged
    assert line.holds is None
    assert line.approved is not None
    assert (line.approved.version, line.current.version, line.others) == (1, 2, [])
    (objector, *_) = await clauses.clauses(database, SLUG, "fnv")
    assert objector.approved is None


async def test_positions_of_a_hidden_round_are_shown_to_their_own_party_only(database: Database) -> None:
    await asking(database)
    await write(
        database,
        entry("one", answers("modint", position(1, Stance.AGREE)), actor="greet"),
        entry("two", answers("fnv", position(1, Stance.OBJECT)), actor="mila"),
    )
    async with database.write() as session:
        await session.exec(sa.update(Position).values(round=2))
    said = await clauses.positions(database, SLUG, ["clause-1"], hidden=2, own="modint")
    assert [one.position.party for one in said] == ["modint"]
    assert len(await clauses.positions(database, SLUG, ["clause-1"], hidden=1, own="modint")) == 2
