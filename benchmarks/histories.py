"""(b) What an answer costs in history events, and whether thirty parties can answer at once."""

import asyncio
import time
from statistics import median

import sqlalchemy as sa
from sqlmodel import select

from benchmarks.setting import CLAUSES, PARTIES, Engine, Row, answer, engine, party_ids
from models.enums import TaskKind, TaskStatus
from models.errors import PolderError
from models.tables import HumanTask, Position
from store import views

MOST_EVENTS = 8
SECOND = 1.0


async def _events_per_answer(running: Engine, slug: str, *, burst: bool) -> float:
    workflow_id = await running.open_round(slug)
    before = await running.events(workflow_id)
    answers = [answer(slug, party) for party in party_ids()[:-1]]  # the last one keeps the round open
    if burst:
        await asyncio.gather(*(running.submit(given) for given in answers))
    else:
        for given in answers:
            await running.submit(given)
    return (await running.events(workflow_id) - before) / len(answers)


async def _all_at_once(running: Engine, slug: str) -> tuple[float, int, int]:
    """Return the seconds until all were recorded, how many are, and how many were refused."""
    await running.open_round(slug)
    refused = 0

    async def party(name: str, after: float) -> None:
        nonlocal refused
        await asyncio.sleep(after)
        try:
            await running.submit(answer(slug, name))
        except PolderError:
            refused += 1

    began = time.perf_counter()
    await asyncio.gather(*(party(name, nr * SECOND / PARTIES) for nr, name in enumerate(party_ids())))
    seconds = time.perf_counter() - began
    recorded = await running.recorded(slug)
    await _complete(running, slug)
    return seconds, recorded, refused


async def _complete(running: Engine, slug: str) -> None:
    """Look whether everything that belongs to thirty answers is in the database."""
    async with running.db.read() as session:
        positions = (
            await session.exec(select(sa.func.count()).select_from(Position).where(Position.covenant == slug))
        ).one()
        still_open = (
            await session.exec(
                select(sa.func.count())
                .select_from(HumanTask)
                .where(
                    HumanTask.covenant == slug,
                    HumanTask.kind == TaskKind.POSITIONS,
                    HumanTask.status == TaskStatus.OPEN,
                )
            )
        ).one()
    assert positions == PARTIES * CLAUSES, f"{positions} positions on record"
    assert still_open == 0, f"{still_open} tasks still open"
    assert await views.chain_break(running.db, slug) is None, "the chain is broken"


async def run(*, quick: bool = False) -> list[Row]:
    times = 1 if quick else 3
    async with engine() as running:
        single = median([await _events_per_answer(running, f"single-{nr}", burst=False) for nr in range(times)])
        burst = median([await _events_per_answer(running, f"burst-{nr}", burst=True) for nr in range(times)])
        found = [await _all_at_once(running, f"second-{nr}") for nr in range(times)]
    seconds = median(one[0] for one in found)
    recorded, refused = min(one[1] for one in found), max(one[2] for one in found)
    goal = f"at most {MOST_EVENTS}"
    return [
        Row("history events per answer, one by one", f"{single:.1f}", goal, single <= MOST_EVENTS, {"events": single}),
        Row("history events per answer, in a burst", f"{burst:.1f}", goal, burst <= MOST_EVENTS, {"events": burst}),
        Row(
            f"{PARTIES} parties answer one round within a second",
            f"{recorded} recorded, {refused} refused, all after {seconds:.2f} s",
            f"{PARTIES} recorded, none refused",
            recorded == PARTIES and refused == 0,
            {"recorded": recorded, "refused": refused, "seconds": seconds},
        ),
    ]
