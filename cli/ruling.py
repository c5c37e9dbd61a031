"""`polder ground-rules show|propose|withdraw`, `fix` and `absence`: what the parties are asked beside the plan."""

from pathlib import Path
from typing import Annotated

import typer

from acts.bouncing import Returned, bounced
from acts.composing import with_commitments
from acts.proposing import like
from cli import context
from cli.acting import act_id, carry, facilitator, hands, known, need_reason, on_covenant, show_receipts
from cli.amending import AsPerson, whole
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
from cli.showing import Screen, column, day
from models import contracts as c
from models import ids
from models.base import Words
from models.enums import Language, Matter, RuleKind, Unit
from models.errors import Refusal
from models.ground import GroundRule
from models.questions import Absence, FixProposal, GoOnQuestion, NoticeAgain, QuestionWithdrawal, RuleProposal
from rules.ground_rules import rule_in_words
from rules.matters import MATTERS
from store import clauses, contents, ground, views

rules_app = typer.Typer(
    no_args_is_help=True, help="Which decision rule holds for which question: show, propose, take back."
)


@rules_app.command("show")
def show(
    slug: SlugArgument, state: StateOption = None, lang: LanguageOption = Language.EN, as_json: JsonOption = False
) -> None:
    """Show the ground rules as they hold, and what was put to the parties."""
    screen = Screen(lang, as_json)

    async def read() -> tuple[list[ground.Rule], list[ground.Question]]:
        async with context.database(context.settings(state=state)) as db:
            await views.covenant(db, slug)
            return await ground.rules(db, slug), await ground.questions(db, slug)

    rules, questions = context.run(read())
    if as_json:
        screen.emit(
            {
                "rules": [{"matter": m, "rule": rule, "since": since} for m, rule, since in rules],
                "questions": [one.row for one in questions],
            }
        )
        return
    screen.table(
        [column("vraag", "question", fold=True), column("regel", "rule", fold=True), column("sinds", "since")],
        [
            (f"{MATTERS[m].pick(lang)}\n  {m}", rule_in_words(rule).pick(lang), day(since) if since else "-")
            for m, rule, since in rules
        ],
    )
    for one in questions:
        row = one.row
        outcome = (
            screen.of(row, "sentence") if row.ended_at else f"{screen.pick('open tot', 'open until')} {day(row.due_at)}"
        )
        screen.line(f"{row.no}. {one.asked.title.pick(lang)}: {outcome}")


@rules_app.command("propose")
def propose(
    slug: SlugArgument,
    matter: Annotated[Matter, typer.Argument(metavar="QUESTION", help="the kind of question, as in `show`")],
    *,
    kind: Annotated[RuleKind, typer.Option("--rule", help="the decision rule")],
    unit: Annotated[Unit, typer.Option("--unit", help="who has a vote: delegation or party")] = Unit.DELEGATION,
    threshold: Annotated[str, typer.Option("--threshold", help="of a majority, such as 2/3")] = "2/3",
    more_than: Annotated[bool, typer.Option("--more-than", help="the threshold must be exceeded")] = False,
    quorum: Annotated[str | None, typer.Option("--quorum", help="share that must have answered")] = None,
    days: Annotated[int, typer.Option("--days", help="working days to answer", min=1, max=250)] = 10,
    reason: ReasonOption = "",
    person: AsOption = "",
    act: ActOption = "",
    state: StateOption = None,
    lang: LanguageOption = Language.EN,
    as_json: JsonOption = False,
) -> None:
    """Put another rule for a kind of question to the parties; it holds once they adopt it."""
    why, key = need_reason(reason), act_id(act)
    rule = GroundRule(kind=kind, unit=unit, threshold=threshold, more_than=more_than, quorum=quorum, days=days)

    def message(who: c.Actor) -> RuleProposal:
        return RuleProposal(act=key, actor=who, matter=matter, rule=rule, reason=why)

    show_receipts(Screen(lang, as_json), [on_covenant(slug, "propose_rule", message, person, key, state)])


@rules_app.command("go-on")
def go_on(
    slug: SlugArgument,
    *,
    reason: ReasonOption = "",
    person: AsOption = "",
    act: ActOption = "",
    state: StateOption = None,
    lang: LanguageOption = Language.EN,
    as_json: JsonOption = False,
) -> None:
    """Ask the parties whether the talks go on, such as after a party left."""
    why, key = need_reason(reason), act_id(act)

    def message(who: c.Actor) -> GoOnQuestion:
        return GoOnQuestion(act=key, actor=who, reason=why)

    show_receipts(Screen(lang, as_json), [on_covenant(slug, "ask_to_go_on", message, person, key, state)])


@rules_app.command("withdraw")
def withdraw(
    slug: SlugArgument,
    no: Annotated[int, typer.Argument(metavar="NUMBER", help="of the question, as in `show`")],
    *,
    reason: ReasonOption = "",
    person: AsOption = "",
    act: ActOption = "",
    state: StateOption = None,
    lang: LanguageOption = Language.EN,
    as_json: JsonOption = False,
) -> None:
    """Take a question back before it is decided."""
    why, key = need_reason(reason), act_id(act)

    def message(who: c.Actor) -> QuestionWithdrawal:
        return QuestionWithdrawal(act=key, actor=who, no=no, reason=why)

    show_receipts(Screen(lang, as_json), [on_covenant(slug, "withdraw_question", message, person, key, state)])


