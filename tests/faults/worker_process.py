"""A worker of its own process, to be killed."""

import asyncio
import os

from runtime.settings import Settings
from runtime.temporal import connect, quiet_runtime
from store.engine import Database
from worker import make_worker


async def main() -> None:
    settings = Settings()
    client = await connect(settings, runtime=quiet_runtime())
    async with make_worker(client, Database(settings.database), settings):
        print("READY", flush=True)  # noqa: T201 the parent waits for it
        await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(main())
    os._exit(0)
