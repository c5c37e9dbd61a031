"""The activity that checks a signature made with a passkey: by the key that this person registered, of exactly this."""

import json
from urllib.parse import urlsplit

from pydantic import ValidationError
from temporalio import activity
from webauthn import verify_authentication_response
from webauthn.helpers.exceptions import WebAuthnException

from activities import names
from models import errands
from models.errors import NotFound
from models.signing import PasskeyProof
from models.tables import Person
from rules.challenges import challenge
from store import accounts, contents
from store.engine import Database


class Passkeys:
    """Checks proofs against the registered keys; `public_url` is where the site is, as browsers see it."""

    def __init__(self, db: Database, public_url: str) -> None:
        self.db, self.origin = db, public_url

    @activity.defn(name=names.CHECK_PASSKEY)
    async def check_passkey(self, check: errands.PasskeyCheck) -> bool:
        """Whether a stored proof is this person's, for this request and this text."""
        try:
            proof = PasskeyProof.model_validate_json(await contents.get(self.db, check.proof_sha))
            key = str(json.loads(proof.credential)["id"])
        except (NotFound, ValidationError, ValueError, KeyError, TypeError):
            return False
        row = await accounts.passkey(self.db, key)
        async with self.db.read() as session:
            person = await session.get(Person, (check.covenant, check.person))
        if row is None or person is None or row.email.lower() != person.email.lower():
            return False
        try:
            verify_authentication_response(
                credential=proof.credential,
                expected_challenge=challenge(check.task, check.text_sha, check.person, proof.nonce),
                expected_rp_id=urlsplit(self.origin).hostname or "localhost", expected_origin=self.origin,
                credential_public_key=row.public_key, credential_current_sign_count=0, require_user_verification=True,
            )  # fmt: skip
        except (WebAuthnException, ValueError):
            return False
        return True
