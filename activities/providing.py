"""Where signatures come from: the three providers of the port, timestamps, and the choice the settings make.

What each is worth under eIDAS: docs/adr/0018 and `level`.
"""

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import aiohttp
import httpx
from asn1crypto import tsp
from asn1crypto import x509 as asn1_x509
from pyhanko.sign.general import SigningError
from pyhanko.sign.signers.csc_signer import (
    CSCAuthorizationInfo,
    CSCAuthorizationManager,
    CSCServiceSessionInfo,
    CSCSigner,
    fetch_certs_in_csc_credential,
)
from pyhanko.sign.timestamps import DummyTimeStamper, TimeStamper, TimestampRequestError

from activities.authority import LocalKey, PartyAuthority, SealKey, certificate_store
from activities.sealing import Seal
from activities.signing import Means, SignatureProvider
from activities.tokens import SCHEME, TokenKey
from models.enums import SignatureKind
from models.errors import InvalidFile
from models.sealing import Signatory
from runtime.settings import Settings

CSC_PATIENCE = 60
"""Seconds that a trust service may take over one request."""
TSA_PATIENCE = 20
SEAL = "seal"


@dataclass(frozen=True)
class PlatformSeal:
    """The seal alone; each party's signature is its one-time code in the record, shown in the sealed text."""

    local: SealKey

    def signs(self, who: Signatory) -> bool:
        """No party has a signature of its own on the PDF."""
        del who
        return False

    async def chain(self, who: Signatory | None) -> Sequence[asn1_x509.Certificate]:
        """Return the certificate of the seal."""
        del who
        return self.local.chain

    async def sign(self, who: Signatory | None, certificate: asn1_x509.Certificate, data: bytes) -> bytes:
        """Sign with the key of the seal."""
        del who, certificate
        return await self.local.sign(data)


@dataclass(frozen=True)
class PartyCertificates:
    """A certificate per signature, of this installation's own authority."""

    local: SealKey
    authority: PartyAuthority

    def signs(self, who: Signatory) -> bool:
        """Everyone gets a certificate."""
        del who
        return True

    async def chain(self, who: Signatory | None) -> Sequence[asn1_x509.Certificate]:
        """Issue the certificate of a signature."""
        if who is None:
            return self.local.chain
        return self.authority.issue(who.id, who.person, who.organisation.nl).chain

    async def sign(self, who: Signatory | None, certificate: asn1_x509.Certificate, data: bytes) -> bytes:
        """Sign with the key of this one signature."""
        if who is None:
            return await self.local.sign(data)
        return await LocalKey(self.authority.key_of(who.id), certificate, ()).sign(data)


@dataclass(frozen=True)
class Csc:
    """Credentials at a trust service, over the API of the Cloud Signature Consortium (1.0.4).

    Attributes:
        url: of the service, up to `/csc/`.
        token: an OAuth 2.0 access token.
        credentials: the credential of each address of a signatory, and of `seal`, where the seal is there too.
        pins: the PIN of each credential that has one.
    """

    local: SealKey
    url: str
    token: str = field(repr=False)
    credentials: Mapping[str, str]
    pins: Mapping[str, str] = field(repr=False)

    def signs(self, who: Signatory) -> bool:
        """Who has a credential there."""
        return who.email.lower() in self.credentials

    async def chain(self, who: Signatory | None) -> Sequence[asn1_x509.Certificate]:
        """Ask the service for the certificates of a credential."""
        credential = self._credential(who)
        if credential is None:
            return self.local.chain
        async with self._signer(credential) as signer:
            known = signer.auth_manager.credential_info
            return [known.signing_cert, *known.chain]

    async def sign(self, who: Signatory | None, certificate: asn1_x509.Certificate, data: bytes) -> bytes:
        """Have the service authorise and sign exactly this hash.

        Raises:
            SigningError: it refused, or the credential has another certificate by now.
        """
        credential = self._credential(who)
        if credential is None:
            return await self.local.sign(data)
        async with self._signer(credential) as signer:
            if signer.signing_cert.dump() != certificate.dump():
                msg = f"credential {credential} has another certificate than when the signature was prepared"
                raise SigningError(msg)
            signature: bytes = await signer.async_sign_raw(data, "sha256")
            return signature

    def _credential(self, who: Signatory | None) -> str | None:
        return self.credentials.get(SEAL) if who is None else self.credentials[who.email.lower()]

    @asynccontextmanager
    async def _signer(self, credential: str) -> AsyncIterator[Any]:
        service = CSCServiceSessionInfo(self.url, credential_id=credential, oauth_token=self.token or None)
        async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=CSC_PATIENCE)) as session:
            known = await fetch_certs_in_csc_credential(session, service, timeout=CSC_PATIENCE)
            authorising = _Authorising(session, service, known, self.pins.get(credential))
            yield CSCSigner(session, authorising, sign_timeout=CSC_PATIENCE, prefer_pss=False)


