"""Launching a covenant from a file."""

from dataclasses import dataclass
from datetime import date
from pathlib import Path

from temporalio.client import Client, WorkflowHandle
from temporalio.common import WorkflowIDConflictPolicy, WorkflowIDReusePolicy
from temporalio.exceptions import WorkflowAlreadyStartedError

from models import contracts as c
from models import ids
from models.enums import Role
from models.errors import Conflict
from rules.chain import canonical
from runtime.files import checked_covenant
from store import contents, views
from store.engine import Database
from store.opening import Package
from workflows.covenant import CovenantWorkflow

PACKAGE = "application/vnd.polder.package+json"


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
    return Prepared(Package(covenant=covenant, playbook=playbook), covenant.start or today)


async def launch(
    client: Client, db: Database, prepared: Prepared, *, task_queue: str
) -> WorkflowHandle[CovenantWorkflow, None]:
    """Store the launch package and start the covenant's workflow.

    Raises:
        Conflict: `slug_taken`, a covenant of this slug exists; nothing was changed.
    """
    slug = prepared.slug
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
        )
    except WorkflowAlreadyStartedError as error:
        raise taken(slug) from error


def taken(slug: str) -> Conflict:
    """Say that a slug is in use."""
    return Conflict(
        "slug_taken",
        f"Er is al een convenant {slug}. Verwacht: een andere slug in het bestand, of `polder status {slug}`.",
        f"There is a covenant {slug} already. Expected: another slug in the file, or `polder status {slug}`.",
        {"slug": slug},
    )
