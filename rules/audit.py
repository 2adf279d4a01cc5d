"""The audit log: what an entry says, the bytes that stand for it, and the hash that chains it to the one before.

A digest is the SHA-256 of an entry's canonical bytes, a link the SHA-256 of the link before it and the digest. Who
changes, drops or inserts an entry has to make anew every link from there to the head, and a head that was noted
elsewhere gives that away.
"""

import hashlib
import json
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import NamedTuple


class Event(StrEnum):
    LOG_BEGUN = "LOG_BEGUN"
    LOG_EXTENDED = "LOG_EXTENDED"
    REGISTERED = "REGISTERED"
    SIGNED_IN = "SIGNED_IN"
    SIGN_IN_FAILED = "SIGN_IN_FAILED"
    LOCKED_OUT = "LOCKED_OUT"
    SESSION_REFRESHED = "SESSION_REFRESHED"
    SESSION_REVOKED = "SESSION_REVOKED"
    SIGNED_OUT = "SIGNED_OUT"
    PASSWORD_SET = "PASSWORD_SET"
    PASSWORD_CHANGED = "PASSWORD_CHANGED"
    PASSWORD_REFUSED = "PASSWORD_REFUSED"
    ACCOUNT_ERASED = "ACCOUNT_ERASED"
    ACCESS_FORBIDDEN = "ACCESS_FORBIDDEN"
    PERSON_READ = "PERSON_READ"
    OPERATOR_RECORDED = "OPERATOR_RECORDED"
    OPERATOR_ADDED = "OPERATOR_ADDED"
    OPERATOR_DISABLED = "OPERATOR_DISABLED"
    OPERATOR_ENABLED = "OPERATOR_ENABLED"
    OPERATOR_PASSWORD_RESET = "OPERATOR_PASSWORD_RESET"
    KEYS_ROTATED = "KEYS_ROTATED"
    PERSON_RESEALED = "PERSON_RESEALED"
    BUSINESS_DATE_MOVED = "BUSINESS_DATE_MOVED"
    BILLING_TRIGGERED = "BILLING_TRIGGERED"
    CHUNK_BILLED = "CHUNK_BILLED"
    BILLING_ENDED = "BILLING_ENDED"
    SCORED = "SCORED"
    LOAN_DECIDED = "LOAN_DECIDED"
    LOAN_DISBURSED = "LOAN_DISBURSED"
    PAYMENT_TAKEN = "PAYMENT_TAKEN"
    IMPORT_FINISHED = "IMPORT_FINISHED"
    IMPORT_UNDONE = "IMPORT_UNDONE"


class Actor(StrEnum):
    NOBODY = "NOBODY"  # who is not signed in
    BORROWER = "BORROWER"
    OPERATOR = "OPERATOR"
    SYSTEM = "SYSTEM"  # a command or a worker of ours
    UNKNOWN = "UNKNOWN"  # what the database itself noted, because whoever did it did not


class Origin(NamedTuple):
    """Who does something, in which request, and from where: an address, or the command that it is done by."""

    actor: Actor
    actor_id: int | None
    request_id: str
    address: str


def by_command(name: str) -> Origin:
    return Origin(Actor.SYSTEM, None, "", name)


WORKER = by_command("kist worker")


class Entry(NamedTuple):
    """An entry as it is stored; `details` is JSON, character by character."""

    id: int
    happened_at: datetime
    event: str
    actor: str
    actor_id: int | None
    user_id: int | None
    operator_id: int | None
    loan_id: int | None
    payment_id: int | None
    request_id: str
    address: str
    details: str


_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


def canonical(entry: Entry) -> bytes:
    """A line for each field, none of which has a line break: the moment in microseconds since 1970, nothing for null.

    The trigger of the table makes the same bytes.
    """
    moment = (entry.happened_at - _EPOCH) // _MICROSECOND
    return "\n".join("" if value is None else str(value) for value in (entry.id, moment, *entry[2:])).encode()


def digest(entry: Entry) -> bytes:
    return hashlib.sha256(canonical(entry)).digest()


# What the first entry is chained to.
GENESIS = bytes(32)


def link(previous: bytes, entry_digest: bytes) -> bytes:
    return hashlib.sha256(previous + entry_digest).digest()


def links(previous: bytes, digests: Iterable[bytes]) -> Iterator[bytes]:
    for entry_digest in digests:
        previous = link(previous, entry_digest)
        yield previous


def written(details: dict[str, object]) -> str:
    """Details as JSON in one line; amounts and dates become texts."""
    return json.dumps(details, sort_keys=True, separators=(",", ":"), default=str)


class Head(NamedTuple):
    """A position of the chain and its hash: what is noted elsewhere, to see later that it is still there."""

    position: int
    hash: bytes

    def __str__(self) -> str:
        return f"{self.position}:{self.hash.hex()}"


def parse_head(text: str) -> Head | None:
    position, _, hexadecimal = text.strip().partition(":")
    if not (position.isascii() and position.isdigit() and len(position) <= 18 and len(hexadecimal) == 64):
        return None
    try:
        return Head(int(position), bytes.fromhex(hexadecimal))
    except ValueError:
        return None


class Linked(NamedTuple):
    """A link of the chain with its entry, as both are stored; the entry and its digest are None where it is gone."""

    head: Head
    entry_id: int
    entry: Entry | None
    digest: bytes | None


def faults(previous: Head, found: Iterable[Linked]) -> Iterator[str]:
    """Everything that is wrong with a stretch of the chain after a link, each in a line.

    After a link that is wrong it goes on from there, so that each fault is told once.
    """
    for linked in found:
        expected, position = previous.position + 1, linked.head.position
        if position == expected + 1:
            yield f"link {expected} is missing"
        elif position > expected:
            yield f"links {expected} to {position - 1} are missing"
        if linked.entry is None or linked.digest is None:
            yield f"link {position}: entry {linked.entry_id} is missing"
        else:
            if digest(linked.entry) != linked.digest:
                yield f"entry {linked.entry_id} is not what was written"
            # A wrong hash after a gap is the gap's; of an entry that was changed with its digest it is the one trace.
            if position == expected and link(previous.hash, linked.digest) != linked.head.hash:
                yield f"link {position} (entry {linked.entry_id}) does not follow from what is before it"
        previous = linked.head
