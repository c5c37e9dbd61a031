"""What each round left open, by clause and by party; and who stands behind the whole text."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from typing import NamedTuple

from models.base import Words
from models.outlook import Count, RoundLeft, Support
from rules.outlook import Group, Seat


class Stood(NamedTuple):
    """Words between brackets or an objection: whose, on which clause, and from when until when it stood."""

    clause: str
    party: str
    since: datetime
    until: datetime | None = None

    def at(self, moment: datetime | None) -> bool:
        """Whether it stood at a moment; now when none is given."""
        if moment is None:
            return self.until is None
        return self.since <= moment and (self.until is None or self.until > moment)


def left(
    rounds: Iterable[tuple[int, datetime]], brackets: Sequence[Stood], objections: Sequence[Stood]
) -> list[RoundLeft]:
    """Return what each closed round left open, and last what is open now.

    Args:
        rounds: number and moment of closing, in order.
        brackets: of all amendments.
        objections: all of them.
    """
    moments: list[tuple[int | None, datetime | None]] = [*rounds, (None, None)]
    return [
        _left(no, [one for one in brackets if one.at(at)], [one for one in objections if one.at(at)])
        for no, at in moments
    ]


def _left(no: int | None, brackets: Sequence[Stood], objections: Sequence[Stood]) -> RoundLeft:
    by_clause: dict[str, Count] = {}
    by_party: dict[str, Count] = {}
    for name, standing in (("brackets", brackets), ("objections", objections)):
        for one in standing:
            for counts, key in ((by_clause, one.clause), (by_party, one.party)):
                count = counts.setdefault(key, Count())
                setattr(count, name, getattr(count, name) + 1)
    total = Count(brackets=len(brackets), objections=len(objections))
    return RoundLeft(round=no, total=total, clauses=by_clause, parties=by_party)


def support(
    clauses: Collection[str], behind: Mapping[str, Collection[str]], seats: Sequence[Seat], groups: Sequence[Group]
) -> list[Support]:
    """Return, of each constituency with a seat, how many parties stand behind the whole text; the lowest first.

    Args:
        clauses: of the text.
        behind: by clause, the parties that stand behind it as it is, on no condition.
        seats: at the table.
        groups: in their order.
    """
    found = []
    for group in groups:
        own = [seat.id for seat in seats if seat.constituency == group.id]
        whole = sum(all(seat in behind.get(clause, ()) for clause in clauses) for seat in own)
        if own:
            found.append(Support(constituency=group.id, name=group.name, behind=whole, seated=len(own)))
    return sorted(found, key=lambda one: one.behind / one.seated)


def least(support: Sequence[Support]) -> Words | None:
    """Say who stands behind the whole text least; none without anyone at the table."""
    if not support:
        return None
    share = min(one.behind / one.seated for one in support)
    if share == 1:
        return Words(
            nl="Elke geleding staat met al haar partijen achter de hele tekst.",
            en="Every constituency stands behind the whole text with all its parties.",
        )
    lowest = [one for one in support if one.behind / one.seated == share]
    nl = ", ".join(f"{one.name.nl} ({one.behind} van {one.seated})" for one in lowest)
    en = ", ".join(f"{one.name.en} ({one.behind} of {one.seated})" for one in lowest)
    return Words(nl=f"Het minst gedragen door: {nl}.", en=f"Least supported by: {en}.")


def left_words(count: Count | None) -> Words:
    """Say what is left of one party or clause; a dash for nothing."""
    found = count or Count()
    nl, en = [], []
    for number, dutch, english in (
        (found.brackets, ("voorstel", "voorstellen"), ("proposal", "proposals")),
        (found.objections, ("bezwaar", "bezwaren"), ("objection", "objections")),
    ):
        if number:
            nl.append(f"{number} {dutch[number != 1]}")
            en.append(f"{number} {english[number != 1]}")
    return Words(nl=", ".join(nl) or "-", en=", ".join(en) or "-")
