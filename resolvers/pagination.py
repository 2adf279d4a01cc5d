"""Pages are loaded for all parents of a request at once, so a list of lists takes as many statements as one list."""

import base64
import binascii
from collections import defaultdict
from collections.abc import Awaitable, Callable, Sequence
from datetime import date
from typing import Any, Generic, NamedTuple, TypeVar

from strawberry.dataloader import DataLoader
from tortoise.models import Model

from models import billing_chunks, bills, life_events, loans, payments, user_changes
from models.life_events import EventRow
from models.paged_rows import PagedRows
from models.payments import Allocation
from rules import life
from rules.life import Life
from rules.money import ZERO
from rules.repayments import Repaid
from schema.errors import bad_input
from schema.pagination import Connection, Edge, PageInfo

DEFAULT_LENGTH = 20
LONGEST = 100

Row = TypeVar("Row", bound=Model)
Listed = TypeVar("Listed")


class _Wanted(NamedTuple):
    """A page of one parent: `limit` rows after a key. The last one only shows that there is a next page."""

    parent: int
    after: int
    limit: int


class PageLoaders:
    """The page loaders of one request."""

    def __init__(self) -> None:
        self.loans = _PageLoader(loans.OF_BORROWERS)
        self.bills = _PageLoader(bills.OF_LOANS)
        self.payments = _PageLoader(payments.OF_LOANS)
        self.loans_by_id: DataLoader[int, loans.Loan] = DataLoader(load_fn=_loans)
        self.changes = _PageLoader(user_changes.OF_USERS)
        self.failed_loans = _PageLoader(billing_chunks.FAILED_OF_RUNS)
        # The events of a loan by their sequences.
        self.events: DataLoader[int, dict[int, EventRow]] = DataLoader(load_fn=_events)
        # The sequences of those that have no effect.
        self.void_events: DataLoader[int, set[int]] = DataLoader(load_fn=_void_events)
        # The versions of a bill by its loan's id and its cycle.
        self.bill_versions: DataLoader[tuple[int, int], list[bills.Bill]] = DataLoader(load_fn=_versions)
        self.moved_payments: DataLoader[int, payments.Payment | None] = DataLoader(load_fn=_moved)
        self.allocations: DataLoader[int, list[Allocation]] = DataLoader(load_fn=_allocations)
        self.repaid: DataLoader[int, Repaid] = DataLoader(load_fn=_repaid)


class _PageLoader(Generic[Row]):
    def __init__(self, rows: PagedRows[Row]) -> None:
        self._paged = rows
        self._rows = DataLoader(load_fn=self._load)
        self._counts: DataLoader[int, int] = DataLoader(load_fn=self._count)

    async def connection(self, parent: int, first: int | None, after: str | None) -> Connection[object]:
        """A page for a client.

        Raises:
            GraphQLError: BAD_USER_INPUT for an invalid length or cursor.
        """
        return await page(
            first,
            lambda limit: self._rows.load(_Wanted(parent, position(after), limit)),
            lambda row: (getattr(row, self._paged.key),),
            lambda: self._counts.load(parent),
        )

    async def _load(self, wanted: list[_Wanted]) -> list[list[Row]]:
        alike: dict[tuple[int, int], list[int]] = defaultdict(list)
        for parent, after, limit in wanted:
            alike[after, limit].append(parent)
        found: dict[_Wanted, list[Row]] = {page: [] for page in wanted}
        for (after, limit), parents in alike.items():
            for row in await self._paged.page(parents, after=after, limit=limit):
                found[_Wanted(getattr(row, self._paged.parent), after, limit)].append(row)
        return [found[page] for page in wanted]

    async def _count(self, parents: list[int]) -> Sequence[int]:
        counts = await self._paged.count(parents)
        return [counts.get(parent, 0) for parent in parents]


async def _loans(loan_ids: list[int]) -> list[loans.Loan]:
    found = await loans.Loan.in_bulk(loan_ids, "id")
    await bills.attach(found.values())
    return [found[loan_id] for loan_id in loan_ids]


async def _events(loan_ids: list[int]) -> list[dict[int, EventRow]]:
    found = await life_events.of_loans(loan_ids)
    return [{row.sequence: row for row in found[loan_id]} for loan_id in loan_ids]


async def _void_events(loan_ids: list[int]) -> list[set[int]]:
    found, events = await loans.Loan.in_bulk(loan_ids, "id"), await life_events.of_loans(loan_ids)
    return [_fold(found[loan_id], events[loan_id]).void for loan_id in loan_ids]


def _fold(loan: loans.Loan, rows: Sequence[EventRow]) -> Life:
    return life.fold(loan.terms, [row.event() for row in rows], until=date.max, cycles=loan.cycles_billed)


async def _versions(keys: list[tuple[int, int]]) -> list[list[bills.Bill]]:
    found = await bills.versions(keys)
    return [found[key] for key in keys]


async def _moved(payment_ids: list[int]) -> list[payments.Payment | None]:
    found = await payments.moved_from(payment_ids)
    return [found.get(payment_id) for payment_id in payment_ids]


async def page(
    first: int | None,
    rows: Callable[[int], Awaitable[Sequence[Listed]]],
    keys: Callable[[Listed], tuple[int, ...]],
    counted: Callable[[], Awaitable[int]],
) -> Connection[Any]:
    """A page for a client. `rows` returns at most that many rows after the cursor, of which the last one only shows
    that there is a next page. `keys` are those of a row's cursor.

    Raises:
        GraphQLError: BAD_USER_INPUT for an invalid length.
    """
    length = length_of(first)
    found = await rows(length + 1)
    await bills.attach(row for row in found if isinstance(row, loans.Loan))
    edges: list[Edge[Any]] = [Edge(cursor=cursor(*keys(row)), node=row) for row in found[:length]]
    return Connection(
        edges=edges,
        page_info=PageInfo(has_next_page=len(found) > length, end_cursor=edges[-1].cursor if edges else None),
        counted=counted,
    )


async def page_of(rows: Sequence[Listed], key: str, first: int | None, after: str | None) -> Connection[Any]:
    """A page of rows that are all read, in the order of their key.

    Raises:
        GraphQLError: BAD_USER_INPUT for an invalid length or cursor.
    """
    start = position(after)

    async def following(limit: int) -> list[Listed]:
        return [row for row in rows if getattr(row, key) > start][:limit]

    async def counted() -> int:
        return len(rows)

    return await page(first, following, lambda row: (getattr(row, key),), counted)


async def _allocations(payment_ids: list[int]) -> list[list[Allocation]]:
    found: dict[int, list[Allocation]] = {payment_id: [] for payment_id in payment_ids}
    for allocation in await payments.allocations_of(payment_ids):
        found[allocation.payment_id].append(allocation)
    return [found[payment_id] for payment_id in payment_ids]


async def _repaid(loan_ids: list[int]) -> list[Repaid]:
    found = await payments.repaid(loan_ids)
    return [found.get(loan_id, Repaid(ZERO, ZERO)) for loan_id in loan_ids]


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


def position(after: str | None) -> int:
    return 0 if after is None else keys_of(after, 1)[0]
