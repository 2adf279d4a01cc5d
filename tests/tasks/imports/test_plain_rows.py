"""The fast reader of many rows and the rules give the same result for each row."""

from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rules import aadhaar, imports
from rules.import_columns import Columns
from tasks.imports import plain_rows

COLUMNS = Columns(aadhaar=0, date=1, kind=2, amount=3, width=4)

NUMBERS = st.sampled_from(
    ["234123412346", "123456789012", "000000000000", "2341 2341-2346", " 999941057058", "+23412341234", "23412341234"]
)
DAYS = st.from_regex(r"[ +]?[0-9]{1,4}[-/][0-9 ]{1,2}[-/][0-9]{1,4}", fullmatch=True) | st.sampled_from(
    ["2025-01-31", "2024-02-29", "2025-02-29", "31-01-2025", "1/2/2025", "31-01/2025", "1899-12-31", "2025-1-31", ""]
)
KINDS = st.sampled_from(["CREDIT", "DEBIT", "debit", " Credit", "CR", "", "\u017f"])
AMOUNTS = st.from_regex(r"[-+ ]?[0-9]{0,13}[.]?[0-9]{0,3}(e[0-9])?", fullmatch=True) | st.sampled_from(
    ["12.50", "999999999999.99", "NaN", "inf", "1_0", "\u0661", "0x1"]
)
ROWS = st.lists(st.tuples(NUMBERS, DAYS, KINDS, AMOUNTS), min_size=1, max_size=20)


@pytest.mark.parametrize("checksum", ["lenient", "strict"])
@settings(deadline=None)  # the first call of polars is slow
@given(rows=ROWS)
def test_plain_rows_are_what_the_rules_say_they_are(rows: list[tuple[str, ...]], checksum: aadhaar.Checksum) -> None:
    content = "".join(",".join(row) + "\n" for row in rows).encode()
    frame = plain_rows.frame(content, COLUMNS, ",")
    assert frame is not None
    plain = plain_rows.entries(frame, checksum)
    read, left = plain.entries, set(plain.others)
    expected = [imports.read(row, COLUMNS, checksum) for position, row in enumerate(rows) if position not in left]
    assert sorted(read.iter_rows()) == sorted(
        (int(entry.number), entry.occurred_on, entry.kind == "CREDIT", entry.amount) for entry in expected
    )


def test_what_files_usually_carry_is_plain() -> None:
    content = b"234123412346,2025-01-31,CREDIT,12.5\n2341 2341 2346, 31/01/2025 ,debit,7\n"
    frame = plain_rows.frame(content, COLUMNS, ",")
    assert frame is not None
    plain = plain_rows.entries(frame, "strict")
    assert plain.others == []
    read = plain.entries
    assert read["amount"].to_list() == [Decimal("12.50"), Decimal("7.00")]
