"""The log as a reader may see it: who acted by party, what happened in a sentence, and nothing that a lane hides."""

from collections.abc import Iterable
from datetime import date
from typing import NamedTuple

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from models.base import Words
from models.enums import Lane
from models.tables import Covenant, Event, Party, Person
from rules import lanes, telling
from rules.labels import OFFICES
from store.comments import party_of, person_of
from store.engine import Database
from store.people import OWN_PARTY


class Happening(NamedTuple):
    """An entry as someone may see it.

    Attributes:
        actor: the person's id; none when a lane hides it.
        who: the party or office that acted.
        hidden: the entry is a comment in a lane that is not the reader's.
    """

    event: Event
    actor: str | None
    who: Words
    sentence: Words
    hidden: bool


def nobody(place: lanes.Place) -> bool:
    """Read as a program that listens for everyone at the table: only the lane of the table."""
    return place.lane in {Lane.TABLE, Lane.PUBLIC}


async def reader(db: Database, slug: str, persons: Iterable[str], today: date) -> lanes.Reads:
    """Return which lanes someone is in, by any of their seats at one table."""
    async with db.read() as session:
        rows = await session.exec(
            select(Person, Party)
            .outerjoin(Party, OWN_PARTY)
            .where(Person.covenant == slug, col(Person.id).in_(list(persons)))
        )
        viewers = [lanes.viewer(person_of(person), [party_of(party)] if party else [], today) for person, party in rows]
    return lambda place: any(lanes.may_read(place, one) for one in viewers)


async def happenings(
    db: Database, slug: str, reads: lanes.Reads, *, after: int = 0, kind: str = "", limit: int = 50, offset: int = 0
) -> list[Happening]:
    """Return entries of the log after one, in order."""
    query = select(Event).where(Event.covenant == slug, col(Event.seq) > after)
    if kind:
        query = query.where(Event.kind == kind)
    async with db.read() as session:
        rows = list(await session.exec(query.order_by(col(Event.seq)).limit(limit).offset(offset)))
        names = await _names(session, slug, {row.actor for row in rows})
        on_behalf = await _parties(session, slug, {row.on_behalf_of for row in rows if row.on_behalf_of})
    return [_seen(row, reads, on_behalf.get(row.on_behalf_of or "") or names.get(row.actor)) for row in rows]


def _seen(row: Event, reads: lanes.Reads, who: Words | None) -> Happening:
    changes = row.data.get("changes", [])
    lane = telling.lane(changes)
    hidden = lane is not None and not reads(lanes.Place(*lane))
    who = telling.SOMEONE if hidden else who or telling.POLDER
    return Happening(row, None if hidden else row.actor, who, telling.sentence(row.kind, changes, who), hidden)


async def _names(session: AsyncSession, slug: str, actors: set[str]) -> dict[str, Words]:
    """Return the party of each person, or the office of who has none."""
    rows = await session.exec(
        select(Person, Party).outerjoin(Party, OWN_PARTY).where(Person.covenant == slug, col(Person.id).in_(actors))
    )
    found = {}
    for person, party in rows:
        office = OFFICES.get(person.roles[0]) if person.roles else None
        found[person.id] = Words(nl=party.name_nl, en=party.name_en) if party else office or telling.SOMEONE
    return found


async def _parties(session: AsyncSession, slug: str, wanted: set[str]) -> dict[str, Words]:
    rows = await session.exec(select(Party).where(Party.covenant == slug, col(Party.id).in_(wanted)))
    return {row.id: Words(nl=row.name_nl, en=row.name_en) for row in rows}


async def seq(db: Database, slug: str) -> int:
    """Return the number of the last entry."""
    async with db.read() as session:
        return (await session.exec(select(Covenant.seq).where(Covenant.slug == slug))).one()
