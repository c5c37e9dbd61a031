"""Who reads a comment: checked against a plain table of who is in which lane."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models import contracts as c
from models.base import Words
from models.enums import Lane, PartyStatus, Power, Role, Tier
from models.errors import Refusal
from models.filing import PaperAdding, Widening
from models.papers import LaneFound
from rules import lanes

TODAY = date(2027, 1, 11)
YESTERDAY = date(2027, 1, 10)
PARTIES = [
    c.Party(id=name, name=Words(nl=name, en=name), constituency=group, tier=tier, status=status)
    for name, group, tier, status in (
        ("fnv", "unions", Tier.PARTY, PartyStatus.ACTIVE),
        ("cnv", "unions", Tier.PARTY, PartyStatus.ACTIVE),
        ("vcp", "unions", Tier.PARTY, PartyStatus.WITHDRAWN),
        ("modint", "business", Tier.PARTY, PartyStatus.ACTIVE),
        ("firm", "participants", Tier.PARTICIPANT, PartyStatus.ACTIVE),
    )
]
MANDATED = [c.Mandate(powers=[Power.SPEAK])]
PEOPLE = [
    *(c.Person(id=party.id, name=party.id, party=party.id, mandates=MANDATED) for party in PARTIES),
    c.Person(id="ended", name="ended", party="fnv"),
    c.Person(id="lapsed", name="lapsed", party="fnv", mandates=[c.Mandate(powers=list(Power), until=YESTERDAY)]),
    *(c.Person(id=role.value, name=role.value, roles=[role]) for role in Role),
]
ROSTER = c.Roster(constituencies=[], parties=PARTIES, people=PEOPLE)
CLAUSES = ["pay", "chain"]
READERS: dict[tuple[str, Lane], set[str]] = {
    ("fnv", Lane.DELEGATION): {"fnv"},
    ("fnv", Lane.CONSTITUENCY): {"fnv", "cnv"},
    ("fnv", Lane.TABLE): {"fnv", "cnv", "modint", "facilitator", "secretariat", "chair", "mediator"},
    ("fnv", Lane.FACILITATOR): {"fnv", "facilitator", "secretariat"},
    ("firm", Lane.DELEGATION): {"firm"},
    ("firm", Lane.CONSTITUENCY): {"firm"},
    ("firm", Lane.FACILITATOR): {"firm", "facilitator", "secretariat"},
    ("fnv", Lane.MEDIATOR): {"fnv", "mediator"},
    ("firm", Lane.MEDIATOR): {"firm", "mediator"},
    ("mediator", Lane.MEDIATOR): {"modint", "mediator"},
    ("chair", Lane.TABLE): {"fnv", "cnv", "modint", "facilitator", "secretariat", "chair", "mediator"},
    ("mediator", Lane.TABLE): {"fnv", "cnv", "modint", "facilitator", "secretariat", "chair", "mediator"},
    ("facilitator", Lane.TABLE): {"fnv", "cnv", "modint", "facilitator", "secretariat", "chair", "mediator"},
    ("secretariat", Lane.TABLE): {"fnv", "cnv", "modint", "facilitator", "secretariat", "chair", "mediator"},
    ("facilitator", Lane.FACILITATOR): {"modint", "facilitator", "secretariat"},
    ("secretariat", Lane.FACILITATOR): {"modint", "facilitator", "secretariat"},
}
"""By writer and lane, who reads it; an office writes to modint. What is not here is refused."""


def comment(who: str, lane: Lane, clause: str = "pay", **more: object) -> c.Comment:
    return c.Comment.model_validate(
        {"act": "a", "actor": {"person": who}, "clause": clause, "lane": lane, "text_sha": "a" * 64, **more}
    )


def placed(made: c.Comment, parent: c.Commented | None = None) -> lanes.Place:
    return lanes.placed(ROSTER, made, TODAY, CLAUSES, parent)


def readers(place: lanes.Place) -> set[str]:
    return {one.id for one in PEOPLE if lanes.may_read(place, lanes.viewer(one, PARTIES, TODAY))}


@pytest.mark.parametrize("lane", Lane)
@pytest.mark.parametrize("who", [one.id for one in PEOPLE if one.id not in {"cnv", "modint"}])
def test_each_lane_has_its_readers(who: str, lane: Lane) -> None:
    wanted = READERS.get((who, lane))
    if wanted is None:
        with pytest.raises(Refusal) as refused:
            placed(comment(who, lane, party="modint"))
        assert refused.value.code == "not_your_lane"
    else:
        assert readers(placed(comment(who, lane, party="modint"))) == wanted


MANDATE_LISTS = st.sampled_from([[], MANDATED, [c.Mandate(powers=list(Power), until=YESTERDAY)]])
ANYONE = st.builds(
    c.Person,
    id=st.just("anyone"),
    name=st.just("Anyone"),
    party=st.none() | st.sampled_from([party.id for party in PARTIES] + ["elsewhere"]),
    roles=st.lists(st.sampled_from(Role), max_size=3, unique=True),
    mandates=MANDATE_LISTS,
)
PLACES = st.builds(
    lanes.Place,
    lane=st.sampled_from(Lane),
    party=st.none() | st.sampled_from([party.id for party in PARTIES]),
    constituency=st.none() | st.sampled_from(["unions", "business", "participants"]),
    was=st.lists(st.sampled_from(Lane), max_size=2).map(tuple),
)


@given(place=PLACES, who=ANYONE)
def test_nobody_outside_the_lane_ever_reads_it(place: lanes.Place, who: c.Person) -> None:
    """What makes someone a reader is said here in full; whoever has none of it reads nothing."""
    party = next((one for one in PARTIES if one.id == who.party), None)
    speaks = party is not None and who.mandates == MANDATED
    reasons = {
        Lane.DELEGATION: speaks and who.party == place.party,
        Lane.CONSTITUENCY: speaks
        and party is not None
        and party.status is PartyStatus.ACTIVE
        and party.constituency == place.constituency,
        Lane.TABLE: bool(set(who.roles) - {Role.OPERATOR})
        or (speaks and party is not None and party.status is PartyStatus.ACTIVE and party.tier is Tier.PARTY),
        Lane.FACILITATOR: bool(set(who.roles) & {Role.FACILITATOR, Role.SECRETARIAT})
        or (speaks and who.party == place.party),
        Lane.MEDIATOR: Role.MEDIATOR in who.roles or (speaks and who.party == place.party),
        Lane.PUBLIC: True,
    }

    assert lanes.may_read(place, lanes.viewer(who, PARTIES, TODAY)) is any(
        reasons[lane] for lane in (place.lane, *place.was)
    )


@given(place=PLACES)
def test_a_stranger_and_an_operator_read_nothing(place: lanes.Place) -> None:
    operator = c.Person(id="o", name="O", roles=[Role.OPERATOR])

    public = Lane.PUBLIC in {place.lane, *place.was}
    assert lanes.may_read(place, lanes.NOBODY) is public
    assert lanes.may_read(place, lanes.viewer(operator, PARTIES, TODAY)) is public


@given(writer=ANYONE, lane=st.sampled_from(Lane), party=st.none() | st.sampled_from(["fnv", "modint"]))
def test_who_may_write_reads_it_back(writer: c.Person, lane: Lane, party: str | None) -> None:
    roster = ROSTER.model_copy(update={"people": [writer]})
    try:
        place = lanes.placed(roster, comment("anyone", lane, party=party), TODAY, CLAUSES)
    except Refusal:
        return
    assert lanes.may_read(place, lanes.viewer(writer, PARTIES, TODAY))


def parent(who: str, lane: Lane) -> c.Commented:
    place = placed(comment(who, lane, party="fnv"))
    return c.Commented(clause="pay", lane=lane, party=place.party, constituency=place.constituency, text_sha="b" * 64)


def test_a_reply_stays_where_it_was_asked() -> None:
    asked = parent("fnv", Lane.FACILITATOR)

    answer = placed(comment("facilitator", Lane.FACILITATOR, reply_to="x"), asked)
    assert (answer.party, answer.constituency) == ("fnv", "unions")
    assert readers(answer) == {"fnv", "facilitator", "secretariat"}
    assert placed(comment("cnv", Lane.CONSTITUENCY, reply_to="x"), parent("fnv", Lane.CONSTITUENCY)).party == "fnv"


@pytest.mark.parametrize(
    ("made", "code"),
    [
        (comment("modint", Lane.FACILITATOR, reply_to="x"), "unknown_comment"),
        (comment("modint", Lane.TABLE, reply_to="x"), "unknown_comment"),
        (comment("fnv", Lane.TABLE, reply_to="x"), "other_thread"),
        (comment("fnv", Lane.FACILITATOR, "chain", reply_to="x"), "other_thread"),
    ],
)
def test_a_reply_elsewhere_is_refused_and_outsiders_learn_nothing(made: c.Comment, code: str) -> None:
    with pytest.raises(Refusal) as refused:
        placed(made, parent("fnv", Lane.FACILITATOR))
    assert refused.value.code == code


def test_a_comment_names_a_clause_and_an_office_a_party() -> None:
    for made, code, expected in (
        (comment("fnv", Lane.TABLE, "none"), "unknown_clause", "pay, chain"),
        (comment("facilitator", Lane.FACILITATOR), "which_party", "fnv, cnv, modint, firm"),
        (comment("facilitator", Lane.FACILITATOR, party="vcp"), "which_party", "fnv, cnv, modint, firm"),
        (comment("nobody", Lane.TABLE), "unknown_person", "persoon"),
    ):
        with pytest.raises(Refusal) as refused:
            placed(made)
        assert refused.value.code == code
        assert expected in refused.value.words.nl


# --- papers, and moving wider -----------------------------------------------------------------------------------------


def widening(who: str, lane: Lane, item: str = "paper") -> Widening:
    return Widening.model_validate(
        {"act": "w", "actor": {"person": who}, "item": item, "id": "p", "lane": lane, "reason": "they may know"}
    )


@given(
    author=st.sampled_from([one.id for one in PEOPLE]), who=st.sampled_from([one.id for one in PEOPLE]),
    start=st.sampled_from(Lane), ways=st.lists(st.sampled_from(Lane), min_size=1, max_size=4),
    item=st.sampled_from(["comment", "paper"]), reader=ANYONE,
)  # fmt: skip
def test_moving_wider_takes_it_from_nobody_and_is_only_for_its_owner(
    author: str, who: str, start: Lane, ways: list[Lane], item: str, reader: c.Person
) -> None:
    adding = PaperAdding(act="p", actor=c.Actor(person=author), lane=start, party="modint", text_sha="a" * 64)
    try:
        place = lanes.placed_paper(ROSTER, adding, TODAY)
    except Refusal:
        return
    known = {one.id: one for one in PEOPLE}
    seen = lanes.viewer(reader, PARTIES, TODAY)
    for lane in ways:
        found = LaneFound(
            lane=place.lane, was=list(place.was), party=place.party, constituency=place.constituency, person=author
        )
        before = readers(place), lanes.may_read(place, seen)
        try:
            after = lanes.check_widening(ROSTER, widening(who, lane, item), found, TODAY)
        except Refusal:
            continue
        assert after is not None
        assert known[who].party == known[author].party
        assert known[who].party is not None or who in {author, "facilitator"}
        assert lane is not Lane.PUBLIC or item == "paper"
        assert lane is not Lane.PUBLIC or known[author].party is not None or who == "facilitator"
        assert readers(after) >= before[0]
        assert lanes.may_read(after, seen) >= before[1]
        place = after


@pytest.mark.parametrize(
    ("who", "code"),
    [("modint", "unknown_item"), ("cnv", "unknown_item"), ("lapsed", "unknown_item"), ("secretariat", "not_wider")],
)
def test_who_does_not_own_it_is_told_no_more_than_they_may_know(who: str, code: str) -> None:
    found = LaneFound(lane=Lane.FACILITATOR, party="fnv", constituency="unions", person="fnv")
    with pytest.raises(Refusal) as refused:
        lanes.check_widening(ROSTER, widening(who, Lane.TABLE), found, TODAY)
    assert refused.value.code == code


def test_only_who_speaks_for_the_whole_delegation_moves_what_a_colleague_wrote() -> None:
    found = LaneFound(lane=Lane.DELEGATION, party="fnv", constituency="unions", person="fnv")
    lead = c.Person(id="lead", name="lead", party="fnv", mandates=[c.Mandate(powers=[Power.COMMIT])])
    aide = c.Person(id="aide", name="aide", party="fnv", mandates=MANDATED)
    on_pay = c.Mandate(powers=[Power.COMMIT], themes=["pay"])
    narrow = c.Person(id="narrow", name="narrow", party="fnv", mandates=[on_pay])
    roster = ROSTER.model_copy(update={"people": [*PEOPLE, lead, aide, narrow]})
    for who in ("fnv", "lead"):
        moved = lanes.check_widening(roster, widening(who, Lane.TABLE), found, TODAY)
        assert moved is not None
        assert moved.lane is Lane.TABLE
    for who in ("aide", "narrow"):
        with pytest.raises(Refusal) as refused:
            lanes.check_widening(roster, widening(who, Lane.TABLE), found, TODAY)
        assert refused.value.code == "not_wider"


def test_a_party_cannot_spread_what_the_facilitator_wrote_to_it_in_confidence() -> None:
    found = LaneFound(lane=Lane.FACILITATOR, party="fnv", constituency="unions", person="facilitator")
    with pytest.raises(Refusal) as refused:
        lanes.check_widening(ROSTER, widening("fnv", Lane.TABLE), found, TODAY)
    assert refused.value.code == "not_wider"
