"""An operation that is sent again with the same values returns its first answer again."""

from models.corrections import Posting
from models.ledger import LedgerEntry
from models.loan_events import LoanEvent
from models.open_loans import OpenLoan
from models.payments import Payment
from resolvers import changes, operation_acts, term_steps
from resolvers.changes import Step
from rules import act_columns, corrections, ledger
from rules.events import Act
from rules.refusals import Problem, ProblemCode, Refused
from schema.operations import Change, OperateInput


async def answer(earlier: LoanEvent, order: OperateInput, reason: str, own: OpenLoan, other: OpenLoan | None) -> Change:
    """The first answer of an operation.

    Raises:
        Refused: REQUEST_ID_CONFLICT if the values differ.
    """
    moved = await _moved(earlier, own)
    change = term_steps.change_of(order.operation, earlier.recorded_on)
    if change is None:
        wanted = _values(order, own, other)
    else:
        is_same_day = change.effective_on == earlier.effective_on
        wanted = (own.loan.id, None, _columns(change.act)) if is_same_day else None
    stored = (
        earlier.loan_id,
        moved and moved.loan_id,
        (earlier.kind, earlier.amount, earlier.reverses, earlier.cause, earlier.details),
        earlier.reason,
    )
    if wanted is None or (*wanted, reason) != stored:
        raise _conflict()
    steps = [await _step(own, earlier)]
    bounce = await _bounce_charge(earlier)
    if order.operation.reverse:
        would_bring = corrections.bounce_charge(steps[0].correction, own.history.events) is not None
        if (would_bring and order.operation.reverse.charge is not False) != (bounce is not None):
            raise _conflict()
    if bounce is not None:
        steps.append(await _step(own, bounce))
    if moved is not None and other is not None:
        steps.append(await _step(other, moved))
    return await changes.stored(steps, replayed=True)


def _conflict() -> Refused:
    message = "This request id belongs to another operation. Use a new id."
    return Refused(Problem(ProblemCode.REQUEST_ID_CONFLICT, message, "requestId"))


def _values(order: OperateInput, own: OpenLoan, other: OpenLoan | None) -> tuple[object, ...] | None:
    """The values of an operation in the order of its row's: the loans, and the columns of its act.

    None for a move to a loan that does not exist.
    """
    operation, loan_id = order.operation, own.loan.id
    if operation.move and other is None:
        return None
    other_id = other.loan.id if operation.move and other else None
    return loan_id, other_id, _columns(operation_acts.act_of(operation, loan_id))


def _columns(act: Act) -> tuple[object, ...]:
    kind, amount, _, reverses, cause, details = act_columns.columns_of(act)
    return kind, amount, reverses, cause, details


async def _bounce_charge(reversal: LoanEvent) -> LoanEvent | None:
    """The charge that a bounce recorded with its reversal."""
    if reversal.kind != "REVERSAL":
        return None
    following = LoanEvent.get_or_none(loan_id=reversal.loan_id, sequence=reversal.sequence + 1, kind="CHARGE")
    found = await following
    return found if found is not None and found.request_id is None else None


async def _moved(earlier: LoanEvent, own: OpenLoan) -> Payment | None:
    """The payment that a move recorded with its reversal."""
    if earlier.reverses is None or earlier.loan_id != own.loan.id:
        return None
    payment_id = own.ids.events[earlier.reverses]
    return await Payment.get_or_none(moved_from_id=payment_id, created_at=earlier.recorded_at)


async def _step(opened: OpenLoan, row: LoanEvent | Payment) -> Step:
    """The step of an event that is stored: the correction that it made then, and the entries that it posted."""
    events = opened.history.events
    assert row.sequence is not None
    event = events[row.sequence - 1]
    correction = corrections.add(opened.history.loan.terms, events[: row.sequence - 1], event, event.recorded_on)
    posted = await LedgerEntry.filter(loan_id=opened.loan.id, created_at=event.recorded_at).order_by("id")
    postings = [
        Posting(
            one.posted_on,
            one.effective_on or one.posted_on,
            ledger.Entry(ledger.Event(one.event), ledger.Account(one.debit), ledger.Account(one.credit), one.amount),
        )
        for one in posted
    ]
    return Step(opened, correction, row, postings)
