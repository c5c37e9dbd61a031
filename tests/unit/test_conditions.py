"""Positions on conditions: what counts, what is lacking, and which clauses can only be agreed together."""

import random
from itertools import permutations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.base import Words
from models.contracts import ClauseRef
from models.enums import ClauseStatus, Stance
from models.errors import Refusal
from models.packages import AllAgreed, Condition, ConditionalPosition, IsAccepted, IsAgreed, Stays
from rules.conditions import assess, check, circles, counting, supplied

NAMES = {"union": Words(nl="de bond", en="the union"), "trade": Words(nl="de handel", en="the traders")}
OPEN, AGREED, CLEAN, PARKED = ClauseStatus.BRACKETED, ClauseStatus.AGREED, ClauseStatus.CLEAN, ClauseStatus.PARKED


def sha(version: int) -> str:
    return f"{version:064x}"


def clause(name: str, status: ClauseStatus = OPEN, version: int = 1, **holds: Stance) -> ClauseRef:
    return ClauseRef(
        id=name, number=name.replace("-", "."), theme="t", version=version, sha256=sha(version), status=status,
        holds=holds,
    )  # fmt: skip


def position(party: str, on: str, *conditions: Condition, version: int = 1) -> ConditionalPosition:
    return ConditionalPosition(party=party, clause=on, sha256=sha(version), conditions=list(conditions))


def stays(name: str, version: int = 1) -> Stays:
    return Stays(clause=name, sha256=sha(version))


def agreed(name: str) -> IsAgreed:
    return IsAgreed(clause=name)


IF_7_STAYS = position("union", "4-2", stays("7-1"))


def test_we_accept_4_2_if_7_1_stays() -> None:
    [met] = assess([IF_7_STAYS], [clause("4-2"), clause("7-1")], (), NAMES)
    [unmet] = assess([IF_7_STAYS], [clause("4-2"), clause("7-1", version=2)], (), NAMES)

    assert met.met
    assert not unmet.met
    assert unmet.lacks[0].needed == stays("7-1")
    assert unmet.lacks[0].sentence == Words(
        nl="Het akkoord van de bond op artikel 4.2 telt niet: artikel 7.1 moest blijven zoals het was, en is "
        "gewijzigd. Nodig: artikel 7.1 terug in de tekst zoals het was, of een nieuw standpunt.",
        en="The agreement of the union with clause 4.2 does not count: clause 7.1 had to stay as it was, and was "
        "changed. Needed: clause 7.1 back in the text as it was, or a new position.",
    )


@pytest.mark.parametrize(
    ("condition", "clauses", "accepted", "why"),
    [
        (stays("7-1"), [clause("4-2"), clause("7-1", PARKED)], (), "clause 7.1 had to stay as it was, and was parked"),
        (agreed("7-1"), [clause("4-2"), clause("7-1")], (), "clause 7.1 is not agreed yet, but bracketed"),
        (agreed("7-1"), [clause("4-2"), clause("7-1", PARKED)], (), "clause 7.1 back in the text and agreed"),
        (agreed("7-1"), [clause("4-2"), clause("7-1", AGREED)], (), None),
        (agreed("7-1"), [clause("4-2"), clause("7-1", CLEAN)], (), None),
        (IsAccepted(amendment="a-1"), [clause("4-2")], ("a-2",), "amendment a-1 is not accepted"),
        (IsAccepted(amendment="a-1"), [clause("4-2")], ("a-1",), None),
        (AllAgreed(), [clause("4-2"), clause("7-1"), clause("8"), clause("9", CLEAN)], (), "agreement on 7.1 and 8"),
        (AllAgreed(), [clause("4-2"), clause("7-1", AGREED), clause("8", PARKED)], (), None),
        (stays("7-1"), [clause("4-2", version=2), clause("7-1")], (), "the text has changed since this position"),
    ],
)
def test_what_each_condition_asks(
    condition: Condition, clauses: list[ClauseRef], accepted: tuple[str, ...], why: str | None
) -> None:
    [found] = assess([position("union", "4-2", condition)], clauses, accepted, NAMES)

    assert found.met is (why is None)
    assert [why in lack.sentence.en for lack in found.lacks if why] == [True] * len(found.lacks)


def test_a_met_position_is_plain_agreement_and_an_unmet_one_no_answer() -> None:
    text = [clause("4-2", union=Stance.AGREE, trade=Stance.OBJECT, ngo=Stance.RESERVATION), clause("7-1", version=2)]
    found = assess([position("union", "4-2", stays("7-1")), position("trade", "4-2", stays("7-1", 2))], text, (), NAMES)

    assert counting(text[0], found) == {"ngo": Stance.RESERVATION, "trade": Stance.AGREE}
    assert counting(text[1], found) == {}


