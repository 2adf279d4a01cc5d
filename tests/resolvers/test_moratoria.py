"""A moratorium through the API: bills that demand nothing, shares of the interest set aside, and every refusal."""

from datetime import date
from typing import Any

from models.ledger import LedgerEntry
from tests.builders import PAY, Client, billed, lent, on
from tests.resolvers.operations import OPERATE, PREVIEW, codes, emi_loan, is_clean, operated

LOAN = """query ($id: ID!) { loan(id: $id) { emi loanTerm payoff deferredInterest nextDueDate closureReason
  bills(first: 50) { edges { node { cycle interest minimumDue installment deferred deferredShare status stillToPay
    versions { interest deferred } } } } } }"""
LINES = """query ($id: ID!, $asOf: Date) { statement(loanId: $id, asOf: $asOf) {
  pastTransactions { kind date interest } upcomingEmis { number amountDue interest } } }"""
WHAT_IF = """query ($id: ID!, $input: WhatIfInput!) { whatIf(loanId: $id, input: $input) {
  changed { deferredInterest loanTerm payoff } problems { code } } }"""
EXPLAIN = "query ($id: ID!) { explain(loanId: $id, figure: PAYOFF) { rule text value } }"
EVENTS = "query ($id: ID!) { loan(id: $id) { events { edges { node { kind amount } } } } }"
STANDINGS = """query ($loan: ID!, $operation: OperationInput!) { preview(loanId: $loan, operation: $operation) {
  ... on Change { after { deferredInterest loanTerm } } } }"""


def moratorium(cycles: int) -> dict[str, Any]:
    return {"grantMoratorium": {"cycles": cycles}}


async def bills(client: Client, loan_id: str) -> list[dict[str, Any]]:
    return [one["node"] for one in (await client.ask(LOAN, id=loan_id))["bills"]["edges"]]


async def test_a_moratorium_sets_interest_aside_and_later_bills_demand_it(borrower: Client, operator: Client) -> None:
    loan_id = await emi_loan(borrower, operator)
    await on(operator, "2026-03-15")
    shown = await operator.ask(PREVIEW, loan=loan_id, operation=moratorium(2))
    assert (shown["after"]["loanTerm"], shown["after"]["emi"], shown["postings"]) == (14, "10661.85", [])
    done = await operated(operator, loan_id, "mora-1", moratorium(2))
    assert done["after"] == shown["after"]
    assert (await operated(operator, loan_id, "mora-1", moratorium(2)))["replayed"]
    other = {"loanId": loan_id, "requestId": "mora-1", "reason": "the bank's letter", "operation": moratorium(1)}
    assert (await operator.ask(OPERATE, input=other))["problems"][0]["code"] == "REQUEST_ID_CONFLICT"
    await is_clean()
    for day in ("2026-04-05", "2026-05-05", "2026-06-05"):
        await on(operator, day)
        await billed(day)
        await is_clean()
    loan = await borrower.ask(LOAN, id=loan_id)
    assert (loan["payoff"], loan["deferredInterest"], loan["loanTerm"]) == ("104011.14", "1817.68", 14)
    silent, newest = (await bills(borrower, loan_id))[3:]
    assert (silent["minimumDue"], silent["deferred"], silent["status"]) == ("0.00", "1009.82", "PAID")
    assert (newest["interest"], newest["deferredShare"], newest["installment"]) == ("1211.78", "201.96", "10863.81")
    lines = (await borrower.ask(LINES, id=loan_id))["pastTransactions"]
    assert [one for one in lines if one["kind"] == "MORATORIUM"] == [
        {"kind": "MORATORIUM", "date": "2026-03-15", "interest": "0.00"}
    ]
    steps = await borrower.ask(EXPLAIN, id=loan_id)
    assert "13.1" in [step["rule"] for step in steps]
    assert steps[-1]["value"] == "104011.14"


async def test_interest_that_was_set_aside_is_in_suspense_while_the_loan_is_npa(
    borrower: Client, operator: Client
) -> None:
    loan_id = await emi_loan(borrower, operator)
    await on(operator, "2026-03-15")
    await operated(operator, loan_id, "mora-npa", moratorium(2))
    for day in ("2026-04-05", "2026-05-05", "2026-06-05", "2026-07-05", "2026-08-05", "2026-09-05", "2026-09-14"):
        await on(operator, day)
        await billed(day)
    # Bill 5 is due on 06-15, and so the loan is NPA at the end of 09-13.
    moved = await LedgerEntry.filter(event="CLASS").values_list("debit", "credit", "effective_on")
    assert moved == [("INTEREST_INCOME", "INTEREST_SUSPENSE", date(2026, 9, 13))]
    await is_clean()
    await borrower.ask(PAY, input={"loanId": loan_id, "amount": "20000.00"})
    await is_clean()
    await operated(operator, loan_id, "waive-npa", {"waive": {"amount": "2500.00"}})
    await is_clean()
    await operated(operator, loan_id, "lost-npa", {"writeOff": {"confirm": True}})
    await is_clean()


