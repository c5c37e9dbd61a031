"""Papers (stukken) in their lanes, and moving what is one's own to a wider lane."""

from collections.abc import Sequence
from datetime import date
from typing import Annotated, Literal

from fastapi import APIRouter, Path
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from pydantic import ValidationError
from starlette.status import HTTP_303_SEE_OTHER, HTTP_409_CONFLICT, HTTP_422_UNPROCESSABLE_CONTENT

from acts import filing
from acts.carrying import act, new_act
from models import ids
from models.enums import Lane
from models.errors import NotFound, PolderError, Refusal
from models.filing import PaperAdding, PaperText, Widening
from models.tables import Covenant
from rules import lanes
from rules.access import Deed, Page, Seat, Viewer, does
from rules.calendar import local_date
from rules.labels import LANES
from store import clauses, comments, contents, papers, views
from store.comments import CommentView
from store.papers import PaperView
from web.forms import Filled, resumed, sent, typed, upload
from web.problems import STATUS
from web.rendering import page
from web.routes.downloads import BYTES, sent_file
from web.visiting import V, Visit

router = APIRouter(include_in_schema=False)
Item = Literal["comment", "paper"]
ItemKey = Annotated[str, Path(max_length=200)]


def writer(viewer: Viewer) -> Seat | None:
    """Return the seat to read and write with: that of a party before an office."""
    return min(viewer.seats, key=lambda seat: seat.party is None, default=None)


async def reader(visit: Visit, covenant: Covenant, viewer: Viewer) -> lanes.Viewer:
    """Return what the visitor is to comments and papers."""
    seat = writer(viewer)
    if seat is None:
        return lanes.NOBODY
    return await comments.viewer(visit.site.db, covenant.slug, seat.person, _today(visit, covenant))


def _today(visit: Visit, covenant: Covenant) -> date:
    return local_date(visit.clock(covenant))


async def may_widen(
    visit: Visit, covenant: Covenant, viewer: Viewer, item: Item, rows: Sequence[CommentView | PaperView]
) -> dict[str, list[Lane]]:
    """Return, of these, those that the visitor may move to a wider lane, with the lanes."""
    seat = writer(viewer)
    if seat is None or not does(viewer, Deed.FILE_PAPER):
        return {}
    actor = await reader(visit, covenant, viewer)
    keys, today = [one.id for one in rows], _today(visit, covenant)
    found = await filing.wider(visit.site.db, covenant.slug, item, seat.person, actor, keys, today)
    return {key: open_to for key, open_to in found.items() if open_to}


@router.get("/c/{slug}/papers")
async def papers_page(visit: V, slug: str) -> Response:
    """Show the papers that the visitor may read, and the form to add one."""
    return await _shown(visit, slug, await resumed(visit, f"/c/{slug}/papers"))


async def _shown(visit: Visit, slug: str, f: Filled, status: int = 200) -> HTMLResponse:
    viewer = await visit.need(Page.TEXT, slug)
    covenant = await views.covenant(visit.site.db, slug)
    seen = await reader(visit, covenant, viewer)
    found = await papers.papers(visit.site.db, slug, seen)
    adds = does(viewer, Deed.FILE_PAPER) and covenant.ended_at is None
    parties = await clauses.names(visit.site.db, slug)
    return page(
        visit, "papers/list.html.j2", status=status, covenant=covenant, viewer=viewer, f=f, papers=found,
        open_to=lanes.lanes_for_papers(seen) if adds else [], form_key=f"/c/{slug}/papers", parties=parties,
        party_names={one.id: getattr(one, f"name_{visit.language.value}") for one in parties},
        office=seen.party is None,
        widens=await may_widen(visit, covenant, viewer, "paper", found),
    )  # fmt: skip


@router.post("/c/{slug}/papers")
async def add(visit: V, slug: str) -> Response:
    """Put a paper in a lane."""
    viewer = await visit.need_deed(Deed.FILE_PAPER, slug)
    seat = writer(viewer)
    f = await typed(visit.request)
    try:
        message = await _message(visit, f, seat) if seat is not None else None
        if message is None:
            return await _shown(visit, slug, f, HTTP_422_UNPROCESSABLE_CONTENT)
        client, db = await visit.site.client(), visit.site.db
        await act(client, ids.covenant_workflow(slug), "add_paper", message, act_id=message.act, db=db)
    except ValidationError as error:
        f.invalid(error)
        return await _shown(visit, slug, f, HTTP_422_UNPROCESSABLE_CONTENT)
    except PolderError as error:
        f.values["act"] = [new_act()]
        f.refuse(error, {"bad_file": "file", "which_party": "party", "not_your_lane": "lane"})
        return await _shown(visit, slug, f, STATUS.get(error.kind, HTTP_409_CONFLICT))
    await sent(visit, f"/c/{slug}/papers")
    return RedirectResponse(f"/c/{slug}/papers?done=1", HTTP_303_SEE_OTHER)


