"""The next version of the text: the facilitator edits both languages beside what the parties objected to."""

from collections.abc import Collection, Sequence
from dataclasses import replace
from typing import Any

from fastapi import APIRouter
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from pydantic import ValidationError
from starlette.status import HTTP_303_SEE_OTHER, HTTP_422_UNPROCESSABLE_CONTENT

from acts import composing
from acts.carrying import act
from models import contracts as c
from models.base import Words
from models.enums import AmendmentStatus, Choice, ClauseStatus, Language, Role, TaskKind
from models.errors import Conflict, NotFound, PolderError, Refusal
from models.scenario import AmendmentReply
from models.tables import Clause, Covenant, HumanTask
from rules.access import Page, Relation, Seat, Viewer, forbidden
from rules.chain import text_sha
from rules.commitments import COMMON
from rules.naming import slugged
from rules.texts import SETTLED
from store import (
    amendments,
    approving,
    asked,
    clauses,
    commitments,
    conditions,
    ground,
    objections,
    people,
    red_lines,
    rounds,
    views,
)
from store import standing as reads
from store.red_lines import Told
from web import committing
from web.drafted import Line, plain
from web.forms import Filled, keep, resumed, sent, typed
from web.problems import STATUS
from web.rendering import markup, page, words
from web.visiting import V, Visit, whole_number

router = APIRouter(include_in_schema=False)

LEAST = 3
"""Characters of a reason."""

MOST_DAYS = 500

NO_REASON = "..."
"""Stands in while the rest of a clause is looked at; a missing reason is refused at its own field."""


DRAFTERS = {Role.FACILITATOR, Role.MEDIATOR}
"""Who makes next versions: the facilitator of what is open, a mediator of what the parties agreed on."""


async def _task(visit: Visit, slug: str, seat: Seat) -> HumanTask | None:
    """Return the task of who drafts: someone who holds both offices does the facilitator's first."""
    db, roles = visit.site.db, seat.roles & DRAFTERS
    own = [one for one in (Role.FACILITATOR, Role.MEDIATOR) if one in roles]
    for role in own:
        if (task := await reads.drafting(db, slug, [role])) is not None:
            return task
    return None


def form_of(slug: str) -> str:
    """Return the name under which what is typed is kept."""
    return f"/c/{slug}/drafting"


async def _need(visit: Visit, slug: str) -> tuple[Covenant, Viewer, Seat]:
    viewer = await visit.need(Page.TEXT, slug)
    seat = viewer.seat(roles=DRAFTERS)
    if seat is None or (Role.FACILITATOR not in seat.roles and await _task(visit, slug, seat) is None):
        raise forbidden([Relation.FACILITATOR])
    return await views.covenant(visit.site.db, slug), viewer, seat


@router.get("/c/{slug}/drafting")
async def begin(visit: V, slug: str) -> Response:
    """Show the next version as it was left, else the text as it is."""
    covenant, viewer, seat = await _need(visit, slug)
    task = await _task(visit, slug, seat)
    f = Filled()
    if task is not None:
        f = await resumed(visit, form_of(slug))
        if f.get("task") not in {"", task.id}:
            f = Filled()  # kept for an earlier round: these texts have moved on
        f.values["task"] = [task.id]
        if f.kept_at is None and task.role == Role.FACILITATOR:
            await _take_up(visit, slug, f)
    return await _shown(visit, covenant, viewer, task, f)


