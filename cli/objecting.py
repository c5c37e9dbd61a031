"""`polder objections`, `objection lift`, `red-line tell|drop|list` and `outlook`: what stands between the parties."""

from typing import Annotated, Literal

import typer

from cli import context
from cli.acting import act_id, carry, facilitator, hands, known, need_reason, on_covenant, show_receipts
from cli.options import ActOption, JsonOption, LanguageOption, ReasonOption, SlugArgument, StateOption
from cli.showing import Screen, column, day, moment
from models import contracts as c
from models import ids
from models.enums import Language, Stance
from models.errors import Refusal
from models.objecting import ObjectionLift, RedLineDrop, RedLineTelling, RedLineText
from models.outlook import Outlook
from models.tables import Clause
from rules import access
from rules.calendar import local_date
from rules.labels import CLAUSES, GROUNDS, OBJECTIONS, label
from rules.movement import left_words
from rules.objecting import reads_red_lines
from store import accounts, outlook, rounds, views
from store import objections as reads
from store import red_lines as lines
from store.engine import Database

AsPerson = Annotated[str, typer.Option("--as", help="a person id")]
ClauseArgument = Annotated[str, typer.Argument(metavar="CLAUSE", help="the id of a clause, as in `polder text`")]

objection_app = typer.Typer(no_args_is_help=True, help="The objection of your party: lift it.")
red_line_app = typer.Typer(no_args_is_help=True, help="What your party cannot accept, for the facilitator alone.")


async def reader(db: Database, slug: str, person: str) -> access.Viewer:
    """Return who reads, when they may read the text.

    Raises:
        NotFound: no such covenant or person.
        Forbidden: `not_yours`.
    """
    await views.covenant(db, slug)
    people = await views.people(db, slug)
    email = next(one.email for one in people if one.id == known(people, person)).lower()
    viewer = access.Viewer(email, await accounts.seats(db, email, slug))
    access.need(viewer, access.Page.TEXT)
    return viewer


def objections(
    slug: SlugArgument,
    *,
    person: AsPerson,
    every: Annotated[bool, typer.Option("--all", help="also those that were lifted or overruled")] = False,
    state: StateOption = None,
    lang: LanguageOption = Language.EN,
    as_json: JsonOption = False,
) -> None:
    """Show which objections stand: whose, on what ground, what would lift them, since when."""
    screen = Screen(lang, as_json)

    async def read() -> tuple[list[reads.Raised], dict[str, Clause]]:
        async with context.database(context.settings(state=state)) as db:
            viewer = await reader(db, slug, person)
            hidden = await rounds.hidden_from(db, slug, viewer)
            clauses = (await views.view(db, slug)).clauses
            found = await reads.objections(db, slug, open_only=not every, hidden=hidden, own=[viewer.party])
            return found, {one.id: one for one in clauses}

    found, clauses = context.run(read())
    if as_json:
        screen.emit([{**one.row.model_dump(mode="json"), "number": clauses[one.row.clause].number} for one in found])
    elif not found:
        screen.say("Er staat geen bezwaar open.", "No objection is open.")
    else:
        screen.table(
            [column("sinds", "since"), column("artikel", "clause", fold=True), column("wie", "who", fold=True),
             column("staat", "status"), column("grond", "ground"), column("weg als", "lifted if", fold=True)],
            [(day(one.row.at), f"{clauses[one.row.clause].number} {one.row.clause}", screen.of(one.party, "name"),
              label(OBJECTIONS, one.row.status, lang), label(GROUNDS, one.row.ground or "-", lang),
              one.row.lift or "-") for one in found],
        )  # fmt: skip


@objection_app.command("lift")
def lift(
    slug: SlugArgument,
    clause: ClauseArgument,
    *,
    person: AsPerson,
    stance: Annotated[Stance, typer.Option("--stance", help="agree, reservation or abstain")],
    reason: ReasonOption = "",
    act: ActOption = "",
    state: StateOption = None,
    lang: LanguageOption = Language.EN,
    as_json: JsonOption = False,
) -> None:
    """Lift the objection of your party to a clause, and say where it stands now on the text as it is."""
    key, why = act_id(act), need_reason(reason)
    if stance not in {Stance.AGREE, Stance.RESERVATION, Stance.ABSTAIN}:
        raise Refusal(
            "wrong_options",
            f"Met {stance} heft u geen bezwaar op. Verwacht: --stance agree, reservation of abstain.",
            f"{stance} lifts no objection. Expected: --stance agree, reservation or abstain.",
            {"stance": stance},
        )
    now: Literal[Stance.AGREE, Stance.RESERVATION, Stance.ABSTAIN] = stance

    async def work() -> c.Receipt:
        async with hands(context.settings(state=state)) as with_hands:
            await facilitator(with_hands.db, slug, person)
            texts = await views.current_texts(with_hands.db, slug)
            message = ObjectionLift(
                act=key, actor=c.Actor(person=person), clause=clause, stance=now, reason=why,
                sha256=texts[clause].sha256 if clause in texts else "0" * 64,
            )  # fmt: skip
            return await carry(with_hands, ids.covenant_workflow(slug), "lift_objection", message, key)

    show_receipts(Screen(lang, as_json), [context.run(work())])


