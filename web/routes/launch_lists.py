"""The lists of a launch, item by item: constituencies, steps, parties, people, companies, clauses."""

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import replace
from datetime import date

from fastapi import APIRouter
from fastapi.responses import Response
from pydantic import ValidationError
from starlette.status import HTTP_422_UNPROCESSABLE_CONTENT

from models.base import Words
from models.commitments import Commitment
from models.covenant import CovenantFile
from models.enums import Language, Phase, Role, StepKind
from models.errors import NotFound
from models.plan import PlannedStep
from rules.access import Deed, Page
from rules.calendar import local_date
from rules.commitments import sentence
from rules.ground_rules import RESPONDENTS
from rules.labels import OFFICES
from rules.planning import expand
from runtime.files import find_covenant, load_covenant
from web.forms import Filled, sent, typed
from web.launching import fields, plans
from web.launching import state as states
from web.launching.showing import after, go, named, shown, themes, typed_before, with_chosen
from web.launching.state import KEY, MOST_DROPPED, SHELVES, LaunchState, Look, Raw, here, look, new_key
from web.rendering import t, words
from web.visiting import V, Visit, page_number

router = APIRouter(include_in_schema=False)

SIZE = 50
"""Items of a list on one page."""

ADDRESSES = 25


def _shelf(name: str) -> None:
    if name not in SHELVES:
        raise NotFound("page_not_found", "Deze pagina bestaat niet.", "There is no such page.")


# --- every address on one page ----------------------------------------------------------------------------------------


@router.get("/launch/{launch}/addresses")
async def addresses(visit: V, launch: str, check: str = "") -> Response:
    """Show every address, to be changed in one go."""
    await visit.need(Page.LAUNCH)
    state = await states.load(visit, launch)
    return await _addresses(visit, launch, state, say=bool(check), number=page_number(visit))


async def _addresses(
    visit: Visit, launch: str, state: LaunchState, *, say: bool, number: int, status: int = 200
) -> Response:
    rows = [(shelf, item) for shelf in ("people", "participants") for item in state.shelf(shelf)]
    mine = rows[(number - 1) * ADDRESSES : number * ADDRESSES]
    values = {f"{shelf}.{item['key']}": [str(item.get("email", ""))] for shelf, item in mine}
    f = Filled(values)
    seen = await look(visit, launch, state)
    if say:
        for one in seen.found:
            name = f"{one.page}.{one.key}"
            if one.field == "email" and name in values:
                f.errors.setdefault(name, one.words)
    return shown(
        visit, "addresses", launch, seen, f, status=status, rows=mine, number=number,
        more=len(rows) > number * ADDRESSES,
    )  # fmt: skip


@router.post("/launch/{launch}/addresses")
async def save_addresses(visit: V, launch: str) -> Response:
    """Keep the addresses of one page."""
    await visit.need_deed(Deed.LAUNCH)
    f = await typed(visit.request)

    def alter(state: LaunchState) -> None:
        for shelf in ("people", "participants"):
            for item in state.shelf(shelf):
                name = f"{shelf}.{item.get('key')}"
                if name in f.values:
                    item["email"] = f.get(name).strip()

    state = await states.change(visit, launch, alter)
    number = page_number(visit)
    seen = await look(visit, launch, state)
    if any(one.field == "email" and f"{one.page}.{one.key}" in f.values for one in seen.found):
        status = HTTP_422_UNPROCESSABLE_CONTENT
        return await _addresses(visit, launch, state, say=True, number=number, status=status)
    rows = len(state.shelf("people")) + len(state.shelf("participants"))
    if rows > number * ADDRESSES:
        return go(launch, "addresses", query=f"?page={number + 1}")
    return go(launch, "people")


# --- a list -----------------------------------------------------------------------------------------------------------


@router.get("/launch/{launch}/{shelf}")
async def items(visit: V, launch: str, shelf: str) -> Response:
    """Show a list."""
    await visit.need(Page.LAUNCH)
    _shelf(shelf)
    state = await states.load(visit, launch)
    return await _items(visit, launch, shelf, state)


