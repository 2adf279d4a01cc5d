"""A correction is an event more, and the fold of all events again: what differs is restated (lending rules, 9)."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from rules import billing, charges, events, life, owed, plan
from rules.events import BorrowerNpa, Charged, Disbursed, Event, Paid, ReversalCause, Reversed
from rules.ledger import Entry, difference
from rules.life import Life
from rules.loan import ISSUED, Bill, Status
from rules.money import ZERO
from rules.plan import Terms
from rules.postings import Posted, Source
from rules.products import CARD
from rules.refusals import Problem, ProblemCode


class Correction(NamedTuple):
    """An event that was added to a life, and the life before and after it, both at the end of a day."""

    event: Event
    before: Life
    after: Life

    @property
    def restated(self) -> list[Bill]:
        """The bills that ask for something else than before, in their new version."""
        before, width = self.before.bills, len(ISSUED)
        return [bill for cycle, bill in self.after.bills.items() if bill[:width] != before.get(cycle, bill)[:width]]


def bounce_charge(bounce: Correction, recorded: Sequence[Event]) -> Charged | None:
    """The charge that the bounce of a payment brings, if the loan has one and is then open (lending rules, 9.2).

    `recorded` has the payment. None for another correction.
    """
    act, after = bounce.event.act, bounce.after
    if not isinstance(act, Reversed) or act.cause != ReversalCause.BOUNCED:
        return None
    bounced = next(event.act for event in recorded if event.sequence == act.sequence)
    if not isinstance(bounced, Paid):
        return None
    return charges.bounce(after.terms, after.standing, bounce.event.sequence, bounced.amount)


_NOTHING = Posted(date.min, ())
# Events that may count when the disbursal no longer does.
_NO_HINDRANCE = (Disbursed, Reversed, BorrowerNpa)


def add(terms: Terms, recorded: Sequence[Event], event: Event, today: date) -> Correction:
    """The life with one event more, at the end of `today`, the business date on which it is recorded.

    The event of the result names the cycles whose bills it makes due again (9.4). A bounce changes no due date.
    """
    return correct(life.fold(terms, recorded, until=today), recorded, event, today)


def correct(before: Life, recorded: Sequence[Event], event: Event, today: date) -> Correction:
    """The same, if the life without the event is known: its rows are stored."""
    terms = before.terms
    after = life.fold(terms, [*recorded, event], until=today)
    is_replayed = isinstance(event.act, Reversed) or event.effective_on < before.standing.accrued_through
    if is_replayed and not (isinstance(event.act, Reversed) and event.act.cause == ReversalCause.BOUNCED):
        again = tuple(cycle for cycle in after.bills if after.owes(cycle) and not before.owes(cycle))
        if again:
            event = event._replace(due_again=again)
            if terms.product is CARD and not after.classes.changes:
                _make_due_again(after, again, today + plan.days(terms.due_days))
            else:  # a later due date takes back a penal charge or a class, and so moves payments and interest
                after = life.fold(terms, [*recorded, event], until=today)
    return Correction(event, before, after)


def _make_due_again(after: Life, cycles: Iterable[int], due_on: date) -> None:
    """Give unpaid bills a later due date, as the fold would with a correction that names them (9.4)."""
    for cycle in cycles:
        bill = after.bills[cycle]
        after.keep(bill._replace(due_date=max(bill.due_date, due_on)))
    unpaid = [one for one in after.loan.bills if one.interest_paid + one.principal_paid < one.minimum_due]
    again = [
        one.due_date for one in unpaid if one.due_date > plan.due_date(after.terms, one.cycle, after.standing.changes)
    ]
    after.standing = after.standing._replace(
        oldest_due_on=min((one.due_date for one in unpaid), default=None),
        due_again_on=max(again, default=None),
    )


def differences(
    posted: Mapping[Source, Posted], wanted: Mapping[Source, Posted]
) -> Iterator[tuple[Source, date, Entry]]:
    """The entries to post, each with its source and the date on which it is effective (lending rules, 8.6).

    A source that is not wanted, such as a bill that never was, has no entries in the end.
    """
    for source in dict.fromkeys((*posted, *wanted)):
        before, after = posted.get(source, _NOTHING), wanted.get(source, _NOTHING)
        if before.entries and after.entries and before.effective_on != after.effective_on:
            # A change of the billing date that is reversed gives a bill another date.
            for entry in difference(before.entries, ()):
                yield source, before.effective_on, entry
            before = _NOTHING
        for entry in difference(before.entries, after.entries):
            yield source, max(before.effective_on, after.effective_on), entry


def is_payment(event: Event) -> bool:
    return isinstance(event.act, Paid)


def reversal_problems(recorded: Sequence[Event], sequence: int) -> Iterator[Problem]:
    """The reasons against the reversal of an event (lending rules, 9.1).

    EVENT_NOT_FOUND, NOT_REVERSIBLE, ALREADY_REVERSED, HAS_LATER_EVENTS.
    """
    found = next((event for event in recorded if event.sequence == sequence), None)
    if found is None:
        yield Problem(ProblemCode.EVENT_NOT_FOUND, "The event was not found on this loan.", "eventId")
    elif isinstance(found.act, BorrowerNpa):
        message = "The class of the borrower's loans follows from their events: reverse one of these."
        yield Problem(ProblemCode.NOT_REVERSIBLE, message, "eventId")
    elif sequence not in events.counting(recorded):
        yield Problem(ProblemCode.ALREADY_REVERSED, "The event is reversed already.", "eventId")
    else:
        yield from _problems_without(found, recorded)


def _problems_without(event: Event, recorded: Sequence[Event]) -> Iterator[Problem]:
    """The reasons against what counts if an event does not. If it is a reversal, another event counts again."""
    newest = max(one.sequence for one in recorded) + 1
    undo = event._replace(sequence=newest, act=Reversed(event.sequence, ReversalCause.ERROR))
    before, after = events.counting(recorded), events.counting([*recorded, undo])
    cancels = any(isinstance(one.act, Disbursed) for one in recorded if one.sequence in before - after)
    if cancels and any(one.sequence in after for one in recorded if not isinstance(one.act, _NO_HINDRANCE)):
        message = "The disbursal has later events that count. Reverse these first."
        yield Problem(ProblemCode.HAS_LATER_EVENTS, message, "eventId")
    targets = [one.act.sequence for one in recorded if one.sequence in after and isinstance(one.act, Reversed)]
    for target, count in Counter(targets).items():
        if count > 1:
            message = f"Event {target} would be reversed twice. Reverse the newer of its reversals first."
            yield Problem(ProblemCode.ALREADY_REVERSED, message, "eventId")


def refund_problems(before: Life, amount: Decimal) -> Iterator[Problem]:
    """The reasons against a refund (lending rules, 9.7): AMOUNT_TOO_LOW, LOAN_CANCELLED, REFUND_EXCEEDS_CREDIT."""
    credit = max(before.standing.credit, ZERO)
    if amount <= 0:
        yield Problem(ProblemCode.AMOUNT_TOO_LOW, "The amount must be more than 0.00.", "amount")
    if before.standing.status == Status.CANCELLED:
        yield Problem(ProblemCode.LOAN_CANCELLED, "The loan was cancelled. Reverse its payments instead.", "loanId")
    elif amount > credit:
        message = f"The credit of the loan is {credit}. Refund at most that amount."
        yield Problem(ProblemCode.REFUND_EXCEEDS_CREDIT, message, "amount")


def payment_problems(
    terms: Terms, recorded: Sequence[Event], paid: Paid, paid_on: date, today: date
) -> Iterator[Problem]:
    """The reasons against a payment that counts from an earlier day, even before other events (lending rules, 9.5).

    AMOUNT_TOO_LOW, EFFECTIVE_DATE_IN_FUTURE, EFFECTIVE_DATE_TOO_EARLY, LOAN_CANCELLED, LOAN_CLOSED,
    AMOUNT_EXCEEDS_PAYOFF.
    """
    if paid.amount <= 0:
        yield Problem(ProblemCode.AMOUNT_TOO_LOW, "The amount must be more than 0.00.", "amount")
    earliest = max(terms.disbursed_on, today - plan.days(terms.product.backdate_days))
    if paid_on > today:
        message = f"The date must not be after {today}, the business date."
        yield Problem(ProblemCode.EFFECTIVE_DATE_IN_FUTURE, message, "paymentDate")
    elif paid_on < earliest:
        message = f"The date must not be before {earliest}."
        yield Problem(ProblemCode.EFFECTIVE_DATE_TOO_EARLY, message, "paymentDate")
    else:
        then = charges.with_penal(terms, life.fold(terms, recorded, until=paid_on).standing, paid_on)
        has_ended = then.status in {Status.CLOSED, Status.CANCELLED}
        payoff = owed.payoff_of(terms, then if has_ended else billing.accrue(terms, then, paid_on))
        if then.status == Status.CANCELLED:
            yield Problem(ProblemCode.LOAN_CANCELLED, "The loan was cancelled. It takes no payments.", "loanId")
        elif then.status == Status.CLOSED and then.credit >= 0:
            message = f"The loan was closed on {then.closed_on}. A payment of {paid_on} comes after its end."
            yield Problem(ProblemCode.LOAN_CLOSED, message, "loanId")
        elif paid.amount > payoff:
            message = f"The payoff on {paid_on} was {payoff}. Record at most that amount."
            yield Problem(ProblemCode.AMOUNT_EXCEEDS_PAYOFF, message, "amount")
