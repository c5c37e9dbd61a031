"""Words proposed in place: a party changes the text of a clause as it would have it, and follows what became of it."""

from dataclasses import dataclass

from fastapi import APIRouter
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from pydantic import ValidationError
from starlette.status import HTTP_303_SEE_OTHER, HTTP_409_CONFLICT, HTTP_422_UNPROCESSABLE_CONTENT

from acts.carrying import act, new_act
from acts.proposing import like
from models import contracts as c
from models import ids
from models.amending import AmendmentText, FateAnswer, Proposal, ProposalWithdrawal
from models.base import Words
from models.enums import AmendmentStatus, Language
from models.errors import Conflict, NotFound, PolderError
from models.scenario import LONGEST
from models.tables import Clause, ClauseVersion, Covenant
from rules import amending
from rules.access import Deed, Page, Relation, Seat, Viewer, forbidden
from rules.articles import alignment
from rules.proposing import SETTLED
from store import amendments, clauses, views
from store.amendments import AmendmentView, wanted
from web.drafted import plain
from web.forms import Filled, resumed, sent, typed
from web.problems import STATUS
from web.rendering import markup, page
from web.visiting import V, Visit

router = APIRouter(include_in_schema=False)


@dataclass(frozen=True)
class Proposing:
    """A clause, who would change it, and what is changed: the current text, or an amendment of another."""

    covenant: Covenant
    viewer: Viewer
    seat: Seat
    clause: Clause
    current: ClauseVersion
    to: AmendmentView | None

    @property
    def path(self) -> str:
        """Where the form is."""
        return f"/c/{self.covenant.slug}/clauses/{self.clause.id}/propose"

    def base(self, language: Language) -> str:
        """Return the text that is changed."""
        if self.to is not None:
            return self.to.texts[language]
        return self.current.text_en if language is Language.EN else self.current.text_nl

    @property
    def base_nl(self) -> str:
        """The Dutch text that is changed."""
        return self.base(Language.NL)

    @property
    def base_en(self) -> str:
        """The English text that is changed."""
        return self.base(Language.EN)

    def warnings(self, nl: str, en: str) -> list[Words]:
        """Say where the two languages, as typed, are not parallel."""
        old = Words.model_construct(nl=plain(self.base_nl), en=plain(self.base_en))
        new = Words.model_construct(nl=nl, en=en)
        return [] if old == new else alignment(self.clause.number, old, new, self.covenant.authentic)


async def _seat(visit: Visit, slug: str) -> tuple[Viewer, Seat]:
    viewer = await visit.need_deed(Deed.PROPOSE, slug)
    seat = viewer.own
    if seat is None:
        raise forbidden([Relation.PARTY])
    return viewer, seat


async def _proposing(visit: Visit, slug: str, clause_id: str, to: str) -> Proposing:
    viewer, seat = await _seat(visit, slug)
    db = visit.site.db
    row = await clauses.clause(db, slug, clause_id)
    current = (await views.current_texts(db, slug))[clause_id]
    parent = None
    if to:
        parent = await amendments.standing(db, slug, clause_id, to)
        if parent is None:
            raise _unknown(to)
    return Proposing(await views.covenant(db, slug), viewer, seat, row, current, parent)


def _unknown(key: str) -> NotFound:
    return NotFound(
        "amendment_not_found",
        "Dit wijzigingsvoorstel staat hier niet (meer) open. Verwacht: een voorstel van de pagina van het artikel.",
        "This amendment is not open here (any more). Expected: a proposal of the clause's page.",
        {"amendment": key},
    )


# --- proposing --------------------------------------------------------------------------------------------------------


@router.get("/c/{slug}/clauses/{clause}/propose")
async def begin(visit: V, slug: str, clause: str, to: str = "") -> Response:
    """Show the text to change, or what was typed before."""
    about = await _proposing(visit, slug, clause, to)
    f = await resumed(visit, about.path)
    if f.get("sha") not in {"", about.current.sha256}:
        f.general.append(_changed(about).words)
    return _shown(visit, about, f)


def _changed(about: Proposing) -> Conflict:
    number, version = about.clause.number, about.current.version
    return Conflict(
        "text_changed",
        f"Artikel {number} is gewijzigd sinds u dit typte; het is nu versie {version}. Wat u typte staat er nog.",
        f"Clause {number} has changed since you typed this; it is version {version} now. What you typed is still here.",
    )


def _shown(visit: Visit, about: Proposing, f: Filled, status: int = 200) -> HTMLResponse:
    f.values["sha"] = [about.current.sha256]
    return page(
        visit, "clauses/propose.html.j2", status=status, about=about, covenant=about.covenant, viewer=about.viewer,
        f=f, nl=plain(f.get("nl", about.base_nl)), en=plain(f.get("en", about.base_en)),
    )  # fmt: skip


@router.post("/c/{slug}/clauses/{clause}/propose")
async def propose(visit: V, slug: str, clause: str, to: str = "") -> Response:
    """Take the words, or show what they would change."""
    about = await _proposing(visit, slug, clause, to)
    f = await typed(visit.request)
    if visit.request.headers.get("hx-request") == "true":
        nl, en = plain(f.get("nl")), plain(f.get("en"))
        return HTMLResponse(markup(visit, "clauses/preview.html.j2", about=about, nl=nl, en=en))
    if f.get("preview"):
        return _shown(visit, about, f)
    try:
        words = _words(about, f)
        if f.fine:
            await _sent(visit, about, f, words)
    except ValidationError as error:
        f.invalid(error, {"reason": "reason", "text": "nl", "nl": "nl", "en": "en"})
    except PolderError as error:
        if error.kind in {"refusal", "conflict"}:
            f.values["act"] = [new_act()]
        f.refuse(error, {"nothing_changed": "nl", "no_text": "nl"})
        return _shown(visit, about, f, STATUS.get(error.kind, HTTP_422_UNPROCESSABLE_CONTENT))
    if not f.fine:
        return _shown(visit, about, f, HTTP_422_UNPROCESSABLE_CONTENT)
    await sent(visit, about.path)
    return RedirectResponse(f"/c/{slug}/clauses/{clause}?done=1#brackets", HTTP_303_SEE_OTHER)


