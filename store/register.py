"""What everybody may read: covenants, and texts that were signed or made public. No draft, position or address."""

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlalchemy.orm import aliased
from sqlmodel import col, func, select

from models.enums import ClauseStatus, DocumentKind, Outcome, PartyStatus, Phase, Role, TaskKind, TaskStatus, Tier
from models.errors import NotFound
from models.tables import (
    Clause,
    ClauseVersion,
    Constituency,
    Covenant,
    Decision,
    Document,
    HumanTask,
    Party,
    Person,
    Signature,
    Step,
)
from store import signatures
from store.engine import Database
from store.people import OWN_PARTY
from store.published import Published, Texts, published

OFFICES = {Role.FACILITATOR, Role.SECRETARIAT, Role.CHAIR, Role.MEDIATOR}
SHORTEST = 2
"""Letters of a word that is searched for."""
MOST_WORDS = 6
MOST_COMPANIES = 500


def _titled(search: str) -> Any:  # noqa: ANN401 an SQL expression
    columns = col(Covenant.title_nl), col(Covenant.title_en)
    return sa.or_(*(one.icontains(search, autoescape=True) for one in columns))


async def covenants(
    db: Database, *, slugs: Collection[str] | None = None, search: str = "", sector: str = "",
    phase: Phase | None = None, limit: int = 25, offset: int = 0,
) -> list[Covenant]:  # fmt: skip
    """Return covenants, the last moved first; only some of them when asked."""
    query = select(Covenant)
    if slugs is not None:
        query = query.where(col(Covenant.slug).in_(slugs))
    if search:
        query = query.where(_titled(search))
    if sector:
        query = query.where(Covenant.sector == sector)
    if phase is not None:
        query = query.where(Covenant.phase == phase)
    query = query.order_by(col(Covenant.moved_at).desc(), col(Covenant.slug)).limit(limit).offset(offset)
    async with db.read() as session:
        return list(await session.exec(query))


async def places(db: Database, email: str) -> dict[str, list[tuple[str | None, list[str]]]]:
    """Return in which covenants an address has a place: for each the party and offices."""
    async with db.read() as session:
        rows = await session.exec(
            select(Person.covenant, Person.party, Person.roles).where(func.lower(Person.email) == email)
        )
        found: dict[str, list[tuple[str | None, list[str]]]] = {}
        for slug, party, roles in rows:
            found.setdefault(slug, []).append((party, list(roles)))
        return found


class Year(NamedTuple):
    """Plans and reports that were due by one day: how many were delivered."""

    due: datetime
    kind: TaskKind
    delivered: int
    asked: int


@dataclass
class Entry:
    """A covenant as the register shows it.

    Attributes:
        joined: companies that declared, and their share of the market.
        companies: those, by name, with the day on which each declared; once it is signed.
        verdicts: what was decided on steps; only once it is signed.
        clauses: the text; only once it is signed.
        published: every text that is public, the oldest first; before the signature only accords that the facilitator
            made public.
    """

    covenant: Covenant
    steps: list[Step] = field(default_factory=list)
    groups: list[tuple[Constituency, list[Party]]] = field(default_factory=list)
    left: list[Party] = field(default_factory=list)
    joined: tuple[int, float] = (0, 0.0)
    companies: list[tuple[Party, datetime]] = field(default_factory=list)
    verdicts: list[Decision] = field(default_factory=list)
    clauses: Texts = field(default_factory=list)
    published: list[Published] = field(default_factory=list)
    documents: list[Document] = field(default_factory=list)
    years: list[Year] = field(default_factory=list)


def _signed_version() -> Any:  # noqa: ANN401 idem
    """Return the number of the version of a clause that was signed: the last made before the signature."""
    version = aliased(ClauseVersion)
    return (
        sa.select(func.max(col(version.version)))
        .where(
            col(version.covenant) == col(Covenant.slug),
            col(version.clause) == col(Clause.id),
            col(version.made_at) <= col(Covenant.signed_at),
        )
        .correlate(Covenant, Clause)
        .scalar_subquery()
    )


async def covenant(db: Database, slug: str) -> Covenant:
    """Return a covenant.

    Raises:
        NotFound: there is none; it does not say which there are.
    """
    async with db.read() as session:
        row = await session.get(Covenant, slug)
    if row is None:
        raise NotFound(
            "covenant_not_found",
            "Dit convenant staat niet in het register. Verwacht: een convenant uit de lijst.",
            "This covenant is not in the register. Expected: a covenant of the list.",
        )
    return row


