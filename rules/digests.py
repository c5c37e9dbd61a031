"""When digests and reminders go out, and to whom."""

from datetime import date, datetime, timedelta

from models.enums import Role
from rules.calendar import add_working_days, is_working_day, local_date

DAY, WEEK = timedelta(days=1), timedelta(days=7)

WATCHING = frozenset({Role.OPERATOR})
"""Offices that hear what moves a covenant, and not what its table decides."""

NOTABLE = (
    "entered_into_force",
    "covenant_ended",
    "covenant_completed",
    "paused",
    "resumed",
    "party_withdrew",
    "notice_given",
    "acceded",
    "revision_opened",
    "covenant_revised",
    "revision_failed",
    "signing_prolonged",
    "signing_cancelled",
    "signing_day_set",
    "round_opened",
)
"""Kinds of events that everyone with a place at the table hears of, participants and operators too."""


def goes_today(at: datetime) -> bool:
    """Whether digests go out on this day."""
    return is_working_day(local_date(at))


def begins_week(day: date) -> bool:
    """Whether a working day is the first of its week, which after Easter is a Tuesday."""
    before = add_working_days(day, -1)
    return is_working_day(day) and before.isocalendar()[:2] != day.isocalendar()[:2]


def since(at: datetime, last: datetime | None, *, weekly: bool) -> datetime:
    """Return from when on something is news: the last digest, else a day or a week."""
    return last or at - (WEEK if weekly else DAY)


def was_sent(at: datetime, last: datetime | None) -> bool:
    """Whether the digest of this day has gone out already."""
    return last is not None and local_date(last) >= local_date(at)


def may_be_left_out(now: datetime, due: datetime) -> bool:
    """Whether a reminder is one that somebody may not want: before the due date; on it and after it always goes."""
    return local_date(now) < local_date(due)
