"""Argon2id hashes passwords in a few threads off the event loop: each hash takes 64 MiB and most of a core."""

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

_HASHER = PasswordHasher()  # the library's defaults are the second recommendation of RFC 9106

# A core verifies about ten passwords a second, so the last of 20 waits for about two seconds.
_MOST_WAITING = 20
_RETRY_SECONDS = 2


class HashingQueue:
    """A thread pool with a bounded queue. A call whose client is gone keeps its place until it has run."""

    def __init__(self, name: str, threads: int, *, niceness: int = 0, waiting: int = _MOST_WAITING) -> None:
        self._pool = ThreadPoolExecutor(threads, name, _yield_to_others, (niceness,))
        self._places = threads + waiting
        self._taken = 0
        self._lock = Lock()

    def require_room(self) -> None:
        """Raises: GraphQLError: TOO_MANY_REQUESTS, if the queue is full."""
        if self._taken >= self._places:
            raise too_many_requests(_RETRY_SECONDS)

    async def run(self, work: Callable[..., T], *arguments: object) -> T:
        """Run a function in the pool.

        Raises:
            GraphQLError: TOO_MANY_REQUESTS, at once, if the queue is full.
        """
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
    """Lower the priority of this thread and of the threads that Argon2 starts in it."""
    if niceness and sys.platform == "linux":  # elsewhere a priority applies to the whole process
        os.setpriority(os.PRIO_PROCESS, get_native_id(), os.getpriority(os.PRIO_PROCESS, 0) + niceness)


# Two queues, so that many registrations delay neither a sign-in nor the event loop.
_VERIFYING, _HASHING = HashingQueue("verifying", 3), HashingQueue("hashing", 1, niceness=10)

# A sign-in without an account verifies this hash, so that the response takes the same time as one with an account.
_DUMMY_HASH = _HASHER.hash("the password of no account")


class Check(Enum):
    """The result of a comparison. OUTDATED: the password is right, but the hash is of its text before NFKC."""

    WRONG = "WRONG"
    RIGHT = "RIGHT"
    OUTDATED = "OUTDATED"


def require_room_to_hash() -> None:
    """Check, before other work, that `hash_password` has room.

    Raises:
        GraphQLError: TOO_MANY_REQUESTS, if its queue is full.
    """
    _HASHING.require_room()


async def hash_password(password: str) -> str:
    """The hash of a password in NFKC, because keyboards differ in how they compose characters."""
    return await _HASHING.run(_HASHER.hash, normalised_password(password))


async def verify_password(password_hash: str | None, password: str) -> bool:
    """Whether a password fits a hash. Without a hash, False after the same time."""
    return await check_password(password_hash, password) is not Check.WRONG


async def check_password(password_hash: str | None, password: str) -> Check:
    """Compare a password with a hash. Without a hash, WRONG after the same time. Callers rehash an OUTDATED one."""
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
