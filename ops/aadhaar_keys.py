"""Hand-written SQL: the keys are checked before the pool is opened, on a connection of their own.

Keys that do not open the stored numbers are refused: under them the same Aadhaar number would register twice.
"""

from collections.abc import Iterable
from typing import NamedTuple

import asyncpg
from cryptography.exceptions import InvalidTag

from models import database, users
from settings import Settings, SettingsError

# One person of each pair of keys: the result is the same for everyone under it. Those that `restore --any-keys` gave up
# have the mark of no pair.
_ONE_OF_EACH = """
SELECT u.aadhaar_keys AS mark, pair.people, u.aadhaar_digest AS digest, u.aadhaar_ciphertext AS ciphertext
FROM (
    SELECT min(id) AS id, count(*) AS people FROM users
    WHERE erased_at IS NULL AND aadhaar_keys IS DISTINCT FROM $1 GROUP BY aadhaar_keys
) AS pair JOIN users u USING (id)
"""
_GIVE_UP = """
UPDATE users SET aadhaar_keys = $1 WHERE erased_at IS NULL AND coalesce(aadhaar_keys, '') = ANY($2::text[])
"""


class Pair(NamedTuple):
    """People whose numbers are under one pair of keys, and the digest and ciphertext of one of them."""

    mark: str | None
    people: int
    digest: bytes
    ciphertext: bytes


def opens(settings: Settings, pair: Pair) -> bool:
    """Whether the keys open a number, and find it.

    Raises:
        SettingsError: a key is not set.
    """
    try:
        number = users.unseal_by(settings.keys("aadhaar_cipher_key"), pair.ciphertext)
    except InvalidTag:
        return False
    return pair.digest in {users.digest(key, number) for key in settings.keys("aadhaar_digest_key")}


def check(settings: Settings, pairs: Iterable[Pair], where: str, otherwise: str = "") -> None:
    """Raises SettingsError: the keys do not open a pair's numbers, which are in `where`."""
    people = closed = 0
    for pair in pairs:
        people += pair.people
        closed += 0 if opens(settings, pair) else pair.people
    if closed:
        keys = settings.home / "keys.env"
        raise SettingsError(
            f"the keys here do not open the Aadhaar numbers of {closed} of the {people} people in {where}:"
            f" give those of its time ({keys}, or KIST_AADHAAR_…_KEY){otherwise}"
        )


async def check_stored(settings: Settings) -> None:
    """Raises SettingsError: the keys do not open the numbers in the database."""
    check(settings, await _stored(settings.require_database()), "the database")


async def give_up(settings: Settings) -> None:
    """Mark the people whose numbers no key here opens, so that the book can be served without finding them."""
    closed = [
        pair.mark or "" for pair in await _stored(settings.require_database()) if not _opens_surely(settings, pair)
    ]
    if closed:
        connection = await asyncpg.connect(**database.arguments(settings.owner_url()))
        try:
            await connection.execute(_GIVE_UP, users.LOST, closed)
        finally:
            await connection.close()


def _opens_surely(settings: Settings, pair: Pair) -> bool:
    try:
        return opens(settings, pair)
    except SettingsError:  # without a key nothing opens
        return False


async def _stored(url: str) -> list[Pair]:
    connection = await asyncpg.connect(**database.arguments(url))
    try:
        return [Pair(*row) for row in await connection.fetch(_ONE_OF_EACH, users.LOST)]
    finally:
        await connection.close()
