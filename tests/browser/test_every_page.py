"""Every page, as every kind of person, at the width of a small phone: accessible, in its window, small, and kind."""

from typing import Any

import pytest
from chromium import DESK, MOST_BYTES, PHONE, Person, flaws, overflow, sit_down
from lives import LIVES
from living import Live
from playwright.async_api import Browser
from table import Table
from walking import every_route, pages

from runtime.settings import Settings
from runtime.skipping import SkippedTime
from store.engine import Database
from web.app import make_app

pytestmark = [pytest.mark.asyncio(loop_scope="session"), pytest.mark.timeout(600)]

PEOPLE = {
    "nobody": None,
    "facilitator": "fay@example.org",
    "party": "trade@example.org",
    "company": "firm-2@example.org",
    "operator": "oper@example.org",
}
LOOKED: set[str] = set()
"""Kinds of pages that the facilitator or a party saw; of the others only what is new is looked at."""

FIELDS = "input:not([type=hidden]), textarea, select"
EMPTIED = """form => {
  for (const one of form.querySelectorAll('input:not([type=hidden]):not([type=submit]), textarea')) {
    if (['radio', 'checkbox'].includes(one.type)) one.checked = false; else if (one.type !== 'file') one.value = '';
  }
  form.noValidate = true;
}"""


@pytest.fixture(scope="session")
def lived(engine: tuple[Any, Database, Settings]) -> list[Table]:
    client, db, settings = engine
    return [Table(client, db, settings, SkippedTime(client)) for _ in LIVES]


async def brought_to_life(lived: list[Table]) -> None:
    for table, life in zip(lived, LIVES, strict=True):
        if not await table.launched():
            await life(table)


async def starts_of(live: Live, lived: list[Table], person: Person, who: str) -> list[str]:
    """Where a walk begins; what no link leads to by itself is there too, such as a launch in preparation."""
    starts = ["/", *(f"/c/{table.slug}" for table in lived if who != "nobody"), "/register", "/verify"]
    if who == "facilitator":
        answer = await person.context.request.post(
            "/launch", form={"sector": "food", "with": "sample"}, headers={"origin": live.base}
        )
        assert answer.ok, await answer.text()
        starts = [f"/c/{lived[0].slug}/drafting", f"/c/{lived[1].slug}/packages?find=1", *starts]
    return [live.base + one for one in starts]


@pytest.mark.slow(95)
@pytest.mark.parametrize(
    ("who", "language"),
    [("facilitator", "nl"), ("party", "en"), ("nobody", "en"), ("company", "nl"), ("operator", "en")],
)
async def test_every_page_is_right(lived: list[Table], live: Live, chromium: Browser, who: str, language: str) -> None:
    await brought_to_life(lived)
    app = make_app(live.site)
    person = await sit_down(chromium, live.base, PEOPLE[who], language=language, width=PHONE)
    starts = await starts_of(live, lived, person, who)
    seen: dict[str, list[str]] = {}
    known = LOOKED if who not in {"facilitator", "party"} else ()
    async for kind in pages(person, app, starts, known):
        LOOKED.add(kind)
        wrong = await flaws(person.page)
        size = len((await person.page.content()).encode())
        wrong += [f"{size} bytes"] if size > MOST_BYTES else []
        if who == "facilitator":  # who sees most of the pages
            await person.page.set_viewport_size(DESK)  # type: ignore[arg-type]
            wrong += [f"wide: {one}" for one in await overflow(person.page)]
            await person.page.set_viewport_size(PHONE)  # type: ignore[arg-type]
        if wrong:
            seen[kind] = [person.page.url, *wrong]
    assert seen == {}
    assert [one for one in person.said if "403" not in one and "404" not in one] == []


@pytest.mark.slow(60)
@pytest.mark.parametrize("who", ["facilitator"])
async def test_a_form_left_empty_comes_back_accessible(
    lived: list[Table], live: Live, chromium: Browser, who: str
) -> None:
    await brought_to_life(lived)
    app = make_app(live.site)
    person = await sit_down(chromium, live.base, PEOPLE[who], width=PHONE)
    wrong: dict[str, list[str]] = {}
    tried = 0
    async for kind in pages(person, app, await starts_of(live, lived, person, who)):
        url = person.page.url
        for number in range(await person.page.locator("main form[method=post]").count()):
            form = person.page.locator("main form[method=post]").nth(number)
            button = form.locator("button:visible").first
            if not await form.locator(FIELDS).count() or not await button.count():
                continue
            tried += 1
            await form.evaluate(EMPTIED)
            await button.click()
            await person.page.wait_for_load_state()
            found = await flaws(person.page)
            if found:
                wrong[f"{kind} form {number}"] = found
            await person.go(url)
    assert wrong == {}
    assert tried > 20


async def test_no_route_is_left_out_of_the_walk(live: Live) -> None:
    assert len(list(every_route(make_app(live.site)))) > 20
