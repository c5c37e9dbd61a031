"""The one recorder of a workflow: a group commit (DESIGN section 2)."""

import asyncio

from temporalio import workflow

from models import contracts as c
from workflows import calls

MOST = 200
"""Entries in one write."""


class Recorder:
    """Writes entries in the order they were handed in; `write` returns when they are on record.

    Whoever finds nobody writing writes for all that gathered meanwhile, so there is never more than one write at a
    time (reference/temporal.md 6.5) and no background task.
    """

    def __init__(self) -> None:
        self._waiting: list[c.Entry] = []
        self._handed = 0
        self._written = 0
        self._writing = False

    async def write(self, *entries: c.Entry) -> None:
        """Hand in entries and wait until they are written."""
        self._waiting.extend(entries)
        self._handed += len(entries)
        mine = self._handed
        if self._writing:
            await workflow.wait_condition(lambda: self._written >= mine)
            return
        self._writing = True
        try:
            await asyncio.sleep(0)  # let the handlers of the same activation hand in theirs
            while self._waiting:
                batch = self._waiting[:MOST]
                await calls.record(batch)
                self._waiting = self._waiting[len(batch) :]
                self._written += len(batch)
        except BaseException:
            self._writing = False  # whoever comes next writes what is left: entries are written once by their id
            raise
        self._writing = False
