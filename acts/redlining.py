"""The whole text against what a party last approved, clause by clause, as a file for that party alone."""

import asyncio
from datetime import datetime
from enum import StrEnum
from typing import NamedTuple

from activities.rendering import render_html, render_pdf
from activities.word import write
from models.enums import DocumentKind, Language
from rules.access import Relation, Seat, forbidden
from store import documents, exporting
from store.engine import Database


class Form(StrEnum):
    """What the redline can be: both languages side by side, one page, or a Word file with tracked changes."""

    PDF = "pdf"
    HTML = "html"
    DOCX = "docx"


MEDIA = {
    Form.PDF: "application/pdf",
    Form.HTML: "text/html; charset=utf-8",
    Form.DOCX: "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
}


class File(NamedTuple):
    """A file to keep."""

    name: str
    data: bytes
    media_type: str


async def redline(db: Database, slug: str, seat: Seat | None, form: Form, language: Language, at: datetime) -> File:
    """Make the redline of who sits at the table for a party.

    Raises:
        Forbidden: `not_yours`, for who sits there for no party.
    """
    if seat is None or seat.party is None:
        raise forbidden([Relation.PARTY])
    tongue = "" if form is Form.PDF else f"-{language}"
    name = f"{slug}-{seat.party}-redline{tongue}.{form}"
    if form is Form.DOCX:
        draft = await exporting.word_draft(db, slug, at, seat.party)
        return File(name, await asyncio.to_thread(write, draft, language), MEDIA[form])
    content = await documents.covenant_document(db, slug, DocumentKind.REDLINE, at, party=seat.party)
    if form is Form.HTML:
        return File(name, render_html(content, language).encode(), MEDIA[form])
    return File(name, await asyncio.to_thread(render_pdf, content), MEDIA[form])
