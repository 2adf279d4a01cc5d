"""Every movement of money is one debit and one credit of the same amount, so the books balance by construction."""

from collections.abc import Iterable, Sequence
from decimal import Decimal
from enum import StrEnum
from typing import NamedTuple

from rules import charges, suspense
from rules.ends import Loss
from rules.loan import Charge
from rules.money import ZERO
from rules.payments import AppliedPayment
from rules.suspense import NONE, Suspense
from rules.waivers import AppliedWaiver


class Account(StrEnum):
    CASH = "CASH"
    PRINCIPAL = "PRINCIPAL"
    INTEREST_RECEIVABLE = "INTEREST_RECEIVABLE"
    INTEREST_INCOME = "INTEREST_INCOME"
    BORROWER_CREDIT = "BORROWER_CREDIT"
    CHARGES_RECEIVABLE = "CHARGES_RECEIVABLE"
    FEE_INCOME = "FEE_INCOME"
    GST_PAYABLE = "GST_PAYABLE"
    THIRD_PARTY_PAYABLE = "THIRD_PARTY_PAYABLE"
    PENAL_INCOME = "PENAL_INCOME"
    WAIVERS = "WAIVERS"
    WRITTEN_OFF = "WRITTEN_OFF"
    RECOVERY_INCOME = "RECOVERY_INCOME"
    INTEREST_SUSPENSE = "INTEREST_SUSPENSE"
    FEE_SUSPENSE = "FEE_SUSPENSE"


class Event(StrEnum):
    DISBURSAL = "DISBURSAL"
    BILL = "BILL"
    PAYMENT = "PAYMENT"
    REFUND = "REFUND"
    CHARGE = "CHARGE"
    WAIVER = "WAIVER"
    WRITE_OFF = "WRITE_OFF"
    RESTRUCTURE = "RESTRUCTURE"
    CLASS = "CLASS"


class Entry(NamedTuple):
    """One double-entry posting in rupees."""

    event: Event
    debit: Account
    credit: Account
    amount: Decimal


def of_disbursal(amount: Decimal, deducted: Sequence[Charge] = ()) -> tuple[Entry, ...]:
    """The entries of a disbursal, from which charges were deducted (lending rules, 11.2)."""
    if not deducted:
        return _posted(Entry(Event.DISBURSAL, Account.PRINCIPAL, Account.CASH, amount))
    fees = [one for one in deducted if one.kind == charges.FEE]
    others = sum((one.total for one in deducted if one.kind != charges.FEE), ZERO)
    fee, gst = sum((one.amount for one in fees), ZERO), sum((one.gst for one in fees), ZERO)
    return _posted(
        Entry(Event.DISBURSAL, Account.PRINCIPAL, Account.CASH, amount - fee - gst - others),
        Entry(Event.DISBURSAL, Account.PRINCIPAL, Account.FEE_INCOME, fee),
        Entry(Event.DISBURSAL, Account.PRINCIPAL, Account.GST_PAYABLE, gst),
        Entry(Event.DISBURSAL, Account.PRINCIPAL, Account.THIRD_PARTY_PAYABLE, others),
    )


def of_charge(charge: Charge, event: Event = Event.CHARGE, *, is_npa: bool = False) -> tuple[Entry, ...]:
    """The entries of a charge other than a penal one, which is posted when it is received."""
    income = Account.FEE_SUSPENSE if is_npa else Account.FEE_INCOME
    return _posted(
        Entry(event, Account.CHARGES_RECEIVABLE, income, charge.amount),
        Entry(event, Account.CHARGES_RECEIVABLE, Account.GST_PAYABLE, charge.gst),
    )


def of_bill(interest: Decimal, *, is_npa: bool = False) -> tuple[Entry, ...]:
    """The entries of billed interest; no entry if the interest is zero. That of an NPA waits in suspense."""
    if not interest:
        return ()
    income = Account.INTEREST_SUSPENSE if is_npa else Account.INTEREST_INCOME
    return (Entry(Event.BILL, Account.INTEREST_RECEIVABLE, income, interest),)


def of_class(moved: Suspense, *, is_over: bool) -> tuple[Entry, ...]:
    """The entries of becoming NPA, or of no longer being one (lending rules, 12.6)."""
    entries = _received(Event.CLASS, moved)
    return entries if is_over else tuple(Entry(event, credit, debit, due) for event, debit, credit, due in entries)


