"""The step kinds that ask once and decide: task, contribution, approval and ratification."""

from temporalio import workflow

from models import contracts as c
from models.base import Words
from models.deciding import Ballot, Verdict
from models.enums import ClauseStatus, Outcome, Ratified, Stance, StepStatus, TaskKind, TaskStatus
from rules.texts import covenant_sha
from workflows.step import StepWorkflow


@workflow.defn
class TaskStepWorkflow(StepWorkflow):
    """Kind `task`: the named role or party delivers a document."""

    @workflow.init
    def __init__(self, brief: c.StepBrief) -> None:
        self.sit(brief)

    @workflow.run
    async def run(self, brief: c.StepBrief) -> None:
        """Ask for the document; the step is done when it is in."""
        step, due = brief.planned.step, self.due()
        await self.desk.open(
            [self.desk.task(TaskKind.DOCUMENT, who, due, step.title, where=self.key) for who in self.respondents()]
        )
        await self.desk.collect(self.closing)
        await self.close_open()
        got = [task for task in self.desk.tasks.values() if task.status is TaskStatus.ANSWERED]
        if got:
            await self.report(StepStatus.DONE, Words(nl="Het document is geleverd.", en="The document was delivered."))
        else:
            await self.report(
                StepStatus.FAILED,
                Words(nl="Het document is niet geleverd.", en="The document was not delivered."),
            )


@workflow.defn
class ContributionStepWorkflow(StepWorkflow):
    """Kind `contribution`: everyone may add until the deadline or until everyone did."""

    @workflow.init
    def __init__(self, brief: c.StepBrief) -> None:
        self.items: dict[str, int] = {}
        self.sit(brief)

    @workflow.run
    async def run(self, brief: c.StepBrief) -> None:
        """Ask for contributions and say how many came."""
        step, due = brief.planned.step, self.due()
        asked = self.respondents()
        await self.desk.open(
            [self.desk.task(TaskKind.CONTRIBUTION, who, due, step.title, where=self.key) for who in asked]
        )
        await self.desk.collect(self.closing)
        await self.close_open()
        items, given = sum(self.items.values()), len(self.items)
        sentence = Words(
            nl=f"{items} bijdragen van {given} van de {len(asked)} gevraagden.",
            en=f"{items} contributions from {given} of the {len(asked)} asked.",
        )
        await self.announce(sentence)
        await self.report(StepStatus.DONE, sentence)

    def take(self, task: c.TaskState, answer: c.Answer) -> None:
        """Count the items; a later submission replaces the earlier."""
        if isinstance(answer.content, c.ContributionAnswer):
            self.items[task.respondent] = len(answer.content.items)
        self.finish(task)

    def may_change(self, task: c.TaskState) -> bool:
        """Until the step is over."""
        return task.status is TaskStatus.ANSWERED


class DecidingStep(StepWorkflow):
    """Asks each party for a ballot and decides by the step's rule."""

    ballots: dict[str, Ballot]
    kind: TaskKind

    def text_sha(self) -> str | None:
        """Return the hash an answer must name, when it is about the text."""
        return None

    def enough(self) -> bool:
        """Whether waiting longer changes nothing."""
        return self.decide(self.ballots, closed=False).outcome is Outcome.PASSED

    async def ask_and_decide(self) -> Verdict:
        """Open the tasks, collect, decide, tell."""
        step, due = self.brief.planned.step, self.due()
        await self.desk.open(
            [
                self.desk.task(self.kind, who, due, step.title, where=self.key, text_sha=self.text_sha())
                for who in self.respondents()
            ]
        )
        await self.desk.collect(self.closing, self.enough)
        verdict = self.decide(self.ballots, closed=True)
        await self.close_open()
        if not self.desk.stopped:
            await self.conclude(verdict)
        return verdict

    async def report_verdict(self, verdict: Verdict, **more: object) -> None:
        """Report DONE or FAILED."""
        passed = verdict.outcome is Outcome.PASSED
        await self.report(StepStatus.DONE if passed else StepStatus.FAILED, verdict.sentence, **more)

    def may_change(self, task: c.TaskState) -> bool:
        """A party may change its answer until the verdict."""
        return task.status is TaskStatus.ANSWERED


@workflow.defn
class ApprovalStepWorkflow(DecidingStep):
    """Kind `approval`: principles, go or no-go, ground rules, scope, and the negotiators' accord on the text."""

    kind = TaskKind.APPROVAL

    @workflow.init
    def __init__(self, brief: c.StepBrief) -> None:
        self.ballots: dict[str, Ballot] = {}
        self.sit(brief)

    @workflow.run
    async def run(self, brief: c.StepBrief) -> None:
        """Ask, decide, and freeze the text where this is the accord."""
        verdict = await self.ask_and_decide()
        accord = brief.planned.step.accord and verdict.outcome is Outcome.PASSED
        await self.report_verdict(verdict, text_sha=covenant_sha(self.clauses) if accord else None)

    def text_sha(self) -> str | None:
        """The accord is about the whole text."""
        return covenant_sha(self.clauses) if self.brief.planned.step.accord else None

    def take(self, task: c.TaskState, answer: c.Answer) -> None:
        """Count the position."""
        if isinstance(answer.content, c.ApprovalAnswer):
            self.ballots[task.respondent] = Ballot(seat=task.respondent, stance=answer.content.stance)
        self.finish(task)


RETURNED = {
    Ratified.RATIFIED: Stance.AGREE,
    Ratified.WITH_RESERVATION: Stance.RESERVATION,
    Ratified.REJECTED: Stance.OBJECT,
}


@workflow.defn
class RatificationStepWorkflow(DecidingStep):
    """Kind `ratification`: each party takes the exact text to its members or board (achterbanraadpleging)."""

    kind = TaskKind.RATIFICATION

    @workflow.init
    def __init__(self, brief: c.StepBrief) -> None:
        self.ballots: dict[str, Ballot] = {}
        self.sit(brief)

    @workflow.run
    async def run(self, brief: c.StepBrief) -> None:
        """Ends when every party returned, or the rule fails."""
        verdict = await self.ask_and_decide()
        if verdict.outcome is Outcome.PASSED and not self.desk.stopped:
            await self._clean(brief)
        await self.report_verdict(verdict)

    async def _clean(self, brief: c.StepBrief) -> None:
        """What was agreed ad referendum is clean once the constituencies have ratified it."""
        agreed = [clause for clause in self.clauses if clause.status is ClauseStatus.AGREED]
        for clause in agreed:
            clause.status = ClauseStatus.CLEAN
        changes = [
            c.ClauseChanged(clause=clause.id, version=clause.version, sha256=clause.sha256, status=clause.status)
            for clause in agreed
        ]
        if changes:
            await self.desk.recorder.write(
                self.desk.entry(f"{brief.slug}/{self.key}/clean", "clauses_ratified", *changes)
            )

    def text_sha(self) -> str | None:
        """The text of the accord."""
        return self.brief.moments.text_sha or covenant_sha(self.clauses)

    def enough(self) -> bool:
        """A rejection that the rule cannot carry ends the consultation."""
        return self.decide(self.ballots, closed=False).outcome is Outcome.FAILED

    def take(self, task: c.TaskState, answer: c.Answer) -> None:
        """Count what the party returned."""
        if isinstance(answer.content, c.RatificationAnswer):
            self.ballots[task.respondent] = Ballot(seat=task.respondent, stance=RETURNED[answer.content.result])
        self.finish(task)
