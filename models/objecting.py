"""What a party does about its objections and red lines, beside the positions it gives in a round."""

from typing import Literal

from models.base import Contract, Key, Reason, Sha256, Slug
from models.contracts import Act
from models.enums import Stance


class ObjectionLift(Act):
    """A party lifts its own objection, and says where it stands now on the text as it is.

    Attributes:
        sha256: of the version that the new position is about.
    """

    clause: Slug
    sha256: Sha256
    stance: Literal[Stance.AGREE, Stance.RESERVATION, Stance.ABSTAIN]
    reason: Reason


class RedLineTelling(Act):
    """A party tells the facilitator alone what it cannot accept; it is stored first (`store.red_lines.put`)."""

    text_sha: Sha256


class RedLineText(Contract):
    """What a party cannot accept, as it is stored: on one clause, or on the covenant as a whole."""

    clause: Slug | None = None
    text: Reason


class RedLineDrop(Act):
    """A party no longer holds to a red line; why is nobody's business."""

    red_line: Key


class OwnQuestion(Contract):
    """What a workflow asks of the record about a party: is its objection open, is this its red line, is it stored.

    Attributes:
        clause: to which it may object.
        red_line: by its event.
        text_sha: of a red line that is told now.
    """

    covenant: Slug
    party: Slug
    clause: Slug | None = None
    red_line: Key | None = None
    text_sha: Sha256 | None = None


class OwnFound(Contract):
    """What was found.

    Attributes:
        objects: whether its objection to the clause is open.
        sha256: of the clause as it is now.
        red_line: whether the red line is the party's, and holds.
        told: whether a red line is stored; its words stay out of a workflow's history, which operators read.
        about: the clause it is about, when there is no such clause; else it stays out likewise.
        telling: what was stored, in histories from before.
    """

    objects: bool = False
    sha256: Sha256 | None = None
    red_line: bool = False
    told: bool = False
    about: Slug | None = None
    telling: RedLineText | None = None
