"""When a human task is reminded, escalated and ended: pure functions over its due date, in Dutch working days."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from enum import StrEnum
from typing import NamedTuple

from models.contracts import Schedule, TaskState
from models.enums import Closing, Rung, StepKind, TaskStatus
from models.playbook import Step
from rules.calendar import add_working_days, due_moment, local_date

MORNING = timedelta(hours=8)
"""Reminders and rungs act eight hours before the close of business: at nine."""


class Act(StrEnum):
    """What the schedule asks for."""

    REMIND = "remind"
    CLIMB = "climb"
    EXPIRE = "expire"


class Nudge(NamedTuple):
    """One moment of a task's schedule."""

    at: datetime
    act: Act
    rung: Rung | None = None


def closing_of(step: Step) -> Closing:
    """Say when a step stops waiting: contributions and rounds on their deadline, the rest when everyone answered."""
    if step.closes is not None:
        return step.closes
    on_deadline = {StepKind.CONTRIBUTION, StepKind.DIALOGUE, StepKind.IMPLEMENTATION}
    return Closing.DEADLINE if step.kind in on_deadline else Closing.ANSWERED


def nudges(task: TaskState, schedule: Schedule, closing: Closing) -> list[Nudge]:
    """List every moment of a task's schedule, soonest first.

    A paused ladder has no rungs; a ladder that was paused is later by the working days the pause took.
    """
    due = local_date(task.due)

    def morning(offset: int) -> datetime:
        return due_moment(add_working_days(due, offset)) - MORNING

    found = [
        Nudge(morning(offset), Act.REMIND)
        for offset in schedule.reminders
        if closing is Closing.ANSWERED or offset <= 0
    ]
    if closing is Closing.DEADLINE:
        found.append(Nudge(task.due, Act.EXPIRE))
    elif task.ladder_paused_at is None:
        found += [
            Nudge(
                morning(step.after + task.shift_days),
                {Rung.REMINDER: Act.REMIND, Rung.END: Act.EXPIRE}.get(step.rung, Act.CLIMB),
                step.rung,
            )
            for step in schedule.ladder
        ]
    return sorted(found, key=lambda nudge: nudge.at)  # reminders and rungs can fall together: the rung comes last


def next_nudge(tasks: Iterable[TaskState], schedule: Schedule, closing: Closing) -> datetime | None:
    """Return the soonest moment any open task's schedule has not acted on yet."""
    moments = [
        nudge.at
        for task in tasks
        if task.status is TaskStatus.OPEN
        for nudge in nudges(task, schedule, closing)
        if nudge.at > task.handled
    ]
    return min(moments, default=None)


def due_nudges(task: TaskState, schedule: Schedule, closing: Closing, now: datetime) -> list[Nudge]:
    """Return what the schedule of an open task asks for by now; of several reminders only the last."""
    if task.status is not TaskStatus.OPEN:
        return []
    past = [nudge for nudge in nudges(task, schedule, closing) if task.handled < nudge.at <= now]
    reminders = [nudge for nudge in past if nudge.act is Act.REMIND]
    return [nudge for nudge in past if nudge.act is not Act.REMIND or nudge is reminders[-1]]
