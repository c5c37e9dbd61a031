"""The board of a signing: who signed when and whose turn it is, for the table and for everybody."""

from fastapi import APIRouter
from fastapi.responses import Response

from rules import access
from rules.access import Page
from rules.ceremony import next_of, title_of
from store import happenings, register, signing, views
from web.rendering import page
from web.visiting import V

router = APIRouter(include_in_schema=False)

EVERY = 15
"""Seconds after which the page is drawn anew where no script does it."""


@router.get("/c/{slug}/signing")
async def table(visit: V, slug: str) -> Response:
    """Show the board to everyone around the table, with the names of who signed; to a company without them."""
    viewer = await visit.need(Page.COVENANT, slug)
    covenant, moved = await views.covenant(visit.site.db, slug), await happenings.seq(visit.site.db, slug)
    found = await signing.board(visit.site.db, slug)
    return page(
        visit, "standing/signing.html.j2", covenant=covenant, viewer=viewer, now=visit.clock(covenant), found=found,
        said=title_of(found), names=not access.only_company(viewer), every=EVERY, moved=moved,
        still=_still(visit, found.state), then=next_of(found),
    )  # fmt: skip


@router.get("/register/{slug}/signing")
async def public(visit: V, slug: str) -> Response:
    """Show the board to everybody: parties and counts, not the names of people."""
    covenant = await register.covenant(visit.site.db, slug)
    found = await signing.board(visit.site.db, slug)
    still = _still(visit, found.state)
    answer = page(
        visit, "register/signing.html.j2", covenant=covenant, now=visit.clock(covenant), found=found,
        said=title_of(found), names=False, every=EVERY, still=still, then=next_of(found),
    )  # fmt: skip
    if not still:
        answer.headers["refresh"] = str(EVERY)
    return answer


def _still(visit: V, state: str) -> bool:
    """Whether the page stays as it is: asked so, or nothing moves any more."""
    return state != "open" or visit.request.query_params.get("still") == "1"
