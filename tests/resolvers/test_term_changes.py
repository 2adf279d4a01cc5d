"""Changes of terms through the API: the rate and the billing date, at once and ahead, with every refusal."""

from typing import Any

from tests.builders import Client, billed, lent, on
from tests.resolvers.operations import OPERATE, PREVIEW, codes, emi_loan, is_clean, operated

PAY = """mutation ($input: MakePaymentInput!) { makePayment(input: $input) { __typename
  ... on PaymentReceipt { loan { payoff status } } ... on Refusal { problems { code } } } }"""
BILLS = """query ($id: ID!) { loan(id: $id) { emi loanTerm
  bills { edges { node { cycle billingDate interest installment } } } } }"""
TERMS = "query ($id: ID!, $asOf: Date) { loan(id: $id, asOf: $asOf) { interestRate dailyRate emi loanTerm } }"
EXPLAIN = "query ($id: ID!) { explain(loanId: $id, figure: EMI) { rule text } }"
UPCOMING = "query ($id: ID!) { statement(loanId: $id) { upcomingEmis { date interest amountDue } } }"
LINES = "query ($id: ID!) { statement(loanId: $id) { pastTransactions { kind date } } }"


def rate(interest_rate: str, on_day: str, choice: str = "KEEP_TERM", emi: str | None = None) -> dict[str, Any]:
    return {"changeRate": {"interestRate": interest_rate, "effectiveOn": on_day, "choice": choice, "emi": emi}}


def due(day: str) -> dict[str, Any]:
    return {"changeDueDate": {"nextBillingDate": day}}


async def test_a_rate_that_was_agreed_ahead_counts_from_its_date(borrower: Client, operator: Client) -> None:
    loan_id = await emi_loan(borrower, operator)
    await on(operator, "2026-03-20")
    order = rate("11", "2026-04-01")
    done = await operated(operator, loan_id, "rate-1", order)
    assert [one["kind"] for one in done["events"]] == ["RATE_CHANGE"]
    assert done["before"]["emi"] == done["after"]["emi"] == "10661.85"
    assert (await operated(operator, loan_id, "rate-1", order))["replayed"]
    first = (await borrower.ask(UPCOMING, id=loan_id))["upcomingEmis"][0]
    assert first == {"date": "2026-04-05", "interest": "998.96", "amountDue": "10614.25"}
    await is_clean()
    agreed = {"interestRate": "12.000", "dailyRate": "0.033", "emi": "10661.85", "loanTerm": 12}
    changed = {"interestRate": "11.000", "dailyRate": "0.030", "emi": "10614.25", "loanTerm": 12}
    for day, expected in (("2026-03-31", agreed), ("2026-04-01", changed), ("2026-04-04", changed)):
        assert await borrower.ask(TERMS, id=loan_id, asOf=day) == expected, day
        await on(operator, day)
        assert await borrower.ask(TERMS, id=loan_id) == expected, day
    await on(operator, "2026-04-05")
    await billed("2026-04-05")
    assert await borrower.ask(TERMS, id=loan_id) == changed
    loan = await borrower.ask(BILLS, id=loan_id)
    assert loan["emi"] == "10614.25"
    newest = loan["bills"]["edges"][-1]["node"]
    assert (newest["interest"], newest["installment"]) == ("998.96", "10614.25")
    await is_clean()
    await borrower.ask(PAY, input={"loanId": loan_id, "amount": "30000.00"})
    await is_clean()
    # The same change from another date is another operation.
    refused = await operator.ask(
        OPERATE,
        input={"loanId": loan_id, "requestId": "rate-1", "reason": "agreed", "operation": rate("11", "2026-04-02")},
    )
    assert [one["code"] for one in refused["problems"]] == ["REQUEST_ID_CONFLICT"]
    await operated(operator, loan_id, "undo", {"reverse": {"eventId": f"{loan_id}-4", "cause": "ERROR"}})
    await is_clean()


async def test_a_rate_of_an_earlier_day_restates_the_bills(borrower: Client, operator: Client) -> None:
    loan_id = await emi_loan(borrower, operator)
    await on(operator, "2026-04-10")
    await billed("2026-04-10")
    done = await operated(operator, loan_id, "rate-1", rate("13", "2026-04-01", "KEEP_EMI"))
    assert (done["after"]["emi"], done["after"]["loanTerm"]) == ("10661.85", 13)
    (bill,) = done["restatedBills"]
    assert bill["interest"] == "1020.68"
    await is_clean()


async def test_a_billing_date_moves(borrower: Client, operator: Client) -> None:
    loan_id = await lent(borrower)
    await on(operator, "2026-02-10")
    await billed("2026-02-10")
    await borrower.ask(PAY, input={"loanId": loan_id, "amount": "4406.03"})
    await on(operator, "2026-02-16")
    await operated(operator, loan_id, "due-1", due("2026-03-05"))
    await on(operator, "2026-03-05")
    await billed("2026-03-05")
    loan = await borrower.ask(BILLS, id=loan_id)
    newest = loan["bills"]["edges"][-1]["node"]
    assert newest == {"cycle": 2, "billingDate": "2026-03-05", "interest": "452.01", "installment": "4409.83"}
    assert "13.3" in [step["rule"] for step in await borrower.ask(EXPLAIN, id=loan_id)]
    lines = (await borrower.ask(LINES, id=loan_id))["pastTransactions"]
    assert {"kind": "DUE_DATE_CHANGE", "date": "2026-02-16"} in lines
    await is_clean()


async def test_changes_of_terms_are_refused(borrower: Client, operator: Client) -> None:
    loan_id = await lent(borrower)
    await on(operator, "2026-02-02")
    await billed("2026-02-02")
    assert await codes(operator, loan_id, rate("11", "2026-02-02")) == ["RATE_IS_FIXED"]
    assert await codes(operator, loan_id, rate("99", "2026-02-02")) == ["RATE_OUT_OF_RANGE"]
    assert await codes(operator, loan_id, rate("-0.001", "2026-02-02")) == ["RATE_OUT_OF_RANGE"]
    assert await codes(operator, loan_id, rate("11", "2026-06-02")) == ["EFFECTIVE_DATE_IN_FUTURE", "RATE_IS_FIXED"]
    needless = rate("10", "2026-02-02", "KEEP_EMI", "10.00")
    assert await operator.error(PREVIEW, loan=loan_id, operation=needless) == "BAD_USER_INPUT"
    assert await codes(operator, loan_id, rate("10", "2026-02-02", "SET_EMI", "10.00")) == ["EMI_TOO_LOW"]
    assert await codes(operator, loan_id, rate("10", "2026-02-02", "SET_EMI")) == ["EMI_TOO_LOW"]
    assert await codes(operator, loan_id, rate("10", "2026-06-02")) == ["EFFECTIVE_DATE_IN_FUTURE"]
    assert await codes(operator, loan_id, rate("10", "2025-12-31")) == ["EFFECTIVE_DATE_TOO_EARLY"]
    for day in ("2026-02-02", "2026-02-15", "2026-03-02", "2026-04-03"):
        assert await codes(operator, loan_id, due(day)) == ["BILLING_DATE_OUT_OF_RANGE"], day
