"""When a task is reminded, escalated and ended."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models import contracts as c
from models.base import Words
from models.enums import Closing, Phase, Rung, StepKind, TaskKind, TaskStatus
from models.playbook import Defaults, RungAfter, Step
from rules.calendar import add_working_days, due_moment, local_date
from rules.tasks import Act, closing_of, due_nudges, next_nudge, nudges

MONDAY = date(2027, 1, 11)
DUE = due_moment(MONDAY)
OPENED = datetime(2026, 12, 1, 9, tzinfo=UTC)
SCHEDULE = c.Schedule(reminders=Defaults().reminders, ladder=Defaults().ladder)
LATER = datetime(2030, 1, 1, tzinfo=UTC)


def a_task(due: datetime = DUE, handled: datetime = OPENED, status: TaskStatus = TaskStatus.OPEN) -> c.TaskState:
    return c.TaskState(
        id="proef/talks/fnv", kind=TaskKind.APPROVAL, respondent="fnv", title=Words(nl="t", en="t"), opened=OPENED,
        due=due, handled=handled, status=status,
    )  # fmt: skip


def days(task: c.TaskState, closing: Closing, act: Act, schedule: c.Schedule = SCHEDULE) -> list[date]:
    return [local_date(nudge.at) for nudge in nudges(task, schedule, closing) if nudge.act is act]


def test_reminders_come_before_on_and_after_the_due_date_in_working_days() -> None:
    # five working days before Monday 11 January is Monday 4 January; three and five after it: the 14th and 18th
    assert days(a_task(), Closing.ANSWERED, Act.REMIND) == [
        date(2027, 1, 4),
        MONDAY,
        date(2027, 1, 14),
        date(2027, 1, 18),
    ]
    assert {nudge.at.astimezone(UTC).hour for nudge in nudges(a_task(), SCHEDULE, Closing.ANSWERED)} == {8, 7}


def test_a_question_that_closes_on_its_deadline_is_not_reminded_after_it_and_ends_then() -> None:
    assert days(a_task(), Closing.DEADLINE, Act.REMIND) == [date(2027, 1, 4), MONDAY]
    assert nudges(a_task(), SCHEDULE, Closing.DEADLINE)[-1] == (DUE, Act.EXPIRE, None)
    assert days(a_task(), Closing.DEADLINE, Act.CLIMB) == []


def test_the_ladder_is_climbed_rung_by_rung_and_ends() -> None:
    found = [nudge for nudge in nudges(a_task(), SCHEDULE, Closing.ANSWERED) if nudge.rung is not None]

    assert [(nudge.rung, nudge.act) for nudge in found] == [
        (Rung.REMINDER, Act.REMIND),
        (Rung.CALL, Act.CLIMB),
        (Rung.CHAIR, Act.CLIMB),
        (Rung.MEDIATOR, Act.CLIMB),
        (Rung.END, Act.EXPIRE),
    ]
    assert [local_date(nudge.at) for nudge in found] == [add_working_days(MONDAY, n) for n in (3, 10, 20, 35, 60)]


def test_a_paused_ladder_has_no_rungs_and_a_released_one_is_later() -> None:
    paused = a_task().model_copy(update={"ladder_paused_at": DUE})
    shifted = a_task().model_copy(update={"shift_days": 7})

    assert [nudge.rung for nudge in nudges(paused, SCHEDULE, Closing.ANSWERED)] == [None, None, None]
    assert days(shifted, Closing.ANSWERED, Act.EXPIRE) == [add_working_days(MONDAY, 67)]
    assert days(shifted, Closing.ANSWERED, Act.CLIMB)[0] == add_working_days(MONDAY, 17)
    assert days(shifted, Closing.ANSWERED, Act.REMIND)[:3] == [date(2027, 1, 4), MONDAY, date(2027, 1, 18)]


def test_a_reminder_and_a_rung_on_the_same_morning_are_one_reminder() -> None:
    shifted = a_task().model_copy(update={"shift_days": 2})  # the ladder's reminder falls on the last of the schedule
    morning = next(n.at for n in nudges(shifted, SCHEDULE, Closing.ANSWERED) if n.rung is Rung.REMINDER)

    found = due_nudges(shifted.model_copy(update={"handled": DUE}), SCHEDULE, Closing.ANSWERED, morning)

    assert local_date(morning) == date(2027, 1, 18)
    assert [(nudge.act, nudge.rung) for nudge in found] == [(Act.REMIND, Rung.REMINDER)]


@pytest.mark.parametrize("status", [TaskStatus.ANSWERED, TaskStatus.EXPIRED, TaskStatus.VOID])
def test_who_has_acted_is_left_in_peace(status: TaskStatus) -> None:
    task = a_task(status=status)

    assert due_nudges(task, SCHEDULE, Closing.ANSWERED, LATER) == []
    assert next_nudge([task], SCHEDULE, Closing.ANSWERED) is None


def test_after_a_long_silence_one_reminder_and_every_rung() -> None:
    found = due_nudges(a_task(), SCHEDULE, Closing.ANSWERED, LATER)

    assert [nudge.act for nudge in found] == [Act.REMIND, Act.CLIMB, Act.CLIMB, Act.CLIMB, Act.EXPIRE]
    assert local_date(found[0].at) == date(2027, 1, 18)


def test_a_nudge_is_acted_on_at_its_moment_and_not_again() -> None:
    first = nudges(a_task(), SCHEDULE, Closing.ANSWERED)[0].at

    assert due_nudges(a_task(), SCHEDULE, Closing.ANSWERED, first - timedelta(microseconds=1)) == []
    assert len(due_nudges(a_task(), SCHEDULE, Closing.ANSWERED, first)) == 1
    assert due_nudges(a_task(handled=first), SCHEDULE, Closing.ANSWERED, first) == []
    assert next_nudge([a_task(), a_task(status=TaskStatus.VOID)], SCHEDULE, Closing.ANSWERED) == first
    assert next_nudge([a_task(handled=LATER)], SCHEDULE, Closing.ANSWERED) is None


def test_a_task_opened_late_is_not_reminded_of_what_lies_before() -> None:
    opened = due_moment(date(2027, 1, 8))

    assert due_nudges(a_task(handled=opened), SCHEDULE, Closing.ANSWERED, opened) == []


@pytest.mark.parametrize(
    ("kind", "closing"),
    [
        (StepKind.CONTRIBUTION, Closing.DEADLINE),
        (StepKind.DIALOGUE, Closing.DEADLINE),
        (StepKind.IMPLEMENTATION, Closing.DEADLINE),
        (StepKind.TASK, Closing.ANSWERED),
        (StepKind.APPROVAL, Closing.ANSWERED),
        (StepKind.RATIFICATION, Closing.ANSWERED),
        (StepKind.SIGNING, Closing.ANSWERED),
    ],
)
def test_each_kind_of_step_closes_in_its_way_unless_the_playbook_says_otherwise(
    kind: StepKind, closing: Closing
) -> None:
    step = Step(id="s", phase=Phase.DIALOGUE, kind=kind, title=Words(nl="t", en="t"))

    assert closing_of(step) is closing
    for said in Closing:
        assert closing_of(step.model_copy(update={"closes": said})) is said


moments = st.datetimes(datetime(2027, 1, 1), datetime(2031, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001
schedules = st.builds(
    c.Schedule,
    reminders=st.lists(st.integers(-30, 30), max_size=5),
    ladder=st.lists(st.builds(RungAfter, rung=st.sampled_from(Rung), after=st.integers(1, 60)), max_size=5),
)


@given(schedules, st.sampled_from(Closing), moments, st.integers(0, 30), st.lists(moments, min_size=1, max_size=6))
def test_looking_more_often_misses_nothing_and_repeats_nothing(
    schedule: c.Schedule, closing: Closing, due: datetime, shift: int, looks: list[datetime]
) -> None:
    task = a_task(due).model_copy(update={"shift_days": shift})
    every = [nudge for nudge in nudges(task, schedule, closing) if OPENED < nudge.at <= max(looks)]
    assert every == sorted(every, key=lambda nudge: nudge.at)

    done = []
    for now in sorted(looks):
        upcoming = next_nudge([task], schedule, closing)
        found = due_nudges(task, schedule, closing, now)
        assert bool(found) == (upcoming is not None and upcoming <= now)
        done += found
        task.handled = now

    assert [n for n in done if n.act is not Act.REMIND] == [n for n in every if n.act is not Act.REMIND]
    assert sum(n.act is Act.REMIND for n in done) <= min(len(looks), sum(n.act is Act.REMIND for n in every))
