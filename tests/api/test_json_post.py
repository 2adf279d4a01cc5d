"""A POST of JSON has the same answer on its way past Strawberry's view as on the way through it."""

import hashlib
import json
from itertools import product
from typing import Any

import httpx
import pytest

from tests.builders import PAY, STATEMENT, Client, lent

JSON = {"Content-Type": "application/json"}
DATE = "{ businessDate }"
TERM = "{ policy { maximumTerm } }"
TWO = "query A { businessDate } query B { policy { maximumTerm } }"
NAMED = {"persistedQuery": {"version": 1, "sha256Hash": hashlib.sha256(TERM.encode()).hexdigest()}}

BODIES: list[Any] = [
    {"query": DATE},
    {"query": None},
    {"query": ""},
    {"query": 5},
    {},
    [],
    [{"query": DATE}],
    "x",
    None,
    {"query": DATE, "variables": None},
    {"query": DATE, "variables": []},
    {"query": DATE, "extensions": []},
    {"query": DATE, "operationName": ""},
    {"query": DATE, "operationName": 7},
    {"query": DATE, "operationName": "Other"},
    {"query": TWO},
    {"query": TWO, "operationName": "B"},
    {"query": "{ nothing }"},
    {"query": "{"},
    {"query": "subscription { creditScore { id } }"},
    {"query": "{ me { id } }"},
    {"query": "mutation { logout }"},
    {"documentId": "unknown"},
    {"documentId": 7},
    {"query": DATE, "documentId": 7},
    # The hash alone is unknown at first, and known after the third of these.
    {"extensions": NAMED},
    {"query": DATE, "extensions": NAMED},
    {"query": TERM, "extensions": NAMED},
    {"extensions": NAMED},
    {"extensions": {"persistedQuery": {"version": 2}}},
    {"extensions": {"persistedQuery": 1}},
]
ACCEPTED = (
    "*/*",
    "application/json",
    "application/graphql-response+json",
    "application/json;q=0",
    "application/json, text/event-stream",
    "image/png",
)
TYPES = (
    "application/json; charset=utf-8",
    "application/json; charset=latin-1",
    "APPLICATION/JSON",
    "text/plain",
    "",
)


async def answers(client: Client, content: str, headers: dict[str, str]) -> list[tuple[int, Any, dict[str, str]]]:
    """The status, body and headers of a request on both ways. A query string forces the long way; nothing reads it."""
    found = []
    for path in ("/graphql", "/graphql?x=1"):
        response: httpx.Response = await client.http.post(path, content=content, headers=headers)
        kept = {name: value for name, value in response.headers.items() if name != "x-request-id"}
        found.append((response.status_code, response.json() if response.content[:1] == b"{" else response.text, kept))
    return found


async def test_a_body_has_the_same_answer_on_both_ways(client: Client) -> None:
    for body in (*map(json.dumps, BODIES), "", "{", "\ufeff" + json.dumps({"query": DATE})):
        short, long = await answers(client, body, JSON)
        assert short == long, body


async def test_a_header_has_the_same_answer_on_both_ways(client: Client) -> None:
    kinds = [{**JSON, "Accept": accept} for accept in ACCEPTED] + [{"Content-Type": kind} for kind in TYPES]
    kinds += [{**JSON, "Content-Encoding": "gzip"}, {**JSON, "Content-Encoding": "identity"}]
    for headers, query in product(kinds, (DATE, "{ nothing }")):
        short, long = await answers(client, json.dumps({"query": query}), headers)
        assert short == long, headers


@pytest.mark.parametrize("accept", ["application/json", "application/graphql-response+json"])
async def test_an_account_has_the_same_answers_on_both_ways(borrower: Client, accept: str) -> None:
    loan_id = await lent(borrower)
    headers = {**JSON, "Accept": accept, "Authorization": f"Bearer {borrower.token}"}
    paid = {"input": {"loanId": loan_id, "amount": "10", "transactionId": "t"}}
    await borrower.ask(PAY, **paid)
    for query, variables in ((STATEMENT, {"id": loan_id}), (STATEMENT, {"id": "x"}), (STATEMENT, {}), (PAY, paid)):
        short, long = await answers(borrower, json.dumps({"query": query, "variables": variables}), headers)
        assert short == long
