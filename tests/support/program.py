"""A program that calls the JSON API over the application, with a token of someone."""

import uuid
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
from browsing import app_of

from models.accounts import ApiToken, Scope
from store import tokens
from store.engine import Database
from web.api.auth import PREFIX
from web.site import Site, digest, secret

ALL = tuple(Scope)


async def token_for(db: Database, email: str, scopes: Sequence[Scope] = ALL, *, days: int = 1) -> str:
    """Make a token of an address."""
    made, now = PREFIX + secret(), datetime.now(UTC)
    row = ApiToken(
        sha256=digest(made), id=uuid.uuid4().hex, email=email, name="test", scopes=[one.value for one in scopes],
        made_at=now, ends_at=now + timedelta(days=days),
    )  # fmt: skip
    await tokens.keep(db, row)
    return made


class Program:
    """Sends requests and says what it expects of the answer."""

    def __init__(self, site: Site, token: str = "") -> None:
        headers = {"authorization": f"Bearer {token}"} if token else {}
        transport = httpx.ASGITransport(app=app_of(site), raise_app_exceptions=False)
        self.http = httpx.AsyncClient(transport=transport, base_url="http://polder.test/api/v1", headers=headers)

    async def get(self, path: str, status: int = 200, **query: Any) -> Any:
        answer = await self.http.get(path, params=query or None)
        assert answer.status_code == status, f"{path}: {answer.status_code} {answer.text[:500]}"
        return answer.json()

    async def post(self, path: str, body: Any, status: int = 200, *, act: str = "") -> Any:
        headers = {"idempotency-key": act} if act else {}
        answer = await self.http.post(path, json=body, headers=headers)
        assert answer.status_code == status, f"{path}: {answer.status_code} {answer.text[:500]}"
        return answer.json()

    async def every(self, path: str, **query: Any) -> list[Any]:
        """All items of a list, part by part."""
        found, page = [], await self.get(path, **query)
        while True:
            found += page["items"]
            if page["next"] is None:
                return found
            page = await self.get(page["next"].removeprefix("/api/v1"))
