"""The terms of a loan are agreed at disbursal and never change; a change of terms stands beside them."""

import datetime
from dataclasses import dataclass, replace
from decimal import Decimal
from enum import StrEnum
from typing import NamedTuple

from rules.calendars import CycleKind
from rules.interest import daily_rate
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


@dataclass(frozen=True, slots=True)
class Shift:
    """From a cycle on, whose days begin after `start`, the billing dates follow the one on `first`."""

    cycle: int
    start: datetime.date
    first: datetime.date


class RateChangeChoice(StrEnum):
    """The plan after a change of the rate: the term stays, the EMI stays, or another EMI is agreed (13.2)."""

    KEEP_TERM = "KEEP_TERM"
    KEEP_EMI = "KEEP_EMI"
    SET_EMI = "SET_EMI"


@dataclass(frozen=True, slots=True)
class RateChange:
    """From the night after a date on, interest accrues at another rate, in percent a year.

    `emi` is that of SET_EMI.
    """

    effective_on: datetime.date
    interest_rate: Decimal
    choice: RateChangeChoice
    emi: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Changes:
    """The terms of a loan that are no longer those of its disbursal: the rate in percent a year, and billing dates.

    `ahead` are the changes of the rate that wait for their date, in the order in which they apply.
    """

    interest_rate: Decimal | None = None
    shifts: tuple[Shift, ...] = ()
    ahead: tuple[RateChange, ...] = ()


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


def terms_under(product: Product, own: Terms) -> Terms:
    """The terms of a loan if it were of another product: its amount, rate, term and day of the disbursal stay."""
    return terms_of(
        product,
        amount=own.amount,
        interest_rate=own.interest_rate,
        loan_term=own.loan_term,
        disbursed_on=own.disbursed_on,
    )


def product_of(terms: Terms, card: Product) -> Product:
    """The product of a loan. `card` is its first version, whose loans have the policies of their own rows."""
    if terms.product is not CARD:
        return terms.product
    return replace(card, cycle=terms.cycle_days, due_days=terms.due_days, minimum_due_rate=terms.minimum_due_rate)
