"""`polder up`, `worker`, `db` and `settings`: what operators start and look at."""

import asyncio
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import sqlalchemy as sa
import typer
from pydantic import SecretStr
from rich.markup import escape
from sqlalchemy.exc import OperationalError, ProgrammingError, SQLAlchemyError
from temporalio.service import RPCError

from acts.digesting import start_digests
from acts.hooking import start_webhooks
from acts.stamping import start_stamps
from cli import context, serving
from cli.exits import Exit
from cli.options import JsonOption, LanguageOption, StateOption
from cli.showing import Screen, column, moment
from models.enums import Language
from runtime.settings import Settings
from runtime.temporal import connect, quiet_runtime, register_search_attributes
from store.engine import Database, unavailable
from store.schema import head, upgrade
from worker import make_transport, make_worker

PortOption = Annotated[int | None, typer.Option("--port", min=1, max=65535, help="POLDER_TEMPORAL_PORT")]
UiPortOption = Annotated[int | None, typer.Option("--ui-port", min=1, max=65535, help="POLDER_TEMPORAL_UI_PORT")]
SitePortOption = Annotated[int | None, typer.Option("--site-port", min=1, max=65535, help="POLDER_SITE_PORT")]
NoSiteOption = Annotated[bool, typer.Option("--no-site", help="without the pages")]
NoUiOption = Annotated[bool, typer.Option("--no-ui", help="without Temporal's own web pages")]


# --- up ---------------------------------------------------------------------------------------------------------------


def up(
    *,
    port: PortOption = None,
    ui_port: UiPortOption = None,
    site_port: SitePortOption = None,
    state: StateOption = None,
    no_ui: NoUiOption = False,
    no_site: NoSiteOption = False,
    lang: LanguageOption = Language.EN,
    as_json: JsonOption = False,
) -> None:
    """Start Polder here: a Temporal server, the database, a worker and the site, until Ctrl-C."""
    screen = Screen(lang, as_json)
    found = context.settings(
        temporal_port=port,
        temporal_ui_port=ui_port,
        site_port=site_port,
        state=state,
        temporal_ui=False if no_ui else None,
        site=False if no_site else None,
    )
    began = time.monotonic()
    stop, ready = asyncio.Event(), asyncio.Event()

    async def work() -> None:
        async with serving.engine(found) as running, serving.pages(running) as site:
            ready.set()
            _ready(screen, found, site, time.monotonic() - began)
            await serving.until_stopped(running, stop)
            if not as_json:
                screen.say("Polder stopt …", "Polder stops …", style="dim")

    serving.run_until_signal(work(), stop, ready=ready)
    if not as_json:
        screen.say("Gestopt; alles is bewaard.", "Stopped; everything is kept.")


def _ready(screen: Screen, found: Settings, site: str, seconds: float) -> None:
    ui = f"http://127.0.0.1:{found.temporal_ui_port}" if found.temporal_ui else ""
    if screen.as_json:
        screen.emit(
            {
                "ready": True,
                "site": site,
                "temporal": found.embedded_address,
                "ui": ui,
                "database": _shown_url(found.database),
                "state": str(found.state.absolute()),
                "seconds": round(seconds, 2),
            }
        )
    else:
        without = screen.pick("geen", "none")
        words = screen.pick(
            f"klaar in {seconds:.1f} s: site {site or without}, Temporal {found.embedded_address} (pagina's "
            f"{ui or without}), map {found.state.absolute()}. Stop met Ctrl-C.",
            f"ready in {seconds:.1f} s: site {site or without}, Temporal {found.embedded_address} (UI "
            f"{ui or without}), state {found.state.absolute()}. Stop with Ctrl-C.",
        )
        screen.console.print(f"[bold green]Polder[/bold green] {escape(words)}", highlight=False, soft_wrap=True)
    screen.console.file.flush()


# --- worker -----------------------------------------------------------------------------------------------------------


def worker(
    *,
    state: StateOption = None,
    lang: LanguageOption = Language.EN,
    as_json: JsonOption = False,
) -> None:
    """Run a worker against the Temporal server of the settings (POLDER_TEMPORAL_ADDRESS, or a Temporal profile)."""
    screen = Screen(lang, as_json)
    found = context.settings(state=state)
    stop, ready = asyncio.Event(), asyncio.Event()
    serving.run_until_signal(_work(screen, found, stop, ready), stop, ready=ready)
    if not as_json:
        screen.say("Gestopt.", "Stopped.")


async def _work(screen: Screen, found: Settings, stop: asyncio.Event, ready: asyncio.Event) -> None:
    async with context.database(found) as db:
        await _newest(db)
        client = await connect(found, runtime=quiet_runtime())
        try:
            await register_search_attributes(client)
        except RPCError as error:
            screen.say(
                f"De zoekvelden konden niet worden aangemeld ({error.message}); de beheerder van {client.namespace} "
                "kan het doen.",
                f"The search attributes could not be registered ({error.message}); the administrator of "
                f"{client.namespace} can do so.",
                style="yellow",
            )
        async with make_worker(client, db, found):
            await start_digests(client, found.task_queue)
            await start_stamps(client, found)
            await start_webhooks(client, found.task_queue)
            ready.set()
            address, queue = client.service_client.config.target_host, found.task_queue
            if screen.as_json:
                screen.emit({"ready": True, "temporal": address, "namespace": client.namespace, "task_queue": queue})
            else:
                screen.say(
                    f"Worker klaar: Temporal {address}, {client.namespace}, rij {queue}. Stop met Ctrl-C.",
                    f"Worker ready: Temporal {address}, {client.namespace}, queue {queue}. Stop with Ctrl-C.",
                )
            screen.console.file.flush()
            await stop.wait()


