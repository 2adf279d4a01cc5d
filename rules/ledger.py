"""Every movement of money is one debit and one credit of the same amount, so the books balance by construction."""

from collections.abc import Iterable
from decimal import Decimal
from enum import StrEnum
from typing import NamedTuple

from rules.money import ZERO


class Account(StrEnum):
    CASH = "CASH"
    PRINCIPAL = "PRINCIPAL"
    INTEREST_RECEIVABLE = "INTEREST_RECEIVABLE"
    INTEREST_INCOME = "INTEREST_INCOME"


class Event(StrEnum):
    DISBURSAL = "DISBURSAL"
    BILL = "BILL"
    PAYMENT = "PAYMENT"


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


def of_payment(*, interest: Decimal, principal: Decimal, unbilled_interest: Decimal) -> tuple[Entry, ...]:
    """The entries of a payment. `unbilled_interest` is the part of `interest` that no bill has posted as income yet."""
    return _posted(
        Entry(Event.PAYMENT, Account.INTEREST_RECEIVABLE, Account.INTEREST_INCOME, unbilled_interest),
        Entry(Event.PAYMENT, Account.CASH, Account.INTEREST_RECEIVABLE, interest),
        Entry(Event.PAYMENT, Account.CASH, Account.PRINCIPAL, principal),
    )


def balances(entries: Iterable[tuple[Account, Account, Decimal]]) -> dict[Account, Decimal]:
    """The balance (debits less credits) of every account over (debit, credit, amount) rows. They sum to zero."""
    totals = dict.fromkeys(Account, ZERO)
    for debit, credit, amount in entries:
        totals[debit] += amount
        totals[credit] -= amount
    return totals


def _posted(*entries: Entry) -> tuple[Entry, ...]:
    return tuple(entry for entry in entries if entry.amount > 0)
