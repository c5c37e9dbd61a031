"""Long work: one activity that says how far it is, and words when it failed."""

from temporalio import workflow
from temporalio.exceptions import ActivityError

from models.hooks import JobOrder
from workflows import calls


@workflow.defn
class JobWorkflow:
    """Does one piece of long work, whatever becomes of the browser that asked for it."""

    @workflow.run
    async def run(self, order: JobOrder) -> None:
        """Do the work; say so when it cannot be done."""
        try:
            await calls.work_on_job(order)
        except ActivityError:
            workflow.logger.exception("job %s failed", order.id)
            await calls.give_up_job(order)
