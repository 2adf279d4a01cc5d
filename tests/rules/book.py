"""A loan kept in memory: what the doors do with rows, done with tuples and the rules alone."""

from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from rules import billing, interest, ledger, life, owed, payments, statement
from rules.calendars import CycleKind
from rules.day_counts import DayCount
from rules.ledger import Entry
from rules.loan import Bill, Loan, Standing
from rules.payments import AppliedPayment, Payer, PaymentOrder
from rules.plan import Terms
from rules.products import CARD, Product, RateType
from rules.sample_products import PLUS
from rules.statement import LineKind, Posted, StatementLine

DISBURSED_ON = date(2026, 1, 1)
# The products of the worked lives, by name.
EMI = Product(
    name="emi",
    rate_type=RateType.FLOATING,
    maximum_amount=Decimal("5000000.00"),
    cycle_kind=CycleKind.MONTHS,
    cycle=0,
    due_days=10,
    minimum_due_rate=Decimal("100.000"),
    day_count=DayCount.MONTHLY,
)
PRODUCTS = {"card": CARD, "plus": PLUS, "emi": EMI}


class PostedEntry(NamedTuple):
    """A ledger entry with its day and the number of its bill or payment."""

    posted_on: date
    event: str
    source_id: int | None
    debit: str
    credit: str
    amount: Decimal


def terms(amount: str = "50000", rate: str = "10.5", term: int = 12, disbursed_on: date = DISBURSED_ON) -> Terms:
    """Terms under the default policy: cycles of 30 days, due after 15, a minimum of 3 %."""
    return Terms(
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

    def __init__(self, agreed: Terms) -> None:
        self.terms = agreed
        self.life = life.disbursed(agreed)
        self.paid_on: list[date] = []
        self.entries: list[PostedEntry] = []
        self._post(agreed.disbursed_on, None, ledger.of_disbursal(agreed.amount))

    @property
    def standing(self) -> Standing:
        return self.life.standing

    @property
    def loan(self) -> Loan:
        return self.life.loan

    @property
    def bills(self) -> list[Bill]:
        return list(self.life.bills.values())

    @property
    def payments(self) -> list[AppliedPayment]:
        return list(self.life.payments.values())

    def bill(self, through: date) -> tuple[Bill, ...]:
        """Bill every cycle that has come by a date."""
        known = len(self.life.bills)
        self.life.bill(billing.cycles_due(self.terms, through))
        issued = tuple(self.bills[known:])
        self._post_bills(issued)
        return issued

    def pay(
        self, amount: str | Decimal, paid_on: date, today: date | None = None, payer: Payer = Payer.OPERATOR
    ) -> AppliedPayment:
        """Take a payment on a date, by default that of the payment, from an operator unless told otherwise.

        Raises:
            Refused: as `payments.take`; nothing has changed.
        """
        order = PaymentOrder(Decimal(amount), paid_on, payer)
        applied = payments.take(self.loan, order, today=today or paid_on)
        self._post_bills(applied.issued)
        self.paid_on.append(paid_on)
        self.life.pay(len(self.paid_on) + 1, applied)
        self._post(paid_on, len(self.paid_on), ledger.of_payment(applied))
        return applied

    @property
    def past(self) -> list[StatementLine]:
        """The past transactions of the loan's statement."""
        bills = [Posted(LineKind.BILL, bill.billing_date, 0, bill.interest) for bill in self.bills]
        paid = zip(self.paid_on, self.life.payments.items(), strict=True)
        payments = [
            Posted(LineKind.PAYMENT, day, sequence, one.interest, one.principal) for day, (sequence, one) in paid
        ]
        return list(statement.past(1, self.terms, [*payments, *bills]))

    def payoff(self, on: date) -> Decimal:
        return owed.position(self.loan, on).payoff

    def _post_bills(self, issued: Iterable[Bill]) -> None:
        for bill in issued:
            self._post(bill.billing_date, bill.cycle, ledger.of_bill(bill.interest))

    def _post(self, day: date, source: int | None, entries: Iterable[Entry]) -> None:
        self.entries += [
            PostedEntry(day, str(entry.event), source, str(entry.debit), str(entry.credit), entry.amount)
            for entry in entries
        ]
