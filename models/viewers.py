"""Hand-written SQL: the account of an access token is read by one statement, because every request waits for it."""

from datetime import date
from typing import NamedTuple

from models import database


class UserStatus(NamedTuple):
    """The account that a token names, as a request needs to know it."""

    aadhaar_digest: bytes | None
    is_active: bool
    family_is_live: bool
    business_date: date | None


_STATUS = """
SELECT {digest}, is_active,
    EXISTS (SELECT FROM refresh_tokens WHERE family = $2 AND {owner} = $1 AND revoked_at IS NULL) AS family_is_live,
    (SELECT date FROM business_date) AS business_date
FROM {table} WHERE id = $1
"""
_BORROWER = _STATUS.format(table="users", owner="user_id", digest="aadhaar_digest")
_OPERATOR = _STATUS.format(table="operators", owner="operator_id", digest="NULL::bytea AS aadhaar_digest")


async def borrower(user_id: int, family: str) -> UserStatus | None:
    """The account of a borrower's token, with the sandbox's date."""
    row = await database.fetch_one(_BORROWER, user_id, family)
    return UserStatus(*row) if row else None


async def operator(operator_id: int, family: str) -> UserStatus | None:
    """The account of an operator's token, with the sandbox's date."""
    row = await database.fetch_one(_OPERATOR, operator_id, family)
    return UserStatus(*row) if row else None
