"""A launch in preparation: one draft on the server holds what was typed, right or wrong, in the shape of the files."""

import copy
import re
import secrets
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, get_args, get_origin
from urllib.parse import quote

from pydantic import BaseModel, Field, ValidationError

from acts.launching import Examined, examine, launched_by
from models.base import Contract, Words
from models.covenant import ClauseFile, CovenantFile, ParticipantFile, PartyFile, PersonFile
from models.enums import Language, Role
from models.errors import Conflict, NotFound
from models.playbook import Constituency, Playbook, Step
from rules.calendar import local_date
from rules.problems import Problem
from runtime.explaining import bare, is_model
from store import accounts, launches, views
from web.launching import naming
from web.visiting import Visit

ID = re.compile(r"[a-z0-9-]{8,40}")
KEY = re.compile(r"[a-z0-9]{4,20}")
MOST_DROPPED = 30

Raw = dict[str, Any]


@dataclass(frozen=True)
class Shelf:
    """One list of the covenant or its playbook that is filled item by item."""

    name: str
    model: type[BaseModel]
    most: int
    book: bool = False
    one: Words = field(default_factory=lambda: Words(nl="-", en="-"))
    many: Words = field(default_factory=lambda: Words(nl="-", en="-"))


SHELVES = {
    one.name: one
    for one in (
        Shelf(
            "constituencies", Constituency, 10, True, Words(nl="geleding", en="constituency"),
            Words(nl="Geledingen", en="Constituencies"),
        ),
        Shelf("steps", Step, 60, True, Words(nl="stap", en="step"), Words(nl="Stappen", en="Steps")),
        Shelf("parties", PartyFile, 300, False, Words(nl="partij", en="party"), Words(nl="Partijen", en="Parties")),
        Shelf("people", PersonFile, 2000, False, Words(nl="persoon", en="person"), Words(nl="Mensen", en="People")),
        Shelf(
            "participants", ParticipantFile, 2000, False, Words(nl="bedrijf", en="company"),
            Words(nl="Bedrijven", en="Companies"),
        ),
        Shelf("clauses", ClauseFile, 300, False, Words(nl="artikel", en="clause"), Words(nl="Artikelen", en="Clauses")),
    )
}  # fmt: skip


class Sheet(Contract):
    """Rows that were pasted or uploaded, waiting for a yes."""

    rows: list[dict[str, str]] = Field(default_factory=list)
    replace: bool = False


class LaunchState(Contract):
    """What one draft holds.

    Attributes:
        covenant, playbook: as typed, in the shape of the files; each item of a list has a `key` of its own.
        dropped: what was taken out, to be put back.
        sheets: rows waiting to be imported, by list.
        seen: the pages that were saved, which show what is wrong from then on.
        launching: the slug of a launch that was tried; launched: that succeeded.
    """

    covenant: dict[str, Any] = Field(default_factory=dict)
    playbook: dict[str, Any] = Field(default_factory=dict)
    dropped: dict[str, list[dict[str, Any]]] = Field(default_factory=dict)
    sheets: dict[str, Sheet] = Field(default_factory=dict)
    seen: list[str] = Field(default_factory=list)
    launching: str | None = None
    launching_at: datetime | None = None
    launched: str | None = None

    def shelf(self, name: str) -> list[Raw]:
        """Return the items of a list, to read or to change."""
        found: list[Raw] = (self.playbook if SHELVES[name].book else self.covenant).setdefault(name, [])
        return found

    def item(self, name: str, key: str) -> Raw | None:
        """Return an item by its key."""
        return next((one for one in self.shelf(name) if one.get("key") == key), None)

    def saw(self, page: str) -> None:
        """Note that a page was saved."""
        if page not in self.seen:
            self.seen.append(page)


def form_of(launch: str) -> str:
    """Return the name of a launch's draft, which is its address."""
    return f"/launch/{launch}"


def new_key() -> str:
    """Make a key for an item."""
    return secrets.token_hex(5)


def keyed(items: object) -> list[Raw]:
    """Give each item a key."""
    return [{**one, "key": new_key()} for one in items] if isinstance(items, list) else []


