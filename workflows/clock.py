"""Waiting for moments of the workflow's own time."""

from collections.abc import Callable
from datetime import datetime, timedelta

from temporalio import workflow

TICK = timedelta(seconds=1)


async def wait_until(moment: datetime, otherwise: Callable[[], bool] = lambda: False) -> None:
    """Wait for a moment, or until something else became true."""
    try:
        while workflow.now() < moment and not otherwise():
            await workflow.wait_condition(otherwise, timeout=max(moment - workflow.now(), TICK))
    except TimeoutError:
        return


async def catch_up(moment: datetime) -> None:
    """Wait until this workflow's clock has reached what another workflow reports as past.

    Clocks agree, but for a covenant that `polder play` runs in skipped time: there each workflow has its own.
    """
    if moment - workflow.now() > TICK:
        await wait_until(moment)
