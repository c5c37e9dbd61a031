"""A real Chromium for tests: people with their own windows, axe-core, and what every page must be."""

import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from playwright.async_api import Browser, BrowserContext, Page

ROOT = Path(__file__).parents[2]
AXE = (ROOT / "node_modules/axe-core/axe.min.js").read_text()
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
PHONE, DESK = {"width": 320, "height": 640}, {"width": 1280, "height": 900}
MOST_BYTES = 100_000


@dataclass
class Person:
    """Somebody at a screen."""

    page: Page
    context: BrowserContext
    base: str
    said: list[str] = field(default_factory=list)

    async def go(self, path: str) -> Page:
        await self.page.goto(path if path.startswith("http") else self.base + path)
        return self.page

    async def press(self, name: str) -> None:
        await self.page.get_by_role("button", name=name, exact=False).first.click()
        await self.page.wait_for_load_state()

    async def follow(self, name: str) -> None:
        await self.page.get_by_role("link", name=name, exact=False).first.click()
        await self.page.wait_for_load_state()

    async def text(self) -> str:
        return " ".join((await self.page.inner_text("body")).split())


async def sit_down(
    browser: Browser, base: str, email: str | None, *, language: str = "en", javascript: bool = True,
    width: dict[str, int] | None = None,
) -> Person:  # fmt: skip
    """Open a window of somebody; what its console complains about is kept in `said`."""
    context = await browser.new_context(
        base_url=base, locale={"nl": "nl-NL", "en": "en-GB"}[language], java_script_enabled=javascript,
        viewport=width or DESK,  # type: ignore[arg-type]
    )  # fmt: skip
    context.set_default_timeout(15_000)
    await context.add_cookies([{"name": "language", "value": language, "url": base}])
    page = await context.new_page()
    person = Person(page, context, base)
    page.on(
        "console", lambda one: person.said.append(f"{one.text} {one.location['url']}") if one.type == "error" else None
    )
    page.on("pageerror", lambda error: person.said.append(str(error)))
    if email is not None:
        answer = await context.request.post("/become", form={"email": email, "goal": f"/account?lang={language}"},
                                            headers={"origin": base})  # fmt: skip
        assert answer.ok, await answer.text()
    return person


async def violations(page: Page) -> list[str]:
    """What axe-core finds against WCAG 2.2 AA and best practice."""
    await page.evaluate(AXE)
    found: Any = await page.evaluate("tags => axe.run(document, {runOnly: tags})", TAGS)
    return [
        f"{one['id']}: {one['help']}: {json.dumps([node['html'][:200] for node in one['nodes'][:3]])}"
        for one in found["violations"]
    ]


async def overflow(page: Page) -> list[str]:
    """Say by how much a page is wider than its window."""
    wide = await page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    return [f"{wide} px wider than its window"] if wide > 0 else []


async def flaws(page: Page) -> list[str]:
    """What is wrong with a page that should be right on every page, at the width it has now."""
    found = [*await violations(page), *await overflow(page)]
    if await page.locator("h1").count() != 1:
        found.append("not one h1")
    if not (await page.locator("aside.help").inner_text()).partition(":")[2].strip():
        found.append("does not say what happens next")
    if await page.locator("html").get_attribute("lang") not in {"nl", "en"}:
        found.append("no language")
    return found
