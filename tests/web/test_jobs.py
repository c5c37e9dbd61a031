"""Long work: asked for on a page, done by a worker, found again later; a worker that is killed is missed by nobody."""

import asyncio
import io
import os
import subprocess
import sys
import zipfile
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
import pytest_asyncio
from browsing import Browser
from lives import Engine, table_on
from table import Table

from acts.working import new_job, start_job
from models.accounts import Job, JobStatus
from models.base import Words
from models.enums import JobKind, Language, Stance
from models.errors import Conflict, NotFound
from models.scenario import PositionReply
from store import jobs
from worker import make_worker

pytestmark = [pytest.mark.asyncio(loop_scope="session"), pytest.mark.timeout(180)]
SignIn = Callable[..., Awaitable[Browser]]
WORKER = Path(__file__).parents[1] / "faults" / "worker_process.py"
ROOT = Path(__file__).parents[2]


async def until(table: Table, job: str, email: str, reached: Callable[[Job], bool]) -> Job:
    async with asyncio.timeout(120):
        while True:
            row = await jobs.job(table.db, job, email)
            if reached(row):
                return row
            await asyncio.sleep(0.02)


def over(row: Job) -> bool:
    return row.status is not JobStatus.RUNNING


async def second_version(table: Table) -> None:
    """Bring a table to a second version of a clause."""
    await table.launch()
    await table.approve()
    await table.advance(3)
    for party in ("union", "guild", "trade"):
        await table.position(party)
    await table.position("shops", {"wage": PositionReply.model_validate(
        {"stance": Stance.OBJECT, "ground": "cost", "lift": "less"})})  # fmt: skip
    await table.advance(11)
    await table.draft({"wage": "New wage"})


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def versions(engine: Engine) -> Table:
    """A covenant with that second version, to read."""
    table = table_on(engine)
    await second_version(table)
    return table


async def test_every_version_is_made_and_found_again(versions: Table, sign_in: SignIn) -> None:
    browser = await sign_in("union@example.org")
    form = (await browser.get(f"/jobs?covenant={versions.slug}")).form("/jobs")
    asked = await browser.send(form, {"kind": "texts", "language": "en"})
    job = asked.url.rpartition("/")[2]
    again = await browser.send(form, {"kind": "texts", "language": "en"})
    assert again.url == asked.url
    await until(versions, job, "union@example.org", over)
    page = await browser.get(f"/jobs/{job}")
    assert "Done on" in page.text
    assert "3 parts" in page.text
    assert job in (await browser.get("/jobs")).html
    got = await browser.http.get(f"/jobs/{job}/result")
    assert got.headers["content-type"] == "application/zip"
    with zipfile.ZipFile(io.BytesIO(got.content)) as file:
        names = file.namelist()
        assert [name.rpartition("/")[2] for name in names] == ["version-01.txt", "version-02.txt", "version-01.txt"]
        text = file.read(names[1]).decode()
    assert text.endswith("New wage (en)\n")
    assert "Reason: a compromise" in text


async def test_documents_are_made_in_a_language(versions: Table, sign_in: SignIn) -> None:
    browser = await sign_in("fay@example.org")
    form = (await browser.get("/jobs")).form("/jobs")
    asked = await browser.send(form, {"covenant": versions.slug, "kind": "documents", "language": "nl"})
    job = asked.url.rpartition("/")[2]
    row = await until(versions, job, "fay@example.org", over)
    assert (row.done, row.total) == (4, 4)
    got = await browser.http.get(f"/jobs/{job}/result")
    with zipfile.ZipFile(io.BytesIO(got.content)) as file:
        assert file.namelist() == [
            f"{versions.slug}-concept.pdf", f"{versions.slug}-concept-nl.html", f"{versions.slug}-wijzigingen.pdf",
            f"{versions.slug}-wijzigingen-nl.html",
        ]  # fmt: skip
        assert file.read(f"{versions.slug}-concept.pdf").startswith(b"%PDF")
        assert "New wage (nl)" in file.read(f"{versions.slug}-concept-nl.html").decode()