async def _items(visit: Visit, launch: str, shelf: str, state: LaunchState) -> Response:
    seen = await look(visit, launch, state)
    f = Filled()
    number = page_number(visit)
    start = (number - 1) * SIZE if shelf != "steps" else 0
    rows = list(states.walk(state, shelf, start, SIZE if shelf != "steps" else SHELVES[shelf].most))
    wrong: dict[str, list[states.Found]] = {}
    for one in seen.on(shelf):
        if one.key:
            wrong.setdefault(one.key, []).append(one)
        else:
            f.general.append(one.named)
    if not state.shelf(shelf) and shelf not in state.seen:
        f.general.clear()  # nothing was done here yet
    known = {str(item["key"]) for _, item in rows}
    for key, found in wrong.items():
        if key in known:
            name, said = named(state.item(shelf, key) or {}, visit.language.value)[:200], found[0].named
            f.errors[f"row.{key}"] = Words.model_construct(nl=f"{name}: {said.nl}", en=f"{name}: {said.en}")
    plan = planned(seen, local_date(visit.now)) if shelf == "steps" else {}
    return shown(
        visit, f"list_{shelf}" if shelf == "steps" else "list", launch, seen, f, shelf=SHELVES[shelf], rows=rows,
        wrong=wrong, number=number, more=len(state.shelf(shelf)) > start + SIZE and shelf != "steps", plan=plan,
        phases=list(Phase), next_page=after(shelf), who=who(seen), dropped=state.dropped.get(shelf, [])[:MOST_DROPPED],
        total=len(state.shelf(shelf)), sample=_sample(state, shelf) is not None,
        parties={str(one.get("id")): named(one, visit.language.value) for one in state.shelf("parties")},
    )  # fmt: skip


def planned(seen: Look, today: date) -> dict[str, PlannedStep]:
    """Return the dates of the steps by their ids, as far as a plan can be made."""
    if seen.examined.playbook_problems:
        return {}
    file = seen.examined.covenant
    start = max(file.start, today) if isinstance(file.start, date) else today
    plan = expand(seen.examined.playbook, facts=file.facts, include=file.include, start=start)
    return {one.key: one for one in plan}


def who(seen: Look) -> dict[str, str]:
    """Return the words for respondents."""
    found = {str(name): words(said) for name, said in RESPONDENTS.items()}
    return found | {group.id: words(group.title) for group in seen.examined.playbook.constituencies}


@router.post("/launch/{launch}/{shelf}")
async def arrange(visit: V, launch: str, shelf: str) -> Response:
    """Move, drop or put back an item."""
    await visit.need_deed(Deed.LAUNCH)
    _shelf(shelf)
    f = await typed(visit.request)
    do, _, key = f.get("do").partition(":")

    def alter(state: LaunchState) -> None:
        state.saw(shelf)
        if do in {"up", "down"}:
            _move(state.shelf(shelf), key, -1 if do == "up" else 1)
        elif do == "drop":
            _drop(state, shelf, key)
        elif do == "back":
            _back(state, shelf, key)
        elif do == "sample":
            _take_sample(state, shelf)

    await states.change(visit, launch, alter)
    number = page_number(visit)
    return go(launch, shelf, query=f"?page={number}" if number > 1 else "")


def _place(items: list[Raw], key: str) -> int | None:
    return next((place for place, one in enumerate(items) if one.get("key") == key), None)


def _move(items: list[Raw], key: str, way: int) -> None:
    """Change places with the next one of the same phase; in a list without phases, with the next one."""
    here_at = _place(items, key)
    if here_at is None:
        return
    other = here_at + way
    while 0 <= other < len(items):
        if items[other].get("phase") == items[here_at].get("phase"):
            items[here_at], items[other] = items[other], items[here_at]
            return
        other += way


def _drop(state: LaunchState, shelf: str, key: str) -> None:
    items = state.shelf(shelf)
    place = _place(items, key)
    if place is not None:
        kept = state.dropped.setdefault(shelf, [])
        kept.insert(0, {**items.pop(place), "place": place})
        del kept[MOST_DROPPED:]


