"""(c) Two hundred covenants of thirty parties, each with a round open, on one worker."""

import asyncio
import sys
import time
from statistics import median

from benchmarks.setting import PARTIES, Engine, Row, answer, engine, party_ids

CLIENTS = 16
AT_ONCE = 8
"""Covenants being opened at the same time."""


async def _open_all(running: Engine, slugs: list[str]) -> float:
    waiting = list(reversed(slugs))

    async def opener() -> None:
        while waiting:
            await running.open_round(waiting.pop())
            opened = len(slugs) - len(waiting)
            if opened % 25 == 0:
                print(f"  {opened} of {len(slugs)} covenants opened or opening", file=sys.stderr, flush=True)

    began = time.perf_counter()
    await asyncio.gather(*(opener() for _ in range(AT_ONCE)))
    return time.perf_counter() - began


async def _answers_per_second(running: Engine, slugs: list[str], each: int, turn: int) -> float:
    """Let clients go through the covenants, every client and every answer in another one."""
    party = party_ids()[turn % PARTIES]

    async def client(number: int) -> None:
        mine = slugs[number::CLIENTS]
        for nr in range(each):
            await running.submit(answer(mine[nr % len(mine)], party))

    began = time.perf_counter()
    await asyncio.gather(*(client(number) for number in range(CLIENTS)))
    return CLIENTS * each / (time.perf_counter() - began)


async def run(*, quick: bool = False) -> list[Row]:
    count = 32 if quick else 200
    slugs = [f"covenant-{nr:03}" for nr in range(count)]
    async with engine() as running:
        await running.open_round("warm")
        before = running.memory()
        seconds = await _open_all(running, slugs)
        await asyncio.sleep(2)
        opened = running.memory()
        rates = [await _answers_per_second(running, slugs, count // CLIENTS, turn) for turn in range(2 if quick else 5)]
        after = running.memory()
        answers = len(rates) * CLIENTS * (count // CLIENTS)
        recorded = sum([await running.recorded(slug) for slug in slugs])
        assert recorded == answers, f"{recorded} of {answers} answers recorded"
    rate = median(rates)
    what = f"{count} covenants of {PARTIES} parties, a round open in each"
    return [
        *(
            Row(
                f"{what}: memory of the {name}",
                f"{before[name]:.0f} MiB before, {opened[name]:.0f} MiB open, "
                f"{after[name]:.0f} MiB after {answers} answers",
                numbers={"before_mib": before[name], "open_mib": opened[name], "after_mib": after[name]},
            )
            for name in ("worker", "server")
        ),
        Row(
            f"{what}: opening them",
            f"{seconds:.0f} s ({count / seconds:.1f} covenants/s, with draft and {PARTIES} mails each)",
            numbers={"seconds": seconds},
        ),
        Row(f"{what}: {CLIENTS} clients", f"{rate:.0f} answers/s", numbers={"answers_per_second": rate}),
    ]
