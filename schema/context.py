"""What a view may ask of the request it is resolved in. The rows behind it are the resolvers' business."""

from collections.abc import Awaitable, Sequence
from datetime import date
from typing import Protocol, TypeAlias

import strawberry

from rules import billing
from schema.pagination import Connection


class Context(Protocol):
    """`after` is a cursor of an earlier page; `first` a page's length, 1 to 100.

    Raises (all pages):
        GraphQLError: BAD_USER_INPUT for a length or a cursor that cannot be.
    """

    @property
    def today(self) -> date: ...

    async def loans_page(self, user_id: int, first: int | None, after: str | None) -> Connection[object]: ...

    async def bills_page(self, loan_id: int, first: int | None, after: str | None) -> Connection[object]: ...

    async def payments_page(self, loan_id: int, first: int | None, after: str | None) -> Connection[object]: ...

    async def past_transactions_page(
        self, loan_id: int, loan: billing.Loan, first: int | None, after: str | None
    ) -> Connection[object]: ...

    def allocations(self, payment_id: int) -> Sequence[object] | Awaitable[Sequence[object]]:
        """Where a payment went; at once, where that is known already."""
        ...


Info: TypeAlias = strawberry.Info[Context, None]


class _Identified(Protocol):
    @property
    def id(self) -> int: ...


# A row of which a view needs no more than whose lists to ask for.
Row = strawberry.Parent[_Identified]
