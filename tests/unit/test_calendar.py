import time
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rules.calendar import (
    AMSTERDAM,
    add_months,
    add_working_days,
    due_moment,
    in_words,
    is_working_day,
    local_date,
    working_days_between,
)

DAYS = st.dates(date(2016, 1, 1), date(2060, 12, 31))


@pytest.mark.parametrize(
    "day",
    [
        date(2026, 1, 1),
        date(2026, 4, 6),
        date(2026, 4, 27),
        date(2026, 5, 14),
        date(2026, 5, 25),
        date(2025, 5, 5),
        date(2026, 12, 25),
        date(2026, 7, 4),
        date(2026, 7, 5),
    ],
)
def test_holidays_and_weekends_are_free(day: date) -> None:
    assert not is_working_day(day)


@pytest.mark.parametrize("day", [date(2026, 4, 3), date(2026, 5, 5), date(2027, 1, 11), date(2026, 12, 31)])
def test_good_friday_and_liberation_day_outside_a_lustrum_are_working_days(day: date) -> None:
    assert is_working_day(day)


def test_working_days_skip_easter() -> None:
    thursday = date(2026, 4, 2)
    assert add_working_days(thursday, 2) == date(2026, 4, 7)
    assert add_working_days(date(2026, 4, 7), -2) == thursday
    assert add_working_days(date(2026, 4, 4), 0) == date(2026, 4, 7)
    assert add_working_days(thursday, 0) == thursday


@settings(max_examples=60, deadline=None)
@given(DAYS, st.integers(-60, 60))
def test_between_undoes_add(day: date, n: int) -> None:
    start = add_working_days(day, 0)
    end = add_working_days(start, n)
    assert is_working_day(end)
    assert working_days_between(start, end) == n
    assert add_working_days(end, -n) == start


@settings(max_examples=60, deadline=None)
@given(DAYS)
def test_due_moment_is_five_o_clock_in_amsterdam(day: date) -> None:
    moment = due_moment(day)
    assert moment.utcoffset() == timedelta(0)
    assert moment.astimezone(AMSTERDAM).hour == 17
    assert local_date(moment) == day


def test_due_moment_follows_summer_time() -> None:
    assert due_moment(date(2026, 1, 12)) == datetime(2026, 1, 12, 16, tzinfo=UTC)
    assert due_moment(date(2026, 7, 13)) == datetime(2026, 7, 13, 15, tzinfo=UTC)


def test_local_date_is_that_of_amsterdam() -> None:
    assert local_date(datetime(2026, 7, 13, 22, 30, tzinfo=UTC)) == date(2026, 7, 14)
    with pytest.raises(ValueError, match="time zone"):
        local_date(datetime(2026, 7, 13, 22, 30))  # noqa: DTZ001


def test_in_words() -> None:
    assert in_words(date(2027, 1, 11), "nl") == "maandag 11 januari 2027"
    assert in_words(date(2027, 1, 11), "en") == "Monday 11 January 2027"
    assert in_words(date(2026, 3, 1), "nl") == "zondag 1 maart 2026"
    with pytest.raises(ValueError, match="fr"):
        in_words(date(2027, 1, 11), "fr")


def test_add_months_stays_within_the_month() -> None:
    assert add_months(date(2026, 1, 31), 1) == date(2026, 2, 28)
    assert add_months(date(2024, 2, 29), 12) == date(2025, 2, 28)
    assert add_months(date(2026, 1, 15), -1) == date(2025, 12, 15)
    assert add_months(date(2026, 12, 31), 60) == date(2031, 12, 31)
    with pytest.raises(ValueError, match="outside"):
        add_months(date(9999, 12, 1), 1)


def test_forty_five_years_are_counted_quickly() -> None:
    began = time.perf_counter()
    assert 11_000 < working_days_between(date(2016, 1, 1), date(2060, 12, 31)) < 11_600
    assert time.perf_counter() - began < 3
