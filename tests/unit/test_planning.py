"""The plan skips free days, walks to its end, and keeps its order when it is changed."""

from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.base import Words
from models.enums import Phase, StepKind, StepStatus
from models.errors import Refusal
from models.plan import PlannedStep
from models.playbook import EntryIntoForce, FactValue, Playbook, Repeat, Step
from rules.calendar import add_months, add_working_days, is_working_day
from rules.planning import back, beside, entered, entry_into_force, expand, find, insert, ready, repeat, reschedule
from runtime.files import find_covenant, find_playbook, list_sectors, load_covenant, load_playbook

START = date(2027, 1, 4)
BOOKS = {sector: load_playbook(find_playbook(sector)) for sector in list_sectors()}
PLANS = {
    sector: expand(book, facts=covenant.facts, include=covenant.include, start=START)
    for sector, book in BOOKS.items()
    for covenant in [load_covenant(find_covenant(sector))]
}


def step(name: str, phase: Phase = Phase.DIALOGUE, kind: StepKind = StepKind.TASK, **more: object) -> Step:
    data = {"id": name, "phase": phase, "kind": kind, "title": Words(nl=name, en=name), **more}
    return Step.model_validate(data)


def with_status(plan: list[PlannedStep], status: StepStatus, *keys: str) -> list[PlannedStep]:
    return [one.model_copy(update={"status": status}) if one.key in keys else one for one in plan]


def in_order(plan: list[PlannedStep]) -> bool:
    """Nothing planned begins before what it waits for has ended."""
    by_key = {one.key: one for one in plan}
    return all(
        one.planned_start <= one.planned_end
        and all(
            by_key[name].planned_end < one.planned_start or by_key[name].status is StepStatus.SKIPPED
            for name in one.after
        )
        for one in plan
        if one.status is StepStatus.PLANNED
    )


@pytest.mark.parametrize("sector", list(PLANS))
def test_planned_dates_are_working_days_in_order(sector: str) -> None:
    for one in PLANS[sector]:
        if one.step.kind is not StepKind.IMPLEMENTATION:
            assert is_working_day(one.planned_start), one
            assert is_working_day(one.planned_end), one
    assert in_order(PLANS[sector])


@pytest.mark.parametrize("first", [date(2027, 1, 1), date(2027, 1, 2), date(2027, 1, 3), START])
def test_a_start_on_a_free_day_waits_for_monday(first: date) -> None:
    plan = expand(BOOKS["banking"], facts={}, include=[], start=first)
    assert plan[0].planned_start == START
    assert plan[0].planned_end == add_working_days(START, 15)


def test_a_dialogue_is_planned_for_three_rounds() -> None:
    talks = find(PLANS["garments-textile"], "negotiation")
    assert talks.planned_end == add_working_days(talks.planned_start, 90)
    assert 4 <= (find(PLANS["garments-textile"], "ground-rules").planned_start - START).days / 30 <= 7


def test_implementation_counts_from_entry_into_force() -> None:
    plan = PLANS["banking"]
    entry = add_working_days(find(plan, "signing").planned_end, 28)
    assert find(plan, "monitoring-committee").planned_end == add_working_days(add_months(entry, 3), 0)
    assert find(plan, "yearly-cycle").planned_end == add_months(entry, 36)
    later = expand(BOOKS["banking"], facts={}, include=[], start=date(2028, 1, 4))
    assert find(later, "value-chains").planned_end > find(plan, "value-chains").planned_end


@pytest.mark.parametrize(
    ("signed", "rule", "entry"),
    [
        (date(2027, 3, 31), EntryIntoForce(), date(2027, 3, 31)),
        (date(2027, 3, 31), EntryIntoForce(working_days=1), date(2027, 4, 1)),
        (date(2027, 3, 31), EntryIntoForce(first_of_month=True), date(2027, 4, 1)),
        (date(2027, 3, 31), EntryIntoForce(working_days=1, first_of_month=True), date(2027, 4, 1)),
        (date(2027, 12, 15), EntryIntoForce(working_days=2, first_of_month=True), date(2028, 1, 1)),
    ],
)
def test_entry_into_force(signed: date, rule: EntryIntoForce, entry: date) -> None:
    assert entry_into_force(signed, rule) == entry


def test_repeats_are_chained_and_until_passed_waits_for_failure() -> None:
    plan = PLANS["food"]
    assert find(plan, "stakeholder-round-2").after == ["stakeholder-round"]
    assert find(plan, "stakeholder-round-3").after == ["stakeholder-round-2"]
    assert find(plan, "agenda").after == ["stakeholder-round-3"]
    assert [one.key for one in plan if one.step.id == "go-ahead"] == ["go-ahead"]
    assert find(plan, "go-ahead").of == 2


