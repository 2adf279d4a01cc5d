"""pgbench sends the recorded statements of a request for random loans; its rate is the bound of the endpoint."""

import asyncio
import os
import re
import subprocess
from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, NamedTuple
from urllib.parse import parse_qs, urlsplit

import asyncpg

from bench import environment, loan_book
from bench.errors import BenchmarkError
from bench.measure import Spread, spread
from bench.statement_recorder import RecordedStatement
from ops.embedded.postgres import PROGRAMS
from settings import Settings

_PARAMETER = re.compile(r"\$(\d+)")
# A request has read the version of the loan's row before, and a script cannot choose it: it selects the version.
_VERSION = re.compile(r"\bxmin = \$\d+")

_WRITES = re.compile(r"\bINSERT INTO\b")

# Each client counts its own transactions from a number of its own, so no number is sent twice in a run.
_NUMBERS_OF_A_CLIENT = 10**15


class Bound(NamedTuple):
    per_second: float
    took: Spread
    transactions: int


class Script(NamedTuple):
    """The statements, one a line, and the values of their variables."""

    lines: list[str]
    values: dict[str, str]


def script(statements: list[RecordedStatement], loan_id: int, number: int) -> Script:
    """Return statements as a script for any loan and any request number, instead of those that were recorded."""
    names: dict[object, str] = {
        loan_id: ":loan",
        str(loan_book.family(loan_id)): "lpad(:loan::text, 32, '0')::uuid",
        str(number): ":number",
    }
    values: dict[str, str] = {}
    lines = []
    for position, (statement, arguments) in enumerate(statements):

        def parameter(found: re.Match[str], position: int = position, arguments: Any = arguments) -> str:
            value = arguments[int(found[1]) - 1]
            if isinstance(value, str | int) and not isinstance(value, bool) and value in names:
                return names[value]
            if value is None:
                return "NULL"
            name = f"s{position}_{found[1]}"
            values[name] = _text(value)
            return f":{name}"

        known = _VERSION.sub("xmin = (SELECT loan.xmin FROM loans loan WHERE loan.id = :loan)", statement)
        lines.append(" ".join(_PARAMETER.sub(parameter, known).split()).rstrip(";"))
    return Script(lines, values)


def _text(value: object) -> str:
    """Return a value as a PostgreSQL literal, without quotes."""
    if isinstance(value, list | tuple):
        return "{" + ",".join("NULL" if item is None else _text(item) for item in value) + "}"
    if isinstance(value, bytes):
        return f"\\x{value.hex()}"
    if isinstance(value, date | datetime):
        return value.isoformat()
    assert isinstance(value, str | int | Decimal), f"values of type {type(value).__name__} are not supported yet"
    return str(value)


async def check_reads(
    settings: Settings, statements: list[RecordedStatement], recorded: Script, loan_id: int, number: int
) -> None:
    """Send the script's reads for a loan, and those of the request again, whose number was `number`.

    Raises:
        BenchmarkError: they do not find as many values, so the script does less than the request.
    """
    fresh = str(number + 1)
    values = {**recorded.values, "loan": str(loan_id), "number": fresh}
    variable = re.compile(rf"(?<!:):({'|'.join(values)})\b")
    async with environment.connection(settings) as connection:
        for (statement, arguments), line in zip(statements, recorded.lines, strict=True):
            if _WRITES.search(statement):
                continue
            sent = [fresh if value == str(number) else value for value in arguments]
            expected = _found(await connection.fetch(statement, *sent))
            found = _found(await connection.fetch(variable.sub(lambda name: f"'{values[name[1]]}'", line)))
            if found != expected:
                message = f"the rate of pgbench is void: a statement found {found} values for loan {loan_id}"
                raise BenchmarkError(f"{message}, expected {expected}: {line}")


def _found(rows: list[asyncpg.Record]) -> list[int]:
    """The number of values in each row. A check that failed is none."""
    return [sum(value is not None and value is not False for value in row) for row in rows]


async def run(settings: Settings, recorded: Script, loans: range, *, clients: int, seconds: float) -> Bound:
    """Run a script from `clients` clients for `seconds` seconds, for random loans.

    Raises:
        BenchmarkError: a statement fails.
    """
    lines = _drawn(loans, clients) + [f"{line};" for line in recorded.lines]
    # pgbench accepts whole seconds only. Tests ask for less than one second.
    length = f"--time={round(seconds)}" if seconds >= 1 else "--transactions=20"
    return await asyncio.to_thread(_pgbench, settings, lines, recorded.values, clients, length)


def _drawn(loans: range, clients: int) -> list[str]:
    """Return the lines that choose a loan and a number.

    Each client has loans of its own. If two paid the same loan at once, the later one would write nothing, because a
    script cannot try again.
    """
    return [
        f"\\set loan {loans[0]} + :client_id + {clients} * random(0, {len(loans) // clients - 1})",
        # pgbench keeps the variables of a client from one transaction to the next.
        "\\set count :count + 1",
        f"\\set number (:client_id + 2) * {_NUMBERS_OF_A_CLIENT} + :count",
    ]


def _pgbench(settings: Settings, lines: list[str], values: Mapping[str, str], clients: int, length: str) -> Bound:
    place = urlsplit(settings.database_url)
    server = parse_qs(place.query)
    with TemporaryDirectory(prefix="pgbench-", dir=settings.home) as folder:
        file = Path(folder, "script.sql")
        file.write_text("\n".join(lines))
        command = [
            str(PROGRAMS / "pgbench"), "--no-vacuum", "--protocol=prepared", "--log", f"--log-prefix={folder}/log",
            f"--client={clients}", f"--jobs={min(clients, os.cpu_count() or 1)}", length,
            f"--file={file}", f"--host={server['host'][0]}", f"--port={server['port'][0]}", "--username=postgres",
            "--define=count=0", *(f"--define={name}={value}" for name, value in values.items()),
            place.path[1:],
        ]  # fmt: skip
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        rate = re.search(r"tps = ([\d.]+)", done.stdout)
        processed = re.search(r"actually processed: (\d+)", done.stdout)
        if done.returncode or not rate or not processed:
            raise BenchmarkError(f"pgbench: {done.stderr.strip()[-500:]}")
        logged = [line.split() for log in Path(folder).glob("log.*") for line in log.read_text().splitlines()]
        return Bound(float(rate[1]), spread(int(fields[2]) / 1e6 for fields in logged), int(processed[1]))
