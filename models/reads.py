"""A read is one statement with its values, which runs alone or together with that of an account."""

from collections.abc import Callable, Sequence
from typing import Any, Generic, NamedTuple, TypeVar

from models import database

T = TypeVar("T")


class Read(NamedTuple, Generic[T]):
    """A statement, its values, and the function that makes the result of its rows.

    The first column of the statement is never NULL, so that a row without one is no row. Reads of the same function
    with the same arguments are equal.
    """

    statement: str
    values: tuple[object, ...]
    result: Callable[[Sequence[Sequence[Any]]], T]


async def run(read: Read[T]) -> T:
    """The result of a read that runs alone."""
    rows: Any = await database.fetch(read.statement, *read.values)
    return read.result(rows)
