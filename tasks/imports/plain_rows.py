"""A plain row is valid by its shape alone, so that Polars reads a hundred thousand of them at once.

`rules.imports` would accept every plain row. This module rejects no row: it leaves the others to `rules.imports`.
"""

from collections.abc import Sequence
from typing import NamedTuple

import polars as pl
from polars.datatypes import DataType, DataTypeClass

from rules import aadhaar, date_formats, imports
from rules.import_columns import Columns

ENTRY: dict[str, DataType | DataTypeClass] = {
    "number": pl.UInt64,
    "occurred_on": pl.Date,
    "is_credit": pl.Boolean,
    "amount": pl.Decimal(14, 2),
}

# A day up to the 12th could also be a month.
_EARLY = 12


class Days(NamedTuple):
    """How many dates of one order are on days 1 to 12 (`early`) and on days 13 to 31 (`late`)."""

    early: int = 0
    late: int = 0


class Plain(NamedTuple):
    """Plain rows with the columns of `ENTRY`, counts of their dates by order, and the positions of the other rows."""

    entries: pl.DataFrame
    year_first: Days
    day_first: Days
    others: list[int]


def is_for(columns: Columns) -> bool:
    """Return whether rows of these columns can be plain. `rules.imports` reads files with debit and credit columns."""
    return columns.kind is not None and columns.amount is not None


def frame(content: bytes, columns: Columns, separator: str) -> pl.DataFrame | None:
    """Return the required cells of lines without quotes and carriage returns.

    Return None if a row has too many columns, or if the numbers of rows and lines differ.
    """
    # Polars takes the width from the first line. One column more than the header's shows surplus cells.
    first = separator.encode() * columns.width + b"\n"
    try:
        # All columns are read, because Polars ignores surplus cells after the last column that is requested.
        rows = pl.read_csv(
            first + content,
            has_header=False,
            infer_schema=False,
            empty_string_is_null=False,
            separator=separator,
            # Quotes are ordinary characters here, so that no line depends on the lines around it.
            quote_char=None,
            encoding="utf8-lossy",
        )[1:]
    except pl.exceptions.ComputeError:  # a row with two or more surplus columns
        return None
    if rows.height != content.count(b"\n"):
        return None
    return _needed({name: rows[f"column_{place}"] for name, place in _places(columns).items()})


def frame_of(records: Sequence[Sequence[str]], columns: Columns) -> pl.DataFrame:
    """Return the required cells of records with at most one surplus cell."""
    return _needed(
        {
            name: pl.Series([fields[place] if place < len(fields) else "" for fields in records], dtype=pl.String)
            for name, place in _places(columns).items()
        }
    )


def _places(columns: Columns) -> dict[str, int]:
    assert columns.kind is not None
    assert columns.amount is not None
    return {
        "number": columns.aadhaar,
        "day": columns.date,
        "kind": columns.kind,
        "rupees": columns.amount,
        "surplus": columns.width,
    }


def _needed(cells: dict[str, pl.Series]) -> pl.DataFrame:
    rows = pl.DataFrame(cells)
    return rows.select(
        pl.int_range(pl.len(), dtype=pl.UInt32).alias("position"),
        "number",
        "day",
        "kind",
        "rupees",
        has_surplus=pl.col("surplus") != "",
    )


def entries(rows: pl.DataFrame, checksum: aadhaar.Checksum) -> Plain:
    """Return the plain rows of a frame, and the positions of the others."""
    exact, rest = _parted(rows, rows.select(*_EXACT), checksum)
    days = exact["occurred_on"].dt.day() > _EARLY
    year_first = Days(exact.height - int(days.sum()), int(days.sum()))
    if rest.is_empty():
        return Plain(exact, year_first, Days(), [])
    # The loose forms take three times as long, and most files do not need them.
    trimmed = rest.with_columns(pl.col("number", "day", "kind", "rupees").str.strip_chars(" "))
    loose, others = _parted(rest, trimmed.select(*_LOOSE, is_year_first=_DAY.str.contains("^[0-9]{4}")), checksum)
    late = loose["occurred_on"].dt.day() > _EARLY
    first, last = loose["is_year_first"], ~loose["is_year_first"]
    return Plain(
        pl.concat([exact, loose.drop("is_year_first")]),
        Days(year_first.early + int((first & ~late).sum()), year_first.late + int((first & late).sum())),
        Days(int((last & ~late).sum()), int((last & late).sum())),
        others["position"].to_list(),
    )


def _parted(rows: pl.DataFrame, read: pl.DataFrame, checksum: aadhaar.Checksum) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Return the values of plain rows, and the rows that are not plain."""
    usable = pl.all_horizontal(pl.all().is_not_null())
    if checksum == "strict":
        usable &= ~pl.col("number").is_in(_unchecked(read["number"]))
    is_plain = read.select(usable).to_series() & ~rows["has_surplus"]
    return read.filter(is_plain), rows.filter(~is_plain)


def _number(text: pl.Expr, is_number: pl.Expr) -> pl.Expr:
    return pl.when(is_number).then(text).cast(ENTRY["number"], strict=False).alias("number")


def _day(*readings: tuple[pl.Expr, str, str]) -> pl.Expr:
    """Return the first reading (text, pattern, format) that yields a date in an accepted year."""
    day = pl.coalesce(
        pl.when(text.str.contains(shape)).then(text).str.to_date(form, strict=False) for text, shape, form in readings
    )
    return (
        pl.when(day.dt.year().is_between(date_formats.FIRST_YEAR, date_formats.LAST_YEAR))
        .then(day)
        .alias("occurred_on")
    )


def _is_credit(kind: pl.Expr) -> pl.Expr:
    return pl.when(kind.is_in(imports.KINDS)).then(kind == "CREDIT").alias("is_credit")


_TEXT = pl.col("number")
_DAY = pl.col("day")
_ISO = (_DAY, "^[0-9]{4}-[0-9]{2}-[0-9]{2}$", "%Y-%m-%d")
# The cast alone would round fractions of a paisa, so the pattern excludes them.
_RUPEES = (
    pl.when(pl.col("rupees").str.contains(r"^[0-9]{1,12}(\.[0-9]{1,2})?$"))
    .then("rupees")
    .cast(ENTRY["amount"], strict=False)
    .alias("amount")
)

_EXACT = (_number(_TEXT, _TEXT.str.contains("^[0-9]{12}$")), _day(_ISO), _is_credit(pl.col("kind")), _RUPEES)
_LOOSE = (
    _number(_TEXT.str.replace_all("[ -]", ""), _TEXT.str.contains("^[0-9]{4}[ -]?[0-9]{4}[ -]?[0-9]{4}$")),
    _day(
        _ISO,
        (_DAY, "^[0-9]{1,2}-[0-9]{1,2}-[0-9]{4}$", "%d-%m-%Y"),
        (_DAY, "^[0-9]{1,2}/[0-9]{1,2}/[0-9]{4}$", "%d/%m/%Y"),
    ),
    _is_credit(pl.col("kind").str.to_uppercase()),
    _RUPEES,
)


def _unchecked(numbers: pl.Series) -> list[int]:
    """Return the numbers that the strict check rejects. Each distinct number is checked once."""
    distinct = numbers.drop_nulls().unique().to_list()
    return [number for number in distinct if aadhaar.parse(f"{number:012d}", "strict") is None]
