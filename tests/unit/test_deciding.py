from dataclasses import dataclass

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.base import Words
from models.deciding import Ballot, DecisionRule, Seat, Verdict
from models.enums import Handling, Outcome, RuleKind, Stance, Unit
from models.errors import Refusal
from rules.deciding import by_unit, decide, decide_parties, supply

A, R, B, N, X = Stance.AGREE, Stance.RESERVATION, Stance.ABSTAIN, Stance.OBJECT, Stance.RECUSE
PASSED, PENDING, FAILED = Outcome.PASSED, Outcome.PENDING, Outcome.FAILED
NAMES = {
    "business": Words(nl="bedrijfsleven", en="business"),
    "unions": Words(nl="vakbonden", en="trade unions"),
    "ngos": Words(nl="maatschappelijke organisaties", en="civil society"),
    "state": Words(nl="overheid", en="government"),
}
TABLE = [Seat(id=key, constituency=key, name=name) for key, name in NAMES.items()]


def rule(kind: RuleKind, **more: object) -> DecisionRule:
    return DecisionRule.model_validate({"kind": kind, **more})


def answers(*stances: Stance | None, reasoned: bool = True) -> list[Ballot]:
    return [
        Ballot(seat=seat.id, stance=stance, reasoned=reasoned)
        for seat, stance in zip(TABLE, stances, strict=False)
        if stance is not None
    ]


def needs(verdict: Verdict) -> list[tuple[list[str], int]]:
    return [(need.seats, need.count) for need in verdict.needs]


HALF = {"threshold": "1/2", "more_than": True}
AGAINST = {"absent": Handling.AGAINST}


@pytest.mark.parametrize(
    ("kind", "more", "stances", "while_open", "when_closed"),
    [
        ("consensus", {}, [A, A, R, B], PASSED, PASSED),
        ("consensus", {}, [A, A, A], PENDING, FAILED),
        ("consensus", {}, [A, A, A, N], FAILED, FAILED),
        ("consensus", {}, [A, N], FAILED, FAILED),
        ("consensus", {}, [B, B, B, B], FAILED, FAILED),
        ("consensus", {}, [A, X, X, X], PASSED, PASSED),
        ("consent", {}, [A], PENDING, PASSED),
        ("consent", {}, [B, B], PENDING, FAILED),
        ("consent", {}, [A, A, N], FAILED, FAILED),
        ("consent", {"quorum": "3/4"}, [A], PENDING, FAILED),
        ("consent", {"quorum": "3/4"}, [A, B, B], PENDING, PASSED),
        ("unanimity", {}, [A, R, A, A], PASSED, PASSED),
        ("unanimity", {}, [A, A, A, B], FAILED, FAILED),
        ("unanimity", {}, [A, A, A], PENDING, FAILED),
        ("unanimity", {}, [A, A, A, X], PASSED, PASSED),
        ("majority", {}, [A, A, N], PENDING, PASSED),
        ("majority", {}, [A, A, A], PASSED, PASSED),
        ("majority", {}, [A, A, N, N], FAILED, FAILED),
        ("majority", {}, [A, B, B, B], PASSED, PASSED),
        ("majority", {"abstentions": Handling.AGAINST}, [A, B, B, B], FAILED, FAILED),
        ("majority", AGAINST, [A, A, N], PENDING, FAILED),
        ("majority", {"threshold": "1/2"}, [A, A, N, N], PASSED, PASSED),
        ("majority", HALF, [A, A, N, N], FAILED, FAILED),
        ("majority", {}, [B, B, B, B], FAILED, FAILED),
        ("majority", {"threshold": "1", "more_than": True}, [A, A, A, A], PASSED, PASSED),
        ("majority", {"quorum": "3/4"}, [A], PENDING, FAILED),
        ("majority", {"quorum": "3/4"}, [A, B, X], PENDING, FAILED),
        ("majority", {"quorum": "2/3"}, [A, B, X], PENDING, PASSED),
        ("majority_per_constituency", {}, [A, A, A], PENDING, FAILED),
        ("majority_per_constituency", {}, [A, A, A, X], PASSED, PASSED),
        ("majority_per_constituency", {}, [A, A, A, B], FAILED, FAILED),
        ("silence", {}, [A], PENDING, PASSED),
        ("silence", {"quorum": "1"}, [], PENDING, PASSED),
        ("silence", {}, [A, N], FAILED, FAILED),
        ("silence", {}, [A, A, B, A], PASSED, PASSED),
    ],
)
def test_each_rule(
    kind: str, more: dict[str, object], stances: list[Stance], while_open: Outcome, when_closed: Outcome
) -> None:
    asked = rule(RuleKind(kind), **more)
    assert decide(asked, TABLE, answers(*stances), closed=False).outcome is while_open
    assert decide(asked, TABLE, answers(*stances), closed=True).outcome is when_closed


