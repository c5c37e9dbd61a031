"""How many rounds a text may still need: an indication from the pace so far, with its interval and its assumptions.

Each open clause is taken to settle in a round with one unknown chance. What the rounds so far say of it (so many of so
many settled) gives its distribution, from a weak prior; the last of the open clauses to settle gives the rounds needed.
Clauses are not alike, and the hard ones stay: what was seen counts for half, so that the interval is wide enough.
"""

from collections import Counter
from collections.abc import Sequence

from models.base import Words
from models.enums import ClauseStatus
from models.outlook import Forecast
from rules.texts import SETTLED

LEAST_ROUNDS = 2
"""Closed rounds before there is anything to go on."""

MOST = 40
"""Rounds beyond which an indication says no more than "or more"."""

PRIOR = (1.0, 1.5)
"""A chance of two in five that a clause settles in a round, worth as little as two and a half observations."""

WORTH = 0.5
"""What an observation counts for: clauses are not alike."""

GRID = 400
"""Steps in which the unknown chance is summed over; more change no rounded number."""

LOW, MIDDLE, HIGH = 0.1, 0.5, 0.9

TOO_LITTLE = Words(
    nl="Er is nog te weinig om op af te gaan: een indicatie volgt na de tweede ronde.",
    en="There is too little to go on yet: an indication follows after the second round.",
)
DONE = Words(nl="Er staat niets meer open.", en="Nothing is open any more.")


def paces(converged: Sequence[tuple[int, Counter[ClauseStatus]]]) -> list[tuple[int, int]]:
    """Return per closed round how many clauses were open when it began and how many of them it settled."""
    found: list[tuple[int, int]] = []
    before: int | None = None
    for _, counts in converged:
        total, settled = sum(counts.values()), sum(counts[one] for one in SETTLED)
        began = total if before is None else before
        found.append((began, max(began - (total - settled), 0)))
        before = total - settled
    return found


def _chances(seen: Sequence[tuple[int, int]]) -> list[tuple[float, float]]:
    """Return the possible chances that an open clause settles in a round, with how likely each is."""
    settled = sum(one for _, one in seen) * WORTH
    stayed = sum(began - one for began, one in seen) * WORTH
    a, b = PRIOR[0] + settled, PRIOR[1] + stayed
    grid = [(step + 0.5) / GRID for step in range(GRID)]
    weights = [chance ** (a - 1) * (1 - chance) ** (b - 1) for chance in grid]
    whole = sum(weights) or 1.0
    return [(chance, weight / whole) for chance, weight in zip(grid, weights, strict=True)]


def quantiles(seen: Sequence[tuple[int, int]], left: int) -> tuple[int, int, int]:
    """Return the rounds within which all is settled one time in ten, one in two, and nine in ten; at most `MOST`."""
    chances = _chances(seen)
    found: list[int] = []
    rounds, wanted = 0, [LOW, MIDDLE, HIGH]
    while wanted and rounds < MOST:
        rounds += 1
        sure = sum(weight * (1 - (1 - chance) ** rounds) ** left for chance, weight in chances)
        while wanted and sure >= wanted[0]:
            found.append(rounds)
            wanted.pop(0)
    low, middle, high = (found + [MOST] * 3)[:3]
    return low, middle, high


def forecast(converged: Sequence[tuple[int, Counter[ClauseStatus]]], left: int) -> Forecast | None:
    """Return an indication of the rounds still needed; none while there is too little to go on, or nothing is open."""
    seen = paces(converged)
    if left == 0 or len(seen) < LEAST_ROUNDS:
        return None
    low, middle, high = quantiles(seen, left)
    more_nl, more_en = (" of meer", " or more") if high >= MOST else ("", "")
    span_nl = f"{low} tot {high}{more_nl} rondes" if low != high else _rounds(low, "ronde", "rondes")
    span_en = f"{low} to {high}{more_en} rounds" if low != high else _rounds(low, "round", "rounds")
    began, settled = sum(one for one, _ in seen), sum(one for _, one in seen)
    return Forecast(
        low=low, middle=middle, high=high,
        sentence=Words(
            nl=f"Indicatie: nog {span_nl}, het middelste is {middle}. Geen belofte: vier van de vijf keer ligt het "
            "ertussen.",
            en=f"Indication: {span_en} still, the middle is {middle}. No promise: four times out of five it lies "
            "between.",
        ),
        assumptions=[
            Words(
                nl=f"Het tempo blijft zoals in de {_rounds(len(seen), 'ronde', 'rondes')} tot nu toe: {settled} keer "
                f"werd een artikel akkoord, van de {began} keer dat er een op de agenda stond.",
                en=f"The pace stays as in the {_rounds(len(seen), 'round', 'rounds')} so far: {settled} times a clause "
                f"was agreed, of the {began} times that one was on the agenda.",
            ),
            Words(
                nl=f"De {left} open artikelen staan los van elkaar; hangen ze samen, dan duurt het langer of valt het "
                "in één keer.",
                en=f"The {left} open clauses are independent; if they hang together it takes longer, or falls at once.",
            ),
            Words(
                nl="Niemand trekt zich terug, en er komen geen artikelen bij.",
                en="Nobody withdraws, and no clauses are added.",
            ),
        ],
    )  # fmt: skip


def _rounds(number: int, one: str, many: str) -> str:
    return f"{number} {one if number == 1 else many}"
