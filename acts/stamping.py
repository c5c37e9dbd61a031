"""Starting the timestamps over the heads of the chains: one Temporal Schedule, where there is a timestamp authority."""

from datetime import timedelta

from temporalio.client import Client, ScheduleActionStartWorkflow, ScheduleHandle

from acts.scheduling import each_day, scheduled
from models import ids
from models.stamping import StampRun
from runtime.settings import Settings
from workflows.stamps import StampWorkflow

HOUR = 3
LATEST = timedelta(hours=20)
"""A night that was missed because nothing ran is made up for during the day."""


async def start_stamps(client: Client, settings: Settings) -> ScheduleHandle | None:
    """Make sure the timestamps are scheduled, each night at three in Amsterdam; nothing without an authority."""
    if not settings.tsa_url:
        return None
    action = ScheduleActionStartWorkflow(
        StampWorkflow.run, StampRun(), id=ids.STAMPS, task_queue=settings.task_queue
    )  # fmt: skip
    return await scheduled(client, ids.STAMPS, each_day(action, HOUR, LATEST))
