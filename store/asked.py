"""One task as its page shows it: what is asked, why, and what was answered."""

import json
from dataclasses import dataclass, field
from datetime import datetime
from typing import NamedTuple

from sqlmodel import col, func, select

from models import contracts as c
from models.base import Words
from models.enums import Choice, Outcome, PartyStatus, Ratified, Role, Stance, StepKind, TaskKind, TaskStatus
from models.playbook import Playbook
from models.tables import Answer, Covenant, Decision, Event, HumanTask, Party, Person, Round, Step
from rules.showing import may_replace
from store.comments import party_of, person_of
from store.contents import get_in
from store.engine import Database
from store.views import task as find_task

CARRIED = {"id", "kind", "respondent", "role", "power", "text_sha", "status", "choices", "passed_on"}
"""What the rules look at of a task."""


class Given(NamedTuple):
    """An answer with the name of who gave it."""

    answer: Answer
    name: str


@dataclass(frozen=True)
class Asked:
    """A task and what belongs to it.

    Attributes:
        party: who is asked; none when an office is.
        answers: the newest first.
        people: of the party, or holding the office's task in their hands.
        others: how many were asked the same, and how many of them have answered.
    """

    task: HumanTask
    covenant: Covenant
    step: Step | None
    round: Round | None
    party: Party | None
    answers: list[Given]
    people: list[Person] = field(default_factory=list)
    others: tuple[int, int] = (0, 0)

    @property
    def replaceable(self) -> bool:
        """Whether it was answered and may be answered otherwise."""
        open_round = None if self.round is None else self.round.closed_at is None
        step = self.step.status if self.step else None
        if self.step is not None and self.step.kind is StepKind.SIGNING:  # what is given in a signing stands
            return False
        waits = self.task.kind is TaskKind.ATTENDANCE  # until the meeting begins
        if self.task.kind is TaskKind.CORRECTION:  # until the minutes are decided on: when all answered, or the term
            waits = self.others[1] < self.others[0]
        if waits:
            return self.task.status is TaskStatus.ANSWERED and self.task.due_at > self.covenant.moved_at
        return may_replace(self.task.kind, self.task.status, round_open=open_round, step=step)

    @property
    def answerable(self) -> bool:
        """Whether an answer is asked for, or still taken."""
        return self.task.status is TaskStatus.OPEN or self.replaceable

    @property
    def state(self) -> c.TaskState:
        """The task as the rules know one."""
        row = self.task
        return c.TaskState.model_validate(
            {
                **row.model_dump(include=CARRIED),
                "title": {"nl": row.title_nl, "en": row.title_en},
                "opened": row.opened_at, "due": row.due_at, "handled": row.opened_at,
            }
        )  # fmt: skip

    def roster(self, *also: Person) -> c.Roster:
        """Return the part of the table that decides who may answer this: the party and its people."""
        people = {one.id: one for one in (*self.people, *also)}
        return c.Roster(
            constituencies=[],
            parties=[party_of(self.party)] if self.party else [],
            people=[person_of(one) for one in people.values()],
        )

    @property
    def withdrawn(self) -> bool:
        """Whether the party that is asked has left the table."""
        return self.party is not None and self.party.status is PartyStatus.WITHDRAWN


async def asked(db: Database, task_id: str) -> Asked:
    """Return a task with what its page shows; NotFound when there is none."""
    task = await find_task(db, task_id)
    slug = task.covenant
    async with db.read() as session:
        rows = await session.exec(
            select(Answer, Person.name)
            .join(Event, col(Event.event) == col(Answer.event))
            .outerjoin(Person, (col(Person.covenant) == Answer.covenant) & (col(Person.id) == Answer.person))
            .where(Answer.task == task_id)
            .order_by(col(Event.seq).desc())
            .limit(50)
        )
        same = select(func.count()).select_from(HumanTask).where(
            HumanTask.covenant == slug, HumanTask.kind == task.kind, col(HumanTask.role).is_(None),
            HumanTask.step == task.step, HumanTask.round == task.round,
            HumanTask.workflow == task.workflow, col(HumanTask.status) != TaskStatus.VOID,
            HumanTask.id != task_id,
        )  # fmt: skip
        total = (await session.exec(same)).one()
        done = (await session.exec(same.where(HumanTask.status == TaskStatus.ANSWERED))).one()
        return Asked(
            task=task,
            covenant=await session.get_one(Covenant, slug),
            step=await session.get(Step, (slug, task.step)) if task.step else None,
            round=await session.get(Round, (slug, task.round)) if task.round is not None else None,
            party=await session.get(Party, (slug, task.respondent)) if task.role is None else None,
            answers=[Given(answer, name or answer.person) for answer, name in rows],
            people=list(
                await session.exec(select(Person).where(Person.covenant == slug, Person.party == task.respondent))
            )
            if task.role is None
            else [],
            others=(total, done),
        )


