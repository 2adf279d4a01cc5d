"""The trace of a life is read off it after the fold: each bill and each event with the standings around it."""

from collections.abc import Iterator, Sequence
from datetime import date
from typing import NamedTuple

from rules import billing, events
from rules.events import Event
from rules.life import Life
from rules.loan import Bill, Standing
from rules.payments import AppliedPayment


class Moment(NamedTuple):
    """A bill, or an event that changed the standing. It has the standing before it and the one after it."""

    on: date
    before: Standing
    after: Standing
    bill: Bill | None = None
    event: Event | None = None
    paid: AppliedPayment | None = None


def of(lived: Life, recorded: Sequence[Event]) -> list[Moment]:
    """The moments of a life that is not cancelled, in their order. `recorded` are the events that it was lived from."""
    found: list[Moment] = []
    standing = lived.first or billing.disbursed(lived.terms)
    for event in sorted(recorded, key=events.place):
        paid, refund = lived.payments.get(event.sequence), lived.refunds.get(event.sequence)
        step = lived.levies.get(event.sequence) or lived.waivers.get(event.sequence)
        changed = step.standing if step else lived.changed.get(event.sequence)
        if paid is None and refund is None and changed is None:
            continue
        found += _billed(lived, standing, event.effective_on)
        before = found[-1].after if found else standing
        standing = before._replace(credit=before.credit - refund) if refund is not None else before
        if paid is not None:
            standing = paid.standing
        elif changed is not None:
            standing = changed
        found.append(Moment(event.effective_on, before, standing, event=event, paid=paid))
    found += _billed(lived, standing, date.max)
    assert not found or found[-1].after == lived.standing, "the last moment leads to the standing"
    return found


def _billed(lived: Life, standing: Standing, until: date) -> Iterator[Moment]:
    """The bills that were issued by a date, after a standing."""
    while standing.closed_on is None:
        stored = lived.bills.get(standing.cycles_billed + 1)
        if stored is None or stored.billing_date > until:
            return
        before = standing
        bill, standing = billing.bill_next_cycle(lived.terms, before, stored.due_date)
        yield Moment(bill.billing_date, before, standing, bill=bill)
