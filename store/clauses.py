"""The text as a party reads it: clause by clause, with what it last approved, what was said, and every version."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

import sqlalchemy as sa
from sqlmodel import col, func, select
from sqlmodel.ext.asyncio.session import AsyncSession

from models.enums import DocumentKind, Stance, TaskKind
from models.errors import NotFound
from models.tables import (
    Answer,
    Clause,
    ClauseVersion,
    Content,
    Covenant,
    Document,
    Event,
    HumanTask,
    Party,
    Person,
    Position,
)
from rules.texts import SUPPORTING, covenant_sha
from store.current import AS_IT_STANDS, refs
from store.engine import Database


class Said(NamedTuple):
    """A position with the version it is on and who took it."""

    position: Position
    version: int
    party: Party


@dataclass(frozen=True)
class ClauseLine:
    """A clause as one party reads it.

    Attributes:
        approved: the version that the party's latest agreement was on.
        own: the party's latest position, on whichever version.
        others: the latest position of each other party, as far as it is shown.
    """

    clause: Clause
    current: ClauseVersion
    approved: ClauseVersion | None = None
    own: Said | None = None
    others: list[Said] = field(default_factory=list)

    @property
    def unchanged(self) -> bool:
        """Whether the text is the one the party last agreed to, and it has not taken that back."""
        return (
            self.approved is not None
            and self.approved.sha256 == self.current.sha256
            and self.own is not None
            and self.own.position.sha256 == self.current.sha256
            and Stance(self.own.position.stance) in SUPPORTING
        )

    @property
    def holds(self) -> Said | None:
        """The party's position on exactly the current text."""
        return self.own if self.own is not None and self.own.position.sha256 == self.current.sha256 else None


async def clauses(
    db: Database, slug: str, party: str | None, *, only: Sequence[str] | None = None, hidden: int | None = None,
    others: bool = False, limit: int = 300, offset: int = 0,
) -> list[ClauseLine]:  # fmt: skip
    """Return clauses in the order of the text.

    Args:
        db: the database.
        slug: the covenant.
        party: whose approvals and own positions to show.
        only: these clauses; all when none.
        hidden: the round of which others' positions are not shown (`rules.showing.hidden_round`).
        others: whether to read what others said.
        limit: how many at most.
        offset: how many to pass over.
    """
    query = (
        select(Clause, ClauseVersion)
        .join(ClauseVersion, AS_IT_STANDS)
        .where(Clause.covenant == slug)
        .order_by(col(Clause.position))
        .limit(limit)
        .offset(offset)
    )
    if only is not None:
        query = query.where(col(Clause.id).in_(only))
    async with db.read() as session:
        rows = list(await session.exec(query))
    said = await positions(
        db, slug, [clause.id for clause, _ in rows], party=None if others else party or "", hidden=hidden, own=party
    )
    approved = await _versions(db, slug, [one for one in said if one.position.party == party])
    found = []
    for clause, current in rows:
        here = [one for one in said if one.position.clause == clause.id]
        own = [one for one in here if one.position.party == party]
        supports = [one for one in own if Stance(one.position.stance) in SUPPORTING]
        found.append(
            ClauseLine(
                clause=clause,
                current=current,
                approved=approved.get((clause.id, supports[-1].version)) if supports else None,
                own=own[-1] if own else None,
                others=list({one.position.party: one for one in here if one.position.party != party}.values()),
            )
        )
    return found


async def positions(
    db: Database, slug: str, of: Sequence[str], *, party: str | None = None, hidden: int | None = None,
    own: str | None = None,
) -> list[Said]:  # fmt: skip
    """Return the positions on clauses, the latest last; of one party if named, without those of a hidden round."""
    query = (
        select(Position, func.max(col(ClauseVersion.version)), Party)
        .join(
            ClauseVersion,
            (col(ClauseVersion.covenant) == col(Position.covenant))
            & (col(ClauseVersion.clause) == col(Position.clause))
            & (col(ClauseVersion.sha256) == col(Position.sha256)),
        )
        .join(Party, (col(Party.covenant) == col(Position.covenant)) & (col(Party.id) == col(Position.party)))
        .where(Position.covenant == slug, col(Position.clause).in_(of))
        .group_by(*sa.inspect(Position).primary_key, *sa.inspect(Party).primary_key)
        .order_by(col(Position.given_at), func.max(col(ClauseVersion.version)))
    )
    if party is not None:
        query = query.where(Position.party == party)
    async with db.read() as session:
        said = [Said(position, version, by) for position, version, by in await session.exec(query)]
        if hidden is None:
            return said
        kept = [one for one in said if one.position.round != hidden or one.position.party == own]
        unseen = [one for one in said if one.position.round == hidden and one.position.party != own]
        earlier = await _before(session, slug, unseen, hidden)
    return sorted([*kept, *earlier], key=lambda one: (one.position.given_at, one.version))


