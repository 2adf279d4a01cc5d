"""The hot statements, as they are really sent, read by index what they need, however large the book is."""

import json
from datetime import date
from decimal import Decimal

from models import database, payment_posting
from models.payment_posting import PayableLoan
from settings import Settings
from tests.models.plans import explained, faults, fill, hot_statements
from tests.servers import tamper


async def test_no_hot_statement_reads_or_sorts_more_than_it_needs(memory: Settings) -> None:
    await fill()
    plans = await explained(hot_statements)
    assert len(plans) >= 16
    for query, plan in plans:
        assert list(faults(plan)) == [], query


async def test_a_payment_without_an_id_is_looked_for_among_those_of_its_loan_date_and_amount(memory: Settings) -> None:
    await fill()
    # A loan of many payments, one of them on each day: none but those of the day and the amount are read.
    await database.execute(
        "INSERT INTO payments (loan_id, user_id, transaction_id, transaction_id_given, paid_on, amount, interest,"
        " principal, emi_before, emi_after) SELECT 9, 9, 'daily-' || n, n % 2 = 0, date '2026-01-01' + n, 1, 0, 1,"
        " 1000, 1000 FROM generate_series(1, 3000) AS n"
    )
    await tamper("VACUUM ANALYZE")
    found: list[PayableLoan | None] = []

    async def read() -> None:
        day, amount = date(2026, 5, 1), Decimal(1)
        found.append(await payment_posting.read(9, owner_id=9, transaction_id=None, paid_on=day, amount=amount))

    ((query, plan),) = await explained(read)
    assert found[0] is not None
    assert found[0].earlier is not None
    assert found[0].earlier.transaction_id == "daily-120"
    assert "payments_same" in json.dumps(plan)
    assert list(faults(plan)) == [], query
