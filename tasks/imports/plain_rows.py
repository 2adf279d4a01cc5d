"""A row whose four fields are written plainly is good by its shape, and a hundred thousand are read at once.

Plain is what `rules.imports` would accept and nothing else; what is not plain is not refused here, but left to it.
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

# A day up to the 12th may be a month as well.
_EARLY = 12


class Days(NamedTuple):
    """How many days of the 1st to the 12th, and of the 13th to the 31st, are written in an order."""

    early: int = 0
    late: int = 0


class Plain(NamedTuple):
    """Plain rows as in `ENTRY`, their days by the order they are written in, and the positions of the other rows."""

    entries: pl.DataFrame
    year_first: Days
    day_first: Days
    others: list[int]


def is_for(columns: Columns) -> bool:
    """Whether rows of such columns can be plain: with debit and credit apart, `rules.imports` reads each of them."""
    return columns.kind is not None and columns.amount is not None


def frame(content: bytes, columns: Columns, separator: str) -> pl.DataFrame | None:
    """The needed cells of lines without quotes and carriage returns, a row a line; None where a row has too many
    columns, or where rows and lines are not the same.
    """
    # Polars takes the width from the first line; one column more than the header has shows what is too much.
    first = separator.encode() * columns.width + b"\n"
    try:
        # All columns, because Polars does not look for a surplus behind the last one it is asked for.
        rows = pl.read_csv(
            first + content,
            has_header=False,
            infer_schema=False,
            empty_string_is_null=False,
            separator=separator,
            # A quote is a letter like any other here: nothing of a line depends on the lines around it.
            quote_char=None,
            encoding="utf8-lossy",
        )[1:]
    except pl.exceptions.ComputeError:  # more columns than that
        return None
    if rows.height != content.count(b"\n"):
        return None
    return _needed({name: rows[f"column_{place}"] for name, place in _places(columns).items()})


def frame_of(records: Sequence[Sequence[str]], columns: Columns) -> pl.DataFrame:
    """The needed cells of records that are neither too short nor too long."""
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
    """The plain rows of a frame, and the positions of the others."""
    exact, rest = _parted(rows, rows.select(*_EXACT), checksum)
    days = exact["occurred_on"].dt.day() > _EARLY
    year_first = Days(exact.height - int(days.sum()), int(days.sum()))
    if rest.is_empty():
        return Plain(exact, year_first, Days(), [])
    # What most files never need costs three times as much.
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
    """What was read of the rows, and the rows of which something was not."""
    usable = pl.all_horizontal(pl.all().is_not_null())
    if checksum == "strict":
        usable &= ~pl.col("number").is_in(_unchecked(read["number"]))
    is_plain = read.select(usable).to_series() & ~rows["has_surplus"]
    return read.filter(is_plain), rows.filter(~is_plain)


def _number(text: pl.Expr, is_number: pl.Expr) -> pl.Expr:
    return pl.when(is_number).then(text).cast(ENTRY["number"], strict=False).alias("number")


def _day(*readings: tuple[pl.Expr, str, str]) -> pl.Expr:
    """The first reading, as text, shape and format, that gives a day of a year that can be."""
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
# The cast alone would round what is finer than a paisa.
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
    """The numbers that the strict check refuses; each is looked at once."""
    distinct = numbers.drop_nulls().unique().to_list()
    return [number for number in distinct if aadhaar.parse(f"{number:012d}", "strict") is None]