async def test_the_payoff_and_a_waiver_reach_the_interest_that_was_set_aside(
    borrower: Client, operator: Client
) -> None:
    loan_id = await emi_loan(borrower, operator)
    await on(operator, "2026-03-15")
    await operated(operator, loan_id, "mora-1", moratorium(1))
    await on(operator, "2026-04-20")
    await billed("2026-04-20")
    waived = await operated(operator, loan_id, "waive-1", {"waive": {"amount": "9.82"}})
    assert {one["debit"]: one["amount"] for one in waived["postings"]} == {"WAIVERS": "9.82"}
    await is_clean()
    assert (await borrower.ask(LOAN, id=loan_id))["deferredInterest"] == "1000.00"
    # All principal and a part of the interest set aside: the loan stays open, and owes only interest.
    await borrower.ask(PAY, input={"loanId": loan_id, "amount": "101481.68"})
    loan = await borrower.ask(LOAN, id=loan_id)
    assert (loan["deferredInterest"], loan["closureReason"]) == ("500.00", None)
    await is_clean()
    await borrower.ask(PAY, input={"loanId": loan_id, "amount": loan["payoff"]})
    assert (await borrower.ask(LOAN, id=loan_id))["closureReason"] == "PAID"
    await is_clean()


async def test_a_moratorium_that_is_reversed_makes_its_bills_due_again(borrower: Client, operator: Client) -> None:
    loan_id = await lent(borrower)
    await on(operator, "2026-01-20")
    await operated(operator, loan_id, "mora-1", moratorium(2))
    await on(operator, "2026-03-20")
    await billed("2026-03-20")
    assert [one["deferred"] for one in await bills(borrower, loan_id)] == ["435.00", "435.00"]
    announced = (await borrower.ask(LINES, id=loan_id))["upcomingEmis"]
    assert announced[0] == {"number": 3, "amountDue": "4478.53", "interest": "507.50"}
    await is_clean()
    done = await operated(operator, loan_id, "undo", {"reverse": {"eventId": f"{loan_id}-2", "cause": "ERROR"}})
    assert [(one["minimumDue"], one["dueDate"]) for one in await dues(borrower, loan_id)] == [
        ("1935.00", "2026-04-04"),
        ("1935.00", "2026-04-04"),
    ]
    assert (done["after"]["pastDue"], done["after"]["daysPastDue"]) == ("0.00", 0)
    first = (await bills(borrower, loan_id))[0]
    assert first["versions"] == [{"interest": "0.00", "deferred": "435.00"}, {"interest": "435.00", "deferred": "0.00"}]
    await is_clean()
    kinds = [one["node"]["kind"] for one in (await borrower.ask(EVENTS, id=loan_id))["events"]["edges"]]
    assert kinds == ["DISBURSAL", "MORATORIUM", "REVERSAL"]


async def dues(client: Client, loan_id: str) -> list[dict[str, Any]]:
    found = await client.ask(
        "query ($id: ID!) { loan(id: $id) { bills { edges { node { minimumDue dueDate } } } } }", id=loan_id
    )
    return [one["node"] for one in found["bills"]["edges"]]


async def test_a_payment_that_is_found_later_keeps_the_moratorium(borrower: Client, operator: Client) -> None:
    loan_id = await lent(borrower)
    await on(operator, "2026-02-10")
    await operated(operator, loan_id, "mora-1", moratorium(1))
    await on(operator, "2026-03-10")
    await billed("2026-03-10")
    order = {"loanId": loan_id, "amount": "20000.00", "paymentDate": "2026-02-05", "backdate": True, "reason": "cash"}
    await operator.ask(PAY, input=order)
    assert [one["deferred"] for one in await bills(borrower, loan_id)] == ["0.00", "293.15"]
    lines = (await borrower.ask(LINES, id=loan_id, asOf="2026-03-10"))["pastTransactions"]
    assert [one["kind"] for one in lines] == ["DISBURSAL", "BILL", "PAYMENT", "MORATORIUM", "BILL"]
    await is_clean()


async def test_a_moratorium_is_tried_by_a_what_if(borrower: Client, operator: Client) -> None:
    loan_id = await lent(borrower)
    await on(operator, "2026-02-10")
    added = [{"operation": {"on": "2026-02-10", "operation": moratorium(cycles)}} for cycles in (3, 4)]
    found = await operator.ask(WHAT_IF, id=loan_id, input={"asOf": "2026-03-10", "add": added})
    assert found["problems"] == [{"code": "MORATORIUM_OUT_OF_RANGE"}]
    assert (found["changed"]["loanTerm"], found["changed"]["deferredInterest"]) == (15, "435.00")
    after = (await operator.ask(STANDINGS, loan=loan_id, operation=moratorium(1)))["after"]
    assert after == {"deferredInterest": "0.00", "loanTerm": 13}


async def test_moratoria_are_refused(borrower: Client, operator: Client) -> None:
    loan_id = await lent(borrower, term=2)
    await on(operator, "2026-02-02")
    await billed("2026-02-02")
    for cycles in (0, 7, -1):
        assert await codes(operator, loan_id, moratorium(cycles)) == ["MORATORIUM_OUT_OF_RANGE"]
    await on(operator, "2026-03-10")
    await billed("2026-03-10")
    assert await codes(operator, loan_id, moratorium(1)) == ["TERM_OVER"]
    assert await codes(operator, loan_id, moratorium(7)) == ["MORATORIUM_OUT_OF_RANGE", "TERM_OVER"]