def of_payment(applied: AppliedPayment) -> tuple[Entry, ...]:
    """The entries of a payment. No bill has posted its unbilled interest as income yet."""
    entries = _of_money(Event.PAYMENT, Account.CASH, applied)
    if applied.levied:
        entries = (*of_charge(applied.levied, Event.PAYMENT, is_npa=suspense.is_npa(applied.standing)), *entries)
    if applied.recovery:
        entries = (*entries, Entry(Event.PAYMENT, Account.CASH, Account.RECOVERY_INCOME, applied.recovery))
    return entries if applied.loss is None else (*entries, *of_loss(Event.PAYMENT, applied.loss))


def of_loss(event: Event, loss: Loss) -> tuple[Entry, ...]:
    """The entries of what is written off, by a write-off or by the payment that ends a settlement."""
    interest, fees = loss.suspended
    return _posted(
        Entry(event, Account.WRITTEN_OFF, Account.INTEREST_RECEIVABLE, loss.interest - interest),
        Entry(event, Account.INTEREST_SUSPENSE, Account.INTEREST_RECEIVABLE, interest),
        Entry(event, Account.WRITTEN_OFF, Account.PRINCIPAL, loss.principal),
        Entry(event, Account.WRITTEN_OFF, Account.CHARGES_RECEIVABLE, loss.charges - fees),
        Entry(event, Account.FEE_SUSPENSE, Account.CHARGES_RECEIVABLE, fees),
        Entry(event, Account.WRITTEN_OFF, Account.BORROWER_CREDIT, loss.credit),
    )


def _of_money(event: Event, source: Account, applied: AppliedPayment) -> tuple[Entry, ...]:
    """The entries of money from an account that paid a loan's debts."""
    entries = _posted(
        Entry(event, Account.INTEREST_RECEIVABLE, Account.INTEREST_INCOME, applied.unbilled_interest),
        Entry(event, source, Account.INTEREST_RECEIVABLE, applied.interest),
        Entry(event, source, Account.PRINCIPAL, applied.principal),
        Entry(event, source, Account.BORROWER_CREDIT, applied.credit),
    )
    if applied.charged:
        penal = sum((part.amount for part in applied.charged if part.kind == charges.PENAL), ZERO)
        entries += _posted(
            Entry(event, source, Account.CHARGES_RECEIVABLE, applied.charges - penal),
            Entry(event, source, Account.PENAL_INCOME, penal),
        )
    return entries if applied.released is NONE else entries + _received(event, applied.released)


def _received(event: Event, released: Suspense) -> tuple[Entry, ...]:
    """The entries of what becomes income."""
    return _posted(
        Entry(event, Account.INTEREST_SUSPENSE, Account.INTEREST_INCOME, released.interest),
        Entry(event, Account.FEE_SUSPENSE, Account.FEE_INCOME, released.fees),
    )


def of_waiver(waiver: AppliedWaiver) -> tuple[Entry, ...]:
    """The entries of a waiver. No account has unpaid penal charges, and accrued interest (lending rules, 20)."""
    interest, fees = waiver.released
    fee = waiver.receivable - waiver.gst
    suspended = min(fees, fee)
    entries = _posted(
        Entry(Event.WAIVER, Account.WAIVERS, Account.INTEREST_RECEIVABLE, waiver.interest - interest),
        Entry(Event.WAIVER, Account.INTEREST_SUSPENSE, Account.INTEREST_RECEIVABLE, interest),
        Entry(Event.WAIVER, Account.WAIVERS, Account.CHARGES_RECEIVABLE, fee - suspended),
        Entry(Event.WAIVER, Account.FEE_SUSPENSE, Account.CHARGES_RECEIVABLE, suspended),
        Entry(Event.WAIVER, Account.GST_PAYABLE, Account.CHARGES_RECEIVABLE, waiver.gst),
        # GST that was paid before it was waived pays the fee instead.
        Entry(Event.WAIVER, Account.FEE_SUSPENSE, Account.FEE_INCOME, fees - suspended),
    )
    if waiver.given is None or waiver.charge is None:
        return entries
    is_penal = waiver.charge.kind == charges.PENAL
    return (
        *entries,
        *_of_money(Event.WAIVER, Account.PENAL_INCOME if is_penal else Account.CHARGES_RECEIVABLE, waiver.given),
    )


def of_refund(amount: Decimal) -> tuple[Entry, ...]:
    return _posted(Entry(Event.REFUND, Account.BORROWER_CREDIT, Account.CASH, amount))


def net(entries: Iterable[Entry]) -> tuple[Entry, ...]:
    """The sum of the entries of one source: at most one for each pair of accounts, and none that is zero."""
    found = tuple(entries)
    if len(found) == 1 and found[0].amount > 0:
        return found  # most sources have one entry
    sums: dict[tuple[Event, Account, Account], Decimal] = {}
    for event, debit, credit, amount in found:
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
    return tuple([entry for entry in entries if entry.amount > 0 and entry.debit != entry.credit])
