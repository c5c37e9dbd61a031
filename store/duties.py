"""What is due from one address, across covenants: one join of tasks with people, paged in the database."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlalchemy.orm import aliased
from sqlmodel import col, select

from models.enums import TaskKind, TaskStatus
from models.ids import meeting_of
from models.tables import Answer, Covenant, HumanTask, Party, Person, Signature
from store.engine import Database


class Duty(NamedTuple):
    """A task with what its line in a list shows.

    Attributes:
        party: who is asked; none when an office is.
        by: the name of who answered it.
    """

    task: HumanTask
    covenant: Covenant
    party: Party | None
    by: str | None = None


class DutyCounts(NamedTuple):
    """How much is due from someone."""

    open: int
    late: int


def _theirs() -> sa.ColumnElement[bool]:
    """Whether a task is due from a person of its covenant: of the party and with a mandate, or holding the office."""
    roles = sa.cast(col(Person.roles), sa.String)
    mandates = sa.cast(col(Person.mandates), sa.String)
    of_party = sa.and_(col(HumanTask.role).is_(None), col(HumanTask.respondent) == col(Person.party), mandates != "[]")
    of_office = sa.and_(
        col(HumanTask.role).is_not(None), roles.like(sa.literal('%"') + col(HumanTask.role) + sa.literal('"%'))
    )
    return sa.or_(of_party, of_office)


def _signed() -> sa.ColumnElement[bool]:
    """Whether the person did their part: signed, where a colleague still must, or passed signing on."""
    signed = (
        sa.exists()
        .where(col(Signature.task) == col(HumanTask.id), col(Signature.person) == col(Person.id))
        .correlate(HumanTask, Person)
    )
    passed_on = sa.cast(col(HumanTask.passed_on), sa.String)
    return sa.or_(signed, passed_on.like(sa.literal('%"') + col(Person.id) + sa.literal('"%')))


def _of(email: str, *columns: Any) -> Any:  # noqa: ANN401 SQLAlchemy's select has no short type
    """Select columns of the tasks of an address, each task once however many seats it has."""
    return (
        sa.select(col(HumanTask.id), *columns)
        .join(Person, sa.and_(col(Person.covenant) == col(HumanTask.covenant), _theirs()))
        .where(sa.func.lower(col(Person.email)) == email)
        .group_by(col(HumanTask.id), *columns)
    )


async def due(db: Database, email: str, *, limit: int = 25, offset: int = 0) -> list[Duty]:
    """Return the open tasks of an address, soonest due first."""
    page = (
        _of(email, col(HumanTask.due_at))
        .where(col(HumanTask.status) == TaskStatus.OPEN, ~_signed())
        .order_by(col(HumanTask.due_at), col(HumanTask.id))
        .limit(limit)
        .offset(offset)
        .subquery()
    )
    query = (
        select(HumanTask, Covenant, Party)
        .join(page, page.c.id == col(HumanTask.id))
        .join(Covenant, col(Covenant.slug) == col(HumanTask.covenant))
        .outerjoin(Party, _asked_party())
        .order_by(col(HumanTask.due_at), col(HumanTask.id))
    )
    async with db.read() as session:
        return [Duty(task, covenant, party) for task, covenant, party in await session.exec(query)]


def _asked_party() -> sa.ColumnElement[bool]:
    return sa.and_(col(Party.covenant) == col(HumanTask.covenant), col(Party.id) == col(HumanTask.respondent))


async def counts(db: Database, email: str, now: datetime) -> DutyCounts:
    """Return how many tasks are due from an address, and how many are late by their covenant's own clock."""
    tasks = (
        _of(email, col(HumanTask.due_at), col(HumanTask.covenant))
        .where(col(HumanTask.status) == TaskStatus.OPEN, ~_signed())
        .subquery()
    )
    late = sa.or_(tasks.c.due_at < now, tasks.c.due_at < col(Covenant.moved_at))
    query = (
        select(sa.func.count(), sa.func.coalesce(sa.func.sum(sa.case((late, 1), else_=0)), 0))
        .select_from(tasks)
        .join(Covenant, col(Covenant.slug) == tasks.c.covenant)
    )
    async with db.read() as session:
        row = (await session.exec(query)).one()
    return DutyCounts(int(row[0]), int(row[1]))


async def lately(db: Database, email: str, *, limit: int = 10) -> list[Duty]:
    """Return the tasks of an address that ended last, answered or not."""
    page = (
        _of(email, col(HumanTask.ended_at))
        .where(col(HumanTask.status) != TaskStatus.OPEN)
        .order_by(col(HumanTask.ended_at).desc(), col(HumanTask.id))
        .limit(limit)
        .subquery()
    )
    who = aliased(Person)
    query = (
        select(HumanTask, Covenant, Party, who.name)
        .join(page, page.c.id == col(HumanTask.id))
        .join(Covenant, col(Covenant.slug) == col(HumanTask.covenant))
        .outerjoin(Party, _asked_party())
        .outerjoin(Answer, col(Answer.event) == col(HumanTask.answered_event))
        .outerjoin(who, sa.and_(col(who.covenant) == col(HumanTask.covenant), col(who.id) == col(Answer.person)))
        .order_by(col(HumanTask.ended_at).desc(), col(HumanTask.id))
    )
    async with db.read() as session:
        return [Duty(*row) for row in await session.exec(query)]


async def successor(db: Database, task: HumanTask) -> HumanTask | None:
    """Return the open task that asks the same respondent the same kind of thing now, if there is one."""
    if task.kind is TaskKind.ACTION:  # another action point takes the place of none
        return None
    query = (
        select(HumanTask)
        .where(
            HumanTask.covenant == task.covenant,
            HumanTask.respondent == task.respondent,
            HumanTask.kind == task.kind,
            HumanTask.status == TaskStatus.OPEN,
            HumanTask.id != task.id,
        )
        .order_by(col(HumanTask.due_at))
        .limit(1)
    )
    if meeting_of(task.workflow) is not None:
        query = query.where(HumanTask.workflow == task.workflow)
    async with db.read() as session:
        found: Sequence[HumanTask] = (await session.exec(query)).all()
    return found[0] if found else None
