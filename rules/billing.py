"""A cycle is billed once, on its own date, from the loan's standing alone; unpaid amounts are carried forward."""

from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import NamedTuple, Protocol

from rules import plan
from rules.interest import accrual
from rules.money import ZERO, to_paise
from rules.plan import Terms


class Standing(NamedTuple):
    """The standing of a loan right after its latest event. All amounts are rupees.

    `interest_due` is billed and unpaid. `past_due` is the sum of the unpaid minimums of all bills but the newest.
    `installment_due` and `minimum_due` are the unpaid parts of the newest bill's installment and minimum. Every
    bill asks for all of its interest. So `past_due + installment_due - interest_due` is the principal that bills
    ask for, and billing computes it without reading a bill. `oldest_due_on` is the due date of the oldest bill
    whose minimum is unpaid.
    """

    emi: Decimal
    principal_balance: Decimal
    interest_due: Decimal
    accrued_interest: Decimal
    accrued_through: date
    cycles_billed: int
    past_due: Decimal
    installment_due: Decimal
    minimum_due: Decimal
    oldest_due_on: date | None
    closed_on: date | None

    @property
    def undemanded_principal(self) -> Decimal:
        """Principal that no bill asks for yet (lending rules, 5.2)."""
        return self.principal_balance - (self.past_due + self.installment_due - self.interest_due)


class Loan(Terms, Protocol):
    """The terms and the standing of a loan's row."""

    @property
    def emi(self) -> Decimal: ...
    @property
    def principal_balance(self) -> Decimal: ...
    @property
    def interest_due(self) -> Decimal: ...
    @property
    def accrued_interest(self) -> Decimal: ...
    @property
    def accrued_through(self) -> date: ...
    @property
    def cycles_billed(self) -> int: ...
    @property
    def past_due(self) -> Decimal: ...
    @property
    def installment_due(self) -> Decimal: ...
    @property
    def minimum_due(self) -> Decimal: ...
    @property
    def oldest_due_on(self) -> date | None: ...
    @property
    def closed_on(self) -> date | None: ...


class IssuedBill(NamedTuple):
    """The bill of one cycle on the day it is issued. `past_due` is the unpaid part of earlier bills."""

    cycle: int
    billing_date: date
    due_date: date
    principal_balance: Decimal
    interest: Decimal
    minimum_due: Decimal
    installment: Decimal
    past_due: Decimal


class BillStatus(StrEnum):
    OPEN = "OPEN"
    PAID = "PAID"
    PAST_DUE = "PAST_DUE"


class PaymentState(StrEnum):
    UNPAID = "UNPAID"
    MINIMUM_PAID = "MINIMUM_PAID"
    PAID = "PAID"


class MinimumOwed(Protocol):
    """The fields of a bill that decide its status."""

    @property
    def minimum_due(self) -> Decimal: ...
    @property
    def interest_paid(self) -> Decimal: ...
    @property
    def principal_paid(self) -> Decimal: ...
    @property
    def due_date(self) -> date: ...


class InstallmentOwed(MinimumOwed, Protocol):
    """The fields of a bill that decide how much of it is paid."""

    @property
    def installment(self) -> Decimal: ...


def disbursed(terms: Terms) -> Standing:
    """The standing of a loan on the day of its disbursal."""
    return Standing(
        emi=plan.emi(terms, terms.amount, terms.loan_term),
        principal_balance=terms.amount,
        interest_due=ZERO,
        accrued_interest=ZERO,
        accrued_through=terms.disbursed_on,
        cycles_billed=0,
        past_due=ZERO,
        installment_due=ZERO,
        minimum_due=ZERO,
        oldest_due_on=None,
        closed_on=None,
    )


def standing_of(loan: Loan) -> Standing:
    """The standing of a row."""
    return Standing(
        loan.emi,
        loan.principal_balance,
        loan.interest_due,
        loan.accrued_interest,
        loan.accrued_through,
        loan.cycles_billed,
        loan.past_due,
        loan.installment_due,
        loan.minimum_due,
        loan.oldest_due_on,
        loan.closed_on,
    )


