"""Kind `signing`: parties sign the covenant, companies declare; conditional on the entry thresholds (domain 3.1)."""

from datetime import datetime

from temporalio import workflow

from models import contracts as c
from models import errands
from models import signing as sg
from models.base import Words
from models.enums import Choice, Closing, DocumentKind, StepStatus, TaskKind, TaskStatus, Tier
from rules import balance
from rules.calendar import add_working_days, due_moment, local_date
from rules.texts import covenant_sha
from workflows import calls
from workflows.step import StepWorkflow

DECISION_DAYS = 10
"""Working days the facilitator has to prolong the window or let it lapse."""

EVIDENCE = "an-evidence-report-after-the-seal"
"""Patch: before it, a signing ended with the sealed text alone."""

LAPSED = Words(
    nl="De ondertekening is vervallen: niet iedereen tekende of de instapdrempel werd niet gehaald.",
    en="The signing lapsed: not everyone signed, or the entry threshold was not met.",
)


@workflow.defn
class SigningStepWorkflow(StepWorkflow):
    """Ends when all parties signed and the thresholds are met, or when the signing lapses on the record."""

    @workflow.init
    def __init__(self, brief: c.StepBrief) -> None:
        self.decision: c.DecisionAnswer | None = None
        self.declined: list[Words] = []
        self.refusals = 0
        self.sit(brief)

    @workflow.run
    async def run(self, brief: c.StepBrief) -> None:
        """Show the final text, collect signatures in the window, seal."""
        del brief
        window = self.due()
        await self._document(DocumentKind.FINAL, seal=False)
        await self._ask(window)
        while not self._everyone() and not self.desk.stopped:
            await self.desk.collect(Closing.ANSWERED, lambda: self._everyone() or bool(self.declined), until=window)
            if self.desk.stopped or self._complete():
                break
            decision = await (self._ask_after_refusal() if self.declined else self._ask_about_window(window))
            if self._complete():
                break
            if decision is None or decision.choice is not Choice.PROLONG or decision.due is None:
                await self.close_open()
                await self.report(StepStatus.FAILED, LAPSED)
                return
            window = due_moment(decision.due)
        await self._over()
        if self.desk.stopped:
            await self.report(StepStatus.SKIPPED, LAPSED)
            return
        await self._document(DocumentKind.SEALED, seal=True)
        if workflow.patched(EVIDENCE):
            await self._document(DocumentKind.EVIDENCE, seal=True)
        _, words = self._thresholds()
        signed = len([task for task in self._tasks(TaskKind.SIGNATURE) if task.status is TaskStatus.ANSWERED])
        sentence = Words(
            nl=f"Ondertekend door {signed} partijen. {words.nl}", en=f"Signed by {signed} parties. {words.en}"
        )
        await self.announce(sentence)
        await self.report(StepStatus.DONE, sentence, declared=[party.id for party in self._declared()])

    # --- the window ---------------------------------------------------------------------------------------------

    @property
    def sha(self) -> str:
        """The hash everyone confirms."""
        return self.brief.moments.text_sha or covenant_sha(self.clauses)

    async def _ask(self, window: datetime) -> None:
        title = self.brief.planned.step.title
        tiers = {party.id: party.tier for party in self.desk.roster.parties}
        kinds = {Tier.PARTY: TaskKind.SIGNATURE, Tier.PARTICIPANT: TaskKind.DECLARATION}
        tasks = [
            self.desk.task(kinds[tiers[who]], who, window, title, where=self.key, text_sha=self.sha)
            for who in self.respondents()
        ]
        await self.desk.open(tasks)

    async def _ask_about_window(self, window: datetime) -> c.DecisionAnswer | None:
        _, words = self._thresholds()
        return await self._decide(
            Words(
                nl=f"Het tekenvenster is voorbij. {words.nl} Verlengen of laten vervallen?"[:300],
                en=f"The signing window is over. {words.en} Prolong it or let it lapse?"[:300],
            ),
            f"window-{local_date(window).isoformat()}",
        )

    async def _ask_after_refusal(self) -> c.DecisionAnswer | None:
        """Tell everyone who does not sign and why, those who signed included, and ask how to go on."""
        words, self.declined = self.declined, []
        self.refusals += 1
        where = f"declined-{self.refusals}"
        said = Words(nl=" ".join(one.nl for one in words)[:2000], en=" ".join(one.en for one in words)[:2000])
        await self.announce(said, where=f"{self.key}/{where}")
        return await self._decide(
            Words(
                nl=f"{said.nl[:250]} Verlengen of laten vervallen?", en=f"{said.en[:250]} Prolong it or let it lapse?"
            ),
            where,
        )

    async def _decide(self, title: Words, where: str) -> c.DecisionAnswer | None:
        self.decision = None
        await self.ask_facilitator(
            TaskKind.DECISION,
            title,
            due_moment(add_working_days(local_date(workflow.now()), DECISION_DAYS)),
            where=f"{self.key}/{where}",
            choices=[Choice.PROLONG, Choice.LAPSE],
        )
        await self.desk.collect(Closing.ANSWERED, lambda: self.decision is not None or self._complete())
        decision: c.DecisionAnswer | None = self.decision
        if decision is not None and decision.choice is Choice.PROLONG and decision.due is not None:
            await self._prolong(due_moment(decision.due), decision.reason)
        return decision

    async def _prolong(self, due: datetime, reason: str) -> None:
        tasks = self.desk.open_tasks()
        for task in tasks:
            task.due = due
        self.desk.version += 1
        await self.desk.recorder.write(
            self.desk.entry(
                f"{self.brief.slug}/{self.key}/prolonged/{due.isoformat()}",
                "signing_prolonged",
                *(c.TaskMoved(task=task.id, due=due) for task in tasks),
                reason=reason,
            )
        )

    def take(self, task: c.TaskState, answer: c.Answer) -> None:
        """A signature ends its task, so does the facilitator's decision; who declines may still sign."""
        if isinstance(answer.content, c.DecisionAnswer):
            self.decision = answer.content
        if not isinstance(answer.content, sg.DeclineAnswer):
            self.finish(task)

    async def after_answer(self, task: c.TaskState, answer: c.Answer) -> None:
        """Let a company that declines go; of a party everyone must know."""
        if not isinstance(answer.content, sg.DeclineAnswer):
            return
        reason = answer.content.reason
        if task.kind is TaskKind.DECLARATION:
            words = Words(nl=f"verklaart niet deel te nemen: {reason}"[:300], en=f"does not take part: {reason}"[:300])
            await self.desk.end([task], TaskStatus.VOID, words, key="declined")
            return
        name = self.desk.name(task.respondent)
        self.declined.append(
            Words(nl=f"{name.nl} tekent niet. Reden: {reason}", en=f"{name.en} does not sign. Reason: {reason}")
        )
        self.desk.version += 1

    # --- what is reached ----------------------------------------------------------------------------------------

    def _tasks(self, kind: TaskKind) -> list[c.TaskState]:
        return [task for task in self.desk.tasks.values() if task.kind is kind and task.status is not TaskStatus.VOID]

    def _declared(self) -> list[c.Party]:
        done = {t.respondent for t in self._tasks(TaskKind.DECLARATION) if t.status is TaskStatus.ANSWERED}
        return [party for party in balance.participants(self.desk.roster) if party.id in done]

    def _thresholds(self) -> tuple[bool, Words]:
        wanted = self.brief.thresholds
        return balance.thresholds_met(self._declared(), wanted.participants, wanted.market_share)

    def _complete(self) -> bool:
        """All parties signed and the thresholds are met."""
        parties = self._tasks(TaskKind.SIGNATURE)
        signed = bool(parties) and all(task.status is TaskStatus.ANSWERED for task in parties)
        return signed and self._thresholds()[0]

    def _everyone(self) -> bool:
        """Complete, and no company is still waited for."""
        return self._complete() and not any(
            task.status is TaskStatus.OPEN for task in self._tasks(TaskKind.DECLARATION)
        )

    async def _over(self) -> None:
        words = Words(
            nl="het tekenvenster is voorbij; toetreden kan later",
            en="the signing window is over; joining later is possible",
        )
        status = TaskStatus.VOID if self.desk.stopped else TaskStatus.EXPIRED
        await self.desk.end(self.desk.open_tasks(), status, words, key="over")

    async def _document(self, kind: DocumentKind, *, seal: bool) -> None:
        made = await calls.make_document(
            errands.DocumentRequest(
                covenant=self.brief.slug,
                kind=kind,
                at=workflow.now(),
                key=f"{self.brief.slug}/{self.key}/{kind}",
                seal=seal,
            )
        )
        await self.desk.recorder.write(self.desk.entry(f"{made.id}/made", "document_made", made))
