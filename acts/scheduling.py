"""Making sure that a Temporal Schedule is there, by whichever engine or worker comes first."""

from temporalio.client import (
    Client,
    Schedule,
    ScheduleAlreadyRunningError,
    ScheduleHandle,
    ScheduleUpdate,
    ScheduleUpdateInput,
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
