"""Borrowers by the keys that their Aadhaar numbers are encrypted with."""

from collections.abc import Sequence
from typing import NamedTuple

from tortoise.expressions import Q
from tortoise.queryset import QuerySet

from models.users import User


class Rekeyed(NamedTuple):
    """A person's digest and ciphertext."""

    id: int
    digest: bytes
    ciphertext: bytes


def _under_others(mark: str) -> QuerySet[User]:
    return User.filter(Q(aadhaar_keys__not=mark), erased_at=None)


async def count_under_others(mark: str) -> int:
    """The number of people who are under other keys than those of a mark."""
    return await _under_others(mark).count()


async def under_others(mark: str, *, after: int, limit: int) -> list[int]:
    """The ids, in order, of the first `limit` people after an id who are under other keys than those of a mark."""
    people = _under_others(mark).filter(id__gt=after).order_by("id").limit(limit)
    return [one.id for one in await people.only("id")]


async def held(user_ids: list[int]) -> list[Rekeyed]:
    """People as they are, whose rows are locked until the transaction ends; without those erased meanwhile."""
    people = User.filter(id__in=user_ids, erased_at=None).order_by("id").select_for_update(no_key=True)
    return [
        Rekeyed(one.id, one.aadhaar_digest, one.aadhaar_ciphertext)
        for one in await people.only("id", "aadhaar_digest", "aadhaar_ciphertext")
    ]


async def store(mark: str, people: Sequence[Rekeyed]) -> None:
    """Store new digests and ciphertexts, under the keys of a mark, in one statement."""
    rows = [
        User(id=one.id, aadhaar_digest=one.digest, aadhaar_ciphertext=one.ciphertext, aadhaar_keys=mark)
        for one in people
    ]
    if rows:
        await User.bulk_update(rows, fields=["aadhaar_digest", "aadhaar_ciphertext", "aadhaar_keys"])
