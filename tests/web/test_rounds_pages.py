"""Rounds and the next version: positions stay hidden while a round is open; a draft loses nothing that was typed."""

from collections.abc import Awaitable, Callable

import pytest
from browsing import Browser, Shown
from table import Table

from models.enums import Ground, Stance
from models.scenario import PositionReply
from store import views

pytestmark = pytest.mark.asyncio(loop_scope="session")
SignIn = Callable[..., Awaitable[Browser]]
Typed = dict[str, str | list[str]]
MARKUP = "<script>alert('x')</script> & <b>bold</b>"
NONE = "\u2013"
AGREE = PositionReply(stance=Stance.AGREE)
OBJECTION = PositionReply(stance=Stance.OBJECT, ground=Ground.COST, lift="half of <i>it</i>", comment="too dear")


def cells(page: Shown) -> dict[str, list[str]]:
    """The table beneath the matrix: by clause, what each party is shown to think."""
    head = next(one for one in page.soup.select("table") if "Positions" in str(one.find("caption")))
    return {
        " ".join(row.find("th").get_text().split()): [cell.get_text().strip() for cell in row.find_all("td")]  # type: ignore[union-attr]
        for row in head.select("tbody tr")
    }


async def in_talks(table: Table) -> None:
    await table.launch()
    await table.approve()


async def after_a_round(table: Table) -> None:
    await in_talks(table)
    await table.position("trade", {"wage": OBJECTION, "air": AGREE})
    await table.agree_on_text(except_=("trade",))
    await table.advance(12)


async def test_positions_are_hidden_while_a_round_is_open_and_shown_after_and_the_talks_end(
    table: Table, sign_in: SignIn
) -> None:
    await in_talks(table)
    path = f"/c/{table.slug}/rounds/1"
    await table.position("trade", {"wage": OBJECTION, "air": AGREE})
    union, trade, fay = [await sign_in(f"{who}@example.org") for who in ("union", "trade", "fay")]
    page = await union.get(path)
    assert cells(page)["1. Wage (en)"] == [NONE, NONE, "not shown", NONE]
    assert "half of" not in page.text
    assert "too dear" not in page.text
    assert "you see of others only that they gave a position" in page.text
    assert cells(await trade.get(path))["1. Wage (en)"] == [NONE, NONE, "object", NONE]
    page = await fay.get(path)
    assert cells(page)["1. Wage (en)"] == [NONE, NONE, "object", NONE]
    assert "half of <i>it</i>" in page.text
    assert "<i>it</i>" not in page.html
    await table.agree_on_text()
    await table.advance(12)
    page = await union.get(path)
    assert cells(page)["1. Wage (en)"] == ["agree", "agree", "object", "agree"]
    assert "What would lift it: half of <i>it</i>" in page.text
    assert "Round 1: 1 of the 2 clauses agreed" in page.text
    assert "not passed" in page.text
    listed = await union.get(f"/c/{table.slug}/rounds")
    assert "The facilitator works on the next version" in listed.text
    assert listed.soup.select_one("svg#convergence") is not None
    await union.get(f"/c/{table.slug}/rounds/9", status=404)
    await the_talks_end_with_a_reason(table, fay)


async def the_talks_end_with_a_reason(table: Table, fay: Browser) -> None:
    path = f"/c/{table.slug}/drafting"
    form = (await fay.get(path)).form(path)
    await fay.send(form, {"choice": "end", "reason": "no way out", "nl-wage": "ignored", "intent": "send"})
    await table.settle()
    assert (await views.covenant(table.db, table.slug)).status == "ended"


