"""Walking through the whole site as one person: every page that a link leads to, each kind once."""

from collections.abc import AsyncIterator, Iterable
from urllib.parse import parse_qs, urlsplit

from chromium import Person
from fastapi import FastAPI
from fastapi.routing import APIRoute
from starlette.routing import Match

Kind = tuple[str, frozenset[str]]
NOT_PAGES = (".ics", ".csv", ".pdf", "/live", ".json")


def kind_of(app: FastAPI, url: str) -> Kind | None:
    """Return which page an address is, whatever the covenant, task or page number in it; None for no page of ours."""
    parts = urlsplit(url)
    scope = {"type": "http", "method": "GET", "path": parts.path, "headers": [], "root_path": ""}
    for route in every_route(app):
        if route.matches(scope)[0] is Match.FULL:
            return route.path, frozenset(parse_qs(parts.query)) - {"lang", "done"}
    return None


def every_route(app: FastAPI) -> Iterable[APIRoute]:
    """Return the routes of our pages."""
    found: list[APIRoute] = []

    def look(routes: Iterable[object]) -> None:
        for route in routes:
            if isinstance(route, APIRoute):
                found.append(route)
            elif hasattr(route, "original_router"):
                look(route.original_router.routes)

    look(app.router.routes)
    return found


async def pages(person: Person, app: FastAPI, start: Iterable[str] = ("/",)) -> AsyncIterator[Kind]:
    """Open every kind of page that links lead to, and give its kind while it is open."""
    waiting, seen = list(start), set[Kind]()
    while waiting:
        url = waiting.pop(0)
        kind = kind_of(app, url)
        if kind is None or kind in seen or urlsplit(url).path.endswith(NOT_PAGES):
            continue
        seen.add(kind)
        answer = await person.context.request.get(url, headers={"accept": "text/html"})
        if not answer.headers.get("content-type", "").startswith("text/html"):
            assert answer.status < 500, url
            continue
        await person.go(url)
        links = await person.page.eval_on_selector_all("a[href]", "found => found.map(one => one.href)")
        waiting += [link for link in links if link.startswith(person.base)]
        yield kind
