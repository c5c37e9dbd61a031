"""Later due dates, and ladders that are not climbed for a while."""

from contextlib import suppress
from datetime import date
from functools import partial

from models import contracts as c
from models.base import Contract, Words
from models.enums import TaskStatus
from models.errors import PolderError, Refusal
from models.questions import MailBounce, NoticeAgain
from models.tables import HumanTask
from rules import answering
from rules.bounces import MOST_PROBLEM
from rules.calendar import in_words, local_date
from store import standing as reads
from store import views
from web.forms import Filled
from web.steering.base import FIELDS, NAMED, At, Prepared, Send, act_of, count, made, reason_of

# --- terms and ladders ------------------------------------------------------------------------------------------------


def state_of(row: HumanTask) -> c.TaskState:
    """Return a task as the rules know one."""
    return c.TaskState(
        id=row.id, kind=row.kind, respondent=row.respondent, title=Words(nl=row.title_nl, en=row.title_en),
        opened=row.opened_at, due=row.due_at, handled=row.opened_at, status=TaskStatus(row.status),
    )  # fmt: skip


async def extend(at: At, f: Filled) -> Prepared | None:
    """Give all open tasks, or the chosen ones, a later due date."""
    rows = _chosen(f, await reads.open_ids(at.visit.site.db, at.slug))
    due, reason = f.date("due"), reason_of(f)
    if due is not None:
        rows = [row for row in rows if not (at.begun and local_date(row.due_at) == due)]
        _check_later(f, rows, due, at.today)
    by_workflow: dict[str, list[str]] = {}
    for row in rows:
        by_workflow.setdefault(row.workflow, []).append(row.id)
    sends = []
    for workflow, tasks in by_workflow.items():
        act = f"{act_of(f)}/{workflow.rpartition('/')[2]}"
        message = made(f, partial(_extension, at, act, tasks, due, reason))
        if message is not None:
            sends.append(Send(workflow, "extend", message, act))
    if not f.fine or due is None:
        return None
    names = await reads.respondents(at.visit.site.db, at.slug, [row.id for row in rows[:NAMED]])
    more = len(rows) - NAMED
    said = Words(
        nl=f"{count(len(rows), 'taak krijgt', 'taken krijgen')} als uiterlijke dag {in_words(due, 'nl')}: "
        + ", ".join(name.nl for name in names) + (f" en nog {more}." if more > 0 else "."),
        en=f"{count(len(rows), 'task gets', 'tasks get')} {in_words(due, 'en')} as due date: "
        + ", ".join(name.en for name in names) + (f" and {more} more." if more > 0 else "."),
    )  # fmt: skip
    told = Words(
        nl="Wie het betreft krijgt bericht met uw reden; herinneringen en ladder tellen vanaf de nieuwe dag.",
        en="Those concerned are told, with your reason; reminders and ladder count from the new day.",
    )
    return Prepared([said, told], sends)


def _chosen(f: Filled, rows: list[HumanTask]) -> list[HumanTask]:
    """Return the tasks that are meant: all, or those that were ticked."""
    if f.get("scope", "all") != "chosen":
        if not rows:
            f.wrong("scope", "Er staat niets open.", "Nothing is open.")
        return rows
    wanted = set(f.all("task"))
    found = [row for row in rows if row.id in wanted]
    if not wanted:
        f.wrong("task", "Kies minstens één taak.", "Choose at least one task.")
    elif len(found) < len(wanted):
        f.wrong("task", "Een gekozen taak staat niet meer open.", "A chosen task is no longer open.")
    return found


def _check_later(f: Filled, rows: list[HumanTask], due: date, today: date) -> None:
    try:
        answering.check_future(due, today)
        for row in rows:
            answering.check_later(state_of(row), due)
    except PolderError as error:
        f.refuse(error, FIELDS)


def _extension(at: At, act: str, tasks: list[str], due: date | None, reason: str) -> Contract:
    return c.Extension.model_validate({"act": act, "actor": at.actor, "tasks": tasks, "due": due, "reason": reason})


async def _one(at: At, f: Filled) -> HumanTask | None:
    """Return the task that was chosen, of this covenant."""
    row = None
    with suppress(PolderError):
        row = await views.task(at.visit.site.db, f.get("task"))
    if row is None or row.covenant != at.slug:
        f.wrong("task", "Kies een taak.", "Choose a task.")
        return None
    return row


