"""A signing plan: what it comes to, and every plan that could never complete refused with the place and the way out."""

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from table import package

from models.base import Words
from models.contracts import Party, Roster, TaskState
from models.covenant import CovenantFile
from models.enums import PartyStatus, SigningRole, TaskKind, TaskStatus, Tier
from models.errors import InvalidFile, Refusal
from models.playbook import Constituency, Playbook, Step
from models.signing import SigningGroup, SigningMember
from rules import signing_plan
from rules.playbooks import check_covenant, check_playbook
from rules.signing_plan import Member
from runtime.files import checked_playbook, find_playbook

TODAY = date(2026, 11, 30)
NOW = datetime(2026, 11, 30, tzinfo=UTC)
GOOD: list[dict[str, Any]] = [
    {"members": [{"who": "trade"}, {"who": "shops"}, {"who": "mediator", "role": "witness"}]},
    {"members": [{"who": "unions"}, {"who": "participants"}, {"who": "trade", "role": "copy"}], "days": 5},
]


def book(plan: Sequence[Mapping[str, Any]], **more: Any) -> Playbook:
    data = package("t").playbook.model_dump(mode="json", exclude_unset=True)
    signing = next(step for step in data["steps"] if step["kind"] == "signing")
    signing |= {"plan": plan, **more}
    return Playbook.model_validate(data)


def covenant() -> CovenantFile:
    return package("t").covenant


def problems(plan: Sequence[Mapping[str, Any]], **more: Any) -> list[tuple[str, str]]:
    made = book(plan, **more)
    alone = check_playbook(made)
    here = check_covenant(covenant(), made, TODAY)
    assert all("; verwacht: " in one.words.nl and "; expected: " in one.words.en for one in (*alone, *here))
    return [(one.path, one.words.en) for one in (*alone, *here)]


def test_a_plan_that_can_complete_has_no_problem() -> None:
    assert problems(GOOD) == []


@pytest.mark.parametrize(
    ("plan", "path", "says"),
    [
        (
            [*GOOD, {"members": [{"who": "chair"}]}], "steps.4.plan.2.members.0.role",
            "'chair' is an office and signs for no party",
        ),
        ([*GOOD, {"members": [{"who": "unions"}]}], "steps.4.plan.2.members.0.who", "'unions' is in group 2 already"),
        (
            [{**GOOD[0], "days": 200}, *GOOD[1:]], "steps.4.plan.0.days",
            "200 working days is longer than the signing window of",
        ),
        (GOOD[:1], "steps.4.plan", "'participants' must sign but is not in the signing plan"),
        (
            [{"members": [{"who": "participants", "role": "witness"}]}, *GOOD], "steps.4.plan.0.members.0.role",
            "companies declare that they join",
        ),
        (
            [{"members": [{"who": "mediator", "role": "approver", "needed": 2}]}, *GOOD],
            "steps.4.plan.0.members.0.needed", "2 people cannot do this together",
        ),
        (
            [{"members": [{"who": "trade"}, {"who": "shopz"}]}, GOOD[1]], "parties",
            "unknown member in group 1 of 'signing' 'shopz'; expected: one of",
        ),
        ([{"members": [{"who": "trade"}]}, GOOD[1]], "parties", "'shops' must sign but is not in the signing plan"),
        ([*GOOD, {"members": [{"who": "union"}]}], "parties", "'union' is in group 3 of 'signing' but also in group 2"),
        (
            [{"members": [{"who": "trade", "needed": 2}, {"who": "shops"}]}, GOOD[1]], "parties.2",
            "2 people must sign for 'trade' (group 1 of 'signing'), but 1 have a mandate to sign",
        ),
        ([{"members": [{"who": "operator", "role": "copy"}]}, *GOOD], "", ""),
    ],
)  # fmt: skip
def test_what_keeps_a_plan_from_completing_is_named(plan: list[dict[str, Any]], path: str, says: str) -> None:
    found = problems(plan)
    if not path:
        assert found == []
        return
    assert any(at == path and says in words for at, words in found), found


def test_who_does_not_sign_in_this_step_is_excluded_from_its_plan() -> None:
    plan = [{"members": [{"who": "unions"}, {"who": "trade"}]}]
    assert any(
        path == "parties.2" and "'trade' is not among those who sign in step 'signing' (unions)" in words
        for path, words in problems(plan, respondents=["unions"])
    )
    assert any(
        path == "steps.4.plan.0.members.1.who"
        for path, _ in problems([{"members": [{"who": "unions"}, {"who": "business"}]}], respondents=["unions"])
    )


def test_an_empty_group_and_a_plan_of_another_step_are_refused() -> None:
    made = book([{"members": [{"who": "mediator", "role": "copy"}]}, *GOOD])
    lonely = covenant().model_copy(update={"people": [one for one in covenant().people if one.id != "cha"]})
    found = [(one.path, one.words.en) for one in check_covenant(lonely, made, TODAY)]
    assert any("nobody is in group 1 of 'signing'" in words for _, words in found), found
    assert any("nobody has the role mediator, needed in group 1" in words for _, words in found), found
    with pytest.raises(ValueError, match="a signing plan does not belong to a task step"):
        Step.model_validate(
            {"id": "x", "phase": "dialogue", "kind": "task", "title": {"nl": "x", "en": "x"}, "plan": GOOD}
        )


WRONG = """
    plan:
      - members:
          - {who: chair}
          - {who: participants, role: witnes}
      - members: []
      - members: [{who: all, need: 2}]
        declined: maybe
"""


