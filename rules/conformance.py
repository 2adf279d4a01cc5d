"""Published tables of loans, computed again by the rules (lending rules, 15.5): rows of data/conformance as text."""

from collections.abc import Callable, Iterable, Mapping
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import NamedTuple

from rules import apr, calendars, day_counts, money, schedules
from rules.annuity import installment_of_a_rupee
from rules.calendars import Cycle, CycleKind, FirstPeriod
from rules.day_counts import DayCount
from rules.money import PAISA, ZERO
from rules.schedules import Agreement

Row = Mapping[str, str]
Number = Decimal | Fraction

# The tables without a date are of whole months, whose interest is a twelfth of a year's whatever their days.
_ANY_DAY = date(2026, 1, 1)


class Check(NamedTuple):
    """Figures of one table: as the rules must give them, as they give them, and as published if that differs."""

    table: str
    source: str
    inputs: str
    figures: str
    expected: str
    computed: str
    published: str = ""

    @property
    def agrees(self) -> bool:
        return self.expected == self.computed


class _Loan(NamedTuple):
    """A loan of a table, its deductions at disbursal in rupees, and its plan."""

    agreement: Agreement
    deducted: Decimal

    @property
    def factors(self) -> list[Fraction]:
        numbers = range(1, self.agreement.loan_term + 1)
        return [cycle.factor for cycle in schedules.billed_cycles(self.agreement, numbers)]

    @property
    def exact_emi(self) -> Fraction:
        runs = [(factor, 1) for factor in self.factors]
        return Fraction(self.agreement.amount) * installment_of_a_rupee(runs)

    @property
    def net_disbursed(self) -> Decimal:
        return self.agreement.amount - self.deducted


def loan_checks(loans: Iterable[Row], figures: Iterable[Row]) -> list[Check]:
    """The checks of loans.csv with loan_figures.csv: schedules, EMIs, and figures of key facts."""
    rows = {row["table"]: row for row in loans}
    checks = []
    for row in figures:
        given = rows[row["table"]]
        computed = _FIGURES[row["figures"]](_loan(given))
        checks.append(
            Check(
                *(row["table"], given["source"], _inputs(given), row["figures"]),
                expected=row["expected"],
                computed=_like(row["expected"], computed),
                published=row["published"],
            )
        )
    return checks


def reg_z_checks(rows: Iterable[Row]) -> list[Check]:
    """The checks of reg_z.csv: the annual percentage rate of an advance and its payments."""
    checks = []
    for row in rows:
        groups = [group.split(" × ") for group in row["payments"].split(", ")]
        payments = [Decimal(amount) for number, amount in groups for _ in range(int(number))]
        first = FirstPeriod(int(row["whole"]), Fraction(row["odd"]))
        inputs = (
            f"{row['advance']} repaid by {row['payments']}; {row['periods']} periods a year, the first payment after"
            f" {row['whole']}" + (f" + {row['odd']}" if first.odd else "")
        )
        rate = apr.apr(Decimal(row["advance"]), payments, first, Fraction(row["periods"]))
        checks.append(Check(row["table"], row["source"], inputs, "APR", row["expected"], str(rate)))
    return checks


def year_fraction_checks(rows: Iterable[Row]) -> list[Check]:
    """The checks of year_fractions.csv: the years of a period under a day count."""
    checks = []
    for row in rows:
        period = Cycle(date.fromisoformat(row["since"]), date.fromisoformat(row["until"]), is_whole=False)
        years = day_counts.year_fraction(DayCount(row["day_count"]), period)
        inputs = f"{row['since']} to {row['until']}, {row['day_count']}"
        computed = _like(row["expected"], [[years]])
        checks.append(Check(row["table"], row["source"], inputs, "year fraction", row["expected"], computed))
    return checks


def _loan(row: Row) -> _Loan:
    disbursed_on = date.fromisoformat(row["disbursed_on"]) if row["disbursed_on"] else _ANY_DAY
    assert row["disbursed_on"] or row["day_count"] == DayCount.MONTHLY, "the days of the other conventions need a date"
    agreement = Agreement(
        amount=Decimal(row["amount"]),
        interest_rate=Decimal(row["rate"]),
        loan_term=int(row["cycles"]),
        calendar=calendars.from_disbursal(CycleKind(row["cycle_kind"]), int(row["cycle"]), disbursed_on),
        due_days=0,
        day_count=DayCount(row["day_count"]),
        emi_step=Decimal(row["emi_step"] or PAISA),
    )
    fee = Decimal(row["fee"] or ZERO)
    return _Loan(agreement, fee + money.to_paise(fee * Decimal(row["gst"] or 0) / 100))