async def start(visit: Visit, state: LaunchState) -> str:
    """Keep a new launch and return its id."""
    launch = f"new-{secrets.token_hex(8)}"
    await accounts.keep_draft(visit.site.db, visit.me, form_of(launch), state.model_dump(mode="json"), visit.now)
    return launch


def read(content: object) -> LaunchState:
    """Return what a draft holds.

    Raises:
        NotFound: it is no launch.
    """
    try:
        state = LaunchState.model_validate(content)
    except ValidationError:
        raise _none() from None
    if not all(isinstance(state.shelf(name), list) for name in SHELVES):
        raise _none()
    return state


async def load(visit: Visit, launch: str) -> LaunchState:
    """Return one's own launch in preparation.

    Raises:
        NotFound: there is none of this id, or it is somebody else's.
        Conflict: it was launched.
    """
    state = await peek(visit, launch)
    if state.launched:
        raise launched_already(state.launched)
    return state


async def peek(visit: Visit, launch: str) -> LaunchState:
    """Return one's own launch, launched or not.

    Raises:
        NotFound: there is none of this id, or it is somebody else's.
    """
    kept = await accounts.draft(visit.site.db, visit.me, form_of(launch)) if ID.fullmatch(launch) else None
    if kept is None:
        raise _none()
    return read(kept.content)


async def forget(visit: Visit, launch: str, *, whole: bool) -> None:
    """Forget what was typed on the pages of a launch and not sent; with `whole`, the launch itself."""
    for draft in await accounts.drafts(visit.site.db, visit.me, f"{form_of(launch)}/"):
        await accounts.drop_draft(visit.site.db, visit.me, draft.form)
    if whole:
        await accounts.drop_draft(visit.site.db, visit.me, form_of(launch))


async def change(visit: Visit, launch: str, alter: Callable[[LaunchState], None]) -> LaunchState:
    """Change one's own launch in preparation, on top of what another tab may have done.

    Raises:
        NotFound: there is none of this id, or it is somebody else's.
        Conflict: it was launched.
    """

    def altered(content: Raw) -> Raw:
        state = read(copy.deepcopy(content))
        if state.launched:
            raise launched_already(state.launched)
        alter(state)
        return state.model_dump(mode="json")

    if not ID.fullmatch(launch):
        raise _none()
    content = await launches.change(visit.site.db, visit.me, form_of(launch), visit.now, altered)
    if content is None:
        raise _none()
    return read(content)


def _none() -> NotFound:
    return NotFound(
        "no_launch",
        "Deze voorbereiding is er niet, of zij is van iemand anders. Verwacht: een uit uw eigen lijst bij /launch.",
        "This launch in preparation is not there, or it is somebody else's. Expected: one of your own at /launch.",
    )


def launched_already(slug: str) -> Conflict:
    """Say that nothing can be changed any more."""
    return Conflict(
        "launched_already",
        f"Dit convenant is al gestart: zie /c/{slug}. Verwacht: bijsturen op zijn eigen pagina's.",
        f"This covenant was launched already: see /c/{slug}. Expected: steering it on its own pages.",
        {"slug": slug},
    )


# --- beginnings -------------------------------------------------------------------------------------------------------


def take_playbook(state: LaunchState, book: Playbook) -> None:
    """Start from another playbook; the one before can be put back."""
    if state.playbook.get("steps"):
        state.dropped["playbook"] = [state.playbook]
    data = book.model_dump(mode="json", exclude_none=True)
    state.playbook = {**data, "steps": keyed(data["steps"]), "constituencies": keyed(data["constituencies"])}
    state.covenant.setdefault("authentic", Language.NL.value)


def name_of(email: str) -> str:
    """Return the name that an address suggests, to be typed over: `anna.dekker@…` is Anna Dekker."""
    words = re.split(r"[._\-+\d]+", email.partition("@")[0])
    return " ".join(one.capitalize() for one in words if one) or email


