"""A row has the same meaning with any neighbours, and with either of the two readers."""

import random
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from rules import imports
from rules.import_columns import Columns
from tasks.imports import csv_file
from tasks.imports.csv_file import History
from tasks.imports.records import Reader
from tasks.imports.source import ImportRefused

COLUMNS = Columns(aadhaar=0, date=1, kind=3, amount=4, width=6)
HEADER = "aadhaar_id,date,narration,transaction_type,amount,note"
ASHA, BABU = "234123412346", "999941057058"

Outcome = tuple[str, ...]


def read(path: Path, content: bytes) -> tuple[list[Outcome], dict[int, str]]:
    """The contents of a file: its entries, in any order, and the reasons by line."""
    path.write_bytes(content)
    entries: list[Outcome] = []
    rejects: dict[int, str] = {}
    with History(path, "lenient") as history:
        for batch in history.batches():
            entries += [tuple(map(str, row)) for row in batch.entries.iter_rows()]
            rejects |= {reject.line: reject.reason for reject in batch.rejects}
    return sorted(entries), rejects


def written(*rows: str, end: str = "\n") -> bytes:
    return end.join([HEADER, *rows, ""]).encode()


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "history.csv"


TAKEN_IN = [
    ([f'{ASHA},2025-01-01,"rent,DEBIT,700000,x', f'{BABU},2025-01-02,shop",CREDIT,900000,y'], {2: 3, 3: 2}),
    ([f'{ASHA},2025-01-01,rent,DEBIT,7,"x', f"{BABU},2025-01-02,shop,CREDIT,9,y", 'end"'], {2: 3, 3: 2, 4: 2}),
    ([f'{ASHA},2025-01-01,"rent', f"{BABU},02/01/2025,shop,Cr,9", 'x",DEBIT,7,y'], {2: 3, 3: 2, 4: 2}),
    # The enclosed line is an invalid row, but still a row.
    ([f'{ASHA},2025-01-01,"rent', f"{BABU},2025-01-02,shop,REFUND,9,y", 'x",DEBIT,7,y'], {2: 3, 3: 2, 4: 2}),
    ([f'{ASHA},2025-01-01,"rent', "12345,2025-01-02,shop,CREDIT,9,y", 'x",DEBIT,7,y'], {2: 3, 3: 2, 4: 2}),
    # The last line is not a row. The first line is a row without its quote, and a different one with it.
    ([f'{ASHA},2025-01-01,"rent,DEBIT,700000', 'shop",CREDIT,900000,y'], {2: 2, 3: 2}),
]


@pytest.mark.parametrize(("rows", "lines"), TAKEN_IN)
def test_a_quote_that_takes_in_a_row_costs_all_its_lines_and_no_other(
    path: Path, rows: list[str], lines: dict[int, int]
) -> None:
    good = f"{ASHA},2025-01-05,rent,CREDIT,5,z"
    entries, rejects = read(path, written(*rows, good))
    assert entries == [(ASHA, "2025-01-05", "True", "5.00")]
    assert set(rejects) == set(lines)
    for line, named in lines.items():
        assert f"line {named}" in rejects[line]


@pytest.mark.parametrize(
    "row",
    [
        f'{ASHA},2025-01-01,"rent,\nfor March,\n\npaid late",DEBIT,7,x',
        f'{ASHA},2025-01-01,rent,DEBIT,7,"rent,\nfor ""March"""',
        f'{ASHA},2025-01-01,"a, b, c, d, e, f\n1, 2, 3, 4, 5, 6",DEBIT,7,x',
        f'{ASHA},2025-01-01,"rent",DEBIT,"7","2025-01-01\n7"',
    ],
)
def test_a_text_of_several_lines_is_read(path: Path, row: str) -> None:
    assert read(path, written(row)) == ([(ASHA, "2025-01-01", "False", "7.00")], {})


def test_a_broken_quote_costs_its_own_row(path: Path) -> None:
    rows = [f'{ASHA},2025-01-01,"rent" x,DEBIT,7,x', f"{BABU},2025-01-02,a,CREDIT,9,", f'{ASHA},2025-01-03,"b,DEBIT,1,']
    entries, rejects = read(path, written(*rows, f"{BABU},2025-01-04,c,DEBIT,2,"))
    assert [entry[1] for entry in entries] == ["2025-01-02", "2025-01-04"]
    assert set(rejects) == {2, 4}


