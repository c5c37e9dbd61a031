"""A new step in a running plan, from the fields of a form."""

import re
from typing import Any

from pydantic import ValidationError

from models.base import Words
from models.enums import Closing, Phase, Rung, StepKind
from models.errors import PolderError
from models.plan import PlannedStep
from models.playbook import Defaults, Playbook, Step
from rules import planning
from store import asked
from store import standing as reads
from web.forms import Filled
from web.steering.base import FIELDS, At, Prepared, reason_of
from web.steering.plan import changed, moves, plan_change

DECIDING = {StepKind.APPROVAL, StepKind.DIALOGUE, StepKind.RATIFICATION}
CLIMBED = tuple(Rung)
PLACED = {**FIELDS, "unknown_step": "after", "step_skipped": "after", "already_started": "after"}
"""The field a refusal is about, where the step that is named is the one before the new one."""

OF_STEP = {
    "id": "key", "title.nl": "title_nl", "title.en": "title_en", "purpose.nl": "purpose_nl",
    "purpose.en": "purpose_en", "rule.kind": "rule", "rule.unit": "unit", "rule.threshold": "threshold",
    "rule.quorum": "quorum", "rule.abstentions": "abstentions", "rule.absent": "absent",
    "repeat.times": "repeat_times", "months_after_entry": "months_after_entry",
}  # fmt: skip
"""The field of the form that holds a value of the step."""


def begun_with(defaults: Defaults) -> dict[str, str]:
    """Return what the form begins with: what holds for each step of this playbook that does not say otherwise."""
    return {
        "duration": "20",
        "reminders": ", ".join(str(one) for one in defaults.reminders),
        **{f"ladder-{one.rung}": str(one.after) for one in defaults.ladder},
        "max_rounds": "12",
    }


async def insert(at: At, f: Filled) -> Prepared | None:
    """Put a new step behind another."""
    db = at.visit.site.db
    plan, book = await reads.plan(db, at.slug), await asked.playbook(db, at.slug)
    place = _place(f, plan)
    step = _step(f, place, book)
    reason_of(f)
    if place is None or step is None:
        return None
    new = changed(f, lambda: planning.insert(plan, step, place.key), PLACED)
    sends = plan_change(at, f, "insert", place.key, step=step)
    if not sends:
        return None
    said = Words(
        nl=f"'{step.title.nl}' komt na '{place.step.title.nl}'; wat daarop wachtte en nog niet begon wacht op de "
        "nieuwe stap.",
        en=f"'{step.title.en}' comes after '{place.step.title.en}'; what waited for that and has not begun waits for "
        "the new step.",
    )
    return Prepared([said], sends, moves(plan, new))


def _place(f: Filled, plan: list[PlannedStep]) -> PlannedStep | None:
    key = f.need("after", "Kies na welke stap.", "Choose after which step.")
    try:
        return planning.find(plan, key) if key else None
    except PolderError as error:
        f.refuse(error, PLACED)
        return None


def _step(f: Filled, place: PlannedStep | None, book: Playbook) -> Step | None:
    _needed(f)
    values: dict[str, Any] = {
        "id": f.get("key").strip() or slugged(f.get("title_en")) or "extra",
        "phase": f.get("phase") or (place.step.phase if place else Phase.EXPLORATION),
        "kind": f.get("kind"),
        "title": {"nl": f.get("title_nl").strip(), "en": f.get("title_en").strip()},
        "respondents": f.all("respondents"),
        "duration": f.get("duration").strip(),
        "closes": Closing(f.get("closes")) if f.get("closes") in set(Closing) else None,
        "rule": _rule(f, book),
        "reminders": _numbers(f, "reminders"),
        "ladder": _ladder(f),
        "accord": f.get("accord") == "yes",
        "norms": f.all("norms"),
    }
    if f.get("purpose_nl").strip() or f.get("purpose_en").strip():
        values["purpose"] = {"nl": f.get("purpose_nl").strip(), "en": f.get("purpose_en").strip()}
    if f.get("max_rounds").strip():
        values["max_rounds"] = f.get("max_rounds").strip()
    if f.get("repeat_times").strip():
        values["repeat"] = {"times": f.get("repeat_times").strip(), "until_passed": f.get("repeat_until") == "yes"}
    if f.get("months_after_entry").strip():
        values["months_after_entry"] = f.get("months_after_entry").strip()
    try:
        return Step.model_validate(values)
    except ValidationError as error:
        _unfit(f, error)
        return None


def _needed(f: Filled) -> None:
    """Note what every step needs and was left empty, in the words of the form."""
    f.need("title_nl", "Geef de stap een titel in het Nederlands.", "Give the step a title in Dutch.")
    f.need("title_en", "Geef de stap een titel in het Engels.", "Give the step a title in English.")
    f.need("kind", "Kies een soort stap.", "Choose a kind of step.")
    if not f.all("respondents"):
        f.wrong("respondents", "Kruis aan wie iets gevraagd wordt.", "Tick who is asked.")
    f.need("duration", "Vul in hoeveel werkdagen de stap duurt.", "Fill in how many working days the step takes.")


def slugged(text: str) -> str:
    """Make a key of a title."""
    return re.sub(r"[^a-z0-9]+", "-", text.lower()).strip("-")[:40]


def _rule(f: Filled, book: Playbook) -> dict[str, Any] | None:
    if not f.get("rule"):
        return book.defaults.rule.model_dump() if f.get("kind") in DECIDING else None
    chosen: dict[str, Any] = {"kind": f.get("rule"), "more_than": f.get("more_than") == "yes"}
    for name in ("unit", "threshold", "quorum", "abstentions", "absent"):
        if f.get(name).strip():
            chosen[name] = f.get(name).strip()
    return chosen


def _numbers(f: Filled, name: str) -> list[int]:
    found = []
    for part in re.split(r"[,;\s]+", f.get(name).strip()):
        if not part:
            continue
        if not re.fullmatch(r"[+-]?\d{1,4}", part):
            f.wrong(
                name,
                f"'{part}' is geen aantal werkdagen. Verwacht: getallen met komma's, zoals -5, 0, 5.",
                f"'{part}' is no number of working days. Expected: numbers with commas, such as -5, 0, 5.",
            )
            return []
        found.append(int(part))
    return found


def _ladder(f: Filled) -> list[dict[str, Any]]:
    return [
        {"rung": rung.value, "after": f.get(f"ladder-{rung}").strip()}
        for rung in CLIMBED
        if f.get(f"ladder-{rung}").strip()
    ]


def _unfit(f: Filled, error: ValidationError) -> None:
    """Note what a step found wrong at the fields of the form."""
    climbed = [one["rung"] for one in _ladder(f)]
    fields = {**OF_STEP, **{f"ladder.{n}.after": f"ladder-{rung}" for n, rung in enumerate(climbed)}}
    for one in error.errors(include_url=False):
        path, context = ".".join(str(part) for part in one["loc"]), one.get("ctx") or {}
        if one["type"] == "polder":  # looked for when each field is right by itself, so it comes alone
            f.wrong(str(context["field"]), f"{context['nl']}.", f"{context['en']}.")
            return
        if path in {"rule.threshold", "rule.quorum"}:
            f.wrong(
                fields[path],
                "Verwacht: een deel boven 0 en hoogstens 1, zoals 2/3.",
                "Expected: a share above 0 and at most 1, such as 2/3.",
            )
        if path == "id":
            f.wrong(
                "key",
                "Verwacht: kleine letters, cijfers en streepjes, zoals extra-ronde.",
                "Expected: lower-case letters, digits and hyphens, such as extra-round.",
            )
    f.invalid(error, fields)