def _sample(state: LaunchState, shelf: str) -> CovenantFile | None:
    """Return the sample a list can be taken from."""
    sector = str(state.playbook.get("sector", ""))
    with suppress(NotFound):
        return load_covenant(find_covenant(sector)) if not SHELVES[shelf].book else None
    return None


def _take_sample(state: LaunchState, shelf: str) -> None:
    sample = _sample(state, shelf)
    if sample is not None:
        state.dropped[shelf] = [{**one, "place": place} for place, one in enumerate(state.shelf(shelf))]
        state.covenant[shelf] = states.keyed(sample.model_dump(mode="json", exclude_none=True)[shelf])


def _back(state: LaunchState, shelf: str, key: str) -> None:
    kept = state.dropped.get(shelf, [])
    place = _place(kept, key)
    if place is not None:
        item = kept.pop(place)
        state.shelf(shelf).insert(int(item.pop("place", len(state.shelf(shelf)))), item)


# --- one item ---------------------------------------------------------------------------------------------------------


@router.get("/launch/{launch}/{shelf}/new")
async def new(visit: V, launch: str, shelf: str) -> Response:
    """Begin a new item: it gets a key of its own, so that saving it twice makes one."""
    await visit.need(Page.LAUNCH)
    _shelf(shelf)
    await states.load(visit, launch)
    phase = visit.request.query_params.get("phase", "")
    query = f"?phase={phase}" if phase in set(Phase) else ""
    return go(launch, shelf, new_key(), query=query)


@router.get("/launch/{launch}/{shelf}/{key}")
async def item(visit: V, launch: str, shelf: str, key: str) -> Response:
    """Show one item."""
    await visit.need(Page.LAUNCH)
    _known(shelf, key)
    state = await states.load(visit, launch)
    raw = state.item(shelf, key)
    values = fields.fill_item(shelf, raw if raw is not None else _fresh(visit, shelf))
    f = await typed_before(visit, here(launch, shelf, key), values)
    return await _item(visit, launch, shelf, key, state, f)


def _known(shelf: str, key: str) -> None:
    _shelf(shelf)
    if not KEY.fullmatch(key):
        raise NotFound("page_not_found", "Deze pagina bestaat niet.", "There is no such page.")


def _fresh(visit: Visit, shelf: str) -> Raw:
    """Return what a new item begins with."""
    phase = visit.request.query_params.get("phase", "")
    begin: dict[str, Raw] = {
        "steps": {
            "phase": phase if phase in set(Phase) else Phase.EXPLORATION.value, "kind": StepKind.CONTRIBUTION.value,
            "respondents": ["all"], "duration": 20,
        },
        "constituencies": {"minimum": 1},
        "people": {"language": Language.NL.value},
        "participants": {"language": Language.NL.value},
    }  # fmt: skip
    return begin.get(shelf, {})


