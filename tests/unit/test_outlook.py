"""What stands between the parties and an agreement, and the indication of rounds: honest, monotone and calibrated."""

import random
from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.base import Words
from models.enums import ClauseStatus, Stance
from rules import forecasting, outlook
from rules.outlook import Group, Seat, State

S = ClauseStatus


def both(text: str) -> Words:
    return Words(nl=f"{text} nl", en=f"{text} en")


SEATS = [Seat(one, both(one), group) for one, group in (("fnv", "u"), ("cnv", "u"), ("modint", "b"), ("vgt", "b"))]
GROUPS = [Group("u", both("Unions")), Group("b", both("Business"))]


def state(**more: object) -> State:
    return State("wage", "4", both("Wage"), S.BLOCKED, **more)  # type: ignore[arg-type]


def test_each_gap_names_who_and_what() -> None:
    found = outlook.gap(
        state(
            stances={"cnv": Stance.AGREE, "modint": Stance.RESERVATION}, answered={"fnv", "cnv", "modint"},
            objections={"fnv": ("norm", "Name the wage.")}, movers=["cnv", "cnv"],
        ),
        SEATS, GROUPS,
    )  # fmt: skip
    assert found.sentence.en == (
        "Clause 4: fnv en objects (norm); lifted if: Name the wage; words between brackets from cnv en; "
        "no position on this text yet from vgt en."
    )
    assert found.sentence.nl.startswith("Artikel 4: bezwaar van fnv nl (norm); weg als: Name the wage;")
    assert (found.objectors, found.movers, found.silent) == (["fnv"], ["cnv"], ["vgt"])
    assert found.lowest is not None
    assert [(one.constituency, one.behind, one.seated) for one in found.support] == [("u", 1, 2), ("b", 1, 2)]
    assert outlook.whole([found], 12).en == (
        "1 of the 12 clauses is still open: 1 objection, 1 party with words between brackets, "
        "1 party without a position."
    )
    assert outlook.whole([], 12).nl.startswith("Er staat niets meer")


def test_what_everyone_answered_and_nobody_opposes_asks_for_more_support() -> None:
    quiet = outlook.gap(state(answered={seat.id for seat in SEATS}), SEATS, GROUPS)
    assert "the rule asks for more" in quiet.sentence.en
    assert not outlook.is_open(S.PARKED, ["fnv"])
    assert outlook.is_open(S.AGREED, ["fnv"])
    assert not outlook.is_open(S.CLEAN, [])


def converged(*settled: int, total: int = 12) -> list[tuple[int, Counter[ClauseStatus]]]:
    return [(n, Counter({S.AGREED: one, S.BLOCKED: total - one})) for n, one in enumerate(settled, 1)]


def test_an_indication_waits_for_the_second_round_and_never_stands_without_its_interval() -> None:
    assert forecasting.forecast(converged(4), 8) is None
    assert forecasting.forecast(converged(4, 12), 0) is None
    found = forecasting.forecast(converged(4, 8), 4)
    assert found is not None
    assert f"{found.low} to {found.high} rounds still, the middle is {found.middle}" in found.sentence.en
    assert "No promise" in found.sentence.en
    assert len(found.assumptions) == 4
    assert "a clause was agreed 8 times, of the 20 times" in found.assumptions[0].en
    stuck = forecasting.forecast(converged(0, 0, 0, 0), 12)
    assert stuck is not None
    assert stuck.high == forecasting.MOST
    assert "or more" in stuck.sentence.en


def test_clauses_that_are_opened_again_are_no_negative_pace() -> None:
    assert forecasting.paces(converged(6, 3, 9)) == [(12, 6), (6, 0), (9, 6)]


@given(st.lists(st.tuples(st.integers(1, 30), st.integers(0, 30)), min_size=2, max_size=8), st.integers(1, 40))
def test_the_interval_holds_the_middle_and_more_settled_is_never_later(seen: list[tuple[int, int]], left: int) -> None:
    seen = [(began, min(settled, began)) for began, settled in seen]
    low, middle, high = forecasting.quantiles(seen, left)
    assert 1 <= low <= middle <= high <= forecasting.MOST
    better = [(began, min(settled + 1, began)) for began, settled in seen]
    for one, other in zip(forecasting.quantiles(better, left), (low, middle, high), strict=True):
        assert one <= other
    for one, other in zip(forecasting.quantiles(seen, left), forecasting.quantiles(seen, left + 1), strict=True):
        assert one <= other


@pytest.mark.parametrize("spread", [0.0, 0.15])
def test_four_times_out_of_five_it_lies_between(spread: float) -> None:
    """Negotiations of twelve clauses, alike or not, seen after the second round."""
    dice, held, told = random.Random(7), 0, 0  # noqa: S311 a simulation
    while told < 400:
        pace = dice.uniform(0.15, 0.6)
        chances = [min(max(pace + dice.uniform(-spread, spread), 0.05), 0.95) for _ in range(12)]
        needed = []
        for chance in chances:
            rounds = 1
            while dice.random() > chance:
                rounds += 1
            needed.append(rounds)
        after = [sum(one <= number for one in needed) for number in (1, 2)]
        left = 12 - after[1]
        if left == 0:
            continue
        low, _, high = forecasting.quantiles([(12, after[0]), (12 - after[0], after[1] - after[0])], left)
        told += 1
        held += low <= max(needed) - 2 <= high
    assert 0.7 <= held / told <= 0.97, held / told


def test_eight_in_ten_talks_end_within_the_interval_however_unlike_their_clauses_are() -> None:
    dice, held, told = random.Random(4), 0, 0  # noqa: S311 a simulation
    while told < 200:
        mean, alike, after = dice.betavariate(2, 4), dice.choice([5, 8, 12, 1000]), dice.randint(2, 5)
        chances = [dice.betavariate(mean * alike, (1 - mean) * alike) for _ in range(dice.randint(8, 40))]
        left = [len(chances)]
        while chances and len(left) < 400:
            chances = [chance for chance in chances if dice.random() >= chance]
            left.append(len(chances))
        if len(left) <= after or left[after] == 0:
            continue
        seen = [(left[one], left[one] - left[one + 1]) for one in range(after)]
        low, _, high = forecasting.quantiles(seen, left[after])
        needed = len(left) - 1 - after
        told += 1
        held += low <= needed and (needed <= high or high == forecasting.MOST)
    assert 0.7 <= held / told <= 0.9, held / told
