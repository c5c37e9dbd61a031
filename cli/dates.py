"""Dates and moments as people type them."""

from datetime import date, datetime

from models.errors import Refusal
from rules.calendar import AMSTERDAM, skipped


def parse_date(text: str, option: str) -> date:
    """Return a date.

    Raises:
        Refusal: `invalid_date`.
    """
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise Refusal(
            "invalid_date",
            f"{option} '{text}' is geen datum. Verwacht: een datum als 2027-01-31.",
            f"{option} '{text}' is no date. Expected: a date such as 2027-01-31.",
            {"option": option, "given": text},
        ) from None


def parse_moment(text: str) -> datetime:
    """Return the moment that was given, in Dutch time where it names no other.

    Raises:
        Refusal: `bad_moment`.
    """
    try:
        found = datetime.fromisoformat(text)
    except ValueError as error:
        raise Refusal(
            "bad_moment", f"'{text}' is geen moment. Verwacht: 2027-03-31T14:00.",
            f"'{text}' is no moment. Expected: 2027-03-31T14:00.", {"start": text},
        ) from error  # fmt: skip
    start = found if found.tzinfo else found.replace(tzinfo=AMSTERDAM)
    if skipped(start):
        raise Refusal(
            "bad_moment", f"{text} bestaat niet: de zomertijd begint dan. Verwacht: een andere tijd.",
            f"{text} does not exist: summer time begins then. Expected: another time.", {"start": text},
        )  # fmt: skip
    return start
