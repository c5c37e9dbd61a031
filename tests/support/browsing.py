"""A browser without JavaScript for tests: gets pages, reads their forms, fills them in and sends them."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import httpx
from bs4 import BeautifulSoup, Tag
from fastapi import FastAPI

from runtime.settings import Settings
from web.app import make_app
from web.site import Site


@dataclass
class Shown:
    """A page as it was shown."""

    status: int
    url: str
    html: str

    @cached_property
    def soup(self) -> BeautifulSoup:
        """Its elements; parsed when they are looked at, which takes longer than to send most pages."""
        return BeautifulSoup(self.html, "html.parser")

    @property
    def text(self) -> str:
        return " ".join(self.soup.get_text(" ").split())

    @property
    def heading(self) -> str:
        found = self.soup.find("h1")
        return " ".join(found.get_text(" ").split()) if found else ""

    @property
    def problems(self) -> list[str]:
        """What the error summary says."""
        return [" ".join(one.get_text(" ").split()) for one in self.soup.select(".govuk-error-summary__list li")]

    def forms(self, action: str | None = None) -> list["Form"]:
        found = [Form(one, self.url) for one in self.soup.find_all("form") if isinstance(one, Tag)]
        return [one for one in found if action is None or one.action == action]

    def form(self, action: str | None = None, *, having: str | None = None) -> "Form":
        """The only form with this address, or with a field of this name."""
        found = [one for one in self.forms(action) if having is None or having in one.names]
        assert len(found) == 1, f"{len(found)} forms {action or ''} {having or ''} on {self.url}"
        return found[0]


class Form:
    """A form with what a browser would send of it."""

    def __init__(self, tag: Tag, url: str) -> None:
        self.tag = tag
        self.action = str(tag.get("action") or httpx.URL(url).path)
        self.method = str(tag.get("method", "get")).lower()

    @property
    def names(self) -> set[str]:
        return {
            str(one["name"]) for one in self.tag.find_all(["input", "select", "textarea", "button"]) if one.get("name")
        }

    def values(self) -> dict[str, list[str]]:
        values: dict[str, list[str]] = {}
        for one in self.tag.find_all(["input", "select", "textarea"]):
            name, kind = str(one.get("name") or ""), one.get("type", "text")
            if not name or one.has_attr("disabled"):
                continue
            if one.name == "textarea":
                values.setdefault(name, []).append(one.get_text().removeprefix("\n"))
            elif one.name == "select":
                chosen = one.find("option", selected=True) or one.find("option")
                values.setdefault(name, []).append(str(chosen.get("value", "")) if chosen else "")
            elif kind in {"radio", "checkbox"}:
                if one.has_attr("checked"):
                    values.setdefault(name, []).append(str(one.get("value", "on")))
            elif kind not in {"file", "submit", "button"}:
                values.setdefault(name, []).append(str(one.get("value", "")))
        return values


_APPS: dict[int, tuple[Site, FastAPI]] = {}


def app_of(site: Site) -> FastAPI:
    """The application over a site, made once: FastAPI works out all routes again for each one."""
    if id(site) not in _APPS:
        _APPS[id(site)] = (site, make_app(site))
    return _APPS[id(site)][1]


class Browser:
    """One browser of one visitor; follows redirects, keeps cookies, sends Origin as browsers do."""

    def __init__(self, site: Site, *, language: str = "en") -> None:
        self.site, self.language = site, language
        self.http = httpx.AsyncClient(
            transport=httpx.ASGITransport(app=app_of(site), raise_app_exceptions=False),
            base_url=site.settings.public_url,
            headers={"origin": site.settings.public_url, "accept-language": language},
            follow_redirects=True,
        )

    @staticmethod
    def shown(response: httpx.Response) -> Shown:
        return Shown(response.status_code, str(response.url), response.text)

    async def get(self, path: str, status: int = 200) -> Shown:
        page = self.shown(await self.http.get(path))
        assert page.status == status, f"{path}: {page.status}, {page.heading} {page.problems} {page.text[:300]}"
        return page

    async def send(
        self, form: Form, changes: Mapping[str, str | list[str]] | None = None, *, files: Any = None, status: int = 200,
        drop: tuple[str, ...] = (),
    ) -> Shown:  # fmt: skip
        """Fill in and send a form; every name that is changed must be in it."""
        values = form.values()
        for name, value in (changes or {}).items():
            assert name in form.names, f"no field {name} in {form.action}: {sorted(form.names)}"
            values[name] = [value] if isinstance(value, str) else value
        for name in drop:
            values.pop(name, None)
        if form.method == "get":
            page = self.shown(await self.http.get(form.action, params=values))
        else:
            page = self.shown(await self.http.post(form.action, data=values, files=files))
        assert page.status == status, f"{form.action}: {page.status}, {page.heading} {page.problems} {page.text[:300]}"
        return page

    async def become(self, email: str) -> "Browser":
        """Sign in as someone, by the demo's page, in the language of this browser."""
        goal = f"/account?lang={self.language}"
        answer = await self.http.post("/become", data={"email": email, "goal": goal})
        assert answer.status_code == 200, answer.text[:500]
        return self


def site_for(settings: Settings, db: Any, client: Any) -> Site:
    from worker import make_transport  # noqa: PLC0415

    return Site(settings, db, make_transport(settings), connected=client)
