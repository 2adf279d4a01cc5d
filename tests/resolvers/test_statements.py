"""A loan's statement: past transactions and upcoming EMIs."""

from typing import Any

import pytest

from tests.builders import PAY, STATEMENT, Client, billed, lent, on

SO_FAR = """query ($id: ID!, $asOf: Date) { statement(loanId: $id, asOf: $asOf) {
  principalPaid interestPaid installmentsLeft apr } }"""
PLAN = """query ($id: ID!) { loan(id: $id) {
  emiSchedule { number date dueDate amountDue principal interest principalBalance } } }"""


async def stated(client: Client, loan_id: str) -> tuple[list[str], list[str]]:
    """The lines of a statement's two lists. The values are in the order of the query."""
    statement = await client.ask(STATEMENT, id=loan_id)
    return _lines(statement["pastTransactions"]), _lines(statement["upcomingEmis"])


def _lines(rows: list[dict[str, Any]]) -> list[str]:
    return [" ".join(map(str, row.values())) for row in rows]


async def test_a_fresh_loan_has_been_paid_out_and_is_to_be_paid_by_plan(borrower: Client) -> None:
    loan_id = await lent(borrower)
    statement = await borrower.ask(STATEMENT, id=loan_id)
    assert statement["asOf"] == "2026-01-01"
    assert statement["loan"] == {"id": loan_id, "status": "ACTIVE"}
    assert _lines(statement["pastTransactions"]) == ["2026-01-01 DISBURSAL 0.00 0.00 50000.00 50000.00"]
    assert statement["upcomingEmis"] == (await borrower.ask(PLAN, id=loan_id))["emiSchedule"]


@pytest.mark.pooled
async def test_a_statement_follows_the_worked_life(borrower: Client, operator: Client) -> None:
    loan_id = await lent(borrower)
    await on(operator, "2026-01-31")
    await billed("2026-01-31")
    await on(operator, "2026-02-10")
    await borrower.ask(PAY, input={"loanId": loan_id, "amount": "1000.00"})
    await on(operator, "2026-03-02")
    await billed("2026-03-02")
    _, upcoming = await stated(borrower, loan_id)
    assert upcoming[:3] == [
        "1 2026-01-31 2026-02-15 935.00 935.00 0.00 48500.00",
        "2 2026-03-02 2026-03-17 4642.57 4210.85 431.72 44289.15",
        "3 2026-04-01 2026-04-16 4642.57 4257.25 385.32 40031.90",
    ]
    assert len(upcoming) == 12
    await on(operator, "2026-03-12")
    await borrower.ask(PAY, input={"loanId": loan_id, "amount": "6000.00"})
    past, upcoming = await stated(borrower, loan_id)
    assert past == [
        "2026-01-01 DISBURSAL 0.00 0.00 50000.00 50000.00",
        "2026-01-31 BILL 0.00 435.00 0.00 50000.00",
        "2026-02-10 PAYMENT 1000.00 435.00 565.00 49435.00",
        "2026-03-02 BILL 0.00 431.72 0.00 49435.00",
        "2026-03-12 PAYMENT 6000.00 431.72 5568.28 43866.72",
    ]
    assert upcoming[0] == "3 2026-04-01 2026-04-16 4599.30 4201.51 397.79 39665.21"
    assert len(upcoming) == 10
    assert upcoming[-1].endswith(" 0.00")
    for times in ({}, {"asOf": "2026-03-12"}):
        assert await borrower.ask(SO_FAR, id=loan_id, **times) == {
            "principalPaid": "6133.28",
            "interestPaid": "866.72",
            "installmentsLeft": 10,
            "apr": None,
        }


async def test_a_closed_loan_has_nothing_to_come(borrower: Client) -> None:
    loan_id = await lent(borrower)
    await borrower.ask(PAY, input={"loanId": loan_id, "amount": "50000"})
    past, upcoming = await stated(borrower, loan_id)
    assert past[-1] == "2026-01-01 PAYMENT 50000.00 0.00 50000.00 0.00"
    assert upcoming == []


async def test_a_late_billing_run_changes_no_upcoming_line(borrower: Client, operator: Client) -> None:
    loan_id = await lent(borrower)
    await on(operator, "2026-03-12")
    past, before = await stated(borrower, loan_id)
    await billed("2026-03-12")
    billed_past, after = await stated(borrower, loan_id)
    assert before == after
    assert (len(past), len(billed_past)) == (1, 3)


async def test_events_of_one_day_stand_in_the_order_they_were_posted(borrower: Client, operator: Client) -> None:
    loan_id = await lent(borrower)
    await on(operator, "2026-01-31")
    for amount in ("435.00", "100.00", "50.00"):
        await borrower.ask(PAY, input={"loanId": loan_id, "amount": amount})
    past, _ = await stated(borrower, loan_id)
    assert past[1:] == [
        "2026-01-31 BILL 0.00 435.00 0.00 50000.00",
        "2026-01-31 PAYMENT 435.00 435.00 0.00 50000.00",
        "2026-01-31 PAYMENT 100.00 0.00 100.00 49900.00",
        "2026-01-31 PAYMENT 50.00 0.00 50.00 49850.00",
    ]
