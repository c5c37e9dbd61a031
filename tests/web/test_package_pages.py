"""Weighing on one's own page, packages on the facilitator's, and who reads what of it."""

from collections.abc import Awaitable, Callable

import pytest
from browsing import Browser, Shown
from program import Program, token_for
from table import STEPS, Table

from models import contracts as c
from models.enums import Stance, TaskKind
from models.weighing import Matters, Worth
from store import ground, views, weighing
from web.site import Site

pytestmark = pytest.mark.asyncio(loop_scope="session")
SignIn = Callable[..., Awaitable[Browser]]
YES = c.ApprovalAnswer(stance=Stance.AGREE)


def chosen(page: Shown) -> list[str]:
    """What is chosen on a page of selects."""
    return [str(one["value"]) for one in page.soup.select("select option[selected]") if one.get("value")]


@pytest.mark.slow(30)
async def test_from_private_weights_to_words_in_the_next_version(table: Table, sign_in: SignIn, site: Site) -> None:
    await table.launch([STEPS[1]])
    wage = await table.propose("union", "wage", "Old", "Living <b>")
    air = await table.propose("shops", "air", "Old", "Clean")
    union, fay = [await sign_in(f"{one}@example.org") for one in ("union", "fay")]
    packages = f"/c/{table.slug}/packages"

    mine = await half_filled_in_comes_back_as_it_was(table, union, wage, air)
    assert chosen(await (await sign_in("union-aide@example.org")).get(f"/c/{table.slug}/weights")) == mine
    await table.weigh("trade", both(wage, air, Worth.BEARABLE))
    assert "Too few parties have weighed" in (await fay.get(f"{packages}?find=1")).text
    await table.weigh("shops", both(wage, air, Worth.UNWELCOME))
    await nobody_else_reads_it(table, sign_in, site)
    await the_facilitator_puts_one_to_the_parties(table, fay)

    trade = await sign_in("trade@example.org")
    tasks = [one for one in await views.waiting(table.db, slug=table.slug) if one.step == "question-1"]
    asked = await trade.get(f"/tasks/{next(one.id for one in tasks if one.respondent == 'trade')}")
    assert asked.heading == "Package on clauses 1 and 2"
    assert "all other clauses stay as they are" in asked.text
    assert len(asked.soup.select(".clause ins")) == 2
    for task in tasks:
        await table.give(task, YES)
    await what_they_carried_stands_ready(table, fay, wage, air)

    # a party takes back what it told
    page = await union.get(f"/c/{table.slug}/weights")
    await union.send(page.form(having="do"), {"do": "back"})
    assert await weighing.own(table.db, table.slug, "union") is None


def both(wage: str, air: str, then: Worth) -> dict[str, tuple[Matters, Worth, dict[str, Worth]]]:
    return {"wage": (Matters.SOME, Worth.GOOD, {wage: then}),
            "air": (Matters.DECISIVE, Worth.UNWELCOME, {air: Worth.WANTED})}  # fmt: skip


async def half_filled_in_comes_back_as_it_was(table: Table, union: Browser, wage: str, air: str) -> list[str]:
    page = await union.get(f"/c/{table.slug}/weights")
    assert "Who reads this?" in page.text
    empty = await union.send(page.form(having="matters-wage"), {"do": "weigh"}, status=422)
    assert empty.problems == ["You have not weighed anything yet. Expected: a choice at one clause at least."]
    half = await union.send(empty.form(having="matters-wage"), {"matters-wage": "decisive", "do": "weigh"}, status=422)
    assert half.problems == [
        "Clause 1: choose what the text of now is worth to you, or leave all of it empty.",
        "Clause 1: choose what proposal of union (en) is worth to you, or leave all of it empty.",
    ]
    assert chosen(half) == ["decisive"]
    old = {"now-wage": "good", "sha-wage": "0" * 64, "do": "weigh"}
    stale = await union.send(half.form(having="matters-wage"), old, status=422)
    assert stale.problems[0] == "The text of clause 1 was changed meanwhile. Read it, and choose anew."
    assert chosen(stale) == ["decisive"]
    mine = {"matters-wage": "decisive", "now-wage": "never", f"worth-{wage}": "wanted",
            "matters-air": "some", "now-air": "good", f"worth-{air}": "bearable"}  # fmt: skip
    await union.send(half.form(having="matters-wage"), {**mine, "do": "weigh"})
    assert chosen(await union.get(f"/c/{table.slug}/weights")) == list(mine.values())
    return list(mine.values())


