"""The portfolio agrees with the loans' rows on its date, and a later query for that date returns the same figures."""

import asyncio
from datetime import date
from decimal import Decimal
from typing import Any, NamedTuple

import pytest

from models import database
from models import portfolio as models
from models.loans import Loan
from resolvers import portfolio
from rules import loan as rules
from rules import owed
from tests.builders import PAY, STATEMENT, TODAY, Client, billed, lent, on, registered
from tests.servers import overhear

FIGURES = """asOf activeLoans principalOutstanding pastDue
  buckets { firstDay lastDay loans principalOutstanding pastDue } billedMonths { month bills interest }"""
EXPECTED = "expectedCash { overdue cycles { number firstDay lastDay interest principal amount } }"
PORTFOLIO = f"query ($asOf: Date) {{ portfolio(asOf: $asOf) {{ {FIGURES} {EXPECTED} }} }}"
PAYOFF = "query ($id: ID!) { loan(id: $id) { payoff } }"

# On and about due dates, in every bucket, and after the end of a loan.
LOOKS = ["2026-01-01", "2026-01-31", "2026-02-15", "2026-02-16", "2026-03-17", "2026-04-20", "2026-05-31", "2026-08-30"]
LIFE = {
    "2026-02-10": {"minimum": "900.00", "whole": "1666.67", "ahead": "9000.00"},
    "2026-03-10": {"later": "lent"},
    "2026-03-12": {"minimum": "300.00", "whole": "1000.00"},
    "2026-03-17": {"ahead": "100.00"},
    "2026-04-25": {"minimum": "2500.00", "whole": "2333.34"},
    "2026-05-20": {"ahead": "payoff"},
    "2026-06-10": {"never": "9000.00", "later": "77.00"},
}


class Look(NamedTuple):
    """The portfolio of a day, compared with the loans' rows by the rules and with another query."""

    portfolio: dict[str, Any]
    buckets: list[list[Any]]
    expected: list[list[str]]


async def live(operator: Client, borrower: Client) -> dict[str, Look]:
    """A book with every kind of payer, and the figures at each reading."""
    loans = {
        "never": await lent(borrower),
        "minimum": await lent(borrower, "20000", 24, "18"),
        "whole": await lent(borrower, "10000", 6, "0"),
        "ahead": await lent(borrower, "30000", 12, "36"),
    }
    looks = {}
    for day in sorted({*LOOKS, *LIFE}):
        await on(operator, day)
        if day in LOOKS:
            await billed(day)
        for name, amount in LIFE.get(day, {}).items():
            if amount == "lent":
                # The loan goes to another person, because a bill of the first one is past due.
                other = await registered(operator.signed_in(""), aadhaar_id="999941057058")
                loans[name] = await lent(other, "5000", 2, "12")
            else:
                await pay(operator, loans[name], amount)
        if day in LOOKS:
            answer = await operator.ask(PORTFOLIO)
            expected = await expected_by_statements(operator, list(loans.values()), answer["expectedCash"]["cycles"])
            looks[day] = Look(answer, await buckets_by_rows(date.fromisoformat(day)), expected)
    return looks


async def pay(payer: Client, loan_id: str, amount: str) -> None:
    if amount == "payoff":
        amount = (await payer.ask(PAYOFF, id=loan_id))["payoff"]
    answer = await payer.ask(PAY, input={"loanId": loan_id, "amount": amount})
    assert answer["__typename"] == "PaymentReceipt", answer


async def buckets_by_rows(today: date) -> list[list[Any]]:
    """The buckets, computed by the rules from the columns of each loan."""
    edges = [(0, 0), (1, 30), (31, 60), (61, 90), (91, None)]
    buckets: list[list[Any]] = [[*edge, 0, Decimal(0), Decimal(0)] for edge in edges]
    for loan in await Loan.filter(closed_on=None):
        owing = owed.position(rules.Loan.of(loan), today)
        days = owing.days_past_due
        bucket = next(one for one in buckets if one[0] <= days <= (one[1] if one[1] is not None else days))
        bucket[2] += 1
        bucket[3] += loan.principal_balance
        bucket[4] += owing.past_due
    return [[*bucket[:3], f"{bucket[3]:.2f}", f"{bucket[4]:.2f}"] for bucket in buckets]


