"""Meetings of a covenant: who is invited, what is on the agenda, what came of them."""

from dataclasses import dataclass
from datetime import date

from fastapi import APIRouter
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from pydantic import ValidationError
from starlette.status import HTTP_303_SEE_OTHER, HTTP_409_CONFLICT, HTTP_422_UNPROCESSABLE_CONTENT

from acts import agenda
from acts.carrying import act, new_act
from models import contracts as c
from models import ids
from models.base import Words
from models.convening import MeetingCall, MeetingChange, MeetingReport, MeetingText, NewAction
from models.enums import MeetingStatus, TaskStatus
from models.errors import Forbidden, NotFound, PolderError
from models.tables import Covenant
from rules import access, balance, meetings
from rules.access import Deed, Page, Viewer, does
from rules.calendar import AMSTERDAM, local_date
from rules.labels import OFFICES
from store import contents, views
from store import meetings as reads
from store import standing as tables
from store.meetings import MeetingView
from web.forms import Filled, resumed, sent, typed
from web.problems import STATUS
from web.rendering import page
from web.routes.downloads import BYTES, sent_file
from web.visiting import Number, V, Visit

router = APIRouter(include_in_schema=False)

ACTIONS = 5
"""Rows for new action points in one form."""

FIELDS = {
    "link_not_safe": "link", "bad_start": "day", "unknown_invited": "called", "nothing_changed": "day",
    "no_single_owner": "action-0",
    "nothing_reported": "present", "date_in_the_past": "action-0", "date_too_far": "action-0",
}  # fmt: skip


@dataclass(frozen=True)
class Hall:
    """A covenant whose meetings someone looks at."""

    covenant: Covenant
    viewer: Viewer
    roster: c.Roster

    @property
    def choices(self) -> list[tuple[str, Words]]:
        """Whom one can invite: everyone, a constituency, an office, a party."""
        held = {role for one in self.roster.people for role in one.roles}
        offices = [(role, OFFICES[role]) for role in OFFICES if role in held and role != "operator"]
        groups = [(one.id, one.title) for one in self.roster.constituencies]
        return [*groups, *((str(role), name) for role, name in offices), *self.owners[len(offices) :]]

    @property
    def owners(self) -> list[tuple[str, Words]]:
        """Who can be one owner: an office or a party."""
        held = {role for one in self.roster.people for role in one.roles}
        offices: list[tuple[str, Words]] = [
            (str(role), name) for role, name in OFFICES.items() if role in held and role != "operator"
        ]
        return [*offices, *((one.id, one.name) for one in balance.seated(self.roster))]


async def _hall(visit: Visit, slug: str, *, acts: bool = False) -> Hall:
    viewer = await (visit.need_deed(Deed.CALL_MEETING, slug) if acts else visit.need(Page.TEXT, slug))
    return Hall(await views.covenant(visit.site.db, slug), viewer, await tables.roster(visit.site.db, slug))


async def _meeting(visit: Visit, hall: Hall, no: int) -> MeetingView:
    """Return a meeting for who may see it.

    Raises:
        NotFound: there is none of that number.
        Forbidden: it is not theirs.
    """
    found = await reads.meeting(visit.site.db, hall.covenant.slug, no)
    if not meetings.may_see(found.row.invited, hall.viewer):
        raise Forbidden(
            "not_invited",
            "Dit overleg is niet voor u. Verwacht: een overleg waarvoor u bent uitgenodigd.",
            "This meeting is not for you. Expected: a meeting that you are invited to.",
            {"meeting": str(no)},
        )
    return found


def form_of(slug: str, no: int | None = None) -> str:
    """Return the address of a form, under which what is typed is kept."""
    return f"/c/{slug}/meetings/{'new' if no is None else no}"


@router.get("/c/{slug}/meetings")
async def meetings_page(visit: V, slug: str) -> Response:
    """List the meetings that the visitor may see, and the action points that are open."""
    hall = await _hall(visit, slug)
    every = await reads.meetings(visit.site.db, slug)
    seen = [one for one in every if meetings.may_see(one[0].invited, hall.viewer)]
    shown = {row.workflow for row, _ in seen}
    return page(
        visit, "meetings/list.html.j2", covenant=hall.covenant, viewer=hall.viewer, now=visit.clock(hall.covenant),
        coming=[one for one in reversed(seen) if one[0].status is MeetingStatus.CALLED],
        past=[one for one in seen if one[0].status is not MeetingStatus.CALLED],
        actions=[one for one in await reads.open_actions(visit.site.db, slug) if one.workflow in shown],
        names=dict(hall.owners), may_call=does(hall.viewer, Deed.CALL_MEETING) and hall.covenant.ended_at is None,
    )  # fmt: skip


# --- calling one ------------------------------------------------------------------------------------------------------


