"""Acting: each route makes a contract and carries it to its workflow; nothing is decided here."""

from datetime import date, timedelta
from typing import Annotated, Literal

from fastapi import APIRouter, Request
from pydantic import AfterValidator, Field

from acts import composing
from acts.carrying import act
from acts.launching import Prepared, launch
from acts.naming import check_named
from models import contracts as c
from models import ids
from models.accounts import Scope
from models.base import Contract, Line, Reason, Slug, Strict
from models.commitments import ClauseText
from models.covenant import LAST_START, CovenantFile
from models.enums import TaskStatus
from models.errors import Conflict, InvalidFile, Refusal
from models.playbook import Playbook, Step
from models.questions import MailBounce, NoticeAgain
from models.tables import Covenant, HumanTask
from rules import access
from rules.access import Deed, Page, Seat, Viewer
from rules.calendar import local_date
from rules.chain import canonical, sha256
from rules.playbooks import check_covenant, check_playbook
from store import contents, feeds, views
from store.opening import Package
from web.api import shapes as s
from web.api.auth import ActId, Answering, Caller, Steering, need_scope
from web.tracing import traced

router = APIRouter()

MOST_BYTES = 25 * 1024 * 1024
MOST_EXTENDED = 2300
PATIENCE = timedelta(seconds=30)


def _near(value: date) -> date:
    if not date(2000, 1, 1) <= value <= LAST_START:
        msg = f"a date from 2000 to {LAST_START.year}"
        raise ValueError(msg)
    return value


Day = Annotated[date, AfterValidator(_near)]


class AnswerRequest(Strict):
    """An answer. `on_behalf`, a reason, is filled by the secretariat that enters what a party phoned in."""

    content: c.Content
    on_behalf: Reason | None = None


class Resumable(Strict):
    """A pause, or with `resume` the end of it."""

    resume: bool = False
    reason: Reason


class ExtensionRequest(Strict):
    """A later due date; of all open tasks when none is named."""

    tasks: list[s.TaskId] = Field(default_factory=list, max_length=MOST_EXTENDED)
    due: Day
    reason: Reason


class PlanRequest(Strict):
    """A change of the plan: `key` is the step, for `insert` the one it comes after."""

    change: Literal["insert", "skip", "repeat", "reschedule"]
    key: Line
    step: Step | None = None
    due: Day | None = None
    reason: Reason


class WithdrawalRequest(Strict):
    """A party leaves, now. Without `party` it is your own."""

    party: Slug | None = None
    reason: Reason


class NoticeRequest(Strict):
    """The notice of a task, sent once more."""

    reason: Reason


class BounceRequest(Strict):
    """A mail about a task came back."""

    person: Slug
    problem: Line


class EndRequest(Strict):
    """The end of the talks, or of a covenant in force."""

    reason: Reason


class LaunchRequest(Strict):
    """A covenant to launch and the playbook it follows, as in the files of `polder launch`."""

    covenant: CovenantFile
    playbook: Playbook


# --- carrying ---------------------------------------------------------------------------------------------------------


async def carry(caller: Caller, workflow: str, update: str, message: Contract, act_id: str) -> s.ReceiptShape:
    """Carry an act and return what it became."""
    receipt = await act(
        await caller.site.client(), workflow, update, message, act_id=act_id, db=caller.site.db, patience=PATIENCE
    )
    return s.ReceiptShape(
        event=receipt.event, at=receipt.at, counted=receipt.counted,
        words=s.Text(nl=receipt.words.nl, en=receipt.words.en),
    )  # fmt: skip


def actor_of(viewer: Viewer, deed: Deed, *, party: str | None = None) -> c.Actor:
    """Return who acts: the seat for a party, else the first that may do this."""
    for one in sorted(viewer.seats, key=lambda seat: seat.party != party):
        if access.does(access.Viewer(viewer.email, (one,)), deed):
            return c.Actor(person=one.person)
    raise Refusal(
        "no_seat",
        "U hebt aan deze tafel geen plaats om dit mee te doen. Verwacht: iemand met een rol bij dit convenant.",
        "You have no place at this table to do this with. Expected: someone with an office in this covenant.",
    )


