"""The text of each clause as it stands now."""

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from models.contracts import ClauseRef
from models.enums import ClauseStatus
from models.tables import Clause, ClauseVersion

AS_IT_STANDS = (
    (col(ClauseVersion.covenant) == col(Clause.covenant))
    & (col(ClauseVersion.clause) == col(Clause.id))
    & (col(ClauseVersion.version) == col(Clause.version))
)
"""Joins a clause to its current version."""


async def texts(session: AsyncSession, slug: str) -> list[tuple[Clause, ClauseVersion]]:
    """Return the clauses that are in the text of a covenant, in their order, with their words."""
    rows = await session.exec(
        select(Clause, ClauseVersion)
        .join(ClauseVersion, AS_IT_STANDS)
        .where(Clause.covenant == slug, Clause.status != ClauseStatus.PARKED)
        .order_by(col(Clause.position))
    )
    return list(rows)


async def refs(session: AsyncSession, slug: str) -> list[ClauseRef]:
    """Return the clauses of a covenant in their order, as the rules know them."""
    rows = await session.exec(
        select(Clause, ClauseVersion.sha256)
        .join(ClauseVersion, AS_IT_STANDS)
        .where(Clause.covenant == slug)
        .order_by(col(Clause.position))
    )
    return [
        ClauseRef(**row.model_dump(include={"id", "number", "theme", "version", "status"}), sha256=sha)
        for row, sha in rows
    ]
