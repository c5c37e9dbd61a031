"""How a text comes together: how many clauses stand where after each round."""

from collections import Counter
from collections.abc import Iterable, Mapping

from models.enums import ClauseStatus


def convergence(
    clauses: Iterable[str], rounds: Iterable[tuple[int, Mapping[str, ClauseStatus]]]
) -> list[tuple[int, Counter[ClauseStatus]]]:
    """Return how many clauses stood where after each round.

    Args:
        clauses: the ids of all clauses; each begins between brackets.
        rounds: per closed round, in order, the statuses that changed in it or in the drafting before it.
    """
    standing = dict.fromkeys(clauses, ClauseStatus.BRACKETED)
    found: list[tuple[int, Counter[ClauseStatus]]] = []
    for number, changes in rounds:
        standing |= {clause: status for clause, status in changes.items() if clause in standing}
        found.append((number, Counter(standing.values())))
    return found
