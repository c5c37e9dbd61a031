"""A meeting from the invitation to the last action point; and one that the end of the talks cancels."""

import uuid
from datetime import datetime, timedelta
from email import message_from_bytes, policy
from typing import Any

import pytest
from icalendar import Calendar
from table import STEPS, Table

from models import contracts as c
from models import ids
from models.convening import MeetingCall, MeetingChange, MeetingReport, MeetingText, NewAction
from models.enums import Attends, MeetingStatus, MinutesStatus, TaskKind
from models.errors import PolderError
from models.meetings import ActionAnswer, AttendanceAnswer, CorrectionAnswer, MinutesAnswer
from models.questions import Absence
from models.tables import HumanTask
from rules.calendar import AMSTERDAM, add_working_days, local_date
from rules.formats import TEXT
from store import contents, meetings, views
from store.meetings import MeetingView

pytestmark = pytest.mark.asyncio(loop_scope="session")
TITLE = "Wages below the table <b>"


def ref(prefix: str) -> str:
    return f"{prefix}-{uuid.uuid4()}"


async def in_days(table: Table, days: int) -> datetime:
    day = add_working_days(local_date(await table.now()), days)
    return datetime(day.year, day.month, day.day, 14, tzinfo=AMSTERDAM)


async def call(table: Table, *called: str, by: str = "fay", **more: Any) -> str:
    text = MeetingText(title=TITLE, place="Utrecht", link="https://meet.example.org/x", agenda=["Clause 1"])
    act = ref("m")
    made = MeetingCall.model_validate(
        {
            "act": act, "actor": {"person": by}, "start": await in_days(table, 5), "minutes": 90, "called": called,
            "text_sha": await meetings.put(table.db, text), **more,
        }
    )  # fmt: skip
    await table.steer("call_meeting", made)
    return act


async def look(table: Table, no: int = 1) -> MeetingView:
    return await meetings.meeting(table.db, table.slug, no)


async def change(table: Table, no: int = 1, *, by: str = "sec", **what: Any) -> None:
    made = MeetingChange.model_validate(
        {"act": ref("c"), "actor": {"person": by}, "reason": "The room is taken.", **what}
    )
    await table.carry(ids.meeting_workflow(table.slug, no), "change_meeting", made)


async def asked(table: Table, kind: TaskKind) -> dict[str, HumanTask]:
    return {one.respondent: one for one in await views.waiting(table.db, slug=table.slug) if one.kind is kind}


async def calendars(table: Table, person: str) -> list[Calendar]:
    """The calendar parts of the mails to someone, oldest first."""
    found = []
    for mail in reversed(await views.mails(table.db, table.slug)):
        if mail.person == person and mail.template == "meeting":
            message = message_from_bytes(mail.message, policy=policy.default)
            part = next(one for one in message.walk() if one.get_content_type() == "text/calendar")
            made = Calendar.from_ical(part.get_content())
            assert part.get_param("method") == str(made["method"])
            found.append(made)
    return found


def told(one: Calendar) -> tuple[str, int, str]:
    event = one.walk("VEVENT")[0]
    return str(one["method"]), int(str(event["sequence"])), str(event["uid"])


async def refused(done: Any) -> str:
    with pytest.raises(PolderError) as error:
        await done
    return error.value.code


