"""A what-if through the API: the worked life W14 with one payment more, and with one left out. Nothing is stored."""

from typing import Any

from models.payments import Payment
from tests.builders import APPLY, PAY, Client, billed, lent, on
from tests.resolvers.operations import operated

FIGURES = "principalBalance interestDue accruedInterest emi loanTerm payoff pastDue daysPastDue"
WHAT_IF = f"""query ($loan: ID!, $input: WhatIfInput!) {{ whatIf(loanId: $loan, input: $input) {{ asOf
  actual {{ {FIGURES} }} changed {{ {FIGURES} }} bills {{ id cycle interest stillToPay }}
  upcomingEmis {{ number amountDue }} voided {{ id }} problems {{ code field }} }} }}"""
SETTLE = {"settle": {"amount": "40000.00", "until": "2026-03-01"}}
AS_IT_IS = ["49435.00", "431.72", "143.36", "4642.57", 12, "50010.08", "935.00", 25]


def figures(standing: dict[str, Any]) -> list[Any]:
    return list(standing.values())


async def worked_loan(borrower: Client, operator: Client) -> str:
    await on(operator, "2026-01-01")
    loan_id = str((await borrower.ask(APPLY, input={"amount": "50000", "loanTerm": 12, "interestRate": "10.5"}))["id"])
    await on(operator, "2026-02-10")
    await borrower.ask(PAY, input={"loanId": loan_id, "amount": "1000.00"})
    await on(operator, "2026-03-12")
    await billed("2026-03-12")
    return loan_id


async def test_a_payment_that_is_added_changes_the_figures_and_stores_nothing(
    borrower: Client, operator: Client
) -> None:
    loan_id = await worked_loan(borrower, operator)
    paid = {"add": [{"payment": {"on": "2026-02-20", "amount": "6000.00"}}]}
    found = await borrower.ask(WHAT_IF, loan=loan_id, input=paid)
    assert (found["asOf"], figures(found["actual"])) == ("2026-03-12", AS_IT_IS)
    assert figures(found["changed"]) == ["43435.00", "414.32", "125.96", "4157.73", 12, "43975.28", "0.00", 0]
    assert [bill["interest"] for bill in found["bills"]] == ["435.00", "414.32"]
    assert (found["upcomingEmis"][0]["amountDue"], found["voided"], found["problems"]) == ("4157.73", [], [])
    assert await Payment.all().count() == 1
    null = {"add": [{"payment": paid["add"][0]["payment"] | {"prepayment": None}}]}
    assert await borrower.ask(WHAT_IF, loan=loan_id, input=null) == found
    later = await borrower.ask(WHAT_IF, loan=loan_id, input={"asOf": "2026-04-02"})
    assert later["actual"] == later["changed"]
    # Only the newest bill asks for its installment.
    assert [(bill["id"] == "0", bill["stillToPay"]) for bill in later["bills"]] == [
        (False, "935.00"),
        (False, "1914.77"),
        (True, "4929.59"),
    ]


async def test_an_event_is_left_out_or_reversed(borrower: Client, operator: Client) -> None:
    loan_id = await worked_loan(borrower, operator)
    event_id = f"{loan_id}-2"
    bounced = {"on": "2026-03-12", "operation": {"reverse": {"eventId": event_id, "cause": "BOUNCED"}}}
    without = await operator.ask(WHAT_IF, loan=loan_id, input={"leaveOut": [event_id]})
    reversed_one = await operator.ask(WHAT_IF, loan=loan_id, input={"add": [{"operation": bounced}]})
    assert without["changed"] == reversed_one["changed"] != without["actual"]
    assert without["changed"]["principalBalance"] == "50000.00"
    assert await borrower.error(WHAT_IF, loan=loan_id, input={"leaveOut": [event_id]}) == "BAD_USER_INPUT"


async def test_a_change_that_the_rules_refuse_is_left_out_with_its_reason(borrower: Client, operator: Client) -> None:
    loan_id = await worked_loan(borrower, operator)
    add: list[dict[str, Any]] = [
        {"payment": {"on": "2026-03-12", "amount": "60000.00"}},
        {"payment": {"on": "2025-12-31", "amount": "1.00"}},
        {"operation": {"on": "2026-03-12", "operation": {"refund": {"amount": "1.00"}}}},
        {"operation": {"on": "2026-03-12", "operation": {"move": {"eventId": "x", "toLoanId": "1"}}}},
    ]
    found = await operator.ask(WHAT_IF, loan=loan_id, input={"leaveOut": ["7-7"], "add": add})
    assert found["changed"] == found["actual"]
    assert sorted(problem["code"] for problem in found["problems"]) == [
        "AMOUNT_EXCEEDS_PAYOFF",
        "EFFECTIVE_DATE_TOO_EARLY",
        "EVENT_NOT_FOUND",
        "EVENT_NOT_FOUND",
        "REFUND_EXCEEDS_CREDIT",
    ]
    for wrong in ({"add": add * 6}, {"add": [{"payment": {"on": "2036-04-01", "amount": "1.00"}}]}):
        assert await operator.error(WHAT_IF, loan=loan_id, input=wrong) == "BAD_USER_INPUT"


