"""A payment: read the loan, apply the rules, store the result. A repeated payment is taken once."""

from collections.abc import Iterator
from datetime import date
from uuid import uuid4

import asyncpg

from models import bills, database, loans, payment_posting
from models.bills import BillRow
from models.loans import LoanRow
from models.payment_posting import AllocationRow, PayableLoan, PaymentRecord, PaymentRow
from models.reads import Read
from resolvers import counter
from resolvers.access import signed_in
from resolvers.context import Info
from resolvers.viewer import Viewer
from rules import billing, idempotency
from rules import budgets as costs
from rules import counter as counter_rules
from rules import payments as rules
from rules.payments import Payer, PaymentOrder
from rules.refusals import Problem, ProblemCode, Refused
from schema.loans import PaymentReceipt
from schema.payments import MakePaymentInput
from schema.users import Role


def _first_read(info: Info, viewer: Viewer, input: MakePaymentInput) -> Read[PayableLoan | None] | None:  # noqa: A002
    loan_id, paid_on = loans.parse_id(input.loan_id), input.payment_date or info.context.known_today
    # Only a payment without a transaction id is searched for by its date.
    if loan_id is None or (paid_on is None and input.transaction_id is None):
        return None
    return _reading(viewer, loan_id, input, paid_on)


@signed_in(
    ProblemCode.LOAN_NOT_FOUND,
    ProblemCode.AMOUNT_TOO_LOW,
    ProblemCode.AMOUNT_EXCEEDS_PAYOFF,
    ProblemCode.LOAN_CLOSED,
    ProblemCode.PAYMENT_DATE_TOO_EARLY,
    ProblemCode.PAYMENT_DATE_IN_FUTURE,
    ProblemCode.INVALID_TRANSACTION_ID,
    ProblemCode.COUNTER_ONLY,
    ProblemCode.INVALID_REFERENCE,
    ProblemCode.TRANSACTION_ID_CONFLICT,
    ProblemCode.DUPLICATE_PAYMENT,
    first_read=_first_read,
)
async def make_payment(info: Info, input: MakePaymentInput) -> PaymentReceipt:  # noqa: A002
    """Raises: Refused: LOAN_NOT_FOUND, INVALID_TRANSACTION_ID, COUNTER_ONLY, INVALID_REFERENCE, DUPLICATE_PAYMENT,
    TRANSACTION_ID_CONFLICT, or the reasons of the rules.
    """
    info.context.spend(costs.PAYMENT)
    loan_id = loans.parse_id(input.loan_id)
    if loan_id is None:
        raise _not_found()
    invalid = (*_transaction_id_problems(input.transaction_id), *await counter.problems(info.context, input))

    async def pay() -> PaymentReceipt:
        # Concurrent payments on one loan are rare. Without a lock a payment takes two statements, and is as safe.
        return await _pay(info, loan_id, input, invalid) or await _pay_locked(info, loan_id, input, invalid)

    try:
        return await database.retried(pay)
    except asyncpg.UniqueViolationError:
        # A concurrent request has taken the same payment, so the second call finds it.
        return await database.retried(pay)


async def _pay_locked(
    info: Info,
    loan_id: int,
    input: MakePaymentInput,  # noqa: A002
    invalid: tuple[Problem, ...],
) -> PaymentReceipt:
    """Pay under the lock of the loan."""
    async with database.transaction():
        await payment_posting.lock(loan_id)
        receipt = await _pay(info, loan_id, input, invalid, is_locked=True)
    assert receipt is not None, "a locked loan does not change"
    return receipt


