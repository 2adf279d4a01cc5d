"""The result of a what-if on a terminal: a table of sums, and a chart of the differences in one figure."""

from datetime import date
from decimal import Decimal

from rich.bar import Bar
from rich.console import Console
from rich.table import Table
from rich.text import Text

from rules.policy import RUPEES, Policy, Sums, Totals


def show(policy: Policy, as_of: date, totals: Totals) -> None:
    console = Console(width=None if Console().is_terminal else 120)
    console.print(_sums(totals), Text(f"{totals.differing} of {totals.loans} loans differ on {as_of} with {policy}"))
    name = max(RUPEES, key=lambda one: totals.figures[one].absolute)
    if totals.figures[name].differing:
        console.print(_chart(_label(name), totals.figures[name], totals.loans))


def _sums(totals: Totals) -> Table:
    table = Table("sum of all loans", title_justify="left")
    for column in ("actual", "changed", "difference", "loans that differ"):
        table.add_column(column, justify="right")
    for name, sums in totals.figures.items():
        table.add_row(
            _label(name), *(f"{one:,}" for one in (sums.actual, sums.changed, sums.difference, sums.differing))
        )
    actual, changed = totals.closed
    table.add_row("loans that have ended", f"{actual:,}", f"{changed:,}", f"{changed - actual:,}", "")
    return table


def _chart(label: str, sums: Sums, loans: int) -> Table:
    """A bar for each power of ten, upwards and downwards, with its number of loans."""
    chart = Table(f"difference in {label}", "loans", "", box=None, expand=True)
    chart.columns[1].justify = "right"
    chart.columns[2].ratio = 1
    counts = {**sums.sizes, 0: loans - sums.differing}
    most = max(counts.values())
    for size in range(min(counts), max(counts) + 1):
        count = counts.get(size, 0)
        chart.add_row(_range(size), f"{count:,}", Bar(most, 0, count))
    return chart


def _range(size: int) -> str:
    """The range of the differences with a size (`rules.policy.size`)."""
    if size == 0:
        return "0"
    sign, upper = ("+" if size > 0 else "−"), Decimal(10) ** abs(size)
    lower = Decimal("0.01") if abs(size) == 1 else upper / 10
    return f"{sign}{lower:,f} to {sign}{upper:,f}"


def _label(name: str) -> str:
    return name.replace("emi", "EMI").replace("_", " ")
