"""A schedule is the plan of a loan whose cycles may differ in days and interest (lending rules, 15.4)."""

import datetime
from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal
from fractions import Fraction
from itertools import groupby
from typing import NamedTuple

from rules import calendars, day_counts
from rules.annuity import installment_of_a_rupee
from rules.calendars import Calendar
from rules.day_counts import DayCount
from rules.installment import Installment
from rules.money import PAISA, ZERO, product_to_paise


class Agreement(NamedTuple):
    """The terms of a plan: rupees, percent a year, cycles, and the policies of the product (15.1) that decide it."""

    amount: Decimal
    interest_rate: Decimal
    loan_term: int
    calendar: Calendar
    due_days: int
    day_count: DayCount
    emi_step: Decimal = PAISA


class BilledCycle(NamedTuple):
    """A cycle of a plan: its number, billing date, due date, and its interest per rupee of principal."""

    number: int
    date: datetime.date
    due_date: datetime.date
    factor: Fraction


def emi(principal: Decimal, factors: Iterable[Fraction], step: Decimal = PAISA) -> Decimal:
    """The level installment that repays a principal over cycles with these factors, rounded half up to the EMI step."""
    runs = ((factor, len(list(run))) for factor, run in groupby(factors))
    paise = step / PAISA
    return product_to_paise(principal, installment_of_a_rupee(runs) / Fraction(paise)) * paise


def billed_cycles(agreement: Agreement, numbers: range) -> list[BilledCycle]:
    """The cycles with these numbers, each with the factor of the whole cycle."""
    _, rate, _, calendar, due_days, day_count, _ = agreement
    return [
        BilledCycle(
            number, cycle.end, cycle.end + datetime.timedelta(days=due_days), day_counts.factor(day_count, rate, cycle)
        )
        for number, cycle in zip(numbers, calendars.cycles(calendar, numbers), strict=True)
    ]


def installments(
    cycles: Sequence[BilledCycle], *, emi: Decimal, principal_balance: Decimal, first_interest: Decimal | None = None
) -> Iterator[Installment]:
    """The plan for the cycles that are left: `emi` each, and the rest in the last one (lending rules, 4 and 15.4).

    `first_interest` replaces the interest of the first line if some of its days have accrued already.
    `plan.installments` stays beside it, because its one short Decimal for all cycles halves the time of a line.
    """
    balance, last = principal_balance, cycles[-1].number if cycles else 0
    for number, billed_on, due_on, factor in cycles:
        interest = product_to_paise(balance, factor) if first_interest is None else first_interest
        first_interest = None
        principal = balance if number == last else min(max(emi - interest, ZERO), balance)
        balance -= principal
        yield Installment(number, billed_on, due_on, principal + interest, principal, interest, balance)


def at_disbursal(agreement: Agreement) -> tuple[Installment, ...]:
    """The plan of a new loan. Its principals sum to the amount of the loan."""
    cycles = billed_cycles(agreement, range(1, agreement.loan_term + 1))
    level = emi(agreement.amount, (cycle.factor for cycle in cycles), agreement.emi_step)
    return tuple(installments(cycles, emi=level, principal_balance=agreement.amount))
