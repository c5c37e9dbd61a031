"""Amendments: applied, merged, colliding, carried over, and shown as brackets."""

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from models.amending import AmendmentText, Edit
from models.errors import Refusal
from rules import amending

TEXT = "Companies pay a living wage within six months. They report each year."
WORDS = st.lists(
    st.sampled_from(["loon", "de", "55%", "partijen", ",", ".", "\n", "a", "één", "2.030,50"]), max_size=12
)
TEXTS = WORDS.map(" ".join)


def edit(old: str, new: str, text: str = TEXT) -> Edit:
    """Replace the first occurrence of some words."""
    start = text.index(old)
    return Edit(start=start, end=start + len(old), text=new)


def test_edits_are_found_word_by_word() -> None:
    new = TEXT.replace("six", "nine").replace("each", "every")
    assert amending.edits_between(TEXT, new) == [edit("six", "nine"), edit("each", "every")]
    assert amending.edits_between(TEXT, TEXT) == []


@given(TEXTS, TEXTS)
def test_edits_turn_the_old_text_into_the_new(old: str, new: str) -> None:
    edits = amending.edits_between(old, new)
    assert amending.applied(old, edits) == new
    assert amending.checked(old, edits) == edits


@pytest.mark.parametrize(
    ("one", "other", "meet"),
    [
        (edit("six", "nine"), edit("months", "weeks"), False),
        (edit("six", "nine"), edit("six months", "a year"), True),
        (edit("six", "nine"), edit("six", "ten"), True),
        (edit("six ", "nine "), edit("months", "weeks"), False),
        (Edit(start=5, end=5, text="x"), Edit(start=5, end=5, text="y"), True),
        (Edit(start=5, end=5, text="x"), Edit(start=5, end=9), True),
        (Edit(start=9, end=9, text="x"), Edit(start=5, end=9), True),
        (Edit(start=10, end=10, text="x"), Edit(start=5, end=9), False),
    ],
)
def test_what_is_about_the_same_place(one: Edit, other: Edit, *, meet: bool) -> None:
    assert amending.touching(one, other) is meet
    assert amending.touching(other, one) is meet


def test_collisions_are_named_and_never_merged() -> None:
    proposals = {
        "union": [edit("six", "three")],
        "trade": [edit("six months", "two years")],
        "ngo": [edit("each year", "twice a year")],
    }
    assert amending.collisions(TEXT, proposals) == [amending.Collision("trade", "union", "six months")]
    with pytest.raises(Refusal) as refused:
        amending.merged(TEXT, proposals)
    assert refused.value.code == "amendments_collide"
    assert refused.value.evidence["pairs"] == "trade / union"


def test_the_same_words_from_two_parties_are_one_change() -> None:
    proposals = {"union": [edit("six", "three")], "ngo": [edit("six", "three")]}
    assert amending.collisions(TEXT, proposals) == []
    assert amending.merged(TEXT, proposals) == TEXT.replace("six", "three")


FEW = st.lists(st.sampled_from(["loon", "werk", "jaar", "land"]), min_size=4, max_size=20)
EACH_ONCE = st.permutations(
    ["wij", "betalen", "loon", "voor", "werk", "per", "jaar", "in", "elk", "land", "zonder", "uitstel"]
)


@st.composite
def disjoint(draw: st.DrawFn, texts: st.SearchStrategy[list[str]] = FEW) -> tuple[str, dict[str, list[Edit]]]:
    """A text and amendments of which none touch."""
    words = draw(texts)
    text = " ".join(words)
    starts = [sum(len(word) + 1 for word in words[:number]) for number in range(len(words))]
    chosen = draw(st.sets(st.sampled_from(range(len(words))), min_size=1, max_size=len(words)))
    made: dict[str, list[Edit]] = {}
    for number in sorted(chosen):
        new = draw(st.sampled_from(["", "nieuw", "twee woorden"]))
        if new == words[number]:
            continue
        owner = draw(st.sampled_from(["a", "b", "c"]))
        made.setdefault(owner, []).append(Edit(start=starts[number], end=starts[number] + len(words[number]), text=new))
    return text, made