async def nobody_else_reads_it(table: Table, sign_in: SignIn, site: Site) -> None:
    """Look for what the parties chose on every page and in every read of another; only the record says they weighed."""
    words = {f'"{one}"' for one in (*Worth, *Matters)} - {'"some"', '"much"', '"good"', '"nothing"'}
    texts = {"cannot live with it", "this we must have", "rather not", "we can live with it"}
    pages = ["", "/activity", "/text", "/clauses/wage", "/rounds", "/rounds/1", "/objections", "/ground-rules",
             "/export/json", "/packages", "/packages?find=1"]  # fmt: skip
    reads = ["", "/events", "/clauses", "/amendments", "/questions", "/objections", "/outlook"]
    for email in ("trade@example.org", "fay@example.org", "ops@example.org", "cha@example.org"):
        browser, program = await sign_in(email), Program(site, await token_for(table.db, email))
        said = [(await browser.http.get(f"/c/{table.slug}{where}")).text for where in pages]
        said += [(await program.http.get(f"/covenants/{table.slug}{where}")).text for where in reads]
        assert [one for one in {*words, *texts} if any(one in text for text in said)] == []
        assert chosen(await (await sign_in("trade@example.org")).get(f"/c/{table.slug}/weights"))[0] == "some"
    fay = await sign_in("fay@example.org")
    await fay.get(f"/c/{table.slug}/weights", status=403)
    assert "weighed clauses, in confidence" in (await fay.get(f"/c/{table.slug}/activity")).text


async def the_facilitator_puts_one_to_the_parties(table: Table, fay: Browser) -> None:
    path = f"/c/{table.slug}/packages"
    found = await fay.get(f"{path}?find=1")
    assert "3 of the 4 parties weighed. Not: guild (en)." in found.text
    assert "2 clauses get another text" in found.text
    assert "Gains much: union (en), trade (en) and shops (en)." in found.text
    form = next(one for one in found.forms(path) if "pick" in one.names)
    missing = await fay.send(form, {"do": "put:1"}, status=422)
    assert missing.problems == ["Write why; the parties read this."]
    nothing = await fay.send(missing.form(having="reason-own"), {"reason-own": "so be it", "do": "put:own"}, status=422)
    assert nothing.problems == ["Choose a proposal at one clause or more."]
    form = next(one for one in missing.forms(path) if "pick" in one.names)
    put = await fay.send(form, {"reason-1": "Each gives <and> takes.", "do": "put:1"})
    assert "is before the parties, until" in put.text


async def what_they_carried_stands_ready(table: Table, fay: Browser, wage: str, air: str) -> None:
    for party, task in (await table.waiting()).items():
        if task.kind is TaskKind.POSITIONS:
            await table.position(party)
    await table.advance(11)
    drafting = await fay.get(f"/c/{table.slug}/drafting")
    assert "The parties carried a package: Package on clauses 1 and 2" in drafting.text
    form = drafting.form(having="choice")
    values = form.values()
    assert values["en-wage"] == ["Living <b> wage (en)"]
    assert values[f"fate-{wage}"] == values[f"fate-{air}"] == ["accepted"]
    assert values["reason"] == ["Package on clauses 1 and 2, carried by the parties."]
    await fay.send(form, {"intent": "send"})
    await table.settle()
    assert (await views.current_texts(table.db, table.slug))["air"].text_en == "Clean air (en)"
    assert await ground.carried_package(table.db, table.slug) is None
