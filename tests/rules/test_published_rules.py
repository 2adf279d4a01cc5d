"""docs/rules.md is true: the rules compute each of its formulas, tables and lives, and the settings are as it says."""

import math
import re
from datetime import date
from decimal import Decimal
from typing import NamedTuple

import pytest

from rules import (
    aadhaar,
    apr,
    billing,
    calendars,
    credit,
    eligibility,
    ledger,
    money,
    plan,
    schedules,
    statement,
)
from rules.asset_classes import AssetClass
from rules.calendars import CycleKind
from rules.day_counts import DayCount
from rules.loan import ClosureReason, PrepaymentChoice
from rules.payments import AppliedPayment
from rules.plan import Installment
from rules.products import CARD, RateType
from rules.provisions import Category, ProvisionTable
from rules.refusals import ProblemCode
from rules.schedules import Agreement
from rules.terms import RateChangeChoice
from settings import ROOT, Settings
from tests.rules.book import Book, terms

PAGE = (ROOT / "docs" / "rules.md").read_text(encoding="utf-8")

# Code and explanations cite these numbers, so they stay.
SECTIONS = [
    *("0", "1", "2", "3", "4"),
    *("5", "5.1", "5.2", "5.3", "5.4", "5.5", "5.6"),
    *("6", "6.1", "6.2", "6.3", "6.4"),
    "7",
    *("8", *(f"8.{number}" for number in range(1, 11))),
    *("9", *(f"9.{number}" for number in range(1, 8))),
    *("10", "10.1", "10.2", "10.3"),
    *("11", *(f"11.{number}" for number in range(1, 7))),
    *("12", *(f"12.{number}" for number in range(1, 8))),
    *("13", "13.1", "13.2", "13.3"),
    *("14", *(f"14.{number}" for number in range(1, 6))),
    *("15", "15.1", "15.2", "15.3", "15.4", "15.5", "16"),
    *("16.1", "16.2", "16.3"),
    *("20", "21"),
]

AGREED = r"^(?:.* )?(\d[\d.]*) at (\S+) % for (\d+) cycles, disbursed (\d{4}-\d\d-\d\d)"
TABLE = re.compile(rf"{AGREED}(.*):\n\n\|([^\n]*)\|\n\|[-|]+\|\n((?:\|.*\n)+)", re.MULTILINE)
NUMBER = re.compile(r"-?\d+(?:\.\d+)?")


class Figures(NamedTuple):
    """A table of one loan: its terms, the words between them and the table, and its cells."""

    book: Book
    note: str
    rows: list[list[str]]


def cells(rows: str) -> list[list[str]]:
    return [[cell.strip() for cell in row.strip("|").split("|")] for row in rows.strip().splitlines()]


def tables(first_column: str) -> list[Figures]:
    """The tables of loans whose first column has this name."""
    return [
        Figures(Book(terms(amount, rate, int(term), date.fromisoformat(day))), note, cells(rows))
        for amount, rate, term, day, note, head, rows in TABLE.findall(PAGE)
        if cells(head)[0][0] == first_column
    ]


def table(head: str) -> list[list[str]]:
    """The cells below the one table with this head."""
    (rows,) = re.findall(rf"^{re.escape(head)}\n\|[-|]+\|\n((?:\|.*\n)+)", PAGE, re.MULTILINE)
    return cells(rows)


def worked(line: str) -> tuple[list[str], str] | None:
    """The expressions of a formula with numbers, and its result; None for a formula with names."""
    *left, result = line.split(" = ")
    if not NUMBER.fullmatch(result):
        return None
    return left[1:] or left, result


def computed(expression: str) -> Decimal:
    """An expression of the page, by the functions of the rules. `emi` is that of the page's example."""
    names = {
        "D": Decimal,
        "min": min,
        "max": max,
        "floor": math.floor,
        "round": lambda value, decimals: (money.to_paise if decimals == 2 else money.to_rate)(value),
        "emi": lambda principal, cycles: plan.emi(terms(), principal, int(cycles)),
    }
    python = re.sub(r"\d+(?:\.\d+)?", lambda number: f'D("{number[0]}")', expression)
    for sign, operator in {"×": "*", "−": "-", "^": "**"}.items():
        python = python.replace(sign, operator)
    return Decimal(eval(python, {"__builtins__": {}}, names))


