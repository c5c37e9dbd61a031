"""What the benchmarks stand on: an engine of their own, a worker process, covenants brought to their round."""

import asyncio
import os
import shutil
import sys
import tempfile
import uuid
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Self

import psutil
import sqlalchemy as sa
from ports import free_port
from sqlmodel import select
from temporalio.client import Client
from temporalio.service import RPCError

from acts.carrying import act
from acts.launching import Prepared, launch
from models import contracts as c
from models import ids
from models.base import Words
from models.covenant import ClauseFile, CovenantFile, MandateFile, PartyFile, PersonFile
from models.enums import Ground, PartyKind, Power, Role, Stance, StepKind
from models.errors import NotFound, Unavailable
from models.playbook import Playbook
from models.tables import Answer
from rules.chain import text_sha
from runtime.embedded import EmbeddedServer
from runtime.files import checked_playbook, find_playbook
from runtime.settings import Settings
from runtime.temporal import connect, quiet_runtime, register_search_attributes
from store import schema, views
from store.engine import Database
from store.opening import Package

ROOT = Path(__file__).resolve().parents[1]
SECTOR = "garments-textile"
PARTIES = 30
CLAUSES = 8
OPENING = 600.0
"""Seconds a round may take to open when two hundred open at once."""

PATIENCE = timedelta(seconds=120)

KINDS = (PartyKind.ASSOCIATION, PartyKind.UNION, PartyKind.NGO, PartyKind.MINISTRY)


# --- results ----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Row:
    """One line of the table. `met` is None where there is no goal."""

    what: str
    result: str
    goal: str = ""
    met: bool | None = None
    numbers: dict[str, float] = field(default_factory=dict)


def percentile(values: Sequence[float], percent: float) -> float:
    """Return a percentile of measured values."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(len(ordered) * percent / 100))]


# --- a covenant -------------------------------------------------------------------------------------------------------


def party_ids() -> list[str]:
    return [f"party-{number:02}" for number in range(1, PARTIES + 1)]


def clause_text(number: int) -> Words:
    return Words(
        nl=f"Artikel {number}. "
        + "Partijen leggen vast welke risico's zij in de keten zien en wat zij eraan doen. " * 6,
        en=f"Article {number}. " + "Parties record which risks they see in the chain and what they do about them. " * 6,
    )


def playbook() -> Playbook:
    """Return the shipped playbook of a sector from its negotiation on: its first step is the dialogue."""
    book = checked_playbook(find_playbook(SECTOR))
    first = next(nr for nr, step in enumerate(book.steps) if step.kind is StepKind.DIALOGUE)
    return book.model_copy(update={"steps": book.steps[first:]})


def package(slug: str, book: Playbook, number_of: int = CLAUSES) -> Package:
    """Make a covenant of thirty parties in four constituencies and eight clauses."""
    groups = [group.id for group in book.constituencies]
    parties = [
        PartyFile(
            id=party,
            name=Words(nl=f"Vereniging {party}", en=f"Association {party}"),
            kind=KINDS[nr % len(KINDS)],
            constituency=groups[nr % len(groups)],
        )
        for nr, party in enumerate(party_ids())
    ]
    delegates = [
        PersonFile(
            id=f"{party.id}-delegate",
            name=f"Delegate of {party.id}",
            email=f"delegate@{party.id}.example.org",
            party=party.id,
            mandates=[MandateFile(powers=list(Power))],
        )
        for party in parties
    ]
    offices = [
        PersonFile(id=role.value, name=f"The {role.value}", email=f"{role.value}@polder.example.org", roles=[role])
        for role in (Role.FACILITATOR, Role.SECRETARIAT, Role.CHAIR, Role.MEDIATOR)
    ]
    clauses = [
        ClauseFile(
            id=f"clause-{number}",
            number=str(number),
            theme=book.themes[number % len(book.themes)].id,
            title=Words(nl=f"Artikel {number}", en=f"Article {number}"),
            text=clause_text(number),
        )
        for number in range(1, number_of + 1)
    ]
    covenant = CovenantFile(
        slug=slug,
        playbook=SECTOR,
        title=Words(nl=f"Meting {slug}", en=f"Benchmark {slug}"),
        parties=parties,
        people=[*offices, *delegates],
        clauses=clauses,
    )
    return Package(covenant=covenant, playbook=book)


def answer(slug: str, party: str) -> c.Answer:
    """Make a submission of positions on all clauses: most agree, one has a reservation, one objects."""
    return c.Answer(
        act=f"act-{uuid.uuid4()}",
        task=ids.task(slug, "round-1", party),
        actor=c.Actor(person=f"{party}-delegate"),
        content=c.PositionsAnswer(positions=[_position(number) for number in range(1, CLAUSES + 1)]),
    )


def _position(number: int) -> c.Position:
    text = clause_text(number)
    clause, digest = f"clause-{number}", text_sha(text.nl, text.en)
    if number == 1:
        return c.Position(
            clause=clause, sha256=digest, stance=Stance.OBJECT, ground=Ground.FEASIBILITY,
            lift="A transition of two years for small companies would lift it.",
        )  # fmt: skip
    if number == 2:
        return c.Position(
            clause=clause, sha256=digest, stance=Stance.RESERVATION, comment="The board still has to look at this one."
        )
    return c.Position(clause=clause, sha256=digest, stance=Stance.AGREE)


# --- an engine --------------------------------------------------------------------------------------------------------


@asynccontextmanager
async def state_folder() -> AsyncIterator[Path]:
    """Give a state folder that is removed at the end."""
    folder = Path(tempfile.mkdtemp(prefix="polder-bench-"))
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def engine_settings(state: Path) -> Settings:
    """Return the project's own settings, with ports that are free."""
    return Settings(state=state, temporal_port=free_port(), temporal_ui_port=free_port())


