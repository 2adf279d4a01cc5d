"""The rules simulate the life of a loan with any number of events; `loan_book` copies it to many loans."""

from datetime import date, timedelta
from decimal import Decimal

from rules import billing, interest, ledger, payments
from rules.money import to_paise
from rules.payments import Allocation, AppliedPayment, Payer, PaymentOrder
from rules.plan import Proposal
from rules.replay import History, Source, StoredBill, StoredEntry, StoredLoan, StoredPayment

CYCLE_DAYS, DUE_DAYS, MINIMUM_DUE_RATE = 30, 15, Decimal("3.000")

# Payments are made within four days after a bill, so that the newest cycle's payments are complete on the last day.
PAYING_DAYS = 4

# Every loan has as many cycles left, so that the upcoming EMIs cost every statement the same.
CYCLES_LEFT = 12
# With `CYCLES_LEFT`, the 60 cycles of the longest permitted loan.
_MOST_CYCLES = 48


def fresh(amount: Decimal, annual_rate: Decimal, loan_term: int, disbursed_on: date) -> History:
    """Return a loan on the day of its disbursal."""
    daily = interest.daily_rate(annual_rate)
    terms = Proposal(amount, annual_rate, daily, loan_term, disbursed_on, CYCLE_DAYS, DUE_DAYS, MINIMUM_DUE_RATE)
    standing = billing.disbursed(terms)
    loan = StoredLoan._make((0, *terms, *standing, billing.next_billing_on(terms, standing)))
    entries = [StoredEntry(disbursed_on, *entry) for entry in ledger.of_disbursal(amount)]
    return History(loan, {}, [], {}, {Source(): entries})


def simulated(events: int, today: date) -> History:
    """Return a loan of 50,000 rupees with `events` events: its disbursal, bills and payments.

    The newest bill is `PAYING_DAYS` + 1 days old. With two events it is unpaid; with more, every bill is paid.
    """
    assert events >= 2, "a loan needs a disbursal and a bill"
    cycles = min(max((events - 1) // 2, 1), _MOST_CYCLES)
    since = timedelta(days=CYCLE_DAYS * cycles + PAYING_DAYS + 1)
    history = fresh(Decimal("50000.00"), Decimal("10.500"), cycles + CYCLES_LEFT, today - since)
    for cycle in range(cycles):
        paid = (events - 1 - cycles + cycle) // cycles  # the sum is `events` less the disbursal and the bills
        history = _paid_in_parts(_billed(history), paid)
    assert 1 + len(history.bills) + len(history.payments) == events
    return history


def _billed(history: History) -> History:
    loan = history.loan
    bill, standing = billing.bill_next_cycle(loan, billing.standing_of(loan))
    zero = Decimal("0.00")
    return history._replace(
        loan=_standing(loan, standing),
        bills={**history.bills, bill.cycle: StoredBill(*bill, zero, zero)},
        entries={
            **history.entries,
            Source(cycle=bill.cycle): [
                StoredEntry(bill.billing_date, *entry) for entry in ledger.of_bill(bill.interest)
            ],
        },
    )


def _paid_in_parts(history: History, parts: int) -> History:
    """Pay the newest bill's installment in `parts` payments."""
    newest = history.bills[history.loan.cycles_billed]
    for part in range(parts):
        left = history.loan.installment_due
        amount = left if part == parts - 1 else to_paise(left / (parts - part))
        paid_on = newest.billing_date + timedelta(days=1 + part * PAYING_DAYS // parts)
        history = _paid(history, amount, paid_on)
    return history


def _paid(history: History, amount: Decimal, paid_on: date) -> History:
    loan, bills = history.loan, dict(history.bills)
    unpaid = [bill for bill in bills.values() if bill.interest_paid + bill.principal_paid < bill.installment]
    applied = payments.apply(loan, unpaid, PaymentOrder(amount, paid_on, Payer.BORROWER), today=paid_on)
    for part in applied.allocations:
        if part.cycle is not None:
            bills[part.cycle] = _settled(bills[part.cycle], part)
    number = len(history.payments) + 1
    payment = StoredPayment(
        number, paid_on, amount, applied.interest, applied.principal, applied.emi_before, applied.standing.emi
    )
    return history._replace(
        loan=_standing(loan, applied.standing),
        bills=bills,
        payments=[*history.payments, payment],
        allocations={**history.allocations, number: applied.allocations},
        entries={**history.entries, Source(payment_id=number): _entries(applied, paid_on)},
    )


def _settled(bill: StoredBill, part: Allocation) -> StoredBill:
    return bill._replace(
        interest_paid=bill.interest_paid + part.interest, principal_paid=bill.principal_paid + part.principal
    )


def _entries(applied: AppliedPayment, paid_on: date) -> list[StoredEntry]:
    entries = ledger.of_payment(
        interest=applied.interest, principal=applied.principal, unbilled_interest=applied.unbilled_interest
    )
    return [StoredEntry(paid_on, *entry) for entry in entries]


def _standing(loan: StoredLoan, standing: billing.Standing) -> StoredLoan:
    return loan._replace(**standing._asdict(), next_billing_on=billing.next_billing_on(loan, standing))