async def entry(db: Database, slug: str) -> Entry:
    """Return everything that the register shows of a covenant; NotFound when there is none."""
    found = Entry(await covenant(db, slug))
    async with db.read() as session:
        found.steps = list(await session.exec(select(Step).where(Step.covenant == slug).order_by(col(Step.position))))
        groups = list(
            await session.exec(
                select(Constituency).where(Constituency.covenant == slug).order_by(col(Constituency.position))
            )
        )
        parties = list(
            await session.exec(
                select(Party).where(Party.covenant == slug, Party.tier == Tier.PARTY).order_by(col(Party.position))
            )
        )
        found.groups = [
            (group, [one for one in parties if one.constituency == group.id and one.status is PartyStatus.ACTIVE])
            for group in groups
        ]
        found.left = [one for one in parties if one.status is PartyStatus.WITHDRAWN]
        declared = await session.exec(
            select(func.count(), func.coalesce(func.sum(Party.market_share), 0.0))
            .select_from(Signature)
            .join(Party, (col(Party.covenant) == col(Signature.covenant)) & (col(Party.id) == col(Signature.party)))
            .where(Signature.covenant == slug, Party.tier == Tier.PARTICIPANT)
        )
        count, share = declared.one()
        found.joined = count, round(float(share), 4)
    if found.covenant.signed_at is not None:
        await _fill_signed(db, found)
    found.published = await published(db, found.covenant, found.clauses)
    return found


async def _fill_signed(db: Database, found: Entry) -> None:
    """Add what is public from the signature on."""
    slug = found.covenant.slug
    async with db.read() as session:
        agreed = await session.exec(
            select(Clause, ClauseVersion)
            .join(Covenant, col(Covenant.slug) == col(Clause.covenant))
            .join(
                ClauseVersion,
                (col(ClauseVersion.covenant) == col(Clause.covenant)) & (col(ClauseVersion.clause) == col(Clause.id)),
            )
            .where(
                Clause.covenant == slug,
                Clause.status != ClauseStatus.PARKED,
                col(ClauseVersion.version) == _signed_version(),
            )
            .order_by(col(Clause.position))
        )
        found.clauses = list(agreed)
        verdicts = await session.exec(
            select(Decision)
            .where(
                Decision.covenant == slug,
                Decision.outcome == Outcome.PASSED,
                col(Decision.clause).is_(None),
                col(Decision.round).is_(None),
                ~col(Decision.step).like("meeting:%"),  # minutes are not the public's
            )
            .order_by(col(Decision.decided_at))
        )
        found.verdicts = list(verdicts)
        years = await session.exec(
            select(
                HumanTask.due_at,
                HumanTask.kind,
                func.sum(sa.case((col(HumanTask.status) == TaskStatus.ANSWERED, 1), else_=0)),
                func.count(),
            )
            .where(HumanTask.covenant == slug, col(HumanTask.kind).in_([TaskKind.PLAN, TaskKind.REPORT]))
            .group_by(col(HumanTask.due_at), col(HumanTask.kind))
            .order_by(col(HumanTask.due_at))
            .limit(100)
        )
        found.years = [Year(due, TaskKind(kind), delivered, asked) for due, kind, delivered, asked in years]
        companies = await session.exec(
            select(Party, func.min(Signature.signed_at))
            .join(Signature, (col(Party.covenant) == col(Signature.covenant)) & (col(Party.id) == col(Signature.party)))
            .where(signatures.counting(slug), Party.tier == Tier.PARTICIPANT, Party.status == PartyStatus.ACTIVE)
            .group_by(*(col(column) for column in sa.inspect(Party).local_table.columns))
            .order_by(col(Party.name_nl))
            .limit(MOST_COMPANIES)
        )
        found.companies = [(party, at) for party, at in companies]
    found.documents = await public_documents(db, found.covenant)


async def public_documents(db: Database, row: Covenant) -> list[Document]:
    """Return the sealed text and the last final one, once it is signed; an earlier final text is a draft."""
    if row.signed_at is None:
        return []
    async with db.read() as session:
        documents = list(
            await session.exec(
                select(Document)
                .where(Document.covenant == row.slug, col(Document.kind).in_([DocumentKind.SEALED, DocumentKind.FINAL]))
                .order_by(col(Document.made_at).desc(), col(Document.id))
            )
        )
    finals = [one for one in documents if one.kind is DocumentKind.FINAL][:1]
    return [one for one in documents if one.kind is DocumentKind.SEALED] + finals


