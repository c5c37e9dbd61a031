"""A signed covenant by program: who joins, a notice that is taken back, its end by the parties together."""

from datetime import date

from fastapi import APIRouter
from pydantic import Field

from acts import acceding, revising
from models import ids
from models.base import Reason, Slug, Strict
from models.covenant import ClauseFile
from models.errors import Refusal
from models.questions import Application, NoticeRetraction, TerminationProposal
from models.revising import Revision
from rules import access
from rules.access import Deed
from web.api import shapes as s
from web.api.acts import actor_of, carry
from web.api.auth import ActId, Steering

router = APIRouter()


class AccessionRequest(acceding.Request):
    """Who wants to join; `reason` is its motivation, which the parties read."""

    reason: Reason


class TerminationRequest(Strict):
    """Why the covenant should end before its term."""

    reason: Reason


class RevisionRequest(Strict):
    """Why the covenant is revised; from when (today when empty); the clauses that are new, as in a covenant file."""

    reason: Reason
    start: date | None = None
    clauses: list[ClauseFile] = Field(default_factory=list, max_length=100)


class RetractionRequest(Strict):
    """Whose notice is taken back; your own party's when empty."""

    party: Slug | None = None
    reason: Reason


@router.post("/covenants/{slug}/accessions", tags=["steering"])
async def accede(caller: Steering, slug: s.SlugPath, body: AccessionRequest, act_id: ActId) -> s.ReceiptShape:
    """Put to the parties that somebody wants to join; if nobody objects they are asked to sign."""
    viewer = await caller.need_deed(Deed.ADMIT, slug)
    request = acceding.Request.model_validate(body.model_dump(exclude={"reason"}))
    message = Application(
        act=act_id, actor=actor_of(viewer, Deed.ADMIT), reason=body.reason,
        applicant=await acceding.applicant(caller.site.db, slug, request),
    )  # fmt: skip
    return await carry(caller, ids.covenant_workflow(slug), "apply", message, act_id)


@router.post("/covenants/{slug}/terminations", tags=["steering"])
async def terminate(caller: Steering, slug: s.SlugPath, body: TerminationRequest, act_id: ActId) -> s.ReceiptShape:
    """Ask the parties to end the signed covenant before its term; if they carry it, it ends at once."""
    viewer = await caller.need_deed(Deed.PUT_QUESTION, slug)
    message = TerminationProposal(act=act_id, actor=actor_of(viewer, Deed.PUT_QUESTION), reason=body.reason)
    return await carry(caller, ids.covenant_workflow(slug), "propose_termination", message, act_id)


@router.post("/covenants/{slug}/revisions", tags=["steering"])
async def revise(caller: Steering, slug: s.SlugPath, body: RevisionRequest, act_id: ActId) -> s.ReceiptShape:
    """Open talks about another text of the signed covenant: a covenant of its own, which begins with the text in force.

    `GET /covenants/{slug}/revisions` names it.
    """
    viewer = await caller.need_deed(Deed.REVISE, slug)
    message = Revision(
        act=act_id, actor=actor_of(viewer, Deed.REVISE), start=body.start, reason=body.reason,
        added=await revising.stored(caller.site.db, slug, body.clauses),
    )  # fmt: skip
    return await carry(caller, ids.covenant_workflow(slug), "open_revision", message, act_id)


@router.post("/covenants/{slug}/withdrawals/retract", tags=["steering"])
async def retract(caller: Steering, slug: s.SlugPath, body: RetractionRequest, act_id: ActId) -> s.ReceiptShape:
    """Take the notice of a party back while it runs."""
    viewer = await caller.need_deed(Deed.WITHDRAW, slug)
    own = {seat.party for seat in viewer.seats if seat.party}
    party = body.party or next(iter(sorted(own)), None)
    if party is None:
        raise Refusal("which_party", "Welke partij blijft? Verwacht: party.", "Which party stays? Expected: party.")
    if party not in own and not viewer.relations & access.PROXIES:
        raise access.forbidden(access.PROXIES)
    actor = actor_of(viewer, Deed.WITHDRAW, party=party)
    message = NoticeRetraction(act=act_id, actor=actor, party=party, reason=body.reason)
    return await carry(caller, ids.covenant_workflow(slug), "retract_notice", message, act_id)
