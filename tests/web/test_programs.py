"""Tokens and webhooks on their pages, and webhooks told to a real receiver."""

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

import pytest
import pytest_asyncio
from aiohttp import web
from browsing import Browser
from ports import free_port
from program import Program
from standardwebhooks.webhooks import Webhook as Verifier
from table import Table

from activities.webhooks import reachable
from acts.hooking import start_webhooks
from models import contracts as c
from models import ids
from models.accounts import DeliveryStatus
from models.enums import Lane
from models.errors import Refusal
from models.hooks import Pace
from store import comments, webhooks
from web.site import Site

pytestmark = pytest.mark.asyncio(loop_scope="session")
SignIn = Callable[..., Awaitable[Browser]]

QUICK = Pace(look=0.1, first=0.2, most=0.2, patience=60)


@dataclass
class Receiver:
    """A server that notes what it is told, and answers as the test wants."""

    url: str
    answers: list[int] = field(default_factory=list)
    told: list[tuple[dict[str, str], bytes]] = field(default_factory=list)
    heard: asyncio.Condition = field(default_factory=asyncio.Condition)

    async def take(self, request: web.Request) -> web.Response:
        async with self.heard:
            self.told.append((dict(request.headers), await request.read()))
            status = self.answers.pop(0) if self.answers else 204
            self.heard.notify_all()
        headers = {"location": "http://127.0.0.1:1/"} if status == 302 else {}
        return web.Response(status=status, headers=headers)

    async def number(self, count: int) -> list[tuple[dict[str, str], bytes]]:
        """Wait until so many messages came."""
        async with self.heard, asyncio.timeout(40):
            await self.heard.wait_for(lambda: len(self.told) >= count)
        return self.told


@pytest_asyncio.fixture(loop_scope="session")
async def receiver() -> AsyncIterator[Receiver]:
    port = free_port()
    made = Receiver(f"http://127.0.0.1:{port}/hook")
    app = web.Application()
    app.router.add_post("/hook", made.take)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", port).start()
    yield made
    await runner.cleanup()


# --- tokens -----------------------------------------------------------------------------------------------------------


async def test_a_token_is_shown_once_and_can_be_revoked(still: Table, site: Site, sign_in: SignIn) -> None:
    browser = await sign_in("guild@example.org")
    form = (await browser.get("/account/tokens")).form("/account/tokens", having="scopes")
    made = await browser.send(form, {"name": f"archive {still.slug}", "scopes": ["read"], "days": "30"})
    token = next(code.get_text() for code in made.soup.find_all("code") if code.get_text().startswith("polder_"))
    assert (await Program(site, token).get("/me"))["email"] == "guild@example.org"
    listed = await browser.get("/account/tokens")
    assert token not in listed.html
    assert "never yet" not in listed.text.partition(still.slug)[2][:80]
    revoking = [one for one in listed.forms("/account/tokens") if "revoke" in one.names]
    button = revoking[0].tag.find("button")
    assert button is not None
    await browser.http.post("/account/tokens", data={"revoke": button["value"]})
    await Program(site, token).get("/me", 401)


@pytest.mark.usefixtures("still")
async def test_what_is_wrong_with_a_token_is_said_at_its_field(browser: Browser, sign_in: SignIn) -> None:
    mine = await sign_in("guild@example.org")
    form = (await mine.get("/account/tokens")).form("/account/tokens", having="scopes")
    page = await mine.send(form, {"name": "", "days": "4000"}, drop=("scopes",), status=422)
    assert len(page.problems) == 3
    assert page.form("/account/tokens", having="days").values()["days"] == ["4000"]
    refused = await mine.http.post("/account/tokens", data={"revoke": "somebody-else"})
    assert refused.status_code == 404
    assert (await browser.get("/account/tokens")).heading == "Sign in"


# --- webhooks ---------------------------------------------------------------------------------------------------------


async def make(browser: Browser, site: Site, table: Table, url: str) -> tuple[str, str]:
    """Make a webhook on its page; return its id and secret."""
    form = (await browser.get("/account/webhooks")).form("/account/webhooks", having="url")
    made = await browser.send(form, {"covenant": table.slug, "url": url})
    secret = next(code.get_text() for code in made.soup.find_all("code") if code.get_text().startswith("whsec_"))
    (hook,) = [one for one in await webhooks.of(site.db, browser_email(made.text)) if one.covenant == table.slug]
    assert secret not in (await browser.get("/account/webhooks")).html
    return hook.id, secret


def browser_email(text: str) -> str:
    return next(word.strip(".") for word in text.split() if word.endswith(("@example.org", "@example.org.")))


async def quickly(table: Table) -> None:
    """Let the webhooks be told at a test's pace."""
    handle = table.client.get_workflow_handle(ids.WEBHOOKS)
    await handle.terminate("a quicker one follows")
    await start_webhooks(table.client, table.settings.task_queue, QUICK)


async def pause(table: Table, *, resume: bool = False) -> None:
    act = c.Hold(act=f"hold-{table.slug}-{resume}", actor=c.Actor(person="fay"), reason="elections", resume=resume)
    await table.steer("hold", act)


async def settled(site: Site, hook: str, status: DeliveryStatus) -> Any:
    """Wait until the only delivery of a webhook has a status."""
    async with asyncio.timeout(30):
        while True:
            found = await webhooks.deliveries(site.db, hook)
            if found and found[-1].status is status:
                return found[-1]
            await asyncio.sleep(0.05)


