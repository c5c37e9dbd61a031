"""How the history tells of signing: what was prolonged, asked again, passed on or cancelled."""

from collections.abc import Sequence
from datetime import datetime

from rules import signing_days
from rules.retelling import Both, Change, Known, Make, both, listed, of_kind, of_tasks, respondent


def _passed_on(who: Both, changes: Sequence[Change], known: Known) -> Both | None:
    found = of_kind(changes, "passed_on")
    if not found:
        return None
    one = found[0]
    to, party = str(one["to"]), respondent(str(one["task"]), known)
    name = known.names.get(to)
    return both(
        f"{who.nl} gaf het tekenen voor {party.nl} door aan {name or 'iemand anders met mandaat'}",
        f"{who.en} passed signing for {party.en} on to {name or 'somebody else with a mandate'}",
    )


def _cancelled(who: Both, changes: Sequence[Change], known: Known) -> Both | None:
    found = of_kind(changes, "task_ended")
    whom = listed([respondent(str(one["task"]), known) for one in found])
    return both(
        f"{who.nl} annuleerde de ondertekening; gevraagd waren nog {whom.nl}",
        f"{who.en} cancelled the signing; still asked were {whom.en}",
    )


def _day(who: Both, changes: Sequence[Change], known: Known) -> Both | None:  # noqa: ARG001 one shape for all
    found = of_kind(changes, "signing_day_set")
    if not found:
        return None
    if not found[0].get("start"):
        return both(f"{who.nl} nam de tekendag terug", f"{who.en} took the signing day back")
    said = signing_days.words(*(datetime.fromisoformat(found[0][name]) for name in ("start", "until")))
    return both(
        f"{who.nl} zette een tekendag. {said.nl}".rstrip("."), f"{who.en} set a signing day. {said.en}".rstrip(".")
    )


SENTENCES: dict[str, Make] = {
    "signing_prolonged": of_tasks(
        "task_moved", "De ondertekening is verlengd tot {due}: {whom}", "Signing was prolonged until {due}: {whom}"
    ),
    "signature_asked_again": of_tasks(
        "asked_again", "Opnieuw gevraagd te tekenen, tot {due}: {whom}", "Asked to sign again, until {due}: {whom}"
    ),
    "signature_passed_on": _passed_on,
    "signature_cancelled": of_tasks(
        "task_ended", "{who} annuleerde het verzoek om te tekenen aan {whom}",
        "{who} cancelled the request to sign to {whom}",
    ),
    "signing_cancelled": _cancelled,
    "signing_day_set": _day,
}  # fmt: skip
