"""Signing and declining on the page, and what is kept of where a signature came from."""

from collections.abc import Awaitable, Callable

import pytest
from browsing import Browser
from lives import at_signing
from table import Table
from tasking import opened

from models.enums import TaskKind
from store import contents, views
from store.evidence import evidence
from web.rendering import task_url

pytestmark = pytest.mark.asyncio(loop_scope="session")
SignIn = Callable[..., Awaitable[Browser]]
REASON = "Our members voted <b>no</b>."


@pytest.mark.slow(20)
async def test_a_party_declines_and_another_signs_with_where_it_came_from(table: Table, sign_in: SignIn) -> None:
    await at_signing(table)
    waiting = await table.waiting()
    trade, shops = await sign_in("trade@example.org"), await sign_in("shops@example.org")
    page = await opened(trade, waiting["trade"])
    empty = await trade.send(page.form(having="why-not"), {"do": "decline"}, status=422)
    assert empty.problems == ["Write why not."]
    done = await trade.send(empty.form(having="why-not"), {"why-not": REASON, "do": "decline"})
    assert "Does not sign" in done.text
    assert "Our members voted <b>no</b>." in done.text
    assert "<b>no</b>" not in done.html
    assert (
        "trade (en) does not take part"
        in (await (await sign_in("union@example.org")).get(f"/c/{table.slug}/activity")).text
    )
    await table.settle()
    fay = await sign_in("fay@example.org")
    decision = (await table.waiting())["facilitator"]
    assert decision.kind is TaskKind.DECISION
    assert "does not sign. Reason: Our members voted" in (await fay.get(task_url(decision.id))).text
    assert "declined" not in (await (await sign_in("firm-2@example.org")).get(f"/c/{table.slug}")).text

    task = waiting["shops"]
    page = await opened(shops, task)
    ask = next(form for form in page.forms() if form.names == {"act", "do"})
    asked = await shops.send(ask, {"do": "code"})
    shops.http.headers["user-agent"] = "Phone/1 \x01<x>"
    signs = {"code": await table.mailed_code(task), "name": "shops lead", "confirm": str(task.text_sha), "do": "answer"}
    form = asked.form(having="code")
    answers = [await shops.http.post(form.action, data={**form.values(), **signs}) for _ in range(2)]
    assert [one.status_code for one in answers] == [200, 200], "sent twice it is one signature"
    signed = next(
        change
        for event in reversed(await views.events(table.db, table.slug, limit=10_000))
        for change in event.data["changes"]
        if change["change"] == "signed"
    )
    assert signed["party"] == "shops"
    kept = await contents.get(table.db, signed["trace_sha"])
    assert b"Phone/1 <x>" in kept
    assert b"salt" in kept
    rows = (await evidence(table.db, table.slug, await table.now())).rows
    origins = {one.known_as: one.origin for one in rows}
    assert origins["shops lead"] == "127.0.0.1, Phone/1 <x>"
    assert origins["union lead"] is None, "it did not come by the site"
