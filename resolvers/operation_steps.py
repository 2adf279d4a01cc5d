"""The events that an operation records, with the corrections that they make, or the reasons against it."""

from collections import Counter
from collections.abc import Iterator
from datetime import date, timedelta
from uuid import uuid4

from models import loans
from models.loan_events import LoanEvent
from models.open_loans import OpenLoan
from models.payments import Payment
from resolvers import loan_events, operation_acts, term_steps
from resolvers.changes import Step
from resolvers.operation_recording import Attempt, Recording, row_of
from rules import charges, ends, suspense, waivers
from rules import corrections as rules
from rules.corrections import Correction
from rules.events import (
    Charged,
    Event,
    Paid,
    Refunded,
    ReversalCause,
    Reversed,
    SettlementAgreed,
    Waived,
    WrittenOff,
)
from rules.loan import PrepaymentChoice
from rules.refusals import Problem, ProblemCode
from schema.errors import bad_input
from schema.operations import OperationInput


def attempt(operation: OperationInput, own: OpenLoan, other: OpenLoan | None, recording: Recording) -> Attempt:
    """Try an operation on its own loan and, for a move, the other one if it exists."""
    if operation.refund:
        return _refund(own, Refunded(operation.refund.amount), recording)
    if operation.charge:
        return _charge(own, Charged(operation.charge.kind, operation.charge.amount), recording)
    if operation.waive:
        return _waive(own, Waived(operation.waive.amount, operation.waive.charge), recording)
    if (change := term_steps.change_of(operation, recording.today)) is not None:
        return term_steps.attempt(own, change, recording)
    return _attempt_end(operation, own, recording) or _attempt_correction(operation, own, other, recording)


def _attempt_end(operation: OperationInput, own: OpenLoan, recording: Recording) -> Attempt | None:
    if operation.write_off and not operation.write_off.confirm:
        raise bad_input("`confirm` must be true: a write-off books the loan as a loss.")
    act = operation_acts.act_of(operation, own.loan.id)
    if not isinstance(act, SettlementAgreed | WrittenOff):
        return None
    correction = own.correct(own.next_event(recording.today, recording.today, recording.at, act))
    problems = list(ends.problems(correction.before.loan, act, recording.today, is_npa=_is_npa(own, recording.today)))
    return Attempt(problems, [Step(own, correction, row_of(own, correction.event, recording))])


def _attempt_correction(
    operation: OperationInput, own: OpenLoan, other: OpenLoan | None, recording: Recording
) -> Attempt:
    if operation.move:
        return _move(own, other, operation.move.event_id, recording)
    assert operation.reverse is not None, "an operation has exactly one member"
    problems, steps = _reverse(own, operation.reverse.event_id, operation.reverse.cause, recording)
    if not problems and operation.reverse.charge is not False:
        steps += _bounce_charge(steps[0], recording)
    return Attempt(problems, steps)


def _charge(own: OpenLoan, act: Charged, recording: Recording) -> Attempt:
    event = own.next_event(recording.today, recording.today, recording.at, act)
    correction = own.correct(event)
    problems = list(charges.problems(own.history.loan.terms, correction.before.standing, act))
    return Attempt(problems, [Step(own, correction, row_of(own, event, recording))])


def _waive(own: OpenLoan, act: Waived, recording: Recording) -> Attempt:
    event = own.next_event(recording.today, recording.today, recording.at, act)
    correction = own.correct(event)
    problems = list(waivers.problems(correction.before.advanced(recording.today), act))
    return Attempt(problems, [Step(own, correction, row_of(own, event, recording))])


def _bounce_charge(reversal: Step, recording: Recording) -> list[Step]:
    """The charge that a bounce brings."""
    assert isinstance(reversal.row, LoanEvent)
    charged = rules.bounce_charge(reversal.correction, reversal.opened.history.events)
    if charged is None:
        return []
    own = reversal.opened.followed_by(reversal.correction, reversal.row)
    # A time of its own keeps the two events apart.
    at = recording.at + timedelta(microseconds=1)
    event = own.next_event(recording.today, recording.today, at, charged)
    row = row_of(own, event, recording)
    row.request_id = None
    return [Step(own, own.correct(event), row)]


def _refund(own: OpenLoan, act: Refunded, recording: Recording) -> Attempt:
    event = own.next_event(recording.today, recording.today, recording.at, act)
    correction = own.correct(event)
    problems = list(rules.refund_problems(correction.before, act.amount))
    return Attempt(problems, [Step(own, correction, row_of(own, event, recording))])


def _is_npa(own: OpenLoan, today: date) -> bool:
    """Whether the loan is an NPA at the end of the latest day that has ended."""
    return suspense.is_npa(own.lived(today).standing)


