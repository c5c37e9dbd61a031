"""The people of a covenant: addresses that come in beside a change of mandates, and the rows they become."""

import json

from pydantic import EmailStr
from sqlmodel import Session, col, func, select
from sqlmodel.ext.asyncio.session import AsyncSession

from models import contracts as c
from models.base import Contract
from models.enums import Language, TaskStatus
from models.errors import NotFound
from models.lookups import DelegationFound, DelegationQuestion, OpenTask
from models.tables import Content, HumanTask, Party, Person
from store import contents
from store.engine import Database

CONTACT = "application/vnd.polder.contact+json"
OWN_PARTY = (col(Party.covenant) == col(Person.covenant)) & (col(Party.id) == col(Person.party))
"""Joins a person to their party; who only holds an office has none."""


class Contact(Contract):
    """Where a person is reached."""

    email: EmailStr
    language: Language


async def put_contact(db: Database, contact: Contact) -> str:
    """Store where a new person is reached; the hash goes into `MandateChange.contact`."""
    return await contents.put_salted(db, contact, CONTACT)


def contact_in(session: Session, digest: str) -> Contact:
    """Return a stored address.

    Raises:
        NotFound: there is none under that hash.
    """
    found = session.get(Content, digest)
    if found is None or found.media_type != CONTACT:
        raise NotFound(
            "contact_not_found",
            f"Er is geen adres bewaard onder SHA-256 {digest}. Bewaar het eerst.",
            f"No address is stored under SHA-256 {digest}. Store it first.",
            {"sha256": digest},
        )
    return Contact.model_validate(json.loads(found.data))


def write(session: Session, slug: str, change: c.PersonChanged) -> None:
    """Write a person as he or she is from now on."""
    person = change.person
    row = session.get(Person, (slug, person.id))
    if row is None:
        contact = contact_in(session, change.contact or "")
        row = Person(
            covenant=slug, id=person.id, name=person.name, email=contact.email, language=contact.language, roles=[],
            mandates=[],
        )  # fmt: skip
        session.add(row)
    row.party, row.name, row.roles = person.party, person.name, [role.value for role in person.roles]
    row.mandates = [mandate.model_dump(mode="json") for mandate in person.mandates]
    row.absent_until = person.absent_until


async def delegation(db: Database, question: DelegationQuestion) -> DelegationFound:
    """Return what is open for a party, and whether the address that was named is stored, and whose it is already."""
    async with db.read() as session:
        contact = await _stored(session, question.contact) if question.contact else None
        holder = await _holder(session, question, contact) if contact else None
        rows = await session.exec(
            select(HumanTask).where(
                HumanTask.covenant == question.covenant,
                HumanTask.respondent == question.party,
                HumanTask.status == TaskStatus.OPEN,
            )
        )
        return DelegationFound(
            contact=question.contact is None or contact is not None,
            holder=holder,
            open_tasks=[OpenTask(id=row.id, kind=row.kind) for row in rows],
        )


async def _stored(session: AsyncSession, digest: str) -> Contact | None:
    found = await session.get(Content, digest)
    if found is None or found.media_type != CONTACT:
        return None
    return Contact.model_validate(json.loads(found.data))


async def holder_of(session: AsyncSession, slug: str, email: str, *, but: str = "") -> Person | None:
    """Return whose address it is at a table, other than one person's."""
    rows = await session.exec(
        select(Person)
        .where(Person.covenant == slug, func.lower(Person.email) == email.lower(), Person.id != but)
        .order_by(col(Person.id))
        .limit(1)
    )
    return rows.first()


async def _holder(session: AsyncSession, question: DelegationQuestion, contact: Contact) -> str | None:
    """Return whose address it is at this table, or will be in a moment."""
    holder = await holder_of(session, question.covenant, contact.email)
    if holder is not None:
        return holder.id
    for person, digest in question.beside.items():
        other = await _stored(session, digest)
        if other is not None and other.email.lower() == contact.email.lower():
            return person
    return None
