"""Steering: one page for each act on the process. What it would do is shown before it is confirmed."""

from fastapi import APIRouter
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from starlette.status import HTTP_303_SEE_OTHER, HTTP_422_UNPROCESSABLE_CONTENT

from acts.carrying import act as carry
from models.base import Words
from models.enums import Role
from models.errors import Conflict, NotFound, PolderError
from models.tables import Covenant
from rules import access, answering, balance
from rules import revising as rules
from rules.access import Deed, Page, Viewer
from rules.standing import OVER
from store import asked, revisions, views
from store import standing as reads
from web.forms import Filled, keep, resumed, sent, typed
from web.problems import STATUS
from web.rendering import page
from web.steering import inserting, plan, revising, signatures, signed, terms, whole
from web.steering.base import FIELDS, At, Kind, Prepared, act_of, fingerprint
from web.visiting import V, Visit, page_number

router = APIRouter(include_in_schema=False)

PER_PAGE = 25
MOST_TASKS = 100
"""Open tasks that are offered to tick; more are found by name."""

STEERS = {Role.FACILITATOR}
KINDS: dict[str, Kind] = {
    "extend": Kind(
        Deed.EXTEND, answering.WATCHERS, Words(nl="Termijnen verlengen", en="Extend terms"),
        Words(nl="Verleng", en="Extend"), terms.extend,
    ),
    "ladder": Kind(
        Deed.PAUSE_LADDER, answering.WATCHERS,
        Words(nl="Een ladder pauzeren of hervatten", en="Pause or resume a ladder"),
        Words(nl="Wijzig de ladder", en="Change the ladder"), terms.ladder,
    ),
    "notify": Kind(
        Deed.EXTEND, answering.WATCHERS, Words(nl="Opnieuw bericht sturen", en="Send notice again"),
        Words(nl="Stuur het bericht", en="Send the notice"), terms.notify,
    ),
    "bounce": Kind(
        Deed.EXTEND, answering.WATCHERS, Words(nl="Een mail kwam terug", en="A mail came back"),
        Words(nl="Leg het vast", en="Put it on record"), terms.bounce,
    ),
    "ask-again": Kind(
        Deed.EXTEND, answering.WATCHERS, Words(nl="Opnieuw vragen te tekenen", en="Ask to sign again"),
        Words(nl="Vraag opnieuw", en="Ask again"), signatures.ask_again,
    ),
    "signing-day": Kind(
        Deed.CHANGE_PLAN, STEERS, Words(nl="Een tekendag", en="A signing day"),
        Words(nl="Zet de tekendag", en="Set the signing day"), signatures.day,
    ),
    "cancel-signing": Kind(
        Deed.CHANGE_PLAN, STEERS, Words(nl="Ondertekening annuleren", en="Cancel signing"),
        Words(nl="Annuleer", en="Cancel it"), signatures.cancel,
    ),
    "insert": Kind(
        Deed.CHANGE_PLAN, STEERS, Words(nl="Een stap invoegen", en="Insert a step"),
        Words(nl="Voeg de stap in", en="Insert the step"), inserting.insert,
    ),
    "skip": Kind(
        Deed.CHANGE_PLAN, STEERS, Words(nl="Een stap overslaan of stoppen", en="Skip or stop a step"),
        Words(nl="Sla de stap over", en="Skip the step"), plan.skip,
    ),
    "repeat": Kind(
        Deed.CHANGE_PLAN, STEERS, Words(nl="Een stap herhalen", en="Repeat a step"),
        Words(nl="Herhaal de stap", en="Repeat the step"), plan.repeat,
    ),
    "reschedule": Kind(
        Deed.CHANGE_PLAN, STEERS, Words(nl="Een stap verplaatsen", en="Reschedule a step"),
        Words(nl="Verplaats de stap", en="Reschedule the step"), plan.reschedule,
    ),
    "pause": Kind(
        Deed.HOLD, {Role.FACILITATOR, Role.OPERATOR}, Words(nl="Het convenant pauzeren", en="Pause the covenant"),
        Words(nl="Pauzeer", en="Pause"), whole.pause,
    ),
    "resume": Kind(
        Deed.HOLD, {Role.FACILITATOR, Role.OPERATOR}, Words(nl="Het convenant hervatten", en="Resume the covenant"),
        Words(nl="Hervat", en="Resume"), whole.resume,
    ),
    "withdraw": Kind(
        Deed.WITHDRAW, answering.PROXIES, Words(nl="Een partij trekt zich terug", en="A party withdraws"),
        Words(nl="Leg de terugtrekking vast", en="Record the withdrawal"), whole.withdraw,
    ),
    "stay": Kind(
        Deed.WITHDRAW, answering.PROXIES, Words(nl="Een opzegging intrekken", en="Take a notice back"),
        Words(nl="Trek de opzegging in", en="Take the notice back"), signed.stay,
    ),
    "accede": Kind(
        Deed.ADMIT, answering.PROXIES, Words(nl="Iemand wil toetreden", en="Somebody wants to join"),
        Words(nl="Leg voor aan de partijen", en="Put it to the parties"), signed.accede,
    ),
    "terminate": Kind(
        Deed.PUT_QUESTION, STEERS, Words(nl="Het convenant samen beëindigen", en="End the covenant together"),
        Words(nl="Leg voor aan de partijen", en="Put it to the parties"), signed.terminate,
    ),
    "revise": Kind(
        Deed.REVISE, STEERS, Words(nl="Het convenant herzien", en="Revise the covenant"),
        Words(nl="Open de herziening", en="Open the revision"), revising.revise,
    ),
    "end": Kind(
        Deed.END, STEERS, Words(nl="De gesprekken beëindigen", en="End the talks"),
        Words(nl="Beëindig het convenant", en="End the covenant"), whole.end,
    ),
}  # fmt: skip
"""The acts, by their address."""