FORMULAS = [
    (expression, result)
    for block in re.findall(r"^```text\n(.*?)^```", PAGE, re.DOTALL | re.MULTILINE)
    for expressions, result in filter(None, map(worked, block.splitlines()))
    for expression in expressions
]


@pytest.mark.parametrize(("expression", "result"), FORMULAS)
def test_a_formula_with_numbers_has_its_result(expression: str, result: str) -> None:
    assert computed(expression) == Decimal(result)


def test_the_formulas_are_found() -> None:
    assert len(FORMULAS) >= 25


def test_each_balance_has_its_score() -> None:
    rows = table("| balance | score |")
    assert len(rows) > 8
    assert [[balance, str(credit.score(Decimal(balance)))] for balance, _ in rows] == rows


def test_each_aadhaar_number_is_valid_or_not() -> None:
    rows = table("| Aadhaar number | lenient | strict |")
    for number, *verdicts in rows:
        parsed = aadhaar.parse(number, "lenient"), aadhaar.parse(number, "strict")
        assert ["valid" if digits else "invalid" for digits in parsed] == verdicts, number


def bill(book: Book, day: date) -> str:
    (issued,) = book.bill(day)
    return (
        f"bill {issued.cycle}: interest {issued.interest}, minimum {issued.minimum_due}, "
        f"past due {issued.past_due}, installment {issued.installment}"
    )


def payment(applied: AppliedPayment) -> str:
    parts = [
        f"{'no bill' if part.cycle is None else f'bill {part.cycle}'}: {part.interest} + {part.principal}"
        for part in applied.allocations
    ]
    return "; ".join([*parts, *(["closed"] if applied.standing.closed_on else [])])


def test_each_life_goes_as_the_page_has_it() -> None:
    lives = tables("day")
    assert len(lives) == 3
    for book, _, rows in lives:
        for day, event, *figures, sections in rows:
            on = date.fromisoformat(day)
            result = bill(book, on) if event == "bill" else payment(book.pay(event.removeprefix("pay "), on))
            standing = book.standing
            assert [result, str(standing.principal_balance), str(standing.emi), str(book.payoff(on))] == figures
            assert set(sections.split(", ")) <= set(SECTIONS)
        assert book.standing.closed_on or book is lives[1].book


def tables_of(text: str) -> list[list[list[str]]]:
    """The cells of all tables of a text, without the lines below their heads."""
    blocks = re.findall(r"(?:^\|.*\n)+", f"{text}\n", re.MULTILINE)
    return [[row for row in cells(block) if set("".join(row)) - {"-"}] for block in blocks]


def test_the_worked_corrections_are_those_that_the_rules_are_tested_with() -> None:
    corrected = tables_of(PAGE[PAGE.index("## Worked corrections") :])
    files = sorted((ROOT / "tests" / "rules" / "worked_lives").glob("*.txt"))
    lived = [table for path in files for table in tables_of(path.read_text(encoding="utf-8"))]
    assert len(lived) > 15
    assert sorted(corrected) == sorted(lived)


def test_a_payment_may_be_dated_back_as_far_as_the_page_says() -> None:
    assert f"It may be at most {CARD.backdate_days} days before the business date." in PAGE


def line(row: Installment) -> list[str]:
    amounts = (row.amount_due, row.interest, row.principal, row.principal_balance)
    return [str(value) for value in (row.number, row.date, row.due_date, *amounts)]


def test_the_plan_and_the_installments_to_come_are_those_of_the_rules() -> None:
    at_disbursal, to_come = tables("cycle")
    assert list(map(line, plan.at_disbursal(at_disbursal.book.terms))) == at_disbursal.rows
    day = re.search(r"to come on (\S+) without a payment", to_come.note)
    assert day
    assert list(map(line, statement.upcoming(to_come.book.loan, date.fromisoformat(day[1])))) == to_come.rows


def test_each_policy_has_its_setting_and_its_default() -> None:
    named = dict(re.findall(r"`KIST_([A-Z_]+)` \(default ([^)]+)\)", PAGE))
    assert set(re.findall(r"KIST_([A-Z_]+)", PAGE)) == set(named)
    for name, text in named.items():
        default = Settings.model_fields[name.lower()].default
        if default is None:
            assert text == "none", name
        elif isinstance(default, str):
            assert text == default, name
        else:
            assert Decimal(text) == default, name
    limits = {name.upper() for name in vars(eligibility.Policy) if not name.startswith("_")}
    assert limits - set(named) == set()


