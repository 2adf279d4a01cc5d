"""A file of transactions in any form is imported once, and each rejected row has its reason."""

import asyncio
import contextvars
import csv
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path

import asyncpg
import pytest

from models import database
from models.registrations import Registration, register
from models.scores import hold, store_scores, transaction_totals
from models.users import User, digest
from rules import credit
from settings import Settings
from tasks.imports import csv_file, partitions, spill
from tasks.imports.run import ImportRefused, Progress, import_file

HEADER = "aadhaar_id,date,transaction_type,amount\n"
ASHA, BABU = "234123412346", "999941057058"
SAMPLE = Path(__file__).parents[3] / "data" / "transactions.csv"


@pytest.fixture
def rejects(tmp_path: Path) -> Path:
    return tmp_path / "refused.csv"


@pytest.fixture
def written(tmp_path: Path) -> Callable[[str | bytes], Path]:
    def write(content: str | bytes) -> Path:
        path = tmp_path / "history.csv"
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    return write


Written = Callable[[str | bytes], Path]


async def stored() -> list[tuple[str, str, str, int]]:
    """Everything in the table: date, kind, amount, ordinal."""
    rows = await database.fetch(
        "SELECT occurred_on::text, kind, amount::text, ordinal FROM transactions ORDER BY occurred_on, kind, 3, 4"
    )
    return [tuple(row) for row in rows]


async def enrol(settings: Settings, number: str) -> int:
    key = digest(settings.key("aadhaar_digest_key"), number)
    user = await register(Registration("Asha", f"{number}@example.in", key, bytes(40), "1234", None, None, None, None))
    assert user is not None
    return int(user.id)


async def score_of(user_id: int) -> int | None:
    return (await User.get(id=user_id)).credit_score


async def assessments() -> int:
    return len(await database.fetch("SELECT FROM credit_assessments"))


def refused_rows(path: Path) -> list[list[str]]:
    """The contents of the file of rejected rows, which exists only if a row was rejected."""
    if not path.exists():
        return []
    assert path.stat().st_mode & 0o777 == 0o600, "rejected rows may be personal data"
    with path.open(newline="", encoding="utf-8") as file:
        return list(csv.reader(file))


@pytest.mark.parametrize(
    ("content", "amount"),
    [
        (f"aadhaar_id,date,transaction_type,amount\n{ASHA},2025-01-31,CREDIT,12.50\n", "12.50"),
        (f"aadhar_id,date,type,amount\n{ASHA},2025-01-31,credit,12.5", "12.50"),
        (f"AMOUNT,Note,Type,DATE,AadharID\n7,x,Credit,2025-01-31,{ASHA}\n", "7.00"),
        (f'\ufeff"Aadhar Id" , " Date ",TYPE, Amount \r\n"{ASHA}", 2025-01-31 ,"CREDIT", 3.1 \r\n', "3.10"),
        (f"user;date;type;amount\n{ASHA};31-01-2025;cReDiT;0\n", "0.00"),
        ("user,date,type,amount\n2341 2341 2346,31/01/2025,CREDIT,000999999999999.99\n", "999999999999.99"),
        ("user,date,type,amount\n2341-2341-2346,31/1/2025,CREDIT,1000\n", "1000.00"),
        (f"\n\nuser,date,type,amount\n\n{ASHA},2025-01-31,CREDIT,+1.10,\n,,,\n", "1.10"),
    ],
)
async def test_every_dialect_says_the_same(
    memory: Settings, written: Written, rejects: Path, content: str, amount: str
) -> None:
    assert (await import_file(written(content), memory, rejects=rejects))[:5] == (1, 1, 0, 0, 0)
    assert await stored() == [("2025-01-31", "CREDIT", amount, 1)]
    assert refused_rows(rejects) == []


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ("12345,2025-01-31,CREDIT,1", "the Aadhaar number is not 12 digits"),
        ("2341234123461,2025-01-31,CREDIT,1", "the Aadhaar number is not 12 digits"),
        ("२३४१२३४१२३४६,2025-01-31,CREDIT,1", "the Aadhaar number is not 12 digits"),
        (f"{ASHA},2025-02-30,CREDIT,1", "the date does not exist in the calendar"),
        (
            f"{ASHA},31.01.2025,CREDIT,1",
            "the date must be YYYY-MM-DD, DD-MM-YYYY or DD/MM/YYYY, or name the month",
        ),
        (f"{ASHA},0025-01-31,CREDIT,1", "the year must be between 1900 and 2199"),
        (f"{ASHA},2025-01-31,REFUND,1", "the type must be CREDIT or DEBIT"),
        (f"{ASHA},2025-01-31,CREDIT,NaN", "the amount is not a finite number"),
        (f"{ASHA},2025-01-31,CREDIT,-Infinity", "the amount is not a finite number"),
        (f"{ASHA},2025-01-31,CREDIT,-1", "the amount is negative: write it without a sign and give CREDIT or DEBIT"),
        (f"{ASHA},2025-01-31,CREDIT,1000000000000", "the amount is invalid: an amount must be below 1,000,000,000,000"),
        (f"{ASHA},2025-01-31,CREDIT", "too few columns: 3 instead of 4"),
        (f"{ASHA},2025-01-31,CREDIT,1,00,000.00", "too many columns: 6 instead of 4"),
        (f'{ASHA},2025-01-31,CREDIT,"1"2', "a quote is not closed, or text follows the closing quote"),
    ],
)
async def test_a_bad_row_is_refused_with_its_line_and_reason_and_the_rest_goes_in(
    memory: Settings, written: Written, rejects: Path, row: str, reason: str
) -> None:
    content = f"{HEADER}{ASHA},2025-01-01,CREDIT,5\n\n{row}\n{BABU},2025-01-02,DEBIT,6\n"
    assert (await import_file(written(content), memory, rejects=rejects))[:5] == (3, 2, 0, 1, 0)
    header, refused = refused_rows(rejects)
    assert header == ["line", "reason", "aadhaar_id", "date", "transaction_type", "amount"]
    assert refused[:2] == ["4", reason]


