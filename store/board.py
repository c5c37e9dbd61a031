"""The operators' board: all covenants with who holds them and what fails, filtered, sorted and paged in the database.

Counts per covenant are correlated subqueries over an index that begins with the covenant: a page of the list reads
only its own rows, and sorting 10,000 covenants by a count costs one index seek each.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlmodel import col, func, select
from sqlmodel.ext.asyncio.session import AsyncSession

from models.enums import CovenantStatus, MailStatus, Phase, Role, StepStatus, TaskStatus
from models.tables import Covenant, Event, HumanTask, Mail, Party, Person, Step
from rules.calendar import add_working_days, due_moment
from store.engine import Database

WATCH = {Role.OPERATOR, Role.FACILITATOR, Role.SECRETARIAT}
"""Offices whose covenants stand on their own board."""

LIVE = tuple(one for one in CovenantStatus if one not in {CovenantStatus.COMPLETED, CovenantStatus.ENDED})
STUCK = timedelta(hours=1)
"""How long a mail may wait in the queue before it is a fault."""

HOLDERS = 3
"""How many of those who are late a row of the list names."""


@dataclass(frozen=True)
class Filters:
    """What of the board is asked for.

    Attributes:
        slugs: only these covenants; all of the installation when none.
        status: none for those that are not over.
        standstill: only those without movement for so many working days.
        sort: a key of `SORTS`; with a minus in front it runs down.
    """

    slugs: Collection[str] | None = None
    search: str = ""
    sector: str = ""
    phase: Phase | None = None
    status: CovenantStatus | None = None
    every: bool = False
    overdue: bool = False
    technical: bool = False
    standstill: int = 0
    sort: str = "moved"


class Late(NamedTuple):
    """Who is late, with the rung of the ladder."""

    respondent: str
    role: str | None
    name_nl: str | None
    name_en: str | None
    due_at: datetime
    rung: str | None
    reminders: int


@dataclass
class Row:
    """A covenant as a row of the board.

    Attributes:
        steps: those under way.
        late: the first of those who are late.
        undeliverable, stuck: mails that never arrived, or wait in the queue.
        torn: the head of the chain does not fit the log.
    """

    covenant: Covenant
    open: int = 0
    overdue: int = 0
    steps: list[Step] = field(default_factory=list)
    late: list[Late] = field(default_factory=list)
    undeliverable: int = 0
    stuck: int = 0
    torn: bool = False


def _clock(now: datetime) -> Any:  # noqa: ANN401 an SQL expression
    """Now, or later in a covenant that runs in simulated time."""
    moment = sa.literal(now, type_=sa.inspect(Covenant).local_table.c.moved_at.type)
    return sa.case((col(Covenant.moved_at) > moment, col(Covenant.moved_at)), else_=moment)


def _open(now: datetime | None = None) -> Any:  # noqa: ANN401 idem
    query = (
        sa.select(func.count())
        .select_from(HumanTask)
        .where(col(HumanTask.covenant) == col(Covenant.slug), col(HumanTask.status) == TaskStatus.OPEN)
    )
    if now is not None:
        query = query.where(col(HumanTask.due_at) < _clock(now))
    return query.correlate(Covenant).scalar_subquery()


def _planned_end() -> Any:  # noqa: ANN401 idem
    return (
        sa.select(func.min(col(Step.planned_end)))
        .where(col(Step.covenant) == col(Covenant.slug), col(Step.status) == StepStatus.ACTIVE)
        .correlate(Covenant)
        .scalar_subquery()
    )


def _mails(status: MailStatus, now: datetime) -> Any:  # noqa: ANN401 idem
    """Mails that never arrived about what is still open, or that have waited too long."""
    query = select(Mail.covenant, func.count()).select_from(Mail).where(col(Mail.status) == status)
    if status is MailStatus.QUEUED:
        return query.where(col(Mail.at) < now - STUCK).group_by(col(Mail.covenant))
    return (
        query.outerjoin(HumanTask, col(HumanTask.id) == col(Mail.task))
        .where(sa.or_(col(Mail.task).is_(None), col(HumanTask.status) == TaskStatus.OPEN))
        .group_by(col(Mail.covenant))
    )


def _torn() -> Any:  # noqa: ANN401 idem
    """Whether the last entry of the log is not the head of the chain; the whole chain is verified elsewhere."""
    fits = sa.exists().where(
        col(Event.covenant) == col(Covenant.slug),
        col(Event.seq) == col(Covenant.seq),
        col(Event.sha256) == col(Covenant.head),
    )
    return sa.and_(col(Covenant.seq) > 0, ~fits)


def _faulty(now: datetime) -> Any:  # noqa: ANN401 idem
    mails = [
        col(Covenant.slug).in_(sa.select(found.subquery().c.covenant))
        for found in (_mails(MailStatus.UNDELIVERABLE, now), _mails(MailStatus.QUEUED, now))
    ]
    return sa.or_(*mails, _torn())


def still_since(today: date, working_days: int) -> datetime:
    """Return the moment before which the last movement lies when nothing moved for so many working days."""
    return due_moment(add_working_days(today, -working_days))


def _where(asked: Filters, now: datetime, today: date) -> list[Any]:
    found: list[Any] = []
    if asked.slugs is not None:
        found.append(col(Covenant.slug).in_(asked.slugs))
    if asked.status is not None:
        found.append(col(Covenant.status) == asked.status)
    elif not asked.every:
        found.append(col(Covenant.status).in_(LIVE))
    if asked.sector:
        found.append(col(Covenant.sector) == asked.sector)
    if asked.phase is not None:
        found.append(col(Covenant.phase) == asked.phase)
    if asked.search:
        columns = col(Covenant.title_nl), col(Covenant.title_en), col(Covenant.slug)
        found.append(sa.or_(*(one.icontains(asked.search, autoescape=True) for one in columns)))
    if asked.overdue:
        found.append(_open(now) > 0)
    if asked.standstill:
        found.append(col(Covenant.moved_at) < still_since(today, asked.standstill))
    if asked.technical:
        found.append(_faulty(now))
    return found


SORTS = ("title", "sector", "phase", "status", "plan", "open", "overdue", "moved")
"""What the board can be sorted by; `plan` puts what is furthest behind first."""


def _order(asked: Filters, language: str, now: datetime) -> list[Any]:
    key, down = asked.sort.removeprefix("-"), asked.sort.startswith("-")
    phases = {phase: number for number, phase in enumerate(Phase)}
    columns: dict[str, Any] = {
        "title": func.lower(col(Covenant.title_nl if language == "nl" else Covenant.title_en)),
        "sector": col(Covenant.sector),
        "phase": sa.case(phases, value=col(Covenant.phase), else_=-1),
        "status": col(Covenant.status),
        "plan": func.coalesce(_planned_end(), date.max),
        "open": _open(),
        "overdue": _open(now),
    }
    column = columns.get(key, col(Covenant.moved_at))
    return [column.desc() if down else column.asc(), col(Covenant.slug)]


async def watched(db: Database, email: str) -> list[str]:
    """Return the covenants in which an address holds an office that watches."""
    async with db.read() as session:
        rows = await session.exec(select(Person.covenant, Person.roles).where(func.lower(Person.email) == email))
        return sorted({slug for slug, roles in rows if WATCH & {Role(role) for role in roles}})


async def sectors(db: Database, slugs: Collection[str] | None = None) -> list[str]:
    """Return the sectors there are."""
    query = select(Covenant.sector).distinct().order_by(col(Covenant.sector))
    if slugs is not None:
        query = query.where(col(Covenant.slug).in_(slugs))
    async with db.read() as session:
        return list(await session.exec(query))


async def count(db: Database, asked: Filters, now: datetime, today: date) -> int:
    """Return how many covenants fit the filters."""
    async with db.read() as session:
        query = select(func.count()).select_from(Covenant).where(*_where(asked, now, today))
        return (await session.exec(query)).one()


async def rows(
    db: Database, asked: Filters, now: datetime, today: date, *, language: str, limit: int = 25, offset: int = 0
) -> list[Row]:
    """Return a page of the board."""
    query = (
        select(Covenant)
        .where(*_where(asked, now, today))
        .order_by(*_order(asked, language, now))
        .limit(limit)
        .offset(offset)
    )
    async with db.read() as session:
        found = [Row(one) for one in await session.exec(query)]
        await _fill(session, found, now)
    return found


async def slugs(db: Database, asked: Filters, now: datetime, today: date, *, language: str) -> list[str]:
    """Return the covenants that fit the filters, in order: what an export goes through in parts."""
    query = select(Covenant.slug).where(*_where(asked, now, today)).order_by(*_order(asked, language, now))
    async with db.read() as session:
        return list(await session.exec(query))


async def some(db: Database, wanted: Sequence[str], now: datetime) -> list[Row]:
    """Return the rows of these covenants, in that order."""
    async with db.read() as session:
        covenants = await session.exec(select(Covenant).where(col(Covenant.slug).in_(wanted)))
        found = {one.slug: Row(one) for one in covenants}
        await _fill(session, list(found.values()), now)
    return [found[slug] for slug in wanted if slug in found]


async def _plain(session: AsyncSession, query: Any) -> list[Any]:  # noqa: ANN401 an SQL expression, and plain rows
    return list((await (await session.connection()).execute(query)).all())


async def _fill(session: AsyncSession, found: Sequence[Row], now: datetime) -> None:
    """Add what a row shows besides the covenant itself: a fixed number of queries, however many rows."""
    by_slug = {one.covenant.slug: one for one in found}
    mine = list(by_slug)
    if not mine:
        return
    counts = sa.select(col(Covenant.slug), _open(), _open(now), _torn()).where(col(Covenant.slug).in_(mine))
    for slug, still, late, torn in await _plain(session, counts):
        row = by_slug[slug]
        row.open, row.overdue, row.torn = still, late, bool(torn)
    steps = select(Step).where(col(Step.covenant).in_(mine), Step.status == StepStatus.ACTIVE)
    for step in await session.exec(steps.order_by(col(Step.covenant), col(Step.position))):
        by_slug[step.covenant].steps.append(step)
    for slug, late in await _late(session, mine, now):
        by_slug[slug].late.append(late)
    for status, name in ((MailStatus.UNDELIVERABLE, "undeliverable"), (MailStatus.QUEUED, "stuck")):
        query = _mails(status, now).where(col(Mail.covenant).in_(mine))
        for slug, number in await _plain(session, query):
            setattr(by_slug[slug], name, number)


async def _late(session: AsyncSession, mine: Sequence[str], now: datetime) -> list[tuple[str, Late]]:
    """Return the first few of who is late in each covenant, the longest first."""
    nth = func.row_number().over(
        partition_by=col(HumanTask.covenant), order_by=(col(HumanTask.due_at), col(HumanTask.id))
    )
    ranked = (
        sa.select(col(HumanTask.id), nth.label("nth"))
        .join(Covenant, col(Covenant.slug) == col(HumanTask.covenant))
        .where(
            col(HumanTask.covenant).in_(mine),
            col(HumanTask.status) == TaskStatus.OPEN,
            col(HumanTask.due_at) < _clock(now),
        )
        .subquery()
    )
    query = (
        sa.select(
            col(HumanTask.covenant), col(HumanTask.respondent), col(HumanTask.role), col(Party.name_nl),
            col(Party.name_en), col(HumanTask.due_at), col(HumanTask.rung), col(HumanTask.reminders),
        )
        .join(ranked, ranked.c.id == col(HumanTask.id))
        .outerjoin(
            Party,
            (col(Party.covenant) == col(HumanTask.covenant)) & (col(Party.id) == col(HumanTask.respondent)),
        )
        .where(ranked.c.nth <= HOLDERS)
        .order_by(col(HumanTask.covenant), col(HumanTask.due_at), col(HumanTask.id))
    )  # fmt: skip
    return [(slug, Late(*rest)) for slug, *rest in await _plain(session, query)]


# --- one covenant, to the cause ---------------------------------------------------------------------------------------


async def overdue(db: Database, slug: str, now: datetime, *, limit: int = 50) -> list[tuple[HumanTask, Party | None]]:
    """Return the open tasks of a covenant that are late, the longest first."""
    query = (
        select(HumanTask, Party)
        .outerjoin(
            Party,
            (col(Party.covenant) == col(HumanTask.covenant))
            & (col(Party.id) == col(HumanTask.respondent))
            & col(HumanTask.role).is_(None),
        )
        .where(HumanTask.covenant == slug, HumanTask.status == TaskStatus.OPEN, col(HumanTask.due_at) < now)
        .order_by(col(HumanTask.due_at), col(HumanTask.id))
        .limit(limit)
    )
    async with db.read() as session:
        return [(task, party) for task, party in await session.exec(query)]


class Failed(NamedTuple):
    """A mail that did not arrive, without the message itself."""

    person: str
    name: str | None
    subject: str
    status: MailStatus
    problem: str | None
    at: datetime
    task: str | None


async def failed_mails(db: Database, slug: str, now: datetime, *, limit: int = 50) -> list[Failed]:
    """Return the mails of a covenant that never arrived about what is still open, or that wait too long."""
    query = (
        sa.select(
            col(Mail.person), col(Person.name), col(Mail.subject), col(Mail.status), col(Mail.problem), col(Mail.at),
            col(Mail.task),
        )
        .outerjoin(HumanTask, col(HumanTask.id) == col(Mail.task))
        .outerjoin(Person, (col(Person.covenant) == col(Mail.covenant)) & (col(Person.id) == col(Mail.person)))
        .where(
            col(Mail.covenant) == slug,
            sa.or_(
                (col(Mail.status) == MailStatus.UNDELIVERABLE)
                & sa.or_(col(Mail.task).is_(None), col(HumanTask.status) == TaskStatus.OPEN),
                (col(Mail.status) == MailStatus.QUEUED) & (col(Mail.at) < now - STUCK),
            ),
        )
        .order_by(col(Mail.at).desc())
        .limit(limit)
    )  # fmt: skip
    async with db.read() as session:
        return [Failed(*row) for row in await _plain(session, query)]


async def open_task_workflows(db: Database, slug: str) -> list[str]:
    """Return the workflows that hold open tasks."""
    query = (
        select(HumanTask.workflow)
        .where(HumanTask.covenant == slug, HumanTask.status == TaskStatus.OPEN)
        .distinct()
        .order_by(col(HumanTask.workflow))
        .limit(20)
    )
    async with db.read() as session:
        return list(await session.exec(query))
