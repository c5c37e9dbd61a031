"""Signing a PDF step by step (PAdES), so that a crash between any two steps neither loses nor doubles a signature.

The steps: the seal certifies the file with all fields in it, each party's signature fills its field, and a document
timestamp with the validation data closes it. A signature takes two steps: first what is signed is fixed
(`models.sealing.Pending`), then whoever holds the key is asked. `advance` does one step and is told all it needs, so
whoever keeps each `Progress` (`activities/documents.py`) can go on from the last one. Why: docs/adr/0018.
"""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from io import BytesIO
from typing import Any, Protocol

from asn1crypto import cms as asn1_cms
from asn1crypto import x509 as asn1_x509
from pyhanko.pdf_utils import generic as pdf_objects
from pyhanko.pdf_utils.content import PdfContent
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.layout import AxisAlignment, BoxConstraints, SimpleBoxLayoutRule
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.fields import MDPPerm, SigFieldSpec, SigSeedSubFilter, append_signature_field
from pyhanko.sign.signers import ExternalSigner, PdfSignatureMetadata, PdfSigner, PdfTimeStamper
from pyhanko.sign.signers.pdf_byterange import PreparedByteRangeDigest
from pyhanko.sign.signers.pdf_signer import (
    DSSContentSettings,
    PdfTBSDocument,
    SigDSSPlacementPreference,
    TimestampDSSContentSettings,
)
from pyhanko.sign.timestamps import TimeStamper
from pyhanko.stamp import StaticStampStyle
from pyhanko_certvalidator import CertificateValidator, ValidationContext

from activities.authority import certificate_store
from activities.rendering import render_stamp
from models.errors import Refusal
from models.sealing import Box, Pending, Progress, SealingOrder, Signatory

# pyHanko types its results but not these constructors.
generic: Any = pdf_objects
_NAME = generic.pdf_name

FIELD = "PolderSeal"
FIELD_WORDS = "Zegel van Polder / Polder seal"
TIMESTAMP = "PolderTimestamp"
TIMESTAMP_WORDS = "Tijdstempel / Timestamp"
RAW_SIGNATURE = 512
"""Bytes that are kept for the signature itself: RSA of 4096 bits."""


class SignatureProvider(Protocol):
    """Who holds the keys. Of the port there are three: the seal alone, certificates per party, a trust service.

    None stands for the seal of the installation.
    """

    def signs(self, who: Signatory) -> bool:
        """Whether this signatory gets a signature on the PDF; else the one-time code in the record is all."""
        ...

    async def chain(self, who: Signatory | None) -> Sequence[asn1_x509.Certificate]:
        """Return the certificate, and those above it."""
        ...

    async def sign(self, who: Signatory | None, certificate: asn1_x509.Certificate, data: bytes) -> bytes:
        """Sign bytes over their SHA-256, with the key of this certificate; the same bytes may be asked for again."""
        ...


class Contexts(Protocol):
    """Makes what certificates are validated against; a context keeps state, so each use has its own."""

    def context(self, *, fetching: bool = False) -> ValidationContext:
        """Make one; `fetching` lets it ask issuers whether a certificate was revoked."""
        ...


@asynccontextmanager
async def asking(trust: Contexts) -> AsyncIterator[ValidationContext]:
    """Give a context that asks issuers over the network, and close its connections."""
    context: Any = trust.context(fetching=True)
    try:
        yield context
    finally:
        await context.aclose()


@dataclass(frozen=True)
class Means:
    """What signing needs: whoever holds the keys, whom to trust, and where timestamps come from, if anywhere."""

    provider: SignatureProvider
    trust: Contexts
    timestamper: TimeStamper | None = None


async def advance(order: SealingOrder, progress: Progress, means: Means) -> Progress:
    """Do the next step."""
    if progress.signed > len(order.signatories):
        return await _closed(progress, means)
    who = order.signatories[progress.signed - 1] if progress.signed else None
    if progress.pending is None:
        return await _prepared(order, who, progress, means)
    return await _finished(who, progress, progress.pending, means)


