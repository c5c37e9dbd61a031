"""The texts of a covenant that are public: the signed one, and accords that the facilitator made public before."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlmodel import col, select

from models.contracts import ClauseRef
from models.enums import ClauseStatus, Lane, Role
from models.tables import Clause, ClauseVersion, Covenant, Event, Person
from rules.lanes import NOBODY
from rules.texts import covenant_sha
from store import current, papers, revisions
from store.engine import Database

Texts = list[tuple[Clause, ClauseVersion]]


@dataclass(frozen=True)
class Published:
    """A text that everybody may read.

    Attributes:
        no: counted from 1.
        sha256: of the whole text.
        at: when it was signed, or made public.
    """

    no: int
    sha256: str
    at: datetime
    signed: bool
    clauses: Texts


async def published(db: Database, covenant: Covenant, signed: Texts) -> list[Published]:
    """Return the public texts, the oldest first.

    An accord is public when the facilitator filed a paper for everyone that says so, whatever became of it; the same
    text signed later is one text. A signed revision stands beside the text it revises.

    Args:
        db: the database.
        covenant: whose.
        signed: the text as it was signed; nothing before.
    """
    accords = await _made_public(db, covenant)
    found: list[tuple[str, datetime, bool, Texts]] = []
    if accords:
        every = await _accords(db, covenant.slug, set(accords))
        found = [(sha, accords[sha], False, every[sha]) for sha in accords if sha in every]
    if signed and covenant.signed_at is not None:
        sha = covenant.text_sha or ""
        found = [*(one for one in found if one[0] != sha), (sha, covenant.signed_at, True, signed)]
        found += await _revised(db, covenant)
    found.sort(key=lambda one: one[1])
    return [Published(no, *one) for no, one in enumerate(found, start=1)]


async def _revised(db: Database, covenant: Covenant) -> list[tuple[str, datetime, bool, Texts]]:
    """Return the signed text that a covenant revises, if it does: that of the revision before, or of the first text."""
    if covenant.revises is None:
        return []
    earlier = revisions.latest_of(await revisions.of(db, covenant.revises), covenant.opened_at)
    async with db.read() as session:
        before = earlier if earlier is not None else await session.get_one(Covenant, covenant.revises)
        rows = await current.texts(session, before.slug)
        return [(before.text_sha or "", before.signed_at or before.opened_at, True, rows)]


async def is_public(db: Database, covenant: Covenant) -> bool:
    """Whether the accord as it is now is public already."""
    return covenant.text_sha is not None and covenant.text_sha in await _made_public(db, covenant)


async def _made_public(db: Database, covenant: Covenant) -> dict[str, datetime]:
    """Return the accords that a facilitator made public, and when first."""
    public = await papers.papers(db, covenant.slug, NOBODY)
    wanted = [one for one in reversed(public) if one.text.publishes and one.lane is Lane.PUBLIC]
    if not wanted:
        return {}
    async with db.read() as session:
        rows = await session.exec(select(Person).where(Person.covenant == covenant.slug))
        allowed = {one.id for one in rows if Role.FACILITATOR in one.roles}
    found: dict[str, datetime] = {}
    for one in wanted:
        if one.person in allowed and one.text.publishes:
            found.setdefault(one.text.publishes, one.at)
    return found


async def _accords(db: Database, slug: str, wanted: set[str]) -> dict[str, Texts]:
    """Return the texts of accords by hash, as they were then: told from the log, and only when the hash is right."""
    async with db.read() as session:
        rows = (await session.exec(select(Clause).where(Clause.covenant == slug).order_by(col(Clause.position)))).all()
        versions = {
            (one.clause, one.version): one
            for one in await session.exec(select(ClauseVersion).where(ClauseVersion.covenant == slug))
        }
        text = sa.cast(col(Event.data), sa.String)
        events = await session.exec(
            select(Event.data)
            .where(Event.covenant == slug, sa.or_(text.contains("clause_changed"), text.contains("accord_at")))
            .order_by(col(Event.seq))
        )
        standing = {row.id: (1, ClauseStatus.BRACKETED) for row in rows}
        found: dict[str, Texts] = {}
        for data in events:
            for change in data.get("changes", []):
                _follow(change, standing)
                sha = change.get("text_sha") if change.get("change") == "covenant_changed" else None
                if sha in wanted:
                    found[sha] = _as_it_was(rows, versions, standing)
    return {sha: texts for sha, texts in found.items() if _hash(texts) == sha}


def _follow(change: dict[str, Any], standing: dict[str, tuple[int, ClauseStatus]]) -> None:
    if change.get("change") == "clause_changed":
        standing[change["clause"]] = (change["version"], ClauseStatus(change["status"]))


def _as_it_was(
    rows: Sequence[Clause], versions: dict[tuple[str, int], ClauseVersion],
    standing: dict[str, tuple[int, ClauseStatus]],
) -> Texts:  # fmt: skip
    return [
        (row, versions[row.id, number])
        for row in rows
        if (number := standing[row.id][0]) and standing[row.id][1] is not ClauseStatus.PARKED
    ]


def _hash(texts: Texts) -> str:
    return covenant_sha(
        ClauseRef(id=row.id, number=row.number, theme=row.theme, version=one.version, sha256=one.sha256)
        for row, one in texts
    )