@pytest.mark.parametrize(
    "amount", ["twelve", "", "1.005", "0x10", "1_000", "१२", "1 000", "1e3", "2.5E+2", "5.", ".5", "++5"]
)
async def test_what_is_not_an_amount_is_refused(memory: Settings, written: Written, rejects: Path, amount: str) -> None:
    content = f"{HEADER}{ASHA},2025-01-01,CREDIT,{amount}\n"
    assert (await import_file(written(content), memory, rejects=rejects))[:5] == (1, 0, 0, 1, 0)
    reasons = ("the amount is invalid: an amount must be a plain number", "the spreadsheet shortened the amount")
    assert refused_rows(rejects)[1][1].startswith(reasons)


async def test_a_refused_row_never_shows_an_aadhaar_number(memory: Settings, written: Written, rejects: Path) -> None:
    rows = [
        f"{ASHA},2025-01-31,CREDIT,x",
        "2341 2341 2346,2025-01-31,CREDIT,x",
        "234123412346789,2025-01-31,CREDIT,1",
        "2.34123412346E+11,2025-01-31,CREDIT,1",
        f"2025-01-31,{ASHA},CREDIT,1",
        "2025-01-31,CREDIT,1,2341-2341-2346",
        f'{ASHA},2025-01-31,CREDIT,"1"2',
    ]
    await import_file(written(HEADER + "\n".join(rows)), memory, rejects=rejects)
    refused = refused_rows(rejects)
    text = "\n".join(",".join(fields) for fields in refused)
    digits = "".join(character for character in text if character.isdigit())
    assert "XXXXXXXX2346,2025-01-31,CREDIT,x" in text
    assert "XXXX XXXX 2346" in text
    assert "2025-01-31,XXXXXXXX2346,CREDIT,1" in text
    assert "23412341" not in digits
    assert len(refused) == 8


async def test_the_strict_checksum_refuses_what_the_lenient_one_takes(
    memory: Settings, written: Written, rejects: Path
) -> None:
    path = written(f"{HEADER}123456789012,2025-01-31,CREDIT,1\n{ASHA},2025-01-31,CREDIT,1\n")
    strict = memory.model_copy(update={"aadhaar_checksum": "strict"})
    assert (await import_file(path, strict, rejects=rejects))[:5] == (2, 1, 0, 1, 0)
    assert refused_rows(rejects)[1][:2] == ["2", "the Aadhaar number has a wrong first or check digit"]
    assert (await import_file(path, memory, rejects=rejects))[:5] == (2, 1, 1, 0, 0)
    assert len(refused_rows(rejects)) == 2, "the rejects of the first import must stay"


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "the file is empty"),
        (b"\n \n", "the file is empty"),
        (
            b"aadhaar_id,date,amount\n",
            "it has no column transaction_type. Line 1 was read as the header, with the columns: aadhaar_id, date,"
            " amount. Required columns: aadhaar_id, date, and transaction_type with amount, or debit with credit",
        ),
        (
            b"user,aadhaar,date,type,amount\n",
            "it has the column aadhaar_id twice. Line 1 was read as the header, with the columns: user, aadhaar, date,"
            " type, amount. Required columns: aadhaar_id, date, and transaction_type with amount, or debit with credit",
        ),
        (
            HEADER.encode("utf-16-le"),
            "the file contains NUL characters and is not UTF-8 text: save it as CSV in UTF-8",
        ),
    ],
)
async def test_a_file_without_its_columns_is_refused_as_a_whole(
    memory: Settings, written: Written, rejects: Path, content: bytes, reason: str
) -> None:
    path = written(content)
    with pytest.raises(ImportRefused) as refusal:
        await import_file(path, memory, rejects=rejects)
    assert str(refusal.value) == f"{path}: {reason}"


