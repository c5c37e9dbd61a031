"""What a dossier is made of, as the record has it; `rules.disclosing` says what of the record is shown."""

from dataclasses import dataclass, field
from typing import Any

from sqlmodel import col, select

from models.enums import ClauseStatus, DocumentKind
from models.sealed import Stamp
from models.tables import Clause, ClauseVersion, Covenant, Document, Event, Party, Person
from store import published, register, signatures, stamps, views
from store.contents import get_in
from store.engine import Database


@dataclass(frozen=True)
class Facts:
    """A covenant with everything that a dossier may hold.

    Attributes:
        events: all of them, in order.
        versions: of the clauses; for the public only of texts that are public.
        whole: the versions that make up the whole text, in order; for the public once it is public.
        documents: PDFs with their bytes.
        mandates: who may do what for whom, without addresses; none for the public.
        tiers: of the parties, by id.
        stamps: timestamps over the heads of the chain.
        void: tasks of signings that ended without a covenant.
    """

    covenant: Covenant
    events: list[Event]
    versions: list[ClauseVersion]
    whole: list[ClauseVersion]
    documents: list[tuple[Document, bytes]]
    mandates: list[dict[str, Any]] = field(default_factory=list)
    tiers: dict[str, str] = field(default_factory=dict)
    stamps: list[Stamp] = field(default_factory=list)
    void: set[str] = field(default_factory=set)


async def facts(db: Database, slug: str, *, at_table: bool) -> Facts:
    """Return what a dossier is made of, for someone at the table or for the public.

    Raises:
        NotFound: no such covenant.
    """
    covenant = await views.covenant(db, slug)
    events = await views.events(db, slug, limit=1_000_000)
    kinds = list(DocumentKind) if at_table else [DocumentKind.FINAL, DocumentKind.SEALED]
    kinds = [one for one in kinds if one is not DocumentKind.ATTACHMENT]
    async with db.read() as session:
        every = list(
            await session.exec(
                select(ClauseVersion)
                .where(ClauseVersion.covenant == slug)
                .order_by(col(ClauseVersion.clause), col(ClauseVersion.version))
            )
        )
        rows = await session.exec(select(Clause).where(Clause.covenant == slug).order_by(col(Clause.position)))
        standing = [one for one in rows if one.status is not ClauseStatus.PARKED]
        parties = {one.id: one for one in await session.exec(select(Party).where(Party.covenant == slug))}
        people = list(await session.exec(select(Person).where(Person.covenant == slug).order_by(col(Person.id))))
        void = set(await session.exec(signatures.void(slug)))
        made = []
        if at_table or covenant.signed_at is not None:
            found = await session.exec(
                select(Document)
                .where(Document.covenant == slug, col(Document.kind).in_(kinds))
                .order_by(col(Document.made_at))
            )
            made = [(one, (await get_in(session, one.sha256)).data) for one in found]
    by_key = {(one.clause, one.version): one for one in every}
    whole = [by_key[one.id, one.version] for one in standing]
    if not at_table:
        signed = (await register.entry(db, slug)).clauses
        shown = [text for one in await published.published(db, covenant, signed) for _, text in one.clauses]
        public = [text for text in shown if text.covenant == slug]  # what a revision revises is in its own dossier
        every = list({(one.clause, one.version): one for one in public}.values())
        whole = [text for _, text in signed]
    return Facts(
        covenant, events, every, whole, made,
        mandates=[_mandates(one) for one in people if one.mandates or one.roles] if at_table else [],
        tiers={key: one.tier.value for key, one in parties.items()},
        stamps=[one for one in await stamps.of(db, slug) if one.seq <= len(events)], void=void,
    )  # fmt: skip


def _mandates(person: Person) -> dict[str, Any]:
    return {
        "person": person.id, "name": person.name, "party": person.party, "roles": person.roles,
        "mandates": person.mandates,
    }  # fmt: skip


async def link_at(db: Database, slug: str, seq: int) -> str | None:
    """Return the hash of an entry of the record, or None when there is no such entry."""
    async with db.read() as session:
        query = select(Event.sha256).where(Event.covenant == slug, Event.seq == seq)
        return (await session.exec(query)).first()
