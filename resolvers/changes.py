"""The answer of an operation: the loan before and after it, the events, the restated bills and the postings."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date

from models import bills, life_events
from models.bills import BillRow
from models.corrections import Posting
from models.life_events import EventRow
from models.loan_events import LoanEvent
from models.loans import Loan
from models.open_loans import OpenLoan
from models.payments import Payment
from resolvers import loan_events
from rules import billing, events, owed
from rules.corrections import Correction
from rules.life import Life
from rules.money import ZERO, to_paise
from schema.operations import Change, Standing
from schema.operations import Posting as PostingView
from schema.scalars import Money


@dataclass(slots=True)
class Step:
    """An event to record: the loan, the correction that it makes, its row, and the entries that are posted for it."""

    opened: OpenLoan
    correction: Correction
    row: LoanEvent | Payment
    postings: Sequence[Posting] = field(default_factory=list)


async def stored(steps: Sequence[Step], *, replayed: bool = False) -> Change:
    """The change of steps that are stored."""
    shown = [await Loan.get(id=loan_id) for loan_id in dict.fromkeys(step.opened.loan.id for step in steps)]
    await bills.attach(shown)
    return _change(steps, shown, replayed=replayed)


def previewed(steps: Sequence[Step]) -> Change:
    """The change that steps would make. The loans are shown as they are."""
    return _change(steps, list({step.opened.loan.id: step.opened.loan for step in steps}.values()))


def _change(steps: Sequence[Step], shown: Sequence[Loan], *, replayed: bool = False) -> Change:
    first, (_, _, today, at, _, _) = steps[0].correction, steps[0].correction.event
    last = [step for step in steps if step.opened.loan.id == steps[0].opened.loan.id][-1]
    views = [loan_events.views(_rows(step), step.correction.after.void, for_operator=True) for step in steps]
    recorded = [of[step.correction.event.sequence - 1] for of, step in zip(views, steps, strict=True)]
    restated = [
        BillRow(step.opened.ids.bills.get(bill.cycle, 0), step.opened.loan.id, *bill, at, None, at)
        for step in steps
        for bill in step.correction.restated
    ]
    return Change(
        events=recorded,  # type: ignore[arg-type]  # views onto the rows
        loan=shown[0],  # type: ignore[arg-type]
        other_loan=shown[1] if len(shown) > 1 else None,  # type: ignore[arg-type]
        before=standing(first.before, today),
        after=standing(last.correction.after, today),
        restated_bills=restated,  # type: ignore[arg-type]
        voided=[of[sequence - 1] for of, step in zip(views, steps, strict=True) for sequence in _void(step)],  # type: ignore[misc]
        postings=[_posting(one) for step in steps for one in step.postings],
        replayed=replayed,
    )


def _void(step: Step) -> list[int]:
    """The events of a loan that have no effect in its life after the step."""
    return sorted(step.correction.after.void)


def _rows(step: Step) -> list[EventRow]:
    """The events of a loan after the step. One that is answered again is among those that were read."""
    opened, event, rows = step.opened, step.correction.event, list(step.opened.rows)
    if event.sequence <= len(rows):
        return rows
    counting = events.counting([*opened.history.events, event])
    rows.append(life_events.row_of(opened.loan.id, event, step.row))
    return [row._replace(counts=row.sequence in counting) for row in rows]


def standing(lived: Life, today: date) -> Standing:
    """The figures of a life on a date."""
    now, position = lived.standing, owed.position(lived.loan, today)
    accrued = billing.accrue(lived.terms, now, max(today, now.accrued_through)).accrued_interest
    return Standing(
        status=now.status,  # type: ignore[arg-type]
        principal_balance=Money(now.principal_balance),
        interest_due=Money(now.interest_due),
        accrued_interest=Money(to_paise(accrued)),
        deferred_interest=Money(now.deferred_interest),
        credit=Money(now.credit),
        charges_due=Money(sum((one.unpaid for one in owed.charges_of(lived.loan, today)), ZERO)),
        emi=Money(now.emi),
        loan_term=now.last_cycle,
        payoff=Money(position.payoff),
        past_due=Money(position.past_due),
        days_past_due=position.days_past_due,
    )


def _posting(posting: Posting) -> PostingView:
    posted_on, effective_on, entry = posting
    return PostingView(
        posted_on=posted_on,
        effective_on=effective_on,
        debit=str(entry.debit),
        credit=str(entry.credit),
        amount=Money(entry.amount),
    )
