"""Metrics of this process's pool: its use at the moment, and connections that report each statement to listeners."""

from time import perf_counter
from typing import Any, NamedTuple

from tortoise import Tortoise

import telemetry
from models import asyncpg_seam, tortoise_seam


class Use(NamedTuple):
    """Numbers of connections: in use, idle, and the pool's maximum; and of tasks that wait for a connection."""

    lent: int
    idle: int
    most: int
    waiting: int


def use() -> Use | None:
    """Return the pool's use, or None if the pool is not open."""
    if not Tortoise.is_inited():
        return None
    pool = tortoise_seam.pool()
    if pool is None:
        return None
    idle = pool.get_idle_size()
    return Use(pool.get_size() - idle, idle, pool.get_max_size(), asyncpg_seam.waiting_for(pool))


class _ReportedStatement:
    """Measures a statement and reports it to the listeners at its end."""

    __slots__ = ("began", "statement")

    def __init__(self, statement: str) -> None:
        self.statement = statement
        self.began = perf_counter()

    def __enter__(self) -> None:
        pass

    def __exit__(self, _: object, error: BaseException | None, __: object) -> None:
        seconds = perf_counter() - self.began
        for listener in telemetry.listeners:
            listener.statement_executed(self.statement, seconds, error)


class Telling(asyncpg_seam.CancellingConnection):
    """A connection that reports every statement. asyncpg's own query loggers each need a turn of the event loop, which
    costs a fifth of a short statement.
    """

    async def execute(self, query: str, *values: Any, **options: Any) -> Any:
        with _ReportedStatement(query):
            return await super().execute(query, *values, **options)

    async def executemany(self, command: str, args: Any, **options: Any) -> Any:
        with _ReportedStatement(command):
            return await super().executemany(command, args, **options)

    async def fetch(self, query: str, *values: Any, **options: Any) -> Any:
        with _ReportedStatement(query):
            return await super().fetch(query, *values, **options)

    async def fetchrow(self, query: str, *values: Any, **options: Any) -> Any:
        with _ReportedStatement(query):
            return await super().fetchrow(query, *values, **options)

    async def fetchval(self, query: str, *values: Any, **options: Any) -> Any:
        with _ReportedStatement(query):
            return await super().fetchval(query, *values, **options)

    async def copy_to_table(self, table_name: str, **options: Any) -> Any:
        with _ReportedStatement(f"COPY {table_name}"):
            return await super().copy_to_table(table_name, **options)
