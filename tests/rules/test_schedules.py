"""A schedule with different cycles is repaid level, and part 1's plan is its special case."""

from datetime import date
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from rules import calendars, plan, schedules
from rules.annuity import installment_of_a_rupee
from rules.calendars import Calendar, CycleKind
from rules.day_counts import DayCount
from rules.money import PAISA
from rules.schedules import Agreement
from tests.rules.banker import half_up
from tests.rules.book import terms

AMOUNTS = st.decimals("0.01", "999999.99", places=2)
RATES = st.decimals("0", "36", places=3)
TERMS = st.integers(1, 60)
DATES = st.dates(date(2000, 1, 1), date(2100, 1, 1))
FACTORS = st.lists(
    st.sampled_from([Fraction(0), Fraction(31, 3650), Fraction(1, 7), Fraction(1)]), min_size=1, max_size=9
)
MONTHS = st.builds(calendars.from_disbursal, st.just(CycleKind.MONTHS), st.integers(0, 31), DATES)
AGREEMENTS = st.builds(
    *(Agreement, AMOUNTS, RATES, TERMS, MONTHS, st.just(10)),
    *(st.sampled_from(DayCount), st.sampled_from([PAISA, Decimal("1.00")])),
)
FEW = settings(max_examples=40)


@FEW
@given(AMOUNTS, RATES, TERMS, DATES)
@example(Decimal("50.00"), Decimal("10.5"), 1, date(2026, 1, 1))
def test_daily3_with_cycles_of_30_days_has_the_emi_and_the_plan_of_part_1(
    amount: Decimal, rate: Decimal, term: int, disbursed_on: date
) -> None:
    today = terms(str(amount), str(rate), term, disbursed_on)
    calendar = calendars.from_disbursal(CycleKind.DAYS, 30, disbursed_on)
    agreement = Agreement(today.amount, rate, term, calendar, today.due_days, DayCount.DAILY3)
    factors = [cycle.factor for cycle in schedules.billed_cycles(agreement, range(1, term + 1))]
    assert str(schedules.emi(amount, factors)) == str(plan.emi(today, today.amount, term))
    assert schedules.at_disbursal(agreement) == plan.at_disbursal(today)


def test_the_exact_emi_of_part_1() -> None:
    factor = Fraction("0.029") / 100 * 30
    assert 50000 * 100 * installment_of_a_rupee([(factor, 1)] * 12) == Fraction(
        554771643190890598304711378128945777379928089040500, 1259118234273347087464629382274615571952369863
    )


@FEW
@given(FACTORS)
def test_the_installments_of_a_rupee_are_worth_it(factors: list[Fraction]) -> None:
    level = installment_of_a_rupee((factor, 1) for factor in factors)
    growth, worth = Fraction(1), Fraction(0)
    for factor in factors:
        growth *= 1 + factor
        worth += level / growth
    assert worth == 1


@FEW
@given(FACTORS, st.integers(1, 12))
def test_a_run_of_equal_cycles_is_as_many_cycles(factors: list[Fraction], length: int) -> None:
    runs = [(factor, length) for factor in factors]
    assert installment_of_a_rupee(runs) == installment_of_a_rupee((factor, 1) for factor, n in runs for _ in range(n))


def test_no_cycle_has_no_installment() -> None:
    with pytest.raises(AssertionError, match="needs a cycle"):
        installment_of_a_rupee([])


@FEW
@given(AGREEMENTS)
def test_a_plan_repays_the_amount_and_its_interest_is_rounded_once(agreement: Agreement) -> None:
    amount, step = agreement.amount, agreement.emi_step
    cycles = schedules.billed_cycles(agreement, range(1, agreement.loan_term + 1))
    lines = schedules.at_disbursal(agreement)
    level = schedules.emi(amount, [cycle.factor for cycle in cycles], step)
    exact = Fraction(amount) * installment_of_a_rupee((cycle.factor, 1) for cycle in cycles)
    assert Fraction(level) == half_up(exact / Fraction(step), 0) * Fraction(step)
    assert sum(line.principal for line in lines) == amount
    balance = amount
    for line, cycle in zip(lines, cycles, strict=True):
        assert Fraction(line.interest) == half_up(Fraction(balance) * cycle.factor)
        assert line.amount_due == line.interest + line.principal
        assert line.date == cycle.date == calendars.billing_date(agreement.calendar, line.number)
        balance -= line.principal
        assert line.principal_balance == balance >= 0
    assert balance == 0
    assert str(level) == str(level.quantize(PAISA))


EMI_LOAN = Agreement(
    *(Decimal("120000.00"), Decimal(12), 12),
    calendars.from_disbursal(CycleKind.MONTHS, 0, date(2026, 1, 5)),
    *(10, DayCount.MONTHLY),
)
TO_THE_5TH = EMI_LOAN._replace(calendar=calendars.from_disbursal(CycleKind.MONTHS, 5, date(2026, 1, 20)))


def test_a_first_cycle_of_16_days_costs_16_days() -> None:
    whole, short = schedules.at_disbursal(EMI_LOAN), schedules.at_disbursal(TO_THE_5TH)
    assert (str(whole[0].amount_due), str(sum(line.interest for line in whole))) == ("10661.85", "7942.26")
    assert (str(short[0].interest), str(short[0].amount_due)) == ("631.23", "10611.82")
    assert [str(line.due_date) for line in short[:2]] == ["2026-02-15", "2026-03-15"]


def test_a_moved_billing_date_makes_one_cycle_longer() -> None:
    """The billing date of the loan of part 1 moves from 2 to 5 March, after the payment of its first bill."""
    calendar = Calendar(CycleKind.DAYS, 30, start=date(2026, 1, 31), first=date(2026, 3, 5))
    agreement = Agreement(Decimal("50000.00"), Decimal("10.5"), 12, calendar, 15, DayCount.DAILY3)
    cycles = schedules.billed_cycles(agreement, range(1, 12))
    assert [str(cycle.date) for cycle in cycles[:2]] == ["2026-03-05", "2026-04-04"]
    assert str(schedules.emi(Decimal("46028.97"), (cycle.factor for cycle in cycles))) == "4409.83"
