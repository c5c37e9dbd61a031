"""`polder papers`, `polder paper add|get` and `polder widen`: papers in lanes, and moving what is one's own wider."""

from pathlib import Path
from typing import Annotated

import typer

from acts import filing
from cli import context
from cli.acting import act_id, carry, hands, known, need_reason, show_receipts
from cli.answering import read_bytes
from cli.options import ActOption, JsonOption, LanguageOption, ReasonOption, SlugArgument, StateOption
from cli.showing import Screen, column, moment
from models import contracts as c
from models import ids
from models.enums import Lane, Language
from models.errors import NotFound, Refusal
from models.filing import PaperAdding, Widening
from models.papers import LaneQuestion
from rules import lanes
from rules.calendar import local_date
from rules.labels import LANES, label
from store import comments, contents, papers, views
from store.engine import Database

AsPerson = Annotated[str, typer.Option("--as", help="a person id")]
LaneOption = Annotated[Lane, typer.Option("--lane", help="who reads it")]

paper_app = typer.Typer(no_args_is_help=True, help="A paper in a lane: add, get, publish.")


async def _reader(db: Database, slug: str, person: str) -> lanes.Viewer:
    covenant = await views.covenant(db, slug)
    who = known(await views.people(db, slug), person)
    return await comments.viewer(db, slug, who, local_date(covenant.moved_at))


def list_papers(
    slug: SlugArgument, *, person: AsPerson, state: StateOption = None, lang: LanguageOption = Language.EN,
    as_json: JsonOption = False,
) -> None:  # fmt: skip
    """List the papers that a person may read."""
    screen = Screen(lang, as_json)

    async def read() -> list[papers.PaperView]:
        async with context.database(context.settings(state=state)) as db:
            return await papers.papers(db, slug, await _reader(db, slug, person))

    found = context.run(read())
    if as_json:
        screen.emit(found)
    elif not found:
        screen.say("Geen stukken.", "No papers.")
    else:
        screen.table(
            [column("wanneer", "when"), column("wie", "who", fold=True), column("kring", "lane"),
             column("stuk (en id)", "paper (and id)", fold=True)],
            [(moment(one.at), one.name, label(LANES, one.lane, lang), f"{one.text.title}\n  {one.id}")
             for one in found],
        )  # fmt: skip


@paper_app.command("add")
def add(
    slug: SlugArgument,
    *,
    person: AsPerson,
    lane: LaneOption,
    title: Annotated[str, typer.Option("--title", help="what it is called")],
    note: Annotated[str, typer.Option("--note", help="words")] = "",
    file: Annotated[Path | None, typer.Option("--file", help="a document")] = None,
    party: Annotated[str | None, typer.Option("--party", help="whom an office writes to in confidence")] = None,
    act: ActOption = "",
    state: StateOption = None,
    lang: LanguageOption = Language.EN,
    as_json: JsonOption = False,
) -> None:
    """Put a note or a document in a lane."""
    key = act_id(act)
    if not note.strip() and file is None:
        raise Refusal(
            "wrong_options", "Verwacht: --note of --file.", "Expected: --note or --file.", {"options": "--note, --file"}
        )

    async def work() -> c.Receipt:
        async with hands(context.settings(state=state)) as with_hands:
            db = with_hands.db
            await views.covenant(db, slug)
            who = known(await views.people(db, slug), person)
            given = (read_bytes(file)[0], file.name) if file else None
            text = await filing.paper(db, title, note, given)
            message = PaperAdding(
                act=key, actor=c.Actor(person=who), lane=lane, party=party, text_sha=await papers.put(db, text, key)
            )
            return await carry(with_hands, ids.covenant_workflow(slug), "add_paper", message, key)

    show_receipts(Screen(lang, as_json), [context.run(work())])


@paper_app.command("publish")
def publish(
    slug: SlugArgument,
    *,
    person: AsPerson,
    note: Annotated[str, typer.Option("--note", help="what everybody reads with it")],
    act: ActOption = "",
    state: StateOption = None,
    lang: LanguageOption = Language.EN,
    as_json: JsonOption = False,
) -> None:
    """Make the negotiators' accord public before it is signed (facilitator). There is no way back."""
    key = act_id(act)

    async def work() -> c.Receipt:
        async with hands(context.settings(state=state)) as with_hands:
            db = with_hands.db
            text = await filing.accord(db, slug, note)
            who = known(await views.people(db, slug), person)
            message = PaperAdding(
                act=key, actor=c.Actor(person=who), lane=Lane.PUBLIC, text_sha=await papers.put(db, text, key)
            )
            return await carry(with_hands, ids.covenant_workflow(slug), "add_paper", message, key)

    show_receipts(Screen(lang, as_json), [context.run(work())])


@paper_app.command("get")
def get(
    slug: SlugArgument,
    paper: Annotated[str, typer.Argument(metavar="PAPER", help="an id from `polder papers`")],
    to: Annotated[Path, typer.Argument(metavar="FILE", help="where its document is written")],
    *,
    person: AsPerson,
    state: StateOption = None,
    lang: LanguageOption = Language.EN,
    as_json: JsonOption = False,
) -> None:
    """Write the document of a paper that a person may read."""
    screen = Screen(lang, as_json)

    async def read() -> bytes:
        async with context.database(context.settings(state=state)) as db:
            found = await papers.paper(db, slug, paper, await _reader(db, slug, person))
            if found.text.file_sha is None:
                raise NotFound("no_file", "Bij dit stuk hoort geen bestand.", "This paper has no file.")
            return await contents.get(db, found.text.file_sha)

    to.write_bytes(context.run(read()))
    screen.say(f"Geschreven: {to}", f"Written: {to}")


def widen(
    slug: SlugArgument,
    item: Annotated[str, typer.Argument(metavar="ID", help="of a paper or comment of your own party")],
    *,
    person: AsPerson,
    lane: LaneOption,
    reason: ReasonOption = "",
    act: ActOption = "",
    state: StateOption = None,
    lang: LanguageOption = Language.EN,
    as_json: JsonOption = False,
) -> None:
    """Let a wider lane read a paper or comment of your own party. There is no way back."""
    key, why = act_id(act), need_reason(reason)

    async def work() -> c.Receipt:
        async with hands(context.settings(state=state)) as with_hands:
            db = with_hands.db
            await views.covenant(db, slug)
            who = known(await views.people(db, slug), person)
            paper = await papers.found(db, LaneQuestion(covenant=slug, item="paper", id=item))
            message = Widening(
                act=key, actor=c.Actor(person=who), item="comment" if paper.lane is None else "paper", id=item,
                lane=lane, reason=why,
            )  # fmt: skip
            return await carry(with_hands, ids.covenant_workflow(slug), "widen", message, key)

    show_receipts(Screen(lang, as_json), [context.run(work())])


COMMANDS = {"papers": list_papers, "paper": paper_app, "widen": widen}
