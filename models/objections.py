"""What comes on record about objections, and about red lines that a party tells the facilitator alone."""

from typing import Literal

from models.base import Contract, Key, Reason, Sha256, Slug
from models.enums import Ground, ObjectionStatus, Stance
from models.weighing import Weighed

"""The id of the event by which something is known."""


class ObjectionRaised(Contract):
    """A party objects to a clause; said again on another version, it is the same objection in new words."""

    change: Literal["objection_raised"] = "objection_raised"
    clause: Slug
    party: Slug
    sha256: Sha256
    round: int | None = None
    ground: Ground | None = None
    lift: Reason | None = None
    comment: Reason | None = None


class ObjectionEnded(Contract):
    """An objection is open no longer: its owner lifted it, or the rule overruled it in the verdict on `question`.

    Attributes:
        stance, sha256: where its owner stands since, on which version, when it was lifted beside a round.
    """

    change: Literal["objection_ended"] = "objection_ended"
    clause: Slug
    party: Slug
    status: Literal[ObjectionStatus.LIFTED, ObjectionStatus.OVERRULED]
    question: Key | None = None
    stance: Stance | None = None
    sha256: Sha256 | None = None


class RedLineTold(Contract):
    """A party told the facilitator something in confidence. What, and on which clause, stands nowhere in the log."""

    change: Literal["red_line_told"] = "red_line_told"
    party: Slug
    text_sha: Sha256


class RedLineDropped(Contract):
    """A red line no longer holds."""

    change: Literal["red_line_dropped"] = "red_line_dropped"
    party: Slug
    red_line: Key


ObjectionChange = ObjectionRaised | ObjectionEnded | RedLineTold | RedLineDropped | Weighed
"""What is on record about objections, and about what a party told in confidence."""
