"""Package deals, against counting out every package there is."""

import random
from collections.abc import Iterable
from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.base import Words
from models.errors import Refusal
from models.packages import Aim, Band, Option, Package, PackageClause, PackageParty, PackageQuestion, RedLine, Swap
from rules import packages
from rules.package_words import explained
from rules.packages import MUCH, SOME, UNITS, Choice, band, check, efficient, gained, propose


def words(text: str) -> Words:
    return Words(nl=f"{text} (nl)", en=text)


def clause(name: str, *options: str) -> PackageClause:
    made = [Option(id=one, label=words(one)) for one in options]
    return PackageClause(id=name, number=name.replace("-", "."), options=made)


def party(name: str, weights: dict[str, float], red: Iterable[str] = (), **scores: dict[str, float]) -> PackageParty:
    """Make a party; scores by the last part of the clause's id, red lines as 'clause/option'."""
    return PackageParty(
        id=name, name=words(name.upper()), weights=weights,
        scores={key.replace("_", "-"): one for key, one in scores.items()},
        red_lines=[RedLine(clause=one.split("/")[0], option=one.split("/")[1]) for one in red],
    )  # fmt: skip


GOLD = PackageQuestion(
    clauses=[clause("mining", "out", "in"), clause("recycling", "in", "traced"), clause("outreach", "none", "fund")],
    parties=[
        party(
            "ngo", {"mining": 6, "recycling": 1, "outreach": 3},
            mining={"out": 0, "in": 1}, recycling={"in": 0.5, "traced": 1}, outreach={"none": 0, "fund": 1},
        ),
        party(
            "trade", {"mining": 5, "recycling": 3, "outreach": 2}, ["mining/in"],
            mining={"out": 1, "in": 0}, recycling={"in": 0.9, "traced": 1}, outreach={"none": 0.6, "fund": 1},
        ),
        party("state", {}, recycling={"in": 1, "traced": 0}),
    ],
)  # fmt: skip
"""As in the gold talks: mining against recycled gold, unlocked by a wider package (domain P4, P5)."""


def test_a_wider_package_unlocks_what_a_red_line_blocks() -> None:
    found = propose(GOLD)

    assert [(swap.clause, swap.option) for swap in found.swaps] == [("recycling", "traced"), ("outreach", "fund")]
    assert found.bands == {"ngo": Band.GAINS_MUCH, "trade": Band.GAINS_MUCH, "state": Band.EVEN}
    assert found.indifferent == ["state"]
    assert (found.best, found.efficient) == (True, True)
    assert found.sentence.en == (
        "No other package leaves the party that gains least better off. 2 clauses get another text: recycling 'traced' "
        "and outreach 'fund'. Gains much: NGO and TRADE. Without weights, or where all alternatives are as good, only "
        "red lines count: STATE. No allowed package is better for one without being worse for another."
    )
    assert "recycling 'traced (nl)' en outreach 'fund (nl)'. Wint veel: NGO (nl) en TRADE (nl)." in found.sentence.nl


def test_what_a_party_told_in_confidence_never_comes_out() -> None:
    assert "weights" not in repr(GOLD)
    assert "scores" not in repr(GOLD)
    for found in efficient(GOLD):
        assert not numbers(found.model_dump())


def numbers(value: object) -> bool:
    if isinstance(value, dict):
        return any(map(numbers, value.values()))
    if isinstance(value, list):
        return any(map(numbers, value))
    return isinstance(value, int | float) and not isinstance(value, bool)


def test_with_nothing_to_gain_the_current_text_stays() -> None:
    content = party("union", {"a": 1}, a={"now": 1, "new": 0})
    found = propose(PackageQuestion(clauses=[clause("a", "now", "new"), clause("b", "now")], parties=[content]))

    assert found.swaps == []
    assert "The current text stays. Neither gains nor loses: UNION." in found.sentence.en


def test_a_red_line_on_the_current_text_forces_a_change() -> None:
    silent = party("union", {}, ["a/now"])
    question = PackageQuestion(clauses=[clause("a", "now", "one", "two")], parties=[silent])

    assert [swap.clause for swap in propose(question).swaps] == ["a"]


