"""`polder meetings` and `polder meeting call|show|change|cancel|report`."""

from datetime import date, datetime
from typing import Annotated, Any

import typer

from acts import agenda
from cli import context
from cli.acting import act_id, carry, facilitator, hands, known, need_reason, show_receipts
from cli.dates import parse_date, parse_moment
from cli.options import ActOption, JsonOption, LanguageOption, ReasonOption, SlugArgument, StateOption
from cli.showing import Screen, column, moment
from models import contracts as c
from models import ids
from models.base import Contract
from models.convening import MeetingCall, MeetingChange, MeetingReport, MeetingText
from models.enums import Language
from models.errors import Forbidden, Refusal
from rules import access
from rules import meetings as rules
from rules.labels import MEETINGS, label
from store import accounts, meetings, views
from store.engine import Database

AsPerson = Annotated[str, typer.Option("--as", help="a person id")]
Number = Annotated[int, typer.Argument(metavar="NO", help="the number of a meeting, as in `polder meetings`")]
Start = Annotated[str | None, typer.Option("--start", help="YYYY-MM-DDTHH:MM, Amsterdam time")]
Length = Annotated[int | None, typer.Option("--minutes", help="how long it takes")]
Title = Annotated[str | None, typer.Option("--title", help="what it is called")]
Place = Annotated[str | None, typer.Option("--place", help="where")]
Link = Annotated[str | None, typer.Option("--link", help="for who comes online: https://…")]
Point = Annotated[list[str] | None, typer.Option("--point", help="one point of the agenda; repeatable")]

meeting_app = typer.Typer(no_args_is_help=True, help="A meeting: call, show, change, cancel, report.")


class Shown(Contract):
    """A meeting as it is shown."""

    no: int
    start: datetime
    minutes: int
    status: str
    invited: list[str]
    text: MeetingText
    coming: dict[str, str]
    actions: list[str]
    minutes_status: str | None


async def _viewer(db: Database, slug: str, person: str) -> access.Viewer:
    people = await views.people(db, slug)
    email = next(one.email for one in people if one.id == known(people, person)).lower()
    viewer = access.Viewer(email, await accounts.seats(db, email, slug))
    access.need(viewer, access.Page.TEXT)
    return viewer


async def _shown(db: Database, slug: str, no: int) -> Shown:
    found = await meetings.meeting(db, slug, no)
    return Shown(
        no=no, start=found.row.start_at, minutes=found.row.minutes, status=found.row.status, invited=found.row.invited,
        text=found.text, coming={one.task.respondent: str(one.content.get("attends", "-")) for one in found.coming},
        actions=[f"{one.task.title_en} ({one.task.respondent}, {one.task.status})" for one in found.actions],
        minutes_status=found.row.minutes_status,
    )  # fmt: skip


def list_meetings(
    slug: SlugArgument, *, person: AsPerson, state: StateOption = None, lang: LanguageOption = Language.EN,
    as_json: JsonOption = False,
) -> None:  # fmt: skip
    """List the meetings that a person may see."""
    screen = Screen(lang, as_json)

    async def read() -> list[Shown]:
        async with context.database(context.settings(state=state)) as db:
            viewer = await _viewer(db, slug, person)
            rows = [row for row, _ in await meetings.meetings(db, slug) if rules.may_see(row.invited, viewer)]
            return [await _shown(db, slug, row.no) for row in rows]

    found = context.run(read())
    if as_json:
        screen.emit(found)
    elif not found:
        screen.say("Geen overleg.", "No meetings.")
    else:
        screen.table(
            [column("nr", "no"), column("wanneer", "when"), column("overleg", "meeting", fold=True),
             column("staat", "status")],
            [(str(one.no), moment(one.start), one.text.title, label(MEETINGS, one.status, lang)) for one in found],
        )  # fmt: skip


@meeting_app.command("show")
def show(
    slug: SlugArgument, no: Number, *, person: AsPerson, state: StateOption = None,
    lang: LanguageOption = Language.EN, as_json: JsonOption = False,
) -> None:  # fmt: skip
    """Show a meeting: agenda, who comes, action points."""
    screen = Screen(lang, as_json)

    async def read() -> Shown:
        async with context.database(context.settings(state=state)) as db:
            viewer = await _viewer(db, slug, person)
            found = await _shown(db, slug, no)
            if not rules.may_see(found.invited, viewer):
                raise Forbidden(
                    "not_invited", f"Overleg {no} is niet voor {person}. Verwacht: een genodigde.",
                    f"Meeting {no} is not for {person}. Expected: someone invited.", {"meeting": str(no)},
                )  # fmt: skip
            return found

    found = context.run(read())
    if as_json:
        screen.emit(found)
        return
    screen.line(f"{found.text.title}  {moment(found.start)}  {label(MEETINGS, found.status, lang)}")
    for n, point in enumerate(found.text.agenda, 1):
        screen.line(f"{n}. {point}")
    for who, said in found.coming.items():
        screen.line(f"{who}: {said}", style="dim")
    for action in found.actions:
        screen.line(f"- {action}")


