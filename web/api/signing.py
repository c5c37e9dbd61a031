"""Signing by the API: the board, passing on, asking again, cancelling."""

from fastapi import APIRouter
from pydantic import AwareDatetime

from models import contracts as c
from models.base import Reason, Slug, Strict
from models.ceremony import Ceremony
from models.signing_acts import AskAgain, Cancellation, PassOn, SigningDay
from rules import access
from rules.access import Deed, Page
from rules.ceremony import unnamed
from store import signing
from web.api import shapes as s
from web.api.acts import Day, NoticeRequest, actor_of, carry, own_seat, steered, task_of
from web.api.auth import ActId, Answering, Reading, Steering

router = APIRouter()


class PassOnRequest(Strict):
    """A colleague with a mandate to sign does it instead."""

    to: Slug
    reason: Reason


class DayRequest(Strict):
    """From when until when everybody signs, on one day; both empty: there is no signing day any more."""

    start: AwareDatetime | None = None
    until: AwareDatetime | None = None
    reason: Reason


class AgainRequest(Strict):
    """A request that expired or was cancelled is open again until this day."""

    due: Day
    reason: Reason


@router.get("/covenants/{slug}/signing", tags=["covenants"])
async def board(caller: Reading, slug: s.SlugPath) -> Ceremony:
    """Return who signed when, whose turn it is, how far the entry thresholds are met; to a company without names."""
    viewer = await caller.need(Page.COVENANT, slug)
    found = await signing.board(caller.site.db, slug)
    return unnamed(found) if access.only_company(viewer) else found


@router.post("/covenants/{slug}/signing/day", tags=["steering"])
async def signing_day(caller: Steering, slug: s.SlugPath, body: DayRequest, act_id: ActId) -> s.ReceiptShape:
    """Set hours of one day in which everybody signs; without hours the signing day is taken back."""
    viewer = await caller.need_deed(Deed.CHANGE_PLAN, slug)
    workflow = await signing.workflow(caller.site.db, slug)
    message = SigningDay(
        act=act_id, actor=actor_of(viewer, Deed.CHANGE_PLAN), start=body.start, until=body.until, reason=body.reason
    )
    return await carry(caller, workflow, "set_signing_day", message, act_id)


@router.post("/covenants/{slug}/signing/cancel", tags=["steering"])
async def cancel_all(caller: Steering, slug: s.SlugPath, body: NoticeRequest, act_id: ActId) -> s.ReceiptShape:
    """Cancel the whole signing. This cannot be undone: the step ends without a covenant."""
    viewer = await caller.need_deed(Deed.CHANGE_PLAN, slug)
    workflow = await signing.workflow(caller.site.db, slug)
    message = Cancellation(act=act_id, actor=actor_of(viewer, Deed.CHANGE_PLAN), reason=body.reason)
    return await carry(caller, workflow, "cancel", message, act_id)


@router.post("/tasks/{slug}/{where}/{respondent}/pass-on", tags=["tasks"])
async def pass_on(
    caller: Answering, slug: s.SlugPath, where: s.WherePath, respondent: s.RespondentPath, body: PassOnRequest,
    act_id: ActId,
) -> s.ReceiptShape:  # fmt: skip
    """Pass signing on to a colleague with a mandate; from then on you do not sign yourself."""
    row, viewer = await task_of(caller, slug, where, respondent)
    access.need_deed(viewer, Deed.REQUEST_CODE)
    await signing.workflow(caller.site.db, slug, row)
    actor = c.Actor(person=(await own_seat(caller, viewer, row)).person)
    message = PassOn(act=act_id, actor=actor, task=row.id, to=body.to, reason=body.reason)
    return await carry(caller, row.workflow, "pass_on", message, act_id)


@router.post("/tasks/{slug}/{where}/{respondent}/ask-again", tags=["steering"])
async def ask_again(
    caller: Steering, slug: s.SlugPath, where: s.WherePath, respondent: s.RespondentPath, body: AgainRequest,
    act_id: ActId,
) -> s.ReceiptShape:  # fmt: skip
    """Open a request to sign that expired or was cancelled once more."""
    row, actor = await steered(caller, f"{slug}/{where}/{respondent}", Deed.EXTEND)
    await signing.workflow(caller.site.db, slug, row)
    message = AskAgain(act=act_id, actor=actor, task=row.id, due=body.due, reason=body.reason)
    return await carry(caller, row.workflow, "ask_again", message, act_id)


@router.post("/tasks/{slug}/{where}/{respondent}/cancel", tags=["steering"])
async def cancel(
    caller: Steering, slug: s.SlugPath, where: s.WherePath, respondent: s.RespondentPath, body: NoticeRequest,
    act_id: ActId,
) -> s.ReceiptShape:  # fmt: skip
    """Cancel one request: of a company, a witness or an approver. What was signed stays."""
    row, actor = await steered(caller, f"{slug}/{where}/{respondent}", Deed.CHANGE_PLAN)
    await signing.workflow(caller.site.db, slug, row)
    message = Cancellation(act=act_id, actor=actor, task=row.id, reason=body.reason)
    return await carry(caller, row.workflow, "cancel", message, act_id)
