"""New keys take the place of former ones, some people in a transaction: interrupted, it goes on where it was."""

from collections.abc import Callable
from typing import NamedTuple

from cryptography.exceptions import InvalidTag

from models import audit, audit_facts, database, key_rotation, transactions, users
from models.key_rotation import Rekeyed
from rules.audit import Event, by_command
from settings import Settings
from tasks.scoring import score

# People of one transaction. Their rows are held meanwhile, so it is to be over in a moment.
BATCH = 200

_COMMAND = by_command("kist keys rotate")

# What it has done, of how many.
Report = Callable[[int, int], None]


class Rotation(NamedTuple):
    """How many people are under the newest keys now, and the ids of those whose number no key of ours opens."""

    done: int
    unreadable: tuple[int, ...]


async def rotate(settings: Settings, report: Report = lambda done, total: None) -> Rotation:
    """Bring everybody's digest, ciphertext and imported rows under the newest keys.

    What was imported about people who never registered stays under the digest of the key it was imported with: nobody
    knows their numbers. It is found by the former keys when they register, and then brought under the newest.
    """
    mark = users.mark(settings.key("aadhaar_digest_key"), settings.key("aadhaar_cipher_key"))
    total = await key_rotation.count_under_others(mark)
    done, seen, unreadable = 0, 0, list[int]()
    while people := await key_rotation.under_others(mark, after=seen, limit=BATCH):

        async def batch(people: list[int] = people) -> tuple[int, list[int]]:
            async with database.transaction():
                return await _rotated(settings, mark, people)

        rotated, unread = await database.retried(batch)
        seen = people[-1]
        done += rotated
        unreadable += unread
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
    # What came by an import with the newest key, before its person did, has not been counted in their score.
    uncounted = await transactions.with_rows([person.digest for person in fresh if former[person.id]])
    for person in fresh:
        if former[person.id]:
            await transactions.move(person.digest, former[person.id])
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
