"""A meeting: the invitation, who comes, the minutes that the invited approve by silence, and the action points."""

from collections.abc import Callable
from datetime import datetime, timedelta

from temporalio import workflow

from models import contracts as c
from models import errands, ids
from models.base import Words
from models.convening import MeetingBrief, MeetingChange, MeetingEnded, MeetingQuestion, MeetingReport
from models.deciding import Ballot, DecisionRule
from models.enums import (
    Closing,
    MeetingStatus,
    MinutesStatus,
    Outcome,
    Role,
    RuleKind,
    Rung,
    Stance,
    TaskKind,
    TaskStatus,
    Unit,
)
from models.errors import PolderError
from models.meetings import ActionAnswer, CorrectionAnswer, Meeting, MeetingSet, MinutesAnswer
from models.playbook import RungAfter
from rules import answering, balance, meetings
from rules.calendar import add_working_days, due_moment, local_date
from workflows import calls
from workflows.conversation import Conversation
from workflows.human_tasks import SOON, Desk
from workflows.notices import notice
from workflows.refusing import check_looked, to_application_error
from workflows.silence import Silence
from workflows.step import tally, tell

SILENCE = DecisionRule(kind=RuleKind.SILENCE, unit=Unit.PARTY)
"""One party's correction is enough to look at the minutes again."""

SCHEDULE = c.Schedule(reminders=[-2], ladder=[RungAfter(rung=Rung.REMINDER, after=3)])
CANCELLED = Words(nl="het overleg is afgezegd", en="the meeting was cancelled")
STOPPED = Words(nl="de gesprekken zijn beëindigd", en="the talks were ended")