async def _item(
    visit: Visit, launch: str, shelf: str, key: str, state: LaunchState, f: Filled, status: int = 200
) -> Response:
    seen = await look(visit, launch, state)
    raw = state.item(shelf, key)
    names = [*fields.fill_item(shelf, raw or {}), *f.values]
    if shelf == "people":
        names += [f"mandates.{i}.{name}" for i in range(fields.MOST_MANDATES) for name in ("powers", "themes", "until")]
    if shelf == "steps":
        names += ["ladder.reminder"]
    found = [one for one in seen.of(shelf, key) if one.field]
    if shelf == "steps":
        names += ["plan_own", *(f"plan.{n}.{part}" for n in range(plans.GROUPS) for part in (*plans.ROLES, "days"))]
        shown_plan = f if f.get("plan_own") else Filled(plans.fill((raw or {}).get("plan")))
        found = [replace(one, field=plans.place(one.field, shown_plan)) for one in found]
    fields.say(f, found, names, raw or {})
    book = seen.examined.playbook
    gone = t("niet meer in de lijst", "no longer in the list")
    options: Mapping[str, list[tuple[str, str]]] = {
        "groups": with_chosen([(one.id, words(one.title)) for one in book.constituencies], f.all("constituency"), gone),
        "parties": with_chosen(
            [(one.id, words(one.name)) for one in seen.examined.covenant.parties] if shelf == "people" else [],
            f.all("party"), gone,
        ),
        "themes": with_chosen([(name, words(said)) for name, said in themes(book)], f.all("theme"), gone),
        "norms": with_chosen(
            [(one.id, f"{one.source}: {words(one.title)}") for one in book.norms], f.all("norms"), gone
        ),
        "steps": with_chosen(
            [
                (one.id, words(one.title))
                for one, item in zip(book.steps, state.shelf("steps"), strict=True)
                if item.get("key") != key and one.id
            ],
            f.all("after"), gone,
        ),
        "commitments": _commitments(raw or {}, seen) if shelf == "clauses" else [],
        "who": with_chosen(list(who(seen).items()), f.all("respondents"), gone),
        "signers": [
            *[one for one in who(seen).items() if one[0] not in set(Role)],
            *((one.id, words(one.name)) for one in seen.examined.covenant.parties if shelf == "steps" and one.id),
        ],
        "others": [(str(role), words(said)) for role, said in OFFICES.items()],
    }  # fmt: skip
    number = len(raw.get("mandates") or []) if raw and shelf == "people" else 0
    return shown(
        visit, f"item_{shelf}", launch, seen, f, status=status, shelf=SHELVES[shelf], key=key, exists=raw is not None,
        options=options, plan_groups=plans.GROUPS, mandates=min(number + 1, fields.MOST_MANDATES),
        said=[one.words for one in seen.of(shelf, key) if not one.field],
    )  # fmt: skip


def _commitments(raw: Raw, seen: Look) -> list[tuple[str, str]]:
    """Return the commitments of a clause by their place, each in a sentence."""
    names = {one.id: one.title for one in seen.examined.playbook.constituencies}
    names |= {one.id: one.name for one in seen.examined.covenant.parties}
    found: list[tuple[str, str]] = []
    for at, one in enumerate(raw.get("commitments") or []):
        try:
            found.append((str(at), words(sentence(Commitment.model_validate(one), names))))
        except ValidationError:  # of a file with mistakes: it can be left out here
            found.append((str(at), t("deze toezegging klopt niet", "this commitment is not right")))
    return found


@router.post("/launch/{launch}/{shelf}/{key}")
async def save(visit: V, launch: str, shelf: str, key: str) -> Response:
    """Keep an item as it was typed; go on when nothing is wrong with it."""
    await visit.need_deed(Deed.LAUNCH)
    _known(shelf, key)
    f = await typed(visit.request)

    def alter(state: LaunchState) -> None:
        raw = fields.read_item(state, shelf, key, f)
        _set(state.shelf(shelf), raw)
        state.saw(shelf)

    state = await states.change(visit, launch, alter)
    await sent(visit, here(launch, shelf, key))
    seen = await look(visit, launch, state)
    if any(one.field for one in seen.of(shelf, key)):
        again = Filled(fields.fill_item(shelf, state.item(shelf, key) or {}))
        return await _item(visit, launch, shelf, key, state, again, HTTP_422_UNPROCESSABLE_CONTENT)
    if f.get("then") == "another":
        return go(launch, shelf, "new")
    return go(launch, shelf)


def _set(items: list[Raw], raw: Raw) -> None:
    """Put an item in its place; a new one, or one that changed phase, at the end of its phase."""
    place = _place(items, str(raw["key"]))
    if place is not None and items[place].get("phase") == raw.get("phase"):
        items[place] = raw
        return
    if place is not None:
        items.pop(place)
    order = [phase.value for phase in Phase]
    mine = order.index(raw["phase"]) if raw.get("phase") in order else len(order)
    ends = [i + 1 for i, one in enumerate(items) if one.get("phase") in order and order.index(one["phase"]) <= mine]
    items.insert(ends[-1] if ends else (0 if "phase" in raw else len(items)), raw)
