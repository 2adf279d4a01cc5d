"""A part's entries become rows in COPY's binary format, with digest and ordinal, in the order of the unique index.

PostgreSQL reads the binary format in half the time of text. PostgreSQL's documentation of COPY describes the frame;
`numeric_recv` in its source describes amounts.
"""

from decimal import Decimal
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from models.import_rows import Sums
from rules import date_formats
from tasks.imports.partitions import Records
from tasks.imports.spill import Part

# `kind` is last because it is the only column without a fixed length.
COLUMNS = ["aadhaar_digest", "occurred_on", "amount", "ordinal", "import_id", "kind"]

HEADER = b"PGCOPY\n\xff\r\n\0" + bytes(8)
TRAILER = b"\xff\xff"

# A chunk is about 1 MB, which asyncpg sends without another copy. A whole part would be in memory several times.
CHUNK_ROWS = 12_000

Integers: TypeAlias = NDArray[np.int64]

# A numeric consists of base-10,000 digits: three before the point, for amounts below 10**12, and one after it.
_ROW = np.dtype(
    [
        ("fields", ">i2"),
        ("digest_length", ">i4"),
        ("digest", "V32"),
        ("day_length", ">i4"),
        ("day", ">i4"),
        ("amount_length", ">i4"),
        ("digits", ">i2"),
        ("weight", ">i2"),
        ("sign", ">i2"),
        ("scale", ">i2"),
        ("digit_8", ">i2"),
        ("digit_4", ">i2"),
        ("digit_0", ">i2"),
        ("fraction", ">i2"),
        ("ordinal_length", ">i4"),
        ("ordinal", ">i4"),
        ("import_length", ">i4"),
        ("import", ">i8"),
        ("kind_length", ">i4"),
        ("kind", "S6"),
    ]
)
_EPOCH_DAYS = 10_957  # from 1970-01-01 to 2000-01-01, PostgreSQL's day 0


# In a sort key, a day counted from `rules.date_formats.FIRST_YEAR` takes 17 bits and the kind takes one.
_FIRST_DAY = np.datetime64(f"{date_formats.FIRST_YEAR}-01-01", "D").astype(np.int64)
_DAY_BITS = 17


def binary(part: Part, import_id: int) -> list[bytes]:
    """Return a part's rows in COPY's binary format, in chunks of `CHUNK_ROWS`, without `HEADER` and `TRAILER`."""
    numbers, places = np.unique(part.entries["number"], return_inverse=True)
    met, firsts = np.unique(part.people["number"], return_index=True)
    assert np.array_equal(numbers, met)
    digests = part.people["digest"][firsts]
    # The digest's rank replaces the digest, so that the sort key is one integer. The rank uses eight bytes of the
    # digest. A collision would change only the order of the rows, not the rows.
    ranks = np.empty(len(numbers), np.int64)
    ranks[np.argsort(np.frombuffer(digests.tobytes(), ">u8")[::4])] = np.arange(len(numbers))
    days = part.entries["day"] - _FIRST_DAY
    keys = ((ranks[places] << _DAY_BITS | days) << 1) | part.entries["is_debit"]
    order = _order(keys, part.entries["paise"])
    ordinals = _ordinals(keys[order], part.entries["paise"][order])
    chunks = (slice(start, start + CHUNK_ROWS) for start in range(0, len(order), CHUNK_ROWS))
    return [
        _written(part.entries[order[chunk]], digests[places[order[chunk]]], ordinals[chunk], import_id)
        for chunk in chunks
    ]


def sums(part: Part) -> Sums:
    """Return the credits and debits of a part in rupees."""
    paise, is_debit = part.entries["paise"], part.entries["is_debit"]
    return Sums(_rupees(paise[~is_debit]), _rupees(paise[is_debit]))


def _rupees(paise: Integers) -> Decimal:
    # The sum of a hundred thousand of the largest amounts exceeds 64 bits, so each amount is summed in two halves.
    high, low = np.divmod(paise, 10**7)
    return Decimal(int(high.sum()) * 10**7 + int(low.sum())).scaleb(-2)


def _order(keys: Integers, paise: Integers) -> Integers:
    """Return the order by key and amount.

    Only equal keys are sorted by amount: most keys are unique, and a sort by one integer is ten times faster.
    """
    order = np.argsort(keys)
    equals_next = keys[order[1:]] == keys[order[:-1]]
    if equals_next.any():
        is_tied = np.concatenate([equals_next, [False]]) | np.concatenate([[False], equals_next])
        tied = order[is_tied]
        order[is_tied] = tied[np.lexsort((paise[tied], keys[tied]))]
    return order


def _ordinals(keys: Integers, paise: Integers) -> Integers:
    """Return each sorted row's number, from 1, among the rows equal to it."""
    is_first = np.ones(len(keys), np.bool_)
    is_first[1:] = (keys[1:] != keys[:-1]) | (paise[1:] != paise[:-1])
    numbers = np.arange(len(keys))
    return numbers - np.maximum.accumulate(np.where(is_first, numbers, 0)) + 1


def _written(entries: Records, digests: Records, ordinals: Integers, import_id: int) -> bytes:
    rows = np.empty(len(entries), _ROW)
    rupees, paise = np.divmod(entries["paise"], 100)
    is_debit = entries["is_debit"]
    columns = {
        "fields": 6,
        "digest_length": 32,
        "digest": digests,
        "day_length": 4,
        "day": entries["day"] - _EPOCH_DAYS,
        "amount_length": 16,
        "digits": 4,
        "weight": 2,
        "sign": 0,
        "scale": 2,
        "digit_8": rupees // 10**8,
        "digit_4": rupees // 10**4 % 10**4,
        "digit_0": rupees % 10**4,
        "fraction": paise * 100,
        "ordinal_length": 4,
        "ordinal": ordinals,
        "import_length": 8,
        "import": import_id,
        "kind_length": 6 - is_debit,
        "kind": np.where(is_debit, b"DEBIT", b"CREDIT"),
    }
    for name, values in columns.items():
        rows[name] = values
    bytes_of_rows = rows.view(np.uint8).reshape(len(rows), _ROW.itemsize)
    is_kept = np.ones(bytes_of_rows.shape, np.bool_)
    is_kept[is_debit, -1] = False  # "DEBIT" is one byte shorter than "CREDIT"
    return bytes_of_rows[is_kept].tobytes()