@workflow.defn
class MeetingWorkflow(Conversation):
    """Lives from the invitation until the minutes stand and every action point is done."""

    @workflow.init
    def __init__(self, brief: MeetingBrief) -> None:
        self.meeting: Meeting = brief.meeting
        self.minutes_rule = brief.minutes_rule.rule if brief.minutes_rule is not None else SILENCE
        self.changes = self.actions = 0
        self.ballots: dict[str, Ballot] = {}
        self.wrong: dict[str, str] = {}
        self.delivered: MinutesAnswer | None = None
        self.converse(Desk(brief.slug, brief.title, brief.roster, SCHEDULE, held=brief.held))

    @workflow.run
    async def run(self, brief: MeetingBrief) -> None:
        """From the invitation to the last action point."""
        await self._invite("called")
        await self._until(self._begins, lambda: self.meeting.status is MeetingStatus.CANCELLED)
        if self.desk.stopped and (
            self.meeting.start > workflow.now()
            # its day passed while the talks were paused: it was not held
            or (self.meeting.status is MeetingStatus.CALLED and workflow.patched("passed-in-a-pause"))
        ):
            await self._cancel_stopped()
        if self.meeting.status is MeetingStatus.CALLED and not self.desk.stopped:
            await self._begin()
            await self._minutes()
            await self._until(None, lambda: not self.desk.open_tasks())
        over = STOPPED if self.desk.stopped else Words(nl="niet meer nodig", en="no longer needed")
        await self.desk.end(self.desk.open_tasks(), TaskStatus.VOID, over, key="over")
        if self.meeting.status is MeetingStatus.HELD:
            self.meeting.status = MeetingStatus.CLOSED
            await self._put(f"{self._where()}/closed", "meeting_closed")
        await workflow.wait_condition(workflow.all_handlers_finished)
        ended = MeetingEnded(no=self.meeting.no, at=workflow.now())
        await tell(ids.covenant_workflow(brief.slug), "meeting_ended", ended)

    # --- waiting ------------------------------------------------------------------------------------------------

    async def _until(self, moment: Callable[[], datetime | None] | None, enough: Callable[[], bool]) -> None:
        """Wait for a moment that may move, or until it is enough; remind meanwhile."""
        while not enough() and not self.desk.stopped:
            if self.desk.held is not None:
                await workflow.wait_condition(lambda: self.desk.held is None or self.desk.stopped)
                continue
            seen, changes = self.desk.version, self.changes
            if self.desk.silence is not None:
                await self.desk.silence.look()
            at = moment() if moment else None
            if at is not None and workflow.now() >= at:
                return
            await self.desk.nudge(Closing.ANSWERED)
            at = self.desk.next_moment(Closing.ANSWERED, moment() if moment else None)
            try:
                await workflow.wait_condition(
                    lambda seen=seen, changes=changes: (  # type: ignore[misc]
                        self.desk.stopped
                        or self.desk.held is not None
                        or self.desk.version != seen
                        or self.changes != changes
                        or enough()
                    ),
                    timeout=None if at is None else max(at - workflow.now(), SOON),
                )
            except TimeoutError:
                continue

    def _begins(self) -> datetime:
        return self.meeting.start

    # --- the invitation -----------------------------------------------------------------------------------------

    async def _invite(self, what: str) -> None:
        """Ask everyone who is invited whether they come, with the invitation for their calendar."""
        await self._ask_no_more(Words(nl="het overleg is verzet", en="the meeting was moved"), key="moved")
        title = meetings.asked(self.meeting)
        tasks = [
            self.desk.task(
                TaskKind.ATTENDANCE, who, self.meeting.start, title, where=f"{self._key()}.{self.meeting.sequence}"
            )
            for who in self.meeting.invited
        ]
        await self.desk.open(tasks, template="meeting", extra=self._values(what))

    async def _ask_no_more(self, reason: Words, *, key: str, status: TaskStatus = TaskStatus.VOID) -> None:
        asked = [task for task in self.desk.open_tasks() if task.kind is TaskKind.ATTENDANCE]
        await self.desk.end(asked, status, reason, key=key)

    def _values(self, what: str, reason: str = "") -> dict[str, str]:
        one = self.meeting
        return {
            "meeting": what, "no": str(one.no), "start": one.start.isoformat(),
            "until": (one.start + timedelta(minutes=one.minutes)).isoformat(), "sequence": str(one.sequence),
            "text_sha": one.text_sha, "why": reason,
        }  # fmt: skip

    async def _tell(self, what: str, reason: str, whom: list[str]) -> None:
        """Tell the invited what changed, in words and for their calendar."""
        roles = {role.value for role in Role}
        await self.desk.post(
            [
                errands.MailItem(
                    key=f"{self.desk.slug}/{self._key()}.{self.meeting.sequence}/{what}/{who}",
                    template="meeting",
                    respondent=who,
                    role=Role(who) if who in roles else None,
                    values=self._values(what, reason),
                )
                for who in whom
            ]
        )

    @workflow.update
    async def change_meeting(self, change: MeetingChange) -> c.Receipt:
        """Move, change or cancel; the invited are told, and asked anew when the moment is another."""
        if change.act not in self.seen:
            await self._look(change.act, text_sha=change.text_sha)
            before, after = self.meeting, self._changed(change)
            self.seen = [*self.seen[-400:], change.act]
            self.meeting = after
            self.changes += 1
            again = meetings.moved(before, after)
            if change.cancel:
                await self._ask_no_more(CANCELLED, key="cancelled")
            what = "cancelled" if change.cancel else "moved" if again else "changed"
            await self._put(change.act, f"meeting_{what}", actor=change.actor.person, reason=change.reason)
            if again:
                await self._invite(what)
            else:
                await self._tell(what, change.reason, after.invited)
        words = (
            Words(nl="Het overleg is afgezegd.", en="The meeting was cancelled.")
            if change.cancel
            else Words(nl="Het overleg is gewijzigd.", en="The meeting was changed.")
        )
        return c.Receipt(event=change.act, at=workflow.now(), words=words)

    @change_meeting.validator
    def validate_change_meeting(self, change: MeetingChange) -> None:
        """Refuse by the rules of meetings."""
        if change.act not in self.seen:
            self._changed(change)

    def _changed(self, change: MeetingChange) -> Meeting:
        try:
            return meetings.check_change(self.desk.roster, self.meeting, change, workflow.now())
        except PolderError as error:
            raise to_application_error(error) from error

    async def _cancel_stopped(self) -> None:
        self.meeting = self.meeting.model_copy(
            update={"status": MeetingStatus.CANCELLED, "sequence": self.meeting.sequence + 1}
        )
        await self._ask_no_more(STOPPED, key="stopped")
        await self._put(f"{self._where()}/stopped", "meeting_cancelled", reason=STOPPED.en)
        await self._tell("cancelled", "", self.meeting.invited)

    @workflow.signal
    async def notice(self, notice: c.Notice) -> None:
        """Heed what the covenant announces; who withdrew is no longer invited."""
        await self.desk.heed(notice)
        if notice.kind != "withdrawn" or notice.party not in self.meeting.invited:
            return
        if self.meeting.status is MeetingStatus.CALLED:
            self.meeting = self.meeting.model_copy(
                update={
                    "invited": [one for one in self.meeting.invited if one != notice.party] or self.meeting.invited,
                    "sequence": self.meeting.sequence + 1,
                }
            )
            await self._put(f"{self._where()}/without-{notice.party}", "meeting_changed", reason=notice.reason)
            await self._tell("cancelled", notice.reason, [notice.party])

    # --- after the meeting --------------------------------------------------------------------------------------

    async def _begin(self) -> None:
        """When it begins, who did not say whether they come is no longer asked."""
        self.meeting.status = MeetingStatus.HELD
        await self._put(f"{self._where()}/held", "meeting_held")
        late = Words(nl="het overleg is begonnen", en="the meeting has begun")
        await self._ask_no_more(late, key="begun", status=TaskStatus.EXPIRED)
        ends = self.meeting.start + timedelta(minutes=self.meeting.minutes)
        await self._until(lambda: ends, lambda: False)

    @workflow.update
    async def report_meeting(self, report: MeetingReport) -> c.Receipt:
        """Put on record who was there, and open a task for each action point."""
        if report.act not in self.seen:
            self._check_report(report)
            self.seen = [*self.seen[-400:], report.act]
            if report.present is not None:
                self.meeting.present = report.present
            await self._put(report.act, "meeting_reported", actor=report.actor.person, reason=report.reason)
            for action in report.actions:
                self.actions += 1
                title = Words(nl=action.text, en=action.text)
                where = f"{self._key()}.action-{self.actions}"
                due = due_moment(action.due)
                await self.desk.open([self.desk.task(TaskKind.ACTION, action.owner, due, title, where=where)])
        return self.receipt(report.act, "Het staat bij het overleg.", "It is on record.")

    @report_meeting.validator
    def validate_report_meeting(self, report: MeetingReport) -> None:
        """Refuse by the rules of meetings."""
        if report.act not in self.seen:
            self._check_report(report)

    def _check_report(self, report: MeetingReport) -> None:
        try:
            answering.check_not_held(self.desk.held)
            meetings.check_report(self.desk.roster, self.meeting, report, workflow.now())
        except PolderError as error:
            raise to_application_error(error) from error

    async def _minutes(self) -> None:
        """Ask for minutes until a version stands."""
        said = None
        while not self.desk.stopped and self.meeting.minutes_status is not MinutesStatus.APPROVED:
            await self._ask_minutes(said)
            if self.desk.stopped:
                return
            said = await self._approve_minutes()

    async def _ask_minutes(self, said: Words | None) -> None:
        self.delivered = None
        version = self.meeting.minutes_version + 1
        held = {role for one in self.desk.roster.people for role in one.roles}
        writer = Role.SECRETARIAT if Role.SECRETARIAT in held else Role.FACILITATOR
        due = due_moment(add_working_days(local_date(workflow.now()), meetings.MINUTES_DAYS))
        title = meetings.minutes_title(self.meeting, version)
        task = self.desk.task(TaskKind.MINUTES, writer, due, title, where=f"{self._key()}.minutes-{version}")
        await self.desk.open([task])
        if said is not None:
            await self.desk.post([notice(f"{task.id}/corrections", writer, title, said, role=writer)])
        await self._until(None, lambda: self.delivered is not None)

    async def _approve_minutes(self) -> Words | None:
        """Lay minutes before the invited parties; return what they want corrected, if anything."""
        one = self.meeting
        where = f"{self._key()}.approval-{one.minutes_version}"
        parties = [party.id for party in balance.seated(self.desk.roster) if party.id in one.invited]
        if not parties:
            one.minutes_status = MinutesStatus.APPROVED
            await self._put(f"{self.desk.slug}/{where}/approved", "minutes_approved")
            return None
        self.ballots, self.wrong = {}, {}
        self.desk.silence = clocks = Silence(self.desk, one.silence_days, TaskKind.CORRECTION)
        due = due_moment(add_working_days(local_date(workflow.now()), one.silence_days))
        tasks = [
            self.desk.task(
                TaskKind.CORRECTION, party, due, meetings.correction_title(one), where=where, text_sha=one.minutes_sha
            )
            for party in parties
        ]
        await self.desk.open(tasks)
        await self._until(
            lambda: None if clocks.held else max(task.due for task in tasks),
            lambda: all(task.status is not TaskStatus.OPEN for task in tasks),
        )
        silent = Words(nl="geen bezwaar binnen de termijn", en="no objection in time")
        await self.desk.end(tasks, TaskStatus.EXPIRED, silent, key="silent")
        if self.desk.stopped:
            return None
        verdict = tally(self.desk, self.minutes_rule, self.ballots, closed=True, asked=set(parties))
        self.desk.silence = None
        passed = verdict.outcome is Outcome.PASSED
        one.minutes_status = MinutesStatus.APPROVED if passed else MinutesStatus.CORRECTED
        await self.desk.recorder.write(
            self.desk.entry(
                f"{self.desk.slug}/{where}/verdict",
                "minutes_approved" if passed else "minutes_objected",
                c.Decided(question=where, step=self._key(), verdict=verdict),
                self._set(),
            )
        )
        if passed:
            return None
        return meetings.corrections([(self.desk.name(p), text) for p, text in self.wrong.items()], verdict.sentence)

    # --- answers ------------------------------------------------------------------------------------------------

    def take(self, task: c.TaskState, answer: c.Answer) -> None:
        """Keep minutes and what is said about them."""
        content = answer.content
        if isinstance(content, MinutesAnswer):
            self.delivered = content
            self.meeting.minutes_sha = content.sha256
            self.meeting.minutes_version += 1
            self.meeting.minutes_status = MinutesStatus.PROPOSED
        elif isinstance(content, CorrectionAnswer):
            stance = Stance.AGREE if content.agrees else Stance.OBJECT
            self.ballots[task.respondent] = Ballot(seat=task.respondent, stance=stance)
            self.wrong.pop(task.respondent, None)
            if content.correction is not None:
                self.wrong[task.respondent] = content.correction
        self.finish(task)

    def follows(self, task: c.TaskState, answer: c.Answer) -> list[c.Change]:
        """Delivered minutes stand with the meeting."""
        del task
        if not isinstance(answer.content, MinutesAnswer):
            return []
        after = self.meeting.model_copy(
            update={
                "minutes_sha": answer.content.sha256,
                "minutes_version": self.meeting.minutes_version + 1,
                "minutes_status": MinutesStatus.PROPOSED,
            }
        )
        return [MeetingSet(meeting=after, workflow=workflow.info().workflow_id)]

    def may_change(self, task: c.TaskState) -> bool:
        """Until it begins, who is invited may say otherwise; about minutes, until they are decided on."""
        if task.kind is TaskKind.CORRECTION:
            before = self.meeting.minutes_status is MinutesStatus.PROPOSED
            return before and task.status is TaskStatus.ANSWERED and task.text_sha == self.meeting.minutes_sha
        return (
            task.status is TaskStatus.ANSWERED
            and task.kind is TaskKind.ATTENDANCE
            and self.meeting.status is MeetingStatus.CALLED
            and task.due == self.meeting.start
        )

    async def look(self, answer: c.Answer) -> None:
        """Refuse a document that is not stored."""
        content = answer.content
        if isinstance(content, MinutesAnswer):
            await self._look(answer.act, file_sha=content.sha256)
        elif isinstance(content, ActionAnswer) and content.document is not None:
            await self._look(answer.act, file_sha=content.document)

    async def _look(self, act: str, *, text_sha: str | None = None, file_sha: str | None = None) -> None:
        if text_sha is None and file_sha is None:
            return
        check_looked(
            await calls.look_at_meeting(
                MeetingQuestion(covenant=self.desk.slug, text_sha=text_sha, file_sha=file_sha, act=act)
            )
        )

    # --- small change -------------------------------------------------------------------------------------------

    def _key(self) -> str:
        return f"meeting:{self.meeting.no}"

    def _where(self) -> str:
        return f"{self.desk.slug}/{self._key()}"

    def _set(self) -> MeetingSet:
        return MeetingSet(meeting=self.meeting.model_copy(), workflow=workflow.info().workflow_id)

    async def _put(self, event: str, kind: str, *, actor: str = "polder", reason: str | None = None) -> None:
        await self.desk.recorder.write(self.desk.entry(event, kind, self._set(), actor=actor, reason=reason))