def test_a_mistake_in_a_file_names_its_line_and_key(tmp_path: Path) -> None:
    text = find_playbook("garments-textile").read_text()
    place = "    reminders: [-20, -5, 0, 5]\n"
    before, after = text.split(place)
    file, first = tmp_path / "playbook.yaml", before.count("\n") + 3  # the line of 'members' of the first group
    file.write_text(before + place.rstrip() + WRONG + after)
    with pytest.raises(InvalidFile) as error:
        checked_playbook(file)
    at = f"{file}:"
    assert error.value.words.en.splitlines() == [
        (
            f"{at}{first + 2}: steps.9.plan.0.members.1.role: got 'witnes'; expected: one of: signatory, approver, "
            "witness, copy (did you mean 'witness'?)"
        ),
        f"{at}{first + 3}: steps.9.plan.1.members: the list has 0; expected: at least 1 in the list",
        (
            f"{at}{first + 4}: steps.9.plan.2.members.0.need: unknown key; expected: one of: who, role, needed (did "
            "you mean 'needed'?)"
        ),
        f"{at}{first + 5}: steps.9.plan.2.declined: got 'maybe'; expected: one of: ask, go_on, lapse",
    ]
    right = "\n    plan:\n      - members: [{who: participants}]\n      - members: [{who: chair}, {who: all}]\n"
    file.write_text(before + place.rstrip() + right + after)
    with pytest.raises(InvalidFile, match="'chair' is an office and signs for no party") as error:
        checked_playbook(file)
    assert f"{at}{first + 1}: steps.9.plan.1.members.0.role" in error.value.words.en
    file.write_text(before + place.rstrip() + right.replace("{who: chair}, ", "") + after)
    assert checked_playbook(file).steps[9].plan is not None


# --- what it comes to -------------------------------------------------------------------------------------------------

NAMES = ["p0", "p1", "p2", "p3", "p4", "p5"]
statuses = st.lists(st.sampled_from(PartyStatus), min_size=len(NAMES), max_size=len(NAMES))


def roster(found: Sequence[PartyStatus]) -> Roster:
    return Roster(
        constituencies=[Constituency(id=name, title=Words(nl=name, en=name)) for name in ("odd", "even")],
        parties=[
            Party(id=name, name=Words(nl=name, en=name), constituency="odd" if n % 2 else "even", status=status)
            for n, (name, status) in enumerate(zip(NAMES, found, strict=True))
        ]
        + [Party(id="firm", name=Words(nl="f", en="f"), constituency="odd", tier=Tier.PARTICIPANT)],
        people=[],
    )  # fmt: skip


@given(statuses, st.permutations(["odd", "even", "participants", "chair"]))
def test_everyone_at_the_table_is_asked_once_and_who_left_is_not(found: list[PartyStatus], order: list[str]) -> None:
    table, roles = roster(found), {"chair": SigningRole.WITNESS}
    groups = [
        SigningGroup(members=[SigningMember(who=who, role=roles.get(who, SigningRole.SIGNATORY))]) for who in order
    ]  # fmt: skip
    everyone = [member for group in groups for member in signing_plan.members(group, table)]
    assert sorted(one.respondent for one in everyone) == sorted(
        ["firm", "chair", *(one.id for one in table.parties if one.status is PartyStatus.ACTIVE and one.id != "firm")]
    )
    without = Step.model_validate(
        {
            "id": "s", "phase": "dialogue", "kind": "signing", "title": {"nl": "x", "en": "x"},
            "respondents": ["all", "odd", "participants"],
        }
    )  # fmt: skip
    (one_group,) = signing_plan.groups(without)
    alone = [one.respondent for one in signing_plan.members(one_group, table)]
    assert len(alone) == len(set(alone)), "nobody is asked twice"


def task(kind: TaskKind, status: TaskStatus, name: str = "p0") -> TaskState:
    return TaskState(
        id=f"t/s/{name}", kind=kind, respondent=name, title=Words(nl="x", en="x"), opened=NOW, due=NOW, handled=NOW,
        status=status,
    )  # fmt: skip


def test_companies_hold_up_the_next_group_until_the_threshold_is_met() -> None:
    firm = task(TaskKind.DECLARATION, TaskStatus.OPEN, "firm")
    signed = task(TaskKind.SIGNATURE, TaskStatus.ANSWERED)
    assert not signing_plan.complete([firm, signed], excused=[], thresholds=False)
    assert signing_plan.complete([firm, signed], excused=[], thresholds=True)
    late = task(TaskKind.SIGNATURE, TaskStatus.EXPIRED)
    assert not signing_plan.complete([late], excused=[], thresholds=True), "an expired request is still owed"
    assert signing_plan.complete([late], excused=[late.id], thresholds=True)
    assert signing_plan.complete([task(TaskKind.SIGNATURE, TaskStatus.VOID)], excused=[], thresholds=False)


def test_a_turn_that_has_not_come_is_refused_in_words() -> None:
    later = [(2, Member("union", SigningRole.SIGNATORY, 1)), (3, Member("chair", SigningRole.WITNESS, 1))]
    waits = Words(nl="Handel", en="Trade")
    with pytest.raises(Refusal) as refused:
        signing_plan.check_turn("t/signing.witness/chair", "signing", "t", later, waits)
    assert refused.value.code == "not_your_turn"
    assert refused.value.words.en == "It is not yet the turn of group 3; nothing was signed. Expected: first Trade."
    signing_plan.check_turn("t/signing/chair", "signing", "t", later, waits)
    signing_plan.check_turn("t/other/union", "signing", "t", later, waits)
