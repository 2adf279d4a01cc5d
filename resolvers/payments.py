"""A payment: read the loan, apply the rules, store the result. A repeated payment is taken once."""

from collections.abc import Iterator
from datetime import date
from functools import partial
from uuid import uuid4

from models import bills, database, loans, outcomes, payment_posting, uniqueness
from models.loans import LoanRow
from models.outcomes import TakenPayment
from models.payment_posting import PayableLoan, PaymentRecord
from models.reads import Read
from resolvers import backdated_payments, counter, receipts
from resolvers.access import signed_in
from resolvers.context import Info
from resolvers.viewer import Viewer
from rules import billing, classes, idempotency, suspense
from rules import budgets as costs
from rules import counter as counter_rules
from rules import payments as rules
from rules.loan import Loan, PrepaymentChoice
from rules.payments import Payer, PaymentOrder
from rules.refusals import Problem, ProblemCode, Refused
from schema.errors import bad_input
from schema.payments import MakePaymentInput
from schema.receipts import PaymentReceipt
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
    ProblemCode.LOAN_CANCELLED,
    ProblemCode.PAYMENT_DATE_TOO_EARLY,
    ProblemCode.PAYMENT_DATE_IN_FUTURE,
    ProblemCode.EFFECTIVE_DATE_TOO_EARLY,
    ProblemCode.EFFECTIVE_DATE_IN_FUTURE,
    ProblemCode.REASON_MISSING,
    ProblemCode.INVALID_TRANSACTION_ID,
    ProblemCode.COUNTER_ONLY,
    ProblemCode.INVALID_REFERENCE,
    ProblemCode.TRANSACTION_ID_CONFLICT,
    ProblemCode.DUPLICATE_PAYMENT,
    first_read=_first_read,
)
async def make_payment(info: Info, input: MakePaymentInput) -> PaymentReceipt:  # noqa: A002
    """Raises: Refused: LOAN_NOT_FOUND, INVALID_TRANSACTION_ID, COUNTER_ONLY, INVALID_REFERENCE, DUPLICATE_PAYMENT,
    TRANSACTION_ID_CONFLICT, or the reasons of the rules. GraphQLError: BAD_USER_INPUT for an operator's reason without
    `backdate`.
    """
    info.context.spend(costs.PAYMENT)
    loan_id = loans.parse_id(input.loan_id)
    if loan_id is None:
        raise receipts.not_found()
    invalid = (*_transaction_id_problems(input.transaction_id), *await counter.problems(info.context, input))
    if input.backdate:
        return await uniqueness.retried(partial(backdated_payments.take, info, loan_id, input, invalid))
    if input.reason is not None:
        raise _reason_refused(info.context.viewer, invalid)

    async def pay() -> PaymentReceipt:
        # Concurrent payments on one loan are rare. Without a lock a payment takes two statements, and is as safe.
        return await _pay(info, loan_id, input, invalid) or await _pay_locked(info, loan_id, input, invalid)

    return await uniqueness.retried(pay)


def _reason_refused(viewer: Viewer, invalid: tuple[Problem, ...]) -> Exception:
    """The refusal of a reason without `backdate`. The statement of a payment does not store one."""
    if viewer.role is Role.BORROWER:
        message = "Only an operator may give a reason, for a backdated payment. Leave reason out."
        return Refused(*invalid, Problem(ProblemCode.COUNTER_ONLY, message, "reason"))
    return bad_input("`reason` belongs to a backdated payment. Leave it out, or send `backdate: true` with it.")


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
    """Pay. None, with nothing stored, if a lock is needed: bills or classes are missing, or the loan has changed."""
    viewer, paid_on = info.context.viewer, input.payment_date or info.context.today
    payable = await info.context.read(_reading(viewer, loan_id, input, paid_on))
    if payable is None:
        raise receipts.not_found()
    loan, unpaid = payable.loan, payable.unpaid
    record = _record(info, loan, input, paid_on)
    # An earlier payment is returned on any later date: the borrower's date was right when it was taken.
    if payable.earlier is not None:
        return receipts.replayed(payable.earlier, record, loan, is_dated=input.payment_date is not None)
    applied = _apply(loan, record, info.context.today, invalid)
    if classes.needs_replay(loan.terms, loan.standing, applied.standing, applied.issued, info.context.today):
        return await backdated_payments.record(info, record) if is_locked else None

    # After this point the payment must succeed, now or under the lock.
    if applied.issued:
        if not is_locked:
            return None
        is_npa = suspense.is_npa(loan.standing)
        issued = await bills.issue_and_read(loan.id, applied.issued, info.context.today, is_npa=is_npa)
        unpaid = [*unpaid, *issued]
    stored = await outcomes.store(loan.terms, payable.version, TakenPayment(record, applied), info.context.origin)
    if stored is None:
        return None
    payment = payment_posting.row_of(stored, record, applied)
    settled = receipts.settled(applied, unpaid)
    info.context.known_allocations[payment.id] = receipts.allocations(applied, settled)
    next_billing_on = billing.next_billing_on(loan.terms, applied.standing)
    loan = loan.stand(applied.standing, next_billing_on, list(settled.values()))
    return receipts.receipt(payment, loan, emi_recalculated=payment.emi_after != payment.emi_before)


def _reading(viewer: Viewer, loan_id: int, input: MakePaymentInput, paid_on: date | None) -> Read[PayableLoan | None]:  # noqa: A002
    return payment_posting.reading(
        loan_id,
        owner_id=viewer.owner_id,
        transaction_id=input.transaction_id,
        paid_on=paid_on,
        amount=input.amount,
    )


def _record(info: Info, loan: LoanRow, input: MakePaymentInput, paid_on: date) -> PaymentRecord:  # noqa: A002
    viewer = info.context.viewer
    return PaymentRecord(
        loan_id=loan.id,
        user_id=loan.user_id,
        taken_by_id=viewer.id if viewer.role is Role.OPERATOR else None,
        transaction_id=input.transaction_id or f"kist-{uuid4().hex}",
        transaction_id_given=input.transaction_id is not None,
        paid_on=paid_on,
        amount=input.amount,
        recorded_on=info.context.today,
        prepayment=(input.prepayment or PrepaymentChoice.REDUCE_EMI).value,
        mode=input.mode and input.mode.value,
        reference=counter_rules.reference_of(input.reference),
    )


def _apply(loan: LoanRow, record: PaymentRecord, today: date, invalid: tuple[Problem, ...]) -> rules.AppliedPayment:
    """The payment as applied by the rules.

    Raises:
        Refused: the reasons of the rules, after the `invalid` ones.
    """
    try:
        payer = Payer.BORROWER if record.taken_by_id is None else Payer.OPERATOR
        choice = PrepaymentChoice(record.prepayment)
        order = PaymentOrder(record.amount, record.paid_on, payer, choice, loan.sequence + 1)
        applied = rules.take(Loan.of(loan), order, today=today)
    except Refused as refused:
        raise Refused(*invalid, *refused.problems) from None
    if invalid:
        raise Refused(*invalid)
    return applied


def _transaction_id_problems(text: str | None) -> Iterator[Problem]:
    if text is not None and not idempotency.is_key(text):
        message = f"A transaction id {idempotency.FORM}"
        yield Problem(ProblemCode.INVALID_TRANSACTION_ID, message, "transactionId")
