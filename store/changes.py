"""What each change of the record does to the tables: rows that are gathered, and rows that are changed."""

from dataclasses import dataclass, field
from typing import Any, assert_never

import sqlalchemy as sa
from sqlmodel import Session, col, select

from models import contracts as c
from models import signing as sg
from models.approving import ApprovalsChanged
from models.base import Words
from models.enduring import AlsoJoined, ApplicantAdmitted, NoticeGiven, Revised, RevisionOpened
from models.enums import AmendmentStatus, CovenantStatus, DocumentKind, MailStatus, PartyStatus, TaskStatus
from models.errors import NotFound
from models.ground import ClockHeld, GroundRuleSet, QuestionEnded, QuestionPut
from models.meetings import MeetingSet
from models.objections import ObjectionEnded, ObjectionRaised, RedLineDropped, RedLineTold
from models.papers import LaneWidened, PaperAdded
from models.tables import (
    Amendment,
    Answer,
    Clause,
    ClauseVersion,
    Comment,
    Content,
    Covenant,
    Decision,
    Document,
    Event,
    HumanTask,
    Mail,
    Party,
    Round,
    Signature,
    Step,
)
from models.weighing import Weighed
from rules.calendar import local_date
from store import approving, commitments, enduring, ground, meetings, objections, papers, people, red_lines, weighing
from store.contents import text_of

MINUTES = Words(nl="Notulen van de achterbanraadpleging", en="Minutes of the constituency consultation")


@dataclass
class Rows:
    """What is only ever added, gathered to be written with one statement a table: the ORM takes thrice the time."""

    events: list[dict[str, Any]] = field(default_factory=list)
    answers: list[dict[str, Any]] = field(default_factory=list)
    done: list[dict[str, Any]] = field(default_factory=list)
    positions: dict[tuple[str, ...], dict[str, Any]] = field(default_factory=dict)

    def write(self, session: Session) -> None:
        """Write them, after what they refer to.

        Raises:
            NotFound: a task that was answered is not there.
        """
        session.flush()
        connection = session.connection()
        if self.answers:
            wanted = {row["task"] for row in self.answers}
            missing = wanted - set(connection.scalars(_TASKS, {"tasks": list(wanted)}))
            if missing:
                raise _no_task(min(missing))
        self.write_positions(session)
        for statement, rows in (
            (sa.insert(Event), self.events),
            (sa.insert(Answer), self.answers),
            (_CLOSE_TASK, self.done),
        ):
            if rows:
                connection.execute(statement, rows)

    def write_positions(self, session: Session) -> None:
        """Write positions so far: what an edit makes of them is about these too."""
        if self.positions:
            connection = session.connection()
            connection.execute(approving.upsert(connection.dialect.name), list(self.positions.values()))
            self.positions.clear()


_TASKS = select(HumanTask.id).where(col(HumanTask.id).in_(sa.bindparam("tasks", expanding=True)))
_TASK = sa.inspect(HumanTask).local_table.c
_CLOSE_TASK = (
    sa.update(HumanTask)
    .where(_TASK.id == sa.bindparam("task"))
    .values(
        done=sa.bindparam("now_done"),
        total=sa.bindparam("now_total"),
        answered_event=sa.bindparam("by"),
        status=sa.func.coalesce(sa.bindparam("becomes", type_=_TASK.status.type), _TASK.status),
        ended_at=sa.func.coalesce(sa.bindparam("at", type_=_TASK.ended_at.type), _TASK.ended_at),
        row_version=_TASK.row_version + 1,
    )
)
"""What an answer does to its task, without reading its twenty-five columns first."""


def _no_task(task_id: str) -> NotFound:
    return NotFound("task_not_found", f"Taak {task_id} bestaat niet.", f"There is no task {task_id}.")


def _task(session: Session, task_id: str) -> HumanTask:
    task = session.get(HumanTask, task_id)
    if task is None:
        raise _no_task(task_id)
    return task


