"""The text, a clause, comments in lanes, and who speaks for a party."""

import re
from collections.abc import Awaitable, Callable
from io import BytesIO
from typing import Any
from zipfile import ZipFile

import pytest
import pytest_asyncio
from browsing import Browser, Shown
from lives import Engine, table_on
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


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def second(engine: Engine) -> Table:
    """That moment, for tests that read; only the trade said something since."""
    table = table_on(engine)
    await in_second_round(table)
    await table.position("trade", {"air": PositionReply(stance=Stance.ABSTAIN, comment="We look into it.")})
    return table


# --- the text ---------------------------------------------------------------------------------------------------------


async def test_the_text_shows_what_changed_since_we_agreed(second: Table, sign_in: SignIn) -> None:
    union = await sign_in("union@example.org")
    page = await union.get(f"/c/{second.slug}/text")
    assert [one.get_text() for one in page.soup.select("article h2")] == ["1. Wage (en)", "2. Air (en)"]
    assert "New air (en)" in page.text
    assert "unchanged since we agreed" in page.text
    assert not page.soup.select("ins")
    changed = await union.get(f"/c/{second.slug}/text?changes=1")
    assert [one.get_text() for one in changed.soup.select("del, ins")] == ["[deleted: Old]", "[inserted: New]"]
    digest = await whole_sha(second.db, second.slug)
    pdf = await union.http.get(f"/c/{second.slug}/documents/{digest}")
    assert (pdf.status_code, pdf.content[:4]) == (200, b"%PDF")
    assert "Toon wat er veranderde" in (await union.get(f"/c/{second.slug}/text?lang=nl")).text


async def test_the_whole_text_against_our_own_last_approval_as_files(second: Table, sign_in: SignIn) -> None:
    union, shops, fay = [await sign_in(f"{who}@example.org") for who in ("union", "shops", "fay")]
    links = (await union.get(f"/c/{second.slug}/text")).soup.select('a[href*="/redline."]')
    assert [str(one["href"]).rpartition(".")[2] for one in links] == ["pdf", "docx"]
    files = {form: await union.http.get(f"/c/{second.slug}/redline.{form}") for form in ("pdf", "docx", "html")}
    assert {one.status_code for one in files.values()} == {200}
    assert files["pdf"].content.startswith(b"%PDF")
    words = ZipFile(BytesIO(files["docx"].content)).read("word/document.xml").decode()
    assert re.findall(r"<w:del .*?>([^<>]+)</w:delText>|<w:ins .*?>([^<>]+)</w:t>", words) == [("Old", ""), ("", "New")]
    assert "[inserted: </span>New" in files["html"].text
    assert "since your own party last approved" in files["html"].text
    other = await shops.http.get(f"/c/{second.slug}/redline.html")
    assert "<ins>" not in other.text, "who never approved has nothing to compare, and is told so"
    assert "Never approved, so shown without changes: clause 1, 2." in other.text
    assert (await fay.http.get(f"/c/{second.slug}/redline.pdf")).status_code == 403
    assert (await fay.http.get(f"/c/{second.slug}/redline.exe")).status_code == 404


async def test_an_office_sees_no_changes_since_it_agreed(second: Table, sign_in: SignIn) -> None:
    assert "Show changes since" not in (await (await sign_in("fay@example.org")).get(f"/c/{second.slug}/text")).text


async def test_the_text_is_for_the_table(still: Table, sign_in: SignIn, browser: Browser) -> None:
    for path in ("text", "clauses/wage", "delegation?party=union"):
        assert (await browser.get(f"/c/{still.slug}/{path}")).heading == "Sign in"
    firm = await sign_in("firm-1@example.org")
    for path in ("text", "clauses/wage", "delegation?party=union"):
        await firm.get(f"/c/{still.slug}/{path}", 403)
    union = await sign_in("union@example.org")
    await union.get(f"/c/{still.slug}/clauses/nothing", 404)
    await union.get("/c/no-such-covenant/text", 403)
    await union.get(f"/c/{still.slug}/delegation?party=guild", 403)


# --- a clause ---------------------------------------------------------------------------------------------------------


