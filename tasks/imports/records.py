"""Lines become records. A line without quotes is a record; csv parses lines with quotes in strict mode.

A stray quote makes a record swallow the lines below it. If a swallowed line looks like a row, every line of the record
is rejected with its reason. So no row disappears inside a record.
"""

import csv
import re
from collections.abc import Iterator
from contextlib import suppress
from typing import NamedTuple

from rules import imports
from rules.import_columns import Columns

# A quoted text of more than 50 lines is treated as a quote that was not closed.
MOST_LINES = 50

# csv's default limit of 128 kB is below the limit of a line, which `csv_file.PIECE_BYTES` sets.
csv.field_size_limit(2**31 - 1)

_BROKEN = "a quote is not closed, or text follows the closing quote"
_CARRIAGE_RETURN = "the row contains a carriage return: use the same line ending in the whole file"

# All line ends that programs use and that `str.splitlines` knows.
_LINE_ENDS = re.compile("\r\n|[\n\r\v\f\x1c-\x1e\x85\u2028\u2029]")


class Record(NamedTuple):
    """A record. `row` is its first line in the piece, counted from 0. A record with a reason is rejected."""

    row: int
    fields: list[str]
    reason: str = ""


class Parted(NamedTuple):
    """The records of a piece in their order, and the number of lines that they use."""

    records: list[Record]
    lines: int


class Reader(NamedTuple):
    """Reads the records of a file with these columns."""

    columns: Columns
    separator: str

    def parted(self, lines: list[str], number: int, *, is_last: bool) -> Parted:
        """Divide lines into records. `number` is the first line's number in the file.

        A record that may continue after the last line is left for the next piece, unless this piece `is_last`.
        """
        records: list[Record] = []
        row = 0
        while row < len(lines):
            run = _Run(lines, row)
            try:
                for fields in csv.reader(run.fed(), delimiter=self.separator, strict=True):
                    records += self._checked(lines[row : run.end], row, fields, number)
                    row = run.first = run.end
            except csv.Error as error:
                is_open = "unexpected end of data" in str(error)
                if is_open and not is_last and row + MOST_LINES > len(lines):
                    return Parted(records, row)
                # The end of a broken record is unknown, so only its first line is rejected.
                reason = _CARRIAGE_RETURN if "new-line character" in str(error) else _BROKEN
                records.append(Record(row, lines[row].split(self.separator), reason))
                row += 1
        return Parted(records, len(lines))

    def _checked(self, lines: list[str], row: int, fields: list[str], number: int) -> list[Record]:
        if len(lines) == 1 and "\r" not in lines[0]:
            return [Record(row, fields)]
        swallowed = self._swallowed(lines, fields)
        if swallowed is None:
            return [Record(row, fields)]
        first = f"a quote in this row contains another row, in line {number + row + swallowed}"
        later = f"this line is inside a quote that opens in line {number + row}"
        return [
            Record(row + offset, line.split(self.separator), later if offset else first)
            for offset, line in enumerate(lines)
        ]

    def _swallowed(self, lines: list[str], found: list[str]) -> int | None:
        """Return the offset of the record's first line that looks like a row of its own, or None."""
        texts = [(offset, text) for offset, line in enumerate(lines) for text in _LINE_ENDS.split(line.rstrip("\r"))]
        if len(texts) == 1:
            return None
        for offset, text in texts[1:]:
            if any(imports.looks_like_a_row(fields, self.columns) for fields in self._readings(text)):
                return offset
        # The first line is the record's own row. It is another row only if its cells differ without the quote.
        fields = self._without_the_quote(texts[0][1])
        needed = self.columns.needed
        if imports.is_a_row(fields, self.columns) and (
            len(found) <= max(needed) or any(fields[at] != found[at] for at in needed)
        ):
            return 0
        return None

    def _readings(self, text: str) -> Iterator[list[str]]:
        """Yield the fields of a line, once with quotes ignored and once with quotes parsed."""
        yield [field.strip('" ') for field in text.split(self.separator)]
        with suppress(csv.Error):
            yield next(csv.reader([text], delimiter=self.separator), [])

    def _without_the_quote(self, text: str) -> list[str]:
        """Return the fields of a line as if its unclosed quote were absent."""
        try:
            *before, last = next(csv.reader([text], delimiter=self.separator), [""])
        except csv.Error:
            return []
        return [*before, *last.split(self.separator)]


class _Run:
    """Feeds lines to csv, at most `MOST_LINES` for a record. The record starts at `first`; `end` is the next line."""

    def __init__(self, lines: list[str], first: int) -> None:
        self._lines = lines
        self.first = self.end = first

    def fed(self) -> Iterator[str]:
        while self.end < len(self._lines) and self.end < self.first + MOST_LINES:
            self.end += 1
            yield self._lines[self.end - 1].rstrip("\r") + "\n"
