"""`polder accede`, `stay`, `revise` and `terminate`: acts on a signed covenant."""

from pathlib import Path
from typing import Annotated

import typer

from acts import acceding, revising
from cli import context
from cli.acting import act_id, carry, facilitator, hands, need_reason, on_covenant, show_receipts
from cli.dates import parse_date
from cli.options import (
    ActOption,
    AsOption,
    JsonOption,
    LanguageOption,
    ReasonOption,
    SlugArgument,
    StateOption,
)
from cli.showing import Screen
from models import contracts as c
from models import ids
from models.enums import Language, PartyKind, Tier
from models.questions import Application, NoticeRetraction, TerminationProposal
from models.revising import NewClauses, Revision
from runtime.files import load


def accede(
    slug: SlugArgument,
    name: Annotated[str, typer.Argument(metavar="NAME", help="of who wants to join")],
    *,
    contact: Annotated[str, typer.Option("--contact", help="who signs for it")],
    email: Annotated[str, typer.Option("--email", help="where they are reached")],
    name_en: Annotated[str, typer.Option("--name-en", help="its name in English; the same when empty")] = "",
    tier: Annotated[
        Tier, typer.Option("--tier", help="participant: a company; party: at the table")
    ] = Tier.PARTICIPANT,
    kind: Annotated[PartyKind, typer.Option("--kind", help="what sort of organisation it is")] = PartyKind.COMPANY,
    constituency: Annotated[str | None, typer.Option("--constituency", help="of a party")] = None,
    share: Annotated[float, typer.Option("--share", help="percent of the market, of a company")] = 0,
    category: Annotated[str | None, typer.Option("--category", help="of a company, where the playbook has any")] = None,
    known: Annotated[str | None, typer.Option("--id", help="of an organisation that is on record already")] = None,
    language: Annotated[Language, typer.Option("--language", help="in which it is written to")] = Language.NL,
    reason: ReasonOption = "",
    person: AsOption = "",
    act: ActOption = "",
    state: StateOption = None,
    lang: LanguageOption = Language.EN,
    as_json: JsonOption = False,
) -> None:
    """Put to the parties that somebody wants to join a signed covenant; if nobody objects it is asked to sign."""
    why, key = need_reason(reason), act_id(act)
    request = acceding.Request.model_validate(
        {
            "id": known, "name": {"nl": name, "en": name_en or name}, "tier": tier, "kind": kind, "contact": contact,
            "constituency": constituency, "market_share": share, "category": category, "email": email,
            "language": language,
        }
    )  # fmt: skip

    async def work() -> c.Receipt:
        async with hands(context.settings(state=state)) as with_hands:
            who = await facilitator(with_hands.db, slug, person)
            made = await acceding.applicant(with_hands.db, slug, request)
            message = Application(act=key, actor=c.Actor(person=who), applicant=made, reason=why)
            return await carry(with_hands, ids.covenant_workflow(slug), "apply", message, key)

    show_receipts(Screen(lang, as_json), [context.run(work())])


def stay(
    slug: SlugArgument,
    party: Annotated[str, typer.Argument(metavar="PARTY", help="that gave notice")],
    *,
    person: Annotated[str, typer.Option("--as", help="someone of the party with a mandate, or the secretariat")],
    reason: ReasonOption = "",
    act: ActOption = "",
    state: StateOption = None,
    lang: LanguageOption = Language.EN,
    as_json: JsonOption = False,
) -> None:
    """Take the notice of a party back while it runs: it stays."""
    why, key = need_reason(reason), act_id(act)

    def message(who: c.Actor) -> NoticeRetraction:
        return NoticeRetraction(act=key, actor=who, party=party, reason=why)

    show_receipts(Screen(lang, as_json), [on_covenant(slug, "retract_notice", message, person, key, state)])


def terminate(
    slug: SlugArgument,
    *,
    reason: ReasonOption = "",
    person: AsOption = "",
    act: ActOption = "",
    state: StateOption = None,
    lang: LanguageOption = Language.EN,
    as_json: JsonOption = False,
) -> None:
    """Ask the parties to end a signed covenant before its term; if they carry it, it ends at once."""
    why, key = need_reason(reason), act_id(act)

    def message(who: c.Actor) -> TerminationProposal:
        return TerminationProposal(act=key, actor=who, reason=why)

    show_receipts(Screen(lang, as_json), [on_covenant(slug, "propose_termination", message, person, key, state)])


def revise(
    slug: SlugArgument,
    *,
    clauses: Annotated[
        Path | None, typer.Option("--clauses", help="a YAML file with the clauses that are new, as in a covenant file")
    ] = None,
    start: Annotated[
        str | None, typer.Option("--start", help="YYYY-MM-DD, when the talks begin; today when empty")
    ] = None,
    reason: ReasonOption = "",
    person: AsOption = "",
    act: ActOption = "",
    state: StateOption = None,
    lang: LanguageOption = Language.EN,
    as_json: JsonOption = False,
) -> None:
    """Open talks about another text of a signed covenant: a covenant of its own that begins with the text in force."""
    why, key = need_reason(reason), act_id(act)
    begins = parse_date(start, "--start") if start else None
    added = load(clauses, NewClauses).clauses if clauses is not None else []

    async def work() -> c.Receipt:
        async with hands(context.settings(state=state)) as with_hands:
            who = c.Actor(person=await facilitator(with_hands.db, slug, person))
            digest = await revising.stored(with_hands.db, slug, added)
            message = Revision(act=key, actor=who, start=begins, added=digest, reason=why)
            return await carry(with_hands, ids.covenant_workflow(slug), "open_revision", message, key)

    show_receipts(Screen(lang, as_json), [context.run(work())])


COMMANDS = {"accede": accede, "stay": stay, "revise": revise, "terminate": terminate}