def test_skipped_steps_say_why_and_nobody_waits_for_them() -> None:
    book = BOOKS["renewable-energy"]
    facts: dict[str, FactValue] = {"solar": False, "wind": False, "geography": "netherlands"}
    plan = expand(book, facts=facts, include=["legal-check"], start=START)
    assert find(plan, "agenda").after == ["joining-forces"]
    why = find(plan, "risk-analysis-solar").skipped_because
    assert why
    assert why.en == "This step applies only if solar = true, which is not so here."
    assert find(plan, "legal-check").status is StepStatus.PLANNED
    optional = find(plan, "mid-term-evaluation").skipped_because
    assert optional
    assert "not included" in optional.en
    assert all("risk-analysis-solar" not in one.after for one in plan if one.status is StepStatus.PLANNED)


def walk(plan: list[PlannedStep]) -> list[str]:
    visited: list[str] = []
    while now := ready(plan):
        visited += [one.key for one in now]
        plan = with_status(plan, StepStatus.DONE, *(one.key for one in now))
    return visited


@pytest.mark.parametrize("sector", list(PLANS))
def test_every_sector_can_be_walked_to_its_end(sector: str) -> None:
    visited = walk(PLANS[sector])
    assert sorted(visited) == sorted(one.key for one in PLANS[sector] if one.status is StepStatus.PLANNED)


@st.composite
def playbooks(draw: st.DrawFn) -> tuple[Playbook, list[str]]:
    """Any acyclic playbook, with any steps optional, repeated or written before what they wait for."""
    number = draw(st.integers(1, 9))
    steps = []
    for i in range(number):
        after = draw(st.lists(st.sampled_from([f"s{j}" for j in range(i)]), unique=True, max_size=3)) if i else []
        times = draw(st.sampled_from([None, 2, 3]))
        steps.append(
            step(
                f"s{i}",
                after=after,
                optional=draw(st.booleans()),
                duration=draw(st.integers(1, 40)),
                repeat=Repeat(times=times) if times else None,
            )
        )
    shuffled = draw(st.permutations(steps))
    included = draw(st.lists(st.sampled_from([one.id for one in steps]), unique=True))
    return BOOKS["banking"].model_copy(update={"steps": shuffled}), included


@given(playbooks(), st.dates(date(2026, 1, 1), date(2035, 1, 1)))
def test_any_acyclic_plan_is_walked_once(drawn: tuple[Playbook, list[str]], start: date) -> None:
    book, included = drawn
    plan = expand(book, facts={}, include=included, start=start)
    visited = walk(plan)
    assert len(visited) == len(set(visited))
    assert set(visited) == {one.key for one in plan if one.status is StepStatus.PLANNED}
    assert in_order(plan)


@given(playbooks(), st.data())
def test_any_change_keeps_the_order(drawn: tuple[Playbook, list[str]], data: st.DataObject) -> None:
    book, included = drawn
    plan = expand(book, facts={}, include=included, start=START)
    planned = [one for one in plan if one.status is StepStatus.PLANNED]
    if not planned:
        return
    one = data.draw(st.sampled_from(planned))
    moved = reschedule(plan, one.key, add_working_days(one.planned_start, data.draw(st.integers(0, 80))))
    assert in_order(moved)
    assert [other.key for other in moved] == [other.key for other in plan]
    longer = insert(moved, step("new", duration=data.draw(st.integers(1, 60))), one.key)
    assert in_order(longer)
    assert find(longer, "new").after == [one.key]
    assert all(
        one.key not in other.after for other in longer if other.status is StepStatus.PLANNED and other.key != "new"
    )
    assert sorted(walk(longer)) == sorted(["new", *(other.key for other in planned)])


@st.composite
def failures(draw: st.DrawFn) -> tuple[list[PlannedStep], int, int]:
    """A plan of steps in a row with a dialogue somewhere, of which one after it failed; and where these two are."""
    before, between, later = (draw(st.integers(0, 3)) for _ in range(3))
    kinds = [*[StepKind.TASK] * before, StepKind.DIALOGUE, *[StepKind.APPROVAL] * between, StepKind.RATIFICATION]
    kinds += [StepKind.TASK] * later
    steps = [
        step(f"s{i}", kind=kind, after=[f"s{i - 1}"] if i else [], duration=draw(st.integers(1, 40)))
        for i, kind in enumerate(kinds)
    ]  # fmt: skip
    plan = expand(BOOKS["banking"].model_copy(update={"steps": steps}), facts={}, include=[], start=START)
    failed = before + between + 1
    done = with_status(plan, StepStatus.DONE, *(one.key for one in plan[:failed]))
    return with_status(done, StepStatus.FAILED, plan[failed].key), before, failed


