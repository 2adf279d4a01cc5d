"""A recording of the statements that PostgreSQL gets, so that a bound is always measured with the same statements."""

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
# The version of a loan's row is nobody's to choose: a script looks it up where a request has read it before.
_VERSION = re.compile(r"\bxmin = \$\d+")


class RecordedStatement(NamedTuple):
    statement: str
    values: tuple[object, ...]


class Bound(NamedTuple):
    per_second: float
    took: Spread


@asynccontextmanager
async def recording(settings: Settings) -> AsyncIterator[list[RecordedStatement]]:
    """A pool of one connection, and every statement that it sends."""
    async with database.connected(settings.database_url, 1):
        statements: list[RecordedStatement] = []
        pool: Any = get_connections().get("default")
        async with pool.acquire_connection() as connection:
            connection.add_query_logger(
                lambda statement: statements.append(RecordedStatement(statement.query, tuple(statement.args or ())))
            )
        yield statements


async def ask(settings: Settings, token: str, query: str, variables: Mapping[str, object]) -> Any:
    """The one field of an operation that goes well, without the way to it."""
    context = RequestContext(settings, f"Bearer {token}", "127.0.0.1")
    result = await schema.execute(query, variable_values=dict(variables), context_value=context)
    assert not result.errors, result.errors
    (field,) = result.data.values()
    return field


def script(statements: list[RecordedStatement], names: Mapping[object, str]) -> tuple[str, dict[str, str]]:
    """The statements for pgbench, and the values of their parameters; `names` says what varies, as an expression.

    What is written to a loan is written to the one that `:loan` names.
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
    """A value as PostgreSQL reads it."""
    if isinstance(value, list | tuple):
        return "{" + ",".join("NULL" if item is None else _text(item) for item in value) + "}"
    if isinstance(value, bytes):
        return f"\\x{value.hex()}"
    if isinstance(value, date | datetime):
        return value.isoformat()
    assert isinstance(value, str | int | Decimal), f"{value!r} has no text yet"
    return str(value)


async def pgbench(settings: Settings, lines: str, values: Mapping[str, str], *, clients: int, seconds: float) -> Bound:
    """Run a script with so many clients for so long.

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
        # It counts whole seconds only; less than one is for trying things out.
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
