"""What agreements are given on condition of: in words, and which of them a next version would break."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import NamedTuple

from pydantic import TypeAdapter
from sqlmodel import col, select

from models.base import Words
from models.enums import Language, PartyStatus
from models.packages import Condition, ConditionalPosition
from models.tables import Party, Position
from rules import conditions
from rules.conditions_text import said
from store import amendments
from store.current import refs
from store.engine import Database

LONGEST_EXCERPT = 40
GIVEN: TypeAdapter[list[Condition]] = TypeAdapter(list[Condition])


def given(row: Position) -> list[Condition]:
    """Return the conditions of a position as the rules know them."""
    return GIVEN.validate_python(row.conditions)


@dataclass(frozen=True)
class Wording:
    """How the conditions of one covenant are said.

    Attributes:
        numbers: of the clauses, by id.
        movers: whose each amendment is, on which clause, and its first words.
        now: the hashes of their texts.
    """

    numbers: Mapping[str, str]
    movers: Mapping[str, Words]
    now: Mapping[str, str]

    def of(self, wanted: Iterable[Condition]) -> list[Words]:
        """Say conditions: "clause 7 stays as it is"."""
        return [said(one, self.numbers, self.movers, self.now) for one in wanted]

    def in_row(self, row: Position) -> list[Words]:
        """Say the conditions of a position."""
        return self.of(given(row))


async def wording(db: Database, slug: str) -> Wording:
    """Return how the conditions of a covenant are said, those on amendments of before included."""
    async with db.read() as session:
        clauses = await refs(session, slug)
    numbers = {one.id: one.number for one in clauses}
    movers = {one.row.id: _mover(one, numbers) for one in await amendments.amendments(db, slug)}
    return Wording(numbers, movers, {one.id: one.sha256 for one in clauses})


def _mover(one: amendments.AmendmentView, numbers: Mapping[str, str]) -> Words:
    number = numbers.get(one.row.clause, one.row.clause)
    words = _excerpt(one)  # of two proposals of one party on one clause each must be another choice
    return Words(
        nl=f"{one.party.name_nl} bij artikel {number}{words.nl}", en=f"{one.party.name_en} on clause {number}{words.en}"
    )


def _excerpt(one: amendments.AmendmentView) -> Words:
    """Return the first words that a proposal puts in, in quotes; nothing for one without a place."""
    edits = {Language.NL: one.nl or [], Language.EN: one.en or []}
    texts = {language: next((edit.text for edit in found), "") for language, found in edits.items()}
    nl, en = (" ".join(text.split())[:LONGEST_EXCERPT] for text in texts.values())
    return Words(nl=f" ('{nl}')" if nl else " (schrappen)", en=f" ('{en}')" if en else " (delete)")


class Resting(NamedTuple):
    """An agreement that rests on another clause: of which party, and on which clause it was given."""

    party: Party
    number: str


async def broken_by(db: Database, slug: str, changes: Mapping[str, str | None]) -> dict[str, list[Resting]]:
    """Return whose agreements with other clauses would lose a condition that holds now.

    Args:
        db: the database.
        slug: the covenant.
        changes: by clause, the hash of the text it would get; none for one that would be parked.
    """
    query = (
        select(Position, Party)
        .join(Party, (col(Party.covenant) == col(Position.covenant)) & (col(Party.id) == col(Position.party)))
        .where(Position.covenant == slug, Party.status == PartyStatus.ACTIVE)
        .order_by(col(Party.position))
    )
    async with db.read() as session:
        clauses = await refs(session, slug)
        now = {one.id: one.sha256 for one in clauses}
        rows = [
            (row, party)
            for row, party in await session.exec(query)
            if row.conditions and now.get(row.clause) == row.sha256
        ]
    names = {party.id: party for _, party in rows}
    numbers = {one.id: one.number for one in clauses}
    positions = [
        ConditionalPosition(party=row.party, clause=row.clause, sha256=row.sha256, conditions=given(row))
        for row, _ in rows
    ]
    return {
        clause: [Resting(names[one.party], numbers[one.clause]) for one in lost]
        for clause, sha in changes.items()
        if (lost := conditions.broken_by(positions, clauses, clause, sha))
    }
