"""Opening a revision of a signed covenant: its clauses that are new are stored first; what it begins with is told."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from models.base import Words
from models.covenant import ClauseFile
from models.revising import RevisionQuestion
from models.tables import Covenant
from rules import revising
from store import revisions, views
from store.engine import Database


@dataclass(frozen=True)
class Beginning:
    """What a revision would begin with.

    Attributes:
        steps: their titles, in order.
        kept: clauses that are in force, agreed on until they are changed.
    """

    steps: list[Words]
    kept: int
    added: int
    parties: int
    companies: int


async def stored(db: Database, slug: str, added: Sequence[ClauseFile]) -> str | None:
    """Store the clauses that a revision adds; none when there are none.

    Raises:
        Refusal: `revises_another`, what is to be revised is a revision itself.
        NotFound: there is no such covenant.
    """
    revising.check_first((await views.covenant(db, slug)).revises)
    return await revisions.put_clauses(db, added) if added else None


async def beginning(db: Database, covenant: Covenant, digest: str | None, start: date, facilitator: str) -> Beginning:
    """Return what a revision would begin with; the covenant asks the record the same when the act arrives.

    Raises:
        Refusal: `clause_does_not_fit`, `no_dialogue`.
        Conflict: `slug_taken`.
    """
    no = len(await revisions.of(db, covenant.slug)) + 1
    made = await revisions.package(
        db,
        RevisionQuestion(
            covenant=covenant.slug, revision=revising.slug_of(covenant.slug, no), no=no, start=start,
            facilitator=facilitator, added=digest,
        ),
    )  # fmt: skip
    file = made.covenant
    return Beginning(
        steps=[step.title for step in made.playbook.steps], kept=len(file.clauses) - len(made.added),
        added=len(made.added), parties=len(file.parties), companies=len(file.participants),
    )  # fmt: skip
