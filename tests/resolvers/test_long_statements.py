"""Clients read long statements page by page, and no answer exceeds the limit of fields."""

from typing import Any

import pytest

from api.graphql.limits import MOST_COST
from models import database
from tests.builders import PAY, Client, billed, lent, on

LINE = "date kind amountPaid interest principal principalBalance"
PLAIN = f"query ($id: ID!) {{ statement(loanId: $id) {{ asOf pastTransactions {{ {LINE} }} }} }}"
PAGE = f"""query ($id: ID!, $first: Int, $after: String) {{ statement(loanId: $id) {{
  asOf pastTransactionsConnection(first: $first, after: $after) {{
    totalCount pageInfo {{ hasNextPage endCursor }} edges {{ cursor node {{ {LINE} }} }} }} }} }}"""

# The rows that the API would write: each payment of one rupee of principal on its own day, with its ledger entry.
PAYMENTS = """
WITH paid AS (
    INSERT INTO payments (loan_id, user_id, transaction_id, transaction_id_given, paid_on, amount, interest, principal,
        emi_before, emi_after)
    SELECT loan.id, loan.user_id, 'payment-' || n, true, loan.disbursed_on, 1, 0, 1, 1000, 1000
    FROM loans loan, generate_series(1, $2::int) AS n WHERE loan.id = $1
    RETURNING id, loan_id, paid_on
)
INSERT INTO ledger_entries (loan_id, posted_on, event, debit, credit, amount, payment_id)
SELECT loan_id, paid_on, 'PAYMENT', 'CASH', 'PRINCIPAL', 1, id FROM paid
"""
BILLS = """
INSERT INTO bills (loan_id, cycle, billing_date, due_date, principal_balance, interest, minimum_due, installment,
    past_due, interest_paid, principal_paid)
SELECT $1, n, date '2026-01-01' + 30 * n, date '2026-01-16' + 30 * n, 50000, 0, 1, 1, 0, 0, 1
FROM generate_series(1, $2::int) AS n
"""
ALLOCATIONS = """
INSERT INTO allocations (payment_id, bill_id, interest, principal)
SELECT payments.id, bills.id, 0, 0.01 FROM payments JOIN bills USING (loan_id) WHERE loan_id = $1
"""


async def pages(client: Client, loan_id: str, first: int) -> list[dict[str, Any]]:
    """All lines, read page by page."""
    lines: list[dict[str, Any]] = []
    after = None
    while True:
        page = (await client.ask(PAGE, id=loan_id, first=first, after=after))["pastTransactionsConnection"]
        assert len(page["edges"]) == first or not page["pageInfo"]["hasNextPage"]
        assert page["pageInfo"]["endCursor"] == page["edges"][-1]["cursor"]
        lines += [edge["node"] for edge in page["edges"]]
        if not page["pageInfo"]["hasNextPage"]:
            assert page["totalCount"] == len(lines)
            return lines
        after = page["pageInfo"]["endCursor"]


async def test_the_pages_of_a_statement_have_the_lines_of_the_list(borrower: Client, operator: Client) -> None:
    loan_id = await lent(borrower)
    assert await pages(borrower, loan_id, 1) == (await borrower.ask(PLAIN, id=loan_id))["pastTransactions"]
    for day, amounts in (
        ("2026-01-31", ("435.00", "100.00")),
        ("2026-02-10", ("1000.00",)),
        ("2026-03-02", ("50.00", "4000.00", "1.00")),
        ("2026-05-20", ("0.01", "9000.00")),
    ):
        await on(operator, day)
        await billed(day)
        for amount in amounts:
            paid = await borrower.ask(PAY, input={"loanId": loan_id, "amount": amount})
            assert paid["__typename"] == "PaymentReceipt", paid
    free = await lent(borrower, rate="0")
    await on(operator, "2026-06-25")
    await billed("2026-06-25")
    for each, least in ((loan_id, 13), (free, 2)):
        plain = (await operator.ask(PLAIN, id=each))["pastTransactions"]
        assert len(plain) >= least
        for first in (1, 2, 3, 7, 100):
            assert await pages(operator, each, first) == plain


async def test_a_page_that_is_not_one_is_refused(borrower: Client) -> None:
    loan_id = await lent(borrower)
    for first in (0, -1, 101):
        assert await borrower.error(PAGE, id=loan_id, first=first) == "BAD_USER_INPUT"
    # Cursors of another list, with too large a number, with three numbers, with none, and not in base64.
    for after in ("MQ==", "MS45OTk5OTk5OTk5OTk5OTk5OTk5OTk=", "MS4xLjE=", "Lg==", "", "%", "MS4tMQ=="):
        code = await borrower.error(PAGE, id=loan_id, first=1, after=after) if after else "BAD_USER_INPUT"
        assert code == "BAD_USER_INPUT", after


