"""Corrections of a loan that send every statement of their modules."""

from datetime import date
from decimal import Decimal

from models import bill_versions, bills, corrections, open_loans, operators, outcomes, payments, recorded_times
from models.loan_events import LoanEvent
from models.open_loans import OpenLoan
from models.payments import Payment
from resolvers.operation_recording import Recording
from resolvers.operation_steps import attempt
from rules.audit import WORKER
from rules.corrections import Correction
from rules.events import Paid, ReversalCause
from schema.operations import OperationInput, ReverseInput
from tests.tasks.loan_rows import borrow, pay

_DAY = date(2026, 4, 3)


async def correcting() -> None:
    """Reverse a payment, reverse the reversal, and record a payment of before, after which a bill never was."""
    loan_id = await borrow(201)
    operator = await operators.add("desk@kist.test", "hash", WORKER)
    for day, amount in (("2026-02-10", "1000.00"), ("2026-03-12", "6000.00")):
        await pay(loan_id, day, amount)
    for number, sequence in enumerate((3, 4)):
        opened = (await open_loans.locked([loan_id]))[loan_id]
        recording = Recording(operator.id, f"r{number}", "the bank's letter", _DAY, await recorded_times.now())
        reverse = ReverseInput(event_id=f"{loan_id}-{sequence}", cause=ReversalCause.BOUNCED)  # type: ignore[arg-type]
        (step,) = attempt(OperationInput(reverse=reverse), opened, None, recording).steps
        await _store(step.opened, step.correction, step.row)
    await _close_before_the_third_bill(loan_id)
    await bill_versions.read([loan_id], [1, 2])
    await recorded_times.settled(loan_id)
    await recorded_times.newest(loan_id)
    await bills.versions_of_loan(loan_id)
    await payments.ended_parts([1, 2])


async def _close_before_the_third_bill(loan_id: int) -> None:
    opened, paid_on = (await open_loans.locked([loan_id]))[loan_id], date(2026, 3, 21)
    event = opened.next_event(paid_on, _DAY, await recorded_times.now(), Paid(Decimal("44124.57")))
    row = Payment(
        loan_id=loan_id,
        user_id=opened.loan.user_id,
        transaction_id="found",
        transaction_id_given=True,
        paid_on=paid_on,
        amount=Decimal("44124.57"),
        sequence=event.sequence,
        recorded_on=_DAY,
        reason="found",
        created_at=event.recorded_at,
    )
    await _store(opened, opened.correct(event), row)


async def _store(opened: OpenLoan, correction: Correction, row: LoanEvent | Payment) -> None:
    outcome = corrections.restatement(opened, correction, row)
    assert await outcomes.store(opened.loan.terms, opened.version, outcome, WORKER)
