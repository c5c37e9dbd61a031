"""The operators' board: where every covenant stands still and why, and from a row to the cause."""

import csv
import io
import re
from collections.abc import AsyncIterator
from datetime import datetime
from typing import Any
from urllib.parse import quote, urlencode

from fastapi import APIRouter
from fastapi.responses import RedirectResponse, Response, StreamingResponse
from starlette.status import HTTP_303_SEE_OTHER, HTTP_422_UNPROCESSABLE_CONTENT
from temporalio.service import RPCError

from models import ids
from models.accounts import SavedView
from models.base import Words
from models.contracts import Schedule
from models.enums import CovenantStatus, Language, Phase, Rung
from models.errors import NotFound, PolderError
from models.tables import HumanTask, Party, Step
from rules import labels, standstill
from rules.access import SEES, Page, forbidden
from rules.calendar import local_date, working_days_between
from rules.standing import OVER, who
from rules.standstill import Late, Standstill
from runtime.diagnosing import Diagnosis, Trouble, diagnose
from store import accounts, board, standing, views
from store.board import Filters, Row
from web.forms import Filled, typed
from web.rendering import page
from web.visiting import SignInFirst, V, Visit, page_number, whole_number

router = APIRouter(include_in_schema=False)

PER_PAGE = 25
EXPORTED = 500
"""Covenants that an export reads at once."""
MOST_STANDSTILL = 2000
PAGE = "board"
KEPT = ("q", "sector", "phase", "status", "every", "overdue", "technical", "standstill", "sort")
"""What of an address makes a view."""

ADDRESS = re.compile(r"[^\s<>@,;:]+@[^\s<>@,;:]+")


async def filters(visit: Visit) -> Filters:
    """Read the filters from the address; what nobody could mean is left out.

    Raises:
        SignInFirst: nobody signed in.
        Forbidden: they watch no covenant.
    """
    mine = None
    if not visit.operates:
        if visit.email is None:
            raise SignInFirst
        mine = await board.watched(visit.site.db, visit.email)
        if not mine:
            raise forbidden(SEES[Page.BOARD])
    query = visit.request.query_params
    status, phase, still = query.get("status", ""), query.get("phase", ""), query.get("standstill", "")
    sort = query.get("sort", "")
    return Filters(
        slugs=mine,
        search=query.get("q", "").strip()[:100],
        sector=query.get("sector", "")[:63],
        phase=Phase(phase) if phase in set(Phase) else None,
        status=CovenantStatus(status) if status in set(CovenantStatus) else None,
        every=query.get("every") == "yes",
        overdue=query.get("overdue") == "yes",
        technical=query.get("technical") == "yes",
        standstill=whole_number(still, least=0, most=MOST_STANDSTILL) or 0,
        sort=sort if sort.removeprefix("-") in board.SORTS else "moved",
    )


@router.get("/board")
async def overview(visit: V) -> Response:
    """Show all covenants that someone watches."""
    return await _overview(visit, Filled())


async def _overview(visit: Visit, f: Filled, *, status: int = 200) -> Response:
    asked, db = await filters(visit), visit.site.db
    today, number = local_date(visit.now), page_number(visit)
    found = await board.rows(
        db, asked, visit.now, today, language=visit.language, limit=PER_PAGE + 1, offset=(number - 1) * PER_PAGE
    )
    query = dict(visit.request.query_params)
    return page(
        visit, "board/list.html.j2", status=status, f=f, rows=[shown(one, visit) for one in found[:PER_PAGE]],
        more=len(found) > PER_PAGE, number=number, asked=asked, count=await board.count(db, asked, visit.now, today),
        sectors=await board.sectors(db, asked.slugs), statuses=CovenantStatus, phases=Phase,
        views=await accounts.saved_views(db, visit.me, PAGE), kept=urlencode(_kept(query)), causes=standstill.CAUSES,
        this={name: value for name, value in query.items() if name in {*KEPT, "page"}},
    )  # fmt: skip


