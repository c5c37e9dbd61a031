"""Passkeys (WebAuthn): making one for an account, signing in with one, signing a text. Each challenge works once."""

import json
from datetime import timedelta
from urllib.parse import urlsplit

from webauthn import (
    generate_authentication_options,
    generate_registration_options,
    options_to_json,
    verify_authentication_response,
    verify_registration_response,
)
from webauthn.helpers import base64url_to_bytes, bytes_to_base64url
from webauthn.helpers.exceptions import WebAuthnException
from webauthn.helpers.structs import (
    AuthenticatorSelectionCriteria,
    PublicKeyCredentialDescriptor,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from models.accounts import Passkey, SignInLink
from models.errors import Refusal
from models.signing import PasskeyProof
from rules.chain import canonical
from rules.challenges import challenge
from store import accounts, contents
from web.site import digest, secret
from web.visiting import Visit

LIFE = timedelta(minutes=5)
PROOF = "application/vnd.polder.passkey+json"
MOST = 10
"""Passkeys an account may have."""


def _relying_party(visit: Visit) -> tuple[str, str]:
    origin = visit.site.settings.public_url
    return urlsplit(origin).hostname or "localhost", origin


async def _issued(visit: Visit, challenge: bytes, use: str) -> str:
    token = bytes_to_base64url(challenge)
    row = SignInLink(sha256=digest(token), email="", goal=use, made_at=visit.now, ends_at=visit.now + LIFE)
    await accounts.keep_link(visit.site.db, row)
    return token


async def _spent(visit: Visit, challenge: str, use: str) -> bytes:
    row = await accounts.redeem(visit.site.db, digest(challenge), visit.now)
    if row is None or row.goal != use:
        raise _refused()
    return base64url_to_bytes(challenge)


async def registration_options(visit: Visit) -> dict[str, object]:
    """Make the options for a new passkey of who is signed in."""
    host, _ = _relying_party(visit)
    known = await accounts.passkeys(visit.site.db, visit.me)
    options = generate_registration_options(
        rp_id=host,
        rp_name="Polder",
        user_name=visit.me,
        user_id=digest(visit.me).encode()[:64],
        exclude_credentials=[PublicKeyCredentialDescriptor(id=base64url_to_bytes(one.id)) for one in known],
        authenticator_selection=AuthenticatorSelectionCriteria(
            resident_key=ResidentKeyRequirement.REQUIRED, user_verification=UserVerificationRequirement.REQUIRED
        ),
    )
    challenge = await _issued(visit, options.challenge, f"passkey:new:{visit.me}")
    return {"publicKey": json.loads(options_to_json(options)), "challenge": challenge}


async def register(visit: Visit, credential: str, challenge: str, name: str) -> None:
    """Keep a new passkey.

    Raises:
        Refusal: it does not answer the challenge, or there are too many.
    """
    if len(await accounts.passkeys(visit.site.db, visit.me)) >= MOST:
        raise Refusal("too_many_passkeys", f"Hoogstens {MOST} toegangssleutels.", f"At most {MOST} passkeys.")
    host, origin = _relying_party(visit)
    expected = await _spent(visit, challenge, f"passkey:new:{visit.me}")
    try:
        made = verify_registration_response(
            credential=credential, expected_challenge=expected, expected_rp_id=host, expected_origin=origin,
            require_user_verification=True,
        )  # fmt: skip
    except (WebAuthnException, ValueError) as error:
        raise _refused() from error
    await accounts.keep_passkey(
        visit.site.db,
        Passkey(
            id=bytes_to_base64url(made.credential_id), email=visit.me, name=name.strip()[:100] or "passkey",
            public_key=made.credential_public_key, sign_count=made.sign_count, made_at=visit.now,
        ),
    )  # fmt: skip


async def sign_in_options(visit: Visit) -> dict[str, object]:
    """Make the options to sign in with any passkey of this site."""
    host, _ = _relying_party(visit)
    options = generate_authentication_options(rp_id=host, user_verification=UserVerificationRequirement.REQUIRED)
    challenge = await _issued(visit, options.challenge, "passkey:sign-in")
    return {"publicKey": json.loads(options_to_json(options)), "challenge": challenge}


async def checked(visit: Visit, credential: str, challenge: str) -> str:
    """Return whose passkey answered the challenge.

    Raises:
        Refusal: nobody's, or not to this challenge.
    """
    host, origin = _relying_party(visit)
    expected = await _spent(visit, challenge, "passkey:sign-in")
    try:
        key = str(json.loads(credential)["id"])
    except (ValueError, KeyError, TypeError) as error:
        raise _refused() from error
    row = await accounts.passkey(visit.site.db, key)
    if row is None:
        raise _refused()
    try:
        made = verify_authentication_response(
            credential=credential, expected_challenge=expected, expected_rp_id=host, expected_origin=origin,
            credential_public_key=row.public_key, credential_current_sign_count=row.sign_count,
            require_user_verification=True,
        )  # fmt: skip
    except (WebAuthnException, ValueError) as error:
        raise _refused() from error
    await accounts.used_passkey(visit.site.db, row.id, made.new_sign_count, visit.now)
    return row.email


async def signing_options(visit: Visit, task: str, text_sha: str, person: str) -> dict[str, object]:
    """Make the options to sign exactly this text with one of the visitor's own passkeys."""
    host, _ = _relying_party(visit)
    nonce = secret()
    known = await accounts.passkeys(visit.site.db, visit.me)
    row = SignInLink(
        sha256=digest(nonce), email="", goal=_use(task, person), made_at=visit.now, ends_at=visit.now + LIFE
    )
    await accounts.keep_link(visit.site.db, row)
    options = generate_authentication_options(
        rp_id=host, challenge=challenge(task, text_sha, person, nonce),
        allow_credentials=[PublicKeyCredentialDescriptor(id=base64url_to_bytes(one.id)) for one in known],
        user_verification=UserVerificationRequirement.REQUIRED,
    )  # fmt: skip
    return {"publicKey": json.loads(options_to_json(options)), "challenge": nonce}


async def proof(visit: Visit, task: str, person: str, credential: str, nonce: str) -> str:
    """Keep what a device answered and return its SHA-256; the worker checks it before the signature counts.

    Raises:
        Refusal: it came too late, or was not asked for.
    """
    row = await accounts.redeem(visit.site.db, digest(nonce), visit.now)
    if row is None or row.goal != _use(task, person):
        raise _refused()
    kept = PasskeyProof(nonce=nonce, credential=credential)
    return await contents.put(visit.site.db, canonical(kept.model_dump()), PROOF)


def _use(task: str, person: str) -> str:
    return f"passkey:sign:{digest(f'{task} {person}')}"


def _refused() -> Refusal:
    return Refusal(
        "passkey_refused",
        "De toegangssleutel klopt niet of kwam te laat. Verwacht: probeer het opnieuw, of log in met een koppeling "
        "per mail.",
        "The passkey is wrong or came too late. Expected: try again, or sign in with a link by mail.",
    )
