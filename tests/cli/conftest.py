"""One real engine for all commands: `polder up` as a process, the commands in this one."""

import asyncio
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

import pytest
from ports import free_port

from acts.launching import Prepared, launch, prepare
from cli.main import run
from rules.calendar import add_working_days, local_date
from runtime.files import find_covenant
from runtime.settings import Settings
from runtime.settings import settings as read_settings
from runtime.temporal import connect, quiet_runtime
from store import views
from store.engine import Database

ROOT = Path(__file__).resolve().parents[2]


class Said(NamedTuple):
    code: int
    out: str
    err: str


Polder = Callable[..., Said]


class Served(NamedTuple):
    process: subprocess.Popen[str]
    state: Path
    port: int
    site_port: int
    ready: str


@pytest.fixture
def until() -> Callable[[Callable[[], bool]], None]:
    """Look again until it is so, or fail."""

    def look(met: Callable[[], bool]) -> None:
        end = time.monotonic() + 15
        while not met():
            assert time.monotonic() < end, "this did not come true in time"
            time.sleep(0.05)

    return look


@pytest.fixture
def polder(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> Polder:
    """Run a command as `main` does; without an engine, on an empty state folder."""
    monkeypatch.setenv("POLDER_STATE", str(tmp_path / "state"))
    monkeypatch.setenv("POLDER_TEMPORAL_PORT", str(free_port()))
    monkeypatch.setenv("COLUMNS", "100")
    monkeypatch.delenv("POLDER_LANG", raising=False)

    def call(*args: str | Path, **environment: str) -> Said:
        for name, value in environment.items():
            monkeypatch.setenv(name, value)
        read_settings.cache_clear()
        capsys.readouterr()
        code = run([str(arg) for arg in args])
        said = capsys.readouterr()
        return Said(int(code), said.out, said.err)

    return call


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    state, port, site_port = tmp_path_factory.mktemp("engine") / "state", free_port(), free_port()
    environment = os.environ | {"POLDER_STATE": str(state), "POLDER_TEMPORAL_PORT": str(port), "POLDER_LANG": "en",
                                "POLDER_SITE_PORT": str(site_port)}  # fmt: skip
    with (state.parent / "err").open("w") as err:
        process = subprocess.Popen(
            [sys.executable, "-m", "cli.main", "up", "--no-ui"],
            cwd=ROOT, env=environment, stdout=subprocess.PIPE, stderr=err, text=True,
        )  # fmt: skip
    try:
        assert process.stdout is not None
        ready = process.stdout.readline()
        assert "ready" in ready, (state.parent / "err").read_text()
        yield Served(process, state, port, site_port, ready)
    finally:
        if process.poll() is None:
            process.send_signal(signal.SIGTERM)
            process.wait(20)


@pytest.fixture
def at(polder: Polder, served: Served, monkeypatch: pytest.MonkeyPatch) -> Polder:
    """Run a command against the engine."""
    monkeypatch.setenv("POLDER_STATE", str(served.state))
    monkeypatch.setenv("POLDER_TEMPORAL_PORT", str(served.port))
    monkeypatch.setenv("POLDER_SITE_PORT", str(served.site_port))
    return polder


@pytest.fixture(scope="module")
def underway(served: Served) -> str:
    """A covenant whose first step began on the last working day, so that its questions are open at once."""
    prepared = prepare(find_covenant("renewable-energy"), local_date(datetime.now(UTC)), slug="proef")
    began = Prepared(prepared.package, add_working_days(prepared.start, -1))

    async def open_it() -> None:
        settings = Settings(state=served.state, temporal_port=served.port)
        db = Database(settings.database)
        client = await connect(settings, runtime=quiet_runtime())
        await launch(client, db, began, task_queue=settings.task_queue)
        end = time.monotonic() + 15
        while not (await views.exists(db, "proef") and await views.waiting(db, slug="proef")):
            assert time.monotonic() < end, "the covenant did not open in time"
            await asyncio.sleep(0.05)
        await db.close()

    asyncio.run(open_it())
    return "proef"
