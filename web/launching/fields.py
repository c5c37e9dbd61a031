"""The forms of the wizard: from what was typed to the shape of the files, and back; right or wrong, nothing is lost."""

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from models.enums import Matter, Rung
from models.ground import GroundRule
from models.playbook import Fact
from rules.naming import slugged
from rules.playbooks import fact_values
from web.forms import Filled
from web.launching import plans
from web.launching.naming import called, get, nearest, of_rung
from web.launching.state import Found, LaunchState, Raw

MOST_MANDATES = 10
LIST = re.compile(r"[,;\s]+")

TEXTS: dict[str, tuple[str, ...]] = {
    "constituencies": ("id", "title.nl", "title.en", "minimum"),
    "parties": ("id", "name.nl", "name.en", "kind", "constituency"),
    "people": ("id", "name", "email", "language", "party"),
    "participants": ("id", "name", "market_share", "category", "contact", "email", "language"),
    "clauses": ("id", "number", "theme", "title.nl", "title.en", "text.nl", "text.en"),
    "steps": ("id", "phase", "kind", "title.nl", "title.en", "purpose.nl", "purpose.en", "duration",
              "months_after_entry", "closes", "max_rounds", "deadlock_after", "repeat.times",
              "yearly.plan_after_months", "yearly.report_after_months"),
}  # fmt: skip
"""What is typed or chosen as one text, by list."""

MANY: dict[str, tuple[str, ...]] = {
    "people": ("roles",),
    "clauses": ("norms",),
    "steps": ("respondents", "norms"),
}
"""What is ticked."""

YES: dict[str, tuple[str, ...]] = {"steps": ("optional", "accord", "adopts_ground_rules", "repeat.until_passed")}
GROUPS = {"repeat": ("times",), "yearly": ("plan_after_months", "report_after_months")}
"""What is only there when one of these is filled in."""

RULE = ("kind", "unit", "threshold", "quorum", "abstentions", "absent")
COVENANT = ("slug", "title.nl", "title.en", "start", "authentic")
BOOK = ("title.nl", "title.en", "term_years", "thresholds.participants", "thresholds.market_share",
        "entry_into_force.working_days")  # fmt: skip


# --- small things -----------------------------------------------------------------------------------------------------


def put(raw: Raw, path: str, value: object) -> None:
    """Set a value at a path."""
    *outer, last = path.split(".")
    for name in outer:
        inner = raw.get(name)
        if not isinstance(inner, dict):
            inner = raw[name] = {}
        raw = inner
    raw[last] = value


def text_of(value: object) -> str:
    """Return a value as it stands in a field."""
    if isinstance(value, bool):
        return "yes" if value else ""
    return "" if value is None or isinstance(value, (dict, list)) else str(value)


def texts_of(value: object) -> list[str]:
    """Return several values as they stand in fields."""
    return [text_of(one) for one in value] if isinstance(value, list) else []


# --- items of lists ---------------------------------------------------------------------------------------------------


def read_item(state: LaunchState, shelf: str, key: str, f: Filled) -> Raw:
    """Return an item as it was typed."""
    raw: Raw = {**(state.item(shelf, key) or {}), "key": key}
    for name in TEXTS[shelf]:
        put(raw, name, f.get(name).strip())
    for name in MANY.get(shelf, ()):
        put(raw, name, f.all(name))
    for name in YES.get(shelf, ()):
        put(raw, name, f.get(name) == "yes")
    if shelf == "people":
        raw["mandates"] = _mandates(f)
    if shelf == "clauses" and raw.get("commitments"):  # they come with a file; here they are kept or left out
        raw["commitments"] = [one for i, one in enumerate(raw["commitments"]) if str(i) in f.all("commitments")]
    if shelf == "steps":
        _read_step(raw, f)
    if not raw.get("id"):
        others = [str(one.get("id")) for one in state.shelf(shelf) if one.get("key") != key]
        if shelf in {"parties", "participants"}:
            others += [str(one.get("id")) for name in ("parties", "participants") for one in state.shelf(name)]
        raw["id"] = slugged(called(raw), others) if called(raw) else ""
    return raw


