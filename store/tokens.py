"""Tokens of the JSON API: made once, shown once, kept as their SHA-256."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from sqlmodel import col, func, select, update

from models.accounts import ApiToken
from store.engine import Database

TOUCH = timedelta(minutes=1)
"""How stale `used_at` may be."""


async def keep(db: Database, row: ApiToken) -> None:
    """Keep a new token."""
    async with db.write() as session:
        session.add(row)


async def of(db: Database, email: str, now: datetime) -> list[ApiToken]:
    """Return the tokens of an account that work, the newest first."""
    async with db.read() as session:
        rows = await session.exec(
            select(ApiToken)
            .where(ApiToken.email == email, *_works(now))
            .order_by(col(ApiToken.made_at).desc(), col(ApiToken.id))
            .limit(100)
        )
        return list(rows)


async def count(db: Database, email: str, now: datetime) -> int:
    """Return how many tokens of an account work."""
    async with db.read() as session:
        return (
            await session.exec(select(func.count()).select_from(ApiToken).where(ApiToken.email == email, *_works(now)))
        ).one()


def _works(now: datetime) -> Iterable[bool]:
    return (col(ApiToken.revoked_at).is_(None), col(ApiToken.ends_at) > now)  # type: ignore[return-value]


async def found(db: Database, sha256: str, now: datetime) -> ApiToken | None:
    """Return a token that works, and note now and then that it was used."""
    async with db.read() as session:
        row = await session.get(ApiToken, sha256)
    if row is None or row.revoked_at is not None or row.ends_at <= now:
        return None
    if row.used_at is None or now - row.used_at > TOUCH:
        async with db.write() as session:
            await session.exec(update(ApiToken).where(col(ApiToken.sha256) == sha256).values(used_at=now))
    return row


async def revoke(db: Database, email: str, token_id: str, now: datetime) -> bool:
    """End a token of an account."""
    async with db.write() as session:
        ended = await session.exec(
            update(ApiToken)
            .where(col(ApiToken.email) == email, col(ApiToken.id) == token_id, col(ApiToken.revoked_at).is_(None))
            .values(revoked_at=now)
        )
        return bool(ended.rowcount)
