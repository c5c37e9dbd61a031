"""`polder extend`, `ladder`, `step`, `pause`, `resume`, `withdraw` and `end`: acts on the process itself."""

from pathlib import Path
from typing import Annotated, Literal

import typer

from cli import context
from cli.acting import act_id, carry, facilitator, hands, need_reason, nothing_open, on_covenant, show_receipts
from cli.dates import parse_date
from cli.options import (
    ActOption,
    AsOption,
    JsonOption,
    LanguageOption,
    ReasonOption,
    SlugArgument,
    StateOption,
    TaskArgument,
)
from cli.showing import Screen
from models import contracts as c
from models import ids
from models.base import Contract
from models.enums import Language, TaskStatus
from models.errors import Conflict, Refusal
from models.playbook import Step
from models.tables import HumanTask
from runtime.files import load
from store import views
from store.engine import Database

KeyArgument = Annotated[str, typer.Argument(metavar="KEY", help="the key of a step, as in `polder status --json`")]


# --- extend -----------------------------------------------------------------------------------------------------------


def extend(
    targets: Annotated[list[str], typer.Argument(metavar="SLUG|TASK…", help="a covenant (all that is open) or tasks")],
    *,
    due: Annotated[str, typer.Option("--due", help="the new due date, YYYY-MM-DD")],
    reason: ReasonOption = "",
    person: AsOption = "",
    act: ActOption = "",
    state: StateOption = None,
    lang: LanguageOption = Language.EN,
    as_json: JsonOption = False,
) -> None:
    """Give tasks a later due date, on the record."""
    screen = Screen(lang, as_json)
    until, why, key = parse_date(due, "--due"), need_reason(reason), act_id(act)

    async def work() -> list[c.Receipt]:
        async with hands(context.settings(state=state)) as with_hands:
            by_workflow = await _open_tasks(with_hands.db, targets)
            receipts = []
            for number, (workflow, tasks) in enumerate(sorted(by_workflow.items())):
                slug = ids.covenant_of(tasks[0])
                who = c.Actor(person=await facilitator(with_hands.db, slug, person))
                this = key if len(by_workflow) == 1 else f"{key}/{number}"
                message = c.Extension(act=this, actor=who, tasks=tasks, due=until, reason=why)
                receipts.append(await carry(with_hands, workflow, "extend", message, this))
            return receipts

    show_receipts(screen, context.run(work()))


async def _open_tasks(db: Database, targets: list[str]) -> dict[str, list[str]]:
    """Return the open tasks that are meant, by the workflow that holds them."""
    found: dict[str, list[str]] = {}
    rows: list[HumanTask] = []
    for target in targets:
        if "/" in target:
            rows.append(await _open_task(db, target))
            continue
        await views.covenant(db, target)
        of_covenant = await views.waiting(db, slug=target, limit=20_000)
        if not of_covenant:
            raise nothing_open(target)
        rows += of_covenant
    for row in rows:
        found.setdefault(row.workflow, []).append(row.id)
    return found


async def _open_task(db: Database, task: str) -> HumanTask:
    row = await views.task(db, task)
    if row.status is not TaskStatus.OPEN:
        raise Conflict(
            "task_closed",
            f"Taak {task} staat niet meer open ({row.status}): {row.ended_nl or 'beantwoord'}. Verwacht: een open taak "
            "(zie `polder waiting`).",
            f"Task {task} is no longer open ({row.status}): {row.ended_en or 'answered'}. Expected: an open task (see "
            "`polder waiting`).",
            {"task": task, "status": row.status},
        )
    return row


# --- ladder -----------------------------------------------------------------------------------------------------------

ladder_app = typer.Typer(no_args_is_help=True, help="The ladder that is climbed when an answer stays away.")


@ladder_app.command("pause")
def ladder_pause(
    task: TaskArgument,
    *,
    reason: ReasonOption = "",
    person: AsOption = "",
    act: ActOption = "",
    state: StateOption = None,
    lang: LanguageOption = Language.EN,
    as_json: JsonOption = False,
) -> None:
    """Stop climbing the ladder of a task."""
    _ladder(Screen(lang, as_json), task, reason, person, act, state, resume=False)


