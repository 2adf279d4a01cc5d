"""A payment that changes what was found: under the lock of the loan, its life is folded again with it on its day."""

from uuid import uuid4

from models import bills, corrections, database, open_loans, outcomes, recorded_times
from models.loans import Loan
from models.open_loans import OpenLoan
from models.payment_posting import PaymentRecord, PaymentRow
from models.payments import Payment
from resolvers import receipts
from resolvers.context import Info
from rules import budgets as costs
from rules import corrections as rules
from rules import counter, reasons
from rules.events import Paid
from rules.loan import PrepaymentChoice
from rules.refusals import Problem, ProblemCode, Refused
from schema.payments import MakePaymentInput
from schema.receipts import PaymentReceipt
from schema.users import Role


async def take(
    info: Info,
    loan_id: int,
    input: MakePaymentInput,  # noqa: A002
    invalid: tuple[Problem, ...],
) -> PaymentReceipt:
    """Raises: Refused: COUNTER_ONLY for a borrower, REASON_MISSING, LOAN_NOT_FOUND, DUPLICATE_PAYMENT,
    TRANSACTION_ID_CONFLICT, or the reasons of the rules.
    """
    if info.context.viewer.role is not Role.OPERATOR:
        message = "Only an operator may date a payment back. Leave backdate out."
        raise Refused(*invalid, Problem(ProblemCode.COUNTER_ONLY, message, "backdate"))
    info.context.spend(costs.OPERATION)
    today, reason = info.context.today, reasons.reason_of(input.reason)
    async with database.transaction():
        opened = (await open_loans.locked([loan_id])).get(loan_id)
        if opened is None:
            raise receipts.not_found()
        record = _record(info, opened, input)
        earlier = await _earlier(record)
        if earlier is not None:
            is_dated = input.payment_date is not None
            return receipts.replayed(_row_of(earlier), record, opened.loan, is_dated=is_dated)
        paid = Paid(input.amount, PrepaymentChoice(record.prepayment))
        terms, recorded = opened.history.loan.terms, opened.history.events
        problems = [*invalid, *reasons.problems(reason)]
        problems += rules.payment_problems(terms, recorded, paid, record.paid_on, today)
        if problems:
            raise Refused(*problems)
        # After this point the payment must succeed.
        return await _recorded(info, opened, record, reason)


async def record(info: Info, payment: PaymentRecord) -> PaymentReceipt:
    """Take a payment that the rules allow by a replay: it meets classes that the night has not found, or changes some.

    The transaction holds the lock of the loan.
    """
    opened = await open_loans.locked([payment.loan_id])
    return await _recorded(info, opened[payment.loan_id], payment, None)


async def _recorded(info: Info, opened: OpenLoan, record: PaymentRecord, reason: str | None) -> PaymentReceipt:
    paid = Paid(record.amount, PrepaymentChoice(record.prepayment))
    event = opened.next_event(record.paid_on, info.context.today, await recorded_times.now(), paid)
    row = Payment(**record._asdict(), sequence=event.sequence, reason=reason, created_at=event.recorded_at)
    outcome = corrections.restatement(opened, opened.correct(event), row)
    stored = await outcomes.store(opened.loan.terms, opened.version, outcome, info.context.origin)
    assert stored is not None, "a locked loan does not change"
    loan = await Loan.get(id=record.loan_id)
    await bills.attach([loan])
    return receipts.receipt(_row_of(row), loan, emi_recalculated=row.emi_after != row.emi_before)


def _record(info: Info, opened: OpenLoan, input: MakePaymentInput) -> PaymentRecord:  # noqa: A002
    return PaymentRecord(
        loan_id=opened.loan.id,
        user_id=opened.loan.user_id,
        taken_by_id=info.context.viewer.id,
        transaction_id=input.transaction_id or f"kist-{uuid4().hex}",
        transaction_id_given=input.transaction_id is not None,
        paid_on=input.payment_date or info.context.today,
        amount=input.amount,
        recorded_on=info.context.today,
        prepayment=(input.prepayment or PrepaymentChoice.REDUCE_EMI).value,
        mode=input.mode and input.mode.value,
        reference=counter.reference_of(input.reference),
    )


async def _earlier(record: PaymentRecord) -> Payment | None:
    """The payment that this one would repeat: with the same id or, without an id, one alike that counts."""
    if record.transaction_id_given:
        return await Payment.get_or_none(user_id=record.user_id, transaction_id=record.transaction_id)
    alike = Payment.filter(loan_id=record.loan_id, paid_on=record.paid_on, amount=record.amount, reversed_on=None)
    return await alike.order_by("id").first()


def _row_of(payment: Payment) -> PaymentRow:
    return PaymentRow(*(getattr(payment, name) for name in PaymentRow._fields))
