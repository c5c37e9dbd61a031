"""Asking for long work: a row that shows how far it is, and a workflow that does it."""

import uuid
from datetime import datetime

from temporalio.client import Client
from temporalio.common import WorkflowIDConflictPolicy, WorkflowIDReusePolicy
from temporalio.exceptions import WorkflowAlreadyStartedError
from temporalio.service import RPCError

from models import ids
from models.accounts import Job, JobStatus
from models.enums import JobKind, Language
from models.hooks import JobOrder
from runtime.temporal import no_server
from store import jobs
from store.engine import Database
from workflows.jobs import JobWorkflow


def new_job() -> str:
    """Make the id of a job."""
    return f"job-{uuid.uuid4().hex}"


async def start_job(
    client: Client, db: Database, job_id: str, email: str, kind: JobKind, covenant: str, language: Language,
    now: datetime, *, task_queue: str,
) -> Job:  # fmt: skip
    """Start long work for an account; the same id starts it once.

    Raises:
        Conflict: the id was used for other work, or by somebody else.
        Unavailable: Temporal is out of reach; the job says so.
    """
    row = await jobs.opened(
        db,
        Job(id=job_id, email=email, covenant=covenant, kind=kind.value, status=JobStatus.RUNNING, made_at=now),
    )
    try:
        await client.start_workflow(
            JobWorkflow.run,
            JobOrder(id=job_id, kind=kind.value, covenant=covenant, language=language),
            id=ids.job_workflow(job_id),
            task_queue=task_queue,
            id_reuse_policy=WorkflowIDReusePolicy.ALLOW_DUPLICATE_FAILED_ONLY,
            id_conflict_policy=WorkflowIDConflictPolicy.USE_EXISTING,
            static_summary=f"{kind.value} of {covenant}",
        )
    except WorkflowAlreadyStartedError:  # the same form again, after it was done
        return row
    except RPCError as error:
        refused = no_server(client.service_client.config.target_host, error)
        await jobs.failed(db, job_id, refused.words, now)
        raise refused from error
    return row
