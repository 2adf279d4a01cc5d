"""Hand-written SQL: the events of loans, which are rows of three tables, are read in the order of their recording.

The disbursal is the loan's own row, and payments have a table of their own; all other events are in `loan_events`.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import NamedTuple

from models import database
from models.loan_events import LoanEvent
from models.payments import Payment
from rules import act_columns
from rules.act_columns import ActColumns
from rules.events import Act, Event


class EventRow(NamedTuple):
    """The columns of an event. `row_id` is the id in its table, and `counts` is false for a reversed event.

    The columns after it belong to payments, refunds and reversals.
    """

    loan_id: int
    sequence: int
    kind: str
    row_id: int
    counts: bool
    effective_on: date
    recorded_on: date
    recorded_at: datetime
    amount: Decimal | None
    prepayment: str | None
    reverses: int | None
    cause: str | None
    details: str | None
    due_again: Sequence[int]
    reason: str | None
    operator_id: int | None
    transaction_id_given: bool | None

    def event(self) -> Event:
        return Event(
            self.sequence, self.effective_on, self.recorded_on, self.recorded_at, self._act(), tuple(self.due_again)
        )

    def _act(self) -> Act:
        columns = ActColumns(self.kind, self.amount, self.prepayment, self.reverses, self.cause, self.details)
        return act_columns.act_of(columns)


_READ = """
SELECT id AS loan_id, 1 AS sequence, 'DISBURSAL' AS kind, id, status <> 'CANCELLED', disbursed_on, disbursed_on,
    created_at, amount, NULL::text, NULL::int, NULL::text, NULL::text, '{}'::int[], NULL::text, NULL::bigint,
    NULL::boolean
FROM loans WHERE id = ANY($1::bigint[])
UNION ALL
SELECT loan_id, sequence, 'PAYMENT', id, reversed_on IS NULL, paid_on, coalesce(recorded_on, paid_on), created_at,
    amount, prepayment, NULL, NULL, NULL, due_again, reason, taken_by_id,
    transaction_id_given
FROM payments WHERE loan_id = ANY($1::bigint[])
UNION ALL
SELECT loan_id, sequence, kind, id, counts, effective_on, recorded_on, recorded_at, amount, NULL, reverses, cause,
    details, due_again, reason, operator_id, NULL
FROM loan_events WHERE loan_id = ANY($1::bigint[])
ORDER BY loan_id, sequence
"""


async def of_loans(loan_ids: Iterable[int]) -> dict[int, list[EventRow]]:
    """The events of loans, each loan's in the order of their sequences."""
    found: dict[int, list[EventRow]] = defaultdict(list)
    for row in await database.fetch(_READ, list(loan_ids)):
        event = EventRow._make(row)
        found[event.loan_id].append(event)
    return found


def row_of(loan_id: int, event: Event, row: LoanEvent | Payment) -> EventRow:
    """The columns of an event whose row is not saved."""
    return EventRow(
        loan_id,
        event.sequence,
        "PAYMENT" if isinstance(row, Payment) else row.kind,
        0,
        True,
        event.effective_on,
        event.recorded_on,
        event.recorded_at,
        row.amount,
        row.prepayment if isinstance(row, Payment) else None,
        None if isinstance(row, Payment) else row.reverses,
        None if isinstance(row, Payment) else row.cause,
        None if isinstance(row, Payment) else row.details,
        event.due_again,
        row.reason or None,  # a preview has none
        row.taken_by_id if isinstance(row, Payment) else row.operator_id,
        row.transaction_id_given if isinstance(row, Payment) else None,
    )
