"""Timestamps over the heads of the chains, as they were kept."""

from datetime import datetime
from typing import NamedTuple

from sqlmodel import col, func, select

from models.sealed import Stamp
from models.tables import Covenant
from store.engine import Database


class Head(NamedTuple):
    """The head of a chain: the hash of its newest entry."""

    slug: str
    seq: int
    head: str


async def moved(db: Database, *, after: str, limit: int) -> list[Head]:
    """Return the heads that have no timestamp yet, by covenant."""
    newest = select(func.max(Stamp.seq)).where(col(Stamp.covenant) == col(Covenant.slug)).scalar_subquery()
    async with db.read() as session:
        rows = await session.exec(
            select(Covenant.slug, Covenant.seq, Covenant.head)
            .where(col(Covenant.slug) > after, col(Covenant.seq) > func.coalesce(newest, 0))
            .order_by(col(Covenant.slug))
            .limit(limit)
        )
        return [Head(*row) for row in rows]


async def keep(db: Database, head: Head, at: datetime, token: bytes) -> None:
    """Keep a timestamp; the first over a head stays."""
    async with db.write() as session:
        if await session.get(Stamp, (head.slug, head.seq)) is None:
            session.add(Stamp(covenant=head.slug, seq=head.seq, head=head.head, at=at, token=token))


async def of(db: Database, slug: str) -> list[Stamp]:
    """Return the timestamps of a covenant, oldest first."""
    async with db.read() as session:
        found = await session.exec(select(Stamp).where(Stamp.covenant == slug).order_by(col(Stamp.seq)))
        return list(found)
