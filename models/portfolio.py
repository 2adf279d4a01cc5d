"""Hand-written SQL: the portfolio of a date sums up all loans in PostgreSQL, and takes back what happened later.

An event of a loan has the date on which it counts, that of its bill or payment, and not the time at which it was
stored: a billing run that was late is in the figures of its own date. A loan whose interest has accrued no further than
the date has no later event. So for a recent date little is taken back, and for the business date nothing.
"""

from collections import defaultdict
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import date
from decimal import Decimal
from typing import NamedTuple

import asyncpg
from tortoise.expressions import Q

from models import database, life_events, loan_columns, snapshots
from models import loans as models
from rules import portfolio
from rules.cash import LevelPlan
from rules.loan import Bill, Loan
from rules.portfolio import ActiveLoan, AgedBalance, BilledMonth


@asynccontextmanager
async def held_still() -> AsyncIterator[None]:
    """A snapshot of the book until the block ends. Payments and billing continue."""
    async with database.transaction():
        # The default of 4 MB would spill the sums of a million loans to disk again and again.
        await snapshots.begin(work_mem="64MB")
        yield


# A bill that is settled now may have been unpaid on the date; a partial index finds the bills that are unpaid now.
# A loan that is not billed up to the date has missing bills: the rules compute its past due amount.
_AGED = """
WITH repaid_since AS (
    SELECT e.loan_id, sum(CASE WHEN e.credit = 'PRINCIPAL' THEN e.amount ELSE -e.amount END) AS amount
    FROM loans l JOIN ledger_entries e ON e.loan_id = l.id
    WHERE l.accrued_through > $1::date AND coalesce(e.effective_on, e.posted_on) > $1
        AND 'PRINCIPAL' IN (e.debit, e.credit) GROUP BY e.loan_id
), settled_since AS (
    SELECT a.bill_id, sum(a.interest + a.principal) AS amount
    FROM loans l JOIN payments p ON p.loan_id = l.id JOIN allocations a ON a.payment_id = p.id
        JOIN bills b ON b.id = a.bill_id
    WHERE l.accrued_through > $1 AND p.paid_on > $1 AND b.due_date < $1 AND a.known_until IS NULL
        AND b.known_until IS NULL GROUP BY a.bill_id
), asking AS (
    SELECT b.loan_id, b.due_date, b.minimum_due - b.interest_paid - b.principal_paid + coalesce(s.amount, 0) AS unpaid
    FROM bills b LEFT JOIN settled_since s ON s.bill_id = b.id
    WHERE b.interest_paid + b.principal_paid < b.installment AND b.due_date < $1 AND b.known_until IS NULL
        AND NOT b.withdrawn
    UNION ALL
    SELECT b.loan_id, b.due_date, b.minimum_due - b.interest_paid - b.principal_paid + s.amount
    FROM settled_since s JOIN bills b ON b.id = s.bill_id
    WHERE b.interest_paid + b.principal_paid >= b.installment AND b.due_date < $1 AND NOT b.withdrawn
), arrears AS (
    SELECT loan_id, min(due_date) AS oldest_due_on, sum(unpaid) AS amount FROM asking WHERE unpaid > 0 GROUP BY loan_id
)
SELECT coalesce($1 - arrears.oldest_due_on, 0), count(*),
    sum(l.principal_balance + coalesce(repaid_since.amount, 0)), coalesce(sum(arrears.amount), 0.00)
FROM loans l LEFT JOIN arrears ON arrears.loan_id = l.id LEFT JOIN repaid_since ON repaid_since.loan_id = l.id
WHERE l.disbursed_on <= $1 AND (l.closed_on IS NULL OR l.closed_on > $1)
    AND (l.next_billing_on IS NULL OR l.next_billing_on > $1)
GROUP BY 1
"""
_BILLED = """
SELECT date_trunc('month', billing_date)::date, count(*), sum(interest + deferred - deferred_share)
FROM bills WHERE billing_date BETWEEN $1 AND $2 AND known_until IS NULL GROUP BY 1
"""


async def sums(as_of: date) -> tuple[list[AgedBalance], list[BilledMonth]]:
    """Return the aged balances of loans that were active on a date and billed up to it, and all bills by month."""
    aged = await database.fetch(_AGED, as_of)
    billed = await database.fetch(_BILLED, portfolio.months(as_of)[0], as_of)
    return list(map(AgedBalance._make, aged)), list(map(BilledMonth._make, billed))


_COLUMNS = ", ".join(("id", *loan_columns.TERMS_AND_STANDING))
_UNBILLED = f"""
SELECT {_COLUMNS} FROM loans
WHERE id > $1 AND closed_on IS NULL AND next_billing_on <= $2 ORDER BY id LIMIT $3
"""


