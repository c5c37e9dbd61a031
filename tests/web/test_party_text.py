"""The text, a clause, comments in lanes, words proposed in place, and who speaks for a party."""

from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from browsing import Browser, Shown
from table import Table

from models.enums import Stance
from models.scenario import PositionReply
from store import accounts, comments, views
from store.clauses import whole_sha

pytestmark = pytest.mark.asyncio(loop_scope="session")
SignIn = Callable[..., Awaitable[Browser]]
MARKUP = "<script>alert('x')</script> & <b>bold</b>"
OBJECTION = PositionReply(stance=Stance.OBJECT, ground="cost", lift="A fund of the sector.")


async def in_second_round(table: Table) -> None:
    """Two rounds: the guild objected to the wage, the union agreed; the air is new."""
    await table.launch()
    await table.approve()
    await table.position("guild", {"wage": OBJECTION})
    await table.position("union")
    await table.advance(11)
    await table.draft({"air": "New air"}, reason="Cleaner, for the guild.")


# --- the text ---------------------------------------------------------------------------------------------------------


async def test_the_text_shows_what_changed_since_we_agreed(table: Table, sign_in: SignIn) -> None:
    await in_second_round(table)
    union = await sign_in("union@example.org")
    page = await union.get(f"/c/{table.slug}/text")
    assert [one.get_text() for one in page.soup.select("article h2")] == ["1. Wage (en)", "2. Air (en)"]
    assert "New air (en)" in page.text
    assert "unchanged since we agreed" in page.text
    assert not page.soup.select("ins")
    changed = await union.get(f"/c/{table.slug}/text?changes=1")
    assert [one.get_text() for one in changed.soup.select("del, ins")] == ["[deleted: Old]", "[inserted: New]"]
    digest = await whole_sha(table.db, table.slug)
    pdf = await union.http.get(f"/c/{table.slug}/documents/{digest}")
    assert (pdf.status_code, pdf.content[:4]) == (200, b"%PDF")
    assert "Toon wat er veranderde" in (await union.get(f"/c/{table.slug}/text?lang=nl")).text
    assert "Show changes since" not in (await (await sign_in("fay@example.org")).get(f"/c/{table.slug}/text")).text


async def test_the_text_is_for_the_table(table: Table, sign_in: SignIn, browser: Browser) -> None:
    await table.launch()
    other = Table(table.client, table.db, table.settings, table.clock)
    await other.launch()
    for path in ("text", "clauses/wage", "delegation?party=union"):
        assert (await browser.get(f"/c/{table.slug}/{path}")).heading == "Sign in"
    firm = await sign_in("firm-1@example.org")
    for path in ("text", "clauses/wage", "delegation?party=union"):
        await firm.get(f"/c/{table.slug}/{path}", 403)
    union = await sign_in("union@example.org")
    await union.get(f"/c/{table.slug}/clauses/nothing", 404)
    await union.get("/c/no-such-covenant/text", 403)
    await union.get(f"/c/{table.slug}/delegation?party=guild", 403)


# --- a clause ---------------------------------------------------------------------------------------------------------


async def test_a_clause_shows_versions_and_positions_as_far_as_the_rules_do(table: Table, sign_in: SignIn) -> None:
    await in_second_round(table)
    await table.position("trade", {"air": PositionReply(stance=Stance.ABSTAIN, comment="We look into it.")})
    union, fay = await sign_in("union@example.org"), await sign_in("fay@example.org")
    air = await union.get(f"/c/{table.slug}/clauses/air")
    assert [one.get_text() for one in air.soup.select("del, ins")] == ["[deleted: Old]", "[inserted: New]"]
    assert "Cleaner, for the guild." in air.text
    assert "New air (nl)" in air.text
    assert "Round 2 is open" in air.text
    assert "We look into it." not in air.html
    assert "We look into it." in (await fay.get(f"/c/{table.slug}/clauses/air")).html
    same = await union.send(air.form(having="from"), {"from": "2", "to": "2"})
    assert not same.soup.select("del, ins")
    back = await union.get(f"/c/{table.slug}/clauses/air?from=2&to=1")
    assert "From version 2 to version 1" in back.text
    await union.get(f"/c/{table.slug}/clauses/air?from=abc&to=99999999")
    wage = await union.get(f"/c/{table.slug}/clauses/wage")
    assert "Open objections" in wage.text
    assert "A fund of the sector." in wage.text
    assert wage.soup.select("a.govuk-button")[0]["href"] == f"/tasks/{table.slug}/round-2/union#clause-wage"


