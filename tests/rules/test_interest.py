"""Interest accrues by the day, exactly."""

from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction

import pytest

from rules.interest import accrual, daily_rate


@pytest.mark.parametrize(
    ("annual", "daily"),
    [
        ("0", "0.000"),
        ("0.001", "0.000"),
        ("0.182", "0.000"),  # 0.000498…
        ("0.183", "0.001"),  # 0.000501…
        ("10.5", "0.029"),  # 0.028767…
        ("12", "0.033"),  # 0.032876…
        ("18.25", "0.050"),
        ("36", "0.099"),  # 0.098630…
        ("36.5", "0.100"),
    ],
)
def test_the_daily_rate_has_three_decimals(annual: str, daily: str) -> None:
    assert str(daily_rate(Decimal(annual))) == daily


def test_a_rate_on_the_half_rounds_up() -> None:
    assert daily_rate(Decimal("0.1825")) == Decimal("0.001")  # exactly 0.0005


@pytest.mark.parametrize(
    ("principal", "rate", "days", "interest"),
    [
        ("50000.00", "0.029", 0, "0"),
        ("50000.00", "0.029", 1, "14.5"),
        ("50000.00", "0.029", 30, "435"),
        ("49435.00", "0.029", 20, "286.723"),
        ("43866.72", "0.029", 20, "254.426976"),
        ("0.01", "0.001", 1, "0.0000001"),
        ("50000.00", "0.000", 30, "0"),
        ("0.00", "0.099", 30, "0"),
    ],
)
def test_interest_accrues_unrounded(principal: str, rate: str, days: int, interest: str) -> None:
    since = date(2026, 2, 27)
    accrued = accrual(Decimal(principal), Decimal(rate), since=since, until=since + timedelta(days))
    assert accrued == Decimal(interest)


def test_a_leap_day_is_a_day() -> None:
    accrued = accrual(Decimal("1000.00"), Decimal("0.100"), since=date(2028, 2, 28), until=date(2028, 3, 1))
    assert accrued == 2


def test_accrual_in_pieces_is_accrual_at_once() -> None:
    start, end = date(2026, 1, 1), date(2026, 12, 31)
    principal, rate = Decimal("33333.37"), Decimal("0.041")
    pieces = sum(
        accrual(principal, rate, since=start + timedelta(day), until=start + timedelta(day + 1))
        for day in range((end - start).days)
    )
    assert pieces == accrual(principal, rate, since=start, until=end)
    assert Fraction(pieces) == Fraction(principal) * Fraction(rate) / 100 * 364


def test_interest_never_accrues_backwards() -> None:
    with pytest.raises(AssertionError):
        accrual(Decimal(1), Decimal(1), since=date(2026, 1, 2), until=date(2026, 1, 1))
