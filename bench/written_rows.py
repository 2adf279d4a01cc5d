"""A rate of requests that write is void unless each of them writes the rows that a recorded one wrote."""

from collections.abc import Iterable, Mapping

from bench import environment
from bench.errors import BenchmarkError
from settings import Settings


async def counted(settings: Settings, tables: Iterable[str]) -> dict[str, int]:
    """Return the number of rows of each table."""
    async with environment.connection(settings) as connection:
        return {table: await connection.fetchval(f"SELECT count(*) FROM {table}") for table in tables}


def added(before: Mapping[str, int], after: Mapping[str, int]) -> dict[str, int]:
    return {table: after[table] - rows for table, rows in before.items()}


def check(writer: str, requests: int, written: Mapping[str, int], each: Mapping[str, int]) -> None:
    """Compare the rows that `requests` requests wrote with `each`, the rows of a single one, for each table.

    Raises:
        BenchmarkError: they wrote fewer or more, so the rate is void.
    """
    for table, rows in each.items():
        if written[table] != rows * requests:
            raise BenchmarkError(
                f"the rate of {writer} is void: {requests:,} requests wrote {written[table]:,} rows to {table},"
                f" expected {rows * requests:,}"
            )
