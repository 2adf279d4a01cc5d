"""The memory of an API process is bounded for any texts of clients, because each cache has a limit of its weight."""

from collections.abc import Callable

import httpx
import psutil
import pytest

from api.graphql import parsing, persisted_queries
from api.graphql.weighted_cache import WeightedCache
from settings import Settings
from tests.api.api_process import Api
from tests.builders import unlimited

# Every text of each kind differs. Before there was a bound by weight, 256 texts were kept, of 2.9 MB each.
EACH = 12

# The limit of the process's growth: parsed documents (16 MB), persisted texts (2 MB), the largest requests during their
# parsing, and memory that the allocator keeps. Measured from the first request on: 25 MB after 10 of each kind. A
# process that keeps every text has grown by 78 MB then.
MOST_GROWTH = 55_000_000


def several(text: str, number: int) -> str:
    return " ".join(text.replace("#", str(each)) for each in range(number))


def padded(text: str) -> str:
    """A text of the maximum length, in characters of four bytes each."""
    return text.ljust(persisted_queries.LONGEST_TEXT, "\N{MONEY BAG}")


# The text with a number, by kind.
REFUSED: dict[str, Callable[[int], str]] = {
    "tokens": lambda n: f"{{ a{n}: businessDate " + "businessDate " * parsing.MOST_TOKENS + "}",
    "fields": lambda n: f"{{ a{n}: me {{ " + several("a#: id", 600) + "} }",
    "unknown fields": lambda n: f"{{ a{n}: me {{ " + several("nosuch#", 490) + "} }",
    "fields of one name": lambda n: f"{{ a{n}: me {{ " + "id " * 490 + "} }",
    "aliases": lambda n: f"{{ a{n}: me {{ " + several("b#: id", 300) + "} }",
    "fragments": lambda n: (
        f"{{ a{n}: me {{ {several('...F#', 99)} }} }} " + several("fragment F# on User { id name email id }", 99)
    ),
    "unused fragments": lambda n: f"{{ a{n}: businessDate }} " + several("fragment F# on User { id name email }", 200),
    "input": lambda n: f"mutation M{n} {{ login(input: {{ {several('a#: 1', 140)} }}) {{ __typename }} }}",
    "variables": lambda n: f"query Q{n} ({several('$v#: Int', 140)}) {{ businessDate }}",
    "directives": lambda n: f"{{ a{n}: businessDate {several('@d#', 900)} }}",
    "syntax": lambda n: f"{{ a{n}: me {{ " + "id " * 1_900,
    "a string without an end": lambda n: padded(f'{{ a{n}: user(id: "'),
    "a string of the wrong type": lambda n: padded(f'{{ a{n}: user(nosuch: "')[:-8] + '") { id }',
    "comments": lambda n: f"{{ a{n}: businessDate }} " + "\n#" * (parsing.MOST_COMMENTS + 1),
    "depth": lambda n: f"{{ a{n}: me " + "{ a " * 900 + "}" * 901,
}
LOAN = """id status amount interestRate dailyRate loanTerm disbursedOn nextBillingDate emi principalBalance payoff
  amountDue minimumDue pastDue daysPastDue"""
VALID: dict[str, Callable[[int], str]] = {
    "fields": lambda n: f"query Q{n} {{ " + several(f'a#: loan(id: "1") {{ {LOAN} }}', 19) + " }",
    "aliases": lambda n: f"{{ a{n}: policy {{ " + several("b#: __typename", 45) + " } }",
    "fragments": lambda n: (
        f"{{ a{n}: policy {{ {several('...F#', 90)} }} }} " + several("fragment F# on Policy { __typename }", 90)
    ),
    "arguments": lambda n: (
        "{ "
        + several(f'a#: quote(amount: "{1_000 + n}", interestRate: "10", loanTerm: 12) {{ __typename }}', 19)
        + " }"
    ),
    "directives": lambda n: f"{{ a{n}: businessDate " + "__typename @include(if: true) " * 45 + "}",
    "variables": lambda n: (
        f"query Q{n} ({several('$v#: Boolean = true', 24)}) {{ " + several("__typename @include(if: $v#)", 24) + " }"
    ),
    "a long string": lambda n: padded(f'{{ a{n}: user(id: "')[:-12] + '") { id }}',
    "blanks": lambda n: f"{{ a{n}: businessDate }}".ljust(persisted_queries.LONGEST_TEXT),
    "a long comment": lambda n: padded(f"{{ a{n}: businessDate }} #"),
    "comments": lambda n: f"{{ a{n}: businessDate }} " + "\n#" * (parsing.MOST_COMMENTS - 100),
}


@pytest.mark.timeout(240)
async def test_no_text_makes_a_process_grow_without_bound(settings: Settings) -> None:
    # With the budget of an address, most requests would be answered with 429 and prove nothing.
    api = Api(unlimited(settings), fresh=True)
    await api.start()
    try:
        async with api.door() as door:
            process, send = psutil.Process(api.process.pid), door.http
            for kinds in (REFUSED, VALID):
                for kind in kinds.values():
                    await post(send, kind(0))
            grown = {"": process.memory_info().rss}
            for kinds, is_valid in ((REFUSED, False), (VALID, True)):
                for name, kind in kinds.items():
                    for number in range(1, EACH + 1):
                        assert await post(send, kind(number)) == is_valid, name
                    grown[name] = process.memory_info().rss - grown[""]
            assert max(list(grown.values())[1:]) < MOST_GROWTH, grown
            # The process still answers.
            assert await post(send, "{ businessDate }")
    finally:
        api.process.kill()
        api.process.wait()


async def post(send: httpx.AsyncClient, text: str) -> bool:
    """Whether a text was executed. A refused one has no data, and at least one reason."""
    answer = (await send.post("/graphql", json={"query": text})).json()
    assert "data" in answer or answer["errors"]
    return "data" in answer


def test_the_cache_of_documents_is_bounded_by_weight() -> None:
    kept = WeightedCache[str](most=10, most_of_one=4)
    for text, weight in (("a", 4), ("b", 4), ("c", 2)):
        kept.put(text, text, weight)
    assert (len(kept), kept.weight) == (3, 10)
    # The most recently used entry stays, and an entry that is too heavy evicts no other.
    assert kept.get("a") == "a"
    kept.put("heavy", "heavy", 5)
    kept.put("d", "d", 3)
    assert [text for text in "abcd" if text in kept] == ["a", "c", "d"]
    assert kept.weight == 9
    kept.put("d", "again", 1)
    assert (kept.get("d"), kept.weight) == ("again", 7)
    kept.drop("a")
    assert (kept.get("a"), kept.weight) == (None, 3)
