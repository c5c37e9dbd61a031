"""Words that parties propose: what stands between brackets, and each act about it."""

from typing import Literal

from fastapi import APIRouter

from acts import proposing
from models import contracts as c
from models import ids, lookups
from models.amending import FateAnswer, ProposalWithdrawal
from models.base import Reason, Sha256, Slug, Strict
from models.enums import AmendmentStatus
from rules.access import Deed, Page, Viewer
from store import amendments
from web.api import shapes as s
from web.api.acts import actor_of, carry
from web.api.auth import ActId, Answering, Caller, Reading
from web.api.reads import Parts

router = APIRouter()


class ProposalRequest(proposing.Motion, Strict):
    """Words for a clause: its whole text in one language or both, or `edits` (places, in characters) of its text.

    Attributes:
        base_sha: the SHA-256 of the version that you read.
        nl, en: the whole clause as you would have it; a language that is left out stays as it is.
        to: the amendment that this one would change; texts and edits are then about the clause as that one has it.
    """

    base_sha: Sha256


class AmendmentWithdrawal(Strict):
    """Your party takes its amendment back."""

    amendment: proposing.AmendmentKey
    reason: Reason


class FateRequest(Strict):
    """Your party accepts what became of its amendment, or maintains it."""

    amendment: proposing.AmendmentKey
    answer: Literal["accept", "maintain"]
    reason: Reason


@router.get("/covenants/{slug}/amendments", tags=["text"])
async def list_amendments(
    caller: Reading, slug: s.SlugPath, parts: Parts, clause: Slug | None = None, status: AmendmentStatus | None = None
) -> s.Paged[proposing.Listed]:
    """List the words that parties proposed, in the order they came, as they stand in the current text."""
    await caller.need(Page.TEXT, slug)
    found = await proposing.listed(caller.site.db, slug, clause, only=None if status is None else [status])
    part = found[parts.part.offset :][: parts.part.limit]
    return parts.of(part, lambda one: one)


@router.post("/covenants/{slug}/amendments", tags=["text"])
async def propose(caller: Answering, slug: s.SlugPath, body: ProposalRequest, act_id: ActId) -> s.ReceiptShape:
    """Propose words for a clause, for your party; the receipt's `event` is the amendment's id."""
    viewer = await caller.need_deed(Deed.PROPOSE, slug)
    made = await proposing.proposal(caller.site.db, slug, body, actor_of(viewer, Deed.PROPOSE), act_id)
    receipt = await carry(caller, ids.covenant_workflow(slug), "propose", made.proposal, act_id)
    told = made.told(receipt.words.nl, receipt.words.en)
    return receipt.model_copy(update={"words": s.Text(nl=told.nl, en=told.en)})


@router.post("/covenants/{slug}/amendments/withdraw", tags=["text"])
async def withdraw_amendment(
    caller: Answering, slug: s.SlugPath, body: AmendmentWithdrawal, act_id: ActId
) -> s.ReceiptShape:
    """Take back an open amendment of your party."""
    viewer = await caller.need_deed(Deed.PROPOSE, slug)
    message = ProposalWithdrawal(
        act=act_id, actor=await _mover(caller, slug, viewer, body.amendment), amendment=body.amendment,
        reason=body.reason,
    )  # fmt: skip
    return await carry(caller, ids.covenant_workflow(slug), "withdraw_proposal", message, act_id)


@router.post("/covenants/{slug}/amendments/answer", tags=["text"])
async def answer_fate(caller: Answering, slug: s.SlugPath, body: FateRequest, act_id: ActId) -> s.ReceiptShape:
    """Accept what became of your party's amendment, or maintain it: then it stands between brackets again."""
    viewer = await caller.need_deed(Deed.PROPOSE, slug)
    message = FateAnswer(
        act=act_id, actor=await _mover(caller, slug, viewer, body.amendment), amendment=body.amendment,
        accept=body.answer == "accept", reason=body.reason,
    )  # fmt: skip
    return await carry(caller, ids.covenant_workflow(slug), "answer_fate", message, act_id)


async def _mover(caller: Caller, slug: str, viewer: Viewer, key: str) -> c.Actor:
    """Return who acts on an amendment: of its own party, for who sits at the table for more than one."""
    found = await amendments.known(caller.site.db, lookups.AmendmentQuestion(covenant=slug, amendments=[key]))
    party = found.amendments[0].party if found.amendments else None
    return actor_of(viewer, Deed.PROPOSE, party=party)