@router.get("/c/{slug}/meetings/new")
async def call_form(visit: V, slug: str) -> Response:
    """Ask for a meeting; the agenda is proposed from what is open."""
    hall = await _hall(visit, slug, acts=True)
    points = await agenda.proposed(visit.site.db, slug, visit.clock(hall.covenant), visit.language)
    initial = {"called": ["all"], "agenda": "\n".join(points), "length": "120", "silence": "5", "time": "10:00"}
    return _form(visit, hall, await resumed(visit, form_of(slug), initial))


def _form(visit: Visit, hall: Hall, f: Filled, status: int = 200) -> HTMLResponse:
    return page(
        visit, "meetings/new.html.j2", status=status, covenant=hall.covenant, viewer=hall.viewer, f=f,
        choices=hall.choices, form_key=form_of(hall.covenant.slug),
    )  # fmt: skip


@router.post("/c/{slug}/meetings/new")
async def call(visit: V, slug: str) -> Response:
    """Call a meeting."""
    hall = await _hall(visit, slug, acts=True)
    f = await typed(visit.request)
    try:
        text, start, length = _text(f), f.moment("day", "time"), _number(f, "length", 5, 720)
        silence = _number(f, "silence", 1, 30)
        if not f.all("called"):
            f.wrong("called", "Kies wie u uitnodigt.", "Choose whom you invite.")
        if not f.fine or text is None:
            return _form(visit, hall, f, HTTP_422_UNPROCESSABLE_CONTENT)
        message = MeetingCall.model_validate(
            {
                "act": f.act, "actor": _actor(hall), "start": start, "minutes": length, "called": f.all("called"),
                "silence_days": silence, "text_sha": await reads.put(visit.site.db, text, f.act),
            }
        )  # fmt: skip
        client = await visit.site.client()
        workflow = ids.covenant_workflow(slug)
        await act(client, workflow, "call_meeting", message, act_id=message.act, db=visit.site.db)
    except ValidationError as error:
        f.invalid(error, {"start": "day", "minutes": "length"})
        return _form(visit, hall, f, HTTP_422_UNPROCESSABLE_CONTENT)
    except PolderError as error:
        f.values["act"] = [new_act()]
        f.refuse(error, FIELDS)
        return _form(visit, hall, f, STATUS.get(error.kind, HTTP_409_CONFLICT))
    await sent(visit, form_of(slug))
    return RedirectResponse(f"/c/{slug}/meetings?done=1", HTTP_303_SEE_OTHER)


def _actor(hall: Hall) -> dict[str, str]:
    seat = hall.viewer.seat(roles=meetings.CALLERS)
    if seat is None:
        raise access.forbidden(access.DOES[Deed.CALL_MEETING])
    return {"person": seat.person}


def _text(f: Filled) -> MeetingText | None:
    f.need("title", "Geef het overleg een titel.", "Give the meeting a title.")
    if not f.fine:
        return None
    points = [line.strip(" -\t") for line in f.get("agenda").splitlines()]
    return MeetingText.model_validate(
        {
            "title": f.get("title").strip(), "place": f.get("place").strip() or None,
            "link": f.get("link").strip() or None, "agenda": [one for one in points if one],
            "description": f.get("description"),
        }
    )  # fmt: skip


def _number(f: Filled, name: str, least: int, most: int) -> int | None:
    text = f.get(name).strip()
    if not (text.isascii() and text.isdigit() and len(text) < 5 and least <= int(text) <= most):  # noqa: PLR2004 digits
        f.wrong(name, f"Verwacht: {least} tot {most}.", f"Expected: {least} to {most}.")
        return None
    return int(text)


# --- one meeting ------------------------------------------------------------------------------------------------------


@router.get("/c/{slug}/meetings/{no}")
async def meeting_page(visit: V, slug: str, no: Number) -> Response:
    """Show a meeting."""
    hall = await _hall(visit, slug)
    found = await _meeting(visit, hall, no)
    f = await resumed(visit, form_of(slug, no), _as_it_is(found)) if _acts(hall) else Filled(_lists(_as_it_is(found)))
    return _shown(visit, hall, found, f)


def _acts(hall: Hall) -> bool:
    return does(hall.viewer, Deed.CALL_MEETING)


def _lists(values: dict[str, str | list[str]]) -> dict[str, list[str]]:
    return {name: [value] if isinstance(value, str) else value for name, value in values.items()}


def _as_it_is(found: MeetingView) -> dict[str, str | list[str]]:
    row, text = found.row, found.text
    at = row.start_at.astimezone(AMSTERDAM)
    came = [one.task.respondent for one in found.coming if one.content.get("attends") in {"yes", "substitute"}]
    return {
        "title": text.title, "place": text.place or "", "link": text.link or "", "agenda": "\n".join(text.agenda),
        "description": text.description, "day": at.date().isoformat(), "time": f"{at:%H:%M}",
        "length": str(row.minutes), "present": row.present if row.present is not None else came,
    }  # fmt: skip


