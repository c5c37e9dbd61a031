"""`polder comment` and `polder comments`: what is said about clauses, each in its lane."""

from typing import Annotated

import typer

from cli import context
from cli.acting import act_id, carry, facilitator, hands, known, show_receipts
from cli.options import ActOption, JsonOption, LanguageOption, SlugArgument, StateOption
from cli.showing import Screen, column, moment
from models import contracts as c
from models import ids
from models.enums import Lane, Language
from models.errors import NotFound
from rules.calendar import local_date
from rules.labels import LANES, label
from store import comments as kept
from store import views

AsPerson = Annotated[str, typer.Option("--as", help="a person id")]


def comment(
    slug: SlugArgument,
    clause: Annotated[str, typer.Argument(metavar="CLAUSE", help="the id of a clause, as in `polder text`")],
    *,
    person: AsPerson,
    lane: Annotated[Lane, typer.Option("--lane", help="who reads it")],
    text: Annotated[str, typer.Option("--text", help="what you say; it never enters the record, its hash does")],
    reply_to: Annotated[str | None, typer.Option("--reply-to", help="the id of a comment")] = None,
    party: Annotated[str | None, typer.Option("--party", help="whom the facilitator writes to")] = None,
    act: ActOption = "",
    state: StateOption = None,
    lang: LanguageOption = Language.EN,
    as_json: JsonOption = False,
) -> None:
    """Comment on a clause: to your delegation, your constituency, the table, or the facilitator."""
    key = act_id(act)

    async def work() -> c.Receipt:
        async with hands(context.settings(state=state)) as with_hands:
            who = await facilitator(with_hands.db, slug, person)
            digest = await kept.put(with_hands.db, text, key)
            message = c.Comment(
                act=key, actor=c.Actor(person=who), clause=clause, lane=lane, party=party, reply_to=reply_to,
                text_sha=digest,
            )  # fmt: skip
            return await carry(with_hands, ids.covenant_workflow(slug), "comment", message, key)

    show_receipts(Screen(lang, as_json), [context.run(work())])


def comments(
    slug: SlugArgument,
    clause: Annotated[str | None, typer.Argument(metavar="[CLAUSE]", help="one clause; all when empty")] = None,
    *,
    person: AsPerson,
    state: StateOption = None,
    lang: LanguageOption = Language.EN,
    as_json: JsonOption = False,
) -> None:
    """Show the comments that a person may read."""
    screen = Screen(lang, as_json)

    async def read() -> list[kept.CommentView]:
        async with context.database(context.settings(state=state)) as db:
            covenant = await views.covenant(db, slug)
            who = known(await views.people(db, slug), person)
            if clause is not None:
                _check_clause(clause, [row.id for row in (await views.view(db, slug)).clauses])
            reader = await kept.viewer(db, slug, who, local_date(covenant.moved_at))
            return await kept.comments(db, slug, clause, reader)

    found = context.run(read())
    if as_json:
        screen.emit(found)
    elif not found:
        screen.say("Geen opmerkingen.", "No comments.")
    else:
        screen.table(
            [column("wanneer", "when"), column("artikel", "clause", fold=True), column("wie", "who", fold=True),
             column("kring", "lane"), column("opmerking (en id)", "comment (and id)", fold=True)],
            [(moment(one.at), f"{one.clause} v{one.version}", _who(one), label(LANES, one.lane, lang),
              f"{one.text or '-'}\n  {one.id}") for one in found],
        )  # fmt: skip


def _who(one: kept.CommentView) -> str:
    return f"{one.name}\n{one.party}" if one.party else one.name


def _check_clause(clause: str, clauses: list[str]) -> None:
    if clause not in clauses:
        raise NotFound(
            "clause_not_found",
            f"Artikel {clause} bestaat niet. Verwacht: {', '.join(clauses)}.",
            f"There is no clause {clause}. Expected: {', '.join(clauses)}.",
            {"clause": clause},
        )


COMMANDS = {"comment": comment, "comments": comments}
