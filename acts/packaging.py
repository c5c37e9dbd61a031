"""Packages for the facilitator: from what the parties weighed, found beside the event loop, sent by nobody."""

import asyncio
from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

from models.base import Words
from models.errors import Refusal, Unavailable
from models.packages import Package, PackagePick, PackageQuestion
from models.weighing import Matters, WeighedClause, Weights, Worth
from rules import packaging
from rules.texts import unknown_clause
from store import views, weighing
from store.engine import Database
from store.weighing import Open

LIMIT = 90.0
"""Seconds that one who asks for packages waits at most."""

_ONE = ThreadPoolExecutor(max_workers=1, thread_name_prefix="packages")
"""One calculation at a time in a process: the others of the site must not wait for processors."""


@dataclass(frozen=True)
class Weighed:
    """What there is to make packages of, without a word of what anyone weighed.

    Attributes:
        table: the clauses for which words are proposed.
        parties: those at the table.
        silent: of those, who did not weigh.
        before: who weighed last before the texts and proposals of now. Which clauses it weighed is not said: leaving
            one out says that it is all the same to the party.
        enough: whether packages can be looked for.
    """

    table: list[Open]
    parties: Mapping[str, Words]
    silent: list[str] = field(default_factory=list)
    before: list[str] = field(default_factory=list)
    enough: bool = False

    def picks(self, package: Package) -> list[PackagePick]:
        """Return a package by the amendments that people know."""
        return packaging.picks([one.choices for one in self.table], package.swaps)


async def look(db: Database, slug: str) -> Weighed:
    """Say who weighed, and whether packages can be looked for."""
    return (await _read(db, slug))[0]


async def find(db: Database, slug: str) -> tuple[Weighed, list[Package]]:
    """Return the packages that there are to propose; none where nothing is proposed or too few weighed.

    Raises:
        Refusal: `no_way_out`.
        Unavailable: `takes_too_long`.
    """
    weighed, question = await _read(db, slug)
    if question is None:
        return weighed, []
    try:
        looking = asyncio.get_running_loop().run_in_executor(_ONE, packaging.found, question)
        return weighed, await asyncio.wait_for(looking, LIMIT)
    except TimeoutError as error:
        raise Unavailable(
            "takes_too_long",
            f"Binnen {LIMIT:.0f} seconden is geen pakket gevonden. Verwacht: probeer het straks opnieuw, of met minder "
            "open voorstellen.",
            f"No package was found within {LIMIT:.0f} seconds. Expected: try again later, or fewer open proposals.",
        ) from error


async def _read(db: Database, slug: str) -> tuple[Weighed, PackageQuestion | None]:
    table, parties = await weighing.open_choices(db, slug), await weighing.seated(db, slug)
    told = await weighing.weights_for_packages(db, slug)
    question = packaging.asked([one.choices for one in table], parties, {key: one.weights for key, one in told.items()})
    newest = max((one.since for one in table), default=None)
    weighed = Weighed(
        table,
        parties,
        silent=[party for party in parties if party not in told],
        before=[party for party in parties if newest and party in told and told[party].at < newest],
        enough=question is not None,
    )
    return weighed, question


# --- what people name, as acts carry it -------------------------------------------------------------------------------


async def weights(
    db: Database, slug: str, matters: Mapping[str, Matters], now: Mapping[str, Worth], worth: Mapping[str, Worth]
) -> Weights:
    """Return what a party weighs, on the text as it is.

    Args:
        db: the database.
        slug: the covenant.
        matters: by clause how much it matters.
        now: by clause what its text of now is worth.
        worth: by amendment what its words are worth.

    Raises:
        Refusal: `half_weighed`, `unknown_clause`, `unknown_amendment`.
    """
    texts = await views.current_texts(db, slug)
    table = [one.choices for one in await weighing.open_choices(db, slug)]
    for clause in {*matters} ^ {*now}:
        raise Refusal(
            "half_weighed",
            f"Van artikel {clause} is niet alles gezegd. Verwacht: hoeveel het uitmaakt, én wat de tekst van nu waard "
            "is.",
            f"Not all of clause {clause} was said. Expected: how much it matters, and what the text of now is worth.",
            {"clause": clause},
        )
    for clause in matters:
        if clause not in texts:
            raise unknown_clause(clause, texts)
    open_ones = {one.clause: [other.amendment for other in one.alternatives] for one in table}
    for key in worth:
        if not any(key in open_ones.get(clause, ()) for clause in matters):
            raise _not_open(key, [one for clause in matters for one in open_ones.get(clause, ())])
    return Weights(
        clauses=[
            WeighedClause(
                clause=clause, sha256=texts[clause].sha256, matters=step, now=now[clause],
                worth={key: worth[key] for key in open_ones.get(clause, ()) if key in worth},
            )
            for clause, step in matters.items()
        ]
    )  # fmt: skip


async def picks(db: Database, slug: str, taken: Sequence[str]) -> list[PackagePick]:
    """Return a package of open amendments, on the text as it is.

    Raises:
        Refusal: `unknown_amendment`.
    """
    table = [one.choices for one in await weighing.open_choices(db, slug)]
    where = {other.amendment: one for one in table for other in one.alternatives}
    for key in taken:
        if key not in where:
            raise _not_open(key, where)
    return [PackagePick(clause=where[key].clause, base_sha=where[key].sha256, amendment=key) for key in taken]


def _not_open(key: str, expected: Iterable[str]) -> Refusal:
    some = ", ".join(expected)
    return Refusal(
        "unknown_amendment",
        f"Wijzigingsvoorstel {key} staat niet open. Verwacht: {some or 'er staat er geen open'}.",
        f"Amendment {key} is not open. Expected: {some or 'none is open'}.",
        {"amendment": key},
    )
