"""`polder answer`: every kind of answer to every kind of task, with the options that belong to it."""

import mimetypes
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, Any

import typer
from pydantic import Field

from acts import composing
from cli import context
from cli.acting import act_id, carry, hands, known, show_receipts
from cli.dates import parse_date
from cli.options import ActOption, JsonOption, LanguageOption, StateOption, TaskArgument
from cli.showing import Screen
from models import contracts as c
from models import signing as sg
from models.base import Slug, Strict
from models.enums import AmendmentStatus, Attends, Choice, Ground, Language, Ratified, Stance, TaskKind
from models.errors import Conflict, InvalidFile, Refusal
from models.meetings import ActionAnswer, AttendanceAnswer, CorrectionAnswer, MinutesAnswer
from models.scenario import AmendmentReply, PositionReply
from models.tables import HumanTask
from runtime.files import Source, fit, read
from store import people, views
from store.engine import Database

MOST_BYTES = 25 * 1024 * 1024

STANCE_OPTIONS = ("--stance", "--ground", "--lift", "--comment")
SIGN_OPTIONS = ("--request-code", "--code", "--name", "--decline")
TAKES: Mapping[TaskKind, tuple[str, ...]] = {
    TaskKind.DOCUMENT: ("--document", "--title"),
    TaskKind.PLAN: ("--document", "--title"),
    TaskKind.REPORT: ("--document", "--title"),
    TaskKind.CONTRIBUTION: ("--item", "--theme"),
    TaskKind.APPROVAL: (*STANCE_OPTIONS, "--sha"),
    TaskKind.POSITIONS: ("--position", "--positions", *STANCE_OPTIONS),
    TaskKind.DRAFTING: (
        "--amend", "--fate", "--park", "--unpark", "--split", "--split-to", "--mediate", "--mediator",
        "--mediator-name", "--mediator-email", "--days", "--end", "--reason",
    ),
    TaskKind.RATIFICATION: ("--result", "--minutes", "--comment", "--sha"),
    TaskKind.SIGNATURE: (*SIGN_OPTIONS, "--sha"),
    TaskKind.DECLARATION: (*SIGN_OPTIONS, "--sha"),
    TaskKind.DECISION: ("--choice", "--due", "--clause", "--reason"),
    TaskKind.ATTENDANCE: ("--attends", "--name"),
    TaskKind.MINUTES: ("--document",),
    TaskKind.CORRECTION: ("--stance", "--lift", "--sha"),
    TaskKind.ACTION: ("--comment", "--document"),
}  # fmt: skip
"""The options each kind of task takes, besides --as, --act and --on-behalf with --reason."""

NEEDS: Mapping[TaskKind, tuple[str, ...]] = {
    TaskKind.DOCUMENT: ("--document",),
    TaskKind.PLAN: ("--document",),
    TaskKind.REPORT: ("--document",),
    TaskKind.CONTRIBUTION: ("--item",),
    TaskKind.APPROVAL: ("--stance",),
    TaskKind.POSITIONS: ("--position", "--positions", "--stance"),
    TaskKind.DRAFTING: ("--amend", "--fate", "--park", "--unpark", "--split", "--mediate", "--end"),
    TaskKind.RATIFICATION: ("--result",),
    TaskKind.SIGNATURE: ("--code", "--request-code", "--decline"),
    TaskKind.DECLARATION: ("--code", "--request-code", "--decline"),
    TaskKind.DECISION: ("--choice",),
    TaskKind.ATTENDANCE: ("--attends",),
    TaskKind.MINUTES: ("--document",),
    TaskKind.CORRECTION: ("--stance",),
    TaskKind.ACTION: ("--comment",),
}
"""Of these at least one."""

FATES = (AmendmentStatus.ACCEPTED, AmendmentStatus.COMPROMISE, AmendmentStatus.REFUSED)
FATE = re.compile(rf"(.+?)=({'|'.join(FATES)})(?::(.*))?", re.DOTALL)
"""An amendment's id, which may hold any character, what becomes of it, and why."""


class PositionOf(PositionReply):
    """A position in a list of positions."""

    clause: Slug


class PositionList(Strict):
    """A file that lists positions."""

    positions: list[PositionOf] = Field(max_length=300)


class PositionsByClause(Strict):
    """A file of positions by clause."""

    positions: dict[Slug, PositionReply] = Field(max_length=300)