async def unbilled(loan_id: int, as_of: date, limit: int) -> list[tuple[int, Loan]]:
    """Return the first `limit` loans after an id that have an unbilled cycle on a date. They have no later events.

    A loan that has a bill which is due again has its unpaid bills.
    """
    found = _loans(await database.fetch(_UNBILLED, loan_id, as_of, limit))
    unpaid = await _unpaid([number for number, loan in found.items() if loan.standing.due_again_on is not None])
    return [(number, loan._replace(bills=unpaid.get(number, ()))) for number, loan in found.items()]


# Nothing has happened to these loans since the date, and all cycles up to it are billed: their rows are their plans.
# The cycles of other products than card may differ, so the rules compute these plans.
_IS_SETTLED = (
    "closed_on IS NULL AND accrued_through <= $1 AND next_billing_on > $1 AND product IS NULL AND special IS NULL"
)
# The columns after the id are the fields of `LevelPlan`.
_PLANS = f"""
SELECT id, (emi * 100)::bigint, ((principal_balance - past_due - installment_due + interest_due) * 100)::bigint,
    ((accrued_interest + principal_balance * daily_rate * 0.01 * ($1 - accrued_through)) * 10000000)::bigint,
    (daily_rate * 1000)::int, last_cycle - cycles_billed, next_billing_on - $1, due_days, cycle_days
FROM loans WHERE id > $2 AND disbursed_on <= $1::date AND {_IS_SETTLED} ORDER BY id LIMIT $3
"""
# A bill that is not its loan's newest asks for its minimum only (lending rules, 5.2).
_DEMANDED = f"""
SELECT due_date, sum(bills.interest - interest_paid), sum(greatest(
    CASE WHEN cycle = cycles_billed THEN installment ELSE bills.minimum_due END - bills.interest - principal_paid, 0))
FROM bills JOIN loans ON loans.id = loan_id
WHERE interest_paid + principal_paid < installment AND known_until IS NULL AND NOT withdrawn AND disbursed_on <= $1
    AND {_IS_SETTLED}
GROUP BY 1
"""


class Demanded(NamedTuple):
    """The unpaid parts of all bills of a due date."""

    due_on: date
    interest: Decimal
    principal: Decimal


async def demanded(as_of: date) -> list[Demanded]:
    """The unpaid bills of the loans of `plans`, by due date."""
    return [Demanded._make(row) for row in await database.fetch(_DEMANDED, as_of)]


async def plans(loan_id: int, as_of: date, limit: int) -> list[tuple[int, LevelPlan]]:
    """The first `limit` loans after an id that are billed up to a date and have not changed since, with their plans."""
    return [(row[0], LevelPlan._make(row[1:])) for row in await database.fetch(_PLANS, as_of, loan_id, limit)]


_LOANS = f"""
SELECT {_COLUMNS}
FROM loans
WHERE id > $2 AND disbursed_on <= $1 AND (closed_on IS NULL OR closed_on > $1) AND NOT ({_IS_SETTLED})
ORDER BY id LIMIT $3
"""
_UNPAID = f"""
SELECT loan_id, {", ".join(Bill._fields)}
FROM bills WHERE loan_id = ANY($1::bigint[]) AND interest_paid + principal_paid < installment AND known_until IS NULL
    AND NOT withdrawn
ORDER BY loan_id, cycle
"""


async def count(as_of: date) -> int:
    """The number of loans that were active on a date."""
    return await models.Loan.filter(Q(closed_on=None) | Q(closed_on__gt=as_of), disbursed_on__lte=as_of).count()


async def after(loan_id: int, as_of: date, limit: int) -> list[ActiveLoan]:
    """The first `limit` other loans after an id that were active on a date, in at most three statements."""
    found = _loans(await database.fetch(_LOANS, as_of, loan_id, limit))
    moved = [number for number, loan in found.items() if loan.standing.accrued_through > as_of]
    events = await life_events.of_loans(moved) if moved else {}
    unpaid = await _unpaid([number for number in found if number not in events])
    return [
        ActiveLoan(
            number,
            loan._replace(bills=unpaid.get(number, ())),
            [row.event() for row in events[number]] if number in events else None,
        )
        for number, loan in found.items()
    ]


def _loans(rows: Sequence[asyncpg.Record]) -> dict[int, Loan]:
    return {row[0]: Loan(*loan_columns.parts_of(row[1:])) for row in rows}


async def _unpaid(loan_ids: Sequence[int]) -> dict[int, list[Bill]]:
    unpaid: dict[int, list[Bill]] = defaultdict(list)
    if loan_ids:
        for owner, *columns in await database.fetch(_UNPAID, loan_ids):
            unpaid[owner].append(Bill._make(columns))
    return unpaid
