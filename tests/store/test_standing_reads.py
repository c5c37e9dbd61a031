"""The reads of the covenant's page and its rounds are SQL that both databases take; of nothing they return nothing."""

from datetime import UTC, datetime

import pytest

from models.enums import DocumentKind, Role, TaskKind
from models.errors import NotFound
from store import correspondence, rounds
from store import standing as reads
from store.engine import Database

NOW = datetime(2027, 1, 4, tzinfo=UTC)


async def test_of_a_covenant_that_is_not_there_there_is_nothing(database: Database) -> None:
    found = await reads.standing(database, "none")
    assert (found.parties, found.steps, found.judgements, found.companies) == ([], [], [], reads.Companies())
    assert (await reads.waiting(database, "none", NOW)).count == 0
    assert await reads.own_task(database, "none", {"union"}, set(Role)) is None
    everything = await reads.owed(
        database, "none", only=({"union"}, {Role.CHAIR}), kind=TaskKind.APPROVAL, respondent="50%_", limit=5, offset=5
    )
    assert everything == []
    assert await reads.owed_by_id(database, "none", ["none/a/b"]) == []
    assert await reads.respondents(database, "none", ["none/a/b"]) == []
    assert await reads.open_ids(database, "none") == []
    assert await reads.recorded(database, "none", "act-%_") is False
    assert await reads.drafting(database, "none") is None
    assert await reads.papers(database, "none", kinds=list(DocumentKind), limit=5) == []
    assert await reads.plan(database, "none") == []
    assert (await reads.roster(database, "none")).parties == []


async def test_of_its_people_and_rounds_neither(database: Database) -> None:
    assert await correspondence.people(database, "none", like="a%") == []
    assert await correspondence.letters(database, "none", "nobody") == []
    with pytest.raises(NotFound):
        await correspondence.person(database, "none", "nobody")
    assert await rounds.rounds(database, "none") == []
    assert await rounds.converged(database, "none") == []
    assert await rounds.objections(database, "none", ["0" * 64]) == {}
    assert await rounds.last_closed(database, "none") is None
    with pytest.raises(NotFound):
        await rounds.round_of(database, "none", 1, limit=5)
