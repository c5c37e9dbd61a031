"""Launching a covenant, from a file or as it was typed."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from temporalio.client import Client, WorkflowHandle
from temporalio.common import WorkflowIDConflictPolicy, WorkflowIDReusePolicy
from temporalio.exceptions import WorkflowAlreadyStartedError
from temporalio.service import RPCError, RPCStatusCode

from models import contracts as c
from models import ids
from models.covenant import CovenantFile
from models.enums import Role
from models.errors import Conflict, Unavailable
from models.playbook import Playbook
from rules.chain import canonical
from rules.playbooks import check_covenant, check_playbook
from rules.problems import Problem
from runtime.explaining import fitted, lenient
from runtime.files import checked_covenant
from store import contents, views
from store.engine import Database
from store.opening import PACKAGE, Package
from workflows.covenant import CovenantWorkflow

PATIENCE = 30.0
"""Seconds a covenant has to open."""

AGAIN = 0.05
TASKS_PATIENCE = 3.0
"""Seconds to wait for the first step to have asked its questions, so that the next action can be named."""


@dataclass(frozen=True)
class Prepared:
    """A checked covenant, ready to be launched."""

    package: Package
    start: date

    @property
    def slug(self) -> str:
        """The slug it will have."""
        return self.package.covenant.slug


def prepare(path: Path, today: date, *, slug: str | None = None) -> Prepared:
    """Read and check a covenant file with its playbook.

    Raises:
        InvalidFile: every problem of the file, with file, line, key and what would be accepted.
    """
    covenant, playbook = checked_covenant(path, today)
    if slug is not None:
        covenant = covenant.model_copy(update={"slug": slug})
    return _packed(covenant, playbook, today)


def _packed(covenant: CovenantFile, playbook: Playbook, today: date) -> Prepared:
    return Prepared(Package(covenant=covenant, playbook=playbook), covenant.start or today)


@dataclass(frozen=True)
class Examined:
    """What is typed so far, looked at as a whole.

    Attributes:
        covenant, playbook: as far as they fit; what does not fit is empty in them.
        covenant_problems, playbook_problems: what is wrong, each at its path, first those of form.
        prepared: only when nothing is wrong.
    """

    covenant: CovenantFile
    playbook: Playbook
    covenant_problems: tuple[Problem, ...]
    playbook_problems: tuple[Problem, ...]
    prepared: Prepared | None


def examine(covenant: Mapping[str, object], playbook: Mapping[str, object], today: date) -> Examined:
    """Look at a covenant and its playbook while they are being written, by the checks that files go through."""
    file, file_form = fitted(CovenantFile, covenant)
    book, book_form = fitted(Playbook, playbook)
    shown_file, shown_book = file or lenient(CovenantFile, covenant), book or lenient(Playbook, playbook)
    book_problems = _first([*book_form, *check_playbook(shown_book)])
    file_problems = _first([*file_form, *check_covenant(shown_file, shown_book, today)])
    fine = file is not None and book is not None and not book_problems and not file_problems
    prepared = _packed(shown_file, shown_book, today) if fine else None
    return Examined(shown_file, shown_book, file_problems, book_problems, prepared)


def _first(problems: Sequence[Problem]) -> tuple[Problem, ...]:
    """Leave out what follows from something that is wrong at the same place, or inside it."""
    found: dict[tuple[str, str], Problem] = {}
    seen: set[str] = set()
    for one in problems:
        inside = {one.path.rsplit(".", cut)[0] for cut in range(1, one.path.count(".") + 1)}
        whole = not one.path.count(".")  # several things can be wrong with a whole list
        if (one.path not in seen or whole) and not inside & seen:
            found.setdefault((one.path, one.words.nl), one)
        if not whole:
            seen.add(one.path)
    return tuple(found.values())


async def launch(
    client: Client, db: Database, prepared: Prepared, *, task_queue: str, act_id: str | None = None
) -> WorkflowHandle[CovenantWorkflow, None]:
    """Store the launch package and start the covenant's workflow.

    Args:
        client: to the Temporal server.
        db: the database.
        prepared: what is launched.
        task_queue: of the workers that will carry it.
        act_id: of this launch; the same one again finds the covenant it launched.

    Raises:
        Conflict: `slug_taken`, a covenant of this slug exists; nothing was changed.
    """
    slug = prepared.slug
    if act_id is not None and await launched_by(client, slug, act_id):
        return client.get_workflow_handle_for(CovenantWorkflow.run, ids.covenant_workflow(slug))
    if await views.exists(db, slug):
        raise taken(slug)
    digest = await contents.put(db, canonical(prepared.package.model_dump(mode="json")), PACKAGE)
    facilitator = next(person.id for person in prepared.package.covenant.people if Role.FACILITATOR in person.roles)
    state = c.CovenantState(launch=c.Launch(slug=slug, package=digest, start=prepared.start, facilitator=facilitator))
    try:
        return await client.start_workflow(
            CovenantWorkflow.run,
            state,
            id=ids.covenant_workflow(slug),
            task_queue=task_queue,
            id_reuse_policy=WorkflowIDReusePolicy.REJECT_DUPLICATE,
            id_conflict_policy=WorkflowIDConflictPolicy.FAIL,
            static_summary=prepared.package.covenant.title.en[:200],
            memo={"act": act_id} if act_id else None,
        )
    except WorkflowAlreadyStartedError as error:
        if act_id is not None and await launched_by(client, slug, act_id):
            return client.get_workflow_handle_for(CovenantWorkflow.run, ids.covenant_workflow(slug))
        raise taken(slug) from error


async def launched_by(client: Client, slug: str, act_id: str) -> bool:
    """Whether this act launched the covenant of this slug."""
    try:
        described = await client.get_workflow_handle(ids.covenant_workflow(slug)).describe()
    except RPCError as error:
        if error.status is RPCStatusCode.NOT_FOUND:
            return False
        raise
    return (await described.memo()).get("act") == act_id


async def opened(db: Database, slug: str, today: date, *, ask: bool = True) -> views.CovenantView:
    """Wait until a covenant is in the database and, with `ask`, a moment longer for its first questions.

    Raises:
        Unavailable: it is not open in time; it was launched and opens once a worker runs.
    """
    loop = asyncio.get_running_loop()
    end = loop.time() + PATIENCE
    while not await views.exists(db, slug):
        if loop.time() > end:
            raise Unavailable(
                "not_open_in_time",
                f"Convenant {slug} is gestart maar na {PATIENCE:.0f} s nog niet open. Er is niets verloren: het opent "
                "zodra er een worker loopt. Verwacht: `polder up` of `polder worker`, daarna "
                f"`polder status {slug}`.",
                f"Covenant {slug} was started but is not open after {PATIENCE:.0f} s. Nothing was lost: it opens once "
                f"a worker runs. Expected: `polder up` or `polder worker`, then `polder status {slug}`.",
                {"slug": slug},
            )
        await asyncio.sleep(AGAIN)
    end = loop.time() + TASKS_PATIENCE
    view = await views.view(db, slug)
    starts_now = ask and any(step.planned_start <= today for step in view.steps)
    while starts_now and not view.open_tasks and loop.time() < end:
        await asyncio.sleep(AGAIN)
        view = await views.view(db, slug)
    return view


def taken(slug: str) -> Conflict:
    """Say that a slug is in use."""
    return Conflict(
        "slug_taken",
        f"Er is al een convenant {slug}. Verwacht: een andere slug in het bestand, of `polder status {slug}`.",
        f"There is a covenant {slug} already. Expected: another slug in the file, or `polder status {slug}`.",
        {"slug": slug},
    )
