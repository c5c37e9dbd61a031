"""What parties weigh in private: the scales, who may tell it and read it, and how a package is put to the parties."""

from collections.abc import Mapping, Sequence
from datetime import date

from models import contracts as c
from models.base import Words
from models.errors import Conflict, Refusal
from models.ground import PartyQuestion
from models.packaging import PackageProposal, Weighing
from models.weighing import Matters, Worth
from rules import proposing
from rules.naming import listed, same, short
from rules.texts import clause_of

MATTERS: Mapping[Matters, Words] = {
    Matters.DECISIVE: Words(nl="doorslaggevend", en="decisive"),
    Matters.MUCH: Words(nl="veel", en="much"),
    Matters.SOME: Words(nl="iets", en="somewhat"),
    Matters.NOTHING: Words(nl="niets", en="nothing"),
}
WORTHS: Mapping[Worth, Words] = {
    Worth.WANTED: Words(nl="dit moeten we hebben", en="this we must have"),
    Worth.GOOD: Words(nl="goed", en="good"),
    Worth.BEARABLE: Words(nl="hiermee valt te leven", en="we can live with it"),
    Worth.UNWELCOME: Words(nl="liever niet", en="rather not"),
    Worth.NEVER: Words(nl="hiermee kunnen we niet leven", en="we cannot live with it"),
}
"""The scales in words, from most to least."""


def check_weighing(roster: c.Roster, weighing: Weighing, today: date, *, frozen: bool) -> c.Party:
    """Return the party that weighs.

    Raises:
        Refusal: `no_seat`, `no_mandate`, `text_frozen`.
    """
    party = proposing.mover(roster, weighing.actor, today)
    if frozen:
        raise _frozen()
    return party


def check_package(
    clauses: Sequence[c.ClauseRef],
    open_ones: Sequence[PartyQuestion],
    proposal: PackageProposal,
    *,
    frozen: bool,
    talks: bool,
) -> list[c.ClauseRef]:
    """Return the clauses that a package changes; whether its amendments are open is looked up after.

    Raises:
        Refusal: `text_frozen`, `no_talks`, `twice`, `unknown_clause`.
        Conflict: `asked_already`.
    """
    if frozen:
        raise _frozen()
    if not talks:
        raise Refusal(
            "no_talks",
            "Er wordt nu niet over de tekst onderhandeld. Verwacht: een pakket terwijl de rondes lopen.",
            "The text is not being negotiated now. Expected: a package while the rounds go on.",
        )
    if any(one.kind == "package" for one in open_ones):
        raise Conflict(
            "asked_already",
            "Er ligt al een pakket voor. Verwacht: wacht op de uitkomst, of trek het eerst in.",
            "A package is before the parties already. Expected: wait for the outcome, or take it back first.",
        )
    named = [pick.clause for pick in proposal.picks]
    twice = next((one for nr, one in enumerate(named) if one in named[:nr]), None)
    if twice is not None:
        raise Refusal(
            "twice",
            f"Artikel {twice} staat twee keer in het pakket. Verwacht: één tekst per artikel.",
            f"Clause {twice} is in the package twice. Expected: one text for each clause.",
            {"clause": twice},
        )
    return [clause_of(clauses, one) for one in named]


def _frozen() -> Refusal:
    return Refusal(
        "text_frozen",
        "De tekst is vastgesteld. Verwacht: wegen en pakketten vóór het akkoord.",
        "The text is frozen. Expected: weights and packages before the accord.",
    )


def package_title(numbers: Sequence[str]) -> Words:
    """Say what a package is about."""
    which = listed([same(short(one, 20)) for one in numbers], shown=8)
    many = len(numbers) > 1
    return Words(
        nl=f"Pakket over {'de artikelen' if many else 'artikel'} {which.nl}",
        en=f"Package on {'clauses' if many else 'clause'} {which.en}",
    )
