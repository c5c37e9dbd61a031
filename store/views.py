"""What pages, lists and the command line read. One source for "who is due": the human task."""

from collections.abc import Sequence
from datetime import datetime

import sqlalchemy as sa
from pydantic import ConfigDict
from sqlmodel import col, func, select

from models import ids
from models.around import MeetingRow
from models.base import Contract
from models.enums import MeetingStatus, StepStatus, TaskStatus
from models.errors import NotFound
from models.tables import (
    Answer,
    Clause,
    ClauseVersion,
    Constituency,
    Covenant,
    Decision,
    Document,
    Event,
    HumanTask,
    Mail,
    Party,
    Person,
    Position,
    QuestionRow,
    Round,
    Signature,
    Step,
)
from rules import chain
from store.engine import Database


class CovenantView(Contract):
    """A covenant with everything its page shows.

    Attributes:
        open_tasks: who is waited on, soonest due first.
    """

    model_config = ConfigDict(arbitrary_types_allowed=True)

    covenant: Covenant
    constituencies: list[Constituency]
    parties: list[Party]
    steps: list[Step]
    rounds: list[Round]
    clauses: list[Clause]
    decisions: list[Decision]
    open_tasks: list[HumanTask]
    documents: list[Document]
    signatures: list[Signature]


async def exists(db: Database, slug: str) -> bool:
    """Whether there is a covenant of this slug."""
    async with db.read() as session:
        return await session.get(Covenant, slug) is not None


async def covenant(db: Database, slug: str) -> Covenant:
    """Return a covenant.

    Raises:
        NotFound: with the slugs there are.
    """
    async with db.read() as session:
        row = await session.get(Covenant, slug)
        if row is None:
            known = ", ".join((await session.exec(select(Covenant.slug).limit(20))).all())
            raise NotFound(
                "covenant_not_found",
                f"Convenant {slug} bestaat niet. Verwacht: {known or 'er is er nog geen; `polder launch BESTAND`'}.",
                f"There is no covenant {slug}. Expected: {known or 'there is none yet; `polder launch FILE`'}.",
                {"slug": slug},
            )
        return row


async def covenants(db: Database, *, limit: int = 200, offset: int = 0) -> list[Covenant]:
    """Return covenants, the last moved first."""
    async with db.read() as session:
        rows = await session.exec(select(Covenant).order_by(col(Covenant.moved_at).desc()).limit(limit).offset(offset))
        return list(rows)


async def view(db: Database, slug: str) -> CovenantView:
    """Return everything a covenant's page shows; NotFound when there is none."""
    row = await covenant(db, slug)
    async with db.read() as session:
        return CovenantView.model_construct(
            covenant=row,
            constituencies=list(
                await session.exec(
                    select(Constituency).where(Constituency.covenant == slug).order_by(col(Constituency.position))
                )
            ),
            parties=list(await session.exec(select(Party).where(Party.covenant == slug).order_by(col(Party.position)))),
            steps=list(await session.exec(select(Step).where(Step.covenant == slug).order_by(col(Step.position)))),
            rounds=list(await session.exec(select(Round).where(Round.covenant == slug).order_by(col(Round.no)))),
            clauses=list(
                await session.exec(select(Clause).where(Clause.covenant == slug).order_by(col(Clause.position)))
            ),
            decisions=list(
                await session.exec(select(Decision).where(Decision.covenant == slug).order_by(col(Decision.decided_at)))
            ),
            documents=list(
                await session.exec(select(Document).where(Document.covenant == slug).order_by(col(Document.made_at)))
            ),
            signatures=list(
                await session.exec(
                    select(Signature).where(Signature.covenant == slug).order_by(col(Signature.signed_at))
                )
            ),
            open_tasks=await waiting(db, slug=slug, limit=5000),
        )


async def waiting(
    db: Database, *, slug: str | None = None, party: str | None = None, overdue_at: datetime | None = None,
    limit: int = 500,
) -> list[HumanTask]:  # fmt: skip
    """Return open tasks, soonest due first: of one covenant, of one respondent, or overdue at a moment."""
    query = select(HumanTask).where(HumanTask.status == TaskStatus.OPEN)
    if slug is not None:
        query = query.where(HumanTask.covenant == slug)
    if party is not None:
        query = query.where(HumanTask.respondent == party)
    if overdue_at is not None:
        query = query.where(col(HumanTask.due_at) < overdue_at)
    async with db.read() as session:
        return list(await session.exec(query.order_by(col(HumanTask.due_at), col(HumanTask.id)).limit(limit)))


async def task(db: Database, task_id: str) -> HumanTask:
    """Return a task; NotFound when there is none."""
    async with db.read() as session:
        row = await session.get(HumanTask, task_id)
    if row is None:
        raise NotFound(
            "task_not_found",
            f"Taak {task_id} bestaat niet. Verwacht: een taak van uw lijst.",
            f"There is no task {task_id}. Expected: a task of your list.",
            {"task": task_id},
        )
    return row


async def names(db: Database, slug: str) -> dict[str, tuple[str, str]]:
    """Return the Dutch and English name of every party and participant."""
    async with db.read() as session:
        rows = await session.exec(select(Party).where(Party.covenant == slug))
        return {row.id: (row.name_nl, row.name_en) for row in rows}


async def parties(db: Database, slug: str | None = None) -> list[str]:
    """Return the ids of the parties and participants of one covenant, or of all."""
    query = select(Party.id).distinct().order_by(Party.id)
    if slug is not None:
        query = query.where(Party.covenant == slug)
    async with db.read() as session:
        return list(await session.exec(query))


async def people(db: Database, slug: str) -> list[Person]:
    """Return the people of a covenant."""
    async with db.read() as session:
        return list(await session.exec(select(Person).where(Person.covenant == slug).order_by(col(Person.id))))


