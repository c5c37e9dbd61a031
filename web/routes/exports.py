"""The text and its negotiation as a file, in five formats."""

from fastapi import APIRouter
from fastapi.responses import Response

from acts.exporting import Format, export
from models.enums import Language
from rules.access import Page
from store import views
from web.routes.downloads import sent_file
from web.visiting import V

router = APIRouter(include_in_schema=False)


@router.get("/c/{slug}/export/{form}")
async def exported(visit: V, slug: str, form: Format, lang: Language | None = None) -> Response:
    """Give the covenant as it is now, as far as the visitor may read it."""
    viewer = await visit.need(Page.TEXT, slug)
    at = visit.clock(await views.covenant(visit.site.db, slug))
    made = await export(visit.site.db, slug, viewer, form, lang or visit.language, at)
    return sent_file(made.data, made.media_type, made.name)
