"""What clauses weigh for a party, told in confidence: only these functions read it, and only for its own delegation.

`weights_for_packages` alone reads those of all, for the calculation; what comes out of that holds no number of anyone.
"""

import json
from collections.abc import Collection, Mapping
from datetime import datetime
from typing import NamedTuple

from pydantic import ValidationError
from sqlmodel import Session, col, select

from models import contracts as c
from models.base import Words
from models.enums import AmendmentStatus, ClauseStatus, PartyStatus, Tier
from models.errors import PolderError, Refusal
from models.lookups import Looked
from models.packaging import WeighingQuestion
from models.tables import Amendment, Clause, Content, Party, WeighingRow
from models.weighing import Weighed, Weights
from rules.packaging import Alternative, Choices
from rules.texts import unknown_clause
from store import amendments, clauses, contents
from store.amendments import AmendmentView
from store.clauses import ClauseLine
from store.engine import Database

WEIGHTS = "application/vnd.polder.weights+json"


async def put(db: Database, slug: str, party: str, weights: Weights, act: str) -> str:
    """Store what a party weighs; the hash goes into `Weighing.text_sha`. The same act keeps its hash."""
    async with db.read() as session:
        row = await session.get(WeighingRow, (slug, party))
        if row is not None and row.event == act and _read(await session.get(Content, row.text_sha)) == weights:
            return row.text_sha
    return await contents.put_salted(db, weights, WEIGHTS)


def _read(content: Content | None) -> Weights | None:
    if content is None or content.media_type != WEIGHTS:
        return None
    try:
        return Weights.model_validate(json.loads(content.data))
    except ValidationError:
        return None


def write(session: Session, slug: str, entry: c.Entry, change: Weighed) -> None:
    """Write where what a party weighs is kept; it replaces what it weighed before."""
    session.merge(
        WeighingRow(
            covenant=slug, party=change.party, event=entry.event, person=entry.actor, text_sha=change.text_sha,
            at=entry.at,
        )
    )  # fmt: skip


async def look(db: Database, question: WeighingQuestion) -> Looked:
    """Say what is wrong with what a party weighs; nothing of what it says is in the answer."""
    try:
        async with db.read() as session:
            weights = _read(await session.get(Content, question.text_sha))
            if weights is None:
                raise Refusal(
                    "content_not_found",
                    f"Er zijn geen gewichten bewaard onder SHA-256 {question.text_sha}. Bewaar ze eerst.",
                    f"No weights are stored under SHA-256 {question.text_sha}. Store them first.",
                    {"sha256": question.text_sha},
                )
            known = set(await session.exec(select(Clause.id).where(Clause.covenant == question.covenant)))
            proposed = set(
                await session.exec(
                    select(Amendment.clause, Amendment.id).where(Amendment.covenant == question.covenant)
                )
            )
        _check(weights, known, proposed)
    except PolderError as error:
        return Looked(problem=error.details())
    return Looked()


def _check(weights: Weights, known: Collection[str], proposed: Collection[tuple[str, str]]) -> None:
    named = [one.clause for one in weights.clauses]
    for nr, one in enumerate(weights.clauses):
        if one.clause not in known:
            raise unknown_clause(one.clause, sorted(known))
        if one.clause in named[:nr]:
            raise Refusal(
                "twice",
                f"Artikel {one.clause} wordt twee keer gewogen. Verwacht: één keer.",
                f"Clause {one.clause} is weighed twice. Expected: once.",
                {"clause": one.clause},
            )
        for key in one.worth:
            if (one.clause, key) not in proposed:
                raise Refusal(
                    "unknown_amendment",
                    f"Op artikel {one.clause} is er geen wijzigingsvoorstel {key}. Verwacht: een voorstel "
                    "dat bij dat artikel staat.",
                    f"Clause {one.clause} has no amendment {key}. Expected: one that stands with it.",
                    {"clause": one.clause, "amendment": key},
                )


# --- reading ----------------------------------------------------------------------------------------------------------


class Own(NamedTuple):
    """What a party weighed, and when."""

    weights: Weights
    at: datetime


async def own(db: Database, slug: str, party: str) -> Own | None:
    """Return what a party weighed, for who reads its confidences (`rules.objecting`); None when it did not."""
    async with db.read() as session:
        row = await session.get(WeighingRow, (slug, party))
        weights = _read(await session.get(Content, row.text_sha)) if row is not None else None
    return Own(weights, row.at) if row is not None and weights is not None and weights.clauses else None


async def weights_for_packages(db: Database, slug: str) -> dict[str, Own]:
    """Return what each party weighed. For the calculation of packages, and for nobody to read."""
    query = (
        select(WeighingRow, Content)
        .join(Content, col(Content.sha256) == col(WeighingRow.text_sha))
        .where(WeighingRow.covenant == slug)
    )
    async with db.read() as session:
        rows = (await session.exec(query)).all()
    return {
        row.party: Own(weights, row.at)
        for row, content in rows
        if (weights := _read(content)) is not None and weights.clauses
    }


class Open(NamedTuple):
    """A clause for which words are proposed that still have their place."""

    said: ClauseLine
    proposals: list[AmendmentView]

    @property
    def since(self) -> datetime:
        """Since when there is nothing new to choose from."""
        return max(self.said.current.made_at, *(one.row.at for one in self.proposals))

    @property
    def choices(self) -> Choices:
        """What there is to choose from, as the rules see it."""
        names = [Words(nl=one.party.name_nl, en=one.party.name_en) for one in self.proposals]
        return Choices(
            self.said.clause.id,
            self.said.clause.number,
            self.said.current.sha256,
            tuple(
                Alternative(one.row.id, _label(name, names[: nr + 1].count(name)))
                for nr, (one, name) in enumerate(zip(self.proposals, names, strict=True))
            ),
        )


def _label(name: Words, no: int) -> Words:
    more = f" ({no})" if no > 1 else ""
    return Words(nl=f"voorstel van {name.nl}{more}", en=f"proposal of {name.en}{more}")


async def open_choices(db: Database, slug: str) -> list[Open]:
    """Return the clauses for which words are proposed, in the order of the text."""
    proposed = [one for one in await amendments.amendments(db, slug, only=[AmendmentStatus.OPEN]) if not one.overtaken]
    by_clause: dict[str, list[AmendmentView]] = {}
    for one in proposed:
        by_clause.setdefault(one.row.clause, []).append(one)
    if not by_clause:
        return []
    return [
        Open(one, by_clause[one.clause.id])
        for one in await clauses.clauses(db, slug, None, only=list(by_clause))
        if one.clause.status is not ClauseStatus.PARKED
    ]


async def seated(db: Database, slug: str) -> Mapping[str, Words]:
    """Return the parties at the table, in their order."""
    query = (
        select(Party)
        .where(Party.covenant == slug, Party.tier == Tier.PARTY, Party.status == PartyStatus.ACTIVE)
        .order_by(col(Party.position))
    )
    async with db.read() as session:
        return {one.id: Words(nl=one.name_nl, en=one.name_en) for one in await session.exec(query)}
