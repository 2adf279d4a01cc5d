"""Each loan's events are chained by SHA-256, and a Merkle tree over the chains' heads gives the head of the book.

An event is added at the end of its loan's chain, a reversal too, so a published head stays a link of the chain. The
tree and its proofs are those of Certificate Transparency (RFC 6962, section 2.1; RFC 9162, section 2.1.3.2).
"""

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

from rules import products
from rules.act_columns import columns_of
from rules.events import Event
from rules.plan import Terms
from rules.products import CARD

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


def canonical(event: Event) -> bytes:
    """A line for each column: the moment in microseconds since 1970, an empty line for null. No column has a break.

    Only an event with details has a line for them.
    """
    kind, amount, prepayment, reverses, cause, details = columns_of(event.act)
    columns = (
        event.sequence,
        kind,
        event.effective_on,
        event.recorded_on,
        (event.recorded_at - _EPOCH) // _MICROSECOND,
        None if amount is None else f"{amount:.2f}",
        prepayment,
        reverses,
        cause,
        ",".join(map(str, event.due_again)),
        *([] if details is None else [details]),
    )
    return "\n".join("" if value is None else str(value) for value in columns).encode()


def first_link(loan_id: int, terms: Terms) -> bytes:
    """The link before the first event: the SHA-256 of the loan's id and its terms, a line each.

    The terms of `card` have no line for the product.
    """
    *values, product = terms
    columns = [f"{value:.3f}" if isinstance(value, Decimal) else str(value) for value in values]
    if product is not CARD:
        columns.append(products.text(product))
    return _hash("\n".join(("kist loan", str(loan_id), *columns)).encode())


def links(previous: bytes, events: Iterable[Event]) -> Iterator[bytes]:
    """The link of each event after a link: the SHA-256 of the link before it and of the event's own SHA-256."""
    for event in events:
        previous = _hash(previous + _hash(canonical(event)))
        yield previous


def chain(loan_id: int, terms: Terms, events: Iterable[Event]) -> list[bytes]:
    """The first link, and the link of each event in the order of the sequences. The last one is the loan's head."""
    first = first_link(loan_id, terms)
    return [first, *links(first, events)]


def leaf(loan_id: int, sequence: int, head: bytes) -> bytes:
    """The leaf of a loan whose newest event has a sequence: the hash of 8 bytes, 4 bytes and the head's 32."""
    return _hash(b"\x00" + loan_id.to_bytes(8) + sequence.to_bytes(4) + head)


def _join(left: bytes, right: bytes) -> bytes:
    return _hash(b"\x01" + left + right)


class Tree:
    """A Merkle tree that takes its leaves one by one, and keeps one hash for each of its complete subtrees.

    A tree of a million leaves keeps 20 hashes. It finds the path of one leaf, if that is wanted: the hashes beside the
    way from the leaf to the root. `index` is the number of that leaf, from 0.
    """

    def __init__(self) -> None:
        self.size = 0
        self.index: int | None = None
        self.path: list[bytes] = []
        # The roots of the complete subtrees, the largest first. `_holder` is the place of the one with the wanted leaf.
        self._roots: list[bytes] = []
        self._holder: int | None = None

    def add(self, leaf_hash: bytes, *, is_wanted: bool = False) -> None:
        if is_wanted:
            self.index, self._holder = self.size, len(self._roots)
        self._roots.append(leaf_hash)
        # A subtree of each size is joined with an equal one: as many as the size of the tree ends in binary ones.
        joins = self.size
        while joins & 1:
            self._join_last()
            joins >>= 1
        self.size += 1

    def root(self) -> bytes:
        """The root, when all leaves are added. `path` is complete from then on; no leaf may follow."""
        while len(self._roots) > 1:
            self._join_last()
        return self._roots[0] if self._roots else _hash(b"")

    def _join_last(self) -> None:
        right, left = self._roots.pop(), self._roots.pop()
        place = len(self._roots)
        if self._holder is not None and self._holder >= place:
            self.path.append(right if self._holder == place else left)
            self._holder = place
        self._roots.append(_join(left, right))


def root_along(leaf_hash: bytes, index: int, size: int, path: Sequence[bytes]) -> bytes | None:
    """The root of a tree with `size` leaves to which a path leads from leaf `index`; None if no such path exists."""
    if not 0 <= index < size:
        return None
    found, last = leaf_hash, size - 1
    for beside in path:
        if last == 0:
            return None
        if index & 1 or index == last:
            found = _join(beside, found)
            while not index & 1 and index:
                index, last = index >> 1, last >> 1
        else:
            found = _join(found, beside)
        index, last = index >> 1, last >> 1
    return found if last == 0 else None


def head_of_book(lender: str, day: date, loans: int, root: bytes) -> bytes:
    """The head of the book at the end of a day: the hash of the day, the number of loans, the root and the lender."""
    return _hash("\n".join(("kist book", str(day), str(loans), root.hex(), lender)).encode())


def _hash(data: bytes) -> bytes:
    return hashlib.sha256(data).digest()
