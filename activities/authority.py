"""Keys and certificates: those that are given, and the authorities of an installation of its own.

An authority that Polder makes itself is known to nobody else. What it issues shows that a file is unchanged and was
made here, to whoever has its root certificate from us; it proves nothing about who a person is.
"""

import contextlib
import os
import secrets
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Protocol, Self

from asn1crypto import crl as asn1_crl
from asn1crypto import keys as asn1_keys
from asn1crypto import pem as asn1_pem
from asn1crypto import x509 as asn1_x509
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.asymmetric.types import PrivateKeyTypes
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.serialization import pkcs12
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID
from pyhanko.sign.signers import Signer, SimpleSigner
from pyhanko_certvalidator.registry import SimpleCertificateStore

from models.errors import InvalidFile

# pyHanko types its results but not this constructor.
certificate_store: Any = SimpleCertificateStore

LIFE = timedelta(days=3652)
BEFORE = timedelta(days=1)
"""Clocks differ: what is issued now is valid since yesterday."""
RSA_BITS = 3072
PARTIES = "parties.pem"
MOST_NAME = 64
"""Bytes that X.509 gives a name."""
P256_ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
PEM = serialization.Encoding.PEM
DER = serialization.Encoding.DER
PublicKey = ec.EllipticCurvePublicKey | rsa.RSAPublicKey


async def signed(signer: Signer, data: bytes) -> bytes:
    """Sign bytes, over their SHA-256."""
    signature: bytes = await signer.async_sign_raw(data, "sha256")
    return signature


async def signed_beside(signer: Signer, data: bytes) -> bytes:
    """Sign bytes in a file of its own (CMS, detached), over their SHA-256."""
    made: bytes = (await signer.async_sign_general_data(data, "sha256", detached=True)).dump()
    return made


class SealKey(Protocol):
    """A key that seals: in a file, or on a token."""

    @property
    def certificate(self) -> asn1_x509.Certificate:
        """Its certificate."""

    @property
    def chain(self) -> list[asn1_x509.Certificate]:
        """The certificate and those above it, the nearest first."""

    async def sign(self, data: bytes) -> bytes:
        """Sign bytes, over their SHA-256."""

    async def sign_beside(self, data: bytes) -> bytes:
        """Sign bytes in a file of its own (CMS, detached), over their SHA-256."""


@dataclass(frozen=True)
class LocalKey:
    """A private key at hand, with its certificate and those above it, the nearest first."""

    key: asn1_keys.PrivateKeyInfo
    certificate: asn1_x509.Certificate
    above: Sequence[asn1_x509.Certificate]

    @classmethod
    def of(cls, key: PrivateKeyTypes, certificate: x509.Certificate, above: Sequence[x509.Certificate]) -> Self:
        """Take a key and its certificates as `cryptography` has them."""
        return cls(_key_info(key), _certificate(certificate), [_certificate(one) for one in above])

    @classmethod
    def from_pkcs12(cls, path: Path, password: str) -> Self:
        """Read a PKCS#12 file (.p12, .pfx).

        Raises:
            InvalidFile: `seal_key_not_readable`, without saying whether the password or the file is wrong.
        """
        try:
            key, certificate, above = pkcs12.load_key_and_certificates(path.read_bytes(), password.encode() or None)
        except (OSError, ValueError) as error:
            raise _unreadable(path) from error
        if key is None or certificate is None:
            raise _unreadable(path)
        return cls.of(key, certificate, above)

    @property
    def chain(self) -> list[asn1_x509.Certificate]:
        """The certificate and those above it."""
        return [self.certificate, *self.above]

    @property
    def signer(self) -> SimpleSigner:
        """What pyHanko signs with."""
        return SimpleSigner(
            signing_cert=self.certificate, signing_key=self.key, cert_registry=certificate_store.from_certs(self.above)
        )

    async def sign(self, data: bytes) -> bytes:
        """Sign bytes, over their SHA-256."""
        return await signed(self.signer, data)

    async def sign_beside(self, data: bytes) -> bytes:
        """Sign bytes in a file of its own (CMS, detached), over their SHA-256."""
        return await signed_beside(self.signer, data)


@dataclass(frozen=True)
class Issued:
    """What an authority of our own has issued once: a key with its chain, and the (empty) revocation list."""

    local: LocalKey
    revocations: asn1_crl.CertificateList

    @property
    def root(self) -> asn1_x509.Certificate:
        """The authority's own certificate."""
        return self.local.above[-1]