async def test_a_message_is_signed_tried_again_and_told_in_a_sentence(
    table: Table, site: Site, sign_in: SignIn, receiver: Receiver
) -> None:
    await table.launch()
    browser = await sign_in("trade@example.org")
    hook, secret = await make(browser, site, table, receiver.url)
    await quickly(table)
    receiver.answers = [500, 302]
    await pause(table)
    told = await receiver.number(3)
    assert len({headers["webhook-id"] for headers, _ in told}) == 1
    headers, body = told[-1]
    message = Verifier(secret).verify(body, headers)
    assert message["type"] == "paused"
    data = message["data"]
    assert (data["covenant"], data["actor"]["en"], data["kind"]) == (table.slug, "facilitator", "paused")
    assert data["sentence"]["nl"].endswith(".")
    assert data["link"].endswith(f"/c/{table.slug}")
    assert "fay" not in json.dumps({**message, "event": ""}).lower()
    done = await settled(site, hook, DeliveryStatus.DELIVERED)
    assert (done.attempts, done.code) == (3, 204)
    log = await browser.get(f"/account/webhooks/{hook}")
    assert "delivered" in log.text

    await browser.send(next(one for one in log.forms() if "resend" in one.names), {"resend": done.id})
    told = await receiver.number(4)
    assert told[-1][0]["webhook-id"] == done.id
    Verifier(secret).verify(told[-1][1], told[-1][0])
    other = await sign_in("shops@example.org")
    await other.get(f"/account/webhooks/{hook}", 404)
    assert (await other.http.post(f"/account/webhooks/{hook}", data={"resend": done.id})).status_code == 404
    assert (await other.http.post("/account/webhooks", data={"end": hook})).status_code == 404
    await browser.http.post("/account/webhooks", data={"end": hook})
    assert hook not in (await browser.get("/account/webhooks")).html


async def test_a_receiver_that_is_gone_ends_its_webhook(
    table: Table, site: Site, sign_in: SignIn, receiver: Receiver
) -> None:
    await table.launch()
    browser = await sign_in("trade@example.org")
    hook, _ = await make(browser, site, table, receiver.url)
    await quickly(table)
    receiver.answers = [410]
    await pause(table)
    failed = await settled(site, hook, DeliveryStatus.FAILED)
    assert failed.code == 410
    await pause(table, resume=True)
    assert (await webhooks.webhook(site.db, hook, "trade@example.org")).ended_at is not None
    assert "ended on" in (await browser.get(f"/account/webhooks/{hook}")).text
    assert len(receiver.told) == 1


async def test_what_a_lane_hides_is_told_to_nobody(
    table: Table, site: Site, sign_in: SignIn, receiver: Receiver
) -> None:
    await table.launch()
    browser = await sign_in("trade@example.org")
    await make(browser, site, table, receiver.url)
    await quickly(table)
    for lane in (Lane.DELEGATION, Lane.TABLE):
        sha = await comments.put(table.db, f"said in {lane}")
        actor = c.Actor(person="trade-lead")
        act = c.Comment(act=f"{lane}-{table.slug}", actor=actor, clause="wage", lane=lane, text_sha=sha)
        await table.steer("comment", act)
    await pause(table)
    told = [json.loads(body)["data"]["event"] for _, body in await receiver.number(2)]
    assert sorted(told) == sorted([f"table-{table.slug}", f"hold-{table.slug}-False"])


@pytest.mark.parametrize(
    ("url", "code"),
    [
        ("http://example.org/hook", "webhook_url"),
        ("ftp://example.org/", "webhook_url"),
        ("https://name:word@example.org/", "webhook_url"),
        ("https://example.org:25/", "webhook_url"),
        ("https://[::1/", "webhook_url"),
        ("https://127.0.0.1/", "webhook_private"),
        ("https://localhost/", "webhook_private"),
        ("https://10.1.2.3/", "webhook_private"),
        ("https://169.254.169.254/latest/meta-data", "webhook_private"),
        ("https://[::1]/", "webhook_private"),
        ("https://[::ffff:127.0.0.1]/", "webhook_private"),
        ("https://[64:ff9b::7f00:1]/", "webhook_private"),
        ("https://[64:ff9b:1::7f00:1]/", "webhook_private"),
        ("https://[::127.0.0.1]/", "webhook_private"),
        ("https://[::ffff:0:127.0.0.1]/", "webhook_private"),
        ("https://[2002:7f00:1::]/", "webhook_private"),
        ("https://192.0.0.8/", "webhook_private"),
        ("https://[fd00::1]/", "webhook_private"),
        ("https://0/", "webhook_private"),
        ("https://2130706433/", "webhook_private"),
        ("https://nowhere.invalid/", "webhook_unknown"),
    ],
)
async def test_no_webhook_leads_into_a_private_network(url: str, code: str) -> None:
    with pytest.raises(Refusal) as refused:
        await reachable(url, local=False)
    assert refused.value.code == code


async def test_a_webhook_may_lead_to_the_internet() -> None:
    for url in ("https://93.184.216.34/", "https://[2606:2800:220:1::1]/", "https://[64:ff9b::5db8:d822]/"):
        assert await reachable(url, local=False) in url


async def test_a_webhook_for_someone_elses_covenant_is_refused(still: Table, sign_in: SignIn) -> None:
    union = await (await sign_in("union@example.org")).get("/account/webhooks")
    choices = [one.get_text() for one in union.soup.select("#covenant option")]
    assert any(one.endswith(f"({still.slug})") for one in choices)  # equal titles are told apart
    browser = await sign_in("firm-1@example.org")
    answer = await browser.http.post("/account/webhooks", data={"covenant": still.slug, "url": "http://127.0.0.1/"})
    assert answer.status_code == 403
    page = await browser.http.post("/account/webhooks", data={"covenant": "", "url": ""})
    assert page.status_code == 422
