"""An import with `kist import`. The bound is COPY of the same file into a table of its columns without a key.

The result also notes COPY into a table with a key, because every import needs one.
"""

import sys
import time
from pathlib import Path

import polars as pl

from bench import environment, measure
from bench.child_output import child_output
from bench.errors import BenchmarkError
from bench.measure import PeakMemory, Result
from ops.commands import child_processes
from settings import ROOT, Settings

# The file is written in pieces of about 25 MB, so that its size is not limited by memory.
_ROWS_AT_ONCE = 500_000

# A year of a person who makes two transactions a month.
_ROWS_OF_A_PERSON = 25

_BARE = "CREATE TABLE bare (aadhaar_id text, occurred_on date, kind text, amount numeric(14,2))"
_KEYED = _BARE[:-1] + ", UNIQUE (aadhaar_id, occurred_on, kind, amount))"


async def measured(settings: Settings, rows: int) -> Result:
    """Measure rows per second into an empty table, from the command's start to its end.

    Raises:
        BenchmarkError: the command fails, or a row of the file is missing afterwards.
    """
    await environment.prepare(settings)
    file = settings.home / "transactions.csv"
    _write(file, rows)
    bound = rows / await _copied(settings, file, rows, _BARE)
    with_a_key = rows / await _copied(settings, file, rows, _KEYED)
    started = time.perf_counter()
    with PeakMemory() as memory, measure.bar("importing"):
        summary = await _imported(settings, file)
    rate = rows / (time.perf_counter() - started)
    if not summary.startswith(f"{rows} rows: {rows} added,"):
        raise BenchmarkError(f"the rate of the import is void: {summary}")
    keyed = f"×{rate / with_a_key:.2f} of COPY into a table with a key, {with_a_key:,.0f} rows/s"
    notes = (keyed, f"peak {memory}", summary)
    return Result(f"import, {rows:,} rows", rate, "rows/s", bound, notes)


async def _copied(settings: Settings, file: Path, rows: int, table: str) -> float:
    """Return the seconds that COPY of the file takes, into a temporary table that is dropped afterwards."""
    async with environment.connection(settings) as connection:
        await connection.execute(table)
        await connection.execute("CHECKPOINT")
        started = time.perf_counter()
        copied = await connection.copy_to_table("bare", source=file, format="csv", header=True)
        seconds = time.perf_counter() - started
        if copied != f"COPY {rows}":
            raise BenchmarkError(f"the rate of the bound is void: {copied}, expected {rows} rows")
        await connection.execute("DROP TABLE bare")
        await connection.execute("CHECKPOINT")
    return seconds


async def _imported(settings: Settings, file: Path) -> str:
    command = (sys.executable, str(ROOT / "cli.py"), "import", str(file))
    output = await child_output(*command, env=child_processes.environment(settings))
    return output.decode().splitlines()[0]


def _write(file: Path, rows: int) -> None:
    """Write distinct rows: people take turns, and the days of a year alternate."""
    people = max(rows // _ROWS_OF_A_PERSON, 1)
    with file.open("wb") as stream:
        stream.write(b"aadhaar_id,date,transaction_type,amount\n")
        for first in measure.steps(range(0, rows, _ROWS_AT_ONCE), f"writing {rows:,} rows"):
            number = pl.int_range(first, min(first + _ROWS_AT_ONCE, rows), dtype=pl.Int64)
            paise = number * 48_271 % 9_999_991 + 1
            pl.select(
                aadhaar_id=number * 7_919 % people * 4_000_037 % 799_999_999_989 + 200_000_000_000,
                date=pl.date(2025, 1, 1) + pl.duration(days=number // people * 13 % 365),
                transaction_type=pl.when(number % 3 == 0).then(pl.lit("CREDIT")).otherwise(pl.lit("DEBIT")),
                amount=pl.concat_str(paise // 100, pl.lit("."), (paise % 100).cast(pl.String).str.zfill(2)),
            ).write_csv(stream, include_header=False)
