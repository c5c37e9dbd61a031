"""Activities that read and write the record."""

from datetime import datetime

from temporalio import activity

from activities import names
from models import contracts as c
from store import opening, records
from store.engine import Database


class Records:
    """Writes what workflows decided; idempotent by event id."""

    def __init__(self, db: Database) -> None:
        self.db = db

    @activity.defn(name=names.OPEN_COVENANT)
    async def open_covenant(self, launch: c.Launch, at: datetime) -> c.Opened:
        """Turn the launch package into rows and a plan."""
        return await opening.open_covenant(self.db, launch, at)

    @activity.defn(name=names.RECORD)
    async def record(self, batch: c.Batch) -> c.Written:
        """Write a batch of entries in one transaction."""
        return await records.append(self.db, batch.entries)

    @activity.defn(name=names.ANSWERS_ON_RECORD)
    async def answers_on_record(self, tasks: c.TaskIds) -> c.OnRecord:
        """Return the answers on record to these tasks."""
        return c.OnRecord(answers=await records.given(self.db, tasks.tasks))
