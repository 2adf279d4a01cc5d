"""Hand-written SQL: people are found by parts of the words of their name, email and phone number, by an index of
trigrams. Erased people have none of these.
"""

from collections.abc import Sequence

from models import database
from models.tortoise_seam import instance
from models.users import User
from rules.search import SHORTEST_PART

# The words that a person is found by, exactly as the index `users_words` has them.
_WORDS = "(' ' || lower(name || ' ' || email || ' ' || coalesce(phone, '')))"
# A common name has thousands of people. Another word finds those that are not compared.
_MOST_COMPARED = 200
_PEOPLE = """
WITH found AS MATERIALIZED (SELECT * FROM users WHERE erased_at IS NULL AND {alike} LIMIT {most})
SELECT * FROM found ORDER BY strpos(' ' || lower(name), lower($2)) = 0, lower(name), id LIMIT $1
"""


async def limited() -> None:
    """Bound each statement of the transaction: a search must not keep a connection from payments."""
    # The planner takes a common word for one that every row has, and a limit would then be reached by a few rows.
    await database.execute("SET LOCAL statement_timeout = '2s'; SET LOCAL enable_seqscan = off")


async def people(words: Sequence[str], limit: int) -> list[User]:
    """At most `limit` people who have every word, those whose name has the first one at its beginning first."""
    alike = " AND ".join(f"{_WORDS} LIKE lower(${number})" for number in range(3, len(words) + 3))
    statement = _PEOPLE.format(alike=alike, most=_MOST_COMPARED)
    rows = await database.fetch(statement, limit, f" {words[0]}", *map(_pattern, words))
    return [instance(User, row) for row in rows]


def _pattern(word: str) -> str:
    escaped = word.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
    return f"%{escaped}%" if len(word) >= SHORTEST_PART else f"% {escaped}%"
