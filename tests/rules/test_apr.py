"""The annual percentage rate is exact to its last digit; published rates are in tests/conformance."""

from datetime import date
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rules import apr, calendars, schedules
from rules.calendars import CycleKind, FirstPeriod
from rules.day_counts import DayCount
from rules.schedules import Agreement

A_PERIOD = FirstPeriod(1, Fraction(0))


BY_DAYS = calendars.from_disbursal(CycleKind.DAYS, 30, date(2026, 1, 1))
BY_MONTHS = calendars.from_disbursal(CycleKind.MONTHS, 0, date(2026, 1, 5))
TO_THE_5TH = calendars.from_disbursal(CycleKind.MONTHS, 5, date(2026, 1, 20))


@pytest.mark.parametrize(
    ("agreement", "net", "rates"),
    [
        (Agreement(Decimal("50000.00"), Decimal("10.5"), 12, BY_DAYS, 15, DayCount.DAILY3), "48820.00", "15.19 16.30"),
        (Agreement(Decimal("120000.00"), Decimal(12), 12, BY_MONTHS, 10, DayCount.MONTHLY), "118584.00", "14.26 15.23"),
        (
            Agreement(Decimal("120000.00"), Decimal(12), 12, TO_THE_5TH, 10, DayCount.MONTHLY),
            "118584.00",
            "14.42 15.42",
        ),
        (Agreement(Decimal("20000.00"), Decimal(15), 24, BY_MONTHS, 10, DayCount.MONTHLY), "19600.00", "17.07 18.47"),
    ],
)
def test_the_rates_of_the_worked_key_facts(agreement: Agreement, net: str, rates: str) -> None:
    cost = (
        Decimal(net),
        [line.amount_due for line in schedules.at_disbursal(agreement)],
        calendars.first_period(agreement.calendar),
        calendars.cycles_in_a_year(agreement.calendar),
    )
    assert f"{apr.apr(*cost)} {apr.effective_rate(*cost)}" == rates


def test_a_rate_in_the_middle_is_rounded_up() -> None:
    """One cycle of 30 days at 0.87 % is 10.585 % a year."""
    year = Fraction(365, 30)
    assert str(apr.apr(Decimal("50000.00"), [Decimal("50435.00")], A_PERIOD, year)) == "10.59"
    assert str(apr.apr(Decimal("50000.01"), [Decimal("50435.00")], A_PERIOD, year)) == "10.58"
    # Here the rate of a cycle, a sixth of 0.035 %, has no last digit.
    assert str(apr.apr(Decimal("24000.00"), [Decimal("24001.40")], A_PERIOD, Fraction(6))) == "0.04"


def test_a_loan_without_interest_costs_nothing() -> None:
    cost = (Decimal("1000.00"), [Decimal("250.00")] * 4, A_PERIOD, Fraction(12))
    assert (str(apr.apr(*cost)), str(apr.effective_rate(*cost))) == ("0.00", "0.00")


def test_a_cycle_may_demand_nothing() -> None:
    """Two payments of nothing are two periods more to the first one."""
    payments = [Decimal("0.00"), Decimal("0.00"), *[Decimal("260.00")] * 4]
    later = apr.apr(Decimal("1000.00"), payments[2:], FirstPeriod(3, Fraction(0)), Fraction(12))
    assert apr.apr(Decimal("1000.00"), payments, A_PERIOD, Fraction(12)) == later


def test_a_rate_beyond_the_limit_is_no_rate() -> None:
    with pytest.raises(ValueError, match="too high"):
        apr.apr(Decimal("0.01"), [Decimal("1000000.00")], A_PERIOD, Fraction(365))


@settings(max_examples=30)
@given(
    st.lists(st.decimals("100", "999.99", places=2), min_size=1, max_size=24),
    st.decimals("0.50", "1", places=2),
    st.builds(FirstPeriod, st.integers(0, 3), st.sampled_from([Fraction(0), Fraction(16, 30), Fraction(4, 7)])),
    st.sampled_from([Fraction(12), Fraction(365, 30), Fraction(52)]),
)
def test_the_payments_are_worth_the_advance_between_the_neighbours_of_the_rate(
    payments: list[Decimal], part: Decimal, first: FirstPeriod, periods: Fraction
) -> None:
    advance = (sum(payments) * part).quantize(Decimal("0.01"))
    if first == FirstPeriod(0, Fraction(0)):
        first = A_PERIOD  # money that is paid back at once may have no rate
    found = Fraction(apr.apr(advance, payments, first, periods))
    half_a_step = Fraction(1, 200)

    def worth(percent: Fraction) -> Fraction:
        i = percent / 100 / periods
        return sum(
            (
                Fraction(amount) / ((1 + first.odd * i) * (1 + i) ** (first.whole + k))
                for k, amount in enumerate(payments)
            ),
            Fraction(0),
        )

    assert worth(found + half_a_step) < advance
    assert found == 0 or worth(found - half_a_step) >= advance