async def test_the_id_of_a_bill_is_not_that_of_an_event(borrower: Client, operator: Client) -> None:
    loan_id = await worked_loan(borrower, operator)
    bills = await borrower.ask("query ($id: ID!) { loan(id: $id) { bills { edges { node { id } } } } }", id=loan_id)
    bill_id = bills["bills"]["edges"][0]["node"]["id"]
    reverse = {"reverse": {"eventId": bill_id, "cause": "ERROR"}}
    add = [{"operation": {"on": "2026-03-12", "operation": reverse}}]
    found = await operator.ask(WHAT_IF, loan=loan_id, input={"leaveOut": [bill_id], "add": add})
    assert [one["code"] for one in found["problems"]] == ["NOT_REVERSIBLE", "NOT_REVERSIBLE"]
    assert found["changed"] == found["actual"]


async def test_an_event_that_finds_nothing_to_do_is_void(borrower: Client, operator: Client) -> None:
    await on(operator, "2026-01-01")
    loan_id = await lent(borrower)
    await on(operator, "2026-02-10")
    await billed("2026-02-10")
    for number, operation in enumerate(({"waive": {"amount": "100.00"}}, SETTLE)):
        await operated(operator, loan_id, f"void-{number}", operation)
    assert await void(borrower, loan_id) == []
    early = {"on": "2026-02-05", "amount": "50507.50"}
    found = await operator.ask(
        "query ($loan: ID!, $input: WhatIfInput!) { whatIf(loanId: $loan, input: $input) { voided { kind void } } }",
        loan=loan_id,
        input={"add": [{"payment": early}]},
    )
    assert found["voided"] == [{"kind": "WAIVER", "void": True}, {"kind": "SETTLEMENT", "void": True}]
    backdated = {"backdate": True, "reason": "found", "paymentDate": early["on"], "amount": early["amount"]}
    await operator.ask(PAY, input={"loanId": loan_id, **backdated})
    for times in ({}, {"asOf": "2026-02-10"}):
        assert await void(borrower, loan_id, **times) == ["WAIVER", "SETTLEMENT"]
    lines = await borrower.ask(
        "query ($id: ID!) { statement(loanId: $id) { pastTransactions { event { kind void } } } }", id=loan_id
    )
    shown = [line["event"] for line in lines["pastTransactions"] if line["event"]]
    assert [one["kind"] for one in shown if one["void"]] == ["WAIVER", "SETTLEMENT"]


async def void(client: Client, loan_id: str, **times: str) -> list[str]:
    """The kinds of the void events of a loan."""
    events = "query ($id: ID!, $asOf: Date) { loan(id: $id, asOf: $asOf) { events { edges { node { kind void } } } } }"
    found = await client.ask(events, id=loan_id, **times)
    return [one["node"]["kind"] for one in found["events"]["edges"] if one["node"]["void"]]


async def test_an_operator_lives_a_loan_under_another_product(borrower: Client, operator: Client) -> None:
    loan_id = await worked_loan(borrower, operator)
    add = "mutation ($input: ProductInput!) { addProduct(input: $input) { __typename } }"
    for due_days, rate in ((15, "5"), (10, "5")):
        product = {"name": "five", "dueDays": due_days, "minimumDueRate": rate}
        assert await operator.ask(add, input=product) == {"__typename": "Product"}
    first = await operator.ask(WHAT_IF, loan=loan_id, input={"product": "five", "version": 1})
    # The figures of `what-if --policy minimum_due_rate=5`.
    changed = first["changed"]
    assert (changed["emi"], changed["pastDue"], changed["daysPastDue"]) == ("4546.84", "1935.00", 25)
    assert (first["actual"]["emi"], first["problems"]) == ("4642.57", [])
    newest = await operator.ask(WHAT_IF, loan=loan_id, input={"product": "five"})
    assert newest["changed"]["daysPastDue"] == 30
    own = await operator.ask(WHAT_IF, loan=loan_id, input={"product": "card"})
    assert own["changed"] == own["actual"] == first["actual"]
    for missing in ({"product": "six"}, {"product": "five", "version": 3}, {"version": 2}):
        found = await operator.ask(WHAT_IF, loan=loan_id, input=missing)
        assert found["problems"] == [{"code": "PRODUCT_NOT_FOUND", "field": "product"}]
        assert found["changed"] == found["actual"]
    for named in ({"product": "five"}, {"version": 1}):
        assert await borrower.error(WHAT_IF, loan=loan_id, input=named) == "BAD_USER_INPUT"
