"""The store's view of comments: only what a reader's lanes hold, on both databases; addresses beside the log."""

import pytest

from models import contracts as c
from models.enums import Lane, Language, Power
from models.errors import NotFound
from models.lookups import DelegationQuestion
from rules import lanes
from store import comments, people, views
from store.engine import Database
from tests.store.samples import NOW, SLUG, asks, entry, opened, task_id, write

TODAY = NOW.date()


async def say(db: Database, event: str, who: str, lane: Lane, clause: str = "clause-1", minutes: int = 0) -> None:
    viewer = await comments.viewer(db, SLUG, who, TODAY)
    made = c.Commented(
        clause=clause, lane=lane, party=viewer.party, constituency=viewer.constituency,
        text_sha=await comments.put(db, f"words of {event}"),
    )  # fmt: skip
    await write(db, entry(event, made, minutes=minutes, kind="commented", actor=who))


async def texts(db: Database, who: str, clause: str | None = None) -> list[str | None]:
    found = await comments.comments(db, SLUG, clause, await comments.viewer(db, SLUG, who, TODAY))
    return [one.text for one in found]


async def test_a_reader_gets_only_the_own_lanes(database: Database) -> None:
    await opened(database)
    for number, lane in enumerate(one for one in Lane if one is not Lane.PUBLIC):
        await say(database, f"greet-{lane}", "greet", lane, minutes=number)
    await say(database, "mila-table", "mila", Lane.TABLE, clause="clause-2", minutes=9)
    await say(database, "greet-table", "greet", Lane.TABLE, minutes=9)  # the same event again is passed over

    assert await texts(database, "greet") == [
        *(f"words of greet-{lane}" for lane in Lane if lane is not Lane.PUBLIC),
        "words of mila-table",
    ]
    assert await texts(database, "lars", "clause-1") == ["words of greet-constituency", "words of greet-table"]
    assert await texts(database, "mila") == ["words of greet-table", "words of mila-table"]
    assert await texts(database, "anna") == [
        "words of greet-table",
        "words of greet-facilitator",
        "words of mila-table",
    ]
    assert await comments.comments(database, SLUG, None, lanes.NOBODY) == []
    assert await comments.comments(database, "other", None, await comments.viewer(database, SLUG, "greet", TODAY)) == []
    with pytest.raises(NotFound):
        await comments.viewer(database, SLUG, "nobody", TODAY)

    found = await comments.on_record(database, SLUG, "greet-constituency")
    assert found is not None
    assert (found.lane, found.party, found.constituency) == (Lane.CONSTITUENCY, "modint", "business")
    assert await comments.on_record(database, "other", "greet-constituency") is None
    assert await comments.on_record(database, SLUG, "never") is None
    assert await views.chain_break(database, SLUG) is None


async def test_a_person_is_added_with_the_stored_address_and_changed_without(database: Database) -> None:
    await opened(database)
    contact = people.Contact(email="nora@example.org", language=Language.EN)
    digest = await people.put_contact(database, contact)
    assert digest != await people.put_contact(database, contact), "a hash that tells nothing"
    nora = c.Person(id="nora", name="Nora", party="fnv", mandates=[c.Mandate(powers=[Power.SPEAK])])
    await write(database, entry("add", c.PersonChanged(person=nora, contact=digest)))
    await write(database, entry("end", c.PersonChanged(person=nora.model_copy(update={"mandates": []}))))

    row = next(one for one in await views.people(database, SLUG) if one.id == "nora")
    assert (row.email, row.language, row.party, row.mandates) == ("nora@example.org", "en", "fnv", [])
    with pytest.raises(NotFound):
        await write(database, entry("x", c.PersonChanged(person=nora.model_copy(update={"id": "x"}), contact="0" * 64)))

    await write(database, entry("open", asks("fnv")))
    found = await people.delegation(database, DelegationQuestion(covenant=SLUG, party="fnv", contact=digest))
    assert ([task.id for task in found.open_tasks], found.contact) == ([task_id("fnv")], True)
    found = await people.delegation(database, DelegationQuestion(covenant=SLUG, party="vgt", contact="0" * 64))
    assert (found.open_tasks, found.contact) == ([], False)
