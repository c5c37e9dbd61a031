"""With which seat someone acts whose address has, from before it was refused, more than one in a covenant."""

from collections.abc import Sequence
from datetime import date, timedelta
from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.contracts import Mandate
from models.enums import Power, Role, TaskKind
from rules.access import Seat, Viewer, own_task
from rules.answering import POWERS, WHOLE, covers

TODAY = date(2027, 1, 11)
ALL = list(Power)


def seat(person: str, *mandates: Mandate, party: str | None = "fnv", roles: Sequence[Role] = ()) -> Seat:
    return Seat("c", person, person, party=party, roles=frozenset(roles), mandates=mandates)


NONE = seat("a-none")
LAPSED = seat("b-lapsed", Mandate(powers=ALL, until=TODAY - timedelta(days=1)))
SPEAKS = seat("c-speaks", Mandate(powers=[Power.SPEAK]))
CLIMATE = seat("d-climate", Mandate(powers=ALL, themes=["climate"]))
SIGNS = seat("e-signs", Mandate(powers=[Power.SIGN]))
COMMITS = seat("f-commits", Mandate(powers=[Power.COMMIT, Power.SPEAK], until=TODAY))


@pytest.mark.parametrize(
    ("seats", "kind", "wanted"),
    [
        ((NONE, SPEAKS), TaskKind.DOCUMENT, SPEAKS),
        ((NONE, LAPSED, SPEAKS), TaskKind.POSITIONS, SPEAKS),
        ((SPEAKS, COMMITS), TaskKind.APPROVAL, COMMITS),
        ((LAPSED, COMMITS), TaskKind.RATIFICATION, COMMITS),
        ((SPEAKS, CLIMATE, SIGNS), TaskKind.SIGNATURE, SIGNS),
        ((CLIMATE, COMMITS), TaskKind.APPROVAL, COMMITS),
        ((CLIMATE, SIGNS), TaskKind.POSITIONS, CLIMATE),
        ((NONE, LAPSED), TaskKind.SIGNATURE, LAPSED),
    ],
)
def test_the_seat_whose_mandate_covers_what_is_asked_answers(
    seats: tuple[Seat, ...], kind: TaskKind, wanted: Seat
) -> None:
    other = seat("0-other", Mandate(powers=ALL), party="cnv")
    for order in permutations((*seats, other)):
        assert own_task(Viewer("x@example.org", order), "fnv", None, kind, TODAY) is wanted


mandates = st.builds(
    Mandate,
    powers=st.lists(st.sampled_from(Power), min_size=1, max_size=3, unique=True),
    themes=st.lists(st.sampled_from(["climate", "wage"]), max_size=1),
    until=st.none() | st.dates(TODAY - timedelta(days=2), TODAY + timedelta(days=2)),
)
tables = st.lists(st.lists(mandates, max_size=2), min_size=1, max_size=4)


@given(tables, st.sampled_from(TaskKind))
def test_an_answer_counts_if_it_does_with_any_of_the_seats(held: list[list[Mandate]], kind: TaskKind) -> None:
    viewer = Viewer("x@example.org", tuple(seat(f"p{place}", *some) for place, some in enumerate(held)))

    def counts(one: Seat) -> bool:
        return any(covers(mandate, POWERS.get(kind), TODAY, None, whole=kind in WHOLE) for mandate in one.mandates)

    chosen = own_task(viewer, "fnv", None, kind, TODAY)
    assert chosen is not None
    assert counts(chosen) is any(counts(one) for one in viewer.seats)


def test_who_may_do_more_comes_first_and_an_office_is_found_wherever_it_is() -> None:
    anna = seat("a-anna", party=None, roles=[Role.FACILITATOR])
    viewer = Viewer("x@example.org", (anna, NONE, SPEAKS, COMMITS))
    assert [one.person for one in viewer.seats] == ["f-commits", "c-speaks", "a-anna", "a-none"]
    assert own_task(viewer, "chair", Role.CHAIR) is anna
    assert viewer.seat(party="cnv") is None
