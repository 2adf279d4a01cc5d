"""Lists come in pages, oldest first; a cursor is opaque and stays good when rows are added."""

from collections.abc import Awaitable, Callable
from typing import Annotated, Generic, TypeAlias, TypeVar

import strawberry

Node = TypeVar("Node")

First: TypeAlias = Annotated[
    int | None, strawberry.argument(description="The length of the page, 1 to 100. Any other is BAD_USER_INPUT.")
]
After: TypeAlias = Annotated[
    str | None,
    strawberry.argument(description="Where the page begins: after this cursor, PageInfo.endCursor of the one before."),
]


@strawberry.type(description="Where a page ends.")
class PageInfo:
    has_next_page: bool = strawberry.field(description="Whether there is another page after it.")
    end_cursor: str | None = strawberry.field(
        description="The cursor of its last row, for the next page's after; null where the page is empty."
    )


@strawberry.type(description="One row of a page.")
class Edge(Generic[Node]):
    cursor: str = strawberry.field(
        description=(
            "Its place in the list. Opaque, and good for as long as the list: rows are only ever added at the end."
        )
    )
    node: Node = strawberry.field(description="The row itself.")


@strawberry.type(description="A page of a list, oldest first.")
class Connection(Generic[Node]):
    edges: list[Edge[Node]] = strawberry.field(description="The rows of the page, each with its cursor.")
    page_info: PageInfo = strawberry.field(description="Where the page ends, and whether there is another.")
    counted: strawberry.Private[Callable[[], Awaitable[int]]]

    @strawberry.field(description="The length of the whole list, whatever the page.")  # type: ignore[untyped-decorator]
    async def total_count(self) -> int:
        return await self.counted()
