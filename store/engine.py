"""The one door to the database: an engine for reading and one for writing, with SQLite's and PostgreSQL's traps closed.

On SQLite a transaction that writes begins IMMEDIATE: one that reads first and then writes would otherwise be refused
the moment another one wrote in between.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import sqlalchemy as sa
from sqlalchemy.exc import DatabaseError, IntegrityError, InterfaceError, OperationalError, SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncEngine, async_sessionmaker, create_async_engine
from sqlmodel.ext.asyncio.session import AsyncSession

from models.errors import Unavailable

BUSY_MS = 10_000


def _sqlite(url: str, begin: str) -> AsyncEngine:
    engine = create_async_engine(url)

    @sa.event.listens_for(engine.sync_engine, "connect")
    def _connect(connection, _record) -> None:  # type: ignore[no-untyped-def]  # noqa: ANN001 the driver's own types
        connection.isolation_level = None
        cursor = connection.cursor()
        for pragma in ("foreign_keys=ON", "journal_mode=WAL", "synchronous=NORMAL", f"busy_timeout={BUSY_MS}"):
            cursor.execute(f"PRAGMA {pragma}")
        cursor.close()

    @sa.event.listens_for(engine.sync_engine, "begin")
    def _begin(connection: sa.Connection) -> None:
        connection.exec_driver_sql(begin)

    return engine


def unavailable(url: str, error: Exception) -> Unavailable:
    """Say in words that the database cannot be used, without the password."""
    where = sa.make_url(url).render_as_string(hide_password=True)
    detail = str(getattr(error, "orig", None) or error).splitlines()[0][:300]
    return Unavailable(
        "database_unavailable",
        f"De database {where} is niet te gebruiken: {detail}. Er is niets verloren. Verwacht: een bereikbare, hele "
        "database met het schema van deze versie (`polder db upgrade`).",
        f"The database {where} cannot be used: {detail}. Nothing was lost. Expected: a database that can be reached, "
        "is whole, and has this version's schema (`polder db upgrade`).",
        {"database": where, "detail": detail},
    )


class Database:
    """A database by its URL; `read()` and `write()` give sessions, a write is one transaction."""

    def __init__(self, url: str) -> None:
        self.url = url
        if url.startswith("sqlite"):
            path = sa.make_url(url).database
            if path:
                Path(path).parent.mkdir(parents=True, exist_ok=True)
            self._reader, self._writer = _sqlite(url, "BEGIN"), _sqlite(url, "BEGIN IMMEDIATE")
        else:
            self._reader = self._writer = create_async_engine(url, pool_pre_ping=True, pool_size=10)
        self._read = async_sessionmaker(self._reader, class_=AsyncSession, expire_on_commit=False)
        self._write = async_sessionmaker(self._writer, class_=AsyncSession, expire_on_commit=False)

    @property
    def locks_rows(self) -> bool:
        """Whether SELECT FOR UPDATE means something here (SQLite locks the whole file instead)."""
        return not self.url.startswith("sqlite")

    @asynccontextmanager
    async def _session(self, maker: async_sessionmaker[AsyncSession]) -> AsyncIterator[AsyncSession]:
        try:
            async with maker() as session:
                yield session
        except IntegrityError:
            raise
        except (OperationalError, InterfaceError, DatabaseError, OSError) as error:
            raise unavailable(self.url, error) from error

    @asynccontextmanager
    async def read(self) -> AsyncIterator[AsyncSession]:
        """Open a session that only reads.

        Raises:
            Unavailable: the database is out of reach or corrupt.
        """
        async with self._session(self._read) as session:
            yield session

    @asynccontextmanager
    async def write(self) -> AsyncIterator[AsyncSession]:
        """Open a session that commits when the block ends well.

        Raises:
            Unavailable: the database is out of reach or corrupt; nothing was written.
        """
        async with self._session(self._write) as session, session.begin():
            yield session

    async def close(self) -> None:
        """Close all connections."""
        for engine in (self._reader, self._writer):
            try:
                await engine.dispose()
            except (SQLAlchemyError, OSError):
                continue
