"""Acts around a meeting: call it, change it, report on it; and what its workflow starts from."""

from datetime import date
from typing import Annotated

from pydantic import Field, StringConstraints

from models.base import Contract, Key, Line, Plain, Reason, Sha256, Slug, Words
from models.contracts import Act, Note, Roster
from models.ground import GroundRule
from models.meetings import Invited, Meeting, Moment

Description = Annotated[str, StringConstraints(max_length=10_000, strip_whitespace=True), Plain]


LINK = r"^https?://[^\s<>\"']{1,1000}$"


class MeetingText(Contract):
    """The words of a meeting, as they are stored.

    Attributes:
        place: where, in words.
        link: of an online meeting.
        agenda: its points, in order.
    """

    title: Line
    place: Line | None = None
    link: Annotated[str, StringConstraints(pattern=LINK)] | None = None
    agenda: list[Line] = Field(default_factory=list, max_length=60)
    description: Description = ""


class MeetingCall(Act):
    """Facilitator or secretariat calls a meeting; its text is stored first (`store.meetings.put`).

    Attributes:
        start: when it begins.
        minutes: how long it takes.
        called: whom: `all`, constituencies, offices, parties.
    """

    start: Moment
    minutes: int = Field(ge=5, le=720)
    called: Invited
    text_sha: Sha256
    silence_days: int = Field(default=5, ge=1, le=30)


class MeetingChange(Act):
    """Another moment, other words, or no meeting at all. What is not given stays as it is."""

    start: Moment | None = None
    minutes: int | None = Field(default=None, ge=5, le=720)
    text_sha: Sha256 | None = None
    cancel: bool = False
    reason: Reason


class NewAction(Contract):
    """An action point: by whom, until when."""

    text: Annotated[Line, Field(max_length=200)]
    owner: Slug
    due: date


class MeetingReport(Act):
    """What came of a meeting: who was there, and what was agreed to do. Minutes are delivered as a task.

    Attributes:
        reason: why a report is made again, for the record.
    """

    present: list[Slug] | None = Field(default=None, max_length=300)
    reason: Reason | None = None
    actions: list[NewAction] = Field(default_factory=list, max_length=40)


class MeetingBrief(Contract):
    """What the workflow of a meeting starts from."""

    slug: Slug
    title: Words
    roster: Roster
    meeting: Meeting
    called_by: Slug
    held: Note | None = None
    minutes_rule: GroundRule | None = None
    """By which the parties approve the minutes: as the ground rules had it when the meeting was called."""


class MeetingEnded(Contract):
    """What a meeting tells its covenant when nothing is left to wait for."""

    no: int
    at: Moment


class MeetingQuestion(Contract):
    """Which contents an act about a meeting names."""

    covenant: Slug
    text_sha: Sha256 | None = None
    file_sha: Sha256 | None = None
    act: Key
