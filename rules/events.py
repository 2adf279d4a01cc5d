"""A loan's life is a list of events that only grows. An event never changes; a reversal makes another one not count."""

from collections.abc import Iterable
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import NamedTuple, TypeAlias

from rules import plan
from rules.loan import PrepaymentChoice
from rules.terms import RateChangeChoice


class ReversalCause(StrEnum):
    BOUNCED = "BOUNCED"
    WRONG_LOAN = "WRONG_LOAN"
    DUPLICATE = "DUPLICATE"
    ERROR = "ERROR"


class Disbursed(NamedTuple):
    """The lender paid the loan out. Its terms are those of the loan."""


class Paid(NamedTuple):
    """The lender received rupees."""

    amount: Decimal
    choice: PrepaymentChoice = PrepaymentChoice.REDUCE_EMI


class Refunded(NamedTuple):
    """The lender paid rupees of the borrower's credit out."""

    amount: Decimal


class Reversed(NamedTuple):
    """The event with this sequence no longer counts."""

    sequence: int
    cause: ReversalCause


class Charged(NamedTuple):
    """The lender levied a charge of a kind, in rupees without GST.

    A bounce charge names the sequence of its reversal, and counts only while that does; other charges have 0.
    """

    kind: str
    amount: Decimal
    reversal: int = 0


class Waived(NamedTuple):
    """The lender waived rupees of the charge with a key, GST included; without a key, of interest."""

    amount: Decimal
    charge: str | None = None


class SettlementAgreed(NamedTuple):
    """The lender accepts rupees in place of the payoff, if they come by a date (lending rules, 14.3)."""

    amount: Decimal
    until: date


class WrittenOff(NamedTuple):
    """The lender books the loan as a loss (lending rules, 14.1)."""


class RateChanged(NamedTuple):
    """From the night after its date on, the loan has another rate, in percent a year. `emi` is that of SET_EMI."""

    interest_rate: Decimal
    choice: RateChangeChoice = RateChangeChoice.KEEP_TERM
    emi: Decimal | None = None


class DueDateChanged(NamedTuple):
    """The next bill is issued on another date, and later ones follow it."""

    next_billing_date: date


class MoratoriumGranted(NamedTuple):
    """The next cycles demand nothing, and their interest is set aside."""

    cycles: int


class BorrowerNpa(NamedTuple):
    """The borrower's loans make this one NPA, or no longer do (lending rules, 12.5)."""

    is_npa: bool


Act: TypeAlias = (
    Disbursed
    | Paid
    | Refunded
    | Reversed
    | Charged
    | Waived
    | SettlementAgreed
    | WrittenOff
    | RateChanged
    | DueDateChanged
    | MoratoriumGranted
    | BorrowerNpa
)


class Event(NamedTuple):
    """An event of a life (lending rules, 8.1). The first of a loan has the sequence 1.

    It counts from `effective_on`, and was recorded on the business date `recorded_on`. `due_again` are the cycles whose
    bills it made due again (9.4).
    """

    sequence: int
    effective_on: date
    recorded_on: date
    recorded_at: datetime
    act: Act
    due_again: tuple[int, ...] = ()


def live(events: Iterable[Event], known_at: datetime | None = None) -> list[Event]:
    """The events that count, in the order in which they apply; with `known_at`, of those recorded by then (8.3, 8.7).

    A reversal has no effect but that its event does not count, and so it is not in the list.
    """
    known = [event for event in events if known_at is None or event.recorded_at <= known_at]
    live_ones = counting(known)
    return sorted((one for one in known if one.sequence in live_ones and not isinstance(one.act, Reversed)), key=place)


def counting(events: Iterable[Event]) -> set[int]:
    """The sequences of the events that count, reversals included (8.3).

    Reversals are judged newest first, so a reversed reversal makes its event count again.
    """
    newest_first = sorted(events, key=_sequence, reverse=True)
    gone: set[int] = set()
    for event in newest_first:
        if isinstance(event.act, Reversed) and event.sequence not in gone:
            gone.add(event.act.sequence)
    gone.update(one.sequence for one in newest_first if isinstance(one.act, Charged) and one.act.reversal in gone)
    return {event.sequence for event in newest_first} - gone


def due_again(events: Iterable[Event], due_days: int, known_at: datetime | None = None) -> dict[int, date]:
    """The date on which each cycle's bill is due again, by the newest correction that says so (9.4).

    A correction that was reversed still counts here, because the borrower has read the date.
    """
    again: dict[int, date] = {}
    for event in sorted((one for one in events if one.due_again), key=_sequence):
        if known_at is None or event.recorded_at <= known_at:
            again.update(dict.fromkeys(event.due_again, event.recorded_on + plan.days(due_days)))
    return again


def _sequence(event: Event) -> int:
    return event.sequence


def is_ahead(event: Event) -> bool:
    """Whether an event was recorded before its own date. The loan waits for that date."""
    return event.effective_on > event.recorded_on


def place(event: Event) -> tuple[date, int]:
    """The place of an event among those that apply (lending rules, 8.4)."""
    return event.effective_on, event.sequence