# --- site -------------------------------------------------------------------------------------------------------------


def site(
    *,
    port: Annotated[int | None, typer.Option("--site-port", min=1, max=65535, help="POLDER_SITE_PORT")] = None,
    state: StateOption = None,
    lang: LanguageOption = Language.EN,
    as_json: JsonOption = False,
) -> None:
    """Serve the pages alone, over the database and Temporal server of the settings."""
    screen = Screen(lang, as_json)
    found = context.settings(state=state, site_port=port)
    stop, ready = asyncio.Event(), asyncio.Event()

    async def work() -> None:
        from web.serving import serving as serving_site  # noqa: PLC0415 other commands need not wait for it
        from web.site import Site  # noqa: PLC0415 idem

        async with context.database(found) as db:
            await _newest(db)
            async with serving_site(Site(found, db, make_transport(found))) as address:
                ready.set()
                if screen.as_json:
                    screen.emit({"ready": True, "site": found.public_url, "listens": address})
                else:
                    screen.say(
                        f"Site klaar: {found.public_url} ({address}). Stop met Ctrl-C.",
                        f"Site ready: {found.public_url} ({address}). Stop with Ctrl-C.",
                    )
                screen.console.file.flush()
                await stop.wait()

    serving.run_until_signal(work(), stop, ready=ready)
    if not as_json:
        screen.say("Gestopt.", "Stopped.")


async def _newest(db: Database) -> None:
    """Refuse a database whose schema is not this version's."""
    version = await _version(db)
    if version != head():
        raise unavailable(db.url, RuntimeError(f"schema {version or '-'}, expected {head()}"))


# --- db ---------------------------------------------------------------------------------------------------------------

db_app = typer.Typer(no_args_is_help=True, help="The database schema.")


@db_app.command("upgrade")
def db_upgrade(state: StateOption = None, lang: LanguageOption = Language.EN, as_json: JsonOption = False) -> None:
    """Bring the database to the schema of this version; nothing happens when it has it."""
    screen = Screen(lang, as_json)
    found = context.settings(state=state)
    context.run(upgrade(found.database))
    url = _shown_url(found.database)
    if as_json:
        screen.emit({"database": url, "version": head()})
    else:
        screen.say(f"{url} heeft schema {head()}.", f"{url} has schema {head()}.")


@db_app.command("version")
def db_version(state: StateOption = None, lang: LanguageOption = Language.EN, as_json: JsonOption = False) -> None:
    """Show the schema version of the database and of this program; exit 1 when they differ."""
    screen = Screen(lang, as_json)
    found = context.settings(state=state)

    async def read() -> str | None:
        async with context.database(found) as db:
            return await _version(db)

    version = context.run(read())
    if as_json:
        screen.emit({"database": version, "expected": head(), "current": version == head()})
    else:
        none = screen.pick("geen", "none")
        screen.say(
            f"database: {version or none}; dit programma: {head()}",
            f"database: {version or none}; this program: {head()}",
        )
    if version != head():
        raise typer.Exit(Exit.CHECK_FAILED)


async def _version(db: Database) -> str | None:
    try:
        async with db.read() as session:
            connection = await session.connection()
            if not await connection.run_sync(lambda sync: sa.inspect(sync).has_table("alembic_version")):
                return None
            row = (await connection.execute(sa.text("select version_num from alembic_version"))).first()
            return str(row[0]) if row else None
    except (OperationalError, ProgrammingError, SQLAlchemyError) as error:
        raise unavailable(db.url, error) from error


# --- settings ---------------------------------------------------------------------------------------------------------


def settings(lang: LanguageOption = Language.EN, as_json: JsonOption = False) -> None:
    """Show the settings in effect; secrets are shown as set or not set."""
    screen = Screen(lang, as_json)
    found = context.settings()
    rows = [(_variable(name), _shown(name, value, screen)) for name, value in found]
    rows += [(screen.pick("database", "database"), _shown_url(found.database))]
    if as_json:
        screen.emit(dict(rows))
        return
    screen.table([column("instelling", "setting", style="bold"), column("waarde", "value", fold=True)], rows)
    now = moment(datetime.now(UTC))
    screen.say(f"Nu is het {now} in Amsterdam.", f"It is {now} in Amsterdam now.", style="dim")


def _variable(name: str) -> str:
    return "POLDER_LANG" if name == "language" else f"POLDER_{name.upper()}"


def _shown(name: str, value: object, screen: Screen) -> str:
    if isinstance(value, SecretStr):
        is_set = bool(value.get_secret_value())
        return screen.pick("(ingesteld)", "(set)") if is_set else screen.pick("(niet ingesteld)", "(not set)")
    if name == "database_url" and value:
        return _shown_url(str(value))
    return str(value.absolute()) if isinstance(value, Path) else str(value)


def _shown_url(url: str) -> str:
    return sa.make_url(url).render_as_string(hide_password=True)


COMMANDS = {"up": up, "worker": worker, "site": site, "db": db_app, "settings": settings}
