"""Launching a covenant: one's launches in preparation, the list of parts, and the parts that are one form."""

import json
from contextlib import suppress
from dataclasses import replace

from fastapi import APIRouter
from fastapi.responses import RedirectResponse, Response
from starlette.status import HTTP_303_SEE_OTHER, HTTP_409_CONFLICT, HTTP_422_UNPROCESSABLE_CONTENT

from acts.launching import launch as launch_it
from acts.launching import launched_by, opened
from models.enums import Matter
from models.errors import Conflict, InvalidFile, NotFound, PolderError, Refusal
from models.ground import GroundRule
from models.playbook import Playbook
from rules.access import Deed, Page
from rules.calendar import local_date
from rules.ground_rules import ladder_in_words, reminders_in_words, rule_in_words
from rules.matters import MATTERS, complete, of_book
from rules.playbooks import DECIDING, fact_values
from runtime.files import checked_playbook, find_covenant, find_playbook, list_sectors, load_covenant, uploaded_playbook
from store import accounts
from web.forms import Filled, sent, typed, upload
from web.launching import fields
from web.launching import state as states
from web.launching.showing import after, go, shown, typed_before
from web.launching.state import LaunchState, Look, here, look
from web.rendering import page
from web.routes import launch_preview
from web.visiting import V, Visit

router = APIRouter(include_in_schema=False)

BLANK = "empty"


def sectors() -> list[tuple[str, Playbook]]:
    """Return the sectors that come with Polder, with their playbooks."""
    return [(name, checked_playbook(find_playbook(name))) for name in list_sectors()]


# --- my launches ------------------------------------------------------------------------------------------------------


@router.get("/launch")
async def launches(visit: V) -> Response:
    """Show what is in preparation, and offer to begin."""
    await visit.need(Page.LAUNCH)
    return await _launches(visit, Filled())


async def _launches(visit: Visit, f: Filled, status: int = 200) -> Response:
    mine = []
    for draft in await accounts.drafts(visit.site.db, visit.me, "/launch/"):
        launch = draft.form.removeprefix("/launch/")
        if states.ID.fullmatch(launch):
            with suppress(NotFound):
                mine.append((launch, states.read(draft.content), draft.at))
    return page(visit, "launch/mine.html.j2", status=status, f=f, mine=mine, sectors=sectors())


@router.post("/launch")
async def begin(visit: V) -> Response:
    """Begin a launch, from the sample of a sector or with its playbook only."""
    await visit.need_deed(Deed.LAUNCH)
    f = await typed(visit.request)
    if f.get("sector") not in list_sectors():
        f.wrong("sector", "Kies een sector.", "Choose a sector.")
    if f.get("with") not in {"sample", BLANK}:
        f.wrong("with", "Kies waarmee u begint.", "Choose what to begin with.")
    if not f.fine:
        return await _launches(visit, f, HTTP_422_UNPROCESSABLE_CONTENT)
    state = LaunchState()
    states.take_playbook(state, checked_playbook(find_playbook(f.get("sector"))))
    _content(state, f.get("with"), visit)
    return go(await states.start(visit, state))


def _content(state: LaunchState, what: str, visit: Visit) -> None:
    if what == "sample":
        states.take_sample(state, load_covenant(find_covenant(str(state.playbook["sector"]))), visit.me)
    else:
        states.take_nothing(state, visit.me, visit.language)


@router.get("/launch/{launch}")
async def index(visit: V, launch: str) -> Response:
    """Show the parts of a launch and which of them are complete."""
    await visit.need(Page.LAUNCH)
    state = await states.peek(visit, launch)
    if state.launched:
        return RedirectResponse(f"/c/{state.launched}", HTTP_303_SEE_OTHER)
    return shown(visit, "index", launch, await look(visit, launch, state), Filled())


@router.post("/launch/{launch}")
async def discard(visit: V, launch: str) -> Response:
    """Throw a launch in preparation away."""
    await visit.need_deed(Deed.LAUNCH)
    await states.peek(visit, launch)
    f = await typed(visit.request)
    if f.get("do") == "discard":
        await states.forget(visit, launch, whole=True)
    return RedirectResponse("/launch", HTTP_303_SEE_OTHER)


