"""An authority of the market that sells seal certificates, and tells over HTTP which it revoked."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

from aiohttp import web
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import BestAvailableEncryption, Encoding, pkcs12
from cryptography.x509.oid import NameOID
from ports import free_port
from trust_service import serving

PASSWORD = "pw"  # noqa: S105 of a test


@dataclass
class Market:
    """An authority. With a `port` its certificates say where revocation is told, and `telling` tells it there."""

    port: int | None = None
    revoked: list[int] = field(default_factory=list)
    asked: int = 0

    def __post_init__(self) -> None:
        self.key = rsa.generate_private_key(65537, 2048)
        self.name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "An authority of the market")])
        self.root = self._issued(self.name, self.key.public_key(), ca=True)

    def sell(self, folder: Path, name: str, *, whole: bool = True, kind: str = "ec") -> Path:
        """Sell a seal certificate as a PKCS#12 file, with the authority's own where `whole`."""
        key = ec.generate_private_key(ec.SECP384R1()) if kind == "ec" else rsa.generate_private_key(65537, 2048)
        subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
        sold = self._issued(subject, key.public_key(), ca=False)
        path = folder / f"{name}.p12"
        path.write_bytes(
            pkcs12.serialize_key_and_certificates(
                b"seal", key, sold, [self.root] if whole else None, BestAvailableEncryption(PASSWORD.encode())
            )
        )
        return path

    @asynccontextmanager
    async def telling(self) -> AsyncIterator[None]:
        """Tell which certificates are revoked."""

        async def tell(_: web.Request) -> web.Response:
            self.asked += 1
            return web.Response(body=self._revocations(), content_type="application/pkix-crl")

        app = web.Application()
        app.router.add_get("/crl", tell)
        async with serving(app, f"http://127.0.0.1:{self.port}"):
            yield

    @classmethod
    def with_revocations(cls) -> "Market":
        """Make one whose certificates say where revocation is told."""
        return cls(free_port())

    def _revocations(self) -> bytes:
        now = datetime.now(UTC)
        builder = (
            x509.CertificateRevocationListBuilder()
            .issuer_name(self.name).last_update(now - timedelta(hours=1)).next_update(now + timedelta(days=7))
        )  # fmt: skip
        for number in self.revoked:
            one = x509.RevokedCertificateBuilder().serial_number(number).revocation_date(now - timedelta(hours=1))
            builder = builder.add_revoked_certificate(one.build())
        return builder.sign(self.key, hashes.SHA256()).public_bytes(Encoding.DER)

    def _issued(
        self, subject: x509.Name, public: ec.EllipticCurvePublicKey | rsa.RSAPublicKey, *, ca: bool
    ) -> x509.Certificate:
        now = datetime.now(UTC)
        builder = (
            x509.CertificateBuilder()
            .subject_name(subject).issuer_name(self.name).public_key(public)
            .serial_number(x509.random_serial_number())
            .not_valid_before(now - timedelta(days=1)).not_valid_after(now + timedelta(days=700))
            .add_extension(x509.BasicConstraints(ca=ca, path_length=None), critical=True)
            .add_extension(x509.KeyUsage(not ca, not ca, False, False, False, ca, ca, False, False), critical=True)
        )  # fmt: skip
        if self.port is not None and not ca:
            where = x509.UniformResourceIdentifier(f"http://127.0.0.1:{self.port}/crl")
            point = x509.DistributionPoint([where], None, None, None)
            builder = builder.add_extension(x509.CRLDistributionPoints([point]), critical=False)
        return builder.sign(self.key, hashes.SHA256())
