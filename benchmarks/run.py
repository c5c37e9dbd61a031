"""Run the benchmarks and print the table: `make bench`, or `python benchmarks/run.py --only latency --quick`."""

import argparse
import asyncio
import json
import platform
import shlex
import signal
import sys
import time
from collections.abc import Awaitable, Callable
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path

import psutil

ROOT = Path(__file__).resolve().parents[1]
sys.path[:1] = [str(ROOT), str(ROOT / "tests" / "support")]  # so that both are found from wherever this is started

from benchmarks import dialogue, histories, latency, many, packages, signing, starting, web  # noqa: E402
from benchmarks.setting import Row  # noqa: E402

BENCHMARKS: dict[str, Callable[..., Awaitable[list[Row]]]] = {
    "latency": latency.run,
    "histories": histories.run,
    "many": many.run,
    "starting": starting.run,
    "web": web.run,
    "packages": packages.run,
    "dialogue": dialogue.run,
    "signing": signing.run,
}
README = ROOT / "README.md"
BEGIN, END = "<!-- bench -->", "<!-- /bench -->"


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--only", help=f"some of: {', '.join(BENCHMARKS)} (with commas)", default=",".join(BENCHMARKS))
    parser.add_argument("--quick", action="store_true", help="fewer repeats, 32 covenants instead of 200")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the numbers here")
    parser.add_argument("--readme", action="store_true", help=f"put the table between {BEGIN} and {END} of README.md")
    given = parser.parse_args()
    unknown = set(given.only.split(",")) - set(BENCHMARKS)
    if unknown:
        parser.error(f"--only: unknown {', '.join(sorted(unknown))}; expected some of: {', '.join(BENCHMARKS)}")
    if given.readme and not _marked(README.read_text()):
        parser.error(f"--readme: README.md has no place for the table; expected: a line {BEGIN} and below it {END}")
    return given


def _marked(text: str) -> bool:
    return 0 <= text.find(BEGIN) < text.find(END)


def machine() -> str:
    """Say what this was measured on."""
    cpuinfo = Path("/proc/cpuinfo")
    lines = cpuinfo.read_text().splitlines() if cpuinfo.exists() else []
    model = next((line.partition(":")[2].strip() for line in lines if line.startswith("model name")), "")
    memory = psutil.virtual_memory().total / 2**30
    return f"{model or platform.machine()}, {psutil.cpu_count()} cores, {memory:.0f} GiB memory"


def verdict(row: Row) -> str:
    return "" if row.met is None else "yes" if row.met else "NO"


def plain(rows: list[Row]) -> str:
    cells = [("what", "goal", "met", "result"), *((row.what, row.goal, verdict(row), row.result) for row in rows)]
    widths = [max(len(line[column]) for line in cells) for column in range(3)]
    return "\n".join(
        "  ".join([*(text.ljust(width) for text, width in zip(line[:3], widths, strict=True)), line[3]]).rstrip()
        for line in cells
    )


def markdown(rows: list[Row], about: str) -> str:
    lines = ["| What | Goal | Met | Result |", "|---|---|---|---|"]
    lines += [f"| {row.what} | {row.goal} | {verdict(row)} | {row.result} |" for row in rows]
    return "\n".join([*lines, "", about])


async def measure(names: list[str], *, quick: bool) -> list[Row]:
    rows: list[Row] = []
    me = asyncio.current_task()
    for number in (signal.SIGINT, signal.SIGTERM):  # so that servers and workers are stopped too
        asyncio.get_running_loop().add_signal_handler(number, lambda: me and me.cancel())
    for name in names:
        began = time.perf_counter()
        print(f"{name} …", file=sys.stderr, flush=True)
        rows += await BENCHMARKS[name](quick=quick)
        print(f"{name}: done in {time.perf_counter() - began:.0f} s", file=sys.stderr, flush=True)
    return rows


def main() -> None:
    given = arguments()
    try:
        rows = asyncio.run(measure(given.only.split(","), quick=given.quick))
    except asyncio.CancelledError:
        sys.exit("stopped; nothing was measured to the end")
    command = shlex.join(["python", "benchmarks/run.py", *sys.argv[1:]])
    today = datetime.now(UTC).date().isoformat()
    print(plain(rows))
    print(f"\n{machine()}; {today}; {command}")
    if given.json:
        found = {"machine": machine(), "date": today, "command": command, "rows": [asdict(row) for row in rows]}
        given.json.write_text(json.dumps(found, indent=1) + "\n")
    if given.readme:
        text = README.read_text()
        table = markdown(rows, f"Measured on {machine()}, {today}, with `{command}`.")
        README.write_text(text[: text.find(BEGIN) + len(BEGIN)] + f"\n\n{table}\n\n" + text[text.find(END) :])


if __name__ == "__main__":
    main()
