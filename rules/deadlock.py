"""When a clause does not move: in how many rounds nobody came nearer, and the ways out that there are."""

from collections.abc import Collection, Iterable, Sequence

from models import contracts as c
from models.base import Words
from rules import texts


def doubters(clause: c.ClauseRef, seated: Collection[str]) -> list[str]:
    """Return the parties at the table that do not stand behind a clause as it is."""
    stances = texts.stances(clause)
    return [party for party in seated if stances.get(party) not in texts.SUPPORTING]


def note(clause: c.ClauseRef, seated: Sequence[str]) -> None:
    """Note at the end of a round whether a clause moved: somebody stands behind it who did not after the last one.

    Words alone are no movement: a version that the same parties refuse again leaves a clause where it was.
    """
    now = doubters(clause, seated)
    if clause.status in texts.SETTLED or clause.doubters is None:
        clause.still = 0
    else:
        moved = any(party in seated and party not in now for party in clause.doubters)
        clause.still = 0 if moved else clause.still + 1
    clause.doubters = now


def stuck(clauses: Iterable[c.ClauseRef], limit: int) -> list[c.ClauseRef]:
    """Return the clauses that did not move for so many rounds and still have to."""
    return [clause for clause in texts.agenda(clauses) if clause.still >= limit]


def in_words(clauses: Sequence[c.ClauseRef]) -> Words | None:
    """Say which clauses stand still and what can be done; nothing when none does."""
    if not clauses:
        return None
    numbers = ", ".join(clause.number for clause in clauses)
    rounds = min(clause.still for clause in clauses)
    one = len(clauses) == 1
    nl = f"artikel {numbers}" if one else f"de artikelen {numbers}"
    en = f"clause {numbers}" if one else f"clauses {numbers}"
    return Words(
        nl=f"Impasse: in {rounds} {'ronde' if rounds == 1 else 'rondes'} kwam geen partij dichter bij {nl}, welke "
        "tekst er ook lag. Een pakket, bemiddelen, parkeren, afsplitsen of beëindigen kan.",
        en=f"Deadlock: in {rounds} {'round' if rounds == 1 else 'rounds'} no party came nearer to {en}, whatever its "
        "text. A package, mediation, parking, splitting off or ending is possible.",
    )
