"""Writing the record: entries of the log with the changes they make, one transaction a batch, once per event id."""

from collections.abc import Sequence
from functools import cache
from typing import Any, assert_never

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import Session, col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from models import contracts as c
from models.enums import CovenantStatus, DocumentKind, PartyStatus, TaskStatus
from models.errors import NotFound
from models.tables import (
    Answer,
    Clause,
    ClauseVersion,
    Content,
    Covenant,
    Decision,
    Document,
    Event,
    HumanTask,
    Party,
    Position,
    Round,
    Signature,
    Step,
)
from rules.calendar import local_date
from rules.chain import canonical, link, sha256
from store.contents import text_of
from store.engine import Database


async def append(db: Database, entries: Sequence[c.Entry]) -> c.Written:
    """Write entries of one covenant in order; those already on record are passed over.

    Raises:
        NotFound: the covenant is not there.
        Unavailable: nothing was written.
    """
    return await db.transaction(lambda session: _append(session, entries, lock=db.locks_rows))


async def append_in(session: AsyncSession, entries: Sequence[c.Entry], *, lock: bool) -> c.Written:
    """Write entries within a transaction."""
    return await session.run_sync(lambda _: _append(session.sync_session, entries, lock=lock))


def _append(session: Session, entries: Sequence[c.Entry], *, lock: bool) -> c.Written:
    slug = entries[0].covenant
    covenant = session.get(Covenant, slug, with_for_update=lock or None)
    if covenant is None:
        raise NotFound("covenant_not_found", f"Convenant {slug} bestaat niet.", f"There is no covenant {slug}.")
    known = set(session.exec(select(Event.event).where(col(Event.event).in_([entry.event for entry in entries]))).all())
    new = [entry for entry in entries if entry.event not in known]
    tasks = _answered_tasks(session, new)
    for entry in new:
        if entry.event in known:
            continue
        known.add(entry.event)
        _log(session, covenant, entry)
        for change in entry.changes:
            _apply(session, covenant, entry, change)
        if any(isinstance(change, c.TaskOpened) for change in entry.changes):
            session.flush()  # answers further on refer to these tasks
    session.flush()
    _positions(session, slug, new)
    del tasks  # held until here, for the session itself holds what it has read by weak references only
    return c.Written(seq=covenant.seq, sha256=covenant.head)


def _answered_tasks(session: Session, entries: Sequence[c.Entry]) -> Sequence[HumanTask]:
    """Read the tasks that a batch answers in one statement; `_task` then finds them in the session."""
    wanted = [change.task for entry in entries for change in entry.changes if isinstance(change, c.TaskAnswered)]
    if not wanted:
        return []
    return session.exec(select(HumanTask).where(col(HumanTask.id).in_(wanted))).all()


def _log(session: Session, covenant: Covenant, entry: c.Entry) -> None:
    data = entry.model_dump(mode="json", include={"reason", "changes"}, exclude_none=True)
    for change in data["changes"]:
        change.get("content", {}).pop("code", None)  # a one-time code is a secret, not a record
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
    event = Event(**header, data=data, prev=covenant.head, sha256=link(header, covenant.head))
    session.add(event)
    covenant.seq, covenant.head = event.seq, event.sha256
    covenant.moved_at = max(covenant.moved_at, entry.at)


def _task(session: Session, task_id: str) -> HumanTask:
    task = session.get(HumanTask, task_id)
    if task is None:
        raise NotFound("task_not_found", f"Taak {task_id} bestaat niet.", f"There is no task {task_id}.")
    return task


