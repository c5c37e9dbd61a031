"""Political or technical: why a covenant does not move."""

from datetime import UTC, date, datetime

import pytest

from models.base import Words
from models.contracts import Schedule
from models.enums import CovenantStatus, Rung
from rules import standstill
from rules.calendar import add_working_days, due_moment
from rules.standstill import Cause, Late

DUE = due_moment(date(2027, 3, 1))
UNION = Words(nl="FNV", en="FNV")


def after(days: int) -> datetime:
    return due_moment(add_working_days(date(2027, 3, 1), days))


def judged(days: int, late: Late, **more: object) -> standstill.Standstill:
    return standstill.judge(after(days), status=CovenantStatus.TALKS, late=[late], **more)  # type: ignore[arg-type]


def test_a_fault_comes_before_who_is_late() -> None:
    fault = Words(nl="2 mails kwamen niet aan", en="2 mails were not delivered")
    found = judged(30, Late(UNION, DUE, Rung.CALL), faults=[fault])
    assert found.cause is Cause.TECHNICAL
    assert found.words.en == "Polder itself fails: 2 mails were not delivered."


def test_while_the_reminders_run_nothing_stands_still() -> None:
    assert judged(5, Late(UNION, DUE)).cause is Cause.HEALTHY
    assert "reminders of the step still run" in judged(5, Late(UNION, DUE)).words.en
    assert judged(6, Late(UNION, DUE)).cause is Cause.POLITICAL


def test_the_steps_own_reminders_are_the_measure() -> None:
    patient = Schedule(reminders=[0, 20], ladder=[])
    assert judged(19, Late(UNION, DUE), schedule=patient).cause is Cause.HEALTHY
    found = judged(21, Late(UNION, DUE), schedule=patient)
    assert found.cause is Cause.POLITICAL
    assert "at its end" in found.words.en


@pytest.mark.parametrize(
    ("days", "rung", "coming"),
    [(6, None, Rung.CALL), (12, Rung.CALL, Rung.CHAIR), (25, Rung.CHAIR, Rung.MEDIATOR), (40, Rung.MEDIATOR, Rung.END)],
)
def test_it_says_who_since_when_which_rung_and_what_comes_next(days: int, rung: Rung | None, coming: Rung) -> None:
    found = judged(days, Late(UNION, DUE, rung))
    assert found.cause is Cause.POLITICAL
    assert found.words.nl.startswith("FNV is sinds maandag 1 maart 2027 te laat")
    assert f"({days} working days)" in found.words.en
    assert found.next_rung is coming
    assert found.next_at is not None
    assert found.next_at >= after(days).date()


def test_a_ladder_that_is_held_has_no_next_rung() -> None:
    found = judged(12, Late(UNION, DUE, Rung.CALL, held="The negotiator is ill."))
    assert found.next_rung is None
    assert "the ladder is paused: The negotiator is ill." in found.words.en


def test_others_are_counted() -> None:
    late = [Late(UNION, DUE), Late(Words(nl="CNV", en="CNV"), DUE)]
    found = standstill.judge(after(9), status=CovenantStatus.TALKS, late=late)
    assert "and 1 other" in found.words.en
    assert "en 1 ander" in found.words.nl


def test_a_pause_is_political_and_what_is_over_is_fine() -> None:
    now = datetime(2027, 4, 1, tzinfo=UTC)
    paused = standstill.judge(now, status=CovenantStatus.PAUSED, held="Elections.", late=[Late(UNION, DUE)])
    assert (paused.cause, paused.words.en) == (Cause.POLITICAL, "The talks are paused: Elections. Nobody is reminded.")
    assert standstill.judge(now, status=CovenantStatus.ENDED, late=[Late(UNION, DUE)]).cause is Cause.HEALTHY
    assert standstill.judge(now, status=CovenantStatus.TALKS).words.nl == "Niemand is te laat."