def _kept(query: dict[str, str]) -> dict[str, str]:
    return {name: query[name] for name in KEPT if query.get(name)}


def shown(row: Row, visit: Visit) -> dict[str, Any]:
    """Return what a row of the board shows besides its counts."""
    now = visit.clock(row.covenant)
    late = [Late(_who(one), one.due_at, Rung(one.rung) if one.rung else None) for one in row.late]
    behind = max((_behind(step, now) for step in row.steps), default=0)
    return {
        "row": row,
        "behind": behind,
        "since": max(working_days_between(local_date(row.covenant.moved_at), local_date(now)), 0),
        "late": late,
        "verdict": standstill.judge(
            now, status=row.covenant.status, held=row.covenant.held_reason, faults=faults(row), late=late
        ),
    }


def _who(one: board.Late) -> Words:
    if one.role is not None:
        return labels.OFFICES.get(one.role, Words(nl=one.role, en=one.role))
    return Words(nl=one.name_nl or one.respondent, en=one.name_en or one.respondent)


def _behind(step: Step, now: datetime) -> int:
    today = local_date(now)
    return working_days_between(step.planned_end, today) if today > step.planned_end else 0


def faults(row: Row) -> list[Words]:
    """Say which technical faults the database shows."""
    found = []
    if row.undeliverable:
        one = row.undeliverable == 1
        found.append(
            Words(
                nl=f"{row.undeliverable} {'mail kwam' if one else 'mails kwamen'} niet aan",
                en=f"{row.undeliverable} {'mail was' if one else 'mails were'} not delivered",
            )
        )
    if row.stuck:
        one = row.stuck == 1
        found.append(
            Words(
                nl=f"{row.stuck} {'mail wacht' if one else 'mails wachten'} al meer dan een uur",
                en=f"{row.stuck} {'mail has' if one else 'mails have'} waited for more than an hour",
            )
        )
    if row.torn:
        found.append(
            Words(nl="het einde van de lijst past niet op de keten", en="the end of the record does not fit the chain")
        )
    return found


# --- views that are kept ----------------------------------------------------------------------------------------------


@router.post("/board/views")
async def keep_view(visit: V) -> Response:
    """Keep the filters and sorting of the board under a name; the same name replaces them."""
    await filters(visit)
    f = await typed(visit.request)
    name = f.need("name", "Geef de weergave een naam.", "Give the view a name.")
    if len(name) > 80:  # noqa: PLR2004 as wide as its column
        f.wrong("name", "Een naam is hoogstens 80 tekens.", "A name is at most 80 characters.")
    query = urlencode(_kept(dict(visit.request.query_params)))
    if len(query) > 1000:  # noqa: PLR2004 idem
        f.wrong("name", "Deze filters zijn te lang om te bewaren.", "These filters are too long to keep.")
    if not f.fine:
        return await _overview(visit, f, status=HTTP_422_UNPROCESSABLE_CONTENT)
    await accounts.save_view(visit.site.db, SavedView(email=visit.me, page=PAGE, name=name, query=query))
    return RedirectResponse(f"/board?{query}{'&' if query else ''}done=1", HTTP_303_SEE_OTHER)


@router.post("/board/views/delete")
async def drop_view(visit: V) -> Response:
    """Forget a view."""
    await filters(visit)
    f = await typed(visit.request)
    await accounts.drop_view(visit.site.db, visit.me, PAGE, f.get("name"))
    return RedirectResponse("/board?done=1", HTTP_303_SEE_OTHER)


# --- export -----------------------------------------------------------------------------------------------------------


def safe(cell: object) -> str:
    """Write a cell so that no spreadsheet takes it for a formula."""
    text = "" if cell is None else str(cell)
    return f"'{text}" if text.startswith(("=", "+", "-", "@", "\t", "\r", "\n")) else text


