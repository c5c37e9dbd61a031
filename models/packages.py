"""Conditions on agreement, and package deals over several clauses.

The functions are in `rules/conditions.py` and `rules/packages.py`. What a party weighs is private to it and to the
facilitator's calculation: `PackageParty` goes in, and nothing that goes out holds a number made of it.
"""

from enum import StrEnum
from typing import Annotated, Literal

from pydantic import Field

from models.base import Contract, Line, Plain, Sha256, Slug, Words

AmendmentKey = Annotated[str, Field(min_length=1, max_length=200), Plain]
"""The id of an amendment."""

# --- conditions -------------------------------------------------------------------------------------------------------


class Stays(Contract):
    """Another clause stays at a version: "we accept 4.2 if 7.1 stays"."""

    kind: Literal["stays"] = "stays"
    clause: Slug
    sha256: Sha256


class IsAgreed(Contract):
    """Another clause is agreed."""

    kind: Literal["agreed"] = "agreed"
    clause: Slug


class IsAccepted(Contract):
    """An amendment is accepted."""

    kind: Literal["accepted"] = "accepted"
    amendment: AmendmentKey


class AllAgreed(Contract):
    """Every other clause that is not parked is agreed: "nothing is agreed until everything is agreed"."""

    kind: Literal["everything"] = "everything"


Condition = Annotated[Stays | IsAgreed | IsAccepted | AllAgreed, Field(discriminator="kind")]


class ConditionalPosition(Contract):
    """A party agrees with one version of a clause, if all of these hold; their order means nothing."""

    party: Slug
    clause: Slug
    sha256: Sha256
    conditions: list[Condition] = Field(min_length=1, max_length=50)


class Lack(Contract):
    """A condition that does not hold.

    Attributes:
        needed: what would make it hold. For a position on a text that has changed: that its own clause stays.
        sentence: who, on which clause, and what is needed.
    """

    needed: Condition
    sentence: Words


class Assessment(Contract):
    """Whether a conditional position counts: only when it lacks nothing."""

    party: Slug
    clause: Slug
    lacks: list[Lack] = Field(default_factory=list, max_length=51)

    @property
    def met(self) -> bool:
        """Whether it counts as plain agreement."""
        return not self.lacks


class Waiting(Contract):
    """In a circle: who makes a clause wait for which others.

    Attributes:
        waits_for: clauses of the circle that are named in a condition.
        everything: whether a condition also asks that all be agreed.
    """

    clause: Slug
    parties: list[Slug] = Field(max_length=2300)
    waits_for: list[Slug] = Field(max_length=300)
    everything: bool = False


class Circle(Contract):
    """Clauses that wait for one another, directly or through others: none can be agreed first.

    Attributes:
        waiting: one entry per clause, in the order of the text.
        lacks: what the conditions still ask when these clauses are agreed together; none means they are a package.
    """

    waiting: list[Waiting] = Field(max_length=300)
    lacks: list[Lack] = Field(default_factory=list)
    sentence: Words


# --- package deals ----------------------------------------------------------------------------------------------------


class Band(StrEnum):
    """What a package does to a party, compared with the current text (the limits are in `rules/packages.py`)."""

    GAINS_MUCH = "gains_much"
    GAINS_A_LITTLE = "gains_a_little"
    EVEN = "even"
    LOSES_A_LITTLE = "loses_a_little"
    LOSES_MUCH = "loses_much"


class Aim(StrEnum):
    """What a package is best at.

    WORST_OFF leaves the party that gains least as well off as can be; TOTAL gives most to all together; BETWEEN gives
    most to all together while the one that gains least keeps a part of what WORST_OFF gives it; PARTY gives most to one
    party while none is left worse off than it need be.
    """

    WORST_OFF = "worst_off"
    TOTAL = "total"
    BETWEEN = "between"
    PARTY = "party"


class Option(Contract):
    """One text that a clause could get, and what people call it."""

    id: Slug
    label: Words


class PackageClause(Contract):
    """A clause and its alternatives; the first is the current text."""

    id: Slug
    number: Line
    options: list[Option] = Field(min_length=1, max_length=1001)


class RedLine(Contract):
    """An alternative that a party can never accept."""

    clause: Slug
    option: Slug


Weight = Annotated[float, Field(ge=0, le=1_000_000, allow_inf_nan=False)]
Score = Annotated[float, Field(ge=0, le=1, allow_inf_nan=False)]


class PackageParty(Contract):
    """What a party told the facilitator in confidence.

    Attributes:
        weights: how much each clause matters to it, on any scale: only the proportions count. Not named: nothing.
        scores: per clause what each alternative is worth to it, from 0 to 1: all alternatives of the clause, or the
            clause is not named and all are worth the same to it.
    """

    id: Slug
    name: Words
    weights: dict[Slug, Weight] = Field(default_factory=dict, max_length=300, repr=False)
    scores: dict[Slug, dict[Slug, Score]] = Field(default_factory=dict, max_length=300, repr=False)
    red_lines: list[RedLine] = Field(default_factory=list, max_length=3000)


class PackageQuestion(Contract):
    """What a package may be made of. `most_changes` is how many clauses may leave their current text."""

    clauses: list[PackageClause] = Field(min_length=1, max_length=300)
    parties: list[PackageParty] = Field(min_length=1, max_length=100)
    most_changes: Annotated[int, Field(ge=0)] | None = None


class Swap(Contract):
    """A clause that gets another text."""

    clause: Slug
    option: Slug


class PackagePick(Contract):
    """What a package makes of a clause: the amendment whose words it gets, on the text that it has."""

    clause: Slug
    base_sha: Sha256
    amendment: AmendmentKey


class Package(Contract):
    """A package, and what it does to whom.

    Attributes:
        aim: what it is best at; `favours` names the party for `Aim.PARTY`.
        swaps: the clauses that change, in the order of the text; all others keep their current text.
        bands: per party, never as a number.
        indifferent: parties whose gain counts for nothing; they gave no weights, or find all alternatives equally good.
        best: whether it is proven that no package does better at its aim; else it is the best that was found.
        efficient: whether it is proven that no package is better for one party and worse for none.
        sentence: which clauses change, and who gains and loses.
    """

    aim: Aim
    favours: Slug | None = None
    swaps: list[Swap] = Field(max_length=300)
    bands: dict[Slug, Band] = Field(max_length=100)
    indifferent: list[Slug] = Field(default_factory=list, max_length=100)
    best: bool
    efficient: bool
    sentence: Words