async def _pay(
    info: Info,
    loan_id: int,
    input: MakePaymentInput,  # noqa: A002
    invalid: tuple[Problem, ...],
    *,
    is_locked: bool = False,
) -> PaymentReceipt | None:
    """Pay. None, with nothing stored, if a lock is needed: cycles must be billed first, or the loan has changed."""
    viewer, paid_on = info.context.viewer, input.payment_date or info.context.today
    payable = await info.context.read(_reading(viewer, loan_id, input, paid_on))
    if payable is None:
        raise _not_found()
    loan, unpaid = payable.loan, payable.unpaid
    record = _record(viewer, loan, input, paid_on)
    # An earlier payment is returned on any later date: the borrower's date was right when it was taken.
    if payable.earlier is not None:
        return _replayed(payable.earlier, record, loan, is_dated=input.payment_date is not None)
    applied = _apply(loan, unpaid, record, info.context.today, invalid)

    # After this point the payment must succeed, now or under the lock.
    if applied.issued:
        if not is_locked:
            return None
        unpaid += await bills.issue_and_read(loan.id, applied.issued)
    next_billing_on = billing.next_billing_on(loan, applied.standing)
    payment = await payment_posting.store(
        record, applied, next_billing_on, version=payable.version, by=info.context.origin
    )
    if payment is None:
        return None
    info.context.known_allocations[payment.id] = _allocations(applied, unpaid)
    loan = loan.stand(applied.standing, next_billing_on)
    return _receipt(payment, loan, emi_recalculated=payment.emi_after != payment.emi_before)


def _reading(viewer: Viewer, loan_id: int, input: MakePaymentInput, paid_on: date | None) -> Read[PayableLoan | None]:  # noqa: A002
    return payment_posting.reading(
        loan_id,
        owner_id=viewer.owner_id,
        transaction_id=input.transaction_id,
        paid_on=paid_on,
        amount=input.amount,
    )


def _record(viewer: Viewer, loan: LoanRow, input: MakePaymentInput, paid_on: date) -> PaymentRecord:  # noqa: A002
    return PaymentRecord(
        loan_id=loan.id,
        user_id=loan.user_id,
        taken_by_id=viewer.id if viewer.role is Role.OPERATOR else None,
        transaction_id=input.transaction_id or f"kist-{uuid4().hex}",
        transaction_id_given=input.transaction_id is not None,
        paid_on=paid_on,
        amount=input.amount,
        mode=input.mode and input.mode.value,
        reference=counter_rules.reference_of(input.reference),
    )


def _apply(
    loan: LoanRow, unpaid: list[BillRow], record: PaymentRecord, today: date, invalid: tuple[Problem, ...]
) -> rules.AppliedPayment:
    """The payment as applied by the rules.

    Raises:
        Refused: the reasons of the rules, after the `invalid` ones.
    """
    try:
        payer = Payer.BORROWER if record.taken_by_id is None else Payer.OPERATOR
        applied = rules.apply(loan, unpaid, PaymentOrder(record.amount, record.paid_on, payer), today=today)
    except Refused as refused:
        raise Refused(*invalid, *refused.problems) from None
    if invalid:
        raise Refused(*invalid)
    return applied


def _transaction_id_problems(text: str | None) -> Iterator[Problem]:
    if text is not None and not idempotency.is_key(text):
        message = f"A transaction id {idempotency.FORM}"
        yield Problem(ProblemCode.INVALID_TRANSACTION_ID, message, "transactionId")


def _replayed(earlier: PaymentRow, record: PaymentRecord, loan: LoanRow, *, is_dated: bool) -> PaymentReceipt:
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
    is_same &= record.mode in (None, earlier.mode) and record.reference in (None, earlier.reference)
    if not is_same or (is_dated and earlier.paid_on != record.paid_on):
        message = f"This transaction id belongs to another payment: {first} for loan {earlier.loan_id}. Use a new id."
        raise Refused(Problem(ProblemCode.TRANSACTION_ID_CONFLICT, message, "transactionId"))
    return _receipt(earlier, loan, emi_recalculated=earlier.emi_after != earlier.emi_before, replayed=True)


def _receipt(payment: PaymentRow, loan: LoanRow, *, emi_recalculated: bool, replayed: bool = False) -> PaymentReceipt:
    return PaymentReceipt(
        payment=payment,  # type: ignore[arg-type]  # views onto the rows
        loan=loan,  # type: ignore[arg-type]
        emi_recalculated=emi_recalculated,
        replayed=replayed,
    )


def _allocations(applied: rules.AppliedPayment, bills_asking: list[BillRow]) -> list[AllocationRow]:
    """The stored allocations, as a query would return them, with the current state of their bills."""
    of_cycle = {bill.cycle: bill for bill in bills_asking}
    return [
        AllocationRow(of_cycle[part.cycle].settle(part) if part.cycle is not None else None, *part[1:])
        for part in applied.allocations
    ]


def _not_found() -> Refused:
    return Refused(Problem(ProblemCode.LOAN_NOT_FOUND, "The loan was not found.", "loanId"))