def _line(cells: list[object]) -> str:
    out = io.StringIO()
    csv.writer(out).writerow([safe(cell) for cell in cells])
    return out.getvalue()


HEADS: list[tuple[str, str]] = [
    ("convenant", "covenant"), ("titel", "title"), ("sector", "sector"), ("stand", "status"), ("fase", "phase"),
    ("stap", "step"), ("gepland tot", "planned until"), ("werkdagen achter", "working days behind"), ("open", "open"),
    ("te laat", "overdue"), ("wie te laat is", "who is late"), ("trede", "rung"),
    ("laatste beweging", "last movement"), ("oorzaak", "cause"), ("uitleg", "explanation"),
]  # fmt: skip


@router.get("/board.csv")
async def export(visit: V) -> Response:
    """Download the filtered list as CSV, written while it is read."""
    asked = await filters(visit)
    wanted = await board.slugs(visit.site.db, asked, visit.now, local_date(visit.now), language=visit.language)
    nl = visit.language is Language.NL

    async def lines() -> AsyncIterator[str]:
        yield "\ufeff" + _line([head[0] if nl else head[1] for head in HEADS])
        for start in range(0, len(wanted), EXPORTED):
            for row in await board.some(visit.site.db, wanted[start : start + EXPORTED], visit.now):
                yield _line(_cells(row, visit))

    return StreamingResponse(
        lines(), media_type="text/csv; charset=utf-8",
        headers={"content-disposition": 'attachment; filename="polder-board.csv"', "cache-control": "no-store"},
    )  # fmt: skip


def _cells(row: Row, visit: Visit) -> list[object]:
    told, one, language = shown(row, visit), row.covenant, visit.language
    verdict: Standstill = told["verdict"]
    return [
        one.slug, getattr(one, f"title_{language}"), one.sector,
        labels.label(labels.COVENANTS, one.status, language),
        labels.label(labels.PHASES, one.phase, language) if one.phase else "",
        "; ".join(getattr(step, f"title_{language}") for step in row.steps),
        min((step.planned_end.isoformat() for step in row.steps), default=""),
        told["behind"], row.open, row.overdue,
        "; ".join(late.who.pick(language) for late in told["late"]),
        "; ".join(labels.label(labels.RUNGS, late.rung, language) for late in told["late"] if late.rung),
        one.moved_at.isoformat(), standstill.CAUSES[verdict.cause].pick(language), verdict.words.pick(language),
    ]  # fmt: skip


# --- one covenant, to the cause ---------------------------------------------------------------------------------------


@router.get("/board/{slug}")
async def cause(visit: V, slug: str) -> Response:
    """Show why one covenant stands still, and what can be done."""
    viewer = await visit.need(Page.BOARD, slug)
    db = visit.site.db
    found = await board.some(db, [slug], visit.now)
    if not found:
        raise NotFound(
            "covenant_not_found",
            "Dit convenant bestaat niet. Verwacht: een convenant van de lijst.",
            "This covenant does not exist. Expected: a covenant of the list.",
        )
    row, now = found[0], visit.clock(found[0].covenant)
    tasks = await board.overdue(db, slug, now)
    told, away = await _diagnosed(visit, row)
    broken = [one for one in told if one.trouble is not Trouble.FINE]
    schedule = await _schedule(visit, slug, tasks, row.steps)
    late = [_late(task, party) for task, party in tasks]
    verdict = standstill.judge(
        now, status=row.covenant.status, held=row.covenant.held_reason,
        faults=[*faults(row), *(FAULTS[one.trouble] for one in broken), *([AWAY] if away else [])],
        late=late, schedule=schedule,
    )  # fmt: skip
    return page(
        visit, "board/cause.html.j2", row=row, covenant=row.covenant, viewer=viewer, now=now, verdict=verdict,
        tasks=[(task, by, standstill.next_rung(by, schedule, now)) for (task, _), by in zip(tasks, late, strict=True)],
        told=told, away=away, faults=FAULTS, mails=await board.failed_mails(db, slug, visit.now), scrub=scrub,
        link=lambda workflow: ui_link(visit, workflow), behind=max((_behind(s, now) for s in row.steps), default=0),
        since=max(working_days_between(local_date(row.covenant.moved_at), local_date(now)), 0),
        causes=standstill.CAUSES, over=row.covenant.status in OVER,
    )  # fmt: skip


