"""Hand-written SQL: the lives of a range of loans, which a policy is tried on.

Nearly all loans have a disbursal and payments only. Their events are read from the few columns that the fold needs,
which takes half of the time of all columns.
"""

from collections import defaultdict
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import NamedTuple

from tortoise.functions import Count, Max, Min

from models import database, life_events, loan_columns
from models.loan_events import LoanEvent
from models.loans import Loan
from rules import loan as rules
from rules.events import Disbursed, Event, Paid
from rules.loan import PrepaymentChoice
from rules.money import ZERO

_LOANS = f"""
SELECT id, {", ".join(loan_columns.TERMS_AND_STANDING)} FROM loans WHERE id BETWEEN $1 AND $2 ORDER BY id
"""
_PAYMENTS = """
SELECT loan_id, sequence, paid_on, amount, interest, prepayment, due_again <> '{}'
FROM payments WHERE loan_id BETWEEN $1 AND $2 AND reversed_on IS NULL ORDER BY loan_id, sequence
"""
# The time of recording decides nothing in a life that is known as a whole.
_RECORDED_AT = datetime(1970, 1, 1, tzinfo=UTC)
_CHOICES = {str(choice): choice for choice in PrepaymentChoice}


class PolicyLife(NamedTuple):
    """A loan without its bills, its events, and the interest that its payments have paid.

    `corrected` loans have events that are neither disbursal nor payment, or a bill that is due again.
    """

    loan_id: int
    loan: rules.Loan
    events: list[Event]
    interest_paid: Decimal
    corrected: bool


class Span(NamedTuple):
    """A range of loan ids."""

    first_id: int
    last_id: int


async def spans(after: int, size: int) -> tuple[int, list[Span]]:
    """The number of loans after an id, and ranges of `size` ids that have all of them."""
    ends = Loan.filter(id__gt=after).annotate(count=Count("id"), first=Min("id"), last=Max("id"))
    ((count, first, last),) = await ends.values_list("count", "first", "last")
    starts = range(first, last + 1, size) if count else ()
    return count, [Span(start, min(start + size - 1, last)) for start in starts]


async def first_with_late_bills(due_days: int | None, cycle_days: int | None) -> Loan | None:
    """The first loan that has a bill due after the next one, if one of these terms replaces its own."""
    if due_days is not None:
        return await Loan.filter(cycle_days__lte=due_days).order_by("id").first()
    if cycle_days is not None:
        return await Loan.filter(due_days__gte=cycle_days).order_by("id").first()
    return None


async def read(span: Span) -> list[PolicyLife]:
    """The lives of the loans in a range, in three or four statements."""
    events_in_span = LoanEvent.filter(loan_id__gte=span.first_id, loan_id__lte=span.last_id)
    corrected = {row[0] for row in await events_in_span.distinct().values_list("loan_id")}
    paid: dict[int, list[Event]] = defaultdict(list)
    interest_paid: dict[int, Decimal] = defaultdict(lambda: ZERO)
    for loan_id, sequence, paid_on, amount, interest, choice, due_again in await database.fetch(_PAYMENTS, *span):
        interest_paid[loan_id] += interest
        paid[loan_id].append(Event(sequence, paid_on, paid_on, _RECORDED_AT, Paid(amount, _CHOICES[choice])))
        if due_again:
            corrected.add(loan_id)
    recorded = await life_events.of_loans(corrected) if corrected else {}
    lives = []
    for loan_id, *rest in await database.fetch(_LOANS, *span):
        loan = rules.Loan(*loan_columns.parts_of(rest))
        if loan_id in corrected:
            events = [row.event() for row in recorded[loan_id]]
        else:
            events = [_disbursed(loan.terms.disbursed_on), *paid[loan_id]]
        lives.append(PolicyLife(loan_id, loan, events, interest_paid[loan_id], loan_id in corrected))
    return lives


def _disbursed(on: date) -> Event:
    return Event(1, on, on, _RECORDED_AT, Disbursed())