def test_one_that_is_indifferent_hides_nobody() -> None:
    eager = party("union", {"a": 1}, a={"now": 0, "new": 1})
    cool = party("trade", {"a": 1}, a={"now": 0.5, "new": 0.5})
    found = propose(PackageQuestion(clauses=[clause("a", "now", "new")], parties=[eager, cool]))

    assert found.bands == {"union": Band.GAINS_MUCH, "trade": Band.EVEN}
    assert found.indifferent == ["trade"]


@pytest.mark.parametrize(
    ("gain", "found"),
    [
        (MUCH, Band.GAINS_MUCH), (MUCH - 1, Band.GAINS_A_LITTLE), (SOME, Band.GAINS_A_LITTLE), (SOME - 1, Band.EVEN),
        (0, Band.EVEN), (1 - SOME, Band.EVEN), (-SOME, Band.LOSES_A_LITTLE), (1 - MUCH, Band.LOSES_A_LITTLE),
        (-MUCH, Band.LOSES_MUCH),
    ],
)  # fmt: skip
def test_bands_are_the_same_up_and_down(gain: int, found: Band) -> None:
    assert band(gain) is found


# --- what cannot be answered ------------------------------------------------------------------------------------------

TWO = [clause("a", "now", "new"), clause("b", "now", "new")]


@pytest.mark.parametrize(
    ("clauses", "parties", "most", "code", "said"),
    [
        ([*TWO, TWO[0]], [party("u", {})], None, "twice", "a is there twice"),
        ([clause("a", "now", "now")], [party("u", {})], None, "twice", "now is there twice"),
        (TWO, [party("u", {}), party("u", {})], None, "twice", "u is there twice"),
        (TWO, [party("u", {"c": 1})], None, "unknown_clause", "c, which is not there. Expected one of: a and b."),
        (TWO, [party("u", {}, c={"now": 1})], None, "unknown_clause", "U names c"),
        (TWO, [party("u", {}, ["c/now"])], None, "unknown_clause", "U names c"),
        (TWO, [party("u", {}, ["a/old"])], None, "unknown_option", "U names a/old"),
        (TWO, [party("u", {}, a={"now": 1, "new": 1, "old": 1})], None, "unknown_option", "one of: now and new"),
        (TWO, [party("u", {}, a={"now": 1})], None, "score_missing", "every alternative of a: new is missing"),
        (
            TWO, [party("u", {}, ["a/now"]), party("t", {}, ["a/new"]), party("s", {}, ["b/new"])], None,
            "no_option_left", "At clause a every alternative is a red line for somebody: U and T.",
        ),
        (
            TWO, [party("u", {}, ["a/now"]), party("t", {}, ["b/now"])], 1,
            "too_few_changes", "is a red line at a and b. Expected: at least 2 changes allowed; now 1.",
        ),
    ],
)  # fmt: skip
def test_what_cannot_be_answered_is_said(
    clauses: list[PackageClause], parties: list[PackageParty], most: int | None, code: str, said: str
) -> None:
    with pytest.raises(Refusal) as refused:
        propose(PackageQuestion(clauses=clauses, parties=parties, most_changes=most))

    assert refused.value.code == code
    assert said in refused.value.words.en


# --- against counting out ---------------------------------------------------------------------------------------------


@st.composite
def questions(draw: st.DrawFn) -> PackageQuestion:
    sizes = draw(st.lists(st.integers(1, 3), min_size=1, max_size=4))
    clauses = [clause(f"c-{nr}", *(f"o-{one}" for one in range(size))) for nr, size in enumerate(sizes)]
    score = st.sampled_from([0, 0.1, 0.25, 0.5, 2 / 3, 1])
    often = st.sampled_from([True, True, True, False])
    lines = [RedLine(clause=one.id, option=option.id) for one in clauses for option in one.options]
    parties = [
        PackageParty(
            id=f"p-{nr}", name=words(f"P{nr}"),
            weights={one.id: draw(st.integers(0, 7)) for one in clauses if draw(often)},
            scores={
                one.id: {option.id: draw(score) for option in one.options} for one in clauses if draw(often)
            },
            red_lines=draw(st.lists(st.sampled_from(lines), max_size=2)),
        )
        for nr in range(draw(st.integers(1, 4)))
    ]  # fmt: skip
    most = draw(st.none() | st.integers(0, 4))
    return PackageQuestion(clauses=clauses, parties=parties, most_changes=most)


