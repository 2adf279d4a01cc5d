"""Argon2id, off the event loop and few at a time: each takes 64 MiB and a good part of a core."""

import asyncio
from concurrent.futures import ThreadPoolExecutor

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

_HASHER = PasswordHasher()  # the library's defaults are RFC 9106's second recommendation
# Of no event loop, and a try that nobody waits for any more still counts as one of them.
_FEW = ThreadPoolExecutor(4, thread_name_prefix="passwords")

# Verified when there is no account, so that the answer takes the same time.
_NOBODYS = _HASHER.hash("nobody has this password")


async def hashed(password: str) -> str:
    return await asyncio.get_running_loop().run_in_executor(_FEW, _HASHER.hash, password)


async def verified(password_hash: str | None, password: str) -> bool:
    """Whether a password is the one that was hashed; without a hash, False after the same time."""
    matches = await asyncio.get_running_loop().run_in_executor(_FEW, _verified, password_hash or _NOBODYS, password)
    return matches and password_hash is not None


def _verified(password_hash: str, password: str) -> bool:
    try:
        return _HASHER.verify(password_hash, password)
    except (VerificationError, InvalidHashError):
        return False
