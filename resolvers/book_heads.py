"""The head of the book is public, so that anyone can compare a proof with it."""

from datetime import date
from typing import Annotated

from strawberry import argument

from models import book_heads
from resolvers.access import public
from resolvers.context import Info
from schema.book_heads import BookHead


@public()
async def book_head(
    info: Info,
    on: Annotated[
        date | None, argument(description="The business date. Default: the newest one with a published head.")
    ] = None,
) -> BookHead | None:
    """The head of the book of a date, or None if it is not published."""
    found = await (book_heads.newest() if on is None else book_heads.on(on))
    if found is None:
        return None
    return BookHead(
        date=found.date,
        head=found.head.hex(),
        root=found.root.hex(),
        loans=found.loans,
        published_at=found.published_at,
    )
