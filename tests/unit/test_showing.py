"""What the parties are shown of each other; and proposals written and read again."""

import pytest

from models.enums import Role, StepStatus, TaskKind, TaskStatus
from rules.access import Seat, Viewer
from rules.showing import hidden_round, may_replace, shows_document


def viewer(*roles: Role, party: str | None = None, participant: bool = False) -> Viewer:
    return Viewer("a@example.org", (Seat("c", "a", "A", party, participant, frozenset(roles)),))


@pytest.mark.parametrize("role", [Role.FACILITATOR, Role.SECRETARIAT, Role.CHAIR, Role.MEDIATOR])
def test_the_offices_see_positions_as_they_come(role: Role) -> None:
    assert hidden_round(viewer(role), 3) is None


def test_a_party_sees_the_positions_of_others_once_the_round_has_closed() -> None:
    assert hidden_round(viewer(party="union"), 3) == 3
    assert hidden_round(viewer(party="union"), None) is None
    assert hidden_round(viewer(Role.OPERATOR), 3) == 3


@pytest.mark.parametrize(
    ("kind", "status", "round_open", "step", "expected"),
    [
        (TaskKind.POSITIONS, TaskStatus.ANSWERED, True, StepStatus.ACTIVE, True),
        (TaskKind.POSITIONS, TaskStatus.ANSWERED, False, StepStatus.ACTIVE, False),
        (TaskKind.APPROVAL, TaskStatus.ANSWERED, None, StepStatus.ACTIVE, True),
        (TaskKind.APPROVAL, TaskStatus.ANSWERED, None, StepStatus.DONE, False),
        (TaskKind.APPROVAL, TaskStatus.EXPIRED, None, StepStatus.ACTIVE, False),
        (TaskKind.SIGNATURE, TaskStatus.ANSWERED, None, StepStatus.ACTIVE, False),
    ],
)
def test_an_answer_may_be_replaced_until_the_step_or_round_is_over(
    kind: TaskKind, status: TaskStatus, round_open: bool | None, step: StepStatus, expected: bool
) -> None:
    assert may_replace(kind, status, round_open=round_open, step=step) is expected


def test_what_a_company_reports_is_between_it_and_the_secretariat() -> None:
    firm, union, sec = viewer(party="firm-1", participant=True), viewer(party="union"), viewer(Role.SECRETARIAT)
    for kind in (TaskKind.PLAN, TaskKind.REPORT):
        assert shows_document(firm, kind, "firm-1", reads_text=False)
        assert not shows_document(firm, kind, "firm-2", reads_text=False)
        assert not shows_document(union, kind, "firm-1", reads_text=True)
        assert shows_document(sec, kind, "firm-1", reads_text=True)
    assert shows_document(union, TaskKind.DOCUMENT, "secretariat", reads_text=True)
    assert not shows_document(firm, None, None, reads_text=False)
