"""A chain of events and a tree of heads: each event, each loan and each figure of the book's head is bound by them."""

import hashlib
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest

from rules import chains
from rules.events import Disbursed, Event, Paid, Refunded, ReversalCause, Reversed
from rules.loan import PrepaymentChoice
from rules.plan import Terms
from rules.products import Product
from tests.rules.book import terms

DAY = date(2026, 2, 10)
AT = datetime(2026, 2, 10, 12, 0, 0, 5, UTC)
EVENTS = [
    Event(1, DAY, DAY, AT, Disbursed()),
    Event(2, DAY, DAY, AT, Paid(Decimal("100.00"), PrepaymentChoice.REDUCE_TERM)),
    Event(3, DAY, DAY, AT, Refunded(Decimal("5.00"))),
    Event(4, DAY, DAY, AT, Reversed(2, ReversalCause.BOUNCED), (1, 2)),
]


def test_the_canonical_bytes_are_a_line_for_each_column() -> None:
    moment = "1770724800000005"
    assert [chains.canonical(event).decode() for event in EVENTS] == [
        f"1\nDISBURSAL\n2026-02-10\n2026-02-10\n{moment}\n\n\n\n\n",
        f"2\nPAYMENT\n2026-02-10\n2026-02-10\n{moment}\n100.00\nREDUCE_TERM\n\n\n",
        f"3\nREFUND\n2026-02-10\n2026-02-10\n{moment}\n5.00\n\n\n\n",
        f"4\nREVERSAL\n2026-02-10\n2026-02-10\n{moment}\n\n\n2\nBOUNCED\n1,2",
    ]


def test_a_later_event_extends_the_chain_and_changes_no_link() -> None:
    whole = chains.chain(7, terms(), EVENTS)
    for length in range(len(EVENTS)):
        assert chains.chain(7, terms(), EVENTS[:length]) == whole[: length + 1]
    assert list(chains.links(whole[2], EVENTS[2:])) == whole[3:]


@pytest.mark.parametrize(
    "changed",
    [
        EVENTS[1]._replace(sequence=3),
        EVENTS[1]._replace(effective_on=date(2026, 2, 9)),
        EVENTS[1]._replace(recorded_on=date(2026, 2, 11)),
        EVENTS[1]._replace(recorded_at=AT.replace(microsecond=6)),
        EVENTS[1]._replace(act=Paid(Decimal("100.01"), PrepaymentChoice.REDUCE_TERM)),
        EVENTS[1]._replace(act=Paid(Decimal("100.00"))),
        EVENTS[1]._replace(act=Refunded(Decimal("100.00"))),
        EVENTS[1]._replace(due_again=(1,)),
    ],
)
def test_a_changed_event_changes_the_head(changed: Event) -> None:
    head = chains.chain(7, terms(), EVENTS)[-1]
    assert chains.chain(7, terms(), [EVENTS[0], changed, *EVENTS[2:]])[-1] != head


def test_the_loan_and_each_of_its_terms_change_the_head() -> None:
    one = terms()
    heads = {chains.first_link(7, one), chains.first_link(8, one)}
    value: Any
    for place, value in enumerate(one):
        if isinstance(value, Product):
            other: Any = replace(value, version=2)
        else:
            other = date(2026, 1, 2) if isinstance(value, date) else value + 1
        heads.add(chains.first_link(7, Terms._make((*one[:place], other, *one[place + 1 :]))))
    assert len(heads) == 2 + len(one)


def recursive_root(leaves: list[bytes]) -> bytes:
    """The root as RFC 6962, section 2.1, defines it."""
    if len(leaves) < 2:
        return leaves[0] if leaves else hashlib.sha256().digest()
    split = 1 << (len(leaves) - 1).bit_length() - 1
    left, right = recursive_root(leaves[:split]), recursive_root(leaves[split:])
    return hashlib.sha256(b"\x01" + left + right).digest()


def test_every_leaf_of_a_tree_of_any_size_has_its_path() -> None:
    leaves = [chains.leaf(number, 1, bytes(32)) for number in range(20)]
    for size in range(20):
        root = recursive_root(leaves[:size])
        for index in range(max(size, 1)):
            tree = chains.Tree()
            for number, leaf in enumerate(leaves[:size]):
                tree.add(leaf, is_wanted=number == index)
            assert tree.root() == root
            if size:
                assert tree.index == index
                assert chains.root_along(leaves[index], index, size, tree.path) == root
                for other in set(range(-1, size + 1)) - {index}:
                    assert chains.root_along(leaves[index], other, size, tree.path) != root
                for path in (tree.path[1:], [*tree.path, bytes(32)]):
                    assert not tree.path or chains.root_along(leaves[index], index, size, path) != root
    assert chains.root_along(leaves[0], 0, 0, []) is None


def test_each_figure_of_the_book_changes_its_head() -> None:
    book = ("Asha Finance", DAY, 3, bytes(32))
    others = [
        ("Asha", *book[1:]),
        (book[0], date(2026, 2, 11), *book[2:]),
        (*book[:2], 4, book[3]),
        (*book[:3], b"1" * 32),
    ]
    assert len({chains.head_of_book(*one) for one in (book, *others)}) == 5
