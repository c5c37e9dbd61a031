"""`polder amend`, `amendments` and `amendment withdraw|accept|maintain`: words that a party proposes for a clause."""

from pathlib import Path
from typing import Annotated

import typer

from acts import proposing
from acts.proposing import Listed, Motion, Side
from cli import context
from cli.acting import act_id, carry, facilitator, hands, known, need_reason, on_covenant, show_receipts
from cli.answering import read_bytes
from cli.options import ActOption, JsonOption, LanguageOption, ReasonOption, SlugArgument, StateOption
from cli.showing import Screen, column, moment
from models import contracts as c
from models import ids
from models.amending import FateAnswer, ProposalWithdrawal
from models.enums import AmendmentStatus, Language
from models.errors import InvalidFile, Refusal
from rules import access
from rules.labels import AMENDMENTS, label
from store import accounts, views
from store.engine import Database

AsPerson = Annotated[str, typer.Option("--as", help="a person id")]
AmendmentArgument = Annotated[str, typer.Argument(metavar="AMENDMENT", help="an id from `polder amendments`")]

amendment_app = typer.Typer(no_args_is_help=True, help="Your amendment: withdraw, accept what became of it, maintain.")


def amend(
    slug: SlugArgument,
    clause: Annotated[str, typer.Argument(metavar="CLAUSE", help="the id of a clause, as in `polder text`")],
    *,
    person: AsPerson,
    nl: Annotated[str | None, typer.Option("--nl", help="the whole clause in Dutch, as you would have it")] = None,
    en: Annotated[str | None, typer.Option("--en", help="the whole clause in English")] = None,
    nl_file: Annotated[Path | None, typer.Option("--nl-file", help="the same from a file of plain text")] = None,
    en_file: Annotated[Path | None, typer.Option("--en-file", help="the same from a file of plain text")] = None,
    reason: ReasonOption = "",
    to: Annotated[str | None, typer.Option("--to", help="the amendment whose text you change")] = None,
    sha: Annotated[str | None, typer.Option("--sha", help="SHA-256 of the version you read")] = None,
    act: ActOption = "",
    state: StateOption = None,
    lang: LanguageOption = Language.EN,
    as_json: JsonOption = False,
) -> None:
    """Propose words for a clause: give the whole text as you would have it; Polder finds what changes."""
    key = act_id(act)
    motion = Motion(
        clause=clause, base_sha=sha, nl=whole("nl", nl, nl_file), en=whole("en", en, en_file),
        reason=need_reason(reason), to=to,
    )  # fmt: skip

    async def work() -> c.Receipt:
        async with hands(context.settings(state=state)) as with_hands:
            who = await facilitator(with_hands.db, slug, person)
            made = await proposing.proposal(with_hands.db, slug, motion, c.Actor(person=who), key)
            receipt = await carry(with_hands, ids.covenant_workflow(slug), "propose", made.proposal, key)
            told = made.told(receipt.words.nl, receipt.words.en)
            return receipt.model_copy(update={"words": told})

    show_receipts(Screen(lang, as_json), [context.run(work())])


def whole(name: str, text: str | None, path: Path | None) -> str | None:
    """Return a whole text, as given or from its file.

    Raises:
        InvalidFile: the file cannot be read, or is no text.
        Refusal: `wrong_options`, both were given.
    """
    if path is None:
        return text
    if text is not None:
        raise Refusal(
            "wrong_options",
            f"--{name} en --{name}-file gaan niet samen. Verwacht: een van de twee.",
            f"--{name} and --{name}-file do not go together. Expected: one of the two.",
        )
    try:
        return read_bytes(path)[0].decode()
    except UnicodeDecodeError as error:
        raise InvalidFile(
            "no_text_file",
            f"{path} is geen tekst in UTF-8 (byte {error.start}). Verwacht: een bestand met alleen de tekst.",
            f"{path} is no text in UTF-8 (byte {error.start}). Expected: a file with only the text.",
            {"file": str(path)},
        ) from error


# --- reading ----------------------------------------------------------------------------------------------------------


def amendments(
    slug: SlugArgument,
    clause: Annotated[str | None, typer.Argument(metavar="[CLAUSE]", help="one clause; all when empty")] = None,
    *,
    person: AsPerson,
    every: Annotated[bool, typer.Option("--all", help="also those that are settled or withdrawn")] = False,
    state: StateOption = None,
    lang: LanguageOption = Language.EN,
    as_json: JsonOption = False,
) -> None:
    """Show the open amendments: who proposes what for which clause, why, and which want the same place."""
    screen = Screen(lang, as_json)

    async def read() -> list[Listed]:
        async with context.database(context.settings(state=state)) as db:
            await _check_reads(db, slug, person)
            return await proposing.listed(db, slug, clause, only=None if every else [AmendmentStatus.OPEN])

    found = context.run(read())
    if as_json:
        screen.emit(found)
    elif not found:
        screen.say("Geen wijzigingsvoorstellen.", "No amendments.")
    else:
        screen.table(
            [column("wanneer", "when"), column("artikel", "clause", fold=True), column("wie", "who", fold=True),
             column("staat", "status", fold=True), column("wijziging (en id)", "change (and id)", fold=True)],
            [(moment(one.at), _place(one, screen), f"{one.name}\n{one.party}", _status(one, screen),
              _change(one, screen)) for one in found],
        )  # fmt: skip


