"""Setting the day on which everybody signs: by page, by the API, on the command line; what a signatory then reads."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import datetime, time

import pytest
from browsing import Browser
from lives import to_signing
from program import Program, token_for
from table import Table
from tasking import opened

from cli.main import run
from rules.calendar import AMSTERDAM, add_working_days, local_date
from store import signing
from web.site import Site

pytestmark = [pytest.mark.asyncio(loop_scope="session"), pytest.mark.slow(20)]
SignIn = Callable[..., Awaitable[Browser]]


async def test_a_signing_day_is_set_moved_and_taken_back(
    table: Table, sign_in: SignIn, site: Site, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    await to_signing(table)
    slug, path = table.slug, f"/c/{table.slug}/steer/signing-day"
    fay, union = await sign_in("fay@example.org"), await sign_in("union@example.org")
    await union.get(path, 403)
    day = add_working_days(local_date(await table.now()), 3)
    page = await fay.get(path)
    empty = await fay.send(page.form(having="reason"), {"intent": "preview", "from": "ten"}, status=422)
    assert len(empty.problems) >= 3
    typed = {"day": day.isoformat(), "from": "14:00", "until": "10:00", "reason": "The minister comes."}
    wrong = await fay.send(empty.form(having="reason"), {**typed, "intent": "preview"}, status=422)
    assert any("later on the same day" in one for one in wrong.problems)
    shown = await fay.send(wrong.form(having="reason"), {"from": "09:00", "intent": "preview"})
    assert "from 09:00 to 10:00 (Dutch time)" in shown.text
    await fay.send(shown.form(having="seen"), {"intent": "confirm"})
    await table.settle()
    assert "Signing day:" in (await union.get(f"/c/{slug}/signing")).text
    task = await opened(union, (await table.waiting())["union"])
    assert "Signing day: signing begins on" in task.text

    program = Program(site, await token_for(site.db, "fay@example.org"))
    at = f"/covenants/{slug}/signing/day"
    hours = [datetime.combine(day, time(hour), AMSTERDAM) for hour in (11, 15)]
    body = {"start": hours[0].isoformat(), "until": hours[1].isoformat(), "reason": "The minister is later."}
    other = Program(site, await token_for(site.db, "union@example.org"))
    assert (await other.post(at, body, 403))["error"]["code"]
    assert (await program.post(at, {**body, "until": None}, 422))["error"]["code"] == "hours_wanted"
    await program.post(at, body)
    await table.settle()
    board = await program.get(f"/covenants/{slug}/signing")
    assert [datetime.fromisoformat(board[name]) for name in ("starts", "ends")] == hours

    monkeypatch.setenv("POLDER_TEMPORAL_PORT", str(table.settings.temporal_port))

    async def polder(*args: str) -> tuple[int, str]:
        code = await asyncio.to_thread(run, [*args, "--state", str(table.settings.state)])
        said = capsys.readouterr()
        return code, said.out + said.err

    code, said = await polder("signing", "day", slug, "--from", f"{day}T13:00", "--off", "--reason", "unclear")
    assert code != 0
    assert "--off" in said
    code, said = await polder("signing", "day", slug, "--off", "--reason", "the minister does not come")
    assert code == 0, said
    assert (await signing.board(table.db, slug)).starts is None
    code, said = await polder(
        "signing", "day", slug, "--from", f"{day}T13:00", "--until", f"{day}T15:00", "--reason", "after all"
    )
    assert code == 0, said
    await table.settle()
    found = (await signing.board(table.db, slug)).starts
    assert found is not None
    assert found.astimezone(AMSTERDAM).hour == 13
    assert "from 13:00 to 15:00 (Dutch time)" in (await polder("signing", "show", slug))[1]
