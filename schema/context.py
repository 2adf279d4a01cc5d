"""What a view may ask of the request it is resolved in. The rows behind it are the resolvers' business."""

from datetime import date
from typing import Protocol, TypeAlias

import strawberry

from schema.pages import Connection


class Context(Protocol):
    """`after` is a cursor of an earlier page; `first` a page's length, 1 to 100.

    Raises (all three pages):
        GraphQLError: BAD_USER_INPUT for a length or a cursor that cannot be.
    """

    @property
    def today(self) -> date: ...

    async def loans_page(self, user_id: int, first: int | None, after: str | None) -> Connection[object]: ...

    async def bills_page(self, loan_id: int, first: int | None, after: str | None) -> Connection[object]: ...

    async def payments_page(self, loan_id: int, first: int | None, after: str | None) -> Connection[object]: ...

    async def allocations(self, payment_id: int) -> list[object]: ...


Info: TypeAlias = strawberry.Info[Context, None]