def _shown(visit: Visit, hall: Hall, found: MeetingView, f: Filled, status: int = 200) -> HTMLResponse:
    now = visit.clock(hall.covenant)
    acting = _acts(hall) and hall.covenant.ended_at is None
    row = found.row
    versions = [one for one in found.minutes if one.content]
    mine = [
        one.task
        for one in [*found.coming, *found.minutes, *found.corrections, *found.actions]
        if one.task.status is TaskStatus.OPEN
        and access.own_task(hall.viewer, one.task.respondent, one.task.role, one.task.kind, local_date(now))
    ]
    return page(
        visit, "meetings/meeting.html.j2", status=status, covenant=hall.covenant, viewer=hall.viewer, f=f,
        found=found, row=row, names=dict(hall.owners), now=now, rows=range(ACTIONS), owners=hall.owners,
        changes=acting and row.status is MeetingStatus.CALLED and row.start_at > now,
        reports=acting and row.status is MeetingStatus.HELD, versions=versions, form_key=form_of(row.covenant, row.no),
        mine=mine,
    )  # fmt: skip


@router.post("/c/{slug}/meetings/{no}")
async def change(visit: V, slug: str, no: Number) -> Response:
    """Change or cancel a meeting, or write down what came of it."""
    hall = await _hall(visit, slug, acts=True)
    found = await _meeting(visit, hall, no)
    f = await typed(visit.request)
    for name, value in _lists(_as_it_is(found)).items():
        if name != "present" or f.get("do") != "report":
            f.values.setdefault(name, value)
    try:
        made = await _message(visit, hall, found, f)
        if made is None or not f.fine:
            return _shown(visit, hall, found, f, HTTP_422_UNPROCESSABLE_CONTENT)
        client, (update, message) = await visit.site.client(), made
        await act(client, found.row.workflow, update, message, act_id=message.act, db=visit.site.db)
    except ValidationError as error:
        f.invalid(error, {"start": "day", "minutes": "length"})
        return _shown(visit, hall, found, f, HTTP_422_UNPROCESSABLE_CONTENT)
    except PolderError as error:
        f.values["act"] = [new_act()]
        f.refuse(error, FIELDS)
        return _shown(visit, hall, found, f, STATUS.get(error.kind, HTTP_409_CONFLICT))
    await sent(visit, form_of(slug, no))
    return RedirectResponse(f"{form_of(slug, no)}?done=1", HTTP_303_SEE_OTHER)


async def _message(visit: Visit, hall: Hall, found: MeetingView, f: Filled) -> tuple[str, c.Act] | None:
    common = {"act": f.act, "actor": _actor(hall)}
    if f.get("do") == "report":
        actions = [one for number in range(ACTIONS) if (one := _action(f, number)) is not None]
        report = {**common, "present": f.all("present"), "actions": actions, "reason": f.get("again").strip() or None}
        return ("report_meeting", MeetingReport.model_validate(report)) if f.fine else None
    name = "why" if f.get("do") == "cancel" else "reason"
    reason = f.need(name, "Waarom? De genodigden lezen dit.", "Why? The invited read this.")
    if f.get("do") == "cancel":
        cancelled = {**common, "cancel": True, "reason": reason}
        return ("change_meeting", MeetingChange.model_validate(cancelled)) if f.fine else None
    text, start, length = _text(f), f.moment("day", "time"), _number(f, "length", 5, 720)
    if not f.fine or text is None:
        return None
    changed = {**common, "start": start, "minutes": length, "reason": reason}
    if text != found.text:
        changed["text_sha"] = await reads.put(visit.site.db, text, f.act)
    return "change_meeting", MeetingChange.model_validate(changed)


def _action(f: Filled, number: int) -> NewAction | None:
    text, owner = f.get(f"action-{number}").strip(), f.get(f"owner-{number}")
    if not text:
        return None
    if not owner:
        f.wrong(f"owner-{number}", "Kies wie het doet.", "Choose who will do it.")
    due: date | None = f.date(f"due-{number}")
    if len(text) > 200:  # noqa: PLR2004 as the contract has it
        f.wrong(f"action-{number}", "Verwacht: hoogstens 200 tekens.", "Expected: at most 200 characters.")
    return NewAction.model_validate({"text": text, "owner": owner, "due": due}) if f.fine else None


@router.get("/c/{slug}/meetings/{no}/files/{digest}")
async def file(visit: V, slug: str, no: Number, digest: str) -> Response:
    """Give minutes, or the document of an action point, to who may see the meeting."""
    hall = await _hall(visit, slug)
    found = await _meeting(visit, hall, no)
    known = {one.content.get("sha256") for one in found.minutes} | {
        one.content.get("document") for one in found.actions
    }
    if digest not in known - {None}:
        raise NotFound(
            "document_not_found", "Dit stuk hoort niet bij dit overleg.", "This document is not of this meeting."
        )
    data = await contents.get(visit.site.db, digest)
    kinds = {b"%PDF": "pdf", b"PK\x03\x04": "docx"}
    return sent_file(data, BYTES, f"{slug}-{no}-{digest[:8]}.{kinds.get(data[:4], 'txt')}")