@given(disjoint(), st.randoms())
def test_the_order_of_amendments_makes_no_difference(
    made: tuple[str, dict[str, list[Edit]]], lots: random.Random
) -> None:
    text, proposals = made
    assert amending.collisions(text, proposals) == []
    whole = amending.merged(text, proposals)
    owners = list(proposals)
    lots.shuffle(owners)
    one_by_one, left = text, {owner: list(proposals[owner]) for owner in owners}
    for owner in owners:
        mine = left.pop(owner)
        before, one_by_one = one_by_one, amending.applied(one_by_one, mine)
        for other, edits in left.items():
            shifted = [
                Edit(start=e.start + moved, end=e.end + moved, text=e.text)
                for e in edits
                if (moved := sum(len(m.text) - (m.end - m.start) for m in mine if m.end <= e.start)) is not None
            ]
            left[other] = shifted
        assert before is not None
    assert one_by_one == whole


def test_an_amendment_is_carried_over_when_its_place_was_left_alone() -> None:
    new = "All companies pay a living wage within six months. They publish and report each year."
    moved = amending.rebased(TEXT, new, [edit("six", "three")])
    assert moved == [edit("six", "three", new)]
    assert amending.rebased(TEXT, new, [edit("They report", "They tell")]) is None


@pytest.mark.parametrize(
    ("text", "new", "place"),
    [
        ("loon en loon en loon", "loon en loon", (8, 12)),
        ("loon en loon", "loon en loon en loon", (5, 7)),
        ("Zij melden melden dit.", "Zij melden dit.", (4, 10)),
    ],
)
def test_an_amendment_of_words_that_stand_twice_is_not_carried_over_when_one_of_them_came_or_went(
    text: str, new: str, place: tuple[int, int]
) -> None:
    start, end = place
    assert amending.rebased(text, new, [Edit(start=start, end=end, text="")]) is None


@given(disjoint(EACH_ONCE))
def test_what_is_carried_over_changes_the_same_words(made: tuple[str, dict[str, list[Edit]]]) -> None:
    text, proposals = made
    for owner, mine in proposals.items():
        rest = {other: edits for other, edits in proposals.items() if other != owner}
        if not rest:
            continue
        new = amending.merged(text, rest)
        moved = amending.rebased(text, new, mine)
        if moved is not None:
            assert [new[e.start : e.end] for e in moved] == [text[e.start : e.end] for e in mine]
            assert amending.applied(new, moved) == amending.merged(text, proposals)


@given(TEXTS, TEXTS, TEXTS)
def test_every_owner_reads_their_own_text_in_the_brackets(text: str, first: str, second: str) -> None:
    proposals = {
        owner: edits for owner, new in {"a": first, "b": second}.items() if (edits := amending.edits_between(text, new))
    }
    places = amending.bracketed(text, proposals)
    assert "".join(place.text for place in places) == text
    for owner, new in {"a": first, "b": second}.items():
        read = "".join(
            next((one.words for one in place.alternatives if one.owner == owner), place.text) for place in places
        )
        assert read == new


def test_alternatives_for_one_place_stand_side_by_side() -> None:
    places = amending.bracketed(TEXT, {"union": [edit("six", "three")], "trade": [edit("six months", "two years")]})
    assert [place.text for place in places if not place.alternatives] == [
        "Companies pay a living wage within ", ". They report each year.",
    ]  # fmt: skip
    (bracket,) = [place for place in places if place.alternatives]
    assert bracket.text == "six months"
    assert dict(bracket.alternatives) == {"trade": "two years", "union": "three months"}


@pytest.mark.parametrize(
    ("edits", "code"),
    [
        ([Edit(start=60, end=900, text="x")], "edit_outside"),
        ([Edit(start=3, end=9, text="x"), Edit(start=5, end=12, text="y")], "edits_overlap"),
        ([Edit(start=3, end=3, text="x"), Edit(start=3, end=3, text="y")], "edits_overlap"),
    ],
)
def test_what_cannot_be_made_is_refused(edits: list[Edit], code: str) -> None:
    with pytest.raises(Refusal) as refused:
        amending.applied(TEXT, edits)
    assert refused.value.code == code


@pytest.mark.parametrize(
    ("values", "problem"),
    [
        ({"start": 5, "end": 3, "text": "x"}, "does not end before it begins"),
        ({"start": 5, "end": 5, "text": ""}, "changes something"),
        ({"start": -1, "end": 5, "text": "x"}, "greater than or equal to 0"),
        ({"start": 0, "end": 5, "text": "x\x00"}, "control or hidden"),
        ({"start": 0, "end": 5, "text": "x" * 20_001}, "at most 20000"),
    ],
)
def test_no_edit_is_made_of(values: dict[str, object], problem: str) -> None:
    with pytest.raises(ValidationError, match=problem):
        AmendmentText.model_validate({"nl": [values], "reason": "because"})
