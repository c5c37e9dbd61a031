"""What a round makes of its clauses, positions under conditions included: which verdict, and what is still lacking."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from models.base import Words
from models.contracts import ClauseRef
from models.deciding import Verdict
from models.enums import ClauseStatus, Outcome, Stance
from models.packages import AllAgreed, Circle, Condition, ConditionalPosition, IsAgreed, Stays
from rules import conditions

Decide = Callable[[ClauseRef, Mapping[str, Stance]], Verdict]
"""Applies the rule of the round to the stances that count on a clause."""


@dataclass
class Settled:
    """What came of the clauses of a round.

    Attributes:
        verdicts: by clause.
        lacks: by clause, what conditional positions on it still ask, in words.
        circles: clauses that wait for one another and could not be agreed together.
    """

    verdicts: dict[str, Verdict] = field(default_factory=dict)
    lacks: dict[str, list[Words]] = field(default_factory=dict)
    circles: list[Circle] = field(default_factory=list)


def conditional(clauses: Sequence[ClauseRef]) -> list[ConditionalPosition]:
    """Return the positions under conditions that are held on the clauses as they are."""
    return [
        ConditionalPosition(party=party, clause=clause.id, sha256=clause.sha256, conditions=asked)
        for clause in clauses
        for party, asked in clause.conditions.items()
        if asked and party in clause.holds
    ]


def settle(
    clauses: Sequence[ClauseRef], agenda: Sequence[ClauseRef], accepted: Sequence[str], names: Mapping[str, Words],
    decide: Decide,
) -> Settled:  # fmt: skip
    """Decide the clauses of an agenda until nothing follows any more: an agreed clause can meet another's condition.

    Clauses that wait for one another, and lack nothing else, are agreed together or not at all.
    """
    asked = conditional(clauses)
    table = [one.model_copy(update={"status": _begins(one, agenda)}) for one in clauses]
    by_id = {one.id: one for one in table}
    settled = Settled()
    together: set[str] = set()
    moved = True
    while moved:
        moved = False
        assessments = conditions.assess(asked, table, accepted, names, together=together)
        for one in agenda:
            clause = by_id[one.id]
            stances = {
                **dict.fromkeys(clause.objectors, Stance.OBJECT), **conditions.counting(clause, assessments)
            }  # fmt: skip
            verdict = decide(clause, stances)
            settled.verdicts[one.id] = verdict
            settled.lacks[one.id] = [
                lack.sentence for found in assessments if found.clause == one.id for lack in found.lacks
            ]
            passed = verdict.outcome is Outcome.PASSED and not clause.brackets
            if passed and clause.status is not ClauseStatus.AGREED:
                clause.status, moved = ClauseStatus.AGREED, True
        if not moved:
            settled.circles = conditions.circles(asked, table, accepted, names)
            whole = [
                circle
                for circle in settled.circles
                if not circle.lacks and _passes(circle, by_id, asked, accepted, names, decide)
            ]
            fresh = {one.clause for circle in whole for one in circle.waiting} - together
            together |= fresh
            moved = bool(fresh)
    return settled


def _begins(clause: ClauseRef, agenda: Sequence[ClauseRef]) -> ClauseStatus:
    """A clause that is talked about is open until its verdict; so is one with words between brackets."""
    talked = any(one.id == clause.id for one in agenda)
    bracketed = bool(clause.brackets) and clause.status is not ClauseStatus.PARKED
    return ClauseStatus.BRACKETED if talked or bracketed else clause.status


def _passes(
    circle: Circle, by_id: Mapping[str, ClauseRef], asked: Sequence[ConditionalPosition], accepted: Sequence[str],
    names: Mapping[str, Words], decide: Decide,
) -> bool:  # fmt: skip
    """Whether every clause of a circle passes when all of them are taken as agreed: else none of them is."""
    group = [one.clause for one in circle.waiting]
    assessments = conditions.assess(asked, list(by_id.values()), accepted, names, together=group)
    for name in group:
        clause = by_id[name]
        stances = {**dict.fromkeys(clause.objectors, Stance.OBJECT), **conditions.counting(clause, assessments)}
        if clause.brackets or decide(clause, stances).outcome is not Outcome.PASSED:
            return False
    return True


def broken(clauses: Sequence[ClauseRef], *, everything: bool) -> list[tuple[ClauseRef, list[str]]]:
    """Return the clauses that were agreed on a condition which no longer holds, and whose it was.

    "If 7.1 stays" is broken by another text of 7.1, "if 7.1 is agreed" by its being open again, both by its parking;
    "if everything is agreed" by any clause in the text that is open again.

    Args:
        clauses: as they are now.
        everything: whether to look at the last. False only for a workflow from before that was the rule.
    """
    by_id = {one.id: one for one in clauses}
    found = []
    for clause in clauses:
        if clause.status is not ClauseStatus.AGREED:
            continue
        whose = [
            party
            for party, wanted in clause.conditions.items()
            if any(_is_broken(one, by_id) for one in wanted)
            or (everything and asks_everything(clause, party) and _others_open(clause, clauses))
        ]
        if whose:
            found.append((clause, whose))
    return found


def asks_everything(clause: ClauseRef, party: str) -> bool:
    """Whether a party agreed to a clause on condition that everything is agreed."""
    return any(isinstance(one, AllAgreed) for one in clause.conditions.get(party, ()))


def _others_open(clause: ClauseRef, clauses: Sequence[ClauseRef]) -> bool:
    return any(one.id != clause.id and one.status in {ClauseStatus.BRACKETED, ClauseStatus.BLOCKED} for one in clauses)


def _is_broken(condition: Condition, by_id: Mapping[str, ClauseRef]) -> bool:
    if not isinstance(condition, Stays | IsAgreed):
        return False
    other = by_id.get(condition.clause)
    if other is None or other.status is ClauseStatus.PARKED:
        return True
    if isinstance(condition, Stays):
        return other.sha256 != condition.sha256
    return other.status not in {ClauseStatus.AGREED, ClauseStatus.CLEAN}


def with_lacks(verdict: Verdict, lacks: Sequence[Words]) -> Verdict:
    """Let a verdict say which conditions keep agreements from counting."""
    if not lacks:
        return verdict
    said = Words(nl=" ".join(one.nl for one in lacks), en=" ".join(one.en for one in lacks))
    sentence = Words(
        nl=f"{verdict.sentence.nl} Voorwaardelijk akkoord telt nog niet: {said.nl}"[:4000],
        en=f"{verdict.sentence.en} Agreement under conditions does not count yet: {said.en}"[:4000],
    )
    return verdict.model_copy(update={"sentence": sentence})


def circles_in_words(circles: Sequence[Circle]) -> Words | None:
    """Say which clauses wait for one another; nothing when none do."""
    if not circles:
        return None
    said = [one.sentence for one in circles[:3]]
    return Words(nl=" ".join(one.nl for one in said), en=" ".join(one.en for one in said))
