"""Dates as people type them."""

from datetime import date

from models.errors import Refusal


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
