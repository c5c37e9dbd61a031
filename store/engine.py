"""The one door to the database: an engine for reading and one for writing, with SQLite's and PostgreSQL's traps closed.

On SQLite a transaction that writes begins IMMEDIATE: one that reads first and then writes would otherwise be refused
the moment another one wrote in between. The writers of one process queue up before it, first come first served: SQLite
itself lets them sleep and try again, and some of sixteen then waited longer than a local activity may take.
"""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager
from pathlib import Path
from typing import TypeVar

import sqlalchemy as sa
from sqlalchemy.exc import DataError, DBAPIError, IntegrityError, SQLAlchemyError
from sqlalchemy.ext.asyncio import async_sessionmaker, create_async_engine
from sqlmodel import Session
from sqlmodel.ext.asyncio.session import AsyncSession

from models.errors import Unavailable

Result = TypeVar("Result")

BUSY_MS = 10_000


def _sqlite(engine: sa.Engine, begin: str) -> None:
    @sa.event.listens_for(engine, "connect")
    def _connect(connection, _record) -> None:  # type: ignore[no-untyped-def]  # noqa: ANN001 the driver's own types
        connection.isolation_level = None
        cursor = connection.cursor()
        for pragma in ("foreign_keys=ON", "journal_mode=WAL", "synchronous=NORMAL", f"busy_timeout={BUSY_MS}"):
            cursor.execute(f"PRAGMA {pragma}")
        cursor.close()

    @sa.event.listens_for(engine, "begin")
    def _begin(connection: sa.Connection) -> None:
        connection.exec_driver_sql(begin)


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


def refused(error: DBAPIError) -> bool:
    """Whether a working database refused the values themselves; anything else says that it cannot be used.

    asyncpg's own errors arrive as bare DBAPIError, a lost connection as well as a value that is too long: SQLSTATE
    class 22 is the latter.
    """
    sqlstate = str(getattr(error.orig, "sqlstate", None) or "")
    return isinstance(error, (IntegrityError, DataError)) or sqlstate.startswith("22")


def folder_for(url: str) -> None:
    """Make the folder of a SQLite file.

    Raises:
        Unavailable: it cannot be made.
    """
    path = sa.make_url(url).database if url.startswith("sqlite") else None
    if path:
        try:
            Path(path).parent.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise unavailable(url, error) from error


class Database:
    """A database by its URL; `read()` and `write()` give sessions, a write is one transaction."""

    def __init__(self, url: str) -> None:
        self.url = url
        self._turn = asyncio.Lock()
        folder_for(url)
        if url.startswith("sqlite"):
            self._reader, self._writer = create_async_engine(url), create_async_engine(url)
            self._plain = sa.create_engine(sa.make_url(url).set(drivername="sqlite+pysqlite"))
            _sqlite(self._reader.sync_engine, "BEGIN")
            _sqlite(self._writer.sync_engine, "BEGIN IMMEDIATE")
            _sqlite(self._plain, "BEGIN IMMEDIATE")
            self._thread = ThreadPoolExecutor(1, "polder-writer")
        else:
            self._reader = self._writer = create_async_engine(url, pool_pre_ping=True, pool_size=10)
        self._read = async_sessionmaker(self._reader, class_=AsyncSession, expire_on_commit=False)
        self._write = async_sessionmaker(self._writer, class_=AsyncSession, expire_on_commit=False)

    @property
    def locks_rows(self) -> bool:
        """Whether SELECT FOR UPDATE means something here (SQLite locks the whole file instead)."""
        return not self.url.startswith("sqlite")

    @contextmanager
    def _in_words(self) -> Iterator[None]:
        try:
            yield
        except DBAPIError as error:
            if refused(error):
                raise
            raise unavailable(self.url, error) from error
        except OSError as error:
            raise unavailable(self.url, error) from error

    @asynccontextmanager
    async def _session(self, maker: async_sessionmaker[AsyncSession]) -> AsyncIterator[AsyncSession]:
        with self._in_words():
            async with maker() as session:
                yield session

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
        async with AsyncExitStack() as stack:
            if not self.locks_rows:
                await stack.enter_async_context(self._turn)
            session = await stack.enter_async_context(self._session(self._write))
            await stack.enter_async_context(session.begin())
            yield session

    async def transaction(self, work: Callable[[Session], Result]) -> Result:
        """Do work that commits when it ends well, on SQLite in one go in a thread.

        Statement by statement through aiosqlite, each answer crossed thirty times from thread to thread, which cost
        more than all its statements together.

        Raises:
            Unavailable: the database is out of reach or corrupt; nothing was written.
        """
        if self.locks_rows:
            async with self.write() as session:
                return await session.run_sync(lambda _: work(session.sync_session))

        def in_thread() -> Result:
            with Session(self._plain, expire_on_commit=False) as session, session.begin():
                return work(session)

        async with self._turn:
            with self._in_words():
                return await asyncio.get_running_loop().run_in_executor(self._thread, in_thread)

    async def close(self) -> None:
        """Close all connections."""
        if not self.locks_rows:
            self._plain.dispose()
        for engine in (self._reader, self._writer):
            try:
                await engine.dispose()
            except (SQLAlchemyError, OSError):
                continue
