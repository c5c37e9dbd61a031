"""`polder signing`: the board of a signing, and the acts on its requests."""

from typing import Annotated

import typer

from cli import context
from cli.acting import act_id, carry, facilitator, hands, known, need_reason, show_receipts
from cli.dates import parse_date, parse_moment
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
from cli.showing import Screen, column, day
from models import contracts as c
from models.ceremony import Ceremony, Place
from models.enums import Language
from models.errors import Refusal
from models.signing_acts import AskAgain, Cancellation, PassOn, SigningDay
from rules import signing_days
from rules.ceremony import next_of, title_of
from rules.labels import SIGNING_GROUPS, SIGNING_ROLES, SIGNING_STATES
from store import signing, views

signing_app = typer.Typer(no_args_is_help=True, help="A signing: show its board, pass a request on, ask again, cancel.")


@signing_app.command("show")
def show(
    slug: SlugArgument, state: StateOption = None, lang: LanguageOption = Language.EN, as_json: JsonOption = False
) -> None:
    """Show who signed when, whose turn it is, and how far the entry thresholds are met."""
    screen = Screen(lang, as_json)

    async def read() -> Ceremony:
        async with context.database(context.settings(state=state)) as db:
            await views.covenant(db, slug)
            return await signing.board(db, slug)

    found = context.run(read())
    if as_json:
        screen.emit(found.model_dump(mode="json"))
        return
    said = title_of(found)
    screen.say(said.nl, said.en)
    if found.starts is not None and found.ends is not None and found.state == "open":
        hours = signing_days.words(found.starts, found.ends)
        screen.say(hours.nl, hours.en)
    then = next_of(found)
    screen.say(f"Wat er nu gebeurt: {then.nl}", f"What happens next: {then.en}")
    rows = [
        (str(group.number), SIGNING_GROUPS[group.state].pick(lang), *_row(place, lang))
        for group in found.groups
        for place in group.places
    ]
    rows += [
        (
            str(group.number), SIGNING_GROUPS[group.state].pick(lang), screen.pick("bedrijven", "companies"), "",
            f"{group.declared}/{group.companies}", "",
        )
        for group in found.groups
        if group.companies
    ]  # fmt: skip
    screen.table(
        [
            column("groep", "group"), column("beurt", "turn"), column("wie", "who", fold=True), column("als", "as"),
            column("stand", "state"), column("wanneer", "when", fold=True),
        ],
        sorted(rows, key=lambda row: int(row[0])),
    )  # fmt: skip


def _row(place: Place, lang: Language) -> tuple[str, str, str, str]:
    signed = f" {len(place.signed)}/{place.needed}" if place.needed > 1 else ""
    when = day(place.at) if place.at else f"< {day(place.due)}" if place.due else ""
    names = ", ".join(one.name for one in place.signed)
    return (
        place.name.pick(lang), SIGNING_ROLES[place.role].pick(lang), SIGNING_STATES[place.state].pick(lang) + signed,
        f"{when} {names}".strip(),
    )  # fmt: skip


@signing_app.command("pass-on")
def pass_on(
    task: TaskArgument,
    *,
    person: Annotated[str, typer.Option("--as", help="who passes it on: a person id")],
    to: Annotated[str, typer.Option("--to", help="a colleague with a mandate to sign: a person id")],
    reason: ReasonOption = "",
    act: ActOption = "",
    state: StateOption = None,
    lang: LanguageOption = Language.EN,
    as_json: JsonOption = False,
) -> None:
    """Pass signing on to a colleague; from then on you do not sign yourself, unless they pass it back."""
    why, key = need_reason(reason), act_id(act)

    async def work() -> c.Receipt:
        async with hands(context.settings(state=state)) as with_hands:
            row = await views.task(with_hands.db, task)
            await signing.workflow(with_hands.db, row.covenant, row)
            who = known(await views.people(with_hands.db, row.covenant), person, row.respondent)
            message = PassOn(act=key, actor=c.Actor(person=who), task=task, to=to, reason=why)
            return await carry(with_hands, row.workflow, "pass_on", message, key)

    show_receipts(Screen(lang, as_json), [context.run(work())])


