"""The terms of a loan determine its calendar and its plan; the EMI is the installment that repays it level."""

import datetime
from collections.abc import Iterator
from decimal import Decimal
from fractions import Fraction
from functools import lru_cache
from typing import NamedTuple, Protocol

from rules.money import ZERO, fraction_to_paise, to_paise


class Terms(Protocol):
    """The terms agreed at disbursal, which never change. Rates are percent, amounts rupees."""

    @property
    def amount(self) -> Decimal: ...
    @property
    def daily_rate(self) -> Decimal: ...
    @property
    def loan_term(self) -> int: ...
    @property
    def disbursed_on(self) -> datetime.date: ...
    @property
    def cycle_days(self) -> int: ...
    @property
    def due_days(self) -> int: ...
    @property
    def minimum_due_rate(self) -> Decimal: ...


class Proposal(NamedTuple):
    """The terms of a loan that does not exist yet, for example a quote's."""

    amount: Decimal
    interest_rate: Decimal
    daily_rate: Decimal
    loan_term: int
    disbursed_on: datetime.date
    cycle_days: int
    due_days: int
    minimum_due_rate: Decimal


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
    assert cycles >= 1, "an installment needs a cycle to fall in"
    # Fractions are exact. Decimals of any length would miss results that end in exactly half a paisa.
    i = Fraction(cycle_rate(terms))
    if i == 0:
        return fraction_to_paise(Fraction(principal) / cycles)
    growth = (1 + i) ** cycles
    return fraction_to_paise(Fraction(principal) * i * growth / (growth - 1))


def installments(
    terms: Terms,
    *,
    emi: Decimal,
    principal_balance: Decimal,
    cycles_billed: int = 0,
    first_interest: Decimal | None = None,
) -> Iterator[Installment]:
    """The plan for the remaining cycles: `emi` each, and the rest in the last one (lending rules, 4).

    `first_interest` replaces the interest of the first line if some of its days have accrued already.
    """
    balance, rate = principal_balance, cycle_rate(terms)
    cycle, until_due = datetime.timedelta(days=terms.cycle_days), datetime.timedelta(days=terms.due_days)
    billed_on, last = billing_date(terms, cycles_billed), terms.loan_term
    for number in range(cycles_billed + 1, last + 1):
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
    return tuple(installments(terms, emi=level, principal_balance=terms.amount))
