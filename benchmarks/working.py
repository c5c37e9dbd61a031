"""The worker process of the benchmarks: the project's own worker, and the bare workflow beside it."""

import asyncio
import contextlib
import signal
from datetime import timedelta

from temporalio.worker import Worker

from benchmarks.bare import QUEUE, BareWorkflow
from benchmarks.setting import reach
from runtime.settings import Settings
from runtime.temporal import workflow_runner
from store.engine import Database
from worker import make_worker


async def main() -> None:
    settings = Settings()
    client = await reach(settings)
    db = Database(settings.database)
    stop = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    bare = Worker(
        client,
        task_queue=QUEUE,
        workflows=[BareWorkflow],
        workflow_runner=workflow_runner(),
        sticky_queue_schedule_to_start_timeout=timedelta(seconds=2),
        max_cached_workflows=1000,
    )
    async with make_worker(client, db, settings), bare:
        print("ready", flush=True)
        await stop.wait()
    await db.close()


if __name__ == "__main__":
    with contextlib.suppress(KeyboardInterrupt):
        asyncio.run(main())
