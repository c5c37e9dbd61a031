"""The acts on the process itself: what each asks, what it would do, and the messages it sends once it is confirmed.

Nothing here decides: what would happen is computed by the same rules the workflow asks when the act arrives.
"""

import hashlib
import json
from collections.abc import Awaitable, Callable, Collection
from dataclasses import dataclass, field
from datetime import date, datetime

from pydantic import ValidationError

from models import contracts as c
from models.base import Contract, Words
from models.enums import Role
from models.errors import Forbidden
from models.tables import Covenant
from rules.access import Deed, Seat, Viewer
from rules.calendar import local_date
from web.forms import Filled
from web.visiting import Visit

LEAST = 3
"""Characters of a reason."""

NAMED = 12
"""Names that a sentence lists."""

FIELDS = {
    "date_in_the_past": "due", "date_too_far": "due", "not_later": "due", "end_before_start": "due",
    "unknown_step": "step", "step_over": "step", "step_not_over": "step", "repeated_enough": "step",
    "already_started": "step", "step_skipped": "step", "step_exists": "key", "kind_only_once": "kind",
    "wrong_phase": "phase", "unknown_respondent": "respondents", "unknown_party": "party",
    "ladder_not_paused": "what", "ladder_already_paused": "what", "task_closed": "task", "unknown_task": "task",
}  # fmt: skip
"""The field that a refusal is about, by its code."""


@dataclass(frozen=True)
class At:
    """Someone at the wheel of a covenant.

    Attributes:
        seat: with which they act; none for who watches the installation without a place at this table.
        begun: a part of exactly this act is on record already.
    """

    visit: Visit
    covenant: Covenant
    viewer: Viewer
    seat: Seat | None
    begun: bool = False

    @property
    def slug(self) -> str:
        """The covenant."""
        return self.covenant.slug

    @property
    def now(self) -> datetime:
        """What time it is in the covenant."""
        return self.visit.clock(self.covenant)

    @property
    def today(self) -> date:
        """Which day it is in the covenant."""
        return local_date(self.now)

    @property
    def actor(self) -> c.Actor:
        """Who acts.

        Raises:
            Forbidden: nobody at this table.
        """
        if self.seat is None:
            raise Forbidden(
                "no_seat",
                "U hebt geen rol aan deze tafel; alleen wie er een heeft kan dit doen. Verwacht: laat u als beheerder "
                "aan dit convenant toevoegen, of vraag de facilitator.",
                "You hold no office at this table; only who holds one can do this. Expected: have yourself added to "
                "this covenant as operator, or ask the facilitator.",
            )
        return c.Actor(person=self.seat.person)


@dataclass(frozen=True)
class Move:
    """How the dates of a step change; a new step has none before."""

    title: Words
    was: tuple[date, date] | None
    now: tuple[date, date]


@dataclass(frozen=True)
class Send:
    """One message to one workflow."""

    workflow: str
    update: str
    message: Contract
    act: str


@dataclass(frozen=True)
class Prepared:
    """What an act would do."""

    said: list[Words]
    sends: list[Send]
    moves: list[Move] = field(default_factory=list)


Prepare = Callable[[At, Filled], Awaitable[Prepared | None]]
"""Looks at a form: notes what is wrong with it, and returns what it would do when nothing is."""


@dataclass(frozen=True)
class Kind:
    """One act: who may, under which name, and how it is prepared."""

    deed: Deed
    roles: Collection[Role]
    title: Words
    button: Words
    prepare: Prepare


def act_of(f: Filled) -> str:
    """Return the id of the act: of this form with this content, so that it counts once however often it is sent."""
    return f"{f.act}-{fingerprint(f)}"


def fingerprint(f: Filled) -> str:
    """Return what tells one content of a form from another."""
    kept = {name: many for name, many in sorted(f.values.items()) if name not in {"act", "seen", "intent", "again"}}
    return hashlib.sha256(json.dumps(kept).encode()).hexdigest()[:16]


def reason_of(f: Filled) -> str:
    """Return the reason that was typed, and note when there is none."""
    text = f.need("reason", "Waarom? Schrijf minstens drie tekens.", "Why? Write at least three characters.")
    if 0 < len(text) < LEAST:
        f.wrong("reason", "Schrijf minstens drie tekens.", "Write at least three characters.")
    return text


def made(f: Filled, make: Callable[[], Contract]) -> Contract | None:
    """Make a message; what does not fit is noted at its field."""
    if not f.fine:
        return None
    try:
        return make()
    except ValidationError as error:
        f.invalid(error)
        return None


def count(number: int, one: str, many: str) -> str:
    """Say how many, in the singular or the plural."""
    return f"{number} {one if number == 1 else many}"
