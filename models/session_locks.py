"""Hand-written SQL: advisory locks of sessions, sign-in attempts and sample accounts, which Tortoise does not have.

Each lasts until the transaction ends: a pooler may give the server's session to another client after that.
"""

from models import database
from models.advisory_locks import AdvisoryLock


async def hold_family(family: str) -> None:
    """Lock a family of tokens. Every transaction that adds to a family or ends it takes this lock first."""
    await database.execute("SELECT pg_advisory_xact_lock(hashtextextended($1, 0))", family)


async def hold_family_of(token_hash: bytes) -> None:
    """Lock the family of a token, in one statement; nothing if there is no such token."""
    await database.execute(
        "SELECT pg_advisory_xact_lock(hashtextextended(family::text, 0)) FROM refresh_tokens WHERE token_hash = $1",
        token_hash,
    )


async def hold_digest(digest: bytes) -> None:
    """Lock the count of the sign-in attempts under a digest."""
    await database.execute("SELECT pg_advisory_xact_lock(hashtextextended(encode($1, 'hex'), 0))", digest)


async def hold_sample_accounts() -> None:
    """Lock the sample accounts while they are made."""
    await database.execute("SELECT pg_advisory_xact_lock($1)", AdvisoryLock.SAMPLE_ACCOUNTS)
