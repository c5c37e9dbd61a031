"""What each round left open by clause and party, and who stands behind the whole text."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from models.base import Words
from models.outlook import Count
from rules import movement
from rules.movement import Stood
from rules.outlook import Group, Seat

START = datetime(2027, 1, 1, tzinfo=UTC)
SEATS = [Seat(one, Words(nl=one, en=one), group) for one, group in (("fnv", "u"), ("cnv", "u"), ("vgt", "b"))]
GROUPS = [Group(one, Words(nl=name, en=name)) for one, name in (("b", "Business"), ("u", "Unions"), ("g", "Nobody"))]


def day(number: int) -> datetime:
    return START + timedelta(days=number)


STOOD = st.builds(
    lambda clause, party, since, days: Stood(clause, party, day(since), None if days is None else day(since + days)),
    st.sampled_from(["wage", "air"]), st.sampled_from(["fnv", "vgt"]), st.integers(0, 30),
    st.none() | st.integers(1, 30),
)  # fmt: skip


def test_what_each_round_left_open() -> None:
    brackets = [Stood("wage", "fnv", day(1), day(12)), Stood("air", "fnv", day(15))]
    objections = [Stood("wage", "vgt", day(2)), Stood("wage", "cnv", day(2), day(10))]
    first, second, now = movement.left([(1, day(10)), (2, day(20))], brackets, objections)
    assert (first.round, first.total) == (1, Count(brackets=1, objections=1)), "overruled at the close is not left"
    assert first.parties == {"fnv": Count(brackets=1), "vgt": Count(objections=1)}
    assert second.clauses == {"air": Count(brackets=1), "wage": Count(objections=1)}
    assert (now.round, now.total) == (None, second.total)
    assert movement.left_words(second.parties["fnv"]).en == "1 proposal"
    assert movement.left_words(Count(brackets=2, objections=3)).nl == "2 voorstellen, 3 bezwaren"
    assert movement.left_words(None).en == "-"


@given(st.lists(STOOD, max_size=12), st.lists(STOOD, max_size=12))
def test_the_totals_are_the_sums_by_clause_and_by_party(brackets: list[Stood], objections: list[Stood]) -> None:
    for one in movement.left([(1, day(10)), (2, day(25))], brackets, objections):
        for counts in (one.clauses, one.parties):
            assert sum(each.brackets for each in counts.values()) == one.total.brackets
            assert sum(each.objections for each in counts.values()) == one.total.objections
    assert one.total.brackets == sum(each.until is None for each in brackets)


def test_the_constituency_least_behind_the_text_comes_first() -> None:
    behind = {"wage": {"fnv", "vgt"}, "air": {"fnv", "cnv", "vgt"}}
    found = movement.support(["wage", "air"], behind, SEATS, GROUPS)
    assert [(one.constituency, one.behind, one.seated) for one in found] == [("u", 1, 2), ("b", 1, 1)]
    said = movement.least(found)
    assert said is not None
    assert said.nl == "Het minst gedragen door: Unions (1 van 2)."
    nobody = movement.least(movement.support(["wage", "air"], {}, SEATS, GROUPS))
    assert nobody is not None
    assert nobody.en == "Least supported by: Business (0 of 1), Unions (0 of 2)."
    every = movement.least(movement.support(["air"], behind, SEATS, GROUPS))
    assert every is not None
    assert every.en.startswith("Every constituency stands behind the whole text")
    assert movement.least([]) is None
