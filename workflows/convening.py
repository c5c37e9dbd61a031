"""Calling meetings: each has a workflow of its own beside the talks."""

from temporalio import workflow
from temporalio.workflow import ParentClosePolicy

from models import contracts as c
from models import ids
from models.convening import MeetingBrief, MeetingCall, MeetingEnded, MeetingQuestion
from models.enums import Matter
from models.errors import PolderError
from models.meetings import Meeting, MeetingSet
from rules import answering, meetings
from workflows import calls
from workflows.meeting import MeetingWorkflow
from workflows.objecting import Objecting
from workflows.refusing import check_looked, to_application_error
from workflows.step import tell


class Convening(Objecting):
    """The update of a covenant with which facilitator or secretariat calls a meeting.

    Attributes:
        called: a meeting was called in this run.
    """

    called: bool

    @workflow.update
    async def call_meeting(self, call: MeetingCall) -> c.Receipt:
        """Put a meeting on record and start its workflow, which invites."""
        if call.act not in self.seen:
            check_looked(
                await calls.look_at_meeting(
                    MeetingQuestion(covenant=self.desk.slug, text_sha=call.text_sha, act=call.act)
                )
            )
            invited = self._invited(call)
            self.seen = [*self.seen[-400:], call.act]
            self.state.meetings.last += 1
            meeting = Meeting(
                no=self.state.meetings.last, start=call.start, minutes=call.minutes, invited=invited,
                text_sha=call.text_sha, silence_days=call.silence_days,
            )  # fmt: skip
            self.state.meetings.open = [*self.state.meetings.open, meeting.no]
            workflow_id = ids.meeting_workflow(self.desk.slug, meeting.no)
            await self.desk.recorder.write(
                self.desk.entry(
                    call.act, "meeting_called", MeetingSet(meeting=meeting, workflow=workflow_id),
                    actor=call.actor.person,
                )
            )  # fmt: skip
            await workflow.start_child_workflow(
                MeetingWorkflow.run,
                MeetingBrief(
                    slug=self.desk.slug, title=self.opened.title, roster=self.opened.roster, meeting=meeting,
                    called_by=call.actor.person, minutes_rule=self.rules_now()[Matter.MINUTES],
                ),
                id=workflow_id,
                parent_close_policy=ParentClosePolicy.ABANDON,
                static_summary=f"meeting {meeting.no}",
            )  # fmt: skip
            self.called = self.changed = True
        return self.receipt(
            call.act, "Het overleg is belegd; de genodigden krijgen een uitnodiging.",
            "The meeting was called; the invited get an invitation.",
        )  # fmt: skip

    @call_meeting.validator
    def validate_call_meeting(self, call: MeetingCall) -> None:
        """Refuse by the rules of meetings; whether its text is stored is looked up after."""
        if call.act not in self.seen:
            self._invited(call)

    def _invited(self, call: MeetingCall) -> list[str]:
        try:
            self.is_open()
            answering.check_not_held(self.held_because())
            return meetings.check_call(self.opened.roster, call, workflow.now())
        except PolderError as error:
            raise to_application_error(error) from error

    def is_full(self) -> bool:
        """Continue as new after starting a meeting too: it is a child, and lives on by itself (ADR 0004)."""
        return self.called or super().is_full()

    @workflow.signal
    def meeting_ended(self, ended: MeetingEnded) -> None:
        """Learn that nothing is left to wait for in a meeting."""
        self.state.meetings.open = [no for no in self.state.meetings.open if no != ended.no]

    async def tell_meetings(self, notice: c.Notice) -> None:
        """Tell every meeting what changed around the table."""
        for no in self.state.meetings.open:
            await tell(ids.meeting_workflow(self.desk.slug, no), "notice", notice)
