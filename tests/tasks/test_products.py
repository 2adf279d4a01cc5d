"""A loan of any product is stored, billed, paid and verified by the same jobs as a loan of card."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

from models.bills import Bill
from models.loans import Loan
from rules import owed
from rules.day_counts import DayCount
from rules.loan import Loan as RulesLoan
from rules.sample_products import PLUS
from settings import Settings
from tasks.verification import verify
from tests.rules.book import EMI
from tests.tasks.loan_rows import bill, borrow, pay

ACTUAL = replace(EMI, name="actual", day_count=DayCount.ACTACT, emi_step=Decimal("1.00"), due_days=20)


async def test_a_loan_of_months_is_billed_paid_and_verified(memory: Settings) -> None:
    loan_id = await borrow(amount="120000.00", rate="12.000", product=EMI)
    loan = await Loan.get(id=loan_id)
    assert (loan.terms.product, loan.emi, loan.next_billing_on) == (EMI, Decimal("10661.85"), date(2026, 2, 1))
    await bill("2026-02-01")
    await pay(loan_id, "2026-02-10", "10661.85")
    await bill("2026-03-01")
    await pay(loan_id, "2026-03-01", "60000.00")
    await bill("2026-04-30")
    dates = [(one.billing_date, one.due_date) for one in await Bill.filter(loan_id=loan_id).order_by("cycle")]
    assert dates == [(date(2026, month, 1), date(2026, month, 11)) for month in (2, 3, 4)]
    assert await verify() == []


async def test_a_loan_of_actual_days_is_closed(memory: Settings) -> None:
    loan_id = await borrow(product=ACTUAL)
    await bill("2026-02-01")
    await pay(loan_id, "2026-02-11", "10000.00")
    await pay(loan_id, "2026-02-12", "10.01")
    loan = await Loan.get(id=loan_id)
    assert loan.standing.special is not None
    assert await verify() == []
    await pay(loan_id, "2026-02-12", str(await _payoff(loan_id, date(2026, 2, 12))))
    loan = await Loan.get(id=loan_id)
    assert (loan.status, loan.standing.special, loan.accrued_interest) == ("CLOSED", None, Decimal(0))
    assert await verify() == []


async def _payoff(loan_id: int, day: date) -> Decimal:
    loan = await Loan.get(id=loan_id)
    return owed.position(RulesLoan.of(loan), day).payoff


async def test_a_late_run_issues_bills_whose_penal_charges_arise_later(memory: Settings) -> None:
    loan_id = await borrow(product=replace(PLUS, charges=PLUS.charges[1:]))
    # The grace days of the first bill have passed, and the second bill has not come.
    await bill("2026-02-25")
    assert await verify() == []
    await bill("2026-03-10")
    assert [one.charges for one in await Bill.filter(loan_id=loan_id).order_by("cycle")] == [0, Decimal("38.70")]
    assert await verify() == []
