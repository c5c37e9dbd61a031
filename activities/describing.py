"""What the certificates on a PDF say of themselves: for whom, by whom, and whether they call themselves qualified."""

from collections.abc import Mapping
from io import BytesIO
from typing import Any

from asn1crypto import core as asn1_core
from asn1crypto import x509 as asn1_x509
from pyhanko.pdf_utils.reader import PdfFileReader

from models.base import Words

QUALIFIED, IN_DEVICE = "0.4.0.1862.1.1", "0.4.0.1862.1.4"
"""ETSI EN 319 412-5: the certificate is qualified; its key is in a qualified signature or seal creation device."""
STATEMENTS = "1.3.6.1.5.5.7.1.3"
MOST = 300
core: Any = asn1_core


class _Statement(core.Sequence):  # type: ignore[misc]  # asn1crypto is untyped
    _fields = [("id", core.ObjectIdentifier), ("info", core.Any, {"optional": True})]  # noqa: RUF012 asn1crypto writes it


class _Statements(core.SequenceOf):  # type: ignore[misc]  # idem
    _child_spec = _Statement


def claims(certificate: asn1_x509.Certificate) -> set[str]:
    """Return the statements of a certificate about being qualified, as object identifiers."""
    for extension in certificate["tbs_certificate"]["extensions"]:
        if extension["extn_id"].dotted == STATEMENTS:
            found = _Statements.load(extension["extn_value"].contents)
            return {one["id"].dotted for one in found}
    return set()


def described(certificate: asn1_x509.Certificate) -> Words:
    """Say what a certificate says of itself."""
    said = claims(certificate)
    if QUALIFIED not in said:
        nl, en = "noemt zich niet gekwalificeerd", "does not call itself qualified"
    elif IN_DEVICE not in said:
        nl, en = "noemt zich gekwalificeerd", "calls itself qualified"
    else:
        nl = "noemt zich gekwalificeerd, met de sleutel in een gekwalificeerd middel"
        en = "calls itself qualified, with its key in a qualified device"
    who, issuer = (one.human_friendly for one in (certificate.subject, certificate.issuer))
    number = f"{certificate.serial_number:x}"
    return Words(
        nl=f"{who}; uitgever {issuer}; nummer {number}; {nl}"[:MOST],
        en=f"{who}; issuer {issuer}; number {number}; {en}"[:MOST],
    )


def certificates_on(pdf: bytes) -> Mapping[str, Words]:
    """Describe the certificate of each signature on a PDF, by the name of its field."""
    return {
        one.field_name: described(one.signer_cert) for one in PdfFileReader(BytesIO(pdf)).embedded_regular_signatures
    }
