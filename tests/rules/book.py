"""A loan kept in memory: what the doors do with rows, done with tuples and the rules alone."""

from collections.abc import Iterable
from datetime import date, timedelta
from decimal import Decimal
from typing import NamedTuple

from rules import billing, classes, interest, ledger, life, owed, payments, statement, suspense
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
        """Bill every cycle that has come by a date, and find the classes of the days before it."""
        known, classed = len(self.life.bills), len(self.life.classes.moved)
        self.life.bill(billing.cycles_due(self.terms, through))
        self.life.classify(through - timedelta(days=1))
        issued = tuple(self.bills[known:])
        self._post_bills(issued)
        for on, (moved, is_over) in list(self.life.classes.moved.items())[classed:]:
            self._post(on, None, ledger.of_class(moved, is_over=is_over))
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
        if classes.needs_replay(self.terms, self.standing, applied.standing, applied.issued, paid_on):
            issued = self.bill(paid_on)
            applied = payments.take(self.loan, order, today=today or paid_on)
            return self._keep(applied, paid_on)._replace(issued=issued)
        if suspense.is_npa(self.standing):
            self.life.classes.suspended.update(bill.cycle for bill in applied.issued)
        self._post_bills(applied.issued)
        return self._keep(applied, paid_on)

    def _keep(self, applied: AppliedPayment, paid_on: date) -> AppliedPayment:
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
            is_npa = bill.cycle in self.life.classes.suspended
            self._post(bill.billing_date, bill.cycle, ledger.of_bill(bill.interest, is_npa=is_npa))

    def _post(self, day: date, source: int | None, entries: Iterable[Entry]) -> None:
        self.entries += [
            PostedEntry(day, str(entry.event), source, str(entry.debit), str(entry.credit), entry.amount)
            for entry in entries
        ]
