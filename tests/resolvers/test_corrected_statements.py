"""The statement of a loan with corrections: every line in the order of its date, and a balance that is right."""

import base64
from typing import Any

from models import life_events
from models.loans import Loan
from rules import chains
from tests.builders import PAY, Client, lent, on
from tests.resolvers.operations import operated, worked_loan

LINE = "date kind amountPaid interest principal credit principalBalance reversedOn event { id cause reason madeBy }"
LINES = f"query ($id: ID!) {{ statement(loanId: $id) {{ pastTransactions {{ {LINE} }} }} }}"
PAGE = f"""query ($id: ID!, $first: Int, $after: String) {{ statement(loanId: $id) {{
  pastTransactionsConnection(first: $first, after: $after) {{
    totalCount pageInfo {{ hasNextPage endCursor }} edges {{ node {{ {LINE} }} }} }} }} }}"""
HEAD = "query ($id: ID!) { statement(loanId: $id) { chainHead loan { sequence } } }"
LOAN = "query ($id: ID!) { loan(id: $id) { principalBalance } }"
BILLS = "query ($id: ID!, $after: String) { loan(id: $id) { bills(after: $after) { edges { cursor } } } }"


async def lines(client: Client, loan_id: str) -> list[str]:
    """The lines of a statement, which are those of its pages of any length."""
    found = (await client.ask(LINES, id=loan_id))["pastTransactions"]
    for first in (1, 2, 5, 100):
        assert await paged(client, loan_id, first) == found
    loan = await client.ask(LOAN, id=loan_id)
    assert found[-1]["principalBalance"] == loan["principalBalance"]
    return [_shown(line) for line in found]


def _shown(line: dict[str, Any]) -> str:
    event = line["event"] and line["event"]["id"].partition("-")[2]
    names = ("kind", "amountPaid", "interest", "principal", "credit", "principalBalance")
    text = " ".join((line["date"], *(line[name] for name in names), f"event {event}"))
    return text if line["reversedOn"] is None else f"{text} reversed on {line['reversedOn']}"


async def paged(client: Client, loan_id: str, first: int) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    after = None
    while True:
        page = (await client.ask(PAGE, id=loan_id, first=first, after=after))["pastTransactionsConnection"]
        found += [edge["node"] for edge in page["edges"]]
        if not page["pageInfo"]["hasNextPage"]:
            assert page["totalCount"] == len(found)
            return found
        after = page["pageInfo"]["endCursor"]


async def test_a_reversed_line_stays_and_changes_no_balance(borrower: Client, operator: Client) -> None:
    loan_id = await worked_loan(borrower, operator)
    await operated(operator, loan_id, "bounce", {"reverse": {"eventId": f"{loan_id}-3", "cause": "BOUNCED"}})
    assert await lines(borrower, loan_id) == [
        "2026-01-01 DISBURSAL 0.00 0.00 50000.00 0.00 50000.00 event 1",
        "2026-01-31 BILL 0.00 435.00 0.00 0.00 50000.00 event None",
        "2026-02-10 PAYMENT 1000.00 435.00 565.00 0.00 49435.00 event 2",
        "2026-03-02 BILL 0.00 431.72 0.00 0.00 49435.00 event None",
        "2026-03-12 PAYMENT 6000.00 431.72 5568.28 0.00 49435.00 event 3 reversed on 2026-04-03",
        "2026-03-12 REVERSAL 0.00 0.00 0.00 0.00 49435.00 event 4",
        "2026-04-01 BILL 0.00 430.08 0.00 0.00 49435.00 event None",
    ]
    reversal = (await borrower.ask(LINES, id=loan_id))["pastTransactions"][5]["event"]
    assert reversal == {"id": f"{loan_id}-4", "cause": "BOUNCED", "reason": "the bank's letter", "madeBy": None}
    assert (await operator.ask(LINES, id=loan_id))["pastTransactions"][5]["event"]["madeBy"] == "1"
    await operated(operator, loan_id, "undo", {"reverse": {"eventId": f"{loan_id}-4", "cause": "ERROR"}})
    assert (await lines(operator, loan_id))[4:] == [
        "2026-03-12 PAYMENT 6000.00 431.72 5568.28 0.00 43866.72 event 3",
        "2026-03-12 REVERSAL 0.00 0.00 0.00 0.00 43866.72 event 4 reversed on 2026-04-03",
        "2026-03-12 REVERSAL 0.00 0.00 0.00 0.00 43866.72 event 5",
        "2026-04-01 BILL 0.00 397.79 0.00 0.00 43866.72 event None",
    ]


