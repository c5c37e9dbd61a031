"""Long work as its page shows it: how far it is, what came of it, or why it failed."""

from datetime import datetime

from sqlmodel import col, select, update

from models.accounts import Job, JobStatus
from models.base import Words
from models.errors import Conflict, NotFound
from models.tables import Clause, ClauseVersion, Content, Covenant
from store.engine import Database


async def opened(db: Database, row: Job) -> Job:
    """Keep a new job; the same one again changes nothing.

    Raises:
        Conflict: the id is in use for other work.
    """
    async with db.write() as session:
        known = await session.get(Job, row.id)
        if known is None:
            session.add(row)
            return row
        if (known.email, known.kind, known.covenant) != (row.email, row.kind, row.covenant):
            raise Conflict(
                "job_id_used",
                "Dit formulier is al voor ander werk gebruikt. Verwacht: laad de pagina opnieuw.",
                "This form was used for other work already. Expected: load the page again.",
            )
        return known


async def of(db: Database, email: str, *, limit: int = 25, offset: int = 0) -> list[Job]:
    """Return the jobs of an account, the newest first."""
    async with db.read() as session:
        rows = await session.exec(
            select(Job)
            .where(Job.email == email)
            .order_by(col(Job.made_at).desc(), col(Job.id))
            .limit(limit)
            .offset(offset)
        )
        return list(rows)


async def job(db: Database, job_id: str, email: str) -> Job:
    """Return a job of an account.

    Raises:
        NotFound: there is none, or it is somebody else's.
    """
    async with db.read() as session:
        row = await session.get(Job, job_id)
    if row is None or row.email != email:
        raise NotFound(
            "job_not_found",
            "Dit werk bestaat niet, of is van iemand anders. Verwacht: iets uit de lijst van uw eigen werk.",
            "There is no such work, or it is somebody else's. Expected: something from the list of your own.",
        )
    return row


async def look(db: Database, job_id: str) -> str:
    """Return what changes when a job moves on."""
    async with db.read() as session:
        row = (await session.exec(select(Job.done, Job.total, Job.status).where(Job.id == job_id))).first()
    return "" if row is None else "/".join(str(one) for one in row)


async def progress(db: Database, job_id: str, done: int, total: int) -> None:
    """Note how far a job is; one that ended is left alone."""
    await _change(db, job_id, done=done, total=total)


async def done(db: Database, job_id: str, result: str, name: str, now: datetime) -> None:
    """Note that a job is done, and what came of it."""
    await _change(db, job_id, status=JobStatus.DONE, result=result, result_name=name, ended_at=now)


async def failed(db: Database, job_id: str, problem: Words, now: datetime) -> None:
    """Note that a job failed, in words."""
    await _change(db, job_id, status=JobStatus.FAILED, problem_nl=problem.nl, problem_en=problem.en, ended_at=now)


async def _change(db: Database, job_id: str, **values: object) -> None:
    async with db.write() as session:
        await session.exec(
            update(Job).where(col(Job.id) == job_id, col(Job.status) == JobStatus.RUNNING).values(**values)
        )


async def running(db: Database, job_id: str) -> bool:
    """Whether a job is still to be done."""
    async with db.read() as session:
        row = await session.get(Job, job_id)
        return row is not None and row.status is JobStatus.RUNNING


async def versions(db: Database, slug: str) -> list[tuple[Clause, ClauseVersion]]:
    """Return every version of every clause, in the order of the text."""
    async with db.read() as session:
        rows = await session.exec(
            select(Clause, ClauseVersion)
            .join(
                ClauseVersion,
                (col(ClauseVersion.covenant) == col(Clause.covenant)) & (col(ClauseVersion.clause) == col(Clause.id)),
            )
            .where(Clause.covenant == slug)
            .order_by(col(Clause.position), col(ClauseVersion.version))
        )
        return [(clause, version) for clause, version in rows]


async def standing(db: Database, slug: str) -> Covenant:
    """Return the covenant that a job is about."""
    async with db.read() as session:
        return await session.get_one(Covenant, slug)


async def result(db: Database, digest: str) -> Content:
    """Return what came of a job."""
    async with db.read() as session:
        return await session.get_one(Content, digest)
