"""A bill is what one cycle demands, and the parts of it that are paid since."""

from datetime import date
from decimal import Decimal
from typing import NamedTuple, Protocol

from rules.money import ZERO


class BillBalance(Protocol):
    """The fields of a bill that decide what it still asks for."""

    @property
    def cycle(self) -> int: ...
    @property
    def due_date(self) -> date: ...
    @property
    def interest(self) -> Decimal: ...
    @property
    def minimum_due(self) -> Decimal: ...
    @property
    def installment(self) -> Decimal: ...
    @property
    def interest_paid(self) -> Decimal: ...
    @property
    def principal_paid(self) -> Decimal: ...


class Bill(NamedTuple):
    """The bill of one cycle: its amounts when it was issued, and the parts of it that are paid since.

    `past_due` is the unpaid part of earlier bills when it was issued, and `charges` the unpaid charges.

    `deferred_share` is the part of the interest that earlier cycles set aside, and `deferred` the interest that this
    cycle sets aside. A `withdrawn` bill demands nothing any more.
    """

    cycle: int
    billing_date: date
    due_date: date
    principal_balance: Decimal
    interest: Decimal
    minimum_due: Decimal
    installment: Decimal
    past_due: Decimal
    charges: Decimal = ZERO
    deferred_share: Decimal = ZERO
    deferred: Decimal = ZERO
    interest_paid: Decimal = ZERO
    principal_paid: Decimal = ZERO
    withdrawn: bool = False

    @property
    def own_interest(self) -> Decimal:
        """The interest of its cycle, demanded or set aside."""
        return self.interest + self.deferred - self.deferred_share


# The columns of a bill that its issue sets. Payments and restructurings change the others.
ISSUED = Bill._fields[:-3]