def take_sample(state: LaunchState, sample: CovenantFile, email: str) -> None:
    """Start from a sample covenant, with one's own address as the facilitator's; what was typed can be put back."""
    if state.covenant.get("parties"):
        state.dropped["covenant"] = [state.covenant]
    data = sample.model_dump(mode="json", exclude_none=True)
    data.pop("start", None)
    state.covenant = {**data, **{name: keyed(data[name]) for name, one in SHELVES.items() if not one.book}}
    for person in state.shelf("people"):
        if Role.FACILITATOR.value in person.get("roles", []):
            person["email"], person["name"] = email, name_of(email)
            break


def take_nothing(state: LaunchState, email: str, language: Language) -> None:
    """Start with nothing but oneself as facilitator."""
    state.covenant = {
        "authentic": Language.NL.value,
        "people": [
            {
                "key": new_key(), "id": "facilitator", "name": "", "email": email, "language": language.value,
                "roles": [Role.FACILITATOR.value],
            }
        ],
    }  # fmt: skip


# --- what is wrong, and where it can be changed -----------------------------------------------------------------------


@dataclass(frozen=True)
class Found:
    """One problem, where it can be solved.

    Attributes:
        page: of the wizard.
        key: of the item of a list.
        field: of the form there; empty when it is about the whole.
        words: as it is said at the field.
        named: as it is said elsewhere, with the name of the field.
    """

    page: str
    key: str
    field: str
    words: Words
    named: Words

    def href(self, launch: str) -> str:
        """Return the address of the field."""
        if self.key:
            return f"/launch/{launch}/{self.page}/{self.key}?check=1"
        return f"/launch/{launch}/{self.page}?check=1"


@dataclass
class Look:
    """A launch looked at as a whole."""

    state: LaunchState
    examined: Examined
    found: list[Found]

    def on(self, page: str) -> list[Found]:
        """Return what is wrong on a page, its items included."""
        return [one for one in self.found if one.page == page]

    def of(self, page: str, key: str) -> list[Found]:
        """Return what is wrong with one item; with an empty key, with the list."""
        return [one for one in self.on(page) if one.key == key]


async def look(visit: Visit, launch: str, state: LaunchState) -> Look:
    """Look at a launch as a whole: by the checks of the files, and whether its name is free."""
    found = survey(state, local_date(visit.now))
    slug = str(state.covenant.get("slug") or "")
    if slug and await views.exists(visit.site.db, slug) and not await _own(visit, launch, state, slug):
        found.found.append(taken(slug))
    return found


async def _own(visit: Visit, launch: str, state: LaunchState, slug: str) -> bool:
    """Whether a covenant is there because this very launch made it, without hearing so."""
    return state.launching == slug and await launched_by(await visit.site.client(), slug, launch)


def taken(slug: str) -> Found:
    """Say that a name is in use."""
    said = Words(
        nl=f"Er is al een convenant {slug}; verwacht: een andere korte naam.",
        en=f"There is a covenant {slug} already; expected: another short name.",
    )
    return Found("covenant", "", "slug", said, said)


def survey(state: LaunchState, today: date) -> Look:
    """Look at what was typed as a whole."""
    covenant, book = built(state)
    seen = examine(covenant, book, today)
    both = [(one, True) for one in seen.playbook_problems] + [(one, False) for one in seen.covenant_problems]
    found = []
    for problem, of_book in both:
        page, key, path = _placed(state, problem.path, book=of_book)
        raw = (state.item(page, key) or {}) if key and page in SHELVES else state.playbook
        if key and path == "id" and problem.empty and not naming.called(raw):
            continue  # it is made of the name, which is what to fill in
        found.append(_found((page, key, path), problem, raw, seen.playbook))
    return Look(state, seen, found)