def possible(question: PackageQuestion) -> bool:
    try:
        check(question)
    except Refusal:
        return False
    return True


QUESTIONS = questions().filter(possible)


def all_allowed(question: PackageQuestion) -> list[Choice]:
    red = {(line.clause, line.option) for one in question.parties for line in one.red_lines}
    most = len(question.clauses) if question.most_changes is None else question.most_changes
    return [
        choice
        for choice in product(*(range(len(one.options)) for one in question.clauses))
        if sum(map(bool, choice)) <= most
        and not any((one.id, one.options[nr].id) in red for one, nr in zip(question.clauses, choice, strict=True))
    ]


def chosen(question: PackageQuestion, found: Package) -> Choice:
    swaps = {swap.clause: swap.option for swap in found.swaps}
    return tuple([one.id for one in clause.options].index(swaps.get(clause.id, clause.options[0].id))
                 for clause in question.clauses)  # fmt: skip


def gains_of(question: PackageQuestion, choices: list[Choice]) -> np.ndarray[tuple[int, ...], np.dtype[np.int64]]:
    """Return the gain of each party that cares (column) by each choice (row)."""
    anything = product(*(range(len(one.options)) for one in question.clauses))
    everywhere = [gained(question, choice) for choice in anything]
    caring = [one.id for one in question.parties if any(gains[one.id] for gains in everywhere)]
    rows = [[gained(question, choice)[name] for name in caring] for choice in choices]
    return np.array(rows, dtype=np.int64).reshape(len(choices), len(caring))


def rank(gains: np.ndarray[tuple[int, ...], np.dtype[np.int64]], choice: Choice) -> tuple[int, int, int]:
    return int(gains.min(initial=UNITS)), int(gains.sum()), -sum(map(bool, choice))


@settings(deadline=None, max_examples=40)
@given(QUESTIONS)
def test_a_gain_is_weight_times_score_over_the_current_text(question: PackageQuestion) -> None:
    for choice in all_allowed(question):
        for one in question.parties:
            whole = sum(one.weights.values()) or 1
            exact = sum(
                one.weights.get(clause.id, 0) / whole * (scores[clause.options[nr].id] - scores[clause.options[0].id])
                for clause, nr in zip(question.clauses, choice, strict=True)
                if (scores := one.scores.get(clause.id))
            )
            assert abs(gained(question, choice)[one.id] - UNITS * exact) <= 0.5 * len(choice) + 1e-6


@settings(deadline=None, max_examples=40)
@given(QUESTIONS)
def test_no_package_leaves_who_gains_least_better_off(question: PackageQuestion) -> None:
    choices = all_allowed(question)
    table = gains_of(question, choices)
    expected = max(rank(row, choice) for row, choice in zip(table, choices, strict=True))

    found = propose(question)
    mine = chosen(question, found)

    assert mine in choices  # red lines and the number of changes are kept
    assert rank(gains_of(question, [mine])[0], mine) == expected
    assert found.best
    assert found.efficient


@settings(deadline=None, max_examples=40)
@given(QUESTIONS)
def test_nothing_beats_an_efficient_package(question: PackageQuestion) -> None:
    choices = all_allowed(question)
    table = gains_of(question, choices)
    found = efficient(question)
    mine = [chosen(question, one) for one in found]

    assert 1 <= len(found) <= 5
    assert len(set(mine)) == len(mine)
    assert mine[0] == chosen(question, propose(question))
    for package, choice in zip(found, mine, strict=True):
        assert choice in choices
        here = gains_of(question, [choice])[0]
        beaten = (table >= here).all(axis=1) & (table > here).any(axis=1)
        assert not beaten.any()
        assert package.efficient
        if package.aim is Aim.TOTAL:
            assert here.sum() == table.sum(axis=1).max()
        assert package.bands == {name: band(gain) for name, gain in gained(question, choice).items()}
        assert package.sentence == explained(question, package)


