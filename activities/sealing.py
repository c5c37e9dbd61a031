"""The electronic seal on a PDF, its check, and the one-time code with which a person signs.

The seal is Polder's own: one PAdES signature that certifies the whole file and allows no change after it. It proves
that this text, with this table of who signed what and when, left this installation and is untouched. The signature of
a party is its answer with a one-time code, kept in the record (a simple electronic signature in eIDAS terms). The
demo authority is known to nobody: a real installation buys a seal certificate.
"""

import asyncio
import hashlib
import hmac
import os
import re
import resource
import secrets
import sys
from asyncio.subprocess import DEVNULL, PIPE
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from io import BytesIO
from pathlib import Path
from typing import Any, Self

from asn1crypto import crl as asn1_crl
from asn1crypto import keys as asn1_keys
from asn1crypto import x509 as asn1_x509
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from pyhanko.pdf_utils import generic as pdf_objects
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.fields import MDPPerm, SigFieldSpec, SigSeedSubFilter, append_signature_field
from pyhanko.sign.signers import PdfSignatureMetadata, PdfSigner, SimpleSigner
from pyhanko.sign.signers.pdf_signer import DSSContentSettings, SigDSSPlacementPreference
from pyhanko.sign.validation import validate_pdf_signature
from pyhanko.sign.validation.status import SignatureCoverageLevel
from pyhanko_certvalidator import ValidationContext
from pyhanko_certvalidator.registry import SimpleCertificateStore

from models.base import Contract, Words
from models.errors import Refusal

# pyHanko types its results but not these constructors.
generic: Any = pdf_objects
certificate_store: Any = SimpleCertificateStore
_NAME = generic.pdf_name

HEADER = re.compile(rb"%PDF-[12]\.[0-9][\r\n]")
"""How a PDF begins: pyHanko reads on to the end of that line, byte by byte, however far it is."""

FIELD = "PolderSeal"
FIELD_WORDS = "Zegel van Polder / Polder seal"
LIFE = timedelta(days=3652)
PATIENCE = 30
"""Seconds that the check of a file from anyone may take."""
AT_ONCE = asyncio.Semaphore(2)
MOST_MEMORY = 2 * 1024**3
CODE_ALPHABET = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"  # base32 without 0/O and 1/I
CODE_LENGTH = 8


class SealCheck(Contract):
    """What the check of a sealed PDF found.

    Attributes:
        valid: the one question that matters: exactly this file carries exactly this seal and nothing came after it.
        intact: the sealed bytes are unchanged. True also when something was appended, so never enough.
        trusted: the certificate comes from this installation's authority.
        bottom_line: pyHanko's own verdict, analysis of later changes included.
        words: the verdict for people.
    """

    valid: bool
    intact: bool = False
    trusted: bool = False
    bottom_line: bool = False
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


