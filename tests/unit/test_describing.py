"""What a certificate says of itself, and what signatures are worth."""

from datetime import UTC, datetime, timedelta

import pytest
from asn1crypto import core
from asn1crypto import x509 as asn1_x509
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID

from activities.describing import IN_DEVICE, QUALIFIED, STATEMENTS, _Statements, described
from models.enums import SignatureKind
from rules.levels import level


def certificate(*statements: str, common: str = "Zoë Ærø") -> asn1_x509.Certificate:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, common)])
    now = datetime.now(UTC)
    builder = (
        x509.CertificateBuilder()
        .subject_name(name).issuer_name(name).public_key(key.public_key()).serial_number(0xABCDEF)
        .not_valid_before(now).not_valid_after(now + timedelta(days=1))
    )  # fmt: skip
    if statements:
        value = _Statements([{"id": core.ObjectIdentifier(one)} for one in statements]).dump()
        builder = builder.add_extension(
            x509.UnrecognizedExtension(x509.ObjectIdentifier(STATEMENTS), value), critical=False
        )
    return asn1_x509.Certificate.load(builder.sign(key, hashes.SHA256()).public_bytes(Encoding.DER))


@pytest.mark.parametrize(
    ("statements", "nl", "en"),
    [
        ([], "noemt zich niet gekwalificeerd", "does not call itself qualified"),
        ([IN_DEVICE], "noemt zich niet gekwalificeerd", "does not call itself qualified"),
        ([QUALIFIED], "noemt zich gekwalificeerd", "calls itself qualified"),
        (
            [QUALIFIED, IN_DEVICE], "noemt zich gekwalificeerd, met de sleutel in een gekwalificeerd middel",
            "calls itself qualified, with its key in a qualified device",
        ),
    ],
)  # fmt: skip
def test_a_certificate_is_called_what_it_calls_itself(statements: list[str], nl: str, en: str) -> None:
    words = described(certificate(*statements))
    assert words.nl.endswith(f"; nummer abcdef; {nl}")
    assert words.en.endswith(f"; number abcdef; {en}")
    assert "Zoë Ærø" in words.nl


@pytest.mark.parametrize("kind", list(SignatureKind))
def test_no_kind_of_signature_is_called_more_than_it_is(kind: SignatureKind) -> None:
    words = level(kind)
    assert words.en.startswith("Each signature is a simple electronic signature (eIDAS, article 3(10))")
    assert words.nl.startswith("Elke handtekening is een gewone elektronische handtekening (eIDAS, artikel 3, lid 10)")
    assert ("no advanced or qualified" in words.en) == (kind is not SignatureKind.CSC)
    assert ("Polder checks neither." in words.en) == (kind is SignatureKind.CSC)
