"""Every reader of bills and allocations reads only the valid rows. A correction leaves the former ones in the table."""

from datetime import date
from decimal import Decimal
from typing import Any

from models import bills, payment_posting, payments, portfolio, reads, statement_pages, statements
from models.payments import Allocation
from models.statement_pages import Position
from settings import Settings
from tasks import verification
from tests.tasks.loan_rows import pay, unguarded

# Former values that would change every sum: an unpaid bill that is due, and allocations to it and to no bill.
BILLS = """
INSERT INTO bills (loan_id, cycle, billing_date, due_date, principal_balance, interest, minimum_due, installment,
    past_due, interest_paid, principal_paid, known_until)
SELECT loan_id, cycle, billing_date, due_date, 1000, 7, 77, 777, 0, 0, 0, clock_timestamp() FROM bills
"""
ALLOCATIONS = """
INSERT INTO allocations (payment_id, bill_id, interest, principal, known_until)
SELECT payment_id, bill_id, 7, 7, now() FROM allocations UNION ALL
SELECT id, NULL, 7, 7, now() FROM payments
"""
DAYS = (date(2026, 2, 20), date(2026, 3, 20), date(2026, 7, 1), date(2026, 8, 10))


async def found() -> list[Any]:
    """All that the models read of the book's bills and allocations."""
    loans = [1, 2, 3, 4, 5]
    answers: list[Any] = [await bills.OF_LOANS.page(loans, after=0, limit=9), await bills.OF_LOANS.count(loans)]
    answers.append([str(row.id) for row in await payments.allocations_of([1, 2, 3, 4, 5])])
    for loan in loans:
        answers.append(await reads.run(statements.reading(loan, owner_id=None)))
        answers.append(await statement_pages.page(loan, after=Position(date.min, 1, 0), limit=9))
        answers.append(await statement_pages.count(loan))
        payable = payment_posting.reading(loan, owner_id=None, transaction_id="x", paid_on=None, amount=Decimal(1))
        answers.append(await reads.run(payable))
    for day in DAYS:
        async with portfolio.held_still():
            answers += [*await portfolio.sums(day), await portfolio.demanded(day), await portfolio.after(0, day, 9)]
    return answers


async def test_no_reader_reads_a_superseded_row(book: int, memory: Settings) -> None:
    before = await found()
    assert await verification.verify() == []
    await unguarded(memory, f"{BILLS}; {ALLOCATIONS}")
    assert [(one, other) for one, other in zip(before, await found(), strict=True) if one != other] == []
    await pay(book, "2026-07-02", "500.00")
    assert await Allocation.filter(payment_id=6, known_until=None, bill__known_until__isnull=False).count() == 0
    # No correction has made these versions. Nothing else of the book disagrees.
    whats = {one.what for one in await verification.verify()}
    assert whats
    assert all(what.startswith("the versions of bill ") for what in whats), whats
