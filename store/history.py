"""The log for the page that tells it: filtered and paged in the database, with the names its entries hold by id."""

from collections.abc import Collection, Iterable
from typing import Any

import sqlalchemy as sa
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from models.base import Words
from models.enums import Tier
from models.tables import Clause, Event, HumanTask, Party, Person, Round, Step
from rules.labels import OFFICES
from rules.retelling import Known
from store.engine import Database
from store.people import OWN_PARTY


async def entries(
    db: Database, slug: str, *, before: int | None = None, kind: str = "", party: str = "", step: str = "",
    limit: int = 50,
) -> list[Event]:  # fmt: skip
    """Return entries of the log, the newest first.

    Args:
        db: the database.
        slug: the covenant.
        before: only entries with a lower number.
        kind: only of this kind.
        party: only those by, for or about this party.
        step: only those of this step, its tasks and rounds.
        limit: how many.
    """
    query = select(Event).where(Event.covenant == slug)
    if before is not None:
        query = query.where(col(Event.seq) < before)
    if kind:
        query = query.where(Event.kind == kind)
    async with db.read() as session:
        if party:
            query = query.where(_of_party(slug, party))
        if step:
            rounds = await session.exec(select(Round.no).where(Round.covenant == slug, Round.step == step))
            query = query.where(_of_step(slug, step, list(rounds)))
        return list(await session.exec(query.order_by(col(Event.seq).desc()).limit(limit)))


def _data() -> Any:  # noqa: ANN401 an SQL expression
    return sa.cast(col(Event.data), sa.Text)


def _has(text: str) -> Any:  # noqa: ANN401 idem
    """Whether the changes of an entry hold a text: both databases write JSON with a space after the colon."""
    return _data().contains(text, autoescape=True)


def _of_party(slug: str, party: str) -> Any:  # noqa: ANN401 idem
    members = sa.select(col(Person.id)).where(col(Person.covenant) == slug, col(Person.party) == party)
    return sa.or_(
        col(Event.on_behalf_of) == party,
        col(Event.actor).in_(members),
        _has(f'/{party}"'),
        _has(f'"party": "{party}"'),
    )


def _of_step(slug: str, step: str, rounds: Iterable[int]) -> Any:  # noqa: ANN401 idem
    return sa.or_(
        _has(f'"key": "{step}"'),
        _has(f'"step": "{step}"'),
        _has(f'"{slug}/{step}/'),
        col(Event.event).startswith(f"{slug}/{step}/", autoescape=True),
        *(_has(f'"{slug}/round-{number}/') for number in rounds),
    )


async def kinds(db: Database, slug: str) -> list[str]:
    """Return the kinds of entries there are."""
    async with db.read() as session:
        return list(
            await session.exec(select(Event.kind).where(Event.covenant == slug).distinct().order_by(col(Event.kind)))
        )


async def choices(db: Database, slug: str) -> tuple[list[Party], list[Step]]:
    """Return the parties at the table and the steps, to filter by."""
    async with db.read() as session:
        parties = await session.exec(
            select(Party).where(Party.covenant == slug, Party.tier == Tier.PARTY).order_by(col(Party.position))
        )
        steps = await session.exec(select(Step).where(Step.covenant == slug).order_by(col(Step.position)))
        return list(parties), list(steps)


async def known(db: Database, slug: str, rows: Collection[Event], *, of: Collection[str] | None) -> Known:
    """Return the names that some entries hold by id.

    Args:
        db: the database.
        slug: the covenant.
        rows: the entries.
        of: the parties whose people the reader may know by name; all of them when none.
    """
    tasks, parties, people, clauses = set[str](), set[str](), {row.actor for row in rows}, set[str]()
    for row in rows:
        parties |= {row.on_behalf_of} if row.on_behalf_of else set()
        for change in row.data.get("changes", []):
            task = change.get("task")
            task = task["id"] if isinstance(task, dict) else task
            if task:
                tasks.add(task)
                parties.add(task.rpartition("/")[2])
            person = change.get("person")
            parties |= {change["party"]} if change.get("party") else set()
            if isinstance(person, dict):
                people.add(person["id"])
                parties |= {person["party"]} if person.get("party") else set()
            elif person:
                people.add(person)
            clauses |= {change["clause"]} if change.get("clause") else set()
    async with db.read() as session:
        titles = await _titles(session, tasks)
        names = await session.exec(select(Party).where(Party.covenant == slug, col(Party.id).in_(parties)))
        numbers = await session.exec(
            select(Clause.id, Clause.number).where(Clause.covenant == slug, col(Clause.id).in_(clauses))
        )
        seated = list(
            await session.exec(
                select(Person, Party)
                .outerjoin(Party, OWN_PARTY)
                .where(Person.covenant == slug, col(Person.id).in_(people))
            )
        )
        return Known(
            parties={row.id: Words(nl=row.name_nl, en=row.name_en) for row in names},
            people={person.id: _acts_for(person, party) for person, party in seated},
            names={
                person.id: person.name for person, _ in seated if of is None or (person.party or "") in of
            },
            tasks=titles,
            clauses=dict(numbers.all()),
        )  # fmt: skip


def _acts_for(person: Person, party: Party | None) -> Words:
    if party is not None:
        return Words(nl=party.name_nl, en=party.name_en)
    office = OFFICES.get(person.roles[0]) if person.roles else None
    if office is None:
        return Words(nl=person.name, en=person.name)
    return Words(nl=f"De {office.nl}" if office.nl != "secretariaat" else "Het secretariaat", en=f"The {office.en}")


async def _titles(session: AsyncSession, tasks: Collection[str]) -> dict[str, Words]:
    """Return the titles of tasks; in parts, because a database takes only so many values at once."""
    found: dict[str, Words] = {}
    ordered = sorted(tasks)
    for start in range(0, len(ordered), 500):
        rows = await session.exec(
            select(HumanTask.id, HumanTask.title_nl, HumanTask.title_en).where(
                col(HumanTask.id).in_(ordered[start : start + 500])
            )
        )
        found |= {task: Words(nl=nl, en=en) for task, nl, en in rows}
    return found
