"""Words proposed in place: the party's form, the bracket in the clause, the facilitator's choice, and the mover's."""

from collections.abc import Awaitable, Callable

import pytest
from browsing import Browser, Form, Shown
from table import Table

from models.enums import AmendmentStatus, ClauseStatus
from store import amendments, views

pytestmark = pytest.mark.asyncio(loop_scope="session")
SignIn = Callable[..., Awaitable[Browser]]
MARKUP = "<script>alert('x')</script> & <b>bold</b>"


async def talking(table: Table) -> str:
    await table.launch()
    await table.approve()
    await table.advance(1)
    return f"/c/{table.slug}/clauses/wage/propose"


def words(page: Shown) -> Form:
    return page.form(having="nl")


async def proposed(browser: Browser, path: str, nl: str, en: str, reason: str = "It must be enough.") -> Shown:
    page = await browser.get(path)
    return await browser.send(words(page), {"nl": nl, "en": en, "reason": reason})


async def statuses(table: Table) -> dict[str, AmendmentStatus]:
    return {one.row.id: one.row.status for one in await amendments.amendments(table.db, table.slug)}


async def test_a_party_proposes_words_and_the_facilitator_takes_them_up(table: Table, sign_in: SignIn) -> None:
    path = await talking(table)
    union, fay = await sign_in("union@example.org"), await sign_in("fay@example.org")
    page = await union.get(path)
    assert (words(page).values()["nl"], words(page).values()["en"]) == (["Old wage (nl)"], ["Old wage (en)"])
    live = await union.http.post(path, data={"nl": "Old wage (nl)", "en": MARKUP}, headers={"hx-request": "true"})
    assert "<html" not in live.text
    assert "<script>" not in live.text
    assert "<ins>" in live.text
    seen = await union.send(words(page), {"nl": "Living wage (nl)", "preview": "1"})
    assert [one.get_text() for one in seen.soup.select("#preview del, #preview ins")] == [
        "[deleted: Old]", "[inserted: Living]",
    ]  # fmt: skip
    refused = await union.send(words(seen), {}, status=422)
    assert [one[:35] for one in refused.problems] == [
        "Only the other language was changed",
        "Why? The others read this.",
    ]
    done = await union.send(words(refused), {"en": "Living wage (en)", "reason": MARKUP})
    bracket = done.soup.select_one("#brackets .bracket")
    assert bracket is not None
    assert " ".join(bracket.get_text(" ").split()) == "[ now: Old | or, says union (en): Living ]"
    assert MARKUP in done.text
    assert "<script>alert" not in done.html.replace("&lt;", "")
    again = await union.send(words(refused), {"en": "Living wage (en)", "reason": MARKUP})
    assert len(await amendments.amendments(table.db, table.slug)) == 1, "sent twice is one amendment"
    assert again.soup.select("#brackets .bracket")

    await table.agree_on_text()
    await table.advance(1)
    form = (await fay.get(f"/c/{table.slug}/drafting")).form(having="choice")
    (one,) = await amendments.amendments(table.db, table.slug)
    merged = await fay.send(form, {f"fate-{one.row.id}": "accepted", "intent": "merge:wage"})
    ready = merged.form(having="choice")
    assert ready.values()["en-wage"] == ["Living wage (en)"]
    await fay.send(ready, {"reason": "As the union asked.", "intent": "send"})
    await table.settle()
    assert (await views.current_texts(table.db, table.slug))["wage"].text_nl == "Living wage (nl)"
    mine = await union.get(f"/c/{table.slug}/amendment?id={one.row.id}")
    assert "accepted. As the union asked." in mine.text
    await union.send(mine.form(having="reason"), {"do": "accept", "reason": "Thank you."})
    (one,) = await amendments.amendments(table.db, table.slug)
    assert one.row.accepted_by_mover is True
    assert "The mover accepts this" in (await fay.get(f"/c/{table.slug}/clauses/wage")).text


async def test_what_collides_is_named_and_a_refusal_can_be_maintained(table: Table, sign_in: SignIn) -> None:
    path = await talking(table)
    union, trade = await sign_in("union@example.org"), await sign_in("trade@example.org", "nl")
    fay = await sign_in("fay@example.org")
    await proposed(union, path, "Living wage (nl)", "Living wage (en)")
    await proposed(trade, path, "Market wage (nl)", "Market wage (en)", "Wat de markt draagt.")
    of = {one.row.party: one.row.id for one in await amendments.amendments(table.db, table.slug)}
    first, second = of["union"], of["trade"]
    assert "About the same place" in (await union.get(f"/c/{table.slug}/amendment?id={first}")).text
    await table.agree_on_text()
    await table.advance(1)
    form = (await fay.get(f"/c/{table.slug}/drafting")).form(having="choice")
    outcome = (await fay.get(f"/c/{table.slug}/rounds/1")).soup.select_one("tbody tr")
    assert outcome is not None
    told = " ".join(outcome.get_text(" ").split())
    assert "it is agreed only when they are gone" in told, told
    both = {f"fate-{first}": "accepted", f"fate-{second}": "accepted", "intent": "merge:wage"}
    named = await fay.send(form, both, status=422)
    assert "are about the same place" in named.problems[0]
    kept = named.form(having="choice")
    no = {f"fate-{first}": "refused", f"fate-{second}": "", f"why-{first}": "Too much.", "intent": "send"}
    await fay.send(kept, {**no, "reason": "One more round."})
    await table.settle()
    assert await statuses(table) == {first: AmendmentStatus.REFUSED, second: AmendmentStatus.OPEN}
    mine = await union.get(f"/c/{table.slug}/amendment?id={first}")
    assert "not taken up. Too much." in mine.text
    await union.send(mine.form(having="reason"), {"do": "maintain", "reason": "It is not."})
    assert set((await statuses(table)).values()) == {AmendmentStatus.OPEN}
    await table.settle()
    clause = next(one for one in (await views.view(table.db, table.slug)).clauses if one.id == "wage")
    assert clause.status is ClauseStatus.BRACKETED