def _mandates(f: Filled) -> list[Raw]:
    found = []
    for i in range(MOST_MANDATES):
        at = f"mandates.{i}."
        one = {
            "powers": f.all(f"{at}powers"), "themes": f.all(f"{at}themes"),
            "until": f.get(f"{at}until").strip(), "evidence": f.get(f"{at}evidence").strip(),
        }  # fmt: skip
        if any(one.values()):
            found.append(one)
    return found


def _read_step(raw: Raw, f: Filled) -> None:
    raw["after"] = f.all("after") if f.get("after_kind") == "these" else None
    for name, inner in GROUPS.items():
        if not any(f.get(f"{name}.{one}").strip() for one in inner):
            raw.pop(name, None)
    for name in ("max_rounds", "deadlock_after"):
        if f.get("kind") != "dialogue" and not raw[name]:
            raw.pop(name)
    raw.pop("rule", None)
    if f.get("rule_own") == "yes":
        raw["rule"] = read_rule(f, "rule.")
    plan = plans.read(f, raw.pop("plan", None))
    if plan is not None:
        raw["plan"] = plan
    raw["reminders"] = split(f.get("reminders")) if f.get("reminders_own") == "yes" else None
    raw["ladder"] = read_ladder(f, "ladder.") if f.get("ladder_own") == "yes" else None


def split(text: str) -> list[str]:
    """Take apart what was typed as one list."""
    return [one for one in LIST.split(text.strip()) if one]


def read_rule(f: Filled, at: str) -> Raw:
    """Return a decision rule as it was typed."""
    raw: Raw = {name: f.get(f"{at}{name}").strip() for name in RULE}
    raw["more_than"] = f.get(f"{at}more_than") == "yes"
    return raw


def read_ladder(f: Filled, at: str) -> list[Raw]:
    """Return a ladder as it was typed: a rung is there when its days are filled in."""
    return [{"rung": rung.value, "after": days} for rung in Rung if (days := f.get(f"{at}{rung.value}").strip())]


def fill_item(shelf: str, raw: Mapping[str, Any]) -> dict[str, list[str]]:
    """Return the fields of an item's form."""
    values = {name: [text_of(get(raw, name))] for name in (*TEXTS[shelf], *YES.get(shelf, ()))}
    values |= {name: texts_of(get(raw, name)) for name in MANY.get(shelf, ())}
    if shelf == "clauses" and raw.get("commitments"):
        values["commitments"] = [str(i) for i in range(len(raw["commitments"]))]
    if shelf == "people":
        for i, one in enumerate(raw.get("mandates") or []):
            values |= {f"mandates.{i}.{name}": texts_of(one.get(name)) for name in ("powers", "themes")}
            values |= {f"mandates.{i}.{name}": [text_of(one.get(name))] for name in ("until", "evidence")}
    if shelf == "steps":
        values |= {
            "after_kind": ["these" if isinstance(raw.get("after"), list) else "above"],
            "after": texts_of(raw.get("after")),
            "rule_own": ["yes" if raw.get("rule") else "no"],
            "reminders_own": ["yes" if raw.get("reminders") is not None else "no"],
            "ladder_own": ["yes" if raw.get("ladder") is not None else "no"],
            "reminders": [", ".join(texts_of(raw.get("reminders")))],
            **fill_rule(raw.get("rule"), "rule."),
            **fill_ladder(raw.get("ladder"), "ladder."),
            **plans.fill(raw.get("plan")),
        }
    return values


def fill_rule(raw: object, at: str) -> dict[str, list[str]]:
    """Return the fields of a decision rule."""
    rule: Mapping[str, Any] = raw if isinstance(raw, Mapping) else {}
    return {f"{at}{name}": [text_of(rule.get(name))] for name in (*RULE, "more_than")}


def fill_ladder(raw: object, at: str) -> dict[str, list[str]]:
    """Return the fields of a ladder."""
    rungs: Sequence[Mapping[str, Any]] = raw if isinstance(raw, list) else []
    return {f"{at}{one.get('rung')}": [text_of(one.get("after"))] for one in rungs}


