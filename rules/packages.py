"""Package deals: which alternatives of many clauses, taken together, leave every party as well off as can be.

**The model.** What a package is worth to a party is the sum over the clauses of its weight times its score for the
alternative chosen, its weights made to add up to one. Its *gain* is that less what the current text is worth to it,
counted in whole ten-thousandths (`UNITS`), so that what is compared is exact. Adding up the
gains of parties takes all parties for equally important. Weights are guesses that people made: a package is a
suggestion for a facilitator, never sent without one.

**What is guaranteed.** Red lines and the number of changes are always kept. Packages are found by integer programming
(HiGHS, by `scipy.optimize.milp`) within a number of nodes, not seconds: the same question gets the same answer. When
that number runs out, the package is the best that was found, and `Package.best` and `.efficient` say that it is not
proven. `efficient` gives examples of packages that none can beat for everyone, not all there are.

**What stays private.** No number made of weights or scores is in a `Package`: only bands. Who asks many questions can
still infer something from them, so they are the facilitator's.

Not for workflows: scipy would take its time, and more than a second to load, inside the workflow task. Call it from an
activity, in a process or thread of its own.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import fsum

from models.errors import Refusal
from models.packages import Aim, Band, Package, PackageClause, PackageParty, PackageQuestion, Swap
from rules.naming import brief, listed, same
from rules.package_words import explained

UNITS = 10_000
"""What a party's weights add up to."""

MUCH = 1000
"""Of UNITS: from a tenth of all that counts for a party, it gains or loses much."""

SOME = 50
"""Of UNITS: below half a hundredth of it, it neither gains nor loses; from there on, a little."""

NODES = 5000
"""Of each search tree at most."""

MOST = 5
"""Packages that `efficient` gives at most: what a table can still compare."""

Choice = tuple[int, ...]
"""Per clause the number of the alternative; 0 is the current text."""


@dataclass(frozen=True)
class _Table:
    """A question in whole numbers.

    Attributes:
        columns: clause and alternative of each change that no red line forbids.
        forced: clauses whose current text is forbidden.
        parties: those that care, by id, so that the order in which they were given means nothing.
        gains: per party, of each column.
        most: changes at most.
        start: a choice that is allowed, with as few changes as there can be.
    """

    clauses: tuple[PackageClause, ...]
    columns: tuple[tuple[int, int], ...]
    forced: frozenset[int]
    parties: tuple[str, ...]
    gains: tuple[tuple[int, ...], ...]
    most: int
    start: Choice

    def gained(self, choice: Choice) -> list[int]:
        """Return what each party gains."""
        taken = [nr for nr, (clause, option) in enumerate(self.columns) if choice[clause] == option]
        return [sum(row[nr] for nr in taken) for row in self.gains]

    def worst(self, choice: Choice) -> int:
        """Return what the party gains that gains least."""
        return min(self.gained(choice), default=0)

    def total(self, choice: Choice) -> int:
        """Return what all gain together."""
        return sum(self.gained(choice))

    def allows(self, choice: Choice, floors: Sequence[int]) -> bool:
        """Whether a choice keeps the red lines and the number of changes, and leaves each party its floor."""
        kept = all((clause, option) in self.columns for clause, option in enumerate(choice) if option)
        changes = sum(map(bool, choice))
        enough = all(gain >= floor for gain, floor in zip(self.gained(choice), floors, strict=True))
        return kept and enough and changes <= self.most and all(choice[clause] for clause in self.forced)


# --- the question -----------------------------------------------------------------------------------------------------


def check(question: PackageQuestion) -> None:
    """Refuse a question that cannot be answered.

    Raises:
        Refusal: `twice`, `unknown_clause`, `unknown_option`, `score_missing`; `no_option_left` where red lines forbid
            all alternatives of a clause; `too_few_changes` where they force more changes than are allowed.
    """
    _once([clause.id for clause in question.clauses])
    _once([party.id for party in question.parties])
    for clause in question.clauses:
        _once([option.id for option in clause.options])
    options = {clause.id: [option.id for option in clause.options] for clause in question.clauses}
    for party in question.parties:
        for named in (*party.weights, *party.scores, *(line.clause for line in party.red_lines)):
            if named not in options:
                raise _unknown("unknown_clause", named, party, options)
        for named, option in [
            *((named, option) for named, scores in party.scores.items() for option in scores),
            *((line.clause, line.option) for line in party.red_lines),
        ]:
            if option not in options[named]:
                raise _unknown("unknown_option", f"{named}/{option}", party, options[named])
        for named, scores in party.scores.items():
            _scored(party, named, [option for option in options[named] if option not in scores])
    _possible(question)