def variables(settings: Settings) -> dict[str, str]:
    """Return the environment in which another process has the same settings."""
    return {
        **os.environ,
        "PYTHONPATH": str(ROOT),
        "POLDER_STATE": str(settings.state),
        "POLDER_TEMPORAL_PORT": str(settings.temporal_port),
        "POLDER_TEMPORAL_UI_PORT": str(settings.temporal_ui_port),
    }


class WorkerProcess:
    """A worker in a process of its own, as in production, with the bare workflow on a queue beside it."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.process: asyncio.subprocess.Process | None = None

    async def __aenter__(self) -> Self:
        self.process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "benchmarks.working", cwd=ROOT, env=variables(self.settings),
            stdin=asyncio.subprocess.DEVNULL, stdout=asyncio.subprocess.PIPE,
        )  # fmt: skip
        assert self.process.stdout is not None
        line = await asyncio.wait_for(self.process.stdout.readline(), 60)
        if b"ready" not in line:
            msg = f"the worker did not start: {line!r}"
            raise RuntimeError(msg)
        return self

    async def __aexit__(self, *_: object) -> None:
        if self.process is not None and self.process.returncode is None:
            self.process.terminate()
            try:
                await asyncio.wait_for(self.process.wait(), 20)
            except TimeoutError:
                self.process.kill()
                await self.process.wait()


@dataclass
class Engine:
    """A running engine, seen from a client."""

    client: Client
    db: Database
    settings: Settings
    server: EmbeddedServer
    worker: WorkerProcess
    book: Playbook

    def memory(self) -> dict[str, float]:
        """Return the resident memory of worker and server, in MiB."""
        return {
            name: psutil.Process(process.pid).memory_info().rss / 2**20
            for name, process in (("worker", self.worker.process), ("server", self.server.process))
            if process is not None
        }

    async def open_round(self, slug: str, clauses: int = CLAUSES) -> str:
        """Launch a covenant, wait until its first round asks, and return the round's workflow id."""
        start = datetime.now(UTC).date() - timedelta(days=14)
        await launch(
            self.client,
            self.db,
            Prepared(package(slug, self.book, clauses), start),
            task_queue=self.settings.task_queue,
        )
        return await self.round_ready(slug)

    async def round_ready(self, slug: str) -> str:
        """Wait until all tasks of the round are on record and the mail about them has gone."""
        end = asyncio.get_running_loop().time() + OPENING
        while asyncio.get_running_loop().time() < end:
            try:
                mails = await views.mails(self.db, slug)
            except NotFound:
                mails = []
            if sum(mail.status == "sent" for mail in mails) >= PARTIES:
                return ids.round_workflow(slug, 1)
            await asyncio.sleep(0.2)
        msg = f"the round of {slug} did not open within {OPENING:.0f} s"
        raise TimeoutError(msg)

    async def submit(self, given: c.Answer) -> c.Receipt:
        """Carry an answer to its round: what is measured."""
        workflow_id = ids.round_workflow(ids.covenant_of(given.task), 1)
        return await act(self.client, workflow_id, "answer", given, act_id=given.act, patience=PATIENCE)

    async def recorded(self, slug: str) -> int:
        """Count the answers of a covenant that are in the database."""
        async with self.db.read() as session:
            rows = select(sa.func.count()).select_from(Answer).where(Answer.covenant == slug)
            return (await session.exec(rows)).one()

    async def events(self, workflow_id: str) -> int:
        """Return how many events the history of a workflow has, once it has come to rest."""
        handle = self.client.get_workflow_handle(workflow_id)
        length = -1
        while (now := (await handle.describe()).history_length) != length:
            length = now
            await asyncio.sleep(0.3)
        return length


@asynccontextmanager
async def engine() -> AsyncIterator[Engine]:
    """Start database, embedded server and a worker process on a new state folder."""
    async with AsyncExitStack() as stack:
        settings = engine_settings(await stack.enter_async_context(state_folder()))
        await schema.upgrade(settings.database)
        server = await stack.enter_async_context(EmbeddedServer(settings))
        client = await reach(settings)
        db = Database(settings.database)
        stack.push_async_callback(db.close)
        worker = await stack.enter_async_context(WorkerProcess(settings))
        yield Engine(client, db, settings, server, worker, playbook())


async def reach(settings: Settings) -> Client:
    """Connect once the server, which listens before it can answer, answers."""
    while True:
        try:
            client = await connect(settings, address=settings.embedded_address, runtime=quiet_runtime())
            await register_search_attributes(client)
        except (Unavailable, RPCError):
            await asyncio.sleep(0.1)
        else:
            return client
