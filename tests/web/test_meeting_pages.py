"""Meetings on their pages: called with an agenda from what is open, answered, changed, reported; and who reads what."""

import re
from collections.abc import Awaitable, Callable
from datetime import datetime

import pytest
from browsing import Browser
from icalendar import Calendar
from program import Program, token_for
from table import STEPS, Table

from models import ids
from models.accounts import Scope
from models.enums import Ground, MinutesStatus, Stance, TaskKind
from models.scenario import PositionReply
from models.tables import HumanTask
from rules.calendar import add_working_days, local_date
from store import meetings, views
from web.rendering import task_url
from web.site import Site

pytestmark = pytest.mark.asyncio(loop_scope="session")
SignIn = Callable[..., Awaitable[Browser]]
OBJECTS = PositionReply(stance=Stance.OBJECT, ground=Ground.COST, lift="Pay for it.")
TITLE = "Preparing <b>the</b> wage talks"


async def asked(table: Table, kind: TaskKind) -> dict[str, HumanTask]:
    return {one.respondent: one for one in await views.waiting(table.db, slug=table.slug) if one.kind is kind}


async def address(browser: Browser) -> str:
    shown = await browser.send((await browser.get("/account")).form("/account/calendar"))
    found = re.search(r"/calendar/[A-Za-z0-9_-]+\.ics", shown.html)
    assert found is not None
    return found.group(0)


async def day(table: Table, days: int) -> str:
    now: datetime = await table.now()
    return add_working_days(local_date(now), days).isoformat()


