"""A statement has the posted transactions and the installments to come; it stores nothing."""

import heapq
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from decimal import Decimal
from typing import NamedTuple, Protocol, TypeVar

from rules import billing, plan
from rules.billing import Loan, Standing
from rules.interest import accrual
from rules.ledger import Account, Event
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


class LedgerRow(Protocol):
    """The fields of a ledger entry that a statement needs. `source_id` is the id of its bill or payment."""

    @property
    def posted_on(self) -> date: ...
    @property
    def event(self) -> str: ...
    @property
    def source_id(self) -> int | None: ...
    @property
    def debit(self) -> str: ...
    @property
    def credit(self) -> str: ...
    @property
    def amount(self) -> Decimal: ...


class StatementLine(NamedTuple):
    """One posted event. `interest` is that of the bill or the payment; the balance is the one after the event."""

    kind: Event
    amount_paid: Decimal
    interest: Decimal
    principal: Decimal
    principal_balance: Decimal
    date: date


# A bill comes before a payment of the same day, because a payment first bills the cycles of its date.
_ORDER_OF_A_DAY: dict[str, int] = {event: place for place, event in enumerate(Event)}


def past(entries: Iterable[LedgerRow]) -> Iterator[StatementLine]:
    """Every posted event in order, from the ledger entries of one loan in any order (lending rules, 7).

    The principal balance is that of the account PRINCIPAL. A payment's interest is the rest of its cash.
    """

    groups: dict[tuple[date, int, int], list[LedgerRow]] = defaultdict(list)
    for entry in entries:
        groups[entry.posted_on, _ORDER_OF_A_DAY[entry.event], entry.source_id or 0].append(entry)
    balance = ZERO
    for key in sorted(groups):
        kind = Event(groups[key][0].event)
        moved: dict[str, Decimal] = dict.fromkeys(Account, ZERO)
        for entry in groups[key]:
            moved[entry.debit] += entry.amount
            moved[entry.credit] -= entry.amount
        balance += moved[Account.PRINCIPAL]
        billed, cash = -moved[Account.INTEREST_INCOME], moved[Account.CASH]
        yield StatementLine(
            date=key[0],
            kind=kind,
            amount_paid=cash if kind is Event.PAYMENT else ZERO,
            interest=cash + moved[Account.PRINCIPAL] if kind is Event.PAYMENT else billed,
            principal=abs(moved[Account.PRINCIPAL]),
            principal_balance=balance,
        )


class DatedEvent(Protocol):
    """The fields of a bill or a payment that its line needs."""

    @property
    def posted_on(self) -> date: ...
    @property
    def interest(self) -> Decimal: ...
    @property
    def principal(self) -> Decimal: ...


DatedRow = TypeVar("DatedRow", bound=DatedEvent)


def disbursal(terms: Terms) -> StatementLine:
    """The first line of every statement."""
    return StatementLine(Event.DISBURSAL, ZERO, ZERO, terms.amount, terms.amount, terms.disbursed_on)


def following(
    balance: Decimal, bills: Sequence[DatedRow], payments: Sequence[DatedRow]
) -> Iterator[tuple[DatedRow, StatementLine]]:
    """The lines of bills and payments, each in their order, after a line with this principal balance.

    They equal the lines of `past`, but come from the rows instead of the ledger entries.

    """
    merged = heapq.merge(
        ((Event.BILL, bill) for bill in bills),
        ((Event.PAYMENT, payment) for payment in payments),
        key=lambda one: (one[1].posted_on, _ORDER_OF_A_DAY[one[0]]),
    )
    for kind, event in merged:
        balance -= event.principal
        paid = event.interest + event.principal if kind is Event.PAYMENT else ZERO
        yield event, StatementLine(kind, paid, event.interest, event.principal, balance, event.posted_on)
