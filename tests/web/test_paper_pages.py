"""Papers in their lanes: put there, read by who may and nobody else, and moved wider by their owner alone."""

import uuid
from collections.abc import Awaitable, Callable

import pytest
from browsing import Browser
from lives import Engine, table_on
from program import Program, token_for
from table import STEPS, Table

from models import contracts as c
from models.accounts import Scope
from models.enums import Lane
from models.errors import PolderError
from models.filing import PaperText, Widening
from rules import lanes
from rules.calendar import local_date
from store import comments, papers, views
from web.site import Site

pytestmark = pytest.mark.asyncio(loop_scope="session")
SignIn = Callable[..., Awaitable[Browser]]
READERS: dict[Lane, set[str]] = {
    Lane.DELEGATION: {"union"},
    Lane.CONSTITUENCY: {"union", "guild"},
    Lane.FACILITATOR: {"union", "fay", "sec"},
    Lane.MEDIATOR: {"union", "cha"},
    Lane.TABLE: {"union", "guild", "trade", "fay", "sec", "cha"},
}
EVERYBODY = ("union", "guild", "trade", "fay", "sec", "cha")


async def test_papers_are_read_in_their_lane_and_nowhere_else(  # noqa: PLR0915 one story
    engine: Engine, sign_in: SignIn, site: Site
) -> None:
    table = table_on(engine)
    await table.launch([STEPS[1]])
    there = {one: await sign_in(f"{one}@example.org") for one in EVERYBODY}
    union, fay, path = there["union"], there["fay"], f"/c/{table.slug}/papers"
    page = await union.get(path)
    empty = await union.send(page.form(having="note"), {}, status=422)
    assert empty.problems == [
        "Give the paper a title.", "Choose who reads this.", "Write a note, or choose a file.",
    ]  # fmt: skip
    bad = await union.send(empty.form(having="note"), {"title": "T", "lane": "table"},
                           files={"file": ("x.pdf", b"MZ\0", "application/pdf")}, status=422)  # fmt: skip
    assert "no document that others can open" in bad.problems[0]
    for lane in READERS:
        form = (await union.get(path)).form(having="note")
        data = {"title": f"Paper <i>{lane}", "lane": lane.value, "note": f"Words for {lane}."}
        file = {"file": (f"{lane}.txt", f"Bytes for {lane}.".encode(), "text/plain")}
        await union.send(form, data, files=file)
    ours = {
        one.lane: one for one in await papers.papers(table.db, table.slug, await reader(table.slug, table, "union"))
    }

    # pages, downloads, API, history and export: only who is in the lane
    for who, browser in there.items():
        listed = (await browser.get(path)).text
        program = Program(site, await token_for(table.db, f"{who}@example.org", tuple(Scope)))
        said = (await program.http.get(f"/covenants/{table.slug}/papers")).text
        for lane, readers in READERS.items():
            reads = who in readers
            assert (f"Words for {lane}." in listed) is reads, (who, lane)
            assert (f"Words for {lane}." in said) is reads, (who, lane)
            got = await browser.get(f"{path}/{ours[lane].id}", status=200 if reads else 404)
            assert (f"Bytes for {lane}." in got.html) is reads
        for where in (f"/c/{table.slug}/activity", f"/c/{table.slug}/export/json", "/search?q=Words"):
            assert "Words for" not in (await browser.get(where)).html
    assert (await there["trade"].get(f"/c/{table.slug}/activity")).text.count("a lane you do not read") == 4
    assert "Words for" not in str([event.data for event in await views.events(table.db, table.slug)])

    # the facilitator writes to one party in confidence; that party cannot spread it
    form = (await fay.get(path)).form(having="note")
    lost = await fay.send(form, {"title": "F", "lane": "facilitator", "note": "Between us."}, status=422)
    assert "To which party is this?" in lost.problems[0]
    await fay.send(lost.form(having="note"), {"party": "union"})
    (secret,) = [one for one in await papers.papers(table.db, table.slug, await reader(table.slug, table, "union"))
                 if one.text.title == "F"]  # fmt: skip
    assert "Between us." not in (await there["guild"].get(path)).text
    await union.get(f"/c/{table.slug}/widen/paper/{secret.id}", status=404)

    # only the owner moves a paper, only wider, with a reason on record
    own = ours[Lane.CONSTITUENCY].id
    for other in ("guild", "trade", "fay"):
        await there[other].get(f"/c/{table.slug}/widen/paper/{own}", status=404)
        with pytest.raises(PolderError) as refused:
            await widen(table, f"{other}-lead" if other != "fay" else "fay", own, Lane.TABLE)
        assert refused.value.code == ("not_wider" if other == "guild" else "unknown_item")
    with pytest.raises(PolderError) as narrower:
        await widen(table, "union-lead", own, Lane.DELEGATION)
    assert narrower.value.code == "not_wider"
    page = await union.get(f"/c/{table.slug}/widen/paper/{own}")
    why = await union.send(page.form(having="reason"), {}, status=422)
    assert why.problems == ["Why? This goes on record.", "Choose who will read this too."]
    await union.send(why.form(having="reason"), {"lane": "table", "reason": "All may know."})
    assert "Words for constituency." in (await there["trade"].get(path)).text
    assert "All may know." in (await there["trade"].get(f"/c/{table.slug}/activity")).text

    # public: the register shows it, and what is not public it does not
    await widen(table, "union-lead", own, Lane.PUBLIC)
    entry = await Browser(site).get(f"/register/{table.slug}")
    assert "Words for constituency." in entry.text
    assert entry.text.count("Words for") == 1
    assert "Bytes for" in (await Browser(site).get(f"/register/{table.slug}/papers/{own}")).html
    await Browser(site).get(f"/register/{table.slug}/papers/{ours[Lane.TABLE].id}", status=404)

    # a comment moves wider too, but is never public
    act = f"c-{uuid.uuid4()}"
    said_sha = await comments.put(table.db, "We could give in.")
    await table.steer("comment", c.Comment(act=act, actor=c.Actor(person="union-lead"), clause="wage",
                                           lane=Lane.DELEGATION, text_sha=said_sha))  # fmt: skip
    clause = f"/c/{table.slug}/clauses/wage"
    assert "Let more people read this" in (await union.get(clause)).text
    assert "give in" not in (await there["guild"].get(clause)).text
    with pytest.raises(PolderError) as never:
        await widen(table, "union-lead", act, Lane.PUBLIC, item="comment")
    assert never.value.code == "not_wider"
    await widen(table, "union-lead", act, Lane.CONSTITUENCY, item="comment")
    assert "give in" in (await there["guild"].get(clause)).text
    assert "give in" not in (await there["trade"].get(clause)).text


async def widen(table: Table, who: str, key: str, lane: Lane, *, item: str = "paper") -> None:
    made = {"act": f"w-{uuid.uuid4()}", "actor": {"person": who}, "item": item, "id": key, "lane": lane}
    await table.steer("widen", Widening.model_validate({**made, "reason": "All may know."}))


async def reader(slug: str, table: Table, party: str) -> lanes.Viewer:
    now = await table.now()
    return await comments.viewer(table.db, slug, f"{party}-lead", local_date(now))


async def test_a_paper_that_is_not_stored_or_empty_is_refused(engine: Engine) -> None:
    table = table_on(engine)
    for digest in ("a" * 64, await papers.put(table.db, PaperText(title="Nothing in it"))):
        assert (await papers.look(table.db, digest)).problem is not None
