"""What is public of a text: what was signed, and accords that the facilitator made public; nothing else, ever."""

import uuid
from collections.abc import Awaitable, Callable

import pytest
from browsing import Browser, Shown
from table import STEPS, Table

from acts import filing
from models import contracts as c
from models.enums import Choice, Lane, Ratified
from models.errors import Refusal
from models.filing import PaperAdding, PaperText
from store import papers, views
from web.rendering import task_url

pytestmark = pytest.mark.asyncio(loop_scope="session")
SignIn = Callable[..., Awaitable[Browser]]


async def accord(table: Table) -> str:
    await table.agree_on_text()
    await table.advance(12)
    await table.approve()
    await table.advance(2)
    sha = (await views.covenant(table.db, table.slug)).text_sha
    assert sha is not None
    return sha


async def back_to_the_text(table: Table, fay: Browser, sha: str, text: str) -> None:
    """The union's members say no; the facilitator opens the wage again."""
    await table.ratify(except_=["union"])
    no = c.RatificationAnswer(result=Ratified.REJECTED, text_sha=sha, comment="our members said no")
    await table.give((await table.waiting())["union"], no)
    await table.advance(2)
    again = c.DecisionAnswer(choice=Choice.BACK, reason="listen to the members", clauses=["wage"])
    decision = (await table.waiting())["facilitator"]
    assert "our members said no" in (await fay.get(task_url(decision.id))).text
    await table.give(decision, again)
    await table.advance(3)
    await table.draft({"wage": text})


async def public_paper(table: Table, person: str, sha: str) -> None:
    text = await papers.put(table.db, PaperText(title="Read this", note="now", publishes=sha))
    key = f"p-{uuid.uuid4()}"
    await table.steer("add_paper", PaperAdding(act=key, actor=c.Actor(person=person), lane=Lane.PUBLIC, text_sha=text))


async def made_public(fay: Browser, text: str) -> None:
    form = (await fay.get(text)).form(having="note")
    asked = await fay.send(form, {}, status=422)
    assert asked.problems == ["Write what everybody reads with it.", "Tick that you want this."]
    sure: dict[str, str | list[str]] = {"note": "As we agreed on 9 March.", "sure": ["yes"]}
    done = await fay.send(asked.form(having="note"), sure)
    assert "accord public" not in done.text, "once is enough"
    again = await fay.http.post(text, data={**sure, "act": form.values()["act"][0]})
    assert again.status_code in {303, 200, 409, 422}


async def shows_what_changed(browser: Browser, page: Shown, entry: str) -> None:
    links = [str(one["href"]) for one in page.soup.select('a[href*="/versions/"]')]
    assert links == [f"{entry}/versions/1", f"{entry}/versions/2"]
    assert "1. Living wage" in page.text
    assert not page.soup.select("ins, del")
    second = await browser.get(f"{entry}/versions/2")
    assert [one.get_text() for one in second.soup.select("del, ins")] == ["[deleted: Fair]", "[inserted: Living]"]
    assert [one.get_text() for one in second.soup.select("h2")][:2] == ["1. Wage (en)", "2. Air (en)"]
    assert "Unchanged." in second.text
    plain = await browser.get(f"{entry}/versions/2?changes=0")
    assert not plain.soup.select("del, ins")
    assert "Living wage" in plain.text
    await browser.get(f"{entry}/versions/3", 404)


@pytest.mark.slow(40)
async def test_an_accord_is_public_only_when_made_so_and_versions_show_what_changed(
    table: Table, browser: Browser, sign_in: SignIn
) -> None:
    await table.launch(STEPS[1:])
    fay, union = await sign_in("fay@example.org"), await sign_in("union@example.org")
    entry, text = f"/register/{table.slug}", f"/c/{table.slug}/text"
    assert "accord public" not in (await fay.get(text)).text
    with pytest.raises(Refusal) as refused:
        await filing.accord(table.db, table.slug, "too early")
    assert refused.value.code == "no_accord"

    never = await accord(table)
    await public_paper(table, "union-lead", never)  # a party can publish papers, not the accord
    hidden = await browser.get(entry)
    assert "Old wage" not in hidden.html
    assert not hidden.soup.select('a[href*="/versions/"]')
    await browser.get(f"{entry}/versions/1", 404)
    assert "accord public" not in (await union.get(text)).text
    assert (await union.http.post(text, data={"note": "x", "sure": "yes"})).status_code == 403

    await back_to_the_text(table, fay, never, "1. Fair wage\n2. For all")
    shown = await accord(table)
    await made_public(fay, text)
    page = await browser.get(entry)
    assert "negotiators' accord, not signed; made public on" in page.text
    assert "As we agreed on 9 March." in page.text
    first = await browser.get(f"{entry}/versions/1")
    assert "It is not signed" in first.text
    assert shown in first.text
    assert "Fair wage" in first.text
    assert "Old wage" not in first.html
    assert first.soup.select_one("#art_wage_2") is not None

    await back_to_the_text(table, fay, shown, "1. Living wage\n2. For all")
    assert "Living wage" not in (await browser.get(entry)).html, "the next draft is confidential"
    assert "Fair wage" in (await browser.get(f"{entry}/versions/1")).text, "what is public stays public"
    await accord(table)
    await table.ratify()
    await table.advance(2)
    await table.sign()
    await table.settle()
    page = await browser.get(entry)
    await shows_what_changed(browser, page, entry)
    for where in (entry, f"{entry}/versions/1", f"{entry}/versions/2"):
        assert "Old wage" not in (await browser.get(where)).html, "an accord that nobody published stays confidential"
    with pytest.raises(Refusal):
        await filing.accord(table.db, table.slug, "too late")
