"""An annuity repays a principal in level installments, over cycles whose interest may differ (lending rules, 15.4)."""

from collections.abc import Iterable
from decimal import Decimal
from fractions import Fraction


def installment_of_a_rupee(runs: Iterable[tuple[Decimal | Fraction, int]]) -> Fraction:
    """The exact level installment that repays one rupee, from runs of (interest of a rupee for a cycle, cycles).

    `Π(1 + r) / f`, with f = 1 for the first cycle and `1 + f (1 + r)` for each later one: what the installments are
    worth at the end equals what the rupee is. A run of n equal factors r multiplies both by `(1 + r)^n` and adds
    `((1 + r)^n - 1) / r` to f, so one run is the textbook's `r / (1 - (1 + r)^-n)`.
    """
    # Integers over one denominator. A Fraction would divide by the greatest common divisor at each step.
    growth, worth, unit, cycles = 1, 0, 1, 0
    for factor, length in runs:
        numerator, denominator = factor.as_integer_ratio()
        grown, still = (denominator + numerator) ** length, denominator**length
        added = (grown - still) // numerator * denominator if numerator else length * still
        worth = worth * grown + unit * added
        growth *= grown
        unit *= still
        cycles += length
    assert cycles >= 1, "an installment needs a cycle to fall in"
    return Fraction(growth, worth)
