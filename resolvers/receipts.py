"""The receipt of a payment, and the first one again for a payment that is sent again."""

from collections.abc import Iterable

from models.bills import BillRow
from models.loans import Loan, LoanRow
from models.payment_posting import AllocationRow, PaymentRecord, PaymentRow
from rules.payments import AppliedPayment
from rules.refusals import Problem, ProblemCode, Refused
from schema.receipts import PaymentReceipt


def replayed(earlier: PaymentRow, record: PaymentRecord, loan: LoanRow | Loan, *, is_dated: bool) -> PaymentReceipt:
    """The first receipt again, if the repeated payment is the same.

    Only what was sent is compared: a request without a date, a mode or a reference repeats a payment that has them.

    Raises:
        Refused: DUPLICATE_PAYMENT without a transaction id, TRANSACTION_ID_CONFLICT if the payments differ.
    """
    first = f"payment {earlier.id} of {earlier.amount} on {earlier.paid_on}"
    if not record.transaction_id_given:
        message = (
            f"A payment of this amount on this day exists: {first}, {earlier.transaction_id}. To pay again, send a"
            " transactionId."
        )
        raise Refused(Problem(ProblemCode.DUPLICATE_PAYMENT, message))
    is_same = (earlier.loan_id, earlier.amount) == (record.loan_id, record.amount)
    is_same &= record.prepayment == earlier.prepayment
    is_same &= record.mode in (None, earlier.mode) and record.reference in (None, earlier.reference)
    if not is_same or (is_dated and earlier.paid_on != record.paid_on):
        message = f"This transaction id belongs to another payment: {first} for loan {earlier.loan_id}. Use a new id."
        raise Refused(Problem(ProblemCode.TRANSACTION_ID_CONFLICT, message, "transactionId"))
    return receipt(earlier, loan, emi_recalculated=earlier.emi_after != earlier.emi_before, replayed=True)


def receipt(
    payment: PaymentRow, loan: LoanRow | Loan, *, emi_recalculated: bool, replayed: bool = False
) -> PaymentReceipt:
    return PaymentReceipt(
        payment=payment,  # type: ignore[arg-type]  # views onto the rows
        loan=loan,  # type: ignore[arg-type]
        emi_recalculated=emi_recalculated,
        replayed=replayed,
    )


def settled(applied: AppliedPayment, unpaid: Iterable[BillRow]) -> dict[int, BillRow]:
    """The bills after a payment, by their cycles."""
    bills_by_cycle = {bill.cycle: bill for bill in unpaid}
    for part in applied.allocations:
        if part.cycle is not None:
            bills_by_cycle[part.cycle] = bills_by_cycle[part.cycle].settle(part)
    return bills_by_cycle


def allocations(applied: AppliedPayment, settled: dict[int, BillRow]) -> list[AllocationRow]:
    """The stored allocations, as a query would return them, with the current state of their bills."""
    return [
        AllocationRow(settled[part.cycle] if part.cycle is not None else None, *part[1:])
        for part in applied.allocations
    ]


def not_found() -> Refused:
    return Refused(Problem(ProblemCode.LOAN_NOT_FOUND, "The loan was not found.", "loanId"))