@ladder_app.command("resume")
def ladder_resume(
    task: TaskArgument,
    *,
    reason: ReasonOption = "",
    person: AsOption = "",
    act: ActOption = "",
    state: StateOption = None,
    lang: LanguageOption = Language.EN,
    as_json: JsonOption = False,
) -> None:
    """Go on climbing; the rungs are later by the working days the pause took."""
    _ladder(Screen(lang, as_json), task, reason, person, act, state, resume=True)


def _ladder(screen: Screen, task: str, reason: str, person: str, act: str, state: Path | None, *, resume: bool) -> None:
    why, key = need_reason(reason), act_id(act)

    async def work() -> c.Receipt:
        async with hands(context.settings(state=state)) as with_hands:
            row = await _open_task(with_hands.db, task)
            who = c.Actor(person=await facilitator(with_hands.db, row.covenant, person))
            message = c.LadderPause(act=key, actor=who, task=task, resume=resume, reason=why)
            return await carry(with_hands, row.workflow, "pause_ladder", message, key)

    show_receipts(screen, [context.run(work())])


# --- step -------------------------------------------------------------------------------------------------------------

step_app = typer.Typer(no_args_is_help=True, help="The plan: insert, skip, repeat or reschedule a step.")


@step_app.command("insert")
def step_insert(
    slug: SlugArgument,
    *,
    after: Annotated[str, typer.Option("--after", help="the key of the step it comes after")],
    file: Annotated[Path, typer.Option("--file", help="the step, as in a playbook")],
    reason: ReasonOption = "",
    person: AsOption = "",
    act: ActOption = "",
    state: StateOption = None,
    lang: LanguageOption = Language.EN,
    as_json: JsonOption = False,
) -> None:
    """Insert a step into the plan of a running covenant."""
    change = _Change("insert", after, reason, step=load(file, Step))
    _change_plan(Screen(lang, as_json), slug, change, person, act, state)


@step_app.command("skip")
def step_skip(
    slug: SlugArgument,
    key: KeyArgument,
    *,
    reason: ReasonOption = "",
    person: AsOption = "",
    act: ActOption = "",
    state: StateOption = None,
    lang: LanguageOption = Language.EN,
    as_json: JsonOption = False,
) -> None:
    """Skip a planned step, or stop one that is under way."""
    _change_plan(Screen(lang, as_json), slug, _Change("skip", key, reason), person, act, state)


@step_app.command("repeat")
def step_repeat(
    slug: SlugArgument,
    key: KeyArgument,
    *,
    reason: ReasonOption = "",
    person: AsOption = "",
    act: ActOption = "",
    state: StateOption = None,
    lang: LanguageOption = Language.EN,
    as_json: JsonOption = False,
) -> None:
    """Do a step that is over once more."""
    _change_plan(Screen(lang, as_json), slug, _Change("repeat", key, reason), person, act, state)


@step_app.command("reschedule")
def step_reschedule(
    slug: SlugArgument,
    key: KeyArgument,
    *,
    due: Annotated[str, typer.Option("--due", help="the new planned end, YYYY-MM-DD")],
    reason: ReasonOption = "",
    person: AsOption = "",
    act: ActOption = "",
    state: StateOption = None,
    lang: LanguageOption = Language.EN,
    as_json: JsonOption = False,
) -> None:
    """Give a step another planned end; what follows moves along."""
    _change_plan(Screen(lang, as_json), slug, _Change("reschedule", key, reason, due=due), person, act, state)


class _Change:
    """A change of the plan as it was typed."""

    def __init__(
        self,
        change: Literal["insert", "skip", "repeat", "reschedule"],
        key: str,
        reason: str,
        *,
        step: Step | None = None,
        due: str | None = None,
    ) -> None:
        self.change, self.key, self.reason, self.step = change, key, need_reason(reason), step
        self.due = parse_date(due, "--due") if due else None


