"""`polder list`, `waiting`, `tasks` and `history`: who owes what, read from the one table of tasks."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from difflib import get_close_matches
from typing import Annotated

import typer

from cli import context
from cli.options import JsonOption, LanguageOption, StateOption, TaskArgument
from cli.showing import Screen, column, day, moment
from models.enums import Language
from models.errors import NotFound
from models.tables import Answer, Covenant, HumanTask
from rules.calendar import local_date, working_days_between
from rules.labels import COVENANTS, OFFICES, PHASES, RUNGS, TASK_ENDS, TASKS, label
from store import views
from store.engine import Database

Names = Mapping[tuple[str, str], tuple[str, str]]
"""The Dutch and English name of a party, by covenant and party."""


def clock(covenants: Iterable[Covenant]) -> dict[str, datetime]:
    """Return what time it is in each covenant: now, or later when it runs in simulated time."""
    now = datetime.now(UTC)
    return {row.slug: max(now, row.moved_at) for row in covenants}


async def names_of(db: Database, tasks: Iterable[HumanTask]) -> Names:
    """Return the names of all parties in the covenants of these tasks."""
    found = {}
    for slug in {task.covenant for task in tasks}:
        for party, names in (await views.names(db, slug)).items():
            found[slug, party] = names
    return found


def who(task: HumanTask, names: Names, language: Language) -> str:
    """Return the name of who is asked."""
    if task.role is not None:
        return label(OFFICES, task.role, language)
    nl, en = names.get((task.covenant, task.respondent), (task.respondent, task.respondent))
    return nl if language is Language.NL else en


def lateness(task: HumanTask, now: datetime, screen: Screen) -> str:
    """Return how long a task has waited, or how late it is."""
    days = working_days_between(local_date(task.due_at), local_date(now))
    if task.due_at < now:
        return screen.pick(f"{days} d te laat", f"{days} d late")
    left = -days
    return screen.pick(f"nog {left} d", f"{left} d left")


def show_tasks(screen: Screen, tasks: Sequence[HumanTask], names: Names, now: Mapping[str, datetime]) -> None:
    """Print who is waited on, since when."""
    rows = []
    for task in tasks:
        at = now.get(task.covenant, datetime.now(UTC))
        progress = f" {task.done}/{task.total}" if task.total else ""
        ladder = label(RUNGS, task.rung, screen.language) if task.rung else ""
        if task.ladder_held:
            ladder = screen.pick("gepauzeerd", "paused")
        elif not ladder and task.reminders:
            ladder = screen.pick(f"{task.reminders}x herinnerd", f"{task.reminders}x reminded")
        stands = f"\n  {screen.of(task, 'clock')}" if task.clock_nl else ""
        rows.append(
            (
                f"{who(task, names, screen.language)}\n  {task.id}{stands}",
                label(TASKS, task.kind, screen.language) + progress,
                day(task.opened_at),
                day(task.due_at),
                lateness(task, at, screen),
                ladder,
            )
        )
    screen.table(
        [
            column("wie (en taak)", "who (and task)", fold=True),
            column("vraag", "asked for"),
            column("sinds", "since"),
            column("uiterlijk", "due"),
            column("termijn", "term"),
            column("ladder", "ladder"),
        ],
        rows,
    )


# --- commands ---------------------------------------------------------------------------------------------------------


def list_covenants(state: StateOption = None, lang: LanguageOption = Language.EN, as_json: JsonOption = False) -> None:
    """List the covenants, the last moved first, with who is waited on."""
    screen = Screen(lang, as_json)

    async def read() -> tuple[list[Covenant], list[HumanTask]]:
        async with context.database(context.settings(state=state)) as db:
            return await views.covenants(db), await views.waiting(db, limit=20_000)

    covenants, tasks = context.run(read())
    now = clock(covenants)
    counts = {
        row.slug: (
            sum(1 for task in tasks if task.covenant == row.slug),
            sum(1 for task in tasks if task.covenant == row.slug and task.due_at < now[row.slug]),
        )
        for row in covenants
    }
    if as_json:
        keep = ("slug", "sector", "title_nl", "title_en", "status", "phase", "opened_at", "moved_at", "seq", "head")
        screen.emit(
            [
                {name: getattr(row, name) for name in keep}
                | {"waiting": counts[row.slug][0], "overdue": counts[row.slug][1]}
                for row in covenants
            ]
        )
        return
    if not covenants:
        screen.say(
            "Er is nog geen convenant. Begin met `polder launch BESTAND` of `polder play SECTOR`.",
            "There is no covenant yet. Begin with `polder launch FILE` or `polder play SECTOR`.",
        )
        return
    screen.table(
        [
            column("convenant", "covenant", fold=True),
            column("stand", "status"),
            column("fase", "phase"),
            column("laatst bewogen", "last moved"),
            column("open", "open", right=True),
            column("te laat", "late", right=True),
        ],
        [
            (
                f"{row.slug}\n  {screen.of(row)}",
                label(COVENANTS, row.status, lang),
                label(PHASES, row.phase, lang) if row.phase else "-",
                moment(row.moved_at),
                str(counts[row.slug][0]),
                str(counts[row.slug][1]),
            )
            for row in covenants
        ],
    )


def waiting(
    slug: Annotated[str | None, typer.Argument(metavar="[SLUG]", help="one covenant; all when empty")] = None,
    *,
    overdue: Annotated[bool, typer.Option("--overdue", help="only what is late")] = False,
    state: StateOption = None,
    lang: LanguageOption = Language.EN,
    as_json: JsonOption = False,
) -> None:
    """Show who is waited on, since when, soonest due first."""
    screen = Screen(lang, as_json)

    async def read() -> tuple[list[HumanTask], Names, dict[str, datetime]]:
        async with context.database(context.settings(state=state)) as db:
            covenants = [await views.covenant(db, slug)] if slug else await views.covenants(db, limit=10_000)
            tasks = await views.waiting(db, slug=slug, limit=20_000)
            return tasks, await names_of(db, tasks), clock(covenants)

    tasks, names, now = context.run(read())
    if overdue:
        tasks = [task for task in tasks if task.due_at < now[task.covenant]]
    _show(screen, tasks, names, now)


def tasks(
    party: Annotated[str, typer.Option("--party", help="the id of a party or participant, or an office")],
    *,
    covenant: Annotated[str | None, typer.Option("--covenant", help="one covenant; all when empty")] = None,
    state: StateOption = None,
    lang: LanguageOption = Language.EN,
    as_json: JsonOption = False,
) -> None:
    """Show what a party or office owes."""
    screen = Screen(lang, as_json)

    async def read() -> tuple[list[HumanTask], Names, dict[str, datetime]]:
        async with context.database(context.settings(state=state)) as db:
            covenants = [await views.covenant(db, covenant)] if covenant else await views.covenants(db, limit=10_000)
            found = await views.waiting(db, slug=covenant, party=party, limit=20_000)
            if not found:
                known_party(party, await views.parties(db, covenant), covenant)
            return found, await names_of(db, found), clock(covenants)

    _show(screen, *context.run(read()))


def known_party(party: str, parties: Sequence[str], covenant: str | None = None) -> None:
    """Refuse a party that is known nowhere, and say which are.

    Raises:
        NotFound: `party_not_found`.
    """
    if party in parties or party in OFFICES:
        return
    near = get_close_matches(party, parties, n=1)
    most = 20
    listed = ", ".join([*near, *(one for one in parties if one not in near)][:most])
    more = len(parties) - most
    nl_more, en_more = (f" en nog {more}", f" and {more} more") if more > 0 else ("", "")
    offices = ", ".join(OFFICES)
    raise NotFound(
        "party_not_found",
        f"Partij {party} is onbekend in {covenant or 'elk convenant'}. Verwacht: {listed or 'er is nog geen partij'}"
        f"{nl_more}; of een functie: {offices}.",
        f"Party {party} is unknown in {covenant or 'every covenant'}. Expected: {listed or 'there is no party yet'}"
        f"{en_more}; or an office: {offices}.",
        {"party": party},
    )


def _show(screen: Screen, found: Sequence[HumanTask], names: Names, now: Mapping[str, datetime]) -> None:
    if screen.as_json:
        screen.emit(
            [
                task.model_dump() | {"overdue": task.due_at < now[task.covenant], "waiting_since": task.opened_at}
                for task in found
            ]
        )
    elif not found:
        screen.say("Niemand: er staat niets open.", "Nobody: nothing is open.")
    else:
        show_tasks(screen, found, names, now)
        late = sum(1 for task in found if task.due_at < now[task.covenant])
        screen.say(f"{len(found)} open, {late} te laat.", f"{len(found)} open, {late} late.", style="dim")


def history(
    task: TaskArgument, state: StateOption = None, lang: LanguageOption = Language.EN, as_json: JsonOption = False
) -> None:
    """Show every answer given to a task: also on behalf, ad referendum, and replaced ones."""
    screen = Screen(lang, as_json)

    async def read() -> tuple[HumanTask, list[Answer]]:
        async with context.database(context.settings(state=state)) as db:
            return await views.task(db, task), await views.answers(db, task)

    row, answers = context.run(read())
    if as_json:
        screen.emit({"task": row, "answers": answers})
        return
    screen.line(screen.of(row), style="bold")
    screen.line(
        f"{row.id} · {label(TASKS, row.kind, lang)} · {label(TASK_ENDS, row.status, lang)}"
        f" · {day(row.opened_at)} → {day(row.due_at)}"
    )
    if screen.of(row, "ended"):
        screen.line(screen.of(row, "ended"))
    if not answers:
        screen.say("Nog geen antwoord.", "No answer yet.")
        return
    screen.table(
        [column("gegeven", "given"), column("door", "by", fold=True), column("antwoord", "answer", fold=True),
         column("telt", "counts", fold=True)],
        [(moment(one.given_at), _by(one, screen), summary(one, screen), _counts(one, screen))
         for one in answers],
    )  # fmt: skip


def _by(answer: Answer, screen: Screen) -> str:
    if answer.on_behalf is None:
        return answer.person
    return answer.person + screen.pick(f"\nnamens: {answer.on_behalf}", f"\non behalf: {answer.on_behalf}")


def _counts(answer: Answer, screen: Screen) -> str:
    if not answer.counted:
        return screen.pick("nee, ad referendum", "no, ad referendum")
    return screen.pick("ja", "yes") if answer.complete else screen.pick("ja, nog niet af", "yes, incomplete")


def summary(answer: Answer, screen: Screen) -> str:  # noqa: PLR0911 one return a kind of answer
    """Say in a line what an answer says."""
    content = answer.content
    match content["kind"]:
        case "positions":
            lines = [f"{one['clause']}: {_stance(one)}" for one in content["positions"]]
            return "\n".join(lines)
        case "approval":
            return _stance(content)
        case "contribution":
            return "\n".join(item["text"] for item in content["items"])
        case "drafting":
            changed = ", ".join(one["clause"] for one in content["amendments"]) or "-"
            return f"{content['choice']}: {changed}; {content['reason']}"
        case "ratification":
            return str(content["result"]).replace("_", " ")
        case "decision":
            return f"{content['choice']}: {content['reason']}"
        case "signature":
            return screen.pick(f"getekend door {content['name']}", f"signed by {content['name']}")
    return f"{content.get('title', '')} ({str(content.get('sha256', ''))[:12]})"


def _stance(one: Mapping[str, str | None]) -> str:
    said = [one["stance"], one.get("ground"), one.get("lift"), one.get("comment")]
    return "; ".join(text for text in said if text)


COMMANDS = {"list": list_covenants, "waiting": waiting, "tasks": tasks, "history": history}
