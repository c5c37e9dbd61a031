"""`polder export` and `polder redline`: a covenant as a file, as one person may read it."""

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from acts import exporting
from acts.exporting import File, Format, Redline
from cli import context
from cli.acting import known
from cli.options import JsonOption, LanguageOption, SlugArgument, StateOption
from cli.record import write
from cli.showing import Screen
from models.enums import Language
from rules import access
from store import accounts, views
from store.engine import Database

OutOption = Annotated[Path | None, typer.Option("--out", help="where to write it")]
Make = Callable[[Database, access.Viewer, datetime], Awaitable[File]]


def export(
    slug: SlugArgument,
    *,
    person: Annotated[str, typer.Option("--as", help="a person id: what they may read")],
    form: Annotated[
        Format, typer.Option("--format", help="akn, docx or html (one language), pdf (both), json (the negotiation)")
    ] = Format.PDF,
    out: OutOption = None,
    state: StateOption = None,
    lang: LanguageOption = Language.EN,
    as_json: JsonOption = False,
) -> None:
    """Write the text as it is now, or the whole negotiation, as far as someone may read it."""

    async def make(db: Database, viewer: access.Viewer, at: datetime) -> File:
        return await exporting.export(db, slug, viewer, form, lang, at)

    _write(slug, person, make, out, Screen(lang, as_json), state)


def redline(
    slug: SlugArgument,
    *,
    person: Annotated[str, typer.Option("--as", help="a person id: whose party's approvals it is against")],
    form: Annotated[
        Redline, typer.Option("--form", help="pdf (both languages), html or docx (tracked changes)")
    ] = Redline.PDF,
    out: OutOption = None,
    state: StateOption = None,
    lang: LanguageOption = Language.EN,
    as_json: JsonOption = False,
) -> None:
    """Write the whole text with what changed since a party last approved, clause by clause."""

    async def make(db: Database, viewer: access.Viewer, at: datetime) -> File:
        return await exporting.redline(db, slug, viewer, form, lang, at)

    _write(slug, person, make, out, Screen(lang, as_json), state)


def _write(slug: str, person: str, make: Make, out: Path | None, screen: Screen, state: Path | None) -> None:
    async def made_for() -> File:
        async with context.database(context.settings(state=state)) as db:
            covenant = await views.covenant(db, slug)
            people = await views.people(db, slug)
            email = next(one.email for one in people if one.id == known(people, person)).lower()
            viewer = access.Viewer(email, await accounts.seats(db, email, slug))
            access.need(viewer, access.Page.TEXT)
            return await make(db, viewer, max(datetime.now(UTC), covenant.moved_at))

    made = context.run(made_for())
    path = out or Path(made.name)
    write(path, made.data)
    if screen.as_json:
        screen.emit({"file": str(path), "bytes": len(made.data), "media_type": made.media_type})
    else:
        screen.say(f"Geschreven: {path}", f"Written: {path}")


COMMANDS = {"export": export, "redline": redline}
