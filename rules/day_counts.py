"""A day count says which part of a year's interest a day has; every part is a whole number of a fixed denominator."""

from datetime import date, timedelta
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction
from math import lcm

from rules.calendars import MONTHS_IN_A_YEAR, Cycle
from rules.interest import DAYS_IN_A_YEAR, daily_rate
from rules.money import product_to_paise

_LEAP_DAYS_IN_A_YEAR = 366
_DAYS_IN_A_MONTH_30E = 30

# A principal has two decimals, a rate three, and percent are hundredths.
_PAISE = 100
_RATE_STEPS = 1000
_UNITS_OF_A_PART = _PAISE * _RATE_STEPS * 100

_DAY = timedelta(days=1)


class DayCount(StrEnum):
    """The conventions of lending rules 15.3."""

    DAILY3 = "DAILY3"
    ACT365 = "ACT365"
    ACT360 = "ACT360"
    ACTACT = "ACTACT"
    ACTACT_ISDA = "ACTACT_ISDA"
    E30360 = "E30360"
    MONTHLY = "MONTHLY"


# The parts that a rate is for, so that each day has a whole number of them. The rate of DAILY3 is for one day; the
# others are for a year. A whole month of MONTHLY has 28 to 31 days, and the days of its other cycles are 365ths.
PARTS = {
    DayCount.DAILY3: 1,
    DayCount.ACT365: DAYS_IN_A_YEAR,
    DayCount.ACT360: 360,
    DayCount.ACTACT: lcm(DAYS_IN_A_YEAR, _LEAP_DAYS_IN_A_YEAR),
    DayCount.ACTACT_ISDA: lcm(DAYS_IN_A_YEAR, _LEAP_DAYS_IN_A_YEAR),
    DayCount.E30360: 360,
    DayCount.MONTHLY: lcm(*(MONTHS_IN_A_YEAR * days for days in range(28, 32)), DAYS_IN_A_YEAR),
}

# Interest is a whole number of these units: 7 decimals for DAILY3, and a fraction of such a unit for the others.
UNITS_OF_A_RUPEE = {day_count: _UNITS_OF_A_PART * parts for day_count, parts in PARTS.items()}
_RUPEES_OF_A_UNIT = {day_count: Fraction(1, units) for day_count, units in UNITS_OF_A_RUPEE.items()}


def parts(day_count: DayCount, cycle: Cycle, *, since: date, until: date) -> int:
    """The parts, as in `PARTS`, of the days after `since` up to and including `until` (lending rules, 15.3).

    The days are in one cycle. The parts of two periods in a row sum to those of both together.
    """
    assert cycle.start <= since <= until <= cycle.end, "the days are in one cycle"
    match day_count:
        case DayCount.ACTACT:
            return _parts_by_year(since, until)
        case DayCount.ACTACT_ISDA:
            # A night belongs to the year of its start, the day before.
            return _parts_by_year(since - _DAY, until - _DAY)
        case DayCount.E30360:
            return _position_30e(until) - _position_30e(since)
        case DayCount.MONTHLY:
            cycle_days = (cycle.end - cycle.start).days
            days_in_a_year = MONTHS_IN_A_YEAR * cycle_days if cycle.is_whole else DAYS_IN_A_YEAR
            return (until - since).days * (PARTS[day_count] // days_in_a_year)
        case _:
            return (until - since).days


def _parts_by_year(since: date, until: date) -> int:
    """The parts of the days after `since` up to `until`: each has a 365th of a year, or a 366th in a leap year."""
    total = 0
    for year in range(since.year, until.year + 1):
        days = (min(until, date(year, 12, 31)) - max(since, date(year, 1, 1) - _DAY)).days
        total += days * (PARTS[DayCount.ACTACT] // _days_in(year))
    return total


def _days_in(year: int) -> int:
    return (date(year, 12, 31) - date(year, 1, 1)).days + 1


def _position_30e(day: date) -> int:
    """The number of a day if each month has 30 days; a 31st has the number of the 30th (30E/360, 2006 ISDA)."""
    month = MONTHS_IN_A_YEAR * day.year + day.month
    return _DAYS_IN_A_MONTH_30E * month + min(day.day, _DAYS_IN_A_MONTH_30E)


def rate_of_the_parts(day_count: DayCount, annual_rate: Decimal) -> Decimal:
    """Percent for the parts of `PARTS`, from percent a year: the daily rate for DAILY3, and else the annual rate."""
    return daily_rate(annual_rate) if day_count == DayCount.DAILY3 else annual_rate


def factor(day_count: DayCount, annual_rate: Decimal, cycle: Cycle) -> Fraction:
    """The interest of a whole cycle per rupee of principal: `r` of lending rules 15.3."""
    cycle_parts = parts(day_count, cycle, since=cycle.start, until=cycle.end)
    return Fraction(rate_of_the_parts(day_count, annual_rate)) * Fraction(cycle_parts, 100 * PARTS[day_count])


def year_fraction(day_count: DayCount, cycle: Cycle) -> Fraction:
    """The years from the start of a cycle to its end. DAILY3 counts no years."""
    assert day_count != DayCount.DAILY3, "a rate of DAILY3 is for a day"
    return Fraction(parts(day_count, cycle, since=cycle.start, until=cycle.end), PARTS[day_count])


def interest(principal: Decimal, rate: Decimal, counted: int) -> int:
    """The exact interest of `counted` parts on rupees, in units of `UNITS_OF_A_RUPEE`.

    `rate` is that of `rate_of_the_parts`, in percent with at most three decimals.
    """
    paise, steps = principal * _PAISE, rate * _RATE_STEPS
    assert paise == int(paise), "a principal is in paise"
    assert steps == int(steps), "a rate has three decimals"
    return int(paise) * int(steps) * counted


def to_paise(day_count: DayCount, units: int) -> Decimal:
    """Round exact interest half up to whole paise."""
    return product_to_paise(Decimal(units), _RUPEES_OF_A_UNIT[day_count])
