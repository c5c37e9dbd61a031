"""The covenant: walks the steps of its plan, for four to nine years."""

from collections.abc import Awaitable, Callable, Sequence
from datetime import date, datetime
from typing import Any, Literal

from temporalio import workflow
from temporalio.common import SearchAttributeKey
from temporalio.workflow import ParentClosePolicy

from models import contracts as c
from models import ids
from models.base import Words
from models.drafting import SplitOrder
from models.enums import (
    Choice,
    Closing,
    CovenantStatus,
    Phase,
    Role,
    StepKind,
    StepStatus,
    TaskKind,
)
from models.errors import PolderError, Refusal
from models.plan import PlannedStep
from rules import planning
from rules.calendar import add_working_days, due_moment, local_date
from rules.mandates import with_person
from rules.tasks import MORNING
from workflows import calls, clock
from workflows.around import OVER
from workflows.asking import (
    ApprovalStepWorkflow,
    ContributionStepWorkflow,
    RatificationStepWorkflow,
    TaskStepWorkflow,
)
from workflows.dialogue import DialogueStepWorkflow
from workflows.human_tasks import Desk
from workflows.implementation import ImplementationStepWorkflow
from workflows.refusing import to_application_error
from workflows.revising import Revising
from workflows.signing import SigningStepWorkflow
from workflows.step import tell

FAILED_ACCORD = "a-failed-accord-is-decided-on"
"""Patch: before it, a failed accord that may be repeated was put again with the same text, and nobody was asked."""

KINDS: dict[StepKind, Callable[[Any, c.StepBrief], Awaitable[None]]] = {
    StepKind.TASK: TaskStepWorkflow.run,
    StepKind.CONTRIBUTION: ContributionStepWorkflow.run,
    StepKind.APPROVAL: ApprovalStepWorkflow.run,
    StepKind.DIALOGUE: DialogueStepWorkflow.run,
    StepKind.RATIFICATION: RatificationStepWorkflow.run,
    StepKind.SIGNING: SigningStepWorkflow.run,
    StepKind.IMPLEMENTATION: ImplementationStepWorkflow.run,
}

SECTOR = SearchAttributeKey.for_keyword("PolderSector")
PHASE = SearchAttributeKey.for_keyword("PolderPhase")
STATUS = SearchAttributeKey.for_keyword("PolderStatus")

REWRITING = {StepKind.DIALOGUE, StepKind.RATIFICATION}
"""Steps after which the clauses are others, or stand otherwise."""

DECISION_DAYS = 10
NOBODY = c.Roster(constituencies=[], parties=[], people=[])


