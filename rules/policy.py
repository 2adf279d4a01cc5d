"""A policy is terms that the lender sets for all loans. Another policy is tried on lives that were lived already."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any, NamedTuple

from rules import billing, life, owed, plan
from rules.events import Event
from rules.life import Life
from rules.loan import Loan
from rules.money import ZERO
from rules.plan import Terms
from rules.products import Product


class Policy(NamedTuple):
    """The terms that replace a loan's own, or those of the product that replaces its own. None keeps the loan's."""

    cycle_days: int | None = None
    due_days: int | None = None
    minimum_due_rate: Decimal | None = None
    product: Product | None = None

    def applied_to(self, own: Terms) -> Terms:
        if self.product is not None:
            own = plan.terms_under(self.product, own)
        return own._replace(**self._named())

    def _named(self) -> dict[str, Any]:
        return {name: value for name in TERMS if (value := getattr(self, name)) is not None}

    def __str__(self) -> str:
        product = [f"product={self.product.name}:{self.product.version}"] if self.product else []
        return " ".join([*product, *(f"{name}={value}" for name, value in self._named().items())])


# The terms that a policy can name beside a product.
TERMS = Policy._fields[:-1]


class Figures(NamedTuple):
    """The figures of a loan on a date: rupees, days past due, and the number of bills.

    `interest_income` is the interest that was billed, or paid before its bill. `closed_on` is the date on which the
    loan ended.
    """

    emi: Decimal
    principal_balance: Decimal
    interest_income: Decimal
    interest_paid: Decimal
    minimum_due: Decimal
    past_due: Decimal
    payoff: Decimal
    credit: Decimal
    days_past_due: int
    cycles_billed: int
    closed_on: date | None

    @property
    def summed(self) -> tuple[Decimal | int, ...]:
        return self[:-1]


# The figures that have a sum: all but the date. The rupees come first.
SUMMED = Figures._fields[:-1]
RUPEES = SUMMED[:-2]


def lived(terms: Terms, recorded: Sequence[Event], today: date) -> Figures:
    """The figures of the life that the events make under the terms, at the end of a day."""
    found: Life = life.fold(terms, recorded, until=today)
    return stored(found.loan, sum((paid.interest for paid in found.payments.values()), ZERO), today)


def stored(loan: Loan, interest_paid: Decimal, today: date) -> Figures:
    """The figures of a loan that stands as it does, and whose payments have paid this interest.

    Cycles that have come by today count as billed. The loan needs its unpaid bills only if `owed.needs_bills` says so.
    """
    issued, now = billing.bill_through(loan.terms, loan.standing, today)
    position = owed.position(Loan(loan.terms, now, (*loan.bills, *issued)), today)
    return Figures(
        now.emi,
        now.principal_balance,
        now.interest_receivable + interest_paid,
        interest_paid,
        position.minimum_due,
        position.past_due,
        position.payoff,
        now.credit,
        position.days_past_due,
        now.cycles_billed,
        now.closed_on,
    )


@dataclass(slots=True)
class Sums:
    """A figure of many loans: its actual and its changed sum, and the sizes of the differences."""

    actual: Decimal | int = 0
    changed: Decimal | int = 0
    absolute: Decimal | int = 0
    sizes: Counter[int] = field(default_factory=Counter)

    @property
    def difference(self) -> Decimal | int:
        return self.changed - self.actual

    @property
    def differing(self) -> int:
        """The number of loans whose figure differs."""
        return self.sizes.total()

    def add(self, other: "Sums") -> None:
        self.actual += other.actual
        self.changed += other.changed
        self.absolute += other.absolute
        self.sizes.update(other.sizes)


@dataclass(slots=True)
class Totals:
    """The sums of each figure of `SUMMED` over many loans, in constant space."""

    loans: int = 0
    differing: int = 0
    closed: tuple[int, int] = (0, 0)  # actual and changed
    figures: dict[str, Sums] = field(default_factory=lambda: {name: Sums() for name in SUMMED})

    def count(self, actual: Figures, changed: Figures) -> None:
        """Count a loan with its figures as they are and under the policy."""
        self.loans += 1
        self.differing += actual != changed
        self.closed = (
            self.closed[0] + (actual.closed_on is not None),
            self.closed[1] + (changed.closed_on is not None),
        )
        for sums, before, after in zip(self.figures.values(), actual.summed, changed.summed, strict=True):
            sums.actual += before
            sums.changed += after
            if difference := after - before:
                sums.absolute += max(difference, -difference)
                sums.sizes[size(difference)] += 1

    def add(self, other: "Totals") -> None:
        self.loans += other.loans
        self.differing += other.differing
        self.closed = (self.closed[0] + other.closed[0], self.closed[1] + other.closed[1])
        for name, sums in self.figures.items():
            sums.add(other.figures[name])


def size(difference: Decimal | int) -> int:
    """The size of a difference: the number of digits of its whole part, at least 1, with its sign.

    So 1 is below 10, 2 is from 10 to below 100, and -2 is the same downwards.
    """
    digits = max(Decimal(difference).adjusted() + 1, 1)
    return digits if difference > 0 else -digits
