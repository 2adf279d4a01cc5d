"""The terms of a loan determine its calendar and its plan; the EMI is the installment that repays it level."""

import datetime
from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction
from functools import lru_cache
from math import ceil
from typing import NamedTuple

from rules.annuity import installment_of_a_rupee
from rules.calendars import CycleKind
from rules.interest import daily_rate
from rules.money import ZERO, product_to_paise, to_paise
from rules.products import CARD, Product


class Terms(NamedTuple):
    """The terms agreed at disbursal, which never change. Rates are percent, amounts rupees.

    `product` has the policies that `card` does not have. It is `CARD` itself for a loan of card's first version.
    """

    amount: Decimal
    interest_rate: Decimal
    daily_rate: Decimal
    loan_term: int
    disbursed_on: datetime.date
    cycle_days: int
    due_days: int
    minimum_due_rate: Decimal
    product: Product = CARD


# The days of the shortest month, because the due days of a product are less than its shortest cycle.
_SHORTEST_MONTH_DAYS = 28


def shortest_cycle_days(product: Product) -> int:
    return product.cycle if product.cycle_kind == CycleKind.DAYS else _SHORTEST_MONTH_DAYS


def terms_of(
    product: Product, *, amount: Decimal, interest_rate: Decimal, loan_term: int, disbursed_on: datetime.date
) -> Terms:
    """The terms of a new loan of a product: rupees, percent a year, and cycles."""
    is_card = (product.name, product.version) == (CARD.name, CARD.version)
    return Terms(
        amount=amount,
        interest_rate=interest_rate,
        daily_rate=daily_rate(interest_rate),
        loan_term=loan_term,
        disbursed_on=disbursed_on,
        cycle_days=shortest_cycle_days(product),
        due_days=product.due_days,
        minimum_due_rate=product.minimum_due_rate,
        product=CARD if is_card else product,
    )


def product_of(terms: Terms, card: Product) -> Product:
    """The product of a loan. `card` is its first version, whose loans have the policies of their own rows."""
    if terms.product is not CARD:
        return terms.product
    return replace(card, cycle=terms.cycle_days, due_days=terms.due_days, minimum_due_rate=terms.minimum_due_rate)


class Installment(NamedTuple):
    """One line of a plan: the amount due for the cycle billed on `date`, and the principal balance after it is paid."""

    number: int
    date: datetime.date
    due_date: datetime.date
    amount_due: Decimal
    principal: Decimal
    interest: Decimal
    principal_balance: Decimal


# Python takes half a microsecond to make a timedelta, as long as for seven products of Decimals. A bill needs three.
@lru_cache(maxsize=1024)
def days(count: int) -> datetime.timedelta:
    return datetime.timedelta(days=count)


def billing_date(terms: Terms, cycle: int) -> datetime.date:
    return terms.disbursed_on + days(terms.cycle_days * cycle)


def due_date(terms: Terms, cycle: int) -> datetime.date:
    return billing_date(terms, cycle) + days(terms.due_days)


def cycle_rate(terms: Terms) -> Decimal:
    """The interest of a whole cycle per rupee of principal: `i` of the annuity formula."""
    return terms.daily_rate / 100 * terms.cycle_days


def emi(terms: Terms, principal: Decimal, cycles: int) -> Decimal:
    """The level installment that repays `principal` in `cycles` cycles (lending rules, 4).

    `P * i / (1 - (1 + i)^-n)`, the present value of an annuity solved for its payment; `P / n` without
    interest.
    """
    return product_to_paise(principal, _emi_of_a_rupee(cycle_rate(terms), cycles))


def most_principal_below(terms: Terms, installment: Decimal, cycles: int) -> Decimal:
    """The largest principal, in paise, whose EMI is less than an installment; negative if there is none."""
    # An EMI is rounded half up, so that it is less if it is below the installment by more than half a paisa.
    limit = (Fraction(installment) * 100 - Fraction(1, 2)) / _emi_of_a_rupee(cycle_rate(terms), cycles)
    return Decimal(ceil(limit) - 1).scaleb(-2)


# Loans share few rates and terms, and the power takes longer than the rest of an EMI. A factor takes about 1 kB.
@lru_cache(maxsize=4096)
def _emi_of_a_rupee(rate: Decimal, cycles: int) -> Fraction:
    return installment_of_a_rupee([(rate, cycles)])


def least_cycles(terms: Terms, principal: Decimal, most_emi: Decimal, most: int) -> int | None:
    """The least number of cycles, at most `most`, in which an EMI of at most `most_emi` repays `principal`.

    None if there is none. The EMI falls as the cycles grow, so the number is found by bisection.
    """
    found = 1 + bisect_left(range(1, most + 1), True, key=lambda cycles: emi(terms, principal, cycles) <= most_emi)
    return found if found <= most else None


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
    balance, rate = principal_balance, cycle_rate(terms)
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
    level = emi(terms, terms.amount, terms.loan_term)
    return tuple(installments(terms, emi=level, principal_balance=terms.amount, cycles=range(1, terms.loan_term + 1)))