Known = tuple[Document, Covenant]
"""A public document with its covenant."""


async def by_hash(db: Database, sha256: str) -> list[Known]:
    """Return the public documents with this SHA-256; what is confidential is not even said to exist."""
    async with db.read() as session:
        rows = list(
            await session.exec(
                select(Document, Covenant)
                .join(Covenant, col(Covenant.slug) == col(Document.covenant))
                .where(
                    Document.sha256 == sha256,
                    col(Document.kind).in_([DocumentKind.SEALED, DocumentKind.FINAL]),
                    col(Covenant.signed_at).is_not(None),
                )
                .limit(20)
            )
        )
    return [
        (document, row) for document, row in rows if document.id in {one.id for one in await public_documents(db, row)}
    ]


async def recorded(db: Database, sha256: str) -> bool:
    """Whether a file with this SHA-256 was made here, public or not; for who holds it already."""
    async with db.read() as session:
        found = await session.exec(select(Document.id).where(Document.sha256 == sha256).limit(1))
        return found.first() is not None


# --- searching --------------------------------------------------------------------------------------------------------


class Hit(NamedTuple):
    """A clause in which every word was found.

    Attributes:
        public: it is found as a signed text that everybody may read.
    """

    covenant: Covenant
    clause: Clause
    version: ClauseVersion
    public: bool


async def readable(db: Database, email: str | None) -> set[str]:
    """Return the covenants whose clauses an address may read as they are now: of a party at the table, or an office."""
    if email is None:
        return set()
    async with db.read() as session:
        rows = await session.exec(
            select(Person.covenant, Person.roles, Party.tier)
            .outerjoin(Party, OWN_PARTY)
            .where(func.lower(Person.email) == email)
        )
        return {slug for slug, roles, tier in rows if tier is Tier.PARTY or OFFICES & {Role(one) for one in roles}}


def terms(text: str) -> list[str]:
    """Cut what was typed into the words to look for."""
    return [word for word in text.split() if len(word) >= SHORTEST or word.isdigit()][:MOST_WORDS]


async def search(
    db: Database, wanted: list[str], *, slugs: Collection[str], language: str, limit: int = 20, offset: int = 0
) -> list[Hit]:
    """Return clauses in which every word stands in the title, number or text.

    Args:
        db: the database.
        wanted: the words.
        slugs: covenants whose current texts the reader may see; of others only what was signed.
        language: in which to look.
        limit: how many to return.
        offset: how many to pass over.
    """
    if not wanted:
        return []
    texts = (
        (col(ClauseVersion.text_nl), col(Clause.title_nl)) if language == "nl"
        else (col(ClauseVersion.text_en), col(Clause.title_en))
    )  # fmt: skip
    current = sa.and_(col(Clause.covenant).in_(slugs), col(ClauseVersion.version) == col(Clause.version))
    public = sa.and_(
        col(Clause.covenant).not_in(slugs),
        col(Covenant.signed_at).is_not(None),
        col(Clause.status) != ClauseStatus.PARKED,
        col(ClauseVersion.version) == _signed_version(),
    )
    found = [
        sa.or_(*(one.icontains(word, autoescape=True) for one in texts), col(Clause.number) == word) for word in wanted
    ]
    query = (
        select(Covenant, Clause, ClauseVersion)
        .select_from(ClauseVersion)
        .join(
            Clause,
            (col(Clause.covenant) == col(ClauseVersion.covenant)) & (col(Clause.id) == col(ClauseVersion.clause)),
        )
        .join(Covenant, col(Covenant.slug) == col(Clause.covenant))
        .where(*found, sa.or_(current, public) if slugs else public)
        .order_by(col(Covenant.moved_at).desc(), col(Covenant.slug), col(Clause.position))
        .limit(limit)
        .offset(offset)
    )
    async with db.read() as session:
        return [Hit(*row, row[0].slug not in slugs) for row in await session.exec(query)]


async def party_names(db: Database, wanted: Collection[tuple[str, str]]) -> dict[tuple[str, str], Party]:
    """Return parties by covenant and id."""
    slugs, ids = {slug for slug, _ in wanted}, {party for _, party in wanted}
    async with db.read() as session:
        rows = await session.exec(select(Party).where(col(Party.covenant).in_(slugs), col(Party.id).in_(ids)))
        return {(row.covenant, row.id): row for row in rows}