async def _shown(
    visit: Visit, covenant: Covenant, viewer: Viewer, task: HumanTask | None, f: Filled, status: int = 200
) -> HTMLResponse:
    found = await _lines(visit, covenant.slug, f, about=task.about if task else ())
    mediates = task is not None and task.role == Role.MEDIATOR
    told: list[Told] = []
    if viewer.seat(roles={Role.FACILITATOR}) is not None:  # what a party told the facilitator is not the mediator's
        told = await red_lines.red_lines(visit.site.db, covenant.slug, of=None)
        found = [replace(one, red_lines=[line for line in told if line.row.clause == one.clause.id]) for one in found]
    everyone = await views.people(visit.site.db, covenant.slug)
    last = await rounds.last_closed(visit.site.db, covenant.slug)
    facilitates = task is not None and not mediates
    return page(
        visit, "rounds/drafting.html.j2", status=status, covenant=covenant, viewer=viewer, task=task, f=f,
        form_key=form_of(covenant.slug), lines_of=found, others=await _others(visit, covenant.slug, found),
        now=visit.clock(covenant), round=last,
        refused=await asked.refused_mediator(visit.site.db, covenant.slug, last.no if last else None)
        if facilitates
        else None,
        one_sided=[one for one in found if one.one_sided], mediates=mediates,
        red_lines=[one for one in told if one.row.clause is None],
        package=None if mediates else await ground.carried_package(visit.site.db, covenant.slug),
        parked=[] if mediates else await _parked(visit, covenant.slug),
        mediators=[one for one in everyone if one.party is None and Role.FACILITATOR not in one.roles],
        groups=(await reads.standing(visit.site.db, covenant.slug)).groups,
        committable=await commitments.names(visit.site.db, covenant.slug), common=COMMON,
        norms={one.id: one for one in (await asked.playbook(visit.site.db, covenant.slug)).norms},
        wording=await conditions.wording(visit.site.db, covenant.slug),
        rows_of=lambda line: committing.rows(f, line.clause.id, commitments.of(line.current)),
    )  # fmt: skip


async def _take_up(visit: Visit, slug: str, f: Filled) -> None:
    """Put the words of the package that the parties carried in the form, as far as they are still open and fit."""
    question = await ground.carried_package(visit.site.db, slug)
    if question is None:
        return
    taken = {one.amendment for one in question.asked.package}
    for line in await _lines(visit, slug, f):
        mine = [one for one in line.brackets if one.row.id in taken and not one.overtaken]
        if mine:
            merge = amendments.merged(line.current, mine)
            f.values[f"nl-{line.clause.id}"] = [merge[Language.NL]]
            f.values[f"en-{line.clause.id}"] = [merge[Language.EN]]
            f.values |= {f"fate-{one.row.id}": [AmendmentStatus.ACCEPTED.value] for one in mine}
    if not f.get("reason"):
        f.values["reason"] = [
            words(
                Words(
                    nl=f"{question.asked.title.nl}, door de partijen aangenomen.",
                    en=f"{question.asked.title.en}, carried by the parties.",
                )
            )
        ]


async def _parked(visit: Visit, slug: str) -> list[Clause]:
    rows = (await reads.standing(visit.site.db, slug)).clauses
    return [one for one in rows if one.status is ClauseStatus.PARKED]


async def _lines(
    visit: Visit, slug: str, f: Filled, only: str | None = None, about: Collection[str] = ()
) -> list[Line]:
    """Return the clauses to revise: what is open, and what the facilitator added."""
    rows = await clauses.clauses(visit.site.db, slug, None, only=[only] if only else None)
    proposed = await amendments.amendments(visit.site.db, slug, only, only=[AmendmentStatus.OPEN])
    bracketed = {one.row.clause for one in proposed}
    chosen = [
        one
        for one in rows
        if (only or one.clause.status not in SETTLED or one.clause.id in {*f.all("extra"), *bracketed})
        and (not about or one.clause.id in about)
    ]
    objected = await objections.objections(visit.site.db, slug, clauses=[one.clause.id for one in chosen])
    said = {} if only else await rounds.objections(visit.site.db, slug, [one.current.sha256 for one in chosen])
    authentic = (await views.covenant(visit.site.db, slug)).authentic
    lines = [
        Line(
            one.clause, one.current, f.get(f"nl-{one.clause.id}", one.current.text_nl),
            f.get(f"en-{one.clause.id}", one.current.text_en), said.get(one.clause.id, []),
            [raised for raised in objected if raised.row.clause == one.clause.id], [],
            [bracket for bracket in proposed if bracket.row.clause == one.clause.id], authentic=authentic,
            commitments=committing.read(f, one.clause.id, commitments.of(one.current)),
        )
        for one in chosen
    ]  # fmt: skip
    changed = [one for one in lines if one.changed]
    texts = {(one.clause.id, sha) for one in changed for sha in (one.current.sha256, one.sha)}
    approved = await approving.approvers(visit.site.db, slug, texts) if texts else {}
    for one in changed:
        one.voids.extend(approved.get((one.clause.id, one.current.sha256), []))
        one.restores.extend(approved.get((one.clause.id, one.sha), []))
    gone = dict.fromkeys({one.clause.id for one in lines}.intersection(f.all("park") + f.all("split")))
    lost = gone | {one.clause.id: one.sha for one in changed}
    resting = await conditions.broken_by(visit.site.db, slug, lost) if lost else {}
    for one in lines:
        one.breaks.extend(resting.get(one.clause.id, []))
    return lines


