"""The ledger entries of a life belong to sources: its bills and its events (lending rules, 20)."""

from collections.abc import Sequence
from datetime import date
from typing import NamedTuple

from rules import charges, ledger, suspense
from rules.events import Event
from rules.ledger import Entry
from rules.life import Life
from rules.loan import Status


class Source(NamedTuple):
    """The source of ledger entries: the bill of a cycle, the event with a sequence, or the class of a day's end.

    The disbursal has sequence 1.
    """

    cycle: int = 0
    sequence: int = 0
    class_on: date | None = None


class Posted(NamedTuple):
    """The entries of a source, and the date on which they are effective."""

    effective_on: date
    entries: tuple[Entry, ...]


def of(life: Life, recorded: Sequence[Event]) -> dict[Source, Posted]:
    """The entries of each source (lending rules, 20). A reversed event is a source without entries."""
    dated = {event.sequence: event.effective_on for event in recorded}
    posted = {Source(sequence=sequence): Posted(on, ()) for sequence, on in dated.items()}
    if life.standing.status != Status.CANCELLED:
        deducted = ledger.of_disbursal(life.terms.amount, charges.at_disbursal(life.terms))
        posted[Source(sequence=1)] = Posted(life.terms.disbursed_on, deducted)
    for cycle, bill in life.bills.items():
        entries = ledger.of_bill(bill.own_interest, is_npa=cycle in life.classes.suspended)
        posted[Source(cycle=cycle)] = Posted(bill.billing_date, entries)
    for on, (moved, is_over) in life.classes.moved.items():
        posted[Source(class_on=on)] = Posted(on, ledger.of_class(moved, is_over=is_over))
    for sequence, applied in life.payments.items():
        posted[Source(sequence=sequence)] = Posted(dated[sequence], ledger.of_payment(applied))
    for sequence, amount in life.refunds.items():
        posted[Source(sequence=sequence)] = Posted(dated[sequence], ledger.of_refund(amount))
    for sequence, (charge, standing) in life.levies.items():
        entries = ledger.of_charge(charge, is_npa=suspense.is_npa(standing))
        posted[Source(sequence=sequence)] = Posted(dated[sequence], entries)
    for sequence, waiver in life.waivers.items():
        posted[Source(sequence=sequence)] = Posted(dated[sequence], ledger.of_waiver(waiver))
    for sequence, loss in life.losses.items():
        entries = ledger.of_loss(ledger.Event.WRITE_OFF, loss)
        posted[Source(sequence=sequence)] = Posted(dated[sequence], entries)
    return posted
