"""What the workflow that timestamps the heads of the chains and its activity tell each other."""

from datetime import datetime

from pydantic import Field

from models.base import Contract
from models.contracts import Label


class StampRun(Contract):
    """What a run is for: this moment, or its own."""

    at: datetime | None = None


class StampMoment(Contract):
    """Timestamp the heads of the chains that moved.

    Attributes:
        at: the moment of the run; the same on every retry.
        after: the covenant up to which they were stamped.
    """

    at: datetime
    after: Label = ""


class StampReport(Contract):
    """How many were stamped, and from which covenant to go on; none when all were."""

    stamped: int = Field(ge=0)
    after: Label | None = None
