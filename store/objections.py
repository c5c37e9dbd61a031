"""Objections: written when they are raised, lifted or overruled; read by who must see what still stands in the way."""

from collections.abc import Collection
from datetime import datetime
from typing import NamedTuple

import sqlalchemy as sa
from sqlmodel import Session, col, select

from models import contracts as c
from models.enums import ObjectionStatus
from models.objecting import OwnFound, OwnQuestion
from models.objections import ObjectionEnded, ObjectionRaised
from models.tables import Clause, ClauseVersion, Objection, Party, Position, RedLine, Round
from store import red_lines
from store.engine import Database


class Raised(NamedTuple):
    """An objection with whose it is."""

    row: Objection
    party: Party


# --- the record -------------------------------------------------------------------------------------------------------


def _open(session: Session, slug: str, clause: str, party: str) -> Objection | None:
    session.flush()
    query = select(Objection).where(
        Objection.covenant == slug, Objection.clause == clause, Objection.party == party,
        Objection.status == ObjectionStatus.OPEN,
    )  # fmt: skip
    return session.exec(query).first()


def raised(session: Session, slug: str, entry: c.Entry, change: ObjectionRaised) -> None:
    """Write an objection, or the new words of one that is open."""
    row = _open(session, slug, change.clause, change.party) or Objection(
        id=f"{entry.event}/{change.clause}", covenant=slug, clause=change.clause, party=change.party,
        person=entry.actor, sha256=change.sha256, status=ObjectionStatus.OPEN, at=entry.at,
    )  # fmt: skip
    row.sha256, row.round, row.person = change.sha256, change.round, entry.actor
    row.ground, row.lift, row.comment = change.ground, change.lift, change.comment
    session.add(row)


def ended(session: Session, slug: str, entry: c.Entry, change: ObjectionEnded) -> None:
    """Write that an objection is open no longer; who lifted it beside a round stands somewhere else now."""
    row = _open(session, slug, change.clause, change.party)
    if row is not None:
        row.status, row.question, row.reason, row.ended_at = change.status, change.question, entry.reason, entry.at
    if change.stance is not None and change.sha256 is not None:
        session.merge(
            Position(
                covenant=slug, clause=change.clause, sha256=change.sha256, party=change.party, stance=change.stance,
                conditions=[],
                comment=entry.reason, event=entry.event, given_at=entry.at,
            )
        )  # fmt: skip


def left(session: Session, slug: str, entry: c.Entry, change: c.PartyChanged) -> None:
    """Write that the objections of a party that withdrew are void."""
    session.flush()
    query = select(Objection).where(
        Objection.covenant == slug, Objection.party == change.party, Objection.status == ObjectionStatus.OPEN
    )
    for row in session.exec(query):
        row.status, row.reason, row.ended_at = ObjectionStatus.VOID, entry.reason, entry.at


async def look_at_own(db: Database, question: OwnQuestion) -> OwnFound:
    """Return what a party has open, for a workflow that takes its act."""
    slug, party = question.covenant, question.party
    telling = await red_lines.stored(db, question.text_sha) if question.text_sha else None
    async with db.read() as session:
        line = await session.get(RedLine, question.red_line) if question.red_line else None
        holds = line is not None and (line.covenant, line.party, line.dropped_at) == (slug, party, None)
        clause = await session.get(Clause, (slug, question.clause)) if question.clause else None
        if clause is None:
            about = telling.clause if telling is not None else None
            there = about is not None and await session.get(Clause, (slug, about)) is not None
            return OwnFound(red_line=holds, told=telling is not None, about=None if there else about)
        version = await session.get_one(ClauseVersion, (slug, clause.id, clause.version))
        rows = await session.exec(
            select(Objection.id).where(
                Objection.covenant == slug, Objection.clause == clause.id, Objection.party == party,
                Objection.status == ObjectionStatus.OPEN,
            )
        )  # fmt: skip
        return OwnFound(objects=rows.first() is not None, sha256=version.sha256, red_line=holds)


# --- what people see --------------------------------------------------------------------------------------------------


async def objections(
    db: Database, slug: str, *, clauses: Collection[str] | None = None, open_only: bool = True,
    hidden: int | None = None, own: Collection[str | None] = (),
) -> list[Raised]:  # fmt: skip
    """Return objections in the order of the text, the oldest first.

    Args:
        db: the database.
        slug: the covenant.
        clauses: on these only.
        open_only: without those that ended.
        hidden: the round of which others' answers are not shown (`rules.showing.hidden_round`): what was raised in it
            is left out, and what it changed stands as before it opened, without the words where they are new.
        own: parties of which the reader sees everything all the same.
    """
    query = (
        select(Objection, Party)
        .join(Party, (col(Party.covenant) == col(Objection.covenant)) & (col(Party.id) == col(Objection.party)))
        .join(Clause, (col(Clause.covenant) == col(Objection.covenant)) & (col(Clause.id) == col(Objection.clause)))
        .where(Objection.covenant == slug)
        .order_by(col(Clause.position), col(Objection.at), col(Party.position))
    )
    if clauses is not None:
        query = query.where(col(Objection.clause).in_(list(clauses)))
    if open_only and hidden is None:
        query = query.where(Objection.status == ObjectionStatus.OPEN)
    async with db.read() as session:
        found = [Raised(row, party) for row, party in await session.exec(query)]
        if hidden is None:
            return found
        running = await session.get_one(Round, (slug, hidden))
        given = await session.exec(select(Position).where(Position.covenant == slug, Position.round == hidden))
        answered = {(one.clause, one.party, one.given_at) for one in given}
    seen = [(row if party.id in own else _before(row, running, answered), party) for row, party in found]
    return [
        Raised(row, party)
        for row, party in seen
        if row is not None and (row.status is ObjectionStatus.OPEN or not open_only)
    ]


def _before(row: Objection, running: Round, answered: Collection[tuple[str, str, datetime]]) -> Objection | None:
    """Return an objection as it stood before an open round; none when it was raised in it."""
    restated = row.round == running.no
    withdrawn = row.ended_at is not None and (row.clause, row.party, row.ended_at) in answered
    if restated and (row.ended_at is None or withdrawn):
        if row.at >= running.opened_at:
            return None
        new = {"ground": None, "lift": None, "comment": None}
        return Objection(**row.model_dump() | new | {"status": ObjectionStatus.OPEN, "ended_at": None, "reason": None})
    if withdrawn:
        return Objection(**row.model_dump() | {"status": ObjectionStatus.OPEN, "ended_at": None, "reason": None})
    return row


async def counts(db: Database, slug: str) -> dict[str, int]:
    """Return how many objections are open, by clause."""
    query = (
        select(Objection.clause, sa.func.count())
        .where(Objection.covenant == slug, Objection.status == ObjectionStatus.OPEN)
        .group_by(col(Objection.clause))
    )
    async with db.read() as session:
        return dict((await session.exec(query)).all())