class _Authorising(CSCAuthorizationManager):
    """Has the service authorise each hash by itself (sole control level 2 pins the authorisation to it)."""

    def __init__(self, session: aiohttp.ClientSession, service: Any, known: Any, pin: str | None) -> None:  # noqa: ANN401 pyHanko's own
        super().__init__(service, known)
        self.session, self.pin = session, pin

    async def authorize_signature(self, hash_b64s: list[str]) -> CSCAuthorizationInfo:
        """Ask for the data that activates one signature."""
        asked = self.format_csc_auth_request(hash_b64s=hash_b64s, pin=self.pin)
        service: Any = self.csc_session_info
        async with self.session.post(
            service.endpoint_url("credentials/authorize"), json=asked, headers=self.auth_headers,
            raise_for_status=True,
        ) as answer:  # fmt: skip
            return self.parse_csc_auth_response(await answer.json())


class HttpTimeStamper(TimeStamper):
    """A timestamp authority (RFC 3161) over HTTP."""

    def __init__(self, url: str) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self.url = url

    async def async_request_tsa_response(self, req: tsp.TimeStampReq) -> tsp.TimeStampResp:
        """Ask for one timestamp.

        Raises:
            TimestampRequestError: there is none to be had now.
        """
        headers = {"Content-Type": "application/timestamp-query", "Accept": "application/timestamp-reply"}
        try:
            async with httpx.AsyncClient(timeout=TSA_PATIENCE) as client:
                answer = await client.post(self.url, content=req.dump(), headers=headers)
                answer.raise_for_status()
        except httpx.HTTPError as error:
            msg = f"no timestamp from {self.url}: {error}"
            raise TimestampRequestError(msg) from error
        return tsp.TimeStampResp.load(answer.content)


def seal_of(settings: Settings) -> Seal:
    """Return the seal of an installation, with whom it trusts.

    Raises:
        InvalidFile: a file that the settings name cannot be read.
    """
    given: SealKey | None = None
    if settings.seal_key:
        password = settings.seal_password.get_secret_value()
        on_token = settings.seal_key.startswith(SCHEME)
        given = (
            TokenKey.at(settings.seal_key, password)
            if on_token
            else LocalKey.from_pkcs12(Path(settings.seal_key), password)
        )
    return Seal.open(settings.state / "seal", given, _trusted(settings))


def means_of(settings: Settings) -> Means:
    """Return what an installation signs with, as its files are now; for one PDF, since a timestamper keeps state.

    Raises:
        InvalidFile: a file that the settings name cannot be read.
    """
    folder = settings.state / "seal"
    stamper: TimeStamper | None = None
    if settings.tsa_url:
        stamper = HttpTimeStamper(settings.tsa_url)
    elif settings.signatures is not SignatureKind.PLATFORM:
        own = PartyAuthority.open(folder).timestamps
        stamper = DummyTimeStamper(own.certificate, own.key, certificate_store.from_certs(own.above))
    if settings.signatures is SignatureKind.PARTIES:
        PartyAuthority.open(folder)  # before the seal is opened, which trusts what is there
    seal = seal_of(settings)
    provider: SignatureProvider = PlatformSeal(seal.local)
    if settings.signatures is SignatureKind.PARTIES:
        provider = PartyCertificates(seal.local, PartyAuthority.open(folder))
    elif settings.signatures is SignatureKind.CSC:
        provider = Csc(
            seal.local, settings.csc_url.rstrip("/"), settings.csc_token.get_secret_value(),
            {key.lower(): value for key, value in settings.csc_credentials.items()},
            {key: value.get_secret_value() for key, value in settings.csc_pins.items()},
        )  # fmt: skip
    return Means(provider, seal.trust, stamper)


def _trusted(settings: Settings) -> bytes:
    if not settings.trusted:
        return b""
    try:
        return Path(settings.trusted).read_bytes()
    except OSError as error:
        raise InvalidFile(
            "trusted_not_readable",
            f"{settings.trusted} is niet te lezen. Verwacht: een PEM-bestand met certificaten.",
            f"{settings.trusted} cannot be read. Expected: a PEM file with certificates.",
            {"file": settings.trusted},
        ) from error
