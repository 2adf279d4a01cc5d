"""The annual percentage rate makes what the borrower pays worth what they received (lending rules, 16.2)."""

from bisect import bisect_left
from collections.abc import Callable, Sequence
from decimal import Decimal, localcontext
from fractions import Fraction

from rules.calendars import FirstPeriod
from rules.money import RATE_LIMIT

# The decimal expansion of a root of the effective rate has no end. It stops far beyond the two decimals of the answer.
_DIGITS = 40

_PERCENT_STEPS = 100


def apr(advance: Decimal, payments: Sequence[Decimal], first: FirstPeriod, periods: Fraction) -> Decimal:
    """The nominal rate in percent a year, rounded half up to two decimals: i × `periods`, the unit periods of a year.

    The borrower receives `advance` rupees. The first payment follows after `first`, and the others one unit period
    apart; a payment may be 0.00. The unit-period rate i solves

        advance = Σ payment / ((1 + f i) (1 + i)^t)

    with t whole periods and the fraction f (Regulation Z, 12 CFR 1026, Appendix J, (b)(8)).

    Raises:
        ValueError: the rate is not below 10^6 %.
    """
    return _search(lambda rate: _costs(advance, payments, first, rate / periods))


def effective_rate(advance: Decimal, payments: Sequence[Decimal], first: FirstPeriod, periods: Fraction) -> Decimal:
    """The rate i of `apr`, compounded: `(1 + i)^periods - 1` in percent a year, rounded half up to two decimals.

    Raises:
        ValueError: the rate is not below 10^6 %.
    """
    with localcontext(prec=_DIGITS):
        root = Decimal(periods.denominator) / periods.numerator

        def of_a_period(rate: Fraction) -> Fraction:
            growth = 1 + Decimal(rate.numerator) / rate.denominator
            return Fraction(growth**root) - 1

        return _search(lambda rate: _costs(advance, payments, first, of_a_period(rate)))


def _search(costs: Callable[[Fraction], bool]) -> Decimal:
    """The percentage with two decimals that is nearest to the greatest rate that `costs` accepts."""
    # The boundaries, half a step below, are judged exactly: one cycle of 30 days at 0.87 % costs 10.585 % a year.
    most = int(RATE_LIMIT) * _PERCENT_STEPS
    boundaries = range(1, most + 1)
    found = bisect_left(boundaries, True, key=lambda step: not costs(Fraction(2 * step - 1, 2 * 100 * _PERCENT_STEPS)))
    if found == most:
        raise ValueError("the annual percentage rate is too high")
    return Decimal(found).scaleb(-2)


def _costs(advance: Decimal, payments: Sequence[Decimal], first: FirstPeriod, rate: Fraction) -> bool:
    """Whether payments cost at least a rate of a unit period: discounted at it, they are worth the advance or more."""
    # Integers over one denominator, worth at the time of the last payment. Fractions would look for divisors each time.
    numerator, denominator = rate.as_integer_ratio()
    growth, worth, unit = denominator + numerator, 0, 1
    for payment in payments:
        paise = int(payment * 100)
        assert paise == payment * 100, "a payment is in paise"
        worth = worth * growth + paise * unit
        unit *= denominator
    periods = first.whole + len(payments) - 1
    owed = Fraction(advance) * 100 * (1 + first.odd * rate)
    return Fraction(worth, unit // denominator) >= owed * Fraction(growth**periods, denominator**periods)