def fix(
    slug: SlugArgument,
    clause: Annotated[str, typer.Argument(metavar="CLAUSE", help="the id of a clause, as in `polder text`")],
    *,
    nl: Annotated[str | None, typer.Option("--nl", help="the whole clause in Dutch, with the fix in it")] = None,
    en: Annotated[str | None, typer.Option("--en", help="the whole clause in English")] = None,
    nl_file: Annotated[Path | None, typer.Option("--nl-file", help="the same from a file of plain text")] = None,
    en_file: Annotated[Path | None, typer.Option("--en-file", help="the same from a file of plain text")] = None,
    reason: ReasonOption = "",
    person: AsOption = "",
    act: ActOption = "",
    state: StateOption = None,
    lang: LanguageOption = Language.EN,
    as_json: JsonOption = False,
) -> None:
    """Put an editorial fix to the parties: who says nothing agrees, and one objection stops it."""
    why, key = need_reason(reason), act_id(act)
    given = {Language.NL: whole("nl", nl, nl_file), Language.EN: whole("en", en, en_file)}

    async def work() -> c.Receipt:
        async with hands(context.settings(state=state)) as with_hands:
            db = with_hands.db
            who = await facilitator(db, slug, person)
            await clauses.clause(db, slug, clause)
            current = (await views.current_texts(db, slug))[clause]
            texts = {
                name: base if given[name] is None else like(base, given[name] or "")
                for name, base in ((Language.NL, current.text_nl), (Language.EN, current.text_en))
            }
            (digest,) = await contents.put_texts(
                db, [with_commitments(Words(nl=texts[Language.NL], en=texts[Language.EN]), current)]
            )
            message = FixProposal(
                act=key, actor=c.Actor(person=who), clause=clause, base_sha=current.sha256, text_sha=digest, reason=why
            )
            return await carry(with_hands, ids.covenant_workflow(slug), "propose_fix", message, key)

    show_receipts(Screen(lang, as_json), [context.run(work())])


def absence(
    slug: SlugArgument,
    away: Annotated[str, typer.Argument(metavar="PERSON", help="the id of who is away")],
    *,
    person: AsPerson,
    until: Annotated[str | None, typer.Option("--until", help="the last day, YYYY-MM-DD; none means back")] = None,
    substitute: Annotated[str | None, typer.Option("--substitute", help="who has their mandates until then")] = None,
    reason: ReasonOption = "",
    act: ActOption = "",
    state: StateOption = None,
    lang: LanguageOption = Language.EN,
    as_json: JsonOption = False,
) -> None:
    """Note that someone of a delegation is away until a day, or back: meanwhile their silence says nothing."""
    why, key = need_reason(reason), act_id(act)
    last = parse_date(until, "--until") if until else None

    async def work() -> c.Receipt:
        async with hands(context.settings(state=state)) as with_hands:
            who = await facilitator(with_hands.db, slug, person)
            people = await views.people(with_hands.db, slug)
            party = next(one.party for one in people if one.id == known(people, away))
            if party is None:
                raise Refusal(
                    "not_of_party",
                    f"{away} zit voor geen partij aan tafel. Verwacht: iemand van een delegatie.",
                    f"{away} sits at the table for no party. Expected: someone of a delegation.",
                    {"person": away},
                )
            message = Absence(
                act=key, actor=c.Actor(person=who), party=party, person=away, until=last, substitute=substitute,
                reason=why,
            )  # fmt: skip
            return await carry(with_hands, ids.covenant_workflow(slug), "absence", message, key)

    show_receipts(Screen(lang, as_json), [context.run(work())])


def notify(
    task: TaskArgument,
    *,
    reason: ReasonOption = "",
    person: AsOption = "",
    act: ActOption = "",
    state: StateOption = None,
    lang: LanguageOption = Language.EN,
    as_json: JsonOption = False,
) -> None:
    """Send the notice of an open task again: an address was mended, or a mail never came."""
    why, key = need_reason(reason), act_id(act)

    async def work() -> c.Receipt:
        async with hands(context.settings(state=state)) as with_hands:
            row = await views.task(with_hands.db, task)
            who = await facilitator(with_hands.db, row.covenant, person)
            message = NoticeAgain(act=key, actor=c.Actor(person=who), task=task, reason=why)
            return await carry(with_hands, row.workflow, "notify_again", message, key)

    show_receipts(Screen(lang, as_json), [context.run(work())])


MOST_REPORT = 30_000_000
LATE = Words(
    nl="De mail is nog onderweg of kwam aan; er is niets veranderd.",
    en="The mail is still on its way or arrived; nothing was changed.",
)
PAST = Words(
    nl="Op een antwoord op deze mail wordt niet meer gewacht; er is niets veranderd.",
    en="An answer to this mail is no longer waited for; nothing was changed.",
)


def bounce(
    report: Annotated[
        typer.FileBinaryRead, typer.Argument(help="the mail server's report (RFC 3464); - reads it from a mail program")
    ],
    *,
    state: StateOption = None,
    lang: LanguageOption = Language.EN,
    as_json: JsonOption = False,
) -> None:
    """Take in a mail that came back: where silence agrees, the clock of who was not reached stands still."""

    async def work() -> Returned:
        async with hands(context.settings(state=state)) as with_hands:
            return await bounced(with_hands.client, with_hands.db, report.read(MOST_REPORT))

    screen, done = Screen(lang, as_json), context.run(work())
    if done.receipt is not None:
        show_receipts(screen, [done.receipt])
        return
    if as_json:
        screen.emit({"mail": done.mail.id if done.mail is not None else None})
        return
    said = LATE if done.mail is None else PAST
    screen.say(said.nl, said.en)


COMMANDS = {"bounce": bounce, "notify": notify, "ground-rules": rules_app, "fix": fix, "absence": absence}
