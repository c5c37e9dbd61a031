"""The activities of long work. They heartbeat: a worker that died is missed within seconds and another does it."""

import asyncio
import io
import zipfile
from collections.abc import AsyncIterator, Callable, Mapping
from datetime import UTC, datetime
from functools import partial
from typing import TypeVar

from temporalio import activity

from activities import names
from activities.rendering import render_html, render_pdf
from models.base import Words
from models.enums import DocumentKind, JobKind, Language
from models.errors import PolderError, Unavailable
from models.hooks import JobOrder
from models.tables import Clause, ClauseVersion
from store import commitments, contents, jobs
from store.documents import covenant_document
from store.engine import Database

ZIP = "application/zip"
TOLD_EVERY = 20
"""Texts between two notes of how far it is."""

Made = TypeVar("Made")
Piece = tuple[str, bytes]
"""A file of the result: its name and its bytes."""

FILES: dict[DocumentKind, Words] = {
    DocumentKind.DRAFT: Words(nl="concept", en="draft"),
    DocumentKind.REDLINE: Words(nl="wijzigingen", en="changes"),
    DocumentKind.FINAL: Words(nl="definitief", en="final"),
}
UNEXPECTED = Words(
    nl="Het lukte na meermaals proberen niet. De beheerder ziet wat er misging; vraag het later opnieuw.",
    en="It failed after several attempts. The operator sees what went wrong; ask for it again later.",
)


class Jobs:
    """Does long work and says how far it is."""

    def __init__(self, db: Database) -> None:
        self.db = db

    @activity.defn(name=names.WORK_ON_JOB)
    async def work_on_job(self, order: JobOrder) -> None:
        """Make what was asked for; what cannot be made ends as words on the job's page.

        Raises:
            Unavailable: the database is out of reach; another attempt follows.
        """
        if not await jobs.running(self.db, order.id):
            return  # an earlier attempt ended it and died before it could say so
        try:
            total, made = await self._pieces(order)
            name = f"{order.covenant}-{order.kind}-{order.language.value}.zip"
            digest = await self._gathered(order, total, made)
        except Unavailable:
            raise
        except PolderError as error:
            await jobs.failed(self.db, order.id, error.words, datetime.now(UTC))
            return
        await jobs.done(self.db, order.id, digest, name, datetime.now(UTC))

    @activity.defn(name=names.GIVE_UP_JOB)
    async def give_up_job(self, order: JobOrder) -> None:
        """Say that it failed."""
        await jobs.failed(self.db, order.id, UNEXPECTED, datetime.now(UTC))

    async def _gathered(self, order: JobOrder, total: int, made: AsyncIterator[Piece]) -> str:
        """Put the pieces into one file, with moments that do not depend on the attempt."""
        packed = io.BytesIO()
        every = 1 if order.kind == JobKind.DOCUMENTS else TOLD_EVERY
        await jobs.progress(self.db, order.id, 0, total)
        count = 0
        with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as file:
            async for name, data in made:
                file.writestr(zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0)), data, zipfile.ZIP_DEFLATED)
                count += 1
                activity.heartbeat(count)
                if count % every == 0 or count == total:
                    await jobs.progress(self.db, order.id, count, total)
        return await contents.put(self.db, packed.getvalue(), ZIP)

    async def _pieces(self, order: JobOrder) -> tuple[int, AsyncIterator[Piece]]:
        versions = await jobs.versions(self.db, order.covenant)
        if order.kind == JobKind.TEXTS:
            called = await commitments.names(self.db, order.covenant)
            return len(versions), _texts(versions, called, order.language)
        covenant = await jobs.standing(self.db, order.covenant)
        kinds = [DocumentKind.DRAFT]
        if any(version.version > 1 for _, version in versions):
            kinds.append(DocumentKind.REDLINE)
        if covenant.accord_at is not None:
            kinds.append(DocumentKind.FINAL)
        return 2 * len(kinds), self._documents(order, kinds, covenant.moved_at)

    async def _documents(self, order: JobOrder, kinds: list[DocumentKind], at: datetime) -> AsyncIterator[Piece]:
        """Lay out the text as a PDF, in both languages side by side, and as a page in the language asked for."""
        for kind in kinds:
            document = await covenant_document(self.db, order.covenant, kind, at)
            stem = f"{order.covenant}-{FILES[kind].pick(order.language)}"
            yield f"{stem}.pdf", await _while_alive(partial(render_pdf, document))
            page = await _while_alive(partial(render_html, document, order.language))
            yield f"{stem}-{order.language.value}.html", page.encode()


async def _while_alive(work: Callable[[], Made]) -> Made:
    """Do work in a thread; the heartbeat goes on, for only a dead worker is silent."""
    task = asyncio.ensure_future(asyncio.to_thread(work))
    while not task.done():
        activity.heartbeat()
        await asyncio.wait([task], timeout=2)
    return task.result()


async def _texts(
    versions: list[tuple[Clause, ClauseVersion]], called: Mapping[str, Words], language: Language
) -> AsyncIterator[Piece]:
    dutch = language is Language.NL
    for clause, version in versions:
        title, text = clause.title_nl if dutch else clause.title_en, commitments.whole(version, called).pick(language)
        why = f"{'Reden' if dutch else 'Reason'}: {version.reason}\n" if version.reason else ""
        word = "versie" if dutch else "version"
        head = f"{clause.number} {title}\n{word} {version.version}, {version.made_at:%Y-%m-%d}\n{why}"
        body = f"{head}SHA-256: {version.sha256}\n\n{text}\n"
        yield f"{clause.position + 1:03d}-{clause.id}/{word}-{version.version:02d}.txt", body.encode()
        await asyncio.sleep(0)
