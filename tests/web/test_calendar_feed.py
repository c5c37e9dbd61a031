"""The calendar feed: one's own due dates, by an address only its owner knows."""

import re
import uuid
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any

import pytest
from browsing import Browser
from icalendar import Calendar
from table import Table

from models import contracts as c
from rules.calendar import add_working_days, local_date
from web.site import Site

pytestmark = pytest.mark.asyncio(loop_scope="session")
SignIn = Callable[..., Awaitable[Browser]]


async def address(browser: Browser) -> str:
    page = await browser.get("/account")
    shown = await browser.send(page.form("/account/calendar"))
    found = re.search(r"/calendar/[A-Za-z0-9_-]+\.ics", shown.html)
    assert found is not None
    return found.group(0)


async def events(visitor: Browser, path: str, slug: str) -> list[dict[str, object]]:
    answer = await visitor.http.get(path)
    assert answer.status_code == 200
    assert answer.headers["content-type"].startswith("text/calendar")
    made: Any = Calendar.from_ical(answer.text)
    return [
        {
            "uid": str(one["uid"]), "day": one["dtstart"].dt, "end": one["dtend"].dt, "sequence": int(one["sequence"]),
            "summary": str(one["summary"]), "url": str(one["url"]), "description": str(one["description"]),
        }
        for one in made.walk("VEVENT")
        if f"{slug}/" in str(one["uid"])
    ]  # fmt: skip


async def test_the_feed_has_my_due_dates_and_follows_them(
    table: Table, site: Site, sign_in: SignIn, browser: Browser
) -> None:
    await table.launch()
    union = await sign_in("union@example.org")
    path = await address(union)
    task = (await table.waiting())["union"]
    (event,) = await events(browser, path, table.slug)
    assert event["uid"] == f"{task.id}@polder"
    assert event["day"] == local_date(task.due_at)
    assert event["end"] == local_date(task.due_at) + timedelta(days=1)
    assert event["sequence"] == 0
    assert event["url"] == f"{site.settings.public_url}/tasks/{task.id}"
    later = add_working_days(local_date(task.due_at), 7)
    extension = c.Extension(
        act=f"a-{uuid.uuid4()}", actor=c.Actor(person="fay"), tasks=[task.id], due=later, reason="More time."
    )
    await table.carry(task.workflow, "extend", extension)
    (moved,) = await events(browser, path, table.slug)
    assert (moved["uid"], moved["day"]) == (event["uid"], later)
    assert int(str(moved["sequence"])) > 0
    await table.approve()
    assert not [one for one in await events(browser, path, table.slug) if one["uid"] == event["uid"]]


async def test_it_speaks_the_accounts_language_and_shows_nobody_elses(
    still: Table, sign_in: SignIn, browser: Browser
) -> None:
    guild = await sign_in("guild@example.org")
    form = (await guild.get("/account")).form("/account")
    await guild.send(form, {"language": "nl", "digest": "never"})
    (event,) = await events(browser, await address(guild), still.slug)
    assert event["summary"] == "principles (nl) (guild (nl))"
    assert "Uiterlijk 17.00 uur" in str(event["description"])
    assert str(event["uid"]).endswith("/guild@polder")
    await guild.get("/account?lang=en")  # this account is everybody's
    firm = await sign_in("firm-1@example.org")
    assert await events(browser, await address(firm), still.slug) == []


@pytest.mark.usefixtures("still")
async def test_a_new_address_ends_the_old_one_and_a_guess_finds_nothing(sign_in: SignIn, browser: Browser) -> None:
    shops = await sign_in("shops@example.org")
    old = await address(shops)
    new = await address(shops)
    assert (await browser.http.get(old)).status_code == 404
    assert (await browser.http.get(new)).status_code == 200
    for guess in ("/calendar/x.ics", "/calendar/.ics", f"/calendar/{'a' * 500}.ics", "/calendar/None.ics"):
        assert (await browser.http.get(guess)).status_code == 404