async def test_a_file_without_rows_adds_nothing(memory: Settings, written: Written, rejects: Path) -> None:
    assert (await import_file(written(HEADER), memory, rejects=rejects))[:5] == (0, 0, 0, 0, 0)


async def test_no_file_at_all_is_one_clear_line(memory: Settings, tmp_path: Path, rejects: Path) -> None:
    with pytest.raises(ImportRefused, match=r"nothing\.csv: no such file or directory$"):
        await import_file(tmp_path / "nothing.csv", memory, rejects=rejects)
    with pytest.raises(ImportRefused, match="is a directory"):
        await import_file(tmp_path, memory, rejects=rejects)


async def test_the_rejects_never_overwrite_the_file(memory: Settings, written: Written) -> None:
    path = written(HEADER)
    with pytest.raises(ImportRefused, match="the rejected rows would overwrite this file"):
        await import_file(path, memory, rejects=path)
    assert path.read_text() == HEADER


async def test_two_equal_rows_of_one_file_both_count_and_the_file_again_adds_nothing(
    memory: Settings, written: Written, rejects: Path
) -> None:
    row = f"{ASHA},2025-01-31,DEBIT,10.00\n"
    path = written(HEADER + row + row.replace("10.00", "10"))
    assert (await import_file(path, memory, rejects=rejects))[:5] == (2, 2, 0, 0, 0)
    assert (await import_file(path, memory, rejects=rejects))[:5] == (2, 0, 2, 0, 0)
    assert (await import_file(written(HEADER + row * 3), memory, rejects=rejects))[:5] == (3, 1, 2, 0, 0)
    assert [ordinal for *_, ordinal in await stored()] == [1, 2, 3]


async def test_equal_rows_are_counted_wherever_they_stand(memory: Settings, written: Written, rejects: Path) -> None:
    rows = [
        f"{number},2025-01-{day:02},{kind},{amount}\n"
        for amount in (5, 7, 5, "0.05", 7, 5)
        for day in (2, 1)
        for kind in ("CREDIT", "DEBIT")
        for number in (ASHA, BABU)
    ]
    assert (await import_file(written(HEADER + "".join(rows)), memory, rejects=rejects)).added == len(rows)
    assert await stored() == sorted(
        (f"2025-01-{day:02}", kind, amount, ordinal)
        for day in (1, 2)
        for kind in ("CREDIT", "DEBIT")
        for amount, count in (("0.05", 1), ("5.00", 3), ("7.00", 2))
        for ordinal in range(1, count + 1)
        for _ in (ASHA, BABU)
    )


