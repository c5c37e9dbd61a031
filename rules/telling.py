"""An entry of the log in a sentence, for programs and people alike: which party, what, and what it came to. Pure."""

from collections.abc import Mapping, Sequence
from typing import Any

from models.base import Words
from models.enums import Lane
from rules.labels import EVENTS

POLDER = Words(nl="Polder", en="Polder")
SOMEONE = Words(nl="iemand aan tafel", en="someone at the table")


def sentence(kind: str, changes: Sequence[Mapping[str, Any]], who: Words) -> Words:
    """Say what happened: the verdict or outcome on record where there is one, else who did what."""
    for change in changes:
        said = change.get("verdict", {}).get("sentence") or change.get("sentence")
        if said:
            return Words(nl=said["nl"], en=said["en"])
    what = EVENTS.get(kind) or Words(nl=kind.replace("_", " "), en=kind.replace("_", " "))
    if who == POLDER:
        return Words(nl=_ended(what.nl), en=_ended(what.en))
    return Words(nl=f"{who.nl}: {what.nl}."[:4000], en=f"{who.en}: {what.en}."[:4000])


def lane(changes: Sequence[Mapping[str, Any]]) -> tuple[Lane, str | None, str | None] | None:
    """Return the lane of an entry that is in a lane, with its party and constituency; none for any other."""
    for change in changes:
        if change.get("change") in {"commented", "paper_added", "lane_widened"}:
            return Lane(change["lane"]), change.get("party"), change.get("constituency")
    return None


def _ended(text: str) -> str:
    return f"{text[:1].upper()}{text[1:]}."
