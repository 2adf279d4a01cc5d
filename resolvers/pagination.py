"""Pages are loaded for all parents of a request at once, so a list of lists takes as many statements as one list."""

import base64
import binascii
from collections import defaultdict
from collections.abc import Awaitable, Callable, Sequence
from typing import Generic, NamedTuple, TypeVar

from strawberry.dataloader import DataLoader

from models import bills, loans, payments
from models.payments import Allocation
from schema.errors import bad_input
from schema.pagination import Connection, Edge, PageInfo

DEFAULT_LENGTH = 20
LONGEST = 100

Row = TypeVar("Row")


class _Wanted(NamedTuple):
    """A page of one parent: `limit` rows after a key. The last one only shows that there is a next page."""

    parent: int
    after: int
    limit: int


class PageLoaders:
    """The page loaders of one request."""

    def __init__(self) -> None:
        self.loans = _PageLoader(loans.page, loans.count, parent=lambda loan: loan.user_id, key=lambda loan: loan.id)
        self.bills = _PageLoader(bills.page, bills.count, parent=lambda bill: bill.loan_id, key=lambda bill: bill.cycle)
        self.payments = _PageLoader(
            payments.page, payments.count, parent=lambda payment: payment.loan_id, key=lambda payment: payment.id
        )
        self.allocations: DataLoader[int, list[Allocation]] = DataLoader(load_fn=_allocations)


class _PageLoader(Generic[Row]):
    def __init__(
        self,
        page: Callable[..., Awaitable[list[Row]]],
        count: Callable[[list[int]], Awaitable[dict[int, int]]],
        *,
        parent: Callable[[Row], int],
        key: Callable[[Row], int],
    ) -> None:
        self._page, self._parent, self._key = page, parent, key
        self._rows = DataLoader(load_fn=self._load)
        self._counts: DataLoader[int, int] = DataLoader(load_fn=self._count)
        self._count_of = count

    async def connection(self, parent: int, first: int | None, after: str | None) -> Connection[object]:
        """A page for a client.

        Raises:
            GraphQLError: BAD_USER_INPUT for an invalid length or cursor.
        """
        length = length_of(first)
        rows = await self._rows.load(_Wanted(parent, _position(after), length + 1))
        edges: list[Edge[object]] = [Edge(cursor=cursor(self._key(row)), node=row) for row in rows[:length]]
        return Connection(
            edges=edges,
            page_info=PageInfo(has_next_page=len(rows) > length, end_cursor=edges[-1].cursor if edges else None),
            counted=lambda: self._counts.load(parent),
        )

    async def _load(self, wanted: list[_Wanted]) -> list[list[Row]]:
        alike: dict[tuple[int, int], list[int]] = defaultdict(list)
        for parent, after, limit in wanted:
            alike[after, limit].append(parent)
        found: dict[_Wanted, list[Row]] = {page: [] for page in wanted}
        for (after, limit), parents in alike.items():
            for row in await self._page(parents, after=after, limit=limit):
                found[_Wanted(self._parent(row), after, limit)].append(row)
        return [found[page] for page in wanted]

    async def _count(self, parents: list[int]) -> Sequence[int]:
        counts = await self._count_of(parents)
        return [counts.get(parent, 0) for parent in parents]


async def _allocations(payment_ids: list[int]) -> list[list[Allocation]]:
    found: dict[int, list[Allocation]] = {payment_id: [] for payment_id in payment_ids}
    for allocation in await payments.allocations_of(payment_ids):
        found[allocation.payment_id].append(allocation)
    return [found[payment_id] for payment_id in payment_ids]


def length_of(first: int | None) -> int:
    """The length of a page.

    Raises:
        GraphQLError: BAD_USER_INPUT for a length out of range.
    """
    length = DEFAULT_LENGTH if first is None else first
    if not 1 <= length <= LONGEST:
        raise bad_input(f"`first` must be between 1 and {LONGEST}.")
    return length


def cursor(*keys: int) -> str:
    """The opaque cursor of a position in a list."""
    return base64.urlsafe_b64encode(".".join(map(str, keys)).encode()).decode()


def keys_of(after: str, number: int) -> list[int]:
    """The keys of a cursor.

    Raises:
        GraphQLError: BAD_USER_INPUT for a text that is not a cursor of `number` keys.
    """
    try:
        parts = base64.b64decode(after, altchars=b"-_", validate=True).decode("ascii").split(".")
    except (binascii.Error, ValueError):
        parts = []
    keys = [key for part in parts if (key := loans.parse_id(part)) is not None]
    if not len(parts) == len(keys) == number:
        raise bad_input("`after` must be a cursor from an earlier page.")
    return keys


def _position(after: str | None) -> int:
    return 0 if after is None else keys_of(after, 1)[0]
