"""Signing in: a link by mail, a passkey, OpenID Connect, or in the demo as anyone. No passwords."""

import warnings
from datetime import timedelta
from functools import lru_cache
from typing import Any

from authlib.deprecate import AuthlibDeprecationWarning
from email_validator import EmailNotValidError, validate_email
from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse, RedirectResponse, Response
from httpx import HTTPError
from limits import RateLimitItemPerHour, RateLimitItemPerMinute
from pydantic import ValidationError
from starlette.status import HTTP_303_SEE_OTHER, HTTP_422_UNPROCESSABLE_CONTENT, HTTP_429_TOO_MANY_REQUESTS

from activities.mailing import MailRefused, Message, render_mail
from models.accounts import Method, SignInLink
from models.errors import NotFound, Refusal, Unavailable
from rules.access import Page
from store import accounts, views
from web import passkeys
from web.forms import Filled, typed
from web.rendering import page
from web.sessions import let_in, local
from web.site import Site, digest, secret
from web.visiting import V, Visit, session_cookie

with warnings.catch_warnings():
    # Authlib wants httpx2 where the rest of this project has httpx, and would say so at every start.
    warnings.simplefilter("ignore", AuthlibDeprecationWarning)
    from authlib.integrations.base_client import OAuthError
    from authlib.integrations.starlette_client import OAuth

router = APIRouter(include_in_schema=False)

LINK_LIFE = timedelta(minutes=30)
PER_ADDRESS = RateLimitItemPerMinute(5, 15)
PER_CALLER = RateLimitItemPerHour(100)


# --- a link by mail ---------------------------------------------------------------------------------------------------


@router.get("/signin")
async def ask(visit: V, goal: str = "/", held: str = "") -> Response:
    """Ask for the address."""
    await visit.need(Page.SIGN_IN)
    return _asked(visit, Filled({"goal": [local(goal)], "held": [held]}))


def _asked(visit: Visit, f: Filled, status: int = 200) -> Response:
    return page(visit, "signin/ask.html.j2", status=status, f=f, settings=visit.site.settings)


