"""The credit score is a step of ten points for each 15,000 rupees above 10,000."""

from decimal import Decimal

import pytest

from rules.credit import score


@pytest.mark.parametrize(
    ("balance", "points"),
    [
        ("-1000000", 300),
        ("0", 300),
        ("10000", 300),
        ("10000.01", 300),
        ("24999.99", 300),
        ("25000", 310),
        ("39999.99", 310),
        ("40000", 320),
        ("234999.99", 440),
        ("235000", 450),
        ("568450", 670),
        ("894999.99", 880),
        ("895000", 890),
        ("909999.99", 890),
        ("910000", 900),
        ("925000", 900),
        ("100000000000", 900),
    ],
)
def test_a_balance_has_its_score(balance: str, points: int) -> None:
    assert score(Decimal(balance)) == points