async def test_a_clause_shows_versions_and_positions_as_far_as_the_rules_do(second: Table, sign_in: SignIn) -> None:
    union, fay = await sign_in("union@example.org"), await sign_in("fay@example.org")
    air = await union.get(f"/c/{second.slug}/clauses/air")
    assert [one.get_text() for one in air.soup.select("del, ins")] == ["[deleted: Old]", "[inserted: New]"]
    assert "Cleaner, for the guild." in air.text
    assert "New air (nl)" in air.text
    assert "Round 2 is open" in air.text
    assert "We look into it." not in air.html
    assert "We look into it." in (await fay.get(f"/c/{second.slug}/clauses/air")).html
    same = await union.send(air.form(having="from"), {"from": "2", "to": "2"})
    assert not same.soup.select("#versions ~ .clause del, #versions ~ .clause ins")
    back = await union.get(f"/c/{second.slug}/clauses/air?from=2&to=1")
    assert "From version 2 to version 1" in back.text
    await union.get(f"/c/{second.slug}/clauses/air?from=abc&to=99999999")
    wage = await union.get(f"/c/{second.slug}/clauses/wage")
    assert "Open objections" in wage.text
    assert "A fund of the sector." in wage.text
    assert wage.soup.select("a.govuk-button")[0]["href"] == f"/tasks/{second.slug}/round-2/union#clause-wage"


def say(page: Shown) -> Any:
    return page.form(having="text")


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def busy(engine: Engine) -> Table:
    """A covenant in its first step, of which each test uses another clause, lane or delegation."""
    table = table_on(engine)
    await table.launch()
    return table


async def test_a_comment_is_read_in_its_lane_only_and_markup_is_text(busy: Table, sign_in: SignIn) -> None:
    path = f"/c/{busy.slug}/clauses/wage"
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
    stolen = await trade.send(hostile, {"text": "Me too.", "act": f"a-{busy.slug}"}, status=422)
    assert "There is no comment" in stolen.problems[0]
    chair = await sign_in("cha@example.org", "nl")
    assert "Reageren" in (await chair.get(f"{path}?lang=nl")).text


async def test_a_comment_sent_twice_is_one_and_another_after_back_is_told(busy: Table, sign_in: SignIn) -> None:
    path = f"/c/{busy.slug}/clauses/air"
    union = await sign_in("union@example.org")
    form = say(await union.get(path))
    for _ in range(2):
        await union.send(form, {"lane": "table", "text": "Once."})
    back = await union.send(form, {"lane": "table", "text": "Something else."}, status=409)
    assert "This form was sent before" in back.problems[0]
    await union.send(say(back))
    reader = await comments.viewer(busy.db, busy.slug, "guild-lead", (await busy.now()).date())
    assert [one.text for one in await comments.comments(busy.db, busy.slug, "air", reader)] == [
        "Once.", "Something else.",
    ]  # fmt: skip


# --- the delegation ---------------------------------------------------------------------------------------------------


def wanted(page: Shown) -> Any:
    return page.form(having="reason")


async def test_a_substitute_is_added_changed_and_ended(busy: Table, sign_in: SignIn) -> None:
    path = f"/c/{busy.slug}/delegation"
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
    until = (await busy.now()).date().replace(year=(await busy.now()).year + 1).isoformat()
    filled: dict[str, str | list[str]] = {
        "email": f"deputy-{busy.slug}@example.org", "powers": ["speak", "commit"], "until": until,
        "reason": "The lead is on leave.",
    }  # fmt: skip
    done = await union.send(wanted(back), filled)
    assert MARKUP in done.text
    assert "<script>alert" not in done.html
    await union.send(wanted(back), filled)  # a double submit
    added = [one for one in await views.people(busy.db, busy.slug) if one.name == MARKUP]
    assert [(one.party, one.mandates[0]["until"]) for one in added] == [("union", until)]
    assert (await accounts.seats(busy.db, f"deputy-{busy.slug}@example.org", busy.slug))[0].mandated
    change = await union.get(f"{path}?party=union&do=change&person={added[0].id}")
    assert wanted(change).values()["powers"] == ["speak", "commit"]
    past = await union.send(wanted(change), {"until": "2020-01-01", "reason": "Shorter."}, status=422)
    assert "The mandate ran until" in past.problems[0]
    await union.send(wanted(past), {"until": "", "themes": ["climate"]})
    end = await union.get(f"{path}?party=union&do=end&person={added[0].id}")
    await union.send(wanted(end), {"reason": "Back from leave."})
    row = next(one for one in await views.people(busy.db, busy.slug) if one.id == added[0].id)
    assert row.mandates == []
    event = await busy.event("mandates_ended")
    assert (event.actor, event.data["reason"]) == ("union-lead", "Back from leave.")