async def _steering(caller: Caller, slug: str, deed: Deed) -> tuple[Covenant, Viewer]:
    viewer = await caller.need_deed(deed, slug)
    return await views.covenant(caller.site.db, slug), viewer


# --- contents ---------------------------------------------------------------------------------------------------------

BYTES = {"requestBody": {"required": True, "content": {"application/octet-stream": {"schema": {
    "type": "string", "format": "binary"}}}}}  # fmt: skip


@router.post("/contents", tags=["contents"], status_code=201, openapi_extra=BYTES)
async def store_bytes(caller: Answering, request: Request) -> s.Stored:
    """Store a document or minutes, at most 25 MB; the answer that delivers it names the SHA-256."""
    data = bytearray()
    async for chunk in request.stream():
        data += chunk
        if len(data) > MOST_BYTES:
            break
    if not data or len(data) > MOST_BYTES:
        raise Refusal(
            "bad_file",
            "Verwacht: de bytes van een bestand van hoogstens 25 MB.",
            "Expected: the bytes of a file of at most 25 MB.",
        )
    return s.Stored(sha256=await composing.stored_document(caller.site.db, bytes(data), ""), size=len(data))


@router.post("/contents/texts", tags=["contents"], status_code=201)
async def store_text(caller: Answering, text: ClauseText) -> s.Stored:
    """Store a text in both languages, with what it commits to; a next version names the SHA-256."""
    (digest,) = await contents.put_texts(caller.site.db, [text])
    return s.Stored(sha256=digest, size=len(contents.canonical_text(text)))


# --- tasks ------------------------------------------------------------------------------------------------------------


async def task_of(caller: Caller, slug: str, where: str, respondent: str) -> tuple[HumanTask, Viewer]:
    """Return a task, for who may see it."""
    viewer = await caller.need(Page.TASK, slug)
    row = await views.task(caller.site.db, f"{slug}/{where}/{respondent}")
    if not access.sees_task(viewer, row.respondent, row.role):
        raise access.forbidden(access.PROXIES)
    return row, viewer


async def own_seat(caller: Caller, viewer: Viewer, row: HumanTask) -> Seat:
    """Return the seat with which the caller answers a task."""
    today = local_date(caller.clock(await views.covenant(caller.site.db, row.covenant)))
    seat = access.own_task(viewer, row.respondent, row.role, row.kind, today)
    if seat is None:
        raise access.forbidden([access.Relation.PARTY])
    return seat


@router.post("/tasks/{slug}/{where}/{respondent}/answers", tags=["tasks"])
async def answer(
    caller: Answering, slug: s.SlugPath, where: s.WherePath, respondent: s.RespondentPath, body: AnswerRequest,
    act_id: ActId,
) -> s.ReceiptShape:  # fmt: skip
    """Answer a task with your own seat, or on behalf of a party. `content.kind` belongs to the task's kind."""
    row, viewer = await task_of(caller, slug, where, respondent)
    if body.on_behalf is not None:
        need_scope(caller, Scope.STEER)
        access.need_deed(viewer, Deed.ANSWER_ON_BEHALF)
        actor = actor_of(viewer, Deed.ANSWER_ON_BEHALF).model_copy(update={"on_behalf": body.on_behalf})
    else:
        access.need_deed(viewer, Deed.ANSWER)
        actor = c.Actor(person=(await own_seat(caller, viewer, row)).person)
    await check_named(caller.site.db, row.covenant, body.content)
    content = await traced(caller.site, caller.request, body.content, act_id)
    message = c.Answer(act=act_id, actor=actor, task=row.id, content=content)
    return await carry(caller, row.workflow, "answer", message, act_id)


@router.post("/tasks/{slug}/{where}/{respondent}/code", tags=["tasks"])
async def request_code(
    caller: Answering, slug: s.SlugPath, where: s.WherePath, respondent: s.RespondentPath, act_id: ActId
) -> s.ReceiptShape:
    """Have a one-time code mailed to you, to sign with."""
    row, viewer = await task_of(caller, slug, where, respondent)
    access.need_deed(viewer, Deed.REQUEST_CODE)
    actor = c.Actor(person=(await own_seat(caller, viewer, row)).person)
    return await carry(
        caller, row.workflow, "request_code", c.CodeRequest(act=act_id, actor=actor, task=row.id), act_id
    )