@dataclass(frozen=True)
class Seal:
    """The seal of one installation.

    Attributes:
        root_pem: file with the authority's certificate, for whoever checks the seal elsewhere.
    """

    root_pem: Path
    _key: asn1_keys.PrivateKeyInfo
    _certificate: asn1_x509.Certificate
    _root: asn1_x509.Certificate
    _revocations: asn1_crl.CertificateList

    @classmethod
    def open(cls, folder: Path) -> Self:
        """Load the seal of this folder, or create it: once, also when several processes start together."""
        folder.mkdir(parents=True, exist_ok=True)
        bundle = folder / "seal.pem"
        if not bundle.exists():
            _write_once(bundle, _new_bundle(), mode=0o600)
        content = bundle.read_bytes()
        certificate, root = x509.load_pem_x509_certificates(content)
        root_pem = folder / "root.pem"
        if not root_pem.exists():
            _write_once(root_pem, root.public_bytes(serialization.Encoding.PEM), mode=0o644)
        key = serialization.load_pem_private_key(content, password=None)
        return cls(
            root_pem=root_pem,
            _key=asn1_keys.PrivateKeyInfo.load(
                key.private_bytes(
                    serialization.Encoding.DER, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
                )
            ),
            _certificate=asn1_x509.Certificate.load(certificate.public_bytes(serialization.Encoding.DER)),
            _root=asn1_x509.Certificate.load(root.public_bytes(serialization.Encoding.DER)),
            _revocations=asn1_crl.CertificateList.load(
                x509.load_pem_x509_crl(_crl_part(content)).public_bytes(serialization.Encoding.DER)
            ),
        )

    async def seal(self, pdf: bytes, *, at: datetime | None, reason: str) -> bytes:
        """Return the PDF with the seal on it.

        The seal itself tells the time of the real clock. A covenant can run in simulated time: `at` is the moment
        in the covenant's own time, and is written into the reason.
        """
        return await asyncio.to_thread(self._seal, pdf, reason if at is None else f"{reason} ({at.isoformat()})")

    async def check(self, pdf: bytes) -> SealCheck:
        """Say whether exactly this file was sealed by this installation."""
        return await asyncio.to_thread(self._check, pdf)

    async def check_apart(self, pdf: bytes) -> SealCheck:
        """Check a file from anyone, in a process of its own that is stopped when it takes too long.

        Raises:
            Refusal: `check_took_too_long`.
        """
        async with AT_ONCE:
            process = await asyncio.create_subprocess_exec(
                sys.executable, "-m", "activities.sealing", str(self.root_pem.parent),
                stdin=PIPE, stdout=PIPE, stderr=DEVNULL,
            )  # fmt: skip
            try:
                async with asyncio.timeout(PATIENCE):
                    said, _ = await process.communicate(pdf)
            except TimeoutError as error:
                raise _too_long() from error
            finally:
                if process.returncode is None:
                    process.kill()
                    await process.wait()
        if process.returncode != 0:
            raise _too_long()
        return SealCheck.model_validate_json(said)

    def _seal(self, pdf: bytes, reason: str) -> bytes:
        writer = IncrementalPdfFileWriter(BytesIO(pdf))
        if writer.prev.embedded_signatures:
            code = "already_sealed"
            raise Refusal(code, "Deze PDF is al verzegeld.", "This PDF has been sealed already.")
        _add_tagged_field(writer)
        metadata = PdfSignatureMetadata(
            field_name=FIELD,
            md_algorithm="sha256",
            subfilter=SigSeedSubFilter.PADES,
            certify=True,
            docmdp_permissions=MDPPerm.NO_CHANGES,
            embed_validation_info=True,
            validation_context=self._context(),
            dss_settings=DSSContentSettings(
                include_vri=False, placement=SigDSSPlacementPreference.TOGETHER_WITH_SIGNATURE
            ),
            reason=reason,
            name="Polder",
        )
        signer = SimpleSigner(
            signing_cert=self._certificate,
            signing_key=self._key,
            cert_registry=certificate_store.from_certs([self._root]),
        )
        sealed = BytesIO()
        PdfSigner(metadata, signer).sign_pdf(writer, existing_fields_only=True, output=sealed)
        return sealed.getvalue()

    def _check(self, pdf: bytes) -> SealCheck:
        if not (HEADER.match(pdf) and b"startxref" in pdf[-2048:]):
            return SealCheck(valid=False, words=UNREADABLE)
        try:
            found = PdfFileReader(BytesIO(pdf)).embedded_signatures
            if [signature.field_name for signature in found] != [FIELD]:
                return SealCheck(valid=False, words=UNSEALED)
            status = validate_pdf_signature(found[0], signer_validation_context=self._context())
        except Exception:  # noqa: BLE001 a damaged file can fail anywhere in the parser, and every failure means the same
            return SealCheck(valid=False, words=UNREADABLE)
        intact, trusted, bottom_line = bool(status.intact and status.valid), status.trusted, status.bottom_line
        whole = status.coverage == SignatureCoverageLevel.ENTIRE_FILE
        if not intact:
            words = BROKEN
        elif not trusted:
            words = UNTRUSTED
        elif not (bottom_line and whole):
            words = APPENDED
        else:
            words = VALID
        return SealCheck(valid=words is VALID, intact=intact, trusted=trusted, bottom_line=bottom_line, words=words)

    def _context(self) -> ValidationContext:
        """Make a fresh context (it keeps state) that knows this authority only and never asks the network."""
        return ValidationContext(
            trust_roots=[self._root],
            crls=[self._revocations],
            allow_fetching=False,
            revocation_mode="hard-fail",
        )


def one_time_code(secret: bytes, task_id: str, issue: int) -> str:
    """Return the code for the so-many-th issue of a task: 8 characters, 40 bits, the same on every retry."""
    digest = hmac.new(secret, f"{task_id}\n{issue}".encode(), hashlib.sha256).digest()
    number = int.from_bytes(digest)
    return "".join(CODE_ALPHABET[(number >> (5 * i)) % len(CODE_ALPHABET)] for i in range(CODE_LENGTH))


def codes_match(given: str, expected: str) -> bool:
    """Compare in constant time. Spaces, hyphens and case do not matter."""
    return hmac.compare_digest(_plain(given).encode(), _plain(expected).encode())


def _plain(code: str) -> str:
    return "".join(code.split()).replace("-", "").upper()