def apply(  # noqa: C901, PLR0912, PLR0915 one case a change
    session: Session, rows: Rows, covenant: Covenant, entry: c.Entry, change: c.Change
) -> None:
    """Make one change to the tables, within the transaction that logs its entry.

    Raises:
        NotFound: what it changes is not there.
    """
    slug = covenant.slug
    match change:
        case c.TaskOpened():
            session.add(_opened_task(slug, change))
        case c.TaskAnswered():
            _answered(session, rows, covenant, entry, change)
        case c.TaskEnded():
            task = _task(session, change.task)
            task.status, task.ended_at = change.status, entry.at
            task.ended_nl, task.ended_en = change.reason.nl, change.reason.en
        case sg.SigningDaySet():
            step = session.get_one(Step, (slug, change.step))
            step.signs_from, step.signs_until = change.start, change.until
        case sg.AskedAgain():
            task = _task(session, change.task)
            task.status, task.due_at = TaskStatus.OPEN, change.due
            task.ended_at = task.ended_nl = task.ended_en = None
        case c.TaskReminded():
            task = _task(session, change.task)
            task.reminders, task.reminded_at = change.reminders, entry.at
        case c.RungClimbed():
            (_task(session, change.task)).rung = change.rung
        case c.TaskMoved():
            task = _task(session, change.task)
            task.due_at = change.due
            if task.round is not None and (running := session.get(Round, (slug, task.round))) is not None:
                running.due_at = max(running.due_at, change.due)
        case c.LadderHeld():
            (_task(session, change.task)).ladder_held = change.reason
        case c.TaskUndeliverable():
            task = _task(session, change.task)
            task.undeliverable = [*task.undeliverable, {"person": change.person, "problem": change.problem}]
            mail = session.get(Mail, change.mail) if change.mail is not None else None
            if mail is not None and mail.covenant == slug:
                mail.status, mail.problem = MailStatus.UNDELIVERABLE, change.problem
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
            left = change.status is PartyStatus.WITHDRAWN
            party.status, party.leaves_at = change.status, None
            party.left_at, party.left_reason = (entry.at, change.reason) if left else (None, None)
            if change.status is PartyStatus.WITHDRAWN:
                objections.left(session, slug, entry, change)
        case c.CovenantChanged():
            for name, value in change:
                if name not in {"change", "reopened"} and value is not None:
                    setattr(covenant, name, value)
            if change.reopened:
                covenant.accord_at = covenant.text_sha = None
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
        case sg.Signed():
            session.merge(
                Signature(
                    task=change.task,
                    covenant=slug,
                    party=change.party,
                    person=change.person,
                    name=change.name,
                    text_sha=change.text_sha,
                    role=change.role,
                    method=change.method,
                    signed_at=entry.at,
                )
            )
        case c.PersonChanged():
            people.write(session, slug, change)
        case c.Commented():
            session.merge(_comment(session, slug, entry, change))
        case c.Proposed():
            session.merge(_amendment(session, slug, entry, change))
        case c.AmendmentSettled():
            row = session.get_one(Amendment, change.amendment)
            row.status, row.reason, row.settled_at = change.status, change.reason, entry.at
            row.accepted_by_mover = change.accepted_by_mover
        case QuestionPut() | QuestionEnded() | GroundRuleSet() | ClockHeld():
            ground.write(session, entry, change)
        case ApprovalsChanged():
            rows.write_positions(session)
            approving.write(session, entry, change)
        case ObjectionRaised():
            objections.raised(session, slug, entry, change)
        case ObjectionEnded():
            objections.ended(session, slug, entry, change)
        case PaperAdded() | LaneWidened():
            papers.write(session, slug, entry, change)
        case MeetingSet():
            meetings.write(session, slug, entry, change)
        case RedLineTold() | RedLineDropped():
            red_lines.write(session, slug, entry, change)
        case ApplicantAdmitted() | NoticeGiven() | AlsoJoined():
            enduring.write(session, slug, change)
        case Weighed():
            weighing.write(session, slug, entry, change)
        case sg.PassedOn():
            task = _task(session, change.task)
            task.passed_on = [one for one in [*task.passed_on, change.person] if one != change.to]
        case c.Said() | RevisionOpened() | Revised():  # the revision is a covenant with rows of its own
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
        about=task.about,
        undeliverable=[],
        passed_on=[],
    )


def _answered(session: Session, rows: Rows, covenant: Covenant, entry: c.Entry, change: c.TaskAnswered) -> None:
    content = change.content.model_dump(mode="json", exclude_none=True, exclude={"code"})
    rows.answers.append(
        {
            "event": entry.event,
            "covenant": covenant.slug,
            "task": change.task,
            "respondent": change.respondent,
            "person": entry.actor,
            "on_behalf": entry.reason if entry.on_behalf_of else None,
            "content": content,
            "counted": change.counted,
            "complete": change.complete,
            "given_at": entry.at,
        }
    )
    if not change.counted:
        return
    rows.done.append(
        {
            "task": change.task,
            "now_done": change.done,
            "now_total": change.total,
            "by": entry.event,
            "becomes": TaskStatus.ANSWERED if change.complete else None,
            "at": entry.at if change.complete else None,
        }
    )
    if isinstance(change.content, c.PositionsAnswer):
        for position in change.content.positions:  # the latest of a party on a text replaces the one before
            rows.positions[covenant.slug, position.clause, position.sha256, change.respondent] = {
                "covenant": covenant.slug,
                "party": change.respondent,
                "round": change.round,
                "event": entry.event,
                "given_at": entry.at,
                **position.model_dump(mode="json"),
            }
    delivered = _delivered(change.content)
    if delivered is not None:
        title, digest = delivered
        session.merge(
            Document(
                id=f"{change.task}/document",
                covenant=covenant.slug,
                kind=DocumentKind.ATTACHMENT,
                title_nl=title.nl,
                title_en=title.en,
                sha256=digest,
                media_type="application/octet-stream",
                made_at=entry.at,
            )
        )


def _delivered(content: c.Content) -> tuple[Words, str] | None:
    """Return the title and hash of a document that came with an answer."""
    if isinstance(content, c.DocumentAnswer):
        return Words(nl=content.title, en=content.title), content.sha256
    if isinstance(content, c.RatificationAnswer) and content.minutes is not None:
        return MINUTES, content.minutes
    return None


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


def _comment(session: Session, slug: str, entry: c.Entry, change: c.Commented) -> Comment:
    return Comment(
        id=entry.event,
        version=session.get_one(Clause, (slug, change.clause)).version,
        covenant=slug,
        person=entry.actor,
        at=entry.at,
        **change.model_dump(exclude={"change"}),
    )


def _amendment(session: Session, slug: str, entry: c.Entry, change: c.Proposed) -> Amendment:
    return Amendment(
        id=entry.event,
        version=session.get_one(Clause, (slug, change.clause)).version,
        covenant=slug,
        person=entry.actor,
        status=AmendmentStatus.OPEN,
        at=entry.at,
        **change.model_dump(exclude={"change"}),
    )


def _clause(session: Session, slug: str, entry: c.Entry, change: c.ClauseChanged) -> None:
    clause = session.get_one(Clause, (slug, change.clause))
    clause.status, clause.still = change.status, change.still
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
                commitments=commitments.kept(text.commitments),
                reason=change.reason,
                made_at=entry.at,
            )
        )
    clause.version = max(clause.version, change.version)  # a round that closes may not have heard of a fix yet
