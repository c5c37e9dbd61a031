"""The activity that tells webhooks what happened: signed by Standard Webhooks, to public addresses, tried for a day."""

import asyncio
import ipaddress
import json
import socket
from collections.abc import Collection
from datetime import UTC, datetime, timedelta
from urllib.parse import quote, urlsplit

import httpx
from standardwebhooks.webhooks import Webhook as Signer
from temporalio import activity

from activities import names
from models.accounts import Delivery, DeliveryStatus, Webhook
from models.errors import Refusal
from models.hooks import Pace, Swept
from rules import access
from store import accounts, happenings, webhooks
from store.engine import Database

PATIENCE = 10.0
"""Seconds a receiver has to answer."""

AT_ONCE = 8
MOST_EVENTS = 200
"""Entries queued for one webhook in one look."""

GONE = 410
AGENT = "Polder-Webhooks/1"
MAIL_PORTS = {25, 465, 587}
NAT64 = ipaddress.IPv6Network("64:ff9b::/96")
UNICAST = ipaddress.IPv6Network("2000::/3")
"""All of IPv6 that is routed on the internet; addresses that hold a private IPv4 one in another way are not in it."""
PROTOCOL = ipaddress.IPv4Network("192.0.0.0/24")
"""Of the protocols themselves (RFC 6890), a part of which Python calls global."""


class Webhooks:
    """Queues events for each webhook and sends what is due.

    Args:
        db: the database.
        base_url: how people reach the pages, for the link to the covenant.
        operators: who watches every covenant.
        local: whether plain http and private addresses may be told; only for trying out.
    """

    def __init__(self, db: Database, base_url: str, operators: Collection[str] = (), *, local: bool = False) -> None:
        self.db, self.base_url, self.local = db, base_url.rstrip("/"), local
        self.operators = {one.lower() for one in operators}

    @activity.defn(name=names.TELL_WEBHOOKS)
    async def tell_webhooks(self, pace: Pace) -> Swept:
        """Look once. An event is sent at least once; receivers know it again by its `webhook-id`."""
        for hook in await webhooks.behind(self.db):
            await self._queue(hook)
        due = await webhooks.due(self.db, datetime.now(UTC))
        turn = asyncio.Semaphore(AT_ONCE)

        async def send(one: webhooks.Due) -> bool:
            async with turn:
                return await self._send(one, pace)

        delivered = sum(await asyncio.gather(*(send(one) for one in due)))
        return Swept(delivered=delivered, idle=not due and await webhooks.idle(self.db))

    # --- queueing ---

    async def _queue(self, hook: Webhook) -> None:
        """Queue what the owner may still see; who lost the place at the table is told no more."""
        now = datetime.now(UTC)
        seats = await accounts.seats(self.db, hook.email, hook.covenant)
        viewer = access.Viewer(hook.email, seats, operates=hook.email in self.operators)
        if not access.sees(viewer, access.Page.ACTIVITY):
            await webhooks.end(self.db, hook.id, now)
            return
        found = await happenings.happenings(
            self.db, hook.covenant, happenings.nobody, after=hook.after, limit=MOST_EVENTS
        )
        if found:
            rows = [self._delivery(hook, one, now) for one in found if not one.hidden]
            await webhooks.queue(self.db, hook.id, hook.after, found[-1].event.seq, rows)

    def _delivery(self, hook: Webhook, one: happenings.Happening, now: datetime) -> Delivery:
        row = one.event
        body = {
            "type": row.kind,
            "timestamp": row.at.isoformat(),
            "data": {
                "event": row.event,
                "kind": row.kind,
                "covenant": row.covenant,
                "at": row.at.isoformat(),
                "seq": row.seq,
                "actor": {"nl": one.who.nl, "en": one.who.en},
                "sentence": {"nl": one.sentence.nl, "en": one.sentence.en},
                "link": f"{self.base_url}/c/{quote(row.covenant)}",
            },
        }
        return Delivery(
            id=f"{hook.id}-{row.seq}", webhook=hook.id, kind=row.kind,
            body=json.dumps(body, ensure_ascii=False, separators=(",", ":")), status=DeliveryStatus.WAITING,
            made_at=now, next_at=now,
        )  # fmt: skip

    # --- sending ---

    async def _send(self, one: webhooks.Due, pace: Pace) -> bool:
        delivery, hook = one
        if hook.ended_at is not None:
            await webhooks.settle(self.db, delivery.id, status=DeliveryStatus.FAILED, problem="ended")
            return False
        code, problem = await self._post(delivery, hook)
        now = datetime.now(UTC)
        attempts = delivery.attempts + 1
        if problem is None:
            await webhooks.settle(
                self.db, delivery.id, status=DeliveryStatus.DELIVERED, attempts=attempts, code=code, problem=None,
                delivered_at=now,
            )  # fmt: skip
            return True
        waits = timedelta(seconds=min(pace.first * 2 ** min(attempts - 1, 30), pace.most))
        given_up = code == GONE or now + waits > delivery.made_at + timedelta(seconds=pace.patience)
        await webhooks.settle(
            self.db, delivery.id, status=DeliveryStatus.FAILED if given_up else DeliveryStatus.WAITING,
            attempts=attempts, code=code, problem=problem[:500], next_at=now + waits,
        )  # fmt: skip
        if code == GONE:  # the receiver says that it is no longer there (Standard Webhooks)
            await webhooks.end(self.db, hook.id, now)
        return False

    async def _post(self, delivery: Delivery, hook: Webhook) -> tuple[int | None, str | None]:
        """Send one event; return the status and what was wrong, if anything."""
        now = datetime.now(UTC)
        try:
            address = await reachable(hook.url, local=self.local)
        except Refusal as error:
            return None, error.code
        where = httpx.URL(hook.url)
        headers = {
            "host": where.netloc.decode(),
            "content-type": "application/json",
            "user-agent": AGENT,
            "webhook-id": delivery.id,
            "webhook-timestamp": str(int(now.timestamp())),
            "webhook-signature": Signer(hook.secret).sign(delivery.id, now, delivery.body),
        }
        try:
            async with (
                asyncio.timeout(PATIENCE),
                httpx.AsyncClient(follow_redirects=False, timeout=PATIENCE, trust_env=False) as client,
                client.stream(  # what it answers is not read: its status says all
                    "POST",
                    where.copy_with(host=address),  # the address that was checked, not another look-up
                    content=delivery.body.encode(),
                    headers=headers,
                    extensions={"sni_hostname": where.host},
                ) as answer,
            ):
                code = answer.status_code
                return code, None if answer.is_success else f"HTTP {code}"
        except (httpx.HTTPError, TimeoutError, OSError) as error:
            return None, type(error).__name__