async def expected_by_statements(operator: Client, loan_ids: list[str], cycles: list[Any]) -> list[list[str]]:
    """The overdue amount and the amounts of the cycles, from each borrower's statement."""
    lines = [line for loan_id in loan_ids for line in (await operator.ask(STATEMENT, id=loan_id))["upcomingEmis"]]

    def summed(first: str, last: str) -> list[str]:
        within = [line for line in lines if first <= line["dueDate"] <= last]
        names = ("interest", "principal", "amountDue")
        return [f"{sum(Decimal(line[name]) for line in within):.2f}" for name in names]

    windows = [(cycle["firstDay"], cycle["lastDay"]) for cycle in cycles]
    overdue = f"{sum(Decimal(line['amountDue']) for line in lines if line['dueDate'] < windows[0][0]):.2f}"
    return [[overdue], *(summed(*window) for window in windows)]


async def test_the_portfolio_agrees_with_the_rows_of_its_day_and_with_every_later_look_back(
    operator: Client, borrower: Client
) -> None:
    looks = await live(operator, borrower)
    for day, look in looks.items():
        assert look.portfolio["asOf"] == day
        assert [list(bucket.values()) for bucket in look.portfolio["buckets"]] == look.buckets
        cash = look.portfolio["expectedCash"]
        amounts = [[cycle["interest"], cycle["principal"], cycle["amount"]] for cycle in cash["cycles"]]
        assert [[cash["overdue"]], *amounts] == look.expected
        assert await operator.ask(PORTFOLIO, asOf=day) == look.portfolio, f"{day}, seen from {LOOKS[-1]}"
    # Every bucket had a loan at some time, and a loan has ended.
    counts = [[bucket[2] for bucket in look.buckets] for look in looks.values()]
    assert all(any(column) for column in zip(*counts, strict=True))
    assert [look.portfolio["activeLoans"] for look in looks.values()] == [4, 4, 4, 4, 5, 5, 4, 4]


async def test_a_look_back_agrees_with_the_ledger_up_to_its_day(operator: Client, borrower: Client) -> None:
    await live(operator, borrower)
    for day in ["2025-12-31", "2026-02-09", "2026-02-10", "2026-03-11", "2026-05-19", "2026-05-20", "2026-08-30"]:
        row = await database.fetch_one(
            "SELECT coalesce(sum(CASE 'PRINCIPAL' WHEN debit THEN amount WHEN credit THEN -amount END), 0)"
            " FROM ledger_entries WHERE coalesce(effective_on, posted_on) <= $1",
            date.fromisoformat(day),
        )
        assert row is not None
        assert (await operator.ask(PORTFOLIO, asOf=day))["principalOutstanding"] == f"{row[0]:.2f}"


@pytest.mark.pooled
async def test_the_worked_life_by_hand(operator: Client, borrower: Client) -> None:
    loan_id = await lent(borrower)
    for day, amount in {"2026-01-31": "", "2026-02-10": "1000.00", "2026-03-02": "", "2026-03-12": "6000.00"}.items():
        await on(operator, day)
        if amount:
            await pay(borrower, loan_id, amount)
        else:
            await billed(day)
    # The minimum of bill 1 was 1935.00, due on 15 February. 1000.00 of it is paid.
    for day, days in {"2026-02-15": 0, "2026-02-16": 1, "2026-03-11": 24, "2026-03-12": 0}.items():
        found = await operator.ask(PORTFOLIO, asOf=day)
        assert found["pastDue"] == ("935.00" if days else "0.00")
        assert [bucket["loans"] for bucket in found["buckets"]] == [int(not days), int(days > 0), 0, 0, 0]
    assert found["principalOutstanding"] == "43866.72"
    assert found["billedMonths"][-3:] == [
        {"month": "2026-01-01", "bills": 1, "interest": "435.00"},
        {"month": "2026-02-01", "bills": 0, "interest": "0.00"},
        {"month": "2026-03-01", "bills": 1, "interest": "431.72"},
    ]
    # Bill 3 is due on 16 April, with the EMI of 4599.30.
    first, second, *_ = found["expectedCash"]["cycles"]
    assert (first["lastDay"], first["amount"]) == ("2026-04-10", "0.00")
    assert second == {
        "number": 2,
        "firstDay": "2026-04-11",
        "lastDay": "2026-05-10",
        "interest": "397.79",
        "principal": "4201.51",
        "amount": "4599.30",
    }


