"""A group commit over covenants: SQLite takes one writer at a time, so those who wait for their turn share the next."""

import asyncio
from collections.abc import Sequence

from models import contracts as c
from models.errors import Unavailable
from store import records
from store.engine import Database

Waiting = tuple[Sequence[c.Entry], asyncio.Future[c.Written]]


class Together:
    """Writes batches; all that come in during a write go into the next, in one transaction.

    The writing is a task of its own: an activity that runs out of time must not take the others' batches with it.
    """

    def __init__(self, db: Database) -> None:
        self.db = db
        self._waiting: list[Waiting] = []
        self._writer: asyncio.Task[None] | None = None

    async def append(self, entries: Sequence[c.Entry]) -> c.Written:
        """Write entries of one covenant (`store.records.append`); on PostgreSQL covenants do not wait for each other.

        Raises:
            NotFound, Unavailable: as there.
        """
        if self.db.locks_rows:
            return await records.append(self.db, entries)
        done: asyncio.Future[c.Written] = asyncio.get_running_loop().create_future()
        self._waiting.append((entries, done))
        if self._writer is None or self._writer.done():
            self._writer = asyncio.create_task(self._write())
        return await done

    async def _write(self) -> None:
        while self._waiting:
            taken, self._waiting = self._waiting, []
            await self._write_group([one for one in taken if not one[1].done()])  # who gave up is left out

    async def _write_group(self, group: Sequence[Waiting]) -> None:
        if not group:
            return
        try:
            written = await records.append_all(self.db, [entries for entries, _ in group])
        except Exception as error:  # noqa: BLE001 each is told what happened to its own batch
            if len(group) > 1 and not isinstance(error, Unavailable):
                for one in group:  # nothing was written: one that cannot be must not keep the others from it
                    await self._write_group([one])
                return
            for _, done in group:
                if not done.done():
                    done.set_exception(error)
            return
        for (_, done), one_written in zip(group, written, strict=True):
            if not done.done():
                done.set_result(one_written)
