"""Which part of an import a person belongs to follows from the digest of their number, computed once for each."""

from typing import NamedTuple, TypeAlias

import numpy as np
import polars as pl
from numpy.typing import NDArray

from models import users

# Beyond it everybody is forgotten and met again as they come: so many people take 30 MB to remember.
MOST_KNOWN = 1_000_000

Records: TypeAlias = NDArray[np.void]
PartNumbers: TypeAlias = NDArray[np.uint8]

PERSON = np.dtype([("number", "<u8"), ("digest", "V32")])


class Partitioned(NamedTuple):
    """The part of each of some numbers; and the people among them who were not known, with their parts."""

    parts: PartNumbers
    people: Records
    parts_of_people: PartNumbers


class People:
    """Divides people into parts, a power of two and at most 256 of them: equal ranges of the digest's first byte."""

    def __init__(self, key: bytes, parts: int) -> None:
        self._key = key
        self._count = parts
        self._known = pl.DataFrame(schema={"number": pl.UInt64, "part": pl.UInt8})

    def meet(self, numbers: pl.Series) -> Partitioned:
        parts = self._parts(numbers)
        strangers = numbers.filter(parts.is_null()).unique()
        if self._known.height + strangers.len() > MOST_KNOWN:
            self._known = self._known.clear()
            strangers = numbers.unique()
        digests = b"".join(users.digest(self._key, f"{number:012d}") for number in strangers)
        people = np.empty(strangers.len(), PERSON)
        people["number"] = strangers.to_numpy()
        people["digest"] = np.frombuffer(digests, "V32")
        first_bytes = np.frombuffer(digests, np.uint8)[::32].astype(np.uint16)
        parts_of_people = (first_bytes * self._count // 256).astype(np.uint8)
        if strangers.len():
            self._known.extend(pl.DataFrame({"number": strangers, "part": parts_of_people}))
            parts = self._parts(numbers)
        return Partitioned(parts.to_numpy(), people, parts_of_people)

    def _parts(self, numbers: pl.Series) -> pl.Series:
        return numbers.to_frame("number").join(self._known, on="number", how="left", maintain_order="left")["part"]