# --- the playbook -----------------------------------------------------------------------------------------------------


@router.get("/launch/{launch}/playbook")
async def playbook(visit: V, launch: str) -> Response:
    """Offer the playbooks."""
    await visit.need(Page.LAUNCH)
    state = await states.load(visit, launch)
    f = Filled({"sector": [str(state.playbook.get("sector", ""))], "with": ["keep"]})
    return await _playbook(visit, launch, state, f)


async def _playbook(visit: Visit, launch: str, state: LaunchState, f: Filled, status: int = 200) -> Response:
    seen = await look(visit, launch, state)
    fields.say(f, seen.on("playbook"), [], {})
    return shown(visit, "playbook", launch, seen, f, status=status, sectors=sectors())


@router.post("/launch/{launch}/playbook")
async def choose_playbook(visit: V, launch: str) -> Response:
    """Take another playbook, of a sector or a file; with its sample if asked."""
    await visit.need_deed(Deed.LAUNCH)
    state = await states.load(visit, launch)
    f = await typed(visit.request)
    if f.get("do") == "back":
        await states.change(visit, launch, _put_back)
        return go(launch, "playbook")
    book: Playbook | None = None
    try:
        file = await upload(f, "file")
        if file is not None:
            book = uploaded_playbook(file[0], file[2])
        elif f.get("sector") != state.playbook.get("sector"):
            book = checked_playbook(find_playbook(f.get("sector")))
    except (InvalidFile, NotFound, Refusal) as error:
        f.refuse(error, {"invalid_file": "file", "bad_file": "file", "unknown_sector": "sector"})
        return await _playbook(visit, launch, state, f, HTTP_422_UNPROCESSABLE_CONTENT)
    try:
        sample = load_covenant(find_covenant((book.sector if book else "") or str(state.playbook.get("sector"))))
    except NotFound as error:
        if f.get("with") == "sample":
            f.refuse(error, {"unknown_sector": "with", "no_covenant": "with"})
            return await _playbook(visit, launch, state, f, HTTP_422_UNPROCESSABLE_CONTENT)

    def alter(now: LaunchState) -> None:
        if book is not None:
            states.take_playbook(now, book)
        if f.get("with") == "sample":
            states.take_sample(now, sample, visit.me)
        now.saw("playbook")

    await states.change(visit, launch, alter)
    return go(launch, after("playbook"))


def _put_back(state: LaunchState) -> None:
    for name in ("playbook", "covenant"):
        kept = state.dropped.pop(name, [])
        if kept:
            setattr(state, name, kept[0])


# --- the covenant -----------------------------------------------------------------------------------------------------


@router.get("/launch/{launch}/covenant")
async def covenant(visit: V, launch: str, check: str = "") -> Response:
    """Ask for name, titles, start, facts and thresholds."""
    await visit.need(Page.LAUNCH)
    state = await states.load(visit, launch)
    f = await typed_before(visit, here(launch, "covenant"), fields.fill_covenant(state))
    seen = await look(visit, launch, state)
    return _covenant(visit, launch, seen, f, say=bool(check) or "covenant" in state.seen)


def _covenant(visit: Visit, launch: str, seen: Look, f: Filled, *, say: bool, status: int = 200) -> Response:
    book = seen.examined.playbook
    facts = [(fact, [(json.dumps(value), value) for value in fact_values(fact)]) for fact in book.facts]
    if say:
        fields.say(f, seen.on("covenant"), _covenant_names(book), {})
    return shown(visit, "covenant", launch, seen, f, status=status, facts=facts)


def _covenant_names(book: Playbook) -> list[str]:
    return [
        *fields.COVENANT, "include", *(f"facts.{fact.id}" for fact in book.facts),
        *(f"book.{name}" for name in fields.BOOK), "book.entry_into_force.first_of_month",
    ]  # fmt: skip


