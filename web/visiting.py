"""Who visits, in which language, and what they are to the covenant at hand."""

from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Annotated

from fastapi import Depends, Path, Request

from models.accounts import Account, SiteSession
from models.enums import Language, Role
from models.errors import PolderError
from models.tables import Covenant
from rules import access
from store import accounts
from web.site import Site, digest

LANGUAGE_COOKIE = "language"

speaking: ContextVar[Language] = ContextVar("language", default=Language.NL)
"""The language of the visitor at hand, for texts that are picked in routes and in templates."""


class SignInFirst(PolderError):
    """The page is for who signed in."""

    kind = "sign_in"

    def __init__(self) -> None:
        super().__init__("sign_in", "Log eerst in.", "Sign in first.")


@dataclass
class Visit:
    """One request of one visitor."""

    request: Request
    site: Site
    language: Language
    now: datetime
    session: SiteSession | None = None
    account: Account | None = None
    _viewers: dict[str, access.Viewer] = field(default_factory=dict)

    @property
    def email(self) -> str | None:
        """The address that signed in."""
        return self.session.email if self.session else None

    @property
    def me(self) -> str:
        """The address that signed in.

        Raises:
            SignInFirst: nobody did.
        """
        if self.email is None:
            raise SignInFirst
        return self.email

    @property
    def operates(self) -> bool:
        """Whether the visitor watches the whole installation."""
        return self.email is not None and self.email in _lower(self.site.settings.operators)

    async def viewer(self, slug: str = "") -> access.Viewer:
        """Return what the visitor is to a covenant; without one, to the installation."""
        if slug not in self._viewers:
            seats = await accounts.seats(self.site.db, self.email, slug) if self.email and slug else ()
            launches = False
            if self.email and not slug:
                launches = self.email in _lower(self.site.settings.facilitators) or await accounts.holds(
                    self.site.db, self.email, Role.FACILITATOR
                )
            self._viewers[slug] = access.Viewer(self.email, seats, self.operates, launches)
        return self._viewers[slug]

    async def need(self, page: access.Page, slug: str = "") -> access.Viewer:
        """Require that the visitor may see a page, of a covenant if one is named.

        Raises:
            SignInFirst: nobody signed in, and the page is not for everybody.
            Forbidden: it is somebody else's.
        """
        viewer = await self.viewer(slug)
        if not access.sees(viewer, page):
            if self.email is None:
                raise SignInFirst
            access.need(viewer, page)
        return viewer

    async def need_deed(self, deed: access.Deed, slug: str = "") -> access.Viewer:
        """Require that the visitor is offered an act; as `need`."""
        viewer = await self.viewer(slug)
        if not access.does(viewer, deed):
            if self.email is None:
                raise SignInFirst
            access.need_deed(viewer, deed)
        return viewer

    def clock(self, covenant: Covenant) -> datetime:
        """Return what time it is in a covenant: now, or later when it runs in simulated time."""
        return max(self.now, covenant.moved_at)


def _lower(addresses: list[str]) -> set[str]:
    return {one.lower() for one in addresses}


def site_of(request: Request) -> Site:
    """Return the site a request came to."""
    site: Site = request.app.state.site
    return site


def session_cookie(site: Site) -> str:
    """Return the name of the session cookie; `__Host-` keeps it to this host over https."""
    return "__Host-polder" if site.secure else "polder"


async def visit(request: Request) -> Visit:
    """Find out who visits, and in which language."""
    site = site_of(request)
    now = datetime.now(UTC)
    cookie = request.cookies.get(session_cookie(site))
    session = await accounts.session_of(site.db, digest(cookie), now) if cookie else None
    account = await accounts.account(site.db, session.email) if session else None
    found = Visit(request, site, spoken(request, account), now, session, account)
    if account is not None and request.query_params.get("lang") == found.language != account.language:
        await accounts.prefer(site.db, account.email, language=found.language)  # mails follow what was chosen last
    request.state.visit = found
    speaking.set(found.language)  # before the route: it may pick texts before it draws a page
    return found


def spoken(request: Request, account: Account | None) -> Language:
    """Choose the language: asked for in the address, chosen before, preferred, of the browser; else Dutch."""
    asked: list[str | None] = [
        request.query_params.get("lang"),
        request.cookies.get(LANGUAGE_COOKIE),
        account.language if account else None,
        *(part.split(";")[0].strip()[:2] for part in request.headers.get("accept-language", "").split(",")),
    ]
    return next((Language(one) for one in asked if one in set(Language)), Language.NL)


V = Annotated[Visit, Depends(visit)]
"""A visit, as routes take it."""

MOST_PAGES = 100_000


def whole_number(text: str, *, least: int, most: int) -> int | None:
    """Return a whole number that was typed, brought within bounds; None for what is no number, or far too long."""
    fine = text.isascii() and text.isdigit() and len(text) < 10  # noqa: PLR2004 more digits than any count here has
    return min(max(int(text), least), most) if fine else None


def page_number(visit: Visit, name: str = "page") -> int:
    """Return which part of a list is asked for, counted from 1."""
    return whole_number(visit.request.query_params.get(name, ""), least=1, most=MOST_PAGES) or 1


Number = Annotated[int, Path(ge=0, le=2**31 - 1)]
"""The number of a round, meeting or version in an address, as far as a database keeps one."""
