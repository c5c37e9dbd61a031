"""Word: the draft as a file for a party's lawyers, and what they changed in it as amendments."""

import asyncio
from dataclasses import dataclass, field

from fastapi import APIRouter
from fastapi.responses import RedirectResponse, Response
from pydantic import ValidationError
from starlette.status import HTTP_303_SEE_OTHER, HTTP_422_UNPROCESSABLE_CONTENT

from activities.word_reading import read
from acts.carrying import act
from models import contracts as c
from models import ids
from models.amending import AmendmentText, Proposal
from models.base import Words
from models.errors import PolderError, Refusal
from models.tables import Clause, ClauseVersion
from models.word import WordComment, WordReturn, WordReview
from rules import amending
from rules.access import Deed, Relation, Seat, forbidden
from store import amendments, clauses, exporting, views
from web.forms import Filled, typed
from web.rendering import page
from web.visiting import V, Visit

router = APIRouter(include_in_schema=False)

PATIENCE = 30.0
"""Seconds for reading one file; a hostile one can ask for more."""


@dataclass
class Returned:
    """What a clause became in Word, with the text it is about."""

    clause: Clause
    current: ClauseVersion
    words: AmendmentText
    names: set[str] = field(default_factory=set)

    @property
    def nl(self) -> str:
        """The Dutch text as it was left in Word."""
        return amending.applied(self.current.text_nl, self.words.nl)

    @property
    def en(self) -> str:
        """The English text as it was left in Word."""
        return amending.applied(self.current.text_en, self.words.en)


@dataclass
class Read:
    """All that was found."""

    changes: list[Returned] = field(default_factory=list)
    comments: list[WordComment] = field(default_factory=list)
    reviews: list[WordReview] = field(default_factory=list)


@router.get("/c/{slug}/word")
async def begin(visit: V, slug: str) -> Response:
    """Show how it works, and the field for the file that comes back."""
    return await _shown(visit, slug, Filled(), Read())


async def _shown(visit: Visit, slug: str, f: Filled, found: Read, status: int = 200) -> Response:
    viewer = await visit.need_deed(Deed.PROPOSE, slug)
    return page(
        visit, "clauses/word.html.j2", status=status, covenant=await views.covenant(visit.site.db, slug),
        viewer=viewer, f=f, found=found, numbers={one.id: one for one in await _rows(visit, slug)},
    )  # fmt: skip


async def _rows(visit: Visit, slug: str) -> list[Clause]:
    return [one.clause for one in await clauses.clauses(visit.site.db, slug, None)]


@router.post("/c/{slug}/word")
async def upload(visit: V, slug: str) -> Response:
    """Read files and show what would be proposed; or propose it."""
    viewer = await visit.need_deed(Deed.PROPOSE, slug)
    seat = viewer.own
    if seat is None:
        raise forbidden([Relation.PARTY])
    f = await typed(visit.request)
    found = Read()
    try:
        if f.get("do") == "propose":
            found = await _kept(visit, slug, f)
            if await _proposed(visit, slug, seat, f, found):
                return RedirectResponse(f"/c/{slug}/text?done=1", HTTP_303_SEE_OTHER)
        else:
            found = await _read(visit, slug, f)
    except PolderError as error:
        f.refuse(error)
    return await _shown(visit, slug, f, found, 200 if f.fine else HTTP_422_UNPROCESSABLE_CONTENT)


async def _read(visit: Visit, slug: str, f: Filled) -> Read:
    """Read the uploaded files; what is wrong with one is noted at its field."""
    now = visit.clock(await views.covenant(visit.site.db, slug))
    draft = await exporting.word_draft(visit.site.db, slug, now)
    found, returned = Read(), list[WordReturn]()
    for name in ("file", "second"):
        if name not in f.files:
            continue
        try:
            returned.append(
                await asyncio.wait_for(asyncio.to_thread(read, await f.files[name].read(), draft), PATIENCE)
            )
        except PolderError as error:
            f.errors[name] = error.words
        except TimeoutError:
            f.wrong(name, "Dit bestand kost te veel tijd. Lever het in delen.", "This file takes too long. Split it.")
    if not f.files:
        f.wrong("file", "Kies een Word-bestand.", "Choose a Word file.")
    lines = {one.clause.id: one for one in await clauses.clauses(visit.site.db, slug, None)}
    by_clause: dict[str, Returned] = {}
    for change in (one for back in returned for one in back.changes):
        line = lines[change.clause]
        made = by_clause.setdefault(change.clause, Returned(line.clause, line.current, AmendmentText(reason="...")))
        setattr(made.words, change.language.value, [one.edit for one in change.edits])
        made.names |= {name for one in change.edits for name in one.names}
    found.changes = [by_clause[key] for key in lines if key in by_clause]
    found.comments = [one for back in returned for one in back.comments]
    found.reviews = [one for back in returned for one in back.reviews]
    return found


async def _kept(visit: Visit, slug: str, f: Filled) -> Read:
    """Return what was found before, as the form kept it."""
    found = Read()
    for line in await clauses.clauses(visit.site.db, slug, None):
        kept = f.get(f"words-{line.clause.id}")
        if not kept:
            continue
        if f.get(f"sha-{line.clause.id}") != line.current.sha256:
            f.general.append(_moved_on(line.clause))
            continue
        try:
            words = AmendmentText.model_validate_json(kept)
            found.changes.append(Returned(line.clause, line.current, words))
            amending.checked(line.current.text_nl, words.nl)
            amending.checked(line.current.text_en, words.en)
        except ValidationError as error:
            raise Refusal(
                "bad_form",
                "Dit formulier is niet meer te lezen. Verwacht: kies het bestand opnieuw.",
                "This form cannot be read any more. Expected: choose the file anew.",
            ) from error
    return found


def _moved_on(clause: Clause) -> Words:
    return Words(
        nl=f"Artikel {clause.number} is intussen gewijzigd. Haal het concept opnieuw op voor dit artikel.",
        en=f"Clause {clause.number} has changed meanwhile. Download the draft anew for this clause.",
    )


async def _proposed(visit: Visit, slug: str, seat: Seat, f: Filled, found: Read) -> bool:
    """Propose what was ticked, an amendment for each clause; sent twice each counts once."""
    reason = f.get("reason").strip()
    ticked = [one for one in found.changes if one.clause.id in f.all("propose")]
    if len(reason) < 3:  # noqa: PLR2004 as models.base.Reason
        f.wrong("reason", "Waarom? De anderen lezen dit.", "Why? The others read this.")
    if not ticked:
        f.wrong("propose", "Kies wat u voorstelt.", "Choose what you propose.")
    if not f.fine:
        return False
    db, client = visit.site.db, await visit.site.client()
    for one in ticked:
        words = AmendmentText(nl=one.words.nl, en=one.words.en, reason=reason)
        act_id = f"{f.act}-{one.clause.id}"
        proposal = Proposal(
            act=act_id, actor=c.Actor(person=seat.person), clause=one.clause.id, base_sha=one.current.sha256,
            text_sha=await amendments.put(db, words, act_id),
        )  # fmt: skip
        try:
            await act(client, ids.covenant_workflow(slug), "propose", proposal, act_id=act_id, db=db)
        except PolderError as error:
            number = one.clause.number
            f.general.append(
                Words(nl=f"Artikel {number}: {error.words.nl}"[:4000], en=f"Clause {number}: {error.words.en}"[:4000])
            )
    return f.fine
