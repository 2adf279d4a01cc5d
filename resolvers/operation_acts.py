"""The act that an operation asks for: what it records, what-if adds, and a repeated operation is compared with."""

from resolvers import loan_events
from rules.events import Act, Charged, Refunded, ReversalCause, Reversed, SettlementAgreed, Waived, WrittenOff
from schema.operations import OperationInput

# No event has this sequence: an id that is none of the loan's.
UNKNOWN = 0


def act_of(operation: OperationInput, loan_id: int) -> Act:
    """The act of an operation on a loan. A move is the reversal of its payment."""
    if operation.refund:
        return Refunded(operation.refund.amount)
    if operation.charge:
        return Charged(operation.charge.kind, operation.charge.amount)
    if operation.waive:
        return Waived(operation.waive.amount, operation.waive.charge)
    if operation.settle:
        return SettlementAgreed(operation.settle.amount, operation.settle.until)
    if operation.write_off:
        return WrittenOff()
    if operation.move:
        event_id, cause = operation.move.event_id, ReversalCause.WRONG_LOAN
    else:
        assert operation.reverse, "an operation has exactly one member"
        event_id, cause = operation.reverse.event_id, operation.reverse.cause
    return Reversed(loan_events.sequence_of(event_id, loan_id) or UNKNOWN, cause)
