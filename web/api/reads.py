"""Reading: the same as the pages show to the same person."""

import asyncio
from datetime import UTC, datetime
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query
from fastapi.responses import Response
from pydantic import StringConstraints

from activities.providing import seal_of
from acts.dossier import dossier
from acts.exporting import MEDIA, File, Format, Redline, export, redline
from models.base import Sha256, Slug
from models.enums import CovenantStatus, Language, Phase, Role, TaskKind, TaskStatus
from models.errors import NotFound
from models.tables import Covenant
from rules import access
from rules.access import Page, Relation, Viewer
from rules.calendar import local_date
from rules.showing import shows_document
from rules.standing import own_respondents
from store import clauses as texts
from store import duties, feeds, happenings, revisions, views
from store.rounds import hidden_from
from web.api import shapes as s
from web.api.auth import Caller, Reading

router = APIRouter()

Parts = Annotated[s.Paging, Depends(s.paging)]
Kind = Annotated[str, StringConstraints(pattern=r"^[a-z_]{0,60}$")]
PDF = "application/pdf"


@router.get("/me", tags=["account"])
async def me(caller: Reading) -> s.Me:
    """Say in whose name you act."""
    scopes = list(caller.token.scopes) if caller.token else ["read"]
    viewer = await caller.viewer()
    return s.Me(email=caller.me, scopes=scopes, operates=caller.operates, launches=viewer.launches)


# --- covenants --------------------------------------------------------------------------------------------------------


@router.get("/covenants", tags=["covenants"])
async def covenants(
    caller: Reading, parts: Parts, status: CovenantStatus | None = None, phase: Phase | None = None,
    sector: Slug | None = None, since: datetime | None = None,
) -> s.Paged[s.CovenantShape]:  # fmt: skip
    """List your covenants, the last moved first; an operator's are all."""
    who = None if caller.operates else caller.me
    moment = since.replace(tzinfo=since.tzinfo or UTC) if since else None
    rows = await feeds.covenants(
        caller.site.db, who, parts.part, status=status, phase=phase, sector=sector or "", since=moment
    )
    return parts.of(rows, s.CovenantShape.of)


async def _seen(caller: Caller, slug: str, page: Page) -> tuple[Covenant, Viewer]:
    viewer = await caller.need(page, slug)
    return await views.covenant(caller.site.db, slug), viewer


@router.get("/covenants/{slug}", tags=["covenants"])
async def covenant(caller: Reading, slug: s.SlugPath) -> s.CovenantShape:
    """Return where a covenant stands."""
    return s.CovenantShape.of((await _seen(caller, slug, Page.COVENANT))[0])


@router.get("/covenants/{slug}/revisions", tags=["covenants"])
async def revised(caller: Reading, slug: s.SlugPath) -> list[s.RevisionShape]:
    """List the revisions of a signed covenant, the first one first; the last in force has the text that holds."""
    await _seen(caller, slug, Page.COVENANT)
    return [s.RevisionShape.of(row) for row in await revisions.of(caller.site.db, slug)]


@router.get("/covenants/{slug}/steps", tags=["covenants"])
async def steps(caller: Reading, slug: s.SlugPath, parts: Parts) -> s.Paged[s.StepShape]:
    """List the steps of the plan."""
    await _seen(caller, slug, Page.COVENANT)
    return parts.of(await feeds.steps(caller.site.db, slug, parts.part), s.StepShape.of)


@router.get("/covenants/{slug}/parties", tags=["covenants"])
async def parties(caller: Reading, slug: s.SlugPath, parts: Parts) -> s.Paged[s.PartyShape]:
    """List the parties and participants."""
    await _seen(caller, slug, Page.COVENANT)
    return parts.of(await feeds.parties(caller.site.db, slug, parts.part), s.PartyShape.of)


@router.get("/covenants/{slug}/people", tags=["covenants"])
async def people(caller: Reading, slug: s.SlugPath, parts: Parts) -> s.Paged[s.PersonShape]:
    """List the people with their addresses; for the facilitator and the secretariat."""
    await _seen(caller, slug, Page.PEOPLE)
    return parts.of(await feeds.people(caller.site.db, slug, parts.part), s.PersonShape.of)


# --- the text ---------------------------------------------------------------------------------------------------------


@router.get("/covenants/{slug}/clauses", tags=["text"])
async def clauses(caller: Reading, slug: s.SlugPath, parts: Parts) -> s.Paged[s.ClauseShape]:
    """List the clauses with their current text."""
    await _seen(caller, slug, Page.TEXT)
    return parts.of(await feeds.clauses(caller.site.db, slug, parts.part), s.ClauseShape.of)


