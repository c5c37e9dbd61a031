"""Kind `signing`: parties sign the covenant, companies declare; conditional on the entry thresholds (domain 3.1)."""

from collections.abc import Callable, Sequence
from datetime import datetime

from temporalio import workflow

from models import contracts as c
from models import errands
from models import signing as sg
from models.base import Words
from models.enums import Choice, Closing, DocumentKind, Role, SigningRole, Stance, StepStatus, TaskKind, TaskStatus
from rules import balance, signing_plan
from rules.calendar import add_working_days, due_moment, local_date
from rules.texts import covenant_sha
from workflows import calls
from workflows.notices import notice
from workflows.signatures import Signatures

DECISION_DAYS = 10
"""Working days the facilitator has to prolong the window or let it lapse."""

EVIDENCE = "an-evidence-report-after-the-seal"
"""Patch: before it, a signing ended with the sealed text alone."""

OFFICES_HEAR = "who-approves-for-no-party-hears-of-a-refusal"
"""Patch: before it, only the parties were mailed that somebody does not sign."""

LAPSED = Words(
    nl="De ondertekening is vervallen: niet iedereen tekende of de instapdrempel werd niet gehaald.",
    en="The signing lapsed: not everyone signed, or the entry threshold was not met.",
)
EXPIRED = Words(nl="niet getekend binnen de eigen termijn", en="not signed within its own term")
OVERTAKEN = Words(nl="niet meer nodig: er is alsnog getekend", en="no longer needed: it was signed after all")
REFUSES = {
    SigningRole.SIGNATORY: ("tekent niet", "does not sign"),
    SigningRole.WITNESS: ("tekent niet als getuige", "does not sign as a witness"),
    SigningRole.APPROVER: ("is niet akkoord met ondertekening", "does not approve of signing"),
}