async def person(db: Database, slug: str, person_id: str) -> Person:
    """Return a person of a covenant."""
    async with db.read() as session:
        return await session.get_one(Person, (slug, person_id))


async def playbook(db: Database, slug: str) -> Playbook:
    """Return the playbook that was frozen into a covenant."""
    async with db.read() as session:
        covenant = await session.get_one(Covenant, slug)
        package = json.loads((await get_in(session, covenant.package)).data)
    return Playbook.model_validate(package["playbook"])


def themes(book: Playbook) -> dict[str, Words]:
    """Return the themes and sub-themes of a playbook by id."""
    found: dict[str, Words] = {}
    for theme in book.themes:
        found[theme.id] = theme.title
        found |= {sub.id: sub.title for sub in theme.sub}
    return found


async def mediation(db: Database, slug: str, before: datetime) -> c.DraftingAnswer | None:
    """Return what the facilitator chose when a mediator was last asked for, until some moment; none when never."""
    async with db.read() as session:
        rows = await session.exec(
            select(Answer.content)
            .join(HumanTask, col(HumanTask.id) == Answer.task)
            .where(
                Answer.covenant == slug, HumanTask.kind == TaskKind.DRAFTING, HumanTask.role == Role.FACILITATOR,
                Answer.given_at <= before,
            )
            .order_by(col(Answer.given_at).desc())
            .limit(50)
        )  # fmt: skip
        return next((c.DraftingAnswer.model_validate(one) for one in rows if one.get("choice") == Choice.MEDIATE), None)


BY_PARTIES = (
    select(Answer, Party)
    .join(HumanTask, col(HumanTask.id) == Answer.task)
    .join(Party, (col(Party.covenant) == Answer.covenant) & (col(Party.id) == Answer.respondent))
)
"""The answers of parties, with who gave each."""


class Objected(NamedTuple):
    """An objection of a party in a question to all of them."""

    party: Party
    content: c.ApprovalAnswer


async def objected(db: Database, slug: str, where: str) -> list[Objected]:
    """Return who objects in a question to the parties, by their last answer that counts.

    Args:
        db: the database.
        slug: the covenant.
        where: the part of the tasks' ids that names the question: `question-3`, `mediator-2-1`.
    """
    async with db.read() as session:
        rows = await session.exec(
            BY_PARTIES.where(
                Answer.covenant == slug, HumanTask.kind == TaskKind.APPROVAL, Answer.counted,
                col(HumanTask.id).startswith(f"{slug}/{where}/", autoescape=True),
            )
            .order_by(col(Answer.given_at))
        )  # fmt: skip
        newest = {party.id: (answer, party) for answer, party in rows}
    given = [Objected(party, c.ApprovalAnswer.model_validate(answer.content)) for answer, party in newest.values()]
    return [one for one in given if one.content.stance is Stance.OBJECT]


async def refused_mediator(db: Database, slug: str, round_no: int | None) -> tuple[Decision, list[Objected]] | None:
    """Return the verdict and the objections when the parties last refused a mediator after a round; else none."""
    async with db.read() as session:
        rows = await session.exec(
            select(Decision)
            .where(Decision.covenant == slug, col(Decision.question).startswith("mediator-"))
            .order_by(col(Decision.decided_at).desc())
            .limit(1)
        )
        last = rows.first()
    if last is None or last.round != round_no or last.outcome == Outcome.PASSED:
        return None
    return last, await objected(db, slug, last.question)


async def came_of(db: Database, task: HumanTask) -> Words | None:
    """Return what the step came to after which a decision is asked; none when it is not about a step."""
    async with db.read() as session:
        row = await session.get(Step, (task.covenant, failed_step(task)))
    return Words(nl=row.sentence_nl, en=row.sentence_en) if row and row.sentence_nl and row.sentence_en else None


class Rejection(NamedTuple):
    """What a party's members or board could not agree to."""

    party: Party
    comment: str


def failed_step(task: HumanTask) -> str:
    """Return the step after which a decision is asked, as `CovenantWorkflow` names its task."""
    return task.id.split("/")[1].removeprefix("after-").rpartition("-")[0]


async def rejections(db: Database, task: HumanTask) -> list[Rejection]:
    """Return, for the decision on how to go on, which parties rejected the text in its step, and why."""
    step = failed_step(task)
    async with db.read() as session:
        rows = await session.exec(
            BY_PARTIES.where(
                Answer.covenant == task.covenant, HumanTask.kind == TaskKind.RATIFICATION, HumanTask.step == step,
                Answer.given_at <= task.opened_at,
            )
            .order_by(col(Answer.given_at))
        )  # fmt: skip
        newest = {party.id: (answer, party) for answer, party in rows}
    return [
        Rejection(party, answer.content.get("comment") or "")
        for answer, party in newest.values()
        if answer.content.get("result") == Ratified.REJECTED
    ]
