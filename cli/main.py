"""`polder`: the command line. Each subject is loaded only when it is asked for; errors become words and exit codes."""

import importlib
import os
import sys
import traceback
from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import NamedTuple, NoReturn

import typer
from pydantic import ValidationError
from rich.markup import escape
from typer.exceptions import TyperException

from cli.exits import EPILOG, Exit, exit_code
from cli.showing import Screen, make_console, show_error
from models.enums import Language
from models.errors import PolderError, Refusal


class Subject(NamedTuple):
    """Where a command lives: in `COMMANDS` of a module."""

    module: str
    help: str
    panel: str


ENGINE, PLAN, READING, ACTING = "Engine", "Sectors", "Reading", "Acting"

SUBJECTS = {
    "up": Subject("cli.engine", "Start Polder here: Temporal server, database, worker and site.", ENGINE),
    "site": Subject("cli.engine", "Serve the pages alone.", ENGINE),
    "worker": Subject("cli.engine", "Run a worker against a Temporal server elsewhere.", ENGINE),
    "db": Subject("cli.engine", "The database schema: upgrade, version.", ENGINE),
    "settings": Subject("cli.engine", "Show the settings in effect, without secrets.", ENGINE),
    "playbook": Subject("cli.playbooks", "The process of a sector: check, show.", PLAN),
    "play": Subject("cli.playing", "Play a whole covenant in minutes, on a clock that skips the waiting.", PLAN),
    "list": Subject("cli.reading", "List the covenants.", READING),
    "status": Subject("cli.status", "Show where a covenant stands and what to do next.", READING),
    "waiting": Subject("cli.reading", "Show who is waited on, since when.", READING),
    "tasks": Subject("cli.reading", "Show what a party or office owes.", READING),
    "history": Subject("cli.reading", "Show every answer given to a task.", READING),
    "events": Subject("cli.record", "Show the record, or verify its chain.", READING),
    "mail": Subject("cli.record", "List the mails of a covenant.", READING),
    "text": Subject("cli.record", "Show the current clause texts with their SHA-256.", READING),
    "comments": Subject("cli.talking", "Show the comments on clauses that a person may read.", READING),
    "amendments": Subject("cli.amending", "Show what parties propose to change in the text.", READING),
    "objections": Subject("cli.objecting", "Show which objections stand, and what would lift them.", READING),
    "papers": Subject("cli.filing", "List the papers that a person may read.", READING),
    "meetings": Subject("cli.meetings", "List the meetings that a person may see.", READING),
    "outlook": Subject("cli.objecting", "Show what still stands between the parties and an agreement.", READING),
    "document": Subject("cli.record", "Write a document of the covenant, or check its seal.", READING),
    "export": Subject("cli.exporting", "Write the text, or the whole negotiation, as a file.", READING),
    "dossier": Subject("cli.verifying", "Write everything of a covenant in one file that verifies itself.", READING),
    "verify": Subject("cli.verifying", "Say what a PDF or dossier proves and what it does not.", READING),
    "redline": Subject("cli.exporting", "Write the text against what a party last approved.", READING),
    "launch": Subject("cli.launching", "Launch a covenant from a file or a sector.", ACTING),
    "answer": Subject("cli.answering", "Answer a task.", ACTING),
    "comment": Subject("cli.talking", "Comment on a clause, in a lane.", ACTING),
    "amend": Subject("cli.amending", "Propose words for a clause.", ACTING),
    "amendment": Subject("cli.amending", "Your amendment: withdraw, accept what became of it, maintain.", ACTING),
    "paper": Subject("cli.filing", "A paper in a lane: add, get.", ACTING),
    "widen": Subject("cli.filing", "Let a wider lane read a paper or comment of your own party.", ACTING),
    "meeting": Subject("cli.meetings", "A meeting: call, show, change, cancel, report.", ACTING),
    "objection": Subject("cli.objecting", "The objection of your party: lift it.", ACTING),
    "red-line": Subject("cli.objecting", "What your party cannot accept, for the facilitator alone.", ACTING),
    "package": Subject("cli.packaging", "Packages over several clauses: weigh, find, put to the parties.", ACTING),
    "signing": Subject("cli.signing", "A signing: its board, pass a request on, ask again, cancel.", ACTING),
    "mandate": Subject("cli.delegations", "Who acts for a party: add, change, end.", ACTING),
    "ground-rules": Subject("cli.ruling", "Which decision rule holds for which question: show, propose.", ACTING),
    "fix": Subject("cli.ruling", "Put an editorial fix of a clause to the parties.", ACTING),
    "bounce": Subject("cli.ruling", "Take in a mail that came back.", ACTING),
    "notify": Subject("cli.ruling", "Send the notice of an open task again.", ACTING),
    "absence": Subject("cli.ruling", "Note that someone of a delegation is away, or back.", ACTING),
    "extend": Subject("cli.steering", "Give tasks a later due date.", ACTING),
    "ladder": Subject("cli.steering", "Pause or resume the ladder of a task.", ACTING),
    "step": Subject("cli.steering", "Insert, skip, repeat or reschedule a step.", ACTING),
    "pause": Subject("cli.steering", "Pause a covenant.", ACTING),
    "resume": Subject("cli.steering", "Resume a paused covenant.", ACTING),
    "withdraw": Subject("cli.steering", "Let a party leave.", ACTING),
    "end": Subject("cli.steering", "End the talks.", ACTING),
    "accede": Subject("cli.enduring", "Put to the parties that somebody wants to join.", ACTING),
    "stay": Subject("cli.enduring", "Take the notice of a party back.", ACTING),
    "revise": Subject("cli.enduring", "Open talks about another text of a signed covenant.", ACTING),
    "terminate": Subject("cli.enduring", "Ask the parties to end a signed covenant.", ACTING),
}


