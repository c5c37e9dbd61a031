"""The day of signing on a phone: the board moves by itself, and every page of it is as pages should be."""

import re
from typing import Any

import pytest
from chromium import PHONE, flaws, sit_down
from lives import to_signing
from living import Live
from playwright.async_api import Browser, expect
from table import Table

from web.rendering import task_url

pytestmark = [pytest.mark.asyncio(loop_scope="session"), pytest.mark.slow(40)]
PLAN: list[dict[str, Any]] = [
    {"members": [{"who": "union", "needed": 2}, {"who": "guild"}, {"who": "chair", "role": "witness"}], "days": 5},
    {"members": [{"who": "business"}, {"who": "participants"}, {"who": "secretariat", "role": "copy"}]},
]


async def test_the_board_moves_by_itself_and_fits_a_phone(table: Table, live: Live, chromium: Browser) -> None:
    await to_signing(table, PLAN, thresholds={"participants": 1, "market_share": 10})
    board, tasks = f"/c/{table.slug}/signing", await table.waiting()
    fay = await sit_down(chromium, live.base, "fay@example.org", width=PHONE)
    await fay.go(board)
    assert await flaws(fay.page) == []
    await fay.page.evaluate("window.same = true")
    await table.sign_one(tasks["union"])
    await expect(fay.page.locator("#signing-board")).to_contain_text("union lead")
    await expect(fay.page.locator("#signing-board")).to_contain_text(re.compile("1 of 2 people"))
    first = await sit_down(chromium, live.base, "union@example.org", width=PHONE)
    await first.go(task_url(tasks["union"].id))
    assert "You signed. Somebody else of your party still has to." in await first.text()
    assert await flaws(first.page) == []
    await first.go("/tasks")
    assert "Signing" not in await first.page.inner_text("main"), "nothing is due from who signed"
    await table.sign_one(tasks["union"], by="union-director")
    await expect(fay.page.locator("#board-heading")).to_contain_text("1 of 4 parties")
    assert await fay.page.evaluate("window.same"), "the page was not loaded anew"
    assert await flaws(fay.page) == []
    await fay.page.keyboard.press("Tab")
    await fay.page.get_by_role("link", name="Keep this page still").focus()
    await fay.page.keyboard.press("Enter")
    await expect(fay.page.get_by_role("link", name="Refresh this page by itself")).to_be_visible()
    for name in ("ask-again", "cancel-signing"):
        await fay.go(f"/c/{table.slug}/steer/{name}")
        assert await flaws(fay.page) == []

    lead = await sit_down(chromium, live.base, "guild@example.org", width=PHONE)
    await lead.go(task_url(tasks["guild"].id))
    assert await flaws(lead.page) == []

    # without JavaScript, and without an account
    plain = await sit_down(chromium, live.base, "guild@example.org", width=PHONE, javascript=False)
    await plain.go(board)
    assert await plain.page.locator('meta[http-equiv="refresh"][content="15"]').count() == 1
    nobody = await sit_down(chromium, live.base, None, width=PHONE, language="nl")
    page = await nobody.go(f"/register/{table.slug}/signing")
    assert "1 van 4 partijen" in await nobody.text()
    assert "union lead" not in await nobody.text()
    assert await flaws(page) == []
    assert fay.said == lead.said == nobody.said == []
