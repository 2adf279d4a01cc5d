"""A statement's name is its verb and its table, for metrics and traces, which must not show its text."""

import re
from functools import lru_cache

from tortoise import Tortoise

# A statement that also reads is named by its write. FOR UPDATE and DO UPDATE have no table after them.
_WRITES = re.compile(r"\b(INSERT)\s+INTO\s+(\w+)|\b(UPDATE)\s+(\w+)|\b(DELETE)\s+FROM\s+(\w+)")
_READS = re.compile(r"\b(?:FROM|JOIN)\s+(\w+)")
_ALONE = {"BEGIN", "COMMIT", "ROLLBACK", "SAVEPOINT", "RELEASE", "SET", "COPY", "LOCK", "SELECT"}


# kist's longest statement has 2,000 characters. The ORM writes a placeholder for each value of a list: 60,000 and more.
_LONGEST = 4_000


def name(statement: str) -> str:
    """A name such as INSERT payments, SELECT loans or COMMIT; `other` for an unknown statement."""
    return _named(statement[:_LONGEST])


# More texts than kist has, because the ORM's vary with their number of values. All of them take 4 MB at most.
@lru_cache(1000)
def _named(statement: str) -> str:
    text, tables = statement.replace('"', ""), _tables()
    for found in _WRITES.finditer(text):
        verb, table = (word for word in found.groups() if word)
        if table in tables:
            return f"{verb} {table}"
    for table in _READS.findall(text):
        if table in tables:
            return f"SELECT {table}"
    first = re.match(r"\s*(\w*)", text)
    verb = first.group(1).upper() if first else ""
    return verb if verb in _ALONE else "other"


# One set of some twenty names.
@lru_cache(1)
def _tables() -> frozenset[str]:
    models = Tortoise.apps["models"] if Tortoise.apps else {}
    return frozenset({"aerich", *(model.describe()["table"] for model in models.values())})