@pytest.mark.slow(15)
async def test_from_the_invitation_to_the_last_action_point(table: Table) -> None:  # noqa: PLR0915 one story
    await table.launch([STEPS[0]], ground_rules={"minutes": {"kind": "silence", "unit": "delegation"}})
    assert await refused(call(table, "all", by="cha")) == "no_office"
    assert await refused(call(table, "bakers")) == "unknown_invited"
    assert await refused(call(table, "all", start=await in_days(table, -3))) == "bad_start"
    assert await refused(call(table, "all", text_sha="a" * 64)) == "content_not_found"

    await call(table, "unions", "trade", "chair")
    invited = await asked(table, TaskKind.ATTENDANCE)
    assert list((await look(table)).row.invited) == ["union", "guild", "chair", "trade"]
    assert set(invited) == {"union", "guild", "trade", "chair"}
    assert invited["union"].title_en.startswith("Will you come to meeting 1 on ")
    uid = f"{table.slug}/meeting:1@polder"
    assert [told(one) for one in await calendars(table, "union-lead")] == [("REQUEST", 0, uid)]
    assert await calendars(table, "shops-lead") == []
    assert TITLE not in str([event.data for event in await views.events(table.db, table.slug)])

    # who comes; a substitute has a name
    await table.give(invited["union"], AttendanceAnswer(attends=Attends.YES))
    no_name = table.give(invited["guild"], AttendanceAnswer(attends=Attends.SUBSTITUTE))
    assert await refused(no_name) == "no_substitute"
    await table.give(invited["guild"], AttendanceAnswer(attends=Attends.SUBSTITUTE, substitute="Gus"))
    assert [one.content.get("attends") for one in (await look(table)).coming] == ["yes", "substitute", None, None]

    # other words are told; another moment is asked anew
    assert await refused(change(table, by="union-lead", minutes=60)) == "no_office"
    assert await refused(change(table, minutes=90)) == "nothing_changed"
    await change(table, text_sha=await meetings.put(table.db, MeetingText(title="Talks", place="Delft")))
    assert (await look(table)).coming[0].content == {"kind": "attendance", "attends": "yes"}
    await change(table, start=await in_days(table, 7))
    assert set(await asked(table, TaskKind.ATTENDANCE)) == {"union", "guild", "trade", "chair"}
    assert [one.content for one in (await look(table)).coming] == [{}, {}, {}, {}]
    last = await calendars(table, "union-lead")
    assert [told(one) for one in last] == [("REQUEST", 0, uid), ("REQUEST", 1, uid), ("REQUEST", 2, uid)]
    event = last[-1].walk("VEVENT")[0]
    assert (event["dtstart"].params["TZID"], str(event["location"])) == ("Europe/Amsterdam", "Delft")
    assert event.decoded("dtstart").hour == 14
    assert event.decoded("dtend") - event.decoded("dtstart") == timedelta(minutes=90)

    # after it: who was there, what will be done, and the minutes
    report = MeetingReport(
        act=ref("r"), actor=c.Actor(person="sec"), present=["union", "trade"],
        actions=[
            NewAction(text="Count the wages", owner="union", due=add_working_days(local_date(await table.now()), 40)),
            NewAction(text="Ask the minister", owner="chair", due=add_working_days(local_date(await table.now()), 40)),
        ],
    )  # fmt: skip
    workflow = ids.meeting_workflow(table.slug, 1)
    assert await refused(table.carry(workflow, "report_meeting", report)) == "not_held"
    await table.advance(7)
    assert (await look(table)).row.status is MeetingStatus.HELD
    await table.carry(workflow, "report_meeting", report)
    assert set(await asked(table, TaskKind.ACTION)) == {"union", "chair"}
    assert await refused(change(table, minutes=30)) == "meeting_begun"

    first, second = [await contents.put(table.db, text.encode(), TEXT) for text in ("Minutes", "Better minutes")]
    unread = await contents.put(table.db, b"\0", "application/octet-stream")
    writing = (await asked(table, TaskKind.MINUTES))["secretariat"]
    assert await refused(table.give(writing, MinutesAnswer(sha256=unread))) == "content_not_found"
    await table.give(writing, MinutesAnswer(sha256=first))
    approving = await asked(table, TaskKind.CORRECTION)
    assert set(approving) == {"union", "guild", "trade"}
    assert (await look(table)).row.minutes_status is MinutesStatus.PROPOSED
    wrong = CorrectionAnswer(text_sha=second, agrees=False, correction="We said no.")
    assert await refused(table.give(approving["trade"], wrong)) == "other_text"
    unsaid = table.give(approving["trade"], CorrectionAnswer(text_sha=first, agrees=False))
    assert await refused(unsaid) == "no_correction"
    await table.give(approving["trade"], wrong.model_copy(update={"text_sha": first}))
    await table.advance(6)
    assert (await look(table)).row.minutes_status is MinutesStatus.CORRECTED
    assert "Minutes of meeting 1, version 2 (Test covenant (en))" in await table.mails_to("sec")

    # a new version has a new period, in which silence agrees; who is away gets the time later
    away = local_date(await table.now()) + timedelta(days=21)
    for person in ("guild-lead", "guild-aide"):
        gone = Absence(
            act=ref("n"), actor=c.Actor(person="sec"), party="guild", person=person, until=away, reason="On leave."
        )
        await table.steer("absence", gone)
    await table.give((await asked(table, TaskKind.MINUTES))["secretariat"], MinutesAnswer(sha256=second))
    await table.advance(6)
    assert (await look(table)).row.minutes_status is MinutesStatus.PROPOSED
    await table.advance(20)
    decided = (await table.event("minutes_approved")).data["changes"][0]
    assert decided["verdict"]["rule"]["unit"] == "delegation", "as the ground rules have it"
    row = (await look(table)).row
    assert (row.minutes_status, row.minutes_version, row.minutes_sha) == (MinutesStatus.APPROVED, 2, second)
    assert row.status is MeetingStatus.HELD

    # action points stay until they are done
    await table.advance(50)
    for one in (await asked(table, TaskKind.ACTION)).values():
        by = {"chair": "cha"}.get(one.respondent)
        await table.give(one, ActionAnswer(result="It is done.", document=second), by=by)
    await table.settle()
    seen = await look(table)
    assert seen.row.status is MeetingStatus.CLOSED
    assert [one.content["result"] for one in seen.actions] == ["It is done.", "It is done."]
    kinds = [kind for kind in await table.kinds() if kind.startswith(("meeting", "minutes"))]
    assert kinds == [
        "meeting_called", "meeting_changed", "meeting_moved", "meeting_held", "meeting_reported", "minutes_objected",
        "minutes_approved", "meeting_closed",
    ]  # fmt: skip


