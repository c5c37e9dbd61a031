"""The board of a signing and the acts on its requests: by page, by the API, on the command line, and by whom."""

import asyncio
import json
from collections.abc import Awaitable, Callable
from datetime import date
from typing import Any

import pytest
from browsing import Browser
from lives import to_signing
from program import Program, token_for
from table import Table
from tasking import due, opened

from cli.main import run
from models.enums import TaskStatus
from rules.calendar import add_working_days, local_date
from web.site import Site

pytestmark = pytest.mark.asyncio(loop_scope="session")
SignIn = Callable[..., Awaitable[Browser]]
PLAN: list[dict[str, Any]] = [
    {"members": [{"who": "unions"}, {"who": "chair", "role": "witness"}], "days": 5},
    {"members": [{"who": "business"}, {"who": "participants"}]},
]
WHY = "because of <b>reasons</b>"


async def steered(browser: Browser, path: str, fields: dict[str, Any]) -> None:
    """Fill in a steering act, look at what it would do, and confirm."""
    page = await browser.get(path)
    shown = await browser.send(page.form(having="reason"), {**fields, "reason": WHY})
    await browser.send(shown.form(having="seen"), {"intent": "confirm"})


@pytest.mark.slow(30)
async def test_the_board_shows_whose_turn_it_is_and_requests_are_acted_on(
    table: Table, sign_in: SignIn, site: Site, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    await to_signing(table, PLAN)
    slug, tasks = table.slug, await table.waiting()
    lead, firm = await sign_in("union@example.org"), await sign_in("firm-2@example.org")
    nobody = Browser(site)
    page = await lead.get(f"/c/{slug}/signing")
    assert "0 of 4 parties" in page.heading + page.text
    assert "Group 1: its turn" in page.text
    assert "Group 2: its turn comes later" in page.text
    assert '<noscript><meta http-equiv="refresh" content="15"></noscript>' in page.html
    assert "http-equiv" not in (await lead.get(f"/c/{slug}/signing?still=1")).html

    shops = await sign_in("shops@example.org")
    await shops.get(f"/tasks/{slug}/signing/shops", 404)  # a link of a later group, however they came by it

    # a colleague signs instead
    task = await opened(lead, tasks["union"])
    empty = await lead.send(task.form(having="pass-to"), {"do": "pass"}, status=422)
    assert set(empty.problems) == {"Write why.", "Choose a colleague."}
    await lead.send(empty.form(having="pass-to"), {"do": "pass", "pass-to": "union-director", "pass-why": WHY})
    await table.settle()
    assert "You passed signing on to a colleague." in (await opened(lead, tasks["union"])).text
    assert await due(lead, slug) == []
    director = await sign_in("director@example.org")
    asked = await opened(director, tasks["union"])
    code = await director.send(next(one for one in asked.forms() if one.names == {"act", "do"}), {"do": "code"})
    signs = {
        "code": await table.mailed_code(tasks["union"]), "name": "union director", "do": "answer",
        "confirm": str(tasks["union"].text_sha),
    }  # fmt: skip
    await director.send(code.form(having="code"), signs)
    await table.settle()
    after = await lead.get(f"/c/{slug}/signing")
    assert "1 of 4 parties" in after.text
    assert "union director" in after.text
    assert "with a code by mail" in after.text
    to_firm = (await firm.get(f"/c/{slug}/signing")).text
    assert "1 of 4 parties" in to_firm
    assert "union director" not in to_firm, "a company sees what everybody sees"
    answer = await nobody.http.get(f"/register/{slug}/signing")
    assert (answer.status_code, answer.headers["refresh"]) == (200, "15")
    assert "union (en)" in answer.text
    assert "union director" not in answer.text, "people are named to the table only"
    still = await nobody.http.get(f"/register/{slug}/signing?still=1")
    assert "refresh" not in still.headers

    last = add_working_days(local_date(await table.now()), 3)
    await _steered_by_page(table, sign_in, lead, last)
    await _by_programs(table, site, last)
    await _on_the_command_line(table, capsys, monkeypatch, last)
    await table.advance(1)
    assert (await table.steps())["signing"] == "failed"
    over = (await lead.get(f"/c/{slug}/signing")).text
    assert "The signing ended without a covenant: 1 of the 4 parties had signed." in over
    assert "the text is sealed" not in over
    public = (await nobody.get(f"/register/{slug}/signing")).text
    assert "nothing is signed any more" in public
    assert "comes into the register" not in public


async def _steered_by_page(table: Table, sign_in: SignIn, lead: Browser, last: date) -> None:
    """The facilitator cancels a witness and asks again; nobody else may."""
    slug, chair = table.slug, f"{table.slug}/signing.witness/chair"
    fay = await sign_in("fay@example.org")
    await lead.get(f"/c/{slug}/steer/cancel-signing", 403)
    await steered(fay, f"/c/{slug}/steer/cancel-signing", {"task": chair})
    await table.settle()
    assert (await table.task("signing.witness/chair")).status is TaskStatus.VOID
    await steered(fay, f"/c/{slug}/steer/ask-again", {"task": chair, "due": last.isoformat()})
    await table.settle()
    assert (await table.task("signing.witness/chair")).status is TaskStatus.OPEN


async def _by_programs(table: Table, site: Site, last: date) -> None:
    slug = table.slug
    trade, guild, own = [
        Program(site, await token_for(site.db, f"{one}@example.org")) for one in ("trade", "guild", "fay")
    ]
    board = await trade.get(f"/covenants/{slug}/signing")
    assert [(one["state"], [place["state"] for place in one["places"]]) for one in board["groups"]] == [
        ("now", ["done", "asked", "asked"]), ("later", ["later", "later"]),
    ]  # fmt: skip
    assert board["meter"]["met"]
    at = f"/tasks/{slug}/signing/guild"
    await trade.post(f"{at}/pass-on", {"to": "guild-aide", "reason": WHY}, 403)
    told = await guild.post(f"{at}/pass-on", {"to": "guild-aide", "reason": WHY}, 422)
    assert told["error"]["code"] == "no_mandate_to_sign"
    await guild.post(f"{at}/cancel", {"reason": WHY}, 403)
    await guild.post(f"/covenants/{slug}/signing/cancel", {"reason": WHY}, 403)
    assert (await own.post(f"{at}/cancel", {"reason": WHY}, 422))["error"]["code"] == "party_must_sign"
    again = await own.post(f"{at}/ask-again", {"due": last.isoformat(), "reason": WHY}, 422)
    assert again["error"]["code"] == "nothing_expired"


async def _on_the_command_line(
    table: Table, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, last: date
) -> None:
    slug, chair, guild = table.slug, f"{table.slug}/signing.witness/chair", f"{table.slug}/signing/guild"
    state = str(table.settings.state)
    monkeypatch.setenv("POLDER_TEMPORAL_PORT", str(table.settings.temporal_port))

    async def polder(*args: str) -> tuple[int, str]:
        code = await asyncio.to_thread(run, [*args, "--state", state])
        said = capsys.readouterr()
        return code, said.out + said.err

    code, shown = await polder("signing", "show", slug)
    assert code == 0
    assert "1 of the 4 parties signed" in shown
    assert json.loads((await polder("signing", "show", slug, "--json"))[1])["signed"] == 1
    pass_on = ("signing", "pass-on", guild, "--as", "guild-lead", "--to", "union-lead", "--reason", "is ill")
    code, shown = await polder(*pass_on)
    assert code != 0
    assert "has no mandate of guild (en)" in shown
    code, shown = await polder("signing", "cancel", slug, "--task", chair, "--reason", "not needed after all")
    assert code == 0, shown
    again = ("signing", "ask-again", chair, "--due", last.isoformat(), "--reason", "needed after all")
    assert (await polder(*again))[0] == 0
    assert (await polder("signing", "cancel", slug, "--reason", "the ministry asks for time"))[0] == 0
    await table.settle()
