"""The check of a PDF from anyone: whether it is exactly what an installation sealed, with every signature that belongs.

A signature that is intact is not enough. A page can be replaced in an addition that readers call valid; a file can be
cut back to before somebody signed, and what is left is valid too; a signature that was there can be drawn anew. So the
verdict wants all of it: the seal is one of ours, every field that the seal covers is filled, each signature and
timestamp is valid with pyHanko's analysis of what came after it, and the last of them covers the whole file.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from io import BytesIO
from typing import Any, NamedTuple

from asn1crypto import cms as asn1_cms
from asn1crypto import crl as asn1_crl
from asn1crypto import x509 as asn1_x509
from pydantic import AwareDatetime, Field
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.diff_analysis import ModificationLevel
from pyhanko.sign.fields import enumerate_sig_fields
from pyhanko.sign.validation import async_validate_pdf_signature, async_validate_pdf_timestamp
from pyhanko.sign.validation.dss import DocumentSecurityStore
from pyhanko.sign.validation.errors import ValidationInfoReadingError
from pyhanko.sign.validation.generic_cms import async_validate_detached_cms
from pyhanko.sign.validation.pdf_embedded import EmbeddedPdfSignature
from pyhanko.sign.validation.status import DocumentTimestampStatus, SignatureCoverageLevel
from pyhanko_certvalidator import ValidationContext

from activities.signing import FIELD
from models.base import Contract, Slug, Words
from rules.signatories import party_of

HEADER = re.compile(rb"%PDF-[12]\.[0-9][\r\n]")
"""How a PDF begins: pyHanko reads on to the end of that line, byte by byte, however far it is."""
MOST_SIGNATURES = 400
MOST_SIGNATURE = 100_000
"""Bytes of a signature in a file of its own."""


class SealCheck(Contract):
    """What the check of a sealed PDF found.

    Attributes:
        valid: the one question that matters: exactly this file carries exactly this seal, with every signature that
            belongs to it, and nothing came after it.
        intact: the signed bytes are unchanged. True also when something was appended, so never enough.
        trusted: every certificate is of this installation or of an authority that it trusts.
        bottom_line: pyHanko's own verdict, analysis of later changes included.
        parties: whose signatures are on it, as often as there are.
        stamped_at: the moment of its timestamp.
        words: the verdict for people.
    """

    valid: bool
    intact: bool = False
    trusted: bool = False
    bottom_line: bool = False
    parties: list[Slug] = Field(default_factory=list, max_length=MOST_SIGNATURES)
    stamped_at: AwareDatetime | None = None
    words: Words


VALID = Words(
    nl="Het zegel klopt: dit bestand is ongewijzigd sinds het verzegeld is.",
    en="The seal is valid: this file is unchanged since it was sealed.",
)
UNREADABLE = Words(
    nl="Dit bestand is niet te lezen als verzegelde PDF.", en="This file cannot be read as a sealed PDF."
)
UNSEALED = Words(
    nl="Dit bestand draagt niet precies één zegel van Polder.", en="This file does not carry exactly one Polder seal."
)
BROKEN = Words(
    nl="Het zegel is verbroken: de verzegelde inhoud is gewijzigd.",
    en="The seal is broken: the sealed content was changed.",
)
UNTRUSTED = Words(nl="Het zegel komt niet van deze installatie.", en="The seal does not come from this installation.")
APPENDED = Words(
    nl="Er is na het verzegelen iets aan dit bestand toegevoegd of gewijzigd.",
    en="Something was added or changed in this file after it was sealed.",
)
INCOMPLETE = Words(
    nl="Dit bestand is teruggebracht tot voor het af was: er ontbreken handtekeningen die erop horen.",
    en="This file was cut back to before it was complete: signatures that belong to it are missing.",
)


def valid_words(parties: int, stamped_at: datetime | None) -> Words:
    """Say what a valid file proves."""
    if not parties and stamped_at is None:
        return VALID
    nl, en = VALID.nl, VALID.en
    if parties:
        nl += f" Alle {parties} handtekeningen met een certificaat erop kloppen."
        en += f" All {parties} signatures with a certificate on it are valid."
    if stamped_at is not None:
        nl += f" Het tijdstempel is van {stamped_at:%Y-%m-%d %H:%M} UTC."
        en += f" The timestamp is of {stamped_at:%Y-%m-%d %H:%M} UTC."
    return Words(nl=nl, en=en)


@dataclass(frozen=True)
class Trust:
    """Whom an installation trusts.

    Attributes:
        anchors: authorities that what they issue is trusted of.
        seals: the certificates of its own seal, now and before. An authority of the market issues to others too, so
            only these themselves count for the seal.
        revocations: revocation lists that are at hand.
    """

    anchors: Sequence[asn1_x509.Certificate]
    seals: Sequence[asn1_x509.Certificate]
    revocations: Sequence[asn1_crl.CertificateList] = ()

    def context(self, *, fetching: bool = False, strict: bool = True) -> ValidationContext:
        """Make a fresh context (it keeps state) that trusts these; `fetching` lets it ask issuers over the network.

        A certificate that names no place where its revocation is told is taken as not revoked; without `strict` also
        one of which that cannot be found out here.
        """
        return ValidationContext(
            trust_roots=list(self.anchors), crls=list(self.revocations), allow_fetching=fetching,
            revocation_mode="hard-fail" if strict else "soft-fail",
        )  # fmt: skip


class _Found(NamedTuple):
    """The statuses of what is on a file."""

    intact: bool
    trusted: bool
    bottom_line: bool
    whole: bool
    stamped_at: datetime | None


async def check(pdf: bytes, trust: Trust, at: datetime | None = None) -> SealCheck:
    """Say whether exactly this file was sealed by an installation, and signed by whom.

    Args:
        pdf: the file.
        trust: of the installation.
        at: the moment of which it is asked; now when none.
    """
    if not (HEADER.match(pdf) and b"startxref" in pdf[-2048:]):
        return SealCheck(valid=False, words=UNREADABLE)
    try:
        reader = PdfFileReader(BytesIO(pdf))
        signatures = reader.embedded_regular_signatures
        names = [one.field_name for one in signatures]
        parties = [party_of(name) for name in names[1:]]
        if names[:1] != [FIELD] or None in parties or not _is_certified(signatures[0]) or len(names) > MOST_SIGNATURES:
            return SealCheck(valid=False, words=UNSEALED)
        missing = _fields(reader.get_historical_resolver(signatures[0].signed_revision)) != set(names)
        found = await _validated(reader, trust, at)
    except Exception:  # noqa: BLE001 a damaged file can fail anywhere in the parser, and every failure means the same
        return SealCheck(valid=False, words=UNREADABLE)
    known = [one for one in parties if one is not None]
    if not found.intact:
        words = BROKEN
    elif not (found.trusted and signatures[0].signer_cert.sha256 in {one.sha256 for one in trust.seals}):
        words = UNTRUSTED
    elif missing:
        words = INCOMPLETE
    elif not (found.bottom_line and found.whole):
        words = APPENDED
    else:
        words = valid_words(len(known), found.stamped_at)
        return SealCheck(
            valid=True, intact=True, trusted=True, bottom_line=True, parties=known, stamped_at=found.stamped_at,
            words=words,
        )  # fmt: skip
    return SealCheck(
        valid=False, intact=found.intact, trusted=words is not UNTRUSTED and found.trusted,
        bottom_line=found.bottom_line, parties=known, stamped_at=found.stamped_at, words=words,
    )  # fmt: skip


class Beside(NamedTuple):
    """What a signature in a file of its own proves.

    Attributes:
        valid: it is whole and over these bytes.
        ours: it is of the seal of this installation, now or before.
    """

    valid: bool
    ours: bool = False


async def check_beside(data: bytes, signature: bytes, trust: Trust) -> Beside:
    """Say what a detached signature (CMS) from anyone proves about bytes."""
    if len(signature) > MOST_SIGNATURE:
        return Beside(valid=False)
    try:
        signed = asn1_cms.ContentInfo.load(signature)["content"]
        found = await async_validate_detached_cms(data, signed, signer_validation_context=trust.context(strict=False))
    except Exception:  # noqa: BLE001 a signature from anyone can fail anywhere in the parser, and all means the same
        return Beside(valid=False)
    ours = found.trusted and found.signing_cert.sha256 in {one.sha256 for one in trust.seals}
    return Beside(bool(found.intact and found.valid), ours)


async def _validated(reader: PdfFileReader, trust: Trust, at: datetime | None) -> _Found:
    """Validate every signature and timestamp, and what came after them.

    Signatures are validated as of the timestamp over them: certificates expire, and what was signed before stays so.

    pyHanko's analysis of later revisions compares each signature with every revision after it: a minute for thirty
    parties. Here it is done for the seal and for the last signature. What lies between is compared with the seal too;
    what that does not see, that a revision changes what an earlier party brought, is looked for in `_rewritten`.
    """
    stamps = [
        await async_validate_pdf_timestamp(one, _context(reader, trust, at))
        for one in reader.embedded_timestamp_signatures
    ]
    stamped_at = stamps[0].timestamp if stamps and all(_stands(one) for one in stamps) else None
    moment = stamped_at or at
    signatures = reader.embedded_regular_signatures
    statuses: list[Any] = [
        await async_validate_pdf_signature(
            one, signer_validation_context=_context(reader, trust, moment),
            ts_validation_context=_context(reader, trust, moment), skip_diff=one not in (signatures[0], signatures[-1]),
        )
        for one in signatures
    ]  # fmt: skip
    every = [*statuses, *stamps]
    last = reader.embedded_signatures[-1]
    return _Found(
        intact=all(one.intact and one.valid for one in every),
        trusted=all(one.trusted for one in every),
        bottom_line=all(one.bottom_line for one in statuses)
        and all(_stands(one) for one in stamps)
        and not _rewritten(reader, signatures[0].signed_revision, [one.field_name for one in signatures[1:]]),
        whole=last.evaluate_signature_coverage() == SignatureCoverageLevel.ENTIRE_FILE,
        stamped_at=stamped_at,
    )


def _rewritten(reader: Any, sealed: int, fields: Sequence[str]) -> bool:  # noqa: ANN401 pyHanko's objects are untyped
    """Whether a revision changes what a signature brought: an object from after the seal, or a field filled before."""
    ours = {ref.reference for name, _, ref in enumerate_sig_fields(reader) if name in fields}
    filled: set[Any] = set()
    for revision in range(sealed + 1, reader.xrefs.total_revisions):
        written = reader.xrefs.explicit_refs_in_revision(revision)
        brought = (one for one in written if one not in ours)
        if written & filled or any(sealed < reader.xrefs.get_introducing_revision(one) < revision for one in brought):
            return True
        filled |= written & ours
    return False


def _stands(stamp: DocumentTimestampStatus) -> bool:
    """Whether a timestamp is valid, and nothing but what archiving adds came after it."""
    level = stamp.modification_level
    return bool(stamp.intact and stamp.valid and stamp.trusted) and level in (
        ModificationLevel.NONE, ModificationLevel.LTA_UPDATES,
    )  # fmt: skip


def _context(reader: PdfFileReader, trust: Trust, moment: datetime | None) -> ValidationContext:
    """Make a fresh context with what the file itself brings to validate it by."""
    arguments: dict[str, Any] = {
        "trust_roots": list(trust.anchors), "crls": list(trust.revocations), "allow_fetching": False,
        "revocation_mode": "hard-fail",
    }  # fmt: skip
    if moment is not None:
        arguments["moment"] = moment
    try:
        return DocumentSecurityStore.read_dss(reader).as_validation_context(arguments)
    except ValidationInfoReadingError:
        return ValidationContext(**arguments)


def _is_certified(signature: EmbeddedPdfSignature) -> bool:
    return signature.docmdp_level is not None


def _fields(handler: Any) -> set[str]:  # noqa: ANN401 pyHanko's objects are untyped
    return {name for name, _, _ in enumerate_sig_fields(handler)}