def _reverse(own: OpenLoan, event_id: str, cause: ReversalCause, recording: Recording) -> Attempt:
    sequence = loan_events.sequence_of(event_id, own.loan.id)
    problems = list(_reversal_problems(own, event_id, sequence))
    if sequence is None or problems:
        return Attempt(problems, [])
    reversed_event = own.history.events[sequence - 1]
    event = own.next_event(reversed_event.effective_on, recording.today, recording.at, Reversed(sequence, cause))
    correction = own.correct(event)
    return Attempt(list(_revival_problems(own, correction)), [Step(own, correction, row_of(own, event, recording))])


def _revival_problems(own: OpenLoan, correction: Correction) -> Iterator[Problem]:
    """Two payments alike without a transaction id never count at once: one may have been sent twice."""
    unnamed = own.ids.unnamed & correction.after.payments.keys()
    alike = Counter(
        (event.effective_on, event.act.amount)
        for event in own.history.events
        if event.sequence in unnamed and isinstance(event.act, Paid)
    )
    if any(count > 1 for count in alike.values()):
        message = "A payment would count again, and another one of its amount and day counts. Reverse that one first."
        yield Problem(ProblemCode.DUPLICATE_PAYMENT, message, "eventId")


def _reversal_problems(own: OpenLoan, event_id: str, sequence: int | None) -> Iterator[Problem]:
    if sequence is not None:
        yield from rules.reversal_problems(own.history.events, sequence)
    elif loans.parse_id(event_id) in own.ids.versions:
        message = "This is the id of a bill. A bill follows from the events: reverse one of these."
        yield Problem(ProblemCode.NOT_REVERSIBLE, message, "eventId")
    else:
        yield Problem(ProblemCode.EVENT_NOT_FOUND, "The event was not found on this loan.", "eventId")


def _move(own: OpenLoan, other: OpenLoan | None, event_id: str, recording: Recording) -> Attempt:
    problems, steps = _reverse(own, event_id, ReversalCause.WRONG_LOAN, recording)
    sequence = loan_events.sequence_of(event_id, own.loan.id)
    moved = next((event for event in own.history.events if event.sequence == sequence), None)
    if moved is not None and not isinstance(moved.act, Paid):
        message = "Only a payment can be moved. Reverse another event."
        problems.append(Problem(ProblemCode.EVENT_NOT_FOUND, message, "eventId"))
    if other is None:
        problems.append(not_found("toLoanId"))
    elif other.loan.id == own.loan.id:
        problems.append(Problem(ProblemCode.LOAN_NOT_FOUND, "Name another loan than the payment's own.", "toLoanId"))
    elif moved is not None:
        problems += _problems_there(other, moved, recording.today)
    if problems:
        return Attempt(problems, [])
    assert other is not None, "a loan that is missing is a problem"
    assert moved is not None, "an event that is missing is a problem"
    event = other.next_event(moved.effective_on, recording.today, recording.at, moved.act)
    correction = other.correct(event)
    row = _payment(other, event, recording, moved_from_id=own.ids.events[moved.sequence])
    return Attempt([], [*steps, Step(other, correction, row)])


def not_found(field: str) -> Problem:
    return Problem(ProblemCode.LOAN_NOT_FOUND, "The loan was not found.", field)


def _problems_there(other: OpenLoan, moved: Event, today: date) -> Iterator[Problem]:
    """The reasons against a payment on the loan that it would move to."""
    if not isinstance(paid := moved.act, Paid):
        return
    terms, events = other.history.loan.terms, other.history.events
    for problem in rules.payment_problems(terms, events, paid, moved.effective_on, today):
        # A move has neither an amount nor a date: the other loan is the field at fault.
        yield problem._replace(field="toLoanId")
    if any(_is_alike(one, paid, moved.effective_on) for one in events if one.sequence not in other.history.void):
        message = f"The other loan has a payment of {paid.amount} on {moved.effective_on} already."
        yield Problem(ProblemCode.DUPLICATE_PAYMENT, message, "toLoanId")


def _is_alike(event: Event, paid: Paid, paid_on: date) -> bool:
    return isinstance(event.act, Paid) and (event.act.amount, event.effective_on) == (paid.amount, paid_on)


def _payment(other: OpenLoan, event: Event, recording: Recording, moved_from_id: int) -> Payment:
    """The row of a moved payment. Its parts are those of the fold, which the store fills in."""
    assert isinstance(event.act, Paid)
    return Payment(
        loan_id=other.loan.id,
        user_id=other.loan.user_id,
        taken_by_id=recording.operator_id,
        transaction_id=f"kist-{uuid4().hex}",
        transaction_id_given=False,
        paid_on=event.effective_on,
        amount=event.act.amount,
        sequence=event.sequence,
        recorded_on=event.recorded_on,
        prepayment=PrepaymentChoice(event.act.choice).value,
        reason=recording.reason,
        moved_from_id=moved_from_id,
        created_at=event.recorded_at,
    )
