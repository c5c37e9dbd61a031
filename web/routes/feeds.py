"""One's own due dates for a calendar program, by an address that only its owner knows."""

from collections.abc import Sequence
from datetime import timedelta

from fastapi import APIRouter
from fastapi.responses import Response
from icalendar import Calendar, Event
from starlette.responses import PlainTextResponse
from starlette.status import HTTP_404_NOT_FOUND

from activities.inviting import event, uid
from models.enums import Language, MeetingStatus
from models.tables import HumanTask
from rules.calendar import local_date
from store import accounts, duties, meetings
from store.duties import Duty
from store.meetings import Invitation
from web.rendering import task_url
from web.site import digest
from web.visiting import V

router = APIRouter(include_in_schema=False)

MOST = 1000
LONGEST = 100
"""Characters of a token; ours have fewer."""


@router.get("/calendar/{token}.ics")
async def calendar(visit: V, token: str) -> Response:
    """Give the open tasks of whoever this address was made for."""
    site = visit.site
    owner = await accounts.by_calendar(site.db, digest(token)) if len(token) <= LONGEST else None
    if owner is None:
        return PlainTextResponse(
            "Deze agenda bestaat niet (meer). This calendar does not exist (any more).\n", HTTP_404_NOT_FOUND
        )
    found = await duties.due(site.db, owner.email, limit=MOST)
    invited = await meetings.invitations(site.db, owner.email, limit=MOST)
    made = feed(found, Language(owner.language), site.settings.public_url, invited)
    return Response(made, media_type="text/calendar; charset=utf-8", headers={"cache-control": "private, max-age=300"})


def feed(found: list[Duty], language: Language, site: str, invited: Sequence[Invitation] = ()) -> bytes:
    """Write tasks as a calendar, one day each, the day they are due; and meetings, with the UID of their invitation."""
    nl = language is Language.NL
    made = Calendar()
    made.add("prodid", "-//Polder//Polder//NL" if nl else "-//Polder//Polder//EN")
    made.add("version", "2.0")
    made.add("method", "PUBLISH")
    made.add("x-wr-calname", "Polder: mijn taken" if nl else "Polder: my tasks")
    made.add("x-published-ttl", "PT1H")
    for one in found:
        made.add_component(_event(one, language, site))
    for meeting in invited:
        made.add_component(_meeting(meeting, site))
    if invited:
        made.add_missing_timezones()
    written: bytes = made.to_ical()
    return written


def _meeting(one: Invitation, site: str) -> Event:
    row = one.row
    until = row.start_at + timedelta(minutes=row.minutes)
    made = event(one.text, row.start_at, until, key=uid(row.covenant, row.no), sequence=row.sequence)
    made.add("dtstamp", row.called_at)
    made.add("status", "CANCELLED" if row.status is MeetingStatus.CANCELLED else "CONFIRMED")
    if one.text.link is None:
        made.add("url", f"{site}/c/{row.covenant}/meetings/{row.no}")
    return made


def sequence(task: HumanTask) -> int:
    """Number the versions of a due date: nought as first asked; a later one counts on with the task's own version."""
    return 0 if task.due_at == task.first_due_at else int(task.row_version or 1)


def _event(one: Duty, language: Language, site: str) -> Event:
    task, nl = one.task, language is Language.NL
    title = str(getattr(task, f"title_{language}"))
    covenant = str(getattr(one.covenant, f"title_{language}"))
    party = str(getattr(one.party, f"name_{language}")) if one.party else ""
    day, link = local_date(task.due_at), f"{site}{task_url(task.id)}"
    event = Event()
    event.add("uid", f"{task.id}@polder")
    event.add("sequence", sequence(task))
    event.add("dtstamp", task.opened_at)
    event.add("dtstart", day)
    event.add("dtend", day + timedelta(days=1))
    event.add("summary", f"{title}{f' ({party})' if party else ''}")
    event.add("description", f"{covenant}\n{'Uiterlijk 17.00 uur.' if nl else 'Due at 17:00.'}\n{link}")
    event.add("url", link)
    event.add("transp", "TRANSPARENT")
    event.add("status", "CONFIRMED")
    return event