async def notify(at: At, f: Filled) -> Prepared | None:
    """Send the notice of one task once more."""
    reason, row = reason_of(f), await _one(at, f)
    if row is None:
        return None
    try:
        answering.check_open(state_of(row))
    except PolderError as error:
        f.refuse(error, FIELDS)
    task, act = row.id, act_of(f)
    message = made(f, lambda: NoticeAgain(act=act, actor=at.actor, task=task, reason=reason))
    if message is None:
        return None
    said = Words(
        nl=f"Wie over '{row.title_nl}' mag antwoorden krijgt het bericht opnieuw. Bij een stille procedure begint de "
        "klok van die partij daarmee te lopen, als hij stilstond omdat het bericht niet aankwam.",
        en=f"Who may answer about '{row.title_en}' gets the notice again. In a silence procedure the clock of that "
        "party starts with it, if it stood still because notice did not arrive.",
    )
    return Prepared([said], [Send(row.workflow, "notify_again", message, act)])


async def bounce(at: At, f: Filled) -> Prepared | None:
    """Put on record that a mail about a task came back; the reason is what the mail server said."""
    problem, row = " ".join(reason_of(f).split()), await _one(at, f)
    if len(problem) > MOST_PROBLEM:
        f.wrong("reason", f"Hoogstens {MOST_PROBLEM} tekens.", f"{MOST_PROBLEM} characters at most.")
    if row is None:
        return None
    people = await views.people(at.visit.site.db, at.slug)
    who = next((one for one in people if one.id == f.get("person")), None)
    if who is None or not answering.is_asked(row.respondent, row.role, who.party, who.roles):
        f.wrong("person", "Kies iemand aan wie deze taak gevraagd is.", "Choose someone who is asked this task.")
        return None
    try:
        answering.check_open(state_of(row))
    except PolderError as error:
        f.refuse(error, FIELDS)
    task, act = row.id, act_of(f)
    message = made(f, lambda: MailBounce(act=act, actor=at.actor, task=task, person=who.id, problem=problem))
    if message is None:
        return None
    said = Words(
        nl=f"Bij '{row.title_nl}' komt te staan dat {who.name} het bericht niet kreeg. Waar zwijgen instemmen is, "
        "staat de klok van die partij stil tot iemand van haar het bericht wel krijgt.",
        en=f"It is noted with '{row.title_en}' that {who.name} did not get the notice. Where silence agrees, the clock "
        "of that party stands still until someone of it does get it.",
    )
    return Prepared([said], [Send(row.workflow, "report_bounce", message, act)])


async def ladder(at: At, f: Filled) -> Prepared | None:
    """Stop or go on climbing the ladder of one task."""
    resume, reason = f.get("what") == "resume", reason_of(f)
    if f.get("what") not in {"pause", "resume"}:
        f.wrong("what", "Kies pauzeren of hervatten.", "Choose pause or resume.")
    row = await _one(at, f)
    if row is None:
        return None
    try:
        answering.check_open(state_of(row))
        if resume != (row.ladder_held is not None):
            raise Refusal(
                "ladder_not_paused" if resume else "ladder_already_paused",
                "De ladder is niet gepauzeerd." if resume else "De ladder is al gepauzeerd.",
                "The ladder is not paused." if resume else "The ladder is paused already.",
            )
    except PolderError as error:
        f.refuse(error, FIELDS)
    task, act = row.id, act_of(f)
    message = made(f, lambda: c.LadderPause(act=act, actor=at.actor, task=task, resume=resume, reason=reason))
    if message is None:
        return None
    said = (
        Words(
            nl=f"De ladder van '{row.title_nl}' gaat verder; de treden zijn later met de werkdagen van de pauze.",
            en=f"The ladder of '{row.title_en}' goes on; its rungs are later by the working days of the pause.",
        )
        if resume
        else Words(
            nl=f"De ladder van '{row.title_nl}' wordt niet verder beklommen; de uiterlijke dag blijft "
            f"{in_words(local_date(row.due_at), 'nl')}.",
            en=f"The ladder of '{row.title_en}' is climbed no further; it stays due on "
            f"{in_words(local_date(row.due_at), 'en')}.",
        )
    )
    return Prepared([said], [Send(row.workflow, "pause_ladder", message, act)])
