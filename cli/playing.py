"""`polder play`: a whole covenant, from launch to where its scenario ends, on an engine of its own."""

import asyncio
import sys
import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

import typer

from activities.providing import seal_of
from acts.launching import Prepared, opened, prepare
from acts.launching import launch as start
from acts.playing import Player, with_guests
from cli import context, playstory, serving
from cli.exits import Exit
from cli.launching import check_slug
from cli.options import JsonOption, LanguageOption, StateOption
from cli.playbooks import today
from cli.reading import clock, names_of
from cli.record import newest, write
from cli.showing import Screen
from cli.status import next_action
from models.enums import DocumentKind, Language
from models.errors import NotFound
from models.scenario import Scenario
from models.tables import Covenant
from runtime.files import find_covenant, find_playbook, list_sectors, load, sectors_folder
from runtime.settings import Settings
from runtime.skipping import SkippedTime
from store import views
from store.engine import Database

MOST_NUMBERED = 1000


@dataclass(frozen=True)
class Asked:
    """What is played, where, and how it is told."""

    scenario: Scenario
    prepared: Prepared
    numbered: bool
    keep: bool
    settings: Settings
    screen: Screen


def play(
    scenario: Annotated[str, typer.Argument(metavar="SCENARIO", help="a file, SECTOR, or SECTOR/NAME")],
    *,
    slug: Annotated[str | None, typer.Option("--slug", help="the covenant's slug; else that of its file")] = None,
    keep: Annotated[
        bool | None, typer.Option("--keep/--no-keep", help="go on serving afterwards; default on a terminal")
    ] = None,
    port: Annotated[int | None, typer.Option("--port", min=1, max=65535, help="POLDER_TEMPORAL_PORT")] = None,
    ui_port: Annotated[int | None, typer.Option("--ui-port", min=1, max=65535, help="POLDER_TEMPORAL_UI_PORT")] = None,
    site_port: Annotated[int | None, typer.Option("--site-port", min=1, max=65535, help="POLDER_SITE_PORT")] = None,
    state: StateOption = None,
    lang: LanguageOption = Language.EN,
    as_json: JsonOption = False,
) -> None:
    """Play a covenant from launch to the scenario's end, on an embedded engine whose clock skips the waiting."""
    screen = Screen(lang, as_json)
    check_slug(slug)
    chosen = find_scenario(scenario)
    keeping = keep if keep is not None else sys.stdout.isatty() and not as_json
    found = context.settings(
        temporal_port=port,
        temporal_ui_port=ui_port,
        state=state,
        time_skipping=True,
        temporal_ui=None if keeping else False,
        site=None if keeping else False,
        site_port=site_port,
        demo=True,
    )
    prepared = with_guests(prepare(find_covenant(chosen.covenant), today(), slug=slug), chosen)
    asked = Asked(chosen, prepared, slug is None, keeping, found, screen)
    stop, ready = asyncio.Event(), asyncio.Event()
    ended: list[bool] = []
    serving.run_until_signal(_play(asked, stop, ready, ended), stop, ready=ready)
    if not ended:
        raise typer.Exit(Exit.INTERRUPTED)
    if not ended[0]:
        raise typer.Exit(Exit.CHECK_FAILED)


async def _play(asked: Asked, stop: asyncio.Event, ready: asyncio.Event, ended: list[bool]) -> None:
    screen = asked.screen
    began = time.monotonic()
    async with serving.engine(asked.settings) as engine:
        prepared = await _with_slug(engine.db, asked)
        if not screen.as_json:
            screen.line(asked.scenario.title.pick(screen.language), style="bold")
            screen.say(
                f"Convenant {prepared.slug}, map {asked.settings.state.absolute()}.",
                f"Covenant {prepared.slug}, state {asked.settings.state.absolute()}.",
                style="dim",
            )
        skipped = SkippedTime(engine.client)
        await start(skipped.client, engine.db, prepared, task_queue=asked.settings.task_queue)
        await opened(engine.db, prepared.slug, prepared.start, ask=False)
        row = await _told(asked, engine.db, Player(
            skipped.client, engine.db, skipped, asked.scenario, prepared.slug
        ))  # fmt: skip
        reached = _reached(row, asked.scenario.until)
        facts = await _facts(asked, engine.db, row, time.monotonic() - began)
        ended.append(reached and facts["chain_broken_at"] is None)
        await _show(asked, engine.db, row, facts, reached=reached)
        ready.set()
        if asked.keep:
            async with serving.pages(engine) as site:
                playstory.show_serving(screen, asked.settings, site)
                await serving.until_stopped(engine, stop)