CELLS = (
    [ASHA, BABU, "2341 2341 2346", "'" + ASHA, "12345", "", "2341\u00a02341\u20112346"],
    ["2025-01-31", "31/01/2025", "1-2-2025", "2025-02-30", "never", "", "31 Jan 2025", "2025-01-31 10:00"],
    ["rent", 'a "b" c', 'ends with "', "", "caf\u00e9", "x\u00a0y", "nul\0nul", "a|b;c", "\ufeff", "1,2"],
    ["CREDIT", "debit", " Credit ", "Cr", "REFUND", ""],
    ["12.50", "1", " 7 ", "1,23,456.78", "1,23", "Rs. 5", "5 Cr", "-1", "1e3", "", "12\0"],
    ["", "note", "\u2028", "tab\there", 'say ""hi""'],
)
SPOILT = [
    "",
    "   ",
    ",,,,,",
    f"{ASHA},2025-01-31,a,CREDIT",
    f"{ASHA},2025-01-31,a,CREDIT,1,b,c",
    f"{ASHA},2025-01-31,a,CREDIT,1,b,",
    f"{ASHA},2025-01-31,a,CREDIT,1,,,x",
    f'{ASHA},2025-01-31,"a" b,CREDIT,1,b',
    f'{ASHA},2025-01-31,a,"CREDIT"x,1,b',
    f"{ASHA},2025-01-31,a\r,CREDIT,1,b",
    f'{ASHA},2025-01-31,"a\rb",CREDIT,1,b',
    f"{ASHA},2025-01-31,a\x0cb,CREDIT,1,b",
]


def rows(source: random.Random, count: int) -> Iterator[str]:
    """Rows of one line each. Their quotes are closed, or rejected, in the same line."""
    for _ in range(count):
        if source.random() < 0.15:
            yield source.choice(SPOILT)
            continue
        cells = [source.choice(choices) if source.random() < 0.3 else choices[0] for choices in CELLS]
        yield ",".join(_quoted(cell, source) for cell in cells)


def _quoted(cell: str, source: random.Random) -> str:
    if "," in cell or cell.startswith('"') or source.random() < 0.1:
        return f'"{cell.replace(chr(34), chr(34) * 2)}"'
    return cell


