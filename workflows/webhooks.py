"""The one workflow that tells webhooks what happened. The database says what is due when, and counts the attempts."""

from datetime import timedelta

from temporalio import workflow

from models.hooks import Pace
from workflows import calls

LOOKS = 200
"""Looks in one run: its history stays short, and new code is picked up."""


@workflow.defn
class WebhooksWorkflow:
    """Looks, tells, waits; over when there is no webhook, and started again by who makes one."""

    @workflow.init
    def __init__(self, pace: Pace) -> None:
        self.pace = pace
        self.woken = False

    @workflow.signal
    def wake(self) -> None:
        """Look now: a webhook was made, or something must be sent again."""
        self.woken = True

    @workflow.run
    async def run(self, pace: Pace) -> None:
        """Look until nobody listens any more."""
        for _ in range(LOOKS):
            self.woken = False
            swept = await calls.tell_webhooks(pace)
            if swept.idle and not self.woken:
                return
            try:
                await workflow.wait_condition(lambda: self.woken, timeout=timedelta(seconds=pace.look))
            except TimeoutError:
                continue
        workflow.continue_as_new(pace)
