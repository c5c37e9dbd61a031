"""`polder status`: where a covenant stands, what it waits for, and what to do next."""

from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import datetime

from rich.markup import escape

from cli import context
from cli.options import JsonOption, LanguageOption, SlugArgument, StateOption
from cli.reading import Names, clock, names_of, show_tasks
from cli.showing import Screen, column, day, moment
from models.base import Words
from models.enums import Language, StepStatus, TaskKind
from models.tables import Decision, HumanTask, Step
from rules import labels, standing
from rules.labels import label
from rules.standing import NextKind, Waiting
from store import views
from store.revisions import Lineage, lineage

MOST_WAITING = 12
STYLES = {
    StepStatus.ACTIVE: "bold",
    StepStatus.DONE: "green",
    StepStatus.FAILED: "red",
    StepStatus.SKIPPED: "dim",
    StepStatus.PLANNED: "",
}


def status(
    slug: SlugArgument, state: StateOption = None, lang: LanguageOption = Language.EN, as_json: JsonOption = False
) -> None:
    """Show where a covenant stands: steps, moments, clauses, who is waited on, and the next action."""
    screen = Screen(lang, as_json)

    async def read() -> tuple[views.CovenantView, Names, Lineage]:
        async with context.database(context.settings(state=state)) as db:
            view = await views.view(db, slug)
            return view, await names_of(db, view.open_tasks), await lineage(db, view.covenant)

    view, names, related = context.run(read())
    show(screen, view, names, related)


def show(screen: Screen, view: views.CovenantView, names: Names, related: Lineage | None = None) -> None:
    """Print a covenant, with what it revises or is revised by."""
    now = clock([view.covenant])[view.covenant.slug]
    action = next_action(view, names, now)
    if screen.as_json:
        revised = related.latest.slug if related and related.latest else None
        screen.emit(view.model_dump() | {"missing": missing(view), "next": action, "text_in_force": revised})
        return
    _head(screen, view)
    if related is not None:
        _related(screen, related)
    show_steps(screen, view.steps)
    _clauses(screen, view)
    _missing(screen, view)
    _waiting(screen, view, names, now)
    _documents(screen, view)
    show_next(screen, action)


def show_next(screen: Screen, action: Words) -> None:
    """Print the one line of what to do next."""
    name = screen.pick("Nu te doen", "Next")
    screen.console.print(
        f"\n[bold green]{name}:[/bold green] {escape(action.pick(screen.language))}",
        highlight=False,
        soft_wrap=not screen.console.is_terminal,
    )


def _head(screen: Screen, view: views.CovenantView) -> None:
    row = view.covenant
    screen.console.print(f"[bold]{escape(screen.of(row))}[/bold]  [dim]{escape(row.slug)}[/dim]", highlight=False)
    phase = f", {label(labels.PHASES, row.phase, screen.language)}" if row.phase else ""
    held = f": {row.held_reason}" if row.held_reason else ""
    seated = sum(1 for party in view.parties if party.tier == "party" and party.status == "active")
    joining = sum(1 for party in view.parties if party.tier == "participant" and party.status == "active")
    screen.line(
        f"{label(labels.COVENANTS, row.status, screen.language)}{held}{phase}  ·  "
        + screen.pick(
            f"{seated} partijen, {joining} bedrijven  ·  geopend {day(row.opened_at)}, {row.seq} op de lijst",
            f"{seated} parties, {joining} companies  ·  opened {day(row.opened_at)}, {row.seq} on record",
        )
    )
    term = f" → {day(row.term_ends)}" if row.term_ends else ""
    in_force = day(row.in_force_at)
    if row.in_force_at is None and row.in_force_due is not None:
        in_force = screen.pick(f"op {day(row.in_force_due)}", f"on {day(row.in_force_due)}")
    screen.line(
        screen.pick(
            f"onderhandelaarsakkoord {day(row.accord_at)}  ·  ondertekend {day(row.signed_at)}  ·  "
            f"in werking {in_force}{term}",
            f"negotiators' accord {day(row.accord_at)}  ·  signed {day(row.signed_at)}  ·  in force {in_force}{term}",
        )
    )
    left = [party for party in view.parties if party.status == "withdrawn"]
    for party in left:
        screen.line(
            screen.pick(
                f"{screen.of(party, 'name')} trok zich terug op {day(party.left_at)}: {party.left_reason}",
                f"{screen.of(party, 'name')} withdrew on {day(party.left_at)}: {party.left_reason}",
            ),
            style="yellow",
        )


def _related(screen: Screen, found: Lineage) -> None:
    if found.original is not None:
        screen.say(f"herziening van {found.original.slug}", f"revision of {found.original.slug}", style="dim")
    if found.latest is not None:
        since = day(found.latest.in_force_at)
        screen.say(
            f"herzien: sinds {since} geldt de tekst van {found.latest.slug}",
            f"revised: since {since} the text in force is that of {found.latest.slug}",
        )
    if found.open is not None:
        screen.say(f"herziening loopt: {found.open.slug}", f"revision under way: {found.open.slug}")