def _once(ids: Sequence[str]) -> None:
    twice = next((one for nr, one in enumerate(ids) if one in ids[:nr]), None)
    if twice:
        raise Refusal(
            "twice",
            f"{twice} staat er twee keer in. Verwacht: één keer.",
            f"{twice} is there twice. Expected: once.",
            {"id": twice},
        )


def _unknown(code: str, what: str, party: PackageParty, known: Iterable[str]) -> Refusal:
    name, there = brief(party.name), listed([same(one) for one in known], shown=20)
    return Refusal(
        code,
        f"{name.nl} noemt {what}, en dat is er niet. Verwacht één van: {there.nl}.",
        f"{name.en} names {what}, which is not there. Expected one of: {there.en}.",
        {"party": party.id, "named": what},
    )


def _scored(party: PackageParty, clause: str, missing: Sequence[str]) -> None:
    if not missing:
        return
    name, which = brief(party.name), listed([same(one) for one in missing])
    raise Refusal(
        "score_missing",
        f"{name.nl} waardeert bij {clause} niet elk alternatief: {which.nl} ontbreekt. Verwacht: een waardering van "
        "alle, of van geen.",
        f"{name.en} does not score every alternative of {clause}: {which.en} is missing. Expected: a score for all "
        "of them, or for none.",
        {"party": party.id, "clause": clause},
    )


def _forbidden(question: PackageQuestion) -> dict[tuple[str, str], list[PackageParty]]:
    found: dict[tuple[str, str], list[PackageParty]] = {}
    for party in question.parties:
        for clause, option in dict.fromkeys((line.clause, line.option) for line in party.red_lines):
            found.setdefault((clause, option), []).append(party)
    return found


def _possible(question: PackageQuestion) -> None:
    forbidden = _forbidden(question)
    stuck = [clause for clause in question.clauses if all((clause.id, one.id) in forbidden for one in clause.options)]
    if stuck:
        parties = {
            party.id: party.name
            for clause in stuck
            for option in clause.options
            for party in forbidden[clause.id, option.id]
        }
        which, who = listed([same(clause.number) for clause in stuck]), listed(list(parties.values()))
        raise Refusal(
            "no_option_left",
            f"Bij artikel {which.nl} is elk alternatief voor iemand een breekpunt: {who.nl}. Verwacht: een alternatief "
            "dat voor niemand een breekpunt is.",
            f"At clause {which.en} every alternative is a red line for somebody: {who.en}. Expected: an alternative "
            "that is a red line for nobody.",
            {"clauses": ", ".join(clause.id for clause in stuck), "parties": ", ".join(parties)},
        )
    forced = [clause for clause in question.clauses if (clause.id, clause.options[0].id) in forbidden]
    if question.most_changes is not None and len(forced) > question.most_changes:
        which = listed([same(clause.number) for clause in forced])
        raise Refusal(
            "too_few_changes",
            f"De huidige tekst is een breekpunt bij {which.nl}. Verwacht: minstens {len(forced)} toegestane "
            f"wijzigingen; nu {question.most_changes}.",
            f"The current text is a red line at {which.en}. Expected: at least {len(forced)} changes allowed; "
            f"now {question.most_changes}.",
            {"clauses": ", ".join(clause.id for clause in forced), "most_changes": str(question.most_changes)},
        )


def gained(question: PackageQuestion, choice: Choice) -> dict[str, int]:
    """Return what each party gains by a choice, of UNITS. Private: made of what parties told in confidence."""
    return {
        party.id: sum(row[nr][option] for nr, option in enumerate(choice))
        for party in question.parties
        for row in [_row(party, question.clauses)]
    }


def _row(party: PackageParty, clauses: Iterable[PackageClause]) -> list[list[int]]:
    """Return per clause and alternative what a party gains over the current text."""
    whole = fsum(party.weights.values())
    row: list[list[int]] = []
    for clause in clauses:
        scores = party.scores.get(clause.id)
        share = party.weights.get(clause.id, 0) / whole if whole else 0
        now = scores[clause.options[0].id] if scores else 0
        row.append([round(UNITS * share * (scores[one.id] - now)) if scores else 0 for one in clause.options])
    return row