async def test_an_address_that_is_taken_is_said_at_its_field(busy: Table, sign_in: SignIn) -> None:
    path = f"/c/{busy.slug}/delegation?party=union&do=add"
    union = await sign_in("union@example.org")
    filled: dict[str, str | list[str]] = {
        "name": "Somebody New", "email": "Guild@example.org", "powers": ["speak"], "reason": "The lead is on leave.",
    }  # fmt: skip
    back = await union.send(wanted(await union.get(path)), filled, status=422)
    (said,) = back.problems
    assert said.startswith("This address belongs to guild lead (guild-lead) already.")
    at_field = back.soup.select_one("#email-error")
    assert at_field is not None
    assert said in " ".join(at_field.get_text(" ").split())
    assert wanted(back).values()["email"] == ["Guild@example.org"]
    nl = await union.get(f"{path}&lang=nl")
    dutch = await union.send(wanted(nl), {**filled, "name": "Iemand Anders"}, status=422)
    assert dutch.problems[0].startswith("Dit adres is al van guild lead")
    assert len(await accounts.seats(busy.db, "guild@example.org", busy.slug)) == 1
    await union.get(f"{path}&lang=en")


async def test_who_may_not_change_a_delegation_is_told_who_may(busy: Table, sign_in: SignIn) -> None:
    path = f"/c/{busy.slug}/delegation"
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


async def test_the_offices_choose_any_party(busy: Table, sign_in: SignIn) -> None:
    path = f"/c/{busy.slug}/delegation"
    sec = await sign_in("sec@example.org")
    shown = await sec.send((await sec.get(path)).form(having="party"), {"party": "trade"})
    assert shown.heading == "Delegation of trade (en)"
    assert (await sec.get(f"{path}?party=trade&lang=nl")).heading == "Delegatie van trade (nl)"
    end = await sec.get(f"{path}?party=trade&do=end&person=trade-aide")
    done = await sec.send(wanted(end), {"reason": "Op verzoek van de partij."})
    assert "party=trade" in done.url
    assert (await busy.event("mandates_ended")).actor == "sec"


# --- places -----------------------------------------------------------------------------------------------------------

PARTS = "1. A fair wage.\n2. It comes:\na. soon;\nb. everywhere"


async def test_every_part_of_a_text_has_an_address_and_a_citation(table: Table, sign_in: SignIn) -> None:
    await table.launch()
    await table.approve()
    await table.advance(11)
    await table.draft({"wage": PARTS})
    union = await sign_in("union@example.org")
    for where in ("clauses/wage", "text"):
        page = await union.get(f"/c/{table.slug}/{where}")
        cited = {str(one["href"]): one.get_text().strip() for one in page.soup.select("a.cite")}
        assert cited["#art_wage_2_a"] == "#article 1, paragraph 2, point (a)"
        assert all(len(page.soup.select(f"[id='{href[1:]}']")) == 1 for href in cited), "each leads to one place"
        assert "Dutch is the authentic language." in page.text
        norm = page.soup.select_one('a[href*="ILO_CODE:C131"]')
        assert norm is not None
        assert "noreferrer" in norm["rel"]
        assert norm.get_text() == "ILO C131 (other website)"
    nl = await union.get(f"/c/{table.slug}/text?lang=nl")
    assert nl.soup.select_one("#art_wage_2_b .cite").get_text() == "#artikel 1, tweede lid, onderdeel b"  # type: ignore[union-attr]
    page = await union.get(f"/c/{table.slug}/clauses/wage/propose?lang=en")
    words = page.form(having="nl")
    typed = {name: words.values()[name][0].replace("soon", "at once") for name in ("nl", "en")}
    done = await union.send(words, {**typed, "reason": "Why wait?"})
    assert done.soup.select_one('#brackets a[href="#art_wage_2_a"]') is not None
    link = done.soup.select_one('#brackets a[href*="/amendment?id="]')
    assert link is not None
    own = await union.get(str(link["href"]))
    assert own.soup.select_one(f'a[href="/c/{table.slug}/clauses/wage#art_wage_2_a"]') is not None


async def test_what_changed_for_us_and_our_own_position_stand_first(second: Table, sign_in: SignIn) -> None:
    page = await (await sign_in("union@example.org")).get(f"/c/{second.slug}/clauses/air")
    heads = [one.get_text() for one in page.soup.select("main h2")]
    assert heads[:3] == ["What changed since we agreed to version 1", "Our position", "The text of now"]
    assert "The text has changed since." in page.text
    assert not page.soup.select("main table"), "a list fits on a phone; a table is cut off"
    said = [" ".join(one.get_text(" ").split()) for one in page.soup.select(".said > li")]
    assert [one.split(" version")[0] for one in said] == ["agree guild (en)", "agree union (en) (we)"]
    fay = await (await sign_in("fay@example.org")).get(f"/c/{second.slug}/clauses/air")
    assert "Our position" not in fay.text