@router.post("/launch/{launch}/covenant")
async def save_covenant(visit: V, launch: str) -> Response:
    """Keep what was typed; go on when nothing is wrong with it."""
    await visit.need_deed(Deed.LAUNCH)
    f = await typed(visit.request)

    def alter(state: LaunchState) -> None:
        fields.read_covenant(state, f, states.survey(state, local_date(visit.now)).examined.playbook.facts)
        state.saw("covenant")

    state = await states.change(visit, launch, alter)
    await sent(visit, here(launch, "covenant"))
    seen = await look(visit, launch, state)
    if seen.on("covenant"):
        again = Filled(fields.fill_covenant(state))
        return _covenant(visit, launch, seen, again, say=True, status=HTTP_422_UNPROCESSABLE_CONTENT)
    return go(launch, after("covenant"))


# --- the ground rules -------------------------------------------------------------------------------------------------


@router.get("/launch/{launch}/rules")
async def rules(visit: V, launch: str, check: str = "") -> Response:
    """Ask for the rules that hold where a step says nothing else."""
    await visit.need(Page.LAUNCH)
    state = await states.load(visit, launch)
    f = await typed_before(visit, here(launch, "rules"), fields.fill_rules(state))
    seen = await look(visit, launch, state)
    return _rules(visit, launch, seen, f, say=bool(check) or "rules" in state.seen)


def _rules(visit: Visit, launch: str, seen: Look, f: Filled, *, say: bool, status: int = 200) -> Response:
    book, raw = seen.examined.playbook, seen.state.playbook
    own = []
    for step, item in zip(book.steps, seen.state.shelf("steps"), strict=True):
        said = [rule_in_words(step.rule)] if step.rule and step.kind in DECIDING else []
        said += [reminders_in_words(step.reminders)] if step.reminders is not None else []
        said += [ladder_in_words(step.ladder)] if step.ladder is not None else []
        if said:
            own.append((str(item["key"]), step.title, said))
    defaults = book.defaults
    if say:
        names = [*fields.fill_rules(seen.state), "defaults.ladder.reminder", "defaults.ladder.end"]
        fields.say(f, seen.of("rules", ""), names, raw)
    held = of_book(book)
    matters = [
        (matter, MATTERS[matter], rule_in_words(held[matter]), matter in book.ground_rules, seen.of("rules", matter))
        for matter in Matter
    ]
    return shown(
        visit, "rules", launch, seen, f, status=status, own=own, matters=matters,
        said=[rule_in_words(defaults.rule), reminders_in_words(defaults.reminders), ladder_in_words(defaults.ladder)],
    )  # fmt: skip


@router.post("/launch/{launch}/rules")
async def save_rules(visit: V, launch: str) -> Response:
    """Keep the ground rules; go on when nothing is wrong with them."""
    await visit.need_deed(Deed.LAUNCH)
    f = await typed(visit.request)

    def alter(state: LaunchState) -> None:
        fields.read_rules(state, f)
        state.saw("rules")

    state = await states.change(visit, launch, alter)
    await sent(visit, here(launch, "rules"))
    seen = await look(visit, launch, state)
    if seen.of("rules", ""):
        again = Filled(fields.fill_rules(state))
        again.values["defaults.reminders"] = [f.get("defaults.reminders")]
        return _rules(visit, launch, seen, again, say=True, status=HTTP_422_UNPROCESSABLE_CONTENT)
    return go(launch, after("rules"))


@router.get("/launch/{launch}/rules/{matter}")
async def matter(visit: V, launch: str, matter: Matter, check: str = "") -> Response:
    """Ask which rule holds for one kind of question."""
    await visit.need(Page.LAUNCH)
    state = await states.load(visit, launch)
    seen = await look(visit, launch, state)
    kept = await typed_before(
        visit, here(launch, "rules", matter), fields.fill_matter(state, matter, _follows(seen, matter))
    )
    return _matter(visit, launch, matter, seen, kept, say=bool(check))


