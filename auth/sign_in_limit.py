"""Attempts at an account are limited for each network, and only delayed for all networks together.

Valkey counts the attempts. PostgreSQL counts them while Valkey does not answer.
"""

import asyncio
import logging
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, NamedTuple
from uuid import uuid4

from graphql import GraphQLError
from redis.exceptions import RedisError

from auth import passwords
from auth.attempt_digests import digest_of, of_account, of_network
from auth.passwords import Check
from broker.stream import key, sent_to
from models import audit, database, sessions
from models.audit import Subject
from rules.audit import Event, Origin
from rules.refusals import Problem, ProblemCode, Refused
from schema.errors import too_many_requests

logger = logging.getLogger("kist.auth")

# Ten attempts are enough for an owner who forgot the password. Only this network is refused: an attacker in another
# network must not lock the owner out.
MOST_FOR_AN_ACCOUNT = 10
# An office or the customers of a mobile network may share one address. An attacker with a list makes thousands of
# attempts.
MOST_FROM_AN_ADDRESS = 100
MINUTES = 15

# Ten attempts at an account, from all networks together, are not delayed. Every further ten add a second.
UNDELAYED = 10
LONGEST_DELAY = 4.0
# The maximum of attempts that are delayed at the same time. An attempt above it is refused; the client may repeat it.
MOST_DELAYED_OF_A_NETWORK = 2
MOST_DELAYED_OF_AN_ACCOUNT = 50
MOST_DELAYED = 500

# A Valkey that hangs delays a sign-in by half a second at most.
_ANSWER_SECONDS = 0.5
# Valkey keeps a thousand attempts for an account without a limit. More attempts would not change the delay.
_MOST_KEPT = 1_000
_UNLIMITED = 2**31 - 1

# One script, so that concurrent attempts cannot exceed a limit. The times are Valkey's own, because the clocks of
# several machines differ. The result is -1 if a limit is reached. Otherwise it is twice the attempts under the last
# key, plus one if this attempt is the last that a limit allows.
_TAKE = """
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
for i, key in ipairs(KEYS) do
    redis.call('ZREMRANGEBYSCORE', key, '-inf', now - ARGV[2])
    if redis.call('ZCARD', key) >= tonumber(ARGV[3 + i]) then return -1 end
end
local last, tries = 0, 0
for i, key in ipairs(KEYS) do
    redis.call('ZADD', key, now, ARGV[1])
    redis.call('ZREMRANGEBYRANK', key, 0, -1 - ARGV[3])
    redis.call('PEXPIRE', key, ARGV[2])
    tries = redis.call('ZCARD', key)
    if tries >= tonumber(ARGV[3 + i]) then last = 1 end
end
return 2 * tries + last
"""

# The first ARGV[2] keys lose all their attempts, the others only this one.
_GIVE_BACK = """
for i, key in ipairs(KEYS) do
    if i <= tonumber(ARGV[2]) then redis.call('DEL', key) else redis.call('ZREM', key, ARGV[1]) end
end
"""

_delayed: Counter[bytes] = Counter()


class Attempt(NamedTuple):
    """An attempt that counts as failed until it has `succeeded`.

    A success clears the digests in `own`. It takes only this attempt back from those in `shared`: otherwise the owner
    of an account could guess at other accounts without limit. `rows` are the ids in PostgreSQL, if PostgreSQL counted
    the attempt. `last` means that the limit allows no further attempt.
    """

    name: str
    own: tuple[bytes, ...]
    shared: tuple[bytes, ...]
    rows: tuple[int, ...] = ()
    last: bool = False


async def begin(address: str, origin: Origin) -> Attempt:
    """Count a sign-in before it is made. `address` is normalised by `emails.normalised`, or empty.

    Raises:
        Refused: TOO_MANY_ATTEMPTS, whether the account exists or not.
        GraphQLError: TOO_MANY_REQUESTS, if too many attempts are already delayed.
    """
    pair, whole = of_account("account", address, origin)
    attempt = Attempt(uuid4().hex, (pair, whole), (of_network(origin),))
    limits = {pair: MOST_FOR_AN_ACCOUNT, attempt.shared[0]: MOST_FROM_AN_ADDRESS, whole: _UNLIMITED}
    attempt, tries = await count(attempt, limits)
    if seconds := delay(tries):
        try:
            with _delayed_attempt(pair, whole):
                await asyncio.sleep(seconds)
        except GraphQLError:
            await withdraw(attempt)
            raise
    return attempt


