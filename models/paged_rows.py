"""Hand-written SQL: a page of the rows of each of several parents; Tortoise cannot limit the rows of each."""

from dataclasses import dataclass
from typing import Generic, TypeVar

from tortoise.models import Model

from models import database
from models.tortoise_seam import instance

Row = TypeVar("Row", bound=Model)


@dataclass(frozen=True)
class PagedRows(Generic[Row]):
    """The rows of a model by their parent, in the order of a key. An index of (parent, key) must exist.

    `only` is a condition in SQL; other rows do not belong to the list.
    """

    model: type[Row]
    table: str
    parent: str
    key: str
    only: str = "true"

    async def page(self, parents: list[int], *, after: int, limit: int) -> list[Row]:
        """The first `limit` rows after a key of each of several parents, in the order of the key."""
        parent, key = self.parent, self.key
        rows = await database.fetch(
            f"SELECT page.* FROM unnest($1::bigint[]) AS owner (id) CROSS JOIN LATERAL (SELECT * FROM {self.table}"
            f" WHERE {parent} = owner.id AND {key} > $2::bigint AND {self.only}"
            f" ORDER BY {parent}, {key} LIMIT $3) AS page",
            parents,
            after,
            limit,
        )
        return [instance(self.model, row) for row in rows]

    async def count(self, parents: list[int]) -> dict[int, int]:
        """The number of rows of each parent; nothing for a parent without rows."""
        rows = await database.fetch(
            f"SELECT {self.parent}, count(*) FROM {self.table} WHERE {self.parent} = ANY($1::bigint[]) AND {self.only}"
            " GROUP BY 1",
            parents,
        )
        return {row[0]: row[1] for row in rows}
