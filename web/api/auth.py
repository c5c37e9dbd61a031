"""Who calls the API: a token with scopes, or for reading the browser's own session."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Annotated

from fastapi import Depends, Header, Request
from limits import RateLimitItemPerMinute
from starlette.exceptions import HTTPException

from acts.carrying import new_act
from models.accounts import ApiToken, Scope
from models.errors import Forbidden, Refusal
from store import accounts, tokens
from web.site import digest
from web.visiting import SignInFirst, Visit, site_of, spoken, visit

PREFIX = "polder_"
PER_TOKEN = RateLimitItemPerMinute(600)
PER_STRANGER = RateLimitItemPerMinute(60)
TOO_MANY = 429
LONGEST_ACT = 200


@dataclass
class Caller(Visit):
    """A visit by a program."""

    token: ApiToken | None = None

    @property
    def email(self) -> str | None:
        """The address in whose name the program acts."""
        return self.token.email if self.token else super().email


async def calling(request: Request) -> Caller:
    """Find out who calls.

    Raises:
        SignInFirst: the token does not work, or there is neither token nor session.
        HTTPException: too many calls.
    """
    site, now = site_of(request), datetime.now(UTC)
    kind, _, given = request.headers.get("authorization", "").partition(" ")
    if kind:
        if kind.lower() != "bearer" or not given.strip().startswith(PREFIX):
            raise _no_token()
        token = await tokens.found(site.db, digest(given.strip()), now)
        if token is None:
            await _slowly(request, PER_STRANGER, f"stranger/{request.client.host if request.client else ''}")
            raise _no_token()
        account = await accounts.account(site.db, token.email)
        caller = Caller(request, site, spoken(request, account), now, None, account, token=token)
        await _slowly(request, PER_TOKEN, f"token/{token.id}")
    else:
        found = await visit(request)
        if found.session is None or request.method not in {"GET", "HEAD"}:
            raise _no_token()
        caller = Caller(request, site, found.language, now, found.session, found.account)
        await _slowly(request, PER_TOKEN, f"session/{found.session.sha256}")
    request.state.visit = caller
    return caller


async def _slowly(request: Request, limit: RateLimitItemPerMinute, who: str) -> None:
    limiter = site_of(request).limiter
    if not await limiter.hit(limit, "api", who):
        ends = (await limiter.get_window_stats(limit, "api", who)).reset_time
        wait = max(1, round(ends - datetime.now(UTC).timestamp()))
        raise HTTPException(TOO_MANY, headers={"retry-after": str(wait)})


def _no_token() -> SignInFirst:
    error = SignInFirst()
    error.code = "no_token"
    error.words = error.words.model_copy(
        update={
            "nl": "Wie bent u? Verwacht: een geldige sleutel in Authorization: Bearer polder_… (/account/tokens).",
            "en": "Who are you? Expected: a valid token in Authorization: Bearer polder_… (/account/tokens).",
        }
    )
    return error


def scoped(scope: Scope) -> Callable[[Caller], Awaitable[Caller]]:
    """Return a dependency that requires a scope; a browser's session has the scope to read."""

    async def check(caller: Annotated[Caller, Depends(calling)]) -> Caller:
        need_scope(caller, scope)
        return caller

    return check


def need_scope(caller: Caller, scope: Scope) -> None:
    """Require a scope of the token.

    Raises:
        Forbidden: `no_scope`.
    """
    has = set(caller.token.scopes) if caller.token else {Scope.READ.value}
    if scope.value not in has:
        raise Forbidden(
            "no_scope",
            f"Deze sleutel mag dit niet. Verwacht: een sleutel met '{scope.value}'.",
            f"This token may not do this. Expected: a token with '{scope.value}'.",
            {"scope": scope.value},
        )


def idempotent(
    key: Annotated[
        str | None,
        Header(
            alias="Idempotency-Key",
            max_length=LONGEST_ACT - 10,
            description="The id of the act: the same id counts once. Made, and returned as `event`, when absent.",
        ),
    ] = None,
) -> str:
    """Return the id of an act: the caller's, or a new one.

    Raises:
        Refusal: `bad_act_id`.
    """
    if key is None:
        return new_act()
    text = key.strip()
    if not text or any(not " " < one <= "~" for one in text):
        raise Refusal(
            "bad_act_id",
            "Verwacht in Idempotency-Key: letters, cijfers en leestekens zonder spaties.",
            "Expected in Idempotency-Key: letters, digits and punctuation without spaces.",
        )
    return text


Reading = Annotated[Caller, Depends(scoped(Scope.READ))]
Answering = Annotated[Caller, Depends(scoped(Scope.ANSWER))]
Steering = Annotated[Caller, Depends(scoped(Scope.STEER))]
ActId = Annotated[str, Depends(idempotent)]