class Amendments(Strict):
    """A file with the next version of clauses."""

    amendments: dict[Slug, AmendmentReply] = Field(max_length=300)


@dataclass(frozen=True)
class Given:
    """What was given on the command line, by option."""

    values: Mapping[str, Any] = field(default_factory=dict)

    def names(self) -> list[str]:
        """Return the options that were given."""
        return [name for name, value in self.values.items() if value not in (None, False, [], "")]

    def __getitem__(self, name: str) -> Any:  # noqa: ANN401 each option has its own type
        return self.values[name]


def answer(
    task: TaskArgument,
    *,
    person: Annotated[str, typer.Option("--as", help="who answers: a person id")],
    stance: Annotated[Stance | None, typer.Option("--stance", help="approval, or every clause not named")] = None,
    ground: Annotated[Ground | None, typer.Option("--ground", help="of an objection")] = None,
    lift: Annotated[str | None, typer.Option("--lift", help="what would lift the objection")] = None,
    comment: Annotated[str | None, typer.Option("--comment", help="a remark for the record")] = None,
    position: Annotated[list[str] | None, typer.Option("--position", help="CLAUSE=STANCE; repeatable")] = None,
    positions: Annotated[Path | None, typer.Option("--positions", help="YAML: positions by clause")] = None,
    item: Annotated[list[str] | None, typer.Option("--item", help="one contribution; repeatable")] = None,
    theme: Annotated[str | None, typer.Option("--theme", help="the theme of the contributions")] = None,
    document: Annotated[Path | None, typer.Option("--document", help="the file to deliver")] = None,
    title: Annotated[str | None, typer.Option("--title", help="its title; else its name")] = None,
    result: Annotated[Ratified | None, typer.Option("--result", help="what the members decided")] = None,
    minutes: Annotated[Path | None, typer.Option("--minutes", help="the minutes, a file")] = None,
    request_code: Annotated[bool, typer.Option("--request-code", help="mail me a one-time code to sign")] = False,
    attends: Annotated[Attends | None, typer.Option("--attends", help="to an invitation; --name a substitute")] = None,
    code: Annotated[str | None, typer.Option("--code", help="the code you were mailed")] = None,
    name: Annotated[str | None, typer.Option("--name", help="your name as it stands under the text")] = None,
    decline: Annotated[str | None, typer.Option("--decline", help="why your party does not sign")] = None,
    amend: Annotated[Path | None, typer.Option("--amend", help="YAML: clause -> {text: {nl, en}, reason}")] = None,
    fate: Annotated[list[str] | None, typer.Option("--fate", help="AMENDMENT=STATUS:REASON; repeatable")] = None,
    park: Annotated[list[str] | None, typer.Option("--park", help="leave a clause out; repeatable")] = None,
    unpark: Annotated[list[str] | None, typer.Option("--unpark", help="bring a clause back; repeatable")] = None,
    split: Annotated[list[str] | None, typer.Option("--split", help="a clause goes its own way; repeatable")] = None,
    split_to: Annotated[str, typer.Option("--split-to", help="who carries it: all, a constituency, an office")] = "",
    mediate: Annotated[list[str] | None, typer.Option("--mediate", help="a clause for a mediator; repeatable")] = None,
    mediator: Annotated[str, typer.Option("--mediator", help="a person id; a new one with name and e-mail")] = "",
    mediator_name: Annotated[str, typer.Option("--mediator-name", help="of who is new")] = "",
    mediator_email: Annotated[str, typer.Option("--mediator-email", help="of who is new")] = "",
    days: Annotated[int | None, typer.Option("--days", help="working days, for --split and --mediate")] = None,
    clause: Annotated[list[str] | None, typer.Option("--clause", help="with --choice back; repeatable")] = None,
    end: Annotated[bool, typer.Option("--end", help="end the talks")] = False,
    choice: Annotated[Choice | None, typer.Option("--choice", help="one of the choices of the task")] = None,
    due: Annotated[str | None, typer.Option("--due", help="YYYY-MM-DD, to prolong")] = None,
    on_behalf: Annotated[bool, typer.Option("--on-behalf", help="the secretariat enters it; with --reason")] = False,
    reason: Annotated[str, typer.Option("--reason", help="why; goes on record")] = "",
    sha: Annotated[str | None, typer.Option("--sha", help="SHA-256 of the text the person saw")] = None,
    act: ActOption = "",
    state: StateOption = None,
    lang: LanguageOption = Language.EN,
    as_json: JsonOption = False,
) -> None:
    """Answer a task. Which options it takes depends on its kind; a wrong one is refused with the right ones."""
    screen = Screen(lang, as_json)
    if request_code and code is not None:
        raise _code_twice()
    given = Given({
        "--stance": stance, "--ground": ground, "--lift": lift, "--comment": comment, "--position": position or [],
        "--positions": positions, "--item": item or [], "--theme": theme, "--document": document, "--title": title,
        "--result": result, "--minutes": minutes, "--request-code": request_code, "--code": code, "--name": name,
        "--amend": amend, "--fate": fate or [], "--park": park or [], "--end": end, "--choice": choice, "--due": due,
        "--reason": reason, "--sha": sha, "--decline": decline,
        "--attends": attends, "--unpark": unpark or [], "--split": split or [], "--split-to": split_to,
        "--mediate": mediate or [], "--mediator": mediator, "--mediator-name": mediator_name,
        "--mediator-email": mediator_email, "--days": days, "--clause": clause or [],
    })  # fmt: skip
    found = context.settings(state=state)

    async def work() -> c.Receipt:
        async with hands(found) as with_hands:
            row = await views.task(with_hands.db, task)
            people = await views.people(with_hands.db, row.covenant)
            who = known(people, person, None if row.role else row.respondent)
            check_options(row, given, on_behalf=on_behalf)
            check_sha(row, sha)
            key = act_id(act)
            actor = c.Actor(person=who, on_behalf=reason if on_behalf else None)
            if request_code:
                return await carry(
                    with_hands, row.workflow, "request_code", c.CodeRequest(act=key, task=task, actor=actor), key
                )
            own_name = next(one.name for one in people if one.id == who)
            content = await content_of(with_hands.db, row, given, own_name, key)
            message = c.Answer(act=key, task=task, actor=actor, content=content)
            return await carry(with_hands, row.workflow, "answer", message, key)

    show_receipts(screen, [context.run(work())])