def test_an_objection_without_ground_is_an_abstention_under_consent_only() -> None:
    given_ = [*answers(A, B, B), Ballot(seat="state", stance=N, reasoned=False)]
    consent = decide(rule(RuleKind.CONSENT), TABLE, given_, closed=True)
    assert (consent.outcome, consent.object, consent.abstain) == (PASSED, [], ["unions", "ngos", "state"])
    assert "bezwaar zonder grond" in consent.sentence.nl
    assert "objects without a ground" in consent.sentence.en
    for kind in (RuleKind.CONSENSUS, RuleKind.UNANIMITY, RuleKind.SILENCE, RuleKind.MAJORITY):
        assert decide(rule(kind), TABLE, given_, closed=True).object == ["state"]


def test_silence_agrees_only_when_notice_arrived() -> None:
    table = [seat.model_copy(update={"notified": seat.id != "state"}) for seat in TABLE]
    held = decide(rule(RuleKind.SILENCE), table, answers(A), closed=True)
    assert held.outcome is FAILED
    assert needs(held) == [(["state"], 1)]
    assert "2 zwijgen en tellen als instemming (vakbonden en maatschappelijke organisaties)" in held.sentence.nl
    assert "1 was not notified (government)" in held.sentence.en


def test_a_majority_in_each_constituency_counts_each_apart() -> None:
    seats = [
        Seat(id=f"{group}-{n}", constituency=group, name=Words(nl=f"{group} {n}", en=f"{group} {n}"))
        for group in ("a", "b")
        for n in range(3)
    ]
    asked = rule(RuleKind.MAJORITY_PER_CONSTITUENCY, unit=Unit.PARTY)
    stances = [A, A, A, A, N, N]
    given_ = [Ballot(seat=seat.id, stance=stance) for seat, stance in zip(seats, stances, strict=True)]
    verdict = decide(asked, seats, given_, closed=True)
    assert verdict.outcome is FAILED
    assert needs(verdict) == [(["b-1", "b-2"], 1)]
    assert "instemming van ten minste één van deze 2: b 1 en b 2" in verdict.sentence.nl
    nobody = decide(asked, seats, given_[:3], closed=True)
    assert nobody.outcome is FAILED
    recused = [*given_[:3], *(Ballot(seat=f"b-{n}", stance=X) for n in range(3))]
    assert decide(asked, seats, recused, closed=True).outcome is PASSED


def test_quorum_counts_answers_and_not_the_electorate() -> None:
    asked = rule(RuleKind.MAJORITY, threshold="1/2", quorum="3/4")
    verdict = decide(asked, TABLE, answers(A), closed=True)
    assert verdict.outcome is FAILED
    assert needs(verdict) == [(["unions", "ngos", "state"], 2)]
    assert "voor het quorum een antwoord van ten minste 2 van deze 3" in verdict.sentence.nl
    assert "for the quorum, an answer from at least 2 of these 3" in verdict.sentence.en
    assert decide(asked, TABLE, answers(A, B, B), closed=True).outcome is PASSED