async def test_the_next_version_opens_a_round_with_the_new_text(table: Table, sign_in: SignIn) -> None:
    await after_a_round(table)
    fay, path = await sign_in("fay@example.org"), f"/c/{table.slug}/drafting"
    page = await fay.get(path)
    form = page.form(path)
    assert form.values()["nl-wage"] == ["Old wage (nl)"]
    assert "nl-air" not in form.names  # it is agreed
    assert "half of <i>it</i>" in page.text
    typed: Typed = {"nl-wage": "New <b>wage</b> (nl)", "en-wage": "New wage (en)", "reason": "a compromise"}
    shown = await fay.send(form, {**typed, "intent": "preview"})
    redline = shown.soup.select_one("#redline-wage")
    assert redline is not None
    assert {one.name for one in redline.select("ins, del")} == {"ins", "del"}
    assert "<b>wage</b>" in shown.text
    assert "<b>wage" not in shown.html
    assert "This voids the approval of: union (en), guild (en), shops (en). They are asked" in shown.text
    done = await fay.send(shown.form(path), {"intent": "send"})
    assert done.url.endswith("/rounds?done=1")
    await table.settle()
    texts = await views.current_texts(table.db, table.slug)
    assert (texts["wage"].version, texts["wage"].text_nl) == (2, "New <b>wage</b> (nl)")
    second = await fay.get(f"/c/{table.slug}/rounds/2")
    assert "Why it changed: a compromise" in second.text
    again = await fay.send(shown.form(path), {"intent": "send"})  # the back button, and once more
    assert again.url.endswith("/rounds?done=1")
    other = await fay.send(shown.form(path), {"nl-wage": "Another", "intent": "send"}, status=409)
    assert "sent already" in other.problems[0]
    assert other.form(path).values()["nl-wage"] == ["Another"]
    assert (await fay.get(path)).soup.select(f'form[action="{path}"]') == []  # nothing to draft now


async def test_a_redline_while_typing_and_nothing_typed_is_lost_when_a_version_is_refused(
    table: Table, sign_in: SignIn
) -> None:
    await after_a_round(table)
    fay, path = await sign_in("fay@example.org"), f"/c/{table.slug}/drafting"
    await the_redline_is_there_while_typing(fay, path)
    form = (await fay.get(path)).form(path)
    nothing = await fay.send(form, {"reason": "we wait", "intent": "send"}, status=422)
    assert "Nothing was changed yet" in nothing.problems[0]
    one: Typed = {"nl-wage": "Nieuw loon", "intent": "send"}
    refused = await fay.send(form, one, status=422)
    assert refused.problems == [
        "Only the other language was changed. Change this one too, or tick below that it is meant so.",
        "Why? Write at least three characters.",
    ]
    assert refused.form(path).values()["nl-wage"] == ["Nieuw loon"]
    assert "Changed in the Dutch text only: article 1." in refused.text
    kept = (await fay.get(path)).form(path)  # days later, in another browser
    assert kept.values()["nl-wage"] == ["Nieuw loon"]
    both = await fay.send(
        kept, {"park": ["wage"], "onesided": ["wage"], "reason": "so it is", "intent": "send"}, status=422
    )
    assert both.problems == ["You change this clause and park it. Choose one of the two."]
    hidden = await fay.send(both.form(path), {"nl-wage": "Nieuw\u202e loon", "park": [], "intent": "send"}, status=422)
    assert "hidden characters" in hidden.problems[0]
    await fay.send(hidden.form(path), {"nl-wage": "Nieuw loon", "intent": "send"})
    await table.settle()
    texts = await views.current_texts(table.db, table.slug)
    assert (texts["wage"].text_nl, texts["wage"].text_en) == ("Nieuw loon", "Old wage (en)")


async def the_redline_is_there_while_typing(fay: Browser, path: str) -> None:
    page = await fay.get(path)
    area = page.soup.select_one("#nl-wage")
    assert area is not None
    assert area["hx-target"] == "#redline-wage"
    part = await fay.http.post(str(area["hx-post"]), data={"nl-wage": "New <script>wage</script> (nl)"})
    assert part.status_code == 200
    assert "<ins>" in part.text
    assert "<script>" not in part.text
    assert "<html" not in part.text
    assert "Changed in the Dutch text only: article 1." in part.text
    unknown = await fay.http.post(f"{path}/preview?clause=nothing", data={})
    assert unknown.status_code == 404


