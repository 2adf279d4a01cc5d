"""The changes of terms that an operation may ask for, as acts of the rules."""

from datetime import date
from typing import NamedTuple

from models.open_loans import OpenLoan
from resolvers.changes import Step
from resolvers.operation_recording import Attempt, Recording, row_of
from rules import term_problems
from rules.events import DueDateChanged, MoratoriumGranted, RateChanged
from rules.term_changes import TermChange as Act
from rules.terms import RateChangeChoice
from schema.errors import bad_input
from schema.operations import OperationInput


class TermChange(NamedTuple):
    """A change of terms, and the date from which it counts."""

    act: Act
    effective_on: date


def change_of(operation: OperationInput, today: date) -> TermChange | None:
    """The change of terms of an operation; None for other operations.

    Raises:
        GraphQLError: BAD_USER_INPUT for an EMI without the choice that takes it.
    """
    if operation.change_rate:
        wanted = operation.change_rate
        choice = wanted.choice or RateChangeChoice.KEEP_TERM
        if wanted.emi is not None and choice != RateChangeChoice.SET_EMI:
            raise bad_input("`emi` belongs to SET_EMI. Leave it out, or send that choice.")
        return TermChange(RateChanged(wanted.interest_rate, choice, wanted.emi), wanted.effective_on)
    if operation.change_due_date:
        return TermChange(DueDateChanged(operation.change_due_date.next_billing_date), today)
    if operation.grant_moratorium:
        return TermChange(MoratoriumGranted(operation.grant_moratorium.cycles), today)
    return None


def attempt(own: OpenLoan, change: TermChange, recording: Recording) -> Attempt:
    """Try a change of terms on a loan."""
    act, effective_on = change
    terms, events, today = own.history.loan.terms, own.history.events, recording.today
    problems = list(term_problems.problems(terms, events, act, effective_on, today))
    if problems:
        return Attempt(problems, [])
    event = own.next_event(effective_on, today, recording.at, act)
    return Attempt([], [Step(own, own.correct(event), row_of(own, event, recording))])
