"""`polder redline`: the whole text against what a party last approved, as PDF, page or Word file."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from acts import redlining
from acts.redlining import File, Form
from cli import context
from cli.acting import known
from cli.options import JsonOption, LanguageOption, SlugArgument, StateOption
from cli.record import write
from cli.showing import Screen
from models.enums import Language
from rules import access
from store import accounts, views


def redline(
    slug: SlugArgument,
    *,
    person: Annotated[str, typer.Option("--as", help="a person id: whose party's approvals it is against")],
    form: Annotated[
        Form, typer.Option("--form", help="pdf (both languages), html or docx (tracked changes)")
    ] = Form.PDF,
    out: Annotated[Path | None, typer.Option("--out", help="where to write it")] = None,
    state: StateOption = None,
    lang: LanguageOption = Language.EN,
    as_json: JsonOption = False,
) -> None:
    """Write the whole text with what changed since a party last approved, clause by clause."""
    screen = Screen(lang, as_json)

    async def make() -> File:
        async with context.database(context.settings(state=state)) as db:
            covenant = await views.covenant(db, slug)
            people = await views.people(db, slug)
            email = next(one.email for one in people if one.id == known(people, person)).lower()
            viewer = access.Viewer(email, await accounts.seats(db, email, slug))
            access.need(viewer, access.Page.TEXT)
            seat = next((one for one in viewer.seats if one.party is not None), None)
            return await redlining.redline(db, slug, seat, form, lang, max(datetime.now(UTC), covenant.moved_at))

    made = context.run(make())
    path = out or Path(made.name)
    write(path, made.data)
    if as_json:
        screen.emit({"file": str(path), "bytes": len(made.data), "media_type": made.media_type})
    else:
        screen.say(f"Geschreven: {path}", f"Written: {path}")


COMMANDS = {"redline": redline}
