"""Packages: what one's own party weighs, and, for the facilitator, what is found with it and put to the parties."""

from datetime import datetime

from fastapi import APIRouter
from pydantic import Field

from acts import packaging
from models import ids
from models.base import Contract, Reason, Slug, Strict, Words
from models.packages import Aim, Band, PackagePick
from models.packaging import PackageProposal, Weighing
from models.weighing import WeighedClause, Weights
from rules.access import DOES, Deed, Viewer, forbidden
from rules.calendar import local_date
from rules.objecting import own_in_confidence
from store import views, weighing
from web.api import shapes as s
from web.api.acts import actor_of, carry
from web.api.auth import ActId, Answering, Caller, Reading, Steering

router = APIRouter()


class WeightsShape(Contract):
    """What your party weighed, and when; no time when it did not."""

    at: datetime | None
    clauses: list[WeighedClause] = Field(max_length=300)


class WeightsRequest(Strict):
    """What clauses and their proposals weigh for your party; it replaces what was told before. None takes it back."""

    clauses: list[WeighedClause] = Field(max_length=300)


class PackageShape(Contract):
    """A package: what it makes of which clause, and what it does to whom, in words."""

    aim: Aim
    picks: list[PackagePick]
    bands: dict[Slug, Band]
    indifferent: list[Slug]
    best: bool
    efficient: bool
    sentence: Words


class PackagesShape(Contract):
    """What there is to make packages of.

    Attributes:
        silent: parties that did not weigh.
        before: parties that weighed last before the newest text or proposal.
        enough: whether packages are looked for.
    """

    silent: list[Slug]
    before: list[Slug]
    enough: bool
    packages: list[PackageShape]


class PackageRequest(Strict):
    """A package to put to the parties; all clauses that are not named stay as they are."""

    picks: list[PackagePick] = Field(min_length=1, max_length=300)
    reason: Reason


async def _own(caller: Caller, slug: str) -> tuple[Viewer, str]:
    """Return who weighs, and for which party."""
    viewer = await caller.need_deed(Deed.WEIGH, slug)
    party = viewer.party
    if party is None:
        raise forbidden(DOES[Deed.WEIGH])
    return viewer, party


@router.get("/covenants/{slug}/weights", tags=["text"])
async def own_weights(caller: Reading, slug: s.SlugPath) -> WeightsShape:
    """Return what your own party weighed; nobody else reads it."""
    viewer, party = await _own(caller, slug)
    today = local_date((await views.covenant(caller.site.db, slug)).moved_at)
    own = await weighing.own(caller.site.db, slug, party) if party in own_in_confidence(viewer, today) else None
    return WeightsShape(at=own.at if own else None, clauses=own.weights.clauses if own else [])


@router.post("/covenants/{slug}/weights", tags=["text"])
async def weigh(caller: Answering, slug: s.SlugPath, body: WeightsRequest, act_id: ActId) -> s.ReceiptShape:
    """Weigh clauses for your party, in private."""
    viewer, party = await _own(caller, slug)
    digest = await weighing.put(caller.site.db, slug, party, Weights(clauses=body.clauses), act_id)
    message = Weighing(act=act_id, actor=actor_of(viewer, Deed.WEIGH), text_sha=digest)
    return await carry(caller, ids.covenant_workflow(slug), "weigh", message, act_id)


@router.get("/covenants/{slug}/packages", tags=["text"])
async def find(caller: Reading, slug: s.SlugPath) -> PackagesShape:
    """Look for packages, for the facilitator; nothing is sent."""
    await caller.need_deed(Deed.PUT_PACKAGE, slug)
    weighed, found = await packaging.find(caller.site.db, slug)
    return PackagesShape(
        silent=weighed.silent, before=weighed.before, enough=weighed.enough,
        packages=[PackageShape(**one.model_dump(exclude={"swaps"}), picks=weighed.picks(one)) for one in found],
    )  # fmt: skip


@router.post("/covenants/{slug}/packages", tags=["steering"])
async def put(caller: Steering, slug: s.SlugPath, body: PackageRequest, act_id: ActId) -> s.ReceiptShape:
    """Put a package to the parties, who decide on it as on a clause."""
    viewer = await caller.need_deed(Deed.PUT_PACKAGE, slug)
    message = PackageProposal(
        act=act_id, actor=actor_of(viewer, Deed.PUT_PACKAGE), picks=body.picks, reason=body.reason
    )
    return await carry(caller, ids.covenant_workflow(slug), "put_package", message, act_id)
