"""A loan kept in memory: what the doors do with rows, done with tuples and the rules alone."""

from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from rules import billing, interest, ledger, owed, payments, statement
from rules.billing import IssuedBill
from rules.ledger import Entry
from rules.payments import AppliedPayment, Payer, PaymentOrder
from rules.plan import Proposal
from rules.statement import StatementLine

DISBURSED_ON = date(2026, 1, 1)


class Loan(NamedTuple):
    """The terms and the standing of a loan, in the columns of its row."""

    amount: Decimal
    interest_rate: Decimal
    daily_rate: Decimal
    loan_term: int
    disbursed_on: date
    cycle_days: int
    due_days: int
    minimum_due_rate: Decimal
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


class Bill(NamedTuple):
    """A bill and what has been paid of it."""

    cycle: int
    billing_date: date
    due_date: date
    principal_balance: Decimal
    interest: Decimal
    minimum_due: Decimal
    installment: Decimal
    past_due: Decimal
    interest_paid: Decimal = Decimal("0.00")
    principal_paid: Decimal = Decimal("0.00")


class PostedEntry(NamedTuple):
    """A ledger entry with its day and the number of its bill or payment."""

    posted_on: date
    event: str
    source_id: int | None
    debit: str
    credit: str
    amount: Decimal


class PostedRow(NamedTuple):
    """A bill or a payment as a line of a statement."""

    posted_on: date
    interest: Decimal
    principal: Decimal


def terms(amount: str = "50000", rate: str = "10.5", term: int = 12, disbursed_on: date = DISBURSED_ON) -> Proposal:
    """Terms under the default policy: cycles of 30 days, due after 15, a minimum of 3 %."""
    return Proposal(
        amount=Decimal(amount).quantize(Decimal("0.01")),
        interest_rate=Decimal(rate),
        daily_rate=interest.daily_rate(Decimal(rate)),
        loan_term=term,
        disbursed_on=disbursed_on,
        cycle_days=30,
        due_days=15,
        minimum_due_rate=Decimal(3),
    )


class Book:
    """One loan with its bills, payments and ledger entries."""

    def __init__(self, agreed: Proposal) -> None:
        self.terms = agreed
        self.standing = billing.disbursed(agreed)
        self.bills: list[Bill] = []
        self.payments: list[AppliedPayment] = []
        self.paid_on: list[date] = []
        self.entries: list[PostedEntry] = []
        self._post(agreed.disbursed_on, None, ledger.of_disbursal(agreed.amount))

    @property
    def loan(self) -> Loan:
        return Loan._make((*self.terms, *self.standing))

    @property
    def unpaid(self) -> list[Bill]:
        return [bill for bill in self.bills if bill.interest_paid + bill.principal_paid < bill.installment]

    def bill(self, through: date) -> tuple[IssuedBill, ...]:
        """Bill every cycle that has come by a date."""
        issued, self.standing = billing.bill_through(self.loan, through)
        self._keep(issued)
        return issued

    def pay(
        self, amount: str | Decimal, paid_on: date, today: date | None = None, payer: Payer = Payer.OPERATOR
    ) -> AppliedPayment:
        """Take a payment on a date, by default that of the payment, from an operator unless told otherwise.

        Raises:
            Refused: as `payments.take`; nothing has changed.
        """
        order = PaymentOrder(Decimal(amount), paid_on, payer)
        applied = payments.apply(self.loan, self.unpaid, order, today=today or paid_on)
        self._keep(applied.issued)
        for part in applied.allocations:
            if part.cycle is not None:
                bill = self.bills[part.cycle - 1]
                self.bills[part.cycle - 1] = bill._replace(
                    interest_paid=bill.interest_paid + part.interest,
                    principal_paid=bill.principal_paid + part.principal,
                )
        self.payments.append(applied)
        self.paid_on.append(paid_on)
        entries = ledger.of_payment(
            interest=applied.interest, principal=applied.principal, unbilled_interest=applied.unbilled_interest
        )
        self._post(paid_on, len(self.payments), entries)
        self.standing = applied.standing
        return applied

    @property
    def past(self) -> list[StatementLine]:
        """The past transactions of the loan's statement."""
        bills = [PostedRow(bill.billing_date, bill.interest, Decimal("0.00")) for bill in self.bills]
        paid = zip(self.paid_on, self.payments, strict=True)
        payments = [PostedRow(day, applied.interest, applied.principal) for day, applied in paid]
        return list(statement.past(self.terms, bills, payments))

    def payoff(self, on: date) -> Decimal:
        return owed.position(self.loan, on).payoff

    def _keep(self, issued: Iterable[IssuedBill]) -> None:
        for bill in issued:
            self.bills.append(Bill(*bill))
            self._post(bill.billing_date, bill.cycle, ledger.of_bill(bill.interest))

    def _post(self, day: date, source: int | None, entries: Iterable[Entry]) -> None:
        self.entries += [
            PostedEntry(day, str(entry.event), source, str(entry.debit), str(entry.credit), entry.amount)
            for entry in entries
        ]
