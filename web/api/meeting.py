"""Meetings: those you may see, and each act about one."""

from datetime import datetime

from fastapi import APIRouter
from pydantic import AwareDatetime, Field

from models import ids
from models.base import Reason, Slug, Strict
from models.convening import MeetingCall, MeetingChange, MeetingReport, MeetingText, NewAction
from models.enums import MeetingStatus, MinutesStatus
from models.meetings import Invited
from rules import meetings as rules
from rules.access import Deed, Page
from store import meetings
from web.api import shapes as s
from web.api.acts import actor_of, carry
from web.api.auth import ActId, Answering, Reading
from web.visiting import Number

router = APIRouter()


class MeetingShape(Strict):
    """A meeting that you are invited to, or that you run the table of."""

    no: int
    start: datetime
    minutes: int
    invited: list[str]
    status: MeetingStatus
    sequence: int
    text: MeetingText
    present: list[str] | None
    minutes_sha: str | None
    minutes_status: MinutesStatus | None


class CallRequest(Strict):
    """A meeting: of `all`, constituencies, offices or parties."""

    start: AwareDatetime
    minutes: int = Field(ge=5, le=720)
    called: Invited
    text: MeetingText
    silence_days: int = Field(default=5, ge=1, le=30)


class ChangeRequest(Strict):
    """Another moment or other words; `cancel` calls it off."""

    start: AwareDatetime | None = None
    minutes: int | None = Field(default=None, ge=5, le=720)
    text: MeetingText | None = None
    cancel: bool = False
    reason: Reason


class ReportRequest(Strict):
    """Who was there, and what was agreed to do; `reason` says why it is put on record again."""

    present: list[Slug] | None = Field(default=None, max_length=300)
    reason: Reason | None = None
    actions: list[NewAction] = Field(default_factory=list, max_length=40)


@router.get("/covenants/{slug}/meetings", tags=["meetings"])
async def list_meetings(caller: Reading, slug: s.SlugPath) -> list[MeetingShape]:
    """List the meetings that you may see, the last to begin first."""
    viewer = await caller.need(Page.TEXT, slug)
    return [
        MeetingShape(
            no=row.no, start=row.start_at, minutes=row.minutes, invited=row.invited, status=row.status,
            sequence=row.sequence, text=text, present=row.present, minutes_sha=row.minutes_sha,
            minutes_status=row.minutes_status,
        )
        for row, text in await meetings.meetings(caller.site.db, slug)
        if rules.may_see(row.invited, viewer)
    ]  # fmt: skip


@router.post("/covenants/{slug}/meetings", tags=["meetings"])
async def call_meeting(caller: Answering, slug: s.SlugPath, body: CallRequest, act_id: ActId) -> s.ReceiptShape:
    """Call a meeting; the invited get a mail with an invitation for their calendar."""
    viewer = await caller.need_deed(Deed.CALL_MEETING, slug)
    message = MeetingCall(
        act=act_id, actor=actor_of(viewer, Deed.CALL_MEETING), start=body.start, minutes=body.minutes,
        called=body.called, silence_days=body.silence_days,
        text_sha=await meetings.put(caller.site.db, body.text, act_id),
    )  # fmt: skip
    return await carry(caller, ids.covenant_workflow(slug), "call_meeting", message, act_id)


@router.post("/covenants/{slug}/meetings/{no}/change", tags=["meetings"])
async def change_meeting(
    caller: Answering, slug: s.SlugPath, no: Number, body: ChangeRequest, act_id: ActId
) -> s.ReceiptShape:
    """Move, change or cancel a meeting."""
    viewer = await caller.need_deed(Deed.CALL_MEETING, slug)
    found = await meetings.meeting(caller.site.db, slug, no)
    digest = await meetings.put(caller.site.db, body.text, act_id) if body.text is not None else None
    message = MeetingChange(
        act=act_id, actor=actor_of(viewer, Deed.CALL_MEETING), start=body.start, minutes=body.minutes,
        text_sha=digest, cancel=body.cancel, reason=body.reason,
    )  # fmt: skip
    return await carry(caller, found.row.workflow, "change_meeting", message, act_id)


@router.post("/covenants/{slug}/meetings/{no}/report", tags=["meetings"])
async def report_meeting(
    caller: Answering, slug: s.SlugPath, no: Number, body: ReportRequest, act_id: ActId
) -> s.ReceiptShape:
    """Put on record who was there, and open a task for each action point."""
    viewer = await caller.need_deed(Deed.CALL_MEETING, slug)
    found = await meetings.meeting(caller.site.db, slug, no)
    message = MeetingReport(
        act=act_id,
        actor=actor_of(viewer, Deed.CALL_MEETING),
        present=body.present,
        actions=body.actions,
        reason=body.reason,
    )
    return await carry(caller, found.row.workflow, "report_meeting", message, act_id)