@given(failures())
def test_going_back_to_the_text_does_the_talks_and_all_after_them_again(
    drawn: tuple[list[PlannedStep], int, int],
) -> None:
    plan, talks, failed = drawn
    again = back(plan, plan[failed].key)
    new = [one for one in again if one.key not in {other.key for other in plan}]
    assert [one.step.id for one in new] == [one.step.id for one in plan[talks : failed + 1]]
    assert {one.status for one in new} == {StepStatus.PLANNED}
    assert new[0].after == [plan[failed].key]
    assert new[0].planned_start == add_working_days(plan[failed].planned_end, 1)
    assert in_order(again)
    over = [one for one in again if one.status in {StepStatus.DONE, StepStatus.FAILED}]
    assert over == plan[: failed + 1], "what happened stays as it was"
    assert walk(again) == [*(one.key for one in new), *(one.key for one in plan[failed + 1 :])]
    once_more = back(with_status(with_status(again, StepStatus.DONE, *(one.key for one in new[:-1])), StepStatus.FAILED,
                                 new[-1].key), new[-1].key)  # fmt: skip
    keys = [one.key for one in once_more]
    assert len(keys) == len(set(keys)) == len(plan) + 2 * len(new)


@given(failures())
def test_a_step_that_was_repeated_comes_again_once(drawn: tuple[list[PlannedStep], int, int]) -> None:
    plan, talks, failed = drawn
    step = plan[failed].step.model_copy(update={"repeat": None})
    plan = [one.model_copy(update={"step": step}) if one.key == plan[failed].key else one for one in plan]
    repeated = repeat(plan, plan[failed].key)
    key = next(one.key for one in repeated if one.key not in {other.key for other in plan})
    repeated = with_status(repeated, StepStatus.FAILED, key)
    again = back(repeated, key)
    new = [one for one in again if one.key not in {other.key for other in repeated}]
    assert [one.step.id for one in new] == [one.step.id for one in plan[talks : failed + 1]]
    assert len({one.key for one in again}) == len(again)
    assert in_order(again)


@given(playbooks(), st.data())
def test_what_is_put_beside_a_step_starts_at_once_and_nothing_waits_for_it(
    drawn: tuple[Playbook, list[str]], data: st.DataObject
) -> None:
    book, included = drawn
    plan = expand(book, facts={}, include=included, start=START)
    now = ready(plan)
    if not now:
        return
    place = data.draw(st.sampled_from(now))
    plan = with_status(plan, StepStatus.ACTIVE, place.key)
    today = data.draw(st.dates(START, date(2030, 1, 1)))
    first = beside(plan, step("apart", duration=5), place.key, today)
    both = beside(first, step("apart", duration=5), place.key, today)
    assert {one.key for one in both} - {one.key for one in plan} == {"apart-1", "apart-2"}
    assert [one for one in both if one.step.id not in {"apart-1", "apart-2"}] == plan
    for key in ("apart-1", "apart-2"):
        one = find(both, key)
        assert one in ready(both), "it waits for nothing that is not over"
        assert one.planned_start == add_working_days(today, 0)
        assert not any(key in other.after for other in both)


def test_rescheduling_moves_what_follows_and_no_more() -> None:
    plan = PLANS["garments-textile"]
    old = find(plan, "negotiation")
    moved = reschedule(plan, "negotiation", date(2028, 1, 1))
    assert find(moved, "negotiation").planned_end == date(2028, 1, 3)
    assert find(moved, "negotiators-accord").planned_start == date(2028, 1, 4)
    assert find(moved, "ground-rules") == find(plan, "ground-rules")
    assert find(moved, "yearly-cycle").planned_end > find(plan, "yearly-cycle").planned_end
    assert find(plan, "negotiation") == old
    assert reschedule(moved, "negotiation", old.planned_end)[:10] == plan[:10]


def test_what_has_started_does_not_move() -> None:
    plan = with_status(PLANS["garments-textile"], StepStatus.DONE, "principles", "risk-analysis")
    plan = with_status(plan, StepStatus.ACTIVE, "joining-forces")
    moved = reschedule(plan, "joining-forces", date(2027, 6, 1))
    assert find(moved, "agenda").planned_start == date(2027, 6, 2)
    assert find(moved, "risk-analysis") == find(plan, "risk-analysis")


