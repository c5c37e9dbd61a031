"""Silence agrees only where notice reached a person who could have answered: when the clock of a party runs. Pure."""

from collections.abc import Collection
from datetime import date, timedelta

from models.base import Words
from models.contracts import Person, Roster, TaskState
from rules.answering import WHOLE, covers
from rules.calendar import in_words


def able(roster: Roster, task: TaskState, today: date) -> list[Person]:
    """Return the people whose mandate covers the question today."""
    return [
        one
        for one in roster.people
        if one.party == task.respondent
        and any(covers(mandate, task.power, today, None, whole=task.kind in WHOLE) for mandate in one.mandates)
    ]


def present(people: Collection[Person], today: date) -> list[Person]:
    """Return those who are not away today."""
    return [one for one in people if one.absent_until is None or one.absent_until < today]


def reached(roster: Roster, task: TaskState, told: Collection[str], today: date) -> list[str]:
    """Return who was told, may answer and is there: with nobody, silence says nothing."""
    return [one.id for one in present(able(roster, task, today), today) if one.id in told]


def why_stopped(roster: Roster, task: TaskState, told: Collection[str], today: date) -> Words | None:
    """Say why the clock of a task stands still today, or None when it runs."""
    may = able(roster, task, today)
    here = present(may, today)
    if not may:
        return Words(
            nl="niemand van de partij heeft een mandaat voor deze vraag; haar zwijgen telt niet",
            en="nobody of the party has a mandate for this question; its silence does not count",
        )
    if not here:
        back = min(one.absent_until for one in may if one.absent_until is not None)
        names = ", ".join(one.name for one in may)[:200]
        return Words(
            nl=f"wie mag antwoorden is afwezig ({names}), de eerste tot en met {in_words(back, 'nl')}; het zwijgen "
            "telt zolang niet",
            en=f"who may answer is away ({names}), the first until {in_words(back, 'en')}; silence does not count "
            "meanwhile",
        )
    if not reached(roster, task, told, today):
        names = ", ".join(one.name for one in here)[:200]
        return Words(
            nl=f"het bericht kwam bij niemand aan die mag antwoorden ({names}); het zwijgen telt niet",
            en=f"notice reached nobody who may answer ({names}); silence does not count",
        )
    return None


def turns(roster: Roster, task: TaskState, today: date) -> list[date]:
    """Return the days after today on which someone's absence or mandate has ended, so that the clock may turn."""
    people = [one for one in roster.people if one.party == task.respondent]
    ends = [one.absent_until for one in people] + [mandate.until for one in people for mandate in one.mandates]
    return sorted({end + timedelta(days=1) for end in ends if end is not None and end >= today})
