"""Packages over several clauses: what a party weighs, on its own page; what Polder finds, for the facilitator."""

from collections.abc import Sequence
from dataclasses import dataclass

from fastapi import APIRouter
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from pydantic import ValidationError
from starlette.status import HTTP_303_SEE_OTHER, HTTP_422_UNPROCESSABLE_CONTENT

from acts import packaging
from acts.carrying import act, new_act
from acts.packaging import Weighed
from models import contracts as c
from models import ids
from models.base import Words
from models.enums import Role
from models.errors import PolderError
from models.packages import Package, PackagePick
from models.packaging import PackageProposal, Weighing
from models.tables import Covenant
from models.weighing import Matters, WeighedClause, Weights, Worth
from rules.access import DOES, Deed, Seat, Viewer, forbidden
from rules.calendar import local_date
from rules.objecting import own_in_confidence
from rules.package_words import BANDS
from rules.packaging import FEWEST
from rules.weighing import MATTERS, WORTHS
from store import ground, views, weighing
from store.weighing import Open
from web.forms import Filled, keep, resumed, sent, typed
from web.problems import STATUS
from web.rendering import page
from web.visiting import V, Visit

router = APIRouter(include_in_schema=False)


# --- what a party weighs ----------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Weigher:
    """Who weighs, for which party, among what, and what the party weighed before."""

    covenant: Covenant
    viewer: Viewer
    seat: Seat
    table: list[Open]
    own: weighing.Own | None


def weights_form(slug: str) -> str:
    """Return the name under which what is typed is kept."""
    return f"/c/{slug}/weights"


async def _weigher(visit: Visit, slug: str) -> Weigher:
    viewer = await visit.need_deed(Deed.WEIGH, slug)
    db, covenant, seat = visit.site.db, await views.covenant(visit.site.db, slug), viewer.own
    if seat is None or seat.party is None:
        raise forbidden(DOES[Deed.WEIGH])
    reads = seat.party in own_in_confidence(viewer, local_date(visit.clock(covenant)))
    own = await weighing.own(db, slug, seat.party) if reads else None
    return Weigher(covenant, viewer, seat, await weighing.open_choices(db, slug), own)


@router.get("/c/{slug}/weights")
async def weights(visit: V, slug: str) -> Response:
    """Show what there is to weigh, as it was left or as the own party weighed it."""
    about = await _weigher(visit, slug)
    initial: dict[str, str] = {}
    texts = {one.choices.clause: one.choices.sha256 for one in about.table}
    for one in about.own.weights.clauses if about.own else ():
        initial[f"matters-{one.clause}"] = one.matters
        if one.sha256 == texts.get(one.clause):
            initial[f"now-{one.clause}"] = one.now
        initial |= {f"worth-{key}": worth for key, worth in one.worth.items()}
    f = await resumed(visit, weights_form(slug), initial)
    _moved_on(f, about)
    return await _weights(visit, about, f)


async def _weights(visit: Visit, about: Weigher, f: Filled, status: int = 200) -> HTMLResponse:
    return page(
        visit, "packages/weights.html.j2", status=status, covenant=about.covenant, viewer=about.viewer, f=f,
        about=about, form_key=weights_form(about.covenant.slug), matters=MATTERS, worths=WORTHS, fewest=FEWEST,
        open=about.covenant.accord_at is None,
    )  # fmt: skip


