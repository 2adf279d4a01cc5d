"""Attempts to sign in, and the people who make them."""

import hashlib
from contextlib import suppress
from typing import Any

from redis.exceptions import RedisError

from broker import stream
from models.sessions import SignInFailure
from tests.servers import tamper


async def attempts_of(email: str) -> int:
    """How many failed tries at an account are counted, wherever."""
    digest = hashlib.sha256(f"account {email}".encode()).digest()
    counted: Any = stream.sent_to().client.zcard(stream.key(f"attempts:{digest.hex()}"))
    return int(await counted) + await SignInFailure.filter(account_digest=digest).count()


async def let_a_quarter_of_an_hour_pass() -> None:
    """For every try that has been counted."""
    await tamper("UPDATE sign_in_failures SET failed_at = failed_at - interval '16 minutes'")
    valkey = stream.sent_to().client
    with suppress(RedisError):  # where it is away, nothing is counted there
        await _age(valkey)


async def _age(valkey: Any) -> None:
    async for key in valkey.scan_iter(match=stream.key("attempts:*")):
        for member, moment in await valkey.zrange(key, 0, -1, withscores=True):
            await valkey.zadd(key, {member: moment - 16 * 60_000})
