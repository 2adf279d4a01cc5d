"""Interest accrues each calendar day on the principal at the start of that day; there is no compound interest."""

from datetime import date
from decimal import Decimal

from rules.money import to_rate

DAYS_IN_A_YEAR = 365


def daily_rate(annual_rate: Decimal) -> Decimal:
    """Percent per day with three decimals, from percent per year (lending rules, 3)."""
    return to_rate(annual_rate / DAYS_IN_A_YEAR)


def accrual(principal: Decimal, rate: Decimal, *, since: date, until: date) -> Decimal:
    """Interest of the days after `since` up to and including `until`, unrounded: exact with 7 decimals.

    `principal` is in rupees, `rate` in percent per day. A payment on day d moves `since` to d, and so
    lowers the interest of day d+1 (lending rules, 3).
    """
    assert since <= until, "interest accrues forward"
    return principal * rate / 100 * (until - since).days
