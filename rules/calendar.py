"""Dates as the people around the table count them: Dutch working days, Amsterdam time, dates in words."""

import calendar
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import holidays

from models.enums import Language

AMSTERDAM = ZoneInfo("Europe/Amsterdam")


def skipped(moment: datetime) -> bool:
    """Whether the clock here never shows a local time: in the hour that summer time skips."""
    there_and_back = moment.astimezone(UTC).astimezone(moment.tzinfo)
    return there_and_back.replace(tzinfo=None) != moment.replace(tzinfo=None)


CLOSE_OF_BUSINESS = time(17)
"""What is due on a day is due at this hour in Amsterdam."""

_NOT_FREE = frozenset({"Good Friday"})
"""In the package's list, yet an ordinary working day for most Dutch employers."""

_SATURDAY = 5
_MONTHS = {
    Language.NL: [
        "januari",
        "februari",
        "maart",
        "april",
        "mei",
        "juni",
        "juli",
        "augustus",
        "september",
        "oktober",
        "november",
        "december",
    ],
    Language.EN: [
        "January",
        "February",
        "March",
        "April",
        "May",
        "June",
        "July",
        "August",
        "September",
        "October",
        "November",
        "December",
    ],
}
_DAYS = {
    Language.NL: ["maandag", "dinsdag", "woensdag", "donderdag", "vrijdag", "zaterdag", "zondag"],
    Language.EN: ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"],
}


FIRST_YEAR, LAST_YEAR = 2000, 2100


def _free_days() -> frozenset[date]:
    """Read the package's list once, at import: inside a workflow its translations may not be opened."""
    named = holidays.country_holidays("NL", years=range(FIRST_YEAR, LAST_YEAR + 1), language="en_US")
    return frozenset(day for day, name in named.items() if name not in _NOT_FREE)


_FREE = _free_days()


def is_working_day(day: date) -> bool:
    """Tell whether offices are open: Monday to Friday and no Dutch public holiday."""
    return day.weekday() < _SATURDAY and day not in _FREE


def add_working_days(day: date, n: int) -> date:
    """Move a date by working days, so that a term never ends on a day nobody works.

    Args:
        day: the day the term starts; it is not counted itself.
        n: working days to move; negative goes back; 0 gives the first working day on or after `day`.

    Raises:
        OverflowError: the result lies outside the calendar.
    """
    if n == 0:
        while not is_working_day(day):
            day += timedelta(days=1)
        return day
    step = timedelta(days=1 if n > 0 else -1)
    left = abs(n)
    while left:
        day += step
        left -= is_working_day(day)
    return day


def working_days_between(a: date, b: date) -> int:
    """Count the working days a move from `a` to `b` takes: `a` not counted, `b` counted; negative when `b` is earlier.

    For a working day `a` it is the inverse of `add_working_days`.
    """
    step = timedelta(days=1 if b >= a else -1)
    count = 0
    while a != b:
        a += step
        count += is_working_day(a)
    return count * step.days


def due_moment(day: date) -> datetime:
    """Give the moment something due on that day is too late: 17:00 in Amsterdam, as aware UTC."""
    return datetime.combine(day, CLOSE_OF_BUSINESS, AMSTERDAM).astimezone(UTC)


def local_date(moment: datetime) -> date:
    """Give the date on the wall in Amsterdam at that moment.

    Raises:
        ValueError: the moment has no time zone.
    """
    if moment.tzinfo is None:
        msg = f"a moment needs a time zone: {moment.isoformat()}"
        raise ValueError(msg)
    return moment.astimezone(AMSTERDAM).date()


def clock(moment: datetime) -> str:
    """Return the time of day in Amsterdam, such as 14:00."""
    return f"{moment.astimezone(AMSTERDAM):%H:%M}"


def in_words(day: date, language: Language | str) -> str:
    """Write a date as in a letter: 'maandag 11 januari 2027', 'Monday 11 January 2027'.

    Raises:
        ValueError: an unknown language.
    """
    spoken = Language(language)
    return f"{_DAYS[spoken][day.weekday()]} {day.day} {_MONTHS[spoken][day.month - 1]} {day.year}"


def add_months(day: date, n: int) -> date:
    """Move a date by calendar months (may be negative); a day the month does not have becomes its last day.

    Raises:
        ValueError: the result lies outside the calendar.
    """
    year, month = divmod(day.year * 12 + day.month - 1 + n, 12)
    if not 1 <= year <= 9999:  # noqa: PLR2004
        msg = f"{n} months from {day.isoformat()} lies outside the calendar"
        raise ValueError(msg)
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))
