"""The terms of a loan determine its calendar and its plan; the EMI is the installment that repays it level."""

import datetime
from bisect import bisect_left
from collections.abc import Iterator
from decimal import Decimal
from fractions import Fraction
from functools import lru_cache
from math import ceil
from typing import NamedTuple

from rules import cycles as uneven
from rules import schedules
from rules.annuity import installment_of_a_rupee
from rules.installment import Installment as Installment  # noqa: PLC0414 — callers have it from here
from rules.money import PAISA, ZERO, product_to_paise, to_paise
from rules.products import CARD
from rules.terms import Changes
from rules.terms import Terms as Terms  # noqa: PLC0414 — likewise
from rules.terms import product_of as product_of  # noqa: PLC0414 — likewise
from rules.terms import shortest_cycle_days as shortest_cycle_days  # noqa: PLC0414 — likewise
from rules.terms import terms_of as terms_of  # noqa: PLC0414 — likewise
from rules.terms import terms_under as terms_under  # noqa: PLC0414 — likewise


# Python takes half a microsecond to make a timedelta, as long as for seven products of Decimals. A bill needs three.
@lru_cache(maxsize=1024)
def days(count: int) -> datetime.timedelta:
    return datetime.timedelta(days=count)


def is_level(terms: Terms, changes: Changes | None = None) -> bool:
    """Whether all cycles of a loan have as many days and the same interest: `card`, and products like it."""
    return changes is None and (terms.product is CARD or terms.product.is_level)


def billing_date(terms: Terms, cycle: int, changes: Changes | None = None) -> datetime.date:
    if is_level(terms, changes):
        return terms.disbursed_on + days(terms.cycle_days * cycle)
    return uneven.billing_date(terms, changes, cycle)


def due_date(terms: Terms, cycle: int, changes: Changes | None = None) -> datetime.date:
    return billing_date(terms, cycle, changes) + days(terms.due_days)


def cycles_due(terms: Terms, through: datetime.date, changes: Changes | None = None) -> int:
    """The cycles of a loan whose billing date has come by a date."""
    if is_level(terms, changes):
        return max((through - terms.disbursed_on).days // terms.cycle_days, 0)
    return uneven.due_through(terms, changes, through)


def cycle_rate(terms: Terms) -> Decimal:
    """The interest of a whole cycle per rupee of principal: `i` of the annuity formula."""
    return terms.daily_rate / 100 * terms.cycle_days


def emi(terms: Terms, principal: Decimal, cycles: int, first_cycle: int = 1, changes: Changes | None = None) -> Decimal:
    """The level installment that repays `principal` in a number of cycles from one on (lending rules, 4 and 15.4).

    `P * i / (1 - (1 + i)^-n)`, the present value of an annuity solved for its payment; `P / n` without
    interest.
    """
    of_a_rupee = _emi_of_a_rupee(terms, cycles, first_cycle, changes)
    step = terms.product.emi_step
    if step == PAISA:
        return product_to_paise(principal, of_a_rupee)
    paise = step / PAISA
    return product_to_paise(principal, of_a_rupee / Fraction(paise)) * paise


def most_principal_below(
    terms: Terms, installment: Decimal, cycles: int, first_cycle: int = 1, changes: Changes | None = None
) -> Decimal:
    """The largest principal, in paise, whose EMI is less than an installment; negative if there is none."""
    # An EMI is rounded half up to its step, so it is less if it is below the largest lesser step by half a step more.
    step = Fraction(terms.product.emi_step)
    below = (ceil(Fraction(installment) / step) - 1) * step + step / 2
    limit = below * 100 / _emi_of_a_rupee(terms, cycles, first_cycle, changes)
    return Decimal(ceil(limit) - 1).scaleb(-2)


def _emi_of_a_rupee(terms: Terms, cycles: int, first_cycle: int, changes: Changes | None) -> Fraction:
    if is_level(terms, changes):
        return _level_emi_of_a_rupee(cycle_rate(terms), cycles)
    return uneven.emi_of_a_rupee(terms, changes, range(first_cycle, first_cycle + cycles))


# Loans share few rates and terms, and the power takes longer than the rest of an EMI. A factor takes about 1 kB.
@lru_cache(maxsize=4096)
def _level_emi_of_a_rupee(rate: Decimal, cycles: int) -> Fraction:
    return installment_of_a_rupee([(rate, cycles)])


class Ahead(NamedTuple):
    """The cycles that a plan may have: at most `most` from `first_cycle` on."""

    first_cycle: int
    most: int


def least_cycles(
    terms: Terms, principal: Decimal, most_emi: Decimal, ahead: Ahead, changes: Changes | None = None
) -> int | None:
    """The least number of cycles ahead in which an EMI of at most `most_emi` repays `principal`.

    None if there is none. The EMI falls as the cycles grow, so the number is found by bisection.
    """

    def is_enough(cycles: int) -> bool:
        return emi(terms, principal, cycles, ahead.first_cycle, changes) <= most_emi

    found = 1 + bisect_left(range(1, ahead.most + 1), True, key=is_enough)
    return found if found <= ahead.most else None


def installments(
    terms: Terms,
    *,
    emi: Decimal,
    principal_balance: Decimal,
    cycles: range,
    first_interest: Decimal | None = None,
) -> Iterator[Installment]:
    """The plan for the cycles that are left: `emi` each, and the rest in the last one (lending rules, 4).

    `first_interest` replaces the interest of the first line if some of its days have accrued already.
    """
    return lines(terms, Rest(emi, principal_balance, cycles, first_interest))


class Rest(NamedTuple):
    """The cycles that are left, with the EMI and the principal that they repay."""

    emi: Decimal
    principal_balance: Decimal
    cycles: range
    first_interest: Decimal | None = None


def lines(terms: Terms, rest: Rest, changes: Changes | None = None) -> Iterator[Installment]:
    """As `installments`, of a loan whose terms may have changed."""
    emi, balance, cycles, first_interest = rest
    if is_level(terms, changes):
        return _level_installments(terms, emi, balance, cycles, first_interest)
    billed = uneven.billed(terms, changes, cycles)
    return schedules.installments(billed, emi=emi, principal_balance=balance, first_interest=first_interest)


def _level_installments(
    terms: Terms, emi: Decimal, balance: Decimal, cycles: range, first_interest: Decimal | None
) -> Iterator[Installment]:
    rate = cycle_rate(terms)
    cycle, until_due = datetime.timedelta(days=terms.cycle_days), datetime.timedelta(days=terms.due_days)
    billed_on, last = billing_date(terms, cycles.start - 1), cycles.stop - 1
    for number in cycles:
        interest = to_paise(balance * rate) if first_interest is None else first_interest
        first_interest = None
        principal = balance if number == last else min(max(emi - interest, ZERO), balance)
        balance -= principal
        billed_on += cycle
        # The fields by position, because their names cost a fifth of a line.
        yield Installment(number, billed_on, billed_on + until_due, principal + interest, principal, interest, balance)


def at_disbursal(terms: Terms) -> tuple[Installment, ...]:
    """The plan of a new loan. Its principals sum to the amount of the loan."""
    cycles = range(1, terms.loan_term + 1)
    return tuple(installments(terms, emi=first_emi(terms), principal_balance=terms.amount, cycles=cycles))


def first_emi(terms: Terms) -> Decimal:
    """The EMI at disbursal."""
    return emi(terms, terms.amount, terms.loan_term)
