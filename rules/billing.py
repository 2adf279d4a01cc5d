"""A cycle is billed once, on its own date, from the loan's standing alone; unpaid amounts are carried forward."""

from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import NamedTuple, Protocol

from rules import accruals, charges, deferrals, plan, replan
from rules.deferrals import Asked
from rules.loan import Bill, Standing, Status
from rules.money import ZERO, to_paise
from rules.plan import Terms
from rules.products import CARD
from rules.terms import Changes

# Interest accrues to a bill; most callers do both.
accrue = accruals.accrue


class BillStatus(StrEnum):
    OPEN = "OPEN"
    PAID = "PAID"
    PAST_DUE = "PAST_DUE"
    WITHDRAWN = "WITHDRAWN"


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
    @property
    def withdrawn(self) -> bool: ...


class InstallmentOwed(MinimumOwed, Protocol):
    """The fields of a bill that decide how much of it is paid."""

    @property
    def installment(self) -> Decimal: ...


def disbursed(terms: Terms) -> Standing:
    """The standing of a loan on the day of its disbursal."""
    return Standing(
        emi=plan.first_emi(terms),
        principal_balance=terms.amount,
        interest_due=ZERO,
        accrued_interest=ZERO,
        accrued_through=terms.disbursed_on,
        cycles_billed=0,
        last_cycle=terms.loan_term,
        past_due=ZERO,
        installment_due=ZERO,
        minimum_due=ZERO,
        credit=ZERO,
        oldest_due_on=None,
        due_again_on=None,
        closed_on=None,
        status=Status.ACTIVE,
        special=None if terms.product is CARD else charges.disbursed(terms),
    )


def next_billing_on(terms: Terms, standing: Standing) -> date | None:
    """The date of the next bill; None once the loan has ended."""
    if standing.closed_on is not None:
        return None
    return next_date(terms, standing)


def next_date(terms: Terms, standing: Standing) -> date:
    """The last day of the cycle that is not billed yet."""
    return plan.billing_date(terms, standing.cycles_billed + 1, standing.changes)


def cycles_due(terms: Terms, through: date, changes: Changes | None = None) -> int:
    """The cycles of a loan whose billing date has come by a date."""
    return plan.cycles_due(terms, through, changes)


def bill_next_cycle(terms: Terms, standing: Standing, due_again_on: date | None = None) -> tuple[Bill, Standing]:
    """Bill the next cycle on its own date, even if that is in the past (lending rules, 5).

    `due_again_on` is the date on which a correction makes the bill due again, if it does (9.4).
    """
    if terms.product is CARD:
        return _billed(terms, standing, due_again_on)
    standing = charges.with_penal(terms, standing, next_date(terms, standing))
    bill, after = _billed(terms, standing, due_again_on)
    bill = bill._replace(charges=charges.unpaid(after))
    return bill, after._replace(special=charges.billed(terms, after.special, bill))


def _billed(terms: Terms, standing: Standing, due_again_on: date | None) -> tuple[Bill, Standing]:
    """The bill of the next cycle without its charges, and the standing after it."""
    assert standing.closed_on is None, "a loan that has ended is never billed"
    cycle = standing.cycles_billed + 1
    billed_on = next_date(terms, standing)
    balance = standing.principal_balance
    if standing.changes is not None:
        standing = accruals.before(terms, standing, billed_on)
    interest, special = accruals.billed(terms, standing, billed_on)
    # The previous bill is superseded: it asks only for its unpaid minimum, interest first.
    past_due = standing.past_due + standing.minimum_due
    undemanded = balance - (past_due - standing.interest_due)
    level, installment, minimum_due = _asked(terms, standing, undemanded, interest)
    share = deferred = ZERO
    if special is not None:
        own = Asked(interest, installment, minimum_due)
        (interest, installment, minimum_due), share, deferred, special = deferrals.of_bill(
            special, standing.cycles_left, own
        )
    dates = _DueDates(billed_on + plan.days(terms.due_days), standing.oldest_due_on, standing.due_again_on)
    if minimum_due > 0:
        dates = _with_minimum(dates, due_again_on)
    bill = Bill(
        cycle, billed_on, dates.due_on, balance, interest, minimum_due, installment, past_due, ZERO, share, deferred
    )
    # The fields by position: keywords would double the time of this call, and billing is the sum of such calls. The
    # fields after the interest are the accrual, which starts again. The one after the due dates is `closed_on`.
    return bill, Standing(
        level, balance, standing.interest_due + interest, ZERO, billed_on, cycle, standing.last_cycle, past_due,
        installment, minimum_due, standing.credit, *dates[1:], None, standing.status, special,
    )  # fmt: skip


