"""Making sure that a Temporal Schedule is there, by whichever engine or worker comes first."""

from collections.abc import Sequence
from datetime import timedelta

from temporalio.client import (
    Client,
    Schedule,
    ScheduleActionStartWorkflow,
    ScheduleAlreadyRunningError,
    ScheduleCalendarSpec,
    ScheduleHandle,
    ScheduleOverlapPolicy,
    SchedulePolicy,
    ScheduleRange,
    ScheduleSpec,
    ScheduleUpdate,
    ScheduleUpdateInput,
)

EVERY_DAY = ScheduleCalendarSpec().day_of_week
"""Sunday to Saturday, as Temporal has it when nothing is said."""


def each_day(
    action: ScheduleActionStartWorkflow, hour: int, latest: timedelta, days: Sequence[ScheduleRange] = ()
) -> Schedule:
    """Return a schedule at an hour in Amsterdam; one that is still running is not started again.

    Args:
        action: what starts.
        hour: at which it does.
        latest: how long after it one that was missed is made up for.
        days: of the week; every day when empty.
    """
    return Schedule(
        action=action,
        spec=ScheduleSpec(
            calendars=[ScheduleCalendarSpec(hour=[ScheduleRange(hour)], day_of_week=days or EVERY_DAY)],
            time_zone_name="Europe/Amsterdam",
        ),
        policy=SchedulePolicy(overlap=ScheduleOverlapPolicy.SKIP, catchup_window=latest),
    )


async def scheduled(client: Client, schedule_id: str, wanted: Schedule) -> ScheduleHandle:
    """Make sure a schedule is as this version has it; an operator's pause stays."""
    try:
        return await client.create_schedule(schedule_id, wanted)
    except ScheduleAlreadyRunningError:
        handle = client.get_schedule_handle(schedule_id)

    def renewed(found: ScheduleUpdateInput) -> ScheduleUpdate:
        wanted.state = found.description.schedule.state
        return ScheduleUpdate(schedule=wanted)

    await handle.update(renewed)
    return handle
