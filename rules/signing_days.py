"""A day on which everybody signs within hours: when it may be, and in which words. Pure."""

from datetime import datetime, timedelta

from models.base import Words
from models.errors import Refusal
from rules.calendar import AMSTERDAM, add_working_days, clock, in_words, local_date

FURTHEST = timedelta(days=730)


def check(start: datetime | None, until: datetime | None, now: datetime, *, held: bool) -> None:
    """Refuse hours that are over, are not on one day or lie far away; and taking back what was not set.

    Args:
        start: of the hours; neither start nor end takes the signing day back.
        until: their end.
        now: of the covenant.
        held: whether there is a signing day now.

    Raises:
        Refusal: `no_signing_day`, `hours_wanted`, `not_one_day`, `in_the_past`, `date_too_far`.
    """
    if start is None and until is None:
        if not held:
            raise Refusal(
                "no_signing_day",
                "Er is geen tekendag. Verwacht: een dag met een begin en een einde.",
                "There is no signing day. Expected: a day with a beginning and an end.",
            )
        return
    if start is None or until is None:
        raise Refusal(
            "hours_wanted",
            "Een tekendag heeft een begin en een einde. Verwacht: beide.",
            "A signing day has a beginning and an end. Expected: both.",
        )
    if local_date(start) != local_date(until) or until <= start:
        raise Refusal(
            "not_one_day",
            "Het einde ligt niet later op dezelfde dag als het begin. Verwacht: uren op één dag.",
            "The end is not later on the same day than the beginning. Expected: hours on one day.",
        )
    if until <= now:
        raise Refusal(
            "in_the_past",
            "Die uren zijn al voorbij. Verwacht: een later moment.",
            "Those hours are over already. Expected: a later moment.",
        )
    if start > now + FURTHEST:
        raise Refusal(
            "date_too_far",
            "Die dag ligt te ver weg. Verwacht: een dag binnen twee jaar.",
            "That day is too far away. Expected: a day within two years.",
        )


def check_begun(start: datetime | None, now: datetime) -> None:
    """Refuse a signature before the hours of the signing day (`signing_not_begun`)."""
    if start is not None and now < start:
        nl, en = (f"{in_words(local_date(start), one)}, {clock(start)}" for one in ("nl", "en"))
        raise Refusal(
            "signing_not_begun",
            f"Tekenen kan vanaf {nl}. Verwacht: lees de tekst nu al, en teken op de tekendag.",
            f"Signing begins on {en}. Expected: read the text now, and sign on the signing day.",
            {"start": start.isoformat()},
        )


def later(moment: datetime, working_days: int) -> datetime:
    """Return the same time of day so many working days later, as a pause moves it."""
    local = moment.astimezone(AMSTERDAM)
    return datetime.combine(add_working_days(local.date(), working_days), local.time(), AMSTERDAM)


def words(start: datetime, until: datetime) -> Words:
    """Say when everybody signs."""
    day = local_date(start)
    return Words(
        nl=f"Tekenen kan op {in_words(day, 'nl')} van {clock(start)} tot {clock(until)} (Nederlandse tijd).",
        en=f"Signing is on {in_words(day, 'en')} from {clock(start)} to {clock(until)} (Dutch time).",
    )


def told(start: datetime | None, until: datetime | None, reason: str, window: datetime) -> tuple[Words, Words]:
    """Tell everybody of the signing day, or that there is none any more and until when one signs: subject and text."""
    if start is None or until is None:
        last = local_date(window)
        return (
            Words(nl="De tekendag gaat niet door", en="The signing day is off"),
            Words(
                nl=f"Tekenen kan nu al, tot en met {in_words(last, 'nl')}. Reden: {reason}",
                en=f"You can sign now, until {in_words(last, 'en')}. Reason: {reason}",
            ),
        )
    said = words(start, until)
    return (
        Words(nl="De tekendag", en="The signing day"),
        Words(
            nl=f"{said.nl} De tekst is nu al te lezen. Reden: {reason}",
            en=f"{said.en} The text can be read now. Reason: {reason}",
        ),
    )
