"""Keep a history for each new patch: plays tests of the workflows and writes the smallest history that holds it.

`python tests/replay/keep_patched.py PATCH=MODULE:TEST ...`, for example
`a-failed-accord-is-decided-on=test_deadlock:test_a_failed_accord_is_not_put_again_with_the_same_text_unasked`.
"""

import asyncio
import base64
import importlib
import sys
import tempfile
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path

from keep import (
    HERE,
    Database,
    EmbeddedServer,
    Settings,
    SkippedTime,
    Table,
    connect,
    free_port,
    make_worker,
    quiet_runtime,
    schema,
    written,
)


async def main(wanted: Sequence[str]) -> None:
    """Play each test, and keep what its patch needs."""
    state = Path(tempfile.mkdtemp())
    settings = Settings(state=state, temporal_port=free_port(), temporal_ui=False)
    await schema.upgrade(settings.database)
    db = Database(settings.database)
    async with EmbeddedServer(settings):
        client = await connect(settings, runtime=quiet_runtime())
        async with make_worker(client, db, settings):
            for one in wanted:
                patch, _, name = one.partition("=")
                module, _, test = name.partition(":")
                play: Callable[[Table], Awaitable[None]] = getattr(importlib.import_module(module), test)
                table = Table(client, db, settings, SkippedTime(client))
                await play(table)
                found: list[tuple[str, str]] = []
                async for execution in client.list_workflows(f"WorkflowId STARTS_WITH 'covenant:{table.slug}'"):
                    handle = client.get_workflow_handle(execution.id, run_id=execution.run_id)
                    text = written(await handle.fetch_history())
                    if marker(patch) in text:
                        found.append((execution.workflow_type, text))
                kind, smallest = min(found, key=lambda each: len(each[1]))
                folder = HERE / "histories"
                number = 1 + max(int(each.name.split(".")[1]) for each in folder.glob(f"{kind}.*.json"))
                (folder / f"{kind}.{number}.json").write_text(smallest)
                sys.stdout.write(f"{patch}: {kind}.{number}.json\n")


def marker(patch: str) -> str:
    """Return how a patch stands in a history: the beginning of its marker, in base64."""
    begins = f'{{"id":"{patch}'.encode()
    return base64.b64encode(begins[: len(begins) // 3 * 3]).decode()


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1:]))
