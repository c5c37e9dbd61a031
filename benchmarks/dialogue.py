"""(g) The dialogue: a long one against Temporal's limits, the tally of a large round, and redlines of large texts."""

import asyncio
import time
import uuid
from collections.abc import Awaitable, Callable

from temporalio.client import WorkflowExecution

from acts import composing
from acts.carrying import act
from benchmarks.setting import OPENING, PARTIES, PATIENCE, Engine, Row, engine, party_ids, percentile
from models import contracts as c
from models import ids
from models.base import Words
from models.deciding import Ballot, DecisionRule, Seat
from models.enums import Ground, RuleKind, Stance, TaskKind, Unit
from models.scenario import AmendmentReply, PositionReply
from models.tables import HumanTask
from rules import deciding
from rules.redline import ops
from store import views

CLAUSES, ROUNDS = 60, 8
AMENDED = 6
"""Clauses that get a next version after each round."""

OBJECTED = 20
"""Clauses to which somebody still objects; the others are agreed in the first round."""

MOST_EVENTS, WARNED = 2_000, 10_240
SECONDS = 1.0

OBJECTS = PositionReply(stance=Stance.OBJECT, ground=Ground.COST, lift="A longer term for small companies.")


async def _round(running: Engine, slug: str, number: int) -> None:
    """Every party answers every clause it owes an answer on; the round closes when the last one did."""
    for nr, party in enumerate(party_ids()):
        task = ids.task(slug, f"round-{number}", party)
        if not any(one.id == task for one in await views.waiting(running.db, slug=slug, party=party)):
            continue
        objected = {f"clause-{one}": OBJECTS for one in range(1, OBJECTED + 1) if one % PARTIES == nr}
        last = number == ROUNDS
        agenda = await composing.positions(running.db, slug, {}, others=PositionReply(stance=Stance.AGREE))
        wanted = {} if last else {one: reply for one, reply in objected.items() if one in _clauses(agenda)}
        content = await composing.positions(running.db, slug, wanted, others=PositionReply(stance=Stance.AGREE))
        given = c.Answer(act=f"act-{uuid.uuid4()}", task=task, actor=c.Actor(person=f"{party}-delegate"),
                         content=content)  # fmt: skip
        workflow = ids.round_workflow(slug, number)
        await act(running.client, workflow, "answer", given, act_id=given.act, patience=PATIENCE)


def _clauses(agenda: c.PositionsAnswer) -> set[str]:
    return {one.clause for one in agenda.positions}


async def _draft(running: Engine, slug: str, number: int) -> None:
    """The facilitator makes the next version of some of what is open."""
    waiting = await _until(
        lambda: views.waiting(running.db, slug=slug), lambda found: found[0].kind is TaskKind.DRAFTING
    )
    amend = {
        f"clause-{1 + (number * AMENDED + nr) % OBJECTED}": AmendmentReply(
            text=Words(nl=f"Versie na ronde {number}, artikel {nr}. " * 8, en=f"After round {number}, {nr}. " * 8),
            reason="a compromise",
        )
        for nr in range(AMENDED)
    }
    content = await composing.next_version(running.db, slug, amend, park=[], reason="a compromise")
    given = c.Answer(act=f"act-{uuid.uuid4()}", task=waiting[0].id, actor=c.Actor(person="facilitator"),
                     content=content)  # fmt: skip
    await act(running.client, waiting[0].workflow, "answer", given, act_id=given.act, patience=PATIENCE)


async def _until(
    look: Callable[[], Awaitable[list[HumanTask]]], fits: Callable[[list[HumanTask]], bool]
) -> list[HumanTask]:
    """Look again until there are tasks, and the right ones."""
    end = time.monotonic() + OPENING
    while time.monotonic() < end:
        found = await look()
        if found and fits(found):
            return found
        await asyncio.sleep(0.1)
    msg = "the next task did not come"
    raise TimeoutError(msg)


async def _opened(running: Engine, slug: str, number: int) -> None:
    await _until(lambda: views.waiting(running.db, slug=slug), lambda found: found[0].round == number)


async def _sizes(running: Engine, workflow: str) -> list[tuple[int, int]]:
    """Return events and bytes of each run of a workflow."""
    return [_size(one) async for one in running.client.list_workflows(f"WorkflowId = '{workflow}'")]


def _size(one: WorkflowExecution) -> tuple[int, int]:
    return one.raw_info.history_length, one.raw_info.history_size_bytes