def test_lifting_an_objection_that_is_part_of_an_answer_does_not_cost_the_quorum() -> None:
    parties = [Seat(id=f"p{n}", constituency=group, name=NAMES[group]) for n, group in enumerate([*NAMES, "state"])]
    asked = rule(RuleKind.MAJORITY, threshold="1/2", quorum="1")
    given_ = [Ballot(seat=f"p{n}", stance=stance) for n, stance in enumerate([A, A, A, N])]
    verdict = decide_parties(asked, parties, given_, NAMES, closed=True)
    assert verdict.outcome is FAILED
    assert verdict.object == ["state"]
    assert "Nog niet volledig is het antwoord van overheid." in verdict.sentence.nl
    complete = [*given_, Ballot(seat="p4", stance=A)]
    assert decide_parties(asked, parties, complete, NAMES, closed=True).outcome is PASSED


@pytest.mark.parametrize(
    ("kind", "more", "stances", "closed", "nl", "en"),
    [
        (
            "consensus",
            {},
            [A, N, None, A],
            True,
            (
                "Niet aangenomen onder consensus: 3 van de 4 geledingen hebben geantwoord; 2 stemmen in, 1 heeft "
                "bezwaar (vakbonden), 1 heeft niet geantwoord (maatschappelijke organisaties). Nodig: instemming van "
                "vakbonden of intrekking van het bezwaar; en een antwoord zonder bezwaar van "
                "maatschappelijke organisaties."
            ),
            (
                "Not adopted under consensus: 3 of the 4 constituencies have answered; 2 agree, 1 objects (trade "
                "unions), 1 has not answered (civil society). Needed: agreement from trade unions or withdrawal of the "
                "objection; and an answer without objection from civil society."
            ),
        ),
        (
            "consensus",
            {},
            [],
            False,
            (
                "Nog niet aangenomen onder consensus: 0 van de 4 geledingen hebben geantwoord; geen enkele geleding "
                "stemt in, 4 hebben niet geantwoord (bedrijfsleven, vakbonden, maatschappelijke organisaties en "
                "overheid). Nodig: een antwoord zonder bezwaar van bedrijfsleven, vakbonden, maatschappelijke "
                "organisaties en overheid; en ten minste één instemming daaronder."
            ),
            (
                "Not yet adopted under consensus: 0 of the 4 constituencies have answered; no constituency agrees, 4 "
                "have not answered (business, trade unions, civil society and government). Needed: an answer without "
                "objection from business, trade unions, civil society and government; "
                "and at least one agreement among these."
            ),
        ),
        (
            "majority",
            {"threshold": "1/2", "more_than": True, "unit": "party", "quorum": "1/2"},
            [A, A, A, X],
            False,
            (
                "Aangenomen met een meerderheid van meer dan 1/2 en een quorum van 1/2: 3 van de 3 partijen hebben "
                "geantwoord; 3 stemmen in. Buiten de telling: overheid."
            ),
            (
                "Adopted by a majority of more than 1/2 and a quorum of 1/2: 3 of the 3 parties have answered; 3 "
                "agree. Left out of the count: government."
            ),
        ),
        (
            "unanimity",
            {},
            [A, B, X, None],
            False,
            (
                "Zoals het nu staat niet aan te nemen onder unanimiteit: 2 van de 3 geledingen hebben geantwoord; 1 "
                "stemt in, 1 onthoudt zich (vakbonden), 1 heeft niet geantwoord (overheid). Buiten de telling: "
                "maatschappelijke organisaties. Nodig: instemming van vakbonden en overheid."
            ),
            (
                "Cannot be adopted as it stands under unanimity: 2 of the 3 constituencies have answered; 1 agrees, "
                "1 abstains (trade unions), 1 has not answered (government). Left out of the count: civil society. "
                "Needed: agreement from trade unions and government."
            ),
        ),
        (
            "consensus",
            {},
            [X, X, X, X],
            True,
            (
                "Niet aangenomen onder consensus: geen enkele geleding telt mee in dit besluit. Buiten de telling: "
                "bedrijfsleven, vakbonden, maatschappelijke organisaties en overheid."
            ),
            (
                "Not adopted under consensus: no constituency counts in this decision. Left out of the count: "
                "business, trade unions, civil society and government."
            ),
        ),
    ],
)
def test_sentences(
    *, kind: str, more: dict[str, object], stances: list[Stance | None], closed: bool, nl: str, en: str
) -> None:
    verdict = decide(rule(RuleKind(kind), **more), TABLE, answers(*stances), closed=closed)
    assert verdict.sentence == Words(nl=nl, en=en)


