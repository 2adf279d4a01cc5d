"""A row whose four fields are written plainly is good by its shape, and a hundred thousand are read at once.

Plain is what `rules.imports` would accept and nothing else; what is not plain is not refused here, but left to it.
"""

import polars as pl
from polars.datatypes import DataType, DataTypeClass

from rules import aadhaar, imports

ENTRY: dict[str, DataType | DataTypeClass] = {
    "number": pl.UInt64,
    "occurred_on": pl.Date,
    "is_credit": pl.Boolean,
    "amount": pl.Decimal(14, 2),
}


def frame(content: bytes, columns: imports.Columns, separator: str) -> pl.DataFrame | None:
    """The needed columns of some whole lines, a row a line; None where rows and lines may not be the same."""
    if b'"' in content:
        lines = pl.Series(content.decode(errors="replace").split("\n"))
        if (lines.str.count_matches('"', literal=True) % 2 == 1).any():
            return None
    # Polars takes the width from the first line; one column more than the header has shows what is too much.
    first = separator.encode() * columns.width + b"\n"
    try:
        rows = pl.read_csv(
            first + content,
            has_header=False,
            infer_schema=False,
            empty_string_is_null=False,
            columns=sorted({*columns}),
            separator=separator,
            truncate_ragged_lines=True,
            encoding="utf8-lossy",
        )[1:]
    except pl.exceptions.ComputeError:  # something stands after a closing quote
        return None
    return rows if rows.height == content.count(b"\n") else None


def entries(
    frame: pl.DataFrame, columns: imports.Columns, checksum: aadhaar.Checksum
) -> tuple[pl.DataFrame, pl.Series]:
    """The plain rows as in `ENTRY`, and the positions of the others."""
    rows = frame.select(
        position=pl.int_range(pl.len(), dtype=pl.UInt32),
        number=pl.col(f"column_{columns.aadhaar}"),
        day=pl.col(f"column_{columns.date}"),
        kind=pl.col(f"column_{columns.kind}"),
        rupees=pl.col(f"column_{columns.amount}"),
        has_surplus=pl.col(f"column_{columns.width}") != "",
    )
    exact, rest = _parted(rows, rows.select(*_EXACT), checksum)
    if rest.is_empty():
        return exact, rest["position"]
    # What most files never need costs three times as much.
    trimmed = rest.with_columns(pl.col("number", "day", "kind", "rupees").str.strip_chars())
    loose, rest = _parted(rest, trimmed.select(*_LOOSE), checksum)
    return pl.concat([exact, loose]), rest["position"]


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
    return pl.when(day.dt.year().is_between(imports.FIRST_YEAR, imports.LAST_YEAR)).then(day).alias("occurred_on")


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