@signing_app.command("ask-again")
def ask_again(
    task: TaskArgument,
    *,
    due: Annotated[str, typer.Option("--due", help="YYYY-MM-DD, within the signing window")],
    reason: ReasonOption = "",
    person: AsOption = "",
    act: ActOption = "",
    state: StateOption = None,
    lang: LanguageOption = Language.EN,
    as_json: JsonOption = False,
) -> None:
    """Open a request that expired or was cancelled once more."""
    why, key, day_due = need_reason(reason), act_id(act), parse_date(due, "--due")

    async def work() -> c.Receipt:
        async with hands(context.settings(state=state)) as with_hands:
            row = await views.task(with_hands.db, task)
            await signing.workflow(with_hands.db, row.covenant, row)
            who = await facilitator(with_hands.db, row.covenant, person)
            message = AskAgain(act=key, actor=c.Actor(person=who), task=task, due=day_due, reason=why)
            return await carry(with_hands, row.workflow, "ask_again", message, key)

    show_receipts(Screen(lang, as_json), [context.run(work())])


@signing_app.command("day")
def signing_day(
    slug: SlugArgument,
    *,
    start: Annotated[str, typer.Option("--from", help="YYYY-MM-DDTHH:MM, Amsterdam time")] = "",
    until: Annotated[str, typer.Option("--until", help="YYYY-MM-DDTHH:MM, on the same day")] = "",
    off: Annotated[bool, typer.Option("--off", help="there is no signing day any more: sign at once")] = False,
    reason: ReasonOption = "",
    person: AsOption = "",
    act: ActOption = "",
    state: StateOption = None,
    lang: LanguageOption = Language.EN,
    as_json: JsonOption = False,
) -> None:
    """Set hours of one day in which everybody signs, or take them back with --off."""
    why, key = need_reason(reason), act_id(act)
    if off == bool(start or until):
        raise Refusal(
            "wrong_options", "Verwacht: --from en --until, of --off.", "Expected: --from and --until, or --off.",
            {"options": "--off"},
        )  # fmt: skip
    begins, ends = (parse_moment(one) if one else None for one in (start, until))

    async def work() -> c.Receipt:
        async with hands(context.settings(state=state)) as with_hands:
            workflow = await signing.workflow(with_hands.db, slug)
            who = c.Actor(person=await facilitator(with_hands.db, slug, person))
            message = SigningDay(act=key, actor=who, start=begins, until=ends, reason=why)
            return await carry(with_hands, workflow, "set_signing_day", message, key)

    show_receipts(Screen(lang, as_json), [context.run(work())])


@signing_app.command("cancel")
def cancel(
    slug: SlugArgument,
    *,
    task: Annotated[str, typer.Option("--task", help="one request only; without it the whole signing")] = "",
    reason: ReasonOption = "",
    person: AsOption = "",
    act: ActOption = "",
    state: StateOption = None,
    lang: LanguageOption = Language.EN,
    as_json: JsonOption = False,
) -> None:
    """Cancel the signing, or one request of a company, witness or approver. What was signed stays on record."""
    why, key = need_reason(reason), act_id(act)

    async def work() -> c.Receipt:
        async with hands(context.settings(state=state)) as with_hands:
            row = await views.task(with_hands.db, task) if task else None
            workflow = await signing.workflow(with_hands.db, slug, row)
            who = await facilitator(with_hands.db, slug, person)
            message = Cancellation(act=key, actor=c.Actor(person=who), task=task or None, reason=why)
            return await carry(with_hands, workflow, "cancel", message, key)

    show_receipts(Screen(lang, as_json), [context.run(work())])


COMMANDS = {"signing": signing_app}