async def _prepared(order: SealingOrder, who: Signatory | None, progress: Progress, means: Means) -> Progress:
    """Fix what the next one signs."""
    async with asking(means.trust) as context:
        return await _prepared_in(context, order, who, progress, means)


async def _prepared_in(
    context: ValidationContext, order: SealingOrder, who: Signatory | None, progress: Progress, means: Means
) -> Progress:
    chain = list(await means.provider.chain(who))
    writer: Any = IncrementalPdfFileWriter(BytesIO(progress.pdf))
    if who is None:
        if writer.prev.embedded_signatures:
            code = "already_sealed"
            raise Refusal(code, "Deze PDF is al verzegeld.", "This PDF has been sealed already.")
        add_fields(writer, order.signatories)
    signer = ExternalSigner(
        signing_cert=chain[0], cert_registry=certificate_store.from_certs(chain[1:]), signature_value=RAW_SIGNATURE
    )
    signing = PdfSigner(
        _metadata(order, who, context), signer, timestamper=means.timestamper,
        stamp_style=None if who is None else _stamp(who, order),
    )  # fmt: skip
    prepared, _, out = await signing.async_digest_doc_for_signing(writer, existing_fields_only=True)
    attributes = await signer.signed_attrs(prepared.document_digest, "sha256", use_pades=True)
    return Progress(
        pdf=out.getvalue(),  # type: ignore[attr-defined]  # without an output of ours it is a BytesIO
        signed=progress.signed,
        pending=Pending(
            chain=[one.dump() for one in chain], attributes=attributes.dump(), digest=prepared.document_digest,
            region=(prepared.reserved_region_start, prepared.reserved_region_end),
        ),
    )  # fmt: skip


async def _finished(who: Signatory | None, progress: Progress, pending: Pending, means: Means) -> Progress:
    """Ask for the signature, and put it in its place."""
    chain = [asn1_x509.Certificate.load(one) for one in pending.chain]
    signature = await means.provider.sign(who, chain[0], pending.attributes)
    signer = ExternalSigner(
        signing_cert=chain[0], cert_registry=certificate_store.from_certs(chain[1:]), signature_value=signature
    )
    signed = await signer.async_sign_prescribed_attributes(
        "sha256", signed_attrs=asn1_cms.CMSAttributes.load(pending.attributes), timestamper=means.timestamper
    )
    out = BytesIO(progress.pdf)
    prepared = PreparedByteRangeDigest(pending.digest, *pending.region)
    await PdfTBSDocument.async_finish_signing(out, prepared, signed)
    return Progress(pdf=out.getvalue(), signed=progress.signed + 1)


async def _closed(progress: Progress, means: Means) -> Progress:
    """Put a timestamp over everything, with what is needed to validate all of it years later (PAdES B-LTA)."""
    if means.timestamper is None:
        return progress._replace(done=True)
    async with asking(means.trust) as context:
        return await _closed_in(context, means.timestamper, progress)


async def _closed_in(context: ValidationContext, timestamper: TimeStamper, progress: Progress) -> Progress:
    writer: Any = IncrementalPdfFileWriter(BytesIO(progress.pdf))
    paths = []
    for one in writer.prev.embedded_regular_signatures:
        validator: Any = CertificateValidator(
            one.signer_cert, intermediate_certs=one.other_embedded_certs, validation_context=context
        )
        paths.append(await validator.async_validate_usage({"non_repudiation"}))
    out = await PdfTimeStamper(
        timestamper, field_name=TIMESTAMP, readable_field_name=TIMESTAMP_WORDS
    ).async_timestamp_pdf(
        writer, "sha256", context, validation_paths=paths,
        dss_settings=TimestampDSSContentSettings(include_vri=False, update_before_ts=True),
    )  # fmt: skip
    return Progress(pdf=out.getvalue(), signed=progress.signed, done=True)


