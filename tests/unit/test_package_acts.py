"""What packages are looked for from weights in words, and what that tells of whom."""

import pytest

from models.base import Words
from models.errors import Refusal
from models.packages import Aim, PackageQuestion
from models.weighing import Matters, WeighedClause, Weights, Worth
from rules.packaging import Alternative, Choices, asked, found, picks

OLD, NEW = "a" * 64, "b" * 64
TABLE = [
    Choices(one, one, OLD, (Alternative(f"{one}-1", Words(nl="meer", en="more")),)) for one in ("wage", "air")
]  # fmt: skip
NAMES = {one: Words(nl=one, en=one) for one in ("union", "trade", "state", "guild")}


def says(clause: str, now: Worth, then: Worth | None, matters: Matters = Matters.MUCH, sha: str = OLD) -> WeighedClause:
    worth = {f"{clause}-1": then} if then else {}
    return WeighedClause(clause=clause, sha256=sha, matters=matters, now=now, worth=worth)


def told(**said: list[WeighedClause]) -> PackageQuestion | None:
    return asked(TABLE, NAMES, {party: Weights(clauses=clauses) for party, clauses in said.items()})


WANTS = [says("wage", Worth.UNWELCOME, Worth.GOOD)]


def test_nothing_is_looked_for_before_three_told_what_makes_a_difference() -> None:
    same = [says("wage", Worth.GOOD, Worth.GOOD)]
    careless = [says("wage", Worth.GOOD, Worth.NEVER, Matters.NOTHING)]
    assert asked([], NAMES, dict.fromkeys(NAMES, Weights(clauses=WANTS))) is None
    assert told(union=WANTS, trade=WANTS) is None
    assert told(union=WANTS, trade=WANTS, state=same) is None, "else the two could be told apart"
    assert told(union=WANTS, trade=WANTS, state=[says("wage", Worth.GOOD, None)]) is None
    assert told(union=WANTS, trade=WANTS, state=careless) is not None, "what one cannot live with counts always"
    assert told(union=WANTS, trade=WANTS, state=WANTS) is not None


def test_what_is_best_for_one_party_is_not_shown() -> None:
    question = told(
        union=[says("wage", Worth.UNWELCOME, Worth.WANTED), says("air", Worth.GOOD, Worth.BEARABLE, Matters.SOME)],
        trade=[says("air", Worth.UNWELCOME, Worth.WANTED), says("wage", Worth.GOOD, Worth.BEARABLE, Matters.SOME)],
        state=[says("wage", Worth.GOOD, Worth.UNWELCOME, Matters.DECISIVE)],
    )
    assert question is not None
    shown = found(question)
    assert shown
    assert Aim.PARTY not in {one.aim for one in shown}
    assert {one.favours for one in shown} == {None}


def test_a_judgement_of_another_text_does_not_count_but_what_none_can_live_with_does() -> None:
    old = [says("wage", Worth.UNWELCOME, Worth.NEVER, sha=NEW)]
    question = told(union=old, trade=WANTS, state=WANTS)
    assert question is not None
    union, trade, *_ = question.parties
    assert (union.weights, union.scores) == ({}, {})
    assert [(one.clause, one.option) for one in union.red_lines] == [("wage", "proposal-0")]
    assert trade.scores == {"wage": {"now": 0.25, "proposal-0": 0.75}}


def test_a_proposal_that_was_not_judged_is_as_good_as_the_text_of_now() -> None:
    question = told(union=[says("wage", Worth.UNWELCOME, None)], trade=WANTS, state=WANTS, guild=WANTS)
    assert question is not None
    assert question.parties[0].scores == {"wage": {"now": 0.25, "proposal-0": 0.25}}
    best = found(question)[0]
    assert [(one.clause, one.base_sha, one.amendment) for one in picks(TABLE, best.swaps)] == [("wage", OLD, "wage-1")]
    assert best.indifferent == ["union"]


def test_where_nothing_is_left_clauses_are_named_and_nobody() -> None:
    question = told(
        union=[says("wage", Worth.NEVER, Worth.WANTED)], trade=[says("wage", Worth.WANTED, Worth.NEVER)], state=WANTS
    )
    assert question is not None
    with pytest.raises(Refusal) as refused:
        found(question)
    assert refused.value.code == "no_way_out"
    said = f"{refused.value.words} {refused.value.evidence}"
    assert "clause wage" in said
    assert not [name for name in NAMES if name in said]