async def steered(caller: Caller, task: str, deed: Deed) -> tuple[HumanTask, c.Actor]:
    """Return a task, and who does something about it by their office."""
    _, viewer = await _steering(caller, task.partition("/")[0], deed)
    return await views.task(caller.site.db, task), actor_of(viewer, deed)


@router.post("/tasks/{slug}/{where}/{respondent}/ladder", tags=["steering"])
async def ladder(
    caller: Steering, slug: s.SlugPath, where: s.WherePath, respondent: s.RespondentPath, body: Resumable,
    act_id: ActId,
) -> s.ReceiptShape:  # fmt: skip
    """Stop or restart climbing the ladder of a task."""
    row, actor = await steered(caller, f"{slug}/{where}/{respondent}", Deed.PAUSE_LADDER)
    message = c.LadderPause(act=act_id, actor=actor, task=row.id, resume=body.resume, reason=body.reason)
    return await carry(caller, row.workflow, "pause_ladder", message, act_id)


@router.post("/tasks/{slug}/{where}/{respondent}/notice", tags=["steering"])
async def notify_again(
    caller: Steering, slug: s.SlugPath, where: s.WherePath, respondent: s.RespondentPath, body: NoticeRequest,
    act_id: ActId,
) -> s.ReceiptShape:  # fmt: skip
    """Send the notice of an open task once more."""
    row, actor = await steered(caller, f"{slug}/{where}/{respondent}", Deed.EXTEND)
    message = NoticeAgain(act=act_id, actor=actor, task=row.id, reason=body.reason)
    return await carry(caller, row.workflow, "notify_again", message, act_id)


@router.post("/tasks/{slug}/{where}/{respondent}/bounce", tags=["steering"])
async def report_bounce(
    caller: Steering, slug: s.SlugPath, where: s.WherePath, respondent: s.RespondentPath, body: BounceRequest,
    act_id: ActId,
) -> s.ReceiptShape:  # fmt: skip
    """Put on record that a mail about an open task came back after it had been sent."""
    row, actor = await steered(caller, f"{slug}/{where}/{respondent}", Deed.EXTEND)
    message = MailBounce(act=act_id, actor=actor, task=row.id, person=body.person, problem=body.problem)
    return await carry(caller, row.workflow, "report_bounce", message, act_id)


# --- the covenant -----------------------------------------------------------------------------------------------------


@router.post("/covenants/{slug}/extensions", tags=["steering"])
async def extend(caller: Steering, slug: s.SlugPath, body: ExtensionRequest, act_id: ActId) -> list[s.ReceiptShape]:
    """Give open tasks a later due date. Each workflow that holds some of them answers with a receipt of its own."""
    _, viewer = await _steering(caller, slug, Deed.EXTEND)
    actor = actor_of(viewer, Deed.EXTEND)
    rows = await feeds.tasks(caller.site.db, slug, feeds.Part(20_000), status=TaskStatus.OPEN)
    known = {row.id: row.workflow for row in rows}
    chosen = body.tasks or list(known)
    missing = [one for one in chosen if one not in known]
    if missing or not chosen:
        raise Conflict(
            "nothing_open",
            f"Deze taken staan niet open: {', '.join(missing[:10]) or 'er staat niets open'}. Verwacht: open taken.",
            f"These tasks are not open: {', '.join(missing[:10]) or 'nothing is open'}. Expected: open tasks.",
        )
    by_workflow: dict[str, list[str]] = {}
    for one in chosen:
        by_workflow.setdefault(known[one], []).append(one)
    receipts = []
    for number, (workflow, tasks) in enumerate(sorted(by_workflow.items())):
        this = act_id if len(by_workflow) == 1 else f"{act_id}/{number}"
        message = c.Extension(act=this, actor=actor, tasks=tasks, due=body.due, reason=body.reason)
        receipts.append(await carry(caller, workflow, "extend", message, this))
    return receipts


