"""The digest of a person's number determines their part of an import. Each digest is computed once."""

from typing import NamedTuple, TypeAlias

import numpy as np
import polars as pl
from numpy.typing import NDArray

from models import users

# A million people take 30 MB. At more, the cache is cleared and filled again.
MOST_KNOWN = 1_000_000

Records: TypeAlias = NDArray[np.void]
PartNumbers: TypeAlias = NDArray[np.uint8]

PERSON = np.dtype([("number", "<u8"), ("digest", "V32")])


class Partitioned(NamedTuple):
    """The part of each number, and the people who were not in the cache, with their parts."""

    parts: PartNumbers
    people: Records
    parts_of_people: PartNumbers


class People:
    """Divides people into parts, which are equal ranges of the digest's first byte.

    The number of parts is a power of two and at most 256.
    """

    def __init__(self, key: bytes, parts: int) -> None:
        self._key = key
        self._count = parts
        self._known = pl.DataFrame(schema={"number": pl.UInt64, "part": pl.UInt8})

    def partition(self, numbers: pl.Series) -> Partitioned:
        parts = self._parts(numbers)
        unknown = numbers.filter(parts.is_null()).unique()
        if self._known.height + unknown.len() > MOST_KNOWN:
            self._known = self._known.clear()
            unknown = numbers.unique()
        digests = b"".join(users.digest(self._key, f"{number:012d}") for number in unknown)
        people = np.empty(unknown.len(), PERSON)
        people["number"] = unknown.to_numpy()
        people["digest"] = np.frombuffer(digests, "V32")
        first_bytes = np.frombuffer(digests, np.uint8)[::32].astype(np.uint16)
        parts_of_people = (first_bytes * self._count // 256).astype(np.uint8)
        if unknown.len():
            self._known.extend(pl.DataFrame({"number": unknown, "part": parts_of_people}))
            parts = self._parts(numbers)
        return Partitioned(parts.to_numpy(), people, parts_of_people)

    def _parts(self, numbers: pl.Series) -> pl.Series:
        return numbers.to_frame("number").join(self._known, on="number", how="left", maintain_order="left")["part"]
