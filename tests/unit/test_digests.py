"""When digests and reminders go."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rules import digests
from rules.calendar import add_working_days, is_working_day

EIGHT = datetime(2027, 1, 11, 7, tzinfo=UTC)


@pytest.mark.parametrize(
    ("day", "begins"),
    [
        (date(2027, 1, 11), True),
        (date(2027, 1, 12), False),
        (date(2027, 1, 10), False),
        (date(2027, 3, 29), False),
        (date(2027, 3, 30), True),
        (date(2027, 1, 1), False),
        (date(2026, 12, 28), True),
    ],
)
def test_a_week_begins_on_its_first_working_day(day: date, *, begins: bool) -> None:
    assert digests.begins_week(day) is begins


@given(st.dates(date(2026, 1, 1), date(2035, 12, 31)))
def test_each_week_begins_once_if_it_has_a_working_day(day: date) -> None:
    monday = day - timedelta(days=day.weekday())
    week = [monday + timedelta(days=number) for number in range(7)]

    assert sum(map(digests.begins_week, week)) == any(map(is_working_day, week))
    assert not digests.begins_week(day) or is_working_day(day)


def test_digests_go_on_working_days_once_a_day() -> None:
    assert digests.goes_today(EIGHT)
    assert not digests.goes_today(EIGHT - timedelta(days=1))
    assert not digests.goes_today(datetime(2027, 3, 29, 6, tzinfo=UTC))
    assert not digests.was_sent(EIGHT, None)
    assert digests.was_sent(EIGHT, EIGHT - timedelta(hours=1))
    assert not digests.was_sent(EIGHT, EIGHT - timedelta(days=1))
    assert digests.since(EIGHT, None, weekly=True) == EIGHT - timedelta(days=7)
    assert digests.since(EIGHT, None, weekly=False) == EIGHT - timedelta(days=1)
    last = EIGHT - timedelta(days=40)
    assert digests.since(EIGHT, last, weekly=False) == last


@given(st.integers(-30, 30))
def test_a_reminder_may_be_left_out_only_before_the_due_day(offset: int) -> None:
    due = datetime(2027, 1, 11, 16, tzinfo=UTC)
    now = datetime.combine(add_working_days(due.date(), offset), EIGHT.timetz())

    assert digests.may_be_left_out(now, due) == (offset < 0)