def own_seal(folder: Path) -> Issued:
    """Return the seal of this folder; it is made once, also when several processes start together.

    Its authority's key is forgotten as soon as the one certificate is there.
    """
    content = kept_once(folder / "seal.pem", _new_seal, mode=0o600)
    certificate, root = x509.load_pem_x509_certificates(content)
    kept_once(folder / "root.pem", lambda: root.public_bytes(PEM), mode=0o644)
    key = serialization.load_pem_private_key(content, password=None)
    return Issued(LocalKey.of(key, certificate, [root]), next(revocation_lists(content)))


@dataclass(frozen=True)
class PartyAuthority:
    """An authority that issues one certificate per signature of a party, and a timestamp authority below it.

    For demonstrations and tests. The key of a signature is made from the authority's own key and the name of the
    signature, so that who goes on after a crash signs with the same one; it is never kept.
    """

    root: x509.Certificate
    timestamps: LocalKey
    revocations: asn1_crl.CertificateList
    _key: ec.EllipticCurvePrivateKey

    @staticmethod
    def exists(folder: Path) -> bool:
        """Whether this folder has one."""
        return (folder / PARTIES).exists()

    @classmethod
    def open(cls, folder: Path) -> Self:
        """Load the authority of this folder, or create it once."""
        content = kept_once(folder / PARTIES, _new_parties, mode=0o600)
        root, stamping = x509.load_pem_x509_certificates(content)
        key, stamping_key = [
            serialization.load_pem_private_key(asn1_pem.armor("PRIVATE KEY", der), password=None)
            for der in _blocks(content, "PRIVATE KEY")
        ]
        assert isinstance(key, ec.EllipticCurvePrivateKey)  # noqa: S101 for the type checker: _new_parties made it
        return cls(root, LocalKey.of(stamping_key, stamping, [root]), next(revocation_lists(content)), key)

    def issue(self, signature: str, person: str, organisation: str) -> LocalKey:
        """Issue a certificate for one signature of a person for an organisation, with the key of that signature."""
        key = self._key_of(signature)
        names = [
            x509.NameAttribute(NameOID.ORGANIZATION_NAME, _cut(organisation)),
            x509.NameAttribute(NameOID.COMMON_NAME, _cut(person)),
        ]
        builder = _builder(x509.Name(names), key.public_key(), self.root.subject, self._key.public_key())
        certificate = (
            builder.add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
            .add_extension(_usage(digital_signature=True, content_commitment=True), critical=True)
            .sign(self._key, hashes.SHA256())
        )
        return LocalKey.of(key, certificate, [self.root])

    def key_of(self, signature: str) -> asn1_keys.PrivateKeyInfo:
        """Return the key of a signature."""
        return _key_info(self._key_of(signature))

    def _key_of(self, signature: str) -> ec.EllipticCurvePrivateKey:
        secret = self._key.private_bytes(DER, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
        # 48 bytes for a number below 2^256: so much more than the order that its remainder is even enough
        derived = HKDF(algorithm=hashes.SHA256(), length=48, salt=None, info=signature.encode()).derive(secret)
        return ec.derive_private_key(int.from_bytes(derived) % (P256_ORDER - 1) + 1, ec.SECP256R1())


def certificates(pem: bytes) -> list[asn1_x509.Certificate]:
    """Read the certificates of a PEM file."""
    return [asn1_x509.Certificate.load(der) for der in _blocks(pem, "CERTIFICATE")]


def revocation_lists(pem: bytes) -> Iterator[asn1_crl.CertificateList]:
    """Read the revocation lists of a PEM file."""
    return (asn1_crl.CertificateList.load(der) for der in _blocks(pem, "X509 CRL"))


def as_pem(found: Sequence[asn1_x509.Certificate]) -> bytes:
    """Write certificates as a PEM file."""
    return b"".join(asn1_pem.armor("CERTIFICATE", one.dump()) for one in found)


def with_lists(found: Sequence[asn1_crl.CertificateList]) -> bytes:
    """Write revocation lists as a PEM file."""
    return b"".join(asn1_pem.armor("X509 CRL", one.dump()) for one in found)


def _blocks(pem: bytes, kind: str) -> Iterator[bytes]:
    if b"-----BEGIN " not in pem:
        return iter(())
    return (der for name, _, der in asn1_pem.unarmor(pem, multiple=True) if name == kind)


def _new_seal() -> bytes:
    """Make an authority, let it issue one seal certificate and an empty revocation list, and forget its key."""
    key, seal_key = ec.generate_private_key(ec.SECP256R1()), ec.generate_private_key(ec.SECP256R1())
    root, revocations = _new_authority("Polder demo authority", key)
    certificate = (
        _builder(_name("Polder seal"), seal_key.public_key(), root.subject, key.public_key())
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(_usage(digital_signature=True, content_commitment=True), critical=True)
        .sign(key, hashes.SHA256())
    )
    return _private(seal_key) + b"".join(one.public_bytes(PEM) for one in (certificate, root, revocations))


def _new_parties() -> bytes:
    """Make an authority whose key is kept, and let it issue a timestamp certificate."""
    key = ec.generate_private_key(ec.SECP256R1())
    stamping_key = rsa.generate_private_key(65537, RSA_BITS)  # pyHanko's own timestamp authority wants RSA
    root, revocations = _new_authority("Polder demo authority for parties", key, 2 * LIFE)
    stamping = (
        _builder(
            _name("Polder demo timestamps"), stamping_key.public_key(), root.subject, key.public_key(), 2 * LIFE
        )  # it must outlive what it stamps
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(_usage(digital_signature=True), critical=True)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.TIME_STAMPING]), critical=True)
        .sign(key, hashes.SHA256())
    )
    public = b"".join(one.public_bytes(PEM) for one in (root, stamping, revocations))
    return _private(key) + _private(stamping_key) + public


