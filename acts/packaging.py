"""Packages for the facilitator: from what the parties weighed, found beside the event loop, sent by nobody."""

import asyncio
import threading
from collections.abc import Mapping
from dataclasses import dataclass, field

from models.base import Words
from models.errors import Unavailable
from models.packages import Package, PackagePick, PackageQuestion
from rules import packaging
from store import weighing
from store.engine import Database
from store.weighing import Open

LIMIT = 90.0
"""Seconds that one who asks for packages waits at most."""

_TURN = threading.Lock()
"""One calculation at a time in a process: the others of the site must not wait for processors."""


@dataclass(frozen=True)
class Weighed:
    """What there is to make packages of, without a word of what anyone weighed.

    Attributes:
        table: the clauses for which words are proposed.
        parties: those at the table.
        silent: of those, who did not weigh.
        unseen: who weighed but has not looked at a clause as it is now, with the numbers of these clauses.
        enough: whether packages can be looked for.
    """

    table: list[Open]
    parties: Mapping[str, Words]
    silent: list[str] = field(default_factory=list)
    unseen: dict[str, list[str]] = field(default_factory=dict)
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
        return weighed, await asyncio.wait_for(asyncio.to_thread(_found, question), LIMIT)
    except TimeoutError as error:
        raise Unavailable(
            "takes_too_long",
            f"Binnen {LIMIT:.0f} seconden is geen pakket gevonden. Verwacht: probeer het straks opnieuw, of met minder "
            "open voorstellen.",
            f"No package was found within {LIMIT:.0f} seconds. Expected: try again later, or fewer open proposals.",
        ) from error


def _found(question: PackageQuestion) -> list[Package]:
    with _TURN:
        return packaging.found(question)


async def _read(db: Database, slug: str) -> tuple[Weighed, PackageQuestion | None]:
    table, parties = await weighing.open_choices(db, slug), await weighing.seated(db, slug)
    weights = await weighing.weights_for_packages(db, slug)
    choices = [one.choices for one in table]
    question = packaging.asked(choices, parties, weights)
    said = {party: {one.clause: one for one in weights[party].clauses} for party in parties if party in weights}
    unseen = {
        party: [one.number for one in choices if packaging.unseen(one, mine.get(one.clause))]
        for party, mine in said.items()
    }
    return (
        Weighed(
            table,
            parties,
            silent=[party for party in parties if party not in weights],
            unseen={party: numbers for party, numbers in unseen.items() if numbers},
            enough=question is not None,
        ),
        question,
    )
