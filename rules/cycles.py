"""The cycles of a loan that differ in days or interest: by its product's calendar and day count (15.2 to 15.4).

`rules.plan` has the cycles of the other loans, which all have as many days and the same interest.
"""

from collections.abc import Sequence
from datetime import date
from decimal import ROUND_DOWN, Decimal
from fractions import Fraction
from functools import lru_cache
from itertools import groupby
from typing import NamedTuple

from rules import calendars, day_counts
from rules.annuity import installment_of_a_rupee
from rules.calendars import Calendar, CycleKind
from rules.day_counts import DayCount
from rules.interest import daily_rate
from rules.schedules import BilledCycle
from rules.terms import Changes, Terms

# A loan stores its accrued interest with seven decimals.
_STORED = Decimal("0.0000001")


class _Piece(NamedTuple):
    """A calendar whose first cycle has a number of the loan's."""

    calendar: Calendar
    first_cycle: int


def _piece(terms: Terms, changes: Changes | None, cycle: int) -> _Piece:
    """The calendar that a cycle of the loan is in."""
    product = terms.product
    is_by_days = product.cycle_kind == CycleKind.DAYS
    for shift in reversed(changes.shifts if changes else ()):
        if cycle >= shift.cycle:
            length = terms.cycle_days if is_by_days else shift.first.day
            return _Piece(Calendar(product.cycle_kind, length, shift.start, shift.first), shift.cycle)
    length = terms.cycle_days if is_by_days else product.cycle
    return _Piece(_calendar(product.cycle_kind, length, terms.disbursed_on), 1)


# A bill asks for the same calendar several times.
_calendar = lru_cache(maxsize=4096)(calendars.from_disbursal)


def billing_date(terms: Terms, changes: Changes | None, cycle: int) -> date:
    """The last day of a cycle."""
    calendar, first_cycle = _piece(terms, changes, cycle)
    return calendars.billing_date(calendar, cycle - first_cycle + 1)


def due_through(terms: Terms, changes: Changes | None, through: date) -> int:
    """The cycles whose billing date has come by a date."""
    most = None
    for shift in reversed(changes.shifts if changes else ()):
        if through >= shift.first:
            calendar, first_cycle = _piece(terms, changes, shift.cycle)
            return _at_most(calendars.billed_through(calendar, through) + first_cycle - 1, most)
        most = shift.cycle - 1
    return _at_most(calendars.billed_through(_piece(terms, changes, 1).calendar, through), most)


def _at_most(cycles: int, most: int | None) -> int:
    return cycles if most is None else min(cycles, most)


def _rate(terms: Terms, changes: Changes | None) -> Decimal:
    """The rate of the day count's parts, in percent."""
    is_by_day = terms.product.day_count == DayCount.DAILY3
    if changes is None or changes.interest_rate is None:
        return terms.daily_rate if is_by_day else terms.interest_rate
    return daily_rate(changes.interest_rate) if is_by_day else changes.interest_rate


def _cycle(terms: Terms, changes: Changes | None, number: int) -> calendars.Cycle:
    calendar, first_cycle = _piece(terms, changes, number)
    return calendars.cycle(calendar, number - first_cycle + 1)


# The factors of a plan are asked for by each payment and by each bill after it. An entry takes about 5 kB.
@lru_cache(maxsize=512)
def _factors(terms: Terms, changes: Changes | None, numbers: range) -> tuple[Fraction, ...]:
    """The interest of each whole cycle per rupee of principal."""
    day_count, rate = terms.product.day_count, _rate(terms, changes)
    parts = [
        day_counts.parts(day_count, one, since=one.start, until=one.end)
        for one in (_cycle(terms, changes, number) for number in numbers)
    ]
    return tuple(Fraction(rate) * Fraction(counted, 100 * day_counts.PARTS[day_count]) for counted in parts)


@lru_cache(maxsize=4096)
def emi_of_a_rupee(terms: Terms, changes: Changes | None, numbers: range) -> Fraction:
    """The exact level installment that repays one rupee over the cycles with these numbers."""
    runs = groupby(_factors(terms, changes, numbers))
    return installment_of_a_rupee([(factor, len(list(run))) for factor, run in runs])


class Span(NamedTuple):
    """The days after `since` up to and including `until`, in one cycle of a loan."""

    cycle: int
    since: date
    until: date


def accrued_units(terms: Terms, changes: Changes | None, principal: Decimal, span: Span) -> int:
    """The exact interest of some days, in units of `day_counts.UNITS_OF_A_RUPEE`."""
    return day_counts.interest(principal, _rate(terms, changes), _parts(terms, changes, span))


def share_of_a_rate(terms: Terms, changes: Changes | None, span: Span) -> tuple[Decimal, Fraction]:
    """The rate in percent, and the part of it that some days have."""
    counted = _parts(terms, changes, span)
    return _rate(terms, changes), Fraction(counted, day_counts.PARTS[terms.product.day_count])


def _parts(terms: Terms, changes: Changes | None, span: Span) -> int:
    cycle = _cycle(terms, changes, span.cycle)
    return day_counts.parts(terms.product.day_count, cycle, since=span.since, until=span.until)


def stored(day_count: DayCount, units: int) -> Decimal:
    """Exact interest in rupees, cut to the seven decimals that a loan stores.

    A cut amount rounds to the same paisa as the exact one. For DAILY3 it is the exact one.
    """
    rupees, rest = divmod(units, day_counts.UNITS_OF_A_RUPEE[day_count])
    decimals = rest * 10**7 // day_counts.UNITS_OF_A_RUPEE[day_count]
    return (Decimal(rupees) + Decimal(decimals).scaleb(-7)).quantize(_STORED, ROUND_DOWN)


def billed(terms: Terms, changes: Changes | None, numbers: range) -> Sequence[BilledCycle]:
    """The cycles with these numbers, as a plan needs them."""
    until_due = terms.due_days
    dates = (billing_date(terms, changes, number) for number in numbers)
    return [
        BilledCycle(number, on, date.fromordinal(on.toordinal() + until_due), factor)
        for number, on, factor in zip(numbers, dates, _factors(terms, changes, numbers), strict=True)
    ]
