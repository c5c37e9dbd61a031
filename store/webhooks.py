"""Webhooks: who wants to be told what happened where, and what became of each event on its way."""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from sqlmodel import col, func, select, update

from models.accounts import Delivery, DeliveryStatus, Webhook
from models.errors import NotFound
from models.tables import Covenant
from store.engine import Database


class Due(NamedTuple):
    """An event that must be sent now, and where."""

    delivery: Delivery
    webhook: Webhook


async def make(db: Database, row: Webhook) -> bool:
    """Keep a new webhook, told from the next event on; the same one again changes nothing."""
    async with db.write() as session:
        if await session.get(Webhook, row.id) is not None:
            return False
        row.after = (await session.get_one(Covenant, row.covenant)).seq
        session.add(row)
        return True


async def of(db: Database, email: str, *, limit: int = 50, offset: int = 0) -> list[Webhook]:
    """Return the webhooks of an account that are told, the newest first."""
    async with db.read() as session:
        rows = await session.exec(
            select(Webhook)
            .where(Webhook.email == email, col(Webhook.ended_at).is_(None))
            .order_by(col(Webhook.made_at).desc(), col(Webhook.id))
            .limit(limit)
            .offset(offset)
        )
        return list(rows)


async def count(db: Database, email: str) -> int:
    """Return how many webhooks of an account are told."""
    async with db.read() as session:
        return (
            await session.exec(
                select(func.count()).select_from(Webhook).where(Webhook.email == email, col(Webhook.ended_at).is_(None))
            )
        ).one()


async def webhook(db: Database, webhook_id: str, email: str) -> Webhook:
    """Return a webhook of an account.

    Raises:
        NotFound: there is none, or it is somebody else's.
    """
    async with db.read() as session:
        row = await session.get(Webhook, webhook_id)
    if row is None or row.email != email:
        raise _unknown()
    return row


def _unknown() -> NotFound:
    return NotFound(
        "webhook_not_found",
        "Deze webhook bestaat niet, of is van iemand anders. Verwacht: een uit uw eigen lijst.",
        "There is no such webhook, or it is somebody else's. Expected: one from your own list.",
    )


async def end(db: Database, webhook_id: str, now: datetime, *, email: str | None = None) -> bool:
    """End a webhook; what was still on its way has failed. Of an account, if one is named."""
    query = update(Webhook).where(col(Webhook.id) == webhook_id, col(Webhook.ended_at).is_(None))
    if email is not None:
        query = query.where(col(Webhook.email) == email)
    async with db.write() as session:
        if not (await session.exec(query.values(ended_at=now))).rowcount:
            return False
        await session.exec(
            update(Delivery)
            .where(col(Delivery.webhook) == webhook_id, col(Delivery.status) == DeliveryStatus.WAITING)
            .values(status=DeliveryStatus.FAILED, problem="ended")
        )
        return True


async def deliveries(db: Database, webhook_id: str, *, limit: int = 25, offset: int = 0) -> list[Delivery]:
    """Return what was sent to a webhook, the newest first."""
    async with db.read() as session:
        rows = await session.exec(
            select(Delivery)
            .where(Delivery.webhook == webhook_id)
            .order_by(col(Delivery.made_at).desc(), col(Delivery.id).desc())
            .limit(limit)
            .offset(offset)
        )
        return list(rows)


async def resend(db: Database, webhook_id: str, delivery_id: str, now: datetime) -> bool:
    """Send an event of a webhook once more, now; false when there is none, or the webhook ended."""
    async with db.write() as session:
        row = await session.get(Delivery, delivery_id)
        hook = await session.get(Webhook, webhook_id)
        if row is None or row.webhook != webhook_id or hook is None or hook.ended_at is not None:
            return False
        row.status, row.next_at, row.problem = DeliveryStatus.WAITING, now, None
        return True


# --- for the workflow that tells them ---------------------------------------------------------------------------------


async def behind(db: Database, *, limit: int = 100) -> list[Webhook]:
    """Return the webhooks whose covenant has moved on since they were last told."""
    async with db.read() as session:
        rows = await session.exec(
            select(Webhook)
            .join(Covenant, col(Covenant.slug) == col(Webhook.covenant))
            .where(col(Webhook.ended_at).is_(None), col(Webhook.after) < Covenant.seq)
            .order_by(col(Webhook.id))
            .limit(limit)
        )
        return list(rows)


async def queue(db: Database, webhook_id: str, after: int, upto: int, rows: Sequence[Delivery]) -> None:
    """Queue events for a webhook that was told up to `after`; who does so second changes nothing."""
    async with db.write() as session:
        moved = await session.exec(
            update(Webhook).where(col(Webhook.id) == webhook_id, col(Webhook.after) == after).values(after=upto)
        )
        if moved.rowcount:
            session.add_all(rows)


async def due(db: Database, now: datetime, *, limit: int = 50) -> list[Due]:
    """Return what must be sent now, the longest due first."""
    async with db.read() as session:
        rows = await session.exec(
            select(Delivery, Webhook)
            .join(Webhook, col(Webhook.id) == col(Delivery.webhook))
            .where(Delivery.status == DeliveryStatus.WAITING, col(Delivery.next_at) <= now)
            .order_by(col(Delivery.next_at), col(Delivery.id))
            .limit(limit)
        )
        return [Due(delivery, hook) for delivery, hook in rows]


async def settle(db: Database, delivery_id: str, **values: object) -> None:
    """Note what came of sending an event."""
    async with db.write() as session:
        await session.exec(update(Delivery).where(col(Delivery.id) == delivery_id).values(**values))


async def idle(db: Database) -> bool:
    """Whether there is no webhook to tell anything, and nothing on its way."""
    async with db.read() as session:
        told = (await session.exec(select(Webhook.id).where(col(Webhook.ended_at).is_(None)).limit(1))).first()
        waiting = (
            await session.exec(select(Delivery.id).where(Delivery.status == DeliveryStatus.WAITING).limit(1))
        ).first()
        return told is None and waiting is None
