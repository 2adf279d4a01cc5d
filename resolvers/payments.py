"""A payment: lock the loan, ask the rules, store what they said. The same payment twice is taken once."""

import re
from collections.abc import Iterator
from datetime import date
from uuid import uuid4

import asyncpg

from models import bills, database, loans, payments
from models.bills import Bill
from models.loans import Loan
from models.payments import Allocation, Payment, Receipt
from resolvers.context import Info, Viewer
from rules import billing
from rules import payments as rules
from rules.refusals import Problem, ProblemCode, Refused
from schema.loans import MakePaymentInput, PaymentReceipt
from schema.users import Role

_TRANSACTION_ID = re.compile(r"[A-Za-z0-9._:-]{1,64}")


async def make_payment(info: Info, input: MakePaymentInput) -> PaymentReceipt:  # noqa: A002
    """Raises: Refused: LOAN_NOT_FOUND, INVALID_TRANSACTION_ID, DUPLICATE_PAYMENT, TRANSACTION_ID_CONFLICT,
    or what the rules have against it.
    """
    viewer = await info.context.viewer()
    loan_id = loans.parse_id(input.loan_id)
    if loan_id is None:
        raise _not_found()

    async def pay() -> PaymentReceipt:
        return await _pay_in_one_transaction(info, viewer, loan_id, input)

    try:
        return await database.retried(pay)
    except asyncpg.UniqueViolationError:
        # The same payment was being taken at the same moment, and now it is there to be found.
        return await database.retried(pay)


async def _pay_in_one_transaction(
    info: Info,
    viewer: Viewer,
    loan_id: int,
    input: MakePaymentInput,  # noqa: A002
) -> PaymentReceipt:
    async with database.transaction():
        loan = await loans.lock(loan_id, owner_id=viewer.owner_id)
        if loan is None:
            raise _not_found()
        receipt = Receipt(
            loan_id=loan.id,
            user_id=loan.user_id,
            taken_by_id=viewer.id if viewer.role is Role.OPERATOR else None,
            transaction_id=input.transaction_id or f"kist-{uuid4().hex}",
            transaction_id_given=input.transaction_id is not None,
            paid_on=input.payment_date or info.context.today,
            amount=input.amount,
        )
        invalid = tuple(_about_the_transaction_id(input.transaction_id))
        earlier = None if invalid else await payments.earlier(receipt)
        if earlier is not None:
            return _replayed(earlier, receipt, loan)
        unpaid = await bills.unpaid(loan.id)
        posting = _taken(loan, unpaid, receipt, info.context.today, invalid)

        # After this point the payment must succeed.
        if posting.issued:
            unpaid += await bills.issue_and_read(loan.id, posting.issued)
        next_billing_on = billing.next_billing_on(loan, posting.standing)
        payment = await payments.store(receipt, posting, next_billing_on)
    loan.stand(posting.standing, next_billing_on)
    info.context.pages.allocations.prime(payment.id, _allocations(posting, unpaid))
    return _receipt(payment, loan, emi_recalculated=payment.emi_after != payment.emi_before)


def _taken(
    loan: Loan, unpaid: list[Bill], receipt: Receipt, today: date, invalid: tuple[Problem, ...]
) -> rules.Posting:
    """What the rules make of a payment; refused with their reasons and those found before."""
    try:
        posting = rules.take(loan, unpaid, amount=receipt.amount, paid_on=receipt.paid_on, today=today)
    except Refused as refused:
        raise Refused(*invalid, *refused.problems) from None
    if invalid:
        raise Refused(*invalid)
    return posting


def _about_the_transaction_id(text: str | None) -> Iterator[Problem]:
    if text is not None and not _TRANSACTION_ID.fullmatch(text):
        message = "A transaction id is 1 to 64 letters, digits, and . _ : -"
        yield Problem(ProblemCode.INVALID_TRANSACTION_ID, message, "transactionId")


def _replayed(earlier: Payment, receipt: Receipt, loan: Loan) -> PaymentReceipt:
    """The answer to a payment that has been taken: the first one's, where it is the same one."""
    first = f"payment {earlier.id} of {earlier.amount} on {earlier.paid_on}"
    if not receipt.transaction_id_given:
        message = f"The same amount was paid on the same day: {first}, {earlier.transaction_id}."
        raise Refused(Problem(ProblemCode.DUPLICATE_PAYMENT, message))
    if (earlier.loan_id, earlier.amount, earlier.paid_on) != (receipt.loan_id, receipt.amount, receipt.paid_on):
        message = f"This transaction id is that of another payment: {first} for loan {earlier.loan_id}."
        raise Refused(Problem(ProblemCode.TRANSACTION_ID_CONFLICT, message, "transactionId"))
    return _receipt(earlier, loan, emi_recalculated=earlier.emi_after != earlier.emi_before, replayed=True)


def _receipt(payment: Payment, loan: Loan, *, emi_recalculated: bool, replayed: bool = False) -> PaymentReceipt:
    return PaymentReceipt(
        payment=payment,  # type: ignore[arg-type]  # views onto the rows
        loan=loan,  # type: ignore[arg-type]
        emi_recalculated=emi_recalculated,
        replayed=replayed,
    )


def _allocations(posting: rules.Posting, bills_asking: list[Bill]) -> list[Allocation]:
    """The stored allocations, as they would be read back, with their bills as they now stand."""
    of_cycle = {bill.cycle: bill for bill in bills_asking}
    allocations = []
    for part in posting.allocations:
        bill = of_cycle[part.cycle] if part.cycle is not None else None
        if bill is not None:
            bill.interest_paid += part.interest
            bill.principal_paid += part.principal
        allocations.append(Allocation(bill=bill, interest=part.interest, principal=part.principal))
    return allocations


def _not_found() -> Refused:
    return Refused(Problem(ProblemCode.LOAN_NOT_FOUND, "There is no such loan.", "loanId"))
