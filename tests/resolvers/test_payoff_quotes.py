"""A quote of the payoff through the API: a payment of a day's total on that day closes the loan."""

from tests.builders import PAY, REFUSAL, Client, lent, on

QUOTE = f"""query ($loan: ID!, $through: Date) {{ payoffQuote(loanId: $loan, through: $through) {{ __typename {REFUSAL}
  ... on PayoffQuote {{ loan {{ id payoff }} prepaymentCharge
    days {{ date principal interest charges prepaymentCharge gst total }} }} }} }}"""


async def test_a_quoted_total_closes_the_loan_on_its_day(borrower: Client, operator: Client) -> None:
    await on(operator, "2026-01-01")
    loan_id = await lent(borrower)
    quoted = await borrower.ask(QUOTE, loan=loan_id, through="2026-02-01")
    assert quoted == await operator.ask(QUOTE, loan=loan_id)
    first, *_, before, last = quoted["days"]
    assert (len(quoted["days"]), first["date"], first["total"]) == (32, "2026-01-01", quoted["loan"]["payoff"])
    nothing = {"charges": "0.00", "prepaymentCharge": "0.00", "gst": "0.00"}
    assert before["total"] == "50435.00"  # with the bill of 2026-01-31
    assert last == nothing | {
        "date": "2026-02-01",
        "principal": "50000.00",
        "interest": "449.50",
        "total": "50449.50",
    }
    assert quoted["prepaymentCharge"] == "NONE_PRODUCT"
    await on(operator, "2026-02-01")
    paid = await borrower.ask(PAY, input={"loanId": loan_id, "amount": last["total"]})
    assert paid["loan"]["status"] == "CLOSED"
    refused = await borrower.ask(QUOTE, loan=loan_id, through="2026-03-05")
    assert [problem["code"] for problem in refused["problems"]] == ["LOAN_CLOSED", "QUOTE_TOO_FAR"]
    assert await borrower.error(QUOTE, loan=loan_id, through="2026-01-31") == "BAD_USER_INPUT"
