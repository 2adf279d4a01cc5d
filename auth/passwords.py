"""Argon2id, off the event loop and few at a time: each takes 64 MiB and a good part of a core."""

import asyncio
import os
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from enum import Enum
from threading import Lock, get_native_id
from typing import TypeVar

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from rules.registration import normalised_password
from schema.errors import too_many_requests

T = TypeVar("T")

_HASHER = PasswordHasher()  # the library's defaults are RFC 9106's second recommendation

# A core verifies some ten a second: who comes last waits for about two seconds.
_MOST_WAITING = 20
_RETRY_SECONDS = 2


class HashingQueue:
    """Threads of no event loop, and a bounded queue before them. A call that was abandoned keeps its place."""

    def __init__(self, name: str, threads: int, *, niceness: int = 0, waiting: int = _MOST_WAITING) -> None:
        self._pool = ThreadPoolExecutor(threads, name, _yield_to_others, (niceness,))
        self._places = threads + waiting
        self._taken = 0
        self._lock = Lock()

    def require_room(self) -> None:
        """Raises: GraphQLError: TOO_MANY_REQUESTS, where the queue is full."""
        if self._taken >= self._places:
            raise too_many_requests(_RETRY_SECONDS)

    async def run(self, work: Callable[..., T], *arguments: object) -> T:
        """Raises: GraphQLError: TOO_MANY_REQUESTS, at once, where the queue is full."""
        with self._lock:
            self.require_room()
            self._taken += 1
        future = self._pool.submit(work, *arguments)
        future.add_done_callback(self._leave)
        return await asyncio.wrap_future(future)

    def _leave(self, _: object) -> None:
        with self._lock:
            self._taken -= 1


def _yield_to_others(niceness: int) -> None:
    """Lower the priority of this thread, and of those that Argon2 starts in it."""
    if niceness and sys.platform == "linux":  # elsewhere a priority is the whole process's
        os.setpriority(os.PRIO_PROCESS, get_native_id(), os.getpriority(os.PRIO_PROCESS, 0) + niceness)


# Apart, so that many registrations make neither a sign-in nor the event loop wait.
_VERIFYING, _HASHING = HashingQueue("verifying", 3), HashingQueue("hashing", 1, niceness=10)

# Verified when there is no account, so that the answer takes the same time.
_DUMMY_HASH = _HASHER.hash("nobody has this password")


class Check(Enum):
    """How a password fits a hash: not, as it is hashed now, or as it was typed, which older hashes are of."""

    WRONG = "WRONG"
    RIGHT = "RIGHT"
    OUTDATED = "OUTDATED"


def require_room_to_hash() -> None:
    """Raises: GraphQLError: TOO_MANY_REQUESTS, where `hash_password` would refuse, before other work is done."""
    _HASHING.require_room()


async def hash_password(password: str) -> str:
    """The hash of a password in NFKC: the next keyboard may compose its characters in another way."""
    return await _HASHING.run(_HASHER.hash, normalised_password(password))


async def verify_password(password_hash: str | None, password: str) -> bool:
    """Whether a password is the one that was hashed; without a hash, False after the same time."""
    return await check_password(password_hash, password) is not Check.WRONG


async def check_password(password_hash: str | None, password: str) -> Check:
    """How a password fits a hash; without a hash, WRONG after the same time. Hash it again where it is OUTDATED."""
    check = await _VERIFYING.run(_check, password_hash or _DUMMY_HASH, password)
    return check if password_hash is not None else Check.WRONG


def _check(password_hash: str, password: str) -> Check:
    text = normalised_password(password)
    if _verify(password_hash, text):
        return Check.RIGHT
    return Check.OUTDATED if text != password and _verify(password_hash, password) else Check.WRONG


def _verify(password_hash: str, password: str) -> bool:
    try:
        return _HASHER.verify(password_hash, password)
    except (VerificationError, InvalidHashError):
        return False
