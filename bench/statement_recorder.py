"""The statements that a request sends to PostgreSQL are recorded, so that the bound always uses the same statements."""

import asyncio
import os
import re
import subprocess
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, NamedTuple
from urllib.parse import parse_qs, urlsplit

from tortoise.connection import get_connections

from api.graphql.root import schema
from bench.measure import Spread, spread
from models import database
from ops.embedded.postgres import PROGRAMS
from resolvers.context import RequestContext
from settings import Settings

_PARAMETER = re.compile(r"\$(\d+)")
# A request has read the version of the loan's row before, and a script cannot choose it: it selects the version.
_VERSION = re.compile(r"\bxmin = \$\d+")


class RecordedStatement(NamedTuple):
    statement: str
    values: tuple[object, ...]


class Bound(NamedTuple):
    per_second: float
    took: Spread


@asynccontextmanager
async def recording(settings: Settings) -> AsyncIterator[list[RecordedStatement]]:
    """Open a pool of one connection and record every statement that it sends."""
    async with database.connected(settings.database_url, 1):
        statements: list[RecordedStatement] = []
        pool: Any = get_connections().get("default")
        async with pool.acquire_connection() as connection:
            connection.add_query_logger(
                lambda statement: statements.append(RecordedStatement(statement.query, tuple(statement.args or ())))
            )
        yield statements


async def ask(settings: Settings, token: str, query: str, variables: Mapping[str, object]) -> Any:
    """Execute an operation without HTTP and return the value of its only field."""
    context = RequestContext(settings, f"Bearer {token}", "127.0.0.1")
    result = await schema.execute(query, variable_values=dict(variables), context_value=context)
    assert not result.errors, result.errors
    (field,) = result.data.values()
    return field


def script(statements: list[RecordedStatement], names: Mapping[object, str]) -> tuple[str, dict[str, str]]:
    """Return the statements as a pgbench script, and the values of its variables.

    `names` maps values that vary to pgbench expressions. Writes to a loan go to the loan that `:loan` names.
    """
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
        lines.append(" ".join(_PARAMETER.sub(parameter, known).split()).rstrip(";") + ";")
    return "\n".join(lines), values


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


async def pgbench(settings: Settings, lines: str, values: Mapping[str, str], *, clients: int, seconds: float) -> Bound:
    """Run a script with pgbench, from `clients` clients for `seconds` seconds.

    Raises:
        RuntimeError: a statement fails.
    """
    return await asyncio.to_thread(_pgbench, settings, lines, values, clients, seconds)


def _pgbench(settings: Settings, lines: str, values: Mapping[str, str], clients: int, seconds: float) -> Bound:
    place = urlsplit(settings.database_url)
    server = parse_qs(place.query)
    with TemporaryDirectory(prefix="pgbench-", dir=settings.home) as folder:
        file = Path(folder, "script.sql")
        file.write_text(lines)
        # pgbench accepts whole seconds only. Tests ask for less than one second.
        length = f"--time={round(seconds)}" if seconds >= 1 else "--transactions=20"
        command = [
            str(PROGRAMS / "pgbench"), "--no-vacuum", "--protocol=prepared", "--log", f"--log-prefix={folder}/log",
            f"--client={clients}", f"--jobs={min(clients, os.cpu_count() or 1)}", length,
            f"--file={file}", f"--host={server['host'][0]}", f"--port={server['port'][0]}", "--username=postgres",
            *(f"--define={name}={value}" for name, value in values.items()),
            place.path[1:],
        ]  # fmt: skip
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        rate = re.search(r"tps = ([\d.]+)", done.stdout)
        if done.returncode or not rate:
            raise RuntimeError(f"pgbench: {done.stderr.strip()[-500:]}")
        logged = [line.split() for log in Path(folder).glob("log.*") for line in log.read_text().splitlines()]
        return Bound(float(rate[1]), spread(int(fields[2]) / 1e6 for fields in logged))


async def replayed(
    connection: database.Connection, statements: list[RecordedStatement], swapped: Callable[[object], object]
) -> None:
    """Send the statements again on a connection, with other values."""
    for statement, values in statements:
        if values:
            await connection.fetch(statement, *map(swapped, values))
        else:
            await connection.execute(statement)