@meeting_app.command("call")
def call(
    slug: SlugArgument,
    *,
    person: AsPerson = "",
    title: Title = None,
    start: Start = None,
    minutes: Length = 120,
    invite: Annotated[list[str] | None, typer.Option("--invite", help="all, constituency, office, party")] = None,
    place: Place = None,
    link: Link = None,
    point: Point = None,
    act: ActOption = "",
    state: StateOption = None,
    lang: LanguageOption = Language.EN,
    as_json: JsonOption = False,
) -> None:
    """Call a meeting; without --point its agenda is what is open."""
    key = act_id(act)
    if not title or not start:
        raise Refusal(
            "wrong_options", "Verwacht: --title en --start.", "Expected: --title and --start.", {"options": "--title"}
        )

    async def work() -> c.Receipt:
        async with hands(context.settings(state=state)) as with_hands:
            db, who = with_hands.db, await facilitator(with_hands.db, slug, person)
            now = (await views.covenant(db, slug)).moved_at
            points = point or await agenda.proposed(db, slug, now, lang)
            text = MeetingText(title=title, place=place, link=link, agenda=points)
            message = MeetingCall(
                act=key, actor=c.Actor(person=who), start=parse_moment(start), minutes=minutes or 120,
                called=invite or ["all"], text_sha=await meetings.put(db, text, key),
            )  # fmt: skip
            return await carry(with_hands, ids.covenant_workflow(slug), "call_meeting", message, key)

    show_receipts(Screen(lang, as_json), [context.run(work())])


def _change(slug: str, no: int, person: str, key: str, state: Any, words: dict[str, Any], **more: Any) -> c.Receipt:  # noqa: ANN401 typer's own
    async def work() -> c.Receipt:
        async with hands(context.settings(state=state)) as with_hands:
            db = with_hands.db
            who = await facilitator(db, slug, person)
            found = await meetings.meeting(db, slug, no)
            text = found.text.model_copy(update={name: value for name, value in words.items() if value})
            if text != found.text:
                more["text_sha"] = await meetings.put(db, MeetingText.model_validate(text.model_dump()), key)
            message = MeetingChange.model_validate({"act": key, "actor": {"person": who}, **more})
            return await carry(with_hands, found.row.workflow, "change_meeting", message, key)

    return context.run(work())


@meeting_app.command("change")
def change(
    slug: SlugArgument,
    no: Number,
    *,
    person: AsPerson = "",
    title: Title = None,
    start: Start = None,
    minutes: Length = None,
    place: Place = None,
    link: Link = None,
    point: Point = None,
    reason: ReasonOption = "",
    act: ActOption = "",
    state: StateOption = None,
    lang: LanguageOption = Language.EN,
    as_json: JsonOption = False,
) -> None:
    """Move or change a meeting; the invited are told."""
    words = {"title": title, "place": place, "link": link, "agenda": point}
    at = parse_moment(start) if start else None
    receipt = _change(
        slug, no, person, act_id(act), state, words, reason=need_reason(reason), start=at, minutes=minutes
    )
    show_receipts(Screen(lang, as_json), [receipt])


@meeting_app.command("cancel")
def cancel(
    slug: SlugArgument, no: Number, *, person: AsPerson = "", reason: ReasonOption = "", act: ActOption = "",
    state: StateOption = None, lang: LanguageOption = Language.EN, as_json: JsonOption = False,
) -> None:  # fmt: skip
    """Cancel a meeting; the invited are told, and their calendars too."""
    receipt = _change(slug, no, person, act_id(act), state, {}, reason=need_reason(reason), cancel=True)
    show_receipts(Screen(lang, as_json), [receipt])


@meeting_app.command("report")
def report(
    slug: SlugArgument,
    no: Number,
    *,
    person: AsPerson = "",
    present: Annotated[list[str] | None, typer.Option("--present", help="who was there; repeatable")] = None,
    action: Annotated[list[str] | None, typer.Option("--action", help="OWNER=YYYY-MM-DD:TEXT; repeatable")] = None,
    reason: Annotated[str | None, typer.Option("--reason", help="why it is put on record again")] = None,
    act: ActOption = "",
    state: StateOption = None,
    lang: LanguageOption = Language.EN,
    as_json: JsonOption = False,
) -> None:
    """Put on record who was there and what was agreed to do. Minutes are delivered with `polder answer`."""
    key = act_id(act)
    actions = [_action(text) for text in action or []]

    async def work() -> c.Receipt:
        async with hands(context.settings(state=state)) as with_hands:
            who = await facilitator(with_hands.db, slug, person)
            found = await meetings.meeting(with_hands.db, slug, no)
            made = {"act": key, "actor": {"person": who}, "present": present, "actions": actions, "reason": reason}
            message = MeetingReport.model_validate(made)
            return await carry(with_hands, found.row.workflow, "report_meeting", message, key)

    show_receipts(Screen(lang, as_json), [context.run(work())])


def _action(text: str) -> dict[str, str | date]:
    owner, _, rest = text.partition("=")
    day, _, what = rest.partition(":")
    if not owner or not what:
        raise Refusal(
            "bad_action", f"'{text}' is geen actiepunt. Verwacht: WIE=2027-03-31:WAT.",
            f"'{text}' is no action point. Expected: OWNER=2027-03-31:TEXT.", {"action": text},
        )  # fmt: skip
    return {"owner": owner, "due": parse_date(day, "--action"), "text": what.strip()}


COMMANDS = {"meetings": list_meetings, "meeting": meeting_app}
