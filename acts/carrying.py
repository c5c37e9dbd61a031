"""The one helper that carries a person's act to its workflow.

The same act id is the update id on every attempt, so a retried act counts once. A timeout means "unknown, ask again",
never "refused" (reference/temporal.md section 4).
"""

import asyncio
import uuid
from datetime import timedelta
from typing import TypeVar

from temporalio.client import Client, WorkflowUpdateFailedError, WorkflowUpdateRPCTimeoutOrCancelledError
from temporalio.exceptions import ApplicationError
from temporalio.service import RPCError, RPCStatusCode

from acts import repeating
from models import contracts as c
from models.base import Contract
from models.errors import Conflict, PolderError, Unavailable, from_details
from store.engine import Database

Result = TypeVar("Result", bound=Contract)

PATIENCE = timedelta(seconds=60)
"""How long an act is carried before the person is told to ask again."""

ATTEMPT = timedelta(seconds=15)
AGAIN = 0.2
"""Seconds before the next attempt."""

PASSING = {
    RPCStatusCode.UNAVAILABLE,
    RPCStatusCode.RESOURCE_EXHAUSTED,
    RPCStatusCode.DEADLINE_EXCEEDED,
    RPCStatusCode.CANCELLED,
    RPCStatusCode.ABORTED,
    RPCStatusCode.INTERNAL,
    RPCStatusCode.UNKNOWN,
    RPCStatusCode.FAILED_PRECONDITION,
}


def new_act() -> str:
    """Make an act id."""
    return f"act-{uuid.uuid4()}"


async def act(
    client: Client,
    workflow_id: str,
    update: str,
    message: Contract,
    *,
    act_id: str,
    patience: timedelta = PATIENCE,
    db: Database | None = None,
) -> c.Receipt:
    """Carry an act to a workflow and return its receipt: by then it is on record.

    Args:
        client: to the Temporal server.
        workflow_id: where the act goes.
        update: the name of its handler.
        message: what the act says.
        act_id: the same on each attempt.
        patience: how long to try.
        db: for an id that a person may have used before: it is compared with what is on record under it.

    Raises:
        PolderError: what the workflow refused, in words.
        Conflict: the workflow is over, or the act id was used for another act.
        Unavailable: no answer in time; the act may still count, the same act id tells.
    """
    if db is not None:
        known = await repeating.on_record(client, db, workflow_id, message, act_id)
        if known is not None:
            return known
    receipt = await _carried(client, workflow_id, update, message, act_id, patience)
    if db is not None:
        await repeating.check_carried(client, db, workflow_id, message, act_id)
    return receipt


async def _carried(
    client: Client, workflow_id: str, update: str, message: Contract, act_id: str, patience: timedelta
) -> c.Receipt:
    loop = asyncio.get_running_loop()
    end = loop.time() + patience.total_seconds()
    while True:
        try:
            receipt: c.Receipt = await client.get_workflow_handle(workflow_id).execute_update(
                update, message, id=act_id, result_type=c.Receipt, rpc_timeout=ATTEMPT
            )
            return receipt
        except WorkflowUpdateFailedError as error:
            refused = polder_error(error)
            if refused is not None:
                raise refused from error
            if not _is_passing(error):
                raise
        except WorkflowUpdateRPCTimeoutOrCancelledError:
            pass
        except RPCError as error:
            if error.status is RPCStatusCode.NOT_FOUND:
                raise _over(workflow_id) from error
            if error.status not in PASSING:
                raise
        if loop.time() >= end:
            raise _unknown(workflow_id, act_id)
        await asyncio.sleep(AGAIN)


def _is_passing(error: WorkflowUpdateFailedError) -> bool:
    cause = error.cause
    return isinstance(cause, ApplicationError) and cause.type in {"AcceptedUpdateCompletedWorkflow", "Unavailable"}


def polder_error(error: BaseException) -> PolderError | None:
    """Return the refusal inside what Temporal raised, or None when it holds none."""
    cause: BaseException | None = error
    while cause is not None:
        if isinstance(cause, ApplicationError) and cause.details and isinstance(cause.details[0], dict):
            return from_details(cause.details[0])
        cause = cause.__cause__
    return None


def _over(workflow_id: str) -> Conflict:
    return Conflict(
        "workflow_over",
        f"{workflow_id} loopt niet (meer): de stap of het convenant is afgerond. Verwacht: een open taak.",
        f"{workflow_id} is not running (any more): the step or covenant is over. Expected: an open task.",
        {"workflow": workflow_id},
    )


def _unknown(workflow_id: str, act_id: str) -> Unavailable:
    return Unavailable(
        "outcome_unknown",
        "Er kwam geen antwoord binnen de tijd. Uw handeling is niet geweigerd en kan alsnog tellen. Verwacht: herhaal "
        f"haar met dezelfde id ({act_id}); zij telt één keer.",
        "No answer came in time. Your act was not refused and may still count. Expected: repeat it with the same id "
        f"({act_id}); it counts once.",
        {"workflow": workflow_id, "act": act_id},
    )
