"""The bare Temporal update: the least a workflow does that takes an answer and checks it first."""

import asyncio

from temporalio import workflow
from temporalio.exceptions import ApplicationError

QUEUE = "bare"


@workflow.defn
class BareWorkflow:
    """State, an update, a validator; nothing is written anywhere but in Temporal's own history."""

    def __init__(self) -> None:
        self.votes: dict[str, str] = {}

    @workflow.run
    async def run(self) -> None:
        await asyncio.Event().wait()

    @workflow.update
    def vote(self, party: str, vote: str) -> int:
        self.votes[party] = vote
        return len(self.votes)

    @vote.validator
    def check(self, party: str, vote: str) -> None:
        del party
        if vote not in {"agree", "object"}:
            raise ApplicationError("not_a_vote", type="not_a_vote")