@router.post("/signin")
async def send(visit: V) -> Response:
    """Send a link to an address somebody at a table has; say the same to every other."""
    f = await typed(visit.request)
    address = f.get("email").strip().lower()
    try:
        validate_email(address, check_deliverability=False)
    except EmailNotValidError:
        f.wrong("email", "Vul een e-mailadres in, zoals naam@voorbeeld.nl.", "Fill in an address, as name@example.org.")
        return _asked(visit, f, HTTP_422_UNPROCESSABLE_CONTENT)
    if await _too_many(visit, address):
        f.wrong(
            "email",
            "Er zijn te veel koppelingen aangevraagd. Verwacht: probeer het over een kwartier opnieuw.",
            "Too many links were asked for. Expected: try again in a quarter of an hour.",
        )
        return _asked(visit, f, HTTP_429_TOO_MANY_REQUESTS)
    if await knows(visit.site, address):
        token, goal = secret(), f"{local(f.get('goal', '/'))}\n{f.get('held')}"
        ends = visit.now + LINK_LIFE
        row = SignInLink(sha256=digest(token), email=address, goal=goal[:2000], made_at=visit.now, ends_at=ends)
        await accounts.keep_link(visit.site.db, row)
        await _mail(visit, address, token, row)
    return page(visit, "signin/sent.html.j2", email=address, minutes=int(LINK_LIFE.total_seconds() // 60),
                outbox=visit.site.settings.outbox if not visit.site.settings.smtp_host else None)  # fmt: skip


async def knows(site: Site, address: str) -> bool:
    """Whether an address may sign in: somebody at a table has it, or the settings name it."""
    listed = {one.lower() for one in (*site.settings.facilitators, *site.settings.operators)}
    return address in listed or await accounts.known(site.db, address)


async def _too_many(visit: Visit, address: str) -> bool:
    caller = visit.request.client.host if visit.request.client else ""
    fine = await visit.site.limiter.hit(PER_CALLER, "signin", caller)
    return not fine or not await visit.site.limiter.hit(PER_ADDRESS, "signin", address)


async def _mail(visit: Visit, address: str, token: str, row: SignInLink) -> None:
    settings = visit.site.settings
    mail = render_mail(
        "signin",
        visit.language,
        {
            "covenant": "Polder",
            "recipient": address,
            "link": f"{settings.public_url}/signin/link?token={token}",
            "until": row.ends_at,
        },
    )
    message = Message(
        key=f"signin/{row.sha256}", thread=f"signin/{address}", list_id="signin", sender=settings.mail_from,
        sender_name="Polder", recipient=address, recipient_name=address, date=visit.now, language=visit.language,
        mail=mail,
    )  # fmt: skip
    try:
        await visit.site.transport.deliver(message.as_bytes(), settings.mail_from, address)
    except MailRefused as error:
        raise Unavailable(
            "mail_refused",
            f"De mail aan {address} kon niet weg ({error.code}). Verwacht: een ander adres, of probeer het later.",
            f"The mail to {address} could not be sent ({error.code}). Expected: another address, or try again later.",
        ) from error


@router.get("/signin/link")
async def confirm(visit: V, token: str = "") -> Response:
    """Ask to confirm: mail scanners follow links, people press buttons."""
    row = await accounts.link(visit.site.db, digest(token), visit.now)
    if row is None or not row.email:
        raise _no_link()
    return page(visit, "signin/confirm.html.j2", token=token, email=row.email)


@router.post("/signin/link")
async def redeem(visit: V) -> Response:
    """Sign in with a link, once."""
    f = await typed(visit.request)
    row = await accounts.redeem(visit.site.db, digest(f.get("token")), visit.now)
    if row is None or not row.email:
        raise _no_link()
    goal, _, held = row.goal.partition("\n")
    return await let_in(visit, row.email, Method.LINK, goal, held=held)


def _no_link() -> Refusal:
    return Refusal(
        "link_used",
        "Deze koppeling werkt niet (meer): zij is gebruikt, verlopen of onvolledig. Verwacht: vraag een nieuwe aan.",
        "This link does not work (any more): it was used, has expired or is incomplete. Expected: ask for a new one.",
    )


@router.post("/signout")
async def sign_out(visit: V) -> Response:
    """End this session."""
    if visit.session is not None:
        await accounts.revoke(visit.site.db, visit.session.email, visit.now, sha256=visit.session.sha256)
    # forms that came back with a mistake may be kept by the browser: the next at this computer must not see them
    answer = RedirectResponse("/", HTTP_303_SEE_OTHER, headers={"clear-site-data": '"cache"'})
    answer.delete_cookie(session_cookie(visit.site), path="/", secure=visit.site.secure, httponly=True)
    return answer


# --- demo -------------------------------------------------------------------------------------------------------------


@router.get("/become")
async def people(visit: V, covenant: str = "") -> Response:
    """List the people of a covenant to become, where the settings allow it."""
    _demo(visit)
    found = await views.covenants(visit.site.db, limit=100)
    slug = covenant or (found[0].slug if found else "")
    shown = await accounts.faces(visit.site.db, slug) if slug else []
    return page(visit, "signin/become.html.j2", covenants=found, slug=slug, people=shown,
                others=sorted({*visit.site.settings.facilitators, *visit.site.settings.operators}))  # fmt: skip


@router.post("/become")
async def become(visit: V) -> Response:
    """Become someone, in the demo."""
    _demo(visit)
    f = await typed(visit.request)
    address = f.get("email").strip().lower()
    if not await knows(visit.site, address):
        raise Refusal("unknown_person", "Deze persoon is er niet.", "There is no such person.")
    return await let_in(visit, address, Method.DEMO, f.get("goal", "/"))


def _demo(visit: Visit) -> None:
    if not visit.site.settings.demo:
        raise NotFound(
            "no_demo",
            "Dit is geen demonstratie. Verwacht: log in met een koppeling per mail.",
            "This is no demonstration. Expected: sign in with a link by mail.",
        )


# --- passkeys ---------------------------------------------------------------------------------------------------------


@router.post("/signin/passkey/options")
async def passkey_options(visit: V) -> JSONResponse:
    """Make the options a browser signs in with."""
    return JSONResponse(await passkeys.sign_in_options(visit))


@router.post("/signin/passkey")
async def passkey_sign_in(visit: V) -> Response:
    """Sign in with a passkey."""
    f = await typed(visit.request)
    email = await passkeys.checked(visit, f.get("credential"), f.get("challenge"))
    return await let_in(visit, email, Method.PASSKEY, f.get("goal", "/"), held=f.get("held"))


# --- OpenID Connect ---------------------------------------------------------------------------------------------------


@lru_cache(maxsize=4)
def _provider(issuer: str, client_id: str, client_secret: str) -> Any:  # noqa: ANN401 Authlib is untyped
    oauth = OAuth()
    return oauth.register(
        "provider",
        server_metadata_url=issuer.rstrip("/") + "/.well-known/openid-configuration",
        client_id=client_id,
        client_secret=client_secret,
        client_kwargs={"scope": "openid email", "code_challenge_method": "S256"},
    )


def _oidc(visit: Visit) -> Any:  # noqa: ANN401 idem
    found = visit.site.settings
    if not found.oidc_issuer:
        raise Refusal("no_oidc", "OpenID Connect staat uit.", "OpenID Connect is off.")
    return _provider(found.oidc_issuer, found.oidc_client_id, found.oidc_client_secret.get_secret_value())


@router.get("/signin/oidc")
async def to_provider(visit: V, goal: str = "/", held: str = "") -> Response:
    """Send the browser to the provider."""
    visit.request.session["goal"], visit.request.session["held"] = local(goal), held
    back = f"{visit.site.settings.public_url}/signin/oidc/back"
    try:
        answer: Response = await _oidc(visit).authorize_redirect(visit.request, back)
    except (HTTPError, OAuthError, KeyError, ValueError) as error:
        raise _provider_away() from error
    return answer


@router.get("/signin/oidc/back")
async def from_provider(request: Request, visit: V) -> Response:
    """Take who the provider says it is, when the address is verified and somebody at a table has it."""
    try:
        token = await _oidc(visit).authorize_access_token(request)
    except OAuthError as error:
        raise Refusal(
            "oidc_refused",
            f"Het inloggen is niet gelukt ({error.error}). Verwacht: probeer het opnieuw.",
            f"Signing in failed ({error.error}). Expected: try again.",
        ) from error
    except (HTTPError, ValidationError, KeyError, ValueError) as error:
        raise _provider_away() from error
    claims = token.get("userinfo") or {}
    address = str(claims.get("email", "")).lower()
    if not claims.get("email_verified", False) or not await knows(visit.site, address):
        raise Refusal(
            "not_known_here",
            f"{address or 'Dit account'} is hier niet bekend, of het adres is niet bevestigd. Verwacht: het adres "
            "waarop u de uitnodiging kreeg.",
            f"{address or 'This account'} is not known here, or its address is not verified. Expected: the address "
            "that was invited.",
        )
    goal, held = str(request.session.pop("goal", "/")), str(request.session.pop("held", ""))
    return await let_in(visit, address, Method.OIDC, goal, held=held)


def _provider_away() -> Unavailable:
    return Unavailable(
        "oidc_unavailable",
        "De inlogdienst is niet te bereiken. Verwacht: log in met een koppeling per mail.",
        "The sign-in service cannot be reached. Expected: sign in with a link by mail.",
    )
