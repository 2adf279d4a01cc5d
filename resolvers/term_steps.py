"""The changes of terms that an operation may ask for, as acts of the rules."""

from datetime import date
from typing import NamedTuple

from rules.events import DueDateChanged, RateChanged
from rules.terms import RateChangeChoice
from schema.operations import OperationInput


class TermChange(NamedTuple):
    """A change of terms, and the date from which it counts."""

    act: RateChanged | DueDateChanged
    effective_on: date


def change_of(operation: OperationInput, today: date) -> TermChange | None:
    """The change of terms of an operation; None for other operations."""
    if operation.change_rate:
        wanted = operation.change_rate
        choice = wanted.choice or RateChangeChoice.KEEP_TERM
        emi = wanted.emi if choice == RateChangeChoice.SET_EMI else None
        return TermChange(RateChanged(wanted.interest_rate, choice, emi), wanted.effective_on)
    if operation.change_due_date:
        return TermChange(DueDateChanged(operation.change_due_date.next_billing_date), today)
    return None
