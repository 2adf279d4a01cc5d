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

from bench import loan_book
from bench.errors import BenchmarkError
from bench.measure import Spread, spread
from bench.statement_recorder import RecordedStatement
from ops.embedded.postgres import PROGRAMS
from settings import Settings

_PARAMETER = re.compile(r"\$(\d+)")
# A request has read the version of the loan's row before, and a script cannot choose it: it selects the version.
_VERSION = re.compile(r"\bxmin = \$\d+")

# Each client counts its own transactions from a number of its own, so no number is sent twice in a run.
_NUMBERS_OF_A_CLIENT = 10**15

# The transactions that come before the measured ones.
TRIALS = 1


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


async def run(settings: Settings, recorded: Script, loans: range, *, clients: int, seconds: float) -> Bound:
    """Run a script from `clients` clients for `seconds` seconds, for random loans.

    A single transaction comes first, in which each statement must return one row, as it did for the request.

    Raises:
        BenchmarkError: a statement fails, or returns no row.
    """
    first = len(loans) // clients // 2
    trial = _drawn(loans[first : first + 1], clients=1, sent=0) + [f"{line} \\gset" for line in recorded.lines]
    await asyncio.to_thread(_pgbench, settings, trial, recorded.values, 1, [f"--transactions={TRIALS}"])
    lines = _drawn(loans, clients=clients, sent=TRIALS) + [f"{line};" for line in recorded.lines]
    # pgbench accepts whole seconds only. Tests ask for less than one second.
    length = [f"--time={round(seconds)}" if seconds >= 1 else "--transactions=20"]
    return await asyncio.to_thread(_pgbench, settings, lines, recorded.values, clients, length)


def _drawn(loans: range, *, clients: int, sent: int) -> list[str]:
    """Return the lines that choose a loan and a number. A client has sent `sent` numbers in an earlier run.

    Each client has loans of its own. Of two that pay the same loan at once, the later one would write nothing, because
    a script cannot try again.
    """
    return [
        f"\\set loan {loans[0]} + :client_id + {clients} * random(0, {len(loans) // clients - 1})",
        # pgbench keeps the variables of a client from one transaction to the next.
        "\\set count :count + 1",
        f"\\set number (:client_id + 2) * {_NUMBERS_OF_A_CLIENT} + {sent} + :count",
    ]


def _pgbench(settings: Settings, lines: list[str], values: Mapping[str, str], clients: int, length: list[str]) -> Bound:
    place = urlsplit(settings.database_url)
    server = parse_qs(place.query)
    with TemporaryDirectory(prefix="pgbench-", dir=settings.home) as folder:
        file = Path(folder, "script.sql")
        file.write_text("\n".join(lines))
        command = [
            str(PROGRAMS / "pgbench"), "--no-vacuum", "--protocol=prepared", "--log", f"--log-prefix={folder}/log",
            f"--client={clients}", f"--jobs={min(clients, os.cpu_count() or 1)}", *length,
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
