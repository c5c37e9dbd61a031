"""What the seven step workflows share: the brief they start from, the notices they heed, the report they end with."""

from collections.abc import Mapping
from datetime import datetime

from temporalio import workflow
from temporalio.exceptions import ApplicationError

from models import contracts as c
from models import errands, ids
from models.base import Words
from models.deciding import Ballot, DecisionRule, Seat, Verdict
from models.enums import Closing, Outcome, Role, RuleKind, StepStatus, TaskKind, TaskStatus
from rules import balance, deciding, texts
from rules.calendar import add_working_days, due_moment, local_date
from rules.tasks import closing_of
from workflows import clock
from workflows.conversation import Conversation
from workflows.human_tasks import Desk
from workflows.silence import Silence

CLOCK = "silence-has-a-clock"
"""Patch: before it, silence counted unless the last mail had been refused."""

STOPPED = Words(nl="Overgeslagen op besluit van de facilitator.", en="Skipped by decision of the facilitator.")


class StepWorkflow(Conversation):
    """A step: asks, collects, decides, reports."""

    brief: c.StepBrief

    def sit(self, brief: c.StepBrief, *, round_no: int | None = None) -> None:
        """Set up from the brief, in `@workflow.init`."""
        self.brief = brief
        step = brief.planned.step
        schedule = c.Schedule(reminders=step.reminders or [], ladder=step.ladder or [])
        desk = Desk(
            brief.slug, brief.title, brief.roster, schedule, step=brief.planned.key, round_no=round_no, held=brief.held
        )
        if step.rule is not None and step.rule.kind is RuleKind.SILENCE and workflow.patched(CLOCK):
            desk.silence = Silence(desk, step.duration)
        self.converse(desk, clauses=brief.clauses, themes=brief.themes, seen=brief.seen)

    @workflow.signal
    async def notice(self, notice: c.Notice) -> None:
        """Heed what the covenant announces."""
        await self.heed(notice)

    async def heed(self, notice: c.Notice) -> None:
        """Follow it: what is about the text is the step's own, the rest is the desk's."""
        if notice.clause is not None and notice.amendment is not None:
            texts.with_bracket(self.clauses, notice.clause, notice.amendment, is_open=notice.kind == "bracket")
            return
        if notice.kind == "lifted" and notice.clause and notice.party and notice.stance:
            texts.lifted(self.clauses, notice.clause, notice.party, notice.stance)
            return
        if notice.kind == "withdrawn" and notice.party:
            texts.without(self.clauses, notice.party)
        await self.desk.heed(notice)

    # --- who and when -------------------------------------------------------------------------------------------

    @property
    def key(self) -> str:
        """The step's key in the plan."""
        return self.brief.planned.key

    @property
    def closing(self) -> Closing:
        """When the step stops waiting."""
        return closing_of(self.brief.planned.step)

    def due(self) -> datetime:
        """Return when its tasks are due: its duration from today, or the planned end where that is later."""
        step = self.brief.planned.step
        today = local_date(workflow.now())
        if step.months_after_entry is not None:
            return max(due_moment(self.brief.planned.planned_end), due_moment(add_working_days(today, 1)))
        return due_moment(add_working_days(today, step.duration))

    def respondents(self) -> list[str]:
        """Return who is asked: parties of the named constituencies, participants, or offices."""
        return balance.asked(self.desk.roster, self.brief.planned.step.respondents)

    # --- deciding -----------------------------------------------------------------------------------------------

    def decide(self, ballots: Mapping[str, Ballot], *, closed: bool) -> Verdict:
        """Apply the step's rule to the parties that were asked and still sit at the table."""
        asked = {task.respondent for task in self.desk.tasks.values()}
        return tally(self.desk, self.brief.planned.step.rule or DecisionRule(), ballots, closed=closed, asked=asked)

    async def conclude(self, verdict: Verdict) -> None:
        """Put the verdict on record and tell everyone who was asked."""
        passed = verdict.outcome is Outcome.PASSED
        await self.desk.recorder.write(
            self.desk.entry(
                f"{self.brief.slug}/{self.key}/verdict",
                "passed" if passed else "failed",
                c.Decided(question=self.key, step=self.key, verdict=verdict),
            )
        )
        await self.announce(verdict.sentence)

    async def announce(self, sentence: Words, *, title: Words | None = None, where: str | None = None) -> None:
        """Mail the outcome of the step, or of a part of it, to the parties."""
        title = title or self.brief.planned.step.title
        await self.desk.post(
            [
                errands.MailItem(
                    key=f"{self.brief.slug}/{where or self.key}/outcome/{party.id}",
                    template="outcome",
                    respondent=party.id,
                    values={
                        "what_nl": title.nl,
                        "what_en": title.en,
                        "sentence_nl": sentence.nl,
                        "sentence_en": sentence.en,
                        **self._own_task(where or self.key, party.id),
                    },
                )
                for party in balance.seated(self.desk.roster)
            ]
        )

    def _own_task(self, where: str, party: str) -> dict[str, str]:
        task = ids.task(self.brief.slug, where, party)
        return {"task": task} if task in self.desk.tasks else {}

    async def close_open(self) -> None:
        """End what is still open once the step is over."""
        over = Words(nl="niet meer nodig: de stap is afgerond", en="no longer needed: the step is over")
        await self.desk.end(self.desk.open_tasks(), TaskStatus.VOID, over, key="over")

    # --- reporting ----------------------------------------------------------------------------------------------

    async def report(self, status: StepStatus, sentence: Words, **more: object) -> None:
        """Tell the covenant how the step ended, and finish."""
        if self.desk.stopped:
            status, sentence = StepStatus.SKIPPED, STOPPED
        planned_end = due_moment(self.brief.planned.planned_end)
        report = c.StepReport.model_validate(
            {
                "key": self.key,
                "at": workflow.now(),
                "status": status,
                "sentence": sentence,
                "clauses": self.clauses,
                "late": self.desk.late(planned_end, self.desk.tasks.values()),
                "round": self.brief.round,
                **more,
            }
        )
        await workflow.wait_condition(workflow.all_handlers_finished)
        await tell(ids.covenant_workflow(self.brief.slug), "step_ended", report)

    async def until(self, moment: datetime) -> None:
        """Wait for a moment, unless the step is stopped before."""
        await clock.wait_until(moment, lambda: self.desk.stopped)

    async def ask_facilitator(
        self, kind: TaskKind, title: Words, due: datetime, *, where: str, **more: object
    ) -> c.TaskState:
        """Open a task for the facilitator and return it."""
        task = self.desk.task(kind, Role.FACILITATOR, due, title, where=where, **more)
        await self.desk.open([task])
        return task


def tally(
    desk: Desk, rule: DecisionRule, ballots: Mapping[str, Ballot], *, closed: bool, asked: set[str] | None = None
) -> Verdict:
    """Apply a rule to the parties at the table: who withdrew is in no denominator, recorded decisions stay."""
    parties = [
        Seat(
            id=party.id,
            constituency=party.constituency,
            name=party.name,
            notified=party.id not in desk.unreached if desk.silence is None else desk.silence.counts(party.id),
        )
        for party in balance.seated(desk.roster)
        if asked is None or party.id in asked
    ]
    ids_ = {party.id for party in parties}
    names = {group.id: group.title for group in desk.roster.constituencies}
    return deciding.decide_parties(
        rule, parties, [ballot for party, ballot in ballots.items() if party in ids_], names, closed=closed
    )


async def tell(workflow_id: str, signal: str, message: object) -> None:
    """Signal another workflow; one that has ended meanwhile needs no telling."""
    try:
        await workflow.get_external_workflow_handle(workflow_id).signal(signal, message)
    except ApplicationError:
        workflow.logger.info("%s has ended; %s not delivered", workflow_id, signal)