OF_THE_COVENANT = {"withdraw", "stay", "accede", "terminate"}
"""What is done at the covenant itself, not in its revision."""


@router.get("/c/{slug}/steer")
async def wheel(visit: V, slug: str, q: str = "") -> Response:
    """Show what can be steered: open tasks, the plan, the covenant as a whole."""
    viewer = await visit.need(Page.STEER, slug)
    db = visit.site.db
    covenant, number = await views.covenant(db, slug), page_number(visit)
    like = q.strip()[:100]
    tasks = await reads.owed(db, slug, respondent=like, limit=PER_PAGE + 1, offset=(number - 1) * PER_PAGE)
    return page(
        visit, "steering/wheel.html.j2", covenant=covenant, viewer=viewer, now=visit.clock(covenant), q=like,
        tasks=tasks[:PER_PAGE], more=len(tasks) > PER_PAGE, number=number, kinds=KINDS,
        offered={
            name
            for name, kind in KINDS.items()
            if viewer.seats and covenant.ended_at is None and access.does(viewer, kind.deed)
        },
        found=await reads.standing(db, slug), lineage=await revisions.lineage(db, covenant),
    )  # fmt: skip


# --- one act ----------------------------------------------------------------------------------------------------------


async def _at(visit: Visit, slug: str, name: str) -> tuple[At, Kind]:
    """Find the act and who does it.

    Raises:
        NotFound: there is no such act.
        Forbidden: it is not offered to this visitor.
    """
    _ = visit.me
    kind = KINDS.get(name)
    if kind is None:
        raise NotFound(
            "page_not_found",
            f"Er is geen handeling '{name}'. Verwacht: een handeling van de pagina Bijsturen.",
            f"There is no act '{name}'. Expected: an act of the page Steer.",
        )
    viewer = await visit.need_deed(kind.deed, slug)
    covenant = await views.covenant(visit.site.db, slug)
    at = At(visit, covenant, viewer, viewer.seat(roles=kind.roles))
    if not viewer.seats:
        _ = at.actor  # who has no place at this table is shown no form that would be refused
    return at, kind


@router.get("/c/{slug}/steer/{name}")
async def ask(visit: V, slug: str, name: str) -> Response:
    """Show the form of an act, as it was left; what the address names is filled in."""
    at, kind = await _at(visit, slug, name)
    begun: dict[str, str] = {}
    if name == "insert":
        begun = inserting.begun_with((await asked.playbook(visit.site.db, slug)).defaults)
    f = await resumed(visit, _form(slug, name), begun)
    query = visit.request.query_params
    for field in ("task", "step", "after", "party", "person"):
        if query.get(field):
            f.values[field] = [query[field]]
    if query.get("task"):
        f.values["scope"] = ["chosen"]
    return await _shown(at, kind, name, f)


def _form(slug: str, name: str) -> str:
    return f"/c/{slug}/steer/{name}"


