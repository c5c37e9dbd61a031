"""PDFs that are signed as the activity signs them, without a database between the steps."""

import asyncio
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from activities.providing import PlatformSeal, means_of
from activities.rendering import laid_out
from activities.sealing import Seal
from activities.signing import Means, advance
from models.base import Words
from models.documents import CovenantDocument, DocumentClause, DocumentSignature
from models.enums import DocumentKind, Language, SignatureKind
from models.sealing import Progress, SealingOrder, Signatory
from rules.chain import sha256
from rules.signatories import field_of
from runtime.settings import Settings

AT = datetime(2031, 1, 2, tzinfo=UTC)
TEXT = "ab" * 32


async def all_steps(order: SealingOrder, pdf: bytes, means: Means) -> bytes:
    """Do every step and return the finished file."""
    progress = Progress(pdf)
    while not progress.done:
        progress = await advance(order, progress, means)
    return progress.pdf


async def sealed(seal: Seal, pdf: bytes, reason: str = "Vastgestelde tekst") -> bytes:
    """Put only the seal on a PDF."""
    means = Means(PlatformSeal(seal.local), seal.trust)
    return await all_steps(SealingOrder(reason=reason, text_sha256=TEXT), pdf, means)


def signatories(number: int) -> list[Signatory]:
    """Make this many signatories, each of a party of its own; names with accents among them."""
    return [
        Signatory(
            id=f"test/{no}", field=field_of(f"party-{no}", 1), party=f"party-{no}",
            organisation=Words(nl=f"Vereniging {no} (België)", en=f"Association {no}"),
            person=f"Zoë Ærø-Müller {no}", email=f"p{no}@example.org", at=AT,
        )
        for no in range(1, number + 1)
    ]  # fmt: skip


def document(signing: Sequence[Signatory], clauses: int = 1, words: int = 20) -> CovenantDocument:
    """Make a covenant with so many clauses of so many words in each language."""
    nl, en = (" ".join([word] * words) for word in ("zorgvuldigheid", "diligence"))
    return CovenantDocument(
        kind=DocumentKind.SEALED,
        title=Words(nl="Convenant", en="Covenant"),
        sector="Textiel",
        slug="textiel",
        authentic=Language.NL,
        status=Words(nl="Vastgesteld", en="Adopted"),
        printed_at=AT,
        text_sha256=TEXT,
        clauses=[
            DocumentClause(
                number=str(no), title=Words(nl=f"Artikel {no}", en=f"Article {no}"), text=Words(nl=nl, en=en),
                version=1, sha256=sha256(str(no).encode()),
            )
            for no in range(1, clauses + 1)
        ],
        signatures=[
            DocumentSignature(
                party=one.organisation, person=one.person, at=one.at, text_sha256=TEXT,
                method=Words(nl="met een code", en="with a code"),
            )
            for one in signing
        ],
    )  # fmt: skip


def party_settings(folder: Path) -> Settings:
    """Settings of an installation that gives each party a certificate."""
    return Settings(state=folder, signatures=SignatureKind.PARTIES)


def drawn(signing: Sequence[Signatory], clauses: int = 1, words: int = 20) -> tuple[bytes, SealingOrder]:
    """Lay out a covenant for these signatories; return it with what is to be signed on it."""
    pdf, placed = laid_out(document(signing, clauses, words), signing)
    return pdf, SealingOrder(reason=f"textiel {TEXT}", text_sha256=TEXT, signatories=placed)


async def signed_by(number: int, folder: Path) -> bytes:
    """Return a small covenant that so many parties signed with certificates of an installation."""
    pdf, order = drawn(signatories(number))
    return await all_steps(order, pdf, means_of(party_settings(folder)))


async def apart(order: SealingOrder, pdf: bytes, means: Means) -> bytes:
    """Sign as the activity does: each step in a thread with a loop of its own."""
    progress = Progress(pdf)
    while not progress.done:
        progress = await asyncio.to_thread(asyncio.run, advance(order, progress, means))
    return progress.pdf
