"""The key of the seal on a token (PKCS#11): a smart card, a hardware security module, or a program that plays one.

Named by a PKCS#11 URI (RFC 7512): `pkcs11:token=polder;object=seal?module-path=/usr/lib/softhsm/libsofthsm2.so`.
"""

import asyncio
import threading
from collections.abc import Callable, Coroutine, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Self
from urllib.parse import parse_qs, unquote, urlsplit

from asn1crypto import x509 as asn1_x509
from pkcs11 import Attribute, ObjectClass
from pkcs11.exceptions import PKCS11Error
from pyhanko.config.pkcs11 import TokenCriteria
from pyhanko.sign.general import SigningError
from pyhanko.sign.pkcs11 import PKCS11Signer, open_pkcs11_session

from activities.authority import signed, signed_beside
from models.base import Words
from models.errors import InvalidFile

SCHEME = "pkcs11:"
WANTED = "pkcs11:token=NAME;object=LABEL?module-path=/path/to/module.so"


@dataclass(frozen=True)
class TokenKey:
    """A private key that does not leave its token, with its certificate and those above it, the nearest first.

    A session is opened for each signature: a token that was away and came back is found again.
    """

    module: str
    token: str
    label: str
    pin: str = field(repr=False)
    certificate: asn1_x509.Certificate
    above: Sequence[asn1_x509.Certificate]

    @classmethod
    def at(cls, uri: str, pin: str) -> Self:
        """Find a key and its certificates by a PKCS#11 URI; `pin-source` names a file with the PIN.

        Raises:
            InvalidFile: `seal_key_not_readable`.
        """
        parts = urlsplit(uri)
        path = dict(part.partition("=")[::2] for part in parts.path.split(";") if part)
        more = {name: values[0] for name, values in parse_qs(parts.query).items()}
        token, label = (unquote(path.get(name, "")) for name in ("token", "object"))
        module = more.get("module-path", "")
        strange = {*path, *more} - {"token", "object", "module-path", "pin-source"}
        if not (module and token and label) or strange:
            raise _unreadable(Words(nl=f"het is niet te lezen als {WANTED}", en=f"it does not read as {WANTED}"))
        try:
            if "pin-source" in more:
                pin = Path(more["pin-source"].removeprefix("file:")).read_text().strip()
            with _session(module, token, pin) as session:
                held = _certificates(session)
                keys = list(session.get_objects({Attribute.CLASS: ObjectClass.PRIVATE_KEY, Attribute.LABEL: label}))
        except (PKCS11Error, SigningError, OSError, RuntimeError) as error:
            said = str(error) or type(error).__name__
            words = Words(nl=f"het token antwoordt niet ({said})", en=f"the token does not answer ({said})")
            raise _unreadable(words) from error
        own = next((one for name, one in held if name == label), None)
        if own is None or not keys:
            names = ", ".join(name for name, _ in held) or "-"
            words = Words(
                nl=f"op het token staat geen sleutel met certificaat {label} (wel: {names})",
                en=f"there is no key with a certificate {label} on the token (there: {names})",
            )
            raise _unreadable(words)
        return cls(module, token, label, pin, own, _above(own, [one for _, one in held]))

    @property
    def chain(self) -> list[asn1_x509.Certificate]:
        """The certificate and those above it."""
        return [self.certificate, *self.above]

    async def sign(self, data: bytes) -> bytes:
        """Sign bytes, over their SHA-256, on the token."""
        return await asyncio.to_thread(self._at_the_token, signed, data)

    async def sign_beside(self, data: bytes) -> bytes:
        """Sign bytes in a file of its own (CMS, detached), over their SHA-256."""
        return await asyncio.to_thread(self._at_the_token, signed_beside, data)

    def _at_the_token(self, sign: Callable[[PKCS11Signer, bytes], Coroutine[Any, Any, bytes]], data: bytes) -> bytes:
        with _session(self.module, self.token, self.pin) as session:
            signer = PKCS11Signer(
                session,
                signing_cert=self.certificate,
                ca_chain=set(self.above),
                key_label=self.label,
                use_raw_mechanism=True,
            )
            return asyncio.run(sign(signer, data))


_ONE_AT_A_TIME = threading.Lock()
"""Sessions of one program share their login (PKCS#11 5.6): a second one could not log in beside the first."""


@contextmanager
def _session(module: str, token: str, pin: str) -> Iterator[Any]:
    with _ONE_AT_A_TIME:
        session = open_pkcs11_session(module, token_criteria=TokenCriteria(label=token), user_pin=pin)
        try:
            yield session
        finally:
            session.close()


def _certificates(session: Any) -> list[tuple[str, asn1_x509.Certificate]]:  # noqa: ANN401 python-pkcs11's own
    """Return the certificates of a token with their labels."""
    found = session.get_objects({Attribute.CLASS: ObjectClass.CERTIFICATE})
    return [(one[Attribute.LABEL], asn1_x509.Certificate.load(one[Attribute.VALUE])) for one in found]


def _above(own: asn1_x509.Certificate, held: Sequence[asn1_x509.Certificate]) -> list[asn1_x509.Certificate]:
    """Return the issuers of a certificate, the nearest first, as far as the token holds them."""
    found: list[asn1_x509.Certificate] = []
    last = own
    while last.issuer != last.subject:
        issuer = next((one for one in held if one.subject == last.issuer and one not in found), None)
        if issuer is None:
            break
        found.append(issuer)
        last = issuer
    return found


def _unreadable(why: Words) -> InvalidFile:
    return InvalidFile(
        "seal_key_not_readable",
        f"POLDER_SEAL_KEY noemt een sleutel op een token, maar {why.nl}. Verwacht: een PKCS#11-URI als {WANTED}, met "
        "de pincode in POLDER_SEAL_PASSWORD of pin-source.",
        f"POLDER_SEAL_KEY names a key on a token, but {why.en}. Expected: a PKCS#11 URI such as {WANTED}, with the "
        "PIN in POLDER_SEAL_PASSWORD or pin-source.",
    )
