"""(d) From `polder up` to ready, with a new state folder and with one that has been used."""

import asyncio
import sys
import time
from statistics import median

from benchmarks.setting import ROOT, Row, engine_settings, state_folder, variables
from runtime.settings import Settings

PROGRAM = "from cli.main import main; main()"
"""What the console script `polder` does."""

START = 60.0


async def _up(settings: Settings) -> float:
    """Start `polder up`, wait for the line that says ready, stop it with SIGTERM, and return the seconds to ready."""
    began = time.perf_counter()
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-c", PROGRAM, "up", cwd=ROOT, env=variables(settings),
        stdin=asyncio.subprocess.DEVNULL, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT,
    )  # fmt: skip
    assert process.stdout is not None
    said = b""
    try:
        async with asyncio.timeout(START):
            while b"ready" not in (line := await process.stdout.readline()):
                said += line
                if not line:
                    msg = f"`polder up` ended before it was ready: {said.decode(errors='replace')}"
                    raise RuntimeError(msg)
        return time.perf_counter() - began
    finally:
        if process.returncode is None:
            process.terminate()
        await process.communicate()


async def run(*, quick: bool = False) -> list[Row]:
    cold: list[float] = []
    used: list[float] = []
    for _ in range(2 if quick else 5):
        async with state_folder() as folder:
            settings = engine_settings(folder)
            cold.append(await _up(settings))
            used.append(await _up(settings))
    return [
        Row(f"`polder up` to ready, {name}", f"{median(found):.1f} s", numbers={"seconds": median(found)})
        for name, found in (("new state folder", cold), ("existing state folder", used))
    ]
