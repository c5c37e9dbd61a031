"""The signing plan in the form of a step: who signs in which group, who approves before, witnesses, or gets a copy."""

from collections.abc import Mapping
from typing import Any

from models.enums import SigningRole
from web.forms import Filled

GROUPS = 4
"""Groups the form has; a plan with more, or with other numbers within a group, comes with a file and is kept."""

ROLES = {"signs": SigningRole.SIGNATORY, "approves": SigningRole.APPROVER, "witness": SigningRole.WITNESS,
         "copy": SigningRole.COPY}  # fmt: skip
"""What is ticked for a group."""

FROM_FILE = "file"
DECLINED = "ask"

Raw = dict[str, Any]


def read(f: Filled, held: object) -> object:
    """Return the plan as it was typed; none when everybody signs at the same time."""
    if f.get("plan_own") == FROM_FILE:
        return held
    if f.get("plan_own") != "yes":
        return None
    return [_group(f, n) for n in filled(f)]


def filled(f: Filled) -> list[int]:
    """Return which groups of the form have a member, in their order: the plan has these."""
    return [n for n in range(GROUPS) if any(f.all(f"plan.{n}.{part}") for part in ROLES)]


def _group(f: Filled, n: int) -> Raw:
    needed, days = f.get(f"plan.{n}.needed").strip(), f.get(f"plan.{n}.days").strip()
    members = [
        {"who": who, "role": role.value, **({"needed": needed} if needed and part == "signs" else {})}
        for part, role in ROLES.items()
        for who in f.all(f"plan.{n}.{part}")
    ]
    declined = f.get(f"plan.{n}.declined") or DECLINED
    return {"members": members, "declined": declined, **({"days": days} if days else {})}


def fill(plan: object) -> dict[str, list[str]]:
    """Return the fields of a plan."""
    if plan is None:
        return {"plan_own": ["no"]}
    if not fits(plan):
        return {"plan_own": [FROM_FILE]}
    values = {"plan_own": ["yes"]}
    for n, group in enumerate(plan if isinstance(plan, list) else []):
        members = group.get("members") or []
        for part, role in ROLES.items():
            values[f"plan.{n}.{part}"] = [str(one.get("who")) for one in members if _role(one) == role]
        needed = {str(one.get("needed") or 1) for one in members if _role(one) is SigningRole.SIGNATORY} - {"1"}
        values[f"plan.{n}.needed"] = sorted(needed)
        values[f"plan.{n}.days"] = [str(group.get("days") or "")]
        values[f"plan.{n}.declined"] = [str(group.get("declined") or DECLINED)]
    return values


def fits(plan: object) -> bool:
    """Whether the form can show a plan without losing anything of it."""
    return isinstance(plan, list) and len(plan) <= GROUPS and all(_fits(one) for one in plan)


def _fits(group: object) -> bool:
    members = group.get("members") if isinstance(group, Mapping) else None
    if not isinstance(members, list) or not all(isinstance(one, Mapping) and _role(one) is not None for one in members):
        return False
    needed = {str(one.get("needed") or 1) for one in members if _role(one) is SigningRole.SIGNATORY}
    others = {str(one.get("needed") or 1) for one in members if _role(one) is not SigningRole.SIGNATORY}
    return len(needed) <= 1 and others <= {"1"}


def _role(member: Mapping[str, Any]) -> SigningRole | None:
    said = str(member.get("role") or SigningRole.SIGNATORY.value)
    return SigningRole(said) if said in set(SigningRole) else None


def place(path: str, f: Filled) -> str:
    """Return the field that something about the plan is about."""
    parts = path.split(".")
    if parts[0] != "plan":
        return path
    groups = filled(f)
    if len(parts) == 1 or not parts[1].isdigit() or int(parts[1]) >= len(groups):
        return "plan_own"
    last = parts[-1] if parts[-1] in {"days", "declined", "needed"} else "signs"
    return f"plan.{groups[int(parts[1])]}.{last}"
