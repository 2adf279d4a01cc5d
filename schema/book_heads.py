"""The published heads of the book, with which a proof is compared."""

import datetime

import strawberry


@strawberry.type(
    description=(
        "The published head of the book at the end of a business date: it binds every event that was recorded by then."
        " It never changes. Compare it with the head in a proof that ./kist prove wrote."
    )
)
class BookHead:
    date: datetime.date = strawberry.field(description="The business date.")
    head: str = strawberry.field(
        description=(
            "The SHA-256 of the date, the number of loans, the root and the lender's name, in 64 hexadecimal digits."
        )
    )
    root: str = strawberry.field(
        description="The root of the Merkle tree (RFC 6962) of the loans' chains, in 64 hexadecimal digits."
    )
    loans: int = strawberry.field(description="The number of loans: the leaves of the tree.")
    published_at: datetime.datetime = strawberry.field(description="The time of the publication.")