@pytest.mark.parametrize("kind", RuleKind)
def test_nobody_to_decide(kind: RuleKind) -> None:
    for seats, given_ in (([], []), (TABLE, answers(X, X, X, X))):
        still = decide(rule(kind), seats, given_, closed=False)
        ended = decide(rule(kind), seats, given_, closed=True)
        assert (still.outcome, ended.outcome) == (PENDING, FAILED)
        assert still.needs == ended.needs == []


def test_needs_of_a_majority_are_the_fewest_that_do() -> None:
    asked = rule(RuleKind.MAJORITY)
    assert needs(decide(asked, TABLE, answers(A, N, N), closed=True)) == [(["unions", "ngos"], 1)]
    assert needs(decide(asked, TABLE, answers(A), closed=False)) == [(["unions", "ngos", "state"], 2)]
    quorum = rule(RuleKind.MAJORITY, threshold="1/2", quorum="3/4")
    assert needs(decide(quorum, TABLE, [], closed=False)) == [([*NAMES], 3)]


def test_a_second_ballot_and_a_stranger_are_refused() -> None:
    for code, extra in (("ballot_twice", "state"), ("unknown_seat", "nobody")):
        given_ = [*answers(A, A, A, A), Ballot(seat=extra, stance=A)]
        for call in (
            lambda g=given_: decide(rule(RuleKind.CONSENSUS), TABLE, g, closed=True),
            lambda g=given_: by_unit(rule(RuleKind.CONSENSUS), TABLE, g, NAMES),
        ):
            with pytest.raises(Refusal) as caught:
                call()
            assert caught.value.code == code
            assert extra in caught.value.words.nl
            assert extra in caught.value.words.en


@pytest.mark.parametrize(
    ("stances", "folded"),
    [
        ([A, A], A),
        ([A, R], R),
        ([B, R], R),
        ([A, B], A),
        ([B, B], B),
        ([B, X], B),
        ([X, X], X),
        ([A, N], N),
        ([None, N], N),
        ([A, None], None),
        ([X, None], None),
        ([None, None], None),
    ],
)
def test_members_fold_into_their_delegation(stances: list[Stance | None], folded: Stance | None) -> None:
    members = [Seat(id=f"p{n}", constituency="unions", name=NAMES["unions"]) for n in range(2)]
    given_ = [Ballot(seat=f"p{n}", stance=stance) for n, stance in enumerate(stances) if stance]
    seats, ballots = by_unit(rule(RuleKind.CONSENSUS), members, given_, NAMES)
    assert [(seat.id, seat.name) for seat in seats] == [("unions", NAMES["unions"])]
    assert [ballot.stance for ballot in ballots] == ([folded] if folded else [])


def test_a_delegation_is_notified_when_each_silent_member_is() -> None:
    members = [
        Seat(id=f"p{n}", constituency="unions", name=NAMES["unions"], notified=notified)
        for n, notified in enumerate([True, False])
    ]
    silence = rule(RuleKind.SILENCE)
    assert not by_unit(silence, members, [], NAMES)[0][0].notified
    second_answered = [Ballot(seat="p1", stance=A)]
    assert by_unit(silence, members, second_answered, NAMES)[0][0].notified
    assert decide_parties(silence, members, second_answered, NAMES, closed=False).outcome is PENDING
    assert decide_parties(silence, members, second_answered, NAMES, closed=True).outcome is PASSED


