"""Objections: what still stands in the way of a text, and what only its owner can lift; red lines, in confidence."""

from fastapi import APIRouter
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from pydantic import ValidationError
from starlette.status import HTTP_303_SEE_OTHER, HTTP_409_CONFLICT, HTTP_422_UNPROCESSABLE_CONTENT

from acts.carrying import act, new_act
from models import ids
from models.contracts import Act
from models.enums import ObjectionStatus
from models.errors import PolderError
from models.objecting import ObjectionLift, RedLineDrop, RedLineTelling, RedLineText
from rules.access import Deed, Page, Seat
from rules.calendar import local_date
from rules.objecting import reads_red_lines
from store import objections, red_lines, rounds, views
from store import standing as reads
from web.forms import Filled, resumed, sent, typed
from web.problems import STATUS
from web.rendering import page
from web.visiting import V, Visit

router = APIRouter(include_in_schema=False)

STANCES = ("agree", "reservation", "abstain")
"""Where a party can stand once it no longer objects."""


def form_of(slug: str) -> str:
    """Return the name under which what is typed is kept."""
    return f"/c/{slug}/objections"


@router.get("/c/{slug}/objections")
async def objections_page(visit: V, slug: str) -> Response:
    """Show the objections that stand and those that ended, and the red lines that the reader may read."""
    return await _shown(visit, slug, await resumed(visit, form_of(slug)))


async def _shown(visit: Visit, slug: str, f: Filled, status: int = 200) -> HTMLResponse:
    viewer = await visit.need(Page.TEXT, slug)
    db = visit.site.db
    covenant, seat = await views.covenant(db, slug), viewer.own
    of = reads_red_lines(viewer, local_date(visit.clock(covenant)))
    hidden = await rounds.hidden_from(db, slug, viewer)
    every = await objections.objections(db, slug, open_only=False, hidden=hidden, own=[viewer.party])
    found = (await reads.standing(db, slug)).clauses
    return page(
        visit, "clauses/objections.html.j2", status=status, covenant=covenant, viewer=viewer, f=f, seat=seat,
        clauses={one.id: one for one in found}, current=await views.current_texts(db, slug), form_key=form_of(slug),
        standing=[one for one in every if one.row.status is ObjectionStatus.OPEN],
        ended=[one for one in every if one.row.status is not ObjectionStatus.OPEN],
        red_lines=await red_lines.red_lines(db, slug, of=of) if of is None or of else [], hears=of is None,
        stances=STANCES, hides=hidden is not None, open=covenant.accord_at is None,
    )  # fmt: skip


@router.post("/c/{slug}/objections")
async def answer(visit: V, slug: str) -> Response:
    """Lift an objection of one's own, tell the facilitator a red line, or drop one."""
    viewer = await visit.need_deed(Deed.OBJECT, slug)
    seat = viewer.own
    f = await typed(visit.request)
    do, _, key = f.get("do").partition(":")
    try:
        made = await _message(visit, f, do, key, seat) if seat is not None else None
        if made is None:
            return await _shown(visit, slug, f, HTTP_422_UNPROCESSABLE_CONTENT)
        update, message = made
        client = await visit.site.client()
        await act(client, ids.covenant_workflow(slug), update, message, act_id=message.act, db=visit.site.db)
    except ValidationError as error:
        f.invalid(error, {"stance": f"stance-{key}", "reason": f"reason-{key}", "text": "text"})
        return await _shown(visit, slug, f, HTTP_422_UNPROCESSABLE_CONTENT)
    except PolderError as error:
        f.values["act"] = [new_act()]
        f.refuse(error)
        return await _shown(visit, slug, f, STATUS.get(error.kind, HTTP_409_CONFLICT))
    await sent(visit, form_of(slug))
    return RedirectResponse(f"{form_of(slug)}?done=1", HTTP_303_SEE_OTHER)


async def _message(visit: Visit, f: Filled, do: str, key: str, seat: Seat) -> tuple[str, Act] | None:
    """Make the act of a form; none when something is missing, which then says so at its field."""
    common = {"act": f.act, "actor": {"person": seat.person}}
    if do == "tell":
        text = f.need("text", "Schrijf wat voor uw partij niet kan.", "Write what your party cannot accept.")
        if not text:
            return None
        digest = await red_lines.put(visit.site.db, RedLineText(clause=f.get("clause") or None, text=text), f.act)
        return "tell_red_line", RedLineTelling.model_validate({**common, "text_sha": digest})
    if do == "drop":
        return "drop_red_line", RedLineDrop.model_validate({**common, "red_line": key})
    reason = f.need(f"reason-{key}", "Waarom? De anderen lezen dit.", "Why? The others read this.")
    if f.get(f"stance-{key}") not in STANCES:
        f.wrong(f"stance-{key}", "Kies waar u nu staat.", "Choose where you stand now.")
    if not f.fine:
        return None
    lift = {**common, "clause": key, "sha256": f.get(f"sha-{key}"), "stance": f.get(f"stance-{key}"), "reason": reason}
    return "lift_objection", ObjectionLift.model_validate(lift)
