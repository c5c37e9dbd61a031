"""A clock of its own for one covenant, on the real server (`polder play`, rehearsals, tests of years).

Each of its workflows has its own virtual time; `advance` brings all that are open to the same moment, so every
recorded time is the workflow's. Measured in ADR 0004: a workflow with an open child does not skip, which is why
covenant and dialogue continue as new after starting one.
"""

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Sequence
from datetime import UTC, datetime, timedelta

from temporalio.api.common.v1 import WorkflowExecution
from temporalio.api.history.v1 import HistoryEvent
from temporalio.api.workflowservice.v1 import GetWorkflowExecutionHistoryReverseRequest
from temporalio.client import Client, WorkflowExecutionStatus
from temporalio.service import RPCError, RPCStatusCode
from temporalio.testing import TimeSkipper, TimeSkippingConfig

MOST_SKIPS = 100_000
NEAR = timedelta(seconds=2)
SOON, LATER, SLOWER = 0.01, 0.15, 1.5
"""Seconds before the next look at whether workflows are at rest: at first, at most, and how the wait grows."""
FIRST_TASK = 4
"""Events of a workflow whose first task is done, at the least: started, and the task scheduled, started, completed."""
LAST_EVENTS = 30
"""How far back to look for signals that are under way: those that one workflow task can send."""


class SkippedTime:
    """The clock of one covenant."""

    def __init__(self, client: Client) -> None:
        self._skipper = TimeSkipper(
            client,
            config=TimeSkippingConfig(enabled=False, max_session_skip_count=MOST_SKIPS, disable_propagation=True),
        )
        self._lengths: dict[str, tuple[str, int]] = {}
        self._calm: dict[str, tuple[str, int]] = {}

    @property
    def client(self) -> Client:
        """Use this client to start the covenant."""
        return self._skipper.client

    async def now(self, workflow_id: str) -> datetime | None:
        """Return a workflow's own time, or None when it is not running."""
        try:
            description = await self.client.get_workflow_handle(workflow_id).describe()
        except RPCError as error:
            if error.status is RPCStatusCode.NOT_FOUND:
                return None
            raise
        if description.status is not WorkflowExecutionStatus.RUNNING:
            return None
        info = description.raw_description.workflow_extended_info.time_skipping_info
        if not info.HasField("current_time"):
            return datetime.now(UTC)
        return info.current_time.ToDatetime(UTC)

    async def at_rest(self, workflow_id: str) -> bool:
        """Whether a workflow waits for people or time only.

        A step that is on record but not found is still being started; a round that is not found is long over.
        """
        try:
            description = (await self.client.get_workflow_handle(workflow_id).describe()).raw_description
        except RPCError as error:
            if error.status is RPCStatusCode.NOT_FOUND:
                return "/step:" not in workflow_id
            raise
        info = description.workflow_execution_info
        self._lengths[workflow_id] = (info.execution.run_id, info.history_length)
        starting = any(not child.run_id for child in description.pending_children) or (
            # the server makes a child, tells its parent, and only then gives it its first task
            WorkflowExecutionStatus(info.status) is WorkflowExecutionStatus.RUNNING and info.history_length < FIRST_TASK
        )
        return not (description.pending_activities or description.HasField("pending_workflow_task") or starting)

    async def settle(self, open_workflows: Callable[[], Awaitable[Sequence[str]]]) -> None:
        """Wait until every open workflow has been at rest twice in a row."""
        quiet, pause = 0, SOON
        while quiet < 2:  # noqa: PLR2004 twice: a signal may have arrived at one that was looked at before
            running = await open_workflows()
            rest = all([await self.at_rest(workflow_id) for workflow_id in running])
            if rest and quiet:
                rest = not any([await self._sending(workflow_id) for workflow_id in running])
            quiet = quiet + 1 if rest else 0
            await asyncio.sleep(0 if quiet else pause)
            pause = SOON if quiet else min(pause * SLOWER, LATER)

    async def _sending(self, workflow_id: str) -> bool:
        """Whether a signal to another workflow is under way; nothing is pending at either of them then.

        A history that has not grown since none was under way is not read again.
        """
        length = self._lengths.get(workflow_id)
        if length is not None and self._calm.get(workflow_id) == length:
            return False
        request = GetWorkflowExecutionHistoryReverseRequest(
            namespace=self.client.namespace,
            execution=WorkflowExecution(workflow_id=workflow_id),
            maximum_page_size=LAST_EVENTS,
        )
        try:
            answer = await self.client.workflow_service.get_workflow_execution_history_reverse(request)
        except RPCError as error:
            if error.status is RPCStatusCode.NOT_FOUND:
                return False
            if error.status is RPCStatusCode.CANCELLED:  # by the server, when it is busy: look again
                return True
            raise
        if _under_way(answer.history.events):
            return True
        if length is not None:
            self._calm[workflow_id] = length
        return False

    async def advance(self, moment: datetime, open_workflows: Callable[[], Awaitable[Sequence[str]]]) -> None:
        """Bring every open workflow, also those that open on the way, to a moment.

        Args:
            moment: aware; workflows that are past it are left alone.
            open_workflows: ids, innermost first, so that reports arrive before their reader moves.
        """
        await self.settle(open_workflows)
        behind = True
        while behind:
            behind = False
            for workflow_id in await open_workflows():
                now = await self.now(workflow_id)
                if now is None or moment - now < NEAR:
                    continue
                behind = True
                await self._skip(workflow_id, moment - now)
            await self.settle(open_workflows)

    async def _skip(self, workflow_id: str, by: timedelta) -> None:
        handle = self.client.get_workflow_handle(workflow_id)
        try:
            await self._skipper.fast_forward(handle, by)
        except RPCError as error:
            if error.status is not RPCStatusCode.NOT_FOUND and "already completed" not in str(error):
                raise


def _under_way(events: Iterable[HistoryEvent]) -> bool:
    """Whether a signal that these events sent has not arrived."""
    sent, arrived = set[int](), set[int]()
    for event in events:
        match event.WhichOneof("attributes"):
            case "signal_external_workflow_execution_initiated_event_attributes":
                sent.add(event.event_id)
            case "external_workflow_execution_signaled_event_attributes":
                arrived.add(event.external_workflow_execution_signaled_event_attributes.initiated_event_id)
            case "signal_external_workflow_execution_failed_event_attributes":
                arrived.add(event.signal_external_workflow_execution_failed_event_attributes.initiated_event_id)
    return bool(sent - arrived)