# --- checking ---------------------------------------------------------------------------------------------------------


def check_options(task: HumanTask, given: Given, *, on_behalf: bool) -> None:
    """Refuse options that do not belong to the kind of task, or too few.

    Raises:
        Refusal: `wrong_options`, with those the task takes.
    """
    allowed = {*TAKES[task.kind], *(["--reason"] if on_behalf else [])}
    wrong = [name for name in given.names() if name not in allowed]
    needed = NEEDS[task.kind]
    lacking = not set(given.names()) & set(needed)
    no_reason = on_behalf or task.kind in {TaskKind.DRAFTING, TaskKind.DECISION}
    if no_reason and not given["--reason"].strip():
        wrong, lacking, needed = [], True, ("--reason",)
    if not wrong and not lacking:
        return
    takes = ", ".join(TAKES[task.kind])
    kind = task.kind.value
    problem_nl = f"{', '.join(wrong)} past niet" if wrong else f"{' of '.join(needed)} ontbreekt"
    problem_en = f"{', '.join(wrong)} does not fit" if wrong else f"{' or '.join(needed)} is missing"
    choices = f" ({', '.join(task.choices)})" if task.choices else ""
    raise Refusal(
        "wrong_options",
        f"Taak {task.id} (soort {kind}): {problem_nl}. Verwacht: {takes}{choices}; ook altijd: --on-behalf met "
        "--reason, --act.",
        f"Task {task.id} (kind {kind}): {problem_en}. Expected: {takes}{choices}; always also: --on-behalf with "
        "--reason, --act.",
        {"task": task.id, "kind": kind, "takes": takes},
    )


def _code_twice() -> Refusal:
    return Refusal(
        "wrong_options",
        "--request-code en --code gaan niet samen. Verwacht: eerst --request-code, dat u een code mailt; daarna --code "
        "met die code.",
        "--request-code and --code do not go together. Expected: --request-code first, which mails you a code; then "
        "--code with that code.",
        {"options": "--request-code, --code"},
    )


