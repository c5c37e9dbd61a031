"""The covenant's text as one thing: its hash, and what a round must still talk about."""

from collections.abc import Iterable, Sequence

from models.contracts import ClauseRef
from models.enums import ClauseStatus, Stance
from models.errors import Refusal
from models.packages import Condition
from rules.chain import canonical, sha256

SETTLED = {ClauseStatus.AGREED, ClauseStatus.CLEAN, ClauseStatus.PARKED}
SUPPORTING = {Stance.AGREE, Stance.RESERVATION}


def unknown_clause(clause: str, known: Iterable[str]) -> Refusal:
    """Say that there is no such clause, and which there are (`unknown_clause`)."""
    expected = ", ".join(known)
    return Refusal(
        "unknown_clause",
        f"Artikel {clause} bestaat niet. Verwacht: {expected}.",
        f"There is no clause {clause}. Expected: {expected}.",
        {"clause": clause},
    )


def clause_of(clauses: Iterable[ClauseRef], clause: str) -> ClauseRef:
    """Find a clause.

    Raises:
        Refusal: `unknown_clause`.
    """
    by_id = {one.id: one for one in clauses}
    if clause not in by_id:
        raise unknown_clause(clause, by_id)
    return by_id[clause]


def covenant_sha(clauses: Iterable[ClauseRef]) -> str:
    """Hash the whole text: clause ids with their text hashes, in order; parked clauses are not in the text.

    This is what people approve, ratify and sign.
    """
    return sha256(
        canonical(
            [
                {"clause": clause.id, "sha256": clause.sha256}
                for clause in clauses
                if clause.status is not ClauseStatus.PARKED
            ]
        )
    )


def agenda(clauses: Iterable[ClauseRef]) -> list[ClauseRef]:
    """Return the clauses that still need talking about: not settled, or with words proposed that are."""
    return [
        clause
        for clause in clauses
        if clause.status not in SETTLED or (clause.brackets and clause.status is not ClauseStatus.PARKED)
    ]


def with_bracket(clauses: Iterable[ClauseRef], clause_id: str, amendment: str, *, is_open: bool) -> None:
    """Note at its clause that an amendment is open, or no longer."""
    for clause in clauses:
        if clause.id == clause_id:
            rest = [one for one in clause.brackets if one != amendment]
            clause.brackets = [*rest, amendment] if is_open else rest


def with_objector(clauses: Iterable[ClauseRef], clause_id: str, party: str, *, objects: bool) -> None:
    """Note at its clause that a party objects, or no longer."""
    for clause in clauses:
        if clause.id == clause_id:
            rest = [one for one in clause.objectors if one != party]
            clause.objectors = [*rest, party] if objects else rest


def on_conditions(clause: ClauseRef, party: str, conditions: Sequence[Condition]) -> None:
    """Note on which conditions a party holds its position; none given means on none."""
    clause.conditions.pop(party, None)
    if conditions:
        clause.conditions[party] = list(conditions)


def lifted(clauses: Iterable[ClauseRef], clause_id: str, party: str, stance: Stance) -> None:
    """Note that a party lifted its objection and where it stands now on the text as it is."""
    with_objector(clauses, clause_id, party, objects=False)
    for clause in clauses:
        if clause.id == clause_id:
            clause.holds[party] = stance
            clause.conditions.pop(party, None)


def without(clauses: Iterable[ClauseRef], party: str) -> None:
    """Leave a party out that withdrew: it holds to nothing and objects to nothing any more."""
    for clause in clauses:
        clause.holds.pop(party, None)
        clause.conditions.pop(party, None)
        clause.objectors = [one for one in clause.objectors if one != party]


def owes_position(party: str, clauses: Iterable[ClauseRef]) -> list[str]:
    """Return the agenda clauses a party still owes a position on, or whose objection it must look at again.

    A party that supports exactly this version has nothing to answer: its approval holds for the hash. One that supports
    it on conditions is asked again as long as the clause is open: they did not hold.
    """
    return [
        clause.id
        for clause in agenda(clauses)
        if clause.holds.get(party) in {None, Stance.OBJECT} or clause.conditions.get(party)
    ]


def stances(clause: ClauseRef) -> dict[str, Stance]:
    """Return where each party stands on a clause: an objection stands on every version until its owner lifts it."""
    return {**dict.fromkeys(clause.objectors, Stance.OBJECT), **clause.holds}
