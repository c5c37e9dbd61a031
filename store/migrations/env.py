"""Alembic's environment: the same URL and models as `store.engine`."""

import asyncio
from typing import Literal

from alembic import context
from sqlalchemy import Connection, pool
from sqlalchemy.ext.asyncio import create_async_engine
from sqlmodel import SQLModel

from models import tables


def render_item(kind: str, item: object, _autogen: object) -> str | Literal[False]:
    """Write our own column type as the plain one it stands on."""
    if kind == "type" and isinstance(item, tables.UTCDateTime):
        return "sa.DateTime(timezone=True)"
    if kind == "type" and item is tables.JSON:
        return "sa.JSON().with_variant(postgresql.JSONB(), 'postgresql')"
    return False


def run(connection: Connection) -> None:
    """Migrate on an open connection."""
    context.configure(
        connection=connection,
        target_metadata=SQLModel.metadata,
        render_as_batch=True,
        compare_type=True,
        render_item=render_item,
    )
    with context.begin_transaction():
        context.run_migrations()


async def online() -> None:
    """Open a connection and migrate."""
    engine = create_async_engine(context.config.attributes["url"], poolclass=pool.NullPool)
    async with engine.connect() as connection:
        await connection.run_sync(run)
        await connection.commit()
    await engine.dispose()


asyncio.run(online())