def show_steps(screen: Screen, steps: Iterable[Step], *, slips: bool = True) -> None:
    """Print the plan, with what happened, and why steps slipped."""
    rows = list(steps)
    screen.table(
        [
            column("stap", "step", fold=True),
            column("stand", "status"),
            column("gepland van", "planned from"),
            column("tot", "until"),
            column("begon", "started"),
            column("klaar", "ended"),
        ],
        [
            (
                screen.of(row),
                label(labels.STEPS, row.status, screen.language),
                "-" if row.status is StepStatus.SKIPPED else day(row.planned_start),
                "-" if row.status is StepStatus.SKIPPED else day(row.planned_end),
                day(row.actual_start),
                day(row.actual_end),
            )
            for row in rows
        ],
        styles=[STYLES[row.status] for row in rows],
    )
    for row in rows if slips else []:
        for slip in row.slips:
            screen.line(f"{screen.of(row)}: {slip['from']} → {slip['to']}: {slip[screen.language]}", style="yellow")


def _clauses(screen: Screen, view: views.CovenantView) -> None:
    counts = Counter(label(labels.CLAUSES, clause.status, screen.language) for clause in view.clauses)
    screen.heading(
        "Artikelen: " + ", ".join(f"{number} {name}" for name, number in counts.items()),
        "Clauses: " + ", ".join(f"{number} {name}" for name, number in counts.items()),
    )
    for clause in view.clauses:
        screen.line(
            f"  {clause.number:>3}  {screen.of(clause)}  ·  {label(labels.CLAUSES, clause.status, screen.language)}"
            f"  ·  {screen.pick('versie', 'version')} {clause.version}"
        )


def missing(view: views.CovenantView) -> list[Decision]:
    """Return the latest verdict on each question that did not pass, and whose clause is not settled since."""
    return standing.missing(view.decisions, view.clauses)


def _missing(screen: Screen, view: views.CovenantView) -> None:
    found = missing(view)
    if not found:
        return
    screen.heading("Wat nog nodig is", "What is still needed")
    for one in found:
        about = one.clause or one.step
        screen.line(f"  {about}: {screen.of(one, 'sentence')}")


def _waiting(screen: Screen, view: views.CovenantView, names: Names, now: datetime) -> None:
    tasks = view.open_tasks
    if not tasks:
        return
    screen.heading(f"Op wie we wachten ({len(tasks)})", f"Who we wait for ({len(tasks)})")
    show_tasks(screen, tasks[:MOST_WAITING], names, {view.covenant.slug: now})
    if len(tasks) > MOST_WAITING:
        more = len(tasks) - MOST_WAITING
        screen.say(
            f"… en nog {more}: `polder waiting {view.covenant.slug}`.",
            f"… and {more} more: `polder waiting {view.covenant.slug}`.",
            style="dim",
        )


def _documents(screen: Screen, view: views.CovenantView) -> None:
    if not view.documents:
        return
    screen.heading("Documenten", "Documents")
    screen.table(
        [
            column("gemaakt", "made"),
            column("soort", "kind"),
            column("titel", "title", fold=True),
            column("SHA-256", "SHA-256", style="dim"),
        ],
        [
            (
                moment(one.made_at),
                label(labels.DOCUMENTS, one.kind, screen.language),
                screen.of(one),
                one.sha256[:16],
            )
            for one in view.documents[-8:]
        ],
    )


# --- what to do next --------------------------------------------------------------------------------------------------


def next_action(view: views.CovenantView, names: Names, now: datetime) -> Words:
    """Say in one line what to do next, with the command that does it."""
    slug = view.covenant.slug
    known = {party: both for (of, party), both in names.items() if of == slug}
    found = standing.next_step(view.covenant, view.steps, Waiting.of(view.open_tasks, now), known, now)
    command = _command(found, slug)
    return Words(nl=f"{found.words.nl} {command}".rstrip(), en=f"{found.words.en} {command}".rstrip())


def _command(found: standing.Next, slug: str) -> str:
    if found.kind is NextKind.NOTHING:
        return f"(`polder events {slug} --verify`)"
    if found.kind is NextKind.RESUME:
        return f"(`polder resume {slug} --reason …`)"
    if found.kind is NextKind.OFFICE and found.task is not None:
        return f"(`polder answer {found.task.id} {_options(found.task)}`)"
    return ""


def _options(task: HumanTask) -> str:
    by_kind: Mapping[TaskKind, str] = {
        TaskKind.DECISION: f"--choice {'|'.join(task.choices)} --reason …",
        TaskKind.DRAFTING: "--amend FILE --reason …",
        TaskKind.CONTRIBUTION: "--item …",
        TaskKind.APPROVAL: "--stance agree",
        TaskKind.RATIFICATION: "--result ratified",
        TaskKind.ATTENDANCE: "--attends yes",
        TaskKind.CORRECTION: "--stance agree",
        TaskKind.ACTION: "--comment …",
    }
    return by_kind.get(task.kind, "--document FILE")


COMMANDS = {"status": status}
