"""Downloads: documents of a covenant by their hash, and the exact text that a hash names."""

import asyncio
import re

from fastapi import APIRouter
from fastapi.responses import Response

from activities.rendering import render_pdf
from acts.exporting import Redline, redline
from models.enums import DocumentKind, Language
from models.errors import Forbidden, NotFound
from rules import showing
from rules.access import Page, Viewer, sees
from store import clauses, documents, revisions, views
from store.clauses import Found
from web.visiting import V, Visit

router = APIRouter(include_in_schema=False)

PDF = "application/pdf"
BYTES = "application/octet-stream"
"""What somebody delivered is never shown as a page of ours, whatever it says it is."""


@router.get("/c/{slug}/documents/{digest}")
async def document(visit: V, slug: str, digest: str) -> Response:
    """Give a document of this covenant, or the exact text that the hash names."""
    _ = visit.me
    viewer = await visit.viewer(slug)
    reads = sees(viewer, Page.TEXT)
    if not viewer.seats:
        await visit.need(Page.TEXT, slug)
    found = await clauses.document(visit.site.db, slug, digest)
    if found is not None:
        return _delivered(viewer, found, reads_text=reads)
    where = await revisions.holding(visit.site.db, slug, digest)
    if await clauses.whole_sha(visit.site.db, where) != digest:
        raise NotFound(
            "document_not_found",
            "Dit document hoort niet bij dit convenant, of de tekst is intussen gewijzigd.",
            "This document does not belong to this covenant, or the text has changed meanwhile.",
        )
    parties = {seat.party for seat in viewer.seats if seat.party is not None}
    if not reads and not await clauses.concerns(visit.site.db, slug, parties, digest):
        raise _not_yours()
    return sent_file(await _text(visit, where, digest), PDF, f"{slug}-{digest[:12]}.pdf")


@router.get("/c/{slug}/redline.{form}")
async def redlined(visit: V, slug: str, form: Redline, lang: Language | None = None) -> Response:
    """Give the whole text with what changed since the visitor's own party last approved, clause by clause."""
    viewer = await visit.need(Page.TEXT, slug)
    at = visit.clock(await views.covenant(visit.site.db, slug))
    made = await redline(visit.site.db, slug, viewer, form, lang or visit.language, at)
    return sent_file(made.data, made.media_type, made.name)


def _delivered(viewer: Viewer, found: Found, *, reads_text: bool) -> Response:
    kind, respondent = (found.task.kind, found.task.respondent) if found.task else (None, None)
    if not showing.shows_document(viewer, kind, respondent, reads_text=reads_text):
        raise _not_yours()
    if found.document.kind is DocumentKind.ATTACHMENT:
        return sent_file(found.content.data, BYTES, found.document.title_nl)
    return sent_file(found.content.data, PDF, f"{found.document.covenant}-{found.document.kind}.pdf")


def _not_yours() -> Forbidden:
    return Forbidden(
        "not_your_document",
        "Dit document is niet voor u. Verwacht: een document van uw eigen partij, of van de tafel waar u aan zit.",
        "This document is not for you. Expected: a document of your own party, or of the table you sit at.",
    )


async def _text(visit: Visit, slug: str, digest: str) -> bytes:
    """Return the exact text as PDF: the one that was made to be signed, else laid out now."""
    made = await clauses.final(visit.site.db, slug, digest)
    if made is not None:
        return made.data
    covenant = await views.covenant(visit.site.db, slug)
    frozen = covenant.text_sha == digest
    kind = DocumentKind.FINAL if frozen else DocumentKind.DRAFT
    at = covenant.accord_at if frozen and covenant.accord_at else covenant.moved_at
    content = await documents.covenant_document(visit.site.db, slug, kind, at)
    return await asyncio.to_thread(render_pdf, content.model_copy(update={"text_sha256": digest}))


def sent_file(data: bytes, media_type: str, name: str) -> Response:
    """Send a file to be kept, under a name no header can be broken with."""
    plain = re.sub(r"[^A-Za-z0-9._ -]+", "-", name).strip(" .-")[:120] or "document"
    return Response(data, media_type=media_type, headers={"content-disposition": f'attachment; filename="{plain}"'})
