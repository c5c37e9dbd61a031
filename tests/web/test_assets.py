"""What the pages are made of comes from our own address; the typeface of gov.uk, licensed for it alone, never."""

import re

import pytest
from browsing import Browser

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def test_every_file_a_sheet_asks_for_is_there(browser: Browser) -> None:
    page = await browser.get("/")
    sheets = [str(one["href"]) for one in page.soup.select('link[rel="stylesheet"]')]
    assert len(sheets) == 2
    for sheet in sheets:
        text = (await browser.get(sheet)).html
        assert ".govuk-" in text
        for face in re.findall(r"@font-face\s*\{[^}]*\}", text):
            for address in re.findall(r"url\(([^)]+)\)", face):
                assert (await browser.get(address)).status == 200
