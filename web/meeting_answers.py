"""What the tasks around a meeting show, and the answers their forms make."""

from acts import composing
from models import contracts as c
from models import ids
from models.enums import Attends, TaskKind
from models.errors import Refusal
from models.meetings import ActionAnswer, AttendanceAnswer, CorrectionAnswer, MinutesAnswer
from store import meetings
from store.asked import Asked
from web.forms import Filled, upload
from web.visiting import Visit

KINDS = {TaskKind.ATTENDANCE, TaskKind.MINUTES, TaskKind.CORRECTION, TaskKind.ACTION}
LEAST, MOST = 3, 2000


async def shows(visit: Visit, found: Asked) -> dict[str, object]:
    """Return the meeting that a task is about."""
    no = ids.meeting_of(found.task.workflow)
    return {"meeting": await meetings.meeting(visit.site.db, found.task.covenant, no)} if no is not None else {}


async def content(visit: Visit, kind: TaskKind, f: Filled) -> c.Content | None:
    """Make the answer of a form; None when something is wrong with a field, which then says so."""
    if kind is TaskKind.ATTENDANCE:
        return _attendance(f)
    if kind is TaskKind.CORRECTION:
        return _correction(f)
    digest = await _file(visit, f)
    if kind is TaskKind.MINUTES:
        if digest is None:
            f.wrong("file", "Kies het bestand met het verslag.", "Choose the file with the minutes.")
        return MinutesAnswer(sha256=digest) if digest is not None and f.fine else None
    result = _words(f, "result", "Schrijf wat eruit kwam.", "Write what came of it.")
    return ActionAnswer(result=result, document=digest) if f.fine else None


async def _file(visit: Visit, f: Filled) -> str | None:
    try:
        file = await upload(f, "file")
        return await composing.stored_document(visit.site.db, file[0], file[2]) if file else None
    except Refusal as error:
        f.refuse(error, {"bad_file": "file"})
        return None


def _attendance(f: Filled) -> c.Content | None:
    if f.get("attends") not in set(Attends):
        f.wrong("attends", "Kies of u komt.", "Choose whether you come.")
        return None
    attends = Attends(f.get("attends"))
    name = None
    if attends is Attends.SUBSTITUTE:
        name = f.need("substitute", "Vul in wie er in uw plaats komt.", "Fill in who comes in your place.")
    return AttendanceAnswer(attends=attends, substitute=name) if f.fine else None


def _correction(f: Filled) -> c.Content | None:
    if f.get("agrees") not in {"yes", "no"}:
        f.wrong("agrees", "Kies of het verslag klopt.", "Choose whether the minutes are right.")
        return None
    agrees = f.get("agrees") == "yes"
    if agrees and f.get("correction").strip():
        f.wrong(
            "correction",
            "U kiest dat het verslag klopt en schrijft wat er anders moet. Maak dit veld leeg, of kies dat het niet "
            "klopt.",
            "You choose that the minutes are right and write what must be different. Empty this field, or choose that "
            "they are not right.",
        )
        return None
    wrong = None if agrees else _words(f, "correction", "Schrijf wat er anders moet.", "Write what must be different.")
    return CorrectionAnswer(text_sha=f.get("text_sha"), agrees=agrees, correction=wrong) if f.fine else None


def _words(f: Filled, name: str, nl: str, en: str) -> str:
    text = f.need(name, nl, en)
    if text and not LEAST <= len(text) <= MOST:
        f.wrong(name, f"Verwacht: {LEAST} tot {MOST} tekens.", f"Expected: {LEAST} to {MOST} characters.")
    return text