async def test_a_list_of_more_than_a_thousand_lines_says_how_to_page(borrower: Client) -> None:
    loan_id = await lent(borrower)
    await database.execute(PAYMENTS, int(loan_id), 999)
    plain = (await borrower.ask(PLAIN, id=loan_id))["pastTransactions"]
    assert (len(plain), plain[-1]["principalBalance"]) == (1_000, "49001.00")
    assert await pages(borrower, loan_id, 100) == plain
    await database.execute(PAYMENTS.replace("'payment-'", "'another-'"), int(loan_id), 1)
    spread = (
        "query ($id: ID!) { statement(loanId: $id) { ...F } } fragment F on Statement { pastTransactions { date } }"
    )
    for query in (PLAIN, PLAIN.replace("pastTransactions", "lines: pastTransactions"), spread):
        answer = await borrower.post(query, id=loan_id)
        (error,) = answer["errors"]
        assert error["extensions"]["code"] == "BAD_USER_INPUT"
        assert error["message"] == (
            "The loan has more than 1000 past transactions. Page through them with pastTransactionsConnection(first,"
            " after)."
        )
        assert answer["data"] == {"statement": None}
    everything = await pages(borrower, loan_id, 100)
    assert everything[:1_000] == plain
    assert everything[-1]["principalBalance"] == "49000.00"
    # Without the list, the rest of the statement is answered.
    rest = await borrower.ask("query ($id: ID!) { statement(loanId: $id) { asOf upcomingEmis { date } } }", id=loan_id)
    assert len(rest["upcomingEmis"]) == 12
    response = await borrower.http.get(
        f"/api/get-statement/?loan={loan_id}", headers={"Authorization": f"Bearer {borrower.token}"}
    )
    assert response.status_code == 400
    assert response.json()["problems"][0]["message"].startswith("The loan has more than 1000 past transactions.")


def fields(value: object) -> int:
    """The number of fields in an answer."""
    if isinstance(value, list):
        return sum(map(fields, value))
    return sum(1 + fields(one) for one in value.values()) if isinstance(value, dict) else 0


@pytest.fixture
async def long(borrower: Client) -> str:
    """A loan with a hundred payments for a hundred bills each, and nine hundred more."""
    loan_id = await lent(borrower)
    await database.execute(PAYMENTS, int(loan_id), 100)
    await database.execute(BILLS, int(loan_id), 100)
    await database.execute(ALLOCATIONS, int(loan_id))
    await database.execute(PAYMENTS.replace("'payment-'", "'another-'"), int(loan_id), 799)
    return loan_id


ONE = f"statement(loanId: $id) {{ pastTransactions {{ {LINE} }} }}"
BILL = "bill { id cycle billingDate dueDate principalBalance interest minimumDue pastDue totalDue installment status }"
TOO_MUCH = {
    "statements": " ".join(f"a{number}: {ONE}" for number in range(19)),
    "statements in a fragment": " ".join(f"a{number}: statement(loanId: $id) {{ ...F }}" for number in range(19)),
    "allocations": f"loan(id: $id) {{ payments(first: 100) {{ edges {{ node {{ allocations {{ {BILL} }} }} }} }} }}",
}


@pytest.mark.parametrize("name", TOO_MUCH)
async def test_lists_without_pages_count_by_their_real_length(borrower: Client, long: str, name: str) -> None:
    fragment = f"fragment F on Statement {{ pastTransactions {{ {LINE} }} }}" if "...F" in TOO_MUCH[name] else ""
    answer = await borrower.post(f"query ($id: ID!) {{ {TOO_MUCH[name]} }} {fragment}", id=long)
    assert {error["extensions"]["code"] for error in answer["errors"]} == {"BAD_USER_INPUT"}
    assert answer["errors"][0]["message"].startswith(f"The answer has more than {MOST_COST} fields")
    assert fields(answer["data"]) <= MOST_COST
    # Each count is for one answer alone.
    for _ in range(2):
        one = await borrower.post(f"query ($id: ID!) {{ {ONE} }}", id=long)
        assert "errors" not in one
        assert fields(one["data"]) == 2 + 1_000 * 6