def test_the_numbers_of_the_sections_stay() -> None:
    assert re.findall(r"^###? (\d+(?:\.\d+)?)\.? ", PAGE, re.MULTILINE) == SECTIONS


def test_each_section_that_code_cites_exists() -> None:
    rooms = ("rules", "models", "schema", "resolvers", "tasks", "tests/rules", "tests/web")
    sources = [path.read_text(encoding="utf-8") for room in rooms for path in sorted((ROOT / room).rglob("*.py"))]
    cited = {number for text in sources for number in re.findall(r"lending rules, (\d+(?:\.\d+)?)", text)}
    assert {"5.2", "6"} <= cited <= set(SECTIONS)
    assert set(re.findall(r"\((\d{1,2}(?:\.\d)?)\)", PAGE)) <= set(SECTIONS)
    steps = (ROOT / "rules" / name for name in ("explain.py", "explained_bills.py", "explained_emi.py"))
    explained = {number for path in steps for number in re.findall(r'"(\d+(?:\.\d+)?)"', path.read_text())}
    assert {"5.2", "6.3"} <= explained <= set(SECTIONS)


def test_each_code_exists() -> None:
    kinds = (
        *(ProblemCode, billing.BillStatus, billing.PaymentState, ledger.Event),
        *(PrepaymentChoice, CycleKind, DayCount, RateType, ClosureReason, RateChangeChoice),
        *(AssetClass, Category, ProvisionTable, ledger.Account),
    )
    known = {str(code) for kind in kinds for code in kind}
    assert set(re.findall(r"`(?!KIST_)([A-Z_]{4,})`", PAGE)) <= known


def test_each_reason_against_a_loan_is_in_the_table_of_applications() -> None:
    section = PAGE[PAGE.index("## 2. Loan application") : PAGE.index("## 3. Interest")]
    source = (ROOT / "rules" / "eligibility.py").read_text(encoding="utf-8")
    assert set(re.findall(r"ProblemCode\.(\w+)", source)) <= set(re.findall(r"`([A-Z_]+)`", section))


def test_each_calendar_has_its_billing_dates() -> None:
    rows = table("| disbursed on | wanted day | billing dates |")
    assert len(rows) >= 4
    for disbursed_on, wanted, billed_on in rows:
        day = int(wanted) if wanted.isdecimal() else 0
        calendar = calendars.from_disbursal(CycleKind.MONTHS, day, date.fromisoformat(disbursed_on))
        assert billed_on == ", ".join(str(cycle.end) for cycle in calendars.cycles(calendar, range(1, 4)))


def test_each_day_count_is_in_the_table() -> None:
    rows = table("| day count | rate of a day | cycle factor |")
    assert [name.strip("`") for name, *_ in rows] == list(DayCount)


LOAN = re.compile(
    r"(\S+) at (\S+) %, `(\w+)`, (\d+) (?:months from (\S+?)(?:, billed on day (\d+))?|cycles of (\d+) days)"
)


def test_each_loan_has_its_apr_and_its_effective_rate() -> None:
    rows = table("| loan | net disbursed | APR | effective rate |")
    assert len(rows) >= 3
    for text, net, *rates in rows:
        loan = LOAN.fullmatch(text)
        assert loan, text
        amount, rate, day_count, term, day, wanted, days = loan.groups(default="")
        kind, cycle = (CycleKind.DAYS, days) if days else (CycleKind.MONTHS, wanted or "0")
        calendar = calendars.from_disbursal(kind, int(cycle), date.fromisoformat(day or "2026-01-01"))
        agreement = Agreement(Decimal(amount), Decimal(rate), int(term), calendar, 10, DayCount(day_count))
        payments = [line.amount_due for line in schedules.at_disbursal(agreement)]
        cost = (Decimal(net), payments, calendars.first_period(calendar), calendars.cycles_in_a_year(calendar))
        assert [str(apr.apr(*cost)), str(apr.effective_rate(*cost))] == rates
