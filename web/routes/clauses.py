"""The text of a covenant, and one page for each clause: versions, brackets, positions and comments."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from fastapi import APIRouter
from fastapi.responses import RedirectResponse, Response
from pydantic import ValidationError
from starlette.status import HTTP_303_SEE_OTHER, HTTP_409_CONFLICT, HTTP_422_UNPROCESSABLE_CONTENT

from acts import filing
from acts.carrying import act, new_act
from models import contracts as c
from models import ids
from models.base import Words
from models.enums import AmendmentStatus, Lane, Language, Role, Stance
from models.errors import Conflict, PolderError
from models.filing import PaperAdding
from models.tables import Clause, ClauseVersion, Covenant, HumanTask
from rules import amending, lanes
from rules.access import Deed, Page, Relation, Seat, Viewer, does, forbidden
from rules.calendar import local_date
from rules.texts import SUPPORTING
from store import amendments, asked, clauses, comments, commitments, papers, published, revisions, rounds, views
from store.clauses import Said
from store.comments import LONGEST
from store.conditions import wording
from web.forms import Filled, resumed, sent, typed
from web.problems import STATUS
from web.rendering import page
from web.routes.papers import may_widen
from web.visiting import MOST_PAGES, V, Visit, whole_number

router = APIRouter(include_in_schema=False)

PER_PAGE = 50


def _number(text: str | None, default: int = 1) -> int:
    return whole_number(text or "", least=0, most=MOST_PAGES) or default


@router.get("/c/{slug}/text")
async def text(visit: V, slug: str) -> Response:
    """Show the whole text with where each clause stands; with the changes since we last agreed if asked."""
    return await _text(visit, slug)


async def _may_publish(visit: Visit, viewer: Viewer, covenant: Covenant) -> bool:
    """Whether there is an accord that this visitor can make public."""
    if viewer.seat(roles={Role.FACILITATOR}) is None or covenant.text_sha is None or covenant.signed_at is not None:
        return False
    return not await published.is_public(visit.site.db, covenant)


@router.post("/c/{slug}/text")
async def publish(visit: V, slug: str) -> Response:
    """Make the negotiators' accord public: the facilitator files that for everyone, on the record."""
    viewer = await visit.need_deed(Deed.FILE_PAPER, slug)
    seat = viewer.seat(roles={Role.FACILITATOR})
    if seat is None:
        raise forbidden([Relation.FACILITATOR])
    f = await typed(visit.request)
    note = f.need("note", "Schrijf wat iedereen erbij leest.", "Write what everybody reads with it.")
    if f.get("sure") != "yes":
        f.wrong("sure", "Kruis aan dat u dit wilt.", "Tick that you want this.")
    if not f.fine:
        return await _text(visit, slug, f, HTTP_422_UNPROCESSABLE_CONTENT)
    db = visit.site.db
    try:
        if (await views.event(db, f.act)) is None:  # sent twice is published once
            paper = await filing.accord(db, slug, note)
            message = PaperAdding(
                act=f.act, actor=c.Actor(person=seat.person), lane=Lane.PUBLIC,
                text_sha=await papers.put(db, paper, f.act),
            )  # fmt: skip
            await act(await visit.site.client(), ids.covenant_workflow(slug), "add_paper", message, act_id=f.act, db=db)
    except ValidationError as error:
        f.invalid(error)
        return await _text(visit, slug, f, HTTP_422_UNPROCESSABLE_CONTENT)
    except PolderError as error:
        f.refuse(error)
        return await _text(visit, slug, f, STATUS.get(error.kind, HTTP_409_CONFLICT))
    return RedirectResponse(f"/c/{slug}/text?done=1", HTTP_303_SEE_OTHER)


async def _text(visit: Visit, slug: str, f: Filled | None = None, status: int = 200) -> Response:
    viewer = await visit.need(Page.TEXT, slug)
    db, query = visit.site.db, visit.request.query_params
    covenant = await views.covenant(db, slug)
    number = max(_number(query.get("page")), 1)
    seat = viewer.own
    found = await clauses.clauses(
        db, slug, seat.party if seat else None, limit=PER_PAGE + 1, offset=(number - 1) * PER_PAGE
    )
    book, lineage = await asked.playbook(db, slug), await revisions.lineage(db, covenant)
    return page(
        visit, "clauses/text.html.j2", status=status, f=f or Filled(),
        publishes=await _may_publish(visit, viewer, covenant),
        covenant=covenant, viewer=viewer, rows=found[:PER_PAGE], number=number,
        more=len(found) > PER_PAGE, changes=query.get("changes") == "1", seat=seat,
        sha=await clauses.whole_sha(db, slug), count=await clauses.count(db, slug),
        themes=asked.themes(book), norms={norm.id: norm for norm in book.norms},
        bracketed=await amendments.bracketed(db, slug), committable=await commitments.names(db, slug),
        in_force=lineage.counted_from, lineage=lineage,
    )  # fmt: skip


