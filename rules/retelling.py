"""The pieces that sentences of the history are made of: names for ids, lists, days, in both languages. Pure."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, NamedTuple

from models.base import Words
from rules.calendar import in_words, local_date
from rules.labels import OFFICES, RUNGS

Change = Mapping[str, Any]
SHOWN = 3
"""How many of a list are named; the others are counted."""


@dataclass(frozen=True)
class Known:
    """Names of what entries hold by id.

    Attributes:
        people: by person, the party or office they act for.
        names: by person, what they are called; only those that the reader may know.
        tasks: by task, its title.
        clauses: by clause, its number.
    """

    parties: Mapping[str, Words] = field(default_factory=dict)
    people: Mapping[str, Words] = field(default_factory=dict)
    names: Mapping[str, str] = field(default_factory=dict)
    tasks: Mapping[str, Words] = field(default_factory=dict)
    clauses: Mapping[str, str] = field(default_factory=dict)


class Two(NamedTuple):
    """A piece of a sentence in both languages; unlike `Words` it may be empty."""

    nl: str
    en: str


Both = Words | Two
NOTHING = Two("", "")

Make = Callable[[Both, Sequence[Change], Known], Both | None]
"""Makes a sentence of an entry: who did it, what changed, the names that the reader may know."""


def both(nl: str, en: str) -> Two:
    """Make a piece."""
    return Two(nl, en)


def capital(words: Both) -> Both:
    """Let a sentence begin with a capital."""
    return both(words.nl[:1].upper() + words.nl[1:], words.en[:1].upper() + words.en[1:])


def of_kind(changes: Sequence[Change], kind: str) -> list[Change]:
    """Return the changes of a kind."""
    return [change for change in changes if change.get("change") == kind]


def said(value: Mapping[str, str]) -> Two:
    """Return words as the log has them."""
    return Two(value["nl"], value["en"])


def listed(items: Sequence[Both]) -> Both:
    """Name the first few, and count the others."""
    shown, more = items[:SHOWN], len(items) - SHOWN

    def joined(texts: list[str], conjunction: str, others: str) -> str:
        if more > 0:
            texts = [*texts, f"{more} {others}"]
        return f" {conjunction} ".join(filter(None, [", ".join(texts[:-1]), texts[-1]])) if texts else "–"  # noqa: RUF001

    return both(
        joined([one.nl for one in shown], "en", "andere" if more == 1 else "anderen"),
        joined([one.en for one in shown], "and", "other" if more == 1 else "others"),
    )


def respondent(task: str, known: Known) -> Both:
    """Return who a task is asked of: its id ends with the party or office."""
    name = task.rpartition("/")[2]
    return known.parties.get(name) or OFFICES.get(name) or Two(name or "?", name or "?")


def title(task: str, known: Known) -> Both:
    """Return what a task asks, in brackets; nothing when it is not known."""
    found = known.tasks.get(task)
    return both(f" ('{found.nl}')", f" ('{found.en}')") if found else NOTHING


def day(value: object) -> Both:
    """Return the day of a moment or date, as the log has it, in words."""
    text = str(value)
    found = local_date(datetime.fromisoformat(text)) if "T" in text else date.fromisoformat(text)
    return both(in_words(found, "nl"), in_words(found, "en"))


def of_tasks(kind: str, nl: str, en: str) -> Make:
    """Tell of several tasks at once: whose, what, and until when if they moved."""

    def make(who: Both, changes: Sequence[Change], known: Known) -> Both | None:
        found = of_kind(changes, kind)
        if not found:
            return None
        whom = listed([respondent(str(one["task"]), known) for one in found])
        of_what = title(str(found[0]["task"]), known)
        due = day(found[0]["due"]) if "due" in found[0] else NOTHING
        rung = RUNGS.get(found[0].get("rung", ""), NOTHING)
        ended = found[0].get("reason")
        why = said(ended) if isinstance(ended, Mapping) else NOTHING
        return both(
            nl.format(who=who.nl, whom=whom.nl, title=of_what.nl.rstrip(), due=due.nl, rung=rung.nl, because=why.nl),
            en.format(who=who.en, whom=whom.en, title=of_what.en.rstrip(), due=due.en, rung=rung.en, because=why.en),
        )

    return make
