"""The charges of a loan as clients see them: the rules give those of its day, and a penal charge leads to its bill."""

from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from typing import Protocol

from models.payment_posting import AllocationRow
from rules import charges, owed
from rules.loan import Charge, Loan, Stands
from rules.money import ZERO


class StandingLoan(Stands, Protocol):
    """A row, or a view, of a loan."""

    @property
    def id(self) -> int: ...


class ChargeOfALoan(Charge):
    """A charge with its loan."""

    loan: StandingLoan


def of(loan: StandingLoan, today: date) -> list[ChargeOfALoan]:
    """The charges of a loan on a day, oldest first."""
    return [_viewed(one, loan) for one in owed.charges_of(Loan.of(loan), today)]


def _viewed(charge: Charge, loan: StandingLoan) -> ChargeOfALoan:
    view = ChargeOfALoan(*charge)
    view.loan = loan
    return view


def cycle_of(charge: Charge) -> int | None:
    """The cycle of the bill that brought a penal charge; None for other charges."""
    kind, _, cycle = charge.key.partition(":")
    return int(cycle) if kind == charges.PENAL else None


def allocations(loan: StandingLoan, today: date, parts: Iterable[tuple[str, Decimal]]) -> list[AllocationRow]:
    """The parts of a payment that paid charges: pairs of a key and rupees."""
    by_key = {one.key: one for one in of(loan, today)}
    return [AllocationRow(None, ZERO, ZERO, ZERO, by_key.get(key), paid) for key, paid in parts]