def next_billing_on(terms: Terms, standing: Standing) -> date | None:
    """The date of the next bill; None once the loan is closed."""
    if standing.closed_on is not None:
        return None
    return plan.billing_date(terms, standing.cycles_billed + 1)


def accrue(terms: Terms, standing: Standing, until: date) -> Standing:
    """The standing with interest accrued up to `until`."""
    interest = accrual(standing.principal_balance, terms.daily_rate, since=standing.accrued_through, until=until)
    return standing._replace(accrued_interest=standing.accrued_interest + interest, accrued_through=until)


def bill_next_cycle(terms: Terms, standing: Standing) -> tuple[IssuedBill, Standing]:
    """Bill the next cycle on its own date, even if that is in the past (lending rules, 5)."""
    assert standing.closed_on is None, "a closed loan is never billed"
    cycle = standing.cycles_billed + 1
    billed_on = plan.billing_date(terms, cycle)
    balance = standing.principal_balance
    accrued = accrual(balance, terms.daily_rate, since=standing.accrued_through, until=billed_on)
    interest = to_paise(standing.accrued_interest + accrued)

    # The previous bill is superseded: it asks only for its unpaid minimum, interest first.
    past_due = standing.past_due + standing.minimum_due
    undemanded = balance - (past_due - standing.interest_due)
    emi = standing.emi
    cycles_left = terms.loan_term - standing.cycles_billed
    if standing.installment_due > 0 and cycles_left >= 1:  # past the term no cycle is left to spread anything over
        emi = plan.emi(terms, undemanded, cycles_left)

    installment = minimum_due = undemanded + interest
    if cycles_left > 1:
        installment = min(max(emi, interest), installment)
        minimum_due = min(to_paise(balance * terms.minimum_due_rate / 100) + interest, installment)

    due_on = billed_on + plan.days(terms.due_days)
    bill = IssuedBill(cycle, billed_on, due_on, balance, interest, minimum_due, installment, past_due)
    # Keywords would double the time of this call, and billing is the sum of such calls.
    return bill, Standing(
        emi,
        balance,
        standing.interest_due + interest,
        ZERO,  # accrued_interest
        billed_on,  # accrued_through
        cycle,
        past_due,
        installment,
        minimum_due,
        standing.oldest_due_on or (due_on if minimum_due > 0 else None),
        None,  # closed_on
    )


def bill_through(loan: Loan, through: date) -> tuple[tuple[IssuedBill, ...], Standing]:
    """Bill every cycle whose date is at most `through`, oldest first, each with its own dates."""
    standing = standing_of(loan)
    issued: list[IssuedBill] = []
    if standing.closed_on is None:
        cycles_due = (through - loan.disbursed_on).days // loan.cycle_days
        while standing.cycles_billed < cycles_due:
            bill, standing = bill_next_cycle(loan, standing)
            issued.append(bill)
    return tuple(issued), standing


def payoff_of(standing: Standing) -> Decimal:
    """The payoff of a standing whose interest has accrued up to that day."""
    return standing.principal_balance + standing.interest_due + to_paise(standing.accrued_interest)


def status(bill: MinimumOwed, today: date) -> BillStatus:
    """PAID if the minimum is paid; PAST_DUE if it is unpaid after the due date; otherwise OPEN (lending rules, 5.6)."""
    if bill.interest_paid + bill.principal_paid >= bill.minimum_due:
        return BillStatus.PAID
    return BillStatus.PAST_DUE if today > bill.due_date else BillStatus.OPEN


def payment_state(bill: InstallmentOwed) -> PaymentState:
    """PAID if the whole installment is paid; MINIMUM_PAID if only the minimum is; otherwise UNPAID."""
    paid = bill.interest_paid + bill.principal_paid
    if paid >= bill.installment:
        return PaymentState.PAID
    return PaymentState.MINIMUM_PAID if paid >= bill.minimum_due else PaymentState.UNPAID
