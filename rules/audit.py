"""The audit log: the fields of an entry, its canonical bytes, and the hash that chains it to the previous entry.

A digest is the SHA-256 of an entry's canonical bytes. A link is the SHA-256 of the previous link and the digest. An
attacker who changes, removes or inserts an entry must rewrite every link from there to the head. A head that was noted
elsewhere reveals this.
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
    PASSWORD_RESET_REQUESTED = "PASSWORD_RESET_REQUESTED"
    PASSWORD_RESET_ISSUED = "PASSWORD_RESET_ISSUED"
    PASSWORD_RESET_FAILED = "PASSWORD_RESET_FAILED"
    PASSWORD_RESET = "PASSWORD_RESET"
    ACCOUNT_ERASED = "ACCOUNT_ERASED"
    ACCESS_FORBIDDEN = "ACCESS_FORBIDDEN"
    PERSON_READ = "PERSON_READ"
    SEARCHED = "SEARCHED"
    OPERATOR_RECORDED = "OPERATOR_RECORDED"
    OPERATOR_ADDED = "OPERATOR_ADDED"
    OPERATOR_DISABLED = "OPERATOR_DISABLED"
    OPERATOR_ENABLED = "OPERATOR_ENABLED"
    OPERATOR_PASSWORD_RESET = "OPERATOR_PASSWORD_RESET"
    KEYS_ROTATED = "KEYS_ROTATED"
    PERSON_RESEALED = "PERSON_RESEALED"
    PERSON_CHANGED = "PERSON_CHANGED"
    BUSINESS_DATE_MOVED = "BUSINESS_DATE_MOVED"
    BILLING_TRIGGERED = "BILLING_TRIGGERED"
    CHUNK_BILLED = "CHUNK_BILLED"
    BILLING_ENDED = "BILLING_ENDED"
    SCORED = "SCORED"
    KEY_FACTS_ISSUED = "KEY_FACTS_ISSUED"
    LOAN_DECIDED = "LOAN_DECIDED"
    LOAN_DISBURSED = "LOAN_DISBURSED"
    PAYMENT_TAKEN = "PAYMENT_TAKEN"
    PAYMENT_RESTATED = "PAYMENT_RESTATED"
    LOAN_EVENT_RECORDED = "LOAN_EVENT_RECORDED"
    PRODUCT_ADDED = "PRODUCT_ADDED"
    BOOK_HEAD_PUBLISHED = "BOOK_HEAD_PUBLISHED"
    IMPORT_FINISHED = "IMPORT_FINISHED"
    IMPORT_UNDONE = "IMPORT_UNDONE"


class Actor(StrEnum):
    NOBODY = "NOBODY"  # a client without a session
    BORROWER = "BORROWER"
    OPERATOR = "OPERATOR"
    SYSTEM = "SYSTEM"  # a command or a worker of kist
    UNKNOWN = "UNKNOWN"  # an entry that the database wrote, because its author did not


class Origin(NamedTuple):
    """The actor, the request, and the origin: an address, or the name of a command."""

    actor: Actor
    actor_id: int | None
    request_id: str
    address: str


def by_command(name: str) -> Origin:
    return Origin(Actor.SYSTEM, None, "", name)


WORKER = by_command("kist worker")


class Entry(NamedTuple):
    """A stored entry; `details` is JSON, character by character."""

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
    """A line for each field: the moment in microseconds since 1970, an empty line for null.

    No field has a line break. The table's trigger computes the same bytes.
    """
    moment = (entry.happened_at - _EPOCH) // _MICROSECOND
    return "\n".join("" if value is None else str(value) for value in (entry.id, moment, *entry[2:])).encode()


def digest(entry: Entry) -> bytes:
    return hashlib.sha256(canonical(entry)).digest()


# The link before the first entry.
GENESIS = bytes(32)


def link(previous: bytes, entry_digest: bytes) -> bytes:
    return hashlib.sha256(previous + entry_digest).digest()


def links(previous: bytes, digests: Iterable[bytes]) -> Iterator[bytes]:
    for entry_digest in digests:
        previous = link(previous, entry_digest)
        yield previous


def details_json(details: dict[str, object]) -> str:
    """Details as JSON in one line; amounts and dates become strings."""
    return json.dumps(details, sort_keys=True, separators=(",", ":"), default=str)


class Head(NamedTuple):
    """A position of the chain and its hash. Noted elsewhere, it proves later that the chain still contains it."""

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
    """A stored link of the chain with its entry; the entry and its digest are None if the entry is gone."""

    head: Head
    entry_id: int
    entry: Entry | None
    digest: bytes | None


def faults(previous: Head, found: Iterable[Linked]) -> Iterator[str]:
    """Every fault in a part of the chain after a link, one line each.

    The check continues from a wrong link, so that it reports each fault once.
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
                yield f"entry {linked.entry_id} was changed after it was written"
            # A wrong hash after a gap belongs to the gap. Otherwise it is the only trace of an entry
            # that was changed together with its digest.
            if position == expected and link(previous.hash, linked.digest) != linked.head.hash:
                yield f"link {position} (entry {linked.entry_id}) does not follow from the link before it"
        previous = linked.head