@red_line_app.command("tell")
def tell(
    slug: SlugArgument,
    text: Annotated[str, typer.Argument(metavar="TEXT", help="what your party cannot accept")],
    *,
    person: AsPerson,
    clause: Annotated[str | None, typer.Option("--clause", help="one clause; the whole covenant when empty")] = None,
    act: ActOption = "",
    state: StateOption = None,
    lang: LanguageOption = Language.EN,
    as_json: JsonOption = False,
) -> None:
    """Tell the facilitator, and nobody else, what your party cannot accept."""
    key, words = act_id(act), RedLineText(clause=clause, text=text)

    async def work() -> c.Receipt:
        async with hands(context.settings(state=state)) as with_hands:
            await facilitator(with_hands.db, slug, person)
            digest = await lines.put(with_hands.db, words, key)
            message = RedLineTelling(act=key, actor=c.Actor(person=person), text_sha=digest)
            return await carry(with_hands, ids.covenant_workflow(slug), "tell_red_line", message, key)

    show_receipts(Screen(lang, as_json), [context.run(work())])


@red_line_app.command("drop")
def drop(
    slug: SlugArgument,
    red_line: Annotated[str, typer.Argument(metavar="RED_LINE", help="an id from `polder red-line list`")],
    *,
    person: AsPerson,
    act: ActOption = "",
    state: StateOption = None,
    lang: LanguageOption = Language.EN,
    as_json: JsonOption = False,
) -> None:
    """Hold to a red line of your party no longer."""
    message = RedLineDrop(act=act_id(act), actor=c.Actor(person=person), red_line=red_line)
    receipt = on_covenant(slug, "drop_red_line", lambda _: message, person, message.act, state)
    show_receipts(Screen(lang, as_json), [receipt])


@red_line_app.command("list")
def list_red_lines(
    slug: SlugArgument,
    *,
    person: AsPerson,
    state: StateOption = None,
    lang: LanguageOption = Language.EN,
    as_json: JsonOption = False,
) -> None:
    """Show the red lines that a person may read: those of the own party; all of them for the facilitator."""
    screen = Screen(lang, as_json)

    async def read() -> list[lines.Told]:
        async with context.database(context.settings(state=state)) as db:
            viewer = await reader(db, slug, person)
            today = local_date((await views.covenant(db, slug)).moved_at)
            return await lines.red_lines(db, slug, of=reads_red_lines(viewer, today))

    found = context.run(read())
    if as_json:
        screen.emit([{**one.row.model_dump(mode="json"), "text": one.text} for one in found])
    elif not found:
        screen.say("Geen breekpunten die u mag lezen.", "No red lines that you may read.")
    else:
        screen.table(
            [column("wanneer", "when"), column("wie", "who", fold=True), column("artikel", "clause"),
             column("breekpunt (en id)", "red line (and id)", fold=True)],
            [(moment(one.row.at), screen.of(one.party, "name"), one.row.clause or "-", f"{one.text}\n{one.row.id}")
             for one in found],
        )  # fmt: skip


def show_outlook(
    slug: SlugArgument,
    *,
    person: AsPerson,
    state: StateOption = None,
    lang: LanguageOption = Language.EN,
    as_json: JsonOption = False,
) -> None:
    """Show what still stands between the parties and an agreement, and an indication of the rounds that takes."""
    screen = Screen(lang, as_json)

    async def read() -> Outlook:
        async with context.database(context.settings(state=state)) as db:
            viewer = await reader(db, slug, person)
            hidden = await rounds.hidden_from(db, slug, viewer)
            return await outlook.look_ahead(db, slug, hidden=hidden, own=viewer.party or "")

    found = context.run(read())
    if as_json:
        screen.emit(found)
        return
    screen.line(found.sentence.pick(lang))
    if found.least is not None:
        screen.line(found.least.pick(lang))
    if found.gaps:
        screen.table(
            [column("artikel", "clause", fold=True), column("staat", "status"),
             column("wat er nog nodig is", "what is still needed", fold=True), column("minste steun", "least support")],
            [(f"{one.number}. {one.title.pick(lang)}", label(CLAUSES, one.status, lang), one.sentence.pick(lang),
              f"{one.lowest.name.pick(lang)}: {one.lowest.behind}/{one.lowest.seated}" if one.lowest else "-")
             for one in found.gaps],
        )  # fmt: skip
    _show_left(screen, found)
    screen.line(found.forecast_words.pick(lang))
    for one in found.forecast.assumptions if found.forecast else []:
        screen.line(f"- {one.pick(lang)}", style="dim")


def _show_left(screen: Screen, found: Outlook) -> None:
    """Show what each round left open, by party and by clause, and in all."""
    columns = [
        column(f"na ronde {one.round}", f"after round {one.round}") if one.round else column("nu", "now")
        for one in found.rounds
    ]
    lines = [(found.names[key].pick(screen.language), [one.parties.get(key) for one in found.rounds])
             for key in found.names]  # fmt: skip
    lines += [(f"{screen.pick('artikel', 'clause')} {number}", [one.clauses.get(key) for one in found.rounds])
              for key, number in found.numbers.items()]  # fmt: skip
    rows = [(name, *(left_words(one).pick(screen.language) for one in counts)) for name, counts in lines if any(counts)]
    total = (screen.pick("samen", "in all"), *(left_words(one.total).pick(screen.language) for one in found.rounds))
    screen.table([column("wat openstaat", "what is open", fold=True), *columns], [*rows, total])


COMMANDS = {
    "objections": objections, "objection": objection_app, "red-line": red_line_app, "outlook": show_outlook,
}  # fmt: skip
