"""Lists come in pages. A cursor is opaque, and stays valid when rows are added."""

from collections.abc import Awaitable, Callable
from typing import Annotated, Generic, TypeAlias, TypeVar

import strawberry

Node = TypeVar("Node")

First: TypeAlias = Annotated[
    int | None, strawberry.argument(description="The length of the page, 1 to 100. Other values are BAD_USER_INPUT.")
]
After: TypeAlias = Annotated[
    str | None,
    strawberry.argument(description="The page begins after this cursor: PageInfo.endCursor of the previous page."),
]


@strawberry.type(description="The end of a page.")
class PageInfo:
    has_next_page: bool = strawberry.field(description="Whether another page follows.")
    end_cursor: str | None = strawberry.field(
        description="The cursor of the page's last row, for the next page's after; null if the page is empty."
    )


@strawberry.type(description="One row of a page.")
class Edge(Generic[Node]):
    cursor: str = strawberry.field(
        description="The row's place in the list. It is opaque, and stays valid when the list changes."
    )
    node: Node = strawberry.field(description="The row.")


@strawberry.type(description="A page of a list.")
class Connection(Generic[Node]):
    edges: list[Edge[Node]] = strawberry.field(description="The rows of the page, each with its cursor.")
    page_info: PageInfo = strawberry.field(description="The end of the page, and whether another page follows.")
    counted: strawberry.Private[Callable[[], Awaitable[int]]]

    @strawberry.field(description="The length of the whole list.")  # type: ignore[untyped-decorator]
    async def total_count(self) -> int:
        return await self.counted()