async def _long(rounds: int) -> list[Row]:
    slug, rows = "dialogue", []
    async with engine() as running:
        began = time.perf_counter()
        await running.open_round(slug, CLAUSES)
        for number in range(1, rounds + 1):
            await _opened(running, slug, number)
            await _round(running, slug, number)
            if number < rounds:
                await _draft(running, slug, number)
        seconds = time.perf_counter() - began
        await running.events(ids.round_workflow(slug, rounds))
        named = {
            "the largest round": [
                one for nr in range(1, rounds + 1) for one in await _sizes(running, ids.round_workflow(slug, nr))
            ],
            "the largest run of the dialogue": await _sizes(running, ids.step_workflow(slug, 1)),
            "the largest run of the covenant": await _sizes(running, ids.covenant_workflow(slug)),
        }
    for what, sizes in named.items():
        events, size = max(one for one, _ in sizes), max(two for _, two in sizes)
        total = sum(one for one, _ in sizes)
        rows.append(
            Row(
                f"{CLAUSES} clauses, {PARTIES} parties, {rounds} rounds: {what}",
                f"{events} events, {size / 1000:.0f} kB (all {len(sizes)} together {total} events)",
                f"under {MOST_EVENTS} events (Temporal warns at {WARNED}, 10 MB)",
                events < MOST_EVENTS and size < 10_000_000,
                {"events": events, "bytes": size, "runs": len(sizes)},
            )
        )
    rows.append(Row(f"{CLAUSES} clauses, {PARTIES} parties, {rounds} rounds: all of it", f"{seconds:.0f} s"))
    return rows


def _tally() -> Row:
    """Decide sixty clauses by thirty parties, as a round does when it closes."""
    seats = [
        Seat(id=party, constituency=f"group-{nr % 4}", name=Words(nl=party, en=party))
        for nr, party in enumerate(party_ids())
    ]
    names = {f"group-{nr}": Words(nl=f"Groep {nr}", en=f"Group {nr}") for nr in range(4)}
    rules = [DecisionRule(), DecisionRule(kind=RuleKind.MAJORITY_PER_CONSTITUENCY, unit=Unit.PARTY)]
    took: list[float] = []
    for _ in range(20):
        began = time.perf_counter()
        for clause in range(CLAUSES):
            ballots = [
                Ballot(seat=seat.id, stance=Stance.OBJECT if (clause + nr) % 29 == 0 else Stance.AGREE)
                for nr, seat in enumerate(seats)
            ]
            deciding.decide_parties(rules[clause % 2], seats, ballots, names, closed=True)
        took.append((time.perf_counter() - began) * 1000)
    return _timed(f"tally of a round: {CLAUSES} clauses by {PARTIES} parties", took, SECONDS * 1000)


def _timed(what: str, took: list[float], most: float) -> Row:
    p50, p95 = percentile(took, 50), percentile(took, 95)
    goal = f"p95 under {most:.0f} ms"
    return Row(what, f"p50 {p50:.0f} ms, p95 {p95:.0f} ms", goal, p95 < most, {"p50": p50, "p95": p95})


def _prose(words: int, seed: int) -> str:
    """Make a text of so many words that is not the same all over."""
    stock = "partijen leggen vast welke risico's zij in de keten zien en wat zij eraan doen binnen een redelijk termijn"
    parts = stock.split()
    return " ".join(parts[(nr * 7 + nr // 11 + seed) % len(parts)] for nr in range(words)) + "."


def _edited(text: str, every: int) -> str:
    """Change a word here and there."""
    words = text.split(" ")
    for nr in range(3, len(words), every):
        words[nr] = f"[{words[nr]}]"
    return " ".join(words)


def _redlines() -> list[Row]:
    long = _prose(5_600, 1)[:35_000]
    other = " ".join(f"{word[::-1]}x" for word in long.split(" "))
    clauses = [_prose(90, nr) for nr in range(CLAUSES)]

    def whole() -> None:
        for nr, text in enumerate(clauses):
            ops(text, _edited(text, 9) if nr % 3 == 0 else text)

    return [
        _repeated("redline of a clause of 35 kB, a word in forty changed", lambda: ops(long, _edited(long, 40))),
        _repeated("redline of a clause of 35 kB, every second word changed", lambda: ops(long, _edited(long, 2))),
        _repeated("redline of a clause of 35 kB against another text", lambda: ops(long, other)),
        _repeated(f"redline of a covenant of {CLAUSES} clauses, a third of them changed", whole),
    ]


def _repeated(what: str, work: Callable[[], object], times: int = 20) -> Row:
    took = []
    for _ in range(times):
        began = time.perf_counter()
        work()
        took.append((time.perf_counter() - began) * 1000)
    return _timed(what, took, SECONDS * 1000)


async def run(*, quick: bool = False) -> list[Row]:
    return [*_redlines(), _tally(), *await _long(3 if quick else ROUNDS)]