def test_five_hundred_seats_fit_in_a_verdict() -> None:
    name = Words(nl="een heel lange naam " * 20, en="a very long name " * 20)
    seats = [Seat(id=f"s{n}", constituency=f"c{n % 4}", name=name) for n in range(500)]
    verdict = decide(rule(RuleKind.MAJORITY_PER_CONSTITUENCY, unit=Unit.PARTY, quorum="1/2"), seats, [], closed=False)
    assert verdict.outcome is PENDING
    assert len(verdict.sentence.nl) < 4000
    assert verdict.sentence.nl.endswith(".")
    assert "493 andere" in verdict.sentence.nl
    assert "493 others" in verdict.sentence.en


# The properties, for every rule and both units, always in the ballots of parties.

SHARES = st.sampled_from(["1/4", "1/3", "1/2", "2/3", "3/4", "1"])
HANDLING = st.sampled_from(Handling)
RULES = st.builds(
    DecisionRule,
    kind=st.sampled_from(RuleKind),
    unit=st.sampled_from(Unit),
    threshold=SHARES,
    more_than=st.booleans(),
    quorum=st.none() | SHARES,
    abstentions=HANDLING,
    absent=HANDLING,
)
STANCES = st.sampled_from([A, A, A, R, B, N, X])


@dataclass
class Case:
    rule: DecisionRule
    parties: list[Seat]
    ballots: dict[str, Ballot]

    def verdict(self, *, closed: bool) -> Verdict:
        return decide_parties(self.rule, self.parties, self.ballots.values(), NAMES, closed=closed)

    def after(self, changes: dict[str, Ballot]) -> "Case":
        return Case(self.rule, self.parties, self.ballots | changes)

    @property
    def silent(self) -> list[str]:
        return [party.id for party in self.parties if party.id not in self.ballots]


@st.composite
def cases(draw: st.DrawFn) -> Case:
    size = draw(st.integers(1, 7))
    parties = [
        Seat(
            id=f"p{n}",
            constituency=draw(st.sampled_from([*NAMES])),
            name=Words(nl=f"partij {n}", en=f"party {n}"),
            notified=draw(st.booleans()),
        )
        for n in range(size)
    ]
    stances = draw(st.lists(st.none() | STANCES, min_size=size, max_size=size))
    ballots = {
        party.id: Ballot(seat=party.id, stance=stance, reasoned=draw(st.booleans()))
        for party, stance in zip(parties, stances, strict=True)
        if stance
    }
    return Case(draw(RULES), parties, ballots)


@settings(max_examples=100, deadline=None)
@given(cases(), st.booleans(), st.randoms(use_true_random=False))
def test_the_order_of_answers_never_matters(case: Case, closed: bool, random: object) -> None:
    shuffled = list(case.ballots.values())
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    assert decide_parties(case.rule, case.parties, shuffled, NAMES, closed=closed) == case.verdict(closed=closed)


@settings(max_examples=150, deadline=None)
@given(cases(), st.booleans(), st.sampled_from([A, R]))
def test_an_agreement_never_undoes_a_decision(case: Case, closed: bool, stance: Stance) -> None:
    passed = case.verdict(closed=closed).outcome is PASSED
    for party in case.parties:
        after = case.after({party.id: Ballot(seat=party.id, stance=stance)}).verdict(closed=closed)
        assert not passed or after.outcome is PASSED


