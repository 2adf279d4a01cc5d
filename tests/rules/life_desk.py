"""A loan whose events are recorded in any order, with all entries that were ever posted, for the laws of lives."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import NamedTuple

from hypothesis import settings

from rules import billing, corrections, ledger, life, owed, postings, term_problems, waivers
from rules.events import (
    Act,
    Disbursed,
    DueDateChanged,
    Event,
    MoratoriumGranted,
    Paid,
    RateChanged,
    Refunded,
    ReversalCause,
    Reversed,
    Waived,
)
from rules.ledger import Account
from rules.life import Life
from rules.loan import PrepaymentChoice, Special
from rules.money import ZERO
from rules.plan import Terms
from rules.postings import Posted, Source
from rules.term_changes import TermChange
from rules.terms import RateChangeChoice

LAW = settings(max_examples=60, deadline=None)


class Move(NamedTuple):
    """Some days later, an operator records a payment of some days before, reverses an event, or refunds credit.

    `parts` are thousandths of the amount, and `place` chooses the reversed event.
    """

    days: int
    kind: str
    days_back: int
    parts: int
    place: int
    choice: PrepaymentChoice
    cause: ReversalCause


def at(day: date, sequence: int = 0) -> datetime:
    return datetime(day.year, day.month, day.day, 12, sequence, tzinfo=UTC)


class Desk:
    """A loan whose events are recorded one after the other, with all entries that were ever posted."""

    def __init__(self, agreed: Terms) -> None:
        self.terms, self.today = agreed, agreed.disbursed_on
        self.events = [Event(1, self.today, self.today, at(self.today), Disbursed())]
        self.posted: dict[Source, Posted] = {}
        self.post(self.life)

    @property
    def life(self) -> Life:
        return life.fold(self.terms, self.events, until=self.today)

    def post(self, lived: Life) -> None:
        for source, effective_on, entry in corrections.differences(self.posted, postings.of(lived, self.events)):
            before = self.posted.get(source, Posted(effective_on, ()))
            assert before.effective_on == effective_on or not ledger.net(before.entries), "a source has one date"
            self.posted[source] = Posted(effective_on, (*before.entries, entry))

    def live(self, moves: list[Move]) -> None:
        for move in moves:
            self.today += timedelta(days=move.days)
            self.post(self.life)  # the clock's bills
            chosen = self.chosen(move)
            if chosen is not None:
                self.record(*chosen)

    def record(self, effective_on: date, act: Act) -> corrections.Correction:
        sequence = len(self.events) + 1
        event = Event(sequence, effective_on, self.today, at(self.today, sequence), act)
        correction = corrections.add(self.terms, self.events, event, self.today)
        before = correction.before
        stored = life.stored(self.terms, before.standing, before.bills.values())
        assert stored.loan == before.loan, "the stored rows of a life have all that a correction needs"
        self.events.append(correction.event)
        after, folded = correction.after, self.life
        assert (after.loan, after.bills) == (folded.loan, folded.bills), "the correction is the fold of all events"
        self.post(correction.after)
        return correction

    def chosen(self, move: Move) -> tuple[date, Act] | None:
        """The event of a move, if the rules allow it."""
        if move.kind == "reverse":
            sequence = 1 + move.place % len(self.events)
            if any(corrections.reversal_problems(self.events, sequence)):
                return None
            return self.events[sequence - 1].effective_on, Reversed(sequence, move.cause)
        if move.kind == "refund":
            credit = max(self.life.standing.credit, ZERO)
            amount = (credit * move.parts / 1000).quantize(Decimal("0.01"))
            return None if amount <= 0 else (self.today, Refunded(amount))
        if move.kind in {"rate", "due", "moratorium", "waive"}:
            return self.waived(move) if move.kind == "waive" else self.changed_terms(move)
        paid_on = max(self.today - timedelta(days=move.days_back), self.terms.disbursed_on)
        then = life.fold(self.terms, self.events, until=paid_on)
        payoff = owed.position(then.loan, paid_on).payoff
        parts = 1000 if move.kind == "close" else move.parts
        amount = (payoff * parts / 1000).quantize(Decimal("0.01"))
        paid = Paid(amount, move.choice)
        if any(corrections.payment_problems(self.terms, self.events, paid, paid_on, self.today)):
            return None
        return paid_on, paid

    def waived(self, move: Move) -> tuple[date, Act] | None:
        """A waiver of interest."""
        now = self.life.advanced(self.today) if self.life.standing.closed_on is None else self.life.standing
        waived = Waived((now.interest_receivable * move.parts / 500).quantize(Decimal("0.01")))
        return None if any(waivers.problems(now, waived)) else (self.today, waived)

    def changed_terms(self, move: Move) -> tuple[date, Act] | None:
        """Another rate, up to 60 days back or 40 ahead, another billing date, or a moratorium."""
        act: TermChange
        effective_on = self.today
        if move.kind == "moratorium":
            act = MoratoriumGranted(1 + move.place % 3)
        elif move.kind == "due":
            act = DueDateChanged(billing.next_date(self.terms, self.life.standing) + timedelta(days=move.place - 8))
        else:
            effective_on = self.today + timedelta(days=2 * move.place if move.parts % 2 else -move.days_back)
            choice = list(RateChangeChoice)[move.parts % 3]
            emi = self.life.standing.emi + move.place if choice == RateChangeChoice.SET_EMI else None
            act = RateChanged(Decimal(move.parts) / 40, choice, emi)
        if any(term_problems.problems(self.terms, self.events, act, effective_on, self.today)):
            return None
        return effective_on, act


def balances(desk: Desk) -> dict[Account, Decimal]:
    entries = [entry for of in desk.posted.values() for entry in of.entries]
    return ledger.balances((entry.debit, entry.credit, entry.amount) for entry in entries)


def apart_from_due_dates(lived: Life) -> object:
    """A life without the dates on which bills are due again, and without the class that goes by them."""
    bills = [bill._replace(due_date=date.min) for bill in lived.bills.values()]
    special = lived.standing.special
    if special is not None:
        unclassed = replace(special, classing=None)
        special = None if unclassed == Special() else unclassed
    standing = lived.standing._replace(oldest_due_on=None, due_again_on=None, special=special)
    return standing, bills, lived.payments.keys(), lived.refunds
