"""The one in-workflow helper that opens human tasks, reminds, escalates and closes them (DESIGN section 1)."""

from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from functools import partial

from temporalio import workflow

from models import contracts as c
from models import errands, ids
from models.base import Words
from models.enums import Closing, PartyStatus, Role, Rung, TaskKind, TaskStatus
from models.questions import MailBounce, NoticeAgain
from rules.answering import POWERS
from rules.calendar import add_working_days, due_moment, in_words, local_date, working_days_between
from rules.mandates import with_person
from rules.tasks import Act, Nudge, due_nudges, next_nudge
from rules.wording import LADDER, OFFICES, task_values
from workflows import calls
from workflows.notices import notice
from workflows.recorder import Recorder
from workflows.silence import Silence

SOON = timedelta(seconds=1)
"""A timer never runs shorter, so a schedule in the past cannot spin."""


class Desk:
    """The human tasks of one workflow.

    Attributes:
        tasks: by id, in the order they were opened; all of this survives continue-as-new as `TaskState`s.
        held: why the covenant is paused; nothing is due meanwhile.
        stopped: whether the covenant told this workflow to end.
        unreached: respondents whom mail could not reach.
        silence: the clocks, where silence agrees.
        version: grows when tasks are opened, moved or ended, so that `collect` sets its timer anew. Answers leave the
            timer alone: it is two events of history dearer each, and a timer that comes too early finds nothing due.
    """

    def __init__(
        self,
        slug: str,
        title: Words,
        roster: c.Roster,
        schedule: c.Schedule,
        *,
        step: str | None = None,
        round_no: int | None = None,
        tasks: Sequence[c.TaskState] = (),
        held: str | None = None,
    ) -> None:
        self.slug, self.title, self.roster, self.schedule = slug, title, roster, schedule
        self.step, self.round = step, round_no
        self.tasks = {task.id: task for task in tasks}
        self.held = held
        self.held_since: datetime | None = None
        self.recorder = Recorder()
        self.version = 0
        self.unreached: set[str] = set()
        self.stopped = False
        self.silence: Silence | None = None
        self.notify: Callable[..., Awaitable[None]] | None = None

    # --- what there is ------------------------------------------------------------------------------------------

    def open_tasks(self) -> list[c.TaskState]:
        """Return the tasks that are due."""
        return [task for task in self.tasks.values() if task.status is TaskStatus.OPEN]

    def name(self, respondent: str) -> Words:
        """Return how a respondent is called."""
        for party in self.roster.parties:
            if party.id == respondent:
                return party.name
        return OFFICES[Role(respondent)]

    def entry(
        self,
        event: str,
        kind: str,
        *changes: c.Change,
        actor: str = "polder",
        on_behalf_of: str | None = None,
        reason: str | None = None,
    ) -> c.Entry:
        """Make an entry of the log at the workflow's own time."""
        return c.Entry(
            event=event,
            covenant=self.slug,
            at=workflow.now(),
            kind=kind,
            actor=actor,
            on_behalf_of=on_behalf_of,
            reason=reason,
            changes=list(changes),
        )

    # --- opening ------------------------------------------------------------------------------------------------

    def task(
        self, kind: TaskKind, respondent: str, due: datetime, title: Words, *, where: str, **more: object
    ) -> c.TaskState:
        """Make a task that is due now; `open` puts it on record."""
        now = workflow.now()
        office = {role.value for role in Role}
        return c.TaskState.model_validate(
            {
                "id": ids.task(self.slug, where, respondent),
                "kind": kind,
                "respondent": respondent,
                "role": respondent if respondent in office else None,
                "power": POWERS.get(kind),
                "title": title,
                "opened": now,
                "due": due,
                "handled": now,
                **more,
            }
        )

    async def open(
        self,
        tasks: Sequence[c.TaskState],
        *,
        template: str = "asked",
        extra: Mapping[str, str] | None = None,
        document: str | None = None,
        key: str = "opened",
    ) -> None:
        """Put tasks on record and ask each respondent by mail; `key` tells a later opening in one place apart."""
        if not tasks:
            return
        for task in tasks:
            self.tasks[task.id] = task
        self.version += 1
        self.notify = partial(self.mail, template, key="opened", extra=extra, document=document)
        where = tasks[0].id.rsplit("/", 1)[0]
        me = workflow.info().workflow_id
        await self.recorder.write(
            self.entry(
                f"{where}/{key}",
                "tasks_opened",
                *(c.TaskOpened(task=task, workflow=me, step=self.step, round=self.round) for task in tasks),
            )
        )
        await self.notify(tasks)

    async def mail(
        self,
        template: str,
        tasks: Sequence[c.TaskState],
        *,
        key: str,
        extra: Mapping[str, str] | None = None,
        document: str | None = None,
        office: Role | None = None,
    ) -> None:
        """Mail about tasks, to who owes them or to an office; what cannot be delivered is noted on the task."""
        items = [
            errands.MailItem(
                key=f"{task.id}/{key}",
                template=template,
                respondent=office or task.respondent,
                role=office or task.role,
                task=task.id,
                values={
                    **task_values(task, self.name(task.respondent), self.round),
                    **(extra or {}),
                },
            )
            for task in tasks
        ]
        await self.post(items, document=document)

    async def post(self, items: Sequence[errands.MailItem], *, document: str | None = None) -> None:
        """Send mails and put on record which could not be delivered."""
        if not items:
            return
        report = await calls.send_mail(
            errands.MailBatch(
                covenant=self.slug, at=workflow.now(), items=list(items), document=document, round=self.round,
                receipts=self.silence is not None,
            )
        )  # fmt: skip
        if self.silence is not None:
            self.silence.heard(report.delivered)
        failed = [failure for failure in report.undelivered if failure.task in self.tasks]
        if failed:
            self.unreached |= {self.tasks[failure.task].respondent for failure in failed if failure.task}
            await self.recorder.write(
                self.entry(
                    f"{items[0].key}/undeliverable",
                    "mail_undeliverable",
                    *(
                        c.TaskUndeliverable(task=failure.task or "", person=failure.person, problem=failure.problem)
                        for failure in failed
                    ),
                )
            )

    # --- waiting ------------------------------------------------------------------------------------------------

    async def collect(
        self, closing: Closing, enough: Callable[[], bool] = lambda: False, until: datetime | None = None
    ) -> None:
        """Wait until every task ended, it is enough, `until` has come, or the desk was stopped; remind and climb."""
        while self.open_tasks() and not enough() and not self.stopped:
            if self.held is not None:
                await workflow.wait_condition(lambda: self.held is None or self.stopped)
                continue
            seen = self.version
            if self.silence is not None:
                await self.silence.look()
            await self.nudge(closing)
            if until is not None and workflow.now() >= until:
                return
            at = self.next_moment(closing, until)
            try:
                await workflow.wait_condition(
                    lambda seen=seen: (  # type: ignore[misc]
                        self.stopped
                        or self.held is not None
                        or self.version != seen
                        or not self.open_tasks()
                        or enough()
                    ),
                    timeout=None if at is None else max(at - workflow.now(), SOON),
                    timeout_summary=self._summary(at),
                )
            except TimeoutError:
                continue

    def _summary(self, at: datetime | None) -> str:
        names = ", ".join(task.respondent for task in self.open_tasks()[:6])
        when = f" until {in_words(local_date(at), 'en')}" if at else ""
        return f"waiting for {names}{when}"[:200]

    def next_moment(self, closing: Closing, until: datetime | None = None) -> datetime | None:
        """Return the soonest moment something must be done."""
        at = next_nudge(self._running(), self.schedule, closing)
        turns = self.silence.wakes() if self.silence is not None else None
        return min((moment for moment in (at, until, turns) if moment is not None), default=None)

    def _running(self) -> list[c.TaskState]:
        """Return the open tasks, without those whose clock stands still."""
        return [one for one in self.open_tasks() if self.silence is None or one.id not in self.silence.held]

    async def nudge(self, closing: Closing) -> None:
        """Do what the schedule asks for by now: reminders to who has not acted, rungs, the end."""
        now = workflow.now()
        waiting = {
            task.id: found for task in self._running() if (found := due_nudges(task, self.schedule, closing, now))
        }
        if not waiting:
            return
        for answer in await calls.answers_on_record(list(waiting)):
            await self._adopt(answer)
        for task_id in waiting:
            self.tasks[task_id].handled = now
        still = [(self.tasks[task_id], found) for task_id, found in waiting.items()]
        await self._remind([(task, nudge) for task, found in still for nudge in found if nudge.act is Act.REMIND])
        for task, nudge in [(task, nudge) for task, found in still for nudge in found if nudge.act is not Act.REMIND]:
            if task.status is TaskStatus.OPEN:
                await self._climb(task, nudge)

    async def _adopt(self, answer: c.Answer) -> None:
        task = self.tasks[answer.task]
        if task.status is TaskStatus.OPEN:
            self.take(task, answer)

    take: Callable[[c.TaskState, c.Answer], None]
    """Set by the workflow: what an answer does to its state."""

    async def _remind(self, nudges: Sequence[tuple[c.TaskState, Nudge]]) -> None:
        due = [(task, nudge) for task, nudge in nudges if task.status is TaskStatus.OPEN]
        if not due:
            return
        tasks = [task for task, _ in due]
        changes: list[c.Change] = []
        for task, nudge in due:
            task.reminders += 1
            task.rung = nudge.rung or task.rung
            changes.append(c.TaskReminded(task=task.id, reminders=task.reminders))
        now = workflow.now()
        first = tasks[0]
        await self.recorder.write(self.entry(f"{first.id}/reminded/{now.isoformat()}", "reminded", *changes))
        await self.mail("reminder", tasks, key=f"reminded/{now.isoformat()}", extra={"now": now.isoformat()})

    async def _climb(self, task: c.TaskState, nudge: Nudge) -> None:
        if nudge.act is Act.EXPIRE:
            late = Words(nl="niet beantwoord binnen de termijn", en="not answered in time")
            if nudge.rung is Rung.END:
                late = Words(
                    nl="niet beantwoord aan het eind van de ladder", en="not answered at the end of the ladder"
                )
            await self.end([task], TaskStatus.EXPIRED, late, key="expired")
            return
        rung = nudge.rung or Rung.CALL
        task.rung = rung
        await self.recorder.write(
            self.entry(f"{task.id}/rung/{rung}", "rung_climbed", c.RungClimbed(task=task.id, rung=rung))
        )
        await self.mail("rung", [task], key=f"rung/{rung}", office=LADDER[rung], extra={"rung": rung.value})

    # --- changing -----------------------------------------------------------------------------------------------

    async def end(self, tasks: Sequence[c.TaskState], status: TaskStatus, reason: Words, *, key: str) -> None:
        """End tasks unanswered, with the reason."""
        tasks = [task for task in tasks if task.status is TaskStatus.OPEN]
        if not tasks:
            return
        for task in tasks:
            task.status = status
        self.version += 1
        await self.recorder.write(
            self.entry(
                f"{tasks[0].id}/{key}",
                f"tasks_{status}",
                *(c.TaskEnded(task=task.id, status=status, reason=reason) for task in tasks),
            )
        )

    async def extend(self, extension: c.Extension) -> None:
        """Give tasks a later due date, on the record; who is asked is told."""
        chosen = [t for t in self.open_tasks() if not extension.tasks or t.id in extension.tasks]
        due = due_moment(extension.due)
        for task in chosen:
            task.due = due
        self.version += 1
        await self.recorder.write(
            self.entry(
                extension.act,
                "due_extended",
                *(c.TaskMoved(task=task.id, due=due) for task in chosen),
                actor=extension.actor.person,
                reason=extension.reason,
            )
        )
        day = {language: in_words(extension.due, language) for language in ("nl", "en")}
        await self.post(
            [
                notice(
                    f"{task.id}/extended/{extension.act}",
                    task.respondent,
                    Words(nl=f"Meer tijd: {task.title.nl}"[:300], en=f"More time: {task.title.en}"[:300]),
                    Words(
                        nl=f"De termijn loopt nu tot {day['nl']}. Reden: {extension.reason}",
                        en=f"It is now due on {day['en']}. Reason: {extension.reason}",
                    ),
                    role=task.role,
                )
                for task in chosen
            ]
        )

    async def tell_again(self, again: NoticeAgain) -> None:
        """Send the notice of a task once more, on the record; where silence agrees its clock may start with it."""
        task = self.tasks[again.task]
        await self.recorder.write(
            self.entry(
                again.act,
                "notice_sent_again",
                c.TaskReminded(task=task.id, reminders=task.reminders),
                actor=again.actor.person,
                reason=again.reason,
            )
        )
        key = f"again/{again.act}"
        if self.notify is not None:
            await self.notify([task], key=key)
        else:
            await self.mail("asked", [task], key=key)
        self.version += 1

    async def bounced(self, bounce: MailBounce) -> None:
        """Put on record that a mail came back; the clock of a silence that rested on it stands still."""
        task = self.tasks[bounce.task]
        self.unreached.add(task.respondent)
        if self.silence is not None:
            self.silence.lost(task.id, bounce.person)
        self.version += 1
        await self.recorder.write(
            self.entry(
                bounce.act,
                "mail_undeliverable",
                c.TaskUndeliverable(task=task.id, person=bounce.person, problem=bounce.problem, mail=bounce.mail),
                actor=bounce.actor.person if bounce.actor is not None else "polder",
            )
        )

    async def pause_ladder(self, pause: c.LadderPause) -> None:
        """Pause or release the ladder of one task; a released ladder is later by the working days the pause took."""
        task = self.tasks[pause.task]
        now = workflow.now()
        if pause.resume and task.ladder_paused_at is not None:
            task.shift_days += working_days_between(local_date(task.ladder_paused_at), local_date(now))
            task.ladder_paused_at = None
        elif not pause.resume:
            task.ladder_paused_at = now
        self.version += 1
        await self.recorder.write(
            self.entry(
                pause.act,
                "ladder_resumed" if pause.resume else "ladder_paused",
                c.LadderHeld(task=task.id, reason=None if pause.resume else pause.reason),
                actor=pause.actor.person,
                reason=pause.reason,
            )
        )

    async def heed(self, notice: c.Notice) -> None:
        """Follow what the covenant announces: a hold, a release, a party that left, a mandate, or the end."""
        match notice.kind:
            case "roster" if notice.person is not None:
                self.roster.people = with_person(self.roster.people, notice.person)
                if self.silence is None:
                    return
                await self._tell_anew(notice.person)
            case "hold":
                self.held, self.held_since = notice.reason, notice.at
            case "release":
                await self._release(notice)
            case "withdrawn":
                await self._withdrawn(notice)
            case "moved" if notice.due is not None:
                await self._moved(notice, due_moment(notice.due))
            case "joined" if notice.joined is not None and notice.person is not None:
                self.roster.parties = [*self.roster.parties, notice.joined]
                self.roster.people = with_person(self.roster.people, notice.person)
            case "stop":
                self.stopped = True
            case _:
                pass
        self.version += 1

    async def _tell_anew(self, person: c.Person) -> None:
        """Give notice of what is open to who is new at a delegation; who had it already gets nothing."""
        tasks = [task for task in self.open_tasks() if task.respondent == person.party]
        if tasks and self.notify is not None:
            await self.notify(tasks)

    async def _release(self, notice: c.Notice) -> None:
        since, self.held, self.held_since = self.held_since, None, None
        days = working_days_between(local_date(since), local_date(notice.at)) if since else 0
        tasks = self.open_tasks()
        if any(one.kind is TaskKind.ATTENDANCE for one in tasks) and workflow.patched("a-meeting-keeps-its-day"):
            tasks = [one for one in tasks if one.kind is not TaskKind.ATTENDANCE]
        if not days or not tasks:
            return
        for task in tasks:
            task.due = due_moment(add_working_days(local_date(task.due), days))
        await self.recorder.write(
            self.entry(
                f"{tasks[0].id}/released/{notice.at.isoformat()}",
                "due_moved_by_pause",
                *(c.TaskMoved(task=task.id, due=task.due) for task in tasks),
                reason=notice.reason,
            )
        )

    async def _withdrawn(self, notice: c.Notice) -> None:
        for party in self.roster.parties:
            if party.id == notice.party:
                party.status = PartyStatus.WITHDRAWN
        tasks = [task for task in self.open_tasks() if task.respondent == notice.party]
        await self.end(
            tasks, TaskStatus.VOID, Words(nl="de partij trok zich terug", en="the party withdrew"), key="withdrawn"
        )

    async def _moved(self, notice: c.Notice, due: datetime) -> None:
        tasks = self.open_tasks()
        for task in tasks:
            task.due = due
        if tasks:
            await self.recorder.write(
                self.entry(
                    f"{tasks[0].id}/moved/{notice.at.isoformat()}",
                    "due_moved",
                    *(c.TaskMoved(task=task.id, due=due) for task in tasks),
                    reason=notice.reason,
                )
            )

    def late(self, planned_end: datetime, tasks: Iterable[c.TaskState]) -> Words | None:
        """Say who was waited for beyond the planned end, when it has passed."""
        if workflow.now() <= planned_end:
            return None
        names = [self.name(t.respondent) for t in tasks if t.reminders or t.status is TaskStatus.EXPIRED][:5]
        if not names:
            return Words(nl="liep langer dan gepland", en="took longer than planned")
        return Words(
            nl="wachtte op " + ", ".join(name.nl for name in names),
            en="waited for " + ", ".join(name.en for name in names),
        )