async def _others(visit: Visit, slug: str, found: Sequence[Line]) -> list[Clause]:
    shown = {one.clause.id for one in found}
    rows = (await reads.standing(visit.site.db, slug)).clauses
    return [one for one in rows if one.id not in shown and one.status is not ClauseStatus.PARKED]


@router.post("/c/{slug}/drafting/preview")
async def preview(visit: V, slug: str, clause: str = "") -> Response:
    """Show what was typed for one clause against its current text; asked for while typing."""
    await _need(visit, slug)
    f = await typed(visit.request)
    found = await _lines(visit, slug, f, only=clause)
    if not found:
        raise NotFound(
            "clause_not_found", f"Artikel {clause} bestaat niet.", f"There is no clause {clause}.", {"clause": clause}
        )
    names = await commitments.names(visit.site.db, slug)
    return HTMLResponse(markup(visit, "rounds/redline.html.j2", line=found[0], committable=names))


@router.post("/c/{slug}/drafting")
async def send(visit: V, slug: str) -> Response:
    """Show the changes, add a clause, or send the next version: a new round begins with it."""
    covenant, viewer, seat = await _need(visit, slug)
    f = await typed(visit.request)
    intent = f.get("intent")
    task = await _task(visit, slug, seat)
    if intent.startswith("add:"):
        f.values["extra"] = [*f.all("extra"), intent.removeprefix("add:")]
    if intent.startswith("merge:"):
        await _merge(visit, slug, f, intent.removeprefix("merge:"))
    if intent.startswith("commit:"):
        for line in await _lines(visit, slug, f, only=intent.removeprefix("commit:")):
            committing.begin(f, line.clause.id, commitments.of(line.current))
    if intent == "package":
        await _take_up(visit, slug, f)
    if intent != "send":
        await keep(visit, form_of(slug), f)
        return await _shown(visit, covenant, viewer, task, f, 200 if f.fine else HTTP_422_UNPROCESSABLE_CONTENT)
    try:
        if not await _sent_before(visit, f):
            await _carry(visit, slug, seat, f)
    except PolderError as error:
        f.refuse(error)
        await keep(visit, form_of(slug), f)
        return await _shown(visit, covenant, viewer, task, f, STATUS[error.kind])
    if not f.fine:
        await keep(visit, form_of(slug), f)
        return await _shown(visit, covenant, viewer, task, f, HTTP_422_UNPROCESSABLE_CONTENT)
    await sent(visit, form_of(slug))
    return RedirectResponse(f"/c/{slug}/rounds?done=1", HTTP_303_SEE_OTHER)


async def _merge(visit: Visit, slug: str, f: Filled, clause: str) -> None:
    """Put the words of the amendments that are to be accepted in the text of their clause; collisions are named."""
    for line in await _lines(visit, slug, f, only=clause):
        taken = [one for one in line.brackets if f.get(f"fate-{one.row.id}") == AmendmentStatus.ACCEPTED]
        if not taken:
            f.wrong(
                f"nl-{clause}",
                "Kies eerst bij welke voorstellen u de woorden overneemt.",
                "Choose first of which proposals you accept the words.",
            )
            return
        try:
            merge = amendments.merged(line.current, taken)
        except PolderError as error:
            f.errors[f"nl-{clause}"] = error.words
            return
        f.values[f"nl-{clause}"], f.values[f"en-{clause}"] = [merge[Language.NL]], [merge[Language.EN]]