def _asked(terms: Terms, standing: Standing, undemanded: Decimal, interest: Decimal) -> tuple[Decimal, ...]:
    """The EMI, and the installment and the minimum of the next bill (lending rules, 5.2 to 5.4)."""
    cycles_left = standing.last_cycle - standing.cycles_billed
    is_spread = standing.installment_due > 0 and cycles_left >= 1  # past the term no cycle is left to spread it over
    level = replan.emi(terms, standing, undemanded) if is_spread else standing.emi
    whole = undemanded + interest
    if cycles_left <= 1:
        return level, whole, whole
    installment = min(max(level, interest), whole)
    least = to_paise(standing.principal_balance * terms.minimum_due_rate / 100) + interest
    return level, installment, min(least, installment)


class _DueDates(NamedTuple):
    """The due date of a bill, and the two of the standing."""

    due_on: date
    oldest_due_on: date | None
    due_again_on: date | None


def _with_minimum(dates: _DueDates, due_again_on: date | None) -> _DueDates:
    """The dates of a bill that has a minimum, and may be due again on a later date."""
    due_on, oldest, latest = dates
    if due_again_on is not None and due_again_on > due_on:
        due_on = due_again_on
        latest = due_on if latest is None or due_on > latest else latest
    return _DueDates(due_on, due_on if oldest is None or due_on < oldest else oldest, latest)


def issue_through(terms: Terms, standing: Standing, through: date) -> tuple[tuple[Bill, ...], Standing]:
    """Bill every cycle whose date is at most `through`, oldest first, each with its own dates.

    The standing is the one right after the newest bill, as a night stores it: penal charges of later mornings arise
    with the next event or bill.
    """
    issued: list[Bill] = []
    if standing.closed_on is None:
        due = plan.cycles_due(terms, through, standing.changes)
        while standing.cycles_billed < due:
            bill, standing = bill_next_cycle(terms, standing)
            issued.append(bill)
    return tuple(issued), standing


def bill_through(terms: Terms, standing: Standing, through: date) -> tuple[tuple[Bill, ...], Standing]:
    """As `issue_through`, with the penal charges of all mornings up to `through`."""
    issued, standing = issue_through(terms, standing, through)
    return issued, standing if terms.product is CARD else charges.with_penal(terms, standing, through)


def status(bill: MinimumOwed, today: date) -> BillStatus:
    """WITHDRAWN by a restructuring (13.4); PAID if the minimum is paid; PAST_DUE if it is unpaid after the due date;
    otherwise OPEN (lending rules, 5.6).
    """
    if bill.withdrawn:
        return BillStatus.WITHDRAWN
    if bill.interest_paid + bill.principal_paid >= bill.minimum_due:
        return BillStatus.PAID
    return BillStatus.PAST_DUE if today > bill.due_date else BillStatus.OPEN


def payment_state(bill: InstallmentOwed) -> PaymentState:
    """PAID if the whole installment is paid; MINIMUM_PAID if only the minimum is; otherwise UNPAID."""
    paid = bill.interest_paid + bill.principal_paid
    if paid >= bill.installment:
        return PaymentState.PAID
    return PaymentState.MINIMUM_PAID if paid >= bill.minimum_due else PaymentState.UNPAID
