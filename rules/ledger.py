"""Every movement of money is one debit and one credit of the same amount, so the books balance by construction."""

from collections.abc import Iterable
from decimal import Decimal
from enum import StrEnum
from typing import NamedTuple

from rules.money import ZERO
from rules.payments import AppliedPayment


class Account(StrEnum):
    CASH = "CASH"
    PRINCIPAL = "PRINCIPAL"
    INTEREST_RECEIVABLE = "INTEREST_RECEIVABLE"
    INTEREST_INCOME = "INTEREST_INCOME"
    BORROWER_CREDIT = "BORROWER_CREDIT"


class Event(StrEnum):
    DISBURSAL = "DISBURSAL"
    BILL = "BILL"
    PAYMENT = "PAYMENT"
    REFUND = "REFUND"


class Entry(NamedTuple):
    """One double-entry posting in rupees."""

    event: Event
    debit: Account
    credit: Account
    amount: Decimal


def of_disbursal(amount: Decimal) -> tuple[Entry, ...]:
    return _posted(Entry(Event.DISBURSAL, Account.PRINCIPAL, Account.CASH, amount))


def of_bill(interest: Decimal) -> tuple[Entry, ...]:
    """The entries of billed interest; no entry if the interest is zero."""
    if not interest:
        return ()
    return (Entry(Event.BILL, Account.INTEREST_RECEIVABLE, Account.INTEREST_INCOME, interest),)


def of_payment(applied: AppliedPayment) -> tuple[Entry, ...]:
    """The entries of a payment. No bill has posted its unbilled interest as income yet."""
    return _posted(
        Entry(Event.PAYMENT, Account.INTEREST_RECEIVABLE, Account.INTEREST_INCOME, applied.unbilled_interest),
        Entry(Event.PAYMENT, Account.CASH, Account.INTEREST_RECEIVABLE, applied.interest),
        Entry(Event.PAYMENT, Account.CASH, Account.PRINCIPAL, applied.principal),
        Entry(Event.PAYMENT, Account.CASH, Account.BORROWER_CREDIT, applied.credit),
    )


def of_refund(amount: Decimal) -> tuple[Entry, ...]:
    return _posted(Entry(Event.REFUND, Account.BORROWER_CREDIT, Account.CASH, amount))


def net(entries: Iterable[Entry]) -> tuple[Entry, ...]:
    """The sum of the entries of one source: at most one for each pair of accounts, and none that is zero."""
    sums: dict[tuple[Event, Account, Account], Decimal] = {}
    for event, debit, credit, amount in entries:
        if (event, credit, debit) in sums:
            sums[event, credit, debit] -= amount
        else:
            sums[event, debit, credit] = sums.get((event, debit, credit), ZERO) + amount
    return tuple(
        Entry(event, debit, credit, amount) if amount > 0 else Entry(event, credit, debit, -amount)
        for (event, debit, credit), amount in sums.items()
        if amount
    )


def difference(posted: Iterable[Entry], wanted: Iterable[Entry]) -> tuple[Entry, ...]:
    """The entries to post for a source, so that all its entries together are those wanted (lending rules, 8.6)."""
    taken_back = (Entry(event, credit, debit, amount) for event, debit, credit, amount in posted)
    return net((*taken_back, *wanted))


def balances(entries: Iterable[tuple[Account, Account, Decimal]]) -> dict[Account, Decimal]:
    """The balance (debits less credits) of every account over (debit, credit, amount) rows. They sum to zero."""
    totals = dict.fromkeys(Account, ZERO)
    for debit, credit, amount in entries:
        totals[debit] += amount
        totals[credit] -= amount
    return totals


def _posted(*entries: Entry) -> tuple[Entry, ...]:
    return tuple(entry for entry in entries if entry.amount > 0)