def _fates(f: Filled, lines: Sequence[Line], reason: str) -> list[c.Fate]:
    """Return what was chosen for each amendment; those without a choice are carried over."""
    found = []
    for key in (one.row.id for line in lines for one in line.brackets):
        chosen = f.get(f"fate-{key}")
        if not chosen:
            continue
        why = f.get(f"why-{key}").strip() or reason or NO_REASON
        try:
            found.append(c.Fate.model_validate({"amendment": key, "status": chosen, "reason": why}))
        except ValidationError as error:
            f.invalid(error, {"reason": f"why-{key}", "status": f"fate-{key}"})
    return found


async def _sent_before(visit: Visit, f: Filled) -> bool:
    """Whether exactly this form is on record already: pressed twice, or sent again after the back button.

    Raises:
        Conflict: it is, with another content.
    """
    earlier = await views.event(visit.site.db, f.act)
    if earlier is None:
        return False
    content: dict[str, Any] = next(
        (one["content"] for one in earlier.data.get("changes", []) if one["change"] == "task_answered"), {}
    )
    before = {
        one["clause"]: [
            commitments.of(version)
            for version in await clauses.versions(visit.site.db, earlier.covenant, one["clause"])
        ]
        for one in content.get("amendments", [])
    }
    same = content.get("reason") == f.get("reason").strip() and all(
        one["sha256"]
        in {
            text_sha(f.get(f"nl-{clause}").strip(), f.get(f"en-{clause}").strip(), committing.read(f, clause, was))
            for was in before[clause]
        }
        for one in content.get("amendments", [])
        if (clause := one["clause"])
    )
    if not same:
        raise Conflict(
            "act_id_used",
            "Dit formulier is al verstuurd, met een andere inhoud. Verwacht: open de pagina opnieuw.",
            "This form was sent already, with another content. Expected: open the page anew.",
            {"act": f.act},
        )
    return True


async def _carry(visit: Visit, slug: str, seat: Seat, f: Filled) -> None:
    """Check what was typed and send it; what is wrong is noted at its field."""
    db = visit.site.db
    task = await views.task(db, f.get("task"))
    if task.covenant != slug or task.kind is not TaskKind.DRAFTING:
        raise NotFound("task_not_found", "Deze taak is er niet.", "There is no such task.", {"task": task.id})
    ends = f.get("choice", Choice.CONTINUE) == Choice.END
    reason = f.get("reason").strip()
    lines = [] if ends else await _lines(visit, slug, f, about=task.about)
    for line in lines:
        committing.read(f, line.clause.id, [], note=True)
    amend = _amendments(f, [one for one in lines if one.changed], reason)
    park = [] if ends else [one for one in f.all("park") if one in {line.clause.id for line in lines}]
    fates = _fates(f, lines, reason)
    ways = {} if ends else await _ways_out(visit, slug, f)
    _check(f, lines, park, fates, ends=ends, more=bool(ways))
    if len(reason) < LEAST:
        f.wrong("reason", "Waarom? Schrijf minstens drie tekens.", "Why? Write at least three characters.")
    if not f.fine:
        return
    try:
        content = await composing.next_version(db, slug, amend, park=park, reason=reason, end=ends, fates=fates)
        content = c.DraftingAnswer.model_validate({**content.model_dump(), **ways})
        answer = c.Answer(act=f.act, task=task.id, actor=c.Actor(person=seat.person), content=content)
    except ValidationError as error:
        f.invalid(error)
        return
    await act(await visit.site.client(), task.workflow, "answer", answer, act_id=f.act, db=db)


