"""Who may answer what; each refusal says in both languages what would be accepted."""

from datetime import UTC, date, datetime

import pytest

from models import contracts as c
from models import signing as sg
from models.base import Words
from models.enums import Choice, Ground, PartyStatus, Power, Ratified, Role, Stance, TaskKind, TaskStatus
from models.errors import Refusal
from rules import answering

TODAY = date(2027, 1, 11)
NOON = datetime(2027, 1, 11, 12, tzinfo=UTC)
OLD, NEW, OTHER = "a" * 64, "b" * 64, "c" * 64
ALL = list(Power)
MANDATES: dict[str, list[c.Mandate]] = {
    "all": [c.Mandate(powers=ALL)],
    "speak": [c.Mandate(powers=[Power.SPEAK])],
    "commit": [c.Mandate(powers=[Power.SPEAK, Power.COMMIT])],
    "last-day": [c.Mandate(powers=ALL, until=TODAY)],
    "lapsed": [c.Mandate(powers=ALL, until=date(2027, 1, 10))],
    "wage": [c.Mandate(powers=ALL, themes=["wage"])],
    "wage-and-chain": [c.Mandate(powers=ALL, themes=["wage"]), c.Mandate(powers=ALL, themes=["chain"])],
    "none": [],
}
ROSTER = c.Roster(
    constituencies=[],
    parties=[
        c.Party(id="fnv", name=Words(nl="FNV", en="FNV union"), constituency="unions"),
        c.Party(id="cnv", name=Words(nl="CNV", en="CNV"), constituency="unions", status=PartyStatus.WITHDRAWN),
        c.Party(id="modint", name=Words(nl="Modint", en="Modint"), constituency="business"),
    ],
    people=[
        *(c.Person(id=name, name=name.title(), party="fnv", mandates=held) for name, held in MANDATES.items()),
        c.Person(id="piet", name="Piet", party="cnv", mandates=MANDATES["all"]),
        c.Person(id="greet", name="Greet", party="modint", mandates=MANDATES["all"]),
        c.Person(id="anna", name="Anna", roles=[Role.FACILITATOR]),
        c.Person(id="bram", name="Bram", roles=[Role.SECRETARIAT]),
        c.Person(id="carla", name="Carla", roles=[Role.CHAIR]),
    ],
)
CLAUSES = [
    c.ClauseRef(id="pay", number="3", theme="wage", version=2, sha256=NEW),
    c.ClauseRef(id="chain", number="4", theme="chain", sha256=OTHER),
]


def a_task(
    kind: TaskKind, respondent: str = "fnv", role: Role | None = None, text_sha: str | None = None
) -> c.TaskState:
    return c.TaskState(
        id="proef/s/x", kind=kind, respondent=respondent, role=role, power=answering.POWERS.get(kind),
        title=Words(nl="t", en="t"), opened=NOON, due=NOON, handled=NOON, text_sha=text_sha,
        choices=[Choice.CONTINUE, Choice.PROLONG] if kind is TaskKind.DECISION else [],
    )  # fmt: skip


def stands(kind: TaskKind, who: str, *themes: str, respondent: str = "fnv", why: str | None = None) -> bool:
    actor = c.Actor(person=who, on_behalf=why)
    return answering.standing(ROSTER, a_task(kind, respondent), actor, TODAY, themes)


def told(refused: pytest.ExceptionInfo[Refusal], code: str, *accepted: str) -> None:
    assert refused.value.code == code
    for text in accepted:
        assert text in refused.value.words.nl
        assert text in refused.value.words.en


# --- standing ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "who", "counted"),
    [
        (TaskKind.POSITIONS, "all", True),
        (TaskKind.POSITIONS, "speak", True),
        (TaskKind.APPROVAL, "speak", False),
        (TaskKind.APPROVAL, "commit", True),
        (TaskKind.RATIFICATION, "speak", False),
        (TaskKind.CONTRIBUTION, "speak", True),
        (TaskKind.APPROVAL, "last-day", True),
        (TaskKind.APPROVAL, "lapsed", False),
        (TaskKind.POSITIONS, "lapsed", False),
        (TaskKind.SIGNATURE, "all", True),
        (TaskKind.SIGNATURE, "last-day", True),
    ],
)
def test_beyond_the_mandate_is_kept_ad_referendum(kind: TaskKind, who: str, *, counted: bool) -> None:
    assert stands(kind, who) is counted