FAULTS: dict[Trouble, Words] = {
    Trouble.FINE: Words(nl="loopt", en="running"),
    Trouble.ACTIVITY: Words(nl="een activiteit mislukt telkens", en="an activity keeps failing"),
    Trouble.CODE: Words(nl="een workflow loopt vast in zijn eigen code", en="a workflow fails in its own code"),
    Trouble.NO_WORKER: Words(nl="geen worker pakt het werk op", en="no worker takes up the work"),
    Trouble.STOPPED: Words(
        nl="een workflow die zou moeten lopen is gestopt", en="a workflow that should run has stopped"
    ),
    Trouble.UNKNOWN: Words(
        nl="Temporal kent een workflow niet die zou moeten lopen", en="Temporal misses a workflow that should run"
    ),
}  # fmt: skip


AWAY = Words(nl="Temporal antwoordt niet", en="Temporal does not answer")


def _late(task: HumanTask, party: Party | None) -> Late:
    names = {party.id: (party.name_nl, party.name_en)} if party else {}
    return Late(who(task, names), task.due_at, Rung(task.rung) if task.rung else None, task.ladder_held)


async def _schedule(
    visit: Visit, slug: str, tasks: list[tuple[HumanTask, Party | None]], steps: list[Step]
) -> Schedule:
    """Return the schedule of the step that is waited on: as its plan has it."""
    key = tasks[0][0].step if tasks else steps[0].key if steps else None
    if key is None:
        return standstill.PLAYBOOK
    for planned in await standing.plan(visit.site.db, slug):
        if planned.key == key and planned.step.ladder is not None:
            return Schedule(reminders=planned.step.reminders or [], ladder=planned.step.ladder)
    return standstill.PLAYBOOK


async def _diagnosed(visit: Visit, row: Row) -> tuple[list[Diagnosis], Words | None]:
    """Ask Temporal about the workflows that should be running; when it is away, say so."""
    if row.covenant.status in OVER:
        return [], None
    slug, db = row.covenant.slug, visit.site.db
    last = await views.open_round(db, slug)
    wanted = [ids.covenant_workflow(slug), *(step.workflow for step in row.steps if step.workflow)]
    wanted += [last.workflow] if last else []
    wanted += await board.open_task_workflows(db, slug)
    try:
        return await diagnose(await visit.site.client(), list(dict.fromkeys(wanted))), None
    except PolderError as error:
        return [], error.words
    except (RPCError, TimeoutError):
        return [], Words(
            nl="Temporal antwoordt nu niet; wat er met de workflows is, is onbekend. Het dossier hieronder komt uit de "
            "database.",
            en="Temporal does not answer now; what is with the workflows is unknown. The record below comes from the "
            "database.",
        )


def scrub(text: str | None) -> str:
    """Take addresses out of a technical message: the board is not for them."""
    return ADDRESS.sub("…@…", text or "")


def ui_link(visit: Visit, workflow: str) -> str | None:
    """Return the address of a workflow in Temporal's own pages, when there are any."""
    settings = visit.site.settings
    if not settings.temporal_ui:
        return None
    host = settings.temporal_address.rpartition(":")[0] if settings.temporal_address else "localhost"
    return (
        f"http://{host}:{settings.temporal_ui_port}/namespaces/{quote(settings.temporal_namespace)}"
        f"/workflows/{quote(workflow, safe='')}"
    )
