"""What programs read, part by part: filtered and paged in the database."""

from collections.abc import Collection
from datetime import datetime
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlmodel import col, func, select

from models.enums import CovenantStatus, Phase, Role, TaskKind, TaskStatus
from models.tables import (
    Clause,
    ClauseVersion,
    Covenant,
    Decision,
    Document,
    HumanTask,
    Party,
    Person,
    Position,
    Round,
    Step,
)
from store.current import AS_IT_STANDS
from store.engine import Database


class Part(NamedTuple):
    """Which part of a list: how many, after how many."""

    limit: int = 50
    offset: int = 0


class Current(NamedTuple):
    """A clause with its current text."""

    clause: Clause
    version: ClauseVersion


class Held(NamedTuple):
    """A position with the version it is on."""

    position: Position
    version: int


class Paper(NamedTuple):
    """A document with the task it was delivered for; none for what Polder made."""

    document: Document
    task: HumanTask | None


async def covenants(
    db: Database, email: str | None, part: Part, *, status: CovenantStatus | None = None, phase: Phase | None = None,
    sector: str = "", since: datetime | None = None,
) -> list[Covenant]:  # fmt: skip
    """Return the covenants an address has a place in, the last moved first; every one when no address is named."""
    query = select(Covenant).order_by(col(Covenant.moved_at).desc(), col(Covenant.slug))
    if email is not None:
        query = query.where(col(Covenant.slug).in_(select(Person.covenant).where(func.lower(Person.email) == email)))
    if status is not None:
        query = query.where(Covenant.status == status)
    if phase is not None:
        query = query.where(Covenant.phase == phase)
    if sector:
        query = query.where(Covenant.sector == sector)
    if since is not None:
        query = query.where(col(Covenant.moved_at) > since)
    return await _all(db, query, part)


async def _all(db: Database, query: Any, part: Part) -> list[Any]:  # noqa: ANN401 any select
    async with db.read() as session:
        return list(await session.exec(query.limit(part.limit).offset(part.offset)))


async def steps(db: Database, slug: str, part: Part) -> list[Step]:
    """Return the steps of the plan in order."""
    return await _all(db, select(Step).where(Step.covenant == slug).order_by(col(Step.position)), part)


async def parties(db: Database, slug: str, part: Part) -> list[Party]:
    """Return the parties and participants."""
    query = select(Party).where(Party.covenant == slug).order_by(col(Party.position), col(Party.id))
    return await _all(db, query, part)


async def rounds(db: Database, slug: str, part: Part) -> list[Round]:
    """Return the rounds in order."""
    return await _all(db, select(Round).where(Round.covenant == slug).order_by(col(Round.no)), part)


async def decisions(db: Database, slug: str, part: Part) -> list[Decision]:
    """Return the verdicts in order."""
    query = select(Decision).where(Decision.covenant == slug).order_by(col(Decision.decided_at), col(Decision.question))
    return await _all(db, query, part)


async def people(db: Database, slug: str, part: Part) -> list[Person]:
    """Return the people with their addresses."""
    return await _all(db, select(Person).where(Person.covenant == slug).order_by(col(Person.id)), part)


async def clauses(db: Database, slug: str, part: Part) -> list[Current]:
    """Return the clauses in order with their current text."""
    query = (
        select(Clause, ClauseVersion)
        .join(ClauseVersion, AS_IT_STANDS)
        .where(Clause.covenant == slug)
        .order_by(col(Clause.position))
    )
    return [Current(*row) for row in await _all(db, query, part)]


async def positions(
    db: Database, slug: str, part: Part, *, clause: str = "", party: str = "", hidden: int | None = None,
    own: Collection[str] = (),
) -> list[Held]:  # fmt: skip
    """Return positions, the latest of each party on each text; of a hidden round only one's own."""
    version = (
        sa.select(func.max(col(ClauseVersion.version)))
        .where(
            col(ClauseVersion.covenant) == col(Position.covenant),
            col(ClauseVersion.clause) == col(Position.clause),
            col(ClauseVersion.sha256) == col(Position.sha256),
        )
        .scalar_subquery()
    )
    query: Any = (
        sa.select(Position, version)
        .where(col(Position.covenant) == slug)
        .order_by(col(Position.clause), col(Position.given_at), col(Position.party), col(Position.sha256))
    )
    if clause:
        query = query.where(col(Position.clause) == clause)
    if party:
        query = query.where(col(Position.party) == party)
    if hidden is not None:
        query = query.where(
            sa.or_(col(Position.round).is_(None), col(Position.round) != hidden, col(Position.party).in_(list(own)))
        )
    async with db.read() as session:
        rows = await session.exec(query.limit(part.limit).offset(part.offset))
        return [Held(row[0], row[1] or 0) for row in rows]


async def tasks(
    db: Database, slug: str, part: Part, *, status: TaskStatus | None = None, kind: TaskKind | None = None,
    respondent: str = "", late_at: datetime | None = None, only: tuple[Collection[str], Collection[Role]] | None = None,
) -> list[HumanTask]:  # fmt: skip
    """Return tasks of a covenant, soonest due first; of some parties and offices only, if asked."""
    query = select(HumanTask).where(HumanTask.covenant == slug).order_by(col(HumanTask.due_at), col(HumanTask.id))
    if status is not None:
        query = query.where(HumanTask.status == status)
    if kind is not None:
        query = query.where(HumanTask.kind == kind)
    if respondent:
        query = query.where(HumanTask.respondent == respondent)
    if late_at is not None:
        query = query.where(HumanTask.status == TaskStatus.OPEN, col(HumanTask.due_at) < late_at)
    if only is not None:
        of_parties, of_offices = only
        query = query.where(
            sa.or_(
                sa.and_(col(HumanTask.role).is_(None), col(HumanTask.respondent).in_(list(of_parties))),
                col(HumanTask.role).in_([one.value for one in of_offices]),
            )
        )
    return await _all(db, query, part)


async def documents(db: Database, slug: str, part: Part) -> list[Paper]:
    """Return the documents, the newest first."""
    query = (
        select(Document, HumanTask)
        .outerjoin(HumanTask, col(HumanTask.id) + "/document" == col(Document.id))
        .where(Document.covenant == slug)
        .order_by(col(Document.made_at).desc(), col(Document.id))
    )
    return [Paper(*row) for row in await _all(db, query, part)]