async def test_more_people_than_are_remembered_change_nothing(
    memory: Settings, rejects: Path, small_pieces: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(partitions, "MOST_KNOWN", 30)
    assert (await import_file(SAMPLE, memory, rejects=rejects)).added == 4989
    assert (await import_file(SAMPLE, memory, rejects=rejects)).already_there == 4989


async def test_two_imports_at_once_add_every_row_once(memory: Settings, rejects: Path) -> None:
    both = await asyncio.gather(
        import_file(SAMPLE, memory, rejects=rejects),
        import_file(SAMPLE, memory, rejects=rejects.with_name("others.csv")),
    )
    assert sorted(result.added for result in both) == [0, 4989]
    assert len(await stored()) == 4989


async def test_a_first_load_leaves_the_table_as_strict_as_it_was(
    memory: Settings, written: Written, rejects: Path
) -> None:
    question = (
        "SELECT pg_get_constraintdef(oid) FROM pg_constraint WHERE conrelid = 'transactions'::regclass ORDER BY 1"
    )
    before = await database.fetch(question)
    await import_file(written(f"{HEADER}{ASHA},2025-01-31,DEBIT,10\n"), memory, rejects=rejects)
    assert await database.fetch(question) == before
    again = "INSERT INTO transactions (aadhaar_digest, occurred_on, kind, amount, ordinal)"
    with pytest.raises(asyncpg.UniqueViolationError):
        await database.execute(f"{again} SELECT aadhaar_digest, occurred_on, kind, amount, ordinal FROM transactions")


async def test_whoever_gained_a_transaction_is_scored_and_nobody_else(
    memory: Settings, written: Written, rejects: Path
) -> None:
    asha, babu = await enrol(memory, ASHA), await enrol(memory, BABU)
    first = written(f"{HEADER}{ASHA},2025-01-01,CREDIT,600000\n{ASHA},2025-01-02,DEBIT,31550\n")
    assert (await import_file(first, memory, rejects=rejects)).rescored == 1
    assert [await score_of(asha), await score_of(babu)] == [670, None]
    second = written(f"{HEADER}{ASHA},2025-01-01,CREDIT,600000\n{BABU},2025-01-02,CREDIT,25000\n")
    assert (await import_file(second, memory, rejects=rejects))[:5] == (2, 1, 1, 0, 1)
    assert [await score_of(asha), await score_of(babu)] == [670, 310]
    assert (await import_file(second, memory, rejects=rejects)).rescored == 0
    assert await assessments() == 2


async def test_a_score_computed_meanwhile_neither_stops_the_import_nor_outlives_it(
    memory: Settings, rejects: Path
) -> None:
    user_id = await enrol(memory, ASHA)
    async with database.transaction():
        await hold([user_id])
        # The task starts outside this transaction, like another process.
        importing = contextvars.Context().run(asyncio.ensure_future, import_file(SAMPLE, memory, rejects=rejects))
        await asyncio.sleep(1.5)  # longer than PostgreSQL's deadlock_timeout
        assert not importing.done()
        await store_scores([(300, totals) for totals in await transaction_totals([user_id])])
    assert (await importing).rescored == 1
    assert await score_of(user_id) == 670


async def test_the_sample_scores_its_three_known_people(memory: Settings, rejects: Path) -> None:
    partitions = [await enrol(memory, number) for number in (ASHA, BABU, "123456789012")]
    assert (await import_file(SAMPLE, memory, rejects=rejects))[:5] == (4989, 4989, 0, 0, 3)
    assert [await score_of(user_id) for user_id in partitions] == [670, 300, 900]
    row = await database.fetch_one("SELECT balance FROM credit_assessments WHERE user_id = $1", partitions[0])
    assert row is not None
    assert row["balance"] == Decimal("568450.00")
    assert credit.score(row["balance"]) == 670


@pytest.mark.parametrize("step", ["reading", "storing", "scoring"])
async def test_of_an_interrupted_part_nothing_is_stored(memory: Settings, rejects: Path, step: str) -> None:
    user_id = await enrol(memory, ASHA)

    def interrupt(progress: Progress) -> None:
        if progress.step == step:
            raise KeyError(step)

    with pytest.raises(KeyError):
        await import_file(SAMPLE, memory, rejects=rejects, report=interrupt)
    assert await stored() == []
    assert await score_of(user_id) is None
    assert (await import_file(SAMPLE, memory, rejects=rejects)).added == 4989


@pytest.fixture
def small_pieces(monkeypatch: pytest.MonkeyPatch) -> None:
    """Small limits. With the real ones, the test would need a file of many megabytes."""
    monkeypatch.setattr(csv_file, "PIECE_BYTES", 5000)
    monkeypatch.setattr(spill, "PART_BYTES", 50_000)


async def test_a_file_read_in_pieces_keeps_its_lines_and_its_records_whole(
    memory: Settings, written: Written, rejects: Path, small_pieces: None
) -> None:
    note = '"rent,\nfor ""March"",\n\npaid late"'
    good = "".join(
        f"{ASHA},2025-01-01,CREDIT,{number},{note if number % 5 == 0 else 'rent'}\n" for number in range(200)
    )
    path = written(HEADER.replace("\n", ",note\n") + good + f"{ASHA},never,CREDIT,1,rent")
    assert (await import_file(path, memory, rejects=rejects))[:5] == (201, 200, 0, 1, 0)
    assert refused_rows(rejects)[1][0] == str(1 + 200 + 40 * 3 + 1)


async def test_a_quote_that_is_never_closed_costs_one_row(
    memory: Settings, written: Written, rejects: Path, small_pieces: None
) -> None:
    rows = [f"{ASHA},2025-01-01,CREDIT,{number},rent" for number in range(200)]
    rows[40] = rows[40].replace("rent", '"rent')
    path = written(HEADER.replace("\n", ",note\n") + "\n".join(rows))
    assert (await import_file(path, memory, rejects=rejects))[:5] == (200, 199, 0, 1, 0)
    assert refused_rows(rejects)[1][:2] == ["42", "a quote is not closed, or text follows the closing quote"]


async def test_progress_ends_with_everything_done(memory: Settings, rejects: Path, small_pieces: None) -> None:
    await enrol(memory, ASHA)
    seen: list[Progress] = []
    await import_file(SAMPLE, memory, rejects=rejects, report=seen.append)
    last = {progress.step: progress for progress in seen}
    assert last["reading"] == Progress("reading", SAMPLE.stat().st_size, SAMPLE.stat().st_size, 4989)
    assert last["storing"] == Progress("storing", 4989, 4989, 4989)
    assert last["scoring"] == Progress("scoring", 1, 1, 4989)
    assert list(last) == ["reading", "storing", "scoring"]


MONTH_FIRST = [
    ["01/02/2025", "01/31/2025"],
    ["01/31/2025", "01/02/2025"],
    ["1-2-2025", "01-31-2025 10:30"],
    ["2025-02-01", "2025-31-01"],
    ["01/02/2025", "01/31/25"],
]


@pytest.mark.parametrize("days", MONTH_FIRST)
async def test_a_file_with_the_month_first_is_refused_as_a_whole(
    memory: Settings, written: Written, rejects: Path, days: list[str]
) -> None:
    path = written(HEADER + "bad,row\n" + "".join(f"{ASHA},{day},CREDIT,5\n" for day in days))
    with pytest.raises(ImportRefused, match=f"line {3 + [('31' in day) for day in days].index(True)} has the date"):
        await import_file(path, memory, rejects=rejects)
    assert await stored() == []
    assert beside(rejects) == []
    assert await database.fetch("SELECT FROM imports") == []


async def test_days_that_a_spreadsheet_swapped_are_refused(memory: Settings, written: Written, rejects: Path) -> None:
    days = [f"2025-{day:02}-05" for day in range(1, 13)] + [f"{day}/05/2025" for day in range(13, 32)]
    days = [day if "/" in day else f"2025-05-{int(day[5:7]):02}" for day in days]
    with pytest.raises(ImportRefused, match="a spreadsheet has swapped days and months"):
        await import_file(
            written(HEADER + "".join(f"{ASHA},{day},CREDIT,5\n" for day in days)), memory, rejects=rejects
        )
    mixed = [f"2025-05-{day:02}" for day in range(1, 32)] + ["05/06/2025", "31/05/2025", "31-May-2025"]
    path = written(HEADER + "".join(f"{ASHA},{day},CREDIT,5\n" for day in mixed))
    assert (await import_file(path, memory, rejects=rejects)).added == len(mixed)


def beside(rejects: Path) -> list[str]:
    """The names of the files of rejected rows."""
    return [path.name for path in rejects.parent.glob(f"{rejects.stem}*")]


async def test_each_import_keeps_its_own_file_of_rejects(memory: Settings, written: Written, rejects: Path) -> None:
    first = await import_file(written(HEADER + "bad,row\n"), memory, rejects=rejects)
    assert first.rejects == rejects
    before = refused_rows(rejects)
    second = await import_file(written(HEADER + f"other,row\n{ASHA},2025-01-01,CREDIT,5\n"), memory, rejects=rejects)
    assert second.rejects == rejects.with_stem("refused-2")
    # The same rejected rows need no new file. An import without rejects, or a refused one, changes no file.
    assert (await import_file(written(HEADER + "bad,row\n"), memory, rejects=rejects)).rejects == rejects
    await import_file(written(HEADER + f"{ASHA},2025-01-01,CREDIT,5\n"), memory, rejects=rejects)
    with pytest.raises(ImportRefused):
        await import_file(written(HEADER + f"third,row\n{ASHA},01/31/2025,CREDIT,5\n"), memory, rejects=rejects)
    assert sorted(beside(rejects)) == ["refused-2.csv", "refused.csv"]
    assert refused_rows(rejects) == before


async def test_statements_of_banks_are_read(memory: Settings, written: Written, rejects: Path) -> None:
    content = (
        "Statement of account;\n\nAadhaar No.;Txn Date;Narration;Withdrawal Amt.;Deposit Amt.;Balance\n"
        f"'{ASHA};31-Jan-2025;rent;1,23,456.78;;5\n"
        f"{ASHA}.0;2025/02/01 10:30;salary;0.00;Rs. 2,000.00;7\n"
        f"{ASHA};31/01/2025;x;5;5;7\n"
    )
    assert (await import_file(written(content.encode("utf-16")), memory, rejects=rejects))[:4] == (3, 2, 0, 1)
    assert await stored() == [("2025-01-31", "DEBIT", "123456.78", 1), ("2025-02-01", "CREDIT", "2000.00", 1)]
