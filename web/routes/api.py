"""The JSON API: its description, and a page for people about it."""

from fastapi import APIRouter
from fastapi.responses import JSONResponse, Response

from models.base import Words
from rules.access import Page
from web.api.describing import BASE, description, endpoints
from web.api.describing import router as api
from web.rendering import page
from web.visiting import V

router = APIRouter()
about = APIRouter(include_in_schema=False)

GROUPS: dict[str, Words] = {
    "account": Words(nl="Wie u bent", en="Who you are"),
    "covenants": Words(nl="Convenanten", en="Covenants"),
    "text": Words(nl="De tekst", en="The text"),
    "tasks": Words(nl="Taken en antwoorden", en="Tasks and answers"),
    "contents": Words(nl="Teksten en documenten bewaren", en="Storing texts and documents"),
    "record": Words(nl="Het dossier", en="The record"),
    "meetings": Words(nl="Overleg", en="Meetings"),
    "steering": Words(nl="Bijsturen", en="Steering"),
}


@about.get("/api")
async def show(visit: V) -> Response:
    """Show what a program can do."""
    await visit.need(Page.REGISTER)
    groups: dict[str, list[tuple[str, str, str]]] = {name: [] for name in GROUPS}
    for group, method, path, what in endpoints():
        groups[group].append((method, path, what))
    return page(visit, "api/about.html.j2", groups=groups, names=GROUPS, base=BASE)


@about.get(f"{BASE}/openapi.json")
async def openapi() -> JSONResponse:
    """Return the description for programs."""
    return JSONResponse(description())


router.include_router(about)
router.include_router(api)