def say(page: Shown) -> Any:
    return page.form(having="sha")


async def test_a_comment_is_read_in_its_lane_only_and_markup_is_text(table: Table, sign_in: SignIn) -> None:
    await table.launch()
    path = f"/c/{table.slug}/clauses/wage"
    union, guild, trade = [await sign_in(f"{one}@example.org") for one in ("union", "guild", "trade")]
    page = await union.get(path)
    nothing = await union.send(say(page), status=422)
    assert nothing.problems == ["Write what you want to say.", "Choose who reads this."]
    done = await union.send(say(nothing), {"lane": "constituency", "text": MARKUP})
    assert MARKUP in done.text
    assert "<script>alert" not in done.html
    assert MARKUP in (await guild.get(path)).text
    assert MARKUP not in (await trade.get(path)).text
    answer = done.soup.find("a", string=lambda text: text is not None and "Reply" in text) or next(
        one for one in done.soup.select("#comments a") if "Reply" in one.get_text()
    )
    reply = await guild.get(str(answer["href"]).partition("#")[0])
    assert [one.get_text() for one in reply.soup.select("#say")] == ["Reply to union lead"]
    await guild.send(say(reply), {"text": "We agree."})
    assert "We agree." in (await union.get(path)).text
    assert "We agree." not in (await trade.get(path)).text
    hostile = say(reply)
    stolen = await trade.send(hostile, {"text": "Me too.", "act": f"a-{table.slug}"}, status=422)
    assert "There is no comment" in stolen.problems[0]
    chair = await sign_in("cha@example.org", "nl")
    assert "Reageren" in (await chair.get(f"{path}?lang=nl")).text


async def test_proposed_words_are_previewed_and_read_as_a_change(table: Table, sign_in: SignIn) -> None:
    await table.launch()
    path = f"/c/{table.slug}/clauses/wage"
    union = await sign_in("union@example.org")
    page = await union.get(path)
    assert say(page).values()["wording"] == ["Old wage (en)"]
    seen = await union.send(say(page), {"wording": "Living wage (en)", "preview": "1"})
    assert [one.get_text() for one in seen.soup.select("#preview del, #preview ins")] == [
        "[deleted: Old]", "[inserted: Living]",
    ]  # fmt: skip
    live = await union.http.post(path, data={"wording": MARKUP}, headers={"hx-request": "true"})
    assert "<html" not in live.text
    assert "<script>" not in live.text
    assert "<ins>" in live.text
    equal = await union.http.post(path, data={"wording": "Old wage (en)"}, headers={"hx-request": "true"})
    assert "equals the text of now" in equal.text
    done = await union.send(say(seen), {"lane": "facilitator", "text": "It must be enough to live on."})
    assert [one.get_text() for one in done.soup.select("#comments del, #comments ins")] == [
        "[deleted: Old]", "[inserted: Living]",
    ]  # fmt: skip
    fay = await (await sign_in("fay@example.org")).get(path)
    assert "It must be enough to live on." in fay.text
    assert fay.soup.select("#comments ins")


async def test_a_comment_sent_twice_is_one_and_another_after_back_is_told(table: Table, sign_in: SignIn) -> None:
    await table.launch()
    path = f"/c/{table.slug}/clauses/air"
    union = await sign_in("union@example.org")
    form = say(await union.get(path))
    for _ in range(2):
        await union.send(form, {"lane": "table", "text": "Once."})
    back = await union.send(form, {"lane": "table", "text": "Something else."}, status=409)
    assert "This form was sent before" in back.problems[0]
    await union.send(say(back))
    reader = await comments.viewer(table.db, table.slug, "guild-lead", (await table.now()).date())
    assert [one.text for one in await comments.comments(table.db, table.slug, "air", reader)] == [
        "Once.", "Something else.",
    ]  # fmt: skip


async def test_a_clause_that_changed_while_one_typed(table: Table, sign_in: SignIn) -> None:
    await table.launch()
    await table.approve()
    path = f"/c/{table.slug}/clauses/wage"
    union = await sign_in("union@example.org")
    form = say(await union.get(path))
    await table.advance(11)
    await table.draft({"wage": "New wage"})
    told = await union.send(form, {"lane": "table", "text": "Too vague."}, status=409)
    assert "Clause 1 has changed since you typed this; it is version 2 now" in told.problems[0]
    values = say(told).values()
    assert (values["text"], values["wording"]) == (["Too vague."], ["New wage (en)"])
    assert "Too vague." in (await union.send(say(told))).text


