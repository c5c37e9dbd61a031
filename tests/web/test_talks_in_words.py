"""What the pages of the talks say in words: conditions, words in one language, who wrote to whom, and who moved it."""

import uuid
from collections.abc import Awaitable, Callable
from email import message_from_bytes, policy

import pytest
from browsing import Browser, Shown
from program import Program, token_for
from table import STEPS, Table

from models import contracts as c
from models.amending import AmendmentText, Proposal
from models.enums import Lane, Stance, TaskKind
from models.filing import Widening
from models.scenario import PositionReply
from rules import amending
from store import amendments, clauses, comments, views
from web.site import Site

pytestmark = pytest.mark.asyncio(loop_scope="session")
Typed = dict[str, str | list[str]]
SignIn = Callable[..., Awaitable[Browser]]
IF_AIR_STAYS = PositionReply(stance=Stance.AGREE, conditions=["stays:air"])
OBJECTS = PositionReply(stance=Stance.OBJECT, ground="cost", lift="pay for it")


async def say(table: Table, person: str, lane: Lane, text: str, party: str | None = None) -> str:
    act = f"c-{uuid.uuid4()}"
    message = c.Comment(
        act=act, actor=c.Actor(person=person), clause="wage", lane=lane, party=party,
        text_sha=await comments.put(table.db, text),
    )  # fmt: skip
    await table.steer("comment", message)
    return act


async def propose_in(table: Table, *, dutch: bool, to: str | None = None) -> str:
    """A proposal on air with words in one language only."""
    act, current = f"p-{uuid.uuid4()}", (await views.current_texts(table.db, table.slug))["air"]
    base = {True: current.text_nl, False: current.text_en}[dutch]
    edits = amending.edits_between(base, base.replace("Old", "Schone" if dutch else "Clean"))
    words = AmendmentText(nl=edits if dutch else [], en=[] if dutch else edits, reason="one language is wrong")
    await table.steer(
        "propose",
        Proposal(act=act, actor=c.Actor(person="shops-lead"), clause="air", base_sha=current.sha256, to=to,
                 text_sha=await amendments.put(table.db, words)),
    )  # fmt: skip
    return act


def told(page: Shown) -> str:
    return " ".join(page.text.split())


@pytest.mark.slow(20)
async def test_conditions_are_said_wherever_positions_are_and_a_version_says_which_it_breaks(
    table: Table, sign_in: SignIn, site: Site
) -> None:
    await table.launch([STEPS[1]])
    guild, fay = [await sign_in(f"{who}@example.org") for who in ("guild", "fay")]
    await table.position("union", {"wage": OBJECTS})
    await table.position("union", {"wage": IF_AIR_STAYS})
    await table.position("trade", {"air": OBJECTS})
    for party, task in (await table.waiting()).items():
        if task.kind is TaskKind.POSITIONS:
            await table.position(party)
    await table.advance(11)
    program = Program(site, await token_for(site.db, "guild@example.org"))
    air = (await views.current_texts(table.db, table.slug))["air"].sha256
    on_air = [{"kind": "stays", "clause": "air", "sha256": air}]
    listed = await program.every(f"/covenants/{table.slug}/positions", clause="wage")
    assert {one["party"]: one["conditions"] for one in listed if one["party"] in {"union", "guild"}} == {
        "union": on_air, "guild": [],
    }  # fmt: skip
    export = (await guild.http.get(f"/c/{table.slug}/export/json")).json()
    wage = next(one for one in export["clauses"] if one["id"] == "wage")
    told_by = [one for one in wage["positions"] if one["party"] == "union"]
    assert [one["stance"] for one in told_by] == ["object", "agree"], "what a later one replaced is kept"
    assert told_by[-1]["conditions"] == on_air
    page = await guild.get(f"/c/{table.slug}/rounds/1")
    assert "agree on a condition" in told(page)
    assert "union (en) (agree) on condition that clause 2 stays as it is" in told(page)
    clause = await guild.get(f"/c/{table.slug}/clauses/wage")
    assert "on condition that clause 2 stays as it is" in told(clause)

    # before a version is sent, and before a clause is parked, it is said whose agreement loses what it rests on
    path = f"/c/{table.slug}/drafting"
    form = (await fay.get(path)).form(path)
    shown = await fay.send(form, {"nl-air": "Lucht", "en-air": "New air", "intent": "preview"})
    assert "takes away a condition of the agreement of: union (en) with clause 1." in told(shown)
    parked = await fay.send(
        shown.form(path), {"nl-air": "Old air (nl)", "en-air": "Old air (en)", "park": ["air"], "intent": "preview"}
    )
    assert "takes away a condition of the agreement of: union (en) with clause 1." in told(parked)
    assert "takes away" not in told(await fay.send(parked.form(path), {"park": [], "intent": "preview"}))
    await a_broken_condition_is_asked_anew(table, sign_in, parked, path)


