"""What Temporal knows of workflows that do not get on: failing activities, workflows that stopped, no worker."""

import asyncio
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import NamedTuple

from temporalio.api.workflowservice.v1 import DescribeWorkflowExecutionResponse
from temporalio.client import Client, WorkflowExecutionStatus
from temporalio.service import RPCError, RPCStatusCode

PATIENCE = timedelta(seconds=5)
IDLE = timedelta(minutes=2)
"""How long work may lie waiting before no worker takes it up."""


class Trouble(StrEnum):
    """What is wrong with a workflow."""

    FINE = "fine"
    ACTIVITY = "activity"
    """An activity fails and is tried again."""
    CODE = "code"
    """Its own code fails."""
    NO_WORKER = "no_worker"
    STOPPED = "stopped"
    UNKNOWN = "unknown"
    """Temporal has no such workflow."""


class Diagnosis(NamedTuple):
    """What was found of one workflow.

    Attributes:
        what: the activity that fails, or how the workflow ended.
        attempts: how often it was tried.
        message: the last failure.
        since: from when on it waits or fails.
    """

    workflow: str
    trouble: Trouble
    what: str = ""
    attempts: int = 0
    message: str = ""
    since: datetime | None = None


async def diagnose(client: Client, workflows: Sequence[str]) -> list[Diagnosis]:
    """Describe workflows that should be running.

    Raises:
        TimeoutError: the server does not answer in time.
        RPCError: the server refuses.
    """
    async with asyncio.timeout(PATIENCE.total_seconds()):
        found = await asyncio.gather(*(_one(client, workflow) for workflow in workflows))
    return [one for many in found for one in many]


async def _one(client: Client, workflow: str) -> list[Diagnosis]:
    try:
        described = await client.get_workflow_handle(workflow).describe()
    except RPCError as error:
        if error.status is RPCStatusCode.NOT_FOUND:
            return [Diagnosis(workflow, Trouble.UNKNOWN)]
        raise
    if described.status is not WorkflowExecutionStatus.RUNNING:
        ended = described.status.name.lower() if described.status else ""
        return [Diagnosis(workflow, Trouble.STOPPED, ended, since=described.close_time)]
    return of(workflow, described.raw_description, datetime.now(UTC)) or [Diagnosis(workflow, Trouble.FINE)]


def of(workflow: str, raw: DescribeWorkflowExecutionResponse, now: datetime) -> list[Diagnosis]:
    """Read the troubles of a running workflow from its description."""
    found = [
        Diagnosis(
            workflow, Trouble.ACTIVITY, one.activity_type.name, one.attempt, _last(one.last_failure.message),
            one.scheduled_time.ToDatetime(UTC),
        )
        for one in raw.pending_activities
        if one.attempt > 1
    ]  # fmt: skip
    if raw.HasField("pending_workflow_task"):
        task = raw.pending_workflow_task
        since = task.original_scheduled_time.ToDatetime(UTC)
        if task.attempt > 1:
            found.append(Diagnosis(workflow, Trouble.CODE, "", task.attempt, since=since))
        elif now - since > IDLE:
            found.append(Diagnosis(workflow, Trouble.NO_WORKER, since=since))
    return found


def _last(message: str) -> str:
    return " ".join(message.split())[:300]
