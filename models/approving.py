"""What an edit of a clause does to the approvals of its text."""

from typing import Literal

from pydantic import Field

from models.base import Contract, Sha256, Slug


class ApprovalsChanged(Contract):
    """Whose approvals of a clause an edit voids, restores or carries over (ADR 0011).

    Attributes:
        what: voided, the text they approved is no longer the text; restored, the text is to the letter one they
            approved before; carried, it differs by an editorial fix that nobody objected to.
        sha256: of the text they approved.
        becomes: of the text as it is from now on.
        parties: whose approvals.
    """

    change: Literal["approvals_changed"] = "approvals_changed"
    what: Literal["voided", "restored", "carried"]
    clause: Slug
    sha256: Sha256
    becomes: Sha256
    parties: list[Slug] = Field(max_length=300)