async def _shown(
    at: At, kind: Kind, name: str, f: Filled, *, prepared: Prepared | None = None, status: int = 200
) -> HTMLResponse:
    db = at.visit.site.db
    values: dict[str, object] = {}
    if name in {"extend", "ladder", "notify", "bounce"}:
        like = at.visit.request.query_params.get("q", "").strip()[:100]
        tasks = await reads.owed(db, at.slug, respondent=like, limit=MOST_TASKS)
        there = {one.task.id for one in tasks}
        tasks += [one for one in await reads.owed_by_id(db, at.slug, f.all("task")) if one.task.id not in there]
        values = {"tasks": tasks, "q": like, "most": MOST_TASKS}
    elif name in {"ask-again", "cancel-signing"}:
        values = {"tasks": await signatures.offered(at, again=name == "ask-again")}
    elif name == "withdraw":
        values = {"parties": await _leaving(at)}
    elif name == "stay":
        own = {seat.party for seat in at.viewer.seats}
        offices = bool(at.viewer.relations & access.PROXIES)
        values = {"leaving": [one for one in await reads.leaving(db, at.slug) if offices or one.id in own]}
    elif name == "accede":
        values = {"known": await reads.outside(db, at.slug), "groups": (await reads.standing(db, at.slug)).groups,
                  "categories": (await asked.playbook(db, at.slug)).categories}  # fmt: skip
    elif name in {"insert", "skip", "repeat", "reschedule"}:
        values = {"steps": (await reads.standing(db, at.slug)).steps}
    elif name == "revise":
        values = {"themes": asked.themes(await asked.playbook(db, at.slug)), "most": revising.MOST}
    if name == "bounce":
        values |= {"people": await views.people(db, at.slug)}
    if name == "insert":
        values |= {"book": await asked.playbook(db, at.slug)}
    return page(
        at.visit, f"steering/{name}.html.j2", status=status, covenant=at.covenant, viewer=at.viewer, now=at.now,
        f=f, kind=kind, name=name, prepared=prepared, form_key=_form(at.slug, name), seen=fingerprint(f),
        home=_back(at.viewer, at.covenant), **values,
    )  # fmt: skip


async def _leaving(at: At) -> list[tuple[str, str, str]]:
    """Return who may be recorded as leaving: of a party its own only; a company once it signed."""
    own = access.may_leave(at.viewer, signed=at.covenant.signed_at is not None)
    offices = bool(at.viewer.relations & access.PROXIES)
    roster = await reads.roster(at.visit.site.db, at.slug, also=own)
    return [
        (party.id, party.name.nl, party.name.en)
        for party in [*balance.seated(roster), *balance.participants(roster)]
        if offices or party.id in own
    ]


def _back(viewer: Viewer, covenant: Covenant) -> str:
    return f"/c/{covenant.slug}/steer" if access.sees(viewer, Page.STEER) else f"/c/{covenant.slug}"


@router.post("/c/{slug}/steer/{name}")
async def steer(visit: V, slug: str, name: str) -> Response:
    """Show what an act would do; once that was seen and confirmed, do it."""
    at, kind = await _at(visit, slug, name)
    f = await typed(visit.request)
    seen = f.get("intent") == "confirm" and f.get("seen") == fingerprint(f)
    done = RedirectResponse(f"{_back(at.viewer, at.covenant)}?done=1", HTTP_303_SEE_OTHER)
    if seen and await reads.recorded(visit.site.db, slug, act_of(f)):
        if name != "extend":
            return done  # pressed twice, or sent again after the back button
        at = At(visit, at.covenant, at.viewer, at.seat, begun=True)
    status = HTTP_422_UNPROCESSABLE_CONTENT
    prepared = None
    try:
        _check_runs(at.covenant)
        if name in OF_THE_COVENANT:
            rules.check_own(at.covenant.revises)
        prepared = await kind.prepare(at, f)
        if prepared is not None and f.fine and seen:
            await _carry(visit, prepared)
            await sent(visit, _form(slug, name))
            return done
    except PolderError as error:
        f.refuse(error, FIELDS)
        status = STATUS[error.kind]
    await keep(visit, _form(slug, name), f)
    if not f.fine or prepared is None:
        return await _shown(at, kind, name, f, status=status)
    if f.get("intent") == "confirm":
        f.values["again"] = ["yes"]
    return await _shown(at, kind, name, f, prepared=prepared)


def _check_runs(covenant: Covenant) -> None:
    if covenant.status in OVER:
        raise Conflict(
            "covenant_over",
            "Dit convenant is afgesloten; er valt niets meer bij te sturen. De lijst blijft te lezen.",
            "This covenant is over; there is nothing left to steer. Its record stays to be read.",
        )


async def _carry(visit: Visit, prepared: Prepared) -> None:
    client = await visit.site.client()
    for one in prepared.sends:
        await carry(client, one.workflow, one.update, one.message, act_id=one.act, db=visit.site.db)