@settings(deadline=None, max_examples=25)
@given(QUESTIONS, st.randoms(use_true_random=False), st.sampled_from([2, 4, 1024]))
def test_neither_the_order_of_parties_nor_the_scale_of_weights_matters(
    question: PackageQuestion, dice: random.Random, scale: int
) -> None:
    mixed = [
        one.model_copy(update={"weights": {key: weight * scale for key, weight in reversed(one.weights.items())}})
        for one in dice.sample(question.parties, len(question.parties))
    ]
    other = question.model_copy(update={"parties": mixed})

    assert [one.swaps for one in efficient(other)] == [one.swaps for one in efficient(question)]
    assert propose(other).bands == propose(question).bands


def test_with_one_change_allowed_one_clause_changes_whoever_is_named_first() -> None:
    up: dict[str, float] = {"now": 0, "new": 1}
    three = [party("a", {"a": 1}, a=up), party("b", {"b": 1}, b=up), party("c", {"c": 1}, c=up)]
    question = PackageQuestion(clauses=[*TWO, clause("c", "now", "new")], parties=three, most_changes=1)
    found = efficient(question)

    assert sorted(chosen(question, one) for one in found) == [(0, 0, 1), (0, 1, 0), (1, 0, 0)]
    other = efficient(question.model_copy(update={"parties": three[::-1]}))
    assert [(one.swaps, one.favours) for one in other] == [(one.swaps, one.favours) for one in found]


def test_what_is_beaten_gives_way_to_what_beats_it() -> None:
    both = [party("u", {"a": 1}, a={"now": 0, "new": 1}), party("t", {"b": 1}, b={"now": 0, "new": 1})]
    question = PackageQuestion(clauses=TWO, parties=both)

    found = packages._package(question, packages._table(question), Aim.WORST_OFF, (0, 1), best=False)

    assert [swap.clause for swap in found.swaps] == ["a", "b"]
    assert found.efficient


# --- large ones -------------------------------------------------------------------------------------------------------


def large(clauses: int, parties: int) -> PackageQuestion:
    dice = np.random.default_rng(7)
    text = [clause(f"c-{nr}", "o-0", "o-1", "o-2") for nr in range(clauses)]
    return PackageQuestion(
        clauses=text,
        parties=[
            PackageParty(
                id=f"p-{nr:02}", name=words("p" * 300),
                weights={one.id: dice.exponential() for one in text},
                scores={one.id: {option.id: dice.random() for option in one.options} for one in text},
            )
            for nr in range(parties)
        ],
    )  # fmt: skip


def test_when_the_search_is_cut_short_that_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(packages, "NODES", 1)
    question = large(30, 10)

    found = propose(question)

    assert not found.best
    assert "there may be a better one" in found.sentence.en
    assert min(gained(question, chosen(question, found)).values()) >= 0  # at least as good as the current text


def test_sentences_stay_within_their_length() -> None:
    question = large(30, 100)
    long = [one.model_copy(update={"number": "9" * 300}) for one in question.clauses]
    for one in long:
        for option in one.options:
            option.label = Words(nl="n" * 4000, en="e" * 4000)
    names = [one.id for one in question.parties]
    package = propose(large(4, 2)).model_copy(
        update={
            "bands": {name: list(Band)[nr % 5] for nr, name in enumerate(names)},
            "indifferent": names[50:],
            "aim": Aim.PARTY,
            "favours": names[0],
            "best": False,
            "efficient": False,
            "swaps": [Swap(clause=one.id, option="o-1") for one in long],
        }
    )

    said = explained(question.model_copy(update={"clauses": long}), package)

    assert "and 18 others" in said.en
    assert "and 4 others" in said.en