@settings(max_examples=150, deadline=None)
@given(cases(), st.booleans(), st.data())
def test_needs_once_supplied_pass(case: Case, closed: bool, data: st.DataObject) -> None:
    verdict = case.verdict(closed=closed)
    seats, ballots = by_unit(case.rule, case.parties, case.ballots.values(), NAMES)
    if verdict.outcome is PASSED or len(verdict.recused) == len(seats):
        assert verdict.needs == []
        return
    assert verdict.needs
    assert decide(case.rule, seats, supply(verdict, seats, ballots), closed=closed).outcome is PASSED
    chosen = {seat for need in verdict.needs for seat in data.draw(st.permutations(need.seats))[: need.count]}
    assert chosen.isdisjoint({*verdict.agree, *verdict.recused})
    members = [p.id for p in case.parties if (p.constituency if case.rule.unit is Unit.DELEGATION else p.id) in chosen]
    supplied = case.after({member: Ballot(seat=member, stance=A) for member in members})
    assert supplied.verdict(closed=closed).outcome is PASSED


@settings(max_examples=100, deadline=None)
@given(cases(), st.booleans())
def test_without_any_one_of_its_needs_it_does_not_pass(case: Case, closed: bool) -> None:
    asked = case.rule.model_copy(update={"quorum": None})
    seats, ballots = by_unit(asked, case.parties, case.ballots.values(), NAMES)
    verdict = decide(asked, seats, ballots, closed=closed)
    for left_out in verdict.needs:
        others = verdict.model_copy(update={"needs": [need for need in verdict.needs if need is not left_out]})
        assert decide(asked, seats, supply(others, seats, ballots), closed=closed).outcome is not PASSED


@settings(max_examples=150, deadline=None)
@given(cases(), st.data())
def test_what_is_decided_while_open_stands_whatever_the_silent_answer(case: Case, data: st.DataObject) -> None:
    still = case.verdict(closed=False).outcome
    rest = {
        party: Ballot(seat=party, stance=stance, reasoned=data.draw(st.booleans()))
        for party in case.silent
        if (stance := data.draw(st.none() | STANCES)) is not None
    }
    best = {party: Ballot(seat=party, stance=A) for party in case.silent}
    ended = [case.verdict(closed=True), case.after(rest).verdict(closed=True), case.after(best).verdict(closed=True)]
    if still is not PENDING:
        assert {verdict.outcome for verdict in ended} == {still}
    else:
        seats = len({p.constituency for p in case.parties}) if case.rule.unit is Unit.DELEGATION else len(case.parties)
        assert ended[-1].outcome is PASSED or len(ended[0].recused) == seats
    assert all(verdict.outcome is not PENDING for verdict in ended)


@settings(max_examples=100, deadline=None)
@given(cases())
def test_quorum_is_met_by_answers_alone(case: Case) -> None:
    verdict = case.verdict(closed=True)
    answered = len(verdict.agree) + len(verdict.abstain) + len(verdict.object)
    size = answered + len(verdict.absent)
    quorum = {"1/4": 3, "1/3": 4, "1/2": 6, "2/3": 8, "3/4": 9, "1": 12}.get(case.rule.quorum or "", 0)
    if verdict.outcome is PASSED and case.rule.kind is not RuleKind.SILENCE:
        assert answered * 12 >= quorum * size
        assert verdict.agree


@settings(max_examples=100, deadline=None)
@given(cases(), st.booleans())
def test_every_seat_is_listed_once_and_sentences_are_whole(case: Case, closed: bool) -> None:
    verdict = case.verdict(closed=closed)
    seats = [seat.id for seat in by_unit(case.rule, case.parties, case.ballots.values(), NAMES)[0]]
    lists = [verdict.agree, verdict.abstain, verdict.object, verdict.recused, verdict.absent]
    assert sorted(seat for each in lists for seat in each) == sorted(seats)
    for each in [*lists, *(need.seats for need in verdict.needs)]:
        assert each == sorted(each, key=seats.index)
    for sentence in (verdict.sentence.nl, verdict.sentence.en):
        assert sentence.endswith(".")
        assert "  " not in sentence
        assert "{" not in sentence
