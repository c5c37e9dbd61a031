"""Meetings as workflows and the record know them: when, who, which version. What is said about one is content."""

from datetime import datetime
from typing import Annotated, Literal

from pydantic import AfterValidator, Field

from models.base import Contract, Line, Reason, Sha256, Slug
from models.enums import Attends, MeetingStatus, MinutesStatus
from models.papers import LaneWidened, PaperAdded


def _aware(moment: datetime) -> datetime:
    if moment.tzinfo is None:
        msg = "a moment with a time zone"
        raise ValueError(msg)
    return moment


Moment = Annotated[datetime, AfterValidator(_aware)]
"""A moment that says its time zone."""

Invited = Annotated[list[Slug], Field(min_length=1, max_length=300)]


class Meeting(Contract):
    """A meeting without its words.

    Attributes:
        no: the n-th meeting of the covenant.
        start: when it begins.
        minutes: how long it takes.
        invited: parties and offices.
        text_sha: of its title, place, agenda and description (`models.convening.MeetingText`), which only the invited
            and the offices at the table read.
        sequence: grows with each change that the invited are told: SEQUENCE of RFC 5545.
        silence_days: working days in which a party can ask for a correction of the minutes.
        present: who came, once it is on record.
        minutes_sha, minutes_version: the minutes delivered last, and how often they were.
    """

    no: int
    start: Moment
    minutes: int = Field(ge=5, le=720)
    invited: Invited
    text_sha: Sha256
    sequence: int = 0
    silence_days: int = Field(default=5, ge=1, le=30)
    status: MeetingStatus = MeetingStatus.CALLED
    present: list[Slug] | None = Field(default=None, max_length=300)
    minutes_sha: Sha256 | None = None
    minutes_version: int = 0
    minutes_status: MinutesStatus | None = None


class MeetingSet(Contract):
    """A meeting, as it is from now on."""

    change: Literal["meeting_set"] = "meeting_set"
    meeting: Meeting
    workflow: Annotated[str, Field(max_length=200)]


class AttendanceAnswer(Contract):
    """Whether someone who is invited comes, or who comes in their place."""

    kind: Literal["attendance"] = "attendance"
    attends: Attends
    substitute: Line | None = None


class MinutesAnswer(Contract):
    """Minutes that were delivered, stored before they are named here."""

    kind: Literal["minutes"] = "minutes"
    sha256: Sha256


class CorrectionAnswer(Contract):
    """A party agrees with exactly these minutes, or objects and says how they are to be corrected."""

    kind: Literal["correction"] = "correction"
    text_sha: Sha256
    agrees: bool
    correction: Reason | None = None


class ActionAnswer(Contract):
    """An action point is done: what came of it, with a document if there is one."""

    kind: Literal["action"] = "action"
    result: Reason
    document: Sha256 | None = None


class ActionPoint(Contract):
    """Something a party or office will do."""

    text: Annotated[Line, Field(max_length=200)]
    owner: Slug
    due: datetime


AroundChange = MeetingSet | PaperAdded | LaneWidened
"""What is on record about meetings and papers."""

MeetingAnswer = AttendanceAnswer | MinutesAnswer | CorrectionAnswer | ActionAnswer


class Called(Contract):
    """The meetings of a covenant: how many were called, and which have not come to an end."""

    last: int = 0
    open: list[int] = Field(default_factory=list, max_length=500)
