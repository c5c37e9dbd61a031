"""The back button after a mistake, without JavaScript: what was typed is still there."""

import pytest
from chromium import sit_down
from living import Live
from playwright.async_api import Browser
from table import Table

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def test_back_to_a_form_that_came_back_with_a_mistake(table: Table, live: Live, chromium: Browser) -> None:
    await table.launch()
    person = await sit_down(chromium, live.base, "union@example.org", javascript=False)
    page = await person.go(f"/tasks/{table.slug}/principles/union")
    await page.get_by_label("Object", exact=True).check()
    await page.get_by_text("Reservation or remark").first.click()
    await page.locator("textarea[name=comment]").fill("as we wrote before")
    await person.press("Send")
    assert "There is a problem" in await person.text()
    await person.go(f"/c/{table.slug}")
    await page.go_back()
    assert "There is a problem" in await person.text()
    assert await page.locator("textarea[name=comment]").input_value() == "as we wrote before"