async def _message(visit: Visit, f: Filled, seat: Seat) -> PaperAdding | None:
    f.need("title", "Geef het stuk een titel.", "Give the paper a title.")
    if f.get("lane") not in set(Lane):
        f.wrong("lane", "Kies wie dit leest.", "Choose who reads this.")
    file = None
    try:
        file = await upload(f, "file")
    except Refusal as error:
        f.refuse(error, {"bad_file": "file"})
    if file is None and not f.get("note").strip():
        f.wrong("note", "Schrijf een notitie, of kies een bestand.", "Write a note, or choose a file.")
    if not f.fine:
        return None
    given = (file[0], file[2]) if file else None
    text = await filing.paper(visit.site.db, f.get("title").strip(), f.get("note"), given)
    digest = await papers.put(visit.site.db, text, f.act)
    made = {"act": f.act, "actor": {"person": seat.person}, "lane": f.get("lane"), "text_sha": digest}
    return PaperAdding.model_validate({**made, "party": f.get("party") or None})


@router.get("/c/{slug}/papers/{key}")
async def paper(visit: V, slug: str, key: str) -> Response:
    """Give the file of a paper, to who may read it."""
    viewer = await visit.need(Page.TEXT, slug)
    covenant = await views.covenant(visit.site.db, slug)
    found = await papers.paper(visit.site.db, slug, key, await reader(visit, covenant, viewer))
    return await paper_file(visit, found)


async def paper_file(visit: Visit, found: PaperView) -> Response:
    """Send the file of a paper.

    Raises:
        NotFound: it is a note alone.
    """
    text: PaperText = found.text
    if text.file_sha is None:
        raise NotFound("no_file", "Bij dit stuk hoort geen bestand.", "This paper has no file.")
    return sent_file(await contents.get(visit.site.db, text.file_sha), BYTES, text.name or "paper")


# --- wider ------------------------------------------------------------------------------------------------------------


@router.get("/c/{slug}/widen/{item}/{key}")
async def widen_form(visit: V, slug: str, item: Item, key: ItemKey) -> Response:
    """Ask to which wider lane something goes, and why."""
    return await _widen_shown(visit, slug, item, key, Filled())


async def _widen_shown(visit: Visit, slug: str, item: Item, key: str, f: Filled, status: int = 200) -> HTMLResponse:
    viewer = await visit.need_deed(Deed.FILE_PAPER, slug)
    covenant = await views.covenant(visit.site.db, slug)
    seen = await reader(visit, covenant, viewer)
    seat = writer(viewer)
    open_to = (
        (await filing.wider(visit.site.db, slug, item, seat.person, seen, [key], _today(visit, covenant))).get(key, [])
        if seat is not None
        else []
    )
    if not open_to:
        raise NotFound(
            "nothing_to_widen", "Hier is niets van uw partij dat naar een ruimere kring kan.",
            "There is nothing of your party here that can move to a wider lane.",
        )  # fmt: skip
    return page(
        visit, "papers/widen.html.j2", status=status, covenant=covenant, viewer=viewer, f=f, open_to=open_to,
        url=f"/c/{slug}/widen/{item}/{key}", lane_names=LANES,
    )  # fmt: skip


@router.post("/c/{slug}/widen/{item}/{key}")
async def widen(visit: V, slug: str, item: Item, key: ItemKey) -> Response:
    """Move something to a wider lane."""
    viewer = await visit.need_deed(Deed.FILE_PAPER, slug)
    seat = writer(viewer)
    f = await typed(visit.request)
    reason = f.need("reason", "Waarom? Dit komt in het dossier.", "Why? This goes on record.")
    if f.get("lane") not in set(Lane):
        f.wrong("lane", "Kies wie dit ook gaat lezen.", "Choose who will read this too.")
    if not f.fine or seat is None:
        return await _widen_shown(visit, slug, item, key, f, HTTP_422_UNPROCESSABLE_CONTENT)
    try:
        message = Widening.model_validate(
            {
                "act": f.act, "actor": {"person": seat.person}, "item": item, "id": key, "lane": f.get("lane"),
                "reason": reason,
            }
        )  # fmt: skip
        client, db = await visit.site.client(), visit.site.db
        await act(client, ids.covenant_workflow(slug), "widen", message, act_id=message.act, db=db)
    except ValidationError as error:
        f.invalid(error)
        return await _widen_shown(visit, slug, item, key, f, HTTP_422_UNPROCESSABLE_CONTENT)
    except PolderError as error:
        f.values["act"] = [new_act()]
        f.refuse(error, {"not_wider": "lane"})
        return await _widen_shown(visit, slug, item, key, f, STATUS.get(error.kind, HTTP_409_CONFLICT))
    return RedirectResponse(f"/c/{slug}/{'papers' if item == 'paper' else 'text'}?done=1", HTTP_303_SEE_OTHER)
