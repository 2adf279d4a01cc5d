"""Interest is set aside by bills that demand nothing, and each later bill demands a share of it (lending rules, 13.1).

Interest that was set aside bears no interest.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from decimal import Decimal
from typing import NamedTuple

from rules.installment import Installment
from rules.loan import Special, Standing
from rules.money import ZERO, to_paise


class Asked(NamedTuple):
    """The interest, the installment and the minimum of a bill."""

    interest: Decimal
    installment: Decimal
    minimum_due: Decimal


class Deferral(NamedTuple):
    """The demand of a bill, its share of the interest that was set aside, and the interest that its cycle sets aside.

    `special` is that of the standing after it.
    """

    asked: Asked
    share: Decimal
    deferred: Decimal
    special: Special | None


def share(deferred: Decimal, cycles_left: int) -> Decimal:
    """The part of set-aside interest that the next bill demands; the last one demands the rest."""
    return deferred if cycles_left <= 1 else to_paise(deferred / cycles_left)


def of_bill(special: Special | None, cycles_left: int, own: Asked) -> Deferral:
    """The bill that would demand `own` alone, in a moratorium or after interest was set aside."""
    if special is None or not (special.moratorium or special.deferred):
        return Deferral(own, ZERO, ZERO, special)
    if special.moratorium:
        after = replace(special, moratorium=special.moratorium - 1, deferred=special.deferred + own.interest)
        return Deferral(Asked(ZERO, ZERO, ZERO), ZERO, own.interest, after)
    part = share(special.deferred, cycles_left)
    asked = Asked(own.interest + part, own.installment + part, own.minimum_due + part)
    return Deferral(asked, part, ZERO, replace(special, deferred=special.deferred - part))


def granted(standing: Standing, cycles: int) -> Standing | None:
    """The standing whose next cycles demand nothing, and whose term is as much longer; None if no cycle is left."""
    if standing.cycles_left < 1:
        return None
    standing = standing._replace(last_cycle=standing.last_cycle + cycles)
    return standing.having(moratorium=standing.moratorium + cycles)


def planned(
    standing: Standing, silent: Sequence[Installment], demanding: Iterable[Installment]
) -> Iterator[Installment]:
    """The plan of a loan with set-aside interest: the cycles that demand nothing, and then those that will demand.

    The lines have the interest of their own cycles. The `silent` ones set it aside.
    """
    left, cycles_left = standing.deferred_interest, standing.cycles_left - len(silent)
    for line in silent:
        left += line.interest
        yield line._replace(amount_due=ZERO, interest=ZERO, principal=ZERO)
    for line in demanding:
        part = share(left, cycles_left)
        left -= part
        cycles_left -= 1
        yield line._replace(amount_due=line.amount_due + part, interest=line.interest + part)