@workflow.defn
class CovenantWorkflow(Revising):
    """Everything a covenant carries is in `state`; it continues as new each time a step starts."""

    @workflow.init
    def __init__(self, state: c.CovenantState) -> None:
        self.state = state
        self.changed = self.starting = self.asking = self.called = False
        self.deciding = self.comments = 0
        self.adding = {}
        self._converse()

    def _converse(self) -> None:
        opened = self.state.opened
        desk = Desk(
            self.state.launch.slug,
            opened.title if opened else Words(nl=self.state.launch.slug, en=self.state.launch.slug),
            opened.roster if opened else NOBODY,
            opened.schedule if opened else c.Schedule(),
            tasks=self.state.tasks,
        )
        self.converse(desk, clauses=opened.clauses if opened else (), seen=self.state.seen)

    @workflow.run
    async def run(self, state: c.CovenantState) -> None:
        """From launch to the end of the term."""
        if state.opened is None:
            await self._open()
        while self.state.status not in OVER:
            self.changed, seen = False, self.desk.version
            await self.settle_splits()
            await self._settle_reports()
            await self.settle_answers()
            await self.let_leave()
            await self.enter_into_force()
            if self._all_over():
                await self._complete()
                break
            if await self._start_ready() or self.is_full() or self.asking:
                await workflow.wait_condition(workflow.all_handlers_finished)
                workflow.continue_as_new(self._carried())
            await self._wait(seen)
        await workflow.wait_condition(workflow.all_handlers_finished)

    # --- the story ----------------------------------------------------------------------------------------------

    async def _open(self) -> None:
        self.state.opened = await calls.open_covenant(self.state.launch)
        self._converse()
        self.show()

    def show(self) -> None:
        """Show operators, in Temporal's own lists, where this covenant stands."""
        phase = self.state.phase or Phase.EXPLORATION
        workflow.upsert_search_attributes(
            [
                SECTOR.value_set(self.opened.sector),
                PHASE.value_set(phase.value),
                STATUS.value_set(self.state.status.value),
            ]
        )
        active = [planned.key for planned in self.opened.plan if planned.status is StepStatus.ACTIVE]
        workflow.set_current_details(f"**{self.state.status}**, {phase}; steps open: {', '.join(active) or 'none'}")

    def _carried(self) -> c.CovenantState:
        self.state.tasks = self.desk.open_tasks()
        self.state.seen = self.seen
        return self.state

    async def _wait(self, seen: int) -> None:
        """Wait for a report, a decision or a moment; `seen` is the desk as this round of the story began."""
        await self.desk.nudge(Closing.ANSWERED)
        due = self.state.moments.in_force_due if self.state.moments.in_force_at is None else None
        start = None if self._blocked() else self._next_start()
        moments = (due, start, self.next_leaving())
        until = min((moment for moment in moments if moment is not None), default=None)
        at = self.desk.next_moment(Closing.ANSWERED, until)
        try:
            await workflow.wait_condition(
                lambda: (
                    bool(self.state.reports or self.state.splits or self.state.asking.answers)
                    or self.changed
                    or self.desk.version != seen
                ),
                timeout=None if at is None else max(at - workflow.now(), clock.TICK),
            )
        except TimeoutError:
            return

    def _next_start(self) -> datetime | None:
        first = [planned.planned_start for planned in planning.ready(self.opened.plan)]
        started = any(planned.no for planned in self.opened.plan)
        return None if started or not first else day_begins(min(first))

    def _blocked(self) -> bool:
        """Nothing new starts while the covenant is paused or a decision is waited for."""
        return (
            self.state.status is CovenantStatus.PAUSED
            or bool(self.desk.open_tasks())
            or self.deciding > 0
            or self.fixing()
        )

    async def _start_ready(self) -> bool:
        if self._blocked():
            return False
        start = self._next_start()
        if start is not None and start > workflow.now():
            return False
        ready = [
            planned
            for planned in planning.ready(self.opened.plan)
            if planned.step.phase is not Phase.IMPLEMENTATION or self.state.moments.in_force_at is not None
        ]
        self.starting = True
        for planned in ready:
            await self._start(planned)
        self.starting = False
        return bool(ready)

    async def _start(self, planned: PlannedStep) -> None:
        self.state.started += 1
        self.take_rule(planned)
        planned.no, planned.status, planned.actual_start = self.state.started, StepStatus.ACTIVE, workflow.now()
        self.state.phase = planned.step.phase
        workflow_id = ids.step_workflow(self.slug, planned.no)
        await self.desk.recorder.write(
            self.desk.entry(
                f"{self.slug}/{planned.key}/started",
                "step_started",
                self.step_changed(planned, workflow_id=workflow_id),
                c.CovenantChanged(phase=planned.step.phase),
            )
        )
        self.show()
        redraft = self.state.redraft and planned.step.kind is StepKind.DIALOGUE
        self.state.redraft = self.state.redraft and not redraft
        await workflow.start_child_workflow(
            KINDS[planned.step.kind],
            c.StepBrief(
                slug=self.slug,
                planned=planned,
                title=self.opened.title,
                roster=self.opened.roster,
                themes=self.opened.themes,
                clauses=self.opened.clauses,
                moments=self.state.moments,
                thresholds=self.opened.thresholds,
                term_years=self.opened.term_years,
                round=self.state.round,
                redraft=redraft,
            ),
            id=workflow_id,
            parent_close_policy=ParentClosePolicy.ABANDON,
            static_summary=planned.step.title.en[:200],
        )

    async def _settle_reports(self) -> None:
        while self.state.reports:
            report = self.state.reports.pop(0)
            await clock.catch_up(report.at)
            await self._settle(report)

    async def _settle(self, report: c.StepReport) -> None:
        planned = planning.find(self.opened.plan, report.key)
        planned.status, planned.actual_end = report.status, report.at
        if report.clauses and planned.step.kind in REWRITING:  # a step beside the talks knows an old text
            self.opened.clauses = report.clauses
            self.clauses = report.clauses
        if not self.in_talks():
            await self.settle_fixes()
        self.state.round = max(self.state.round, report.round)
        if report.declared is not None:
            self._keep_declared(report.declared)
        await self.desk.recorder.write(
            self.desk.entry(
                f"{self.slug}/{planned.key}/ended",
                f"step_{report.status}",
                self.step_changed(planned, sentence=report.sentence, slip=report.late),
                *self._moments(planned, report),
            )
        )
        self.show()
        if report.ended:
            await self.end(self.state.launch.facilitator, report.sentence.en, f"{self.slug}/ended")
        elif report.status is StepStatus.FAILED:
            await self._after_failure(planned, report.sentence)

    def _keep_declared(self, declared: Sequence[str]) -> None:
        joined = set(declared)
        self.opened.roster.parties = [
            party for party in self.opened.roster.parties if party.tier == "party" or party.id in joined
        ]
        self.desk.roster = self.opened.roster

    def _moments(self, planned: PlannedStep, report: c.StepReport) -> list[c.Change]:
        """Accord, signature and entry into force are three moments."""
        if report.status is not StepStatus.DONE:
            return []
        moments = self.state.moments
        if planned.step.accord:
            moments.accord_at, moments.text_sha = report.at, report.text_sha
            return [c.CovenantChanged(accord_at=report.at, text_sha=report.text_sha)]
        if planned.step.kind is StepKind.SIGNING:
            day = planning.entry_into_force(local_date(report.at), self.opened.entry_into_force)
            moments.signed_at, moments.in_force_due = report.at, max(day_begins(day), report.at)
            self.state.status = CovenantStatus.SIGNED
            return [
                c.CovenantChanged(status=CovenantStatus.SIGNED, signed_at=report.at, in_force_due=moments.in_force_due)
            ]
        return []

    def _all_over(self) -> bool:
        return (
            all(planned.status in planning.OVER for planned in self.opened.plan)
            and not self.desk.open_tasks()
            and not self.state.asking.questions
            and (self.state.moments.in_force_due is None or self.state.moments.in_force_at is not None)
        )

    async def _complete(self) -> None:
        self.state.status = CovenantStatus.COMPLETED
        now = workflow.now()
        await self.desk.recorder.write(
            self.desk.entry(
                f"{self.slug}/completed",
                "covenant_completed",
                c.CovenantChanged(status=CovenantStatus.COMPLETED, ended_at=now),
            )
        )
        await self.when_over("Het convenant is voltooid. / The covenant is completed.")
        self.show()

    # --- decisions that are the facilitator's -------------------------------------------------------------------

    async def _after_failure(self, planned: PlannedStep, sentence: Words) -> None:
        again = planned.step.repeat
        same = planned.step.accord and workflow.patched(FAILED_ACCORD)  # whoever could not agree is asked what, first
        if again is not None and again.until_passed and planned.occurrence < again.times and not same:
            await self.replan(
                planning.repeat(self.opened.plan, planned.key),
                f"{self.slug}/{planned.key}/again",
                "step_repeated",
                reason=sentence.en,
            )
            return
        self.state.failed.append(planned.key)
        await self.ask(
            f"after-{planned.key}",
            Words(
                nl=f"{planned.step.title.nl[:250]} is niet geslaagd. Hoe gaat het verder?",
                en=f"{planned.step.title.en[:250]} did not succeed. How do the talks go on?",
            ),
            [
                *([Choice.BACK] if self.has_way_back(planned) else []),
                *([Choice.REPEAT] if self._repeatable(planned.key) else []),
                Choice.CONTINUE,
                Choice.END,
            ],
        )

    def _repeatable(self, key: str) -> bool:
        try:
            planning.repeat(self.opened.plan, key)
        except PolderError:
            return False
        return True

    async def ask(self, where: str, title: Words, choices: list[Choice]) -> None:
        """Ask the facilitator to decide."""
        self.state.decisions += 1
        due = due_moment(add_working_days(local_date(workflow.now()), DECISION_DAYS))
        task = self.desk.task(
            TaskKind.DECISION,
            Role.FACILITATOR,
            due,
            title,
            where=f"{where}-{self.state.decisions}",
            choices=choices,
        )
        await self.desk.open([task])

    def take(self, task: c.TaskState, answer: c.Answer) -> None:
        """Take a decision: nothing new starts until it is carried out."""
        self.deciding += 1
        super().take(task, answer)

    async def after_answer(self, task: c.TaskState, answer: c.Answer) -> None:
        """Carry out a decision once it is on record."""
        if isinstance(answer.content, c.DecisionAnswer):
            await self._carry_out(task, answer, answer.content)
        self.deciding -= 1
        self.changed = True

    async def _carry_out(self, task: c.TaskState, answer: c.Answer, decision: c.DecisionAnswer) -> None:
        actor = answer.actor
        match decision.choice:
            case Choice.END:
                await self.end(actor.person, decision.reason, f"{answer.act}/ended")
            case Choice.PAUSE:
                await self._hold(c.Hold(act=f"{answer.act}/pause", actor=actor, reason=decision.reason))
            case Choice.REPEAT if self.state.failed:
                key = self.state.failed.pop()
                await self.replan(
                    planning.repeat(self.opened.plan, key),
                    f"{answer.act}/repeat",
                    "step_repeated",
                    actor=actor.person,
                    reason=decision.reason,
                )
            case Choice.BACK if self.state.failed:
                await self.back(answer, decision)
            case _:
                if task.id.split("/")[1].startswith("after-") and self.state.failed:
                    self.state.failed.pop()
        self.changed = True

    # --- pausing, withdrawing, ending ---------------------------------------------------------------------------

    @workflow.update
    async def hold(self, hold: c.Hold) -> c.Receipt:
        """Pause or resume."""
        if hold.act not in self.seen:
            self.seen = [*self.seen[-400:], hold.act]
            await self._hold(hold)
        if hold.resume:
            return self.receipt(hold.act, "Het convenant is hervat.", "The covenant was resumed.")
        return self.receipt(hold.act, "Het convenant is gepauzeerd.", "The covenant was paused.")

    @hold.validator
    def validate_hold(self, hold: c.Hold) -> None:
        """Refuse a second pause, or resuming what is not paused."""
        try:
            self.may_steer(hold.actor, Role.OPERATOR)
            paused = self.state.status is CovenantStatus.PAUSED
            if hold.resume != paused:
                raise Refusal(
                    "already_paused" if paused else "not_paused",
                    "Het convenant is al gepauzeerd." if paused else "Het convenant is niet gepauzeerd.",
                    "The covenant is paused already." if paused else "The covenant is not paused.",
                )
        except PolderError as error:
            raise to_application_error(error) from error

    async def _hold(self, hold: c.Hold) -> None:
        if hold.resume:
            self.state.status = self.state.before_pause
        else:
            self.state.before_pause, self.state.status = self.state.status, CovenantStatus.PAUSED
        await self.desk.recorder.write(
            self.desk.entry(
                hold.act,
                "resumed" if hold.resume else "paused",
                c.CovenantChanged(status=self.state.status, held_reason=None if hold.resume else hold.reason),
                actor=hold.actor.person,
                reason=hold.reason,
            )
        )
        kind: Literal["hold", "release"] = "release" if hold.resume else "hold"
        await self.tell_steps(c.Notice(kind=kind, at=workflow.now(), reason=hold.reason))
        subject = (
            Words(nl="Het convenant is hervat", en="The covenant was resumed")
            if hold.resume
            else Words(nl="Het convenant is gepauzeerd", en="The covenant was paused")
        )
        await self.notify(hold.act, subject, Words(nl=f"Reden: {hold.reason}", en=f"Reason: {hold.reason}"))
        self.show()
        self.changed = True

    # --- telling others -----------------------------------------------------------------------------------------

    @workflow.signal
    def step_ended(self, report: c.StepReport) -> None:
        """Take the report of a step."""
        self.state.reports.append(report)

    @workflow.signal
    def split_off(self, order: SplitOrder) -> None:
        """Take what a dialogue split off."""
        self.state.splits.append(order)

    @workflow.signal
    def person_joined(self, person: c.Person) -> None:
        """Learn of a mediator whom the parties accepted, or who mediates no longer."""
        self.opened.roster.people = with_person(self.opened.roster.people, person)
        self.desk.roster = self.opened.roster

    async def tell_steps(self, notice: c.Notice) -> None:
        """Tell every step under way."""
        for planned in self.opened.plan:
            if planned.status is StepStatus.ACTIVE:
                await self.tell_step(planned, notice)
        for question in self.state.asking.questions:
            await tell(ids.question_workflow(self.slug, question.no), "notice", notice)
        await self.tell_meetings(notice)
        await self.tell_accessions(notice)


def day_begins(day: date) -> datetime:
    """Return the first working moment of a day: eight hours before the close of business."""
    return due_moment(day) - MORNING
