"""How far the signing of a PDF is: each step is kept before the next one begins, by whoever saw the one before."""

from typing import NamedTuple

import sqlalchemy as sa
from sqlmodel import col
from sqlmodel.ext.asyncio.session import AsyncSession

from models.errors import Conflict
from models.sealed import Sealing
from models.sealing import Pending, Progress, SealingOrder
from store.contents import put_in
from store.engine import Database


class Kept(NamedTuple):
    """A signing as it was kept.

    Attributes:
        turn: which step it was.
        sha256: of the finished file; none while it is under way.
    """

    key: str
    turn: int
    order: SealingOrder
    progress: Progress
    sha256: str | None = None


async def find(db: Database, key: str) -> Kept | None:
    """Return the signing of a document; none when it did not begin."""
    async with db.read() as session:
        row = await session.get(Sealing, key)
    return None if row is None else _kept(row)


async def begin(db: Database, slug: str, key: str, order: SealingOrder, pdf: bytes) -> Kept:
    """Keep what is to be signed; when another worker was first, that is the one that counts."""
    async with db.write() as session:
        row = await session.get(Sealing, key)
        if row is None:
            row = Sealing(key=key, covenant=slug, turn=0, signed=0, plan=order.model_dump_json(), pdf=pdf)
            session.add(row)
            await session.flush()
        return _kept(row)


async def step(db: Database, seen: Kept, after: Progress, media_type: str) -> Kept:
    """Keep the step after the one that was seen; a finished file becomes content.

    Raises:
        Conflict: `sealing_moved_on`, another worker did the step meanwhile: its signature counts, this one is nowhere.
    """
    async with db.write() as session:
        sha = await put_in(session, after.pdf, media_type) if after.done else None
        if not await _moved(session, seen, after, sha):
            raise Conflict(
                "sealing_moved_on",
                f"Een ander werkt al aan de ondertekening {seen.key}. Verwacht: probeer het opnieuw.",
                f"Someone else works on the signing {seen.key} already. Expected: try again.",
            )
    return seen._replace(turn=seen.turn + 1, progress=after, sha256=sha)


async def _moved(session: AsyncSession, seen: Kept, after: Progress, sha: str | None) -> bool:
    plan = seen.order.model_copy(update={"signatories": []}) if after.done else seen.order  # no addresses are left
    moved = await session.exec(
        sa.update(Sealing)
        .where(col(Sealing.key) == seen.key, col(Sealing.turn) == seen.turn)
        .values(
            turn=seen.turn + 1, plan=plan.model_dump_json(), signed=after.signed,
            pdf=None if after.done else after.pdf, sha256=sha,
            pending=None if after.pending is None else after.pending.model_dump_json(),
        )
    )  # fmt: skip
    return moved.rowcount == 1


def _kept(row: Sealing) -> Kept:
    pending = None if row.pending is None else Pending.model_validate_json(row.pending)
    progress = Progress(row.pdf or b"", row.signed, pending, done=row.sha256 is not None)
    return Kept(row.key, row.turn, SealingOrder.model_validate_json(row.plan), progress, row.sha256)
