"""What every workflow that asks people something shares: answering, extending, pausing a ladder, and codes."""

from collections.abc import Sequence

from temporalio import workflow

from models import contracts as c
from models import errands
from models import signing as sg
from models.base import Words
from models.enums import TaskStatus
from models.errors import PolderError, Refusal
from models.questions import MailBounce, NoticeAgain
from rules import answering, bounces, signatories, wording
from rules.calendar import local_date
from workflows import calls
from workflows.human_tasks import Desk
from workflows.refusing import to_application_error

WRONG_CODES = 5
"""Wrong one-time codes after which a new one must be asked for."""

THEMES = "a-mandate-for-themes-is-not-for-the-whole"
"""Patch: before it, a mandate limited to themes covered answers about no theme."""

DONE = Words(nl="Uw antwoord staat op de lijst.", en="Your answer is on record.")
AD_REFERENDUM = Words(
    nl="Uw antwoord is bewaard onder voorbehoud (ad referendum): uw mandaat dekt het niet. Het telt zodra iemand met "
    "het mandaat het geeft.",
    en="Your answer is kept ad referendum: your mandate does not cover it. It counts once someone with the mandate "
    "gives it.",
)


class Conversation:
    """Handlers over a `Desk`. A workflow sets `desk`, and says what it makes of an answer in `take`."""

    desk: Desk
    clauses: list[c.ClauseRef]
    themes: list[str]
    seen: list[str]

    def converse(
        self, desk: Desk, *, clauses: Sequence[c.ClauseRef] = (), themes: Sequence[str] = (), seen: Sequence[str] = ()
    ) -> None:
        """Set up in `@workflow.init`: handlers run before `run` does."""
        self.desk, self.clauses, self.themes, self.seen = desk, list(clauses), list(themes), list(seen)
        desk.take = self.take

    # --- what a workflow may say for itself ---------------------------------------------------------------------

    def take(self, task: c.TaskState, answer: c.Answer) -> None:
        """Let an answer that counts do its work on the state; the default ends the task."""
        del answer
        self.finish(task)

    def finish(self, task: c.TaskState) -> None:
        """End a task as answered."""
        task.status = TaskStatus.ANSWERED

    def follows(self, task: c.TaskState, answer: c.Answer) -> list[c.Change]:
        """Return what else comes on record with an answer that counts; asked before `take`."""
        del task, answer
        return []

    async def look(self, answer: c.Answer) -> None:
        """Refuse what only the record can tell to be wrong, before an answer counts."""

    async def after_answer(self, task: c.TaskState, answer: c.Answer) -> None:
        """Do what follows from an answer that is on record."""

    def may_change(self, task: c.TaskState) -> bool:
        """Whether an answered task may still be answered otherwise."""
        del task
        return False

    def about(self, answer: c.Answer) -> list[str]:
        """Return the themes an answer is about, for mandates limited to themes."""
        match answer.content:
            case c.PositionsAnswer() as content:
                themes = {clause.id: clause.theme for clause in self.clauses}
                return [themes[p.clause] for p in content.positions if p.clause in themes]
            case c.ContributionAnswer() as content:
                return [item.theme for item in content.items if item.theme]
            case _:
                return []

    def agenda(self) -> list[c.ClauseRef]:
        """Return the clauses an answer may be about."""
        return self.clauses

    def amendments(self) -> list[str]:
        """Return the amendments that a condition may be about."""
        return []

    def receipt(self, act: str, nl: str, en: str) -> c.Receipt:
        """Say what an act became."""
        return c.Receipt(event=act, at=workflow.now(), words=Words(nl=nl, en=en))

    # --- answering ----------------------------------------------------------------------------------------------

    @workflow.update
    async def answer(self, answer: c.Answer) -> c.Receipt:
        """Take an answer, put it on record, and tell what it became."""
        if answer.act in self.seen:
            return c.Receipt(event=answer.act, at=workflow.now(), words=DONE)
        if isinstance(answer.content, sg.SignatureAnswer):
            await self._authenticate(answer, answer.content)
        await self.look(answer)
        task = self.desk.tasks[answer.task]
        self._check_seen(task, answer)
        task.newest = answer.act
        counted = self._counts(task, answer)
        self.seen = [*self.seen[-400:], answer.act]
        more = self.follows(task, answer) if counted else []
        if counted:
            self.take(task, answer)
        changes: list[c.Change] = [
            c.TaskAnswered(
                task=task.id,
                kind=task.kind,
                respondent=task.respondent,
                content=answer.content,
                complete=task.status is TaskStatus.ANSWERED,
                counted=counted,
                done=task.done,
                total=task.total,
                round=self.desk.round,
            ),
            *more,
        ]
        if isinstance(answer.content, sg.SignatureAnswer):
            changes.append(
                sg.Signed(
                    task=task.id,
                    party=task.respondent,
                    person=answer.actor.person,
                    name=answer.content.name,
                    text_sha=answer.content.text_sha,
                    trace_sha=answer.content.trace_sha,
                    role=task.signs_as,
                    method="code" if answer.content.passkey_sha is None else "passkey",
                )
            )
        behalf = answer.actor.on_behalf
        entry = self.desk.entry(
            answer.act,
            "answered" if counted else "answered_ad_referendum",
            *changes,
            actor=answer.actor.person,
            on_behalf_of=task.respondent if behalf and task.role is None else None,
            reason=behalf,
        )
        await self.desk.recorder.write(entry)
        if behalf and task.role is None:
            who = answering.person(self.desk.roster, answer.actor.person).name
            said = wording.said(answer.content, {one.id: one.number for one in self.clauses})
            await self.desk.mail(
                "answered_on_behalf",
                [task],
                key=f"behalf/{answer.act}",
                extra={
                    "by": who,
                    "why": " ".join(behalf.split()),
                    "answer_nl": said.nl,
                    "answer_en": said.en,
                    "at": entry.at.isoformat(),
                },
            )
        if counted:
            await self.after_answer(task, answer)
        return c.Receipt(event=answer.act, at=entry.at, counted=counted, words=DONE if counted else AD_REFERENDUM)

    @answer.validator
    def validate_answer(self, answer: c.Answer) -> None:
        """Refuse what the rules refuse, before anything is written."""
        if answer.act in self.seen:
            return
        try:
            answering.check_not_held(self.desk.held)
            task = self._task(answer.task)
            if not (task.status is TaskStatus.ANSWERED and self.may_change(task)):
                answering.check_open(task)
            today = local_date(workflow.now())
            answering.check_seen(task, answer)
            answering.check_signs(task, answer.actor.person)
            answering.standing(self.desk.roster, task, answer.actor, today, self.about(answer))
            answering.check_content(
                task, answer.content, clauses=self.agenda(), themes=self.themes, today=today, roster=self.desk.roster,
                text=self.clauses, amendments=self.amendments(),
            )  # fmt: skip
            if isinstance(answer.content, sg.SignatureAnswer):
                self.check_hours()
                signatories.check_name(self.desk.roster, answer.actor, answer.content.name)
                if answer.content.passkey_sha is None:
                    _check_code_asked(task, answer.actor.person)
        except PolderError as error:
            raise to_application_error(error) from error

    def check_hours(self) -> None:
        """Refuse a signature outside the hours of a signing day, where there is one."""

    def _check_seen(self, task: c.TaskState, answer: c.Answer) -> None:
        """Refuse what crosses the answer of a colleague that came in while this one was looked at."""
        try:
            answering.check_seen(task, answer)
        except PolderError as error:
            raise to_application_error(error) from error

    def _counts(self, task: c.TaskState, answer: c.Answer) -> bool:
        """Whether an answer counts, by the mandates of this moment: they may have changed while a code was compared."""
        roster, actor = self.desk.roster, answer.actor
        limited = not answering.limited_to_themes(roster, task, actor) or workflow.patched(THEMES)
        try:
            return answering.standing(
                roster, task, actor, local_date(workflow.now()), self.about(answer), limited=limited
            )
        except PolderError as error:
            raise to_application_error(error) from error

    def _task(self, task_id: str) -> c.TaskState:
        task = self.desk.tasks.get(task_id)
        if task is None:
            raise Refusal(
                "unknown_task",
                f"Taak {task_id} is hier niet bekend. Verwacht: een taak van uw lijst.",
                f"Task {task_id} is not known here. Expected: a task of your list.",
                {"task": task_id},
            )
        return task

    # --- one-time codes -----------------------------------------------------------------------------------------

    @workflow.update
    async def request_code(self, request: c.CodeRequest) -> c.Receipt:
        """Mail a signatory a new one-time code; their older one no longer works, those of colleagues do."""
        task = self.desk.tasks[request.task]
        if request.act not in self.seen:
            self.seen = [*self.seen[-400:], request.act]
            task.codes += 1
            task.codes_of[request.actor.person] = sg.CodeOf(issue=task.codes)
            await calls.issue_code(
                errands.CodeIssue(
                    covenant=self.desk.slug,
                    at=workflow.now(),
                    task=task.id,
                    issue=task.codes,
                    person=request.actor.person,
                    text_sha=task.text_sha or "",
                )
            )
        return self.receipt(request.act, "De code is per mail verstuurd.", "The code was sent by mail.")

    @request_code.validator
    def validate_request_code(self, request: c.CodeRequest) -> None:
        """Refuse a code to who may not sign."""
        try:
            answering.check_not_held(self.desk.held)
            task = self._task(request.task)
            answering.check_open(task)
            if task.kind not in answering.SIGNING:
                raise Refusal(
                    "no_code_needed",
                    f"Taak {task.id} vraagt geen handtekening.",
                    f"Task {task.id} asks for no signature.",
                    {"task": task.id},
                )
            answering.standing(self.desk.roster, task, request.actor, local_date(workflow.now()))
            answering.check_signs(task, request.actor.person)
        except PolderError as error:
            raise to_application_error(error) from error

    async def _authenticate(self, answer: c.Answer, content: sg.SignatureAnswer) -> None:
        task = self.desk.tasks[answer.task]
        if content.passkey_sha is not None:
            await self._check_passkey(task, answer.actor.person, content.passkey_sha)
            return
        held = task.codes_of[answer.actor.person]
        check = errands.CodeCheck(task=task.id, issue=held.issue, code=content.code or "")
        right = await calls.check_code(check)
        try:
            answering.check_open(task)  # another signature may have come in while the code was compared
            answering.check_signs(task, answer.actor.person)
            if not right:
                held.wrong += 1
                left = max(WRONG_CODES - held.wrong, 0)
                tries = ("poging", "attempt") if left == 1 else ("pogingen", "attempts")
                raise Refusal(
                    "wrong_code",
                    f"De code klopt niet; nog {left} {tries[0]}. Verwacht: de laatste code die u per mail kreeg.",
                    f"The code is wrong; {left} {tries[1]} left. Expected: the last code you got by mail.",
                    {"task": task.id, "left": str(left)},
                )
        except PolderError as error:
            raise to_application_error(error) from error

    async def _check_passkey(self, task: c.TaskState, person: str, proof: str) -> None:
        check = errands.PasskeyCheck(
            covenant=self.desk.slug, task=task.id, person=person, text_sha=task.text_sha or "", proof_sha=proof
        )
        right = await calls.check_passkey(check)
        try:
            answering.check_open(task)
            answering.check_signs(task, person)
            if not right:
                raise Refusal(
                    "passkey_refused",
                    "De toegangssleutel klopt niet, of is niet van u. Verwacht: uw eigen toegangssleutel, voor deze "
                    "tekst; of teken met een code per mail.",
                    "The passkey is wrong, or not yours. Expected: your own passkey, for this text; or sign with a "
                    "code by mail.",
                    {"task": task.id},
                )
        except PolderError as error:
            raise to_application_error(error) from error

    # --- facilitators -------------------------------------------------------------------------------------------

    @workflow.update
    async def extend(self, extension: c.Extension) -> c.Receipt:
        """Give a later due date."""
        if extension.act not in self.seen:
            self.seen = [*self.seen[-400:], extension.act]
            await self.desk.extend(extension)
        return self.receipt(extension.act, "De termijn is verlengd.", "The term was extended.")

    @extend.validator
    def validate_extend(self, extension: c.Extension) -> None:
        """Refuse an extension into the past, of tasks that are not open, or by who holds no office."""
        try:
            answering.require_office(self.desk.roster, extension.actor, answering.WATCHERS)
            answering.check_future(extension.due, local_date(workflow.now()))
            for task_id in extension.tasks:
                answering.check_open(self._task(task_id))
            for task in self.desk.open_tasks():
                if not extension.tasks or task.id in extension.tasks:
                    answering.check_later(task, extension.due)
        except PolderError as error:
            raise to_application_error(error) from error

    @workflow.update
    async def notify_again(self, again: NoticeAgain) -> c.Receipt:
        """Send the notice of an open task once more."""
        if again.act not in self.seen:
            self.seen = [*self.seen[-400:], again.act]
            await self.desk.tell_again(again)
        return self.receipt(again.act, "Het bericht is opnieuw verstuurd.", "The notice was sent again.")

    @notify_again.validator
    def validate_notify_again(self, again: NoticeAgain) -> None:
        """Refuse it for a closed task, or by who holds no office."""
        try:
            answering.require_office(self.desk.roster, again.actor, answering.WATCHERS)
            answering.check_open(self._task(again.task))
        except PolderError as error:
            raise to_application_error(error) from error

    @workflow.update
    async def report_bounce(self, bounce: MailBounce) -> c.Receipt:
        """Take note that a mail came back after it had been sent: its silence says nothing any more."""
        if bounce.act not in self.seen:
            self.seen = [*self.seen[-400:], bounce.act]
            await self.desk.bounced(bounce)
        return self.receipt(
            bounce.act, "Dat de mail terugkwam staat in het dossier.", "That the mail came back is on record."
        )

    @report_bounce.validator
    def validate_report_bounce(self, bounce: MailBounce) -> None:
        """Refuse it for a closed task, by who holds no office, or of someone whom it was not sent to."""
        try:
            if bounce.actor is not None:
                answering.require_office(self.desk.roster, bounce.actor, answering.WATCHERS)
            task = self._task(bounce.task)
            answering.check_open(task)
            bounces.check_asked(self.desk.roster, task, bounce.person)
        except PolderError as error:
            raise to_application_error(error) from error

    @workflow.update
    async def pause_ladder(self, pause: c.LadderPause) -> c.Receipt:
        """Pause or release the ladder of a task."""
        if pause.act not in self.seen:
            self.seen = [*self.seen[-400:], pause.act]
            await self.desk.pause_ladder(pause)
        return self.receipt(pause.act, "De ladder is bijgewerkt.", "The ladder was updated.")

    @pause_ladder.validator
    def validate_pause_ladder(self, pause: c.LadderPause) -> None:
        """Refuse it for a closed task, or by who holds no office."""
        try:
            answering.require_office(self.desk.roster, pause.actor, answering.WATCHERS)
            task = self._task(pause.task)
            answering.check_open(task)
            if pause.resume != (task.ladder_paused_at is not None):
                raise Refusal(
                    "ladder_not_paused" if pause.resume else "ladder_already_paused",
                    "De ladder is niet gepauzeerd." if pause.resume else "De ladder is al gepauzeerd.",
                    "The ladder is not paused." if pause.resume else "The ladder is paused already.",
                    {"task": task.id},
                )
        except PolderError as error:
            raise to_application_error(error) from error


def _check_code_asked(task: c.TaskState, person: str) -> None:
    held = task.codes_of.get(person)
    if held is None or held.wrong >= WRONG_CODES:
        raise Refusal(
            "no_valid_code",
            "Er is geen geldige code. Verwacht: vraag eerst een (nieuwe) code aan.",
            "There is no valid code. Expected: ask for a (new) code first.",
            {"task": task.id},
        )
