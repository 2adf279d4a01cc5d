"""The canonical bytes of an entry, its link, and the reported faults of a broken chain."""

import hashlib
from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal
from typing import Any

import pytest

from rules import audit
from rules.audit import GENESIS, Entry, Head, Linked

MOMENT = datetime(2026, 1, 31, 12, 0, 0, 5, UTC)


def entry(number: int) -> Entry:
    return Entry(
        id=number,
        happened_at=MOMENT,
        event="PAYMENT_TAKEN",
        actor="OPERATOR",
        actor_id=3,
        user_id=7,
        operator_id=None,
        loan_id=8,
        payment_id=9,
        request_id="r",
        address="127.0.0.1",
        details='{"amount": "10.00"}',
    )


def chain(length: int) -> list[Linked]:
    entries = [entry(100 + number) for number in range(1, length + 1)]
    hashes = audit.links(GENESIS, map(audit.digest, entries))
    return [
        Linked(Head(position, link), one.id, one, audit.digest(one))
        for position, (one, link) in enumerate(zip(entries, hashes, strict=True), 1)
    ]


def faults(found: list[Linked]) -> list[str]:
    return list(audit.faults(Head(0, GENESIS), found))


def test_an_entry_is_a_line_for_each_field() -> None:
    assert audit.canonical(entry(1)).decode().split("\n") == [
        "1",
        "1769860800000005",
        "PAYMENT_TAKEN",
        "OPERATOR",
        "3",
        "7",
        "",
        "8",
        "9",
        "r",
        "127.0.0.1",
        '{"amount": "10.00"}',
    ]
    assert audit.digest(entry(1)) == hashlib.sha256(audit.canonical(entry(1))).digest()


def test_a_moment_is_the_same_in_every_time_zone() -> None:
    india = MOMENT.astimezone(timezone(timedelta(hours=5, minutes=30)))
    assert audit.canonical(entry(1)._replace(happened_at=india)) == audit.canonical(entry(1))


@pytest.mark.parametrize("field", Entry._fields)
def test_every_field_is_in_the_digest(field: str) -> None:
    other: Any = MOMENT + timedelta(microseconds=1) if field == "happened_at" else 99
    assert audit.digest(entry(1)._replace(**{field: other})) != audit.digest(entry(1))


def test_a_link_is_the_hash_of_the_one_before_and_the_digest() -> None:
    first, second = (audit.digest(entry(number)) for number in (1, 2))
    one = hashlib.sha256(bytes(32) + first).digest()
    assert list(audit.links(GENESIS, [first, second])) == [one, hashlib.sha256(one + second).digest()]


def test_details_are_json_in_one_line_without_floats() -> None:
    details = {"b": Decimal("10.50"), "a": MOMENT.date(), "c": 'x"\n', "d": None, "e": ["F"]}
    assert audit.details_json(details) == '{"a":"2026-01-31","b":"10.50","c":"x\\"\\n","d":null,"e":["F"]}'


def test_a_chain_that_holds_has_no_faults_in_one_piece_or_in_two() -> None:
    found = chain(5)
    assert faults([]) == faults(found) == []
    assert list(audit.faults(found[2].head, found[3:])) == []


def test_a_changed_entry_is_told_once() -> None:
    found = chain(4)
    changed = entry(102)._replace(actor_id=4)
    found[1] = found[1]._replace(entry=changed)
    assert faults(found) == ["entry 102 was changed after it was written"]
    found[1] = found[1]._replace(digest=audit.digest(changed))
    assert faults(found) == ["link 2 (entry 102) does not follow from the link before it"]


def test_a_missing_entry_and_missing_links_are_told_once() -> None:
    found = chain(6)
    assert faults([found[0]._replace(entry=None, digest=None), *found[1:]]) == ["link 1: entry 101 is missing"]
    assert faults([found[0], *found[2:]]) == ["link 2 is missing"]
    assert faults(found[3:]) == ["links 1 to 3 are missing"]


def test_a_rewritten_link_breaks_itself_and_the_next() -> None:
    found = chain(4)
    found[1] = found[1]._replace(head=Head(2, bytes(32)))
    assert faults(found) == [
        "link 2 (entry 102) does not follow from the link before it",
        "link 3 (entry 103) does not follow from the link before it",
    ]


def test_entries_in_another_order_are_told() -> None:
    found = chain(3)
    found[1], found[2] = (
        found[2]._replace(head=found[1].head),
        found[1]._replace(head=found[2].head),
    )
    assert len(faults(found)) == 2


def test_a_head_is_read_as_it_is_written() -> None:
    head = chain(3)[-1].head
    assert audit.parse_head(f" {head}\n") == head
    for text in ("", "3", "3:", f"x:{'0' * 64}", f"3:{'0' * 63}", f"3:{'g' * 64}", f"-3:{'0' * 64}", f"²:{'0' * 64}"):
        assert audit.parse_head(text) is None
