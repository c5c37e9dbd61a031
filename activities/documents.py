"""The activity that makes documents."""

import asyncio

from temporalio import activity

from activities import names
from activities.rendering import render_evidence, render_pdf
from activities.sealing import Seal
from models import contracts as c
from models import errands
from models.base import Words
from models.enums import DocumentKind
from store import contents
from store.documents import covenant_document
from store.engine import Database
from store.evidence import evidence

PDF = "application/pdf"
TITLES: dict[DocumentKind, Words] = {
    DocumentKind.DRAFT: Words(nl="Concept", en="Draft"),
    DocumentKind.REDLINE: Words(nl="Concept met wijzigingen", en="Draft with changes"),
    DocumentKind.FINAL: Words(nl="Definitieve tekst", en="Final text"),
    DocumentKind.SEALED: Words(nl="Ondertekend convenant, verzegeld", en="Signed covenant, sealed"),
    DocumentKind.EVIDENCE: Words(nl="Bewijsrapport van de ondertekening", en="Evidence report of the signing"),
}


class Documents:
    """Renders with typst, seals with pyHanko, stores by hash."""

    def __init__(self, db: Database, seal: Seal) -> None:
        self.db, self.seal = db, seal

    @activity.defn(name=names.MAKE_DOCUMENT)
    async def make_document(self, request: errands.DocumentRequest) -> c.DocumentMade:
        """Make a document of the text as it is and return what to put on record."""
        pdf, text_sha = await self._drawn(request)
        if request.seal:
            pdf = await self.seal.seal(pdf, at=request.at, reason=f"{request.covenant} {text_sha}")
        digest = await contents.put(self.db, pdf, PDF)
        title = TITLES[request.kind]
        number = f" {request.round}" if request.round else ""
        return c.DocumentMade(
            id=request.key,
            kind=request.kind,
            title=Words(nl=title.nl + number, en=title.en + number),
            sha256=digest,
            media_type=PDF,
        )

    async def _drawn(self, request: errands.DocumentRequest) -> tuple[bytes, str]:
        """Lay out a document; return it with the SHA-256 of the text it is about."""
        if request.kind is DocumentKind.EVIDENCE:
            report = await evidence(self.db, request.covenant, request.at)
            return await asyncio.to_thread(render_evidence, report), report.text_sha256
        document = await covenant_document(self.db, request.covenant, request.kind, request.at, round_no=request.round)
        return await asyncio.to_thread(render_pdf, document), document.text_sha256