def make_app(wanted: str | None = None) -> typer.Typer:
    """Make the application, with the one command that is wanted and only the names of the others.

    Args:
        wanted: the command; None loads them all.
    """
    app = typer.Typer(
        name="polder",
        help="Polder carries a sector covenant from the first talk to the end of its term.",
        epilog=EPILOG,
        no_args_is_help=True,
        add_completion=False,
        rich_markup_mode="rich",
        pretty_exceptions_enable=False,
    )
    for name, subject in SUBJECTS.items():
        if wanted is not None and name != wanted:
            app.command(name, help=subject.help, rich_help_panel=subject.panel)(_not_loaded)
            continue
        found: typer.Typer | Callable[..., None] = importlib.import_module(subject.module).COMMANDS[name]
        if isinstance(found, typer.Typer):
            app.add_typer(found, name=name, help=subject.help, rich_help_panel=subject.panel)
        else:
            app.command(name, help=found.__doc__, rich_help_panel=subject.panel)(found)
    return app


def _not_loaded() -> None:
    """Stand for a command that was not asked for."""


def run(args: Sequence[str]) -> int:  # noqa: PLR0911 one return a kind of ending
    """Run one command and return its exit code."""
    screen = Screen(asked_language(args), "--json" in args)
    wanted = next((arg for arg in args if not arg.startswith("-")), "")
    try:
        check_blank(args)
        return int(make_app(wanted)(args=list(args), prog_name="polder", standalone_mode=False) or Exit.OK)
    except SystemExit as error:
        return error.code if isinstance(error.code, int) else Exit.UNEXPECTED
    except KeyboardInterrupt:
        return Exit.INTERRUPTED
    except (TyperException, typer.Abort) as error:
        return _usage(error, screen, wanted)
    except ValidationError as error:
        return _told(importlib.import_module("cli.context").invalid_values(error), screen)
    except PolderError as error:
        return _told(error, screen)
    except Exception as error:  # noqa: BLE001 the last resort, in words
        return _unexpected(error, screen)


def check_blank(args: Sequence[str]) -> None:
    """Refuse an option or argument that is nothing but spaces, before anything is made of it.

    Raises:
        Refusal: `only_spaces`.
    """
    for before, arg in zip(["polder", *args], args, strict=False):
        option, _, value = arg.partition("=") if arg.startswith("--") else (before, "", arg)
        if value and not value.strip():
            raise Refusal(
                "only_spaces",
                f"Wat na {option} komt is alleen spaties. Verwacht: tekst die meer is dan spaties, of laat het weg.",
                f"What follows {option} is only spaces. Expected: text that is more than spaces, or leave it out.",
                {"after": option},
            )


DAMAGED = ("not a database", "malformed", "corrupt", "invalid page", "could not read block")
"""What SQLite and PostgreSQL say of a database whose file is damaged."""


def with_runbook(error: PolderError) -> PolderError:
    """Add to a damaged database where it is written what to do."""
    detail = error.evidence.get("detail", "").lower()
    if error.code != "database_unavailable" or not any(sign in detail for sign in DAMAGED):
        return error
    return type(error)(
        error.code,
        f"{error.words.nl} Het bestand is beschadigd: docs/runbooks/restore.md zegt hoe u een reservekopie terugzet.",
        f"{error.words.en} The file is damaged: docs/runbooks/restore.md says how to restore a back-up.",
        error.evidence,
    )


def _told(error: PolderError, screen: Screen) -> int:
    show_error(with_runbook(error), screen)
    return exit_code(error)


def asked_language(args: Sequence[str]) -> Language:
    """Return the language of errors, which may come before the options were read."""
    asked = os.environ.get("POLDER_LANG", "")
    for one, after in zip(args, [*args[1:], ""], strict=True):
        if one == "--lang":
            asked = after
        elif one.startswith("--lang="):
            asked = one.partition("=")[2]
    return Language.NL if asked.lower() == Language.NL else Language.EN


def _usage(error: TyperException | typer.Abort, screen: Screen, wanted: str) -> int:
    text = error.format_message() if isinstance(error, TyperException) else str(error)
    text = text.replace("Value error, ", "").replace("Input should be", "should be")
    if text:
        help_words = f"polder {wanted} --help" if wanted in SUBJECTS else "polder --help"
        refused = Refusal("usage", f"{text} Zie `{help_words}`.", f"{text} See `{help_words}`.")
        show_error(refused, screen)
    return Exit.REFUSED


def _unexpected(error: Exception, screen: Screen) -> int:
    if os.environ.get("POLDER_LOG_LEVEL", "").upper() == "DEBUG":
        traceback.print_exception(error)
    detail = f"{type(error).__name__}: {error}"[:1000]
    bug = PolderError(
        "unexpected",
        f"Dit had niet mogen gebeuren: {detail} (POLDER_LOG_LEVEL=DEBUG toont waar).",
        f"This should not have happened: {detail} (POLDER_LOG_LEVEL=DEBUG shows where).",
    )
    if screen.as_json:
        show_error(bug, screen)
    else:
        make_console(stderr=True).print(f"[bold red]polder:[/bold red] {escape(bug.words.pick(screen.language))}")
    return Exit.UNEXPECTED


def leave(code: int) -> NoReturn:
    """End the process at once.

    Python's own ending can crash while the Temporal SDK's threads still run (sdk-python#300).
    """
    for stream in (sys.stdout, sys.stderr):
        with suppress(OSError, ValueError):
            stream.flush()
    os._exit(code)


def main() -> NoReturn:
    """Run `polder`."""
    leave(run(sys.argv[1:]))


if __name__ == "__main__":
    main()
