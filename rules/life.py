"""A loan's life is one fold of its events: payment, billing, verification, corrections and projections all use it."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal
from types import MappingProxyType
from typing import NamedTuple

from rules import act_columns, billing, charges, classes, ends, events, payments, suspense, term_changes, waivers
from rules.classes import ClassLog
from rules.ends import Ending, Loss
from rules.events import Event
from rules.loan import ISSUED, Bill, Charge, Loan, Standing, Status
from rules.money import ZERO
from rules.payments import Allocation, AppliedPayment
from rules.plan import Terms
from rules.term_changes import TermChange
from rules.waivers import AppliedWaiver

_DAY = timedelta(days=1)
_NEVER: Mapping[int, date] = MappingProxyType({})


class Levied(NamedTuple):
    """A charge that an event levied, and the standing after it."""

    charge: Charge
    standing: Standing


@dataclass(slots=True)
class Life:
    """A loan as its events have made it: its standing, all its bills by cycle, and the effects of events by sequence.

    `losses` are those of write-offs. `changed` has the standings after events that are neither payment nor refund.
    `void` are the events that found nothing to do (lending rules, 8.4).

    It is lived step by step. The bills change in place, because a life has hundreds of payments.
    """

    terms: Terms
    standing: Standing
    bills: dict[int, Bill] = field(default_factory=dict)
    payments: dict[int, AppliedPayment] = field(default_factory=dict)
    refunds: dict[int, Decimal] = field(default_factory=dict)
    levies: dict[int, Levied] = field(default_factory=dict)
    waivers: dict[int, AppliedWaiver] = field(default_factory=dict)
    losses: dict[int, Loss] = field(default_factory=dict)
    changed: dict[int, Standing] = field(default_factory=dict)
    void: set[int] = field(default_factory=set)
    changes: dict[int, term_changes.Applied] = field(default_factory=dict)
    # The standing before the first event.
    first: Standing | None = None
    classes: ClassLog = field(default_factory=ClassLog)
    _unpaid: dict[int, Bill] = field(default_factory=dict)

    @property
    def loan(self) -> Loan:
        """The loan with the bills that still ask for something (lending rules, 5.2)."""
        return Loan(self.terms, self.standing, tuple(self._unpaid.values()))

    def due_through(self, day: date) -> int:
        """The cycles whose billing date has come by a day."""
        return billing.cycles_due(self.terms, day, self.standing.changes)

    def owes(self, cycle: int) -> bool:
        """Whether the minimum of a cycle's bill is unpaid. The bills of a loan that was written off have lapsed."""
        bill = self.bills.get(cycle)
        if bill is None or bill.withdrawn or ends.has_lapsed(self.standing):
            return False
        return bill.interest_paid + bill.principal_paid < bill.minimum_due

    def bill(self, cycles: int, due_again: Mapping[int, date] = _NEVER) -> None:
        """Bill the cycles up to a number that are not billed yet, unless the loan has ended."""
        while self.standing.closed_on is None and self.standing.cycles_billed < cycles:
            if self.standing.oldest_due_on is not None or self.standing.special is not None:
                self.classify(billing.next_date(self.terms, self.standing) - _DAY)
            again = due_again.get(self.standing.cycles_billed + 1)
            superseded = self._unpaid.get(self.standing.cycles_billed)
            bill, self.standing = billing.bill_next_cycle(self.terms, self.standing, again)
            self.keep(bill)
            if suspense.is_npa(self.standing):
                self.classes.suspended.add(bill.cycle)
            if superseded:
                self.keep(superseded)

    def classify(self, through: date) -> None:
        """Find the class at each day's end up to a day, after whose events nothing else has happened yet (12.2)."""
        self.standing = self.classes.find(self.terms, self.standing, through)

    def borrower_npa(self, sequence: int, on: date, *, is_npa: bool) -> None:
        """The borrower's loans make this one NPA from the end of a day on, or no longer do (12.5)."""
        if self.standing.closed_on is None:
            self.standing = classes.with_borrower_npa(self.advanced(on), is_npa=is_npa)
            self.changed[sequence] = self.standing

    def pay(self, sequence: int, applied: AppliedPayment) -> None:
        """Keep a payment that was applied to `loan`."""
        self.standing = applied.standing
        self.payments[sequence] = applied
        if applied.issued:
            for bill in (*self._unpaid.values(), *applied.issued):
                self.keep(bill)
        self._pay_bills(applied.allocations)

    def _pay_bills(self, allocations: Iterable[Allocation]) -> None:
        for part in allocations:
            if part.cycle is not None:
                bill = self.bills[part.cycle]
                interest, principal = bill.interest_paid + part.interest, bill.principal_paid + part.principal
                self.keep(Bill._make((*bill[: len(ISSUED)], interest, principal, bill.withdrawn)))

    def levy(self, sequence: int, charged: events.Charged, on: date) -> None:
        """Levy a charge, unless the loan has ended (lending rules, 8.4)."""
        if self.standing.closed_on is not None:
            self.void.add(sequence)
        else:
            charge = charges.levy(self.terms, charged.kind, charged.amount, on, sequence)
            self.standing = charges.levied(self.advanced(on), charge)
            self.levies[sequence] = Levied(charge, self.standing)

    def waive(self, sequence: int, waived: events.Waived, on: date) -> None:
        """Waive a charge or interest, unless the loan has ended or there is nothing to waive (lending rules, 8.4)."""
        is_over = self.standing.closed_on is not None
        applied = None if is_over else waivers.apply(self.loan._replace(standing=self.advanced(on)), waived)
        if applied is None:
            self.void.add(sequence)
        else:
            self.waivers[sequence] = applied
            self.standing = applied.standing
            self._pay_bills((*applied.allocations, *(applied.given.allocations if applied.given else ())))

    def change(self, sequence: int, act: TermChange, on: date) -> None:
        """Change the terms, unless the loan has ended or the change has no effect (lending rules, 8.4)."""
        is_over = self.standing.closed_on is not None
        changed = None if is_over else term_changes.apply(self.terms, self.advanced(on), act, on)
        if changed is None:
            self.void.add(sequence)
        else:
            self.standing = self.changed[sequence] = changed
            self.changes[sequence] = term_changes.Applied(act_columns.columns_of(act).kind, changed)

    def has_waiting(self, event: Event) -> bool:
        """Whether the standing has an event already that was recorded ahead. It is void if the loan has ended."""
        if events.is_ahead(event) and self.standing.closed_on is not None:
            self.void.add(event.sequence)
        return events.is_ahead(event)

    def advanced(self, on: date) -> Standing:
        """The standing with the interest and the penal charges up to a day, by which its cycles are billed."""
        return billing.accrue(self.terms, charges.with_penal(self.terms, self.standing, on), on)

    def refund(self, sequence: int, amount: Decimal) -> None:
        """Pay credit out. An amount that exceeds it makes it negative (lending rules, 9.7)."""
        self.refunds[sequence] = amount
        self.standing = self.standing._replace(credit=self.standing.credit - amount)

    def end(self, sequence: int, ending: Ending | None) -> None:
        """Keep a settlement or a write-off; None is one that finds nothing to do."""
        if ending is None:
            self.void.add(sequence)
            return
        self.standing = self.changed[sequence] = ending.standing
        if ending.loss is not None:
            self.losses[sequence] = ending.loss

    def keep(self, bill: Bill) -> None:
        """Keep a bill, in the place of its former values."""
        self.bills[bill.cycle] = bill
        # A bill that asks for nothing more would slow down each later payment.
        asked = bill.installment if bill.cycle == self.standing.cycles_billed else bill.minimum_due
        if bill.interest_paid + bill.principal_paid < asked and not bill.withdrawn:
            self._unpaid[bill.cycle] = bill
        else:
            self._unpaid.pop(bill.cycle, None)


