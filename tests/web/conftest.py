import uuid
from collections.abc import Awaitable, Callable
from typing import Any

import pytest
import pytest_asyncio
from browsing import Browser, site_for
from launching import ME
from limits.aio.storage import MemoryStorage
from limits.aio.strategies import MovingWindowRateLimiter
from lives import Engine, table_on
from table import Table

from runtime.settings import Settings
from store.engine import Database
from web.site import Site


@pytest.fixture(scope="session")
def one_site(engine: tuple[Any, Database, Settings]) -> Site:
    """The site over the engine of all tests."""
    client, db, settings = engine
    return site_for(settings, db, client)


@pytest.fixture
def site(one_site: Site, table: Table) -> Site:
    """That site, with nothing left of the test before."""
    one_site.settings, one_site.connected = table.settings, table.client
    one_site.limiter = MovingWindowRateLimiter(MemoryStorage())
    return one_site


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def still(engine: Engine) -> Table:
    """A covenant that stands still in its first step, for tests that read it and try what is refused."""
    table = table_on(engine)
    await table.launch()
    return table


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def talks(engine: Engine) -> Table:
    """A covenant that stands still in its first round, in which nobody answered; for the same tests."""
    table = table_on(engine)
    await table.launch()
    await table.approve()
    return table


@pytest.fixture
def browser(site: Site) -> Browser:
    """A visitor who has not signed in."""
    return Browser(site)


@pytest.fixture
def sign_in(site: Site) -> Callable[..., Awaitable[Browser]]:
    """Open a browser that is signed in as an address."""

    async def signed_in(email: str, language: str = "en") -> Browser:
        return await Browser(site, language=language).become(email)

    return signed_in


@pytest.fixture
def slug() -> str:
    """A short name nobody has."""
    return f"l-{uuid.uuid4().hex[:12]}"


@pytest.fixture
def launcher(site: Site, table: Table) -> Site:
    """The site, with two who may launch; what they launch has a clock of its own."""
    site.settings = site.settings.model_copy(update={"facilitators": [ME, "other@example.org"]})
    site.connected = table.clock.client
    return site
