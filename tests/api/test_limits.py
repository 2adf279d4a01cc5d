"""An excessive request is refused before any part of it runs, in time that grows with its text alone."""

import gc
import time
from collections.abc import Iterator
from typing import Any

import pytest
from graphql import GraphQLError, Source, get_introspection_query
from graphql.language.parser import Parser

from api.graphql import limits, parsing
from tests.builders import Client

# A refused request takes a few milliseconds of this thread. A rule that follows every path would never end. The time
# of the threads that copy databases ahead does not count.
SECONDS = 1.0


@pytest.fixture(autouse=True)
def without_collections() -> Iterator[None]:
    """Disable garbage collection during the measurement: after thousands of tests, it takes a second."""
    gc.disable()
    yield
    gc.enable()


def bomb(levels: int, *, spreads: int = 2, within: str = "{}") -> str:
    """Fragments that spread the next one several times: 2^200 fields in 200 lines."""
    spread = " ".join(f"a{number}: __typename ...F{{next}}" for number in range(spreads))
    return (
        "query { ...F0 } "
        + " ".join(
            f"fragment F{level} on Query {{ {within.format(spread.replace('{next}', str(level + 1)))} }}"
            for level in range(levels)
        )
        + f" fragment F{levels} on Query {{ businessDate }}"
    )


def nested(levels: int) -> str:
    return (
        "{ me { loans { edges { node { payments { edges { node { allocations "
        + "{ bill " * levels
        + "{ id }"
        + " }" * (levels + 8)
    )


def several(text: str, number: int) -> str:
    return " ".join(text.replace("#", str(each)) for each in range(number))


def unused(within: str) -> str:
    """A document with an unused fragment, which the server parses all the same."""
    return f"{{ businessDate }} fragment F on User {{ {within} }}"


# Two levels of introspection, for every type.
EVERYTHING = """a#: __schema { types { fields { type {
  ofType { fields { name description args { name } type { name ofType { name } } } }
  fields { name description type { name ofType { name } } args { name } } } } } }"""
CYCLE = "loans { edges { node { payments { totalCount } } } }"

TOO_MUCH = {
    "tokens": "{ " + "businessDate " * parsing.MOST_TOKENS + "}",
    "comments": "{ businessDate }" + "\n#" * (parsing.MOST_COMMENTS + 1),
    "depth": "{ a " * 17 + "}" * 17,
    "depth in fragments": "{ ...F0 } "
    + " ".join(f"fragment F{level} on Query {{ a {{ ...F{level + 1} }} }}" for level in range(30))
    + " fragment F30 on Query { businessDate }",
    "aliases": "{ " + " ".join(f"a{number}: __typename" for number in range(limits.MOST_ALIASES + 1)) + " }",
    "fields": "{ " + "__typename " * (limits.MOST_FIELDS + 1) + "}",
    "root queries": "{ " + "businessDate " * (limits.MOST_ROOT_QUERIES + 1) + "}",
    "root queries in fragments": "{ ...F ...F ...F } fragment F on Query { " + "businessDate " * 7 + " }",
    "root mutations": "mutation { logout again: logout }",
    "root mutations in fragments": "mutation { ...F ... on Mutation { b: logout } } fragment F on Mutation { logout }",
    "cost": "{ me { loans(first: 100) { edges { node { payments(first: 100) { edges { node { id amount interest "
    "principal paymentDate allocations { interest principal } } } } } } } } }",
    "fragments": "{ me { " + "... on User { id } " * (limits.MOST_FRAGMENTS + 1) + "} }",
    "repeated": "{ me { loans { edges { " + "node { id } " * (limits.MOST_REPEATED + 2) + "} } } }",
    "one of several operations": "query A { businessDate } mutation B { logout again: logout }",
    "values in an input": f"mutation {{ login(input: {{ {several('a#: 1', 1600)} }}) {{ __typename }} }}",
    "values in a list": f"{{ user(id: [{several('#', 1000)}]) {{ id }} }}",
    "values in a default": f"query ($a: LoginInput = {{ {several('a#: 1', 1600)} }}) {{ businessDate }}",
    "arguments": f"{{ businessDate({several('x#: 1', 1600)}) }}",
    "variables": f"query ({several('$v#: Int', 1200)}) {{ businessDate }}",
    "directives": f"{{ businessDate {several('@d#', 1600)} }}",
    "directives of a fragment": unused(several("... @d# { id }", 90)).replace("User", f"User {several('@d#', 300)}"),
    "fields of an unused fragment": unused("id " * (limits.MOST_FIELDS + 1)),
    "repetitions in an unused fragment": unused(f"{CYCLE} " * 380),
    "depth of an unused fragment": unused("a { " * 17 + "b" + " }" * 17),
    "unused fragments": "{ businessDate } " + several("fragment F# on User { id }", 600),
    "operations": several("query Q# { businessDate }", 1000),
    "fields of several operations": several(f"query Q# {{ {'__typename ' * 60} }}", 20),
    "the schema again and again": f"{{ {several(EVERYTHING, 19)} }}",
    "bomb of 200": bomb(200),
    "bomb of 60": bomb(60),
    "bomb of 600 with one spread each": bomb(600, spreads=1),
    "bomb in fields": bomb(60, within="businessDate {}"),
    "bomb of wide lists": bomb(12, spreads=9),
}


