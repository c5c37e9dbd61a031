"""Launches in preparation: one draft each, changed in one transaction, so that two tabs lose nothing of each other."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from models.accounts import Draft
from store.engine import Database


async def change(
    db: Database, email: str, form: str, now: datetime, alter: Callable[[dict[str, Any]], dict[str, Any]]
) -> dict[str, Any] | None:
    """Change what a draft says, by what it says now; return the outcome, or None when there is no such draft."""
    async with db.write() as session:
        row = await session.get(Draft, (email, form), with_for_update=True)
        if row is None:
            return None
        row.content, row.at = alter(row.content), now
        return row.content
