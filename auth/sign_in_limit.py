"""Guessing is slow: tries at an account are limited from each network, and only delayed from all networks together.

Valkey counts the tries; PostgreSQL counts them while Valkey is away.
"""

import asyncio
import hashlib
import logging
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, NamedTuple
from uuid import uuid4

from graphql import GraphQLError
from redis.exceptions import RedisError

from auth import emails, passwords
from auth.passwords import Check
from broker.stream import key, sent_to
from models import audit, database, sessions
from models.audit import Subject
from rules.audit import Event, Origin
from rules.networks import network
from rules.refusals import Problem, ProblemCode, Refused
from schema.errors import too_many_requests

logger = logging.getLogger("kist.auth")

# A person who forgot the password has guessed by then. Only this network is refused: a stranger's guesses from another
# one must not keep the owner out.
MOST_FOR_AN_ACCOUNT = 10
# Behind one address there may be an office, or a telephone company's customers; a thief with a list has thousands.
MOST_FROM_AN_ADDRESS = 100
MINUTES = 15

# So many tries for an account, from all networks together, are not delayed. Each further ten add a second.
UNDELAYED = 10
LONGEST_DELAY = 4.0
# Tries that are delayed at the same time. A try above a bound is refused, and the client sends it again.
MOST_DELAYED_OF_A_NETWORK = 2
MOST_DELAYED_OF_AN_ACCOUNT = 50
MOST_DELAYED = 500

# A Valkey that hangs delays no sign-in longer.
_ANSWER_SECONDS = 0.5
# Valkey keeps so many tries of an account whose number has no limit. More change no delay.
_MOST_KEPT = 1_000
_UNLIMITED = 2**31 - 1

# One script, so that concurrent tries cannot exceed a limit. The times are Valkey's own, because the clocks of several
# machines differ. The answer is -1 where a limit is reached, else twice the tries under the last key, plus one for the
# last try that a limit allows.
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

# The keys before the number in ARGV[2] lose all their tries, the others only this one.
_GIVE_BACK = """
for i, key in ipairs(KEYS) do
    if i <= tonumber(ARGV[2]) then redis.call('DEL', key) else redis.call('ZREM', key, ARGV[1]) end
end
"""

_delayed: Counter[bytes] = Counter()


class Attempt(NamedTuple):
    """A try that counts as failed until it has `succeeded`.

    `own` are the digests that a success clears, `shared` those of which it takes back this try only: an account's owner
    could otherwise guess at other accounts without limit. `rows` are the ids in PostgreSQL, if it counted the try.
    `last` says that the limit allows no further try.
    """

    name: str
    own: tuple[bytes, ...]
    shared: tuple[bytes, ...]
    rows: tuple[int, ...] = ()
    last: bool = False


async def begin(address: str, origin: Origin) -> Attempt:
    """Count a sign-in before it is made, by the address that `emails.normalised` has given, or by an empty one.

    Raises:
        Refused: TOO_MANY_ATTEMPTS, for an account that exists as for one that does not.
        GraphQLError: TOO_MANY_REQUESTS, where too many tries are delayed already.
    """
    account = f"account {emails.counted(address)}"
    pair, whole = _digest(f"{account} {network(origin.address)}"), _digest(account)
    attempt = Attempt(uuid4().hex, (pair, whole), (_network(origin),))
    limits = {pair: MOST_FOR_AN_ACCOUNT, attempt.shared[0]: MOST_FROM_AN_ADDRESS, whole: _UNLIMITED}
    attempt, tries = await _counted(attempt, limits)
    if seconds := delay(tries):
        try:
            with _place_among_the_delayed(pair, whole):
                await asyncio.sleep(seconds)
        except GraphQLError:
            await withdraw(attempt)
            raise
    return attempt


def delay(tries: int) -> float:
    """The seconds that a try waits after so many for its account from all networks, itself included."""
    return min(LONGEST_DELAY, max(0, tries - UNDELAYED + 9) // 10)


async def begin_in_session(family: str) -> Attempt:
    """Count a signed-in person's password before it is compared, under the session alone.

    Raises:
        Refused: TOO_MANY_ATTEMPTS.
    """
    session = _digest(f"session {family}")
    return (await _counted(Attempt(uuid4().hex, (session,), ()), {session: MOST_FOR_AN_ACCOUNT}))[0]


async def begin_registration(origin: Origin) -> Attempt:
    """Count a registration before it is told that an email or an Aadhaar number is taken, under the network alone.

    Raises:
        Refused: TOO_MANY_ATTEMPTS.
    """
    shared = _network(origin)
    return (await _counted(Attempt(uuid4().hex, (), (shared,)), {shared: MOST_FROM_AN_ADDRESS}))[0]


async def compared(attempt: Attempt, password_hash: str | None, password: str) -> Check:
    """How the password fits the hash. A try for which there was no room is not counted.

    Raises:
        GraphQLError: TOO_MANY_REQUESTS, where too many passwords wait to be compared.
    """
    try:
        return await passwords.check_password(password_hash, password)
    except GraphQLError:
        await withdraw(attempt)
        raise


async def succeeded(attempt: Attempt) -> None:
    """Forget the tries that failed before: the account's owner made them, or they did not find the password."""
    await _give_back(attempt, len(attempt.own))


async def withdraw(attempt: Attempt) -> None:
    """Take a try back, and leave the earlier ones counted."""
    await _give_back(attempt, 0)


async def failed(attempt: Attempt, event: Event, about: Subject, origin: Origin) -> None:
    """Note a failed try in the audit log, and with the last one that further tries are refused.

    Refused tries are not noted, so the log grows no faster than the limits allow.
    """
    async with database.transaction():
        await audit.record(event, origin, about)
        if attempt.last:
            await audit.record(Event.LOCKED_OUT, origin, about, minutes=MINUTES)


def _digest(name: str) -> bytes:
    return hashlib.sha256(name.encode("utf-8", "replace")).digest()


def _network(origin: Origin) -> bytes:
    return _digest(f"address {network(origin.address)}")


async def _counted(attempt: Attempt, limits: dict[bytes, int]) -> tuple[Attempt, int]:
    """The attempt, counted under each digest, and how many tries the last digest has.

    Raises:
        Refused: TOO_MANY_ATTEMPTS, where a digest has as many as its limit. Nothing is counted then.
    """
    answer = await _ask(_TAKE, list(limits), attempt.name, MINUTES * 60_000, _MOST_KEPT, *limits.values())
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
    # A try that PostgreSQL counted is not in Valkey, which did not answer a moment ago.
    if not attempt.rows:
        await _ask(_GIVE_BACK, [*attempt.own, *attempt.shared], attempt.name, cleared)


async def _ask(script: str, digests: list[bytes], *values: str | int) -> int | None:
    """A script's answer, 0 where it has none; None where Valkey does not answer."""
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
def _place_among_the_delayed(pair: bytes, account: bytes) -> Iterator[None]:
    """Raises: GraphQLError: TOO_MANY_REQUESTS for some seconds, where too many tries are delayed already."""
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
