"""Key rotation re-encrypts people under the newest keys, a batch per transaction. If interrupted, it can be resumed."""

from collections.abc import Callable
from typing import NamedTuple

from cryptography.exceptions import InvalidTag

from models import audit, audit_facts, database, key_rotation, transaction_merge, transactions, users
from models.key_rotation import Rekeyed
from rules.audit import Event, by_command
from settings import Settings
from tasks.scoring import score

# People in one transaction. Their rows stay locked until it ends, so it must be short.
BATCH = 200

_COMMAND = by_command("kist keys rotate")

# Receives the number of people done and their total.
Report = Callable[[int, int], None]


class Rotation(NamedTuple):
    """How many people were brought under the newest keys, and the ids of those whose number no configured key opens."""

    done: int
    unreadable: tuple[int, ...]


async def rotate(settings: Settings, report: Report = lambda done, total: None) -> Rotation:
    """Bring the digest, ciphertext and imported rows of every registered person under the newest keys.

    Rows of people who have not registered keep the digest of the key they were imported with: their numbers are not
    stored. When such a person registers, the former keys find the rows, and registration moves them to the newest key.
    """
    mark = users.mark(settings.key("aadhaar_digest_key"), settings.key("aadhaar_cipher_key"))
    total = await key_rotation.count_under_others(mark)
    done, seen, unreadable = 0, 0, list[int]()
    while people := await key_rotation.under_others(mark, after=seen, limit=BATCH):

        async def batch(people: list[int] = people) -> tuple[int, list[int]]:
            async with database.transaction():
                return await _rotated(settings, mark, people)

        rotated, failed = await database.retried(batch)
        seen = people[-1]
        done += rotated
        unreadable += failed
        report(done + len(unreadable), total)
    return Rotation(done, tuple(unreadable))


async def _rotated(settings: Settings, mark: str, people: list[int]) -> tuple[int, list[int]]:
    digest_keys, cipher_keys = settings.keys("aadhaar_digest_key"), settings.keys("aadhaar_cipher_key")
    fresh, former, unreadable = list[Rekeyed](), dict[int, list[bytes]](), list[int]()
    for person in await key_rotation.held(people):
        try:
            number = users.unseal_by(cipher_keys, person.ciphertext)
        except InvalidTag:
            unreadable.append(person.id)
            continue
        digest, *others = (users.digest(key, number) for key in digest_keys)
        former[person.id] = list({person.digest, *others} - {digest})
        fresh.append(Rekeyed(person.id, digest, users.seal(cipher_keys[0], number)))
    # Rows that were imported under the newest key before this person's rotation are not part of their score yet.
    uncounted = await transactions.with_rows([person.digest for person in fresh if former[person.id]])
    for person in fresh:
        if former[person.id]:
            await transaction_merge.move(person.digest, former[person.id])
    await key_rotation.store(mark, fresh)
    if fresh:
        await audit.record(
            Event.KEYS_ROTATED, _COMMAND, first_user=fresh[0].id, last_user=fresh[-1].id, users=len(fresh)
        )
        ids = [person.id for person in fresh]
        await audit.record_rows(Event.PERSON_RESEALED, _COMMAND, audit_facts.USERS, audit_facts.PERSON, ids)
    if rescored := [person.id for person in fresh if person.digest in uncounted and former[person.id]]:
        await score(rescored, _COMMAND)
    return len(fresh), unreadable
