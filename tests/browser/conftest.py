from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from browsing import site_for
from living import Live
from playwright.async_api import Browser, async_playwright

from runtime.settings import Settings
from store.engine import Database
from web.serving import serving


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def live(engine: tuple[object, Database, Settings]) -> AsyncIterator[Live]:
    client, db, settings = engine
    site = site_for(settings, db, client)
    async with serving(site):
        yield Live(site, settings.public_url)


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def chromium() -> AsyncIterator[Browser]:
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(
            executable_path="/usr/bin/chromium-headless-shell", args=["--no-sandbox", "--disable-gpu"]
        )
        yield browser
        await browser.close()


@pytest.fixture
def base(live: Live) -> str:
    return live.base
