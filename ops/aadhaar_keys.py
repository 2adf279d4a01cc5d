"""Hand-written SQL: the keys are checked before the pool is opened, on a connection of their own.

Keys that do not match the stored numbers are refused: with them the same Aadhaar number could register twice.
"""

from collections.abc import Iterable
from typing import NamedTuple

import asyncpg
from cryptography.exceptions import InvalidTag

from models import database, users
from settings import Settings, SettingsError

# One person for each pair of keys: the result is the same for all people of a pair. People whose numbers
# `restore --any-keys` gave up have a mark of their own, which is left out.
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
    """The people whose numbers are stored with one pair of keys, and the digest and ciphertext of one of them."""

    mark: str | None
    people: int
    digest: bytes
    ciphertext: bytes


def matches(settings: Settings, pair: Pair) -> bool:
    """Whether the keys decrypt a pair's number, and give the same digest of it.

    Raises:
        SettingsError: a key is not set.
    """
    try:
        number = users.unseal_by(settings.keys("aadhaar_cipher_key"), pair.ciphertext)
    except InvalidTag:
        return False
    return pair.digest in {users.digest(key, number) for key in settings.keys("aadhaar_digest_key")}


def check(settings: Settings, pairs: Iterable[Pair], where: str, otherwise: str = "") -> None:
    """Raises SettingsError: the keys do not match the numbers of a pair. `where` names the place of the numbers."""
    people = unmatched = 0
    for pair in pairs:
        people += pair.people
        unmatched += 0 if matches(settings, pair) else pair.people
    if unmatched:
        keys = settings.home / "keys.env"
        raise SettingsError(
            f"the configured keys do not match the Aadhaar numbers of {unmatched} of the {people} people in {where}:"
            f" set the keys with which the numbers were stored ({keys}, or KIST_AADHAAR_…_KEY){otherwise}"
        )


async def check_stored(settings: Settings) -> None:
    """Raises SettingsError: the keys do not match the numbers in the database."""
    check(settings, await _stored(settings.require_database()), "the database")


async def give_up(settings: Settings) -> None:
    """Mark the people whose numbers no configured key matches. The book is then served, without a search for them."""
    unmatched = [
        pair.mark or "" for pair in await _stored(settings.require_database()) if not _matches_surely(settings, pair)
    ]
    if unmatched:
        connection = await asyncpg.connect(**database.arguments(settings.owner_url()))
        try:
            await connection.execute(_GIVE_UP, users.LOST, unmatched)
        finally:
            await connection.close()


def _matches_surely(settings: Settings, pair: Pair) -> bool:
    try:
        return matches(settings, pair)
    except SettingsError:  # without a key no number matches
        return False


async def _stored(url: str) -> list[Pair]:
    connection = await asyncpg.connect(**database.arguments(url))
    try:
        return [Pair(*row) for row in await connection.fetch(_ONE_OF_EACH, users.LOST)]
    finally:
        await connection.close()
