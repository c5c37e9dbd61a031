"""Alembic's environment: the same URL and models as `store.engine`."""

import asyncio
from typing import Literal

from alembic import context
from sqlalchemy import Connection, Engine, event, func, pool, select
from sqlalchemy.ext.asyncio import create_async_engine
from sqlmodel import SQLModel

from models import accounts, around, columns, sealed, tables

TABLES = (accounts.Account, around.MeetingRow, sealed.Sealing, tables.Covenant)
"""These modules hold tables; naming one of each keeps their import."""


def render_item(kind: str, item: object, _autogen: object) -> str | Literal[False]:
    """Write our own column type as the plain one it stands on."""
    if kind == "type" and isinstance(item, columns.UTCDateTime):
        return "sa.DateTime(timezone=True)"
    if kind == "type" and item is columns.JSON:
        return "sa.JSON().with_variant(postgresql.JSONB(), 'postgresql')"
    return False


LOCK = 7_066_533_714
"""Names the advisory lock of PostgreSQL; any number that nothing else in the database uses."""

PATIENCE = 120
"""Seconds to wait for another process that migrates the same SQLite file."""


def run(connection: Connection) -> None:
    """Migrate on an open connection, in the transaction it has."""
    context.configure(
        connection=connection,
        target_metadata=SQLModel.metadata,
        render_as_batch=True,
        compare_type=True,
        render_item=render_item,
    )
    context.run_migrations()


def at_once(engine: Engine) -> None:
    """Let a transaction on SQLite hold the file from its beginning, before it reads the version."""

    @event.listens_for(engine, "connect")
    def _connect(connection, _record) -> None:  # type: ignore[no-untyped-def]  # noqa: ANN001 the driver's own types
        connection.isolation_level = None

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        connection.exec_driver_sql("BEGIN IMMEDIATE")


async def online() -> None:
    """Open a connection and migrate, in one transaction that no other process can be in."""
    url = context.config.attributes["url"]
    if url.startswith("sqlite"):
        engine = create_async_engine(url, poolclass=pool.NullPool, connect_args={"timeout": PATIENCE})
        at_once(engine.sync_engine)
    else:
        engine = create_async_engine(url, poolclass=pool.NullPool)
    async with engine.begin() as connection:
        if engine.dialect.name == "postgresql":
            await connection.execute(select(func.pg_advisory_xact_lock(LOCK)))
        await connection.run_sync(run)
    await engine.dispose()


asyncio.run(online())
