"""`./kist conformance` computes published tables of loans again, and prints expected and computed figures."""

import csv
from collections.abc import Iterator
from itertools import groupby
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from rules import conformance as rules
from rules.conformance import Check
from settings import ROOT

DATA = ROOT / "data" / "conformance"
DOCUMENT = ROOT / "docs" / "conformance.md"

# Wider lines are hard to read and to print.
_WIDTH = 120

_COLUMNS = ("figures", "expected", "computed", "result")
_RATIOS = (41, 35, 35)
_LONGEST_RESULT = 7

_INTRODUCTION = """# Conformance

`./kist conformance` computes each figure on this page again. `./kist conformance --write` writes the page.

Each line has the inputs of a published table, the figures that the rules of kist must give, and the figures that they
give. The data is in `data/conformance/`. A line that *agrees* has the published figures. A line that *differs* follows
a convention of kist, which [a list](#differences-by-a-named-convention) names. A figure has as many decimals as the
publication. The [lending rules](rules.md) define the figures.
"""


def conformance(
    write: Annotated[bool, typer.Option("--write", help="Write docs/conformance.md instead.")] = False,
) -> None:
    """Compute published tables of loans and compare their figures. The exit code is 1 if a figure is wrong."""
    sections, conventions = read()
    if write:
        DOCUMENT.write_text(document(sections, conventions), encoding="utf-8")
    else:
        console = Console(highlight=False, markup=False)
        # rich assumes 80 columns for a pipe.
        console.width = min(console.width, _WIDTH) if console.is_terminal else _WIDTH
        for renderable in listing(sections, conventions):
            console.print(renderable)
    if not all(check.agrees for checks in sections.values() for check in checks):
        raise typer.Exit(1)


def read() -> tuple[dict[str, list[Check]], dict[str, str]]:
    """The checks of each section, and the convention of each table that differs from its publication."""
    sections = {
        "Schedules and key facts": rules.loan_checks(_rows("loans"), _rows("loan_figures")),
        "Annual percentage rates": rules.reg_z_checks(_rows("reg_z")),
        "Year fractions": rules.year_fraction_checks(_rows("year_fractions")),
    }
    return sections, {row["table"]: row["convention"] for row in _rows("conventions")}


def _rows(name: str) -> list[dict[str, str]]:
    with (DATA / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, strict=True))


def summary(sections: dict[str, list[Check]]) -> str:
    """The number of lines by their result."""
    results = [_result(check) for checks in sections.values() for check in checks]
    agree, differ = results.count("agrees"), results.count("differs")
    return (
        f"{len(results)} lines: {agree} agree with the publication, {differ} differ by a named convention,"
        f" {len(results) - agree - differ} are wrong"
    )


def _result(check: Check) -> str:
    if not check.agrees:
        return "WRONG"
    return "differs" if check.published else "agrees"


def _values(check: Check) -> list[str]:
    """The expected and the computed figures, with a line for each row of a publication, and the result."""
    return [check.expected.replace("; ", "\n"), check.computed.replace("; ", "\n"), _result(check)]


def listing(sections: dict[str, list[Check]], conventions: dict[str, str]) -> Iterator[Table | str]:
    """The tables for a terminal: a line with the inputs of each, and its figures below."""
    for title, checks in sections.items():
        yield _figures([[title.upper(), *_COLUMNS[1:]]])
        for table, group in groupby(checks, key=lambda check: check.table):
            lines = list(group)
            yield f"\n{table}: {lines[0].inputs}"
            yield _figures([[f"  {check.figures}", *_values(check)] for check in lines])
            for check in lines:
                if check.published:
                    yield f"  published: {check.published}\n  {conventions[table]}"
        yield ""
    yield summary(sections)


def _figures(rows: list[list[str]]) -> Table:
    table = Table(box=None, show_header=False, pad_edge=False, expand=True)
    for ratio in _RATIOS:
        table.add_column(ratio=ratio, overflow="fold")
    table.add_column(width=_LONGEST_RESULT)
    for row in rows:
        table.add_row(*row)
    return table


def document(sections: dict[str, list[Check]], conventions: dict[str, str]) -> str:
    """docs/conformance.md: the same tables in Markdown, with the source of each."""
    parts = [_INTRODUCTION, f"{summary(sections)}.\n"]
    checks = [check for group in sections.values() for check in group]
    for title, group in sections.items():
        rows = [[check.table, check.inputs, check.figures, *_values(check)] for check in group]
        parts += [f"## {title}\n", _markdown(["table", "inputs", *_COLUMNS], rows)]
    differing = [
        [check.table, check.figures, check.expected, check.published, conventions[check.table]]
        for check in checks
        if check.published
    ]
    columns = ["table", "figures", "kist", "published", "convention"]
    parts += ["## Differences by a named convention\n", _markdown(columns, differing)]
    sources = {check.table: check.source for check in checks}
    parts += ["## Sources\n", _markdown(["table", "source"], [list(row) for row in sources.items()])]
    return "\n".join(parts)


def _markdown(columns: list[str], rows: list[list[str]]) -> str:
    lines = [columns, ["---"] * len(columns), *rows]
    return "".join(f"| {' | '.join('<br>'.join(cell.splitlines()) for cell in line)} |\n" for line in lines)