async def test_another_clause_is_added_and_one_parked(table: Table, sign_in: SignIn) -> None:
    await after_a_round(table)
    fay, path = await sign_in("fay@example.org"), f"/c/{table.slug}/drafting"
    form = (await fay.get(path)).form(path)
    more = await fay.send(form, {"reason": "we leave wage", "intent": "add:air"})
    form = more.form(path)
    assert form.values()["reason"] == ["we leave wage"]
    await fay.send(form, {"nl-air": "Lucht", "en-air": "Air", "park": ["wage"], "intent": "send"})
    await table.settle()
    clauses = {one.id: one for one in (await views.view(table.db, table.slug)).clauses}
    assert clauses["wage"].status == "parked"
    assert clauses["air"].version == 2
    await table.agree_on_text()
    await table.advance(12)
    accord = await (await sign_in("union@example.org")).get(f"/tasks/{(await table.waiting())['union'].id}")
    assert "Parked, and so not in this text: 1. Wage (en)." in " ".join(accord.text.split())


async def test_only_the_facilitator_drafts_and_a_round_that_runs_asks_nothing(talks: Table, sign_in: SignIn) -> None:
    path = f"/c/{talks.slug}/drafting"
    for who in ("union", "sec", "cha", "ops", "firm-1"):
        browser = await sign_in(f"{who}@example.org")
        await browser.get(path, status=403)
        assert (await browser.http.post(path, data={"intent": "send"})).status_code == 403
        assert (await browser.http.post(f"{path}/preview?clause=wage", data={})).status_code == 403
    page = await (await sign_in("fay@example.org")).get(path)
    assert "No next version is asked for now" in page.text


async def test_the_facilitator_changes_what_a_clause_commits_to(table: Table, sign_in: SignIn) -> None:
    await after_a_round(table)
    fay, path = await sign_in("fay@example.org"), f"/c/{table.slug}/drafting"
    opened = await fay.send((await fay.get(path)).form(path), {"intent": "commit:wage"})
    first: Typed = {
        "commit-wage-0-who": "business", "commit-wage-0-nl": MARKUP, "commit-wage-0-en": "pay what is owed",
        "commit-wage-0-months": "6", "commit-wage-0-norm": "ilo-c131", "reason": "as data",
    }  # fmt: skip
    wrong = await fay.send(
        opened.form(path), {**first, "commit-wage-0-due": "2028-01-01", "intent": "send"}, status=422
    )
    assert wrong.problems == ["What, in Dutch: Expected: a day (due) or a number of months (months)."]
    more = await fay.send(wrong.form(path), {"commit-wage-0-due": "", "intent": "commit:wage"})
    redline = more.soup.select_one("#redline-wage")
    assert redline is not None
    assert "Business (en), within 6 months of entry into force: pay what is owed" in redline.get_text()
    assert "This voids the approval of: union (en), guild (en), shops (en)." in more.text
    await fay.send(more.form(path), {"intent": "send"})
    await table.settle()
    version = (await views.current_texts(table.db, table.slug))["wage"]
    assert version.version == 2
    assert version.text_en == "Old wage (en)"
    (one,) = version.commitments
    assert one == {
        "who": "business", "what": {"nl": MARKUP, "en": "pay what is owed"}, "months": 6, "norm": "ilo-c131",
    }  # fmt: skip
    again = await fay.send(more.form(path), {"intent": "send"})  # the back button, and once more
    assert again.url.endswith("/rounds?done=1")
    union = await sign_in("union@example.org", "nl")
    for where in ("clauses/wage", "text", "rounds/2"):
        page = await union.get(f"/c/{table.slug}/{where}")
        assert "binnen 6 maanden na inwerkingtreding" in page.text
        assert MARKUP in page.text
        assert "<script>alert" not in page.html
    task = await union.get(f"/tasks/{table.slug}/round-2/union")
    inserted = [one.get_text() for one in task.soup.select("#clause-wage ins")]
    assert "Toezeggingen:" in inserted[0], "what changed since it agreed is the commitment"
    told = (await union.http.get(f"/c/{table.slug}/export/json")).json()
    assert told["clauses"][0]["versions"][-1]["commitments"][0]["months"] == 6

    await table.agree_on_text(except_=["trade"])
    await table.position("trade", {"wage": PositionReply(stance=Stance.OBJECT, ground=Ground.COST, lift="less of it")})
    await table.settle()
    emptied = await fay.send((await fay.get(path)).form(path), {"intent": "commit:wage"})
    assert emptied.form(path).values()["commit-wage-0-en"] == ["pay what is owed"]
    typed = await fay.send(emptied.form(path), {"nl-wage": "x", "en-wage": "y", "intent": "preview"})
    assert (
        "The text changes, the commitments do not. Are they still right? Business (en), within 6 months" in typed.text
    )
    emptied = await fay.send(typed.form(path), {"nl-wage": "Old wage (nl)", "en-wage": "Old wage (en)", "intent": "x"})
    gone: Typed = {"commit-wage-0-nl": "", "commit-wage-0-en": "", "reason": "no more", "intent": "send"}
    await fay.send(emptied.form(path), gone)
    await table.settle()
    assert (await views.current_texts(table.db, table.slug))["wage"].commitments == []