def _found(place: tuple[str, str, str], problem: Problem, raw: Raw, book: Playbook) -> Found:
    """Say a problem as a form does: what was typed, in `raw`, stands there already."""
    page, key, path = place
    about = naming.field_of(page, naming.of_rung(path, raw), book)
    if about is not None and problem.empty and about.ask is not None:
        elsewhere = naming.of(about, about.ask) if about.ask is naming.ANSWER else about.ask
        return Found(page, key, path, about.ask, elsewhere)
    listed = page in SHELVES and not key  # the list itself is short or long: its page has its name
    if problem.wanted is None or (about is None and not listed):
        return Found(page, key, path, problem.words, naming.of(about, problem.words) if about else problem.words)
    wanted = Words.model_construct(nl=f"{problem.wanted.nl}.", en=f"{problem.wanted.en}.")
    said = Words.model_construct(nl=f"Verwacht: {wanted.nl}", en=f"Expected: {wanted.en}")
    return Found(page, key, path, said, naming.of(about, wanted) if about else said)


def built(state: LaunchState) -> tuple[Raw, Raw]:
    """Return what was typed as the two files, without what only forms know and without optional blanks."""
    book = pruned(Playbook, state.playbook)
    covenant = {**state.covenant, "playbook": state.playbook.get("sector", "")}
    for name, one in SHELVES.items():
        if not one.book:
            covenant.setdefault(name, [])
    return pruned(CovenantFile, covenant), book


def pruned(model: type[BaseModel], raw: Mapping[str, Any]) -> Raw:
    """Leave out keys of our own and blanks where nothing need be; a comma is a point in a number."""
    found: Raw = {}
    for name, value in raw.items():
        about = model.model_fields.get(name)
        if name == "key" or (about is not None and not about.is_required() and _blank(value)):
            continue
        found[name] = _pruned(bare(about.annotation) if about else None, value)
    return found


def _pruned(kind: object, value: object) -> object:
    if is_model(kind) and isinstance(value, Mapping):
        return pruned(kind, value)
    if get_origin(kind) is list and isinstance(value, list):
        inner = bare(get_args(kind)[0])
        return [_pruned(inner, one) for one in value]
    if get_origin(kind) is dict and isinstance(value, Mapping):
        return {name: _pruned(bare(get_args(kind)[1]), one) for name, one in value.items()}
    if kind is float and isinstance(value, str) and re.fullmatch(r"\d+,\d+", value):
        return value.replace(",", ".")
    return value


def _blank(value: object) -> bool:
    if isinstance(value, Mapping):
        return bool(value) and all(_blank(one) for one in value.values())
    return value in ("", None)


ON_COVENANT = ("thresholds", "entry_into_force", "term_years", "title")
"""What of the playbook is changed on the page of the covenant."""


def _placed(state: LaunchState, path: str, *, book: bool) -> tuple[str, str, str]:
    """Return the page, item and field where something can be solved."""
    first, _, rest = path.partition(".")
    shelf = SHELVES.get(first)
    if shelf is not None and shelf.book is book:
        place, _, inner = rest.partition(".")
        items = state.shelf(first)
        key = next((str(one.get("key", "")) for number, one in enumerate(items) if str(number) == place), "")
        return first, key, inner if key else ""
    if not book:
        return "playbook" if first == "playbook" else "covenant", "", path
    if first == "defaults":
        return "rules", "", path
    if first == "ground_rules":
        matter, _, inner = rest.partition(".")
        return "rules", matter, inner if inner in {"", "days"} else f"rule.{inner}"
    if first in ON_COVENANT:
        return "covenant", "", f"book.{path}"
    return "playbook", "", ""


RESERVED = re.compile(r"(?:[@.]example\.(?:org|com|net)|\.(?:example|invalid))$", re.IGNORECASE)
"""Domains that are nobody's (RFC 2606): mail to them reaches nobody."""


def unreachable(state: LaunchState) -> int:
    """Count the addresses that are still as in a sample."""
    items = [*state.shelf("people"), *state.shelf("participants")]
    return sum(RESERVED.search(str(one.get("email") or "").strip()) is not None for one in items)


def walk(state: LaunchState, name: str, start_at: int, size: int) -> Iterator[tuple[int, Raw]]:
    """Go through a page of a list."""
    items = state.shelf(name)
    yield from ((place, items[place]) for place in range(start_at, min(start_at + size, len(items))))


def here(launch: str, *parts: str) -> str:
    """Return the address of a page of a launch."""
    return "/".join([f"/launch/{quote(launch)}", *(quote(part) for part in parts)])