@router.post("/c/{slug}/weights")
async def weigh(visit: V, slug: str) -> Response:
    """Keep what a party weighs, or take it back."""
    about = await _weigher(visit, slug)
    f = await typed(visit.request)
    back = f.get("do") == "back"
    if not back:
        _moved_on(f, about)
    given = Weights() if back else _read(f, about)
    if not f.fine:
        await keep(visit, weights_form(slug), f)
        return await _weights(visit, about, f, HTTP_422_UNPROCESSABLE_CONTENT)
    db, party = visit.site.db, about.seat.party or ""
    try:
        digest = await weighing.put(db, slug, party, given, f.act)
        message = Weighing(act=f.act, actor=c.Actor(person=about.seat.person), text_sha=digest)
        client = await visit.site.client()
        await act(client, ids.covenant_workflow(slug), "weigh", message, act_id=f.act, db=db)
    except PolderError as error:
        f.values["act"] = [new_act()]
        f.refuse(error)
        return await _weights(visit, about, f, STATUS[error.kind])
    await sent(visit, weights_form(slug))
    return RedirectResponse(f"/c/{slug}/weights?done=1", HTTP_303_SEE_OTHER)


def _moved_on(f: Filled, about: Weigher) -> None:
    """Say of which clauses the text was changed since it was judged in the form: that judgement is of another text."""
    for choices in (one.choices for one in about.table):
        name = f"now-{choices.clause}"
        if f.get(name) and f.get(f"sha-{choices.clause}", choices.sha256) != choices.sha256:
            f.values[name] = [""]
            f.wrong(
                name, f"De tekst van artikel {choices.number} is intussen gewijzigd. Lees haar, en kies opnieuw.",
                f"The text of clause {choices.number} was changed meanwhile. Read it, and choose anew.",
            )  # fmt: skip


def _read(f: Filled, about: Weigher) -> Weights:
    """Return what was chosen; a clause of which nothing was said is not weighed."""
    shown = {one.choices.clause for one in about.table}
    before = about.own.weights.clauses if about.own else []
    found = [one for one in before if one.clause not in shown]
    for one in about.table:
        clause, keys = one.choices.clause, [other.amendment for other in one.choices.alternatives]
        texts = [
            Words(nl="de tekst van nu", en="the text of now"),
            *(other.label for other in one.choices.alternatives),
        ]
        names = [f"matters-{clause}", f"now-{clause}", *(f"worth-{key}" for key in keys)]
        if not any(f.get(name) for name in names):
            continue
        no = one.choices.number
        if f.get(names[0]) not in {*Matters}:
            f.wrong(
                names[0], f"Kies hoeveel artikel {no} u uitmaakt, of laat daar alles leeg.",
                f"Choose how much clause {no} matters to you, or leave all of it empty.",
            )  # fmt: skip
        for name, text in zip(names[1:], texts, strict=True):
            if f.get(name) not in {*Worth}:
                f.wrong(
                    name, f"Artikel {no}: kies wat {text.nl} u waard is, of laat alles leeg.",
                    f"Clause {no}: choose what {text.en} is worth to you, or leave all of it empty.",
                )  # fmt: skip
        if f.fine:
            found.append(
                WeighedClause(
                    clause=clause, sha256=one.choices.sha256, matters=Matters(f.get(f"matters-{clause}")),
                    now=Worth(f.get(f"now-{clause}")), worth={key: Worth(f.get(f"worth-{key}")) for key in keys},
                )
            )  # fmt: skip
    if f.fine and not found:
        f.general.append(
            Words(
                nl="U hebt nog niets gewogen. Verwacht: een keuze bij ten minste één artikel.",
                en="You have not weighed anything yet. Expected: a choice at one clause at least.",
            )
        )
    return Weights(clauses=found)


# --- what the facilitator puts to the parties -------------------------------------------------------------------------


@dataclass(frozen=True)
class Shown:
    """A package on the page: what it makes of which clause, and what it does to whom."""

    package: Package
    picks: list[PackagePick]
    bands: list[tuple[Words, list[Words]]]

    @property
    def value(self) -> list[str]:
        """Its picks as the form sends them."""
        return [as_value(one) for one in self.picks]


def as_value(pick: PackagePick) -> str:
    """Write a pick as one value of a form."""
    return f"{pick.clause} {pick.base_sha} {pick.amendment}"