def _apply(session: Session, covenant: Covenant, entry: c.Entry, change: c.Change) -> None:  # noqa: C901, PLR0912 one case a change
    slug = covenant.slug
    match change:
        case c.TaskOpened():
            session.add(_opened_task(slug, change))
        case c.TaskAnswered():
            _answered(session, covenant, entry, change)
        case c.TaskEnded():
            task = _task(session, change.task)
            task.status, task.ended_at = change.status, entry.at
            task.ended_nl, task.ended_en = change.reason.nl, change.reason.en
        case c.TaskReminded():
            task = _task(session, change.task)
            task.reminders, task.reminded_at = change.reminders, entry.at
        case c.RungClimbed():
            (_task(session, change.task)).rung = change.rung
        case c.TaskMoved():
            (_task(session, change.task)).due_at = change.due
        case c.LadderHeld():
            (_task(session, change.task)).ladder_held = change.reason
        case c.TaskUndeliverable():
            task = _task(session, change.task)
            task.undeliverable = [*task.undeliverable, {"person": change.person, "problem": change.problem}]
        case c.StepChanged():
            _step(session, slug, entry, change)
        case c.RoundChanged():
            _round(session, slug, change)
        case c.ClauseChanged():
            _clause(session, slug, entry, change)
        case c.Decided():
            session.merge(
                Decision(
                    covenant=slug,
                    question=change.question,
                    step=change.step,
                    round=change.round,
                    clause=change.clause,
                    outcome=change.verdict.outcome,
                    sentence_nl=change.verdict.sentence.nl,
                    sentence_en=change.verdict.sentence.en,
                    verdict=change.verdict.model_dump(mode="json"),
                    decided_at=entry.at,
                )
            )
        case c.PartyChanged():
            party = session.get_one(Party, (slug, change.party))
            party.status, party.left_reason = change.status, change.reason
            party.left_at = entry.at if change.status is PartyStatus.WITHDRAWN else None
        case c.CovenantChanged():
            for name, value in change:
                if name != "change" and value is not None:
                    setattr(covenant, name, value)
            if change.status in {CovenantStatus.TALKS, CovenantStatus.IN_FORCE, CovenantStatus.SIGNED}:
                covenant.held_reason = None
        case c.DocumentMade():
            session.merge(
                Document(
                    id=change.id,
                    covenant=slug,
                    kind=change.kind,
                    title_nl=change.title.nl,
                    title_en=change.title.en,
                    sha256=change.sha256,
                    media_type=change.media_type,
                    made_at=entry.at,
                )
            )
        case c.Signed():
            session.merge(
                Signature(
                    task=change.task,
                    covenant=slug,
                    party=change.party,
                    person=change.person,
                    name=change.name,
                    text_sha=change.text_sha,
                    signed_at=entry.at,
                )
            )
        case c.Said():
            pass
        case _:
            assert_never(change)


def _opened_task(slug: str, change: c.TaskOpened) -> HumanTask:
    task = change.task
    return HumanTask(
        id=task.id,
        covenant=slug,
        step=change.step,
        round=change.round,
        kind=task.kind,
        respondent=task.respondent,
        role=task.role,
        power=task.power,
        title_nl=task.title.nl,
        title_en=task.title.en,
        text_sha=task.text_sha,
        choices=[choice.value for choice in task.choices],
        workflow=change.workflow,
        opened_at=task.opened,
        due_at=task.due,
        first_due_at=task.due,
        status=task.status,
        total=task.total,
        undeliverable=[],
    )


def _answered(session: Session, covenant: Covenant, entry: c.Entry, change: c.TaskAnswered) -> None:
    task = _task(session, change.task)
    content = change.content.model_dump(mode="json", exclude_none=True, exclude={"code"})
    session.add(
        Answer(
            event=entry.event,
            covenant=covenant.slug,
            task=task.id,
            respondent=change.respondent,
            person=entry.actor,
            on_behalf=entry.reason if entry.on_behalf_of else None,
            content=content,
            counted=change.counted,
            complete=change.complete,
            given_at=entry.at,
        )
    )
    if not change.counted:
        return
    task.done, task.total = change.done, change.total
    task.answered_event = entry.event
    if change.complete:
        task.status, task.ended_at = TaskStatus.ANSWERED, entry.at
    if isinstance(change.content, c.DocumentAnswer):
        session.merge(
            Document(
                id=f"{task.id}/document",
                covenant=covenant.slug,
                kind=DocumentKind.ATTACHMENT,
                title_nl=change.content.title,
                title_en=change.content.title,
                sha256=change.content.sha256,
                media_type="application/octet-stream",
                made_at=entry.at,
            )
        )


