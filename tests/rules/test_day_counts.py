"""Each day count gives a day its part of a year's interest, exactly, and the parts of days add up."""

from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rules import calendars, day_counts, interest
from rules.calendars import Calendar, Cycle, CycleKind
from rules.day_counts import PARTS, UNITS_OF_A_RUPEE, DayCount
from tests.rules.banker import half_up

DAY = timedelta(days=1)
DATES = st.dates(date(2000, 1, 1), date(2100, 1, 1))
PRINCIPALS = st.decimals("0.01", "99999999.99", places=2)
RATES = st.decimals("0", "36", places=3)
MONTHS = st.builds(calendars.from_disbursal, st.just(CycleKind.MONTHS), st.integers(0, 31), DATES)
FEW = settings(max_examples=40)


def is_leap(day: date) -> bool:
    return day.year % 4 == 0 and (day.year % 100 != 0 or day.year % 400 == 0)


def years_30e(start: date, end: date) -> Fraction:
    """30E/360 as the textbook has it, between two dates."""
    days = min(end.day, 30) - min(start.day, 30)
    return Fraction(360 * (end.year - start.year) + 30 * (end.month - start.month) + days, 360)


def part(day_count: DayCount, day: date, cycle: Cycle) -> Fraction:
    """The part of a year that one day has, by the table of the lending rules (15.3); of a day's rate for DAILY3."""
    year = {True: 366, False: 365}
    return {
        DayCount.DAILY3: Fraction(1),
        DayCount.ACT365: Fraction(1, 365),
        DayCount.ACT360: Fraction(1, 360),
        DayCount.ACTACT: Fraction(1, year[is_leap(day)]),
        DayCount.ACTACT_ISDA: Fraction(1, year[is_leap(day - DAY)]),
        DayCount.E30360: years_30e(cycle.start, day) - years_30e(cycle.start, day - DAY),
        DayCount.MONTHLY: Fraction(1, 12 * (cycle.end - cycle.start).days if cycle.is_whole else 365),
    }[day_count]


@FEW
@given(st.sampled_from(DayCount), MONTHS, st.integers(1, 14), st.integers(0, 45), st.integers(0, 45))
def test_the_parts_of_days_add_up(day_count: DayCount, calendar: Calendar, number: int, start: int, days: int) -> None:
    cycle = calendars.cycle(calendar, number)
    since = min(cycle.start + start * DAY, cycle.end)
    until = min(since + days * DAY, cycle.end)
    counted = day_counts.parts(day_count, cycle, since=since, until=until)
    by_day = [part(day_count, since + (day + 1) * DAY, cycle) for day in range((until - since).days)]
    assert Fraction(counted, PARTS[day_count]) == sum(by_day, Fraction(0))


def test_fineract_and_isda_split_a_turn_of_the_year_differently() -> None:
    cycle = Cycle(date(2023, 12, 12), date(2024, 1, 12), is_whole=True)
    assert day_counts.year_fraction(DayCount.ACTACT, cycle) == Fraction(19, 365) + Fraction(12, 366)
    assert day_counts.year_fraction(DayCount.ACTACT_ISDA, cycle) == Fraction(20, 365) + Fraction(11, 366)


@FEW
@given(RATES, MONTHS, st.integers(2, 14))
def test_a_whole_month_has_a_twelfth_of_the_rate(rate: Decimal, calendar: Calendar, number: int) -> None:
    cycle = calendars.cycle(calendar, number)
    assert day_counts.factor(DayCount.MONTHLY, rate, cycle) == Fraction(rate) / 1200


@FEW
@given(PRINCIPALS, RATES, st.integers(1, 45))
def test_the_interest_of_daily3_is_that_of_today_with_7_decimals(principal: Decimal, rate: Decimal, days: int) -> None:
    start = date(2026, 1, 1)
    end = start + days * DAY
    cycle, daily = Cycle(start, end, is_whole=True), interest.daily_rate(rate)
    assert day_counts.rate_of_the_parts(DayCount.DAILY3, rate) == daily
    counted = day_counts.parts(DayCount.DAILY3, cycle, since=start, until=end)
    units = day_counts.interest(principal, daily, counted)
    today = interest.accrual(principal, daily, since=start, until=end)
    assert UNITS_OF_A_RUPEE[DayCount.DAILY3] == 10**7
    assert Decimal(units).scaleb(-7) == today


@FEW
@given(st.sampled_from(DayCount), PRINCIPALS, RATES, MONTHS, st.integers(0, 45))
def test_interest_is_exact_and_rounded_once(
    day_count: DayCount, principal: Decimal, rate: Decimal, calendar: Calendar, days: int
) -> None:
    cycle = calendars.cycle(calendar, 1)
    middle = min(cycle.start + days * DAY, cycle.end)
    halves = (
        day_counts.parts(day_count, cycle, since=cycle.start, until=middle),
        day_counts.parts(day_count, cycle, since=middle, until=cycle.end),
    )
    counted = day_counts.rate_of_the_parts(day_count, rate)
    units = sum(day_counts.interest(principal, counted, half) for half in halves)
    exact = Fraction(principal) * day_counts.factor(day_count, rate, cycle)
    assert Fraction(units, UNITS_OF_A_RUPEE[day_count]) == exact
    assert Fraction(day_counts.to_paise(day_count, units)) == half_up(exact)


@pytest.mark.parametrize(("day", "before", "days"), [("2026-03-01", "2026-02-28", 3), ("2026-01-31", "2026-01-30", 0)])
def test_a_month_of_30e_has_30_days(day: str, before: str, days: int) -> None:
    cycle = Cycle(date.fromisoformat(before), date.fromisoformat(day), is_whole=False)
    assert day_counts.parts(DayCount.E30360, cycle, since=cycle.start, until=cycle.end) == days