def delay(tries: int) -> float:
    """The seconds that an attempt waits. `tries` counts its account's attempts from all networks, this one included."""
    return min(LONGEST_DELAY, max(0, tries - UNDELAYED + 9) // 10)


async def begin_in_session(family: str) -> Attempt:
    """Count the password of a signed-in person before it is compared, under the session only.

    Raises:
        Refused: TOO_MANY_ATTEMPTS.
    """
    session = digest_of(f"session {family}")
    return (await count(Attempt(uuid4().hex, (session,), ()), {session: MOST_FOR_AN_ACCOUNT}))[0]


async def begin_registration(origin: Origin) -> Attempt:
    """Count a registration before its response reveals a taken email or Aadhaar number, under the network only.

    Raises:
        Refused: TOO_MANY_ATTEMPTS.
    """
    shared = of_network(origin)
    return (await count(Attempt(uuid4().hex, (), (shared,)), {shared: MOST_FROM_AN_ADDRESS}))[0]


async def compared(attempt: Attempt, password_hash: str | None, password: str) -> Check:
    """Compare a password with a hash. The attempt is not counted if the queue is full.

    Raises:
        GraphQLError: TOO_MANY_REQUESTS, if the queue is full.
    """
    try:
        return await passwords.check_password(password_hash, password)
    except GraphQLError:
        await withdraw(attempt)
        raise


async def succeeded(attempt: Attempt) -> None:
    """Clear the earlier failed attempts: the owner made them, or an attacker who did not find the password."""
    await _give_back(attempt, len(attempt.own))


async def withdraw(attempt: Attempt) -> None:
    """Take one attempt back; the earlier ones stay counted."""
    await _give_back(attempt, 0)


async def failed(attempt: Attempt, event: Event, about: Subject, origin: Origin) -> None:
    """Record a failed attempt in the audit log. The last allowed one also records that further attempts are refused.

    Refused attempts are not recorded, so the log grows no faster than the limits allow.
    """
    async with database.transaction():
        await audit.record(event, origin, about)
        if attempt.last:
            await audit.record(Event.LOCKED_OUT, origin, about, minutes=MINUTES)


async def count(attempt: Attempt, limits: dict[bytes, int]) -> tuple[Attempt, int]:
    """The attempt, counted under each digest, and the number of attempts under the last digest.

    Raises:
        Refused: TOO_MANY_ATTEMPTS, if a digest has reached its limit. The attempt is not counted then.
    """
    answer = await _run_script(_TAKE, list(limits), attempt.name, MINUTES * 60_000, _MOST_KEPT, *limits.values())
    if answer is None:
        counted = await sessions.count_attempt(limits, MINUTES)
        if counted is None:
            raise _too_many()
        return attempt._replace(rows=counted.rows, last=counted.is_last), counted.tries
    if answer < 0:
        raise _too_many()
    return attempt._replace(last=answer % 2 == 1), answer // 2


async def _give_back(attempt: Attempt, cleared: int) -> None:
    for row in attempt.rows:
        await sessions.forget_attempt(row)
    for digest in attempt.own[:cleared]:
        await sessions.forget_attempts(digest)
    # Valkey does not have an attempt that PostgreSQL counted.
    if not attempt.rows:
        await _run_script(_GIVE_BACK, [*attempt.own, *attempt.shared], attempt.name, cleared)


async def _run_script(script: str, digests: list[bytes], *values: str | int) -> int | None:
    """The script's result, 0 if it has no result, or None if Valkey does not answer."""
    keys = [key(f"attempts:{digest.hex()}") for digest in digests]
    try:
        asked: Any = sent_to().client.eval(script, len(keys), *keys, *values)
        return int(await asyncio.wait_for(asked, _ANSWER_SECONDS) or 0)
    except (RedisError, OSError, TimeoutError) as error:
        logger.warning(
            "Valkey does not answer, sign-ins are counted in PostgreSQL: %s", str(error) or type(error).__name__
        )
        return None


@contextmanager
def _delayed_attempt(pair: bytes, account: bytes) -> Iterator[None]:
    """Count a delayed attempt for the duration of the block.

    Raises:
        GraphQLError: TOO_MANY_REQUESTS for some seconds, if too many attempts are already delayed.
    """
    bounds = {pair: MOST_DELAYED_OF_A_NETWORK, account: MOST_DELAYED_OF_AN_ACCOUNT, b"": MOST_DELAYED}
    if any(_delayed[name] >= most for name, most in bounds.items()):
        raise too_many_requests(round(LONGEST_DELAY))
    _delayed.update(bounds.keys())
    try:
        yield
    finally:
        _delayed.subtract(bounds.keys())
        for name in bounds:
            if not _delayed[name]:
                del _delayed[name]


def _too_many() -> Refused:
    message = f"Too many attempts. Try again in {MINUTES} minutes."
    return Refused(Problem(ProblemCode.TOO_MANY_ATTEMPTS, message))
