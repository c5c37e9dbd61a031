"""Live updates of a covenant's pages; reloading the page shows the same."""

from fastapi import APIRouter
from fastapi.responses import Response

from rules.access import Page
from store import happenings, views
from web.api.shapes import SlugPath
from web.live import stream
from web.visiting import V

router = APIRouter(include_in_schema=False)


@router.get("/c/{slug}/live")
async def covenant(visit: V, slug: SlugPath) -> Response:
    """Tell an open page each time that a covenant moves on."""
    await visit.need(Page.COVENANT, slug)
    await views.covenant(visit.site.db, slug)

    async def look() -> str:
        return str(await happenings.seq(visit.site.db, slug))

    return await stream(visit, f"covenant:{slug}", look)
