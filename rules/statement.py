"""A statement has the posted transactions and the installments to come; it stores nothing."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from decimal import Decimal
from enum import StrEnum
from operator import itemgetter
from typing import NamedTuple

from rules import accruals, billing, deferrals, plan
from rules.loan import Loan, Standing
from rules.money import ZERO, to_paise
from rules.payments import demands_after
from rules.plan import Installment, Terms
from rules.waterfall import Demand


def upcoming(loan: Loan, today: date) -> Iterator[Installment]:
    """The installments to come, in order (lending rules, 7), computed line by line on demand.

    The unpaid part of each open bill comes first, then the plan for the remaining cycles as if those were paid
    today. Cycles that have come by `today` count as billed, so a late billing run does not change the statement.
    """
    terms = loan.terms
    if loan.standing.closed_on is not None:
        return
    issued, standing = billing.bill_through(terms, loan.standing, today)
    demands = demands_after(loan.bills, issued, standing.cycles_billed)
    yield from _asked(loan, demands, standing.principal_balance)
    yield from plan_ahead(terms, standing, today)


def plan_ahead(terms: Terms, standing: Standing, today: date) -> Iterator[Installment]:
    """The plan of the cycles that are left, as if all bills were paid today, and with the rates that are agreed."""
    standing = accruals.before(terms, standing, today + plan.days(1))
    if standing.changes is not None and standing.changes.ahead:
        return _billed_ahead(terms, standing, today)
    cycles = range(standing.cycles_billed + 1, standing.last_cycle + 1)
    first_interest = _first_interest(terms, standing, today)
    rest = plan.Rest(standing.emi, standing.undemanded_principal, cycles, first_interest)
    if not standing.moratorium and not standing.deferred_interest:
        return plan.lines(terms, rest, standing.changes)
    silent = standing.moratorium
    # An EMI of 0 repays nothing. The line after these, which would be the last one of such a plan, is left out.
    without = rest._replace(emi=ZERO, cycles=cycles[: silent + 1])
    demanding = rest._replace(cycles=cycles[silent:], first_interest=None if silent else first_interest)
    return deferrals.planned(
        standing,
        list(plan.lines(terms, without, standing.changes))[:silent],
        plan.lines(terms, demanding, standing.changes),
    )


def _billed_ahead(terms: Terms, standing: Standing, today: date) -> Iterator[Installment]:
    """The plan of a loan whose rate will change: its bills to come, as if each were paid on its own date."""
    standing = _with_bills_paid(billing.accrue(terms, standing, max(today, standing.accrued_through)))
    while standing.closed_on is None and standing.cycles_billed < standing.last_cycle:
        bill, billed = billing.bill_next_cycle(terms, standing)
        standing = _with_bills_paid(billed)
        yield Installment(
            number=bill.cycle,
            date=bill.billing_date,
            due_date=bill.due_date,
            amount_due=bill.installment,
            principal=bill.installment - bill.interest,
            interest=bill.interest,
            principal_balance=standing.principal_balance,
        )


def _with_bills_paid(standing: Standing) -> Standing:
    return standing._replace(
        principal_balance=standing.undemanded_principal,
        interest_due=ZERO,
        past_due=ZERO,
        installment_due=ZERO,
        minimum_due=ZERO,
    )


def _asked(loan: Loan, demands: Sequence[Demand], balance: Decimal) -> Iterator[Installment]:
    for cycle, due_on, (interest, principal), _ in demands:
        if not interest and not principal:
            continue
        balance -= principal
        yield Installment(
            number=cycle,
            date=plan.billing_date(loan.terms, cycle, loan.standing.changes),
            due_date=due_on,
            amount_due=interest + principal,
            principal=principal,
            interest=interest,
            principal_balance=balance,
        )


def _first_interest(terms: Terms, standing: Standing, today: date) -> Decimal:
    today = max(today, standing.accrued_through)
    # The bills are paid today, so that the next one has the interest of what they do not ask for.
    paid = billing.accrue(terms, standing, today)._replace(principal_balance=standing.undemanded_principal)
    return to_paise(billing.accrue(terms, paid, billing.next_date(terms, standing)).accrued_interest)


class LineKind(StrEnum):
    DISBURSAL = "DISBURSAL"
    BILL = "BILL"
    PAYMENT = "PAYMENT"
    REVERSAL = "REVERSAL"
    REFUND = "REFUND"
    CHARGE = "CHARGE"
    WAIVER = "WAIVER"
    SETTLEMENT = "SETTLEMENT"
    WRITE_OFF = "WRITE_OFF"
    RECOVERY = "RECOVERY"
    RATE_CHANGE = "RATE_CHANGE"
    DUE_DATE_CHANGE = "DUE_DATE_CHANGE"
    MORATORIUM = "MORATORIUM"
    RESTRUCTURE = "RESTRUCTURE"


# The kinds of lines with money that the lender received.
RECEIVED = frozenset({LineKind.PAYMENT, LineKind.RECOVERY})


class StatementLine(NamedTuple):
    """One posted event. `interest` is that of the bill, payment or waiver; the balance is the one after the event.

    The credits of the lines that count sum to the loan's. `sequence` is that of the event; 0 for a bill, which is none.
    `charges` were levied or paid. A line with `reversed_on`, the date of its reversal, stays visible, and does not
    count.
    """

    kind: LineKind
    amount_paid: Decimal
    interest: Decimal
    principal: Decimal
    principal_balance: Decimal
    credit: Decimal
    loan_id: int
    sequence: int
    reversed_on: date | None
    date: date
    charges: Decimal = ZERO


class Posted(NamedTuple):
    """A bill or an event, as its line needs it. Only a payment or a waiver has interest that it paid, and principal.

    `recovery` is the part of a payment that reduced a claim. `written_off` is the principal that it ended with. The
    principal of a restructuring is interest that became principal.
    """

    kind: LineKind
    posted_on: date
    sequence: int
    interest: Decimal
    principal: Decimal = ZERO
    credit: Decimal = ZERO
    reversed_on: date | None = None
    charges: Decimal = ZERO
    recovery: Decimal = ZERO
    written_off: Decimal = ZERO


def past(
    loan_id: int, terms: Terms, rows: Iterable[Posted], cancelled_on: date | None = None
) -> Iterator[StatementLine]:
    """Every posted event in order (lending rules, 7), from all bills and all events of a loan after its disbursal.

    The lines that count equal those that the ledger entries of the loan make. `cancelled_on` is the date of the
    disbursal's reversal.
    """
    first = disbursal(loan_id, terms, cancelled_on)
    yield first
    yield from following(loan_id, first.principal_balance, rows)


def disbursal(loan_id: int, terms: Terms, cancelled_on: date | None = None) -> StatementLine:
    """The first line of every statement."""
    balance = terms.amount if cancelled_on is None else ZERO
    return StatementLine(
        LineKind.DISBURSAL, ZERO, ZERO, terms.amount, balance, ZERO, loan_id, 1, cancelled_on, terms.disbursed_on
    )


_PLACE = itemgetter(Posted._fields.index("posted_on"), Posted._fields.index("sequence"))


def following(loan_id: int, balance: Decimal, rows: Iterable[Posted]) -> Iterator[StatementLine]:
    """The lines of bills and events, in any order, after a line with this principal balance."""
    # An event first bills the cycles of its date, so a bill, which has the sequence 0, comes before it.
    for row in sorted(rows, key=_PLACE):
        kind, posted_on, sequence, interest, principal, credit, reversed_on, charged, recovery, written_off = row
        if reversed_on is None:
            repaid = -principal if kind is LineKind.RESTRUCTURE else principal + written_off
            balance = ZERO if kind is LineKind.WRITE_OFF else balance - repaid
        if recovery:
            kind = LineKind.RECOVERY
        paid = interest + principal + charged + credit + recovery if kind in RECEIVED else ZERO
        yield StatementLine(
            kind, paid, interest, principal, balance, credit, loan_id, sequence, reversed_on, posted_on, charged
        )
