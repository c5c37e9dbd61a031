"""Timestamps over the heads of the chains. A Temporal Schedule starts this each night (`acts/stamping.py`)."""

from temporalio import workflow

from models.stamping import StampMoment, StampRun
from workflows import calls


@workflow.defn
class StampWorkflow:
    """Has the head of every chain that moved timestamped, some covenants at a time."""

    @workflow.run
    async def run(self, asked: StampRun) -> int:
        """Return how many were stamped."""
        moment = StampMoment(at=asked.at or workflow.now())
        stamped = 0
        while True:
            report = await calls.stamp_heads(moment)
            stamped += report.stamped
            if report.after is None:
                return stamped
            moment = moment.model_copy(update={"after": report.after})