async def _ways_out(visit: Visit, slug: str, f: Filled) -> dict[str, Any]:
    """Return what else was chosen: clauses to split off, to bring back, or to leave to a mediator."""
    found: dict[str, Any] = {}
    if f.all("resume"):
        found["resumed"] = f.all("resume")
    if f.all("split"):
        days = _days(f, "split-days", "60")
        found["split"] = [{"clauses": f.all("split"), "respondents": [f.get("split-to") or "all"], "days": days}]
    if f.get("choice") != Choice.MEDIATE:
        return found
    if not f.all("mediate"):
        f.wrong("mediate", "Kies voor welke artikelen.", "Choose for which clauses.")
    wish: dict[str, Any] = {"clauses": f.all("mediate"), "days": _days(f, "mediation-days", "20")}
    who = f.get("mediator")
    if not who:
        name = f.need("mediator-name", "Vul een naam in, of kies iemand.", "Fill in a name, or choose someone.")
        email = f.need("mediator-email", "Vul een e-mailadres in.", "Fill in an e-mail address.")
        if name and email:
            try:
                contact = await people.put_contact(visit.site.db, people.Contact(email=email, language=Language.NL))
            except ValidationError:
                f.wrong("mediator-email", "Verwacht: een e-mailadres, zoals mees@example.org.",
                        "Expected: an e-mail address, such as mees@example.org.")  # fmt: skip
            else:
                wish |= {"name": name, "contact": contact}
        who = slugged(name or "mediator", {one.id for one in await views.people(visit.site.db, slug)})
    return {**found, "choice": Choice.MEDIATE, "mediation": {**wish, "mediator": who}}


def _days(f: Filled, name: str, default: str) -> int:
    """Return how many working days were typed."""
    text = f.get(name).strip() or default
    days = whole_number(text, least=0, most=MOST_DAYS + 1)
    if days is None or not 1 <= days <= MOST_DAYS:
        f.wrong(name, f"Verwacht: 1 tot {MOST_DAYS} werkdagen.", f"Expected: 1 to {MOST_DAYS} working days.")
        return 1
    return days


def _amendments(f: Filled, changed: Sequence[Line], reason: str) -> dict[str, AmendmentReply]:
    found = {}
    for line in changed:
        clause = line.clause.id
        try:
            found[clause] = AmendmentReply.model_validate(
                {
                    "text": {"nl": plain(line.nl), "en": plain(line.en)},
                    "commitments": line.commitments,
                    "reason": f.get(f"reason-{clause}").strip() or reason or NO_REASON,
                }
            )
        except ValidationError as error:
            own = f"reason-{clause}" if f.get(f"reason-{clause}").strip() else "reason"
            f.invalid(error, {"text.nl": f"nl-{clause}", "text.en": f"en-{clause}", "reason": own})
    return found


def _check(
    f: Filled, lines: Sequence[Line], park: Sequence[str], fates: Sequence[c.Fate], *, ends: bool, more: bool
) -> None:
    for line in lines:
        clause = line.clause.id
        if line.one_sided and clause not in f.all("onesided"):
            other = f"en-{clause}" if line.changed_nl else f"nl-{clause}"
            f.wrong(
                other,
                "Alleen de andere taal is gewijzigd. Wijzig deze ook, of kruis hieronder aan dat het zo bedoeld is.",
                "Only the other language was changed. Change this one too, or tick below that it is meant so.",
            )
        if line.changed and clause in park:
            f.wrong(
                f"park-{clause}",
                "U wijzigt dit artikel én parkeert het. Kies een van de twee.",
                "You change this clause and park it. Choose one of the two.",
            )
    if any(name.startswith("commit-") for name in f.errors):
        return  # something was changed, and cannot be
    again = f.get("again") and any(line.unchanged_can_pass for line in lines)
    if not ends and not more and not park and not fates and not again and not any(line.changed for line in lines):
        f.refuse(
            Refusal(
                "nothing_changed",
                "Er is nog niets gewijzigd. Verwacht: een andere tekst, een besluit over een voorstel, een artikel dat "
                "u parkeert of opnieuw voorlegt, of het einde van de gesprekken.",
                "Nothing was changed yet. Expected: another text, a decision on a proposal, a clause to park or to "
                "put again, or the end of the talks.",
            )
        )