@router.get("/covenants/{slug}/clauses/{clause}/versions", tags=["text"])
async def versions(caller: Reading, slug: s.SlugPath, clause: Slug) -> list[s.VersionShape]:
    """Return every version of a clause, the newest first."""
    await _seen(caller, slug, Page.TEXT)
    await texts.clause(caller.site.db, slug, clause)
    made = await texts.authors(caller.site.db, slug)
    rows = await texts.versions(caller.site.db, slug, clause)
    return [s.VersionShape.of(one, made.get((clause, one.version))) for one in rows]


@router.get("/covenants/{slug}/rounds", tags=["text"])
async def rounds(caller: Reading, slug: s.SlugPath, parts: Parts) -> s.Paged[s.RoundShape]:
    """List the dialogue rounds."""
    await _seen(caller, slug, Page.TEXT)
    return parts.of(await feeds.rounds(caller.site.db, slug, parts.part), s.RoundShape.of)


@router.get("/covenants/{slug}/positions", tags=["text"])
async def positions(
    caller: Reading, slug: s.SlugPath, parts: Parts, clause: Slug | None = None, party: Slug | None = None
) -> s.Paged[s.PositionShape]:
    """List the latest position of each party on each text; while a round is open, of that round only your own."""
    _, viewer = await _seen(caller, slug, Page.TEXT)
    db = caller.site.db
    hidden = await hidden_from(db, slug, viewer)
    own = {seat.party for seat in viewer.seats if seat.party}
    rows = await feeds.positions(db, slug, parts.part, clause=clause or "", party=party or "", hidden=hidden, own=own)
    return parts.of(rows, s.PositionShape.of)


# --- tasks ------------------------------------------------------------------------------------------------------------


@router.get("/tasks", tags=["tasks"])
async def my_tasks(caller: Reading, parts: Parts) -> s.Paged[s.TaskShape]:
    """List what is due from you, in every covenant, soonest due first."""
    rows = await duties.due(caller.site.db, caller.me, limit=parts.part.limit, offset=parts.part.offset)
    return parts.of(rows, lambda one: s.TaskShape.of(one.task))


def _own_only(viewer: Viewer) -> tuple[set[str], set[Role]] | None:
    """Return whose tasks a company sees: its own. Everyone else sees who is waited on."""
    if access.sees(viewer, Page.TEXT) or Relation.OPERATOR in viewer.relations:
        return None
    return own_respondents(viewer)


@router.get("/covenants/{slug}/tasks", tags=["tasks"])
async def tasks(
    caller: Reading, slug: s.SlugPath, parts: Parts, status: TaskStatus | None = None, kind: TaskKind | None = None,
    respondent: Slug | None = None,
) -> s.Paged[s.TaskShape]:  # fmt: skip
    """List the tasks of a covenant, soonest due first."""
    _, viewer = await _seen(caller, slug, Page.COVENANT)
    rows = await feeds.tasks(
        caller.site.db, slug, parts.part, status=status, kind=kind, respondent=respondent or "",
        only=_own_only(viewer),
    )  # fmt: skip
    return parts.of(rows, s.TaskShape.of)


@router.get("/covenants/{slug}/waiting", tags=["tasks"])
async def waiting(
    caller: Reading, slug: s.SlugPath, parts: Parts, late: Annotated[bool, Query()] = False
) -> s.Paged[s.TaskShape]:
    """List who is waited on, soonest due first; only who is late, if asked."""
    row, viewer = await _seen(caller, slug, Page.COVENANT)
    rows = await feeds.tasks(
        caller.site.db, slug, parts.part, status=TaskStatus.OPEN, late_at=caller.clock(row) if late else None,
        only=_own_only(viewer),
    )  # fmt: skip
    return parts.of(rows, s.TaskShape.of)


@router.get("/tasks/{slug}/{where}/{respondent}", tags=["tasks"])
async def task(caller: Reading, slug: s.SlugPath, where: s.WherePath, respondent: s.RespondentPath) -> s.TaskDetail:
    """Return a task with every answer given to it; the address ends in the task's id."""
    viewer = await caller.need(Page.TASK, slug)
    db = caller.site.db
    row = await views.task(db, f"{slug}/{where}/{respondent}")
    if not access.sees_task(viewer, row.respondent, row.role):
        raise access.forbidden(access.PROXIES)
    return s.TaskDetail.with_answers(row, await views.answers(db, row.id))


# --- the record -------------------------------------------------------------------------------------------------------


