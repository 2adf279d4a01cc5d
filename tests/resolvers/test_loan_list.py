"""Operators list loans: the past due ones first, those due this week, active, closed and all, in pages."""

from collections.abc import Callable
from datetime import date, timedelta

import pytest

from models.audit import AuditEntry
from models.loans import Loan
from rules import billing, owed, plan
from rules import loan as rules
from tests.builders import PAY, Client, billed, lent, on, registered

LOANS = """query ($filter: LoanFilter, $first: Int, $after: String) {
  loans(filter: $filter, first: $first, after: $after) {
  totalCount pageInfo { hasNextPage endCursor }
  edges { cursor node { id status daysPastDue pastDue } } } }"""
FILTERS = ("PAST_DUE", "DUE_THIS_WEEK", "ACTIVE", "CLOSED", None)


async def listed(operator: Client, wanted: str | None, first: int = 2) -> list[str]:
    """The ids of a whole list, read in short pages."""
    found: list[str] = []
    after = None
    while True:
        page = await operator.ask(LOANS, filter=wanted, first=first, after=after)
        found += [edge["node"]["id"] for edge in page["edges"]]
        assert page["pageInfo"]["endCursor"] == (page["edges"][-1]["cursor"] if page["edges"] else None)
        if not page["pageInfo"]["hasNextPage"]:
            assert page["totalCount"] == len(found) == len(set(found))
            return found
        after = page["pageInfo"]["endCursor"]


def due_on(loan: Loan, today: date) -> date:
    """The due date of the oldest unpaid minimum, or that of the next bill. Cycles that have come are billed."""
    _, standing = billing.bill_through(loan.terms, loan.standing, today)
    return standing.oldest_due_on or plan.due_date(loan.terms, standing.cycles_billed + 1)


async def expected(wanted: str | None, today: date) -> list[str]:
    """The same list by the rules, from each loan's row."""
    rows = await Loan.all()
    if wanted in {None, "CLOSED"}:
        return [str(loan_id) for loan_id in sorted(loan.id for loan in rows if not wanted or loan.closed_on)[::-1]]
    open_loans = sorted([loan for loan in rows if not loan.closed_on], key=lambda loan: (due_on(loan, today), loan.id))
    chosen: dict[str, Callable[[Loan], bool]] = {
        "ACTIVE": lambda _: True,
        "PAST_DUE": lambda loan: owed.position(rules.Loan.of(loan), today).days_past_due > 0,
        "DUE_THIS_WEEK": lambda loan: today <= due_on(loan, today) < today + timedelta(days=7),
    }
    return [str(loan.id) for loan in open_loans if chosen[str(wanted)](loan)]


async def pay(payer: Client, loan_id: str, amount: str) -> None:
    if amount == "payoff":
        amount = (await payer.ask("query ($id: ID!) { loan(id: $id) { payoff } }", id=loan_id))["payoff"]
    answer = await payer.ask(PAY, input={"loanId": loan_id, "amount": amount})
    assert answer["__typename"] == "PaymentReceipt", answer


@pytest.mark.pooled
async def test_every_list_agrees_with_the_rules_on_each_day_billed_or_not(client: Client, operator: Client) -> None:
    """Loans of several days, paid late, short, ahead and in full; billing is late for a month."""
    seen: set[str | None] = set()
    numbers = iter(range(10, 40))
    life: dict[str, list[tuple[int, str]]] = {
        "2026-02-12": [(0, "payoff"), (1, "500.00")],
        "2026-03-05": [(2, "3000.00")],
        "2026-03-20": [(1, "9000.00")],
        "2026-06-01": [(3, "payoff")],
    }
    loans: list[str] = []
    for day in ("2026-01-01", "2026-01-05", "2026-01-09"):
        await on(operator, day)
        for rate in ("0", "24"):
            borrower = await registered(client, aadhaar_id=f"2341234124{next(numbers)}")
            loans.append(await lent(borrower, "10000", 6, rate))
    for day in ("2026-01-31", "2026-02-12", "2026-02-16", "2026-02-20", "2026-03-05", "2026-03-20", "2026-06-01"):
        await on(operator, day)
        if day < "2026-03-20":
            await billed(day)
        for number, amount in life.get(day, []):
            await pay(operator, loans[number], amount)
        for wanted in FILTERS:
            found = await listed(operator, wanted)
            assert found == await expected(wanted, date.fromisoformat(day)), f"{wanted} on {day}"
            seen |= {wanted} if found else set()
    assert seen == set(FILTERS)


async def test_the_audit_log_names_the_borrowers_of_a_page_once_a_day(client: Client, operator: Client) -> None:
    for number in (6, 7, 8):
        await lent(await registered(client, aadhaar_id=f"23412341234{number}"), "1000")
    await operator.ask(LOANS, filter="ACTIVE", first=2)
    read = await AuditEntry.filter(event="PERSON_READ").order_by("id")
    assert [(entry.actor, entry.user_id, entry.details) for entry in read] == [
        ("OPERATOR", user_id, {"day": "2026-01-01"}) for user_id in (1, 2)
    ]
    await operator.ask(LOANS, first=3)
    assert await AuditEntry.filter(event="PERSON_READ").count() == 3


async def test_a_cursor_of_another_list_or_of_none_is_bad_input(borrower: Client, operator: Client) -> None:
    await lent(borrower)
    by_id = (await operator.ask(LOANS))["pageInfo"]["endCursor"]
    by_due_date = (await operator.ask(LOANS, filter="ACTIVE"))["pageInfo"]["endCursor"]
    for wanted, cursor in (("ACTIVE", by_id), (None, by_due_date), ("PAST_DUE", "OTk5OTk5OTk5OTk5LjE=")):
        assert await operator.error(LOANS, filter=wanted, after=cursor) == "BAD_USER_INPUT", wanted
    assert await operator.error(LOANS, first=101) == "BAD_USER_INPUT"
