"""The beginning, the language, drafts, and one's own account."""

from fastapi import APIRouter
from fastapi.responses import JSONResponse, RedirectResponse, Response
from starlette.status import HTTP_204_NO_CONTENT, HTTP_303_SEE_OTHER, HTTP_422_UNPROCESSABLE_CONTENT

from models.accounts import Digest
from models.enums import Language
from models.errors import PolderError
from rules.access import Page
from store import accounts
from web import passkeys
from web.forms import Filled, keep, typed
from web.rendering import page
from web.sessions import set_language
from web.site import digest, secret
from web.visiting import V, Visit

router = APIRouter(include_in_schema=False)

MOST_DRAFT = 400_000
"""Characters of one draft."""


@router.get("/")
async def begin(visit: V) -> Response:
    """Go to one's tasks, or to the register."""
    return RedirectResponse("/tasks" if visit.session else "/register", HTTP_303_SEE_OTHER)


@router.get("/health")
async def health(visit: V) -> Response:
    """Say that the site and its database answer."""
    await accounts.known(visit.site.db, "")
    return Response(status_code=HTTP_204_NO_CONTENT)


@router.post("/drafts")
async def keep_draft(visit: V) -> Response:
    """Keep what someone is typing."""
    await visit.need(Page.OWN)
    filled = await typed(visit.request)
    form = filled.get("form")
    filled.values.pop("form", None)
    size = sum(len(one) for many in filled.values.values() for one in many)
    if not form.startswith("/") or len(form) > 300 or size > MOST_DRAFT:  # noqa: PLR2004 as wide as its column
        return Response(status_code=HTTP_422_UNPROCESSABLE_CONTENT)
    await keep(visit, form, filled)
    return Response(status_code=HTTP_204_NO_CONTENT)


# --- my account -------------------------------------------------------------------------------------------------------


@router.get("/account")
async def account(visit: V) -> Response:
    """Show preferences, sessions and passkeys."""
    await visit.need(Page.OWN)
    return await _account(visit, Filled())


async def _account(visit: Visit, f: Filled, *, calendar: str = "", status: int = 200) -> Response:
    db = visit.site.db
    return page(
        visit, "account.html.j2", status=status, f=f, account=visit.account, calendar=calendar,
        passkeys=await accounts.passkeys(db, visit.me), sessions=await accounts.sessions(db, visit.me, visit.now),
    )  # fmt: skip


@router.post("/account")
async def prefer(visit: V) -> Response:
    """Change language and what is mailed."""
    await visit.need(Page.OWN)
    f = await typed(visit.request)
    if f.get("digest") not in set(Digest):
        f.wrong("digest", "Kies nooit, dagelijks of wekelijks.", "Choose never, daily or weekly.")
    if f.get("language") not in set(Language):
        f.wrong("language", "Kies Nederlands of Engels.", "Choose Dutch or English.")
    if not f.fine:
        return await _account(visit, f, status=HTTP_422_UNPROCESSABLE_CONTENT)
    language = Language(f.get("language"))
    await accounts.prefer(
        visit.site.db, visit.me, digest=Digest(f.get("digest")), reminders=f.get("reminders") == "yes",
        language=language,
    )  # fmt: skip
    answer = RedirectResponse("/account?done=1", HTTP_303_SEE_OTHER)
    set_language(answer, language.value, secure=visit.site.secure)
    return answer


@router.post("/account/calendar")
async def calendar(visit: V) -> Response:
    """Make a new address for one's calendar; the one before no longer works."""
    await visit.need(Page.OWN)
    token = secret()
    await accounts.prefer(visit.site.db, visit.me, calendar_sha=digest(token))
    return await _account(visit, Filled(), calendar=f"{visit.site.settings.public_url}/calendar/{token}.ics")


@router.post("/account/sessions")
async def end_sessions(visit: V) -> Response:
    """End one session, or every other."""
    await visit.need(Page.OWN)
    f = await typed(visit.request)
    own = visit.session.sha256 if visit.session else None
    chosen = f.get("session")
    if chosen:
        await accounts.revoke(visit.site.db, visit.me, visit.now, sha256=chosen)
    else:
        await accounts.revoke(visit.site.db, visit.me, visit.now, but=own)
    return RedirectResponse("/account?done=1", HTTP_303_SEE_OTHER)


@router.post("/account/passkeys/options")
async def passkey_options(visit: V) -> JSONResponse:
    """Make the options for a new passkey."""
    await visit.need(Page.OWN)
    return JSONResponse(await passkeys.registration_options(visit))


@router.post("/account/passkeys")
async def add_passkey(visit: V) -> Response:
    """Keep a new passkey, or forget one."""
    await visit.need(Page.OWN)
    f = await typed(visit.request)
    if f.get("forget"):
        await accounts.drop_passkey(visit.site.db, visit.me, f.get("forget"))
        return RedirectResponse("/account?done=1", HTTP_303_SEE_OTHER)
    try:
        await passkeys.register(visit, f.get("credential"), f.get("challenge"), f.get("name"))
    except PolderError as error:
        f.refuse(error, {"passkey_refused": "name"})
        return await _account(visit, f, status=HTTP_422_UNPROCESSABLE_CONTENT)
    return RedirectResponse("/account?done=1", HTTP_303_SEE_OTHER)
