"""Starting the digests: one Temporal Schedule for all, made by whichever engine or worker comes first."""

from datetime import timedelta

from temporalio.client import Client, ScheduleActionStartWorkflow, ScheduleHandle, ScheduleRange

from acts.scheduling import each_day, scheduled
from models import ids
from models.digesting import DigestRun
from workflows.digests import DigestWorkflow

HOUR = 8
LATEST = timedelta(hours=12)
"""A morning that was missed because nothing ran is made up for until the evening, not the day after."""


WEEKDAYS = [ScheduleRange(start=1, end=5)]
"""The workflow knows the holidays."""


async def start_digests(client: Client, task_queue: str) -> ScheduleHandle:
    """Make sure the digests are scheduled, each weekday at eight in Amsterdam; an operator's pause stays."""
    action = ScheduleActionStartWorkflow(DigestWorkflow.run, DigestRun(), id=ids.DIGESTS, task_queue=task_queue)
    return await scheduled(client, ids.DIGESTS, each_day(action, HOUR, LATEST, WEEKDAYS))