async def test_what_each_round_left_is_told_by_party_and_by_clause(table: Table, sign_in: SignIn) -> None:
    await in_talks(table)
    await table.propose("union", "wage", "Old", "Fair")
    await table.position("trade", {"wage": OBJECTION, "air": AGREE})
    await table.agree_on_text(except_=("trade",))
    await table.advance(12)
    union = await sign_in("union@example.org")
    page = await union.get(f"/c/{table.slug}/rounds")
    least = page.soup.select_one("#least")
    assert least is not None
    assert least.get_text().startswith("Least supported by: Business (en) (1 of 2).")
    assert page.soup.select_one("svg#left-picture desc").get_text().strip() == (  # type: ignore[union-attr]
        "round 1: 1 proposal and 1 objection. now: 1 proposal and 1 objection."
    )
    tables = {
        one.find("caption").get_text(): [[" ".join(cell.get_text().split()) for cell in row.find_all(["th", "td"])]  # type: ignore[union-attr]
                                         for row in one.select("tbody tr")]
        for one in page.soup.select("table")
    }  # fmt: skip
    assert tables["By party: what of theirs was still open"] == [
        ["union (en)", "1 proposal", "1 proposal"], ["trade (en)", "1 objection", "1 objection"],
    ], "in the order of the table"  # fmt: skip
    assert tables["By clause: what was open on it"] == [
        ["Clause 1", "1 proposal, 1 objection", "1 proposal, 1 objection"]
    ]
    first = await union.get(f"/c/{table.slug}/rounds/1")
    assert "In all: 1 proposal, 1 objection." in first.text
    assert "union (en): 1 proposal" in first.text
    assert "Clause 1 : 1 proposal, 1 objection" in first.text
    await table.draft({"wage": "New wage"})
    await table.position("guild", {"wage": OBJECTION})
    assert "What this round left open" not in (await union.get(f"/c/{table.slug}/rounds/2")).text
    hidden = await union.get(f"/c/{table.slug}/rounds")
    assert "what others think in the open round is not counted here yet" in hidden.text
    assert "guild (en), 1 objection" not in hidden.text
    (party,) = [one for one in hidden.soup.select("table") if "By party" in one.get_text()]
    assert "guild" not in party.get_text(), "an objection of the open round is not told"
    fay = await sign_in("fay@example.org")
    (party,) = [one for one in (await fay.get(f"/c/{table.slug}/rounds")).soup.select("table")
                if "By party" in one.get_text()]  # fmt: skip
    assert "guild (en)" in party.get_text()