@pytest.mark.slow(20)
async def test_a_meeting_of_the_unions_on_its_pages(  # noqa: PLR0915 one story
    table: Table, sign_in: SignIn, site: Site
) -> None:
    await table.launch([STEPS[1]])
    for party, task in (await table.waiting()).items():
        if task.kind is TaskKind.POSITIONS:
            await table.position(party, {"wage": OBJECTS} if party == "union" else None)
    await table.advance(11)
    union, trade, fay, sec, cha = [
        await sign_in(f"{one}@example.org") for one in ("union", "trade", "fay", "sec", "cha")
    ]
    home = f"/c/{table.slug}/meetings"

    # the agenda comes from what is open; bad input comes back as it was typed
    page = await fay.get(f"{home}/new")
    form = page.form(having="agenda")
    assert "Clause 1, Wage (en): blocked; objection of union (en)" in page.text
    empty = await fay.send(
        form, {"called": "unions", "time": "soon", "length": "0", "link": "javascript:x"}, status=422
    )
    assert empty.problems == [
        "Give the meeting a title.", "Fill in a date, such as 2027-03-31.", "Fill in a time, such as 14:00.",
        "Length: Expected: 5 to 720.",
    ]  # fmt: skip
    typed = {
        "title": TITLE,
        "day": "2020-01-06",
        "time": "14.00",
        "length": "90",
        "place": "Utrecht",
        "link": "ftp://x",
    }
    wrong = await fay.send(empty.form(having="agenda"), typed, status=422)
    assert len(wrong.problems) == 1
    open_ended = {"link": "http://meet.example.org/wages", "day": await day(table, 5)}
    unsafe = await fay.send(wrong.form(having="agenda"), open_ended, status=422)
    assert "Expected: an address that begins with https://" in unsafe.problems[0]
    safe = {"link": "https://meet.example.org/wages", "day": "2020-01-06"}
    past = await fay.send(unsafe.form(having="agenda"), safe, status=422)
    assert "Expected: a moment after now" in past.problems[0]
    listed = await fay.send(past.form(having="agenda"), {"day": await day(table, 5)})
    await table.settle()
    assert "Preparing" in listed.text

    # who is invited reads it, and nobody else does
    one = f"{home}/1"
    assert "Clause 1, Wage" in (await union.get(one)).text
    for other in (trade, cha):
        await other.get(one, status=403)
        for where in (home, f"/c/{table.slug}/activity", f"/c/{table.slug}"):
            assert "Preparing" not in (await other.get(where)).text
        exported = await other.get(f"/c/{table.slug}/export/json")
        assert "Preparing" not in exported.text
    assert "called meeting 1" in (await trade.get(f"/c/{table.slug}/activity")).text

    # the feed has it under the UID of the invitation, for the invited alone
    for who, has in ((union, True), (trade, False)):
        feed = await who.http.get(await address(who))
        made = Calendar.from_ical(feed.text)
        uids = [str(event["uid"]) for event in made.walk("VEVENT")]
        assert (f"{table.slug}/meeting:1@polder" in uids) is has

    # by the API and the command line too
    for email, has in (("union@example.org", True), ("trade@example.org", False)):
        program = Program(site, await token_for(table.db, email, tuple(Scope)))
        listed_there = (await program.http.get(f"/covenants/{table.slug}/meetings")).json()
        assert [one["text"]["title"] for one in listed_there] == ([TITLE] if has else [])

    # the invited answer, and may answer otherwise until it begins
    task = (await asked(table, TaskKind.ATTENDANCE))["union"]
    page = await union.get(task_url(task.id))
    nobody = await union.send(page.form(having="attends"), {"attends": "substitute", "do": "answer"}, status=422)
    assert nobody.problems == ["Fill in who comes in your place."]
    said = await union.send(nobody.form(having="attends"), {"substitute": "Una", "do": "answer"})
    again = await union.send(said.form(having="attends"), {"attends": "yes", "substitute": "", "do": "answer"})
    assert "Comes" in again.text

    # moved: told, and asked anew; only the offices see the form
    assert not (await union.get(one)).text.count("Cancel this meeting")
    page = await sec.get(one)
    no_reason = await sec.send(page.form(having="agenda"), {"day": await day(table, 6), "do": "change"}, status=422)
    assert no_reason.problems == ["Why? The invited read this."]
    await sec.send(no_reason.form(having="agenda"), {"reason": "The room is taken.", "do": "change"})
    await table.settle()
    mails = await table.mails_to("union-lead")
    assert mails[-1].startswith(f"Moved: {TITLE}, now ")
    assert not any(TITLE in one for one in await table.mails_to("trade-lead"))

    # afterwards
    await table.advance(7)
    page = await sec.get(one)
    no_owner = await sec.send(page.form(having="present"), {"present": ["union"], "action-0": "Count the wages",
                              "do": "report"}, status=422)  # fmt: skip
    assert no_owner.problems == ["Choose who will do it.", "Fill in a date, such as 2027-03-31."]
    due = {"owner-0": "guild", "due-0": await day(table, 30)}
    await sec.send(no_owner.form(having="present"), {**due, "do": "report"})
    more = (await sec.get(one)).form(having="again")
    await sec.send(more, {"present": ["union", "guild"], "again": "guild came late", "do": "report"})
    assert "guild came late" in (await fay.get(f"/c/{table.slug}/activity")).text
    minutes = (await asked(table, TaskKind.MINUTES))["secretariat"]
    form = (await sec.get(task_url(minutes.id))).form(having="text_sha")
    hostile = await sec.send(form, {"do": "answer"}, files={"file": ("minutes.pdf", b"MZ\0\1", "application/pdf")},
                             status=422)  # fmt: skip
    assert "bad_file" in hostile.text or "no document" in hostile.text
    await sec.send(hostile.form(having="text_sha"), {"do": "answer"},
                   files={"file": ("minutes.txt", b"We agreed to count.", "text/plain")})  # fmt: skip
    await table.settle()
    row = (await meetings.meeting(table.db, table.slug, 1)).row
    approving = (await asked(table, TaskKind.CORRECTION))["union"]
    page = await union.get(task_url(approving.id))
    linked = (await union.get(one)).soup.select(f"main a[href='{task_url(approving.id)}']")
    assert linked, "the page of the meeting leads to what it asks"
    assert not (await trade.get(f"/c/{table.slug}/meetings")).soup.select(f"main a[href='{task_url(approving.id)}']")
    typed = {"correction": "We did not agree.", "do": "answer"}
    both_ways = await union.send(page.form(having="agrees"), {"agrees": "yes", **typed}, status=422)
    assert "Empty this field, or choose that they are not right." in both_ways.text
    assert "We did not agree." in both_ways.text
    await union.send(both_ways.form(having="agrees"), {"agrees": "yes", "correction": "", "do": "answer"})
    again = await union.get(task_url(approving.id))  # and until all have answered, another answer replaces it
    await union.send(again.form(having="agrees"), {"agrees": "no", **typed})
    paper = f"{one}/files/{row.minutes_sha}"
    assert "We agreed to count." in (await union.get(paper)).text
    for other in (trade, cha):
        await other.get(paper, status=403)
        await other.get(f"/c/{table.slug}/documents/{row.minutes_sha}", status=404)
    await table.advance(6)
    row = (await meetings.meeting(table.db, table.slug, 1)).row
    assert row.minutes_status is MinutesStatus.CORRECTED
    writing = (await asked(table, TaskKind.MINUTES))["secretariat"]
    assert "We did not agree." in (await sec.get(task_url(writing.id))).text

    # what is open comes back on the next agenda; who owes it says it is done
    assert "Action point (guild): Count the wages" in (await fay.get(f"{home}/new")).text
    action = (await asked(table, TaskKind.ACTION))["guild"]
    assert ids.meeting_of(action.workflow) == 1
    guild = await sign_in("guild@example.org")
    page = await guild.get(task_url(action.id))
    await guild.send(page.form(having="result"), {"result": "They are counted.", "do": "answer"})
    assert "They are counted." in (await guild.get(one)).text
    assert "They are counted." not in (await trade.get(home)).text
