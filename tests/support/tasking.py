"""Opening a task's page and sending its form, as people do."""

from typing import Any

from browsing import Browser, Form, Shown
from bs4 import Tag

from models.tables import HumanTask
from web.rendering import task_url

MARKUP = "<script>alert('x')</script> & <b>bold</b>"


async def opened(browser: Browser, task: HumanTask | str, status: int = 200) -> Shown:
    return await browser.get(task_url(task if isinstance(task, str) else task.id), status)


def main_form(page: Shown) -> Form:
    """The form with the answer, not the one that confirms what is unchanged or asks for a code."""
    return next(form for form in page.forms() if "text_sha" in form.names)


async def sent(browser: Browser, page: Shown, changes: dict[str, Any], status: int = 200, **more: Any) -> Shown:
    return await browser.send(main_form(page), {"do": "answer", **changes}, status=status, **more)


async def due(browser: Browser, slug: str, *, language: str = "en") -> list[Tag]:
    """What the list of somebody's tasks says is due in a covenant, on whichever page of it."""
    number, found = 1, list[Tag]()
    while True:
        page = await browser.get(f"/tasks?lang={language}&page={number}")
        duties = page.soup.select(".duty")
        found += [one for one in duties if slug in str(one.select("a")[0]["href"])]
        if not duties:
            return found
        number += 1
