"""For everybody: the public register, the check of a document, search over clauses, and one's own covenants."""

import re

from fastapi import APIRouter
from fastapi.responses import Response
from markupsafe import Markup, escape

from models.enums import Phase
from models.errors import NotFound
from models.playbook import Norm
from rules.access import Page
from rules.lanes import NOBODY
from store import asked, board, commitments, contents, papers, register, revisions
from web.rendering import page
from web.routes.papers import paper_file
from web.visiting import Number, V, Visit, page_number

router = APIRouter(include_in_schema=False)

PER_PAGE = 25
HITS = 20
AROUND = 110
"""Letters that are shown on both sides of a word that was found."""


@router.get("/register")
async def overview(visit: V) -> Response:
    """Show all covenants to everybody."""
    number, query = page_number(visit), visit.request.query_params
    phase = query.get("phase", "")
    asked = {"search": query.get("q", "").strip()[:100], "sector": query.get("sector", "")[:63]}
    found = await register.covenants(
        visit.site.db, **asked, phase=Phase(phase) if phase in set(Phase) else None,
        limit=PER_PAGE + 1, offset=(number - 1) * PER_PAGE,
    )  # fmt: skip
    return page(
        visit, "register/list.html.j2", rows=found[:PER_PAGE], more=len(found) > PER_PAGE, number=number, asked=asked,
        phase=phase, phases=Phase, sectors=await board.sectors(visit.site.db),
    )  # fmt: skip


@router.get("/register/{slug}")
async def entry(visit: V, slug: str) -> Response:
    """Show what is public of a covenant; its text once it is signed, or when the facilitator made an accord public."""
    found = await register.entry(visit.site.db, slug)
    public = await papers.papers(visit.site.db, slug, NOBODY)
    lineage = await revisions.lineage(visit.site.db, found.covenant)
    return page(
        visit, "register/entry.html.j2", found=found, covenant=found.covenant, now=visit.clock(found.covenant),
        papers=public, norms=await _norms(visit, slug) if found.clauses else {}, lineage=lineage,
        categories=(await asked.playbook(visit.site.db, slug)).categories if found.companies else [],
        committable=await commitments.names(visit.site.db, slug), in_force=lineage.counted_from,
    )  # fmt: skip


@router.get("/register/{slug}/versions/{no}")
async def version(visit: V, slug: str, no: Number) -> Response:
    """Show a public version of the whole text, with what changed since the public version before."""
    found = await register.entry(visit.site.db, slug)
    chosen = next((one for one in found.published if one.no == no), None)
    if chosen is None:
        raise NotFound(
            "version_not_found",
            "Deze versie staat niet in het register. Verwacht: een openbare versie van de pagina van het convenant.",
            "This version is not in the register. Expected: a public version of the covenant's page.",
        )
    before = next((one for one in found.published if one.no == no - 1), None)
    marked_up = before is not None and visit.request.query_params.get("changes") != "0"
    old = {clause.id: (clause, row) for clause, row in before.clauses} if before is not None and marked_up else {}
    new = {clause.id: (clause, row) for clause, row in chosen.clauses}
    every = sorted(
        [*new.values(), *(one for key, one in old.items() if key not in new)], key=lambda one: one[0].position
    )
    return page(
        visit, "register/version.html.j2", covenant=found.covenant, one=chosen, before=before, marked=marked_up,
        rows=[
            (clause, old[clause.id][1] if clause.id in old else None, new[clause.id][1] if clause.id in new else None)
            for clause, _ in every
        ],
        norms=await _norms(visit, slug), committable=await commitments.names(visit.site.db, slug),
        in_force=(await revisions.lineage(visit.site.db, found.covenant)).counted_from,
    )  # fmt: skip


async def _norms(visit: Visit, slug: str) -> dict[str, Norm]:
    return {norm.id: norm for norm in (await asked.playbook(visit.site.db, slug)).norms}


@router.get("/register/{slug}/papers/{key}")
async def paper(visit: V, slug: str, key: str) -> Response:
    """Give the file of a paper that was made public."""
    await register.covenant(visit.site.db, slug)
    found = await papers.paper(visit.site.db, slug, key, NOBODY)
    return await paper_file(visit, found)