def _metadata(order: SealingOrder, who: Signatory | None, context: ValidationContext) -> PdfSignatureMetadata:
    common: dict[str, Any] = {"md_algorithm": "sha256", "subfilter": SigSeedSubFilter.PADES}
    if who is not None:
        reason = f"{order.text_sha256} ({who.at.isoformat()})"
        return PdfSignatureMetadata(field_name=who.field, reason=reason, name=who.person, **common)
    return PdfSignatureMetadata(
        field_name=FIELD,
        reason=order.reason,
        name="Polder",
        certify=True,
        docmdp_permissions=MDPPerm.FILL_FORMS if order.signatories else MDPPerm.NO_CHANGES,
        embed_validation_info=True,
        validation_context=context,
        dss_settings=DSSContentSettings(include_vri=False, placement=SigDSSPlacementPreference.TOGETHER_WITH_SIGNATURE),
        **common,
    )


class _Typeset(PdfContent):
    """What is seen of a signature, as a page of a PDF of its own."""

    def __init__(self, pdf: bytes) -> None:
        super().__init__()
        self.pdf = pdf

    def render(self) -> bytes:
        """Take the page over, and give the operator that draws it."""
        page: Any = self._ensure_writer.import_page_as_xobject(PdfFileReader(BytesIO(self.pdf)))
        self.resources.xobject["/Stamp"] = page
        left, bottom, right, top = page.get_object()["/BBox"]
        self.box = BoxConstraints(width=abs(right - left), height=abs(top - bottom))
        return b"/Stamp Do"


def _stamp(who: Signatory, order: SealingOrder) -> StaticStampStyle | None:
    if who.box is None:
        return None
    width, height = who.box.right - who.box.left, who.box.top - who.box.bottom
    drawn = _Typeset(render_stamp(who, order.text_sha256, width, height))
    whole = SimpleBoxLayoutRule(AxisAlignment.ALIGN_MIN, AxisAlignment.ALIGN_MIN)
    return StaticStampStyle(border_width=0, background=drawn, background_opacity=1.0, background_layout=whole)


def add_fields(writer: Any, signatories: Sequence[Signatory]) -> None:  # noqa: ANN401 pyHanko's objects are untyped
    """Add the empty fields of the seal and of each signatory, in the structure tree too, as PDF/UA wants."""
    wanted = [(FIELD, FIELD_WORDS, None)] + [(one.field, _words(one), one.box) for one in signatories]
    for name, words, box in wanted:
        spec = SigFieldSpec(name, readable_field_name=words)
        if box is not None:
            spec = SigFieldSpec(
                name, on_page=box.page, readable_field_name=words,
                box=(round(box.left), round(box.bottom), round(box.right), round(box.top)),
            )  # fmt: skip
        append_signature_field(writer, spec)
        if "/StructTreeRoot" in writer.root:
            _tag(writer, words, box)


def _words(who: Signatory) -> str:
    nl, en = who.organisation.nl, who.organisation.en
    return f"Handtekening van {who.person} voor {nl} / Signature of {who.person} for {en}"


def _tag(writer: Any, words: str, box: Box | None) -> None:  # noqa: ANN401 pyHanko's objects are untyped
    """Put the field that was added last in the structure tree."""
    tree = writer.root["/StructTreeRoot"]
    fields = writer.root["/AcroForm"]["/Fields"]
    field = fields.raw_get(len(fields) - 1)
    document = tree["/K"].raw_get(0)
    parents = tree["/ParentTree"]
    key = generic.NumberObject(int(tree["/ParentTreeNextKey"]))
    page = writer.find_page_for_modification(0 if box is None else box.page)[0]
    element = writer.add_object(
        _dictionary(
            Type=_NAME("/StructElem"),
            S=_NAME("/Form"),
            P=document,
            Pg=page,
            Alt=generic.pdf_string(words),
            K=_dictionary(Type=_NAME("/OBJR"), Obj=field),
        )
    )
    field.get_object()[_NAME("/StructParent")] = key
    page.get_object()[_NAME("/Tabs")] = _NAME("/S")
    parents["/Nums"].extend([key, element])
    tree[_NAME("/ParentTreeNextKey")] = generic.NumberObject(key + 1)
    document.get_object()["/K"].append(element)
    for changed in (field.get_object(), page.get_object(), parents, tree, document.get_object()):
        writer.update_container(changed)


def _dictionary(**entries: object) -> object:
    return generic.DictionaryObject({_NAME(f"/{key}"): value for key, value in entries.items()})