def _table(question: PackageQuestion) -> _Table:
    check(question)
    forbidden = _forbidden(question)
    clauses = tuple(question.clauses)
    allowed = [
        [nr for nr, option in enumerate(clause.options) if (clause.id, option.id) not in forbidden]
        for clause in clauses
    ]
    columns = tuple((nr, option) for nr, options in enumerate(allowed) for option in options if option)
    rows = {party.id: _row(party, clauses) for party in question.parties}
    caring = tuple(sorted(party for party, row in rows.items() if any(map(any, row))))
    return _Table(
        clauses=clauses,
        columns=columns,
        forced=frozenset(nr for nr, options in enumerate(allowed) if 0 not in options),
        parties=caring,
        gains=tuple(tuple(rows[party][clause][option] for clause, option in columns) for party in caring),
        most=len(clauses) if question.most_changes is None else question.most_changes,
        start=tuple(options[0] for options in allowed),
    )


# --- the search -------------------------------------------------------------------------------------------------------


def propose(question: PackageQuestion) -> Package:
    """Return the package that leaves the party that gains least as well off as can be.

    Between packages that do so equally, the one that gives most to all together, and then the one with fewest changes.
    Parties to whom no alternative makes a difference are left out of the comparison: they would stand at nothing
    whatever is done, and hide all others. Their red lines count.

    Raises:
        Refusal: as `check`.
    """
    table = _table(question)
    choice, best = _fairest(table)
    return _package(question, table, Aim.WORST_OFF, choice, best=best)


