"""A payment: read the loan, ask the rules, store what they said. The same payment twice is taken once."""

from collections.abc import Iterator
from datetime import date
from uuid import uuid4

import asyncpg

from models import bills, database, loans, payment_posting
from models.bills import BillRow
from models.loans import LoanRow
from models.payment_posting import AllocationRow, PaymentRecord, PaymentRow
from resolvers.access import signed_in
from resolvers.context import Info, Viewer
from rules import billing, idempotency
from rules import budgets as costs
from rules import payments as rules
from rules.payments import Payer, PaymentOrder
from rules.refusals import Problem, ProblemCode, Refused
from schema.loans import PaymentReceipt
from schema.payments import MakePaymentInput
from schema.users import Role


@signed_in(
    ProblemCode.LOAN_NOT_FOUND,
    ProblemCode.AMOUNT_TOO_LOW,
    ProblemCode.AMOUNT_EXCEEDS_PAYOFF,
    ProblemCode.LOAN_CLOSED,
    ProblemCode.PAYMENT_DATE_TOO_EARLY,
    ProblemCode.PAYMENT_DATE_IN_FUTURE,
    ProblemCode.INVALID_TRANSACTION_ID,
    ProblemCode.TRANSACTION_ID_CONFLICT,
    ProblemCode.DUPLICATE_PAYMENT,
)
async def make_payment(info: Info, input: MakePaymentInput) -> PaymentReceipt:  # noqa: A002
    """Raises: Refused: LOAN_NOT_FOUND, INVALID_TRANSACTION_ID, DUPLICATE_PAYMENT, TRANSACTION_ID_CONFLICT,
    or what the rules have against it.
    """
    viewer = info.context.viewer
    info.context.spend(costs.PAYMENT)
    loan_id = loans.parse_id(input.loan_id)
    if loan_id is None:
        raise _not_found()

    async def pay() -> PaymentReceipt:
        # Hardly ever is anybody else at the same loan: without a lock it is two statements, and as safe.
        return await _pay(info, viewer, loan_id, input) or await _pay_alone(info, viewer, loan_id, input)

    try:
        return await database.retried(pay)
    except asyncpg.UniqueViolationError:
        # The same payment was being taken at the same moment, and now it is there to be found.
        return await database.retried(pay)


async def _pay_alone(
    info: Info,
    viewer: Viewer,
    loan_id: int,
    input: MakePaymentInput,  # noqa: A002
) -> PaymentReceipt:
    """Pay while nobody else can change the loan."""
    async with database.transaction():
        await loans.lock(loan_id)
        receipt = await _pay(info, viewer, loan_id, input, alone=True)
    assert receipt is not None, "a locked loan stays as it was read"
    return receipt


async def _pay(
    info: Info,
    viewer: Viewer,
    loan_id: int,
    input: MakePaymentInput,  # noqa: A002
    *,
    alone: bool = False,
) -> PaymentReceipt | None:
    """Pay. None, and nothing stored, where that takes a lock: cycles are to be billed first, or another was quicker."""
    paid_on = input.payment_date or info.context.today
    payable = await payment_posting.read(
        loan_id,
        owner_id=viewer.owner_id,
        transaction_id=input.transaction_id,
        paid_on=paid_on,
        amount=input.amount,
    )
    if payable is None:
        raise _not_found()
    loan, unpaid = payable.loan, payable.unpaid
    record = PaymentRecord(
        loan_id=loan.id,
        user_id=loan.user_id,
        taken_by_id=viewer.id if viewer.role is Role.OPERATOR else None,
        transaction_id=input.transaction_id or f"kist-{uuid4().hex}",
        transaction_id_given=input.transaction_id is not None,
        paid_on=paid_on,
        amount=input.amount,
    )
    # An earlier payment is the answer whatever the date: the borrower's date was right when it was taken.
    if payable.earlier is not None:
        return _replayed(payable.earlier, record, loan, is_dated=input.payment_date is not None)
    applied = _taken(loan, unpaid, record, info.context.today, tuple(_about_the_transaction_id(input.transaction_id)))

    # After this point the payment must succeed, now or alone.
    if applied.issued:
        if not alone:
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


def _taken(
    loan: LoanRow, unpaid: list[BillRow], record: PaymentRecord, today: date, invalid: tuple[Problem, ...]
) -> rules.AppliedPayment:
    """What the rules make of a payment; refused with their reasons and those found before."""
    try:
        payer = Payer.BORROWER if record.taken_by_id is None else Payer.OPERATOR
        applied = rules.apply(loan, unpaid, PaymentOrder(record.amount, record.paid_on, payer), today=today)
    except Refused as refused:
        raise Refused(*invalid, *refused.problems) from None
    if invalid:
        raise Refused(*invalid)
    return applied


def _about_the_transaction_id(text: str | None) -> Iterator[Problem]:
    if text is not None and not idempotency.is_key(text):
        message = f"A transaction id {idempotency.FORM}"
        yield Problem(ProblemCode.INVALID_TRANSACTION_ID, message, "transactionId")


def _replayed(earlier: PaymentRow, record: PaymentRecord, loan: LoanRow, *, is_dated: bool) -> PaymentReceipt:
    """The answer to a payment that has been taken: the first one's, where all that was sent is the same.

    A request without a date is the same payment on any later day.

    Raises:
        Refused: DUPLICATE_PAYMENT without a transaction id, TRANSACTION_ID_CONFLICT where something else was sent.
    """
    first = f"payment {earlier.id} of {earlier.amount} on {earlier.paid_on}"
    if not record.transaction_id_given:
        message = (
            f"A payment of this amount on this day exists: {first}, {earlier.transaction_id}. To pay again, send a"
            " transactionId."
        )
        raise Refused(Problem(ProblemCode.DUPLICATE_PAYMENT, message))
    is_same = (earlier.loan_id, earlier.amount) == (record.loan_id, record.amount)
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
    """The stored allocations, as they would be read back, with their bills as they now stand."""
    of_cycle = {bill.cycle: bill for bill in bills_asking}
    return [
        AllocationRow(of_cycle[part.cycle].settle(part) if part.cycle is not None else None, *part[1:])
        for part in applied.allocations
    ]


def _not_found() -> Refused:
    return Refused(Problem(ProblemCode.LOAN_NOT_FOUND, "The loan was not found.", "loanId"))
