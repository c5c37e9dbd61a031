"""Walking through the whole site as one person: every page that a link leads to, each kind once."""

import re
from collections.abc import AsyncIterator, Collection, Iterable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any
from urllib.parse import unquote, urljoin, urlsplit

from bs4 import BeautifulSoup
from chromium import Person
from fastapi import FastAPI
from fastapi.routing import APIRoute
from starlette.routing import compile_path

TASK = "/tasks/{task:path}"
NOT_PAGES = (".ics", ".csv", ".pdf", "/live", ".json", ".xml", ".docx")


@dataclass(frozen=True)
class Address:
    """Where one of our routes is."""

    path: str
    methods: frozenset[str]
    regex: re.Pattern[str]


@lru_cache(maxsize=8)  # asked for every link of every page
def every_route(app: FastAPI) -> list[Address]:
    """Return the routes of our pages and API, with the prefix each was included under."""
    found: list[Address] = []

    def look(routes: Iterable[Any], prefix: str) -> None:
        for route in routes:
            if isinstance(route, APIRoute):
                path = prefix + route.path
                found.append(Address(path, frozenset(route.methods or ()), compile_path(path)[0]))
            elif hasattr(route, "original_router"):
                look(route.original_router.routes, prefix + route.include_context.prefix)

    look(app.router.routes, "")
    return found


def kind_of(app: FastAPI, url: str) -> str | None:
    """Return which page an address is, whatever the covenant, task or page number in it; None for no page of ours."""
    parts = urlsplit(url)
    for route in every_route(app):
        if "GET" in route.methods and route.regex.match(unquote(parts.path)):
            return route.path
    return None


async def pages(
    person: Person, app: FastAPI, start: Iterable[str] = ("/",), known: Collection[str] = ()
) -> AsyncIterator[str]:
    """Open every kind of page that links lead to, and give its kind while it is open.

    A task's page is another one for each kind of task. Kinds that are known already are followed, not opened.
    """
    waiting, seen, tasks = list(start), set[str](), set[str]()
    while waiting:
        url = waiting.pop(0)
        kind = kind_of(app, url)
        if kind is None or kind in seen or urlsplit(url).path in tasks or urlsplit(url).path.endswith(NOT_PAGES):
            continue
        answer = await person.context.request.get(url, headers={"accept": "text/html"})
        if not answer.headers.get("content-type", "").startswith("text/html"):
            assert answer.status < 500, url
            seen.add(kind)
            continue
        soup = BeautifulSoup(await answer.text(), "html.parser")
        if kind == TASK:
            tasks.add(urlsplit(url).path)
            caption = soup.select_one(".govuk-caption-l")
            kind += " " + caption.get_text().partition("·")[0].strip().lower() if caption else ""
            if kind in seen:
                continue
        seen.add(kind)
        links = [urljoin(answer.url, str(one["href"])) for one in soup.select("a[href]")]
        waiting += [link for link in links if link.startswith(person.base)]
        if kind not in known:
            await person.go(url)
            yield kind