async def test_a_clause_whose_last_words_were_taken_back_is_put_again_and_nobody_is_asked_twice(
    table: Table, sign_in: SignIn
) -> None:
    path = await talking(table)
    union, fay = await sign_in("union@example.org"), await sign_in("fay@example.org")
    await proposed(union, path, "Living wage (nl)", "Living wage (en)")
    await table.agree_on_text()
    await table.advance(1)
    (one,) = await amendments.amendments(table.db, table.slug)
    assert not (await fay.get(f"/c/{table.slug}/drafting")).soup.select("#again"), "words stand between brackets"
    mine = await union.get(f"/c/{table.slug}/amendment?id={one.row.id}")
    await union.send(mine.form(having="reason"), {"reason": "We found other words.", "do": "withdraw"})
    form = (await fay.get(f"/c/{table.slug}/drafting")).form(having="choice")
    said = {"reason": "Nothing stands in the way.", "intent": "send"}
    refused = await fay.send(form, said, status=422)
    assert "a clause to park or to put again" in refused.problems[0]
    await fay.send(refused.form(having="choice"), {**said, "again": "yes"})
    await table.settle()
    assert (await table.steps())["talks"] == "done"
    assert {one.status for one in (await views.view(table.db, table.slug)).clauses} == {ClauseStatus.AGREED}


async def test_who_may_not_is_told_and_nothing_typed_is_lost(table: Table, sign_in: SignIn) -> None:
    path = await talking(table)
    fay, aide = await sign_in("fay@example.org"), await sign_in("union-aide@example.org", "en")
    assert (await fay.get(path, 403)).heading
    await (await sign_in("firm-1@example.org")).get(path, 403)
    page = await aide.get(path)
    told = await aide.send(words(page), {"nl": "Mijn loon (nl)", "en": "My wage (en)", "reason": "Mine."}, status=422)
    assert "has no mandate of union (en) today on this theme" in told.problems[0]
    assert words(told).values()["en"] == ["My wage (en)"]
    union = await sign_in("union@example.org")
    page = await union.get(path)
    equal = await union.send(words(page), {"reason": "Nothing."}, status=422)
    assert "changes nothing" in equal.problems[0]
    long = await union.send(words(page), {"en": "x" * 4_001, "reason": "Long."}, status=422)
    assert "4000 characters at most" in long.problems[0]
    await union.get(f"/c/{table.slug}/amendment?id=nothing", 404)
    await union.get(f"{path}?to=nothing", 404)
    assert await amendments.amendments(table.db, table.slug) == []


async def test_a_clause_that_changed_while_one_typed(table: Table, sign_in: SignIn) -> None:
    path = await talking(table)
    union = await sign_in("union@example.org")
    form = words(await union.get(path))
    await table.advance(11)
    await table.draft({"wage": "New wage"})
    typed = {"nl": "Mooi loon (nl)", "en": "Fine wage (en)", "reason": "Too vague."}
    told = await union.send(form, typed, status=409)
    assert "Clause 1 has changed since you typed this; it is version 2 now" in told.problems[0]
    assert words(told).values()["en"] == ["Fine wage (en)"]
    assert "New" in told.soup.select_one("#preview").get_text()  # type: ignore[union-attr]
    await union.send(words(told))
    (one,) = await amendments.amendments(table.db, table.slug)
    assert (one.text_en, one.row.version) == ("Fine wage (en)", 2)


async def test_the_negotiation_leaves_as_json_and_the_text_as_xml(table: Table, sign_in: SignIn) -> None:
    path = await talking(table)
    union = await sign_in("union@example.org")
    await proposed(union, path, "Living wage (nl)", "Living wage (en)")
    home = f"/c/{table.slug}/export"
    told = (await union.http.get(f"{home}/json")).json()
    (wage,) = [one for one in told["clauses"] if one["id"] == "wage"]
    assert [one["text"]["en"] for one in wage["amendments"]] == ["Living wage (en)"]
    xml = await union.http.get(f"{home}/akn?lang=nl")
    assert xml.headers["content-type"].startswith("application/")
    assert "Old wage (nl)" in xml.text
    assert "Living" not in xml.text, "what is proposed is not the text"
    assert (await union.http.get(f"{home}/akn?lang=fr")).status_code in {404, 422}
    assert (await (await sign_in("firm-1@example.org")).http.get(f"{home}/json")).status_code == 403
