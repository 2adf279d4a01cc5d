"""An operation is recorded by an operator, and is tried before it is recorded."""

from datetime import date, datetime
from typing import NamedTuple

from models.loan_events import LoanEvent
from models.open_loans import OpenLoan
from resolvers.changes import Step
from rules import act_columns
from rules.events import Event
from rules.refusals import Problem


class Recording(NamedTuple):
    """The operator who records an operation, its reason, the business date and the time of the transaction."""

    operator_id: int
    request_id: str
    reason: str
    today: date
    at: datetime


class Attempt(NamedTuple):
    """The reasons against an operation, or the steps that it takes."""

    problems: list[Problem]
    steps: list[Step]


def row_of(own: OpenLoan, event: Event, recording: Recording) -> LoanEvent:
    """The row of an event that is neither the disbursal nor a payment."""
    columns = act_columns.columns_of(event.act)
    return LoanEvent(
        loan_id=own.loan.id,
        sequence=event.sequence,
        kind=columns.kind,
        effective_on=event.effective_on,
        recorded_on=event.recorded_on,
        recorded_at=event.recorded_at,
        amount=columns.amount,
        reverses=columns.reverses,
        cause=columns.cause and str(columns.cause),
        details=columns.details,
        reason=recording.reason,
        request_id=recording.request_id,
        operator_id=recording.operator_id,
    )
