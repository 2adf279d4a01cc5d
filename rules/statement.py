"""A statement has the posted transactions and the installments to come; it stores nothing."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from decimal import Decimal
from itertools import repeat
from typing import NamedTuple, Protocol, TypeVar

from rules import billing, plan
from rules.billing import Loan, Standing
from rules.interest import accrual
from rules.ledger import Event
from rules.money import ZERO, to_paise
from rules.payments import BillBalance, Demand, demands_after
from rules.plan import Installment, Terms


def upcoming(loan: Loan, bills: Sequence[BillBalance], today: date) -> Iterator[Installment]:
    """The installments to come, in order (lending rules, 7), computed line by line on demand.

    The unpaid part of each open bill comes first, then the plan for the remaining cycles as if those were paid
    today. `bills` are the unpaid ones, oldest first. Cycles that have come by `today` count as billed, so a late
    billing run does not change the statement.
    """
    if loan.closed_on is not None:
        return
    issued, standing = billing.bill_through(loan, today)
    demands = demands_after(bills, issued, standing.cycles_billed)
    yield from _asked(loan, demands, standing.principal_balance)
    yield from plan.installments(
        loan,
        emi=standing.emi,
        principal_balance=standing.undemanded_principal,
        cycles_billed=standing.cycles_billed,
        first_interest=_first_interest(loan, standing, today),
    )


def _asked(terms: Terms, demands: Sequence[Demand], balance: Decimal) -> Iterator[Installment]:
    for asked in demands:
        if not asked.interest and not asked.principal:
            continue
        balance -= asked.principal
        yield Installment(
            number=asked.cycle,
            date=plan.billing_date(terms, asked.cycle),
            due_date=asked.due_date,
            amount_due=asked.interest + asked.principal,
            principal=asked.principal,
            interest=asked.interest,
            principal_balance=balance,
        )


def _first_interest(loan: Loan, standing: Standing, today: date) -> Decimal:
    today = max(today, standing.accrued_through)
    next_on = plan.billing_date(loan, standing.cycles_billed + 1)
    accrued = billing.accrue(loan, standing, today).accrued_interest
    coming = accrual(standing.undemanded_principal, loan.daily_rate, since=today, until=next_on)
    return to_paise(accrued + coming)


class StatementLine(NamedTuple):
    """One posted event. `interest` is that of the bill or the payment; the balance is the one after the event."""

    kind: Event
    amount_paid: Decimal
    interest: Decimal
    principal: Decimal
    principal_balance: Decimal
    date: date


class PostedRow(Protocol):
    """The fields of a bill or a payment that its line needs. A bill moves no principal."""

    @property
    def posted_on(self) -> date: ...
    @property
    def interest(self) -> Decimal: ...
    @property
    def principal(self) -> Decimal: ...


Bill = TypeVar("Bill", bound=PostedRow)
Payment = TypeVar("Payment", bound=PostedRow)


def past(terms: Terms, bills: Sequence[PostedRow], payments: Sequence[PostedRow]) -> Iterator[StatementLine]:
    """Every posted event in order (lending rules, 7), from all bills and all payments of a loan, each in their order.

    The lines equal those that the ledger entries of the loan make.
    """
    yield disbursal(terms)
    for _, line in following(terms.amount, bills, payments):
        yield line


def disbursal(terms: Terms) -> StatementLine:
    """The first line of every statement."""
    return StatementLine(Event.DISBURSAL, ZERO, ZERO, terms.amount, terms.amount, terms.disbursed_on)


def following(
    balance: Decimal, bills: Iterable[Bill], payments: Iterable[Payment]
) -> Iterator[tuple[Bill | Payment, StatementLine]]:
    """The lines of bills and payments, each in their order, after a line with this principal balance."""
    posted: list[tuple[Event, Bill | Payment]] = [
        *zip(repeat(Event.BILL), bills, strict=False),
        *zip(repeat(Event.PAYMENT), payments, strict=False),
    ]
    # A payment first bills the cycles of its date. So a bill comes before a payment of the same day, which the stable
    # sort leaves in that order.
    posted.sort(key=lambda one: one[1].posted_on)
    for kind, row in posted:
        interest, principal = row.interest, row.principal
        balance -= principal
        paid = interest + principal if kind is Event.PAYMENT else ZERO
        yield row, StatementLine(kind, paid, interest, principal, balance, row.posted_on)
