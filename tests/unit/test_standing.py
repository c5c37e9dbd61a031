from collections import Counter
from datetime import UTC, date, datetime, timedelta
from typing import Any, TypeVar

from sqlmodel import SQLModel

from models.enums import ClauseStatus, CovenantStatus, Phase, Role, StepKind, StepStatus, TaskKind, TaskStatus
from models.tables import Clause, Covenant, HumanTask, Step
from rules.access import Seat, Viewer
from rules.converging import convergence
from rules.standing import Next, NextKind, Waiting, missing, next_for, next_step, own_respondents
from store.standing import Judgement

NOW = datetime(2027, 3, 10, 12, tzinfo=UTC)
Row = TypeVar("Row", bound=SQLModel)
NAMES = {"union": ("de bond", "the union")}


def row(table: type[Row], **values: Any) -> Row:
    """A row with as much of it as the rules look at."""
    return table(**values)


def covenant(status: CovenantStatus = CovenantStatus.TALKS) -> Covenant:
    return row(Covenant, slug="c", status=status, in_force_due=None, in_force_at=None)


def task(respondent: str = "union", *, due: int = 5, role: str | None = None, rung: str | None = None) -> HumanTask:
    return row(HumanTask,
        id=f"c/x/{respondent}", covenant="c", kind=TaskKind.APPROVAL, respondent=respondent, role=role, rung=rung,
        title_nl="Besluit", title_en="Decision", due_at=NOW + timedelta(days=due), status=TaskStatus.OPEN,
    )  # fmt: skip


def general(*tasks: HumanTask, status: CovenantStatus = CovenantStatus.TALKS) -> Next:
    return next_step(covenant(status), [], Waiting.of(tasks, NOW), NAMES, NOW)


def viewer(*, party: str | None = None, participant: bool = False, roles: tuple[Role, ...] = ()) -> Viewer:
    seat = Seat("c", "p", "P", party=party, participant=participant, roles=frozenset(roles))
    return Viewer("p@example.org", (seat,))


FAY, UNION = viewer(roles=(Role.FACILITATOR,)), viewer(party="union")
FIRM, CHAIR = viewer(party="firm", participant=True), viewer(roles=(Role.CHAIR,))


def test_an_office_comes_before_a_late_party_and_that_before_who_is_in_time() -> None:
    late, office = task(due=-7), task("facilitator", role="facilitator")
    assert general(late, office).task is office
    assert general(late).kind is NextKind.LATE
    assert "the union is 5 working days late: ask the party" in general(late).words.en
    assert general(task()).words.en.startswith("wait for the union, until")
    assert general(task(), task()).words.en.startswith("wait for 2 answers")
    assert general().words.en == "nothing; all steps are over."


def test_the_plan_goes_on_by_itself_when_nobody_is_asked() -> None:
    step = row(Step,
        covenant="c", key="talks", kind=StepKind.DIALOGUE, phase=Phase.DIALOGUE, title_nl="Dialoog", title_en="Talks",
        status=StepStatus.PLANNED, planned_start=date(2027, 4, 1),
    )  # fmt: skip
    assert "begins on" in next_step(covenant(), [step], Waiting(), NAMES, NOW).words.en
    step.status = StepStatus.ACTIVE
    assert "asks nobody anything" in next_step(covenant(), [step], Waiting(), NAMES, NOW).words.en
    signed = covenant()
    signed.in_force_due = NOW
    assert "enters into force on" in next_step(signed, [step], Waiting(), NAMES, NOW).words.en


def test_who_acts_on_a_late_party_depends_on_the_office_and_the_rung() -> None:
    late = general(task(due=-7))
    assert next_for(FAY, late, None) is late
    assert "follows that up" in next_for(UNION, late, None).words.en
    assert "follows that up" in next_for(CHAIR, late, None).words.en
    climbed = general(task(due=-30, rung="chair"))
    assert "talk with the party" in next_for(CHAIR, climbed, None).words.en


def test_ones_own_task_comes_first_unless_nothing_can_be_answered() -> None:
    own = task()
    assert next_for(UNION, general(own), own).kind is NextKind.ANSWER
    paused = general(own, status=CovenantStatus.PAUSED)
    assert next_for(UNION, paused, own).kind is NextKind.WAIT
    assert next_for(FAY, paused, own).kind is NextKind.RESUME
    assert next_for(UNION, general(status=CovenantStatus.ENDED), None).kind is NextKind.NOTHING


def test_a_company_hears_of_nobody_else() -> None:
    for found in (general(task(due=-7)), general(task()), general(task("facilitator", role="facilitator"))):
        assert "your company" in next_for(FIRM, found, None).words.en
    assert own_respondents(FIRM) == ({"firm"}, set())
    assert own_respondents(FAY) == (set(), set(Role))


def test_what_is_missing_is_the_latest_verdict_on_what_is_not_settled() -> None:
    def said(clause: str | None, outcome: str, step: str = "talks") -> Judgement:
        return Judgement(step, 1, clause, outcome, "", "")

    clauses = [
        row(Clause, id=name, status=status)
        for name, status in (("a", ClauseStatus.BLOCKED), ("b", ClauseStatus.AGREED), ("c", ClauseStatus.PARKED))
    ]
    first = [said("a", "failed"), said("b", "failed"), said("c", "failed"), said(None, "failed", "principles")]
    later = [said("a", "failed"), said("b", "passed"), said(None, "passed", "principles-2")]
    assert missing([*first, *later], clauses) == [later[0], first[3]]


def test_clauses_stay_where_they_were_until_a_round_moves_them() -> None:
    rounds = [
        (1, {"a": ClauseStatus.AGREED, "b": ClauseStatus.BLOCKED}),
        (2, {"b": ClauseStatus.AGREED, "gone": ClauseStatus.CLEAN}),
    ]
    assert convergence(["a", "b", "c"], rounds) == [
        (1, Counter({ClauseStatus.AGREED: 1, ClauseStatus.BLOCKED: 1, ClauseStatus.BRACKETED: 1})),
        (2, Counter({ClauseStatus.AGREED: 2, ClauseStatus.BRACKETED: 1})),
    ]
