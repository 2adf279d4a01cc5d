"""Whole lives of loans, each a table a banker can check, lived through the doors."""

import re
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from tasks.verification import verify
from tests.builders import APPLY, PAY, Client, billed, on

LIVES = sorted(Path(__file__).parent.glob("*.txt"))
TERMS = re.compile(r"# (\S+) at (\S+) % for (\d+) cycles, disbursed (\S+)")
GAP = re.compile(r" {2,}")
UPCOMING = ("cycle", "date", "due", "amount", "interest", "principal", "balance")

Row = dict[str, str]


class Life(NamedTuple):
    """The contents of a file: the requested terms, the events, and the installments to come after them."""

    terms: dict[str, object]
    disbursed_on: str
    events: list[Row]
    upcoming: list[Row]


def read(path: Path) -> Life:
    head, events, *rest = path.read_text().strip().split("\n\n")
    terms = TERMS.fullmatch(head.splitlines()[1])
    assert terms, head
    amount, rate, term, disbursed_on = terms.groups()
    upcoming = table(rest[0].splitlines()[1:]) if rest else []
    asked = {"amount": amount, "interestRate": rate, "loanTerm": int(term)}
    return Life(asked, disbursed_on, table(events.splitlines()), upcoming)


def table(lines: list[str]) -> list[Row]:
    columns, *rows = (GAP.split(line.strip()) for line in lines)
    return [dict(zip(columns, row, strict=True)) for row in rows]


LOAN = """query ($id: ID!) { loan(id: $id) { status emi principalBalance payoff bills(first: 100) { totalCount
  edges { node { billingDate interest minimumDue pastDue installment } } } } }"""
STATEMENT = """query ($id: ID!) { statement(loanId: $id) { asOf
  pastTransactions { date kind amountPaid interest principal principalBalance }
  upcomingEmis { number date dueDate amountDue interest principal principalBalance } } }"""


async def bill(client: Client, loan_id: str, day: str) -> Row:
    """Run billing; the answer and the columns of a bill."""
    before = await client.ask(LOAN, id=loan_id)
    await billed(day)
    after = await client.ask(LOAN, id=loan_id)
    issued = after["bills"]["totalCount"] - before["bills"]["totalCount"]
    if not issued:
        return {"answer": "nothing due"}
    newest = after["bills"]["edges"][-1]["node"]
    return {
        "answer": "ok" if issued == 1 else f"{issued} bills",
        "interest": newest["interest"],
        "principal": "0.00",
        "minimum": newest["minimumDue"],
        "past due": newest["pastDue"],
        "installment": newest["installment"],
    }


async def pay(client: Client, loan_id: str, event: str) -> Row:
    """Pay as the event says; the answer and the columns of a payment."""
    _, amount, *words = event.split()
    if amount == "payoff":
        amount = (await client.ask(LOAN, id=loan_id))["payoff"]
    payment: dict[str, object] = {"loanId": loan_id, "amount": amount}
    if "on" in words:
        payment["paymentDate"] = words[words.index("on") + 1]
    if words and words[-1].startswith("id="):
        payment["transactionId"] = words[-1].removeprefix("id=")
    answer = await client.ask(PAY, input=payment)
    if answer["__typename"] == "Refusal":
        return {"answer": " ".join(problem["code"] for problem in answer["problems"])}
    if answer["replayed"]:
        return {"answer": "replayed"}
    return {
        "answer": answer_of(answer),
        "interest": answer["payment"]["interest"],
        "principal": answer["payment"]["principal"],
    }


def answer_of(receipt: Any) -> str:
    if receipt["loan"]["status"] == "CLOSED":
        return "closed"
    return "new emi" if receipt["emiRecalculated"] else "ok"


async def lived(life: Life, borrower: Client, operator: Client) -> tuple[str, list[Row]]:
    """Live a life through the doors: the loan's id, and the table as it came out."""
    await on(operator, life.disbursed_on)
    loan_id = str((await borrower.ask(APPLY, input=life.terms))["id"])
    rows = []
    for told in life.events:
        await on(operator, told["day"])
        if told["event"] == "bill":
            columns = await bill(borrower, loan_id, told["day"])
        else:
            payer = operator if told["event"].endswith(" at the counter") else borrower
            columns = await pay(payer, loan_id, told["event"].removesuffix(" at the counter"))
        loan = await borrower.ask(LOAN, id=loan_id)
        standing = {"balance": loan["principalBalance"], "emi": loan["emi"], "payoff": loan["payoff"]}
        rows.append(dict.fromkeys(told, "-") | {"day": told["day"], "event": told["event"]} | columns | standing)
    return loan_id, rows


def printed(rows: list[Row]) -> list[str]:
    return ["  ".join(row.values()) for row in rows]


@pytest.mark.parametrize("path", LIVES, ids=lambda path: path.stem)
async def test_a_life_goes_as_it_is_told(path: Path, borrower: Client, operator: Client) -> None:
    life = read(path)
    loan_id, rows = await lived(life, borrower, operator)
    assert printed(rows) == printed(life.events)

    statement = await borrower.ask(STATEMENT, id=loan_id)
    assert statement["asOf"] == life.events[-1]["day"]
    upcoming = [dict(zip(UPCOMING, map(str, line.values()), strict=True)) for line in statement["upcomingEmis"]]
    assert printed(upcoming) == printed(life.upcoming)
    assert_past(statement["pastTransactions"], life)
    assert await verify() == []


def assert_past(lines: list[Row], life: Life) -> None:
    """Every event that moved money is in the statement, in its order, and nothing else is but billing that was late."""
    disbursal, *lines = lines
    assert (disbursal["kind"], disbursal["date"]) == ("DISBURSAL", life.disbursed_on)
    told = [event for event in life.events if event["interest"] != "-"]
    happened = [
        ("BILL" if event["event"] == "bill" else "PAYMENT", event["interest"], event["principal"], event["balance"])
        for event in told
        if not event["answer"].endswith(" bills")
    ]
    stated = [(line["kind"], line["interest"], line["principal"], line["principalBalance"]) for line in lines]
    assert [line for line in stated if line in happened] == happened
    assert [line for line in stated if line[0] == "PAYMENT"] == [line for line in happened if line[0] == "PAYMENT"]


def test_the_lives_are_there() -> None:
    assert len(LIVES) >= 8


def test_a_payment_means_the_same_however_late_billing_runs() -> None:
    """The two files tell the same payments; each is lived above."""
    paid = [
        [
            (row["interest"], row["principal"], row["balance"], row["emi"])
            for row in read(LIVES[0].with_name(name)).events
            if row["event"].startswith("pay")
        ]
        for name in ("worked.txt", "late.txt")
    ]
    assert paid[0] == paid[1]
