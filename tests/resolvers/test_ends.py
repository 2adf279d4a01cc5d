"""The ends of a loan through the API: settlement, recovery, reasons of closing, and what a borrower may do after it."""

from typing import Any

from tasks.audit_verification import verify as verify_audit
from tasks.verification import verify
from tests.builders import APPLY, PAY, Client, billed, lent, on
from tests.resolvers.operations import PREVIEW, operated, worked_loan

LOAN = """query ($id: ID!) { loan(id: $id) { status closedOn closureReason claim payoff credit
  settlement { amount until paid } payments { edges { node { amount principal recovery credit } } } } }"""
LINES = """query ($id: ID!) {
  statement(loanId: $id) { pastTransactions { kind amountPaid principal principalBalance } } }"""
SETTLE = {"settle": {"amount": "40000.00", "until": "2026-05-01"}}


def codes(answer: Any) -> list[str]:
    return [one["code"] for one in answer["problems"]]


async def shown(client: Client, loan_id: str) -> Any:
    return await client.ask(LOAN, id=loan_id)


async def test_a_loan_is_settled_for_less(borrower: Client, operator: Client) -> None:
    loan_id = await worked_loan(borrower, operator)
    seen = await operator.ask(PREVIEW, loan=loan_id, operation=SETTLE)
    assert (seen["before"]["payoff"], seen["after"]["payoff"]) == ("44289.95", "40000.00")
    done = await operated(operator, loan_id, "settle-1", SETTLE)
    assert done["events"][0]["kind"] == "SETTLEMENT"
    assert (await operated(operator, loan_id, "settle-1", SETTLE))["replayed"]
    other = {"settle": {"amount": "40000.00", "until": "2026-05-02"}}
    assert codes(await operated(operator, loan_id, "settle-1", other)) == ["REQUEST_ID_CONFLICT"]
    loan = await shown(borrower, loan_id)
    assert loan["settlement"] == {"amount": "40000.00", "until": "2026-05-01", "paid": "0.00"}
    too_much = await borrower.ask(PAY, input={"loanId": loan_id, "amount": "40000.01"})
    assert codes(too_much) == ["AMOUNT_EXCEEDS_PAYOFF"]
    await borrower.ask(PAY, input={"loanId": loan_id, "amount": "15000.00"})
    loan = await shown(borrower, loan_id)
    assert (loan["payoff"], loan["settlement"]["paid"], loan["status"]) == ("25000.00", "15000.00", "ACTIVE")
    await on(operator, "2026-05-01")
    await billed("2026-05-01")
    await borrower.ask(PAY, input={"loanId": loan_id, "amount": "25000.00"})
    loan = await shown(borrower, loan_id)
    assert (loan["status"], loan["closureReason"], loan["closedOn"]) == ("CLOSED", "SETTLED", "2026-05-01")
    assert (loan["payoff"], loan["settlement"], loan["credit"]) == ("0.00", None, "0.00")
    lines = (await borrower.ask(LINES, id=loan_id))["pastTransactions"]
    assert lines[-1]["principalBalance"] == "0.00"
    assert "SETTLEMENT" in {line["kind"] for line in lines}
    assert await verify() == []
    assert (await verify_audit()).faults == []
    again = await borrower.ask(APPLY, input={"amount": "1000", "loanTerm": 1, "interestRate": "10.5"})
    assert codes(again) == ["SETTLED_RECENTLY"]
    await on(operator, "2027-05-01")
    again = await borrower.ask(APPLY, input={"amount": "1000", "loanTerm": 1, "interestRate": "10.5"})
    assert again["__typename"] == "Loan"


async def test_a_settlement_lapses_after_its_date(borrower: Client, operator: Client) -> None:
    loan_id = await worked_loan(borrower, operator)
    await operated(operator, loan_id, "settle-1", SETTLE)
    await on(operator, "2026-05-02")
    loan = await shown(borrower, loan_id)
    assert (loan["settlement"], loan["payoff"] > "44289.95") == (None, True)


async def test_a_settlement_has_an_amount_below_the_payoff_and_a_near_date(borrower: Client, operator: Client) -> None:
    loan_id = await worked_loan(borrower, operator)
    for amount, until, expected in (
        ("44289.95", "2026-05-01", "SETTLEMENT_TOO_HIGH"),
        ("40000.00", "2026-07-03", "SETTLEMENT_DATE_OUT_OF_RANGE"),
        ("40000.00", "2026-04-02", "SETTLEMENT_DATE_OUT_OF_RANGE"),
        ("0.00", "2026-05-01", "AMOUNT_TOO_LOW"),
    ):
        answer = await operator.ask(PREVIEW, loan=loan_id, operation={"settle": {"amount": amount, "until": until}})
        assert codes(answer) == [expected]


