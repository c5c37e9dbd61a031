"""Objections, red lines and the ways out of a deadlock, on their pages."""

from collections.abc import Awaitable, Callable

import pytest
from browsing import Browser
from table import STEPS, Table

from models import contracts as c
from models.enums import ClauseStatus, Ground, Stance, TaskKind
from models.scenario import PositionReply
from store import objections, red_lines, views
from web.rendering import task_url

pytestmark = pytest.mark.asyncio(loop_scope="session")
SignIn = Callable[..., Awaitable[Browser]]
OBJECTS = PositionReply(stance=Stance.OBJECT, ground=Ground.COST, lift="Pay for it.")
MARKUP = "<script>alert(1)</script>"
CONFIDED = "Never without a floor <b>in the wage</b>."


async def standing(table: Table) -> list[str]:
    return [one.row.party for one in await objections.objections(table.db, table.slug)]


async def a_party_refuses_and_is_heard(table: Table, fay: Browser, drafting: str) -> None:
    """The facilitator reads who did not accept the mediator, and why, and asks once more."""
    no = c.ApprovalAnswer(stance=Stance.OBJECT, ground=Ground.MANDATE, lift="Someone of the trade.")
    await table.give((await table.waiting())["union"], no)
    await table.advance(11)
    page = await fay.get(drafting)
    assert "The parties did not accept the mediator." in page.text
    assert "union (en): Someone of the trade." in " ".join(page.text.split())
    await fay.send(page.form(having="choice"), {"choice": "mediate", "reason": "Once more.", "mediate": "wage",
                   "mediator-name": "Mees Middel", "mediator-email": "mees@example.org", "intent": "send"})  # fmt: skip


@pytest.mark.slow(20)
async def test_from_an_objection_to_a_mediator_and_back(table: Table, sign_in: SignIn) -> None:
    await table.launch([STEPS[1]])
    union, trade, fay, cha = [await sign_in(f"{one}@example.org") for one in ("union", "trade", "fay", "cha")]
    path, drafting = f"/c/{table.slug}/objections", f"/c/{table.slug}/drafting"

    # a red line, for the facilitator alone
    page = await union.get(path)
    empty = await union.send(page.form(having="text"), {"do": "tell", "clause": "wage"}, status=422)
    assert empty.problems == ["Write what your party cannot accept."]
    assert CONFIDED in (await union.send(empty.form(having="text"), {"text": CONFIDED, "do": "tell"})).text
    assert CONFIDED in (await fay.get(path)).text
    for other in (trade, cha):
        for where in (path, f"/c/{table.slug}/activity", f"/c/{table.slug}", f"/c/{table.slug}/clauses/wage"):
            assert "floor" not in (await other.get(where)).text
    assert "told the facilitator something in confidence" in (await trade.get(f"/c/{table.slug}/activity")).text

    for party, task in (await table.waiting()).items():
        if task.kind is TaskKind.POSITIONS:
            await table.position(party, {"wage": OBJECTS} if party == "union" else None)
    await table.advance(11)
    theirs = (await trade.get(path)).text
    assert ("Pay for it." in theirs, "Lift our objection" in theirs) == (True, False)

    # the facilitator sees what stands in the way, and asks for a mediator
    page = await fay.get(drafting)
    assert CONFIDED in page.text
    refused = await fay.send(page.form(having="choice"), {"choice": "mediate", "reason": "We are stuck.",
                             "intent": "send"}, status=422)  # fmt: skip
    assert refused.problems == [
        "Choose for which clauses.",
        "Fill in a name, or choose someone.",
        "Fill in an e-mail address.",
    ]
    both = await fay.send(refused.form(having="choice"), {"mediate": "wage", "park": "wage", "mediator": "cha",
                          "intent": "send"}, status=422)  # fmt: skip
    assert any("more than one way" in one for one in both.problems)
    await fay.send(both.form(having="choice"), {"park": [], "mediator": "", "mediator-name": "Mees Middel",
                   "mediator-email": "mees@example.org", "intent": "send"})  # fmt: skip
    asked = (await table.waiting())["union"]
    assert asked.title_en == "Do you accept Mees Middel as mediator for clause 1?"
    why = await union.get(task_url(asked.id))
    assert "We are stuck." in why.text
    assert "proposes a new text within 20 working days" in " ".join(why.text.split())
    assert why.soup.select(f"a[href='/c/{table.slug}/clauses/wage']")
    await a_party_refuses_and_is_heard(table, fay, drafting)
    await table.approve()
    mees = await sign_in("mees@example.org")
    mine = await mees.get(drafting)
    assert "The parties accepted you as mediator" in mine.text
    assert "Change another clause too" not in mine.text
    assert CONFIDED not in mine.text
    assert (await table.waiting())["mediator"].title_en == "Mediator's proposal for clause 1"
    await mees.send(mine.form(having="reason"), {"nl-wage": "Leefbaar loon", "en-wage": "A wage to live on",
                    "reason": "Both can live with it.", "intent": "send"})  # fmt: skip
    await table.settle()
    assert (await views.current_texts(table.db, table.slug))["wage"].text_en == "A wage to live on"

    # the owner lifts it, and nobody else
    assert await standing(table) == ["union"]
    page = await union.get(path)
    missing = await union.send(page.form(having="stance-wage"), {"do": "lift:wage"}, status=422)
    assert missing.problems == ["Why? The others read this.", "Choose where you stand now."]
    await union.send(missing.form(having="stance-wage"), {"stance-wage": "agree", "reason-wage": "It is a floor.",
                     "do": "lift:wage"})  # fmt: skip
    assert await standing(table) == []
    assert "lifted" in (await trade.get(path)).text
    (line,) = await red_lines.red_lines(table.db, table.slug, of=None)
    page = await union.get(path)
    await union.send(page.form(having="red-line"), {"do": f"drop:{line.row.id}"})
    assert await red_lines.red_lines(table.db, table.slug, of=None) == []


