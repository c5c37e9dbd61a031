"""Ground rules, editorial fixes and absences on the site and by API: who sees, who may, and what comes of it."""

from collections.abc import Awaitable, Callable

import pytest
from browsing import Browser
from program import Program, token_for
from table import STEPS, Table

from models.enums import Matter
from store import ground, views
from web.site import Site

pytestmark = pytest.mark.asyncio(loop_scope="session")
SignIn = Callable[..., Awaitable[Browser]]
QUESTION = "question-1"


async def talking(table: Table) -> None:
    steps = [
        {**step, "duration": 40 if step["id"] == "talks" else 10, "adopts_ground_rules": step["id"] == "principles"}
        for step in STEPS
    ]
    go = {"id": "go", "phase": "dialogue", "kind": "approval", "rule": {"kind": "consent"}}
    steps.insert(2, go)
    await table.launch(steps)
    await table.approve()
    await table.advance(1)


async def test_the_facilitator_proposes_a_rule_and_the_parties_decide(table: Table, sign_in: SignIn) -> None:
    await talking(table)
    path = f"/c/{table.slug}/ground-rules"
    fay, union, trade = [await sign_in(f"{who}@example.org") for who in ("fay", "union", "trade")]
    page = await union.get(path)
    assert "Adopted on" in page.text
    assert "A clause in a round consensus" in page.text
    assert "An editorial fix silence procedure, by party, 10 working days" in page.text
    assert "in the step 'go (en)': no reasoned objection" in page.text, "a step with a rule of its own"
    assert not page.soup.select(f'form[action="{path}"]'), "a party proposes nothing here"
    form = (await fay.get(f"{path}?matter=clause")).form(having="matter")
    assert form.values()["rule.kind"] == ["consensus"]
    none = await fay.send(form, {"reason": ""}, status=422)
    assert none.problems == ["Write why; the parties read this."]
    wrong = await fay.send(
        form, {"rule.kind": "majority", "rule.threshold": "3/2", "days": "x", "reason": "so be it"}, status=422
    )
    assert wrong.form(having="matter").values()["rule.threshold"] == ["3/2"], "nothing typed is lost"
    same = await fay.send(form, {"reason": "so be it"}, status=422)
    assert "This rule holds already" in same.problems[0]
    await fay.send(form, {"rule.kind": "majority", "rule.unit": "party", "days": "5", "reason": "to <b>move</b> on"})
    await table.settle()
    shown = await union.get(path)
    assert "to <b>move</b> on" in shown.text
    assert "<b>move" not in shown.html
    task = next(one for one in await views.waiting(table.db, slug=table.slug, party="union") if one.step == QUESTION)
    asked = await union.get(f"/tasks/{task.id}")
    assert "What holds now consensus" in asked.text
    assert "Proposed majority, at least 2/3, by party, 5 working days" in asked.text
    await union.send(asked.form(having="stance"), {"stance": "agree"})
    go_on = next(one for one in (await fay.get(path)).forms(path) if one.values().get("do") == ["go_on"])
    await fay.send(go_on, {"reason": "one party left"})
    await table.settle()
    assert "2. Do the talks go on? open" in (await union.get(path)).text
    back = next(one for one in (await fay.get(path)).forms(path) if one.values().get("no") == ["1"])
    await fay.send(back, {"reason": "we wait a little"})
    await table.settle()
    assert "not carried" in (await trade.get(path)).text
    assert next(one.since for one in await ground.rules(table.db, table.slug) if one.matter is Matter.CLAUSE) is None


async def test_a_fix_is_shown_as_a_redline_and_one_press_stops_it(table: Table, sign_in: SignIn) -> None:
    await talking(table)
    await table.position("union")
    path = f"/c/{table.slug}/clauses/wage/fix"
    fay, union, trade = [await sign_in(f"{who}@example.org") for who in ("fay", "union", "trade")]
    await union.get(path, 403)
    form = (await fay.get(path)).form(path)
    typed = {"nl": "Old wages (nl)", "en": "Old wages (en)"}
    seen = await fay.send(form, {**typed, "preview": "1"})
    assert [one.name for one in seen.soup.select("#preview del, #preview ins")] == ["del", "ins", "del", "ins"]
    assert "the approval goes on to hold of: union (en)" in seen.text
    assert "is fixed" in (await fay.send(form, typed, status=422)).problems[0]
    same = await fay.send(form, {"reason": "nothing at all"}, status=422)
    assert "The text is the same" in same.problems[0]
    await fay.send(same.form(path), {**typed, "reason": "a letter"})
    await table.settle()
    task = next(one for one in await views.waiting(table.db, slug=table.slug, party="trade") if one.step == QUESTION)
    page = await trade.get(f"/tasks/{task.id}")
    assert "Who says nothing agrees." in page.text
    assert page.soup.select(".clause ins")
    empty = await trade.send(page.form(having="lift"), {"do": "object"}, status=422)
    assert empty.problems == ["Write what would lift the objection."]
    await trade.send(page.form(having="lift"), {"do": "object", "lift": "Wages are more than one wage."})
    await table.settle()
    ended = (await fay.get(f"/c/{table.slug}/ground-rules")).text
    assert "not carried" in ended
    assert "Wages are more than one wage." in ended, "the facilitator reads why"
    assert "Wages are more than one wage." in (await union.get(f"/tasks/{task.id}".replace("/trade", "/union"))).text
    assert (await views.current_texts(table.db, table.slug))["wage"].version == 1


