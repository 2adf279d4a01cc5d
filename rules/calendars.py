"""A calendar has the billing dates of a loan: cycles of N days, or of months with a kept day (lending rules, 15.2)."""

from calendar import monthrange
from collections.abc import Iterator
from datetime import date, timedelta
from enum import StrEnum
from fractions import Fraction
from itertools import count
from typing import NamedTuple

from rules.interest import DAYS_IN_A_YEAR

LAST_DAY = 31  # the wanted day of a cycle that ends with the month
MONTHS_IN_A_YEAR = 12

# A first cycle to a fixed day is at least as long, so that a bill never follows the disbursal within days.
SHORTEST_FIRST_CYCLE_DAYS = 15


class CycleKind(StrEnum):
    """How a cycle is counted."""

    DAYS = "DAYS"
    MONTHS = "MONTHS"


class Cycle(NamedTuple):
    """The days after `start` up to and including `end`; `is_whole` if it has as many days, or is a month, as agreed."""

    start: date
    end: date
    is_whole: bool


class Calendar(NamedTuple):
    """The cycles from `start` on. The first one is billed on `first`, and later ones follow it.

    `length` is the days of a cycle with DAYS, and the wanted day of the month, 1 to 31, with MONTHS.
    """

    kind: CycleKind
    length: int
    start: date
    first: date


class FirstPeriod(NamedTuple):
    """The time from the disbursal to the first billing date, in whole cycles and a fraction of one."""

    whole: int
    odd: Fraction


def from_disbursal(
    kind: CycleKind, cycle: int, disbursed_on: date, *, shortest: int = SHORTEST_FIRST_CYCLE_DAYS
) -> Calendar:
    """The calendar of a new loan.

    `cycle` is the days of a cycle with DAYS. With MONTHS it is a fixed day of the month, 31 for the last, or 0 for the
    day of the disbursal. The first cycle to a fixed day has at least `shortest` days.
    """
    if kind == CycleKind.DAYS:
        assert cycle >= 1, "a cycle has a day"
        return Calendar(kind, cycle, disbursed_on, disbursed_on + timedelta(days=cycle))
    assert 0 <= cycle <= LAST_DAY, "a month has no such day"
    if cycle == 0:
        return Calendar(kind, disbursed_on.day, disbursed_on, month_later(disbursed_on, 1, disbursed_on.day))
    days = (month_later(disbursed_on, months, cycle) for months in count())
    first = next(day for day in days if (day - disbursed_on).days >= shortest)
    return Calendar(kind, cycle, disbursed_on, first)


def month_later(day: date, months: int, wanted: int) -> date:
    """The wanted day, or the last one of a shorter month, in the month that is `months` after that of `day`."""
    years, month = divmod(day.month - 1 + months, MONTHS_IN_A_YEAR)
    year = day.year + years
    return date(year, month + 1, min(wanted, monthrange(year, month + 1)[1]))


def billing_date(calendar: Calendar, number: int) -> date:
    """The last day of cycle `number`; the start of the calendar for 0."""
    if number == 0:
        return calendar.start
    if calendar.kind == CycleKind.DAYS:
        return calendar.first + timedelta(days=calendar.length * (number - 1))
    return month_later(calendar.first, number - 1, calendar.length)


def billed_through(calendar: Calendar, through: date) -> int:
    """The number of cycles whose last day is at most a date."""
    if through < calendar.first:
        return 0
    if calendar.kind == CycleKind.DAYS:
        return (through - calendar.first).days // calendar.length + 1
    first = calendar.first
    months = MONTHS_IN_A_YEAR * (through.year - first.year) + through.month - first.month
    return months + (through >= month_later(first, months, calendar.length))


def cycle(calendar: Calendar, number: int) -> Cycle:
    """Cycle `number`, from 1."""
    start, end = billing_date(calendar, number - 1), billing_date(calendar, number)
    return Cycle(start, end, is_whole=number > 1 or start == _cycle_before(calendar, 1))


def cycles(calendar: Calendar, numbers: range) -> Iterator[Cycle]:
    """The cycles with these numbers."""
    return (cycle(calendar, number) for number in numbers)


def _cycle_before(calendar: Calendar, cycles: int) -> date:
    """The day that is a number of whole cycles before the first billing date."""
    if calendar.kind == CycleKind.DAYS:
        return calendar.first - timedelta(days=calendar.length * cycles)
    return month_later(calendar.first, -cycles, calendar.length)


def cycles_in_a_year(calendar: Calendar) -> Fraction:
    """12 for months, and 365 / N for cycles of N days (lending rules, 16.2)."""
    is_by_days = calendar.kind == CycleKind.DAYS
    return Fraction(DAYS_IN_A_YEAR, calendar.length) if is_by_days else Fraction(MONTHS_IN_A_YEAR)


def first_period(calendar: Calendar) -> FirstPeriod:
    """The time to the first billing date, counted back from it (lending rules, 16.2; Regulation Z, Appendix J, (b)(5)).

    The odd days are a fraction of 30 days for months, and of N days for cycles of N days.
    """
    whole = next(number for number in count() if _cycle_before(calendar, number + 1) < calendar.start)
    odd_days = (_cycle_before(calendar, whole) - calendar.start).days
    return FirstPeriod(whole, Fraction(odd_days, calendar.length if calendar.kind == CycleKind.DAYS else 30))
