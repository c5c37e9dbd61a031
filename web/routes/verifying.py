"""The check of a PDF or dossier for everybody, and the dossier of a covenant as far as one may read it."""

import asyncio
import re

from fastapi import APIRouter
from fastapi.responses import Response
from starlette.status import HTTP_422_UNPROCESSABLE_CONTENT

from activities.providing import seal_of
from acts import verifying
from acts.dossier import dossier
from acts.verifying import Kind, Verified
from models.errors import PolderError
from rules.access import Page, Viewer
from store import views
from web.forms import Filled, typed, upload
from web.limiting import CHECKED, MINUTE, slowly
from web.rendering import page
from web.routes.downloads import sent_file
from web.visiting import V, Visit

router = APIRouter(include_in_schema=False)

ASKED = f"Er zijn te veel dossiers gevraagd. {MINUTE[0]}", f"Too many dossiers were asked for. {MINUTE[1]}"
LONGEST_NAME = 120
"""Letters of a file's name that are shown, from its end."""


def _verdict(visit: Visit, f: Filled, *, status: int = 200, found: Verified | None = None) -> Response:
    sent = f.files.get("document")
    return page(
        visit, "register/verify.html.j2", status=status, f=f, found=found, marks=MARKS,
        name=(sent.filename or "")[-LONGEST_NAME:] if sent else "",
    )  # fmt: skip


MARKS = {Kind.PROVEN: "✓", Kind.WRONG: "✗", Kind.UNKNOWN: "?"}


@router.get("/verify")
async def ask(visit: V) -> Response:
    """Ask for a PDF or a dossier."""
    return _verdict(visit, Filled())


@router.post("/verify")
async def verify(visit: V) -> Response:
    """Say what a PDF or a dossier proves and what it does not."""
    await slowly(visit, "verify", _caller(visit), CHECKED)
    f = await typed(visit.request)
    head = f.get("head").strip().lower()
    if head and not re.fullmatch(r"[0-9a-f]{64}", head):
        f.wrong("head", "Een kop heeft 64 tekens, 0-9 en a-f.", "A head has 64 characters, 0-9 and a-f.")
    try:
        sent = await upload(f, "document")
        if sent is None:
            f.wrong("document", "Kies een PDF of een dossier.", "Choose a PDF or a dossier.")
        if sent is None or not f.fine:
            return _verdict(visit, f, status=HTTP_422_UNPROCESSABLE_CONTENT)
        seal = await asyncio.to_thread(seal_of, visit.site.settings)
        found = await verifying.verify(visit.site.db, seal, sent[0], head or None)
    except PolderError as error:
        f.refuse(error, {error.code: "document"})
        return _verdict(visit, f, status=HTTP_422_UNPROCESSABLE_CONTENT)
    return _verdict(visit, f, found=found)


@router.get("/register/{slug}/dossier")
async def public_dossier(visit: V, slug: str) -> Response:
    """Give the public dossier of a covenant."""
    return await _dossier(visit, slug, Viewer())


@router.get("/c/{slug}/dossier")
async def own_dossier(visit: V, slug: str) -> Response:
    """Give the dossier of a covenant as far as the visitor may read it."""
    return await _dossier(visit, slug, await visit.need(Page.TEXT, slug))


async def _dossier(visit: Visit, slug: str, viewer: Viewer) -> Response:
    await slowly(visit, "dossier", _caller(visit), ASKED)
    at = visit.clock(await views.covenant(visit.site.db, slug))
    seal = await asyncio.to_thread(seal_of, visit.site.settings)
    made = await dossier(visit.site.db, slug, viewer, at, seal)
    return sent_file(made.data, made.media_type, made.name)


def _caller(visit: Visit) -> str:
    return visit.request.client.host if visit.request.client else ""
