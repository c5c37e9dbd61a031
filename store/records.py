"""Writing the record: entries of the log with the changes they make, one transaction a batch, once per event id."""

import secrets
from collections.abc import Collection, Sequence
from typing import Any

import sqlalchemy as sa
from sqlmodel import Session, col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from models import contracts as c
from models.errors import NotFound
from models.tables import (
    Answer,
    Covenant,
    Event,
)
from rules.chain import canonical, link, sha256
from store.changes import Rows, apply
from store.engine import Database


async def append(db: Database, entries: Sequence[c.Entry]) -> c.Written:
    """Write entries of one covenant in order; those already on record are passed over.

    Raises:
        NotFound: the covenant is not there.
        Unavailable: nothing was written.
    """
    (written,) = await append_all(db, [entries])
    return written


async def append_all(db: Database, batches: Sequence[Sequence[c.Entry]]) -> list[c.Written]:
    """Write batches, each of one covenant, in one transaction: all or none. As many statements as for one of them.

    Raises:
        NotFound: a covenant is not there.
        Unavailable: nothing was written.
    """
    return await db.transaction(lambda session: _append(session, batches, lock=db.locks_rows))


async def append_in(session: AsyncSession, entries: Sequence[c.Entry], *, lock: bool) -> c.Written:
    """Write entries within a transaction."""
    (written,) = await session.run_sync(lambda _: _append(session.sync_session, [entries], lock=lock))
    return written


_KNOWN = select(Event.event).where(col(Event.event).in_(sa.bindparam("events", expanding=True)))


def _append(session: Session, batches: Sequence[Sequence[c.Entry]], *, lock: bool) -> list[c.Written]:
    covenants = _covenants(session, {batch[0].covenant for batch in batches}, lock=lock)
    entries = [entry for batch in batches for entry in batch]
    known = set(session.connection().scalars(_KNOWN, {"events": [entry.event for entry in entries]}))
    rows, written = Rows(), []
    for batch in batches:
        covenant = covenants[batch[0].covenant]
        for entry in batch:
            if entry.event in known:
                continue
            known.add(entry.event)
            _log(rows, covenant, entry)
            for change in entry.changes:
                apply(session, rows, covenant, entry, change)
            if any(isinstance(change, c.TaskOpened) for change in entry.changes):
                session.flush()  # answers further on refer to these tasks
        written.append(c.Written(seq=covenant.seq, sha256=covenant.head))
    rows.write(session)
    return written


def _covenants(session: Session, slugs: Collection[str], *, lock: bool) -> dict[str, Covenant]:
    """Read covenants, and on PostgreSQL lock them, always in the same order."""
    wanted = select(Covenant).where(col(Covenant.slug).in_(slugs)).order_by(col(Covenant.slug))
    found = {one.slug: one for one in session.exec(wanted.with_for_update() if lock else wanted)}
    for slug in slugs:
        if slug not in found:
            raise NotFound("covenant_not_found", f"Convenant {slug} bestaat niet.", f"There is no covenant {slug}.")
    return found


def _log(rows: Rows, covenant: Covenant, entry: c.Entry) -> None:
    data = entry.model_dump(mode="json", include={"reason", "changes"}, exclude_none=True)
    for change in data["changes"]:
        change.get("content", {}).pop("code", None)  # a one-time code is a secret, not a record
    data["salt"] = secrets.token_hex(16)  # a hash of few possible words would tell them to who may not read them
    header: dict[str, Any] = {
        "covenant": entry.covenant,
        "seq": covenant.seq + 1,
        "event": entry.event,
        "at": entry.at,
        "kind": entry.kind,
        "actor": entry.actor,
        "on_behalf_of": entry.on_behalf_of,
        "data_sha256": sha256(canonical(data)),
    }
    digest = link(header, covenant.head)
    rows.events.append({**header, "data": data, "prev": covenant.head, "sha256": digest})
    covenant.seq, covenant.head = header["seq"], digest
    covenant.moved_at = max(covenant.moved_at, entry.at)


async def given(db: Database, task_ids: Sequence[str]) -> list[c.Answer]:
    """Return the latest counted answers on record to these tasks (see `models.contracts.OnRecord`)."""
    async with db.read() as session:
        newest = (
            select(Answer.task, sa.func.max(Event.seq).label("seq"))
            .join(Event, col(Event.event) == col(Answer.event))
            .where(col(Answer.task).in_(task_ids), col(Answer.counted))
            .group_by(col(Answer.task))
            .subquery()
        )
        rows = await session.exec(
            select(Answer)
            .join(Event, col(Event.event) == col(Answer.event))
            .join(newest, sa.and_(col(Answer.task) == newest.c.task, col(Event.seq) == newest.c.seq))
        )
        return [
            c.Answer.model_validate(
                {
                    "act": row.event,
                    "task": row.task,
                    "actor": {"person": row.person, "on_behalf": row.on_behalf},
                    "content": row.content if "passkey_sha" in row.content else {"code": "recorded", **row.content},
                }
            )
            for row in rows
        ]
