"""Explanations of figures through the API: the last step of each has the figure that the API shows."""

from datetime import UTC, datetime, timedelta

from tests.builders import APPLY, PAY, Client, billed, lent, on
from tests.servers import tamper

EXPLAIN = """query ($loan: ID!, $figure: Figure!, $cycle: Int, $asOf: Date, $knownAt: DateTime) {
  explain(loanId: $loan, figure: $figure, cycle: $cycle, asOf: $asOf, knownAt: $knownAt) {
    date rule text value event { id sequence kind madeBy } bill { id cycle interestPaid } } }"""
LOAN = """query ($id: ID!) { loan(id: $id) { emi principalBalance payoff pastDue daysPastDue credit
  bills { edges { node { id interest minimumDue installment } } } } }"""


async def test_each_figure_of_the_api_is_the_last_step_of_its_explanation(borrower: Client, operator: Client) -> None:
    await on(operator, "2026-01-01")
    loan_id = str((await borrower.ask(APPLY, input={"amount": "50000", "loanTerm": 12, "interestRate": "10.5"}))["id"])
    await on(operator, "2026-02-10")
    await borrower.ask(PAY, input={"loanId": loan_id, "amount": "1000.00"})
    await on(operator, "2026-03-12")
    await billed("2026-03-12")
    shown = await borrower.ask(LOAN, id=loan_id)
    bill = shown["bills"]["edges"][-1]["node"]
    figures = {
        "EMI": shown["emi"],
        "PRINCIPAL_BALANCE": shown["principalBalance"],
        "INTEREST_DUE": "431.72",
        "ACCRUED_INTEREST": "143.36",
        "PAYOFF": shown["payoff"],
        "PAST_DUE": shown["pastDue"],
        "CREDIT": shown["credit"],
        "BILL_INTEREST": bill["interest"],
        "BILL_MINIMUM": bill["minimumDue"],
        "BILL_INSTALLMENT": bill["installment"],
    }
    for figure, value in figures.items():
        steps = await borrower.ask(EXPLAIN, loan=loan_id, figure=figure)
        assert steps[-1]["value"] == value, figure
    days = await operator.ask(EXPLAIN, loan=loan_id, figure="DAYS_PAST_DUE")
    assert days[-1]["text"].endswith(f" = {shown['daysPastDue']} days")
    first, _, paid, classed, short, _ = await borrower.ask(EXPLAIN, loan=loan_id, figure="EMI")
    assert classed["text"] == "day-end: SMA_0"
    assert (first["rule"], first["event"]["kind"], first["bill"]) == ("4", "DISBURSAL", None)
    assert paid["event"] == {"id": f"{loan_id}-2", "sequence": 2, "kind": "PAYMENT", "madeBy": None}
    assert (short["rule"], short["value"], short["bill"]["id"]) == ("5.2", "4642.57", bill["id"])
    assert short["text"] == "bill 1 was not fully paid: EMI 4406.03 → 4642.57 = emi(48500.00, 11)"


async def test_a_figure_is_explained_on_an_earlier_and_a_later_day(borrower: Client, operator: Client) -> None:
    await on(operator, "2026-01-01")
    loan_id = await lent(borrower)
    ahead = await borrower.ask(EXPLAIN, loan=loan_id, figure="BILL_INTEREST", asOf="2026-03-05", cycle=1)
    assert (ahead[-1]["value"], ahead[-1]["bill"]["id"]) == ("435.00", "0")
    await on(operator, "2026-02-10")
    (first,) = await borrower.ask(EXPLAIN, loan=loan_id, figure="EMI", asOf="2026-01-30")
    assert first["value"] == "4406.03"


async def test_an_explanation_lacks_an_event_that_was_recorded_after_a_later_one(
    borrower: Client, operator: Client
) -> None:
    loan_id = await lent(borrower)
    for number in range(2):
        await borrower.ask(PAY, input={"loanId": loan_id, "amount": "10", "transactionId": f"t-{number}"})
    # The version before took the time of a payment before the payment waited for its loan.
    await tamper("UPDATE loans SET created_at = now() - interval '3 hours'")
    await tamper("UPDATE payments SET created_at = now() - interval '2 hours' WHERE sequence = 3")
    at = (datetime.now(UTC) - timedelta(hours=1)).isoformat()
    steps = await borrower.ask(EXPLAIN, loan=loan_id, figure="PRINCIPAL_BALANCE", knownAt=at)
    assert [step["event"]["sequence"] for step in steps] == [1, 3]


async def test_a_day_or_a_bill_outside_the_loans_life_is_bad_input(borrower: Client, operator: Client) -> None:
    await on(operator, "2026-01-01")
    loan_id = await lent(borrower)
    wrong = (
        {"loan": "x"},
        {"asOf": "2025-12-31"},
        {"asOf": "2036-01-20"},
        {"knownAt": "2020-01-01T00:00:00Z"},
        {"knownAt": "2026-01-01T00:00:00"},
        {"figure": "BILL_MINIMUM"},
        {"figure": "BILL_MINIMUM", "cycle": 7},
    )
    for change in wrong:
        variables: dict[str, object] = {"loan": loan_id, "figure": "EMI", **change}
        assert await borrower.error(EXPLAIN, **variables) == "BAD_USER_INPUT", change