# --- one clause -------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Around:
    """A clause and who looks at it.

    Attributes:
        writer: the seat that comments are written with: of the party, else of the office.
        open_to: the lanes it may write in today.
    """

    covenant: Covenant
    clause: Clause
    versions: list[ClauseVersion]
    viewer: Viewer
    writer: Seat | None
    reader: lanes.Viewer
    open_to: list[Lane]

    @property
    def current(self) -> ClauseVersion:
        """The version that counts."""
        return next(one for one in self.versions if one.version == self.clause.version)


async def _around(visit: Visit, slug: str, clause_id: str) -> Around:
    viewer = await visit.need(Page.TEXT, slug)
    db = visit.site.db
    covenant, row = await views.covenant(db, slug), await clauses.clause(db, slug, clause_id)
    writer = viewer.own or (viewer.seats[0] if viewer.seats else None)
    reader = lanes.NOBODY
    if writer is not None:
        reader = await comments.viewer(db, slug, writer.person, local_date(visit.clock(covenant)))
    return Around(
        covenant, row, await clauses.versions(db, slug, clause_id), viewer, writer, reader,
        lanes.lanes_for(reader) if does(viewer, Deed.COMMENT) else [],
    )  # fmt: skip


@router.get("/c/{slug}/clauses/{clause}")
async def clause(visit: V, slug: str, clause: str) -> Response:
    """Show a clause."""
    around = await _around(visit, slug, clause)
    f = await resumed(visit, visit.request.url.path)
    reply = visit.request.query_params.get("reply")
    if reply:
        f.values["reply_to"] = [reply]
    return await _shown(visit, around, f)


async def _shown(visit: Visit, around: Around, f: Filled, status: int = 200) -> Response:
    db, slug, row = visit.site.db, around.covenant.slug, around.clause
    seat = around.viewer.own
    hidden = await rounds.hidden_from(db, slug, around.viewer)
    said = await clauses.positions(db, slug, [row.id], hidden=hidden, own=seat.party if seat else None)
    own = [one for one in said if seat and one.position.party == seat.party]
    book = await asked.playbook(db, slug)
    old, new = _compared(visit, around)
    spoken = await comments.comments(db, slug, row.id, around.reader)
    parties = await clauses.names(db, slug)
    proposed = await amendments.amendments(db, slug, row.id)
    brackets = [one for one in proposed if one.row.status is AmendmentStatus.OPEN]
    return page(
        visit, "clauses/clause.html.j2", status=status, f=f, around=around, covenant=around.covenant,
        viewer=around.viewer, clause=row, current=around.current, versions=around.versions, old=old, new=new,
        authors=await clauses.authors(db, slug),
        seat=seat, said=_latest(said), own=own, approved=_approved(around, own),
        objections=[one for one in _latest(said) if one.position.stance == Stance.OBJECT],
        open_round=hidden, norms={norm.id: norm for norm in book.norms}, themes=asked.themes(book),
        wording=await wording(db, slug), spoken=spoken,
        widens=await may_widen(visit, around.covenant, around.viewer, "comment", spoken),
        reply=_replied(spoken, f), brackets=brackets, drawn=drawn(visit, around.current, brackets),
        settled=[one for one in proposed if one.row.status is not AmendmentStatus.OPEN],
        parties=parties, lane_names=LANES,
        party_names={one.id: getattr(one, f"name_{visit.language.value}") for one in parties},
        task=await _task(visit, around, seat), committable=await commitments.names(db, slug),
        in_force=(await revisions.lineage(db, around.covenant)).counted_from,
        words_wanted=await amendments.wanted(db, around.covenant),
    )  # fmt: skip


def _latest(said: list[Said]) -> list[Said]:
    """Return the last position of each party, whichever version it is on."""
    return list({one.position.party: one for one in said}.values())


def _approved(around: Around, own: Sequence[Said]) -> ClauseVersion | None:
    """Return the version that the party's latest agreement was on."""
    agreed = [one.version for one in own if Stance(one.position.stance) in SUPPORTING]
    return next((one for one in around.versions if agreed and one.version == agreed[-1]), None)


def _replied(spoken: list[comments.CommentView], f: Filled) -> comments.CommentView | None:
    return next((one for one in spoken if one.id == f.get("reply_to")), None)


def _compared(visit: Visit, around: Around) -> tuple[ClauseVersion | None, ClauseVersion]:
    """Return the two versions to compare: as asked in the address, else the last two."""
    query, versions = visit.request.query_params, {one.version: one for one in around.versions}
    new = versions.get(_number(query.get("to"), around.clause.version), around.current)
    return versions.get(_number(query.get("from"), new.version - 1)), new