@pytest.mark.parametrize("name", TOO_MUCH)
async def test_what_asks_for_too_much_is_refused_at_once(client: Client, name: str) -> None:
    for _ in range(2):
        began = time.thread_time()
        answer = await client.post(TOO_MUCH[name])
        assert time.thread_time() - began < SECONDS
        assert answer["errors"]
        assert {error["extensions"]["code"] for error in answer["errors"]} == {"BAD_USER_INPUT"}
        assert "data" not in answer


SLOW = {
    "fields of one name": f"{{ me {{ {'id ' * 990} }} }}",
    "fields of one name in several": f"{{ {'me { ' + 'id ' * 48 + '} '}{('me { ' + 'id ' * 48 + '} ') * 19} }}",
    "fragments of the same fields": f"{{ me {{ {several('...F#', 99)} }} }} "
    + several("fragment F# on User { id name email id name email id name }", 99),
    "unknown fields": f"{{ me {{ {several('emaill#', 900)} }} }}",
    "long names": f"{{ {several('a' * 4_900 + '#', 20)} }}",
    "inputs of many unknown members": "mutation { login(input: { " + several("a#: 1", 299) + " }) { __typename } }",
}


@pytest.mark.parametrize("name", SLOW)
async def test_what_is_wrong_is_told_shortly_and_soon(client: Client, name: str) -> None:
    for _ in range(2):
        began = time.thread_time()
        response = await client.http.post("/graphql", json={"query": SLOW[name]})
        assert time.thread_time() - began < SECONDS
        assert len(response.content) < 30_000
        assert response.json()["errors"]


async def test_the_time_grows_with_the_text(client: Client) -> None:
    for spreads in (1, 2, 8):
        for levels in (40, 200, 400):
            query = bomb(levels, spreads=spreads)
            began = time.thread_time()
            await client.post(query)
            assert time.thread_time() - began < SECONDS


def test_a_text_of_too_many_tokens_costs_no_more_than_its_first_ones() -> None:
    def seconds(tokens: int) -> float:
        text = "{ " + "a " * tokens + "}"
        took = []
        for _ in range(5):
            began = time.thread_time()
            with pytest.raises(GraphQLError, match="has more than 2000 tokens"):
                parsing.parsed(text)
            took.append(time.thread_time() - began)
        return min(took)

    assert seconds(49_000) < 3 * seconds(parsing.MOST_TOKENS + 1)


async def test_a_text_that_cannot_be_parsed_is_read_once(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    read: list[str] = []

    def parser(source: Source, **options: Any) -> Parser:
        read.append(source.body)
        return Parser(source, **options)

    monkeypatch.setattr(parsing, "Parser", parser)
    for text in ("{ me { id ", "{ 'x' }", TOO_MUCH["tokens"], "{ a " * 900):
        answer = await client.post(text)
        assert [error["extensions"]["code"] for error in answer["errors"]] == ["BAD_USER_INPUT"]
        assert "data" not in answer
        assert read.pop() == text
        assert not read
    monkeypatch.setattr("graphql.language.parser.Parser", None)
    assert (await client.post("{ me { id "))["errors"][0]["message"].startswith("Syntax Error: ")


async def test_a_fragment_within_itself_is_refused(client: Client) -> None:
    for query in (
        "{ ...F } fragment F on Query { ...F }",
        "{ ...F } fragment F on Query { ...G } fragment G on Query { me { id } ...F }",
    ):
        assert (await client.post(query))["errors"][0]["extensions"]["code"] == "BAD_USER_INPUT"


async def test_the_length_of_a_page_counts_where_a_variable_says_it(borrower: Client) -> None:
    query = """query ($n: Int = 100) { me { loans(first: $n) { edges { node { payments(first: $n) { edges { node {
      id amount interest principal paymentDate allocations { interest principal } } } } } } } } }"""
    for variables, is_too_much in (({"n": 100}, True), ({"n": 10}, False), ({}, True), ({"n": None}, False)):
        for _ in range(2):
            answer = await borrower.post(query, **variables)
            assert ("errors" in answer) == is_too_much, variables
    for length in (0, -1, 101, 2**31 - 1):
        answer = await borrower.post("query ($n: Int) { me { loans(first: $n) { totalCount } } }", n=length)
        assert answer["errors"][0]["message"] == "`first` must be between 1 and 100."


async def test_what_front_ends_ask_is_not_too_much(borrower: Client) -> None:
    for query in (
        get_introspection_query(),
        get_introspection_query(specified_by_url=True, directive_is_repeatable=True, input_value_deprecation=True),
        """{ me { name loans(first: 20) { totalCount edges { node { id emi payoff emiSchedule { number amountDue }
          bills(first: 20) { edges { node { cycle dueDate totalDue status } } }
          payments { edges { node { amount allocations { interest principal bill { cycle } } } } } } } } } }""",
        "mutation { __typename logout }",
    ):
        assert "errors" not in await borrower.post(query), query
