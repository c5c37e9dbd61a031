"""`polder package weigh|weights|propose|put`: what weighs for a party, and what Polder finds with it."""

from collections.abc import Sequence
from enum import StrEnum
from typing import Annotated, TypeVar

import typer

from acts import packaging
from cli import context
from cli.acting import act_id, carry, facilitator, hands, need_reason, show_receipts
from cli.objecting import AsPerson, reader
from cli.options import ActOption, AsOption, JsonOption, LanguageOption, ReasonOption, SlugArgument, StateOption
from cli.showing import Screen, column, moment
from models import contracts as c
from models import ids
from models.enums import Language
from models.errors import Refusal
from models.packages import Package
from models.packaging import PackageProposal, Weighing
from models.weighing import Matters, Weights, Worth
from rules import access
from rules.calendar import local_date
from rules.objecting import own_in_confidence
from rules.package_words import BANDS
from rules.packaging import FEWEST
from rules.weighing import MATTERS, WORTHS
from store import views, weighing
from store.engine import Database

Step = TypeVar("Step", bound=StrEnum)

package_app = typer.Typer(
    no_args_is_help=True, help="Packages over several clauses: weigh in private, find, put to the parties."
)

MATTERS_HELP = f"CLAUSE=STEP: how much a clause matters: {', '.join(Matters)}"
NOW_HELP = f"CLAUSE=STEP: what its text of now is worth: {', '.join(Worth)}"
WORTH_HELP = "AMENDMENT=STEP: what the words of an amendment are worth"


def _steps(given: Sequence[str], kind: type[Step], option: str) -> dict[str, Step]:
    """Read KEY=STEP.

    Raises:
        Refusal: `bad_step`.
    """
    found: dict[str, Step] = {}
    for one in given:
        key, _, step = one.rpartition("=")
        if not key or step not in {*kind}:
            raise Refusal(
                "bad_step",
                f"{option} {one} is niet te lezen. Verwacht: ID=STAP, met als stap {', '.join(kind)}.",
                f"{option} {one} cannot be read. Expected: ID=STEP, with a step of {', '.join(kind)}.",
                {"given": one},
            )
        found[key] = kind(step)
    return found


async def _own(db: Database, slug: str, person: str) -> tuple[str, access.Viewer]:
    viewer = await reader(db, slug, person)
    access.need_deed(viewer, access.Deed.WEIGH)
    return next(seat.party for seat in viewer.seats if seat.party is not None), viewer


@package_app.command("weigh")
def weigh(
    slug: SlugArgument,
    *,
    person: AsPerson,
    matters: Annotated[list[str] | None, typer.Option("--matters", help=MATTERS_HELP)] = None,
    now: Annotated[list[str] | None, typer.Option("--now", help=NOW_HELP)] = None,
    worth: Annotated[list[str] | None, typer.Option("--worth", help=WORTH_HELP)] = None,
    back: Annotated[bool, typer.Option("--back", help="take back what was weighed")] = False,
    act: ActOption = "",
    state: StateOption = None,
    lang: LanguageOption = Language.EN,
    as_json: JsonOption = False,
) -> None:
    """Weigh clauses and what is proposed for them; only your own delegation reads it. It replaces what was before."""
    key = act_id(act)
    clauses, texts = _steps(matters or [], Matters, "--matters"), _steps(now or [], Worth, "--now")
    proposals = _steps(worth or [], Worth, "--worth")
    if back == bool(clauses or texts or proposals):
        raise Refusal(
            "wrong_options",
            "Verwacht: --matters en --now voor elk artikel dat u weegt, of alleen --back.",
            "Expected: --matters and --now for each clause that you weigh, or --back alone.",
        )

    async def work() -> c.Receipt:
        async with hands(context.settings(state=state)) as with_hands:
            db = with_hands.db
            party, _ = await _own(db, slug, person)
            weights = Weights() if back else await packaging.weights(db, slug, clauses, texts, proposals)
            digest = await weighing.put(db, slug, party, weights, key)
            message = Weighing(act=key, actor=c.Actor(person=person), text_sha=digest)
            return await carry(with_hands, ids.covenant_workflow(slug), "weigh", message, key)

    show_receipts(Screen(lang, as_json), [context.run(work())])


