"""Hand-written SQL: the account of an access token is read by one statement, because every request waits for it.

An operation's first read can be part of that statement, which saves a payment and a statement a round trip.
"""

from collections.abc import Sequence
from datetime import date
from functools import lru_cache
from typing import Any, NamedTuple

from models import database
from models.reads import Read


class UserStatus(NamedTuple):
    """The account that a token names, as a request needs to know it."""

    aadhaar_digest: bytes | None
    is_active: bool
    family_is_live: bool
    business_date: date | None


class Found(NamedTuple):
    """The account, None if there is none, and the rows of the read that was joined to it.

    There are no rows where the account is not active or its session has ended. The caller may use them only after it
    has checked the account.
    """

    account: UserStatus | None
    rows: Sequence[Sequence[Any]]


class _Kind(NamedTuple):
    """The table of accounts of one kind, the column of their sessions, and the column or value of their digest."""

    table: str
    owner: str
    digest: str


_BORROWER = _Kind("users", "user_id", "aadhaar_digest")
_OPERATOR = _Kind("operators", "operator_id", "NULL::bytea AS aadhaar_digest")

_STATUS = """
SELECT {digest}, is_active,
    EXISTS (
        SELECT FROM refresh_tokens WHERE family = ${family} AND {owner} = ${id} AND revoked_at IS NULL
    ) AS family_is_live,
    (SELECT date FROM business_date) AS business_date
FROM {table} WHERE id = ${id}
"""
_COLUMNS = len(UserStatus._fields)


async def borrower(user_id: int, family: str, first: Read[Any] | None = None) -> Found:
    """The account of a borrower's token, with the sandbox's date, and the rows of an operation's first read."""
    return await _found(_BORROWER, user_id, family, first)


async def operator(operator_id: int, family: str, first: Read[Any] | None = None) -> Found:
    """The account of an operator's token, with the sandbox's date, and the rows of an operation's first read."""
    return await _found(_OPERATOR, operator_id, family, first)


async def _found(kind: _Kind, account_id: int, family: str, first: Read[Any] | None) -> Found:
    read, values = ("", ()) if first is None else (first.statement, first.values)
    rows = await database.fetch(_joined(kind, read, len(values)), *values, account_id, family)
    if not rows:
        return Found(None, ())
    account = UserStatus(*rows[0][:_COLUMNS])
    return Found(account, [row[_COLUMNS:] for row in rows if first is not None and row[_COLUMNS] is not None])


# A process has ten of them: each kind of account alone, and with each of four reads.
@lru_cache(maxsize=32)
def _joined(kind: _Kind, read: str, values: int) -> str:
    """The statement of an account, with a read of some values if there is one. The read's parameters come first."""
    account = _STATUS.format(**kind._asdict(), id=values + 1, family=values + 2)
    if not read:
        return account
    return f"""
        SELECT account.*, read.* FROM ({read}) AS read
        RIGHT JOIN ({account}) AS account ON account.is_active AND account.family_is_live
    """
