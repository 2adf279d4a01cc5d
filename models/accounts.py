"""What an account's owner does to it: give it a password, change that, and be forgotten while the books stay."""

import os
from datetime import datetime
from typing import Literal

from models import audit, audit_facts, database, sessions
from models.operators import Operator
from models.users import User
from rules.audit import Event, Origin

Table = Literal["users", "operators"]

_COLUMNS: dict[Table, Literal["user_id", "operator_id"]] = {"users": "user_id", "operators": "operator_id"}


def table_of(account: User | Operator) -> Table:
    return "users" if isinstance(account, User) else "operators"


async def note(event: Event, by: Origin, table: Table, account: int) -> None:
    """Write an entry with digests of what an account now is, in the transaction that made it so."""
    if table == "operators":
        about, facts = audit_facts.OPERATORS, audit_facts.OPERATOR
    else:
        about = audit_facts.USERS
        facts = audit_facts.REGISTRATION if event is Event.ACCOUNT_ERASED else audit_facts.PASSWORD
    await audit.note_rows(event, by, about, facts, [account])


async def set_password(user_id: int, password_hash: str, *, family: str) -> bool:
    """Give a borrower a password, and end every session but that of a family; whether they had none before.

    In a transaction, so that it is all or nothing.
    """
    row = await database.fetch_one(
        "UPDATE users SET password_hash = $2 WHERE id = $1 AND is_active AND password_hash IS NULL RETURNING id",
        user_id,
        password_hash,
    )
    if row is not None:
        await sessions.end_all_of("user_id", user_id, but=family)
    return row is not None


async def replace_hash(table: Table, account: int, before: str, after: str) -> bool:
    """Put another hash of the same password in the place of one; whether it was still that one."""
    row = await database.fetch_one(
        f"UPDATE {table} SET password_hash = $3 WHERE id = $1 AND password_hash = $2 RETURNING id",
        account,
        before,
        after,
    )
    return row is not None


async def change_password(table: Table, account: int, before: str, after: str, *, family: str) -> bool:
    """Change a password that is still the one from before, and end every session but that of a family; whether it was.

    In a transaction, so that it is all or nothing.
    """
    row = await database.fetch_one(
        f"UPDATE {table} SET password_hash = $3 WHERE id = $1 AND password_hash = $2 RETURNING id",
        account,
        before,
        after,
    )
    if row is not None:
        await sessions.end_all_of(_COLUMNS[table], account, but=family)
    return row is not None


async def holds_password(table: Table, account: int, password_hash: str) -> bool:
    """Whether an account is active and its password still this one. It stays so until the transaction ends: a session
    that is opened with it is there to be ended by whoever changes it.
    """
    row = await database.fetch_one(
        f"SELECT FROM {table} WHERE id = $1 AND password_hash = $2 AND is_active FOR SHARE", account, password_hash
    )
    return row is not None


async def hold(user_id: int) -> User:
    """Hold a borrower's row so that nothing can refer to it anew, a loan above all, until the transaction ends."""
    row = await database.fetch_one("SELECT * FROM users WHERE id = $1 FOR UPDATE", user_id)
    assert row is not None, "nobody is deleted"
    return User._init_from_db(**row)


async def has_open_loan(user_id: int) -> bool:
    row = await database.fetch_one("SELECT FROM loans WHERE user_id = $1 AND closed_on IS NULL LIMIT 1", user_id)
    return row is not None


_ERASE = """
UPDATE users SET name = 'erased', email = 'erased-' || id || '@erased.invalid', aadhaar_digest = $2,
    aadhaar_ciphertext = $3, aadhaar_last_four = '0000', aadhaar_keys = NULL, phone = NULL, address = NULL,
    annual_income = NULL, password_hash = NULL, credit_score = NULL, credit_scored_at = NULL, is_active = FALSE,
    erased_at = now()
WHERE id = $1
RETURNING erased_at
"""


async def erase(user_id: int) -> datetime:
    """Put nobody's values where a person's were, so that every row that refers to them still refers to somebody."""
    row = await database.fetch_one(_ERASE, user_id, os.urandom(32), bytes(40))
    assert row is not None, "nobody is deleted"
    erased_at: datetime = row["erased_at"]
    return erased_at
