"""The trace of a life is read off it after the fold: each bill and each event with the standings around it."""

from collections.abc import Iterator, Sequence
from datetime import date
from typing import NamedTuple

from rules import accruals, billing, events, plan, term_changes
from rules.events import Event, RateChanged
from rules.life import Life
from rules.loan import Bill, Standing
from rules.payments import AppliedPayment
from rules.terms import RateChange
from rules.waivers import AppliedWaiver


class Moment(NamedTuple):
    """A bill, or an event that changed the standing. It has the standing before it and the one after it.

    A change of the rate that was recorded ahead is the moment of its own date, before the next bill or event.
    """

    on: date
    before: Standing
    after: Standing
    bill: Bill | None = None
    event: Event | None = None
    paid: AppliedPayment | None = None
    waiver: AppliedWaiver | None = None


class Asked(NamedTuple):
    """A life with its moments, and the day whose figure is explained."""

    lived: Life
    moments: list[Moment]
    on: date


def of(lived: Life, recorded: Sequence[Event]) -> list[Moment]:
    """The moments of a life that is not cancelled, in their order. `recorded` are the events that it was lived from."""
    found: list[Moment] = []
    standing = lived.first or billing.disbursed(lived.terms)
    for event in sorted(recorded, key=events.place):
        paid, refund = lived.payments.get(event.sequence), lived.refunds.get(event.sequence)
        waiver = lived.waivers.get(event.sequence)
        step = lived.levies.get(event.sequence) or waiver
        changed = step.standing if step else lived.changed.get(event.sequence)
        if paid is None and refund is None and changed is None:
            continue
        found += _billed(lived, standing, event.effective_on, recorded)
        standing = found[-1].after if found else standing
        if refund is None:  # interest accrues to every other event
            found += _changes_ahead(lived, standing, event.effective_on + plan.days(1), recorded)
        before = found[-1].after if found else standing
        standing = before._replace(credit=before.credit - refund) if refund is not None else before
        if paid is not None:
            standing = paid.standing
        elif changed is not None:
            standing = changed
        found.append(Moment(event.effective_on, before, standing, event=event, paid=paid, waiver=waiver))
    found += _billed(lived, standing, date.max, recorded)
    assert not found or found[-1].after == lived.standing, "the last moment leads to the standing"
    return found


def _billed(lived: Life, standing: Standing, until: date, recorded: Sequence[Event]) -> Iterator[Moment]:
    """The bills that were issued by a date, after a standing."""
    while standing.closed_on is None:
        stored = lived.bills.get(standing.cycles_billed + 1)
        if stored is None or stored.billing_date > until:
            return
        for moment in _changes_ahead(lived, standing, stored.billing_date, recorded):
            standing = moment.after
            yield moment
        before = standing
        bill, standing = billing.bill_next_cycle(lived.terms, before, stored.due_date)
        yield Moment(bill.billing_date, before, standing, bill=bill)


def _changes_ahead(lived: Life, standing: Standing, day: date, recorded: Sequence[Event]) -> Iterator[Moment]:
    """The changes of the rate that waited for a date before a day, after a standing."""
    while standing.closed_on is None and standing.changes is not None and standing.changes.ahead:
        on = standing.changes.ahead[0].effective_on
        if on >= day:
            return
        event = next(one for one in events.live(recorded) if _is_change(one, standing.changes.ahead[0]))
        before, standing = standing, accruals.before(lived.terms, standing, on + plan.days(1))
        yield Moment(on, before, standing, event=event)


def _is_change(event: Event, change: RateChange) -> bool:
    act = event.act
    return isinstance(act, RateChanged) and change == term_changes.rate_change(act, event.effective_on)
