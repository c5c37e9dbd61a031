import uuid
from collections.abc import Awaitable, Callable

import pytest
from browsing import Browser, site_for
from launching import ME
from table import Table

from web.site import Site


@pytest.fixture
def site(table: Table) -> Site:
    """The site over the engine of the test's table."""
    return site_for(table.settings, table.db, table.client)


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