@router.get("/covenants/{slug}/events", tags=["record"])
async def events(
    caller: Reading, slug: s.SlugPath, parts: Parts, after: Annotated[int, Query(ge=0, le=2**31 - 1)] = 0,
    kind: Kind = "",
) -> s.Paged[s.EventShape]:  # fmt: skip
    """List the log, oldest first: who did what, in a sentence. `after` is the `seq` of the last entry you have."""
    row, viewer = await _seen(caller, slug, Page.ACTIVITY)
    db = caller.site.db
    reads = await happenings.reader(db, slug, [seat.person for seat in viewer.seats], local_date(caller.clock(row)))
    found = await happenings.happenings(
        db, slug, reads, after=after, kind=kind, limit=parts.part.limit, offset=parts.part.offset
    )
    return parts.of(found, s.EventShape.of)


@router.get("/covenants/{slug}/decisions", tags=["record"])
async def decisions(caller: Reading, slug: s.SlugPath, parts: Parts) -> s.Paged[s.DecisionShape]:
    """List the verdicts."""
    await _seen(caller, slug, Page.ACTIVITY)
    return parts.of(await feeds.decisions(caller.site.db, slug, parts.part), s.DecisionShape.of)


@router.get("/covenants/{slug}/documents", tags=["record"])
async def documents(caller: Reading, slug: s.SlugPath, parts: Parts) -> s.Paged[s.DocumentShape]:
    """List the documents you may download, the newest first; a part may hold fewer than its limit."""
    _, viewer = await _seen(caller, slug, Page.COVENANT)
    rows = await feeds.documents(caller.site.db, slug, parts.part)
    answer = parts.of(rows, lambda one: one)
    shown = [s.DocumentShape.of(one) for one in answer.items if _shows(viewer, one)]
    return s.Paged(items=shown, page=answer.page, next=answer.next)


def _shows(viewer: Viewer, paper: feeds.Paper) -> bool:
    task = paper.task
    return shows_document(
        viewer, task.kind if task else None, task.respondent if task else None,
        reads_text=access.sees(viewer, Page.TEXT),
    )  # fmt: skip


@router.get(
    "/covenants/{slug}/documents/{sha256}",
    tags=["record"],
    response_class=Response,
    responses={200: {"content": {PDF: {}, "application/octet-stream": {}}, "description": "the bytes"}},
)
async def document(caller: Reading, slug: s.SlugPath, sha256: Sha256) -> Response:
    """Return the bytes of a document."""
    _, viewer = await _seen(caller, slug, Page.COVENANT)
    found = await texts.document(caller.site.db, slug, sha256)
    if found is None or not _shows(viewer, feeds.Paper(found.document, found.task)):
        raise NotFound(
            "document_not_found",
            "Dit convenant heeft voor u geen document met deze SHA-256.",
            "This covenant has no document with this SHA-256 for you.",
            {"sha256": sha256},
        )
    pdf = found.content.media_type == PDF
    name = f"{slug}-{sha256[:8]}{'.pdf' if pdf else ''}"
    return Response(
        found.content.data,
        media_type=PDF if pdf else "application/octet-stream",  # what a party delivered is never run by a browser
        headers={"content-disposition": f'attachment; filename="{name}"'},
    )


FILE: dict[int | str, dict[str, Any]] = {
    200: {"content": {one.partition(";")[0]: {} for one in MEDIA.values()}, "description": "the file"}
}


@router.get("/covenants/{slug}/dossier", tags=["text"], response_class=Response, responses=FILE)
async def dossiered(caller: Reading, slug: s.SlugPath) -> Response:
    """Give the dossier of a covenant as far as you may read it: a zip that verifies itself without Polder."""
    viewer = await caller.need(Page.COVENANT, slug)
    row = await views.covenant(caller.site.db, slug)
    seal = await asyncio.to_thread(seal_of, caller.site.settings)
    return _sent(await dossier(caller.site.db, slug, viewer, max(datetime.now(UTC), row.moved_at), seal))


@router.get("/covenants/{slug}/export", tags=["text"], response_class=Response, responses=FILE)
async def exported(caller: Reading, slug: s.SlugPath, form: Format, lang: Language = Language.EN) -> Response:
    """Return the text in one of four formats, or the negotiation as JSON, as far as you may read it."""
    row, viewer = await _seen(caller, slug, Page.TEXT)
    return _sent(await export(caller.site.db, slug, viewer, form, lang, max(datetime.now(UTC), row.moved_at)))


@router.get("/covenants/{slug}/redline.{form}", tags=["text"], response_class=Response, responses=FILE)
async def redlined(caller: Reading, slug: s.SlugPath, form: Redline, lang: Language = Language.EN) -> Response:
    """Return the whole text with what changed since your own party last approved, clause by clause."""
    row, viewer = await _seen(caller, slug, Page.TEXT)
    return _sent(await redline(caller.site.db, slug, viewer, form, lang, max(datetime.now(UTC), row.moved_at)))


def _sent(made: File) -> Response:
    headers = {"content-disposition": f'attachment; filename="{made.name}"'}
    return Response(made.data, media_type=made.media_type, headers=headers)