@pytest.mark.parametrize(
    ("who", "themes", "counted"),
    [
        ("all", ["wage", "chain"], True),
        ("wage", ["wage", "wage"], True),
        ("wage", ["chain"], False),
        ("wage", ["wage", "chain"], False),
        ("wage-and-chain", ["wage", "chain"], True),
        ("wage-and-chain", ["wage", "safety"], False),
    ],
)
def test_a_mandate_reaches_as_far_as_its_themes(who: str, themes: list[str], *, counted: bool) -> None:
    assert stands(TaskKind.POSITIONS, who, *themes) is counted


@pytest.mark.parametrize("who", ["wage", "wage-and-chain"])
def test_a_mandate_limited_to_themes_is_not_for_the_whole(who: str) -> None:
    for kind in (TaskKind.APPROVAL, TaskKind.RATIFICATION):
        assert stands(kind, who) is False
        before = answering.standing(ROSTER, a_task(kind), c.Actor(person=who), TODAY, limited=False)
        assert before, "as a workflow took it before this was the rule"
    for kind in (TaskKind.CONTRIBUTION, TaskKind.PLAN, TaskKind.REPORT, TaskKind.DOCUMENT):
        assert stands(kind, who) is True
    assert answering.limited_to_themes(ROSTER, a_task(TaskKind.APPROVAL), c.Actor(person=who))
    assert not answering.limited_to_themes(ROSTER, a_task(TaskKind.POSITIONS), c.Actor(person=who))
    assert not answering.limited_to_themes(ROSTER, a_task(TaskKind.APPROVAL), c.Actor(person="all"))


@pytest.mark.parametrize("kind", [TaskKind.SIGNATURE, TaskKind.DECLARATION])
@pytest.mark.parametrize("who", ["speak", "commit", "lapsed", "wage", "wage-and-chain"])
def test_signing_beyond_the_mandate_is_refused(kind: TaskKind, who: str) -> None:
    with pytest.raises(Refusal) as refused:
        stands(kind, who)

    told(refused, "no_mandate_to_sign", "sign")
    assert ("zondag 10 januari 2027" in refused.value.words.nl) == (who == "lapsed")


@pytest.mark.parametrize("who", ["none", "greet", "anna"])
def test_who_has_no_mandate_of_the_party_is_told_who_has(who: str) -> None:
    with pytest.raises(Refusal) as refused:
        stands(TaskKind.POSITIONS, who)

    told(refused, "no_mandate", "(all)", "(speak)", "(commit)")


def test_somebody_unknown_and_a_party_that_left_are_refused() -> None:
    with pytest.raises(Refusal) as refused:
        stands(TaskKind.POSITIONS, "nobody")
    told(refused, "unknown_person", "nobody")
    for why in (None, "telefonisch"):
        with pytest.raises(Refusal) as refused:
            stands(TaskKind.POSITIONS, "piet", respondent="cnv", why=why)
        told(refused, "party_withdrawn", "CNV")


@pytest.mark.parametrize("who", ["anna", "bram"])
def test_secretariat_and_facilitator_enter_what_was_phoned_in(who: str) -> None:
    assert stands(TaskKind.APPROVAL, who, "chain", why="telefonisch doorgegeven")
    with pytest.raises(Refusal) as refused:
        stands(TaskKind.SIGNATURE, who, why="telefonisch doorgegeven")
    assert refused.value.code == "no_proxy_signature"


@pytest.mark.parametrize("who", ["carla", "all", "greet"])
def test_nobody_else_answers_on_behalf(who: str) -> None:
    with pytest.raises(Refusal) as refused:
        stands(TaskKind.APPROVAL, who, why="telefonisch doorgegeven")

    told(refused, "no_office", "facilitator, secretaria", "Anna (anna), Bram (bram)")