@pytest.mark.slow(10)
async def test_a_meeting_lives_through_pause_and_withdrawal_and_ends_with_the_talks(table: Table) -> None:
    await table.launch([STEPS[0]])
    await call(table, "all")
    leave = c.Withdrawal(act=ref("w"), actor=c.Actor(person="shops-lead"), party="shops", reason="no more time")
    await table.steer("withdraw", leave)
    assert set(await asked(table, TaskKind.ATTENDANCE)) == {"union", "guild", "trade"}
    assert [told(one)[:2] for one in await calendars(table, "shops-lead")] == [("REQUEST", 0), ("CANCEL", 1)]
    assert len(await calendars(table, "union-lead")) == 1

    await table.steer("hold", c.Hold(act=ref("h"), actor=c.Actor(person="fay"), reason="a break"))
    assert await refused(call(table, "all")) == "paused"
    task = (await asked(table, TaskKind.ATTENDANCE))["union"]
    assert await refused(table.give(task, AttendanceAnswer(attends=Attends.NO))) == "paused"
    await table.advance(2)
    await table.steer("hold", c.Hold(act=ref("h"), actor=c.Actor(person="fay"), resume=True, reason="back again"))
    meets = (await look(table)).row.start_at
    assert {one.due_at for one in (await asked(table, TaskKind.ATTENDANCE)).values()} == {meets}
    await table.give(task, AttendanceAnswer(attends=Attends.YES))
    await table.give(task, AttendanceAnswer(attends=Attends.NO))

    await table.steer("hold", c.Hold(act=ref("h"), actor=c.Actor(person="fay"), reason="a longer break"))
    await table.advance(9)
    assert meets < await table.now()
    assert (await look(table)).row.status is MeetingStatus.CALLED
    await table.steer("end_talks", c.EndTalks(act=ref("e"), actor=c.Actor(person="fay"), reason="it is over"))
    await table.settle()
    assert (await look(table)).row.status is MeetingStatus.CANCELLED
    assert [told(one)[:2] for one in await calendars(table, "union-lead")] == [("REQUEST", 0), ("CANCEL", 2)]
    assert await asked(table, TaskKind.ATTENDANCE) == {}
