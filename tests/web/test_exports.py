"""The text and the negotiation leave in five formats, by page and by API; nobody gets what a lane hides."""

import uuid
from collections.abc import Awaitable, Callable
from io import BytesIO
from zipfile import ZipFile

import pytest
from browsing import Browser
from bs4 import BeautifulSoup
from lxml import etree
from program import Program, token_for
from table import Table

from acts.carrying import act
from models import contracts as c
from models import ids
from models.enums import Ground, Lane, Stance
from models.objecting import RedLineTelling, RedLineText
from models.scenario import PositionReply
from store import comments, red_lines
from web.site import Site

pytestmark = pytest.mark.asyncio(loop_scope="session")
SignIn = Callable[..., Awaitable[Browser]]

SAID = {
    Lane.DELEGATION: {"union"},
    Lane.CONSTITUENCY: {"union", "guild"},
    Lane.TABLE: {"union", "guild", "trade", "fay"},
    Lane.FACILITATOR: {"union", "fay"},
    Lane.MEDIATOR: {"union"},
}
"""Who reads what the union says in each lane."""

OBJECTS = PositionReply(stance=Stance.OBJECT, ground=Ground.COST, lift="pay what the union asked")


async def confidential(table: Table) -> None:
    """Say something in every lane, tell a red line, and give a position while the round is open."""
    await table.approve()
    for lane in SAID:
        comment = c.Comment(
            act=f"c-{uuid.uuid4()}", actor=c.Actor(person="union-lead"), clause="wage", lane=lane,
            text_sha=await comments.put(table.db, f"said to the {lane}"),
        )  # fmt: skip
        await act(table.client, ids.covenant_workflow(table.slug), "comment", comment, act_id=comment.act, db=table.db)
    told = await red_lines.put(table.db, RedLineText(clause="wage", text="never below the table"))
    line = RedLineTelling(act=f"r-{uuid.uuid4()}", actor=c.Actor(person="union-lead"), text_sha=told)
    await table.steer("tell_red_line", line)
    await table.position("union", {"wage": OBJECTS})


async def test_five_formats_by_page_and_by_api(talks: Table, sign_in: SignIn, site: Site) -> None:
    union = await sign_in("union@example.org")
    program = Program(site, await token_for(site.db, "union@example.org"))
    links = (await union.get(f"/c/{talks.slug}/text")).soup.select('a[href*="/export/"]')
    assert {str(one["href"]).rpartition("/export/")[2] for one in links} == {
        "pdf", "json", *(f"{form}?lang={lang}" for form in ("html", "docx", "akn") for lang in ("nl", "en")),
    }  # fmt: skip
    found = {}
    for form in ("akn", "json", "docx", "pdf", "html"):
        page = await union.http.get(f"/c/{talks.slug}/export/{form}?lang=nl")
        called = await program.http.get(f"/covenants/{talks.slug}/export", params={"form": form, "lang": "nl"})
        assert (page.status_code, called.status_code) == (200, 200), form
        for header in ("content-type", "content-disposition"):
            assert page.headers[header] == called.headers[header]
        if form != "pdf":
            assert len(page.content) == len(called.content), "but for the moment they were made"
        found[form] = page.content
    assert found["pdf"].startswith(b"%PDF")
    assert "Old wage (nl)" in "".join(str(one) for one in etree.fromstring(found["akn"]).itertext())
    assert "Old wage (nl)" in ZipFile(BytesIO(found["docx"])).read("word/document.xml").decode()
    html = BeautifulSoup(found["html"], "html.parser")
    assert html.html is not None
    assert (html.html["lang"], len(html.select("h1")), html.select("script, link, img")) == ("nl", 1, [])
    assert "Old wage (nl)" in html.get_text()
    assert (await union.http.get(f"/c/{talks.slug}/export/exe")).status_code == 404
    assert (await program.http.get(f"/covenants/{talks.slug}/export", params={"form": "exe"})).status_code == 422


async def test_a_text_that_is_frozen_is_no_draft(table: Table, sign_in: SignIn) -> None:
    await table.launch()
    await table.approve()
    await table.agree_on_text()
    await table.advance(1)
    union = await sign_in("union@example.org")
    assert "Final text" not in (await union.http.get(f"/c/{table.slug}/export/html?lang=en")).text
    await table.approve()
    await table.advance(1)
    assert "Final text" in (await union.http.get(f"/c/{table.slug}/export/html?lang=en")).text
    await table.ratify()
    await table.advance(1)
    await table.sign()
    await table.settle()
    signed = (await union.http.get(f"/c/{table.slug}/export/html?lang=en")).text
    assert "The sealed PDF is the signed document." in signed
    assert "Final text" not in signed


async def test_each_gets_the_negotiation_as_far_as_the_own_lanes_go(
    table: Table, sign_in: SignIn, site: Site, browser: Browser
) -> None:
    await table.launch()
    await confidential(table)
    for who in ("union", "guild", "trade", "fay"):
        person = await sign_in(f"{who}@example.org")
        page = (await person.http.get(f"/c/{table.slug}/export/json")).text
        program = Program(site, await token_for(site.db, f"{who}@example.org"))
        called = (await program.http.get(f"/covenants/{table.slug}/export", params={"form": "json"})).text
        for told in (page, called):
            assert {lane for lane in SAID if f"said to the {lane}" in told} == {
                lane for lane, readers in SAID.items() if who in readers
            }
            assert ("pay what the union asked" in told) is (who in {"union", "fay"}), "the round is still open"
            assert "never below the table" not in told, "a red line is in nobody's export"
    for form in ("akn", "json", "docx", "pdf", "html"):
        assert (await browser.get(f"/c/{table.slug}/export/{form}")).heading == "Sign in"
        firm = await sign_in("firm-1@example.org")
        assert (await firm.http.get(f"/c/{table.slug}/export/{form}")).status_code == 403
        stranger = Program(site, await token_for(site.db, "nobody@elsewhere.example"))
        refused = await stranger.http.get(f"/covenants/{table.slug}/export", params={"form": form})
        assert refused.status_code in {403, 404}


async def test_every_version_says_who_made_it_and_why(table: Table, sign_in: SignIn, site: Site) -> None:
    await table.launch()
    await table.approve()
    await table.agree_on_text(except_=["union"])
    await table.position("union", {"wage": OBJECTS})
    await table.advance(1)
    await table.draft({"wage": "New wage"})
    program = Program(site, await token_for(site.db, "union@example.org"))
    new, old = await program.get(f"/covenants/{table.slug}/clauses/wage/versions")
    assert (new["author"], new["reason"], old["version"]) == ("Fay", "a compromise", 1)
    told = await program.get(f"/covenants/{table.slug}/export", form="json")
    (wage,) = [one for one in told["clauses"] if one["id"] == "wage"]
    assert [(one["author"], one["sha256"]) for one in wage["versions"]] == [
        (old["author"], old["sha256"]), ("Fay", new["sha256"]),
    ]  # fmt: skip
    page = await (await sign_in("union@example.org")).get(f"/c/{table.slug}/clauses/wage")
    shown = " ".join(page.soup.select_one("#versions").find_next("ul").get_text(" ").split())  # type: ignore[union-attr]
    assert "Fay: a compromise" in shown
    assert new["sha256"] in shown
    assert old["sha256"] in shown