# --- at entry ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("given_position", "code", "said"),
    [
        (position("union", "9", AllAgreed()), "unknown_clause", "There is no clause 9. Expected one of: 4-2 and 7-1."),
        (position("union", "4-2", agreed("9")), "unknown_clause", "no clause 9"),
        (position("union", "4-2", stays("9")), "unknown_clause", "no clause 9"),
        (position("union", "4-2", IsAccepted(amendment="a-9")), "unknown_amendment", "Expected one of: a-1."),
        (position("union", "4-2", agreed("4-2")), "condition_on_itself", "about that clause itself"),
        (position("union", "4-2", stays("4-2", 3)), "condition_on_itself", "about that clause itself"),
        (position("union", "4-2", stays("7-1"), stays("7-1", 2)), "conditions_contradict", "Expected: one version."),
    ],
)
def test_what_can_never_hold_is_refused(given_position: ConditionalPosition, code: str, said: str) -> None:
    with pytest.raises(Refusal) as refused:
        check(given_position, [clause("4-2"), clause("7-1")], ["a-1"])

    assert refused.value.code == code
    assert said in refused.value.words.en


def test_what_can_hold_is_not_refused() -> None:
    asks: list[Condition] = [stays("7-1"), agreed("7-1"), IsAccepted(amendment="a-1"), AllAgreed()]
    check(position("union", "4-2", *asks), [clause("4-2"), clause("7-1")], ["a-1"])


def test_one_position_of_a_party_on_a_clause() -> None:
    with pytest.raises(Refusal, match="more than one position"):
        assess([IF_7_STAYS, position("union", "4-2", AllAgreed())], [clause("4-2"), clause("7-1")], (), NAMES)


# --- circles ----------------------------------------------------------------------------------------------------------


def groups(positions: list[ConditionalPosition], text: list[ClauseRef]) -> list[list[str]]:
    return [[one.clause for one in circle.waiting] for circle in circles(positions, text, (), NAMES)]


def test_two_that_wait_for_each_other_are_a_package() -> None:
    text = [clause("4-2"), clause("7-1"), clause("8")]
    both = [position("trade", "7-1", agreed("4-2")), position("union", "4-2", agreed("7-1"))]
    [found] = circles(both, text, (), NAMES)

    assert found.lacks == []
    assert found.sentence.en == (
        "Clauses 4.2 and 7.1 wait for one another: 4.2 for 7.1 (the union); 7.1 for 4.2 (the traders). "
        "Together it can be done: agreed as one package, all these conditions are met."
    )
    assert found.sentence.nl.startswith("De artikelen 4.2 en 7.1 wachten op elkaar: 4.2 op 7.1 (de bond); ")
    assert not any(one.met for one in assess(both, text, (), NAMES))
    assert all(one.met for one in assess(both, text, (), NAMES, together={"4-2", "7-1"}))


def test_a_circle_that_lacks_something_else_is_no_package_yet() -> None:
    text = [clause("4-2"), clause("7-1"), clause("8", version=2)]
    both = [position("trade", "7-1", agreed("4-2")), position("union", "4-2", agreed("7-1"), stays("8"))]
    [found] = circles(both, text, (), NAMES)

    assert [lack.needed for lack in found.lacks] == [stays("8")]
    assert "lacking even as a package. The agreement of the union with clause 4.2" in found.sentence.en


def test_a_circle_of_a_position_that_fell_or_a_clause_that_is_agreed_is_none() -> None:
    both = [position("trade", "7-1", agreed("4-2")), position("union", "4-2", agreed("7-1"))]

    assert groups(both, [clause("4-2"), clause("7-1", AGREED)]) == []
    assert groups(both, [clause("4-2"), clause("7-1", PARKED)]) == []
    assert groups(both, [clause("4-2", version=2), clause("7-1")]) == []
    assert groups(both[:1], [clause("4-2"), clause("7-1")]) == []


def test_everything_waits_for_everything_as_one_package() -> None:
    text = [clause(f"c-{nr}") for nr in range(300)]
    found = circles([position("union", one.id, AllAgreed()) for one in text], text, (), NAMES)

    assert len(found) == 1
    assert len(found[0].waiting) == len(text)
    assert found[0].lacks == []
    assert "c.0 for everything (the union)" in found[0].sentence.en


def test_everything_makes_a_circle_with_who_waits_for_it() -> None:
    text = [clause("4-2"), clause("7-1"), clause("8")]

    assert groups([position("union", "4-2", AllAgreed())], text) == []
    asks = [position("union", "4-2", AllAgreed()), position("trade", "7-1", agreed("4-2"))]
    assert groups(asks, text) == [["4-2", "7-1"]]
    [found] = circles(asks, text, (), NAMES)
    assert [lack.needed for lack in found.lacks] == [AllAgreed()]  # clause 8 is still open


def test_circles_are_told_apart_and_those_that_share_a_clause_are_one() -> None:
    text = [clause(name) for name in "abcdefg"]

    def wait(*pairs: str) -> list[ConditionalPosition]:
        return [position(f"p{nr}", pair[0], agreed(pair[1])) for nr, pair in enumerate(pairs)]

    assert groups(wait("ab", "ba", "cd", "de", "ec", "bc", "fg"), text) == [["a", "b"], ["c", "d", "e"]]
    assert groups(wait("ab", "ba", "bc", "cb"), text) == [["a", "b", "c"]]


