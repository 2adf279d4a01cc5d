"""All a statement needs of one loan, in one statement and so from one moment."""

from datetime import date
from decimal import Decimal
from typing import NamedTuple

from models import database, loans
from models.loans import PlainLoan


class UnpaidBill(NamedTuple):
    """A bill whose installment is not fully paid, as far as the rules look at it."""

    cycle: int
    due_date: date
    interest: Decimal
    minimum_due: Decimal
    installment: Decimal
    interest_paid: Decimal
    principal_paid: Decimal


class Posted(NamedTuple):
    """A ledger entry; `source_id` is its bill's or its payment's."""

    posted_on: date
    event: str
    source_id: int | None
    debit: str
    credit: str
    amount: Decimal


class Account(NamedTuple):
    """A loan, its unpaid bills oldest first, and everything posted on it in no particular order."""

    loan: PlainLoan
    unpaid: list[UnpaidBill]
    posted: list[Posted]


# A bill without interest moves no money and so posts nothing; it is an event all the same.
_ACCOUNT = f"""
SELECT {loans.PLAIN}, unpaid.*, posted.*
FROM loans loan
CROSS JOIN LATERAL (
    SELECT array_agg(cycle) AS unpaid_1, array_agg(due_date) AS unpaid_2, array_agg(interest) AS unpaid_3,
        array_agg(minimum_due) AS unpaid_4, array_agg(installment) AS unpaid_5, array_agg(interest_paid) AS unpaid_6,
        array_agg(principal_paid) AS unpaid_7
    FROM (
        SELECT * FROM bills WHERE loan_id = loan.id AND interest_paid + principal_paid < installment
        ORDER BY loan_id, cycle
    ) AS bill
) AS unpaid
CROSS JOIN LATERAL (
    SELECT array_agg(posted_on) AS posted_1, array_agg(event) AS posted_2, array_agg(source_id) AS posted_3,
        array_agg(debit) AS posted_4, array_agg(credit) AS posted_5, array_agg(amount) AS posted_6
    FROM (
        SELECT posted_on, event, coalesce(payment_id, bill_id) AS source_id, debit, credit, amount
        FROM ledger_entries WHERE loan_id = loan.id
        UNION ALL
        SELECT billing_date, 'BILL', id, 'INTEREST_RECEIVABLE', 'INTEREST_INCOME', interest
        FROM bills WHERE loan_id = loan.id AND interest = 0
    ) AS entry
) AS posted
WHERE loan.id = $1 AND ($2::bigint IS NULL OR loan.user_id = $2)
"""


async def read(loan_id: int, *, owner_id: int | None) -> Account | None:
    """A loan's account; with `owner_id`, only that borrower's."""
    row = await database.fetch_one(_ACCOUNT, loan_id, owner_id)
    if row is None:
        return None
    unpaid = [row[f"unpaid_{number}"] or [] for number in range(1, 8)]
    posted = [row[f"posted_{number}"] or [] for number in range(1, 7)]
    return Account(
        loan=PlainLoan(*row[: len(PlainLoan._fields)]),
        unpaid=[UnpaidBill(*values) for values in zip(*unpaid, strict=True)],
        posted=[Posted(*values) for values in zip(*posted, strict=True)],
    )
