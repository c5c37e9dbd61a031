"""Positions follow what an edit makes of them; whose approvals an edit would void or restore."""

from collections.abc import Iterable, Mapping
from functools import cache

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import Session, col, select

from models.approving import ApprovalsChanged
from models.contracts import Entry
from models.enums import Stance
from models.lookups import EarlierApprovals, EarlierQuestion
from models.tables import Party, Position
from rules.texts import SUPPORTING
from store.engine import Database

POSITION_KEY = ("covenant", "clause", "sha256", "party")


@cache
def upsert(dialect: str) -> sa.Insert:
    """Return the statement that writes a position, over that of the same party on the same text."""
    insert = postgresql.insert if dialect == "postgresql" else sqlite.insert
    statement = insert(Position)
    columns = [column.name for column in sa.inspect(Position).local_table.columns if column.name not in POSITION_KEY]
    return statement.on_conflict_do_update(
        index_elements=POSITION_KEY, set_={name: statement.excluded[name] for name in columns}
    )


def write(session: Session, entry: Entry, change: ApprovalsChanged) -> None:
    """Let positions stand on the text they now hold for; a restored one is a party's latest again.

    What is voided stays where it is: a position on a text that is no longer the current one holds for nothing.
    """
    held = sa.and_(
        col(Position.covenant) == entry.covenant, col(Position.clause) == change.clause,
        col(Position.sha256) == change.sha256, col(Position.party).in_(change.parties),
    )  # fmt: skip
    if change.what == "restored":
        session.execute(sa.update(Position).where(held).values(given_at=entry.at, event=entry.event))
    if change.what == "carried":
        for row in session.exec(select(Position).where(held)).all():
            kept = {**row.model_dump(), "sha256": change.becomes, "given_at": entry.at, "event": entry.event}
            session.merge(Position(**kept))


async def earlier(db: Database, question: EarlierQuestion) -> EarlierApprovals:
    """Return, by clause, who approved exactly the text that it is to have, from when that was its text before."""
    found: dict[str, dict[str, Stance]] = {}
    wanted = set(question.texts.items())
    async with db.read() as session:
        rows = await session.exec(
            select(Position).where(
                Position.covenant == question.covenant,
                col(Position.sha256).in_(sorted(question.texts.values())),
                col(Position.stance).in_(sorted(SUPPORTING)),
            )
        )
        for row in rows:
            if (row.clause, row.sha256) in wanted and not row.conditions:
                found.setdefault(row.clause, {})[row.party] = Stance(row.stance)
    return EarlierApprovals(approved=found)


async def approvers(db: Database, slug: str, texts: Iterable[tuple[str, str]]) -> Mapping[tuple[str, str], list[Party]]:
    """Return the parties at the table that approved exactly these texts: clause and hash."""
    wanted = set(texts)
    found: dict[tuple[str, str], list[Party]] = {}
    async with db.read() as session:
        rows = await session.exec(
            select(Position, Party)
            .join(Party, (col(Party.covenant) == col(Position.covenant)) & (col(Party.id) == col(Position.party)))
            .where(
                Position.covenant == slug,
                Party.status == "active",
                col(Position.sha256).in_({sha for _, sha in wanted}),
                col(Position.stance).in_(sorted(SUPPORTING)),
            )
            .order_by(col(Party.position))
        )
        for position, party in rows:
            if (position.clause, position.sha256) in wanted:
                found.setdefault((position.clause, position.sha256), []).append(party)
    return found
