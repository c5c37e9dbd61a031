"""Long work: ask for it, see how far it is, and download what came of it; closing the tab changes nothing."""

import re
from typing import Annotated
from urllib.parse import quote

from fastapi import APIRouter, Path
from fastapi.responses import RedirectResponse, Response
from starlette.status import HTTP_303_SEE_OTHER, HTTP_422_UNPROCESSABLE_CONTENT

from acts.working import new_job, start_job
from models.accounts import Job, JobStatus
from models.base import Words
from models.enums import JobKind, Language
from models.errors import NotFound, Refusal
from rules.access import Page
from store import accounts, jobs, views
from web.forms import Filled, typed
from web.live import stream
from web.rendering import page
from web.visiting import V, Visit, page_number

router = APIRouter(include_in_schema=False)

PER_PAGE = 20
JOB = re.compile(r"job-[0-9a-f]{32}")
SLUG = re.compile(r"[a-z0-9][a-z0-9-]{0,62}")
JobId = Annotated[str, Path(pattern=f"^{JOB.pattern}$")]
KINDS: dict[JobKind, Words] = {
    JobKind.DOCUMENTS: Words(nl="documenten van de tekst zoals die nu is", en="documents of the text as it is now"),
    JobKind.TEXTS: Words(nl="alle versies van alle artikelen", en="every version of every clause"),
}
STATES: dict[JobStatus, Words] = {
    JobStatus.RUNNING: Words(nl="loopt", en="under way"),
    JobStatus.DONE: Words(nl="klaar", en="done"),
    JobStatus.FAILED: Words(nl="niet gelukt", en="failed"),
}


@router.get("/jobs")
async def mine(visit: V, covenant: str = "") -> Response:
    """List the visitor's long work, with a form to ask for more."""
    await visit.need(Page.OWN)
    f = Filled({"job": [new_job()], "covenant": [covenant], "language": [visit.language.value]})
    return await _list(visit, f)


async def _list(visit: Visit, f: Filled, status: int = 200) -> Response:
    db = visit.site.db
    number = page_number(visit)
    rows = await jobs.of(db, visit.me, limit=PER_PAGE + 1, offset=(number - 1) * PER_PAGE)
    return page(
        visit, "jobs/list.html.j2", status=status, f=f, jobs=rows[:PER_PAGE], more=len(rows) > PER_PAGE, number=number,
        covenants=await accounts.covenants_of(db, visit.me), kinds=KINDS, states=STATES,
    )  # fmt: skip


@router.post("/jobs")
async def ask(visit: V) -> Response:
    """Start long work."""
    await visit.need(Page.OWN)
    f = await typed(visit.request)
    slug = f.need("covenant", "Kies een convenant.", "Choose a covenant.")
    if not SLUG.fullmatch(slug):
        f.wrong("covenant", "Kies een convenant.", "Choose a covenant.")
    if f.get("kind") not in set(JobKind):
        f.wrong("kind", "Kies wat u wilt hebben.", "Choose what you want.")
    if f.get("language") not in set(Language):
        f.wrong("language", "Kies Nederlands of Engels.", "Choose Dutch or English.")
    job_id = f.get("job")
    if not JOB.fullmatch(job_id):
        f.values["job"] = [job_id := new_job()]
    if not f.fine:
        return await _list(visit, f, HTTP_422_UNPROCESSABLE_CONTENT)
    await visit.need(Page.TEXT, slug)
    await views.covenant(visit.site.db, slug)
    await start_job(
        await visit.site.client(), visit.site.db, job_id, visit.me, JobKind(f.get("kind")), slug,
        Language(f.get("language")), visit.now, task_queue=visit.site.settings.task_queue,
    )  # fmt: skip
    return RedirectResponse(f"/jobs/{quote(job_id)}", HTTP_303_SEE_OTHER)


@router.get("/jobs/{job_id}")
async def one(visit: V, job_id: JobId) -> Response:
    """Show how far long work is."""
    job = await _own(visit, job_id)
    covenant = await views.covenant(visit.site.db, job.covenant) if job.covenant else None
    return page(visit, "jobs/job.html.j2", job=job, covenant=covenant, kinds=KINDS, states=STATES)


@router.get("/jobs/{job_id}/live")
async def live(visit: V, job_id: JobId) -> Response:
    """Tell an open page each time that long work moves on."""
    job = await _own(visit, job_id)

    async def look() -> str:
        return await jobs.look(visit.site.db, job.id)

    return await stream(visit, f"job:{job.id}", look)


@router.get("/jobs/{job_id}/result")
async def result(visit: V, job_id: JobId) -> Response:
    """Download what came of long work."""
    job = await _own(visit, job_id)
    if job.result is None:
        raise NotFound(
            "job_not_done",
            "Dit werk heeft nog niets opgeleverd. Verwacht: werk dat klaar is.",
            "This work has made nothing yet. Expected: work that is done.",
        )
    content = await jobs.result(visit.site.db, job.result)
    name = quote(job.result_name or f"{job.id}.zip")
    return Response(
        content.data,
        media_type=content.media_type,
        headers={"content-disposition": f"attachment; filename*=UTF-8''{name}"},
    )


async def _own(visit: Visit, job_id: str) -> Job:
    """Return one of the visitor's jobs, while the covenant it is about may be read."""
    await visit.need(Page.OWN)
    job = await jobs.job(visit.site.db, job_id, visit.me)
    if job.covenant is None:
        raise Refusal("job_without_covenant", "Dit werk hoort nergens bij.", "This work belongs to nothing.")
    await visit.need(Page.TEXT, job.covenant)
    return job