@pytest.mark.parametrize(("who", "allowed"), [("carla", True), ("anna", True), ("bram", False), ("all", False)])
def test_what_an_office_owes_the_office_or_the_facilitator_answers(who: str, *, allowed: bool) -> None:
    task = a_task(TaskKind.DOCUMENT, "chair", Role.CHAIR)

    if allowed:
        assert answering.standing(ROSTER, task, c.Actor(person=who), TODAY)
    else:
        with pytest.raises(Refusal) as refused:
            answering.standing(ROSTER, task, c.Actor(person=who), TODAY)
        told(refused, "no_office", "Carla (carla)")


@pytest.mark.parametrize("status", [TaskStatus.ANSWERED, TaskStatus.EXPIRED, TaskStatus.VOID])
def test_a_closed_task_takes_no_answer(status: TaskStatus) -> None:
    task = a_task(TaskKind.APPROVAL)
    answering.check_open(task)

    with pytest.raises(Refusal) as refused:
        answering.check_open(task.model_copy(update={"status": status}))

    told(refused, "task_closed")
    assert task.title.nl in refused.value.words.nl


def test_a_paused_covenant_says_why() -> None:
    answering.check_not_held(None)
    with pytest.raises(Refusal) as refused:
        answering.check_not_held("verkiezingen")
    told(refused, "paused", "verkiezingen")


# --- content ----------------------------------------------------------------------------------------------------------


def on(clause: str, sha: str, stance: Stance = Stance.AGREE, **given: object) -> c.Position:
    return c.Position.model_validate({"clause": clause, "sha256": sha, "stance": stance, **given})


def positions(*given: c.Position) -> c.PositionsAnswer:
    return c.PositionsAnswer(positions=list(given))


def drafting(clause: str, sha: str, *parked: str) -> c.DraftingAnswer:
    amendments = [c.Amendment(clause=clause, sha256=sha, reason="na de ronde")]
    return c.DraftingAnswer(amendments=amendments, parked=list(parked), reason="na de ronde")


def contribution(theme: str | None) -> c.ContributionAnswer:
    return c.ContributionAnswer(items=[c.Item(text="een risico"), c.Item(theme=theme, text="kinderarbeid")])


def decision(choice: Choice, due: date | None = None) -> c.DecisionAnswer:
    return c.DecisionAnswer(choice=choice, due=due, reason="omdat het moet")


def ratified(sha: str) -> c.RatificationAnswer:
    return c.RatificationAnswer(result=Ratified.RATIFIED, text_sha=sha)


def signature(sha: str) -> sg.SignatureAnswer:
    return sg.SignatureAnswer(text_sha=sha, code="ABCD2345", name="Mila")


def check(task: c.TaskState, content: c.Content) -> None:
    answering.check_content(task, content, clauses=CLAUSES, themes=["wage", "chain"], today=TODAY)


REASONED = {"ground": Ground.COST, "lift": "een langere termijn"}
YES = c.ApprovalAnswer(stance=Stance.AGREE)


