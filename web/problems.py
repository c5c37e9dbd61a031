"""What goes wrong, once, as a page or as JSON."""

import logging
from datetime import UTC, datetime
from urllib.parse import quote

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import HTMLResponse, JSONResponse, RedirectResponse, Response
from starlette.exceptions import HTTPException
from starlette.status import (
    HTTP_303_SEE_OTHER,
    HTTP_404_NOT_FOUND,
    HTTP_405_METHOD_NOT_ALLOWED,
    HTTP_413_CONTENT_TOO_LARGE,
    HTTP_422_UNPROCESSABLE_CONTENT,
    HTTP_429_TOO_MANY_REQUESTS,
)

from acts.explaining import expected
from models.base import Words
from models.errors import NotFound, PolderError, Refusal
from web.forms import UNKEPT, Filled, typed
from web.rendering import page
from web.sessions import hold
from web.visiting import SignInFirst, Visit, site_of, spoken, visit

STATUS = {
    "refusal": 422,
    "forbidden": 403,
    "invalid_file": 422,
    "not_found": 404,
    "conflict": 409,
    "unavailable": 503,
    "sign_in": 401,
    "too_many": 429,
}
"""The HTTP status of an error, by its kind."""

HEADINGS = {
    "refusal": Words(nl="Dit kan niet", en="This cannot be done"),
    "forbidden": Words(nl="Geen toegang", en="No access"),
    "invalid_file": Words(nl="Dit bestand kan niet gebruikt worden", en="This file cannot be used"),
    "not_found": Words(nl="Niet gevonden", en="Not found"),
    "conflict": Words(nl="Er is intussen iets veranderd", en="Something has changed meanwhile"),
    "unavailable": Words(nl="Even niet bereikbaar", en="Out of reach for a moment"),
    "sign_in": Words(nl="Log eerst in", en="Sign in first"),
    "too_many": Words(nl="Te veel pogingen", en="Too many attempts"),
    "error": Words(nl="Er ging iets mis", en="Something went wrong"),
}

log = logging.getLogger("polder.web")


class TooMany(PolderError):
    """More attempts than anyone needs."""

    kind = "too_many"


def add_handlers(app: FastAPI) -> None:
    """Let every error end as words, whoever raised it."""
    app.add_exception_handler(PolderError, _told)
    app.add_exception_handler(HTTPException, _http)
    app.add_exception_handler(RequestValidationError, _invalid)
    app.add_exception_handler(Exception, _unexpected)


def wants_json(request: Request) -> bool:
    """Whether a program asked."""
    return request.url.path.startswith("/api/")


async def _told(request: Request, error: Exception) -> Response:
    if not isinstance(error, PolderError):
        raise error
    status = STATUS.get(error.kind, 500)
    if wants_json(request):
        asks = {"www-authenticate": "Bearer"} if isinstance(error, SignInFirst) else None
        return JSONResponse({"error": error.details()}, status_code=status, headers=asks)
    if isinstance(error, SignInFirst) and request.method in {"GET", "HEAD"}:
        goal = quote(request.url.path + (f"?{request.url.query}" if request.url.query else ""))
        return RedirectResponse(f"/signin?goal={goal}", HTTP_303_SEE_OTHER)
    if isinstance(error, SignInFirst) and request.method == "POST":
        return await _hold(request)
    return await _problem(request, error, status)


async def _hold(request: Request) -> HTMLResponse:
    """Ask to sign in without losing what was typed: a session can end in the middle of a form."""
    found: Visit = getattr(request.state, "visit", None) or await visit(request)
    filled = await typed(request)
    form = request.url.path
    content: dict[str, object] = {name: many for name, many in filled.values.items() if name not in UNKEPT}
    held = await hold(found, form, content) if content else ""
    asked = Filled({"goal": [form], "held": [held]})
    return page(found, "signin/ask.html.j2", status=401, f=asked, settings=found.site.settings)


async def _problem(request: Request, error: PolderError, status: int) -> HTMLResponse:
    found: Visit | None = getattr(request.state, "visit", None)
    if found is None:
        try:
            found = await visit(request)
        except PolderError:  # the database is away: the page is drawn without it
            found = nobody(request)
    heading = HEADINGS.get(error.kind, HEADINGS["error"])
    return page(found, "problem.html.j2", status=status, error=error, heading=heading)


def nobody(request: Request) -> Visit:
    """Return a visit that needed no database."""
    return Visit(request, site_of(request), spoken(request, None), datetime.now(UTC))


async def _http(request: Request, error: Exception) -> Response:
    code = error.status_code if isinstance(error, HTTPException) else 500
    said: dict[int, PolderError] = {
        HTTP_404_NOT_FOUND: NotFound(
            "page_not_found",
            "Deze pagina bestaat niet. Verwacht: een adres uit een mail of van een andere pagina.",
            "There is no such page. Expected: an address from a mail or another page.",
        ),
        HTTP_405_METHOD_NOT_ALLOWED: Refusal(
            "wrong_method", "Dit adres neemt dat niet aan.", "This address does not take that."
        ),
        HTTP_413_CONTENT_TOO_LARGE: Refusal("too_large", "Dit is te groot.", "This is too large."),
        HTTP_429_TOO_MANY_REQUESTS: TooMany("too_many", "Te veel pogingen.", "Too many attempts."),
    }
    found = said.get(code) or Refusal(
        "bad_request",
        "Dit verzoek is niet te begrijpen. Ga terug en probeer het opnieuw.",
        "This request cannot be understood. Go back and try again.",
    )
    headers = dict(getattr(error, "headers", None) or {})
    if wants_json(request):
        return JSONResponse({"error": found.details()}, status_code=code, headers=headers)
    answer = await _problem(request, found, code)
    answer.headers.update(headers)
    return answer


async def _invalid(request: Request, error: Exception) -> Response:
    if not isinstance(error, RequestValidationError):
        raise error
    if not wants_json(request) and any(one["loc"][0] == "path" for one in error.errors()):
        return await _http(request, HTTPException(HTTP_404_NOT_FOUND))
    nl, en = [], []
    for one in error.errors()[:20]:
        wanted = expected(one)
        where = ".".join(str(part) for part in one["loc"][1:]) or str(one["loc"][0])
        nl.append(f"{where}: verwacht: {wanted.nl}.")
        en.append(f"{where}: expected: {wanted.en}.")
    refused = Refusal("invalid_value", "\n".join(nl), "\n".join(en))
    return (
        await _told(request, refused)
        if wants_json(request)
        else await _problem(request, refused, HTTP_422_UNPROCESSABLE_CONTENT)
    )


async def _unexpected(request: Request, error: Exception) -> Response:
    log.error("unexpected", exc_info=error)
    bug = PolderError(
        "unexpected",
        "Dit had niet mogen gebeuren. Er is niets van u verloren; de beheerder ziet wat er misging.",
        "This should not have happened. Nothing of yours was lost; the operator sees what went wrong.",
    )
    if wants_json(request):
        return JSONResponse({"error": bug.details()}, status_code=500)
    return await _problem(request, bug, 500)