async def test_who_is_away_is_noted_and_the_waiting_list_says_why_silence_does_not_count(
    table: Table, sign_in: SignIn
) -> None:
    await talking(table)
    home = f"/c/{table.slug}"
    trade, fay = await sign_in("trade@example.org"), await sign_in("fay@example.org")
    page = await trade.get(f"{home}/delegation?do=absence&person=trade-lead")
    form = page.form(having="until")
    past = await trade.send(form, {"until": "2020-01-01", "reason": "on leave"}, status=422)
    assert "would be over already" in past.problems[0]
    await trade.send(form, {"until": "2029-01-01", "reason": "on leave"})
    assert "away" in (await trade.get(f"{home}/delegation")).text
    await fay.send(
        (await fay.get(f"{home}/clauses/wage/fix")).form(f"{home}/clauses/wage/fix"),
        {"nl": "Old wages (nl)", "en": "Old wages (en)", "reason": "a letter"},
    )
    await table.settle()
    task = next(one for one in await views.waiting(table.db, slug=table.slug, party="shops") if one.step == QUESTION)
    form = (await fay.get(f"{home}/steer/notify?task={task.id}")).form(f"{home}/steer/notify")
    shown = await fay.send(form, {"reason": "the mail was lost"})
    assert "gets the notice again" in shown.text
    await fay.send(shown.form(f"{home}/steer/notify"), {"intent": "confirm"})
    await table.settle()
    letters = await fay.get(f"{home}/people/shops-lead")
    link = next(str(one["href"]) for one in letters.soup.select("a") if "came back" in one.get_text())
    form = (await fay.get(link)).form(f"{home}/steer/bounce")
    nobody = await fay.send(form, {"person": "trade-lead", "reason": "550 no such mailbox"}, status=422)
    assert nobody.problems == ["Choose someone who is asked this task."]
    shown = await fay.send(form, {"reason": "550 no such mailbox"})
    assert "shops lead did not get the notice" in shown.text
    await fay.send(shown.form(f"{home}/steer/bounce"), {"intent": "confirm"})
    await table.settle()
    assert "notice reached nobody who may answer" in (await fay.get(home)).text
    asked = [one for one in await table.mails_to("shops-lead") if one.startswith("Asked of you: Editorial fix")]
    assert len(asked) == 2
    assert "the clock stands still who may answer is away (trade lead)" in (await fay.get(home)).text


async def test_programs_do_the_same(table: Table, site: Site) -> None:
    await talking(table)
    at = f"/covenants/{table.slug}"
    fay, union = [Program(site, await token_for(site.db, f"{who}@example.org")) for who in ("fay", "union")]
    rules = {one["matter"]: one for one in await union.get(f"{at}/ground-rules")}
    assert rules["editorial"]["words"]["en"] == "silence procedure, by party, 10 working days"
    body = {"matter": "accession", "rule": {"kind": "consensus", "days": 7}, "reason": "nobody joins unseen"}
    await union.post(f"{at}/ground-rules", body, 403)
    await fay.post(f"{at}/ground-rules", body)
    (question,) = await union.get(f"{at}/questions")
    assert (question["no"], question["matter"], question["passed"]) == (1, "accession", None)
    text = (await views.current_texts(table.db, table.slug))["air"]
    fix = {"clause": "air", "base_sha": text.sha256, "nl": "Lucht", "en": "Air", "reason": "a letter"}
    await union.post(f"{at}/fixes", fix, 403)
    first = await fay.post(f"{at}/fixes", fix, act="fix-once")
    again = await fay.post(f"{at}/fixes", fix, act="fix-once")
    assert again["event"] == first["event"], "sent twice it counts once"
    await fay.post(f"{at}/questions/withdraw", {"no": 2, "reason": "not yet"})
    away = {"party": "union", "person": "union-lead", "until": "2029-01-01", "reason": "on leave"}
    await union.post(f"{at}/absences", away)
    await union.post(f"{at}/absences", {**away, "party": "trade"}, 422)
