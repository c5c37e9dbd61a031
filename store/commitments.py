"""Who can be committed in a covenant, and the commitments of its clauses."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from models.base import Words
from models.commitments import COMMITMENTS, Commitment
from models.tables import ClauseVersion, Constituency, Covenant, Party
from rules import commitments
from rules.calendar import local_date
from store.engine import Database


def of(version: ClauseVersion) -> list[Commitment]:
    """Return what a version of a clause commits to."""
    return COMMITMENTS.validate_python(version.commitments)


def kept(commitments: Sequence[Commitment]) -> list[dict[str, Any]]:
    """Return commitments as a version keeps them; `of` reads them back."""
    found: list[dict[str, Any]] = COMMITMENTS.dump_python(list(commitments), mode="json", exclude_none=True)
    return found


async def names(db: Database, slug: str) -> dict[str, Words]:
    """Return who can be committed, by id, with their names: parties first."""
    async with db.read() as session:
        return await names_in(session, slug)


async def names_in(session: AsyncSession, slug: str) -> dict[str, Words]:
    """Return the same within a session."""
    found: dict[str, Words] = {}
    query = select(Party).where(Party.covenant == slug, Party.tier == "party").order_by(col(Party.position))
    for party in await session.exec(query):
        found[party.id] = Words(nl=party.name_nl, en=party.name_en)
    groups = select(Constituency).where(Constituency.covenant == slug).order_by(col(Constituency.position))
    for group in await session.exec(groups):
        found.setdefault(group.id, Words(nl=group.name_nl, en=group.name_en))
    return found


def whole(version: ClauseVersion, called: Mapping[str, Words]) -> Words:
    """Return the text of a version with its commitments beneath it."""
    return commitments.whole(Words.model_construct(nl=version.text_nl, en=version.text_en), of(version), called)


def in_force(covenant: Covenant) -> date | None:
    """Return the day from which terms are counted: of the entry into force, or the one that is expected."""
    day = covenant.in_force_at or covenant.in_force_due
    return local_date(day) if day is not None else None