async def test_an_empty_book_has_a_portfolio_of_nothing(operator: Client) -> None:
    found = await operator.ask(PORTFOLIO, asOf="0001-01-01")
    assert (found["activeLoans"], found["principalOutstanding"], found["pastDue"]) == (0, "0.00", "0.00")
    assert [bucket["loans"] for bucket in found["buckets"]] == [0] * 5
    assert len(found["billedMonths"]) == 1  # the calendar of Python begins with year 1
    assert {cycle["amount"] for cycle in found["expectedCash"]["cycles"]} == {"0.00"}


async def test_a_date_to_come_is_refused(operator: Client) -> None:
    assert await operator.error(PORTFOLIO, asOf="2026-01-02") == "BAD_USER_INPUT"
    assert (await operator.ask(PORTFOLIO, asOf=None))["asOf"] == "2026-01-01"


async def test_the_portfolio_is_for_operators(client: Client, borrower: Client) -> None:
    assert await borrower.error(PORTFOLIO) == "FORBIDDEN"
    assert await client.error(PORTFOLIO) == "UNAUTHENTICATED"


async def test_expected_cash_is_worked_out_in_batches_and_lets_others_have_their_turn(
    operator: Client, borrower: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    for _ in range(5):
        await lent(borrower, "1000", 3)
    whole = (await operator.ask(PORTFOLIO))["expectedCash"]
    monkeypatch.setattr(portfolio, "BATCH_LOANS", 2)
    monkeypatch.setattr(portfolio, "_IN_A_ROW", 1)
    reports: list[tuple[int, int]] = []
    turns = 0

    async def somebody_else() -> None:
        nonlocal turns
        while True:
            turns += 1
            await asyncio.sleep(0)

    other = asyncio.create_task(somebody_else())
    async with models.held_still():
        found = await portfolio.expected_cash(TODAY, lambda done, total: reports.append((done, total)))
    other.cancel()
    assert reports == [(2, 5), (4, 5), (5, 5)]
    assert turns >= 5
    assert [f"{cycle.amount:.2f}" for cycle in found.cycles] == [cycle["amount"] for cycle in whole["cycles"]]


async def test_figures_without_expected_cash_read_no_loan_one_by_one(operator: Client, borrower: Client) -> None:
    await lent(borrower)
    heard = await overhear(10)
    await operator.ask(f"{{ portfolio {{ {FIGURES} }} }}")
    assert models._LOANS not in heard
    await operator.ask(PORTFOLIO)
    assert models._LOANS in heard


async def test_cycles_that_nobody_has_billed_yet_count_as_billed(operator: Client, borrower: Client) -> None:
    """They also count in a loan's past due and in its statement: late billing changes no figure."""
    await live(operator, borrower)
    await on(operator, "2026-11-03")
    late = await operator.ask(PORTFOLIO)
    assert [list(bucket.values()) for bucket in late["buckets"]] == await buckets_by_rows(date(2026, 11, 3))
    assert sum(month["bills"] for month in late["billedMonths"][-2:]) > 0
    await billed("2026-11-03")
    assert await operator.ask(PORTFOLIO) == late
