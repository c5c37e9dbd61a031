"""What deciding is about: seats, ballots, rules, verdicts. The functions are in `rules/deciding.py`."""

import re
from fractions import Fraction
from typing import Annotated

from pydantic import AfterValidator, Field, StringConstraints

from models.base import Contract, Slug, Strict, Words
from models.enums import Handling, Outcome, RuleKind, Stance, Unit

WRITTEN = re.compile(r"\s*[0-9]*([./][0-9]+)?\s*")
"""No exponents: '1e-99999999' is short, and a number that takes minutes to make."""


def _share(value: str) -> str:
    try:
        share = Fraction(value) if WRITTEN.fullmatch(value) else Fraction(0)
    except (ValueError, ZeroDivisionError):
        share = Fraction(0)
    if not 0 < share <= 1:
        msg = f"a share lies above 0 and at most 1, such as 2/3; got {value if value.isprintable() else ascii(value)}"
        raise ValueError(msg)
    return value


Share = Annotated[str, StringConstraints(max_length=20), AfterValidator(_share)]
"""A share as people write it: '2/3', '1/2', '0.75'. Kept as text so that no float rounds a majority."""


class DecisionRule(Strict):
    """How answers become a decision.

    Attributes:
        kind: the rule.
        unit: who holds one seat.
        threshold: for the majorities, the share of counted votes that must agree.
        more_than: the threshold must be exceeded, not just reached (simple majority: '1/2', more_than).
        quorum: share of the seats that must have ANSWERED (an abstention is an answer, a recusal takes the
            seat out, an absence is no answer); never compared with the size of the electorate alone.
        abstentions: left out of a majority, or counted against it.
        absent: idem, for seats that gave no answer when the question closed.
    """

    kind: RuleKind = RuleKind.CONSENSUS
    unit: Unit = Unit.DELEGATION
    threshold: Share = "2/3"
    more_than: bool = False
    quorum: Share | None = None
    abstentions: Handling = Handling.IGNORE
    absent: Handling = Handling.IGNORE


class Seat(Contract):
    """One seat at the table.

    Attributes:
        id: party id, or constituency id when delegations decide.
        constituency: the constituency the seat belongs to.
        name: how people call it.
        notified: whether notice reached it (only the silence procedure asks).
    """

    id: Slug
    constituency: Slug
    name: Words
    notified: bool = True


class Ballot(Contract):
    """The answer of one seat. `reasoned` is false for an objection that names no ground."""

    seat: Slug
    stance: Stance
    reasoned: bool = True


class Need(Contract):
    """One thing still needed: an agreement from `count` of these seats. Supplying every need makes the verdict pass."""

    seats: list[Slug] = Field(max_length=500)
    count: int = Field(ge=1)


class Verdict(Contract):
    """What a rule says about the ballots.

    Attributes:
        outcome: PENDING only while the question is open.
        sentence: in both languages: what passed, what is missing, from whom, what would change it.
        needs: see Need; empty when passed.
        agree, abstain, object, recused, absent: seat ids, in the order of the seats.
    """

    outcome: Outcome
    rule: DecisionRule
    sentence: Words
    needs: list[Need] = Field(default_factory=list, max_length=100)
    agree: list[Slug] = Field(default_factory=list, max_length=500)
    abstain: list[Slug] = Field(default_factory=list, max_length=500)
    object: list[Slug] = Field(default_factory=list, max_length=500)
    recused: list[Slug] = Field(default_factory=list, max_length=500)
    absent: list[Slug] = Field(default_factory=list, max_length=500)
