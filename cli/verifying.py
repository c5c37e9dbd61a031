"""`polder dossier` and `polder verify`: everything of a covenant in one file, and what such a file proves."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from activities.providing import seal_of
from acts import verifying
from acts.dossier import dossier as make_dossier
from acts.exporting import File
from acts.verifying import Kind, Outcome, Verified
from cli import context
from cli.acting import known
from cli.exits import Exit
from cli.options import JsonOption, LanguageOption, SlugArgument, StateOption
from cli.record import write
from cli.showing import Screen
from models.base import Words
from models.enums import Language
from models.errors import InvalidFile
from rules.access import Viewer
from store import accounts, views

MOST_BYTES = 1_000_000_000
MARKS = {Kind.PROVEN: ("+", "green"), Kind.WRONG: ("!", "bold red"), Kind.UNKNOWN: ("?", "")}
OUTCOMES = {
    Outcome.GENUINE: Words(nl="Echt en ongewijzigd.", en="Genuine and unchanged."),
    Outcome.CHANGED: Words(nl="Er klopt iets niet: vertrouw er niet op.", en="Something is wrong: do not rely on it."),
    Outcome.FOREIGN: Words(
        nl="Niets toont dat deze installatie dit maakte.", en="Nothing shows that this installation made this."
    ),
}


def dossier(
    slug: SlugArgument,
    *,
    person: Annotated[
        str | None, typer.Option("--as", help="a person id: what they may read; else what is public")
    ] = None,
    out: Annotated[Path | None, typer.Option("--out", help="where to write it")] = None,
    state: StateOption = None,
    lang: LanguageOption = Language.EN,
    as_json: JsonOption = False,
) -> None:
    """Write the dossier: texts, decisions, signatures, documents and the record, with a program that verifies it."""
    screen, settings = Screen(lang, as_json), context.settings(state=state)

    async def make() -> File:
        async with context.database(settings) as db:
            covenant = await views.covenant(db, slug)
            viewer = Viewer()
            if person is not None:
                people = await views.people(db, slug)
                email = next(one.email for one in people if one.id == known(people, person)).lower()
                viewer = Viewer(email, await accounts.seats(db, email, slug))
            moment = max(datetime.now(UTC), covenant.moved_at)
            return await make_dossier(db, slug, viewer, moment, seal_of(settings))

    made = context.run(make())
    path = out or Path(made.name)
    write(path, made.data)
    if as_json:
        screen.emit({"covenant": slug, "file": path.absolute(), "size": len(made.data)})
    else:
        screen.say(f"Geschreven: {path} ({len(made.data)} bytes).", f"Written: {path} ({len(made.data)} bytes).")


def verify(
    file: Annotated[Path, typer.Argument(help="a PDF or dossier that Polder made", show_default=False)],
    *,
    head: Annotated[str | None, typer.Option("--head", help="a head of the chain from elsewhere")] = None,
    state: StateOption = None,
    lang: LanguageOption = Language.EN,
    as_json: JsonOption = False,
) -> None:
    """Say in words what a PDF or dossier proves and what it does not; exit 1 when something is wrong."""
    screen, settings = Screen(lang, as_json), context.settings(state=state)
    try:
        size = file.stat().st_size
        data = file.read_bytes() if size <= MOST_BYTES else b""
    except OSError as error:
        raise InvalidFile(
            "not_readable",
            f"{file} is niet te lezen: {error.strerror}. Verwacht: een PDF of dossier.",
            f"{file} cannot be read: {error.strerror}. Expected: a PDF or dossier.",
            {"file": str(file)},
        ) from error

    async def check() -> Verified:
        seal = seal_of(settings)
        async with context.database(settings) as db:
            return await verifying.verify(db, seal, data, head)

    found = context.run(check())
    if as_json:
        screen.emit(
            {
                "file": str(file), "outcome": found.outcome, "sha256": found.sha256,
                "findings": [{"kind": one.kind, **one.words.model_dump()} for one in found.findings],
            }
        )  # fmt: skip
    else:
        for one in found.findings:
            mark, style = MARKS[one.kind]
            screen.line(f"[{mark}] {one.words.pick(lang)}", style=style)
        screen.line(OUTCOMES[found.outcome].pick(lang), style="bold")
    if found.outcome is not Outcome.GENUINE:
        raise typer.Exit(Exit.CHECK_FAILED)


COMMANDS = {"dossier": dossier, "verify": verify}