def check_sha(task: HumanTask, sha: str | None) -> None:
    """Refuse an answer about another text than the person saw.

    Raises:
        Conflict: `other_text`.
    """
    if sha is not None and sha.strip().lower() != task.text_sha:
        raise Conflict(
            "other_text",
            f"U zag de tekst {sha}; de taak vraagt om {task.text_sha or 'geen tekst'}. Er is niets geantwoord. "
            f"Verwacht: lees de tekst opnieuw (`polder text {task.covenant}`).",
            f"You saw the text {sha}; the task is about {task.text_sha or 'no text'}. Nothing was answered. Expected: "
            f"read the text again (`polder text {task.covenant}`).",
            {"given": sha, "expected": task.text_sha or ""},
        )


# --- making the content -----------------------------------------------------------------------------------------------


async def content_of(db: Database, task: HumanTask, given: Given, own_name: str, act_id: str) -> c.Content:
    """Make the content of an answer; what is large is stored first.

    Raises:
        PolderError: something in it cannot be used.
    """
    match task.kind:
        case TaskKind.APPROVAL:
            return c.ApprovalAnswer(
                stance=given["--stance"], ground=given["--ground"], lift=given["--lift"], comment=given["--comment"],
                text_sha=task.text_sha,
            )  # fmt: skip
        case TaskKind.POSITIONS:
            return await composing.positions(db, task.covenant, _positions(given), others=_others(given))
        case TaskKind.CONTRIBUTION:
            items = [c.Item(theme=given["--theme"], text=text) for text in given["--item"]]
            return c.ContributionAnswer(items=items)
        case TaskKind.DRAFTING:
            reason, fates = given["--reason"], _fates(given)
            texts = read_amendments(given["--amend"]) if given["--amend"] else {}
            texts = await composing.taken_up(db, task.covenant, texts, fates, reason=reason, act_id=act_id)
            made = await composing.next_version(
                db, task.covenant, texts, park=given["--park"], reason=reason, end=given["--end"], fates=fates
            )
            return c.DraftingAnswer.model_validate({**made.model_dump(), **await _ways_out(db, given)})
        case TaskKind.DECISION:
            due = parse_date(given["--due"], "--due") if given["--due"] else None
            return c.DecisionAnswer(
                choice=given["--choice"], reason=given["--reason"], due=due, clauses=given["--clause"]
            )
    return await _content_with_text(db, task, given, own_name)


AROUND = {TaskKind.ATTENDANCE, TaskKind.MINUTES, TaskKind.CORRECTION, TaskKind.ACTION}


async def _around(db: Database, task: HumanTask, given: Given) -> c.Content:
    """Make an answer around a meeting."""
    if task.kind is TaskKind.ATTENDANCE:
        return AttendanceAnswer(attends=given["--attends"], substitute=given["--name"])
    if task.kind is TaskKind.CORRECTION:
        agrees = given["--stance"] is not Stance.OBJECT
        return CorrectionAnswer(text_sha=task.text_sha or "", agrees=agrees, correction=given["--lift"])
    path = given["--document"]
    kept = await composing.stored_document(db, read_bytes(path)[0], path.name) if path else None
    if task.kind is TaskKind.MINUTES:
        return MinutesAnswer(sha256=kept or "")
    return ActionAnswer(result=given["--comment"], document=kept)


async def _ways_out(db: Database, given: Given) -> dict[str, Any]:
    """Return what is to become of clauses that do not come together."""
    found: dict[str, Any] = {"resumed": given["--unpark"]}
    days = {"days": given["--days"]} if given["--days"] is not None else {}
    if given["--split"]:
        found["split"] = [{"clauses": given["--split"], "respondents": [given["--split-to"] or "all"], **days}]
    if given["--mediate"]:
        who: dict[str, Any] = {"mediator": given["--mediator"]}
        if given["--mediator-email"]:
            contact = people.Contact(email=given["--mediator-email"], language=Language.NL)
            who |= {"name": given["--mediator-name"], "contact": await people.put_contact(db, contact)}
        found |= {"choice": Choice.MEDIATE, "mediation": {"clauses": given["--mediate"], **who, **days}}
    return found


async def _content_with_text(db: Database, task: HumanTask, given: Given, own_name: str) -> c.Content:
    if task.kind in AROUND:
        return await _around(db, task, given)
    match task.kind:
        case TaskKind.RATIFICATION:
            path = given["--minutes"]
            kept = await composing.stored_document(db, read_bytes(path)[0], path.name) if path else None
            return c.RatificationAnswer(
                result=given["--result"], text_sha=task.text_sha or "", minutes=kept, comment=given["--comment"]
            )
        case TaskKind.SIGNATURE | TaskKind.DECLARATION:
            if given["--decline"] is not None:
                return sg.DeclineAnswer(text_sha=task.text_sha or "", reason=given["--decline"])
            return sg.SignatureAnswer(
                text_sha=task.text_sha or "", code=given["--code"], name=given["--name"] or own_name
            )
    path = given["--document"]
    return await composing.document(db, given["--title"] or path.name, read_bytes(path)[0], path.name)


