"""Money is Decimal rupees; only this module quantizes, where the lending rules say [round]."""

import re
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction

ZERO = Decimal("0.00")
PAISA = Decimal("0.01")
RATE_STEP = Decimal("0.001")
MONEY_LIMIT = Decimal(10) ** 12
RATE_LIMIT = Decimal(10) ** 6

# Longer than any number within the limits: building a longer Decimal would waste time.
_LONGEST_TEXT = 40
# Decimal() would also accept exponents, underscores, a plus, digits of every script and surrounding blanks.
_PLAIN = re.compile(r"-?[0-9]+(\.[0-9]+)?")


def to_paise(amount: Decimal) -> Decimal:
    """Round rupees half up to whole paise."""
    return amount.quantize(PAISA, ROUND_HALF_UP)


def product_to_paise(amount: Decimal, factor: Fraction) -> Decimal:
    """Round the exact product of rupees and a non-negative factor half up to whole paise."""
    # Fraction's own product divides by the greatest common divisor, which takes three times as long.
    numerator, denominator = amount.as_integer_ratio()
    unit = denominator * factor.denominator
    return Decimal((200 * numerator * factor.numerator + unit) // (2 * unit)).scaleb(-2)


def to_rate(rate: Decimal) -> Decimal:
    """Round a percentage half up to three decimals."""
    return rate.quantize(RATE_STEP, ROUND_HALF_UP)


def plain(text: str) -> Decimal:
    """Read a plain decimal: ASCII digits, a minus in front if any, a point only between digits; at most 40 characters.

    Raises:
        ValueError: anything else, such as "1e3", "+5", " 5", "1_000", "5." and ".5".
    """
    if len(text) > _LONGEST_TEXT or not _PLAIN.fullmatch(text):
        raise ValueError("a plain number must have digits and at most one point between them")
    return Decimal(text)


def parse_money(value: str | Decimal) -> Decimal:
    """Read rupees with at most two decimals: a plain decimal in a string, or a number that was read already.

    Raises:
        ValueError: not plain, not finite, finer than a paisa, or 10^12 and beyond.
    """
    return _parse(value, step=PAISA, limit=MONEY_LIMIT, noun="an amount")


def parse_rate(value: str | Decimal) -> Decimal:
    """Read a percentage with at most three decimals: a plain decimal in a string, or a number that was read already.

    Raises:
        ValueError: not plain, not finite, finer than 0.001, or 10^6 and beyond.
    """
    return _parse(value, step=RATE_STEP, limit=RATE_LIMIT, noun="a percentage")


def _parse(value: str | Decimal, *, step: Decimal, limit: Decimal, noun: str) -> Decimal:
    decimals = -int(step.as_tuple().exponent)
    refusal = f"{noun} must be a plain number with at most {decimals} decimals, such as {12 * step:f}"
    if isinstance(value, str):
        try:
            value = plain(value)
        except ValueError:
            raise ValueError(refusal) from None
    if not value.is_finite():
        raise ValueError(refusal)
    if value.copy_abs() >= limit:  # abs() would round, and overflow at the largest exponents
        raise ValueError(f"{noun} must be below {limit:,f}")
    exact = value.quantize(step, ROUND_HALF_UP)
    if exact != value:
        raise ValueError(refusal)
    return exact + 0  # no negative zero