def from_values(values: Sequence[str]) -> list[PackagePick]:
    """Read picks of a form.

    Raises:
        ValidationError: it is not what `as_value` wrote.
    """
    names = ("clause", "base_sha", "amendment")
    return [
        PackagePick.model_validate(dict(zip(names, one.split(" ", 2), strict=False))) for one in values if one.strip()
    ]


def packages_form(slug: str) -> str:
    """Return the name under which what is typed is kept."""
    return f"/c/{slug}/packages"


@router.get("/c/{slug}/packages")
async def packages(visit: V, slug: str, find: bool = False) -> Response:
    """Show who weighed, and the packages that are found if asked; nothing is sent."""
    return await _packages(visit, slug, await resumed(visit, packages_form(slug)), find=find)


async def _packages(visit: Visit, slug: str, f: Filled, *, find: bool, status: int = 200) -> HTMLResponse:
    viewer = await visit.need_deed(Deed.PUT_PACKAGE, slug)
    db = visit.site.db
    found: list[Package] = []
    refused: Words | None = None
    weighed: Weighed | None = None
    if find:
        try:
            weighed, found = await packaging.find(db, slug)
        except PolderError as error:
            refused = error.words
    weighed = weighed or await packaging.look(db, slug)
    questions = [one for one in await ground.questions(db, slug) if one.asked.kind == "package"]
    covenant = await views.covenant(db, slug)
    return page(
        visit, "packages/packages.html.j2", status=status, covenant=covenant, viewer=viewer, f=f, weighed=weighed,
        found=[_shown(weighed, one) for one in found], refused=refused, asked=find, questions=questions,
        waits=any(one.row.ended_at is None for one in questions), form_key=packages_form(slug), fewest=FEWEST,
        clauses={one.said.clause.id: one for one in weighed.table}, open=covenant.accord_at is None,
    )  # fmt: skip


def _shown(weighed: Weighed, package: Package) -> Shown:
    cared = {party: band for party, band in package.bands.items() if party not in package.indifferent}
    rows = [
        (words, [weighed.parties[party] for party, one in cared.items() if one is band])
        for band, words in BANDS.items()
    ]
    return Shown(package, weighed.picks(package), [row for row in rows if row[1]])


@router.post("/c/{slug}/packages")
async def put(visit: V, slug: str) -> Response:
    """Put a package to the parties: one that was found, or one that the facilitator made."""
    viewer = await visit.need_deed(Deed.PUT_PACKAGE, slug)
    seat = viewer.seat(roles={Role.FACILITATOR})
    if seat is None:
        raise forbidden(DOES[Deed.PUT_PACKAGE])
    f = await typed(visit.request)
    which = f.get("do").removeprefix("put:") or "own"
    field = f"reason-{which}"
    reason = f.need(field, "Schrijf waarom; de partijen lezen dit.", "Write why; the parties read this.")
    status = HTTP_422_UNPROCESSABLE_CONTENT
    try:
        own = [f.get(name) for name in f.values if name.startswith("pick-")]
        picks = from_values(own if which == "own" else f.all("pick"))
        if not picks:
            nl, en = "Kies bij een of meer artikelen een voorstel.", "Choose a proposal at one clause or more."
            f.general.append(Words(nl=nl, en=en))
        if f.fine:
            message = PackageProposal(act=f.act, actor=c.Actor(person=seat.person), picks=picks, reason=reason)
            client = await visit.site.client()
            await act(client, ids.covenant_workflow(slug), "put_package", message, act_id=f.act, db=visit.site.db)
            await sent(visit, packages_form(slug))
            return RedirectResponse(f"/c/{slug}/packages?done=1#put", HTTP_303_SEE_OTHER)
    except ValidationError as error:
        f.invalid(error, {"reason": field})
    except PolderError as error:
        f.values["act"] = [new_act()]
        f.refuse(error)
        status = STATUS[error.kind]
    return await _packages(visit, slug, f, find=which != "own", status=status)
