"""Payments through the door."""

from tests.conftest import PAY, Client, billed, lent, on


async def test_the_worked_life_of_a_loan(borrower: Client, operator: Client) -> None:
    loan_id = await lent(borrower)
    await on(operator, "2026-01-31")
    run = await billed("2026-01-31")
    assert (run.status, run.bills_issued, str(run.interest_billed)) == ("DONE", 1, "435.00")
    await on(operator, "2026-02-10")
    receipt = await borrower.ask(PAY, input={"loanId": loan_id, "amount": "1000.00"})
    assert receipt["loan"]["principalBalance"] == "49435.00"
    assert receipt["loan"]["emi"] == "4406.03"
    await on(operator, "2026-03-02")
    await billed("2026-03-02")
    await on(operator, "2026-03-12")
    receipt = await borrower.ask(PAY, input={"loanId": loan_id, "amount": "6000.00"})
    assert receipt["loan"]["principalBalance"] == "43866.72"
    assert receipt["loan"]["emi"] == "4599.30"
    assert receipt["loan"]["payoff"] == "44010.08"
    await on(operator, "2026-04-01")
    receipt = await borrower.ask(PAY, input={"loanId": loan_id, "amount": "44264.51"})
    assert receipt["loan"]["status"] == "CLOSED"
