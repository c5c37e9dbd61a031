"""Where a covenant stands, as its page shows it: read in pages, so that 2,000 companies cost no more than ten."""

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlmodel import col, func, or_, select

from models import contracts as c
from models.base import Words
from models.enums import DocumentKind, PartyStatus, Role, SigningRole, StepStatus, TaskKind, TaskStatus, Tier
from models.plan import PlannedStep
from models.playbook import Constituency as Group
from models.tables import (
    Clause,
    Constituency,
    Decision,
    Document,
    Event,
    HumanTask,
    Party,
    Person,
    Signature,
    Step,
)
from rules.standing import Waiting, who
from store.comments import party_of, person_of
from store.engine import Database
from store.signatures import counting

PLANNING = ("covenant_launched", "step_inserted", "step_repeated", "step_rescheduled", "step_started")
"""Kinds of events that change the plan, besides `step_<status>`."""


DELIVERED = "/document"
"""Ends the id of a document that was delivered for a task, which is the rest of it."""


class Owed(NamedTuple):
    """An open task with the party that owes it; none when an office does."""

    task: HumanTask
    party: Party | None


class Judgement(NamedTuple):
    """A verdict without its counts."""

    step: str
    round: int | None
    clause: str | None
    outcome: str
    sentence_nl: str
    sentence_en: str


@dataclass(frozen=True)
class Companies:
    """The companies that may join: how many there are, and who declared with which share of the market."""

    active: int = 0
    declared: int = 0
    share: float = 0


@dataclass(frozen=True)
class Standing:
    """A covenant's page: what is small enough to be read whole."""

    groups: list[Constituency]
    parties: list[Party]
    companies: Companies
    steps: list[Step]
    clauses: list[Clause]
    judgements: list[Judgement]
    signed: dict[str, datetime] = field(default_factory=dict)

    @property
    def names(self) -> dict[str, tuple[str, str]]:
        """The names of the parties at the table."""
        return {party.id: (party.name_nl, party.name_en) for party in self.parties}


async def standing(db: Database, slug: str) -> Standing:
    """Return what a covenant's page shows of the table, the plan and the text."""
    async with db.read() as session:
        groups = await session.exec(
            select(Constituency).where(Constituency.covenant == slug).order_by(col(Constituency.position))
        )
        parties = await session.exec(
            select(Party).where(Party.covenant == slug, Party.tier == Tier.PARTY).order_by(col(Party.position))
        )
        active = await session.exec(
            select(func.count())
            .select_from(Party)
            .where(Party.covenant == slug, Party.tier == Tier.PARTICIPANT, Party.status == PartyStatus.ACTIVE)
        )
        declared = await session.exec(
            select(func.count(), func.coalesce(func.sum(Party.market_share), 0.0))
            .select_from(Signature)
            .join(Party, (col(Party.covenant) == col(Signature.covenant)) & (col(Party.id) == col(Signature.party)))
            .where(counting(slug), Party.tier == Tier.PARTICIPANT)
        )
        signed = await session.exec(
            select(Signature.party, Signature.signed_at)
            .join(Party, (col(Party.covenant) == col(Signature.covenant)) & (col(Party.id) == col(Signature.party)))
            .join(HumanTask, col(HumanTask.id) == col(Signature.task))
            .where(
                counting(slug),
                Party.tier == Tier.PARTY,
                Signature.role == SigningRole.SIGNATORY,
                HumanTask.status == TaskStatus.ANSWERED,
            )
        )
        steps = await session.exec(select(Step).where(Step.covenant == slug).order_by(col(Step.position)))
        clauses = await session.exec(select(Clause).where(Clause.covenant == slug).order_by(col(Clause.position)))
        judged = await session.exec(
            select(
                Decision.step, Decision.round, Decision.clause, Decision.outcome,
                Decision.sentence_nl, Decision.sentence_en,
            )  # type: ignore[call-overload]
            .where(Decision.covenant == slug)
            .order_by(col(Decision.decided_at))
        )  # fmt: skip
        count, share = declared.one()
        return Standing(
            groups=list(groups), parties=list(parties), companies=Companies(active.one(), count, share),
            steps=list(steps), clauses=list(clauses), judgements=[Judgement(*row) for row in judged],
            signed=dict(signed.all()),
        )  # fmt: skip


async def leaving(db: Database, slug: str) -> list[Party]:
    """Return the parties and companies that gave notice, the first to leave first."""
    async with db.read() as session:
        rows = await session.exec(
            select(Party)
            .where(Party.covenant == slug, col(Party.leaves_at).is_not(None))
            .order_by(col(Party.leaves_at), col(Party.id))
        )
        return list(rows)