@router.post("/covenants/{slug}/plan", tags=["steering"])
async def change_plan(caller: Steering, slug: s.SlugPath, body: PlanRequest, act_id: ActId) -> s.ReceiptShape:
    """Insert, skip, repeat or reschedule a step."""
    _, viewer = await _steering(caller, slug, Deed.CHANGE_PLAN)
    message = c.PlanChange(
        act=act_id, actor=actor_of(viewer, Deed.CHANGE_PLAN), change=body.change, key=body.key, step=body.step,
        due=body.due, reason=body.reason,
    )  # fmt: skip
    return await carry(caller, ids.covenant_workflow(slug), "change_plan", message, act_id)


@router.post("/covenants/{slug}/hold", tags=["steering"])
async def hold(caller: Steering, slug: s.SlugPath, body: Resumable, act_id: ActId) -> s.ReceiptShape:
    """Pause the covenant, or resume it."""
    _, viewer = await _steering(caller, slug, Deed.HOLD)
    message = c.Hold(act=act_id, actor=actor_of(viewer, Deed.HOLD), resume=body.resume, reason=body.reason)
    return await carry(caller, ids.covenant_workflow(slug), "hold", message, act_id)


@router.post("/covenants/{slug}/withdrawals", tags=["steering"])
async def withdraw(caller: Steering, slug: s.SlugPath, body: WithdrawalRequest, act_id: ActId) -> s.ReceiptShape:
    """Let a party leave, now: your own, or for the facilitator and the secretariat any."""
    covenant, viewer = await _steering(caller, slug, Deed.WITHDRAW)
    own = access.may_leave(viewer, signed=covenant.signed_at is not None)
    party = body.party or next(iter(sorted(own)), None)
    if party is None:
        raise Refusal("which_party", "Welke partij vertrekt? Verwacht: party.", "Which party leaves? Expected: party.")
    if party not in own and not viewer.relations & access.PROXIES:
        raise access.forbidden(access.PROXIES)
    message = c.Withdrawal(
        act=act_id, actor=actor_of(viewer, Deed.WITHDRAW, party=party), party=party, reason=body.reason
    )
    return await carry(caller, ids.covenant_workflow(slug), "withdraw", message, act_id)


@router.post("/covenants/{slug}/end", tags=["steering"])
async def end(caller: Steering, slug: s.SlugPath, body: EndRequest, act_id: ActId) -> s.ReceiptShape:
    """End the talks, or a covenant in force by joint decision. This cannot be undone."""
    _, viewer = await _steering(caller, slug, Deed.END)
    message = c.EndTalks(act=act_id, actor=actor_of(viewer, Deed.END), reason=body.reason)
    return await carry(caller, ids.covenant_workflow(slug), "end_talks", message, act_id)


@router.post("/covenants", tags=["steering"], status_code=201)
async def launch_covenant(caller: Steering, body: LaunchRequest) -> s.Launched:
    """Launch a covenant. The same package again is the same launch; another one under its slug is a conflict."""
    await caller.need_deed(Deed.LAUNCH)
    site, today = caller.site, local_date(caller.now)
    problems = [*check_playbook(body.playbook), *check_covenant(body.covenant, body.playbook, today)]
    if problems:
        raise InvalidFile(
            "invalid_package",
            "\n".join(f"{one.path}: {one.words.nl}" for one in problems[:50])[:4000],
            "\n".join(f"{one.path}: {one.words.en}" for one in problems[:50])[:4000],
        )
    prepared = Prepared(Package(covenant=body.covenant, playbook=body.playbook), body.covenant.start or today)
    digest = sha256(canonical(prepared.package.model_dump(mode="json")))
    slug = prepared.slug
    if not (await views.exists(site.db, slug) and (await views.covenant(site.db, slug)).package == digest):
        await launch(await site.client(), site.db, prepared, task_queue=site.settings.task_queue)
    return s.Launched(slug=slug, package=digest, covenant=f"/api/v1/covenants/{slug}")
