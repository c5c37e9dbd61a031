"""Every act on the process by its form: shown first, then done; refused at its field, with nothing typed lost."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import date, timedelta

import pytest
import pytest_asyncio
from browsing import Browser, Shown
from lives import Engine, table_on
from table import Table

from rules.calendar import add_working_days, local_date
from store import standing as reads
from store import views

pytestmark = pytest.mark.asyncio(loop_scope="session")
SignIn = Callable[..., Awaitable[Browser]]
Typed = dict[str, str | list[str]]
WHY = "because of <b>reasons</b>"


async def ask(browser: Browser, path: str, changes: Typed, status: int = 200) -> Shown:
    """Fill in the form of an act and look at what it would do."""
    page = await browser.get(path)
    return await browser.send(
        page.form(having="reason"), {"reason": WHY, **changes, "intent": "preview"}, status=status
    )


async def confirm(browser: Browser, shown: Shown, status: int = 200) -> Shown:
    return await browser.send(shown.form(having="seen"), {"intent": "confirm"}, status=status)


async def later(table: Table, days: int) -> date:
    return add_working_days(local_date(await table.now()), days)


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def busy(engine: Engine) -> Table:
    """A covenant in its first step: one test has it paused and resumed, the others are each about another party."""
    table = table_on(engine)
    await table.launch()
    return table


async def test_a_term_is_extended_once_it_was_seen_and_confirmed(table: Table, sign_in: SignIn) -> None:
    await table.launch()
    fay, path = await sign_in("fay@example.org"), f"/c/{table.slug}/steer/extend"
    refused = await ask(fay, path, {"due": "2020-01-01"}, status=422)
    assert "not after today" in refused.problems[0]
    assert refused.form(having="reason").values()["reason"] == [WHY]
    assert refused.soup.select_one("#due-error") is not None
    due = await later(table, 30)
    shown = await ask(fay, path, {"due": due.isoformat()})
    assert "4 tasks get" in shown.text
    before = (await table.waiting())["union"]
    assert local_date(before.due_at) < due  # nothing has happened yet
    done = await confirm(fay, shown)
    assert done.url.endswith("/steer?done=1")
    await table.settle()
    assert {local_date(task.due_at) for task in (await table.waiting()).values()} == {due}
    again = await confirm(fay, shown)  # pressed again after the back button
    assert again.url.endswith("/steer?done=1")
    await table.settle()
    assert (await table.kinds()).count("due_extended") == 1


async def test_chosen_tasks_only_by_a_link_from_the_list(busy: Table, sign_in: SignIn) -> None:
    sec = await sign_in("sec@example.org")
    task = (await busy.waiting())["guild"]
    wheel = await sec.get(f"/c/{busy.slug}/steer")
    link = next(str(a["href"]) for a in wheel.soup.select('a[href*="/steer/extend?"]') if "guild" in str(a["href"]))
    due = await later(busy, 40)
    shown = await ask(sec, link, {"due": due.isoformat()})
    assert "1 task gets" in shown.text
    await confirm(sec, shown)
    await busy.settle()
    found = await busy.waiting()
    assert [name for name, one in found.items() if local_date(one.due_at) == due] == ["guild"]
    none = await ask(sec, f"/c/{busy.slug}/steer/extend", {"due": due.isoformat(), "scope": "chosen"}, status=422)
    assert none.problems == ["Choose at least one task."]
    assert task.id in none.html


async def test_changing_something_after_the_preview_shows_it_anew(still: Table, sign_in: SignIn) -> None:
    fay, due = await sign_in("fay@example.org"), await later(still, 30)
    shown = await ask(fay, f"/c/{still.slug}/steer/extend", {"due": due.isoformat()})
    other = await later(still, 31)
    anew = await fay.send(shown.form(having="seen"), {"due": other.isoformat(), "intent": "confirm"})
    assert "You changed something" in anew.text
    assert "due_extended" not in await still.kinds()


async def test_a_ladder_is_paused_and_resumed(busy: Table, sign_in: SignIn) -> None:
    fay, task = await sign_in("fay@example.org"), (await busy.waiting())["shops"]
    path = f"/c/{busy.slug}/steer/ladder?task={task.id}"
    refused = await ask(fay, path, {"what": "resume"}, status=422)
    assert refused.problems == ["The ladder is not paused."]
    shown = await ask(fay, path, {"what": "pause"})
    assert "climbed no further" in shown.text
    await confirm(fay, shown)
    await busy.settle()
    assert (await busy.waiting())["shops"].ladder_held == WHY
    assert "ladder paused: because of <b>reasons</b>" in (await fay.get(f"/c/{busy.slug}/steer")).text
    await confirm(fay, await ask(fay, path, {"what": "resume"}))
    await busy.settle()
    assert (await busy.waiting())["shops"].ladder_held is None


async def test_a_step_is_inserted_with_its_mistakes_at_their_fields(table: Table, sign_in: SignIn) -> None:
    await table.launch()
    fay, path = await sign_in("fay@example.org"), f"/c/{table.slug}/steer/insert?after=principles"
    typed: Typed = {"title_nl": "Nulmeting", "title_en": "Baseline", "kind": "task", "respondents": ["secretariat"]}
    refused = await ask(
        fay, path, {**typed, "title_nl": "", "duration": "0", "reminders": "five", "key": "Not a key"}, status=422
    )
    assert refused.soup.select_one("#reminders-error") is not None
    refused = await ask(fay, path, {**typed, "title_nl": "", "duration": "0", "key": "Not a key"}, status=422)
    for field in ("title_nl", "duration", "key"):
        assert refused.soup.select_one(f"#{field}-error") is not None, field
    kept = refused.form(having="reason").values()
    assert (kept["title_en"], kept["key"], kept["respondents"]) == (["Baseline"], ["Not a key"], ["secretariat"])
    refused = await ask(
        fay,
        path,
        {**typed, "rule": "majority", "threshold": "3/2", "key": "", "duration": "20", "reminders": "-5, 0, 5"},
        status=422,
    )
    assert refused.soup.select_one("#threshold-error") is not None
    refused = await ask(fay, path, {**typed, "kind": "task", "rule": "consent", "threshold": ""}, status=422)
    assert "decides nothing" in refused.soup.select_one("#rule-error").get_text()  # type: ignore[union-attr]
    refused = await ask(fay, path, {**typed, "rule": "", "phase": "implementation"}, status=422)
    assert "does not fit behind" in refused.soup.select_one("#phase-error").get_text()  # type: ignore[union-attr]
    refused = await ask(fay, path, {**typed, "phase": "", "key": "talks"}, status=422)
    assert "already has a step" in refused.soup.select_one("#key-error").get_text()  # type: ignore[union-attr]
    old = {step.key: step for step in (await views.view(table.db, table.slug)).steps}
    shown = await ask(fay, path, {**typed, "key": ""})
    assert "comes after" in shown.text
    assert "Dates that change" in shown.text
    await confirm(fay, shown)
    await table.settle()
    steps = {step.key: step for step in (await views.view(table.db, table.slug)).steps}
    assert list(steps)[:3] == ["principles", "baseline", "talks"]
    assert steps["talks"].planned_start > old["talks"].planned_start
    plan = {one.key: one for one in await reads.plan(table.db, table.slug)}
    assert plan["baseline"].step.reminders == [-5, 0, 5]  # the playbook's own
    assert {one.key: (one.planned_start, one.planned_end) for one in plan.values()} == {
        key: (step.planned_start, step.planned_end) for key, step in steps.items()
    }


async def test_a_planned_step_is_rescheduled_skipped_and_one_that_is_over_repeated(
    table: Table, sign_in: SignIn
) -> None:
    await table.launch()
    fay, home = await sign_in("fay@example.org"), f"/c/{table.slug}/steer"
    early = (await table.now()).date() + timedelta(days=1)
    refused = await ask(fay, f"{home}/reschedule?step=talks", {"due": early.isoformat()}, status=422)
    assert "lies before the start" in refused.soup.select_one("#due-error").get_text()  # type: ignore[union-attr]
    due = await later(table, 80)
    await confirm(fay, await ask(fay, f"{home}/reschedule?step=talks", {"due": due.isoformat()}))
    await table.settle()
    row = next(step for step in (await views.view(table.db, table.slug)).steps if step.key == "talks")
    assert row.planned_end == due
    page = await fay.get(f"/c/{table.slug}")
    assert "Moved from" in page.text
    assert "<b>reasons</b>" in page.text
    assert "<b>reasons</b>" not in page.html
    refused = await ask(fay, f"{home}/repeat?step=principles", {}, status=422)
    assert refused.problems == ["Choose a step."]  # it is not over: the list does not offer it
    await table.approve()
    await table.settle()
    refused = await ask(fay, f"{home}/repeat", {"step": "principles"}, status=422)
    assert "has already started" in refused.soup.select_one("#step-error").get_text()  # type: ignore[union-attr]
    shown = await ask(fay, f"{home}/skip", {"step": "ratification"})
    assert "is not done" in shown.text
    await confirm(fay, shown)
    await table.settle()
    assert (await table.steps())["ratification"] == "skipped"
    gone = await ask(fay, f"{home}/skip", {"step": "no-such-step"}, status=422)
    assert "has no step" in gone.problems[0]


async def test_a_failed_step_is_repeated(table: Table, sign_in: SignIn) -> None:
    await table.launch()
    await table.advance(90)  # nobody answers: the ladder ends and the step fails
    fay = await sign_in("fay@example.org")
    shown = await ask(fay, f"/c/{table.slug}/steer/repeat?step=principles", {})
    assert "is done once more" in shown.text
    await confirm(fay, shown)
    await table.settle()
    assert "principles-2" in await table.steps()


async def test_the_covenant_is_paused_and_resumed(busy: Table, sign_in: SignIn) -> None:
    ops, home = await sign_in("ops@example.org"), f"/c/{busy.slug}/steer"
    refused = await ask(ops, f"{home}/resume", {}, status=422)
    assert refused.problems == ["The covenant is not paused."]
    short = await ask(ops, f"{home}/pause", {"reason": "x"}, status=422)
    assert short.problems == ["Write at least three characters."]
    shown = await ask(ops, f"{home}/pause", {})
    both = await asyncio.gather(confirm(ops, shown), confirm(ops, shown))  # a double click
    assert {page.url.rpartition("/")[2] for page in both} == {"steer?done=1"}
    await busy.settle()
    assert (await views.covenant(busy.db, busy.slug)).status == "paused"
    assert (await busy.kinds()).count("paused") == 1
    await confirm(ops, await ask(ops, f"{home}/resume", {}))
    await busy.settle()
    assert (await views.covenant(busy.db, busy.slug)).status == "talks"
    await ops.get(f"{home}/end", status=403)
    await ops.get(f"{home}/insert", status=403)


async def test_a_party_withdraws_itself_and_no_other(table: Table, sign_in: SignIn) -> None:
    await table.launch()
    path = f"/c/{table.slug}/steer/withdraw"
    aide = await sign_in("trade-aide@example.org")
    refused = await ask(aide, path, {"party": "trade"}, status=422)
    assert "no mandate today to commit" in refused.problems[0]
    lead = await sign_in("trade@example.org")
    page = await lead.get(path)
    assert {str(one["value"]) for one in page.soup.select('input[name="party"]')} == {"trade"}
    forged = await ask(lead, path, {"party": "union"}, status=422)
    assert forged.problems == ["Choose a party that sits at the table."]
    shown = await ask(lead, path, {"party": "trade"})
    assert "The balance is broken" in shown.text
    assert (await views.covenant(table.db, table.slug)).status == "talks"
    done = await confirm(lead, shown)
    assert done.url.endswith(f"/c/{table.slug}?done=1")
    await table.settle()
    assert "Trade (en) withdrew" in done.text.replace("trade", "Trade")
    assert "trade" not in await table.waiting()
    await (await sign_in("firm-1@example.org")).get(path, status=403)


async def test_the_secretariat_records_that_a_party_left(busy: Table, sign_in: SignIn) -> None:
    sec = await sign_in("sec@example.org")
    refused = await ask(sec, f"/c/{busy.slug}/steer/withdraw", {}, status=422)
    assert refused.problems == ["Choose a party that sits at the table."]
    await confirm(sec, await ask(sec, f"/c/{busy.slug}/steer/withdraw", {"party": "union"}))
    await busy.settle()
    assert "party_withdrew" in await busy.kinds()


async def test_the_talks_end_only_when_that_is_sure(table: Table, sign_in: SignIn) -> None:
    await table.launch()
    fay, path = await sign_in("fay@example.org"), f"/c/{table.slug}/steer/end"
    refused = await ask(fay, path, {}, status=422)
    assert refused.problems == ["Tick that you are sure of this."]
    shown = await ask(fay, path, {"sure": "yes"})
    assert "4 open tasks lapse" in shown.text
    await confirm(fay, shown)
    await table.settle()
    assert (await views.covenant(table.db, table.slug)).status == "ended"
    assert "nothing any more" in (await fay.get(f"/c/{table.slug}")).text.lower()
    refused = await ask(fay, f"/c/{table.slug}/steer/pause", {}, status=409)
    assert "nothing left to steer" in refused.problems[0]
    assert refused.form(having="reason").values()["reason"] == [WHY]


@pytest.mark.parametrize("who", ["union", "cha", "firm-1"])
async def test_a_party_a_chair_and_a_company_cannot_steer(still: Table, sign_in: SignIn, who: str) -> None:
    browser = await sign_in(f"{who}@example.org")
    for name in ("extend", "ladder", "insert", "skip", "repeat", "reschedule", "pause", "resume", "end"):
        await browser.get(f"/c/{still.slug}/steer/{name}", status=403)
        sent = await browser.http.post(f"/c/{still.slug}/steer/{name}", data={"reason": WHY, "intent": "confirm"})
        assert sent.status_code == 403
    await browser.get(f"/c/{still.slug}/steer", status=403)


async def test_what_is_typed_is_kept_and_an_unknown_act_is_not_there(still: Table, sign_in: SignIn) -> None:
    fay, path = await sign_in("fay@example.org"), f"/c/{still.slug}/steer/pause"
    form = (await fay.get(path)).form(having="reason")
    kept = await fay.http.post("/drafts", data={"form": str(form.tag["data-draft"]), "reason": "half a sen"})
    assert kept.status_code == 204
    assert (await fay.get(path)).form(having="reason").values()["reason"] == ["half a sen"]
    await fay.get(f"/c/{still.slug}/steer/explode", status=404)


async def test_who_only_watches_the_installation_is_told_why_not(still: Table, sign_in: SignIn) -> None:
    still.settings.operators.append("watch@example.org")
    try:
        watch = await sign_in("watch@example.org")
        wheel = await watch.get(f"/c/{still.slug}/steer")
        assert "operator of the whole installation" in wheel.text
        assert wheel.soup.select('main a[href*="/steer/"]') == []
        assert "hold no office at this table" in (await watch.get(f"/c/{still.slug}/steer/extend", status=403)).text
    finally:
        still.settings.operators.remove("watch@example.org")
