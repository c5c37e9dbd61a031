"""Batches that share a write: what is on record, and what one that cannot be written does to the others."""

import asyncio
from collections.abc import Sequence

import pytest

from activities.together import Together
from models import contracts as c
from models.errors import NotFound, PolderError, Unavailable
from store import records, views
from store.engine import Database
from tests.store.samples import SLUG, entry, opened, said


@pytest.fixture
def groups(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """How many batches each write held."""
    sizes: list[int] = []
    real = records.append_all

    async def counted(db: Database, batches: Sequence[Sequence[c.Entry]]) -> list[c.Written]:
        sizes.append(len(batches))
        return await real(db, batches)

    monkeypatch.setattr(records, "append_all", counted)
    return sizes


def strange(event: str) -> c.Entry:
    return said(event).model_copy(update={"covenant": "nowhere"})


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_what_comes_in_during_a_write_goes_into_the_next_one(database: Database, groups: list[int]) -> None:
    await opened(database)
    together = Together(database)

    written = await asyncio.gather(*(together.append([said(f"e{nr}")]) for nr in range(5)))

    assert groups == [5]
    assert [one.seq for one in written] == [2, 3, 4, 5, 6]
    assert written[-1].sha256 == (await views.covenant(database, SLUG)).head
    assert await views.chain_break(database, SLUG) is None
    assert (await together.append([said("e4")])).seq == 6


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_one_that_cannot_be_written_keeps_no_other_from_it(database: Database, groups: list[int]) -> None:
    await opened(database)
    together = Together(database)
    unknown = entry("e2", c.TaskReminded(task="nowhere", reminders=1))

    found = await asyncio.gather(
        *(together.append([one]) for one in (said("e1"), strange("e3"), unknown, said("e4"))), return_exceptions=True
    )

    codes = [one.code for one in found if isinstance(one, PolderError)]
    assert codes == ["covenant_not_found", "task_not_found"]
    assert [event.event for event in await views.events(database, SLUG, after=1)] == ["e1", "e4"]
    assert await views.chain_break(database, SLUG) is None
    assert groups == [4, 1, 1, 1, 1]


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_with_the_database_away_all_are_told_at_once(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    tries = 0

    async def away(*_: object) -> list[c.Written]:
        nonlocal tries
        tries += 1
        raise Unavailable("database_unavailable", "weg", "away")

    monkeypatch.setattr(records, "append_all", away)
    together = Together(database)
    found = await asyncio.gather(*(together.append([said(f"e{nr}")]) for nr in range(3)), return_exceptions=True)

    assert all(isinstance(one, Unavailable) for one in found)
    assert tries == 1


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_who_gives_up_takes_no_other_along(database: Database) -> None:
    await opened(database)
    together = Together(database)
    first, second = (asyncio.create_task(together.append([said(event)])) for event in ("e1", "e2"))
    await asyncio.sleep(0)  # both have handed in theirs
    first.cancel()

    await second

    assert "e2" in [event.event for event in await views.events(database, SLUG)]
    with pytest.raises(NotFound):
        await together.append([strange("e3")])