async def _before(session: AsyncSession, slug: str, unseen: Sequence[Said], hidden: int) -> list[Said]:
    """Return what parties said before a hidden round about the texts on which they spoke in it: that is no secret."""
    if not unseen:
        return []
    of = {(one.position.clause, one.position.sha256, one.position.party): one for one in unseen}
    rows = await session.exec(
        select(Answer, HumanTask.round)
        .join(HumanTask, col(HumanTask.id) == Answer.task)
        .join(Event, col(Event.event) == Answer.event)
        .where(
            Answer.covenant == slug, HumanTask.kind == TaskKind.POSITIONS, col(HumanTask.round) < hidden,
            Answer.counted, col(Answer.respondent).in_({party for _, _, party in of}),
        )
        .order_by(col(Event.seq))
    )  # fmt: skip
    found: dict[tuple[str, str, str], Said] = {}
    for answer, number in rows:
        for one in answer.content["positions"]:
            key = (one["clause"], one["sha256"], answer.respondent)
            if key in of:
                kept = {name: one.get(name) for name in ("ground", "lift", "comment")}
                position = Position(
                    covenant=slug, clause=key[0], sha256=key[1], party=key[2], round=number, stance=one["stance"],
                    conditions=one.get("conditions") or [], event=answer.event, given_at=answer.given_at, **kept,
                )  # fmt: skip
                found[key] = Said(position, of[key].version, of[key].party)
    return list(found.values())


async def _versions(db: Database, slug: str, said: Iterable[Said]) -> dict[tuple[str, int], ClauseVersion]:
    keys = {(one.position.clause, one.version) for one in said if Stance(one.position.stance) in SUPPORTING}
    if not keys:
        return {}
    async with db.read() as session:
        rows = await session.exec(
            select(ClauseVersion).where(
                ClauseVersion.covenant == slug, col(ClauseVersion.clause).in_({clause for clause, _ in keys})
            )
        )
        return {(row.clause, row.version): row for row in rows if (row.clause, row.version) in keys}


async def clause(db: Database, slug: str, clause_id: str) -> Clause:
    """Return a clause.

    Raises:
        NotFound: there is none of that id in this covenant.
    """
    async with db.read() as session:
        row = await session.get(Clause, (slug, clause_id))
    if row is None:
        raise NotFound(
            "clause_not_found",
            f"Artikel {clause_id} bestaat niet in dit convenant. Verwacht: een artikel van de pagina Tekst.",
            f"There is no clause {clause_id} in this covenant. Expected: a clause of the page Text.",
            {"clause": clause_id},
        )
    return row


async def versions(db: Database, slug: str, clause_id: str) -> list[ClauseVersion]:
    """Return every version of a clause, the newest first."""
    async with db.read() as session:
        rows = await session.exec(
            select(ClauseVersion)
            .where(ClauseVersion.covenant == slug, ClauseVersion.clause == clause_id)
            .order_by(col(ClauseVersion.version).desc())
            .limit(200)
        )
        return list(rows)