async def bound(db: Database, slug: str, parties: Collection[str]) -> list[Party]:
    """Return which of these parties and companies take part: who declared, and who sits at the table."""
    if not parties:
        return []
    signed = select(Signature.party).where(counting(slug))
    async with db.read() as session:
        rows = await session.exec(
            select(Party).where(
                Party.covenant == slug, col(Party.id).in_(sorted(parties)), Party.status == PartyStatus.ACTIVE,
                or_(Party.tier == Tier.PARTY, col(Party.id).in_(signed)),
            )
        )  # fmt: skip
        return list(rows)


async def outside(db: Database, slug: str) -> list[Party]:
    """Return the organisations on record that take no part: companies that did not declare, and those that left."""
    signed = select(Signature.party).where(counting(slug))
    async with db.read() as session:
        rows = await session.exec(
            select(Party)
            .where(
                Party.covenant == slug,
                or_(
                    col(Party.status).in_([PartyStatus.WITHDRAWN, PartyStatus.APPLICANT]),
                    (col(Party.tier) == Tier.PARTICIPANT) & col(Party.id).not_in(signed),
                ),
            )
            .order_by(col(Party.position))
        )
        return list(rows)


# --- who is waited on -------------------------------------------------------------------------------------------------


def _open(slug: str) -> tuple[Any, ...]:
    return HumanTask.covenant == slug, HumanTask.status == TaskStatus.OPEN


def _theirs(parties: Collection[str], roles: Collection[Role]) -> Any:  # noqa: ANN401 an SQL expression
    return or_(
        col(HumanTask.role).is_(None) & col(HumanTask.respondent).in_(sorted(parties)),
        col(HumanTask.role).in_(sorted(roles)),
    )


async def waiting(db: Database, slug: str, now: datetime) -> Waiting:
    """Return who is waited on, as far as it matters for what comes next."""
    first = select(HumanTask).where(*_open(slug)).order_by(col(HumanTask.due_at), col(HumanTask.id)).limit(1)
    async with db.read() as session:
        return Waiting(
            count=(await session.exec(select(func.count()).select_from(HumanTask).where(*_open(slug)))).one(),
            first=(await session.exec(first)).first(),
            office=(await session.exec(first.where(col(HumanTask.role).is_not(None)))).first(),
            late=(await session.exec(first.where(col(HumanTask.role).is_(None), col(HumanTask.due_at) < now))).first(),
        )


async def own_task(db: Database, slug: str, parties: Collection[str], roles: Collection[Role]) -> HumanTask | None:
    """Return the soonest due task that is asked of one of these parties or offices."""
    async with db.read() as session:
        rows = await session.exec(
            select(HumanTask)
            .where(*_open(slug), _theirs(parties, roles))
            .order_by(col(HumanTask.due_at), col(HumanTask.id))
            .limit(1)
        )
        return rows.first()


async def owed(
    db: Database, slug: str, *, only: tuple[Collection[str], Collection[Role]] | None = None,
    kind: TaskKind | None = None, respondent: str = "", limit: int = 25, offset: int = 0,
) -> list[Owed]:  # fmt: skip
    """Return open tasks with who owes them, soonest due first.

    Args:
        db: the database.
        slug: the covenant.
        only: the parties and offices whose tasks to return; everyone's when none.
        kind: of task.
        respondent: part of an id or name.
        limit: how many to return.
        offset: how many to pass over.
    """
    query = (
        select(HumanTask, Party)
        .outerjoin(
            Party,
            (col(Party.covenant) == col(HumanTask.covenant))
            & (col(Party.id) == col(HumanTask.respondent))
            & col(HumanTask.role).is_(None),
        )
        .where(*_open(slug))
        .order_by(col(HumanTask.due_at), col(HumanTask.id))
        .limit(limit)
        .offset(offset)
    )
    if only is not None:
        query = query.where(_theirs(*only))
    if kind is not None:
        query = query.where(HumanTask.kind == kind)
    if respondent:
        query = query.where(
            or_(
                col(HumanTask.respondent).icontains(respondent, autoescape=True),
                col(Party.name_nl).icontains(respondent, autoescape=True),
                col(Party.name_en).icontains(respondent, autoescape=True),
            )
        )
    async with db.read() as session:
        return [Owed(*row) for row in await session.exec(query)]


async def owed_by_id(db: Database, slug: str, tasks: Collection[str]) -> list[Owed]:
    """Return those of these tasks that are open, with who owes them."""
    query = (
        select(HumanTask, Party)
        .outerjoin(
            Party,
            (col(Party.covenant) == col(HumanTask.covenant))
            & (col(Party.id) == col(HumanTask.respondent))
            & col(HumanTask.role).is_(None),
        )
        .where(*_open(slug), col(HumanTask.id).in_(list(tasks)[:500]))
    )
    async with db.read() as session:
        return [Owed(*row) for row in await session.exec(query)]