def test_a_failed_step_is_repeated_until_its_limit() -> None:
    plan = with_status(PLANS["food"], StepStatus.FAILED, "go-ahead")
    again = repeat(plan, "go-ahead")
    new = find(again, "go-ahead-2")
    assert (new.after, new.occurrence, new.of) == (["go-ahead"], 2, 2)
    assert find(again, "scope").after == ["go-ahead-2"]
    assert find(again, "scope").planned_start > new.planned_end
    assert in_order(again)
    with pytest.raises(Refusal, match="at most 2 times"):
        repeat(with_status(again, StepStatus.FAILED, "go-ahead-2"), "go-ahead")


def test_a_late_end_is_counted_from_the_real_day() -> None:
    late = datetime(2027, 2, 10, 23, 30, tzinfo=UTC)
    plan = [
        one.model_copy(update={"status": StepStatus.DONE, "actual_end": late}) if one.key == "principles" else one
        for one in PLANS["banking"]
    ]
    assert find(insert(plan, step("new", Phase.EXPLORATION), "principles"), "new").planned_start == date(2027, 2, 12)


BEGUN = with_status(PLANS["food"], StepStatus.DONE, "principles", "risk-analysis", "joining-forces")
BEGUN = with_status(BEGUN, StepStatus.ACTIVE, "stakeholder-round")


@pytest.mark.parametrize(
    ("change", "code", "accepted"),
    [
        (lambda: reschedule(BEGUN, "negotation", START), "unknown_step", "did you mean 'negotiation'"),
        (lambda: insert(BEGUN, step("x"), "nowhere"), "unknown_step", "principles"),
        (lambda: repeat(BEGUN, "nowhere"), "unknown_step", "principles"),
        (lambda: insert(BEGUN, step("scope"), "go-ahead"), "step_exists", "a new name"),
        (lambda: insert(BEGUN, step("x", kind=StepKind.SIGNING), "go-ahead"), "kind_only_once", "another kind"),
        (lambda: insert(BEGUN, step("x", Phase.IMPLEMENTATION), "scope"), "wrong_phase", "phase dialogue"),
        (lambda: insert(BEGUN, step("x", Phase.EXPLORATION), "scope"), "wrong_phase", "phase dialogue"),
        (lambda: insert(BEGUN, step("x", Phase.EXPLORATION), "risk-analysis"), "already_started", "planned followers"),
        (lambda: insert(PLANS["renewable-energy"], step("x"), "legal-check"), "step_skipped", "negotiation"),
        (lambda: repeat(BEGUN, "scope"), "step_not_over", "done or failed"),
        (lambda: repeat(BEGUN, "risk-analysis"), "already_started", "planned followers"),
        (lambda: reschedule(BEGUN, "principles", START), "step_over", "stakeholder-round"),
        (lambda: reschedule(BEGUN, "scope", START), "end_before_start", "or later"),
    ],
)
def test_what_makes_no_sense_is_refused(change: object, code: str, accepted: str) -> None:
    assert callable(change)
    with pytest.raises(Refusal) as caught:
        change()
    assert caught.value.code == code
    assert accepted in caught.value.words.en.split("expected: ")[1]
    assert "verwacht: " in caught.value.words.nl


@pytest.mark.parametrize("sector", list(PLANS))
@given(later=st.integers(min_value=-400, max_value=900))
def test_what_is_due_after_the_entry_is_counted_from_the_real_one(sector: str, later: int) -> None:
    book, plan = BOOKS[sector], PLANS[sector]
    signing = next(one for one in plan if one.step.kind is StepKind.SIGNING)
    planned = entry_into_force(signing.planned_end, book.entry_into_force)
    entry = planned + timedelta(days=later)
    ended = datetime.combine(entry, time(12), UTC)
    signed = [
        one if one.step.phase is Phase.IMPLEMENTATION
        else one.model_copy(update={"status": StepStatus.DONE, "actual_end": min(ended, noon(one.planned_end))})
        for one in plan
    ]  # fmt: skip
    found = entered(signed, entry, book.term_years)
    open_ones = {one.key: one for one in found if one.status is StepStatus.PLANNED}
    for one in open_ones.values():
        assert all(open_ones[name].planned_end < one.planned_start for name in one.after if name in open_ones)
    for one in found:
        if one.step.kind is StepKind.IMPLEMENTATION:
            assert one.planned_end == add_months(entry, 12 * book.term_years)
        elif one.step.months_after_entry is not None:
            counted = add_working_days(add_months(entry, one.step.months_after_entry), 0)
            assert one.planned_end == max(counted, one.planned_start)
        else:
            assert one.step.phase is not Phase.IMPLEMENTATION or one.planned_start >= entry
    if later == 0:
        assert found == signed


def noon(day: date) -> datetime:
    return datetime.combine(day, time(12), UTC)
