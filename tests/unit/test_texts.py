"""The text as one thing, and who still owes a position on it."""

import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.contracts import ClauseRef
from models.enums import ClauseStatus, Stance
from rules.texts import agenda, covenant_sha, owes_position


def sha(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def clause(name: str, text: str = "t", status: ClauseStatus = ClauseStatus.BRACKETED, **holds: Stance) -> ClauseRef:
    return ClauseRef(id=name, number=name, theme="wage", sha256=sha(text), status=status, holds=holds)


refs = st.lists(
    st.builds(
        clause, st.sampled_from(["a", "b", "c", "d", "e"]), st.sampled_from("xyz"), st.sampled_from(ClauseStatus)
    ),
    max_size=5,
    unique_by=lambda ref: ref.id,
)


def in_the_text(clauses: list[ClauseRef]) -> list[tuple[str, str]]:
    return [(ref.id, ref.sha256) for ref in clauses if ref.status is not ClauseStatus.PARKED]


@given(refs, refs)
def test_the_hash_changes_when_and_only_when_a_clause_in_the_text_changes(
    one: list[ClauseRef], other: list[ClauseRef]
) -> None:
    assert (covenant_sha(one) == covenant_sha(other)) == (in_the_text(one) == in_the_text(other))


@given(refs, st.data())
def test_what_people_think_of_it_does_not_change_the_text(clauses: list[ClauseRef], data: st.DataObject) -> None:
    status = st.sampled_from([status for status in ClauseStatus if status is not ClauseStatus.PARKED])
    others = [
        ref
        if ref.status is ClauseStatus.PARKED
        else ref.model_copy(update={"status": data.draw(status), "version": 9, "holds": {"fnv": Stance.AGREE}})
        for ref in clauses
    ]

    assert covenant_sha(others) == covenant_sha(clauses)


def test_order_and_parking_change_the_text() -> None:
    a, b = clause("a"), clause("b")

    assert covenant_sha([a, b]) != covenant_sha([b, a])
    assert covenant_sha([a, clause("b", status=ClauseStatus.PARKED)]) == covenant_sha([a])


@pytest.mark.parametrize("status", ClauseStatus)
def test_only_what_is_not_settled_is_on_the_agenda(status: ClauseStatus) -> None:
    found = [ref.id for ref in agenda([clause("a", status=status)])]

    assert found == (["a"] if status in {ClauseStatus.BRACKETED, ClauseStatus.BLOCKED} else [])


@pytest.mark.parametrize("stance", Stance)
def test_a_position_on_this_version_is_owed_once_and_an_objection_is_looked_at_again(stance: Stance) -> None:
    clauses = [clause("a", fnv=stance), clause("b"), clause("c", status=ClauseStatus.CLEAN)]

    assert owes_position("fnv", clauses) == (["a", "b"] if stance is Stance.OBJECT else ["b"])
    assert owes_position("modint", clauses) == ["a", "b"]
