"""Guessing is slow: so many tries for an account and from an address, counted by Valkey, or else by PostgreSQL."""

import asyncio
import hashlib
import ipaddress
import logging
from typing import Any, NamedTuple
from uuid import uuid4

from redis.exceptions import RedisError

from models import audit, database, sessions
from models.audit import Subject
from resolvers.context import Info
from rules.audit import Event
from rules.refusals import Problem, ProblemCode, Refused
from tasks.broker import key, sent_to

logger = logging.getLogger("kist.resolvers")

# Guessing is slow at ten tries in a quarter of an hour; somebody who forgot has guessed by then too.
MOST_FOR_AN_ACCOUNT = 10
# Behind one address there may be an office, or a telephone company's customers; a thief with a list has thousands.
MOST_FROM_AN_ADDRESS = 100
MINUTES = 15

# A Valkey that hangs keeps nobody waiting longer.
_ANSWER_SECONDS = 1.0

# All of it at once: however many try in the same moment, no more get in than may. The times are Valkey's own, because
# the clocks of several machines are not the same.
_TAKE = """
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
for i, key in ipairs(KEYS) do
    redis.call('ZREMRANGEBYSCORE', key, '-inf', now - ARGV[2])
    if redis.call('ZCARD', key) >= tonumber(ARGV[2 + i]) then return 0 end
end
local left = 1
for i, key in ipairs(KEYS) do
    redis.call('ZADD', key, now, ARGV[1])
    redis.call('PEXPIRE', key, ARGV[2])
    if redis.call('ZCARD', key) >= tonumber(ARGV[2 + i]) then left = 0 end
end
return 1 + left
"""

# The right password forgets the account's failures, and of the address this one try only: whoever has one account
# could otherwise guess at the others for ever.
_GIVE_BACK = "redis.call('DEL', KEYS[1]); redis.call('ZREM', KEYS[2], ARGV[1])"


class Attempt(NamedTuple):
    """A try that counts as failed until it has `succeeded`; the ids are of PostgreSQL's rows, if those were counted.

    The `last` one is that after which the door is shut.
    """

    name: str
    account: bytes
    address: bytes
    rows: tuple[int, ...] = ()
    last: bool = False


async def begin(info: Info, email: str) -> Attempt:
    """Count a try before it is made.

    Raises:
        Refused: TOO_MANY_ATTEMPTS, for an account that is there as for one that is not.
    """
    account = hashlib.sha256(email.strip().lower().encode("utf-8", "replace")).digest()
    address = hashlib.sha256(f"address {_network(info.context.address)}".encode()).digest()
    attempt = Attempt(uuid4().hex, account, address)
    milliseconds = MINUTES * 60_000
    taken = await _ask(_TAKE, attempt, attempt.name, milliseconds, MOST_FOR_AN_ACCOUNT, MOST_FROM_AN_ADDRESS)
    if taken is None:
        return await _begin_without_valkey(attempt)
    if not taken:
        raise _too_many()
    return attempt._replace(last=taken == 1)


async def succeeded(attempt: Attempt) -> None:
    """Forget what an account's owner mistyped before."""
    for row in attempt.rows:
        await sessions.forget_attempt(row)
    await sessions.forget_attempts(attempt.account)
    await _ask(_GIVE_BACK, attempt, attempt.name)


async def failed(info: Info, attempt: Attempt, event: Event, about: Subject) -> None:
    """Note a try that failed, and with the last one that the door is shut.

    Whoever knocks at a door that is shut is not noted: the log grows no faster than there may be tries.
    """
    async with database.transaction():
        await audit.note(event, info.context.origin, about)
        if attempt.last:
            await audit.note(Event.LOCKED_OUT, info.context.origin, about, minutes=MINUTES)


async def _begin_without_valkey(attempt: Attempt) -> Attempt:
    most = {attempt.account: MOST_FOR_AN_ACCOUNT, attempt.address: MOST_FROM_AN_ADDRESS}
    counted = await sessions.count_attempt(most, MINUTES)
    if counted is None:
        raise _too_many()
    rows, last = counted
    return attempt._replace(rows=rows, last=last)


async def _ask(script: str, attempt: Attempt, *values: str | int) -> int | None:
    """What a script answers, 0 where it answers nothing; None where Valkey does not."""
    keys = [key(f"attempts:{digest.hex()}") for digest in (attempt.account, attempt.address)]
    try:
        asked: Any = sent_to().client.eval(script, len(keys), *keys, *values)
        return int(await asyncio.wait_for(asked, _ANSWER_SECONDS) or 0)
    except (RedisError, OSError, TimeoutError) as error:
        logger.warning("sign-ins are counted in PostgreSQL: %s", str(error) or type(error).__name__)
        return None


def _network(address: str) -> str:
    """The address, or of IPv6 the /64 that one customer has."""
    try:
        known = ipaddress.ip_address(address)
    except ValueError:
        return address
    if isinstance(known, ipaddress.IPv6Address):
        if known.ipv4_mapped:
            return str(known.ipv4_mapped)
        return str(ipaddress.ip_network((int(known), 64), strict=False))
    return str(known)


def _too_many() -> Refused:
    message = f"Too many attempts. Try again in {MINUTES} minutes."
    return Refused(Problem(ProblemCode.TOO_MANY_ATTEMPTS, message))
