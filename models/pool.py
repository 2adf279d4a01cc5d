"""The pool of this process: how it is used at the moment, and connections that tell of what is said on them."""

from time import perf_counter
from typing import Any, NamedTuple

from tortoise import Tortoise

import telemetry
from models import asyncpg_seam, tortoise_seam


class Use(NamedTuple):
    """Connections that are lent out, that are open and idle, that there may be; and who waits for one."""

    lent: int
    idle: int
    most: int
    waiting: int


def use() -> Use | None:
    """None where the pool has not been opened."""
    if not Tortoise.is_inited():
        return None
    pool = tortoise_seam.pool()
    if pool is None:
        return None
    idle = pool.get_idle_size()
    return Use(pool.get_size() - idle, idle, pool.get_max_size(), asyncpg_seam.waiting_for(pool))


class _Said:
    """A statement that is being answered, of which the listeners are told then."""

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
    """A connection that tells of every statement. The library's own query loggers each take a turn of the event loop:
    a fifth of what a short statement costs.
    """

    async def execute(self, query: str, *values: Any, **options: Any) -> Any:
        with _Said(query):
            return await super().execute(query, *values, **options)

    async def executemany(self, command: str, args: Any, **options: Any) -> Any:
        with _Said(command):
            return await super().executemany(command, args, **options)

    async def fetch(self, query: str, *values: Any, **options: Any) -> Any:
        with _Said(query):
            return await super().fetch(query, *values, **options)

    async def fetchrow(self, query: str, *values: Any, **options: Any) -> Any:
        with _Said(query):
            return await super().fetchrow(query, *values, **options)

    async def fetchval(self, query: str, *values: Any, **options: Any) -> Any:
        with _Said(query):
            return await super().fetchval(query, *values, **options)

    async def copy_to_table(self, table_name: str, **options: Any) -> Any:
        with _Said(f"COPY {table_name}"):
            return await super().copy_to_table(table_name, **options)