async def test_the_last_payment_of_a_settlement_bounces(borrower: Client, operator: Client) -> None:
    loan_id = await worked_loan(borrower, operator)
    await operated(operator, loan_id, "settle-1", SETTLE)
    await borrower.ask(PAY, input={"loanId": loan_id, "amount": "40000.00"})
    bounce = {"reverse": {"eventId": f"{loan_id}-5", "cause": "BOUNCED"}}
    done = await operated(operator, loan_id, "bounce-1", bounce)
    assert (done["before"]["status"], done["after"]["status"], done["after"]["payoff"]) == (
        "CLOSED",
        "ACTIVE",
        "40000.00",
    )
    assert await verify() == []
    assert (await verify_audit()).faults == []


EVENTS = "query ($id: ID!, $asOf: Date) { loan(id: $id, asOf: $asOf) { events { edges { node { kind void } } } } }"
WHAT_IF = """query ($id: ID!, $input: WhatIfInput!) {
  whatIf(loanId: $id, input: $input) { voided { kind void } } }"""


async def test_a_settlement_of_a_loan_that_was_paid_before_has_no_effect(borrower: Client, operator: Client) -> None:
    loan_id = await worked_loan(borrower, operator)
    await operated(operator, loan_id, "settle-1", SETTLE)
    late = {"loanId": loan_id, "amount": "44277.23", "paymentDate": "2026-04-02", "backdate": True, "reason": "found"}
    await operator.ask(PAY, input=late)
    assert (await shown(borrower, loan_id))["closureReason"] == "PAID"
    expected = [("DISBURSAL", False), ("PAYMENT", False), ("PAYMENT", False), ("SETTLEMENT", True), ("PAYMENT", False)]
    for as_of in (None, "2026-04-03"):
        edges = (await borrower.ask(EVENTS, id=loan_id, asOf=as_of))["events"]["edges"]
        assert [(edge["node"]["kind"], edge["node"]["void"]) for edge in edges] == expected
    undo = {"reverse": {"eventId": f"{loan_id}-5", "cause": "ERROR"}}
    seen = await operator.ask(WHAT_IF, id=loan_id, input={})
    assert seen["voided"] == [{"kind": "SETTLEMENT", "void": True}]
    assert (await operator.ask(PREVIEW, loan=loan_id, operation=undo))["voided"] == []


async def test_a_loan_that_is_paid_in_full_says_so(borrower: Client, operator: Client) -> None:
    loan_id = await lent(borrower)
    await borrower.ask(PAY, input={"loanId": loan_id, "amount": "50000.00"})
    assert (await shown(borrower, loan_id))["closureReason"] == "PAID"


async def test_an_npa_is_written_off_and_its_claim_is_recovered(borrower: Client, operator: Client) -> None:
    loan_id = await worked_loan(borrower, operator)
    await on(operator, "2026-07-15")
    await billed("2026-07-15")
    write_off = {"writeOff": {"confirm": True}}
    assert codes(await operator.ask(PREVIEW, loan=loan_id, operation=write_off)) == ["NOT_NPA"]
    await on(operator, "2026-07-16")
    done = await operated(operator, loan_id, "loss-1", write_off)
    claim = done["before"]["payoff"]
    assert (done["after"]["status"], done["after"]["payoff"]) == ("WRITTEN_OFF", claim)
    loan = await shown(borrower, loan_id)
    assert (loan["claim"], loan["closedOn"], loan["closureReason"]) == (claim, None, None)
    again = await operator.ask(PREVIEW, loan=loan_id, operation=write_off)
    assert codes(again) == ["LOAN_WRITTEN_OFF"]
    await borrower.ask(PAY, input={"loanId": loan_id, "amount": "5000.00"})
    loan = await shown(borrower, loan_id)
    assert loan["payments"]["edges"][-1]["node"]["recovery"] == "5000.00"
    await borrower.ask(PAY, input={"loanId": loan_id, "amount": loan["claim"]})
    loan = await shown(borrower, loan_id)
    assert (loan["status"], loan["closureReason"], loan["claim"]) == ("CLOSED", "RECOVERED", "0.00")
    lines = (await borrower.ask(LINES, id=loan_id))["pastTransactions"]
    assert [line["kind"] for line in lines[-3:]] == ["WRITE_OFF", "RECOVERY", "RECOVERY"]
    assert {line["principalBalance"] for line in lines[-3:]} == {"0.00"}
    assert await verify() == []
    assert (await verify_audit()).faults == []


async def test_only_an_npa_is_written_off(borrower: Client, operator: Client) -> None:
    loan_id = await lent(borrower)
    answer = await operator.ask(PREVIEW, loan=loan_id, operation={"writeOff": {"confirm": True}})
    assert codes(answer) == ["NOT_NPA"]


async def test_an_npa_is_found_before_any_run_has_issued_its_bills(borrower: Client, operator: Client) -> None:
    loan_id = await lent(borrower)
    write_off = {"writeOff": {"confirm": True}}
    await on(operator, "2026-05-16")
    assert codes(await operator.ask(PREVIEW, loan=loan_id, operation=write_off)) == ["NOT_NPA"]
    await on(operator, "2026-05-17")
    done = await operated(operator, loan_id, "loss-1", write_off)
    assert done["after"]["status"] == "WRITTEN_OFF"
    assert await verify() == []
