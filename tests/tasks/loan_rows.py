"""Rows of loans, written to the database without the API."""

from datetime import date
from decimal import Decimal

import asyncpg

from models import (
    billing_chunks,
    billing_runs,
    bills,
    corrections,
    database,
    due_loans,
    loans,
    open_loans,
    outcomes,
    payment_posting,
    reads,
    recorded_times,
)
from models.loans import LoanApplication
from models.outcomes import TakenPayment
from models.payment_posting import PaymentRecord
from models.payments import Payment
from models.registrations import Registration, register
from models.users import LOST, User
from rules import billing, classes, ledger
from rules import payments as rules
from rules.audit import WORKER
from rules.events import Paid
from rules.loan import Loan
from rules.payments import Payer, PaymentOrder
from rules.plan import terms_of
from rules.products import CARD, Product
from settings import Settings
from tasks.billing import bill_loans
from tests.builders import TODAY
from tests.servers import as_superuser


async def borrow(
    number: int = 1, *, amount: str = "50000.00", rate: str = "10.500", term: int = 12, product: Product = CARD
) -> int:
    """Disburse a loan on the first of January 2026 to a borrower, whose number no key decrypts. Returns its id."""
    email, digest = f"{number}@example.in", bytes(31) + bytes([number])
    user = await User.get_or_none(aadhaar_digest=digest) or await register(
        Registration("Asha", email, digest, bytes(40), "9012", None, None, None, None, aadhaar_keys=LOST)
    )
    assert user is not None
    terms = terms_of(product, amount=Decimal(amount), interest_rate=Decimal(rate), loan_term=term, disbursed_on=TODAY)
    application = await LoanApplication.create(
        user_id=user.id,
        amount=terms.amount,
        loan_term=term,
        interest_rate=terms.interest_rate,
        decision="APPROVED",
        reasons=[],
        decided_on=TODAY,
    )
    await loans.record_decision(application.id, WORKER)
    loan = await loans.disburse(application, terms, billing.disbursed(terms), ledger.of_disbursal(terms.amount), WORKER)
    loan_id: int = loan.id
    return loan_id


async def pay(loan_id: int, day: str, amount: str) -> None:
    async with database.transaction():
        await payment_posting.lock(loan_id)
        transaction_id, paid_on = f"{loan_id}-{day}-{amount}", date.fromisoformat(day)
        payable = await reads.run(
            payment_posting.reading(
                loan_id, owner_id=None, transaction_id=transaction_id, paid_on=paid_on, amount=Decimal(amount)
            )
        )
        assert payable is not None
        loan = payable.loan
        order = PaymentOrder(Decimal(amount), paid_on, Payer.BORROWER)
        applied = rules.take(Loan.of(loan), order, today=paid_on)
        record = PaymentRecord(loan_id, loan.user_id, None, transaction_id, True, paid_on, order.amount, paid_on)
        if classes.needs_replay(loan.terms, loan.standing, applied.standing, applied.issued, paid_on):
            await _replay(record)
            return
        if applied.issued:
            await bills.issue([(loan_id, bill) for bill in applied.issued], paid_on)
        assert await outcomes.store(loan.terms, payable.version, TakenPayment(record, applied), WORKER)


async def _replay(record: PaymentRecord) -> None:
    """Take a payment as the door does that meets classes which the night has not found."""
    opened = (await open_loans.locked([record.loan_id]))[record.loan_id]
    event = opened.next_event(record.paid_on, record.recorded_on, await recorded_times.now(), Paid(record.amount))
    row = Payment(**record._asdict(), sequence=event.sequence, created_at=event.recorded_at)
    outcome = corrections.restatement(opened, opened.correct(event), row)
    assert await outcomes.store(opened.loan.terms, opened.version, outcome, WORKER)


async def bill(day: str) -> None:
    """Bill one date for the whole book, in chunks of two loans."""
    as_of = date.fromisoformat(day)
    run = await billing_runs.begin(as_of, WORKER)
    for chunk_id in await billing_runs.plan(run.id, chunk_bills=2):
        async with database.transaction():
            chunk = await billing_chunks.claim(chunk_id)
            assert chunk is not None
            issued, billed = await bill_loans(await due_loans.lock(chunk.first_id, chunk.last_id, as_of), as_of)
            await billing_chunks.complete(chunk_id, bills_issued=issued, interest_billed=billed, by=WORKER)
    await billing_runs.finish(run.id, WORKER)


async def unguarded(settings: Settings, statement: str) -> None:
    """Execute a statement on a connection without triggers and foreign keys."""
    connection = await asyncpg.connect(**database.arguments(as_superuser(settings)))
    try:
        await connection.execute("SET session_replication_role = replica")
        await connection.execute(statement)
    finally:
        await connection.close()
