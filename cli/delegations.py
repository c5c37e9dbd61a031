"""`polder mandate add|change|end`: who acts for a party, with which powers, until when."""

from datetime import date
from pathlib import Path
from typing import Annotated, Literal

import typer

from cli import context
from cli.acting import act_id, carry, facilitator, hands, known, need_reason, show_receipts
from cli.dates import parse_date
from cli.options import ActOption, AsOption, JsonOption, LanguageOption, ReasonOption, SlugArgument, StateOption
from cli.showing import Screen
from models import contracts as c
from models import ids
from models.enums import Language, Power
from models.errors import Refusal
from models.tables import Person
from rules.calendar import local_date
from store import views
from store.engine import Database
from store.people import Contact, put_contact

PersonArgument = Annotated[str, typer.Argument(metavar="PERSON", help="the id of a person")]
PowerOption = Annotated[list[Power] | None, typer.Option("--power", help="speak, commit or sign; repeatable")]
ThemeOption = Annotated[list[str] | None, typer.Option("--theme", help="only on this theme; repeatable")]
UntilOption = Annotated[str | None, typer.Option("--until", help="the last day, YYYY-MM-DD; for a substitute")]

mandate_app = typer.Typer(no_args_is_help=True, help="Who acts for a party: add, change, end.")


@mandate_app.command("add")
def add(
    slug: SlugArgument,
    new: PersonArgument,
    *,
    name: Annotated[str, typer.Option("--name", help="the name of the person")],
    email: Annotated[str, typer.Option("--email", help="where the person gets mail")],
    power: PowerOption = None,
    theme: ThemeOption = None,
    until: UntilOption = None,
    mail_language: Annotated[Language, typer.Option("--language", help="of the mails: nl or en")] = Language.NL,
    party: Annotated[str, typer.Option("--party", help="the party; that of --as when empty")] = "",
    reason: ReasonOption = "",
    person: AsOption = "",
    act: ActOption = "",
    state: StateOption = None,
    lang: LanguageOption = Language.EN,
    as_json: JsonOption = False,
) -> None:
    """Add a person to the delegation of a party."""
    why, key = need_reason(reason), act_id(act)
    contact = Contact(email=email, language=mail_language)
    mandate = _mandate(power, theme, until)

    async def work() -> c.Receipt:
        async with hands(context.settings(state=state)) as with_hands:
            db = with_hands.db
            who = await facilitator(db, slug, person)
            message = c.MandateChange(
                act=key, actor=c.Actor(person=who), party=party or await _party_of(db, slug, who), change="add",
                person=new, name=name, contact=await put_contact(db, contact), mandates=[mandate], reason=why,
            )  # fmt: skip
            return await carry(with_hands, ids.covenant_workflow(slug), "change_mandates", message, key)

    show_receipts(Screen(lang, as_json), [context.run(work())])


@mandate_app.command("change")
def change(
    slug: SlugArgument,
    changed: PersonArgument,
    *,
    power: PowerOption = None,
    theme: ThemeOption = None,
    until: UntilOption = None,
    also: Annotated[bool, typer.Option("--also", help="beside what the person may do already")] = False,
    reason: ReasonOption = "",
    person: AsOption = "",
    act: ActOption = "",
    state: StateOption = None,
    lang: LanguageOption = Language.EN,
    as_json: JsonOption = False,
) -> None:
    """Change what a person may do for the party; with --also --until someone becomes a substitute until that day."""
    mandate = _mandate(power, theme, until)
    receipt = _change("change", slug, changed, mandate, reason, person, act, state, also=also)
    show_receipts(Screen(lang, as_json), [receipt])


@mandate_app.command("end")
def end(
    slug: SlugArgument,
    ended: PersonArgument,
    *,
    reason: ReasonOption = "",
    person: AsOption = "",
    act: ActOption = "",
    state: StateOption = None,
    lang: LanguageOption = Language.EN,
    as_json: JsonOption = False,
) -> None:
    """End the mandates of a person, from now."""
    show_receipts(Screen(lang, as_json), [_change("end", slug, ended, None, reason, person, act, state)])


def _change(
    kind: Literal["change", "end"], slug: str, who: str, mandate: c.Mandate | None, reason: str, person: str,
    act: str, state: Path | None, *, also: bool = False,
) -> c.Receipt:  # fmt: skip
    why, key = need_reason(reason), act_id(act)

    async def work() -> c.Receipt:
        async with hands(context.settings(state=state)) as with_hands:
            db = with_hands.db
            actor = await facilitator(db, slug, person)
            people = await views.people(db, slug)
            row = next(one for one in people if one.id == known(people, who))
            today = local_date((await views.covenant(db, slug)).moved_at)
            held = _still(row, today) if also else []
            message = c.MandateChange(
                act=key, actor=c.Actor(person=actor), party=row.party or await _party_of(db, slug, actor),
                change=kind, person=who, reason=why,
                mandates=[*(one for one in held if one != mandate), mandate] if mandate else [],
            )  # fmt: skip
            return await carry(with_hands, ids.covenant_workflow(slug), "change_mandates", message, key)

    return context.run(work())


def _still(row: Person, today: date) -> list[c.Mandate]:
    held = [c.Mandate.model_validate(mandate) for mandate in row.mandates]
    return [mandate for mandate in held if mandate.until is None or mandate.until >= today]


def _mandate(power: list[Power] | None, theme: list[str] | None, until: str | None) -> c.Mandate:
    if not power:
        raise Refusal(
            "no_powers",
            "Welke bevoegdheid? Verwacht: --power speak, --power commit of --power sign; meer mag.",
            "Which power? Expected: --power speak, --power commit or --power sign; more is fine.",
        )
    last = parse_date(until, "--until") if until else None
    return c.Mandate(powers=list(dict.fromkeys(power)), themes=theme or [], until=last)


async def _party_of(db: Database, slug: str, person: str) -> str:
    found = next(one.party for one in await views.people(db, slug) if one.id == person)
    if found is None:
        raise Refusal(
            "which_party",
            "Van welke partij? Verwacht: --party met de partij van de delegatie.",
            "Of which party? Expected: --party with the party of the delegation.",
            {"person": person},
        )
    return found


COMMANDS = {"mandate": mandate_app}
