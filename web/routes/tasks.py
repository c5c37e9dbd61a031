"""My tasks, and one page for each: what is asked, why, until when, what was answered, and the form to answer it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from fastapi import APIRouter
from fastapi.responses import JSONResponse, RedirectResponse, Response
from limits import RateLimitItemPerMinute
from pydantic import ValidationError
from starlette.status import HTTP_303_SEE_OTHER, HTTP_409_CONFLICT, HTTP_422_UNPROCESSABLE_CONTENT

from acts.carrying import act, new_act
from models import contracts as c
from models.enums import TaskKind
from models.errors import Conflict, Forbidden, PolderError
from models.signing_acts import PassOn
from models.tables import HumanTask, Person
from rules import access, answering
from rules.access import Deed, Page, Seat, Viewer
from rules.calendar import in_words, local_date
from rules.wording import NEXT
from store import asked, documents, duties, signing
from store.asked import Asked
from web import answers, passkeys
from web.forms import Filled, keep, resumed, sent, typed
from web.limiting import slowly
from web.problems import STATUS
from web.rendering import page, task_url
from web.tracing import traced
from web.visiting import V, Visit, page_number

router = APIRouter(include_in_schema=False)

PER_PAGE = 25
CODES = RateLimitItemPerMinute(6, 15)
"""One-time codes that one person may ask for."""

FIELDS = {
    "objection_without_ground": "ground",
    "other_name": "name",
    "wrong_code": "code",
    "no_valid_code": "code",
    "not_an_approval": "stance",
    "not_a_successor": "pass-to",
    "too_few_signatories": "pass-to",
    "not_a_choice": "choice",
    "date_in_the_past": "due",
    "date_too_far": "due",
    "unknown_theme": "theme-0",
    "bad_file": "file",
    "no_substitute": "substitute",
    "no_correction": "correction",
    "rejected_without_reason": "comment",
}
"""The field that a refusal is about, by its code."""


@router.get("/tasks")
async def tasks(visit: V) -> Response:
    """List what is due from me, soonest first."""
    viewer = await visit.need(Page.OWN)
    db, number = visit.site.db, page_number(visit)
    found = await duties.due(db, visit.me, limit=PER_PAGE + 1, offset=(number - 1) * PER_PAGE)
    return page(
        visit, "tasks/list.html.j2", launches=viewer.launches, duties=found[:PER_PAGE], number=number,
        more=len(found) > PER_PAGE,
        counts=await duties.counts(db, visit.me, visit.now), lately=await duties.lately(db, visit.me),
    )  # fmt: skip


# --- one task ---------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class At:
    """Someone at a task.

    Attributes:
        seat: with which they answer; none for who only looks.
        proxy: whether it would be on behalf of the party that is asked.
        person: who they are at this table.
    """

    asked: Asked
    viewer: Viewer
    seat: Seat | None
    proxy: bool
    person: Person | None

    @property
    def task(self) -> HumanTask:
        """The task."""
        return self.asked.task

    @property
    def signed(self) -> bool:
        """Whether this person signed, where a colleague still must."""
        return self.seat is not None and any(
            one.answer.person == self.seat.person and one.answer.content.get("kind") == "signature"
            for one in self.asked.answers
        )

    @property
    def offered(self) -> bool:
        """Whether there is a form to fill in."""
        if self.signed or (self.seat is not None and self.seat.person in self.task.passed_on):
            return False
        return self.asked.answerable and self.seat is not None and self.task.kind is not TaskKind.DRAFTING


async def _at(visit: Visit, task_id: str) -> At:
    """Find a task, for who may see it.

    Raises:
        SignInFirst: nobody signed in.
        NotFound: there is no such task.
        Forbidden: it is another party's, or of another table.
    """
    _ = visit.me
    found = await asked.asked(visit.site.db, task_id)
    task, slug = found.task, found.task.covenant
    viewer = await visit.need(Page.TASK, slug)
    if not access.sees_task(viewer, task.respondent, task.role):
        raise Forbidden(
            "other_partys_task",
            "Deze taak is van een ander. Verwacht: een taak van uw eigen partij of rol; die staan bij Mijn taken.",
            "This task is somebody else's. Expected: a task of your own party or office; they are under My tasks.",
            {"task": task_id},
        )
    today = local_date(visit.clock(found.covenant))
    seat, proxy = access.own_task(viewer, task.respondent, task.role, task.kind, today), False
    if (
        seat is None
        and task.role is None
        and task.kind not in answering.SIGNING
        and access.does(viewer, Deed.ANSWER_ON_BEHALF)
    ):
        seat, proxy = viewer.seat(roles=answering.PROXIES), True
    who = await asked.person(visit.site.db, slug, seat.person) if seat else None
    return At(found, viewer, seat, proxy, who)


@router.get("/tasks/{task:path}")
async def task(visit: V, task: str) -> Response:
    """Show a task: to answer it, or what it became."""
    at = await _at(visit, task)
    key = task_url(at.task.id) + answers.draft_page(visit)
    f = await resumed(visit, key, answers.initial(at.asked)) if at.offered else Filled()
    await answers.freshen(visit, at.asked, f)
    return await _shown(visit, at, f)


async def _shown(visit: Visit, at: At, f: Filled, status: int = 200) -> Response:
    found, db = at.asked, visit.site.db
    clock = visit.clock(found.covenant)
    today = local_date(clock)
    counts, refused = _standing(at, today)
    f.values["seen"] = [found.answers[0].answer.event if found.answers else ""]
    more: Mapping[str, object] = await answers.shows(visit, found, at.viewer, f, seat=at.seat)
    return page(
        visit, "tasks/task.html.j2", status=status, f=f, at=at, asked=found, task=found.task, covenant=found.covenant,
        viewer=at.viewer, now=clock, counts=counts, refused=refused, next=NEXT[found.task.kind],
        matter=await documents.matter_of(db, found.task.covenant, found.task.step, visit.language),
        successor=None if found.answerable else await duties.successor(db, found.task), other_act=new_act(),
        signing=found.task.kind in answering.SIGNING,
        outbox=visit.site.settings.outbox if not visit.site.settings.smtp_host else None,
        **{"question": None, "mediation": None, **more},
    )  # fmt: skip


def _standing(at: At, today: date) -> tuple[bool, PolderError | None]:
    """Say whether an answer of this person would count, or why it would be refused."""
    if at.person is None:
        return True, None
    actor = c.Actor(person=at.person.id, on_behalf="by phone" if at.proxy else None)
    try:
        return answering.standing(at.asked.roster(at.person), at.asked.state, actor, today), None
    except PolderError as error:
        return False, error


# --- answering --------------------------------------------------------------------------------------------------------


@router.post("/tasks/passkey/{task:path}")
async def passkey_options(visit: V, task: str) -> JSONResponse:
    """Return what a browser needs to sign a text with a passkey of the visitor."""
    at = await _at(visit, task)
    await visit.need_deed(Deed.REQUEST_CODE, at.task.covenant)
    if at.seat is None or at.task.kind not in answering.SIGNING:
        raise access.forbidden(access.DOES[Deed.REQUEST_CODE])
    return JSONResponse(await passkeys.signing_options(visit, at.task.id, at.task.text_sha or "", at.seat.person))


@router.post("/tasks/{task:path}")
async def answer(visit: V, task: str) -> Response:
    """Take an answer, or a wish for a code; what cannot be taken comes back as it was typed."""
    at = await _at(visit, task)
    f = await typed(visit.request)
    if at.seat is None:
        raise access.forbidden(access.DOES[Deed.ANSWER])
    if f.get("do") == "more":
        return await _shown(visit, at, f)
    if f.get("do") == "code":
        return await _code(visit, at, f)
    if f.get("do") == "pass":
        return await _pass_on(visit, at, f)
    known = any(one.answer.event == f.act for one in at.asked.answers)
    try:
        if not known:
            await _unless_moved(visit, at, f)
        message = await _message(visit, at, f)
        if message is None:
            return await _shown(visit, at, f, HTTP_422_UNPROCESSABLE_CONTENT)
        await act(await visit.site.client(), at.task.workflow, "answer", message, act_id=message.act, db=visit.site.db)
    except PolderError as error:
        return await _refused(visit, at, f, error)
    key = task_url(at.task.id)
    if f.get("do") != "bulk":
        await sent(visit, key + answers.draft_page(visit, f))
    return RedirectResponse(f"{key}?done=1{answers.next_page(f)}", HTTP_303_SEE_OTHER)


async def _message(visit: Visit, at: At, f: Filled) -> c.Answer | None:
    """Make the act of a form, or None when something is wrong with a field."""
    behalf: str | None = None
    if at.proxy:
        behalf = f.need("on_behalf", "Zeg waarom u dit namens de partij invult.", "Say why you answer for the party.")
    try:
        content = await answers.content(visit, at.asked, f, seat=at.seat)
        if content is None or not f.fine or at.seat is None:
            return None
        actor = c.Actor(person=at.seat.person, on_behalf=behalf)
        content = await traced(visit.site, visit.request, content, f.act)
        return c.Answer(act=f.act, task=at.task.id, actor=actor, content=content, seen=f.get("seen"))
    except ValidationError as error:
        f.invalid(error, {"content.ground": "ground"})
        return None


async def _unless_moved(visit: Visit, at: At, f: Filled) -> None:
    """Refuse an answer to what is not what the person saw: closed, answered by a colleague, or of another text.

    Raises:
        Conflict: with what happened meanwhile.
    """
    found, row = at.asked, at.task
    if not found.answerable:
        raise await _closed(visit, found, f)
    newest = found.answers[0] if found.answers else None
    beside = row.total and row.kind in answering.SIGNING  # a colleague's signature does not take the place of another
    if newest is not None and newest.answer.event != f.get("seen") and not beside:
        day = local_date(newest.answer.given_at)
        raise Conflict(
            "answered_meanwhile",
            f"{newest.name} heeft intussen geantwoord ({in_words(day, 'nl')}). Wat u invulde staat er nog. Verstuur "
            "het opnieuw als het dat antwoord moet vervangen.",
            f"{newest.name} has answered meanwhile ({in_words(day, 'en')}). What you filled in is still here. Send it "
            "again if it is to replace that answer.",
        )
    if row.text_sha is not None and f.get("text_sha") != row.text_sha:
        raise Conflict(
            "other_text",
            "De tekst is gewijzigd sinds u dit formulier opende. Er is niets geantwoord. Lees de tekst van nu; wat u "
            "invulde staat er nog.",
            "The text has changed since you opened this form. Nothing was answered. Read the text of now; what you "
            "filled in is still here.",
        )
    await answers.check_versions(visit, found, f)


async def _closed(visit: Visit, found: Asked, f: Filled) -> Conflict:
    """Say that a task is over; what was typed goes along to the task that took its place."""
    after = await duties.successor(visit.site.db, found.task)
    if after is not None:
        await keep(visit, task_url(after.id), f)
    nl = " Er is een nieuwe taak: wat u hier typte staat daar klaar." if after else " Wat u typte staat er nog."
    en = " There is a new task: what you typed waits for you there." if after else " What you typed is still here."
    return Conflict(
        "task_closed",
        f"Deze taak is voorbij; uw antwoord is niet geteld.{nl}",
        f"This task is over; your answer was not counted.{en}",
        {"task": found.task.id},
    )


async def _refused(visit: Visit, at: At, f: Filled, error: PolderError) -> Response:
    """Show the form again with what was refused, as it is now."""
    status = STATUS.get(error.kind, HTTP_422_UNPROCESSABLE_CONTENT)
    if error.code == "act_id_used":
        error = Conflict(
            "sent_before",
            "Dit formulier is al verstuurd, met een andere inhoud (bijvoorbeeld vóór u op Terug drukte). Wat u nu "
            "invulde is nog niet verstuurd. Verstuur het als het uw eerdere antwoord moet vervangen.",
            "This form was sent before, with other content (for example before you pressed Back). What you filled in "
            "now was not sent. Send it if it is to replace your earlier answer.",
        )
    if status in {HTTP_409_CONFLICT, HTTP_422_UNPROCESSABLE_CONTENT} and error.code != "outcome_unknown":
        f.values["act"] = [new_act()]
    f.refuse(error, FIELDS if at.task.kind is not TaskKind.POSITIONS else {})
    at = await _at(visit, at.task.id)
    await answers.freshen(visit, at.asked, f, told=True)
    return await _shown(visit, at, f, status)


async def _code(visit: Visit, at: At, f: Filled) -> Response:
    """Mail the signatory a one-time code."""
    if at.seat is None:
        raise access.forbidden(access.DOES[Deed.REQUEST_CODE])
    await visit.need_deed(Deed.REQUEST_CODE, at.task.covenant)
    await slowly(
        visit, "code", visit.me,
        (
            "U hebt te veel codes aangevraagd. Verwacht: gebruik de laatste, of probeer het over een kwartier opnieuw.",
            "You asked for too many codes. Expected: use the last one, or try again in a quarter of an hour.",
        ),
        CODES,
    )  # fmt: skip
    message = c.CodeRequest(act=f.act, task=at.task.id, actor=c.Actor(person=at.seat.person))
    try:
        await act(await visit.site.client(), at.task.workflow, "request_code", message, act_id=f.act)
    except PolderError as error:
        return await _refused(visit, at, f, error)
    return RedirectResponse(f"{task_url(at.task.id)}?code=1#sign", HTTP_303_SEE_OTHER)


async def _pass_on(visit: Visit, at: At, f: Filled) -> Response:
    """Pass signing on to a colleague."""
    await visit.need_deed(Deed.REQUEST_CODE, at.task.covenant)
    reason = f.need("pass-why", "Schrijf waarom.", "Write why.")
    to = f.need("pass-to", "Kies een collega.", "Choose a colleague.")
    if not f.fine or at.seat is None:
        return await _shown(visit, at, f, HTTP_422_UNPROCESSABLE_CONTENT)
    try:
        await signing.workflow(visit.site.db, at.task.covenant, at.task)
        actor = c.Actor(person=at.seat.person)
        message = PassOn(act=f.act, task=at.task.id, actor=actor, to=to, reason=reason)
        await act(await visit.site.client(), at.task.workflow, "pass_on", message, act_id=f.act, db=visit.site.db)
    except ValidationError as error:
        f.invalid(error, {"to": "pass-to", "reason": "pass-why"})
        return await _shown(visit, at, f, HTTP_422_UNPROCESSABLE_CONTENT)
    except PolderError as error:
        return await _refused(visit, at, f, error)
    return RedirectResponse(f"{task_url(at.task.id)}?done=1", HTTP_303_SEE_OTHER)
