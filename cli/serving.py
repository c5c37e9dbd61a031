"""The embedded engine as `polder up` and `polder play` run it: server, database and worker in one process."""

import asyncio
import contextlib
import fcntl
import logging
import os
import signal
from collections.abc import AsyncIterator, Coroutine, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from temporalio.client import Client
from temporalio.service import RPCError

from acts.digesting import start_digests
from acts.hooking import start_webhooks
from acts.stamping import start_stamps
from models.errors import Conflict, InvalidFile, Unavailable
from runtime.embedded import EmbeddedServer, check_port, check_ports
from runtime.settings import Settings
from runtime.temporal import connect, quiet_runtime, register_search_attributes
from store.engine import Database
from store.schema import upgrade
from worker import make_transport, make_worker

PATIENCE = 20.0
"""Seconds a server that listens has to answer."""

AGAIN = 0.1
ORPHAN_PATIENCE = 5.0
"""Seconds a server that was left behind has to stop by itself."""

LOCK = "lock"
"""The file in a state folder that says who holds it."""

LOOK = 0.5
"""Seconds between looks at whether the server still runs."""


@dataclass(frozen=True)
class Engine:
    """A running engine."""

    client: Client
    db: Database
    server: EmbeddedServer
    settings: Settings


@asynccontextmanager
async def engine(settings: Settings) -> AsyncIterator[Engine]:
    """Start everything, and stop it at the end.

    Raises:
        Conflict: a port or the state folder is in use.
        Unavailable: the database or the server cannot be used.
    """
    if not (settings.state / LOCK).exists():  # nobody ran here, so what holds a port is not ours
        _check_ports(settings)
    with state_folder(settings.state):
        await end_orphan(settings.state)
        _check_ports(settings)
        log_to(settings.state / "polder.log", settings.log_level)
        await upgrade(settings.database)
        async with EmbeddedServer(settings) as server:
            note_server(settings.state, server)
            client = await _client(settings)
            db = Database(settings.database)
            try:
                async with make_worker(client, db, settings):
                    await start_digests(client, settings.task_queue)
                    await start_stamps(client, settings)
                    await start_webhooks(client, settings.task_queue)
                    yield Engine(client, db, server, settings)
            finally:
                await db.close()


def _check_ports(settings: Settings) -> None:
    check_ports(settings)
    if settings.site:
        check_port(settings.site_port, "POLDER_SITE_PORT")


@asynccontextmanager
async def pages(running: Engine) -> AsyncIterator[str]:
    """Serve the site of a running engine, if the settings want one; its address is given, else an empty text.

    Raises:
        InvalidFile: what npm installs for the pages is not there.
        Conflict: the port is taken.
    """
    if not running.settings.site:
        yield ""
        return
    from web.serving import serving  # noqa: PLC0415 a third of a second that other commands need not wait for
    from web.site import Site  # noqa: PLC0415 idem

    site = Site(running.settings, running.db, make_transport(running.settings), connected=running.client)
    async with serving(site):
        yield running.settings.public_url


async def _client(settings: Settings) -> Client:
    """Connect once the server, which listens before it can answer, answers."""
    loop = asyncio.get_running_loop()
    end = loop.time() + PATIENCE
    while True:
        try:
            client = await connect(settings, address=settings.embedded_address, runtime=quiet_runtime())
            await register_search_attributes(client)
        except (Unavailable, RPCError):
            if loop.time() > end:
                raise
            await asyncio.sleep(AGAIN)
        else:
            return client


async def until_stopped(running: Engine, stop: asyncio.Event) -> None:
    """Serve until someone asks to stop.

    Raises:
        Unavailable: the Temporal server ended by itself.
    """
    process = running.server.process
    while not stop.is_set():
        if process is not None and process.returncode is not None:
            log = running.settings.state / "temporal.log"
            raise Unavailable(
                "temporal_stopped",
                f"De Temporal-server stopte (code {process.returncode}); zie {log}. Er is niets verloren. Verwacht: "
                "start opnieuw met `polder up`.",
                f"The Temporal server stopped (code {process.returncode}); see {log}. Nothing was lost. Expected: "
                "start again with `polder up`.",
                {"log": str(log)},
            )
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(stop.wait(), LOOK)


def run_until_signal(work: Coroutine[Any, Any, None], stop: asyncio.Event, *, ready: asyncio.Event) -> None:
    """Run work that ends when `stop` is set. A signal before it is ready cancels it."""

    async def guarded() -> None:
        task = asyncio.create_task(work)

        def stopping() -> None:
            stop.set()
            if not ready.is_set():
                task.cancel()

        loop = asyncio.get_running_loop()
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            loop.add_signal_handler(number, stopping)
        with contextlib.suppress(asyncio.CancelledError):
            await task

    asyncio.run(guarded())


def note_server(folder: Path, server: EmbeddedServer) -> None:
    """Note which process is the server, for who starts after a `kill -9`."""
    if server.process is not None:
        (folder / "temporal.pid").write_text(str(server.process.pid))


async def end_orphan(folder: Path) -> None:
    """End the server that a killed Polder left behind on this folder, which we hold: nobody else can be using it."""
    try:
        pid = int((folder / "temporal.pid").read_text())
    except (OSError, ValueError):
        return
    loop = asyncio.get_running_loop()
    end = loop.time() + ORPHAN_PATIENCE
    while _serves(pid, folder):
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.kill(pid, signal.SIGTERM if loop.time() < end else signal.SIGKILL)
        await asyncio.sleep(AGAIN)


def _serves(pid: int, folder: Path) -> bool:
    """Whether a process is a Temporal server on the database of this folder."""
    try:
        command = Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:
        return False
    return b"start-dev" in command and str((folder / "temporal.db").absolute()).encode() in command


@contextmanager
def state_folder(folder: Path) -> Iterator[None]:
    """Hold a state folder: two engines on one would harm each other.

    Raises:
        Conflict: another process holds it.
        InvalidFile: it cannot be a folder.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        lock = os.open(folder / LOCK, os.O_RDWR | os.O_CREAT, 0o600)
    except OSError as error:
        raise InvalidFile(
            "state_unusable",
            f"De map {folder} is niet te gebruiken: {error.strerror}. Verwacht: een map waarin Polder mag schrijven; "
            "kies er een met --state of POLDER_STATE.",
            f"The folder {folder} cannot be used: {error.strerror}. Expected: a folder Polder may write in; choose one "
            "with --state or POLDER_STATE.",
            {"state": str(folder)},
        ) from error
    try:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            raise Conflict(
                "state_in_use",
                f"De map {folder} is in gebruik door een ander Polder-proces. Verwacht: een andere map (--state of "
                "POLDER_STATE), of stop dat proces.",
                f"The folder {folder} is in use by another Polder process. Expected: another folder (--state or "
                "POLDER_STATE), or stop that process.",
                {"state": str(folder)},
            ) from error
        yield
    finally:
        os.close(lock)


def log_to(path: Path, level: str) -> None:
    """Write what the SDK and libraries log to a file; the terminal is for people."""
    logging.basicConfig(filename=path, level=level, format="%(asctime)s %(levelname)s %(name)s %(message)s", force=True)