async def _told(asked: Asked, db: Database, player: Player) -> Covenant:
    """Play, and tell meanwhile what comes on record."""
    if asked.screen.as_json:
        return await player.play()
    story = playstory.Story(asked.screen, db, player.slug)
    telling = asyncio.create_task(story.tell())
    try:
        row = await player.play()
    finally:
        telling.cancel()
        with suppress(asyncio.CancelledError):
            await telling
        story.close()
    await story.tell_new()
    return row


def _reached(row: Covenant, until: str) -> bool:
    moments = {"accord": row.accord_at, "signed": row.signed_at, "in_force": row.in_force_at}
    return moments[until] is not None if until in moments else row.status == until


async def _facts(asked: Asked, db: Database, row: Covenant, seconds: float) -> dict[str, Any]:
    path: Path | None = asked.settings.state / "documents" / f"{row.slug}.pdf"
    kind = None
    try:
        found, data = await newest(db, row.slug, DocumentKind.SEALED if row.signed_at else None)
        kind = found.kind
        if path is not None:
            write(path, data)
    except NotFound:
        path = None
    roots = asked.settings.state / "documents" / "seal-root.pem"
    write(roots, seal_of(asked.settings).roots)
    return {
        "slug": row.slug,
        "scenario": asked.scenario.title,
        "status": row.status,
        "seconds": round(seconds, 1),
        "counts": await views.counts(db, row.slug),
        "chain_broken_at": await views.chain_break(db, row.slug),
        "head": row.head,
        "document": path.absolute() if path else None,
        "document_kind": kind,
        "root_pem": roots.absolute(),
        "moments": {
            "opened": row.opened_at,
            "accord": row.accord_at,
            "signed": row.signed_at,
            "in_force": row.in_force_at,
            "term_ends": row.term_ends,
            "ended": row.ended_at,
        },
    }


async def _show(asked: Asked, db: Database, row: Covenant, facts: dict[str, Any], *, reached: bool) -> None:
    view = await views.view(db, row.slug)
    if asked.screen.as_json:
        action = next_action(view, await names_of(db, view.open_tasks), clock([row])[row.slug])
        asked.screen.emit(
            {**facts, "reached": reached, "steps": view.steps, "rounds": view.rounds, "decisions": view.decisions,
             "next": action}
        )  # fmt: skip
        sys.stdout.flush()
        return
    playstory.show_end(asked.screen, view, facts)
    if not reached:
        asked.screen.say(
            f"Het scenario kwam niet bij '{asked.scenario.until}': het convenant is {row.status}.",
            f"The scenario did not reach '{asked.scenario.until}': the covenant is {row.status}.",
            style="bold red",
        )


async def _with_slug(db: Database, asked: Asked) -> Prepared:
    """Return what is launched under a slug that is free; a slug that was asked for is left as it is."""
    prepared = asked.prepared
    number = 2
    while asked.numbered and number < MOST_NUMBERED and await views.exists(db, prepared.slug):
        free = f"{asked.prepared.slug[:58]}-{number}"
        covenant = prepared.package.covenant.model_copy(update={"slug": free})
        prepared = Prepared(prepared.package.model_copy(update={"covenant": covenant}), prepared.start)
        number += 1
    return prepared


# --- scenarios --------------------------------------------------------------------------------------------------------


def find_scenario(source: str) -> Scenario:
    """Return a scenario: of a file, of a sector by name, or the first of a sector.

    Raises:
        NotFound: there is none; with those there are.
        InvalidFile: it does not say what it should.
    """
    path = Path(source)
    if path.suffix in {".yaml", ".yml"} or path.is_file():
        return load(path, Scenario)
    sector, _, name = source.partition("/")
    find_playbook(sector)
    known = {one.stem: one for one in sorted((sectors_folder() / sector / "scenarios").glob("*.yaml"))}
    if name in known:
        return load(known[name], Scenario)
    if not name and known:
        return load(next(iter(known.values())), Scenario)
    every = [
        f"{one}/{file.stem}"
        for one in list_sectors()
        for file in sorted((sectors_folder() / one / "scenarios").glob("*.yaml"))
    ]
    listed = ", ".join(every)
    raise NotFound(
        "unknown_scenario",
        f"Er is geen scenario '{source}'. Verwacht: een bestand, of een van {listed}.",
        f"There is no scenario '{source}'. Expected: a file, or one of {listed}.",
        {"scenario": source},
    )


COMMANDS = {"play": play}
