"""What a passkey answers to sign: a challenge that holds the request, the exact text and the person. Pure."""

import hashlib

from rules.chain import canonical


def challenge(task: str, text_sha: str, person: str, nonce: str) -> bytes:
    """Return what the device of a signatory is asked to sign; for another text, request or person it is another."""
    return hashlib.sha256(canonical(["polder-signature", task, text_sha, person, nonce])).digest()