# --- pages that are one form ------------------------------------------------------------------------------------------


def read_covenant(state: LaunchState, f: Filled, facts: Sequence[Fact]) -> None:
    """Take over the page of the covenant."""
    for name in COVENANT:
        put(state.covenant, name, f.get(name).strip())
    for name in BOOK:
        put(state.playbook, name, f.get(f"book.{name}").strip())
    put(state.playbook, "entry_into_force.first_of_month", f.get("book.entry_into_force.first_of_month") == "yes")
    state.covenant["include"] = f.all("include")
    chosen: Raw = {}
    for fact in facts:
        written = f.get(f"facts.{fact.id}")
        known = {json.dumps(value): value for value in fact_values(fact)}
        if written:
            chosen[fact.id] = known.get(written, written)
    state.covenant["facts"] = chosen


def fill_covenant(state: LaunchState) -> dict[str, list[str]]:
    """Return the fields of the page of the covenant."""
    values = {name: [text_of(get(state.covenant, name))] for name in COVENANT}
    values |= {f"book.{name}": [text_of(get(state.playbook, name))] for name in BOOK}
    values["book.entry_into_force.first_of_month"] = [text_of(get(state.playbook, "entry_into_force.first_of_month"))]
    values["include"] = texts_of(state.covenant.get("include"))
    facts = state.covenant.get("facts")
    values |= {f"facts.{name}": [json.dumps(value)] for name, value in (facts or {}).items()}
    return values


def read_rules(state: LaunchState, f: Filled) -> None:
    """Take over the page of the ground rules."""
    state.playbook["defaults"] = {
        "rule": read_rule(f, "defaults.rule."),
        "reminders": split(f.get("defaults.reminders")),
        "ladder": read_ladder(f, "defaults.ladder."),
    }


def fill_rules(state: LaunchState) -> dict[str, list[str]]:
    """Return the fields of the page of the ground rules."""
    defaults = state.playbook.get("defaults")
    raw: Mapping[str, Any] = defaults if isinstance(defaults, Mapping) else {}
    return {
        **fill_rule(raw.get("rule"), "defaults.rule."),
        "defaults.reminders": [", ".join(texts_of(raw.get("reminders")))],
        **fill_ladder(raw.get("ladder"), "defaults.ladder."),
    }


def read_matter(state: LaunchState, matter: Matter, f: Filled) -> None:
    """Take over the rule for one kind of question; without one of its own it follows from the others."""
    given = state.playbook.get("ground_rules")
    rules: Raw = {**given} if isinstance(given, dict) else {}
    rules.pop(matter.value, None)
    if f.get("own") == "yes":
        rules[matter.value] = {**read_rule(f, "rule."), "days": f.get("days").strip()}
    state.playbook["ground_rules"] = rules


def fill_matter(state: LaunchState, matter: Matter, follows: GroundRule) -> dict[str, list[str]]:
    """Return the fields of the rule for one kind of question; at first they say what holds without one."""
    raw = get(state.playbook, f"ground_rules.{matter.value}")
    shown: object = raw if isinstance(raw, Mapping) else follows.model_dump(mode="json")
    return {
        "own": ["yes" if isinstance(raw, Mapping) else "no"],
        "days": [text_of(get(shown, "days")) if isinstance(shown, Mapping) else ""],
        **fill_rule(shown, "rule."),
    }


# --- what is wrong, at its field --------------------------------------------------------------------------------------


def say(f: Filled, found: Iterable[Found], names: Iterable[str], raw: Mapping[str, Any]) -> None:
    """Put what is wrong at the field it is about; what is about no field of this form is said of the whole."""
    known = list(names)
    for one in found:
        name = nearest(of_rung(one.field, raw), known)
        if name:
            f.errors.setdefault(name, one.words)
            f.tops.setdefault(name, one.named)
        elif one.named not in f.general:
            f.general.append(one.named)