def test_sentences_stay_within_their_length() -> None:
    text = [clause("c-1"), clause("c-2")]
    for one in text:
        one.number = "x" * 300
    long = {f"p-{nr}": Words(nl="n" * 4000, en="e" * 4000) for nr in range(40)}
    asks = [
        position(party, one.id, AllAgreed(), agreed(other.id), IsAccepted(amendment="a" * 200))
        for party in long
        for one, other in permutations(text)
    ]

    [found] = circles(asks, text, (), long)

    assert len(found.lacks) == 80
    assert all(len(lack.sentence.en) < 1000 for one in assess(asks, text, (), long) for lack in one.lacks)


# --- properties -------------------------------------------------------------------------------------------------------

IDS = ["c-1", "c-2", "c-3", "c-4"]
TEXTS = st.tuples(*(st.builds(clause, st.just(i), st.sampled_from(ClauseStatus), st.integers(1, 3)) for i in IDS)).map(
    list
)
CONDITIONS = st.one_of(
    st.builds(stays, st.sampled_from(IDS), st.integers(1, 3)),
    st.builds(agreed, st.sampled_from(IDS)),
    st.builds(IsAccepted, amendment=st.sampled_from(["a-1", "a-2"])),
    st.builds(AllAgreed),
)


def fits(one: ConditionalPosition) -> bool:
    try:
        check(one, [clause(name) for name in IDS], ["a-1", "a-2"])
    except Refusal:
        return False
    return True


POSITIONS = st.builds(
    lambda party, on, asks, version: position(party, on, *asks, version=version),
    st.sampled_from(["union", "trade", "ngo"]), st.sampled_from(IDS), st.lists(CONDITIONS, min_size=1, max_size=5),
    st.integers(1, 2),
).filter(fits)  # fmt: skip
MANY = st.lists(POSITIONS, max_size=10, unique_by=lambda one: (one.party, one.clause))
ACCEPTED = st.sets(st.sampled_from(["a-1", "a-2"]))


@settings(deadline=None)
@given(MANY, TEXTS, ACCEPTED, st.randoms(use_true_random=False))
def test_order_never_matters(
    positions: list[ConditionalPosition], text: list[ClauseRef], accepted: set[str], dice: random.Random
) -> None:
    shuffled = [
        one.model_copy(update={"conditions": dice.sample(one.conditions * 2, 2 * len(one.conditions))})
        for one in dice.sample(positions, len(positions))
    ]

    assert assess(shuffled, text, accepted, NAMES) == assess(positions, text, accepted, NAMES)
    assert circles(shuffled, text, accepted, NAMES) == circles(positions, text, accepted, NAMES)


@settings(deadline=None)
@given(POSITIONS, TEXTS, ACCEPTED)
def test_supplying_what_is_needed_makes_it_met(
    one: ConditionalPosition, text: list[ClauseRef], accepted: set[str]
) -> None:
    [before] = assess([one], text, accepted, NAMES)
    text_after, accepted_after = supplied(before.lacks, one.clause, text, accepted)
    [after] = assess([one], text_after, accepted_after, NAMES)

    assert after.met
    assert before.met is (text_after == text and accepted_after == accepted)


@settings(deadline=None)
@given(MANY, TEXTS, ACCEPTED)
def test_a_circle_is_exactly_who_reaches_one_another(
    positions: list[ConditionalPosition], text: list[ClauseRef], accepted: set[str]
) -> None:
    free = {one.id for one in text if one.status in {OPEN, ClauseStatus.BLOCKED}}
    steps: dict[str, set[str]] = {name: set() for name in free}
    for one in positions:
        if one.clause in free and one.sha256 == next(ref.sha256 for ref in text if ref.id == one.clause):
            for condition in one.conditions:
                named = {condition.clause} if isinstance(condition, IsAgreed) else set()
                steps[one.clause] |= free - {one.clause} if isinstance(condition, AllAgreed) else named & free

    def reached(start: str) -> set[str]:
        seen, todo = set[str](), list(steps[start])
        while todo:
            here = todo.pop()
            if here not in seen:
                seen.add(here)
                todo += steps[here]
        return seen

    expected = {
        frozenset({name} | {other for other in reached(name) if name in reached(other)}) for name in sorted(free)
    }
    found = circles(positions, text, accepted, NAMES)
    assert [{one.clause for one in circle.waiting} for circle in found] == [
        set(group) for group in sorted(expected, key=sorted) if len(group) > 1
    ]
    for circle in found:
        group = {one.clause for one in circle.waiting}
        versions = {one.id: one.sha256 for one in text}
        inside = [one for one in positions if one.clause in group and one.sha256 == versions[one.clause]]
        taken = assess(inside, text, accepted, NAMES, together=group)
        assert bool(circle.lacks) is not all(one.met for one in taken)
