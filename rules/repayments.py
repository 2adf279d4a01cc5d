"""The principal and the interest that a borrower has paid so far, as a statement of a floating loan shows them."""

from decimal import Decimal
from typing import NamedTuple

from rules.life import Life
from rules.money import ZERO


class Repaid(NamedTuple):
    """Rupees."""

    principal: Decimal
    interest: Decimal


def of(lived: Life) -> Repaid:
    """The parts of payments that count, and of paid charges that a waiver gave back to the loan."""
    given = [waiver.given for waiver in lived.waivers.values() if waiver.given is not None]
    applied = [*lived.payments.values(), *given]
    principal = sum((one.principal for one in applied), ZERO)
    return Repaid(principal, sum((one.interest for one in applied), ZERO))
