"""Expressions that Tortoise's querysets lack: the transaction's time on PostgreSQL's clock, and lower case."""

from datetime import timedelta

from tortoise.expressions import Expression, RawSQL, ResolveContext, ResolveResult, Value
from tortoise.functions import Lower


class Now(Expression):
    """The time at which the transaction began, less a duration.

    PostgreSQL's clock decides, because the clocks of the machines that share a database differ.
    """

    def __init__(self, less: timedelta = timedelta()) -> None:
        self._less = less

    def resolve(self, _: ResolveContext) -> ResolveResult:
        less = self._less
        sql = f"now() - interval '{less.days} days {less.seconds} seconds {less.microseconds} microseconds'"
        return ResolveResult(term=RawSQL(sql if less else "now()"))


def lowered(text: str) -> Expression:
    """A text in the lower case of PostgreSQL, as its indexes have it. Python's differs for some letters."""
    return Lower(Value(text))  # type: ignore[arg-type]  # it resolves any expression