async def test_only_who_reads_the_text_asks_and_only_who_asked_gets_it(still: Table, sign_in: SignIn) -> None:
    company = await sign_in("firm-1@example.org")
    data = {"covenant": still.slug, "kind": "texts", "language": "en", "job": new_job()}
    assert (await company.http.post("/jobs", data=data)).status_code == 403
    union, guild = await sign_in("union@example.org"), await sign_in("guild@example.org")
    wrong = await union.http.post("/jobs", data={"covenant": "", "kind": "x", "language": "fr"})
    assert wrong.status_code == 422
    asked = await union.http.post("/jobs", data=data)
    job = str(asked.url).rpartition("/")[2]
    await until(still, job, "union@example.org", over)
    for path in ("", "/live", "/result"):
        assert (await guild.http.get(f"/jobs/{job}{path}")).status_code == 404
    assert (await guild.http.post("/jobs", data={**data, "job": job})).status_code == 409


async def test_work_that_failed_says_why(still: Table, sign_in: SignIn) -> None:
    job, now = new_job(), datetime.now(UTC)
    row = Job(id=job, email="union@example.org", covenant=still.slug, kind="texts", status=JobStatus.RUNNING,
              made_at=now)  # fmt: skip
    await jobs.opened(still.db, row)
    browser = await sign_in("union@example.org")
    assert "It begins in a moment" in (await browser.get(f"/jobs/{job}")).text
    assert (await browser.http.get(f"/jobs/{job}/result")).status_code == 404
    await jobs.failed(still.db, job, Words(nl="Het lukte niet.", en="It failed."), now)
    await jobs.progress(still.db, job, 5, 5)
    assert "It failed." in (await browser.get(f"/jobs/{job}")).text
    assert (await jobs.job(still.db, job, "union@example.org")).done == 0
    with pytest.raises(Conflict):
        await jobs.opened(still.db, Job(**{**row.model_dump(), "kind": "documents"}))
    with pytest.raises(NotFound):
        await jobs.job(still.db, job, "guild@example.org")


@pytest.mark.slow
async def test_a_killed_worker_is_missed_and_another_goes_on(table: Table, sign_in: SignIn) -> None:
    await second_version(table)
    settings = table.settings.model_copy(update={"task_queue": f"jobs-{table.slug}"})
    env = {
        **os.environ, "POLDER_STATE": str(settings.state), "POLDER_TEMPORAL_PORT": str(settings.temporal_port),
        "POLDER_DATABASE_URL": settings.database, "POLDER_TASK_QUEUE": settings.task_queue, "PYTHONPATH": str(ROOT),
    }  # fmt: skip
    worker = subprocess.Popen(  # noqa: ASYNC220 it only starts
        [sys.executable, str(WORKER)], env=env, stdout=subprocess.PIPE, cwd=ROOT
    )
    try:
        assert worker.stdout is not None
        assert (await asyncio.to_thread(worker.stdout.readline)).strip() == b"READY"
        job, me = new_job(), "union@example.org"
        await start_job(table.client, table.db, job, me, JobKind.DOCUMENTS, table.slug, Language.EN,
                        datetime.now(UTC), task_queue=settings.task_queue)  # fmt: skip
        await until(table, job, me, lambda row: row.total > 0)
    finally:
        worker.kill()
        await asyncio.to_thread(worker.wait)
    halfway = await jobs.job(table.db, job, me)
    assert halfway.status is JobStatus.RUNNING
    browser = await sign_in(me)
    assert "of 4 parts done" in (await browser.get(f"/jobs/{job}")).text
    async with make_worker(table.client, table.db, settings):
        done = await until(table, job, me, over)
    assert (done.status, done.done) == (JobStatus.DONE, 4)
    assert "Done on" in (await browser.get(f"/jobs/{job}")).text
