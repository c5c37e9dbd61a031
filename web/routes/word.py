"""Word: the draft as a file for a party's lawyers, and what they changed or remarked as amendments and comments."""

import asyncio
from collections.abc import Awaitable
from dataclasses import dataclass, field

from fastapi import APIRouter
from fastapi.responses import RedirectResponse, Response
from pydantic import ValidationError
from starlette.status import HTTP_303_SEE_OTHER, HTTP_422_UNPROCESSABLE_CONTENT

from activities.word_reading import read
from acts.carrying import act, new_act
from models import contracts as c
from models import ids
from models.amending import AmendmentText, Proposal
from models.base import Words
from models.enums import Lane
from models.errors import PolderError, Refusal
from models.tables import Clause, ClauseVersion
from models.word import WordComment, WordReturn, WordReview
from rules import amending, lanes
from rules.access import Deed, Relation, Seat, Viewer, forbidden
from rules.chain import sha256
from store import amendments, clauses, comments, exporting, views
from web.forms import Filled, typed
from web.rendering import page
from web.routes.clauses import LANES
from web.routes.papers import reader
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
    done: bool = False
    """Whether what was chosen has gone; what is left is still shown."""


@router.get("/c/{slug}/word")
async def begin(visit: V, slug: str) -> Response:
    """Show how it works, and the field for the file that comes back."""
    return await _shown(visit, slug, Filled(), Read())


async def _shown(visit: Visit, slug: str, f: Filled, found: Read, status: int = 200) -> Response:
    viewer = await visit.need_deed(Deed.PROPOSE, slug)
    return page(
        visit, "clauses/word.html.j2", status=status, covenant=await views.covenant(visit.site.db, slug),
        viewer=viewer, f=f, found=found, numbers={one.id: one for one in await _rows(visit, slug)}, lane_names=LANES,
        open_to=await _open_to(visit, slug, viewer) if found.comments else [],
    )  # fmt: skip


async def _open_to(visit: Visit, slug: str, viewer: Viewer) -> list[Lane]:
    return lanes.lanes_for(await reader(visit, await views.covenant(visit.site.db, slug), viewer))


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
            if await _sent(visit, slug, viewer, seat, f, found):
                if not found.comments and not found.reviews:
                    return RedirectResponse(f"/c/{slug}/text?done=1", HTTP_303_SEE_OTHER)
                found.done, f.values = True, {"act": [new_act()]}
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
        if getattr(made.words, change.language.value):  # the second file would take the place of the first
            number = line.clause.number
            f.wrong(
                "second",
                f"Beide bestanden wijzigen artikel {number} in dezelfde taal. Lever ze na elkaar in.",
                f"Both files change clause {number} in the same language. Hand them in one after the other.",
            )
        setattr(made.words, change.language.value, [one.edit for one in change.edits])
        made.names |= {name for one in change.edits for name in one.names}
    found.changes = [by_clause[key] for key in lines if key in by_clause]
    found.comments = [one for back in returned for one in back.comments]
    found.reviews = [one for back in returned for one in back.reviews]
    if returned and f.fine and not (found.changes or found.comments or found.reviews):
        f.wrong(
            "file",
            "In dit bestand is niets gewijzigd. Verwacht: andere woorden of een opmerking, en het bestand bewaard.",
            "Nothing was changed in this file. Expected: other words or a comment, and the file saved.",
        )
    return found if f.fine else Read()


async def _kept(visit: Visit, slug: str, f: Filled) -> Read:
    """Return what was found before, as the form kept it."""
    found = Read()
    try:
        found.comments = [WordComment.model_validate_json(one) for one in f.all("comment")]
        found.reviews = [WordReview.model_validate_json(one) for one in f.all("review")]
        for line in await clauses.clauses(visit.site.db, slug, None):
            kept = f.get(f"words-{line.clause.id}")
            if not kept:
                continue
            if f.get(f"sha-{line.clause.id}") != line.current.sha256:
                f.general.append(_moved_on(line.clause))
                continue
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


async def _sent(visit: Visit, slug: str, viewer: Viewer, seat: Seat, f: Filled, found: Read) -> bool:
    """Propose and post what was ticked: an amendment for each clause, a comment each; sent twice each counts once.

    What was sent is no longer among what was found.
    """
    numbers = {one.id: one.number for one in await _rows(visit, slug)}
    reason = f.get("reason").strip()
    ticked = [one for one in found.changes if one.clause.id in f.all("propose")]
    said = [one for no, one in enumerate(found.comments) if str(no) in f.all("say") and one.clause in numbers]
    if ticked and len(reason) < 3:  # noqa: PLR2004 as models.base.Reason
        f.wrong("reason", "Waarom? De anderen lezen dit.", "Why? The others read this.")
    if not ticked and not said:
        f.wrong("propose", "Kies wat u voorstelt of plaatst.", "Choose what you propose or post.")
    if said and f.get("lane") not in set(await _open_to(visit, slug, viewer)):
        f.wrong("lane", "Kies wie uw opmerkingen leest.", "Choose who reads your comments.")
    if not f.fine:
        return False
    for change in ticked:
        proposing = _propose(visit, slug, seat, change, reason, f"{f.act}-{change.clause.id}")
        if await _went(f, change.clause.number, proposing):
            found.changes.remove(change)
    for remark in said:
        key = sha256(remark.model_dump_json().encode())[:16]  # stays the same when others have gone
        saying = _say(visit, slug, seat, remark, Lane(f.get("lane")), f"{f.act}-{key}")
        if await _went(f, numbers[remark.clause or ""], saying):
            found.comments.remove(remark)
    return f.fine


async def _went(f: Filled, number: str, sending: Awaitable[None]) -> bool:
    """Whether it was taken; a refusal is told with the number of its clause, and the others go on."""
    try:
        await sending
    except PolderError as error:
        f.general.append(
            Words(nl=f"Artikel {number}: {error.words.nl}"[:4000], en=f"Clause {number}: {error.words.en}"[:4000])
        )
        return False
    return True


async def _propose(visit: Visit, slug: str, seat: Seat, one: Returned, reason: str, act_id: str) -> None:
    db, client = visit.site.db, await visit.site.client()
    words = AmendmentText(nl=one.words.nl, en=one.words.en, reason=reason)
    proposal = Proposal(
        act=act_id, actor=c.Actor(person=seat.person), clause=one.clause.id, base_sha=one.current.sha256,
        text_sha=await amendments.put(db, words, act_id),
    )  # fmt: skip
    await act(client, ids.covenant_workflow(slug), "propose", proposal, act_id=act_id, db=db)


async def _say(visit: Visit, slug: str, seat: Seat, one: WordComment, lane: Lane, act_id: str) -> None:
    """Post a comment under the name of who hands the file in: what Word calls its author is a remark in it."""
    db, client = visit.site.db, await visit.site.client()
    about = f"\u201c{one.words}\u201d: " if one.words else ""
    by = f" ({one.name})" if one.name else ""
    text = f"{about}{one.text}{by}"
    if len(text) > comments.LONGEST:
        raise Refusal(
            "too_long",
            f"Deze opmerking heeft {len(text)} tekens. Verwacht: hoogstens {comments.LONGEST}; plaats haar in delen.",
            f"This comment has {len(text)} characters. Expected: {comments.LONGEST} at most; post it in parts.",
        )
    message = c.Comment(
        act=act_id, actor=c.Actor(person=seat.person), clause=one.clause or "", lane=lane,
        text_sha=await comments.put(db, text, act_id),
    )  # fmt: skip
    await act(client, ids.covenant_workflow(slug), "comment", message, act_id=act_id, db=db)