def _follows(seen: Look, matter: Matter) -> GroundRule:
    book = seen.examined.playbook
    others = {one: rule for one, rule in book.ground_rules.items() if one is not matter}
    return complete(others, book.steps, book.defaults.rule)[matter]


def _matter(
    visit: Visit, launch: str, matter: Matter, seen: Look, f: Filled, *, say: bool, status: int = 200
) -> Response:
    if say:
        fields.say(f, seen.of("rules", matter), [*f.values], {})
    return shown(
        visit, "matter", launch, seen, f, status=status, matter=matter, kind=MATTERS[matter],
        follows=rule_in_words(_follows(seen, matter)),
    )  # fmt: skip


@router.post("/launch/{launch}/rules/{matter}")
async def save_matter(visit: V, launch: str, matter: Matter) -> Response:
    """Keep the rule for one kind of question; back to all of them when nothing is wrong with it."""
    await visit.need_deed(Deed.LAUNCH)
    f = await typed(visit.request)
    state = await states.change(visit, launch, lambda now: fields.read_matter(now, matter, f))
    await sent(visit, here(launch, "rules", matter))
    seen = await look(visit, launch, state)
    if seen.of("rules", matter):
        again = Filled(fields.fill_matter(state, matter, _follows(seen, matter)))
        return _matter(visit, launch, matter, seen, again, say=True, status=HTTP_422_UNPROCESSABLE_CONTENT)
    return go(launch, "rules", query="#matters")


# --- the start --------------------------------------------------------------------------------------------------------


@router.post("/launch/{launch}/start")
async def start(visit: V, launch: str) -> Response:
    """Launch the covenant, once: whoever presses again, here or in another tab, comes to the same covenant."""
    await visit.need_deed(Deed.LAUNCH)
    state = await states.peek(visit, launch)
    if state.launched:
        return _to(state.launched)
    client = await visit.site.client()
    if state.launching and await launched_by(client, state.launching, launch):
        return await _started(visit, launch, state.launching)
    seen = await look(visit, launch, state)
    prepared = seen.examined.prepared
    if prepared is None or seen.found:
        return await launch_preview.preview_page(visit, launch, seen, status=HTTP_422_UNPROCESSABLE_CONTENT)

    def claim(now: LaunchState) -> None:
        busy = now.launching_at is not None and (visit.now - now.launching_at).total_seconds() < 60  # noqa: PLR2004
        if now.launching not in {None, prepared.slug} and busy:
            raise Conflict(
                "launching",
                f"Het convenant wordt al gestart als {now.launching}. Verwacht: wacht een minuut en kijk opnieuw.",
                f"The covenant is being launched as {now.launching}. Expected: wait a minute and look again.",
            )
        now.launching, now.launching_at = prepared.slug, visit.now

    try:
        await states.change(visit, launch, claim)
        await launch_it(client, visit.site.db, prepared, task_queue=visit.site.settings.task_queue, act_id=launch)
    except Conflict as error:
        if error.code == "launched_already":  # the other tab was a moment sooner
            return _to(error.evidence["slug"])
        if error.code != "slug_taken":
            raise
        seen = replace(seen, found=[states.taken(prepared.slug)])
        again = Filled(fields.fill_covenant(state))
        return _covenant(visit, launch, seen, again, say=True, status=HTTP_409_CONFLICT)
    return await _started(visit, launch, prepared.slug)


async def _started(visit: Visit, launch: str, slug: str) -> Response:
    def done(state: LaunchState) -> None:
        title = state.covenant.get("title")
        state.covenant, state.playbook, state.dropped, state.sheets = {"title": title}, {}, {}, {}
        state.launched = slug

    try:
        await states.change(visit, launch, done)
    except PolderError as error:
        if error.code != "launched_already":
            raise
    await states.forget(visit, launch, whole=False)
    await opened(visit.site.db, slug, local_date(visit.now))
    return _to(slug)


def _to(slug: str) -> RedirectResponse:
    return RedirectResponse(f"/c/{slug}?done=1", HTTP_303_SEE_OTHER)
