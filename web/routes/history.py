"""The record of a covenant as a history that people read."""

from typing import NamedTuple

from fastapi import APIRouter
from fastapi.responses import Response

from models.base import Words
from models.tables import Event
from rules import history, lanes, telling
from rules.access import PROXIES, Page, Viewer, sees, sees_task
from rules.calendar import local_date
from rules.history import About
from rules.labels import OFFICES
from rules.retelling import Known
from store import happenings, views
from store import history as reads
from web.rendering import page, task_url
from web.visiting import V

router = APIRouter(include_in_schema=False)

PER_PAGE = 50
OF_TEXT = {"clauses_revised"}
"""Kinds whose reason speaks of the text, for those who may read it."""
OF_PEOPLE = {"person_added", "mandates_changed", "mandates_ended"}
"""Kinds whose reason is for the own delegation and those who run the table."""


class Told(NamedTuple):
    """An entry as this reader sees it."""

    event: Event
    sentence: Words
    who: Words | None
    name: str | None
    reason: str | None
    link: str | None


@router.get("/c/{slug}/activity")
async def activity(visit: V, slug: str) -> Response:
    """Tell what happened, the newest first."""
    viewer = await visit.need(Page.ACTIVITY, slug)
    db, query = visit.site.db, visit.request.query_params
    row = await views.covenant(db, slug)
    asked = {name: query.get(name, "")[:80] for name in ("kind", "party", "step")}
    before = query.get("before", "")
    rows = await reads.entries(
        db, slug, **asked, before=int(before) if before.isascii() and before.isdigit() and len(before) < 10 else None,  # noqa: PLR2004 no covenant has more entries
        limit=PER_PAGE + 1,
    )  # fmt: skip
    own = None if viewer.relations & PROXIES else {seat.party for seat in viewer.seats if seat.party}
    known = await reads.known(db, slug, rows, of=own)
    in_lane = await happenings.reader(db, slug, [seat.person for seat in viewer.seats], local_date(visit.clock(row)))
    parties, steps = await reads.choices(db, slug)
    verify = query.get("verify") == "1"
    return page(
        visit, "history/activity.html.j2", covenant=row, viewer=viewer, asked=asked, parties=parties, steps=steps,
        kinds=await reads.kinds(db, slug), told=[tell(one, slug, viewer, known, in_lane) for one in rows[:PER_PAGE]],
        older=rows[PER_PAGE - 1].seq if len(rows) > PER_PAGE else None, before=before, verified=verify,
        broken=await views.chain_break(db, slug) if verify else None,
        this={name: value for name, value in asked.items() if value},
    )  # fmt: skip


def tell(one: Event, slug: str, viewer: Viewer, known: Known, in_lane: lanes.Reads) -> Told:
    """Say what an entry is to someone: nothing of a lane, a delegation or a text that is not theirs."""
    changes = one.data.get("changes", [])
    lane = telling.lane(changes)
    if lane is not None and not in_lane(lanes.Place(*lane)):
        return Told(one, history.HIDDEN, None, None, None, None)
    sentence = history.sentence(one.kind, one.actor, changes, known, behalf=one.on_behalf_of)
    reason = one.data.get("reason")
    if (one.kind in OF_TEXT and not sees(viewer, Page.TEXT)) or (one.kind in OF_PEOPLE and not _knows(one, known)):
        reason = None
    found = history.about(changes)
    return Told(
        one, sentence, known.people.get(one.actor), known.names.get(one.actor), reason,
        _address(found, slug, viewer) if found else None,
    )  # fmt: skip


def _knows(one: Event, known: Known) -> bool:
    """Whether the reader may know the person an entry is about."""
    people = [change.get("person") for change in one.data.get("changes", [])]
    return all(person["id"] in known.names for person in people if isinstance(person, dict))


def _address(found: About, slug: str, viewer: Viewer) -> str | None:
    """Return the page of what an entry is about, when the reader may open it."""
    home = f"/c/{slug}"
    match found.what:
        case "task":
            respondent = found.id.rpartition("/")[2]
            role = respondent if respondent in OFFICES else None
            return task_url(found.id) if sees_task(viewer, respondent, role) else None
        case "round" if sees(viewer, Page.TEXT):
            return f"{home}/rounds/{found.id}"
        case "clause" if sees(viewer, Page.TEXT):
            return f"{home}/clauses/{found.id}"
        case "document" if sees(viewer, Page.TEXT):
            return f"{home}/documents/{found.id}"
        case "step":
            return home
    return None
