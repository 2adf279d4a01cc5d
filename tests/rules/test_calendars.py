"""A calendar keeps the wanted day, and its first cycle to a fixed day is not too short."""

from datetime import date, timedelta
from fractions import Fraction
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rules import calendars
from rules.calendars import Calendar, CycleKind, FirstPeriod

DATES = st.dates(date(2000, 1, 1), date(2100, 1, 1))
DAY = timedelta(days=1)


def months(day: str, wanted: int = 0) -> Calendar:
    return calendars.from_disbursal(CycleKind.MONTHS, wanted, date.fromisoformat(day))


def first_dates(calendar: Calendar, number: int) -> list[str]:
    return [calendars.billing_date(calendar, cycle).isoformat() for cycle in range(1, number + 1)]


@pytest.mark.parametrize(
    ("disbursed_on", "wanted", "billed_on"),
    [
        ("2026-01-31", 0, ["2026-02-28", "2026-03-31", "2026-04-30"]),
        ("2024-01-30", 0, ["2024-02-29", "2024-03-30", "2024-04-30"]),
        ("2024-02-29", 0, ["2024-03-29", "2024-04-29", "2024-05-29"]),
        ("2026-11-05", 0, ["2026-12-05", "2027-01-05", "2027-02-05"]),
        ("2026-01-05", 5, ["2026-02-05", "2026-03-05", "2026-04-05"]),
        ("2026-02-28", 31, ["2026-03-31", "2026-04-30", "2026-05-31"]),
        ("2026-01-31", 31, ["2026-02-28", "2026-03-31", "2026-04-30"]),
        ("2026-01-20", 5, ["2026-02-05", "2026-03-05", "2026-04-05"]),  # 16 days
        ("2026-01-21", 5, ["2026-02-05", "2026-03-05", "2026-04-05"]),  # 15 days
        ("2026-01-22", 5, ["2026-03-05", "2026-04-05", "2026-05-05"]),  # 14 days would be too short
        ("2026-01-01", 31, ["2026-01-31", "2026-02-28", "2026-03-31"]),
        ("2026-01-01", 20, ["2026-01-20", "2026-02-20", "2026-03-20"]),
    ],
)
def test_the_wanted_day_is_kept(disbursed_on: str, wanted: int, billed_on: list[str]) -> None:
    assert first_dates(months(disbursed_on, wanted), 3) == billed_on


def test_cycles_of_days_have_so_many_days() -> None:
    calendar = calendars.from_disbursal(CycleKind.DAYS, 30, date(2026, 1, 1))
    assert first_dates(calendar, 3) == ["2026-01-31", "2026-03-02", "2026-04-01"]
    assert all(cycle.is_whole for cycle in calendars.cycles(calendar, range(1, 4)))


@pytest.mark.parametrize(
    ("disbursed_on", "wanted", "is_whole"),
    [("2026-01-05", 5, True), ("2026-01-20", 5, False), ("2026-01-22", 5, False), ("2026-02-28", 31, True)],
)
def test_only_a_first_cycle_to_a_fixed_day_may_be_no_whole_month(
    disbursed_on: str, wanted: int, is_whole: bool
) -> None:
    first, *later = calendars.cycles(months(disbursed_on, wanted), range(1, 25))
    assert first.is_whole is is_whole
    assert all(cycle.is_whole for cycle in later)


@given(DATES, st.integers(0, 31))
def test_cycles_of_months_follow_each_other_a_month_apart(disbursed_on: date, wanted: int) -> None:
    calendar = calendars.from_disbursal(CycleKind.MONTHS, wanted, disbursed_on)
    cycles = list(calendars.cycles(calendar, range(1, 15)))
    assert cycles[0].start == disbursed_on
    for before, after in pairwise(cycles):
        assert after.start == before.end
        assert (12 * after.end.year + after.end.month) - (12 * before.end.year + before.end.month) == 1
        # The kept day, or the last of a shorter month.
        assert after.end.day == (wanted or disbursed_on.day) or (after.end + DAY).day == 1
    if wanted:
        assert 15 <= (cycles[0].end - disbursed_on).days <= 45


@pytest.mark.parametrize(
    ("calendar", "expected"),
    [
        (months("2026-01-05"), FirstPeriod(1, Fraction(0))),
        (months("2026-01-31"), FirstPeriod(1, Fraction(0))),
        (months("2026-01-20", 5), FirstPeriod(0, Fraction(16, 30))),
        (months("2026-01-22", 5), FirstPeriod(1, Fraction(14, 30))),
        (months("2026-02-28", 31), FirstPeriod(1, Fraction(0))),
        (Calendar(CycleKind.DAYS, 30, date(2026, 1, 1), date(2026, 1, 31)), FirstPeriod(1, Fraction(0))),
        (Calendar(CycleKind.DAYS, 30, date(2026, 1, 1), date(2026, 2, 3)), FirstPeriod(1, Fraction(3, 30))),
        (Calendar(CycleKind.DAYS, 7, date(2026, 1, 1), date(2026, 1, 6)), FirstPeriod(0, Fraction(5, 7))),
    ],
)
def test_the_first_period_is_counted_back_from_the_first_billing_date(
    calendar: Calendar, expected: FirstPeriod
) -> None:
    assert calendars.first_period(calendar) == expected


def test_a_year_has_12_months_or_365_days() -> None:
    assert calendars.cycles_in_a_year(months("2026-01-05")) == 12
    assert calendars.cycles_in_a_year(calendars.from_disbursal(CycleKind.DAYS, 30, date(2026, 1, 1))) == Fraction(73, 6)
