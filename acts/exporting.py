"""A covenant as a file to keep: its text in four formats, and the negotiation as far as the reader may see it."""

import asyncio
from datetime import datetime
from enum import StrEnum
from typing import NamedTuple

from activities.akoma import MEDIA_TYPE, akoma_ntoso
from activities.rendering import render_html, render_pdf
from activities.word import write
from models.documents import CovenantDocument
from models.enums import DocumentKind, Language
from models.word import WordDraft
from rules import access, lanes
from rules.access import Relation, Viewer, forbidden
from rules.calendar import local_date
from store import comments, documents, exporting, rounds, views
from store.engine import Database


class Format(StrEnum):
    """What a covenant can be written as.

    Akoma Ntoso 3.0, a page and a Word file are in one language; a PDF has both side by side; JSON is the whole
    negotiation.
    """

    AKN = "akn"
    JSON = "json"
    DOCX = "docx"
    PDF = "pdf"
    HTML = "html"


class Redline(StrEnum):
    """What a redline can be written as: both languages side by side, one page, or tracked changes."""

    PDF = "pdf"
    HTML = "html"
    DOCX = "docx"


MEDIA = {
    "akn": MEDIA_TYPE,
    "json": "application/json",
    "pdf": "application/pdf",
    "html": "text/html; charset=utf-8",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
}
BOTH = {Format.PDF, Format.JSON}
"""What holds both languages."""


class File(NamedTuple):
    """A file to keep."""

    name: str
    data: bytes
    media_type: str


async def export(db: Database, slug: str, viewer: Viewer, form: Format, language: Language, at: datetime) -> File:
    """Write a covenant as it is now, for who may read its text.

    Raises:
        Forbidden: it is not theirs to read.
        NotFound: no such covenant, or every clause is parked.
    """
    access.need(viewer, access.Page.TEXT)
    match form:
        case Format.AKN:
            data = akoma_ntoso(await exporting.covenant_text(db, slug, at), language)
        case Format.JSON:
            data = (await _negotiation(db, slug, viewer, at)).model_dump_json().encode()
        case Format.DOCX:
            data = await _word(await exporting.word_draft(db, slug, at), language)
        case Format.PDF | Format.HTML:
            frozen = (await views.covenant(db, slug)).text_sha is not None
            kind = DocumentKind.FINAL if frozen else DocumentKind.DRAFT
            data = await _drawn(await documents.covenant_document(db, slug, kind, at), form, language)
    tongue = "" if form in BOTH else f"-{language}"
    what = "-negotiation" if form is Format.JSON else ""
    return File(f"{slug}{what}{tongue}.{'xml' if form is Format.AKN else form}", data, MEDIA[form])


async def redline(db: Database, slug: str, viewer: Viewer, form: Redline, language: Language, at: datetime) -> File:
    """Write the text against what a party last approved, clause by clause, for who sits at the table for it.

    Raises:
        Forbidden: `not_yours`, for who sits there for no party.
    """
    party = viewer.party
    if party is None:
        raise forbidden([Relation.PARTY])
    if form is Redline.DOCX:
        data = await _word(await exporting.word_draft(db, slug, at, party), language)
    else:
        content = await documents.covenant_document(db, slug, DocumentKind.REDLINE, at, party=party)
        data = await _drawn(content, form, language)
    tongue = "" if form is Redline.PDF else f"-{language}"
    return File(f"{slug}-{party}-redline{tongue}.{form}", data, MEDIA[form])


async def _negotiation(db: Database, slug: str, viewer: Viewer, at: datetime) -> exporting.Negotiation:
    writer = viewer.own or (viewer.seats[0] if viewer.seats else None)
    reader = lanes.NOBODY if writer is None else await comments.viewer(db, slug, writer.person, local_date(at))
    hidden = await rounds.hidden_from(db, slug, viewer)
    return await exporting.negotiation(db, slug, at, reader=reader, own=viewer.party, hidden=hidden)


async def _word(draft: WordDraft, language: Language) -> bytes:
    return await asyncio.to_thread(write, draft, language)


async def _drawn(content: CovenantDocument, form: Format | Redline, language: Language) -> bytes:
    if form == "html":
        return render_html(content, language).encode()
    return await asyncio.to_thread(render_pdf, content)
