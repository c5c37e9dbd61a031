"""What a signatory answers, and how it stands in the record."""

from typing import Annotated, Literal

from pydantic import Field

from models.base import Contract, Key, Line, Reason, Sha256, Slug


class SignatureAnswer(Contract):
    """A signature or company declaration: the exact hash confirmed with a one-time code.

    `trace_sha` names the stored `Trace` of the request, where it came by the site.
    """

    kind: Literal["signature"] = "signature"
    text_sha: Sha256
    code: Annotated[str, Field(min_length=4, max_length=40)]
    name: Line
    trace_sha: Sha256 | None = None


class DeclineAnswer(Contract):
    """A party or company does not sign this text, and says why; it may still sign while the window is open."""

    kind: Literal["declined"] = "declined"
    text_sha: Sha256
    reason: Reason


class Trace(Contract):
    """Where a signature was given: the address of the request and what the browser calls itself.

    Kept as content under a salt, and named in the record by its hash only: the record of a signature is public.
    """

    address: str = Field(max_length=100)
    agent: str = Field(max_length=300)


class Signed(Contract):
    """A signature or declaration."""

    change: Literal["signed"] = "signed"
    task: Key
    party: Slug
    person: Slug
    name: Line
    text_sha: Sha256
    trace_sha: Sha256 | None = None


Signing = SignatureAnswer | DeclineAnswer