def drawn(visit: Visit, current: ClauseVersion, found: Sequence[amendments.AmendmentView]) -> list[amending.Place]:
    """Cut the current text, in the visitor's language, into plain stretches and brackets with their owners."""
    english = visit.language is Language.EN
    proposals = {one.row.id: one.en if english else one.nl for one in found}
    text = current.text_en if english else current.text_nl
    return amending.bracketed(text, {key: edits for key, edits in proposals.items() if edits})


async def _task(visit: Visit, around: Around, seat: Seat | None) -> HumanTask | None:
    """Return the open task in which the visitor's party answers about this clause."""
    if seat is None:
        return None
    db, slug = visit.site.db, around.covenant.slug
    open_tasks = await views.waiting(db, slug=slug, party=seat.party, limit=20)
    task = next((one for one in open_tasks if one.round is not None and one.role is None), None)
    asked_now = task is not None and await rounds.asks(db, slug, task.round, around.clause.id)
    return task if asked_now else None


# --- saying something -------------------------------------------------------------------------------------------------

FIELDS = {"which_party": "party", "not_your_lane": "lane", "unknown_comment": "text", "other_thread": "text"}


@router.post("/c/{slug}/clauses/{clause}")
async def comment(visit: V, slug: str, clause: str) -> Response:
    """Take a comment."""
    around = await _around(visit, slug, clause)
    f = await typed(visit.request)
    await visit.need_deed(Deed.COMMENT, slug)
    saying = _saying(around, f)
    if not f.fine or around.writer is None:
        return await _shown(visit, around, f, HTTP_422_UNPROCESSABLE_CONTENT)
    try:
        await _said(visit, around, around.writer, f, saying)
    except ValidationError as error:
        f.invalid(error, {"text": "text", "reply_to": "text"})
        return await _shown(visit, around, f, HTTP_422_UNPROCESSABLE_CONTENT)
    except PolderError as error:
        return await _refused(visit, around, f, error)
    await sent(visit, visit.request.url.path)
    return RedirectResponse(f"{visit.request.url.path}?done=1#comments", HTTP_303_SEE_OTHER)


def _saying(around: Around, f: Filled) -> str:
    """Return the text of the comment; note at its field what is wrong."""
    said = f.get("text").strip()
    if not said:
        f.wrong("text", "Schrijf wat u wilt zeggen.", "Write what you want to say.")
    if f.get("lane") not in set(around.open_to):
        f.wrong("lane", "Kies wie dit leest.", "Choose who reads this.")
    if len(said) > LONGEST:
        f.wrong("text", f"Hoogstens {LONGEST} tekens.", f"{LONGEST} characters at most.")
    return said


async def _said(visit: Visit, around: Around, writer: Seat, f: Filled, saying: str) -> None:
    db, slug = visit.site.db, around.covenant.slug
    message = c.Comment(
        act=f.act, actor=c.Actor(person=writer.person), clause=around.clause.id, lane=Lane(f.get("lane")),
        party=f.get("party") or None, reply_to=f.get("reply_to") or None,
        text_sha=await comments.put(db, saying, f.act),
    )  # fmt: skip
    await act(await visit.site.client(), ids.covenant_workflow(slug), "comment", message, act_id=f.act, db=db)


async def _refused(visit: Visit, around: Around, f: Filled, error: PolderError) -> Response:
    status = STATUS.get(error.kind, HTTP_422_UNPROCESSABLE_CONTENT)
    if error.code == "act_id_used":
        error = Conflict(
            "sent_before",
            "Dit formulier is al verstuurd, met een andere tekst. Verstuur het nog eens als dit een nieuwe is.",
            "This form was sent before, with another text. Send it again if this is a new one.",
        )
    if status in {HTTP_409_CONFLICT, HTTP_422_UNPROCESSABLE_CONTENT}:
        f.values["act"] = [new_act()]
    f.refuse(error, FIELDS)
    return await _shown(visit, around, f, status)


LANES: Mapping[Lane, Words] = {
    Lane.DELEGATION: Words(nl="Alleen onze delegatie", en="Our delegation only"),
    Lane.CONSTITUENCY: Words(nl="Onze geleding", en="Our constituency"),
    Lane.TABLE: Words(nl="De hele tafel", en="The whole table"),
    Lane.FACILITATOR: Words(nl="De facilitator en het secretariaat", en="The facilitator and the secretariat"),
    Lane.MEDIATOR: Words(nl="Alleen de bemiddelaar", en="The mediator alone"),
    Lane.PUBLIC: Words(nl="Iedereen: het openbare register", en="Everyone: the public register"),
}
"""Who reads a lane, as the form says it."""