async def test_a_backdated_payment_stands_at_its_date_and_a_refund_is_a_line(
    borrower: Client, operator: Client
) -> None:
    loan_id = await worked_loan(borrower, operator)
    await borrower.ask(PAY, input={"loanId": loan_id, "amount": "44289.95"})
    await on(operator, "2026-04-20")
    late = {"loanId": loan_id, "amount": "500.00", "paymentDate": "2026-03-20", "backdate": True, "reason": "found"}
    await operator.ask(PAY, input=late)
    await operated(operator, loan_id, "refund", {"refund": {"amount": "502.03"}})
    assert (await lines(borrower, loan_id))[4:] == [
        "2026-03-12 PAYMENT 6000.00 431.72 5568.28 0.00 43866.72 event 3",
        "2026-03-20 PAYMENT 500.00 0.00 500.00 0.00 43366.72 event 5",
        "2026-04-01 BILL 0.00 396.05 0.00 0.00 43366.72 event None",
        "2026-04-03 PAYMENT 44289.95 421.20 43366.72 502.03 0.00 event 4",
        "2026-04-20 REFUND 0.00 0.00 0.00 -502.03 0.00 event 6",
    ]


async def test_a_cancelled_loan_has_a_struck_disbursal_and_no_balance(borrower: Client, operator: Client) -> None:
    loan_id = await lent(borrower)
    await operated(operator, loan_id, "cancel", {"reverse": {"eventId": f"{loan_id}-1", "cause": "ERROR"}})
    assert await lines(borrower, loan_id) == [
        "2026-01-01 DISBURSAL 0.00 0.00 50000.00 0.00 0.00 event 1 reversed on 2026-01-01",
        "2026-01-01 REVERSAL 0.00 0.00 0.00 0.00 0.00 event 2",
    ]


async def test_a_statement_carries_the_head_of_a_chain_that_an_operation_extends(
    borrower: Client, operator: Client
) -> None:
    loan_id = await worked_loan(borrower, operator)
    before = await borrower.ask(HEAD, id=loan_id)
    await operated(operator, loan_id, "bounce", {"reverse": {"eventId": f"{loan_id}-3", "cause": "BOUNCED"}})
    after = await borrower.ask(HEAD, id=loan_id)
    events = [row.event() for row in (await life_events.of_loans([int(loan_id)]))[int(loan_id)]]
    links = [link.hex() for link in chains.chain(int(loan_id), (await Loan.get(id=loan_id)).terms, events)]
    assert before == {"chainHead": links[3], "loan": {"sequence": 3}}
    assert after == {"chainHead": links[4], "loan": {"sequence": 4}}


async def test_a_cursor_of_no_day_is_refused(borrower: Client) -> None:
    loan_id = await lent(borrower)
    for after in ("MC4x", "OTk5OTk5OTkuMQ==", "OTk5OTk5OTk5OTk5OTk5OTk5LjE="):
        assert await borrower.error(PAGE, id=loan_id, after=after) == "BAD_USER_INPUT"


async def test_a_page_after_a_number_beyond_all_rows_is_empty(borrower: Client) -> None:
    loan_id = await lent(borrower)
    beyond = base64.urlsafe_b64encode(b"739999.9999999999").decode()
    lines = (await borrower.ask(PAGE, id=loan_id, after=beyond))["pastTransactionsConnection"]["edges"]
    beyond = base64.urlsafe_b64encode(b"9999999999").decode()
    bills = (await borrower.ask(BILLS, id=loan_id, after=beyond))["bills"]["edges"]
    assert lines == bills == []