def _words(about: Proposing, f: Filled) -> AmendmentText:
    """Find the edits; note at its field what is wrong."""
    texts = {language: plain(f.get(language.value, about.base(language))) for language in Language}
    for language, text in texts.items():
        if len(text) > LONGEST:
            f.wrong(language.value, f"Hoogstens {LONGEST} tekens.", f"{LONGEST} characters at most.")
            return AmendmentText(reason="...")
    changed = {one for one, text in texts.items() if text != plain(about.base(one))}
    if len(changed) == 1 and f.get("onesided") != "1":
        other = next(one for one in Language if one not in changed)
        f.wrong(
            other.value,
            "Alleen de andere taal is gewijzigd. Wijzig deze ook, of kruis hieronder aan dat het zo bedoeld is.",
            "Only the other language was changed. Change this one too, or tick below that it is meant so.",
        )
    if not f.get("reason").strip():
        f.wrong("reason", "Waarom? De anderen lezen dit.", "Why? The others read this.")
        return AmendmentText(reason="...")
    edits = {one.value: amending.edits_between(about.base(one), like(about.base(one), texts[one])) for one in changed}
    return AmendmentText.model_validate({**edits, "reason": f.get("reason")})


async def _sent(visit: Visit, about: Proposing, f: Filled, words: AmendmentText) -> None:
    db = visit.site.db
    if f.get("sha") != about.current.sha256 and await views.event(db, f.act) is None:
        raise _changed(about)
    message = Proposal(
        act=f.act, actor=c.Actor(person=about.seat.person), clause=about.clause.id, base_sha=about.current.sha256,
        text_sha=await amendments.put(db, words, f.act), to=about.to.row.id if about.to else None,
    )  # fmt: skip
    workflow = ids.covenant_workflow(about.covenant.slug)
    await act(await visit.site.client(), workflow, "propose", message, act_id=f.act, db=db)


# --- one amendment ----------------------------------------------------------------------------------------------------


@router.get("/c/{slug}/amendment")
async def amendment(visit: V, slug: str, id: str = "") -> Response:  # noqa: A002 the name in the address
    """Show an amendment, what became of it, and to its owner what can be done."""
    return await _amendment(visit, slug, id, await resumed(visit, f"/c/{slug}/amendment?id={id}"))


async def _amendment(visit: Visit, slug: str, key: str, f: Filled, status: int = 200) -> HTMLResponse:
    viewer = await visit.need(Page.TEXT, slug)
    db = visit.site.db
    found = await amendments.amendments(db, slug)
    one = next((one for one in found if one.row.id == key), None)
    if one is None:
        raise _unknown(key)
    rest = [other for other in found if other.row.clause == one.row.clause and other.row.status is AmendmentStatus.OPEN]
    seat, covenant = viewer.own, await views.covenant(db, slug)
    return page(
        visit, "clauses/amendment.html.j2", status=status, covenant=covenant, viewer=viewer, f=f,
        words_wanted=await wanted(db, covenant),
        one=one, clause=await clauses.clause(db, slug, one.row.clause),
        current=(await views.current_texts(db, slug))[one.row.clause],
        own=seat is not None and seat.party == one.row.party, settled=one.row.status in SETTLED, seat=seat,
        colliding=[other for other in rest if other.row.id != key and _collide(one, other)],
        parent=next((other for other in found if other.row.id == one.row.to), None),
    )  # fmt: skip


def _collide(one: AmendmentView, other: AmendmentView) -> bool:
    return amending.collide(one.nl or [], other.nl or []) or amending.collide(one.en or [], other.en or [])


@router.post("/c/{slug}/amendment")
async def answer(visit: V, slug: str, id: str = "") -> Response:  # noqa: A002 idem
    """Withdraw it, accept what became of it, or maintain it."""
    _, seat = await _seat(visit, slug)
    f = await typed(visit.request)
    key, do = f"/c/{slug}/amendment?id={id}", f.get("do")
    update = "withdraw_proposal" if do == "withdraw" else "answer_fate"
    try:
        common = {"act": f.act, "actor": {"person": seat.person}, "amendment": id, "reason": f.get("reason")}
        message = (
            ProposalWithdrawal.model_validate(common)
            if do == "withdraw"
            else FateAnswer.model_validate({**common, "accept": do == "accept"})
        )
        client = await visit.site.client()
        await act(client, ids.covenant_workflow(slug), update, message, act_id=f.act, db=visit.site.db)
    except ValidationError as error:
        f.invalid(error)
        return await _amendment(visit, slug, id, f, HTTP_422_UNPROCESSABLE_CONTENT)
    except PolderError as error:
        f.values["act"] = [new_act()]
        f.refuse(error)
        return await _amendment(visit, slug, id, f, STATUS.get(error.kind, HTTP_409_CONFLICT))
    await sent(visit, key)
    return RedirectResponse(f"{key}&done=1", HTTP_303_SEE_OTHER)
