"""Signing in and out: a session in the database, its secret in a cookie."""

from datetime import timedelta

from fastapi.responses import RedirectResponse, Response
from starlette.status import HTTP_303_SEE_OTHER

from models.accounts import Account, Method, SiteSession
from store import accounts
from web.site import digest, secret
from web.visiting import LANGUAGE_COOKIE, Visit, session_cookie

HELD = "held:"
"""Begins the holder of a draft that was typed while nobody was signed in."""


def local(goal: str) -> str:
    """Return where to go after signing in: one of our own pages, else the beginning."""
    plain = goal.startswith("/") and not goal.startswith("//") and "\\" not in goal
    return goal if plain and not any(ord(one) < ord(" ") for one in goal) else "/"


async def let_in(visit: Visit, email: str, method: Method, goal: str, *, held: str = "") -> Response:
    """Open a session for an address, and go where it was going; what was typed meanwhile goes along."""
    site, db = visit.site, visit.site.db
    account: Account = await accounts.opened(db, email, visit.language, visit.now)
    if held:
        await accounts.move_drafts(db, HELD + digest(held), email)
    cookie = secret()
    life = timedelta(hours=site.settings.session_hours)
    await accounts.open_session(
        db,
        SiteSession(
            sha256=digest(cookie),
            email=email,
            method=method,
            agent=visit.request.headers.get("user-agent", "")[:300],
            made_at=visit.now,
            seen_at=visit.now,
            ends_at=visit.now + life,
        ),
    )
    answer = RedirectResponse(local(goal), HTTP_303_SEE_OTHER)
    answer.set_cookie(
        session_cookie(site), cookie, max_age=int(life.total_seconds()), httponly=True, secure=site.secure,
        samesite="lax", path="/",
    )  # fmt: skip
    set_language(answer, account.language.value, secure=site.secure)
    return answer


def set_language(answer: Response, language: str, *, secure: bool) -> None:
    """Remember the language in this browser."""
    answer.set_cookie(
        LANGUAGE_COOKIE, language, max_age=31_536_000, httponly=True, secure=secure, samesite="lax", path="/"
    )


async def hold(visit: Visit, form: str, content: dict[str, object]) -> str:
    """Keep what was typed by who is signed out; return the secret that brings it back."""
    token = secret()
    await accounts.keep_draft(visit.site.db, HELD + digest(token), form, content, visit.now)
    return token
