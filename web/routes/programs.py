"""For programs: tokens of the JSON API and webhooks, each of one account."""

import base64
import contextlib
import re
import secrets
import uuid
from datetime import timedelta
from typing import Annotated

from fastapi import APIRouter, Path
from fastapi.responses import RedirectResponse, Response
from starlette.status import HTTP_303_SEE_OTHER, HTTP_422_UNPROCESSABLE_CONTENT

from activities.webhooks import reachable
from acts.hooking import start_webhooks
from models.accounts import ApiToken, DeliveryStatus, Scope, Webhook
from models.base import UNFIT, Words
from models.errors import NotFound, PolderError, Unavailable
from rules.access import Page
from store import accounts, tokens, views, webhooks
from web.api.auth import PREFIX
from web.forms import Filled, typed
from web.rendering import page
from web.site import digest, secret
from web.visiting import V, Visit, page_number

router = APIRouter(include_in_schema=False)

MOST_TOKENS = 20
MOST_WEBHOOKS = 20
MOST_DAYS = 366
PER_PAGE = 25
LONGEST_NAME, LONGEST_URL = 100, 2000
KEY = re.compile(r"[a-z0-9-]{1,120}")
WebhookId = Annotated[str, Path(pattern=f"^{KEY.pattern}$")]

SCOPES: dict[Scope, Words] = {
    Scope.READ: Words(nl="lezen", en="read"),
    Scope.ANSWER: Words(nl="antwoorden", en="answer"),
    Scope.STEER: Words(nl="bijsturen", en="steer"),
}
STATES: dict[DeliveryStatus, Words] = {
    DeliveryStatus.WAITING: Words(nl="onderweg", en="on its way"),
    DeliveryStatus.DELIVERED: Words(nl="aangekomen", en="delivered"),
    DeliveryStatus.FAILED: Words(nl="niet aangekomen", en="failed"),
}


# --- tokens -----------------------------------------------------------------------------------------------------------


@router.get("/account/tokens")
async def show_tokens(visit: V) -> Response:
    """List the visitor's tokens, with a form to make one."""
    await visit.need(Page.OWN)
    return await _tokens(visit, Filled({"days": ["90"], "scopes": [Scope.READ.value]}))


async def _tokens(visit: Visit, f: Filled, *, made: str = "", status: int = 200) -> Response:
    rows = await tokens.of(visit.site.db, visit.me, visit.now)
    return page(visit, "programs/tokens.html.j2", status=status, f=f, tokens=rows, made=made, scopes=SCOPES)


@router.post("/account/tokens")
async def make_token(visit: V) -> Response:
    """Make a token and show it, once; or end one."""
    await visit.need(Page.OWN)
    f = await typed(visit.request)
    db = visit.site.db
    if f.get("revoke"):
        _key(f, "revoke")
        if not await tokens.revoke(db, visit.me, f.get("revoke"), visit.now):
            raise _no_token()
        return RedirectResponse("/account/tokens?done=1", HTTP_303_SEE_OTHER)
    name = _plain(f, "name", f.need("name", "Geef de sleutel een naam.", "Give the token a name."), LONGEST_NAME)
    scopes = [one for one in Scope if one in f.all("scopes")]
    if not scopes or len(scopes) != len(set(f.all("scopes"))):
        f.wrong("scopes", "Kies wat de sleutel mag.", "Choose what the token may do.")
    days = f.get("days").strip()
    if not (days.isascii() and days.isdigit() and 1 <= int(days[:6]) <= MOST_DAYS):
        f.wrong(
            "days",
            f"Vul een aantal dagen in, van 1 tot en met {MOST_DAYS}.",
            f"Fill in a number of days, 1 to {MOST_DAYS}.",
        )
    if f.fine and await tokens.count(db, visit.me, visit.now) >= MOST_TOKENS:
        f.general.append(
            Words(
                nl=f"U hebt al {MOST_TOKENS} sleutels. Trek er eerst een in.",
                en=f"You have {MOST_TOKENS} tokens already. Revoke one first.",
            )
        )
    if not f.fine:
        return await _tokens(visit, f, status=HTTP_422_UNPROCESSABLE_CONTENT)
    made = PREFIX + secret()
    await tokens.keep(
        db,
        ApiToken(
            sha256=digest(made), id=uuid.uuid4().hex, email=visit.me, name=name,
            scopes=[one.value for one in scopes], made_at=visit.now, ends_at=visit.now + timedelta(days=int(days)),
        ),
    )  # fmt: skip
    return await _tokens(visit, Filled({"days": ["90"], "scopes": [Scope.READ.value]}), made=made)


def _plain(f: Filled, name: str, text: str, longest: int) -> str:
    if len(text) > longest or UNFIT.search(text) or "\n" in text:
        f.wrong(name, f"Hoogstens {longest} gewone tekens.", f"At most {longest} ordinary characters.")
    return text