async def a_broken_condition_is_asked_anew(table: Table, sign_in: SignIn, page: Shown, path: str) -> None:
    """Who agreed on a condition that a version broke is told so, and nothing is filled in for it."""
    fay, union = [await sign_in(f"{who}@example.org") for who in ("fay", "union")]
    changed: Typed = {"nl-air": "Old air (nl)", "en-air": "New air", "park": []}
    seen = await fay.send(page.form(path), {**changed, "intent": "preview"})
    await fay.send(seen.form(path), {**changed, "onesided": "air", "reason": "clean", "intent": "send"})
    await table.settle()
    task = (await table.waiting())["union"]
    assert task.total == 2
    shown = await union.get(f"/tasks/{task.id}")
    assert "You gave it on condition that clause 2 stays as it was, and that does not hold now." in told(shown)
    assert "Your agreement on these clauses stands" not in told(shown)
    assert shown.form(having="stance-wage").values().get("stance-wage") in (None, [], [""])
    await union.send(shown.form(having="stance-wage"), {"stance-air": "agree"})
    wage = (await clauses.clauses(table.db, table.slug, "union"))[0]
    assert wage.own is not None
    assert wage.own.position.conditions, "what was left out was not agreed to"
    assert (await table.task("round-2/union")).done == 1
    mail = next(one for one in await views.mails(table.db, table.slug) if one.person == "union-lead"
                and one.template == "draft")  # fmt: skip
    body = message_from_bytes(mail.message, policy=policy.default).get_body(("plain",))
    assert body is not None
    assert "You agreed on a condition that does not hold now" in " ".join(body.get_content().split())
    assert "we ask nothing about it again" not in body.get_content()
    dutch = await (await sign_in("guild@example.org")).get(f"/tasks/{table.slug}/round-2/guild?lang=nl")
    assert "Alleen de Engelse tekst is gewijzigd:" in told(dutch)


@pytest.mark.slow(20)
async def test_the_chart_goes_on_to_what_holds_now(table: Table, sign_in: SignIn) -> None:
    await table.launch([STEPS[1]])
    fay, path = await sign_in("fay@example.org"), f"/c/{table.slug}/drafting"
    await table.position("trade", {"air": OBJECTS})
    await table.agree_on_text(except_=("trade",))
    await table.advance(11)
    form = (await fay.get(path)).form(path)
    await fay.send(form, {"park": ["air"], "reason": "later", "intent": "send"})
    await table.settle()
    chart = (await fay.get(f"/c/{table.slug}/rounds")).soup.select_one("svg#convergence desc")
    assert chart is not None
    assert "now: " in chart.get_text()
    assert "1 parked" in chart.get_text().rpartition("now: ")[2]


@pytest.mark.slow(20)
async def test_words_in_one_language_are_shown_in_both_and_who_wrote_to_whom(table: Table, sign_in: SignIn) -> None:
    await table.launch([STEPS[1]])
    union, fay, guild = [await sign_in(f"{who}@example.org") for who in ("union", "fay", "guild")]
    english = await propose_in(table, dutch=False)
    dutch = await propose_in(table, dutch=True, to=english)
    page = await union.get(f"/c/{table.slug}/clauses/air")
    assert "Proposed in English only." in told(page)
    assert "Proposed in Dutch only." in told(page)
    assert page.soup.select_one("#brackets .clause[lang=nl] ins") is not None, "an English reader sees the Dutch words"
    child = await union.get(f"/c/{table.slug}/amendment?id={dutch}")
    assert "it does not change the English text" in told(child), "though the one it changes does"

    # the facilitator wrote to a party, and does not sit there; the party answers
    asked = await say(table, "fay", Lane.FACILITATOR, "Can you live with half?", party="union")
    moved = await say(table, "union-lead", Lane.DELEGATION, "Half would do.")
    page = await union.get(f"/c/{table.slug}/clauses/wage")
    assert "Fay to union (en)" in told(page)
    assert "union lead (union (en))" in told(page)
    assert "made wider" not in told(page)
    widening = Widening(
        act=f"w-{uuid.uuid4()}", actor=c.Actor(person="union-lead"), item="comment", id=moved, lane=Lane.TABLE,
        reason="let them hear it",
    )  # fmt: skip
    await table.steer("widen", widening)
    seen = told(await guild.get(f"/c/{table.slug}/clauses/wage"))
    assert "made wider by union lead (first: delegation)" in seen
    assert "Can you live with half?" not in seen
    assert asked
    assert "Can you live with half?" in told(await fay.get(f"/c/{table.slug}/clauses/wage"))
