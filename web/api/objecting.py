"""Objections, red lines, and what still stands between the parties and an agreement."""

from datetime import datetime
from typing import Literal

from fastapi import APIRouter

from models import ids
from models.base import Key, Reason, Sha256, Slug, Strict
from models.enums import Ground, ObjectionStatus, Stance
from models.objecting import ObjectionLift, RedLineDrop, RedLineTelling, RedLineText
from models.outlook import Outlook
from rules.access import Deed, Page
from rules.calendar import local_date
from rules.objecting import reads_red_lines
from store import objections, outlook, red_lines, rounds, views
from web.api import shapes as s
from web.api.acts import actor_of, carry
from web.api.auth import ActId, Answering, Reading
from web.api.reads import Parts

router = APIRouter()


class ObjectionShape(Strict):
    """An objection: whose, to which clause, on what ground, what would lift it, and whether it stands."""

    id: str
    clause: Slug
    party: Slug
    sha256: Sha256
    ground: Ground | None
    lift: str | None
    comment: str | None
    status: ObjectionStatus
    since: datetime
    ended_at: datetime | None
    reason: str | None


class LiftRequest(Strict):
    """Your party lifts its objection; `sha256` is of the text that you read."""

    clause: Slug
    sha256: Sha256
    stance: Literal[Stance.AGREE, Stance.RESERVATION, Stance.ABSTAIN]
    reason: Reason


class RedLineShape(Strict):
    """What a party cannot accept."""

    id: str
    party: Slug
    clause: Slug | None
    text: str
    at: datetime


class RedLineDropRequest(Strict):
    """A red line of your party that no longer holds."""

    red_line: Key


@router.get("/covenants/{slug}/outlook", tags=["text"])
async def ahead(caller: Reading, slug: s.SlugPath) -> Outlook:
    """Say what is open, from whom, and an indication of the rounds that takes, with its assumptions."""
    viewer = await caller.need(Page.TEXT, slug)
    hidden = await rounds.hidden_from(caller.site.db, slug, viewer)
    return await outlook.look_ahead(caller.site.db, slug, hidden=hidden, own=viewer.party or "")


@router.get("/covenants/{slug}/objections", tags=["text"])
async def list_objections(
    caller: Reading, slug: s.SlugPath, parts: Parts, status: ObjectionStatus | None = None
) -> s.Paged[ObjectionShape]:
    """List the objections in the order of the text; those of an open round as far as you may see them."""
    viewer = await caller.need(Page.TEXT, slug)
    hidden = await rounds.hidden_from(caller.site.db, slug, viewer)
    every = await objections.objections(caller.site.db, slug, open_only=False, hidden=hidden, own=[viewer.party])
    found = [one.row for one in every if status is None or one.row.status is status]
    part = found[parts.part.offset :][: parts.part.limit]
    return parts.of(
        part,
        lambda row: ObjectionShape.model_validate(
            {**row.model_dump(include=set(ObjectionShape.model_fields)), "since": row.at}
        ),
    )


@router.post("/covenants/{slug}/objections/lift", tags=["text"])
async def lift(caller: Answering, slug: s.SlugPath, body: LiftRequest, act_id: ActId) -> s.ReceiptShape:
    """Lift the objection of your party to a clause."""
    viewer = await caller.need_deed(Deed.OBJECT, slug)
    message = ObjectionLift(act=act_id, actor=actor_of(viewer, Deed.OBJECT), **body.model_dump())
    return await carry(caller, ids.covenant_workflow(slug), "lift_objection", message, act_id)


@router.get("/covenants/{slug}/red-lines", tags=["text"])
async def list_red_lines(caller: Reading, slug: s.SlugPath, parts: Parts) -> s.Paged[RedLineShape]:
    """List the red lines of your party; the facilitator reads those of all."""
    viewer = await caller.need(Page.TEXT, slug)
    today = local_date((await views.covenant(caller.site.db, slug)).moved_at)
    found = await red_lines.red_lines(caller.site.db, slug, of=reads_red_lines(viewer, today))
    part = found[parts.part.offset :][: parts.part.limit]
    return parts.of(
        part,
        lambda one: RedLineShape(
            id=one.row.id, party=one.row.party, clause=one.row.clause, text=one.text, at=one.row.at
        ),
    )


@router.post("/covenants/{slug}/red-lines", tags=["text"])
async def tell(caller: Answering, slug: s.SlugPath, body: RedLineText, act_id: ActId) -> s.ReceiptShape:
    """Tell the facilitator, and nobody else, what your party cannot accept."""
    viewer = await caller.need_deed(Deed.OBJECT, slug)
    digest = await red_lines.put(caller.site.db, body, act_id)
    message = RedLineTelling(act=act_id, actor=actor_of(viewer, Deed.OBJECT), text_sha=digest)
    return await carry(caller, ids.covenant_workflow(slug), "tell_red_line", message, act_id)


@router.post("/covenants/{slug}/red-lines/drop", tags=["text"])
async def drop(caller: Answering, slug: s.SlugPath, body: RedLineDropRequest, act_id: ActId) -> s.ReceiptShape:
    """Hold to a red line of your party no longer."""
    viewer = await caller.need_deed(Deed.OBJECT, slug)
    message = RedLineDrop(act=act_id, actor=actor_of(viewer, Deed.OBJECT), red_line=body.red_line)
    return await carry(caller, ids.covenant_workflow(slug), "drop_red_line", message, act_id)
