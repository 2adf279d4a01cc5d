"""Lists come in pages, oldest first; a cursor is opaque and stays good when rows are added."""

from collections.abc import Awaitable, Callable
from typing import Generic, TypeVar

import strawberry

Node = TypeVar("Node")


@strawberry.type(description="Where a page ends.")
class PageInfo:
    has_next_page: bool
    end_cursor: str | None


@strawberry.type(description="One row of a page.")
class Edge(Generic[Node]):
    cursor: str
    node: Node


@strawberry.type(description="A page of a list, oldest first.")
class Connection(Generic[Node]):
    edges: list[Edge[Node]]
    page_info: PageInfo
    counted: strawberry.Private[Callable[[], Awaitable[int]]]

    @strawberry.field(description="The length of the whole list, whatever the page.")  # type: ignore[untyped-decorator]
    async def total_count(self) -> int:
        return await self.counted()
