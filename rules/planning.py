"""The plan: the steps of a playbook laid out in working days, and what a facilitator may change in it. All pure."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date, timedelta
from graphlib import TopologicalSorter

from models.base import Words
from models.enums import Phase, StepKind, StepStatus
from models.errors import Refusal
from models.plan import PlannedStep
from models.playbook import EntryIntoForce, FactValue, Playbook, Step
from rules.calendar import add_months, add_working_days, local_date, working_days_between
from rules.playbooks import PHASES, holds, predecessors, same_value
from rules.problems import one_of

ROUNDS = 3
"""The rounds a dialogue is planned for."""

OVER = {StepStatus.DONE, StepStatus.FAILED, StepStatus.SKIPPED}


def entry_into_force(signed: date, rule: EntryIntoForce) -> date:
    """Return the day the covenant enters into force when the last signature is set on `signed`."""
    day = add_working_days(signed, rule.working_days)
    if not rule.first_of_month or day.day == 1:
        return day
    return add_months(day.replace(day=1), 1)


# ------------------------------------------------------------------------------------------------------- making


def expand(
    playbook: Playbook, *, facts: Mapping[str, FactValue], include: Iterable[str], start: date
) -> list[PlannedStep]:
    """Lay out a checked playbook in time, in the order of the file.

    Args:
        playbook: a playbook `check_playbook` has no problem with.
        facts: the declared facts of the covenant.
        include: the optional steps that are switched on.
        start: the first day; the first steps begin on the first working day on or after it.

    Returns:
        The plan. Steps that are not done are in it as SKIPPED, and nothing waits for them.
    """
    included = set(include)
    before = predecessors(playbook.steps)
    steps = {step.id: step for step in playbook.steps}
    last = {step.id: _keys(step)[-1] for step in playbook.steps}
    made: dict[str, list[PlannedStep]] = {}
    entry: date | None = None
    for name in TopologicalSorter(before).static_order():
        step = steps[name]
        runs = holds(step, facts, included)
        after = _waits_for(name, before, last, lambda other: holds(steps[other], facts, included))
        ends = [one.planned_end for other in made.values() for one in other if one.key in after]
        made[name] = _lay(step, after, _following(ends, start), runs=runs, entry=entry, term_years=playbook.term_years)
        if not runs:
            made[name] = [_skip(made[name][0], step, facts)]
        elif step.kind is StepKind.SIGNING:
            entry = entry_into_force(made[name][-1].planned_end, playbook.entry_into_force)
    return [one for step in playbook.steps for one in made[step.id]]


def _keys(step: Step) -> list[str]:
    times = step.repeat.times if step.repeat and not step.repeat.until_passed else 1
    return [step.id, *(f"{step.id}-{n}" for n in range(2, times + 1))]


def _waits_for(
    name: str, before: Mapping[str, Sequence[str]], last: Mapping[str, str], runs: Callable[[str], bool]
) -> list[str]:
    """Return the keys a step waits for; a skipped step passes on what it waits for itself."""
    found: dict[str, None] = {}
    for other in before[name]:
        keys = [last[other]] if runs(other) else _waits_for(other, before, last, runs)
        found.update(dict.fromkeys(keys))
    return list(found)


def _following(ends: Iterable[date], start: date) -> date:
    """Return the first working day after all of these, or the first one from `start`."""
    latest = max(ends, default=None)
    return add_working_days(start, 0) if latest is None else add_working_days(latest, 1)


def _lay(
    step: Step, after: list[str], earliest: date, *, runs: bool, entry: date | None, term_years: int
) -> list[PlannedStep]:
    """Lay out all occurrences of one step, each after the one before it."""
    keys = _keys(step)
    most = step.repeat.times if step.repeat else 1
    found: list[PlannedStep] = []
    for number, key in enumerate(keys, start=1):
        begin, end = _dates(step, earliest, entry, term_years) if runs else (earliest, earliest)
        waits = [found[-1].key] if found else after
        found.append(
            PlannedStep(
                key=key, step=step, occurrence=number, of=most, after=waits, planned_start=begin, planned_end=end
            )
        )
        earliest = add_working_days(end, 1)
    return found


def _dates(step: Step, earliest: date, entry: date | None, term_years: int) -> tuple[date, date]:
    if step.phase is not Phase.IMPLEMENTATION or entry is None:
        rounds = ROUNDS if step.kind is StepKind.DIALOGUE else 1
        return earliest, add_working_days(earliest, step.duration * rounds)
    if step.kind is StepKind.IMPLEMENTATION:
        begin = max(entry, earliest)
        return begin, max(add_months(entry, 12 * term_years), begin)
    begin = max(add_working_days(entry, 0), earliest)
    if step.months_after_entry is None:
        return begin, add_working_days(begin, step.duration)
    return begin, max(add_working_days(add_months(entry, step.months_after_entry), 0), begin)


def _skip(planned: PlannedStep, step: Step, facts: Mapping[str, FactValue]) -> PlannedStep:
    unmet = [f"{name} = {_shown(value)}" for name, value in step.when.items() if not same_value(facts.get(name), value)]
    why = Words(
        nl="Facultatieve stap, niet gekozen voor dit convenant.", en="Optional step, not included by this covenant."
    )
    if unmet:
        wanted = ", ".join(unmet)
        why = Words(
            nl=f"Deze stap geldt alleen als {wanted}, en dat is hier niet zo.",
            en=f"This step applies only if {wanted}, which is not so here.",
        )
    return planned.model_copy(update={"status": StepStatus.SKIPPED, "skipped_because": why})


def _shown(value: FactValue) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


# ------------------------------------------------------------------------------------------------------ walking


def ready(plan: Sequence[PlannedStep]) -> list[PlannedStep]:
    """Return the planned steps that can start now: everything they wait for is over."""
    over = {one.key for one in plan if one.status in OVER}
    return [one for one in plan if one.status is StepStatus.PLANNED and over.issuperset(one.after)]


def find(plan: Sequence[PlannedStep], key: str) -> PlannedStep:
    """Return the step with this key.

    Raises:
        Refusal: the plan has no such step.
    """
    for one in plan:
        if one.key == key:
            return one
    nl, en = one_of(key, [one.key for one in plan])
    raise Refusal(
        code="unknown_step",
        nl=f"Het plan kent geen stap '{key}'; verwacht: {nl}.",
        en=f"The plan has no step '{key}'; expected: {en}.",
        evidence={"key": key},
    )


# ----------------------------------------------------------------------------------------------------- changing


def insert(plan: Sequence[PlannedStep], step: Step, after_key: str) -> list[PlannedStep]:
    """Put a new step behind another; what waited for that one and is still planned now waits for the new step.

    The step's own `after`, `when` and `optional` are not looked at: the facilitator decided.

    Raises:
        Refusal: unknown or skipped place, name already used, wrong phase, or what follows has already started.
    """
    place = find(plan, after_key)
    keys = _keys(step)
    taken = [one.key for one in plan if one.key in keys]
    if taken:
        raise Refusal(
            code="step_exists",
            nl=f"Het plan kent al een stap '{taken[0]}'; verwacht: een nieuwe naam.",
            en=f"The plan already has a step '{taken[0]}'; expected: a new name.",
            evidence={"key": taken[0]},
        )
    if step.kind in {StepKind.SIGNING, StepKind.IMPLEMENTATION}:
        raise Refusal(
            code="kind_only_once",
            nl=f"Een tweede stap van soort {step.kind} kan niet; verwacht: een andere soort.",
            en=f"A second {step.kind} step is not possible; expected: another kind.",
            evidence={"kind": step.kind},
        )
    if place.status is StepStatus.SKIPPED:
        open_keys = [one.key for one in plan if one.status is not StepStatus.SKIPPED]
        nl, en = one_of(after_key, open_keys)
        raise Refusal(
            code="step_skipped",
            nl=f"Stap '{after_key}' wordt overgeslagen, dus er komt niets achter; verwacht: {nl}.",
            en=f"Step '{after_key}' is skipped, so nothing follows it; expected: {en}.",
            evidence={"key": after_key},
        )
    followers = [one for one in plan if after_key in one.after]
    planned = _not_begun(after_key, followers)
    highest = min((PHASES.index(one.step.phase) for one in planned), default=len(PHASES) - 1)
    lowest = PHASES.index(place.step.phase)
    if not lowest <= PHASES.index(step.phase) <= highest:
        fits = ", ".join(PHASES[lowest : highest + 1])
        raise Refusal(
            code="wrong_phase",
            nl=f"Een stap in fase {step.phase} past niet achter '{after_key}'; verwacht: fase {fits}.",
            en=f"A step in phase {step.phase} does not fit behind '{after_key}'; expected: phase {fits}.",
            evidence={"phase": step.phase, "key": after_key},
        )
    new = _lay(step, [after_key], _following([_end(place)], place.planned_start), runs=True, entry=None, term_years=0)
    return _put(plan, new, behind=after_key, followers=planned)


def repeat(plan: Sequence[PlannedStep], key: str) -> list[PlannedStep]:
    """Add one more occurrence of a step that is over; what waited for it and is still planned waits for that.

    Raises:
        Refusal: unknown step, not over yet, skipped, done as often as allowed, or what follows has started.
    """
    asked = find(plan, key)
    family = [one for one in plan if one.step.id == asked.step.id]
    last = max(family, key=lambda one: one.occurrence)
    if last.status not in {StepStatus.DONE, StepStatus.FAILED}:
        raise Refusal(
            code="step_not_over",
            nl=f"Stap '{last.key}' is {last.status}; verwacht: een stap die done of failed is.",
            en=f"Step '{last.key}' is {last.status}; expected: a step that is done or failed.",
            evidence={"key": last.key, "status": last.status},
        )
    rule = last.step.repeat
    if rule and rule.until_passed and last.occurrence >= rule.times:
        raise Refusal(
            code="repeated_enough",
            nl=(
                f"Stap '{last.step.id}' is al {last.occurrence} keer gedaan; verwacht: hoogstens {rule.times} keer, "
                "voeg anders een nieuwe stap in."
            ),
            en=(
                f"Step '{last.step.id}' has been done {last.occurrence} times; expected: at most {rule.times} times, "
                "or insert a new step."
            ),
            evidence={"key": last.key, "times": str(rule.times)},
        )
    followers = _not_begun(last.key, [one for one in plan if last.key in one.after])
    taken = {one.key for one in plan}
    number = last.occurrence + 1
    while f"{last.step.id}-{number}" in taken:
        number += 1
    begin = add_working_days(_end(last), 1)
    again = PlannedStep(
        key=f"{last.step.id}-{number}",
        step=last.step,
        occurrence=number,
        of=max(last.of, number),
        after=[last.key],
        planned_start=begin,
        planned_end=_moved_end(last, begin),
    )
    return _put(plan, [again], behind=last.key, followers=followers)


def back(plan: Sequence[PlannedStep], key: str) -> list[PlannedStep]:
    """Go back to the text after a step that failed: the talks again, and all that came after them up to that step.

    Raises:
        Refusal: `unknown_step`, `no_talks_before` when there is no text to go back to, or what follows has started.
    """
    failed = find(plan, key)
    until = list(plan).index(failed)
    talks = [at for at, one in enumerate(plan[:until]) if one.step.kind is StepKind.DIALOGUE and one.status in OVER]
    talks = [at for at in talks if plan[at].status is not StepStatus.SKIPPED]
    if not talks:
        raise Refusal(
            code="no_talks_before",
            nl=f"Vóór stap '{key}' is niet over een tekst gesproken; verwacht: een andere keuze.",
            en=f"Before step '{key}' no text was talked about; expected: another choice.",
            evidence={"key": key},
        )
    followers = _not_begun(key, [one for one in plan if key in one.after])
    again: list[PlannedStep] = []
    waits, ends = key, _end(failed)
    passed = [one for one in plan[talks[-1] : until + 1] if one.status in {StepStatus.DONE, StepStatus.FAILED}]
    for one in {step.step.id: step for step in passed}.values():  # one that was repeated comes again once
        number = max(other.occurrence for other in plan if other.step.id == one.step.id) + 1
        begin = add_working_days(ends, 1)
        made = PlannedStep(
            key=f"{one.step.id}-{number}", step=one.step, occurrence=number, of=max(one.of, number), after=[waits],
            planned_start=begin, planned_end=_moved_end(one, begin),
        )  # fmt: skip
        again.append(made)
        waits, ends = made.key, made.planned_end
    return _put(plan, again, behind=key, followers=followers)


def beside(plan: Sequence[PlannedStep], step: Step, key: str, today: date) -> list[PlannedStep]:
    """Put a new step beside one that is under way: it can start at once, and nothing waits for it."""
    place = find(plan, key)
    taken = {one.key for one in plan}
    number = 1
    while f"{step.id}-{number}" in taken:
        number += 1
    named = step.model_copy(update={"id": f"{step.id}-{number}"})
    (new,) = _lay(named, list(place.after), add_working_days(today, 0), runs=True, entry=None, term_years=0)
    at = list(plan).index(place) + 1
    return [*plan[:at], new, *plan[at:]]


def entered(plan: Sequence[PlannedStep], entry: date, term_years: int) -> list[PlannedStep]:
    """Lay out the steps of the implementation anew, from the day the covenant really entered into force (P9)."""
    found = {one.key: one for one in plan}
    for key in TopologicalSorter({one.key: one.after for one in plan}).static_order():
        one = found[key]
        if one.status is StepStatus.PLANNED and one.step.phase is Phase.IMPLEMENTATION:
            earliest = _following([_end(found[other]) for other in one.after], entry)
            begin, end = _dates(one.step, earliest, entry, term_years)
            found[key] = one.model_copy(update={"planned_start": begin, "planned_end": end})
    return [found[one.key] for one in plan]


def reschedule(plan: Sequence[PlannedStep], key: str, new_end: date) -> list[PlannedStep]:
    """Give a step another planned end (rolled on to a working day) and move what follows and is still planned.

    Raises:
        Refusal: unknown step, a step that is over, or an end before the step's start.
    """
    chosen = find(plan, key)
    if chosen.status in OVER:
        movable = [one.key for one in plan if one.status not in OVER]
        nl, en = one_of(key, movable)
        raise Refusal(
            code="step_over",
            nl=f"Stap '{key}' is voorbij ({chosen.status}) en houdt zijn datum; verwacht: {nl}.",
            en=f"Step '{key}' is over ({chosen.status}) and keeps its date; expected: {en}.",
            evidence={"key": key, "status": chosen.status},
        )
    begin = local_date(chosen.actual_start) if chosen.actual_start else chosen.planned_start
    if new_end < begin:
        raise Refusal(
            code="end_before_start",
            nl=f"{new_end} ligt voor het begin van stap '{key}'; verwacht: {begin} of later.",
            en=f"{new_end} lies before the start of step '{key}'; expected: {begin} or later.",
            evidence={"key": key, "end": str(new_end), "start": str(begin)},
        )
    end = new_end if chosen.step.kind is StepKind.IMPLEMENTATION else add_working_days(new_end, 0)
    moved = [one.model_copy(update={"planned_end": end}) if one.key == key else one for one in plan]
    return _shift(plan, moved)


def skip(plan: Sequence[PlannedStep], key: str, reason: Words) -> list[PlannedStep]:
    """Skip a planned step: what waited for it waits for what it waited for itself.

    Raises:
        Refusal: unknown step, or one that is over.
    """
    one = find(plan, key)
    if one.status not in {StepStatus.PLANNED, StepStatus.ACTIVE}:
        raise Refusal(
            code="step_over",
            nl=f"Stap {key} is al {one.status}. Verwacht: een geplande of lopende stap.",
            en=f"Step {key} is already {one.status}. Expected: a planned or active step.",
            evidence={"step": key},
        )
    if one.status is StepStatus.ACTIVE:
        return list(plan)  # it reports itself when it has stopped
    skipped = one.model_copy(update={"status": StepStatus.SKIPPED, "skipped_because": reason})
    return [
        skipped
        if other.key == key
        else other.model_copy(
            update={
                "after": list(
                    dict.fromkeys(before for name in other.after for before in (one.after if name == key else [name]))
                )
            }
        )
        if key in other.after
        else other
        for other in plan
    ]


def _not_begun(key: str, followers: Sequence[PlannedStep]) -> list[PlannedStep]:
    """Return the followers that can still move; refuse when all of them have started."""
    planned = [one for one in followers if one.status is StepStatus.PLANNED]
    begun = [one.key for one in followers if one.status not in {StepStatus.PLANNED, StepStatus.SKIPPED}]
    if begun and not planned:
        names = ", ".join(begun)
        raise Refusal(
            code="already_started",
            nl=f"Wat op '{key}' volgt is al begonnen ({names}); verwacht: een stap met een gepland vervolg.",
            en=f"What follows '{key}' has already started ({names}); expected: a step with planned followers.",
            evidence={"key": key, "started": names},
        )
    return planned


def _put(
    plan: Sequence[PlannedStep], new: list[PlannedStep], *, behind: str, followers: Sequence[PlannedStep]
) -> list[PlannedStep]:
    """Put steps in the list behind one, let its followers wait for the last of them, and move these."""
    waiting = {one.key for one in followers}
    found: list[PlannedStep] = []
    for one in plan:
        waits = [new[-1].key if name == behind else name for name in one.after]
        found.append(one.model_copy(update={"after": waits}) if one.key in waiting else one)
        if one.key == behind:
            found.extend(new)
    return _shift(plan, found)


def _end(one: PlannedStep) -> date:
    return local_date(one.actual_end) if one.actual_end else one.planned_end


def _shift(old: Sequence[PlannedStep], new: Sequence[PlannedStep]) -> list[PlannedStep]:
    """Move every planned step as far as the last of what it waits for has moved; lengths and gaps stay."""
    was = {one.key: one for one in old}
    now = {one.key: one for one in new}
    for key in TopologicalSorter({one.key: one.after for one in new}).static_order():
        one = now[key]
        if one.status is not StepStatus.PLANNED or key not in was or not one.after or not was[key].after:
            continue
        before = max(_end(was[name]) for name in was[key].after)
        after = max(_end(now[name]) for name in one.after)
        if before != after:
            now[key] = _moved(one, before, after)
    return [now[one.key] for one in new]


def _moved(one: PlannedStep, before: date, after: date) -> PlannedStep:
    if one.step.phase is Phase.IMPLEMENTATION:
        # Counted in months from entry into force, so it moves by calendar days.
        moved = after - before
        begin, end = one.planned_start + moved, one.planned_end + moved
        if one.step.kind is not StepKind.IMPLEMENTATION:
            begin = add_working_days(max(begin, after + timedelta(days=1)), 0)
            end = add_working_days(max(end, begin), 0)
    else:
        begin = add_working_days(after, max(working_days_between(before, one.planned_start), 1))
        end = _moved_end(one, begin)
    return one.model_copy(update={"planned_start": begin, "planned_end": end})


def _moved_end(one: PlannedStep, begin: date) -> date:
    if one.step.phase is Phase.IMPLEMENTATION:
        return add_working_days(begin + (one.planned_end - one.planned_start), 0)
    return add_working_days(begin, working_days_between(one.planned_start, one.planned_end))
