"""The activity that makes documents."""

import asyncio

from temporalio import activity

from activities import names
from activities.describing import certificates_on
from activities.providing import means_of
from activities.rendering import laid_out, render_evidence
from activities.signing import Means, advance
from models import contracts as c
from models import errands
from models.base import Words
from models.enums import DocumentKind
from models.sealing import SealingOrder
from runtime.settings import Settings
from store import contents, sealings
from store.documents import covenant_document, signatories
from store.engine import Database
from store.evidence import evidence, sealed_sha

PDF = "application/pdf"
TITLES: dict[DocumentKind, Words] = {
    DocumentKind.DRAFT: Words(nl="Concept", en="Draft"),
    DocumentKind.REDLINE: Words(nl="Concept met wijzigingen", en="Draft with changes"),
    DocumentKind.FINAL: Words(nl="Definitieve tekst", en="Final text"),
    DocumentKind.SEALED: Words(nl="Ondertekend convenant, verzegeld", en="Signed covenant, sealed"),
    DocumentKind.EVIDENCE: Words(nl="Bewijsrapport van de ondertekening", en="Evidence report of the signing"),
}


class Documents:
    """Renders with typst, seals and signs with pyHanko, stores by hash."""

    def __init__(self, db: Database, settings: Settings) -> None:
        self.db, self.settings = db, settings

    @activity.defn(name=names.MAKE_DOCUMENT)
    async def make_document(self, request: errands.DocumentRequest) -> c.DocumentMade:
        """Make a document of the text as it is and return what to put on record."""
        if request.seal:
            digest = await self._sealed(request)
        else:
            pdf, _ = await self._drawn(request, None)
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

    async def _sealed(self, request: errands.DocumentRequest) -> str:
        """Seal and sign a document step by step, each step kept; return the hash it is stored under.

        A worker that takes over goes on after the last step that was kept.
        """
        means = await asyncio.to_thread(means_of, self.settings)
        found = await sealings.find(self.db, request.key)
        if found is None:
            pdf, order = await self._drawn(request, means)
            found = await sealings.begin(self.db, request.covenant, request.key, order, pdf)
        return await finished(self.db, found, means)

    async def _drawn(self, request: errands.DocumentRequest, means: Means | None) -> tuple[bytes, SealingOrder]:
        """Lay out a document; return it with what is to be signed on it."""
        if request.kind is DocumentKind.EVIDENCE:
            sha = await sealed_sha(self.db, request.covenant)
            sealed = b"" if sha is None else await contents.get(self.db, sha)
            on_it = await asyncio.to_thread(certificates_on, sealed) if sealed else {}
            report = await evidence(
                self.db, request.covenant, request.at, kind=self.settings.signatures, certificates=on_it
            )
            return await asyncio.to_thread(render_evidence, report), _order(request, report.text_sha256)
        document = await covenant_document(self.db, request.covenant, request.kind, request.at, round_no=request.round)
        order = _order(request, document.text_sha256)
        if request.kind is DocumentKind.SEALED and means is not None:
            signing = await signatories(self.db, request.covenant, request.key)
            order.signatories = [one for one in signing if means.provider.signs(one)]
        pdf, order.signatories = await asyncio.to_thread(laid_out, document, order.signatories)
        return pdf, order


async def finished(db: Database, kept: sealings.Kept, means: Means) -> str:
    """Do every step that is still to come, and return the hash of the finished file.

    Raises:
        Conflict: `sealing_moved_on`, another worker is at it too.
    """
    while kept.sha256 is None:
        after = await asyncio.to_thread(asyncio.run, advance(kept.order, kept.progress, means))
        kept = await sealings.step(db, kept, after, PDF)
    return kept.sha256


def _order(request: errands.DocumentRequest, text_sha256: str) -> SealingOrder:
    """Order the seal alone.

    The seal itself tells the time of the real clock. A covenant can run in simulated time: the moment in the covenant's
    own time is in the reason.
    """
    reason = f"{request.covenant} {text_sha256} ({request.at.isoformat()})"
    return SealingOrder(reason=reason, text_sha256=text_sha256)
