"""Making sure that webhooks are told: by the engine or worker that starts, and by who makes a webhook."""

from temporalio.client import Client
from temporalio.common import WorkflowIDConflictPolicy, WorkflowIDReusePolicy
from temporalio.service import RPCError

from models import ids
from models.hooks import Pace
from runtime.temporal import no_server
from workflows.webhooks import WebhooksWorkflow


async def start_webhooks(client: Client, task_queue: str, pace: Pace | None = None) -> None:
    """Start the workflow of the webhooks, or wake it when it runs; it ends by itself when there is none.

    Raises:
        Unavailable: Temporal is out of reach.
    """
    try:
        await client.start_workflow(
            WebhooksWorkflow.run,
            pace or Pace(),
            id=ids.WEBHOOKS,
            task_queue=task_queue,
            start_signal="wake",
            id_reuse_policy=WorkflowIDReusePolicy.ALLOW_DUPLICATE,
            id_conflict_policy=WorkflowIDConflictPolicy.USE_EXISTING,
            static_summary="webhooks",
        )
    except RPCError as error:
        raise no_server(client.service_client.config.target_host, error) from error
