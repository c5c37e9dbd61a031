"""Who signs in which order, what a signatory answers, and how it stands in the record."""

from datetime import datetime
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from models.base import Contract, Key, Line, Reason, Sha256, Slug, Strict
from models.enums import SigningRole

Method = Literal["code", "passkey"]
"""How the signatory was identified: a one-time code from a mail to the own address, or a passkey of the own device."""

Declined = Literal["ask", "go_on", "lapse"]


class SigningMember(Strict):
    """One line of a group.

    Attributes:
        who: a party id, a constituency, 'all' (every party), 'participants' (companies), or, for whoever signs nothing
            for a party, an office.
        needed: how many people with a mandate to sign must sign for each party.
    """

    who: Slug
    role: SigningRole = SigningRole.SIGNATORY
    needed: int = Field(default=1, ge=1, le=10)


class SigningGroup(Strict):
    """Who may act at the same time, once the group before is complete.

    Attributes:
        declined: what happens when one of them declines: the facilitator is asked, the plan goes on to the next group
            (a party may still sign while the window is open), or the signing lapses.
        days: working days each has from their turn on; the request expires after it. None: until the window closes.
    """

    members: list[SigningMember] = Field(min_length=1, max_length=100)
    declined: Declined = "ask"
    days: int | None = Field(default=None, ge=1, le=500)


class SignatureAnswer(Contract):
    """A signature or company declaration: the exact hash confirmed with a one-time code, or with a passkey.

    `passkey_sha` names the stored `PasskeyProof`; `trace_sha` the stored `Trace` of the request, where it came by the
    site.
    """

    kind: Literal["signature"] = "signature"
    text_sha: Sha256
    code: Annotated[str, Field(min_length=4, max_length=40)] | None = None
    passkey_sha: Sha256 | None = None
    name: Line
    trace_sha: Sha256 | None = None

    @model_validator(mode="after")
    def _by_one_method(self) -> Self:
        if (self.code is None) == (self.passkey_sha is None):
            msg = "a signature is confirmed with a code or with a passkey: one of the two"
            raise ValueError(msg)
        return self


class PasskeyProof(Contract):
    """What the device of a signatory answered, as the browser gave it; kept as content, named by its hash."""

    nonce: str = Field(min_length=16, max_length=200)
    credential: str = Field(max_length=8000)


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


class CodeOf(Contract):
    """The one-time code someone asked for last: its number within the task, and the wrong ones given since."""

    issue: int
    wrong: int = 0


class AskedAgain(Contract):
    """A request to sign that expired or was cancelled is open again, until a later day."""

    change: Literal["asked_again"] = "asked_again"
    task: Key
    due: datetime


class PassedOn(Contract):
    """A signatory passed signing on to a colleague."""

    change: Literal["passed_on"] = "passed_on"
    task: Key
    person: Slug
    to: Slug


class SigningDaySet(Contract):
    """A signing has hours of one day in which everybody signs; or none any more."""

    change: Literal["signing_day_set"] = "signing_day_set"
    step: Line
    start: datetime | None = None
    until: datetime | None = None


class Signed(Contract):
    """A signature or declaration."""

    change: Literal["signed"] = "signed"
    task: Key
    party: Slug
    person: Slug
    name: Line
    text_sha: Sha256
    trace_sha: Sha256 | None = None
    role: SigningRole = SigningRole.SIGNATORY
    method: Method = "code"


Signing = SignatureAnswer | DeclineAnswer
SigningChange = Signed | SigningDaySet | AskedAgain | PassedOn