def _inputs(row: Row) -> str:
    """The loan of a row in a line."""
    kind = "months" if row["cycle_kind"] == CycleKind.MONTHS else f"cycles of {row['cycle']} days"
    parts = [
        f"{row['amount']} at {row['rate']} %, {row['cycles']} {kind}",
        f" from {row['disbursed_on']}" if row["disbursed_on"] else "",
        f", billed on day {row['cycle']}" if row["cycle_kind"] == CycleKind.MONTHS and row["cycle"] != "0" else "",
        f", {row['day_count']}",
        f", EMI step {row['emi_step']}" if row["emi_step"] else "",
        f", fee {row['fee']}" if row["fee"] else "",
        f" with {row['gst']} % GST" if row["gst"] not in {"", "0"} else "",
    ]
    return "".join(parts)


def _like(expected: str, values: Iterable[Iterable[Number]]) -> str:
    """Figures as text: `, ` between them, `; ` between rows, rounded half up to the decimals of the publication."""
    shapes = [line.split(", ") for line in expected.split("; ")]
    rows = [list(line) for line in values]
    assert list(map(len, rows)) == list(map(len, shapes)), "a publication has each figure that it names"
    return "; ".join(
        ", ".join(_rounded(value, shape) for value, shape in zip(row, line, strict=True))
        for row, line in zip(rows, shapes, strict=True)
    )


def _rounded(value: Number, shape: str) -> str:
    """A number with as many decimals as `shape` has; a fraction as it is if `shape` is one."""
    if "/" in shape:
        return str(Fraction(value))
    decimals = len(shape.partition(".")[2])
    scaled = (Fraction(value) * 10**decimals + Fraction(1, 2)).__floor__()
    return str(Decimal(scaled).scaleb(-decimals))


def _totals(*, last: bool = True, interest: bool = True) -> Callable[[_Loan], list[list[Number]]]:
    """The EMI, and the last installment and the total interest if the publication has them."""

    def figures(loan: _Loan) -> list[list[Number]]:
        plan = schedules.at_disbursal(loan.agreement)
        level = schedules.emi(loan.agreement.amount, loan.factors, loan.agreement.emi_step)
        total = sum((line.interest for line in plan), ZERO)
        return [[level, *([plan[-1].amount_due] if last else []), *([total] if interest else [])]]

    return figures


def _rows(loan: _Loan) -> list[list[Number]]:
    plan = schedules.at_disbursal(loan.agreement)
    return [[line.interest, line.principal, line.principal_balance] for line in plan]


def _apr(loan: _Loan) -> Decimal:
    agreement = loan.agreement
    payments = [line.amount_due for line in schedules.at_disbursal(agreement)]
    calendar = agreement.calendar
    return apr.apr(loan.net_disbursed, payments, calendars.first_period(calendar), calendars.cycles_in_a_year(calendar))


def _balances(loan: _Loan) -> list[Number]:
    """The principal before each row, with the exact EMI."""
    balances = [Fraction(loan.agreement.amount)]
    for factor in loan.factors:
        balances.append(balances[-1] * (1 + factor) - loan.exact_emi)
    return list(balances)


def _interest_of_a_day(loan: _Loan) -> Decimal:
    amount, rate, _, calendar, _, day_count, _ = loan.agreement
    first = calendars.cycle(calendar, 1)
    day = first._replace(end=date.fromordinal(first.start.toordinal() + 1))
    counted = day_counts.parts(day_count, first, since=day.start, until=day.end)
    units = day_counts.interest(amount, day_counts.rate_of_the_parts(day_count, rate), counted)
    return day_counts.to_paise(day_count, units)


# The figures by the names that loan_figures.csv gives them; a list for each row of the publication.
_FIGURES: dict[str, Callable[[_Loan], list[list[Number]]]] = {
    "EMI, last installment, total interest": _totals(),
    "EMI, last installment": _totals(interest=False),
    "EMI, total interest": _totals(last=False),
    "EMI": _totals(last=False, interest=False),
    "EMI, APR": lambda loan: [[*_totals(last=False, interest=False)(loan)[0], _apr(loan)]],
    "EMI before rounding": lambda loan: [[loan.exact_emi]],
    "EMI before rounding, in paise": lambda loan: [[loan.exact_emi * 100]],
    "APR": lambda loan: [[_apr(loan)]],
    "net disbursed": lambda loan: [[loan.net_disbursed]],
    "exact total interest": lambda loan: [
        [loan.exact_emi * loan.agreement.loan_term - Fraction(loan.agreement.amount)]
    ],
    "interest of a cycle": lambda loan: [[_rows(loan)[0][0]]],
    "interest of a day": lambda loan: [[_interest_of_a_day(loan)]],
    "rows: interest": lambda loan: [[row[0]] for row in _rows(loan)],
    "rows: interest, principal, balance": _rows,
    "exact balance before rows 1, 2, 3, 24": lambda loan: [[_balances(loan)[row - 1] for row in (1, 2, 3, 24)]],
}
