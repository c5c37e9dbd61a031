"""Board, register, search and history read the same on both databases."""

from datetime import timedelta

from models import contracts as c
from models.enums import Rung, Stance
from models.tables import Covenant
from rules.calendar import local_date
from store import board, history, register
from store.engine import Database
from tests.store.samples import DUE, NOW, SLUG, answers, asks, entry, opened, position, write

LATER = DUE + timedelta(days=30)


async def filled(db: Database) -> None:
    await opened(db)
    await write(
        db,
        entry("asked", asks("fnv"), asks("cnv"), kind="tasks_opened"),
        entry("climbed", c.RungClimbed(task=f"{SLUG}/talks/fnv", rung=Rung.CALL), kind="rung_climbed", minutes=1),
    )


async def test_a_row_counts_who_is_late_and_every_filter_and_order_works(database: Database) -> None:
    await filled(database)
    today = local_date(LATER)
    for sort in board.SORTS:
        for asked in (board.Filters(sort=sort), board.Filters(sort=f"-{sort}", overdue=True, standstill=3)):
            (row,) = await board.rows(database, asked, LATER, today, language="nl")
            assert (row.open, row.overdue, row.undeliverable, row.stuck, row.torn) == (2, 2, 0, 0, False)
            assert {one.respondent: one.rung for one in row.late} == {"fnv": "call", "cnv": None}
            assert await board.count(database, asked, LATER, today) == 1
    assert await board.count(database, board.Filters(technical=True), LATER, today) == 0
    assert await board.count(database, board.Filters(overdue=True), NOW, local_date(NOW)) == 0
    assert await board.count(database, board.Filters(slugs=[]), LATER, today) == 0
    assert await board.count(database, board.Filters(search="%"), LATER, today) == 0
    assert [len(await board.overdue(database, SLUG, moment)) for moment in (NOW, LATER)] == [0, 2]
    assert await board.failed_mails(database, SLUG, LATER) == []
    assert len(await board.open_task_workflows(database, SLUG)) == 1


async def test_a_torn_chain_is_technical(database: Database) -> None:
    await filled(database)
    async with database.write() as session:
        (await session.get_one(Covenant, SLUG)).head = "0" * 64
    assert [one.torn for one in await board.some(database, [SLUG], NOW)] == [True]
    assert await board.count(database, board.Filters(technical=True), NOW, local_date(NOW)) == 1


async def test_the_history_is_filtered_in_the_database(database: Database) -> None:
    await filled(database)
    await write(
        database, entry("given", answers("cnv", position(1, Stance.AGREE)), kind="answered", minutes=2, actor="x")
    )
    assert [one.event for one in await history.entries(database, SLUG, party="cnv", limit=9)][:1] == ["given"]
    assert {one.kind for one in await history.entries(database, SLUG, party="fnv")} >= {"tasks_opened", "rung_climbed"}
    assert "answered" not in {one.kind for one in await history.entries(database, SLUG, party="fnv")}
    of_step = {one.kind for one in await history.entries(database, SLUG, step="talks")}
    assert {"tasks_opened", "rung_climbed", "answered"} <= of_step
    assert await history.entries(database, SLUG, party="%") == []
    rows = await history.entries(database, SLUG)
    known = await history.known(database, SLUG, rows, of=None)
    assert known.tasks[f"{SLUG}/talks/fnv"].en == "talks (en)"


async def test_search_reads_only_what_is_allowed_and_knows_no_wildcards(database: Database) -> None:
    await filled(database)
    found = await register.search(database, ["1"], slugs=[SLUG], language="nl")
    assert [hit.clause.number for hit in found][:1] == ["1"]
    assert await register.search(database, ["1"], slugs=[], language="nl") == []
    assert await register.search(database, ["%"], slugs=[SLUG], language="en") == []
    async with database.write() as session:
        (await session.get_one(Covenant, SLUG)).signed_at = LATER
    public = await register.search(database, ["1"], slugs=[], language="en")
    assert all(hit.public for hit in public)
    assert public
    entry_ = await register.entry(database, SLUG)
    assert entry_.clauses
    assert entry_.documents == []