# --- the delegation ---------------------------------------------------------------------------------------------------


def wanted(page: Shown) -> Any:
    return page.form(having="reason")


async def test_a_substitute_is_added_changed_and_ended(table: Table, sign_in: SignIn) -> None:
    await table.launch()
    path = f"/c/{table.slug}/delegation"
    union = await sign_in("union@example.org")
    page = await union.get(path)
    assert page.heading == "Delegation of union (en)"
    assert "union lead (you)" in page.text
    assert "guild" not in page.text
    add = await union.get(f"{path}?party=union&do=add")
    back = await union.send(wanted(add), {"name": MARKUP, "email": "nobody"}, status=422)
    assert back.problems == [
        "Write why.", "Choose at least one power.", "Fill in an address, as name@example.org.",
    ]  # fmt: skip
    assert wanted(back).values()["name"] == [MARKUP]
    until = (await table.now()).date().replace(year=(await table.now()).year + 1).isoformat()
    filled: dict[str, str | list[str]] = {
        "email": f"deputy-{table.slug}@example.org", "powers": ["speak", "commit"], "until": until,
        "reason": "The lead is on leave.",
    }  # fmt: skip
    done = await union.send(wanted(back), filled)
    assert MARKUP in done.text
    assert "<script>alert" not in done.html
    await union.send(wanted(back), filled)  # a double submit
    added = [one for one in await views.people(table.db, table.slug) if one.name == MARKUP]
    assert [(one.party, one.mandates[0]["until"]) for one in added] == [("union", until)]
    assert (await accounts.seats(table.db, f"deputy-{table.slug}@example.org", table.slug))[0].mandated
    change = await union.get(f"{path}?party=union&do=change&person={added[0].id}")
    assert wanted(change).values()["powers"] == ["speak", "commit"]
    past = await union.send(wanted(change), {"until": "2020-01-01", "reason": "Shorter."}, status=422)
    assert "The mandate ran until" in past.problems[0]
    await union.send(wanted(past), {"until": "", "themes": ["climate"]})
    end = await union.get(f"{path}?party=union&do=end&person={added[0].id}")
    await union.send(wanted(end), {"reason": "Back from leave."})
    row = next(one for one in await views.people(table.db, table.slug) if one.id == added[0].id)
    assert row.mandates == []
    event = await table.event("mandates_ended")
    assert (event.actor, event.data["reason"]) == ("union-lead", "Back from leave.")


async def test_who_may_not_change_a_delegation_is_told_who_may(table: Table, sign_in: SignIn) -> None:
    await table.launch()
    path = f"/c/{table.slug}/delegation"
    aide = await sign_in("union-aide@example.org")
    page = await aide.get(f"{path}?do=add")
    assert not page.soup.select("form[method=post]")
    assert "commit or sign for all themes (union lead)" in page.text
    union = await sign_in("union@example.org")
    form = wanted(await union.get(f"{path}?do=end&person=union-aide"))
    await aide.send(form, {"reason": "No."}, status=403)
    guild = await sign_in("guild@example.org")
    await guild.send(form, {"reason": "No."}, status=403)
    last = await union.send(wanted(await union.get(f"{path}?do=end&person=union-lead")), {"reason": "I leave."},
                            status=422)  # fmt: skip
    assert "Nobody of union (en) could then answer" in last.problems[0]


async def test_the_offices_choose_any_party(table: Table, sign_in: SignIn) -> None:
    await table.launch()
    path = f"/c/{table.slug}/delegation"
    sec = await sign_in("sec@example.org")
    shown = await sec.send((await sec.get(path)).form(having="party"), {"party": "trade"})
    assert shown.heading == "Delegation of trade (en)"
    assert (await sec.get(f"{path}?party=trade&lang=nl")).heading == "Delegatie van trade (nl)"
    end = await sec.get(f"{path}?party=trade&do=end&person=trade-aide")
    done = await sec.send(wanted(end), {"reason": "Op verzoek van de partij."})
    assert "party=trade" in done.url
    assert (await table.event("mandates_ended")).actor == "sec"
