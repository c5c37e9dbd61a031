"""Positions that hold on conditions: "we accept 4.2 if 7.1 stays", "nothing is agreed until everything is agreed".

A conditional position counts as plain agreement when it lacks nothing, and else not at all. Clauses that wait for one
another can never be agreed one by one; they are named as a circle, and it is said whether they could go together.
Pure, and free of libraries: workflows may import this.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

from models.base import Words
from models.contracts import ClauseRef
from models.enums import ClauseStatus, Stance
from models.errors import Refusal
from models.packages import (
    AllAgreed,
    Assessment,
    Circle,
    Condition,
    ConditionalPosition,
    IsAccepted,
    IsAgreed,
    Lack,
    Stays,
    Waiting,
)
from rules.labels import CLAUSES
from rules.naming import brief, listed, same, short

AGREED = frozenset({ClauseStatus.AGREED, ClauseStatus.CLEAN})
"""A parked clause is not agreed: it is out of the text, and "everything" does not ask for it."""


# --- at entry ---------------------------------------------------------------------------------------------------------


def check(position: ConditionalPosition, clauses: Iterable[ClauseRef], amendments: Collection[str]) -> None:
    """Refuse conditions that can never hold.

    Args:
        position: what a party says.
        clauses: all clauses of the text.
        amendments: ids of all amendments there are, accepted or not.

    Raises:
        Refusal: `unknown_clause`, `unknown_amendment`, `condition_on_itself`, `conditions_contradict`.
    """
    table = {clause.id: clause for clause in clauses}
    versions: dict[str, str] = {}
    _known(position.clause, table)
    for condition in position.conditions:
        if isinstance(condition, IsAccepted):
            if condition.amendment not in amendments:
                raise _unknown_amendment(condition.amendment, amendments)
            continue
        if isinstance(condition, AllAgreed):
            continue
        _known(condition.clause, table)
        number = short(table[condition.clause].number)
        if condition.clause == position.clause:
            raise Refusal(
                "condition_on_itself",
                f"De voorwaarde bij artikel {number} gaat over dat artikel zelf. Verwacht: een voorwaarde over een "
                "ander artikel; uw standpunt geldt al voor precies deze tekst.",
                f"The condition on clause {number} is about that clause itself. Expected: a condition on another "
                "clause; your position is about exactly this text already.",
                {"clause": condition.clause},
            )
        if isinstance(condition, Stays) and versions.setdefault(condition.clause, condition.sha256) != condition.sha256:
            raise Refusal(
                "conditions_contradict",
                f"Artikel {number} zou volgens de voorwaarden op twee versies tegelijk moeten blijven. "
                "Verwacht: één versie.",
                f"By its conditions clause {number} would have to stay at two versions at once. Expected: one version.",
                {"clause": condition.clause},
            )


def _known(clause: str, table: Mapping[str, ClauseRef]) -> None:
    if clause in table:
        return
    there = listed([same(one) for one in sorted(table)] or [Words(nl="geen", en="none")], shown=20)
    raise Refusal(
        "unknown_clause",
        f"Er is geen artikel {clause}. Verwacht één van: {there.nl}.",
        f"There is no clause {clause}. Expected one of: {there.en}.",
        {"clause": clause},
    )


def _unknown_amendment(amendment: str, amendments: Collection[str]) -> Refusal:
    there = listed([same(one) for one in sorted(amendments)] or [Words(nl="geen", en="none")], shown=20)
    return Refusal(
        "unknown_amendment",
        f"Er is geen wijzigingsvoorstel {amendment}. Verwacht één van: {there.nl}.",
        f"There is no amendment {amendment}. Expected one of: {there.en}.",
        {"amendment": amendment},
    )


# --- what holds -------------------------------------------------------------------------------------------------------


def assess(
    positions: Iterable[ConditionalPosition],
    clauses: Sequence[ClauseRef],
    accepted: Collection[str],
    names: Mapping[str, Words],
    *,
    together: Collection[str] = (),
) -> list[Assessment]:
    """Say of each conditional position whether it counts, and what it lacks; in the order of the text, then party.

    Args:
        positions: at most one of a party on a clause, in any order.
        clauses: all clauses of the text, in order, as they stand.
        accepted: ids of the accepted amendments.
        names: what each party is called; its id is used when missing.
        together: clauses to be taken as agreed, because they are decided on as one package.

    Raises:
        Refusal: `unknown_clause`, `position_twice`.
    """
    table = {clause.id: clause for clause in clauses}
    return [
        Assessment(
            party=position.party,
            clause=position.clause,
            lacks=[
                Lack(needed=condition, sentence=_sentence(position, condition, table, together, names))
                for condition in _asked(position)
                if not _holds(condition, position, table, accepted, together)
            ],
        )
        for position in _ordered(positions, table)
    ]


def counting(clause: ClauseRef, assessments: Iterable[Assessment]) -> dict[str, Stance]:
    """Return the stances that count on a clause: a met position is plain agreement, an unmet one is no answer."""
    conditional = {one.party: one.met for one in assessments if one.clause == clause.id}
    plain = {party: stance for party, stance in clause.holds.items() if party not in conditional}
    return plain | {party: Stance.AGREE for party, met in conditional.items() if met}


def broken_by(
    positions: Sequence[ConditionalPosition], clauses: Sequence[ClauseRef], clause: str, sha256: str | None
) -> list[ConditionalPosition]:
    """Return the positions on other clauses that lose a condition which holds now when a clause changes.

    Args:
        positions: as for `assess`.
        clauses: all clauses of the text, in order, as they stand.
        clause: the one that would change.
        sha256: of the text it would get; none when it would be parked.
    """
    others = [one for one in positions if one.clause != clause]
    changed = {"status": ClauseStatus.BRACKETED, "sha256": sha256} if sha256 else {"status": ClauseStatus.PARKED}
    after = [one.model_copy(update=changed) if one.id == clause else one for one in clauses]
    accepted = {one.amendment for each in others for one in each.conditions if isinstance(one, IsAccepted)}
    lacks = [
        {(one.party, one.clause): {lack.needed.model_dump_json() for lack in one.lacks} for one in found}
        for found in (assess(others, clauses, accepted, {}), assess(others, after, accepted, {}))
    ]
    return [one for one in others if lacks[1][one.party, one.clause] - lacks[0][one.party, one.clause]]


def supplied(
    lacks: Collection[Lack], clause: str, clauses: Iterable[ClauseRef], accepted: Collection[str]
) -> tuple[list[ClauseRef], set[str]]:
    """Return clauses and accepted amendments as they would be once what a position on a clause lacks were there."""
    table = {one.id: one.model_copy() for one in clauses}
    amendments = set(accepted)
    agreed: set[str] = set()
    for lack in lacks:
        match lack.needed:
            case Stays(clause=other, sha256=sha256):
                table[other].sha256 = sha256
                if table[other].status is ClauseStatus.PARKED:
                    table[other].status = ClauseStatus.BRACKETED
            case IsAgreed(clause=other):
                agreed.add(other)
            case IsAccepted(amendment=amendment):
                amendments.add(amendment)
            case AllAgreed():
                agreed |= {one.id for one in table.values() if one.id != clause}
    named = {lack.needed.clause for lack in lacks if isinstance(lack.needed, IsAgreed)}
    for one in table.values():
        if one.id in agreed and (one.status is not ClauseStatus.PARKED or one.id in named):
            one.status = ClauseStatus.AGREED
    return list(table.values()), amendments


def _ordered(positions: Iterable[ConditionalPosition], table: Mapping[str, ClauseRef]) -> list[ConditionalPosition]:
    place = {clause: nr for nr, clause in enumerate(table)}
    found: dict[tuple[str, str], ConditionalPosition] = {}
    for position in positions:
        _known(position.clause, table)
        for condition in position.conditions:
            if isinstance(condition, Stays | IsAgreed):
                _known(condition.clause, table)
        key = (position.clause, position.party)
        if key in found:
            raise Refusal(
                "position_twice",
                f"{position.party} heeft meer dan één standpunt op artikel {position.clause}. Eén telt.",
                f"{position.party} has more than one position on clause {position.clause}. One counts.",
                {"clause": position.clause, "party": position.party},
            )
        found[key] = position
    return sorted(found.values(), key=lambda one: (place[one.clause], one.party))


def _asked(position: ConditionalPosition) -> list[Condition]:
    """Return what a position asks, each thing once, in an order of its own: of its own text that it stays, first."""
    own = Stays(clause=position.clause, sha256=position.sha256)
    named = {one.model_dump_json(): one for one in position.conditions}
    return [own, *(named[key] for key in sorted(named))]


def _holds(
    condition: Condition,
    position: ConditionalPosition,
    table: Mapping[str, ClauseRef],
    accepted: Collection[str],
    together: Collection[str],
) -> bool:
    match condition:
        case Stays(clause=clause, sha256=sha256):
            there = clause == position.clause or table[clause].status is not ClauseStatus.PARKED
            return there and table[clause].sha256 == sha256
        case IsAgreed(clause=clause):
            return _agreed(table[clause], together)
        case IsAccepted(amendment=amendment):
            return amendment in accepted
        case AllAgreed():
            return not _others_open(position, table, together)


def _agreed(clause: ClauseRef, together: Collection[str]) -> bool:
    return clause.status in AGREED or (clause.id in together and clause.status is not ClauseStatus.PARKED)


def _others_open(
    position: ConditionalPosition, table: Mapping[str, ClauseRef], together: Collection[str]
) -> list[ClauseRef]:
    """Return what "everything" still asks: parked clauses only where the position itself wants them in the text."""
    kept = {condition.clause for condition in position.conditions if isinstance(condition, Stays)}
    return [
        clause
        for clause in table.values()
        if clause.id != position.clause
        and not _agreed(clause, together)
        and (clause.status is not ClauseStatus.PARKED or clause.id in kept)
    ]


# --- in words ---------------------------------------------------------------------------------------------------------


def _sentence(
    position: ConditionalPosition,
    condition: Condition,
    table: Mapping[str, ClauseRef],
    together: Collection[str],
    names: Mapping[str, Words],
) -> Words:
    who = _name(position.party, names)
    own = short(table[position.clause].number)
    why, need = _why(position, condition, table, together)
    return Words(
        nl=f"Het akkoord van {who.nl} op artikel {own} telt niet: {why.nl}. Nodig: {need.nl}.",
        en=f"The agreement of {who.en} with clause {own} does not count: {why.en}. Needed: {need.en}.",
    )


def _name(party: str, names: Mapping[str, Words]) -> Words:
    return brief(names.get(party) or same(party))


def _why(
    position: ConditionalPosition, condition: Condition, table: Mapping[str, ClauseRef], together: Collection[str]
) -> tuple[Words, Words]:
    """Say why a condition does not hold, and what would make it hold."""
    match condition:
        case Stays(clause=clause) if clause == position.clause:
            return (
                Words(
                    nl="de tekst is na dit standpunt gewijzigd",
                    en="the text has changed since this position",
                ),
                Words(
                    nl="een nieuw standpunt op de huidige tekst, of de eerdere tekst terug",
                    en="a new position on the current text, or the earlier text back",
                ),
            )
        case Stays(clause=clause):
            number = short(table[clause].number)
            parked = table[clause].status is ClauseStatus.PARKED
            return (
                Words(
                    nl=f"artikel {number} moest blijven zoals het was, en is {'geparkeerd' if parked else 'gewijzigd'}",
                    en=f"clause {number} had to stay as it was, and was {'parked' if parked else 'changed'}",
                ),
                Words(
                    nl=f"artikel {number} terug in de tekst zoals het was, of een nieuw standpunt",
                    en=f"clause {number} back in the text as it was, or a new position",
                ),
            )
        case IsAgreed(clause=clause):
            number, status = short(table[clause].number), table[clause].status
            back = status is ClauseStatus.PARKED
            return (
                Words(
                    nl=f"artikel {number} is nog niet akkoord, maar {CLAUSES[status].nl}",
                    en=f"clause {number} is not agreed yet, but {CLAUSES[status].en}",
                ),
                Words(
                    nl=f"artikel {number} {'terug in de tekst en ' if back else ''}akkoord",
                    en=f"clause {number} {'back in the text and ' if back else ''}agreed",
                ),
            )
        case IsAccepted(amendment=amendment):
            return (
                Words(
                    nl=f"wijzigingsvoorstel {short(amendment)} is niet aangenomen",
                    en=f"amendment {short(amendment)} is not accepted",
                ),
                Words(nl="dat het wordt aangenomen", en="that it is accepted"),
            )
        case AllAgreed():
            still = listed([same(clause.number) for clause in _others_open(position, table, together)])
            return (
                Words(nl=f"nog niet alles is akkoord; open: {still.nl}", en=f"not all is agreed; open: {still.en}"),
                Words(nl=f"akkoord over {still.nl}", en=f"agreement on {still.en}"),
            )


# --- circles ----------------------------------------------------------------------------------------------------------


def circles(
    positions: Iterable[ConditionalPosition],
    clauses: Sequence[ClauseRef],
    accepted: Collection[str],
    names: Mapping[str, Words],
) -> list[Circle]:
    """Find the clauses that wait for one another, in the order of the text.

    A clause waits for another when a standing position on it asks that the other, or everything, be agreed, and it is
    not. Circles that share a clause are one circle, so a clause is in one at most: what waits for each other through
    others can only be agreed together too. Positions on a text that has changed stand no more and make nothing wait.

    Args:
        positions: as for `assess`.
        clauses: idem.
        accepted: idem.
        names: idem.

    Raises:
        Refusal: as `assess`.
    """
    table = {clause.id: clause for clause in clauses}
    standing = [
        position
        for position in _ordered(positions, table)
        if table[position.clause].sha256 == position.sha256 and table[position.clause].status in _OPEN
    ]
    by_clause: dict[str, list[ConditionalPosition]] = {}
    for position in standing:
        by_clause.setdefault(position.clause, []).append(position)
    found: list[Circle] = []
    for group in _groups(by_clause, table):
        waiting = [_waiting(clause, by_clause[clause], group) for clause in group]
        there = [position for clause in group for position in by_clause[clause]]
        lacks = [lack for one in assess(there, clauses, accepted, names, together=group) for lack in one.lacks]
        found.append(Circle(waiting=waiting, lacks=lacks, sentence=_circle(waiting, lacks, table, names)))
    return found


_OPEN = frozenset({ClauseStatus.BRACKETED, ClauseStatus.BLOCKED})


def _groups(
    by_clause: Mapping[str, Sequence[ConditionalPosition]], table: Mapping[str, ClauseRef]
) -> Iterator[list[str]]:
    """Give the groups of clauses that reach one another, by Warshall's closure over rows of bits.

    "Everything" is a node of its own, so that hundreds of clauses that wait for everything do not make a row each.
    """
    nodes = [clause.id for clause in table.values() if clause.status in _OPEN]
    place = {clause: nr for nr, clause in enumerate(nodes)}
    everything = len(nodes)
    reach = [0] * everything + [(1 << everything) - 1]
    for clause, positions in by_clause.items():
        for condition in (condition for position in positions for condition in position.conditions):
            if isinstance(condition, AllAgreed):
                reach[place[clause]] |= 1 << everything
            elif isinstance(condition, IsAgreed) and condition.clause in place:
                reach[place[clause]] |= 1 << place[condition.clause]
    for via in range(everything + 1):
        for row in range(everything + 1):
            if reach[row] >> via & 1:
                reach[row] |= reach[via]
    seen: set[int] = set()
    for one in range(everything):
        group = [other for other in range(everything) if reach[one] >> other & 1 and reach[other] >> one & 1]
        if len(group) > 1 and one not in seen:
            seen |= set(group)
            yield [nodes[nr] for nr in group]


def _waiting(clause: str, positions: Sequence[ConditionalPosition], group: Collection[str]) -> Waiting:
    named = {one.clause for position in positions for one in position.conditions if isinstance(one, IsAgreed)}
    everything = any(isinstance(one, AllAgreed) for position in positions for one in position.conditions)
    return Waiting(
        clause=clause,
        parties=[position.party for position in positions if _waits(position, group)],
        waits_for=[other for other in group if other in named],
        everything=everything,
    )


def _waits(position: ConditionalPosition, group: Collection[str]) -> bool:
    return any(
        isinstance(one, AllAgreed) or (isinstance(one, IsAgreed) and one.clause in group) for one in position.conditions
    )


def _circle(
    waiting: Sequence[Waiting], lacks: Sequence[Lack], table: Mapping[str, ClauseRef], names: Mapping[str, Words]
) -> Words:
    numbers = {one.clause: same(short(table[one.clause].number, 20)) for one in waiting}
    who = listed(list(numbers.values()))
    shown = [_link(one, numbers, names) for one in waiting[:_LINKS]]
    dots = "; …" if len(waiting) > _LINKS else ""
    nl = f"De artikelen {who.nl} wachten op elkaar: {'; '.join(one.nl for one in shown)}{dots}."
    en = f"Clauses {who.en} wait for one another: {'; '.join(one.en for one in shown)}{dots}."
    if not lacks:
        return Words(
            nl=f"{nl} Samen kan het: worden ze als één pakket akkoord, dan is aan al deze voorwaarden voldaan.",
            en=f"{en} Together it can be done: agreed as one package, all these conditions are met.",
        )
    more = len(lacks) - 1
    return Words(
        nl=f"{nl} Ook als pakket ontbreekt iets. {lacks[0].sentence.nl}{f' En nog {more}.' if more else ''}",
        en=f"{en} Something is lacking even as a package. {lacks[0].sentence.en}{f' And {more} more.' if more else ''}",
    )


_LINKS = 5


def _link(one: Waiting, numbers: Mapping[str, Words], names: Mapping[str, Words]) -> Words:
    parties = listed([brief(_name(party, names), 40) for party in one.parties], shown=4)
    target = [Words(nl="alles", en="everything")] if one.everything else []
    others = listed([*(numbers[other] for other in one.waits_for), *target], shown=4)
    number = numbers[one.clause]
    return Words(nl=f"{number.nl} op {others.nl} ({parties.nl})", en=f"{number.en} for {others.en} ({parties.en})")
