"""A what-if is the fold of a changed list of events: some are added or left out, and nothing is stored."""

from collections.abc import Iterator, Sequence
from collections.abc import Set as AbstractSet
from datetime import date, datetime
from typing import NamedTuple

from rules import charges, corrections, ends, life, term_problems, waivers
from rules.events import (
    Act,
    Charged,
    DueDateChanged,
    Event,
    MoratoriumGranted,
    Paid,
    RateChanged,
    Refunded,
    Reversed,
    SettlementAgreed,
    Waived,
    WrittenOff,
)
from rules.plan import Terms
from rules.refusals import Problem, ProblemCode


class Added(NamedTuple):
    """An act to add on a day. A reversal is recorded on that day, and counts from the day of its event.

    A change of the rate counts from another day. Without `charge`, a bounce does not bring its charge.
    """

    on: date
    act: Act
    effective_on: date | None = None
    charge: bool = True


class Changed(NamedTuple):
    """A changed list of events, and the reasons against the acts that it lacks."""

    events: list[Event]
    problems: list[Problem]


def changed(
    terms: Terms, recorded: Sequence[Event], added: Sequence[Added], leave_out: AbstractSet[int], at: datetime
) -> Changed:
    """The events with those left out that have a sequence in `leave_out`, and with the acts that the rules allow."""
    kept, problems = [event for event in recorded if event.sequence not in leave_out], []
    latest = max(event.sequence for event in recorded)
    for on, act, other_day, is_charged in added:
        found = list(_problems(terms, kept, act, on, other_day or on))
        problems += found
        if found:
            continue
        latest += 1
        effective_on = other_day or _effective_on(kept, act, on)
        correction = corrections.add(terms, kept, Event(latest, effective_on, on, at, act), on)
        kept.append(correction.event)
        charged = corrections.bounce_charge(correction, kept) if is_charged else None
        if charged is not None:
            latest += 1
            kept.append(Event(latest, on, on, at, charged))
    return Changed(kept, problems)


def _problems(terms: Terms, kept: Sequence[Event], act: Act, on: date, effective_on: date) -> Iterator[Problem]:
    if on < terms.disbursed_on:
        message = f"The date must not be before {terms.disbursed_on}."
        yield Problem(ProblemCode.EFFECTIVE_DATE_TOO_EARLY, message, "on")
    elif isinstance(act, Reversed):
        yield from corrections.reversal_problems(kept, act.sequence)
    elif isinstance(act, Paid):
        yield from corrections.payment_problems(terms, kept, act, on, on)
    elif isinstance(act, Refunded):
        yield from corrections.refund_problems(life.fold(terms, kept, until=on), act.amount)
    elif isinstance(act, RateChanged | DueDateChanged | MoratoriumGranted):
        yield from term_problems.problems(terms, kept, act, effective_on, on)
    elif isinstance(act, Charged):
        yield from charges.problems(terms, life.fold(terms, kept, until=on).standing, act)
    elif isinstance(act, Waived):
        yield from waivers.problems(life.fold(terms, kept, until=on).advanced(on), act)
    elif isinstance(act, SettlementAgreed | WrittenOff):
        yield from ends.problems(life.fold(terms, kept, until=on).loan, act, on, is_npa=True)


def _effective_on(kept: Sequence[Event], act: Act, on: date) -> date:
    if isinstance(act, Reversed):
        return next(event.effective_on for event in kept if event.sequence == act.sequence)
    return on
