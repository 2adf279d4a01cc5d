"""A working day is no Sunday, no second or fourth Saturday, and no holiday of the lender."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rules import working_days


def test_the_working_days_of_january_2026() -> None:
    january = [date(2026, 1, day) for day in range(1, 32)]
    republic_day = {date(2026, 1, 26)}
    closed = [day.day for day in january if not working_days.is_working_day(day, republic_day)]
    assert closed == [4, 10, 11, 18, 24, 25, 26]


@pytest.mark.parametrize(
    ("day", "count", "holidays", "expected"),
    [
        (date(2026, 1, 9), 3, (), date(2026, 1, 14)),  # a Friday before the second Saturday
        (date(2026, 1, 9), 3, (date(2026, 1, 14),), date(2026, 1, 15)),
        (date(2026, 1, 2), 3, (), date(2026, 1, 6)),  # the first Saturday is a working day
        (date(2026, 1, 9), 1, (), date(2026, 1, 12)),
        (date(2026, 1, 11), 1, (), date(2026, 1, 12)),  # a Sunday
    ],
)
def test_a_number_of_working_days_later(day: date, count: int, holidays: tuple[date, ...], expected: date) -> None:
    assert working_days.later(day, count, holidays) == expected


@given(
    st.dates(date(2020, 1, 1), date(2030, 1, 1)),
    st.integers(1, 10),
    st.sets(st.dates(date(2020, 1, 1), date(2030, 3, 1))),
)
def test_the_day_is_a_working_day_and_the_last_of_as_many(day: date, count: int, holidays: set[date]) -> None:
    found = working_days.later(day, count, holidays)
    between = [day + timedelta(days=days) for days in range(1, (found - day).days + 1)]
    assert sum(working_days.is_working_day(one, holidays) for one in between) == count
    assert working_days.is_working_day(found, holidays)
