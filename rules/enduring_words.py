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


def _revision(kind: str, nl: str, en: str) -> Make:
    """Tell of a revision by its slug."""

    def make(who: Both, changes: Sequence[Change], known: Known) -> Both | None:  # noqa: ARG001 one shape for all
        found = _of(changes, kind)
        if not found:
            return None
        slug = found[0]["covenant"]
        return _both(nl.format(who=who.nl, slug=slug), en.format(who=who.en, slug=slug))

    return make


def _also_joined(who: Both, changes: Sequence[Change], known: Known) -> Both | None:  # noqa: ARG001 one shape for all
    found = _of(changes, "also_joined")
    if not found:
        return None
    name = known.parties.get(found[0]["party"], _both(found[0]["party"], found[0]["party"]))
    return _both(
        f"{name.nl} trad toe tot het convenant en doet ook hier mee",
        f"{name.en} joined the covenant and takes part here too",
    )


SENTENCES: dict[str, Make] = {
    "accession_proposed": asked_beside("{who} legt voor: {title}", "{who} proposes: {title}"),
    "applicant_admitted": _admitted,
    "acceded": _told,
    "also_joined": _also_joined,
    "covenant_revised": _revision(
        "revised", "De herziene tekst ({slug}) is van kracht", "The revised text ({slug}) is in force"
    ),
    "revision_failed": _told,
    "revision_opened": _revision(
        "revision_opened", "{who} opent een herziening ({slug})", "{who} opens a revision ({slug})"
    ),
    "accession_lapsed": _told,
    "notice_given": _told,
    "notice_taken_back": _told,
    "termination_proposed": asked_beside("{who} legt voor: {title}", "{who} proposes: {title}"),
}
