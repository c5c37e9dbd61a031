"""A signing as its board shows it."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime

from sqlmodel import col, select

from models.base import Words
from models.ceremony import Ceremony, SignedBy
from models.contracts import Roster
from models.enums import Stance, StepKind, StepStatus, TaskKind, TaskStatus
from models.errors import Conflict, NotFound
from models.playbook import Threshold
from models.tables import Answer, Covenant, HumanTask, Party, Signature, Step
from rules import ceremony
from rules.ceremony import Happened, Request
from store import asked
from store.comments import party_of
from store.engine import Database

ASKS = (TaskKind.SIGNATURE, TaskKind.DECLARATION, TaskKind.APPROVAL)


async def requests(db: Database, slug: str) -> list[HumanTask]:
    """Return every request to sign or approve of a covenant's signing, in the order they were made."""
    async with db.read() as session:
        rows = await session.exec(
            select(HumanTask)
            .join(Step, (col(Step.covenant) == HumanTask.covenant) & (col(Step.key) == HumanTask.step))
            .where(HumanTask.covenant == slug, Step.kind == StepKind.SIGNING, col(HumanTask.kind).in_(ASKS))
            .order_by(col(HumanTask.opened_at), col(HumanTask.id))
        )
        return list(rows)


async def workflow(db: Database, slug: str, task: HumanTask | None = None) -> str:
    """Return the workflow of the signing that is under way; of a task, that it belongs to it.

    Raises:
        Conflict: `no_signing_now`.
    """
    async with db.read() as session:
        found = await session.exec(
            select(Step.workflow).where(
                Step.covenant == slug, Step.kind == StepKind.SIGNING, Step.status == StepStatus.ACTIVE
            )
        )
        running = found.first()
    if running is None or (task is not None and task.workflow != running):
        what = task.id if task is not None else slug
        raise Conflict(
            "no_signing_now",
            f"{what} hoort niet bij een ondertekening die loopt. Verwacht: een verzoek om te tekenen van een stap die "
            "nu loopt.",
            f"{what} does not belong to a signing that is under way. Expected: a request to sign of a step that is "
            "under way.",
        )
    return running


async def board(db: Database, slug: str) -> Ceremony:
    """Return the board of a covenant's signing.

    Raises:
        NotFound: the covenant has no signing.
    """
    book = await asked.playbook(db, slug)
    rows = await requests(db, slug)
    async with db.read() as session:
        covenant = await session.get_one(Covenant, slug)
        parties = list(await session.exec(select(Party).where(Party.covenant == slug).order_by(col(Party.position))))
        steps = await session.exec(
            select(Step).where(Step.covenant == slug, Step.kind == StepKind.SIGNING).order_by(col(Step.position))
        )
        row = _latest(list(steps))
        signed = list(
            await session.exec(select(Signature).where(Signature.covenant == slug).order_by(col(Signature.signed_at)))
        )
        applied = set(
            await session.exec(
                select(HumanTask.respondent).where(
                    HumanTask.covenant == slug, col(HumanTask.step).startswith("accession-")
                )
            )
        )
    names = {one.id: Words(nl=one.name_nl, en=one.name_en) for one in parties}
    signers = {one.respondent for one in rows}
    parties = [one for one in parties if one.id in signers or one.id not in applied]
    step = next((one for one in book.steps if one.kind is StepKind.SIGNING), None)
    if row is None or step is None:
        raise NotFound(
            "no_signing",
            f"In het plan van {slug} staat geen ondertekening. Verwacht: een convenant met een stap van soort signing.",
            f"There is no signing in the plan of {slug}. Expected: a covenant with a step of kind signing.",
        )
    by_task: dict[str, list[SignedBy]] = defaultdict(list)
    for one in signed:
        by_task[one.task].append(SignedBy.model_validate({"name": one.name, "at": one.signed_at, "method": one.method}))
    refused = await _refused(db, slug)
    lapsed = {one.id for one in rows if one.step != row.key}  # of a signing before this one
    roster = Roster(constituencies=book.constituencies, parties=[party_of(one) for one in parties], people=[])
    found = Happened(
        row.key, {one.id: Request(one.status, one.due_at, one.ended_at, refused.get(one.id)) for one in rows}, by_task
    )
    boards = ceremony.groups(step, roster, slug, found)
    states = {StepStatus.PLANNED: "planned", StepStatus.ACTIVE: "open", StepStatus.DONE: "signed"}
    count, whole = ceremony.counted(boards, over=row.status not in states)
    return Ceremony.model_validate(
        {
            "covenant": slug, "title": Words(nl=covenant.title_nl, en=covenant.title_en),
            "state": states.get(row.status, "over"), "text_sha": covenant.text_sha,
            "due": max((one.due_at for one in rows if one.status is TaskStatus.OPEN), default=None),
            "signed": count, "parties": whole, "starts": row.signs_from, "ends": row.signs_until,
            "meter": ceremony.meter(
                roster, [one.party for one in signed if one.task not in lapsed],
                Threshold.model_validate(covenant.thresholds),
            ),
            "groups": boards,
            "joined": [
                {"who": one.party, "name": names[one.party], "at": one.signed_at}
                for one in signed
                if one.party in applied and one.task not in found.requests
            ],
        }
    )  # fmt: skip


async def _refused(db: Database, slug: str) -> dict[str, datetime]:
    """Return which open requests were answered last with a refusal, and when."""
    async with db.read() as session:
        rows = await session.exec(
            select(Answer.task, Answer.given_at, Answer.content)
            .join(HumanTask, col(HumanTask.id) == col(Answer.task))
            .where(
                Answer.covenant == slug,
                HumanTask.status == TaskStatus.OPEN,
                col(HumanTask.kind).in_(ASKS),
                col(HumanTask.step).is_not(None),
            )
            .order_by(col(Answer.given_at))
        )
        last = {task: (at, content) for task, at, content in rows}
    return {
        task: at
        for task, (at, content) in last.items()
        if content.get("kind") == "declined" or content.get("stance") == Stance.OBJECT
    }


def _latest(steps: Sequence[Step]) -> Step | None:
    """Return the signing that a board is about: the last that has begun, else the first that is planned."""
    begun = [one for one in steps if one.actual_start is not None]
    return begun[-1] if begun else next(iter(steps), None)
