"""An objection is its owner's, on every version; and a clause moves only when somebody comes nearer."""

import hashlib
from collections.abc import Sequence

from hypothesis import given
from hypothesis import strategies as st

from models.base import Words
from models.contracts import ClauseRef, Position
from models.deciding import DecisionRule, Verdict
from models.enums import ClauseStatus, Ground, Outcome, RuleKind, Stance
from models.objections import ObjectionEnded, ObjectionRaised
from rules import approving, deadlock, objecting, texts

PARTIES = ("union", "guild", "trade", "shops")
TEXTS = ("a", "b", "c")
STANCES = st.dictionaries(st.sampled_from(PARTIES), st.sampled_from(Stance))


def sha(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def clause(text: str = "a") -> ClauseRef:
    return ClauseRef(id="wage", number="1", theme="wage", sha256=sha(text))


def take(ref: ClauseRef, party: str, stance: Stance, round_no: int) -> list[object]:
    """What a round does with a position: `workflows/round.py`, without the record."""
    given_to = Position(
        clause=ref.id, sha256=ref.sha256, stance=stance, ground=Ground.COST if stance is Stance.OBJECT else None,
        lift="pay" if stance is Stance.OBJECT else None,
    )  # fmt: skip
    said = objecting.said([ref], party, [given_to], round_no)
    ref.holds[party] = stance
    texts.with_objector([ref], ref.id, party, objects=stance is Stance.OBJECT)
    return list(said)


@given(
    st.lists(
        st.one_of(
            st.tuples(st.sampled_from(PARTIES), st.sampled_from(Stance)), st.tuples(st.just(""), st.sampled_from(TEXTS))
        ),
        max_size=40,
    )
)
def test_an_objection_stands_on_every_version_until_its_owner_says_otherwise(moves: Sequence[tuple[str, str]]) -> None:
    ref, open_ones, approved = clause(), set[str](), dict[tuple[str, str], Stance]()
    for number, (party, what) in enumerate(moves, 1):
        if party:
            stance = Stance(what)
            said = take(ref, party, stance, number)
            if stance is Stance.OBJECT:
                assert [type(one) for one in said] == [ObjectionRaised]
                open_ones.add(party)
            else:
                assert [type(one) for one in said] == [ObjectionEnded] * (party in open_ones)
                open_ones.discard(party)
            approved[party, ref.sha256] = stance
            continue
        earlier = {one: stance for (one, digest), stance in approved.items() if digest == sha(what)}
        if ref.sha256 != sha(what):
            approving.revise(ref, sha(what), earlier, PARTIES)
        for one in objecting.content(ref):
            assert isinstance(one, ObjectionEnded)
            assert earlier[one.party] in texts.SUPPORTING, "only words that the owner approved end it"
            open_ones.discard(one.party)
        assert set(ref.objectors) == open_ones
        assert all(texts.stances(ref)[one] is Stance.OBJECT for one in open_ones)
        assert open_ones <= set(deadlock.doubters(ref, PARTIES))


@given(STANCES, st.lists(st.sampled_from(PARTIES), unique=True), st.sampled_from(Outcome))
def test_what_the_rule_overrules_is_said_of_every_owner_and_of_nobody_else(
    holds: dict[str, Stance], objectors: list[str], outcome: Outcome
) -> None:
    ref = clause()
    ref.holds, ref.objectors = holds, objectors
    rule = DecisionRule(kind=RuleKind.MAJORITY)
    verdict = Verdict(outcome=outcome, rule=rule, sentence=Words(nl="Zo is besloten.", en="So it was decided."))
    ended = objecting.overruled(ref, verdict, "round-1/wage")
    assert [one.party for one in ended] == (objectors if outcome is Outcome.PASSED else [])
    names = {party: Words(nl=f"<{party}>", en=f"<{party}>") for party in PARTIES}
    sentence = objecting.with_overruled(verdict, ended, names).sentence.en
    assert {party for party in PARTIES if f"<{party}>" in sentence} == {one.party for one in ended}


@given(st.lists(STANCES, min_size=1, max_size=8))
def test_a_clause_stands_still_for_as_many_rounds_as_nobody_came_nearer(rounds: list[dict[str, Stance]]) -> None:
    ref, still, before = clause(), 0, None
    for holds in rounds:
        ref.holds, ref.objectors = holds, [one for one, stance in holds.items() if stance is Stance.OBJECT]
        deadlock.note(ref, PARTIES)
        behind = {one for one, stance in holds.items() if stance in texts.SUPPORTING}
        still = 0 if before is None or behind - before else still + 1
        before = behind
        assert ref.still == still
        for limit in (1, 2, 3):
            assert deadlock.stuck([ref], limit) == ([ref] if still >= limit else [])
    ref.status = ClauseStatus.PARKED
    deadlock.note(ref, PARTIES)
    assert (ref.still, deadlock.stuck([ref], 1)) == (0, [])
    assert deadlock.in_words([]) is None