@router.get("/register/{slug}/documents/{digest}")
async def document(visit: V, slug: str, digest: str) -> Response:
    """Give the sealed or final text of a signed covenant."""
    row = await register.covenant(visit.site.db, slug)
    found = [one for one in await register.public_documents(visit.site.db, row) if one.sha256 == digest]
    if not found:
        raise NotFound(
            "document_not_found",
            "Dit document staat niet in het register. Verwacht: de verzegelde of definitieve tekst van een ondertekend "
            "convenant.",
            "This document is not in the register. Expected: the sealed or final text of a signed covenant.",
        )
    data = await contents.get(visit.site.db, digest)
    name = f"{slug}-{found[0].kind}.pdf"
    return Response(
        data, media_type="application/pdf", headers={"content-disposition": f'attachment; filename="{name}"'}
    )


# --- one's own covenants ----------------------------------------------------------------------------------------------


@router.get("/covenants")
async def covenants(visit: V) -> Response:
    """Show the covenants someone has a place in; an operator sees all."""
    await visit.need(Page.OWN)
    number, db = page_number(visit), visit.site.db
    search = visit.request.query_params.get("q", "").strip()[:100]
    mine = await register.places(db, visit.me)
    found = await register.covenants(
        db, slugs=None if visit.operates else sorted(mine), search=search, limit=PER_PAGE + 1,
        offset=(number - 1) * PER_PAGE,
    )  # fmt: skip
    seats = [(row.slug, party) for row in found for party, _ in mine.get(row.slug, ()) if party]
    viewer = await visit.viewer()
    watches = visit.operates or bool(await board.watched(db, visit.me))
    return page(
        visit, "register/mine.html.j2", rows=found[:PER_PAGE], more=len(found) > PER_PAGE, number=number, mine=mine,
        search=search, launches=viewer.launches, watches=watches,
        names=await register.party_names(db, seats),
    )  # fmt: skip


# --- search -----------------------------------------------------------------------------------------------------------


@router.get("/search")
async def search(visit: V) -> Response:
    """Search the clauses that the visitor may read, across covenants."""
    q = visit.request.query_params.get("q", "").strip()[:100]
    wanted, number = register.terms(q), page_number(visit)
    mine = await register.readable(visit.site.db, visit.email)
    hits = await register.search(
        visit.site.db, wanted, slugs=sorted(mine), language=visit.language, limit=HITS + 1, offset=(number - 1) * HITS
    )
    return page(
        visit, "register/search.html.j2", q=q, wanted=wanted, hits=hits[:HITS], more=len(hits) > HITS, number=number,
        marked=lambda text: marked(text, wanted), snippet=lambda text: snippet(text, wanted),
    )  # fmt: skip


def _found(wanted: list[str]) -> re.Pattern[str]:
    return re.compile("|".join(re.escape(word) for word in sorted(wanted, key=len, reverse=True)), re.IGNORECASE)


def marked(text: str, wanted: list[str]) -> Markup:
    """Write a text with the words that were looked for marked."""
    if not wanted:
        return escape(text)
    parts, last = [], 0
    for match in _found(wanted).finditer(text):
        parts += [escape(text[last : match.start()]), Markup("<mark>{}</mark>").format(match.group())]
        last = match.end()
    return Markup("").join([*parts, escape(text[last:])])


def snippet(text: str, wanted: list[str]) -> Markup:
    """Write the part of a text around the first word that was found."""
    match = _found(wanted).search(text) if wanted else None
    middle = match.start() if match else 0
    start, end = max(0, middle - AROUND), min(len(text), middle + 2 * AROUND)
    start = text.find(" ", start, middle) + 1 if start else 0
    cut = text.rfind(" ", middle, end) if end < len(text) else end
    part = text[start : cut if cut > middle else end]
    return Markup("{}{}{}").format("… " if start else "", marked(part, wanted), " …" if end < len(text) else "")
