"""Requests to sign: ask again what expired or was cancelled, cancel, or set a day on which everybody signs."""

from datetime import date
from functools import partial

from models.base import Contract, Words
from models.enums import TaskStatus
from models.errors import PolderError
from models.signing_acts import AskAgain, Cancellation, SigningDay
from models.tables import HumanTask
from rules import answering, signing_days
from rules.calendar import in_words
from store import signing
from store import standing as reads
from web.forms import Filled
from web.steering.base import FIELDS, At, Prepared, Send, act_of, made, reason_of

WHOLE = "whole"
"""What is chosen to cancel the whole signing."""


async def offered(at: At, *, again: bool) -> list[tuple[str, Words]]:
    """Return the requests that may be asked again, or cancelled, with whose they are."""
    wanted = {TaskStatus.EXPIRED, TaskStatus.VOID} if again else {TaskStatus.OPEN}
    rows = [one for one in await signing.requests(at.visit.site.db, at.slug) if one.status in wanted]
    rows.sort(key=lambda one: (one.due_at, one.id))  # as the names come
    names = await reads.respondents(at.visit.site.db, at.slug, [one.id for one in rows])
    return [
        (row.id, Words(nl=f"{name.nl}: {row.title_nl}"[:300], en=f"{name.en}: {row.title_en}"[:300]))
        for row, name in zip(rows, names, strict=True)
    ]


async def _chosen(at: At, f: Filled) -> HumanTask | None:
    rows = {one.id: one for one in await signing.requests(at.visit.site.db, at.slug)}
    if f.get("task") not in rows:
        f.wrong("task", "Kies een verzoek.", "Choose a request.")
        return None
    return rows[f.get("task")]


async def ask_again(at: At, f: Filled) -> Prepared | None:
    """Open one request once more."""
    row, due, reason = await _chosen(at, f), f.date("due"), reason_of(f)
    if row is None or due is None:
        return None
    try:
        answering.check_future(due, at.today)
        await signing.workflow(at.visit.site.db, at.slug, row)
    except PolderError as error:
        f.refuse(error, FIELDS)
    message = made(f, partial(_again, at, f, row.id, due, reason))
    if message is None:
        return None
    said = Words(
        nl=f"'{row.title_nl}' staat weer open tot en met {in_words(due, 'nl')}; wie mag tekenen krijgt bericht.",
        en=f"'{row.title_en}' is open again until {in_words(due, 'en')}; who may sign is told.",
    )
    return Prepared([said], [Send(row.workflow, "ask_again", message, act_of(f))])


def _again(at: At, f: Filled, task: str, due: date, reason: str) -> Contract:
    return AskAgain.model_validate({"act": act_of(f), "actor": at.actor, "task": task, "due": due, "reason": reason})


async def day(at: At, f: Filled) -> Prepared | None:
    """Set hours of one day in which everybody signs, or take them back."""
    reason, off = reason_of(f), f.get("what") == "off"
    start = None if off else f.moment("day", "from")
    until = None if off else f.moment("day", "until")
    if not f.fine:
        return None
    workflow = ""
    message = made(f, lambda: SigningDay(act=act_of(f), actor=at.actor, start=start, until=until, reason=reason))
    if message is None:
        return None
    try:
        workflow = await signing.workflow(at.visit.site.db, at.slug)
        held = (await signing.board(at.visit.site.db, at.slug)).starts is not None
        signing_days.check(start, until, at.now, held=held)
    except PolderError as error:
        f.refuse(error, {"not_one_day": "until", "in_the_past": "day", "date_too_far": "day", "no_signing_day": "what"})
        return None
    said = [
        signing_days.words(start, until)
        if start and until
        else Words(nl="Tekenen kan meteen.", en="You can sign now."),
        Words(
            nl="Wie gevraagd is en wie al tekende krijgt bericht. De tekst is al te lezen.",
            en="Who is asked and who signed already is told. The text can be read already.",
        ),
    ]
    return Prepared(said, [Send(workflow, "set_signing_day", message, act_of(f))])


async def cancel(at: At, f: Filled) -> Prepared | None:
    """Cancel one request, or the whole signing."""
    reason, whole = reason_of(f), f.get("task") == WHOLE
    row = None if whole else await _chosen(at, f)
    if row is None and not whole:
        return None
    workflow = ""
    try:
        workflow = await signing.workflow(at.visit.site.db, at.slug, row)
    except PolderError as error:
        f.refuse(error, FIELDS)
    message = made(f, lambda: Cancellation(act=act_of(f), actor=at.actor, task=row.id if row else None, reason=reason))
    if message is None:
        return None
    said = (
        Words(
            nl="De hele ondertekening stopt; er komt op deze manier geen convenant. Alle partijen lezen uw reden, ook "
            "wie al tekende. Dit is niet terug te draaien.",
            en="The whole signing stops; this way there will be no covenant. All parties read your reason, those who "
            "signed too. This cannot be undone.",
        )
        if row is None
        else Words(
            nl=f"Het verzoek '{row.title_nl}' vervalt. U kunt later opnieuw vragen.",
            en=f"The request '{row.title_en}' is void. You can ask again later.",
        )
    )
    return Prepared([said], [Send(workflow, "cancel", message, act_of(f))])
