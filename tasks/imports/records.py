"""Lines become records: without quotes a line is one, and with quotes csv decides, line by line and strictly.

A quote that stands where it should not takes in the lines below it. No row is lost in one: where a line that was taken
in looks like a row by itself, the whole record is refused, each of its lines with its reason.
"""

import csv
import re
from collections.abc import Iterator
from contextlib import suppress
from typing import NamedTuple

from rules import imports
from rules.import_columns import Columns

# A text of so many lines in quotes is a quote that was not closed.
MOST_LINES = 50

# csv's own limit is shorter than a line may be, and lines without quotes do not come to csv.
csv.field_size_limit(2**31 - 1)

_BROKEN = "a quote is not closed, or something stands after it"
_CARRIAGE_RETURN = "a carriage return stands within the row: end all lines in the same way"

# Whatever some program ends a line with.
_LINE_ENDS = re.compile("\r\n|[\n\r\v\f\x1c-\x1e\x85\u2028\u2029]")


class Record(NamedTuple):
    """A record that begins in line `row` of its piece, counted from 0; with a reason it is refused."""

    row: int
    fields: list[str]
    reason: str = ""


class Parted(NamedTuple):
    """The records of a piece, in their order, and how many of its lines were used."""

    records: list[Record]
    lines: int


class Reader(NamedTuple):
    """Reads the records of a file with these columns."""

    columns: Columns
    separator: str

    def parted(self, lines: list[str], number: int, *, is_last: bool) -> Parted:
        """Part lines, the first of which has this number in its file. A record that may go on after the last line is
        left for the next piece.
        """
        records: list[Record] = []
        row = 0
        while row < len(lines):
            run = _Run(lines, row)
            try:
                for fields in csv.reader(run.fed(), delimiter=self.separator, strict=True):
                    records += self._judged(lines[row : run.end], row, fields, number)
                    row = run.first = run.end
            except csv.Error as error:
                is_open = "unexpected end of data" in str(error)
                if is_open and not is_last and row + MOST_LINES > len(lines):
                    return Parted(records, row)
                # Nothing says where a broken record should have ended, so that only its first line is given up.
                reason = _CARRIAGE_RETURN if "new-line character" in str(error) else _BROKEN
                records.append(Record(row, lines[row].split(self.separator), reason))
                row += 1
        return Parted(records, len(lines))

    def _judged(self, lines: list[str], row: int, fields: list[str], number: int) -> list[Record]:
        if len(lines) == 1 and "\r" not in lines[0]:
            return [Record(row, fields)]
        taken_in = self._taken_in(lines, fields)
        if taken_in is None:
            return [Record(row, fields)]
        first = f"a quote in this row takes in a row by itself, in line {number + row + taken_in}"
        later = f"it stands in a quote that opens in line {number + row}"
        return [
            Record(row + offset, line.split(self.separator), later if offset else first)
            for offset, line in enumerate(lines)
        ]

    def _taken_in(self, lines: list[str], found: list[str]) -> int | None:
        """Which of a record's lines looks like a row by itself, if one does."""
        texts = [(offset, text) for offset, line in enumerate(lines) for text in _LINE_ENDS.split(line.rstrip("\r"))]
        if len(texts) == 1:
            return None
        for offset, text in texts[1:]:
            if any(imports.looks_like_a_row(fields, self.columns) for fields in self._readings(text)):
                return offset
        # The first is the record's own row, unless its cells are others when the quote is left out.
        fields = self._without_the_quote(texts[0][1])
        needed = self.columns.needed
        if imports.is_a_row(fields, self.columns) and (
            len(found) <= max(needed) or any(fields[at] != found[at] for at in needed)
        ):
            return 0
        return None

    def _readings(self, text: str) -> Iterator[list[str]]:
        """The fields of a line by itself, without regard to quotes and with it."""
        yield [field.strip('" ') for field in text.split(self.separator)]
        with suppress(csv.Error):
            yield next(csv.reader([text], delimiter=self.separator), [])

    def _without_the_quote(self, text: str) -> list[str]:
        """The fields of a line, as if the quote that it leaves open were not there."""
        try:
            *before, last = next(csv.reader([text], delimiter=self.separator), [""])
        except csv.Error:
            return []
        return [*before, *last.split(self.separator)]


class _Run:
    """Feeds lines to csv, at most `MOST_LINES` for a record, the first of which is `first`; `end` is the next line."""

    def __init__(self, lines: list[str], first: int) -> None:
        self._lines = lines
        self.first = self.end = first

    def fed(self) -> Iterator[str]:
        while self.end < len(self._lines) and self.end < self.first + MOST_LINES:
            self.end += 1
            yield self._lines[self.end - 1].rstrip("\r") + "\n"
