"""The people of a covenant with what was mailed to them: who could not be reached comes first."""

from typing import Any, NamedTuple

from sqlmodel import col, func, or_, select

from models.enums import MailStatus
from models.errors import NotFound
from models.tables import Mail, Party, Person
from store.engine import Database
from store.people import OWN_PARTY


class Reached(NamedTuple):
    """A person with the party they sit for, and how many mails came to what."""

    person: Person
    party: Party | None
    mails: dict[MailStatus, int]


class Letter(NamedTuple):
    """A mail without its text."""

    at: Any
    subject: str
    recipient: str
    status: MailStatus
    problem: str | None
    task: str | None


async def people(db: Database, slug: str, *, like: str = "", limit: int = 25, offset: int = 0) -> list[Reached]:
    """Return people, those with undeliverable mail first, then by name.

    Args:
        db: the database.
        slug: the covenant.
        like: part of a name, an address or a party.
        limit: how many to return.
        offset: how many to pass over.
    """
    bounced = (
        select(Mail.person, func.count().label("bounces"))
        .where(Mail.covenant == slug, Mail.status == MailStatus.UNDELIVERABLE)
        .group_by(Mail.person)
        .subquery()
    )
    query = (
        select(Person, Party)
        .outerjoin(Party, OWN_PARTY)
        .outerjoin(bounced, bounced.c.person == col(Person.id))
        .where(Person.covenant == slug)
        .order_by(func.coalesce(bounced.c.bounces, 0).desc(), col(Person.name), col(Person.id))
        .limit(limit)
        .offset(offset)
    )
    if like:
        fields = (Person.name, Person.email, Party.name_nl, Party.name_en)
        query = query.where(or_(*(col(one).icontains(like, autoescape=True) for one in fields)))
    async with db.read() as session:
        rows = list(await session.exec(query))
        ids = [person.id for person, _ in rows]
        counted = await session.exec(
            select(Mail.person, Mail.status, func.count())
            .where(Mail.covenant == slug, col(Mail.person).in_(ids))
            .group_by(Mail.person, col(Mail.status))
        )
        mails: dict[str, dict[MailStatus, int]] = {}
        for person, status, number in counted:
            mails.setdefault(person, {})[MailStatus(status)] = number
        return [Reached(person, party, mails.get(person.id, {})) for person, party in rows]


async def person(db: Database, slug: str, person_id: str) -> tuple[Person, Party | None]:
    """Return a person of a covenant with their party.

    Raises:
        NotFound: there is no such person in it.
    """
    async with db.read() as session:
        row = await session.get(Person, (slug, person_id))
        if row is None:
            raise NotFound(
                "person_not_found",
                f"Persoon {person_id} is niet bij dit convenant bekend. Verwacht: iemand van de lijst met mensen.",
                f"Person {person_id} is not known in this covenant. Expected: someone on the list of people.",
                {"person": person_id},
            )
        return row, await session.get(Party, (slug, row.party)) if row.party else None


async def letters(db: Database, slug: str, person_id: str, *, limit: int = 25, offset: int = 0) -> list[Letter]:
    """Return the mails to a person, undeliverable ones first, then the newest."""
    first = (col(Mail.status) == MailStatus.UNDELIVERABLE).desc()
    async with db.read() as session:
        rows = await session.exec(
            select(Mail.at, Mail.subject, Mail.recipient, Mail.status, Mail.problem, Mail.task)  # type: ignore[call-overload]
            .where(Mail.covenant == slug, Mail.person == person_id)
            .order_by(first, col(Mail.at).desc(), col(Mail.id))
            .limit(limit)
            .offset(offset)
        )
        return [Letter(*row) for row in rows]
