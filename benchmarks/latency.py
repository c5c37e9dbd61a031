"""(a) From the client's call to recorded, against a bare Temporal update, alternating in the same run."""

import asyncio
import time
import uuid
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

from temporalio.client import WorkflowHandle

from benchmarks.bare import QUEUE, BareWorkflow
from benchmarks.setting import PARTIES, Engine, Row, answer, engine, party_ids, percentile

CLIENTS = 16
GOAL = 2.0
SILENT = 1
"""One party stays silent, so that the round stays open."""


@dataclass
class Times:
    """What was measured of one shape: seconds per call, Polder's and the bare ones."""

    polder: list[float] = field(default_factory=list)
    bare: list[float] = field(default_factory=list)
    ratios: list[float] = field(default_factory=list)
    """Of the medians, per pair of blocks that ran after one another."""


async def timed(call: Callable[[], Awaitable[object]], times: list[float]) -> None:
    began = time.perf_counter()
    await call()
    times.append(time.perf_counter() - began)


async def bare_block(engine: Engine, clients: int, each: int, *, shared: bool) -> list[float]:
    """Let clients send bare updates, to one workflow or each to its own."""
    handles: list[WorkflowHandle[BareWorkflow, None]] = [
        await engine.client.start_workflow(BareWorkflow.run, id=f"bare-{uuid.uuid4()}", task_queue=QUEUE)
        for _ in range(1 if shared else clients)
    ]
    for handle in handles:
        await handle.execute_update(BareWorkflow.vote, args=["warm", "agree"])
    times: list[float] = []

    async def client(number: int) -> None:
        handle = handles[0 if shared else number]
        for nr in range(each):
            await timed(
                lambda nr=nr: handle.execute_update(BareWorkflow.vote, args=[f"party-{number}-{nr}", "agree"]),  # type: ignore[misc]
                times,
            )

    await asyncio.gather(*(client(number) for number in range(clients)))
    for handle in handles:
        await handle.terminate()
    return times


async def polder_block(engine: Engine, slugs: list[str], clients: int, each: int) -> list[float]:
    """Let clients submit positions, all in one round or each in its own; every one must be on record."""
    parties = party_ids()[: PARTIES - SILENT]
    before = [await engine.recorded(slug) for slug in slugs]
    times: list[float] = []

    async def client(number: int) -> None:
        slug = slugs[number % len(slugs)]
        mine = parties[number::clients] if len(slugs) == 1 else parties
        for nr in range(each):
            given = answer(slug, mine[nr % len(mine)])
            await timed(lambda given=given: engine.submit(given), times)  # type: ignore[misc]

    await asyncio.gather(*(client(number) for number in range(clients)))
    after = [await engine.recorded(slug) for slug in slugs]
    assert sum(after) - sum(before) == clients * each, "an answer is missing from the record"
    return times


async def compare(engine: Engine, slugs_of: list[list[str]], clients: int, each: int) -> Times:
    """Alternate blocks of both, Polder first in every second pair, each pair on rounds and workflows of its own."""
    found = Times()
    for nr, slugs in enumerate(slugs_of):
        shared = len(slugs) == 1
        if nr % 2:
            polder = await polder_block(engine, slugs, clients, each)
            bare = await bare_block(engine, clients, each, shared=shared)
        else:
            bare = await bare_block(engine, clients, each, shared=shared)
            polder = await polder_block(engine, slugs, clients, each)
        found.polder += polder
        found.bare += bare
        found.ratios.append(percentile(polder, 50) / percentile(bare, 50))
    return found


def row(what: str, times: Times) -> Row:
    p50, p95, bare50, bare95 = (
        1000 * percentile(values, percent) for values in (times.polder, times.bare) for percent in (50, 95)
    )
    ratio = p50 / bare50
    return Row(
        what=what,
        goal=f"at most {GOAL:g} times a bare update (p50)",
        result=f"p50 {p50:.1f} ms, p95 {p95:.1f} ms; bare p50 {bare50:.1f} ms, p95 {bare95:.1f} ms; ratio {ratio:.2f}",
        met=ratio <= GOAL,
        numbers={
            "p50_ms": p50, "p95_ms": p95, "bare_p50_ms": bare50, "bare_p95_ms": bare95, "ratio": ratio,
            "ratio_lowest_block": min(times.ratios), "ratio_highest_block": max(times.ratios), "n": len(times.polder),
        },
    )  # fmt: skip


async def run(*, quick: bool = False) -> list[Row]:
    pairs = 2 if quick else 6
    async with engine() as running:

        async def opened(prefix: str, count: int) -> list[str]:
            slugs = [f"{prefix}-{nr}" for nr in range(count)]
            for slug in slugs:
                await running.open_round(slug)
            return slugs

        warm = await opened("warm", 1)
        await polder_block(running, warm, 1, 10)
        await bare_block(running, 1, 10, shared=True)
        alone = [[slug] for slug in await opened("alone", pairs)]
        together = [[slug] for slug in await opened("together", pairs)]
        apart = await opened("apart", CLIENTS)
        one = await compare(running, alone, 1, PARTIES - SILENT)
        many = await compare(running, together, CLIENTS, 5)
        own = await compare(running, [apart] * pairs, CLIENTS, 5)
    return [
        row("submit positions, 1 client", one),
        row(f"submit positions, {CLIENTS} clients in one round", many),
        row(f"submit positions, {CLIENTS} clients, each in another covenant", own),
    ]
