"""The rounds of the talks: the text, who said what about it, and what came of it."""

from collections import Counter
from datetime import datetime

from fastapi import APIRouter
from fastapi.responses import Response

from models.enums import Role, Stance
from models.tables import Party
from rules.access import Page, Viewer
from rules.calendar import local_date
from rules.showing import hidden_round
from store import amendments, comments, commitments, rounds, views
from store import standing as reads
from store.comments import CommentView
from store.conditions import wording
from store.engine import Database
from store.rounds import Opinion, RoundView
from web.rendering import page
from web.routes.standing import ahead
from web.visiting import Number, V, page_number

router = APIRouter(include_in_schema=False)

MOST_CELLS = 240
"""Cells of a matrix on one page: a picture and its table stay below 60 kB."""

MOST_COMMENTS = 30
HIDDEN = "hidden"
CONDITIONAL = "conditional"
UNCOUNTED = "uncounted"


@router.get("/c/{slug}/rounds")
async def all_rounds(visit: V, slug: str) -> Response:
    """List the rounds, with how the text came together."""
    viewer = await visit.need(Page.TEXT, slug)
    db = visit.site.db
    row = await views.covenant(db, slug)
    outlook, hidden = await ahead(visit, viewer, slug)
    converged = await rounds.converged(db, slug)
    standing = Counter(one.status for one in (await reads.standing(db, slug)).clauses)
    return page(
        visit, "rounds/list.html.j2", since=standing if converged and standing != converged[-1][1] else None,
        covenant=row, viewer=viewer, now=visit.clock(row),
        rounds=await rounds.rounds(db, slug), converged=converged,
        drafting=await reads.drafting(db, slug), drafts=drafts(viewer), outlook=outlook,
        hides=hidden is not None,
    )  # fmt: skip


def drafts(viewer: Viewer) -> bool:
    """Whether someone makes the next version of the text."""
    return viewer.seat(roles={Role.FACILITATOR}) is not None


@router.get("/c/{slug}/rounds/{no}")
async def one_round(visit: V, slug: str, no: Number) -> Response:
    """Show a round: agenda, positions as far as they are shown, objections, verdicts, outcome."""
    viewer = await visit.need(Page.TEXT, slug)
    db = visit.site.db
    row, number = await views.covenant(db, slug), page_number(visit)
    seated = max(len((await reads.standing(db, slug)).parties), 1)
    per_page = max(MOST_CELLS // seated, 4)
    found = await rounds.round_of(db, slug, no, limit=per_page, offset=(number - 1) * per_page)
    closed = found.round.closed_at
    hidden = hidden_round(viewer, None if closed else no)
    seen = [one for one in found.opinions if _seen(viewer, one, hidden)]
    names = {party.id: party for party in found.parties}
    outlook, _ = await ahead(visit, viewer, slug)
    return page(
        visit, "rounds/round.html.j2", outlook=outlook,
        left=next((one for one in outlook.rounds if one.round == no), None),
        covenant=row, viewer=viewer, now=visit.clock(row), found=found,
        round=found.round, parties=found.parties, names=names, stances=stances(found, seen), hidden=hidden is not None,
        objections=[one for one in seen if one.stance is Stance.OBJECT and one.party in names],
        remarks=[
            one
            for one in seen
            if one.stance is not Stance.OBJECT and (one.comment or one.conditions) and one.party in names
        ],
        wording=await wording(db, slug), between=await amendments.bracketed(db, slug),
        numbers={item.clause.id: item.clause for item in found.items},
        comments=await _comments(db, slug, viewer, found, visit.clock(row)),
        committable=await commitments.names(db, slug), number=number, more=len(found.round.agenda) > number * per_page,
        drafting=await reads.drafting(db, slug), drafts=drafts(viewer),
    )  # fmt: skip


def _seen(viewer: Viewer, one: Opinion, hidden: int | None) -> bool:
    return one.round != hidden or viewer.seat(party=one.party) is not None


def stances(found: RoundView, seen: list[Opinion]) -> dict[tuple[str, str], str]:
    """Return the cells of the matrix: what is seen, and that there is something where it is not shown."""
    cells = {(one.clause, one.party): HIDDEN for one in found.opinions}
    return cells | {(one.clause, one.party): _cell(one) for one in seen}


def _cell(one: Opinion) -> str:
    if not one.counted:
        return UNCOUNTED
    return CONDITIONAL if one.conditions else one.stance.value


async def _comments(
    db: Database, slug: str, viewer: Viewer, found: RoundView, now: datetime
) -> list[tuple[CommentView, Party | None]]:
    """Return what was remarked on these clauses during the round, in the lanes the viewer is in."""
    if not viewer.seats:
        return []
    reader = await comments.viewer(db, slug, viewer.seats[0].person, local_date(now))
    agenda, names = {item.clause.id for item in found.items}, {party.id: party for party in found.parties}
    end = found.round.closed_at or now
    said = [
        (one, names.get(one.party or ""))
        for one in await comments.comments(db, slug, None, reader)
        if one.clause in agenda and found.round.opened_at <= one.at <= end
    ]
    return said[-MOST_COMMENTS:]
