"""People by the keys that their Aadhaar number is under."""

from typing import NamedTuple

from models import database

_OTHERS = "FROM users WHERE aadhaar_keys IS DISTINCT FROM $1 AND erased_at IS NULL"


class Rekeyed(NamedTuple):
    """A person's digest and ciphertext."""

    id: int
    digest: bytes
    ciphertext: bytes


async def count_under_others(mark: str) -> int:
    row = await database.fetch_one(f"SELECT count(*) {_OTHERS}", mark)
    assert row is not None
    return int(row["count"])


async def under_others(mark: str, *, after: int, limit: int) -> list[int]:
    """The ids, in order, of people after an id who are under other keys than these."""
    rows = await database.fetch(f"SELECT id {_OTHERS} AND id > $2 ORDER BY id LIMIT $3", mark, after, limit)
    return [row["id"] for row in rows]


async def held(user_ids: list[int]) -> list[Rekeyed]:
    """People as they are, held until the transaction ends; without those who were erased meanwhile."""
    rows = await database.fetch(
        "SELECT id, aadhaar_digest, aadhaar_ciphertext FROM users WHERE id = ANY($1::bigint[]) AND erased_at IS NULL"
        " ORDER BY id FOR NO KEY UPDATE",
        user_ids,
    )
    return [Rekeyed(*row) for row in rows]


async def store(mark: str, people: list[Rekeyed]) -> None:
    columns = [list(column) for column in zip(*people, strict=True)] or [[], [], []]
    await database.execute(
        "UPDATE users SET aadhaar_digest = p.digest, aadhaar_ciphertext = p.ciphertext, aadhaar_keys = $1"
        " FROM unnest($2::bigint[], $3::bytea[], $4::bytea[]) AS p (id, digest, ciphertext) WHERE users.id = p.id",
        mark,
        *columns,
    )
