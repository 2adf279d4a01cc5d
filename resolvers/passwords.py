"""Argon2id, off the event loop and few at a time: each takes 64 MiB and a good part of a core."""

import asyncio
from concurrent.futures import ThreadPoolExecutor
from enum import Enum

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from rules.registration import normalised_password

_HASHER = PasswordHasher()  # the library's defaults are RFC 9106's second recommendation
# Of no event loop, and a try that nobody waits for any more still counts as one of them.
_FEW = ThreadPoolExecutor(4, thread_name_prefix="passwords")

# Verified when there is no account, so that the answer takes the same time.
_NOBODYS = _HASHER.hash("nobody has this password")


class Check(Enum):
    """How a password fits a hash: not, as it is hashed now, or as it was typed, which older hashes are of."""

    WRONG = "WRONG"
    RIGHT = "RIGHT"
    OUTDATED = "OUTDATED"


async def hashed(password: str) -> str:
    """The hash of a password in NFKC: the next keyboard may compose its characters in another way."""
    text = normalised_password(password)
    return await asyncio.get_running_loop().run_in_executor(_FEW, _HASHER.hash, text)


async def verified(password_hash: str | None, password: str) -> bool:
    """Whether a password is the one that was hashed; without a hash, False after the same time."""
    return await checked(password_hash, password) is not Check.WRONG


async def checked(password_hash: str | None, password: str) -> Check:
    """How a password fits a hash; without a hash, WRONG after the same time. Hash it again where it is OUTDATED."""
    check = await asyncio.get_running_loop().run_in_executor(_FEW, _checked, password_hash or _NOBODYS, password)
    return check if password_hash is not None else Check.WRONG


def _checked(password_hash: str, password: str) -> Check:
    text = normalised_password(password)
    if _verified(password_hash, text):
        return Check.RIGHT
    return Check.OUTDATED if text != password and _verified(password_hash, password) else Check.WRONG


def _verified(password_hash: str, password: str) -> bool:
    try:
        return _HASHER.verify(password_hash, password)
    except (VerificationError, InvalidHashError):
        return False
