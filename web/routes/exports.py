"""The text and its negotiation in other formats: Akoma Ntoso per language, and JSON of all that one may see."""

from fastapi import APIRouter
from fastapi.responses import Response

from activities.akoma import MEDIA_TYPE, akoma_ntoso
from models.enums import Language
from rules import lanes, showing
from rules.access import Page
from rules.calendar import local_date
from store import clauses, comments, exporting, views
from web.routes.clauses import own_party
from web.routes.downloads import sent_file
from web.visiting import V

router = APIRouter(include_in_schema=False)


@router.get("/c/{slug}/export/{language}.xml")
async def akoma(visit: V, slug: str, language: Language) -> Response:
    """Give the whole text in one language as Akoma Ntoso 3.0."""
    await visit.need(Page.TEXT, slug)
    covenant = await views.covenant(visit.site.db, slug)
    text = await exporting.covenant_text(visit.site.db, slug, visit.clock(covenant))
    return sent_file(akoma_ntoso(text, language), MEDIA_TYPE, f"{slug}-{language}.xml")


@router.get("/c/{slug}/export/negotiation.json")
async def negotiation(visit: V, slug: str) -> Response:
    """Give every version, round, position, amendment and comment that the visitor may read."""
    viewer = await visit.need(Page.TEXT, slug)
    db, seat = visit.site.db, own_party(viewer)
    writer = seat or (viewer.seats[0] if viewer.seats else None)
    now = visit.clock(await views.covenant(db, slug))
    reader = lanes.NOBODY if writer is None else await comments.viewer(db, slug, writer.person, local_date(now))
    found = await exporting.negotiation(
        db, slug, now, reader=reader, own=seat.party if seat else None,
        hidden=showing.hidden_round(viewer, await clauses.open_round(db, slug)),
    )  # fmt: skip
    return sent_file(found.model_dump_json().encode(), "application/json", f"{slug}-negotiation.json")