POSITION_KEY = ("covenant", "clause", "sha256", "party")


@cache
def _upsert_position(dialect: str) -> sa.Executable:
    insert = postgresql.insert if dialect == "postgresql" else sqlite.insert
    statement = insert(Position)
    columns = [column.name for column in sa.inspect(Position).local_table.columns if column.name not in POSITION_KEY]
    return statement.on_conflict_do_update(
        index_elements=POSITION_KEY, set_={name: statement.excluded[name] for name in columns}
    )


def _positions(session: Session, slug: str, entries: Sequence[c.Entry]) -> None:
    """Write all positions of a batch in one statement; the latest of a party on a text replaces the one before."""
    rows: dict[tuple[str, str, str], dict[str, Any]] = {}
    for entry in entries:
        for change in entry.changes:
            if isinstance(change, c.TaskAnswered) and change.counted and isinstance(change.content, c.PositionsAnswer):
                for position in change.content.positions:
                    rows[position.clause, position.sha256, change.respondent] = {
                        "covenant": slug,
                        "party": change.respondent,
                        "round": change.round,
                        "event": entry.event,
                        "given_at": entry.at,
                        **position.model_dump(),
                    }
    if rows:
        session.connection().execute(_upsert_position(session.get_bind().dialect.name), list(rows.values()))


def _step(session: Session, slug: str, entry: c.Entry, change: c.StepChanged) -> None:
    planned, step = change.planned, change.planned.step
    row = session.get(Step, (slug, planned.key))
    if row is None:
        row = Step(
            covenant=slug,
            key=planned.key,
            position=change.position,
            kind=step.kind,
            phase=step.phase,
            title_nl=step.title.nl,
            title_en=step.title.en,
            planned_start=planned.planned_start,
            planned_end=planned.planned_end,
            first_planned_end=planned.planned_end,
            status=planned.status,
            slips=[],
        )
        session.add(row)
    if change.slip is not None:
        row.slips = [
            *row.slips,
            {
                "at": entry.at.isoformat(),
                "from": row.planned_end.isoformat(),
                "to": (local_date(planned.actual_end) if planned.actual_end else planned.planned_end).isoformat(),
                "nl": change.slip.nl,
                "en": change.slip.en,
            },
        ]
    row.position, row.no, row.status = change.position, planned.no, planned.status
    row.planned_start, row.planned_end = planned.planned_start, planned.planned_end
    row.actual_start, row.actual_end = planned.actual_start, planned.actual_end
    row.workflow = change.workflow or row.workflow
    sentence = change.sentence or planned.skipped_because
    if sentence is not None:
        row.sentence_nl, row.sentence_en = sentence.nl, sentence.en


def _round(session: Session, slug: str, change: c.RoundChanged) -> None:
    row = session.get(Round, (slug, change.round))
    if row is None:
        row = Round(
            covenant=slug,
            no=change.round,
            step=change.step,
            opened_at=change.opened,
            due_at=change.due,
            agenda=change.agenda,
            workflow=change.workflow,
        )
        session.add(row)
    row.due_at, row.closed_at = change.due, change.closed
    if change.sentence is not None:
        row.sentence_nl, row.sentence_en = change.sentence.nl, change.sentence.en


def _clause(session: Session, slug: str, entry: c.Entry, change: c.ClauseChanged) -> None:
    clause = session.get_one(Clause, (slug, change.clause))
    clause.status = change.status
    if session.get(ClauseVersion, (slug, change.clause, change.version)) is None:
        text = text_of(session.get(Content, change.sha256), change.sha256)
        session.add(
            ClauseVersion(
                covenant=slug,
                clause=change.clause,
                version=change.version,
                sha256=change.sha256,
                text_nl=text.nl,
                text_en=text.en,
                reason=change.reason,
                made_at=entry.at,
            )
        )
    clause.version = change.version


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
                    "content": {"code": "recorded", **row.content},
                }
            )
            for row in rows
        ]