def efficient(question: PackageQuestion, most: int = MOST) -> list[Package]:
    """Return up to `most` distinct packages that none can beat: better for one party and worse for none.

    They are, as far as they differ: the one of `propose`; the one that gives most to all together; three in between;
    and then, party by party, the one that gives it most while none gains less than the least that `propose` spares it,
    or less than nothing. Of each it is tried to make one party better off and none worse (Benson's test); what that
    finds takes its place, so what is returned passed the test itself where `efficient` says so.

    Raises:
        Refusal: as `check`.
    """
    table = _table(question)
    found: dict[Choice, Package] = {}
    fairest, best = _fairest(table)
    richest, sure = _richest(table, [_LOWEST] * len(table.parties), fairest)
    _keep(found, question, table, Aim.WORST_OFF, fairest, best=best)
    _keep(found, question, table, Aim.TOTAL, richest, best=sure)
    low, high = table.worst(richest), table.worst(fairest)
    for level in sorted({low + (high - low) * part // 4 for part in (1, 2, 3)} - {low, high}):
        if len(found) < most:
            between, sure = _richest(table, [level] * len(table.parties), fairest)
            _keep(found, question, table, Aim.BETWEEN, between, best=sure)
    for nr, party in enumerate(table.parties):
        if len(found) < most:
            own, sure = _for_one(table, nr, min(0, high), fairest)
            _keep(found, question, table, Aim.PARTY, own, best=sure, favours=party)
    return list(found.values())[:most]


def _keep(
    found: dict[Choice, Package],
    question: PackageQuestion,
    table: _Table,
    aim: Aim,
    choice: Choice,
    *,
    best: bool,
    favours: str | None = None,
) -> None:
    """Add a package that nothing beats, unless it is there already."""
    if choice in found:
        return
    package = _package(question, table, aim, choice, best=best, favours=favours)
    chosen = _choice(table, package)
    if chosen not in found:
        found[chosen] = package


def _choice(table: _Table, package: Package) -> Choice:
    swaps = {swap.clause: swap.option for swap in package.swaps}
    return tuple(
        next((nr for nr, option in enumerate(clause.options) if option.id == swaps.get(clause.id)), 0)
        for clause in table.clauses
    )


_LOWEST = -10 * UNITS
"""A floor that is none."""


def _fairest(table: _Table) -> tuple[Choice, bool]:
    choice, sure = table.start, True
    if table.parties:
        choice, sure = _search(table, [_LOWEST] * len(table.parties), table.start)
    choice, also = _richest(table, [table.worst(choice)] * len(table.parties), choice)
    return choice, sure and also


def _richest(table: _Table, floors: Sequence[int], start: Choice) -> tuple[Choice, bool]:
    """Give most to all together, then change least, while each party keeps its floor."""
    scale = len(table.clauses) + 1
    total = [scale * sum(row[nr] for row in table.gains) - 1 for nr in range(len(table.columns))]
    return _search(table, floors, start, total)


def _for_one(table: _Table, party: int, floor: int, start: Choice) -> tuple[Choice, bool]:
    floors = [floor] * len(table.parties)
    choice, sure = _search(table, floors, start, table.gains[party])
    floors[party] = table.gained(choice)[party]
    choice, also = _richest(table, floors, choice)
    return choice, sure and also


def _search(
    table: _Table, floors: Sequence[int], start: Choice, goal: Sequence[int] | None = None
) -> tuple[Choice, bool]:
    """Return the allowed choice with the highest goal, and whether it is proven that there is none higher.

    Args:
        table: the question.
        floors: what each party gains at least.
        start: a choice that is allowed; given back when nothing better is found.
        goal: what each column adds; without it, what the party gains that gains least.
    """
    if not table.columns:
        return start, True
    # scipy takes about a second to load: only who makes a package waits for it.
    import numpy as np  # noqa: PLC0415
    from scipy.optimize import Bounds, LinearConstraint, milp  # noqa: PLC0415

    fair, many, clauses = goal is None, len(table.columns), len(table.clauses)
    # Rows: one choice per clause, the number of changes, what each party gains, and what it gains over the least.
    rows = np.zeros((clauses + 1 + len(table.parties) * (1 + fair), many + 1))
    low, high = np.full(len(rows), -np.inf), np.full(len(rows), np.inf)
    for nr, (clause, _) in enumerate(table.columns):
        rows[clause, nr] = 1
    low[:clauses], high[:clauses] = [clause in table.forced for clause in range(clauses)], 1
    rows[clauses, :many], high[clauses] = 1, table.most
    for nr, (gains, floor) in enumerate(zip(table.gains, floors, strict=True), start=clauses + 1):
        rows[nr, :many], low[nr] = gains, floor
        if fair:
            above = nr + len(table.parties)
            rows[above, :many], rows[above, many], low[above] = gains, -1, 0
    bound = 2 * UNITS if fair else 0
    found = milp(
        -np.array([*(goal or [0] * many), int(fair)], dtype=float),
        constraints=LinearConstraint(rows, low, high),
        integrality=np.ones(many + 1),
        bounds=Bounds(np.array([0.0] * many + [-bound]), np.array([1.0] * many + [bound])),
        options={"node_limit": NODES, "mip_rel_gap": 0.0},
    )
    if found.x is None:
        return start, False
    taken = dict(column for column, value in zip(table.columns, found.x, strict=False) if value > _HALF)
    choice = tuple(taken.get(clause, 0) for clause in range(len(table.clauses)))
    if not table.allows(choice, floors) or _value(table, choice, goal) < _value(table, start, goal):
        return start, False
    return choice, found.status == 0


_HALF = 0.5


def _value(table: _Table, choice: Choice, goal: Sequence[int] | None) -> int:
    if goal is None:
        return table.worst(choice)
    return sum(value for value, (clause, option) in zip(goal, table.columns, strict=True) if choice[clause] == option)


# --- the answer -------------------------------------------------------------------------------------------------------


def band(gain: int) -> Band:
    """Say in one of five words what a gain of so many UNITS is."""
    if abs(gain) < SOME:
        return Band.EVEN
    if gain > 0:
        return Band.GAINS_MUCH if gain >= MUCH else Band.GAINS_A_LITTLE
    return Band.LOSES_MUCH if -gain >= MUCH else Band.LOSES_A_LITTLE


def _package(
    question: PackageQuestion, table: _Table, aim: Aim, choice: Choice, *, best: bool, favours: str | None = None
) -> Package:
    """Try to beat a choice without hurting anyone, and put what stands in words."""
    better, proven = _richest(table, table.gained(choice), choice)
    if table.total(better) > table.total(choice):
        choice = better
    gains = gained(question, choice)
    package = Package(
        aim=aim,
        favours=favours,
        swaps=[
            Swap(clause=clause.id, option=clause.options[option].id)
            for clause, option in zip(table.clauses, choice, strict=True)
            if option
        ],
        bands={party.id: band(gains[party.id]) for party in question.parties},
        indifferent=[party.id for party in question.parties if party.id not in table.parties],
        best=best,
        efficient=proven,
        sentence=same("-"),
    )
    return package.model_copy(update={"sentence": explained(question, package)})