def _new_authority(
    called: str, key: ec.EllipticCurvePrivateKey, life: timedelta = LIFE
) -> tuple[x509.Certificate, x509.CertificateRevocationList]:
    # Two authorities of one name confuse checkers, so each installation's has its own.
    subject = _name(f"{called} {secrets.token_hex(4)}")
    root = (
        _builder(subject, key.public_key(), subject, key.public_key(), life)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(_usage(key_cert_sign=True, crl_sign=True), critical=True)
        .sign(key, hashes.SHA256())
    )
    now = datetime.now(UTC)
    revocations = (
        x509.CertificateRevocationListBuilder()
        .issuer_name(subject)
        .last_update(now - BEFORE)
        .next_update(now + life)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(key.public_key()), critical=False)
        .add_extension(x509.CRLNumber(1), critical=False)
        .sign(key, hashes.SHA256())
    )
    return root, revocations


def _builder(
    subject: x509.Name, key: PublicKey, issuer: x509.Name, issuer_key: PublicKey, life: timedelta = LIFE
) -> x509.CertificateBuilder:
    now = datetime.now(UTC)
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key)
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - BEFORE)
        .not_valid_after(now + life)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(issuer_key), critical=False)
    )


def _cut(name: str) -> str:
    return name.encode()[:MOST_NAME].decode(errors="ignore").strip()


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


def _private(key: PrivateKeyTypes) -> bytes:
    return key.private_bytes(PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())


def _key_info(key: PrivateKeyTypes) -> asn1_keys.PrivateKeyInfo:
    return asn1_keys.PrivateKeyInfo.load(
        key.private_bytes(DER, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )


def _certificate(one: x509.Certificate) -> asn1_x509.Certificate:
    return asn1_x509.Certificate.load(one.public_bytes(DER))


def kept_once(path: Path, make: Callable[[], bytes], *, mode: int) -> bytes:
    """Return a file's content; it is made whole or not at all, and when another process was first, its file stays."""
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        temporary = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
        descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
        try:
            with os.fdopen(descriptor, "wb") as file:
                file.write(make())
                file.flush()
                os.fsync(file.fileno())
            with contextlib.suppress(FileExistsError):
                os.link(temporary, path)
        finally:
            temporary.unlink()
    return path.read_bytes()


def _unreadable(path: Path) -> InvalidFile:
    return InvalidFile(
        "seal_key_not_readable",
        f"{path} is niet te lezen als sleutel van het zegel. Verwacht: een PKCS#12-bestand met een sleutel en een "
        "certificaat, en het wachtwoord ervan in POLDER_SEAL_PASSWORD.",
        f"{path} cannot be read as the key of the seal. Expected: a PKCS#12 file with a key and a certificate, and its "
        "password in POLDER_SEAL_PASSWORD.",
        {"file": str(path)},
    )
