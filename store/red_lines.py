"""Red lines: what a party cannot accept, told to the facilitator alone. Only these functions read their words."""

import json
from collections.abc import Collection
from typing import NamedTuple

from pydantic import ValidationError
from sqlmodel import Session, col, select

from models import contracts as c
from models.errors import NotFound
from models.objecting import RedLineText
from models.objections import RedLineDropped, RedLineTold
from models.tables import Content, Party, RedLine
from store import contents
from store.engine import Database

RED_LINE = "application/vnd.polder.red-line+json"


class Told(NamedTuple):
    """A red line with its words and whose it is."""

    row: RedLine
    party: Party
    text: str


async def put(db: Database, words: RedLineText, act: str | None = None) -> str:
    """Store what a party tells; the hash goes into `RedLineTelling.text_sha`. The same act keeps its hash."""
    if act is not None:
        async with db.read() as session:
            row = await session.get(RedLine, act)
            if row is not None and _words(await session.get(Content, row.text_sha)) == words:
                return row.text_sha
    return await contents.put_salted(db, words, RED_LINE)


def _words(content: Content | None) -> RedLineText | None:
    if content is None or content.media_type != RED_LINE:
        return None
    data = {key: value for key, value in json.loads(content.data).items() if key != "salt"}
    try:
        return RedLineText.model_validate(data)
    except ValidationError:
        return None


async def stored(db: Database, digest: str) -> RedLineText | None:
    """Return what is stored under a hash, when it is a red line."""
    async with db.read() as session:
        return _words(await session.get(Content, digest))


def write(session: Session, slug: str, entry: c.Entry, change: RedLineTold | RedLineDropped) -> None:
    """Write that one is told or dropped."""
    if isinstance(change, RedLineDropped):
        row = session.get_one(RedLine, change.red_line)
        row.dropped_at = entry.at
        return
    words = _words(session.get(Content, change.text_sha))
    if words is None:
        raise NotFound(
            "content_not_found",
            f"Er is niets bewaard onder SHA-256 {change.text_sha}.",
            f"Nothing is stored under SHA-256 {change.text_sha}.",
        )
    session.merge(
        RedLine(
            id=entry.event, covenant=slug, party=change.party, clause=words.clause, person=entry.actor,
            text_sha=change.text_sha, at=entry.at,
        )
    )  # fmt: skip


async def red_lines(db: Database, slug: str, *, of: Collection[str] | None) -> list[Told]:
    """Return the red lines that hold.

    Args:
        db: the database.
        slug: the covenant.
        of: the parties whose red lines the reader may read (`rules.objecting.reads_red_lines`); none means of all.
    """
    query = (
        select(RedLine, Party, Content)
        .join(Party, (col(Party.covenant) == col(RedLine.covenant)) & (col(Party.id) == col(RedLine.party)))
        .join(Content, col(Content.sha256) == col(RedLine.text_sha))
        .where(RedLine.covenant == slug, col(RedLine.dropped_at).is_(None))
        .order_by(col(Party.position), col(RedLine.at))
    )
    if of is not None:
        query = query.where(col(RedLine.party).in_(list(of)))
    async with db.read() as session:
        found = await session.exec(query)
        return [Told(row, party, words.text) for row, party, content in found if (words := _words(content))]
