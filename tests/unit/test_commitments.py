"""Commitments: what they are in words, when they are due, and that the hash of a text covers them."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from models.base import Words
from models.commitments import ClauseText, Commitment
from models.errors import Refusal
from rules import commitments
from rules.chain import canonical, sha256, text_sha
from store.contents import canonical_text

NAMES = {"fnv": Words(nl="FNV", en="FNV"), "unions": Words(nl="Vakbonden", en="Unions")}
WHAT = Words(nl="een commissie inrichten", en="set up a committee")


def made(**given: object) -> Commitment:
    return Commitment.model_validate({"who": "all", "what": WHAT, **given})


EACH = st.builds(
    made, who=st.sampled_from(["all", "fnv"]), months=st.none() | st.integers(1, 240),
    norm=st.none() | st.sampled_from(["ungp-1", "oecd-ii"]), what=st.sampled_from([WHAT, Words(nl="café", en="x")]),
)  # fmt: skip


@given(st.lists(EACH, max_size=4), st.lists(EACH, max_size=4))
def test_a_text_is_another_when_its_commitments_are(one: list[Commitment], other: list[Commitment]) -> None:
    assert (text_sha("a", "b", one) == text_sha("a", "b", other)) == (one == other)
    text = ClauseText(nl="a", en="b", commitments=one)
    assert sha256(canonical_text(text)) == text_sha("a", "b", one)


def test_a_text_without_commitments_keeps_the_hash_it_had() -> None:
    assert text_sha("a", "b", []) == sha256(b'{"en":"b","nl":"a"}')
    one = made(due=date(2028, 1, 2), norm="ungp-3", what=Words(nl="cafe\u0301", en="x"))
    assert text_sha("a", "b", [one]) == sha256(
        canonical({
            "nl": "a", "en": "b",
            "commitments": [
                {"who": "all", "what": {"nl": "caf\u00e9", "en": "x"}, "due": "2028-01-02", "norm": "ungp-3"}
            ],
        })
    )  # fmt: skip


@pytest.mark.parametrize(
    ("one", "in_force", "said"),
    [
        (made(), None, "All parties, for the whole term: set up a committee"),
        (made(who="fnv", months=1), None, "FNV, within 1 month of entry into force: set up a committee"),
        (made(who="unions", months=6), date(2027, 8, 31),
         "Unions, within 6 months of entry into force: by Tuesday 29 February 2028: set up a committee"),
        (made(who="participants", due=date(2028, 1, 3)), date(2027, 1, 1),
         "Participating companies, by Monday 3 January 2028: set up a committee"),
        (made(who="gone"), None, "gone, for the whole term: set up a committee"),
    ],
)  # fmt: skip
def test_a_commitment_in_words(one: Commitment, in_force: date | None, said: str) -> None:
    assert commitments.sentence(one, NAMES, in_force).en == said


def test_the_text_with_its_commitments_beneath_it() -> None:
    text = Words(nl="Tekst.", en="Text.")
    assert commitments.whole(text, [], NAMES).nl == "Tekst."
    assert commitments.whole(text, [made(months=2)], NAMES).nl == (
        "Tekst.\n\nToezeggingen:\n- Alle partijen, binnen 2 maanden na inwerkingtreding: een commissie inrichten"
    )


@pytest.mark.parametrize(
    ("wrong", "named"), [(made(who="nobody"), "nobody"), (made(norm="iso-1"), "iso-1"), (made(who="fnw"), "fnw")]
)
def test_who_or_what_is_not_there_is_refused_by_name(wrong: Commitment, named: str) -> None:
    commitments.check("wage", [made(who="fnv", norm="ungp-1"), made(who="secretariat")], NAMES, ["ungp-1"])
    with pytest.raises(Refusal, match=f"Commitment 2 of clause wage names {named}") as refused:
        commitments.check("wage", [made(), wrong], NAMES, ["ungp-1"])
    assert refused.value.code == "unknown_committed"


@pytest.mark.parametrize(
    "wrong",
    [
        {"due": "2028-01-01", "months": 3}, {"months": 0}, {"months": 241}, {"who": "Not A Slug"},
        {"what": {"nl": "x"}}, {"what": {"nl": "x" * 601, "en": "y"}}, {"by": "tomorrow"},
    ],
)  # fmt: skip
def test_what_no_commitment_can_be(wrong: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        made(**wrong)