def _change_plan(screen: Screen, slug: str, change: _Change, person: str, act: str, state: Path | None) -> None:
    key = act_id(act)

    def message(who: c.Actor) -> Contract:
        return c.PlanChange(
            act=key, actor=who, change=change.change, key=change.key, step=change.step, due=change.due,
            reason=change.reason,
        )  # fmt: skip

    show_receipts(screen, [on_covenant(slug, "change_plan", message, person, key, state)])


# --- the covenant as a whole ------------------------------------------------------------------------------------------


def pause(
    slug: SlugArgument,
    *,
    reason: ReasonOption = "",
    person: AsOption = "",
    act: ActOption = "",
    state: StateOption = None,
    lang: LanguageOption = Language.EN,
    as_json: JsonOption = False,
) -> None:
    """Pause a covenant: nobody is reminded and no term runs out."""
    _hold(Screen(lang, as_json), slug, reason, person, act, state, resume=False)


def resume(
    slug: SlugArgument,
    *,
    reason: ReasonOption = "",
    person: AsOption = "",
    act: ActOption = "",
    state: StateOption = None,
    lang: LanguageOption = Language.EN,
    as_json: JsonOption = False,
) -> None:
    """Resume a paused covenant: terms are later by the working days the pause took."""
    _hold(Screen(lang, as_json), slug, reason, person, act, state, resume=True)


def _hold(screen: Screen, slug: str, reason: str, person: str, act: str, state: Path | None, *, resume: bool) -> None:
    why, key = need_reason(reason), act_id(act)

    def message(who: c.Actor) -> Contract:
        return c.Hold(act=key, actor=who, resume=resume, reason=why)

    show_receipts(screen, [on_covenant(slug, "hold", message, person, key, state)])


def withdraw(
    slug: SlugArgument,
    *,
    person: Annotated[str, typer.Option("--as", help="someone of the party with a mandate, or the secretariat")],
    party: Annotated[str, typer.Option("--party", help="the party that leaves; that of --as when empty")] = "",
    reason: ReasonOption = "",
    act: ActOption = "",
    state: StateOption = None,
    lang: LanguageOption = Language.EN,
    as_json: JsonOption = False,
) -> None:
    """Let a party leave: at once before the signature, and after it when its notice ends."""
    why, key = need_reason(reason), act_id(act)

    async def work() -> c.Receipt:
        async with hands(context.settings(state=state)) as with_hands:
            who = await facilitator(with_hands.db, slug, person)
            leaving = party or await _party_of(with_hands.db, slug, who)
            message = c.Withdrawal(act=key, actor=c.Actor(person=who), party=leaving, reason=why)
            return await carry(with_hands, ids.covenant_workflow(slug), "withdraw", message, key)

    show_receipts(Screen(lang, as_json), [context.run(work())])


async def _party_of(db: Database, slug: str, person: str) -> str:
    found = next(one.party for one in await views.people(db, slug) if one.id == person)
    if found is None:
        raise Refusal(
            "which_party",
            f"{person} hoort bij geen partij. Verwacht: --party met de partij die vertrekt.",
            f"{person} belongs to no party. Expected: --party with the party that leaves.",
            {"person": person},
        )
    return found


def end(
    slug: SlugArgument,
    *,
    reason: ReasonOption = "",
    person: AsOption = "",
    act: ActOption = "",
    state: StateOption = None,
    lang: LanguageOption = Language.EN,
    as_json: JsonOption = False,
) -> None:
    """End the talks. This cannot be undone; what is signed the parties end together (`polder terminate`)."""
    why, key = need_reason(reason), act_id(act)

    def message(who: c.Actor) -> Contract:
        return c.EndTalks(act=key, actor=who, reason=why)

    show_receipts(Screen(lang, as_json), [on_covenant(slug, "end_talks", message, person, key, state)])


COMMANDS = {
    "extend": extend,
    "ladder": ladder_app,
    "step": step_app,
    "pause": pause,
    "resume": resume,
    "withdraw": withdraw,
    "end": end,
}
