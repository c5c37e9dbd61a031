"""Papers in their lanes, and moving what is one's own to a wider lane."""

from typing import Literal

from fastapi import APIRouter

from models import contracts as c
from models import ids
from models.base import Reason, Slug, Strict
from models.enums import Lane
from models.filing import PaperAdding, PaperText, Widening
from models.papers import Id
from rules.access import Deed, Page
from store import comments, papers
from web.api import shapes as s
from web.api.acts import carry
from web.api.around import today, writer
from web.api.auth import ActId, Answering, Reading

router = APIRouter()


class PaperRequest(Strict):
    """A paper: a note, a file that was stored first (`POST /contents`), or both.

    Attributes:
        party: whom an office writes to in the lanes `facilitator` and `mediator`.
    """

    lane: Lane
    text: PaperText
    party: Slug | None = None


class WideningRequest(Strict):
    """A comment or paper of your own party, and the wider lane it goes to. There is no way back."""

    item: Literal["comment", "paper"]
    id: Id
    lane: Lane
    reason: Reason


@router.get("/covenants/{slug}/papers", tags=["text"])
async def list_papers(caller: Reading, slug: s.SlugPath) -> list[papers.PaperView]:
    """List the papers that you may read, the newest first."""
    viewer = await caller.need(Page.TEXT, slug)
    reader = await comments.viewer(caller.site.db, slug, writer(viewer), await today(caller, slug))
    return await papers.papers(caller.site.db, slug, reader)


@router.post("/covenants/{slug}/papers", tags=["text"])
async def add_paper(caller: Answering, slug: s.SlugPath, body: PaperRequest, act_id: ActId) -> s.ReceiptShape:
    """Put a paper in a lane; the receipt's `event` is its id. The record holds only a hash."""
    viewer = await caller.need_deed(Deed.FILE_PAPER, slug)
    message = PaperAdding(
        act=act_id, actor=c.Actor(person=writer(viewer)), lane=body.lane, party=body.party,
        text_sha=await papers.put(caller.site.db, body.text, act_id),
    )  # fmt: skip
    return await carry(caller, ids.covenant_workflow(slug), "add_paper", message, act_id)


@router.post("/covenants/{slug}/widen", tags=["text"])
async def widen(caller: Answering, slug: s.SlugPath, body: WideningRequest, act_id: ActId) -> s.ReceiptShape:
    """Let a wider lane read a comment or paper of your own party."""
    viewer = await caller.need_deed(Deed.FILE_PAPER, slug)
    message = Widening(
        act=act_id, actor=c.Actor(person=writer(viewer)), item=body.item, id=body.id, lane=body.lane,
        reason=body.reason,
    )  # fmt: skip
    return await carry(caller, ids.covenant_workflow(slug), "widen", message, act_id)
