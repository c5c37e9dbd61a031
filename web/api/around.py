"""Around the table: comments within a lane, and who sits in a delegation."""

from datetime import date
from typing import Literal

from fastapi import APIRouter
from pydantic import Field

from models import contracts as c
from models import ids
from models.base import Key, Line, Reason, Slug, Strict
from models.enums import Lane
from models.errors import Refusal
from rules.access import Deed, Page, Viewer
from rules.calendar import local_date
from store import clauses as texts
from store import comments, people, views
from web.api import shapes as s
from web.api.acts import actor_of, carry
from web.api.auth import ActId, Answering, Caller, Reading

router = APIRouter()


class CommentRequest(comments.CommentText, Strict):
    """A comment on a clause.

    Attributes:
        lane: who reads it.
        party: whom an office writes to in the lane `facilitator`.
        reply_to: the id of the comment it answers.
    """

    clause: Slug
    lane: Lane
    party: Slug | None = None
    reply_to: Key | None = None


class MandateRequest(Strict):
    """A change of a delegation: add a person, change what one may do from now on, or end it.

    Attributes:
        name, contact: of who is added.
        mandates: all that the person holds from now on; a substitute's has a last day.
    """

    party: Slug
    change: Literal["add", "change", "end"]
    person: Slug
    name: Line | None = None
    contact: people.Contact | None = None
    mandates: list[c.Mandate] = Field(default_factory=list, max_length=10)
    reason: Reason


async def today(caller: Caller, slug: str) -> date:
    """Return the day in Amsterdam, by the covenant's own clock."""
    return local_date(caller.clock(await views.covenant(caller.site.db, slug)))


def writer(viewer: Viewer) -> str:
    """Return the seat to read and write with: that of a party before an office."""
    seats = sorted(viewer.seats, key=lambda seat: seat.party is None)
    if not seats:
        raise Refusal(
            "no_seat",
            "U hebt aan deze tafel geen plaats. Verwacht: iemand van een partij, of met een rol.",
            "You have no place at this table. Expected: someone of a party, or with an office.",
        )
    return seats[0].person


@router.get("/covenants/{slug}/clauses/{clause}/comments", tags=["text"])
async def list_comments(caller: Reading, slug: s.SlugPath, clause: Slug) -> list[comments.CommentView]:
    """List the comments on a clause that you may read, in the order they were made."""
    viewer = await caller.need(Page.TEXT, slug)
    await texts.clause(caller.site.db, slug, clause)
    reader = await comments.viewer(caller.site.db, slug, writer(viewer), await today(caller, slug))
    return await comments.comments(caller.site.db, slug, clause, reader)


@router.post("/covenants/{slug}/comments", tags=["text"])
async def comment(caller: Answering, slug: s.SlugPath, body: CommentRequest, act_id: ActId) -> s.ReceiptShape:
    """Comment on a clause; only who reads the lane sees the words, the record holds their hash."""
    viewer = await caller.need_deed(Deed.COMMENT, slug)
    message = c.Comment(
        act=act_id, actor=c.Actor(person=writer(viewer)), clause=body.clause, lane=body.lane, party=body.party,
        reply_to=body.reply_to, text_sha=await comments.put(caller.site.db, body.text, act_id),
    )  # fmt: skip
    return await carry(caller, ids.covenant_workflow(slug), "comment", message, act_id)


@router.post("/covenants/{slug}/mandates", tags=["steering"])
async def change_mandates(
    caller: Answering, slug: s.SlugPath, body: MandateRequest, act_id: ActId
) -> s.ReceiptShape:  # fmt: skip
    """Change the delegation of your own party; the facilitator and the secretariat change each."""
    viewer = await caller.need_deed(Deed.CHANGE_MANDATES, slug)
    contact = await people.put_contact(caller.site.db, body.contact) if body.contact else None
    message = c.MandateChange(
        act=act_id, actor=actor_of(viewer, Deed.CHANGE_MANDATES, party=body.party), party=body.party,
        change=body.change, person=body.person, name=body.name, contact=contact, mandates=body.mandates,
        reason=body.reason,
    )  # fmt: skip
    return await carry(caller, ids.covenant_workflow(slug), "change_mandates", message, act_id)
