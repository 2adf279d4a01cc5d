"""The trace of a life is read off it after the fold: each bill, event and class with the standings around it."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import NamedTuple

from rules import accruals, billing, classes, events, plan, term_changes
from rules.classes import ClassChange
from rules.events import Event, RateChanged
from rules.life import Life
from rules.loan import Bill, Standing
from rules.payments import AppliedPayment
from rules.terms import RateChange
from rules.waivers import AppliedWaiver


class Moment(NamedTuple):
    """A bill, a class, or an event that changed the standing. It has the standing before it and the one after it.

    A change of the rate that was recorded ahead is the moment of its own date, before the next bill or event.
    """

    on: date
    before: Standing
    after: Standing
    bill: Bill | None = None
    event: Event | None = None
    paid: AppliedPayment | None = None
    waiver: AppliedWaiver | None = None
    change: ClassChange | None = None


class Asked(NamedTuple):
    """A life with its moments, and the day whose figure is explained."""

    lived: Life
    moments: list[Moment]
    on: date


def of(lived: Life, recorded: Sequence[Event]) -> list[Moment]:
    """The moments of a life that is not cancelled, in their order. `recorded` are the events that it was lived from."""
    trace = _Trace(lived, recorded, lived.first or billing.disbursed(lived.terms))
    for event in sorted(recorded, key=events.place):
        paid, refund = lived.payments.get(event.sequence), lived.refunds.get(event.sequence)
        waiver = lived.waivers.get(event.sequence)
        step = lived.levies.get(event.sequence) or waiver
        changed = step.standing if step else lived.changed.get(event.sequence)
        if paid is None and refund is None and changed is None:
            continue
        # Interest accrues to every event but a refund.
        trace.advance(event.effective_on, accrues=refund is None)
        before = standing = trace.standing
        if refund is not None:
            standing = before._replace(credit=before.credit - refund)
        elif paid is not None:
            standing = paid.standing
        elif changed is not None:
            standing = changed
        trace.keep(Moment(event.effective_on, before, standing, event=event, paid=paid, waiver=waiver))
    trace.advance(date.max, accrues=False)
    assert trace.standing == lived.standing, "the last moment leads to the standing"
    return trace.moments


@dataclass(slots=True)
class _Trace:
    """The moments of a life that are found so far, and the standing after them."""

    lived: Life
    recorded: Sequence[Event]
    standing: Standing
    moments: list[Moment] = field(default_factory=list)
    _classes: int = 0

    def keep(self, moment: Moment) -> None:
        self.moments.append(moment)
        self.standing = moment.after

    def advance(self, until: date, *, accrues: bool) -> None:
        """Keep the bills that were issued by a date, the classes of the days before it, and the rates of its nights."""
        while self.standing.closed_on is None:
            stored = self.lived.bills.get(self.standing.cycles_billed + 1)
            if stored is None or stored.billing_date > until:
                break
            self._change_rates(stored.billing_date)
            self._classify(stored.billing_date)
            bill, after = billing.bill_next_cycle(self.lived.terms, self.standing, stored.due_date)
            self.keep(Moment(bill.billing_date, self.standing, after, bill=bill))
        if accrues:
            self._change_rates(until + plan.days(1))
        self._classify(until)

    def _classify(self, before: date) -> None:
        changes = self.lived.classes.changes
        while self._classes < len(changes) and changes[self._classes].on < before:
            change = changes[self._classes]
            self.keep(Moment(change.on, self.standing, classes.changed(self.standing, change), change=change))
            self._classes += 1

    def _change_rates(self, day: date) -> None:
        """Keep the changes of the rate that waited for a date before a day."""
        while (
            self.standing.closed_on is None
            and (changes := self.standing.changes) is not None
            and changes.ahead
            and (on := changes.ahead[0].effective_on) < day
        ):
            self._classify(on)
            event = next(one for one in events.live(self.recorded) if _is_change(one, changes.ahead[0]))
            after = accruals.before(self.lived.terms, self.standing, on + plan.days(1))
            self.keep(Moment(on, self.standing, after, event=event))


def _is_change(event: Event, change: RateChange) -> bool:
    act = event.act
    return isinstance(act, RateChanged) and change == term_changes.rate_change(act, event.effective_on)