async def open_ids(db: Database, slug: str) -> list[HumanTask]:
    """Return all open tasks of a covenant, soonest due first: what an extension of everything is about."""
    async with db.read() as session:
        rows = await session.exec(
            select(HumanTask).where(*_open(slug)).order_by(col(HumanTask.due_at), col(HumanTask.id)).limit(20_000)
        )
        return list(rows)


async def respondents(db: Database, slug: str, tasks: Collection[str]) -> list[Words]:
    """Return the names of who was asked these tasks, the soonest due first."""
    query = (
        select(HumanTask, Party)
        .outerjoin(
            Party,
            (col(Party.covenant) == col(HumanTask.covenant))
            & (col(Party.id) == col(HumanTask.respondent))
            & col(HumanTask.role).is_(None),
        )
        .where(HumanTask.covenant == slug, col(HumanTask.id).in_(list(tasks)))
        .order_by(col(HumanTask.due_at), col(HumanTask.id))
    )
    async with db.read() as session:
        return [
            who(task, {} if party is None else {party.id: (party.name_nl, party.name_en)})
            for task, party in await session.exec(query)
        ]


async def recorded(db: Database, slug: str, act: str) -> bool:
    """Whether an act, or a part of it, is on record."""
    async with db.read() as session:
        rows = await session.exec(
            select(Event.seq).where(Event.covenant == slug, col(Event.event).startswith(act, autoescape=True)).limit(1)
        )
        return rows.first() is not None


async def drafting(db: Database, slug: str, roles: Collection[Role] = (Role.FACILITATOR,)) -> HumanTask | None:
    """Return the open task to make the next version, if one of these offices has it."""
    async with db.read() as session:
        rows = await session.exec(
            select(HumanTask).where(
                *_open(slug), HumanTask.kind == TaskKind.DRAFTING, col(HumanTask.role).in_(list(roles))
            )
        )
        return rows.first()


# --- documents --------------------------------------------------------------------------------------------------------


class Paper(NamedTuple):
    """A document with the task it was delivered for; none for what Polder made."""

    document: Document
    kind: TaskKind | None
    respondent: str | None


async def papers(db: Database, slug: str, *, kinds: Collection[DocumentKind], limit: int) -> list[Paper]:
    """Return the newest documents of some kinds, newest first."""
    async with db.read() as session:
        rows = list(
            await session.exec(
                select(Document)
                .where(Document.covenant == slug, col(Document.kind).in_(sorted(kinds)))
                .order_by(col(Document.made_at).desc(), col(Document.id))
                .limit(limit)
            )
        )
        tasks = await session.exec(
            select(HumanTask.id, HumanTask.kind, HumanTask.respondent).where(
                col(HumanTask.id).in_([row.id.removesuffix(DELIVERED) for row in rows])
            )
        )
        of = {f"{task}{DELIVERED}": (kind, respondent) for task, kind, respondent in tasks}
        return [Paper(row, *of.get(row.id, (None, None))) for row in rows]


# --- the plan and the table as the rules know them --------------------------------------------------------------------


async def plan(db: Database, slug: str) -> list[PlannedStep]:
    """Return the plan as the log has it: what a change of it is computed from before it is made."""
    kinds = [*PLANNING, *(f"step_{status.value}" for status in StepStatus)]
    async with db.read() as session:
        rows = await session.exec(
            select(Event.data).where(Event.covenant == slug, col(Event.kind).in_(kinds)).order_by(col(Event.seq))
        )
        found: dict[str, tuple[int, dict[str, Any]]] = {}
        for data in rows:
            for change in data.get("changes", []):
                if change["change"] == "step_changed":
                    found[change["planned"]["key"]] = change["position"], change["planned"]
    ordered = sorted(found.values(), key=lambda one: one[0])
    return [PlannedStep.model_validate(planned) for _, planned in ordered]


async def roster(db: Database, slug: str, *, also: Collection[str] = ()) -> c.Roster:
    """Return the parties at the table with their people and offices: what a withdrawal is judged by.

    Args:
        db: the database.
        slug: the covenant.
        also: companies to count among them.
    """
    who = or_(col(Party.tier) == Tier.PARTY, col(Party.id).in_(list(also)))
    async with db.read() as session:
        groups = await session.exec(
            select(Constituency).where(Constituency.covenant == slug).order_by(col(Constituency.position))
        )
        parties = await session.exec(select(Party).where(Party.covenant == slug, who).order_by(col(Party.position)))
        seated = sa.select(Party.id).where(col(Party.covenant) == slug, who)  # type: ignore[call-overload]
        people = await session.exec(
            select(Person).where(
                Person.covenant == slug, or_(col(Person.party).is_(None), col(Person.party).in_(seated))
            )
        )
        return c.Roster(
            constituencies=[
                Group(id=row.id, title=Words(nl=row.name_nl, en=row.name_en), minimum=row.minimum) for row in groups
            ],
            parties=[party_of(row) for row in parties],
            people=[person_of(row) for row in people],
        )