async def authors(db: Database, slug: str) -> dict[tuple[str, int], str]:
    """Return the name of who made each version of each clause, by clause and number.

    The first is of who launched the covenant, a next one of who drafted it, an editorial fix of who proposed it.
    """
    async with db.read() as session:
        opener = (await session.exec(select(Event.actor).where(Event.covenant == slug, Event.seq == 1))).one()
        drafted = await session.exec(
            select(Answer.given_at, Answer.person)
            .join(HumanTask, col(HumanTask.id) == col(Answer.task))
            .where(Answer.covenant == slug, HumanTask.kind == TaskKind.DRAFTING)
            .order_by(col(Answer.given_at))
        )
        drafts = list(drafted)
        fixing = {"editorial_proposed", "clause_fixed"}
        events = await session.exec(
            select(Event).where(Event.covenant == slug, col(Event.kind).in_(fixing)).order_by(col(Event.seq))
        )
        fixes = _fixes(list(events))
        made = await session.exec(
            select(ClauseVersion.clause, ClauseVersion.version, ClauseVersion.made_at).where(
                ClauseVersion.covenant == slug
            )
        )
        people = await session.exec(select(Person.id, Person.name).where(Person.covenant == slug))
        names: dict[str, str] = dict(list(people))
        found = {}
        for clause, version, at in made:
            drafter = next((person for given, person in reversed(drafts) if given <= at), "polder")
            who = opener if version == 1 else fixes.get((clause, version), drafter)
            found[clause, version] = names.get(who, "Polder")
        return found


def _fixes(events: Sequence[Event]) -> dict[tuple[str, int], str]:
    """Return who proposed the editorial fixes that were made, by clause and the version each made."""
    asked: dict[tuple[str, str], str] = {}
    found: dict[tuple[str, int], str] = {}
    for event in events:
        first = event.data["changes"][0]
        if event.kind == "editorial_proposed":
            asked[first["question"]["clause"], first["question"]["text_sha"]] = event.actor
        else:
            found[first["clause"], first["version"]] = asked.get((first["clause"], first["sha256"]), "polder")
    return found


async def count(db: Database, slug: str) -> int:
    """Return how many clauses a covenant has."""
    async with db.read() as session:
        return (await session.exec(select(func.count()).select_from(Clause).where(Clause.covenant == slug))).one()


async def whole_sha(db: Database, slug: str) -> str:
    """Return the hash of the whole text as it is now (`rules.texts.covenant_sha`)."""
    async with db.read() as session:
        return covenant_sha(await refs(session, slug))


class Found(NamedTuple):
    """A document of a covenant, with the task it was delivered for."""

    document: Document
    task: HumanTask | None
    content: Content


async def document(db: Database, slug: str, digest: str) -> Found | None:
    """Return a document of this covenant by its hash, or None: the same bytes may belong to another covenant."""
    async with db.read() as session:
        row = (
            await session.exec(
                select(Document, HumanTask, Content)
                .join(Content, col(Content.sha256) == col(Document.sha256))
                .outerjoin(HumanTask, col(HumanTask.id) + "/document" == col(Document.id))
                .where(Document.covenant == slug, Document.sha256 == digest)
                .limit(1)
            )
        ).first()
    return Found(*row) if row else None


async def final(db: Database, slug: str, digest: str) -> Content | None:
    """Return the PDF that was made of the frozen text, where that is the text asked for."""
    async with db.read() as session:
        return (
            await session.exec(
                select(Content)
                .join(Document, col(Document.sha256) == col(Content.sha256))
                .join(Covenant, col(Covenant.slug) == col(Document.covenant))
                .where(
                    Document.covenant == slug,
                    Document.kind == DocumentKind.FINAL,
                    Covenant.text_sha == digest,
                    col(Document.made_at) >= col(Covenant.accord_at),
                )
                .order_by(col(Document.made_at).desc())
                .limit(1)
            )
        ).first()


async def concerns(db: Database, slug: str, parties: Iterable[str], digest: str) -> bool:
    """Whether one of these parties was asked something about exactly this text."""
    async with db.read() as session:
        rows = await session.exec(
            select(HumanTask.id)
            .where(
                HumanTask.covenant == slug, HumanTask.text_sha == digest, col(HumanTask.respondent).in_(list(parties))
            )
            .limit(1)
        )
        return rows.first() is not None


async def names(db: Database, slug: str, *, seated: bool = False) -> list[Party]:
    """Return the parties of a covenant in their order; only those at the table if asked."""
    query = select(Party).where(Party.covenant == slug).order_by(col(Party.position)).limit(2300)
    if seated:
        query = query.where(Party.tier == "party")
    async with db.read() as session:
        return list(await session.exec(query))


async def delegation(db: Database, slug: str, party: str) -> list[Person]:
    """Return the people of a party."""
    async with db.read() as session:
        rows = await session.exec(
            select(Person).where(Person.covenant == slug, Person.party == party).order_by(col(Person.name)).limit(500)
        )
        return list(rows)