@package_app.command("weights")
def weights(
    slug: SlugArgument,
    *,
    person: AsPerson,
    state: StateOption = None,
    lang: LanguageOption = Language.EN,
    as_json: JsonOption = False,
) -> None:
    """Show what your own party weighed; nobody else reads it."""
    screen = Screen(lang, as_json)

    async def read() -> weighing.Own | None:
        async with context.database(context.settings(state=state)) as db:
            party, viewer = await _own(db, slug, person)
            today = local_date((await views.covenant(db, slug)).moved_at)
            return await weighing.own(db, slug, party) if party in own_in_confidence(viewer, today) else None

    found = context.run(read())
    if as_json:
        screen.emit(
            {
                "at": found.at if found else None,
                "clauses": [one.model_dump(mode="json") for one in found.weights.clauses] if found else [],
            }
        )
    elif found is None:
        screen.say("Uw partij heeft niets gewogen.", "Your party has not weighed anything.")
    else:
        screen.line(moment(found.at), style="dim")
        screen.table(
            [column("artikel", "clause", fold=True), column("telt", "matters"), column("tekst van nu", "text of now"),
             column("voorstellen", "proposals", fold=True)],
            [(one.clause, MATTERS[one.matters].pick(lang), WORTHS[one.now].pick(lang),
              "\n".join(f"{key}: {WORTHS[said].pick(lang)}" for key, said in one.worth.items()) or "-")
             for one in found.weights.clauses],
        )  # fmt: skip


@package_app.command("propose")
def propose(
    slug: SlugArgument,
    *,
    person: AsOption = "",
    state: StateOption = None,
    lang: LanguageOption = Language.EN,
    as_json: JsonOption = False,
) -> None:
    """Look for packages, for the facilitator: which proposals together, and who gains and loses. Nothing is sent."""
    screen = Screen(lang, as_json)

    async def read() -> tuple[packaging.Weighed, list[Package]]:
        async with context.database(context.settings(state=state)) as db:
            viewer = await reader(db, slug, await facilitator(db, slug, person))
            access.need_deed(viewer, access.Deed.PUT_PACKAGE)
            return await packaging.find(db, slug)

    weighed, found = context.run(read())
    if as_json:
        screen.emit(
            {
                "silent": weighed.silent,
                "before": weighed.before,
                "enough": weighed.enough,
                "packages": [
                    {
                        **one.model_dump(mode="json", exclude={"swaps"}),
                        "picks": [pick.model_dump(mode="json") for pick in weighed.picks(one)],
                    }
                    for one in found
                ],
            }
        )
        return
    _say_who(screen, weighed)
    for nr, one in enumerate(found, start=1):
        screen.line(f"{nr}. {one.sentence.pick(lang)}")
        for band, words in BANDS.items():
            these = [weighed.parties[party].pick(lang) for party, is_ in one.bands.items() if is_ is band]
            if these:
                screen.line(f"   {words.pick(lang)}: {', '.join(these)}")
        taken = " ".join(f"--take {pick.amendment}" for pick in weighed.picks(one))
        if taken:
            screen.line(f"   polder package put {slug} {taken} --reason …", style="dim")


def _say_who(screen: Screen, weighed: packaging.Weighed) -> None:
    lang = screen.language
    if weighed.silent:
        who = ", ".join(weighed.parties[one].pick(lang) for one in weighed.silent)
        screen.say(
            f"Niet gewogen: {who}. Met hun wensen houdt een pakket geen rekening.",
            f"Not weighed: {who}. A package takes no account of their wishes.",
        )
    if weighed.before:
        who = ", ".join(weighed.parties[one].pick(lang) for one in weighed.before)
        screen.say(
            f"Voor het laatst gewogen vóór de nieuwste tekst of het nieuwste voorstel: {who}.",
            f"Weighed last before the newest text or proposal: {who}.",
        )
    if not weighed.enough:
        screen.say(
            f"Er wordt niet gezocht: er moeten woorden voorgesteld zijn, en minstens {FEWEST} partijen moeten iets "
            "wegen dat voor hen verschil maakt; met minder zou een pakket verraden wat één partij wil.",
            f"Nothing is looked for: words must be proposed, and at least {FEWEST} parties must weigh something that "
            "makes a difference to them; with fewer a package would tell what one party wants.",
        )


@package_app.command("put")
def put(
    slug: SlugArgument,
    *,
    take: Annotated[list[str], typer.Option("--take", help="an amendment whose words its clause gets")],
    reason: ReasonOption = "",
    person: AsOption = "",
    act: ActOption = "",
    state: StateOption = None,
    lang: LanguageOption = Language.EN,
    as_json: JsonOption = False,
) -> None:
    """Put a package to the parties: these amendments in, all other clauses as they are."""
    why, key = need_reason(reason), act_id(act)

    async def work() -> c.Receipt:
        async with hands(context.settings(state=state)) as with_hands:
            who = await facilitator(with_hands.db, slug, person)
            picks = await packaging.picks(with_hands.db, slug, take)
            message = PackageProposal(act=key, actor=c.Actor(person=who), picks=picks, reason=why)
            return await carry(with_hands, ids.covenant_workflow(slug), "put_package", message, key)

    show_receipts(Screen(lang, as_json), [context.run(work())])


COMMANDS = {"package": package_app}
