"""Starting the digests: one Temporal Schedule for all, made by whichever engine or worker comes first."""

from datetime import timedelta

from temporalio.client import (
    Client,
    Schedule,
    ScheduleActionStartWorkflow,
    ScheduleCalendarSpec,
    ScheduleHandle,
    ScheduleOverlapPolicy,
    SchedulePolicy,
    ScheduleRange,
    ScheduleSpec,
)

from acts.scheduling import scheduled
from models import ids
from models.digesting import DigestRun
from workflows.digests import DigestWorkflow

HOUR = 8
LATEST = timedelta(hours=12)
"""A morning that was missed because nothing ran is made up for until the evening, not the day after."""


def schedule(task_queue: str) -> Schedule:
    """Return when digests go: each weekday at eight in Amsterdam. The workflow knows the holidays."""
    weekdays = ScheduleRange(start=1, end=5)
    return Schedule(
        action=ScheduleActionStartWorkflow(DigestWorkflow.run, DigestRun(), id=ids.DIGESTS, task_queue=task_queue),
        spec=ScheduleSpec(
            calendars=[ScheduleCalendarSpec(hour=[ScheduleRange(HOUR)], day_of_week=[weekdays])],
            time_zone_name="Europe/Amsterdam",
        ),
        policy=SchedulePolicy(overlap=ScheduleOverlapPolicy.SKIP, catchup_window=LATEST),
    )


async def start_digests(client: Client, task_queue: str) -> ScheduleHandle:
    """Make sure the digests are scheduled, as this version has it; an operator's pause stays."""
    return await scheduled(client, ids.DIGESTS, schedule(task_queue))
