"""How many rounds a text may still need: an indication from the pace so far, with its interval and its assumptions.

Each clause has a chance of its own to settle in a round. The easy ones go first, so the chance of those that are left
falls round by round (beta-geometric). How high it was in the first round is not known: a weak prior, and what rounds
so far say, the last ones most. The last of the open clauses to settle gives the rounds needed.
"""

from collections import Counter
from collections.abc import Sequence
from math import exp, log

from models.base import Words
from models.enums import ClauseStatus
from models.outlook import Forecast
from rules.texts import SETTLED

LEAST_ROUNDS = 2
"""Closed rounds before there is anything to go on."""

MOST = 40
"""Rounds beyond which an indication says no more than "or more"."""

PRIOR = (1.0, 2.0)
"""A chance of one in three that a clause settles in the first round, worth as little as three observations."""

MEMORY = 0.8
"""What a round still counts for after the next one."""

ALIKE = 8.0
"""How alike clauses are: after so many rounds the chance of those that are left is half of what it was. Of simulated
talks in which they are almost equal to very unlike, 7 to 9 in 10 then end within the interval (tests/unit)."""

GRID = 200
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


def _chance(first: float, rounds: int) -> float:
    """Return the chance to settle of a clause that is still open after so many rounds."""
    return first * ALIKE / (ALIKE + rounds)


def _firsts(seen: Sequence[tuple[int, int]]) -> list[tuple[float, float]]:
    """Return the possible chances that a clause settles in the first round, with how likely each is."""
    logs: list[tuple[float, float]] = []
    for first in ((step + 0.5) / GRID for step in range(GRID)):
        likely = (PRIOR[0] - 1) * log(first) + (PRIOR[1] - 1) * log(1 - first)
        for number, (began, settled) in enumerate(seen):
            chance = _chance(first, number)
            stayed = (began - settled) * log(1 - chance)
            likely += MEMORY ** (len(seen) - 1 - number) * (settled * log(chance) + stayed)
        logs.append((first, likely))
    top = max(likely for _, likely in logs)
    whole = sum(exp(likely - top) for _, likely in logs)
    return [(first, exp(likely - top) / whole) for first, likely in logs]


def quantiles(seen: Sequence[tuple[int, int]], left: int) -> tuple[int, int, int]:
    """Return the rounds within which all is settled one time in ten, one in two, and nine in ten; at most `MOST`."""
    firsts = _firsts(seen)
    stays = [1.0] * len(firsts)
    found: list[int] = []
    rounds, wanted = 0, [LOW, MIDDLE, HIGH]
    while wanted and rounds < MOST:
        stays = [
            stay * (1 - _chance(first, len(seen) + rounds)) for stay, (first, _) in zip(stays, firsts, strict=True)
        ]
        rounds += 1
        sure = sum(weight * (1 - stay) ** left for stay, (_, weight) in zip(stays, firsts, strict=True))
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
    span_nl = f"{low} tot {high}{more_nl} rondes" if low != high else _rounds(low, "ronde", "rondes") + more_nl
    span_en = f"{low} to {high}{more_en} rounds" if low != high else _rounds(low, "round", "rounds") + more_en
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
                nl=f"In de {_rounds(len(seen), 'ronde', 'rondes')} tot nu toe werd {settled} keer een artikel akkoord, "
                f"van de {began} keer dat er een op de agenda stond. De laatste rondes tellen het zwaarst.",
                en=f"In the {_rounds(len(seen), 'round', 'rounds')} so far a clause was agreed {settled} times, of the "
                f"{began} times that one was on the agenda. The last rounds weigh most.",
            ),
            Words(
                nl="De makkelijke artikelen zijn het eerst akkoord: wat overblijft is moeilijker en gaat trager.",
                en="Easy clauses are agreed first: what is left is harder and goes slower.",
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