def _others(given: Given) -> PositionReply | None:
    if given["--stance"] is None:
        return None
    return PositionReply(
        stance=given["--stance"], ground=given["--ground"], lift=given["--lift"], comment=given["--comment"]
    )


def _positions(given: Given) -> dict[str, PositionReply]:
    found = read_positions(given["--positions"]) if given["--positions"] else {}
    for text in given["--position"]:
        clause, _, stance = text.partition("=")
        if stance not in list(Stance):
            raise Refusal(
                "invalid_position",
                f"'{text}' is geen standpunt. Verwacht: ARTIKEL=STANDPUNT met {', '.join(Stance)}.",
                f"'{text}' is no position. Expected: CLAUSE=STANCE with {', '.join(Stance)}.",
                {"position": text},
            )
        objects = stance == Stance.OBJECT
        found[clause] = PositionReply(
            stance=Stance(stance),
            ground=given["--ground"] if objects else None,
            lift=given["--lift"] if objects else None,
            comment=given["--comment"],
        )
    return found


def _fates(given: Given) -> list[c.Fate]:
    """Read what becomes of amendments; one without a reason of its own has that of the whole answer.

    Raises:
        Refusal: `invalid_fate`.
    """
    found = []
    for text in given["--fate"]:
        parts = FATE.fullmatch(text)
        if parts is None:
            wanted = ", ".join(FATES)
            raise Refusal(
                "invalid_fate",
                f"'{text}' zegt niet wat er van een voorstel wordt. Verwacht: VOORSTEL=UITKOMST:REDEN met {wanted}.",
                f"'{text}' does not say what becomes of an amendment. Expected: AMENDMENT=STATUS:REASON with {wanted}.",
                {"fate": text},
            )
        key, status, reason = parts.groups()
        found.append(c.Fate.model_validate({"amendment": key, "status": status, "reason": reason or given["--reason"]}))
    return found


def read_positions(path: Path) -> dict[str, PositionReply]:
    """Read positions: a mapping by clause, or a list that names the clause.

    Raises:
        InvalidFile: with one line for every problem.
    """
    source = _below(read(path), "positions")
    if isinstance(source.data, dict) and isinstance(source.data["positions"], list):
        rows = fit(source, PositionList).positions
        return {row.clause: PositionReply(**row.model_dump(exclude={"clause"})) for row in rows}
    return dict(fit(source, PositionsByClause).positions)


def read_amendments(path: Path) -> dict[str, AmendmentReply]:
    """Read the next version of clauses.

    Raises:
        InvalidFile: with one line for every problem.
    """
    return dict(fit(_below(read(path), "amendments"), Amendments).amendments)


def _below(source: Source, key: str) -> Source:
    """Return a file as if all of it stood under one key; a file that says so itself is left alone."""
    if isinstance(source.data, dict) and set(source.data) == {key}:
        return source
    lines = {f"{key}.{path}": line for path, line in source.lines.items()}
    return Source(source.path, {key: source.data}, lines)


def read_bytes(path: Path) -> tuple[bytes, str]:
    """Return a file's bytes and media type.

    Raises:
        InvalidFile: it cannot be read, is empty, or too large.
    """
    try:
        size = path.stat().st_size
        data = path.read_bytes() if size <= MOST_BYTES else b""
    except OSError as error:
        raise InvalidFile(
            "unreadable_file",
            f"{path} is niet te lezen: {error.strerror}. Verwacht: een bestand.",
            f"{path} cannot be read: {error.strerror}. Expected: a file.",
            {"file": str(path)},
        ) from error
    if not data:
        raise InvalidFile(
            "unusable_file",
            f"{path} is {size} bytes. Verwacht: een bestand van 1 tot {MOST_BYTES} bytes.",
            f"{path} is {size} bytes. Expected: a file of 1 to {MOST_BYTES} bytes.",
            {"file": str(path)},
        )
    return data, mimetypes.guess_type(path.name)[0] or "application/octet-stream"


COMMANDS = {"answer": answer}
