"""The parts of a payment or a charge in its line of a statement, also of one that a reversal has struck out."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from models.life_events import EventRow
from rules import charges, life
from rules.events import Charged, Event
from rules.money import ZERO
from rules.payments import AppliedPayment
from rules.plan import Terms


class Parts(NamedTuple):
    """The parts of a payment, in rupees, and the date of its reversal."""

    interest: Decimal
    principal: Decimal
    credit: Decimal
    reversed_on: date | None
    charges: Decimal = ZERO
    recovery: Decimal = ZERO
    written_off: Decimal = ZERO


def of(paid: AppliedPayment, reversed_on: date | None = None) -> Parts:
    return Parts(paid.interest, paid.principal, paid.credit, reversed_on, paid.charges, paid.recovery, paid.written_off)


def before(terms: Terms, recorded: Sequence[Event], row: EventRow, reversal: EventRow) -> Parts:
    """The parts that a payment had before its reversal."""
    earlier = [event for event in recorded if event.sequence < reversal.sequence]
    lived = life.fold(terms, earlier, until=row.effective_on)
    return of(lived.payments[row.sequence], reversal.recorded_on)


def levied(terms: Terms, row: EventRow) -> Decimal:
    """The charge of an event with its GST; 0.00 for another kind of event."""
    act = row.event().act
    if not isinstance(act, Charged):
        return ZERO
    return charges.levy(terms, act.kind, act.amount, row.effective_on, row.sequence).total
