"""Who may change a delegation and to what, and what that leaves of it."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models import contracts as c
from models.base import Words
from models.enums import PartyStatus, Power, Role, TaskKind, Tier
from models.errors import Refusal
from rules import answering, mandates

TODAY = date(2027, 1, 11)
THEMES = ["wage", "chain"]
ALL = list(Power)
LEAD = [c.Mandate(powers=ALL)]
SPEAK = [c.Mandate(powers=[Power.SPEAK])]


def party(name: str, **more: object) -> c.Party:
    return c.Party.model_validate({"id": name, "name": Words(nl=name, en=name), "constituency": "unions", **more})


def table() -> c.Roster:
    return c.Roster(
        constituencies=[],
        parties=[
            party("fnv"), party("cnv"), party("vcp", status=PartyStatus.WITHDRAWN), party("firm", tier=Tier.PARTICIPANT)
        ],
        people=[
            c.Person(id="lead", name="Lead", party="fnv", mandates=LEAD),
            c.Person(id="aide", name="Aide", party="fnv", mandates=SPEAK),
            c.Person(id="signer", name="Signer", party="fnv", mandates=[c.Mandate(powers=[Power.SIGN])]),
            c.Person(id="wage", name="Wage", party="fnv", mandates=[c.Mandate(powers=ALL, themes=["wage"])]),
            c.Person(id="gone", name="Gone", party="fnv"),
            c.Person(id="lapsed", name="Lapsed", party="fnv",
                     mandates=[c.Mandate(powers=ALL, until=TODAY - timedelta(days=1))]),
            c.Person(id="other", name="Other", party="cnv", mandates=LEAD),
            c.Person(id="boss", name="Boss", party="firm", mandates=LEAD),
            c.Person(id="anna", name="Anna", roles=[Role.FACILITATOR]),
            c.Person(id="bram", name="Bram", roles=[Role.SECRETARIAT]),
            c.Person(id="carla", name="Carla", roles=[Role.CHAIR, Role.MEDIATOR]),
            c.Person(id="omar", name="Omar", roles=[Role.OPERATOR]),
        ],
    )  # fmt: skip


def a_change(by: str = "lead", change: str = "change", who: str = "aide", **more: object) -> c.MandateChange:
    given_ = {"mandates": LEAD if change != "end" else [], "party": "fnv", **more}
    return c.MandateChange.model_validate(
        {"act": "a", "actor": {"person": by}, "change": change, "person": who, "reason": "Holidays.", **given_}
    )


def refused(change: c.MandateChange) -> Refusal:
    with pytest.raises(Refusal) as told:
        mandates.changed(table(), change, TODAY, THEMES)
    return told.value


@pytest.mark.parametrize("by", ["lead", "signer", "anna", "bram"])
def test_who_may_commit_or_sign_and_the_facilitator_may(by: str) -> None:
    assert mandates.changed(table(), a_change(by), TODAY, THEMES).mandates == LEAD


@pytest.mark.parametrize("by", ["aide", "wage", "gone", "lapsed", "other", "boss", "carla", "omar"])
def test_nobody_else_may_and_is_told_who_does(by: str) -> None:
    said = refused(a_change(by))

    assert said.code == "not_your_delegation"
    for text in (said.words.nl, said.words.en):
        assert "lead, signer, anna, bram" in text
    assert refused(a_change("nobody")).code == "unknown_person"


def test_an_address_belongs_to_one_person_and_is_not_said_back() -> None:
    new = a_change(change="add", who="new", name="New", contact="a" * 64)
    mandates.check_address(table(), new, None)
    mandates.check_address(table(), new, "new")  # the same act, seen while it is written
    with pytest.raises(Refusal) as told:
        mandates.check_address(table(), new, "other")
    assert told.value.code == "address_taken"
    assert told.value.words.nl.startswith("Dit adres is al van Other (other). Verwacht: ")
    assert told.value.words.en.startswith("This address belongs to Other (other) already. Expected: ")
    with pytest.raises(Refusal, match="belongs to coming"):
        mandates.check_address(table(), new, "coming")  # being added at the same moment


@pytest.mark.parametrize(
    ("change", "code"),
    [
        (a_change("anna", party="vcp"), "unknown_party"),
        (a_change("anna", party="none"), "unknown_party"),
        (a_change(who="other"), "other_delegation"),
        (a_change(who="anna"), "other_delegation"),
        (a_change(who="nobody"), "unknown_person"),
        (a_change(change="end", who="gone"), "no_mandate_to_end"),
        (a_change(change="add", who="other", name="Other", contact="a" * 64), "person_exists"),
        (a_change(change="add", who="new", name="New"), "no_contact"),
        (a_change(change="add", who="new", contact="a" * 64), "no_contact"),
        (a_change(mandates=[]), "no_powers"),
        (a_change(mandates=[c.Mandate(powers=[])]), "no_powers"),
        (a_change(mandates=[c.Mandate(powers=ALL, themes=["wage", "safety"])]), "unknown_theme"),
        (a_change(mandates=[c.Mandate(powers=ALL, until=TODAY - timedelta(days=1))]), "date_in_the_past"),
    ],
)
def test_what_cannot_be_is_refused_in_words(change: c.MandateChange, code: str) -> None:
    said = refused(change)

    assert said.code == code
    assert "Verwacht" in said.words.nl
    assert "Expected" in said.words.en


def test_a_person_is_added_changed_and_ended() -> None:
    roster = table()
    substitute = c.Mandate(powers=[Power.COMMIT], until=TODAY)
    new = mandates.changed(
        roster, a_change(change="add", who="new", name="New", contact="a" * 64, mandates=[substitute]), TODAY, THEMES
    )
    assert new == c.Person(id="new", name="New", party="fnv", mandates=[substitute])
    ended = mandates.changed(roster, a_change(change="end", who="aide"), TODAY, THEMES)
    assert (ended.mandates, ended.name) == ([], "Aide")
    assert roster == table(), "the rule only says what would be"
    people = mandates.with_person(mandates.with_person(roster.people, new), ended)
    assert [one.id for one in people] == [*(one.id for one in roster.people), "new"]
    assert next(one for one in people if one.id == "aide") == ended


def test_ending_the_last_who_can_sign_strands_signatures_only() -> None:
    roster = table()
    roster.people = [one for one in roster.people if one.id in {"lead", "aide"}]
    gone = roster.people[0].model_copy(update={"mandates": []})

    kinds = mandates.lost(roster, gone, TODAY)
    assert TaskKind.SIGNATURE in kinds
    assert TaskKind.APPROVAL in kinds
    assert TaskKind.POSITIONS not in kinds, "the aide may still speak"
    party_ = roster.parties[0]
    mandates.check_left(party_, kinds, [("t/1", TaskKind.POSITIONS)])
    with pytest.raises(Refusal, match="t/2") as told:
        mandates.check_left(party_, kinds, [("t/1", TaskKind.POSITIONS), ("t/2", TaskKind.APPROVAL)])
    assert told.value.code == "nobody_left"
    assert mandates.lost(table(), gone.model_copy(update={"id": "lapsed"}), TODAY) == set()
    assert not mandates.needs_somebody_left(table(), c.Actor(person="anna"))
    assert mandates.needs_somebody_left(table(), c.Actor(person="bram"))


HELD = st.lists(
    st.builds(
        c.Mandate,
        powers=st.lists(st.sampled_from(Power), min_size=1, max_size=3, unique=True),
        themes=st.lists(st.sampled_from(THEMES), max_size=2, unique=True),
        until=st.none() | st.dates(TODAY - timedelta(days=3), TODAY + timedelta(days=3)),
    ),
    max_size=3,
)


@given(before=HELD, after=HELD)
def test_what_is_lost_could_be_answered_before_and_cannot_after(
    before: list[c.Mandate], after: list[c.Mandate]
) -> None:
    """Checked against the rule that decides about answers themselves."""
    roster = table()
    roster.people = [c.Person(id="lead", name="Lead", party="fnv", mandates=before)]
    changed = roster.people[0].model_copy(update={"mandates": after})

    def counts(held: list[c.Mandate], kind: TaskKind) -> bool:
        roster.people = [c.Person(id="lead", name="Lead", party="fnv", mandates=held)]
        now = answering_task(kind)
        try:
            return answering.standing(roster, now, c.Actor(person="lead"), TODAY)
        except Refusal:
            return False

    lost = mandates.lost(roster, changed, TODAY)
    assert lost == {kind for kind in answering.CONTENT if counts(before, kind) and not counts(after, kind)}


def answering_task(kind: TaskKind) -> c.TaskState:
    at = datetime(2027, 1, 11, 12, tzinfo=UTC)
    return c.TaskState(
        id="t", kind=kind, respondent="fnv", power=answering.POWERS.get(kind), title=Words(nl="t", en="t"), opened=at,
        due=at, handled=at,
    )  # fmt: skip


@given(st.lists(HELD, max_size=4))
def test_mail_goes_to_whose_mandate_holds_and_never_to_whose_was_ended(held: list[list[c.Mandate]]) -> None:
    chosen = mandates.written_to(held, TODAY)

    assert all(held[place] for place in chosen)
    assert bool(chosen) == any(held)
    if any(mandates.in_force(one, TODAY) for one in held):
        assert all(mandates.in_force(held[place], TODAY) for place in chosen)


def test_what_someone_may_is_said_in_words() -> None:
    held = [c.Mandate(powers=[Power.SPEAK, Power.SIGN], themes=["wage"], until=TODAY), c.Mandate(powers=[Power.COMMIT])]
    said = mandates.in_words(c.Person(id="x", name="X", mandates=held))

    assert said.nl == "mag voor de partij: spreken, tekenen over wage tot en met maandag 11 januari 2027; binden"
    assert said.en == "may for the party: speak, sign on wage until Monday 11 January 2027; commit"
    assert "geen mandaat meer" in mandates.in_words(c.Person(id="x", name="X")).nl
