"""Interest and charges that an NPA owes are no income until they are received: they wait in suspense.

For an NPA, INTEREST_SUSPENSE is its unpaid interest, and FEE_SUSPENSE its unpaid charges without GST. Penal charges are
in no account before they are received. Another loan has nothing in suspense (lending rules, 12.6 and 20).
"""

from decimal import Decimal
from typing import NamedTuple

from rules import charges
from rules.asset_classes import AssetClass
from rules.loan import Charge, Standing
from rules.money import ZERO, to_paise


class Suspense(NamedTuple):
    """Rupees in suspense, or rupees that leave it."""

    interest: Decimal = ZERO
    fees: Decimal = ZERO


NONE = Suspense()


def is_npa(standing: Standing) -> bool:
    """Whether the loan is NPA, as the next day finds it."""
    classing = None if standing.special is None else standing.special.classing
    return classing is not None and classing.asset_class == AssetClass.NPA


def owed(standing: Standing) -> Suspense:
    """The debts of a loan that are in suspense while it is NPA."""
    if standing.special is None:
        return Suspense(standing.interest_receivable)
    return Suspense(standing.interest_receivable, sum(map(unpaid_fee, _receivable(standing)), ZERO))


def of(standing: Standing) -> Suspense:
    """The rupees of a loan that are in suspense."""
    return owed(standing) if is_npa(standing) else NONE


def released(before: Standing, after: Standing, levied: Charge | None = None) -> Suspense:
    """The rupees that an event took out of suspense. `levied` is a charge that it put there itself."""
    if not is_npa(before):
        return NONE
    was, now = owed(before), owed(after)
    return Suspense(was.interest - now.interest, was.fees - now.fees + (levied.amount if levied else ZERO))


def charges_receivable(standing: Standing) -> Decimal:
    """The unpaid charges with GST that an account has."""
    return sum((one.unpaid for one in _receivable(standing)), ZERO)


def _receivable(standing: Standing) -> list[Charge]:
    return [one for one in charges.of(standing) if one.kind != charges.PENAL]


def waived_gst(charge: Charge) -> Decimal:
    """The GST in the waived part of a charge. The account has none of a third party's charge."""
    if charges.is_of_third_party(charge):
        return ZERO
    return to_paise(charge.gst * charge.waived / charge.total)


def unpaid_fee(charge: Charge) -> Decimal:
    """The unpaid part of a charge without its GST, which money pays first (lending rules, 11.4)."""
    gst = max(charge.gst - waived_gst(charge) - charge.paid, ZERO)
    return charge.unpaid - min(gst, charge.unpaid)
