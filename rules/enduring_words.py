"""Joining, leaving and ending a signed covenant, in the history that people read. Pure."""

from collections.abc import Sequence

from rules.asking import asked_beside
from rules.retelling import Both, Change, Known, Make
from rules.retelling import both as _both
from rules.retelling import of_kind as _of
from rules.retelling import said as _said_of


def _told(who: Both, changes: Sequence[Change], known: Known) -> Both | None:  # noqa: ARG001 one shape for all
    return next((_said_of(one["words"]) for one in _of(changes, "said")), None)


def _admitted(who: Both, changes: Sequence[Change], known: Known) -> Both | None:  # noqa: ARG001 one shape for all
    found = _of(changes, "applicant_admitted")
    if not found:
        return None
    name = _said_of(found[0]["applicant"]["name"])
    return _both(
        f"Geen partij heeft bezwaar tegen {name.nl}; gevraagd te tekenen",
        f"No party objects to {name.en}; asked to sign",
    )


SENTENCES: dict[str, Make] = {
    "accession_proposed": asked_beside("{who} legt voor: {title}", "{who} proposes: {title}"),
    "applicant_admitted": _admitted,
    "acceded": _told,
    "accession_lapsed": _told,
    "notice_given": _told,
    "notice_taken_back": _told,
    "termination_proposed": asked_beside("{who} legt voor: {title}", "{who} proposes: {title}"),
}
