"""Approvals are bound to a text: an edit never leaves one standing on changed words, nor voids one on unchanged."""

import hashlib
from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st

from models.base import Words
from models.contracts import Change, ClauseRef, Entry
from models.enums import ClauseStatus, RuleKind, Stance, Unit
from models.ground import GroundRule, PartyQuestion
from models.packages import IsAgreed, Stays
from rules import conditions, settling
from rules.approving import fix, fixed, revise, supporters
from rules.texts import SUPPORTING, owes_position

PARTIES = ("union", "guild", "trade", "shops")
stances = st.dictionaries(st.sampled_from(PARTIES), st.sampled_from(Stance))


def sha(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def clause(name: str, text: str, holds: dict[str, Stance]) -> ClauseRef:
    return ClauseRef(
        id=name, number=name, theme="wage", sha256=sha(text), holds=dict(holds), status=ClauseStatus.AGREED
    )


class Law:
    """What is true whatever happens: by clause and party, the text that the party approved last and did not reject."""

    def __init__(self) -> None:
        self.positions: dict[tuple[str, str, str], Stance] = {}

    def take(self, ref: ClauseRef, party: str, stance: Stance) -> None:
        ref.holds[party] = stance
        self.positions[ref.id, ref.sha256, party] = stance

    def earlier(self, name: str, text: str) -> dict[str, Stance]:
        return {party: one for (clause_, sha_, party), one in self.positions.items() if (clause_, sha_) == (name, text)}


moves = st.one_of(
    st.tuples(st.just("says"), st.sampled_from("ab"), st.sampled_from(PARTIES), st.sampled_from(Stance)),
    st.tuples(st.just("edit"), st.sampled_from("ab"), st.sampled_from(["x", "y", "z"])),
    st.tuples(st.just("leaves"), st.sampled_from(PARTIES)),
)


@given(st.lists(moves, max_size=40))
def test_an_approval_stands_on_the_words_it_was_given_to_and_on_no_others(story: list[tuple[str, ...]]) -> None:
    law, seated = Law(), set(PARTIES)
    refs = {name: clause(name, "x", {}) for name in "ab"}
    for what, *more in story:
        if what == "says" and more[1] in seated:
            law.take(refs[more[0]], more[1], Stance(more[2]))
        elif what == "leaves":
            seated -= {more[0]}
            for ref in refs.values():
                ref.holds.pop(more[0], None)
        elif what == "edit" and sha(more[1]) != refs[more[0]].sha256:
            ref, other = refs[more[0]], refs["b" if more[0] == "a" else "a"]
            before, elsewhere, version = supporters(ref), other.model_copy(deep=True), ref.version
            said = {one.what: one for one in revise(ref, sha(more[1]), law.earlier(ref.id, sha(more[1])), seated)}
            assert other == elsewhere, "an edit voids nothing on a clause it leaves alone"
            assert ref.version == version + 1
            assert ref.status is ClauseStatus.BRACKETED
            assert sorted(said["voided"].parties if "voided" in said else []) == sorted(before), "it says whose"
            assert sorted(said["restored"].parties if "restored" in said else []) == sorted(ref.holds)
        for ref in refs.values():
            for party in supporters(ref):
                assert law.positions[ref.id, ref.sha256, party] in SUPPORTING, "approved exactly these words"
            for party in seated:
                if law.positions.get((ref.id, ref.sha256, party)) in SUPPORTING:
                    assert party in supporters(ref), "an approval of exactly these words stands"
                    assert ref.id not in owes_position(party, refs.values()), "and nothing is asked again"


@given(stances)
def test_a_fix_that_nobody_objected_to_keeps_every_position_and_the_status(holds: dict[str, Stance]) -> None:
    ref = clause("a", "teh", holds)
    said = fix(ref, sha("the"))

    assert ref.holds == holds
    assert (ref.status, ref.version, ref.sha256) == (ClauseStatus.AGREED, 2, sha("the"))
    assert [sorted(one.parties) for one in said] == ([sorted(holds)] if holds else [])
    assert all((one.what, one.sha256, one.becomes) == ("carried", sha("teh"), sha("the")) for one in said)


def test_who_agreed_if_another_clause_stays_still_agrees_after_a_typing_error_in_it_was_mended() -> None:
    wage, air = clause("wage", "a living wage", {"union": Stance.AGREE}), clause("air", "clean ari", {})
    wage.conditions = {"union": [Stays(clause="air", sha256=air.sha256), IsAgreed(clause="air")]}
    usual = GroundRule(kind=RuleKind.SILENCE, unit=Unit.PARTY)
    question = PartyQuestion(
        no=1, act="f-1", kind="editorial", title=Words(nl="ari", en="ari"), clause="air", base_sha=air.sha256,
        text_sha=sha("clean air"), reason="a typing error", by=usual,
    )  # fmt: skip

    def make(event: str, kind: str, *changes: Change, reason: str | None = None) -> Entry:
        at = datetime(2026, 11, 27, tzinfo=UTC)
        return Entry(event=event, covenant="proef", kind=kind, at=at, reason=reason, changes=list(changes))

    for _ in range(2):  # the round and the dialogue both hear of it
        fixed(make, "proef", [wage, air], question)
        assert wage.conditions == {"union": [Stays(clause="air", sha256=sha("clean air")), IsAgreed(clause="air")]}
    (held,) = conditions.assess(settling.conditional([wage, air]), [wage, air], [], {})
    assert held.met
