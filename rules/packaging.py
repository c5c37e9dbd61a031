"""Packages from what parties weighed: what is looked for, and when that would tell too much.

A package that is found from what two parties told gives each of them away to who knows the other, and from what one
told it gives that one's wishes. So none is looked for before `FEWEST` parties told what makes a difference to them, and
packages that are best for one party (`Aim.PARTY`) are shown to nobody.
"""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from models.base import Words
from models.errors import Refusal
from models.packages import (
    Aim,
    Option,
    Package,
    PackageClause,
    PackageParty,
    PackagePick,
    PackageQuestion,
    RedLine,
    Swap,
)
from models.weighing import Matters, Weights, Worth
from rules import packages
from rules.naming import listed, same

FEWEST = 3
"""Parties that told what makes a difference to them, before packages are looked for."""

WEIGHT: Mapping[Matters, float] = {Matters.DECISIVE: 4, Matters.MUCH: 2, Matters.SOME: 1, Matters.NOTHING: 0}
SCORE: Mapping[Worth, float] = {
    Worth.WANTED: 1, Worth.GOOD: 0.75, Worth.BEARABLE: 0.5, Worth.UNWELCOME: 0.25, Worth.NEVER: 0,
}  # fmt: skip
"""Guesses in even steps: nobody who weighs thinks in numbers."""


class Alternative(NamedTuple):
    """Words that are proposed for a clause, and what people call them."""

    amendment: str
    label: Words


class Choices(NamedTuple):
    """A clause for which words are proposed; the alternatives are beside its current text."""

    clause: str
    number: str
    sha256: str
    alternatives: tuple[Alternative, ...]


def asked(
    table: Sequence[Choices], parties: Mapping[str, Words], weights: Mapping[str, Weights]
) -> PackageQuestion | None:
    """Return the question that packages answer, or None where nothing is proposed or too few parties weighed."""
    if not table:
        return None
    question = PackageQuestion(
        clauses=[
            PackageClause(
                id=one.clause,
                number=one.number,
                options=[
                    Option(id="now", label=Words(nl="de huidige tekst", en="the current text")),
                    *(Option(id=_option(nr), label=other.label) for nr, other in enumerate(one.alternatives)),
                ],
            )
            for one in table
        ],
        parties=[_told(party, name, table, weights.get(party, Weights())) for party, name in parties.items()],
    )
    return question if sum(map(_differs, question.parties)) >= FEWEST else None


def _option(nr: int) -> str:
    return f"proposal-{nr}"


def _told(party: str, name: Words, table: Sequence[Choices], weights: Weights) -> PackageParty:
    said = {one.clause: one for one in weights.clauses}
    told = PackageParty(id=party, name=name)
    for choices in table:
        one = said.get(choices.clause)
        if one is None:
            continue
        fresh = one.sha256 == choices.sha256
        worth = [one.now if fresh else None, *(one.worth.get(other.amendment) for other in choices.alternatives)]
        options = ["now", *(_option(nr) for nr in range(len(choices.alternatives)))]
        if fresh:
            told.weights[choices.clause] = WEIGHT[one.matters]
            told.scores[choices.clause] = {
                option: SCORE[said_of or one.now] for option, said_of in zip(options, worth, strict=True)
            }
        told.red_lines += [
            RedLine(clause=choices.clause, option=option)
            for option, said_of in zip(options, worth, strict=True)
            if said_of is Worth.NEVER
        ]
    return told


def _differs(party: PackageParty) -> bool:
    """Whether anything makes a difference to a party."""
    uneven = any(
        party.weights.get(clause, 0) > 0 and len(set(scores.values())) > 1 for clause, scores in party.scores.items()
    )
    return uneven or bool(party.red_lines)


def found(question: PackageQuestion) -> list[Package]:
    """Return the packages that may be shown: the one for whom gains least first, none that is best for one party.

    Raises:
        Refusal: `no_way_out`; it names clauses, and not whose wishes stand in the way.
    """
    try:
        every = packages.efficient(question)
    except Refusal as refusal:
        if refusal.code != "no_option_left":
            raise
        stuck = refusal.evidence["clauses"].split(", ")
        which = listed([same(one.number) for one in question.clauses if one.id in stuck])
        raise Refusal(
            "no_way_out",
            f"Bij artikel {which.nl} kan van elke tekst iemand zeggen: hiermee kunnen we niet leven. Wie wordt niet "
            "getoond. Verwacht: andere woorden, waarmee iedereen kan leven.",
            f"At clause {which.en} there is for each text somebody that cannot live with it. Who is not shown. "
            "Expected: other words, that all can live with.",
            {"clauses": refusal.evidence["clauses"]},
        ) from None
    return [one for one in every if one.aim is not Aim.PARTY]


def picks(table: Sequence[Choices], swaps: Sequence[Swap]) -> list[PackagePick]:
    """Return what a package makes of which clause, by the amendments that people know."""
    by_id = {one.clause: one for one in table}
    return [
        PackagePick(
            clause=swap.clause,
            base_sha=by_id[swap.clause].sha256,
            amendment=next(
                other.amendment
                for nr, other in enumerate(by_id[swap.clause].alternatives)
                if _option(nr) == swap.option
            ),
        )
        for swap in swaps
    ]
