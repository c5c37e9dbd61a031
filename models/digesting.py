"""What the digests' workflow and its activity tell each other."""

from datetime import datetime

from pydantic import Field

from models.base import Contract
from models.contracts import Label


class DigestRun(Contract):
    """What a run is for: this moment, or its own."""

    at: datetime | None = None


class DigestMoment(Contract):
    """Send the digests of a working day.

    Attributes:
        at: the moment; the same on every retry.
        weekly: whether it is the first working day of the week.
        after: the address up to which they were sent.
    """

    at: datetime
    weekly: bool
    after: Label = ""


class DigestReport(Contract):
    """How many were sent, and from which address to go on; none when all were."""

    sent: int = Field(ge=0)
    after: Label | None = None
