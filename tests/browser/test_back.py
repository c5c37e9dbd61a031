"""The back button after a mistake, without JavaScript: what was typed is still there."""

import pytest
from chromium import sit_down
from living import Live
from playwright.async_api import Browser, Error
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


async def test_who_signs_out_leaves_nothing_behind_for_the_next_at_this_computer(
    table: Table, live: Live, chromium: Browser
) -> None:
    await table.launch()
    person = await sit_down(chromium, live.base, "union@example.org", javascript=False)
    page = await person.go(f"/tasks/{table.slug}/principles/union")
    await page.get_by_label("Object", exact=True).check()
    await page.get_by_text("Reservation or remark").first.click()
    await page.locator("textarea[name=comment]").fill("for our eyes only")
    await person.press("Send")
    await person.go("/account")
    await person.press("Sign out")
    await page.go_back()
    with pytest.raises(Error, match="ERR_CACHE_MISS"):  # the browser offers to send the form again, and is a stranger
        await page.go_back()