async def reachable(url: str, *, local: bool) -> str:
    """Return the address to which a webhook's URL leads, when it may be told.

    Raises:
        Refusal: `webhook_url`, it is no https address; `webhook_unknown`, it leads nowhere; `webhook_private`, it
            leads into a private network.
    """
    host, port = _parts(url, local=local)
    try:
        found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise Refusal(
            "webhook_unknown",
            f"{host} is niet te vinden. Verwacht: een adres dat vanaf het internet te bereiken is.",
            f"{host} cannot be found. Expected: an address that can be reached from the internet.",
        ) from error
    addresses = [str(one[4][0]) for one in found]
    if not local and not all(_public(one) for one in addresses):
        raise Refusal(
            "webhook_private",
            f"{host} ligt in een besloten netwerk. Verwacht: een adres op het openbare internet.",
            f"{host} is in a private network. Expected: an address on the public internet.",
        )
    return addresses[0]


def _public(address: str) -> bool:
    """Whether an address is out in the open; of the ways to write an IPv4 address in IPv6, two can be."""
    ip = ipaddress.ip_address(address.partition("%")[0])
    if isinstance(ip, ipaddress.IPv6Address):
        if ip in NAT64:  # a gateway turns it into the IPv4 address at its end (RFC 6052)
            return _public(str(ipaddress.IPv4Address(int(ip) & 0xFFFFFFFF)))
        if ip not in UNICAST or (ip.sixtofour is not None and not _public(str(ip.sixtofour))):
            return False
    return ip.is_global and not ip.is_multicast and ip not in PROTOCOL


def _parts(url: str, *, local: bool) -> tuple[str, int]:
    try:
        parts = urlsplit(url)
        port = parts.port or (443 if parts.scheme == "https" else 80)
        httpx.URL(url)
    except (ValueError, httpx.InvalidURL):
        parts, port = urlsplit(""), 0
    schemes = {"https", "http"} if local else {"https"}
    if parts.scheme not in schemes or not parts.hostname or parts.username or parts.password or port in MAIL_PORTS:
        raise Refusal(
            "webhook_url",
            "Dit is geen adres voor een webhook. Verwacht: https://… zonder naam en wachtwoord erin.",
            "This is no address for a webhook. Expected: https://… without a name and password in it.",
        )
    return parts.hostname, port