@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_a_row_says_among_others_what_it_says_alone(path: Path, end: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(csv_file, "PIECE_BYTES", 20_000)
    made = list(rows(random.Random(5), 15_000))
    expected, refused = _one_by_one(made, first_line=2)
    entries, rejects = read(path, b"\xef\xbb\xbf" + written(*made, end=end))
    assert entries == expected
    assert rejects == refused
    assert len(entries) > 3000
    assert len(rejects) > 3000


def _one_by_one(made: list[str], first_line: int) -> tuple[list[Outcome], dict[int, str]]:
    """Each row, read by the strict reader and the rules alone."""
    reader = Reader(COLUMNS, ",")
    entries: list[Outcome] = []
    rejects: dict[int, str] = {}
    for line, row in enumerate(made, first_line):
        (record,) = reader.parted([row], 1, is_last=True).records
        try:
            if record.reason:
                raise ValueError(record.reason)
            entry = imports.read(record.fields, COLUMNS, "lenient")
        except ValueError as error:
            if any(field.strip() for field in record.fields):
                rejects[line] = str(error)
        else:
            kind = str(entry.kind == "CREDIT")
            entries.append((str(int(entry.number)), str(entry.occurred_on), kind, str(entry.amount)))
    return sorted(entries), rejects


@pytest.mark.parametrize("seed", range(3))
def test_no_row_is_lost_among_stray_quotes(path: Path, seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each line is an entry by itself, or is rejected. A quote never swallows a row silently."""
    monkeypatch.setattr(csv_file, "PIECE_BYTES", 20_000)
    source = random.Random(seed)
    made = []
    for number in range(8000):
        cells = [ASHA, "2025-01-31", "rent", "CREDIT", f"{number + 1}.00", "note"]
        if source.random() < 0.05:
            place = source.choice([0, 1, 2, 2, 3, 4, 5])
            at = source.choice([0, 0, len(cells[place])])
            cells[place] = cells[place][:at] + '"' + cells[place][at:]
        made.append(",".join(cells))
    entries, rejects = read(path, written(*made))
    amounts = {entry[3] for entry in entries}
    assert len(amounts) == len(entries)
    for line, row in enumerate(made, 2):
        assert (line in rejects) != (row.split(",")[4].strip('"') in amounts), row


ENCODINGS: dict[str, Callable[[str], bytes]] = {
    "UTF-8 with a BOM": lambda text: text.encode("utf-8-sig"),
    "UTF-16 with a BOM": lambda text: text.encode("utf-16"),
    "UTF-16, big end first": lambda text: b"\xfe\xff" + text.encode("utf-16-be"),
    "CR": lambda text: text.replace("\n", "\r").encode(),
    "CRLF": lambda text: text.replace("\n", "\r\n").encode(),
    "CR CR LF": lambda text: text.replace("\n", "\r\r\n").encode(),
    "UTF-16 and CRLF": lambda text: text.replace("\n", "\r\n").encode("utf-16"),
}


@pytest.mark.parametrize("name", ENCODINGS)
def test_a_file_is_read_in_any_encoding_with_any_line_end(
    path: Path, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(csv_file, "PIECE_BYTES", 999)  # an odd number of bytes sometimes separates CR and LF
    many = [f'{ASHA},2025-01-31,"caf\u00e9 {number}",DEBIT,{number}.00,' for number in range(3000)]
    entries, rejects = read(path, ENCODINGS[name](written(*many).decode()))
    assert rejects == {}
    assert sorted(float(entry[3]) for entry in entries) == list(range(3000))


@pytest.mark.parametrize("separator", list(",;\t|~"))
def test_each_usual_separator_is_read(path: Path, separator: str) -> None:
    row = f"{ASHA},2025-01-31,rent,CREDIT,5.00,x"
    content = "\n".join([HEADER, row]).replace(",", separator)
    assert read(path, content.encode()) == ([(ASHA, "2025-01-31", "True", "5.00")], {})


@pytest.mark.parametrize(
    ("above", "line"),
    [
        (["sep=,"], 3),
        (
            [
                "Statement of account",
                "Branch, Mumbai 400001",
                "",
                "Account, XXXX1234",
                "Period, 01-01-2025, 31-01-2025",
            ],
            7,
        ),
        (["x"] * 49, 51),
    ],
)
def test_the_header_is_found_below_what_a_bank_writes_above_it(path: Path, above: list[str], line: int) -> None:
    content = "\n".join([*above, HEADER, "x,y"]).encode()
    assert read(path, content) == ([], {line: "too few columns: 2 instead of 6"})


@pytest.mark.parametrize(
    ("content", "parts"),
    [
        (
            b"name;date;amount\n",
            ["line 1 was", "name, date, amount", "required columns: aadhaar_id, date, and transaction_type"],
        ),
        (b"\n" * 60 + HEADER.encode(), ["no header in its first 50 lines", "required columns: aadhaar_id"]),
        (f"{ASHA},2025-01-31,CREDIT,5\n".encode(), ["line 1 was", "xxxxxxxx2346, 2025-01-31"]),
        (b"aadhaar_id,date,amount\n" + ASHA.encode() + b",2025-01-31,5\n", ["no column transaction_type"]),
        (b"aadhaar_id,date,debit\n", ["no column"]),
        ("date,type,amount,aadhaar caf\u00e9\n".encode("cp1252"), ["line 1 is not utf-8 text"]),
        (b"PK\x03\x04rest", ["a spreadsheet (xlsx)", "save it as csv in utf-8"]),
        (b"\xd0\xcf\x11\xe0rest", ["a spreadsheet (xls)"]),
        (HEADER.encode("utf-16-le"), ["nul characters"]),
        (HEADER.encode("utf-32"), ["utf-32"]),
        (b"user,user_id,date,type,amount\n", ["the column aadhaar_id twice"]),
    ],
)
def test_a_file_without_a_header_says_what_was_looked_at(path: Path, content: bytes, parts: list[str]) -> None:
    with pytest.raises(ImportRefused) as refusal:
        read(path, content)
    for part in parts:
        assert part in str(refusal.value).lower()
    assert "\n" not in str(refusal.value)
