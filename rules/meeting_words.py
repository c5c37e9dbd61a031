"""How the history tells of meetings: when and what happened, never what one is about."""

from collections.abc import Sequence
from datetime import datetime

from rules.meetings import moment
from rules.retelling import Both, Change, Known, Make, of_kind
from rules.retelling import both as _both


def _meeting(nl: str, en: str) -> Make:
    def make(who: Both, changes: Sequence[Change], known: Known) -> Both | None:  # noqa: ARG001 one shape for all
        found = of_kind(changes, "meeting_set")
        if not found:
            return None
        one = found[0]["meeting"]
        at, no = moment(datetime.fromisoformat(str(one["start"]))), str(one["no"])
        version = str(one.get("minutes_version", 0))
        return _both(
            nl.format(who=who.nl, no=no, at=at.nl, version=version),
            en.format(who=who.en, no=no, at=at.en, version=version),
        )

    return make


SENTENCES: dict[str, Make] = {
    "meeting_called": _meeting("{who} belegde overleg {no}, op {at}", "{who} called meeting {no}, on {at}"),
    "meeting_moved": _meeting("{who} verzette overleg {no} naar {at}", "{who} moved meeting {no} to {at}"),
    "meeting_changed": _meeting("Overleg {no} van {at} is gewijzigd", "Meeting {no} of {at} was changed"),
    "meeting_cancelled": _meeting("Overleg {no} van {at} is afgezegd", "Meeting {no} of {at} was cancelled"),
    "meeting_held": _meeting("Overleg {no} is begonnen", "Meeting {no} began"),
    "meeting_reported": _meeting(
        "{who} schreef op wat er van overleg {no} kwam", "{who} wrote down what came of meeting {no}"
    ),
    "minutes_approved": _meeting(
        "Het verslag van overleg {no} staat vast (versie {version})",
        "The minutes of meeting {no} stand (version {version})",
    ),
    "minutes_objected": _meeting(
        "Het verslag van overleg {no} (versie {version}) wordt gecorrigeerd",
        "The minutes of meeting {no} (version {version}) will be corrected",
    ),
    "meeting_closed": _meeting("Overleg {no} is afgerond", "Meeting {no} is closed"),
}
