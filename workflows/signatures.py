"""Acts on requests to sign: pass one on, ask again what expired or was cancelled, cancel."""

from datetime import datetime

from temporalio import workflow

from models import contracts as c
from models import errands
from models import signing as sg
from models.base import Words
from models.enums import TaskStatus
from models.errors import PolderError
from models.signing_acts import AskAgain, Cancellation, PassOn, SigningDay
from rules import answering, enduring, requests, signing_days
from rules.calendar import add_working_days, due_moment, local_date, working_days_between
from rules.wording import task_values
from workflows.notices import notice
from workflows.refusing import to_application_error
from workflows.step import StepWorkflow

NEW_SIGNATORY = "who-may-sign-from-now-on-is-asked"
"""Patch: before it, who got a mandate during a signing heard nothing."""

WINDOW_WAITS = "the-window-is-later-by-a-pause"
"""Patch: before it, a pause moved what was due and not the end of the window."""


class Signatures(StepWorkflow):
    """The acts, over the tasks of a signing.

    Attributes:
        window: when the signing closes.
        opens: when the signing day begins, where there is one; nobody signs before.
        before: when the signing closed before there was a signing day.
        moved: whether the window changed since the story looked.
        cancelled: requests that the facilitator cancelled.
        why_cancelled: why the whole signing was cancelled.
    """

    window: datetime
    opens: datetime | None = None
    before: datetime
    moved: bool = False
    cancelled: list[str]
    why_cancelled: str | None = None

    async def heed(self, notice: c.Notice) -> None:
        """Follow what the covenant announces; who may sign from now on, as a substitute does, is asked."""
        since, person = self.desk.held_since, notice.person
        await super().heed(notice)
        if notice.kind == "release" and since is not None and workflow.patched(WINDOW_WAITS):
            days = working_days_between(local_date(since), local_date(notice.at))
            if self.opens is None:
                self.window = due_moment(add_working_days(local_date(self.window), days))
            else:
                self.opens, self.window = signing_days.later(self.opens, days), signing_days.later(self.window, days)
                self.before = signing_days.later(self.before, days)
        if notice.kind != "roster" or person is None or not workflow.patched(NEW_SIGNATORY):
            return
        today = local_date(workflow.now())
        tasks = [
            task
            for task in self.desk.open_tasks()
            if task.kind in answering.SIGNING and person.id in requests.signatories(self.desk.roster, task, today)
        ]
        await self._ask_person(tasks, person.id, key="opened")

    async def _ask_person(self, tasks: list[c.TaskState], person: str, *, key: str) -> None:
        """Ask one person; who was asked under the same key hears nothing twice."""
        await self.desk.post(
            [
                errands.MailItem(
                    key=f"{task.id}/{key}",
                    template="asked",
                    respondent=task.respondent,
                    person=person,
                    task=task.id,
                    values=task_values(task, self.desk.name(task.respondent), None),
                )
                for task in tasks
            ]
        )

    # --- the signing day ----------------------------------------------------------------------------------------

    def check_hours(self) -> None:
        """Nobody signs before the signing day begins."""
        signing_days.check_begun(self.opens, workflow.now())

    @workflow.update
    async def set_signing_day(self, day: SigningDay) -> c.Receipt:
        """Let everybody sign within hours of one day; or, taken back, at once."""
        if day.act not in self.seen:
            self.seen = [*self.seen[-400:], day.act]
            if self.opens is None:
                self.before = self.window
            self.opens, tasks = day.start, self.desk.open_tasks()
            self.window = day.until or self.before
            for task in tasks:
                task.due = self.window
            self.moved = True
            self.desk.version += 1
            await self.desk.recorder.write(
                self.desk.entry(
                    day.act,
                    "signing_day_set",
                    sg.SigningDaySet(step=self.key, start=day.start, until=day.until),
                    *(c.TaskMoved(task=task.id, due=task.due) for task in tasks),
                    actor=day.actor.person,
                    reason=day.reason,
                )
            )
            told = signing_days.told(day.start, day.until, day.reason, self.window)
            await self.desk.post(
                [notice(f"{self.brief.slug}/{day.act}/{who}", who, *told) for who in enduring.told(self.desk.roster)]
            )
        if day.start is None:
            return self.receipt(
                day.act, "De tekendag gaat niet door; tekenen kan nu.", "There is no signing day any more; sign now."
            )
        return self.receipt(day.act, "De tekendag staat op de lijst.", "The signing day is on record.")

    @set_signing_day.validator
    def validate_set_signing_day(self, day: SigningDay) -> None:
        """Only the facilitator, and only hours that come."""
        if day.act in self.seen:
            return
        try:
            answering.require_office(self.desk.roster, day.actor)
            answering.check_not_held(self.desk.held)
            signing_days.check(day.start, day.until, workflow.now(), held=self.opens is not None)
        except PolderError as error:
            raise to_application_error(error) from error

    # --- passing on ---------------------------------------------------------------------------------------------

    @workflow.update
    async def pass_on(self, act: PassOn) -> c.Receipt:
        """Let a colleague with a mandate sign instead."""
        if act.act not in self.seen:
            self.seen = [*self.seen[-400:], act.act]
            task = self.desk.tasks[act.task]
            task.passed_on = [one for one in [*task.passed_on, act.actor.person] if one != act.to]
            entry = self.desk.entry(
                act.act,
                "signature_passed_on",
                sg.PassedOn(task=task.id, person=act.actor.person, to=act.to),
                actor=act.actor.person,
                reason=act.reason,
            )
            await self.desk.recorder.write(entry)
            await self._ask_person([task], act.to, key=f"passed/{act.act}")
        return self.receipt(act.act, "Uw collega is gevraagd te tekenen.", "Your colleague was asked to sign.")

    @pass_on.validator
    def validate_pass_on(self, act: PassOn) -> None:
        """Refuse it to who may not sign, and where too few would be left."""
        if act.act in self.seen:
            return
        try:
            answering.check_not_held(self.desk.held)
            task = self._task(act.task)
            requests.check_pass_on(self.desk.roster, task, act.actor, act.to, local_date(workflow.now()))
        except PolderError as error:
            raise to_application_error(error) from error

    # --- asking again -------------------------------------------------------------------------------------------

    @workflow.update
    async def ask_again(self, act: AskAgain) -> c.Receipt:
        """Open a request once more."""
        if act.act not in self.seen:
            self.seen = [*self.seen[-400:], act.act]
            task, due = self.desk.tasks[act.task], due_moment(act.due)
            self.cancelled = [one for one in self.cancelled if one != task.id]
            await self.open_again([task], due, act.act, act.reason, actor=act.actor.person)
        return self.receipt(act.act, "Er is opnieuw gevraagd te tekenen.", "They were asked to sign again.")

    @ask_again.validator
    def validate_ask_again(self, act: AskAgain) -> None:
        """Refuse it by who holds no office, and for what did not expire."""
        if act.act in self.seen:
            return
        try:
            answering.require_office(self.desk.roster, act.actor, answering.WATCHERS)
            requests.check_ask_again(
                self._task(act.task), act.due, local_date(workflow.now()), local_date(self.window), self.cancelled
            )
        except PolderError as error:
            raise to_application_error(error) from error

    async def open_again(
        self, tasks: list[c.TaskState], due: datetime, event: str, reason: str, actor: str = "polder"
    ) -> None:
        """Open requests that expired or were cancelled, until a later day."""
        for task in tasks:
            task.status, task.due, task.handled = TaskStatus.OPEN, due, workflow.now()
        self.desk.version += 1
        await self.desk.recorder.write(
            self.desk.entry(
                event,
                "signature_asked_again",
                *(sg.AskedAgain(task=task.id, due=due) for task in tasks),
                actor=actor,
                reason=reason,
            )
        )
        await self.desk.mail("asked", tasks, key=f"again/{due.isoformat()}")

    # --- cancelling ---------------------------------------------------------------------------------------------

    @workflow.update
    async def cancel(self, act: Cancellation) -> c.Receipt:
        """Cancel one request, or the whole signing."""
        if act.act not in self.seen:
            self.seen = [*self.seen[-400:], act.act]
            tasks = self.desk.open_tasks() if act.task is None else [self.desk.tasks[act.task]]
            if act.task is None:
                self.why_cancelled = act.reason
            else:
                self.cancelled.append(act.task)
            why = Words(nl=f"geannuleerd: {act.reason}"[:300], en=f"cancelled: {act.reason}"[:300])
            for task in tasks:
                task.status = TaskStatus.VOID
            self.desk.version += 1
            await self.desk.recorder.write(
                self.desk.entry(
                    act.act,
                    "signing_cancelled" if act.task is None else "signature_cancelled",
                    *(c.TaskEnded(task=task.id, status=TaskStatus.VOID, reason=why) for task in tasks),
                    actor=act.actor.person,
                    reason=act.reason,
                )
            )
        return self.receipt(act.act, "Het is geannuleerd.", "It was cancelled.")

    @cancel.validator
    def validate_cancel(self, act: Cancellation) -> None:
        """Refuse it by anyone but the facilitator, and of what was signed."""
        if act.act in self.seen:
            return
        try:
            answering.require_office(self.desk.roster, act.actor)
            if act.task is not None:
                requests.check_cancel(self._task(act.task))
        except PolderError as error:
            raise to_application_error(error) from error
