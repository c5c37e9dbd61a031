"""`polder launch`: from a file to an open covenant."""

import re
from pathlib import Path
from typing import Annotated

import typer

from acts.launching import launch as start
from acts.launching import opened, prepare
from cli import context
from cli.acting import hands
from cli.options import JsonOption, LanguageOption, StateOption
from cli.playbooks import today
from cli.reading import Names, clock, names_of
from cli.showing import Screen
from cli.status import next_action, show_next, show_steps
from models.enums import Language
from models.errors import Refusal
from runtime.files import SLUG_PATTERN, find_covenant
from store import views


def launch(
    source: Annotated[str, typer.Argument(metavar="FILE|SECTOR", help="covenant.yaml, or a sector that comes along")],
    *,
    slug: Annotated[str | None, typer.Option("--slug", help="another slug than the file says")] = None,
    state: StateOption = None,
    lang: LanguageOption = Language.EN,
    as_json: JsonOption = False,
) -> None:
    """Launch a covenant and wait until it is open."""
    screen = Screen(lang, as_json)
    check_slug(slug)
    prepared = prepare(covenant_path(source), today(), slug=slug)

    async def work() -> tuple[views.CovenantView, Names]:
        async with hands(context.settings(state=state)) as with_hands:
            await start(with_hands.client, with_hands.db, prepared, task_queue=with_hands.settings.task_queue)
            view = await opened(with_hands.db, prepared.slug, today())
            return view, await names_of(with_hands.db, view.open_tasks)

    view, names = context.run(work())
    action = next_action(view, names, clock([view.covenant])[view.covenant.slug])
    if as_json:
        screen.emit(
            {
                "slug": view.covenant.slug,
                "status": view.covenant.status,
                "steps": view.steps,
                "open_tasks": view.open_tasks,
                "next": action,
            }
        )
        return
    screen.say(
        f"Convenant {view.covenant.slug} is open: {view.covenant.title_nl}.",
        f"Covenant {view.covenant.slug} is open: {view.covenant.title_en}.",
        style="bold green",
    )
    show_steps(screen, view.steps)
    show_next(screen, action)


def covenant_path(source: str) -> Path:
    """Return the file that is meant: a path, or the sample covenant of a sector.

    Raises:
        NotFound: neither.
    """
    path = Path(source)
    return path if path.suffix in {".yaml", ".yml"} or path.is_file() else find_covenant(source)


def check_slug(slug: str | None) -> None:
    """Refuse a slug of another form.

    Raises:
        Refusal: `invalid_slug`.
    """
    if slug is not None and not re.match(SLUG_PATTERN, slug):
        raise Refusal(
            "invalid_slug",
            f"'{slug}' kan geen slug zijn. Verwacht: kleine letters, cijfers en koppeltekens, hoogstens 63.",
            f"'{slug}' cannot be a slug. Expected: lower-case letters, digits and hyphens, at most 63.",
            {"slug": slug},
        )


COMMANDS = {"launch": launch}