@pytest.mark.parametrize(
    ("kind", "content", "code", "accepted"),
    [
        (TaskKind.POSITIONS, YES, "wrong_answer", ["positions", "approval"]),
        (TaskKind.REPORT, YES, "wrong_answer", ["document"]),
        (TaskKind.DECLARATION, YES, "wrong_answer", ["signature"]),
        (TaskKind.POSITIONS, positions(on("pay", OLD)), "old_clause_version", [NEW, "3", "2"]),
        (TaskKind.POSITIONS, positions(on("safety", NEW)), "unknown_clause", ["pay, chain"]),
        (TaskKind.POSITIONS, positions(on("pay", NEW), on("pay", NEW)), "position_twice", ["pay"]),
        (TaskKind.POSITIONS, positions(on("pay", NEW, Stance.OBJECT)), "objection_without_ground", ["norm", "cost"]),
        (
            TaskKind.POSITIONS,
            positions(on("chain", OTHER), on("pay", NEW, Stance.OBJECT, ground=Ground.COST)),
            "objection_without_ground",
            ["(pay)"],
        ),
        (
            TaskKind.POSITIONS,
            positions(on("pay", NEW, Stance.OBJECT, lift="een langere termijn")),
            "objection_without_ground",
            ["feasibility"],
        ),
        (TaskKind.APPROVAL, c.ApprovalAnswer(stance=Stance.OBJECT), "objection_without_ground", ["scope"]),
        (TaskKind.CONTRIBUTION, contribution("safety"), "unknown_theme", ["wage, chain", "safety"]),
        (TaskKind.DRAFTING, drafting("safety", OLD), "unknown_clause", ["pay, chain"]),
        (TaskKind.DRAFTING, drafting("pay", OLD, "safety"), "unknown_clause", ["pay, chain"]),
        (TaskKind.DRAFTING, drafting("pay", NEW), "nothing_changed", ["pay"]),
        (TaskKind.DECISION, decision(Choice.LAPSE), "not_a_choice", ["continue, prolong", "lapse"]),
        (TaskKind.DECISION, decision(Choice.PROLONG), "date_in_the_past", ["11", "2027"]),
        (TaskKind.DECISION, decision(Choice.PROLONG, TODAY), "date_in_the_past", ["2027-01-11"]),
    ],
)
def test_content_that_does_not_fit_is_refused_with_what_would(
    kind: TaskKind, content: c.Content, code: str, accepted: list[str]
) -> None:
    with pytest.raises(Refusal) as refused:
        check(a_task(kind), content)

    told(refused, code, *accepted)


@pytest.mark.parametrize(
    ("kind", "content"),
    [
        (TaskKind.APPROVAL, c.ApprovalAnswer(stance=Stance.AGREE, text_sha=OLD)),
        (TaskKind.APPROVAL, YES),
        (TaskKind.RATIFICATION, ratified(OLD)),
        (TaskKind.SIGNATURE, signature(OLD)),
        (TaskKind.DECLARATION, signature(OLD)),
    ],
)
def test_an_answer_about_another_text_is_refused_with_the_hash_of_this_one(kind: TaskKind, content: c.Content) -> None:
    with pytest.raises(Refusal) as refused:
        check(a_task(kind, text_sha=NEW), content)

    told(refused, "other_text", NEW)


FITTING = [
    (TaskKind.POSITIONS, positions(on("pay", NEW), on("chain", OTHER, Stance.OBJECT, **REASONED))),
    (TaskKind.APPROVAL, c.ApprovalAnswer(stance=Stance.AGREE, text_sha=NEW)),
    (TaskKind.APPROVAL, c.ApprovalAnswer(stance=Stance.OBJECT, ground=Ground.NORM, lift="x" * 9, text_sha=NEW)),
    (TaskKind.RATIFICATION, ratified(NEW)),
    (TaskKind.SIGNATURE, signature(NEW)),
    (TaskKind.CONTRIBUTION, contribution("chain")),
    (TaskKind.DRAFTING, drafting("pay", OLD, "chain")),
    (TaskKind.DECISION, decision(Choice.CONTINUE)),
    (TaskKind.DECISION, decision(Choice.PROLONG, date(2027, 1, 12))),
    (TaskKind.PLAN, c.DocumentAnswer(title="Plan", sha256=OLD)),
]


@pytest.mark.parametrize(("kind", "content"), FITTING)
def test_content_that_fits_is_taken_and_by_no_other_kind_of_task(kind: TaskKind, content: c.Content) -> None:
    takers = set()
    for asked in TaskKind:
        try:
            check(a_task(asked, text_sha=NEW), content)
        except Refusal as refusal:
            assert refusal.code == "wrong_answer"  # noqa: PT017 the others are takers
        else:
            takers.add(asked)

    assert kind in takers
    assert takers == {asked for asked in TaskKind if answering.CONTENT[asked] == content.kind}