async def test_a_clause_is_split_off_on_the_page(table: Table, sign_in: SignIn) -> None:
    await table.launch([STEPS[1]])
    for party, task in (await table.waiting()).items():
        if task.kind is TaskKind.POSITIONS:
            await table.position(party, {"air": OBJECTS} if party == "union" else None)
    await table.advance(11)
    fay = await sign_in("fay@example.org")
    form = (await fay.get(f"/c/{table.slug}/drafting")).form(having="choice")
    wrong = await fay.send(
        form, {"split": "air", "split-days": "soon", "reason": "Later.", "intent": "send"}, status=422
    )
    assert wrong.problems == ["Within how many working days: Expected: 1 to 500 working days."]
    await fay.send(wrong.form(having="choice"), {"split-days": "30", "split-to": "secretariat", "intent": "send"})
    await table.advance(2)
    assert {one.id: one.status for one in (await views.view(table.db, table.slug)).clauses}[
        "air"
    ] is ClauseStatus.PARKED
    assert (await table.waiting())["secretariat"].title_en == "Split off: clause 2"


async def test_agreement_on_a_condition_from_the_list(table: Table, sign_in: SignIn) -> None:
    await table.launch([STEPS[1]])
    union, trade = await sign_in("union@example.org"), await sign_in("trade@example.org")
    path = f"/tasks/{table.slug}/round-1/union"
    page = await union.get(path)
    offered = [str(one["value"]) for one in page.soup.select("#conditions option")]
    assert offered[:3] == ["everything is agreed", "clause 1 stays as it is", "clause 1 is agreed"]
    form = page.form(having="if-wage-0")
    wrong = await union.send(form, {"stance-wage": "agree", "if-wage-0": MARKUP, "stance-air": "agree"}, status=422)
    assert wrong.problems == ["Clause 1: Choose a condition from the list."]
    assert wrong.form(having="if-wage-0").values()["if-wage-0"] == [MARKUP]
    own = await union.send(wrong.form(having="if-wage-0"), {"if-wage-0": "clause 1 is agreed"}, status=422)
    assert own.problems == ["Clause 1: This condition is about this very clause. Choose one about another clause."]
    given = {"if-wage-0": "Clause 2 is agreed", "if-wage-1": "", "stance-air": "agree"}
    await union.send(wrong.form(having="if-wage-0"), given)
    kept = await union.get(path)
    assert kept.form(having="if-wage-0").values()["if-wage-0"] == ["clause 2 is agreed"]
    assert "agree, on condition that clause 2 is agreed" in " ".join(kept.text.split())
    assert "agrees if" not in (await trade.get(f"/c/{table.slug}/rounds")).text
    assert "union (en) agrees if clause 2 is agreed" in (await union.get(f"/c/{table.slug}/rounds")).text


async def test_an_objection_is_maintained_by_sending_it_as_it_stands(table: Table, sign_in: SignIn) -> None:
    await table.launch([STEPS[1]])
    await table.position("union", {"air": OBJECTS})
    for party in ("guild", "trade", "shops"):
        await table.position(party, {"wage": OBJECTS} if party == "trade" else None)
    await table.advance(1)
    await table.draft({"wage": "New wage"})  # air, to which the union objects, stays as it was
    union = await sign_in("union@example.org")
    page = await union.get(f"/tasks/{table.slug}/round-2/union")
    form = page.form(having="stance-air")
    assert form.values()["stance-air"] == ["object"]
    done = await union.send(form, {"stance-wage": "agree", "do": "answer"})
    assert "2 clauses: agree (1); object (2)" in done.text
    assert (await views.task(table.db, f"{table.slug}/round-2/union")).status == "answered"


async def test_words_whose_place_was_changed_can_still_be_read(table: Table, sign_in: SignIn) -> None:
    await table.launch([STEPS[1]])
    mine = await table.propose("union", "wage", "Old", "Living")
    await table.agree_on_text()
    await table.advance(1)
    await table.draft({"wage": "Fair pay"})
    for who, path in (
        ("union", f"/c/{table.slug}/amendment?id={mine}"), ("trade", f"/c/{table.slug}/clauses/wage"),
    ):  # fmt: skip
        page = await (await sign_in(f"{who}@example.org")).get(path)
        assert "This is what was proposed, on version 1:" in page.text
        assert "[inserted: Living ]" in page.text.replace("Living]", "Living ]")