@workflow.defn
class SigningStepWorkflow(Signatures):
    """Ends when all parties signed and the thresholds are met, or when the signing lapses on the record.

    Attributes:
        groups: the signing plan, in order; one group of everybody when the playbook has none.
        turns: per group that has begun, the tasks of its members.
        excused: tasks that were declined where the plan goes on without.
    """

    @workflow.init
    def __init__(self, brief: c.StepBrief) -> None:
        self.decision: c.DecisionAnswer | None = None
        self.declined: list[tuple[Words, sg.Declined]] = []
        self.refusals = 0
        self.expiries = 0
        self.groups = signing_plan.groups(brief.planned.step)
        self.turns: list[list[str]] = []
        self.excused: list[str] = []
        self.text: str | None = None
        self.cancelled = []
        self.sit(brief)
        self.window = self.before = self.due()

    @workflow.run
    async def run(self, brief: c.StepBrief) -> None:
        """Show the final text, collect signatures in the window, group after group, and seal."""
        del brief
        self.text = await self._document(DocumentKind.FINAL, seal=False)
        await self._begin()
        while not self._everyone() and not self.desk.stopped:
            self.moved = False
            await self.desk.collect(Closing.ANSWERED, self._moves, until=self._until())
            if self.desk.stopped or self._complete():
                break
            if self._next_may_begin() and not self.declined and self.why_cancelled is None:
                await self._begin()
                continue
            later = None if self.why_cancelled is not None else await self._go_on()
            if self._complete():
                break
            if later is None or self.why_cancelled is not None:
                await self._ends()
                return
            self.window = later
        await self._over()
        if self.desk.stopped:
            await self.report(StepStatus.SKIPPED, LAPSED)
            return
        await self._document(DocumentKind.SEALED, seal=True)
        if workflow.patched(EVIDENCE):
            await self._document(DocumentKind.EVIDENCE, seal=True)
        _, words = self._thresholds()
        signed = len([task for task in self._signatories() if task.status is TaskStatus.ANSWERED])
        sentence = Words(
            nl=f"Ondertekend door {signed} partijen. {words.nl}", en=f"Signed by {signed} parties. {words.en}"
        )
        await self.announce(sentence)
        await self.report(StepStatus.DONE, sentence, declared=[party.id for party in self._declared()])

    async def _ends(self) -> None:
        """End without a covenant: it lapsed, or was cancelled; then all who signed or were asked read why."""
        await self.close_open()
        if self.why_cancelled is None:
            await self.report(StepStatus.FAILED, LAPSED)
            return
        sentence = Words(
            nl=f"De ondertekening is geannuleerd. Reden: {self.why_cancelled}",
            en=f"The signing was cancelled. Reason: {self.why_cancelled}",
        )
        await self.announce(sentence)
        told = {party.id for party in balance.seated(self.desk.roster)}
        others = {t.respondent: t for ids in self.turns for t in map(self.desk.tasks.__getitem__, ids)}
        title = self.brief.planned.step.title
        await self.desk.post(
            [
                notice(f"{task.id}/cancelled", who, title, sentence, role=task.role)
                for who, task in others.items()
                if who not in told
            ]
        )
        await self.report(StepStatus.FAILED, sentence)

    # --- the groups ---------------------------------------------------------------------------------------------

    @property
    def sha(self) -> str:
        """The hash everyone confirms."""
        return self.brief.moments.text_sha or covenant_sha(self.clauses)

    async def _begin(self) -> None:
        """Begin with the next group: ask its members, and send the text to who gets a copy."""
        group = self.groups[len(self.turns)]
        everyone = signing_plan.members(group, self.desk.roster)
        due = self.window
        if group.days is not None and self.opens is None:  # on a signing day its hours are the term
            due = min(self.window, due_moment(add_working_days(local_date(workflow.now()), group.days)))
        tasks = [self._request(member, due) for member in everyone if signing_plan.asks(member)]
        self.turns.append([task.id for task in tasks])
        number = len(self.turns)
        if tasks:
            await self.desk.open(tasks, key="opened" if number == 1 else f"opened-{number}")
        copies = [member for member in everyone if not signing_plan.asks(member)]
        await self.desk.post([self._copy(member) for member in copies], document=self.text)

    def _request(self, member: signing_plan.Member, due: datetime) -> c.TaskState:
        return self.desk.task(
            signing_plan.kind_of(member, self.desk.roster),
            member.respondent,
            due,
            signing_plan.titled(self.brief.planned.step.title, member.role),
            where=signing_plan.where(self.key, member.role),
            text_sha=self.sha,
            signs_as=member.role,
            total=member.needed if member.needed > 1 else 0,
        )

    def _copy(self, member: signing_plan.Member) -> errands.MailItem:
        title = self.brief.planned.step.title
        return notice(
            f"{self.brief.slug}/{self.key}.copy/{member.respondent}",
            member.respondent,
            Words(nl=f"Ter kennisname: {title.nl}"[:300], en=f"For your information: {title.en}"[:300]),
            Words(
                nl="Bijgaand de tekst die nu ter ondertekening ligt. U hoeft niets te doen.",
                en="Enclosed is the text that is now being signed. There is nothing for you to do.",
            ),
            role=Role(member.respondent) if member.respondent in signing_plan.OFFICES else None,
        )

    def _task(self, task_id: str) -> c.TaskState:
        """Find a task; of a group whose turn has not come there is none yet, and the refusal says so."""
        if task_id not in self.desk.tasks:
            later = [
                (number, member)
                for number, group in enumerate(self.groups[len(self.turns) :], start=len(self.turns) + 1)
                for member in signing_plan.members(group, self.desk.roster)
            ]
            signing_plan.check_turn(task_id, self.key, self.brief.slug, later, self._waited_for())
        return super()._task(task_id)

    def _waited_for(self) -> Words:
        names = [self.desk.name(task.respondent) for task in self._of_turn() if task.status is TaskStatus.OPEN][:5]
        if not names:
            return Words(nl="de groep ervoor", en="the group before")
        return Words(nl=", ".join(one.nl for one in names), en=", ".join(one.en for one in names))

    def _of_turn(self) -> list[c.TaskState]:
        return [self.desk.tasks[one] for one in self.turns[-1]] if self.turns else []

    def _next_may_begin(self) -> bool:
        """Whether the group whose turn it is is complete, and another follows."""
        return 0 < len(self.turns) < len(self.groups) and signing_plan.complete(
            self._of_turn(), excused=self.excused, thresholds=self._thresholds()[0]
        )

    def _moves(self) -> bool:
        """Whether there is something to do before the window closes."""
        return (
            self._everyone()
            or bool(self.declined)
            or self._next_may_begin()
            or self.why_cancelled is not None
            or self.moved
        )

    # --- the window ---------------------------------------------------------------------------------------------

    def _until(self) -> datetime:
        """Return when to look next: the end of the window, or of the term of someone in the plan."""
        return min([self.window, *(task.due for task in self._termed())])

    def _termed(self) -> list[c.TaskState]:
        """Return the open tasks that expire before the window closes."""
        termed = [one for ids, group in zip(self.turns, self.groups, strict=False) if group.days for one in ids]
        return [task for one in termed if (task := self.desk.tasks[one]).status is TaskStatus.OPEN]

    async def _go_on(self) -> datetime | None:
        """Do what a refusal, an expired request or the end of the window asks for; return the window from now on."""
        if self.declined:
            return await self._after_refusal()
        expired = [task for task in self._termed() if task.due <= workflow.now()]
        if expired and workflow.now() < self.window:
            return await self._after_expiry(expired)
        if workflow.now() < self.window and self.desk.open_tasks():  # the end moved while it waited, as by a pause
            return self.window
        _, words = self._thresholds()
        decision = await self._decide(
            Words(
                nl=f"Het tekenvenster is voorbij. {words.nl} Verlengen of laten vervallen?"[:300],
                en=f"The signing window is over. {words.en} Prolong it or let it lapse?"[:300],
            ),
            f"window-{local_date(self.window).isoformat()}",
        )
        return await self._prolonged(decision, self._expired())

    async def _after_refusal(self) -> datetime | None:
        """Tell everyone who does not sign and why, those who signed included; go on as the plan says."""
        words, self.declined = self.declined, []
        self.refusals += 1
        where = f"declined-{self.refusals}"
        said = Words(nl=" ".join(one.nl for one, _ in words)[:2000], en=" ".join(one.en for one, _ in words)[:2000])
        await self.announce(said, where=f"{self.key}/{where}")
        if workflow.patched(OFFICES_HEAR):
            await self._tell_offices(said, where)
        ways = {way for _, way in words}
        if "lapse" in ways:
            return None
        if "ask" not in ways:
            return self.window
        decision = await self._decide(
            Words(
                nl=f"{said.nl[:250]} Verlengen of laten vervallen?", en=f"{said.en[:250]} Prolong it or let it lapse?"
            ),
            where,
            moot=self._next_may_begin,
        )
        if decision is None and self._next_may_begin():
            return self.window
        return await self._prolonged(decision, [])

    async def _tell_offices(self, said: Words, where: str) -> None:
        """Tell who approves or witnesses for no party what the parties were told."""
        asked = [self.desk.tasks[one] for ids in self.turns for one in ids]
        offices = {task.respondent: task for task in asked if task.role is not None}
        title = self.brief.planned.step.title
        await self.desk.post(
            [notice(f"{task.id}/{where}", who, title, said, role=task.role) for who, task in sorted(offices.items())]
        )

    async def _after_expiry(self, tasks: Sequence[c.TaskState]) -> datetime | None:
        """End requests that were not answered within their own term; the facilitator asks again, or lets it lapse."""
        self.expiries += 1
        where = f"expired-{self.expiries}"
        await self.desk.end(tasks, TaskStatus.EXPIRED, EXPIRED, key=where)
        names = [self.desk.name(task.respondent) for task in tasks][:5]
        nl, en = ", ".join(one.nl for one in names), ", ".join(one.en for one in names)
        decision = await self._decide(
            Words(
                nl=f"Niet op tijd getekend: {nl}"[:250] + ". Opnieuw vragen of laten vervallen?",
                en=f"Not signed in time: {en}"[:250] + ". Ask again or let it lapse?",
            ),
            where,
            moot=lambda: not self._expired(),
            moved=False,
        )
        if decision is None and not self._expired():
            return self.window
        later = await self._prolonged(decision, self._expired())
        return None if later is None else max(self.window, later)

    def _expired(self) -> list[c.TaskState]:
        """Return the requests of the plan that expired and may be made again."""
        if self.brief.planned.step.plan is None:
            return []
        asked = [self.desk.tasks[one] for ids in self.turns for one in ids]
        return [task for task in asked if task.status is TaskStatus.EXPIRED]

    async def _prolonged(self, decision: c.DecisionAnswer | None, again: Sequence[c.TaskState]) -> datetime | None:
        """Return until when it was prolonged, if it was; what had expired is asked again."""
        if decision is None or decision.choice is not Choice.PROLONG or decision.due is None:
            return None
        due = due_moment(decision.due)
        if again:
            event = f"{self.brief.slug}/{self.key}/again/{due.isoformat()}"
            await self.open_again(list(again), due, event, decision.reason)
        return due

    async def _decide(
        self, title: Words, where: str, *, moot: Callable[[], bool] = lambda: False, moved: bool = True
    ) -> c.DecisionAnswer | None:
        """Ask the facilitator to prolong or to let it lapse.

        Args:
            title: what happened.
            where: the end of the task's key.
            moot: whether what happened since has answered the question.
            moved: whether prolonging moves what is open.
        """
        self.decision = None
        task = await self.ask_facilitator(
            TaskKind.DECISION,
            title,
            due_moment(add_working_days(local_date(workflow.now()), DECISION_DAYS)),
            where=f"{self.key}/{where}",
            choices=[Choice.PROLONG, Choice.LAPSE],
        )
        await self.desk.collect(Closing.ANSWERED, lambda: self.decision is not None or self._complete() or moot())
        decision: c.DecisionAnswer | None = self.decision
        if decision is None and moot():
            await self.desk.end([task], TaskStatus.VOID, OVERTAKEN, key="overtaken")
        if moved and decision is not None and decision.choice is Choice.PROLONG and decision.due is not None:
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

    # --- answers ------------------------------------------------------------------------------------------------

    def take(self, task: c.TaskState, answer: c.Answer) -> None:
        """A signature ends its task, so does the facilitator's decision; who declines may still sign.

        Where more than one person must sign for a party, the last of them ends it.
        """
        if isinstance(answer.content, c.DecisionAnswer):
            self.decision = answer.content
        if _refuses(answer.content):
            return
        if isinstance(answer.content, sg.SignatureAnswer) and task.total:
            task.signed_by = list(dict.fromkeys([*task.signed_by, answer.actor.person]))
            task.done = len(task.signed_by)
            if task.done < task.total:
                return
        self.finish(task)

    async def after_answer(self, task: c.TaskState, answer: c.Answer) -> None:
        """Let a company that declines go; of a party everyone must know."""
        if not _refuses(answer.content):
            return
        reason = _why(answer.content)
        if task.kind is TaskKind.DECLARATION:
            words = Words(nl=f"verklaart niet deel te nemen: {reason}"[:300], en=f"does not take part: {reason}"[:300])
            await self.desk.end([task], TaskStatus.VOID, words, key="declined")
            return
        name = self.desk.name(task.respondent)
        nl, en = REFUSES[task.signs_as]
        if task.signed_by:  # n of m: others of this party had signed already
            nl, en = f"{nl} ({task.done} van {task.total} tekenden)", f"{en} ({task.done} of {task.total} had signed)"
        way = next(group.declined for ids, group in zip(self.turns, self.groups, strict=False) if task.id in ids)
        if way == "go_on":
            self.excused.append(task.id)
        self.declined.append(
            (Words(nl=f"{name.nl} {nl}. Reden: {reason}", en=f"{name.en} {en}. Reason: {reason}"), way)
        )
        self.desk.version += 1

    # --- what is reached ----------------------------------------------------------------------------------------

    def _tasks(self, kind: TaskKind) -> list[c.TaskState]:
        return [task for task in self.desk.tasks.values() if task.kind is kind and task.status is not TaskStatus.VOID]

    def _signatories(self) -> list[c.TaskState]:
        return [task for task in self._tasks(TaskKind.SIGNATURE) if task.signs_as is SigningRole.SIGNATORY]

    def _declared(self) -> list[c.Party]:
        done = {t.respondent for t in self._tasks(TaskKind.DECLARATION) if t.status is TaskStatus.ANSWERED}
        return [party for party in balance.participants(self.desk.roster) if party.id in done]

    def _thresholds(self) -> tuple[bool, Words]:
        wanted = self.brief.thresholds
        return balance.thresholds_met(self._declared(), wanted.participants, wanted.market_share)

    def _complete(self) -> bool:
        """Every group has acted, all parties signed, and the thresholds are met."""
        parties = self._signatories()
        signed = bool(parties) and all(task.status is TaskStatus.ANSWERED for task in parties)
        met = self._thresholds()[0]
        return (
            self.why_cancelled is None
            and signed
            and met
            and len(self.turns) == len(self.groups)
            and signing_plan.complete(self._of_turn(), excused=self.excused, thresholds=met)
        )

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

    async def _document(self, kind: DocumentKind, *, seal: bool) -> str:
        """Make a document, put it on record, and return its SHA-256."""
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
        return made.sha256


def _refuses(content: c.Content) -> bool:
    """Whether an answer is a refusal: to sign, or to approve before the signature."""
    return isinstance(content, sg.DeclineAnswer) or (
        isinstance(content, c.ApprovalAnswer) and content.stance is Stance.OBJECT
    )


def _why(content: c.Content) -> str:
    if isinstance(content, c.ApprovalAnswer):
        return content.lift or content.comment or ""
    return content.reason if isinstance(content, sg.DeclineAnswer) else ""