async def events(db: Database, slug: str, *, after: int = 0, limit: int = 1000) -> list[Event]:
    """Return entries of the log in order."""
    await covenant(db, slug)
    async with db.read() as session:
        rows = await session.exec(
            select(Event).where(Event.covenant == slug, col(Event.seq) > after).order_by(col(Event.seq)).limit(limit)
        )
        return list(rows)


async def event(db: Database, event_id: str) -> Event | None:
    """Return the entry of the log with this event id, of whichever covenant."""
    async with db.read() as session:
        return (await session.exec(select(Event).where(Event.event == event_id))).first()


def header_of(row: Event) -> dict[str, object]:
    """Return what the hash of an entry is taken of: its header, and the hash of the entry before (`rules.chain`)."""
    return row.model_dump(exclude={"data", "sha256"})


async def chain_break(db: Database, slug: str) -> int | None:
    """Return the number of the first entry whose hash or content does not fit, or None when the chain is whole."""
    rows = await events(db, slug, limit=1_000_000)
    for row in rows:
        if chain.sha256(chain.canonical(row.data)) != row.data_sha256:
            return row.seq
    broken = chain.verify({**header_of(row), "sha256": row.sha256} for row in rows)
    if broken is not None:
        return rows[broken].seq
    head = (await covenant(db, slug)).head
    return None if (rows[-1].sha256 if rows else chain.GENESIS) == head else len(rows) + 1


async def current_texts(db: Database, slug: str) -> dict[str, ClauseVersion]:
    """Return the current version of each clause."""
    async with db.read() as session:
        rows = await session.exec(
            select(ClauseVersion)
            .join(
                Clause,
                (col(Clause.covenant) == col(ClauseVersion.covenant)) & (col(Clause.id) == col(ClauseVersion.clause)),
            )
            .where(ClauseVersion.covenant == slug, ClauseVersion.version == Clause.version)
        )
        return {row.clause: row for row in rows}


async def open_workflows(db: Database, slug: str) -> list[str]:
    """Return the workflows of a covenant that may run, innermost first.

    The last round reports after it closed, and the next one runs before it is on record, so both are among them.
    """
    async with db.read() as session:
        last = (await session.exec(select(func.max(Round.no)).where(Round.covenant == slug))).one() or 0
        newest_meeting = select(func.max(MeetingRow.no)).where(MeetingRow.covenant == slug).scalar_subquery()
        meetings = await session.exec(
            select(MeetingRow.workflow).where(
                MeetingRow.covenant == slug,
                col(MeetingRow.status).in_([MeetingStatus.CALLED, MeetingStatus.HELD])
                | (col(MeetingRow.no) == newest_meeting),  # may still be telling that it was cancelled
            )
        )
        steps = await session.exec(select(Step.workflow).where(Step.covenant == slug, Step.status == StepStatus.ACTIVE))
        numbers = select(QuestionRow.no).where(QuestionRow.covenant == slug).order_by(col(QuestionRow.no).desc())
        newest = await session.exec(numbers.limit(1))  # may be about to report, though it has ended
        asked = {*newest, *await session.exec(numbers.where(col(QuestionRow.ended_at).is_(None)))}
        admitted = await session.exec(numbers.where(QuestionRow.kind == "accession", QuestionRow.passed == sa.true()))
        return [
            *(ids.accession_workflow(slug, no) for no in admitted),
            *(ids.question_workflow(slug, no) for no in sorted(asked)),
            *meetings,
            ids.round_workflow(slug, last + 1),
            ids.round_workflow(slug, last),
            *(workflow for workflow in steps if workflow is not None),
        ]


async def counts(db: Database, slug: str) -> dict[str, int]:
    """Return how much is on record: tasks, answers (of which on behalf and ad referendum), mails, entries."""
    of_answers = select(func.count()).select_from(Answer).where(Answer.covenant == slug)
    queries = {
        "tasks": select(func.count()).select_from(HumanTask).where(HumanTask.covenant == slug),
        "answers": of_answers,
        "on_behalf": of_answers.where(col(Answer.on_behalf).is_not(None)),
        "ad_referendum": of_answers.where(col(Answer.counted).is_(False)),
        "mails": select(func.count()).select_from(Mail).where(Mail.covenant == slug),
        "events": select(func.count()).select_from(Event).where(Event.covenant == slug),
    }
    async with db.read() as session:
        return {name: (await session.exec(query)).one() for name, query in queries.items()}


async def open_round(db: Database, slug: str) -> Round | None:
    """Return the round that is open, if one is."""
    async with db.read() as session:
        rows = await session.exec(
            select(Round).where(Round.covenant == slug, col(Round.closed_at).is_(None)).order_by(col(Round.no).desc())
        )
        return rows.first()


async def positions(db: Database, slug: str) -> list[Position]:
    """Return the positions on current and earlier versions."""
    async with db.read() as session:
        return list(await session.exec(select(Position).where(Position.covenant == slug)))


async def answers(db: Database, task_id: str) -> list[Answer]:
    """Return every answer given to a task, in order."""
    async with db.read() as session:
        rows = await session.exec(
            select(Answer)
            .join(Event, col(Event.event) == col(Answer.event))
            .where(Answer.task == task_id)
            .order_by(col(Event.seq))
        )
        return list(rows)


async def mails(db: Database, slug: str, *, task_id: str | None = None) -> Sequence[Mail]:
    """Return the mails of a covenant or a task, newest first."""
    query = select(Mail).where(Mail.covenant == slug).order_by(col(Mail.at).desc())
    if task_id is not None:
        query = query.where(Mail.task == task_id)
    async with db.read() as session:
        return list(await session.exec(query))
