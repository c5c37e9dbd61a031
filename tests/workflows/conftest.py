from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
from table import Table, free_port

from runtime.embedded import EmbeddedServer
from runtime.settings import Settings
from runtime.skipping import SkippedTime
from runtime.temporal import connect, quiet_runtime
from store import schema
from store.engine import Database
from worker import make_worker


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def engine(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[tuple[object, Database, Settings]]:
    state: Path = tmp_path_factory.mktemp("state")
    settings = Settings(state=state, temporal_port=free_port(), temporal_ui=False)
    await schema.upgrade(settings.database)
    db = Database(settings.database)
    async with EmbeddedServer(settings):
        client = await connect(settings, runtime=quiet_runtime())
        async with make_worker(client, db, settings):
            yield client, db, settings
    await db.close()


@pytest.fixture
def table(engine: tuple[object, Database, Settings]) -> Table:
    client, db, settings = engine
    return Table(client, db, settings, SkippedTime(client))  # type: ignore[arg-type]
