"""Changes of the plan: what they do to every date is computed before they are confirmed."""

from collections.abc import Callable, Mapping, Sequence
from typing import Literal

from models import contracts as c
from models import ids
from models.base import Words
from models.enums import StepStatus
from models.errors import PolderError
from models.plan import PlannedStep
from rules import answering, planning
from store import standing as reads
from web.forms import Filled
from web.steering.base import FIELDS, At, Move, Prepared, Send, act_of, made, reason_of

# --- the plan ---------------------------------------------------------------------------------------------------------


def moves(old: Sequence[PlannedStep], new: Sequence[PlannedStep]) -> list[Move]:
    """Return which dates a change of the plan moves, and which steps are new."""
    was = {one.key: one for one in old}
    return [
        Move(
            one.step.title,
            (was[one.key].planned_start, was[one.key].planned_end) if one.key in was else None,
            (one.planned_start, one.planned_end),
        )
        for one in new
        if one.status in {StepStatus.PLANNED, StepStatus.ACTIVE}
        and (
            one.key not in was
            or (was[one.key].planned_start, was[one.key].planned_end) != (one.planned_start, one.planned_end)
        )
    ]


def changed(f: Filled, make: Callable[[], list[PlannedStep]], fields: Mapping[str, str] = FIELDS) -> list[PlannedStep]:
    """Return the plan after a change; a refusal is noted at its field."""
    try:
        return make()
    except PolderError as error:
        f.refuse(error, fields)
        return []


def plan_change(
    at: At, f: Filled, change: Literal["insert", "skip", "repeat", "reschedule"], key: str, **more: object
) -> list[Send]:
    """Return the message that changes the plan, when nothing is wrong with it."""
    act = act_of(f)
    values = {"act": act, "change": change, "key": key, "reason": f.get("reason").strip(), **more}
    message = made(f, lambda: c.PlanChange.model_validate({**values, "actor": at.actor}))
    return [] if message is None else [Send(ids.covenant_workflow(at.slug), "change_plan", message, act)]


def _step(f: Filled, plan: Sequence[PlannedStep]) -> PlannedStep | None:
    key = f.need("step", "Kies een stap.", "Choose a step.")
    try:
        return planning.find(plan, key) if key else None
    except PolderError as error:
        f.refuse(error, FIELDS)
        return None


async def skip(at: At, f: Filled) -> Prepared | None:
    """Skip a planned step, or stop one that is under way."""
    plan = await reads.plan(at.visit.site.db, at.slug)
    one, reason = _step(f, plan), reason_of(f)
    if one is None:
        return None
    new = changed(f, lambda: planning.skip(plan, one.key, Words(nl=reason or "-", en=reason or "-")))
    sends = plan_change(at, f, "skip", one.key)
    if not sends:
        return None
    title = one.step.title
    if one.status is StepStatus.ACTIVE:
        said = Words(
            nl=f"'{title.nl}' stopt; wat er nog openstaat vervalt, en het plan gaat verder met wat erop volgt.",
            en=f"'{title.en}' stops; what is still open in it lapses, and the plan goes on with what follows.",
        )
    else:
        said = Words(
            nl=f"'{title.nl}' gebeurt niet; wat erop wachtte, wacht op wat ervoor komt. De andere data blijven staan.",
            en=f"'{title.en}' is not done; what waited for it waits for what comes before. Other dates stay.",
        )
    return Prepared([said], sends, moves(plan, new))


async def repeat(at: At, f: Filled) -> Prepared | None:
    """Do a step that is over once more."""
    plan = await reads.plan(at.visit.site.db, at.slug)
    one, _ = _step(f, plan), reason_of(f)
    if one is None:
        return None
    new = changed(f, lambda: planning.repeat(plan, one.key))
    sends = plan_change(at, f, "repeat", one.key)
    if not sends:
        return None
    said = Words(
        nl=f"'{one.step.title.nl}' wordt nog eens gedaan; wat erop volgt wacht daarop.",
        en=f"'{one.step.title.en}' is done once more; what follows waits for it.",
    )
    return Prepared([said], sends, moves(plan, new))


async def reschedule(at: At, f: Filled) -> Prepared | None:
    """Give a step another planned end."""
    plan = await reads.plan(at.visit.site.db, at.slug)
    one, due, _ = _step(f, plan), f.date("due"), reason_of(f)
    if one is None or due is None:
        return None
    new: list[PlannedStep] = []
    try:
        answering.check_future(due, at.today)
        new = planning.reschedule(plan, one.key, due)
    except PolderError as error:
        f.refuse(error, FIELDS)
    sends = plan_change(at, f, "reschedule", one.key, due=due)
    if not sends:
        return None
    said = Words(
        nl=f"'{one.step.title.nl}' krijgt een ander gepland einde; wat erop volgt en nog niet begon schuift mee.",
        en=f"'{one.step.title.en}' gets another planned end; what follows and has not begun moves along.",
    )
    return Prepared([said], sends, moves(plan, new))