async def _check_reads(db: Database, slug: str, person: str) -> None:
    """Require that a person may read the text.

    Raises:
        NotFound: no such covenant or person.
        Forbidden: `not_yours`.
    """
    await views.covenant(db, slug)
    people = await views.people(db, slug)
    email = next(one.email for one in people if one.id == known(people, person)).lower()
    access.need(access.Viewer(email, await accounts.seats(db, email, slug)), access.Page.TEXT)


def _place(one: Listed, screen: Screen) -> str:
    cited = one.where.pick(screen.language) if one.where else ""
    return "\n".join(filter(None, [f"{one.clause} v{one.version}", cited]))


def _status(one: Listed, screen: Screen) -> str:
    words = [label(AMENDMENTS, one.status, screen.language)]
    if one.overtaken:
        words.append(screen.pick("ingehaald: de plaats is gewijzigd", "overtaken: its place has changed"))
    if one.accepted_by_mover is not None:
        words.append(screen.pick("aanvaard", "accepted by its mover") if one.accepted_by_mover else "")
    return "\n".join(filter(None, words))


def _change(one: Listed, screen: Screen) -> str:
    lines = [*_redline("nl", one.nl), *_redline("en", one.en)]
    lines.append(f"{screen.pick('Reden', 'Reason')}: {one.reason}")
    if one.outcome:
        lines.append(f"{screen.pick('Uitkomst', 'Outcome')}: {one.outcome}")
    if one.to:
        lines.append(f"{screen.pick('Wijzigt', 'Changes')}: {one.to}")
    if one.collides:
        lines.append(f"{screen.pick('Botst met', 'Collides with')}: {', '.join(one.collides)}")
    return "\n".join([*lines, one.id])


def _redline(name: str, side: Side | None) -> list[str]:
    return [f"{name}: {side.redline}"] if side is not None and side.edits else []


# --- one amendment ----------------------------------------------------------------------------------------------------


@amendment_app.command("withdraw")
def withdraw(
    slug: SlugArgument,
    amendment: AmendmentArgument,
    *,
    person: AsPerson,
    reason: ReasonOption = "",
    act: ActOption = "",
    state: StateOption = None,
    lang: LanguageOption = Language.EN,
    as_json: JsonOption = False,
) -> None:
    """Take an open amendment of your party back."""
    why, key = need_reason(reason), act_id(act)
    message = ProposalWithdrawal(act=key, actor=c.Actor(person=person), amendment=amendment, reason=why)
    show_receipts(Screen(lang, as_json), [_carried(slug, message, state)])


@amendment_app.command("accept")
def accept(
    slug: SlugArgument,
    amendment: AmendmentArgument,
    *,
    person: AsPerson,
    reason: ReasonOption = "",
    act: ActOption = "",
    state: StateOption = None,
    lang: LanguageOption = Language.EN,
    as_json: JsonOption = False,
) -> None:
    """Accept what became of an amendment of your party."""
    why, key = need_reason(reason), act_id(act)
    message = FateAnswer(act=key, actor=c.Actor(person=person), amendment=amendment, accept=True, reason=why)
    show_receipts(Screen(lang, as_json), [_carried(slug, message, state)])


@amendment_app.command("maintain")
def maintain(
    slug: SlugArgument,
    amendment: AmendmentArgument,
    *,
    person: AsPerson,
    reason: ReasonOption = "",
    act: ActOption = "",
    state: StateOption = None,
    lang: LanguageOption = Language.EN,
    as_json: JsonOption = False,
) -> None:
    """Maintain an amendment of your party, whatever became of it: it stands between brackets again."""
    why, key = need_reason(reason), act_id(act)
    message = FateAnswer(act=key, actor=c.Actor(person=person), amendment=amendment, accept=False, reason=why)
    show_receipts(Screen(lang, as_json), [_carried(slug, message, state)])


def _carried(slug: str, message: ProposalWithdrawal | FateAnswer, state: Path | None) -> c.Receipt:
    update = "answer_fate" if isinstance(message, FateAnswer) else "withdraw_proposal"
    return on_covenant(slug, update, lambda _: message, message.actor.person, message.act, state)


COMMANDS = {"amend": amend, "amendments": amendments, "amendment": amendment_app}