def disbursed(terms: Terms) -> Life:
    """The life of a loan on the day of its disbursal."""
    return Life(terms, billing.disbursed(terms))


def cancelled(terms: Terms) -> Life:
    """The life of a loan whose disbursal was reversed: it owes nothing, and any payment is credit (9.1, 9.7)."""
    standing = billing.disbursed(terms)._replace(
        emi=ZERO, principal_balance=ZERO, closed_on=terms.disbursed_on, status=Status.CANCELLED, special=None
    )
    return Life(terms, standing)


def stored(terms: Terms, standing: Standing, bills: Iterable[Bill]) -> Life:
    """The life of stored rows. Its payments and refunds are not known, and no step needs them."""
    life = Life(terms, standing)
    for bill in bills:
        life.keep(bill)
    return life


def fold(
    terms: Terms,
    recorded: Sequence[Event],
    *,
    until: date,
    cycles: int | None = None,
    known_at: datetime | None = None,
) -> Life:
    """Live the events up to the end of a day (lending rules, 8.4). It always succeeds.

    `cycles` is the number of cycles to bill after the last event, by default those that have come by `until`.
    `known_at` leaves out what was recorded later. The last class is that of the day before `until`: the day itself may
    not have ended. With `cycles` it is that of the day before the last event or bill. `classify` finds later ones.
    """
    counting = events.live(recorded, known_at)
    again = events.due_again(recorded, terms.due_days, known_at)
    is_disbursed = any(isinstance(event.act, events.Disbursed) for event in counting)
    life = disbursed(terms) if is_disbursed else cancelled(terms)
    life.standing = term_changes.waiting(life.standing, counting)
    life.first = life.standing
    for event in counting:
        if event.effective_on > until:
            break
        if life.has_waiting(event):
            continue
        life.bill(life.due_through(event.effective_on), again)
        life.classify(event.effective_on - _DAY)
        _live(life, event)
    life.bill(life.due_through(until) if cycles is None else cycles, again)
    if cycles is None:
        life.classify(until - _DAY)
    return life


def _live(life: Life, event: Event) -> None:
    """Live an event on its day, by which the cycles are billed and the classes of the days before are found."""
    sequence, on, _, _, act, _ = event
    if isinstance(act, events.Paid):
        life.pay(sequence, payments.pay(life.loan, act.amount, on, act.choice, sequence))
    elif isinstance(act, events.Refunded):
        life.refund(sequence, act.amount)
    elif isinstance(act, events.Charged):
        life.levy(sequence, act, on)
    elif isinstance(act, events.Waived):
        life.waive(sequence, act, on)
    elif isinstance(act, events.SettlementAgreed | events.WrittenOff):
        life.end(sequence, ends.apply(life.terms, life.advanced(on), act))
    elif isinstance(act, events.RateChanged | events.DueDateChanged | events.MoratoriumGranted):
        life.change(sequence, act, on)
    elif isinstance(act, events.BorrowerNpa):
        life.borrower_npa(sequence, on, is_npa=act.is_npa)
