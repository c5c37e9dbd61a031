"""Keep histories for the replay tests: plays the tests' own table and writes some histories a workflow type.

With arguments it adds one history for each new patch, update or signal: the smallest in a test that holds it,
`python tests/replay/keep.py NAME=MODULE:TEST ...`, for example
`a-failed-accord-is-decided-on=test_deadlock:test_a_failed_accord_is_not_put_again_with_the_same_text_unasked`.
"""

import asyncio
import base64
import importlib
import os
import sys
import tempfile
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
sys.path[:0] = [str(ROOT), str(HERE.parent / "support"), str(HERE.parent / "workflows")]

from ports import free_port  # noqa: E402 idem
from table import STEPS, Table  # noqa: E402 idem
from temporalio.client import Client, WorkflowHistory  # noqa: E402 idem
from test_covenant import (  # noqa: E402 idem
    test_a_pause_refuses_answers_and_moves_what_is_due,
    test_an_objection_blocks_until_an_amended_clause_lifts_it,
    test_reminders_only_to_who_has_not_acted_and_the_ladder_to_its_end,
)
from test_ground_rules import test_silence_counts_only_of_who_was_told_may_answer_and_is_there  # noqa: E402 idem
from test_meetings import test_from_the_invitation_to_the_last_action_point  # noqa: E402 idem

from acts.hooking import start_webhooks  # noqa: E402 idem
from acts.working import new_job, start_job  # noqa: E402 idem
from models import contracts as c  # noqa: E402 idem
from models import ids  # noqa: E402 idem
from models.digesting import DigestRun  # noqa: E402 idem
from models.enums import JobKind, Language  # noqa: E402 idem
from models.stamping import StampRun  # noqa: E402 idem
from runtime.embedded import EmbeddedServer  # noqa: E402 idem
from runtime.settings import Settings  # noqa: E402 idem
from runtime.skipping import SkippedTime  # noqa: E402 idem
from runtime.temporal import connect, quiet_runtime  # noqa: E402 idem
from store import schema, views  # noqa: E402 idem
from store.engine import Database  # noqa: E402 idem
from worker import make_worker  # noqa: E402 idem
from workflows.digests import DigestWorkflow  # noqa: E402 idem
from workflows.stamps import StampWorkflow  # noqa: E402 idem

EXTRA = [
    {"id": "mapping", "phase": "exploration", "kind": "contribution", "duration": 5},
    {"id": "analysis", "phase": "exploration", "kind": "task", "respondents": ["secretariat"], "duration": 5},
]
KEPT_OF_EACH = 3


@asynccontextmanager
async def playing() -> AsyncIterator[tuple[Client, Database, Settings]]:
    """A server with a worker, in a state of its own."""
    settings = Settings(state=Path(tempfile.mkdtemp()), temporal_port=free_port(), temporal_ui=False)
    await schema.upgrade(settings.database)
    db = Database(settings.database)
    async with EmbeddedServer(settings):
        client = await connect(settings, runtime=quiet_runtime())
        async with make_worker(client, db, settings):
            yield client, db, settings


async def main() -> None:
    async with playing() as (client, db, settings):
        for play in (
            whole_life,
            test_an_objection_blocks_until_an_amended_clause_lifts_it,
            test_reminders_only_to_who_has_not_acted_and_the_ladder_to_its_end,
            test_a_pause_refuses_answers_and_moves_what_is_due,
            test_silence_counts_only_of_who_was_told_may_answer_and_is_there,
            test_from_the_invitation_to_the_last_action_point,
        ):
            await play(Table(client, db, settings, SkippedTime(client)))
        monday = DigestRun(at=datetime(2027, 1, 11, 7, tzinfo=UTC))
        await client.execute_workflow(DigestWorkflow.run, monday, id="covenant:digests", task_queue=settings.task_queue)
        await client.execute_workflow(
            StampWorkflow.run, StampRun(), id="covenant:stamps", task_queue=settings.task_queue
        )
        kept_alone = await beside(client, db, settings)
        folder = HERE / "histories"
        folder.mkdir(exist_ok=True)
        for name, workflow_id in kept_alone.items():
            history = await client.get_workflow_handle(workflow_id).fetch_history()
            (folder / f"{name}.1.json").write_text(written(history))
        kept: Counter[str] = Counter()
        async for execution in client.list_workflows("WorkflowId STARTS_WITH 'covenant:'"):
            name = execution.workflow_type
            if kept[name] >= KEPT_OF_EACH:
                continue
            kept[name] += 1
            handle = client.get_workflow_handle(execution.id, run_id=execution.run_id)
            history = await handle.fetch_history()
            (folder / f"{name}.{kept[name]}.json").write_text(written(history))
    os._exit(0)


async def keep_patched(wanted: Sequence[str]) -> None:
    """Play each test, and keep the smallest history that holds a patch, update or signal."""
    async with playing() as (client, db, settings):
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
                if marker(patch) in text or f'"{patch}"' in text:
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


def written(history: WorkflowHistory) -> str:
    """Write a history without where this machine has the project: a refusal's stack trace names it."""
    return history.to_json().replace(f"{ROOT}/", "") + "\n"


async def beside(client: Client, db: Database, settings: Settings) -> dict[str, str]:
    """Play what runs beside the covenants: long work, and the webhooks when there are none."""
    slug, job = (await views.covenants(db, limit=1))[0].slug, new_job()
    await start_job(
        client, db, job, "union@example.org", JobKind.TEXTS, slug, Language.EN, datetime.now(UTC),
        task_queue=settings.task_queue,
    )  # fmt: skip
    await client.get_workflow_handle(ids.job_workflow(job)).result()
    await start_webhooks(client, settings.task_queue)
    await client.get_workflow_handle(ids.WEBHOOKS).result()
    return {"JobWorkflow": ids.job_workflow(job), "WebhooksWorkflow": ids.WEBHOOKS}


async def whole_life(table: Table) -> None:
    await table.launch([*EXTRA, *STEPS])
    for task in (await table.waiting()).values():
        await table.give(task, _items())
    await table.give((await table.waiting())["secretariat"], _document())
    await table.approve()
    await table.agree_on_text()
    await table.approve()
    await table.ratify()
    await table.sign()
    for days in (200, 70):
        for task in (await table.waiting()).values():
            await table.give(task, _document())
        await table.advance(days)


def _items() -> c.Content:
    return c.ContributionAnswer(items=[c.Item(text="Wages below the living wage.", theme="human-rights")])


def _document() -> c.Content:
    return c.DocumentAnswer(title="Document", sha256="b" * 64)


if __name__ == "__main__":
    asyncio.run(keep_patched(sys.argv[1:]) if sys.argv[1:] else main())
