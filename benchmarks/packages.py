"""(f) How long a facilitator waits for a package deal over forty clauses and ten parties."""

import asyncio
import time
from collections.abc import Callable
from statistics import median

import numpy as np

from benchmarks.setting import Row
from models.base import Words
from models.packages import Option, Package, PackageClause, PackageParty, PackageQuestion, RedLine
from rules.packages import efficient, propose

CLAUSES, OPTIONS, PARTIES, FEW = 40, 3, 10, 5


def question(seed: int, most_changes: int | None = None) -> PackageQuestion:
    """Make parties that weigh and score at random, each with one red line."""
    dice = np.random.default_rng(seed)
    options = [f"option-{nr}" for nr in range(OPTIONS)]
    clauses = [f"clause-{nr}" for nr in range(CLAUSES)]
    return PackageQuestion(
        clauses=[
            PackageClause(
                id=clause, number=clause, options=[Option(id=one, label=Words(nl=one, en=one)) for one in options]
            )
            for clause in clauses
        ],
        parties=[
            PackageParty(
                id=f"party-{nr}", name=Words(nl=f"Partij {nr}", en=f"Party {nr}"),
                weights=dict(zip(clauses, dice.exponential(size=CLAUSES), strict=True)),
                scores={clause: dict(zip(options, dice.random(OPTIONS), strict=True)) for clause in clauses},
                red_lines=[RedLine(clause=clauses[nr], option=options[-1])],
            )
            for nr in range(PARTIES)
        ],
        most_changes=most_changes,
    )  # fmt: skip


def _measured(
    what: str, repeats: int, find: Callable[[PackageQuestion], list[Package]], most_changes: int | None = None
) -> Row:
    seconds: list[float] = []
    proven = asked = 0
    for seed in range(repeats):
        asks = question(seed, most_changes)
        began = time.perf_counter()
        found = find(asks)
        seconds.append(time.perf_counter() - began)
        asked += len(found)
        proven += sum(one.best and one.efficient for one in found)
    return Row(
        f"{what}; {CLAUSES} clauses of {OPTIONS} alternatives, {PARTIES} parties",
        f"{median(seconds):.1f} s (worst of {repeats}: {max(seconds):.1f} s); {proven} of {asked} packages proven",
        numbers={"median": median(seconds), "worst": max(seconds), "proven": proven / asked},
    )


def measure(*, quick: bool) -> list[Row]:
    repeats = 1 if quick else 3
    propose(question(0, 0))  # scipy is loaded once
    return [
        _measured("a package proposed", repeats, lambda asks: [propose(asks)]),
        _measured(f"a package of at most {FEW} changes", repeats, lambda asks: [propose(asks)], FEW),
        _measured("five packages that none can beat", repeats, efficient),
    ]


async def run(*, quick: bool = False) -> list[Row]:
    return await asyncio.to_thread(measure, quick=quick)