def _add_tagged_field(writer: Any) -> None:  # noqa: ANN401 pyHanko's objects are untyped
    """Add the empty, invisible field and put it in the structure tree: PDF/UA wants every form field there."""
    append_signature_field(writer, SigFieldSpec(FIELD, readable_field_name=FIELD_WORDS))
    if "/StructTreeRoot" not in writer.root:
        return
    tree = writer.root["/StructTreeRoot"]
    fields = writer.root["/AcroForm"]["/Fields"]
    field = fields.raw_get(len(fields) - 1)
    document = tree["/K"].raw_get(0)
    parents = tree["/ParentTree"]
    key = generic.NumberObject(int(tree["/ParentTreeNextKey"]))
    element = writer.add_object(
        _dictionary(
            Type=_NAME("/StructElem"),
            S=_NAME("/Form"),
            P=document,
            Pg=writer.find_page_for_modification(0)[0],
            Alt=generic.pdf_string(FIELD_WORDS),
            K=_dictionary(Type=_NAME("/OBJR"), Obj=field),
        )
    )
    field.get_object()[_NAME("/StructParent")] = key
    parents["/Nums"].extend([key, element])
    tree[_NAME("/ParentTreeNextKey")] = generic.NumberObject(key + 1)
    document.get_object()["/K"].append(element)
    for changed in (field.get_object(), parents, tree, document.get_object()):
        writer.update_container(changed)


def _dictionary(**entries: object) -> object:
    return generic.DictionaryObject({_NAME(f"/{key}"): value for key, value in entries.items()})


def _new_bundle() -> bytes:
    """Make an authority, let it issue one seal certificate and an empty revocation list, and forget its key."""
    now = datetime.now(UTC)
    authority_key = ec.generate_private_key(ec.SECP256R1())
    seal_key = ec.generate_private_key(ec.SECP256R1())
    # Two authorities of one name confuse checkers, so each installation's has its own.
    authority = _name(f"Polder demo authority {secrets.token_hex(4)}")
    issuer = x509.AuthorityKeyIdentifier.from_issuer_public_key(authority_key.public_key())

    def builder(subject: x509.Name, key: ec.EllipticCurvePrivateKey) -> x509.CertificateBuilder:
        return (
            x509.CertificateBuilder()
            .subject_name(subject)
            .issuer_name(authority)
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(now - timedelta(days=1))
            .not_valid_after(now + LIFE)
            .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
            .add_extension(issuer, critical=False)
        )

    root = (
        builder(authority, authority_key)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(_usage(key_cert_sign=True, crl_sign=True), critical=True)
        .sign(authority_key, hashes.SHA256())
    )
    certificate = (
        builder(_name("Polder seal"), seal_key)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(_usage(digital_signature=True, content_commitment=True), critical=True)
        .sign(authority_key, hashes.SHA256())
    )
    revocations = (
        x509.CertificateRevocationListBuilder()
        .issuer_name(authority)
        .last_update(now - timedelta(days=1))
        .next_update(now + LIFE)
        .add_extension(issuer, critical=False)
        .add_extension(x509.CRLNumber(1), critical=False)
        .sign(authority_key, hashes.SHA256())
    )
    pem = serialization.Encoding.PEM
    private = seal_key.private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    return private + certificate.public_bytes(pem) + root.public_bytes(pem) + revocations.public_bytes(pem)


def _name(common: str) -> x509.Name:
    return x509.Name(
        [x509.NameAttribute(NameOID.ORGANIZATION_NAME, "Polder"), x509.NameAttribute(NameOID.COMMON_NAME, common)]
    )


def _usage(
    *,
    digital_signature: bool = False,
    content_commitment: bool = False,
    key_cert_sign: bool = False,
    crl_sign: bool = False,
) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=digital_signature,
        content_commitment=content_commitment,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=key_cert_sign,
        crl_sign=crl_sign,
        encipher_only=False,
        decipher_only=False,
    )


def _crl_part(bundle: bytes) -> bytes:
    return bundle[bundle.index(b"-----BEGIN X509 CRL-----") :]


def _write_once(path: Path, content: bytes, *, mode: int) -> None:
    """Write the file whole or not at all; when another process was first, its file stays."""
    temporary = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
    descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        try:
            os.link(temporary, path)
        except FileExistsError:
            return
    finally:
        temporary.unlink()


def _too_long() -> Refusal:
    return Refusal(
        "check_took_too_long",
        "De controle van dit bestand duurt te lang. Verwacht: een PDF zoals Polder die maakt.",
        "Checking this file takes too long. Expected: a PDF as Polder makes them.",
    )


if __name__ == "__main__":
    resource.setrlimit(resource.RLIMIT_CPU, (PATIENCE, PATIENCE))
    resource.setrlimit(resource.RLIMIT_AS, (MOST_MEMORY, MOST_MEMORY))
    here = Seal.open(Path(sys.argv[1]))
    sys.stdout.write(asyncio.run(here.check(sys.stdin.buffer.read())).model_dump_json())