def _no_token() -> NotFound:
    return NotFound(
        "token_not_found",
        "Deze sleutel bestaat niet (meer), of is van iemand anders.",
        "There is no such token (any more), or it is somebody else's.",
    )


def _key(f: Filled, name: str) -> str:
    """Return the id that a button holds; what was made up is as good as unknown."""
    found = f.get(name)
    if not KEY.fullmatch(found):
        raise NotFound("unknown", "Dit bestaat niet (meer).", "There is no such thing (any more).")
    return found


# --- webhooks ---------------------------------------------------------------------------------------------------------


@router.get("/account/webhooks")
async def show_webhooks(visit: V) -> Response:
    """List the visitor's webhooks, with a form to make one."""
    await visit.need(Page.OWN)
    return await _webhooks(visit, Filled())


async def _webhooks(visit: Visit, f: Filled, *, made: Webhook | None = None, status: int = 200) -> Response:
    db = visit.site.db
    return page(
        visit, "programs/webhooks.html.j2", status=status, f=f, webhooks=await webhooks.of(db, visit.me), made=made,
        covenants=await accounts.covenants_of(db, visit.me),
    )  # fmt: skip


@router.post("/account/webhooks")
async def make_webhook(visit: V) -> Response:
    """Make a webhook and show its secret, once; or end one."""
    await visit.need(Page.OWN)
    f = await typed(visit.request)
    site = visit.site
    if f.get("end"):
        _key(f, "end")
        if not await webhooks.end(site.db, f.get("end"), visit.now, email=visit.me):
            await webhooks.webhook(site.db, f.get("end"), visit.me)
        return RedirectResponse("/account/webhooks?done=1", HTTP_303_SEE_OTHER)
    slug = f.need("covenant", "Kies een convenant.", "Choose a covenant.")
    if not KEY.fullmatch(slug):
        f.wrong("covenant", "Kies een convenant.", "Choose a covenant.")
    url = _plain(f, "url", f.need("url", "Vul een adres in.", "Fill in an address."), LONGEST_URL)
    if f.fine and await webhooks.count(site.db, visit.me) >= MOST_WEBHOOKS:
        f.general.append(
            Words(
                nl=f"U hebt al {MOST_WEBHOOKS} webhooks. Beëindig er eerst een.",
                en=f"You have {MOST_WEBHOOKS} webhooks already. End one first.",
            )
        )
    if f.fine:
        await visit.need(Page.ACTIVITY, slug)
        await views.covenant(site.db, slug)
        try:
            await reachable(url, local=site.settings.local_webhooks)
        except PolderError as error:
            f.refuse(error, {"webhook_url": "url", "webhook_unknown": "url", "webhook_private": "url"})
    if not f.fine:
        return await _webhooks(visit, f, status=HTTP_422_UNPROCESSABLE_CONTENT)
    row = Webhook(
        id=f"whk-{uuid.uuid4().hex}", email=visit.me, covenant=slug, url=url,
        secret="whsec_" + base64.b64encode(secrets.token_bytes(32)).decode(), made_at=visit.now,
    )  # fmt: skip
    await webhooks.make(site.db, row)
    with contextlib.suppress(Unavailable):  # it is kept; whichever worker starts first begins to tell it
        await start_webhooks(await site.client(), site.settings.task_queue)
    return await _webhooks(visit, Filled(), made=row)


@router.get("/account/webhooks/{webhook_id}")
async def show_log(visit: V, webhook_id: WebhookId) -> Response:
    """Show what was sent to a webhook and what became of it."""
    await visit.need(Page.OWN)
    hook = await webhooks.webhook(visit.site.db, webhook_id, visit.me)
    number = page_number(visit)
    rows = await webhooks.deliveries(visit.site.db, webhook_id, limit=PER_PAGE + 1, offset=(number - 1) * PER_PAGE)
    return page(
        visit, "programs/deliveries.html.j2", hook=hook, deliveries=rows[:PER_PAGE], more=len(rows) > PER_PAGE,
        number=number, states=STATES,
    )  # fmt: skip


@router.post("/account/webhooks/{webhook_id}")
async def resend(visit: V, webhook_id: WebhookId) -> Response:
    """Send one event once more."""
    await visit.need(Page.OWN)
    site = visit.site
    await webhooks.webhook(site.db, webhook_id, visit.me)
    f = await typed(visit.request)
    if not await webhooks.resend(site.db, webhook_id, _key(f, "resend"), visit.now):
        raise NotFound(
            "delivery_not_found",
            "Dit bericht is er niet, of de webhook is beëindigd.",
            "There is no such message, or the webhook has ended.",
        )
    with contextlib.suppress(Unavailable):  # it is queued
        await start_webhooks(await site.client(), site.settings.task_queue)
    return RedirectResponse(f"/account/webhooks/{webhook_id}?done=1", HTTP_303_SEE_OTHER)
