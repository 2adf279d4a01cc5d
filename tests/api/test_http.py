"""Every request to the endpoint has an answer in JSON with a code, and none causes a 5xx."""

import codecs
import gzip
import json
import logging
from typing import Any

import httpx
import pytest

from api.graphql import persisted_queries
from tests.builders import LOGIN, PAY, REFUSAL, REGISTER, Client, lent
from tests.servers import contents, tamper

JSON = {"Content-Type": "application/json"}
LOGIN_AS = f"mutation ($email: String!) {{ login(input: {{ email: $email, password: $email }}) {{ {REFUSAL} }} }}"
USER = "query ($id: ID!) { user(id: $id) { id } }"

BODIES: list[str | bytes] = [
    "", " ", "{", '{"query": "{ businessDate }"', "nonsense", '"x"', "1", "1.5", "null", "true", "[]", "[{}]",
    '[{"query": "{ businessDate }"}]', b"\xff\xfe", b'{"query": "\xff"}', "{}", '{"query": null}', '{"query": ""}',
    '{"query": 5}', '{"query": ["x"]}', '{"query": "{ businessDate }", "variables": "x"}',
    '{"query": "{ businessDate }", "variables": [1]}', '{"query": "{ businessDate }", "operationName": 5}',
    '{"query": "{ businessDate }", "operationName": "Other"}', '{"query": "{ businessDate }", "extensions": 5}',
    '{"query": "{ businessDate }", "variables": {"n": ' + "9" * 5000 + "}}", "9" * 5000,
    '{"query": "{ businessDate }", "variables": {"n": 1e99999999999999999999}}',
    '{"query": "{ businessDate }", "variables": {"n": NaN}}',
    '{"query": "{ businessDate }", "variables": {"n": -Infinity}}',
    "[" * 100_000, '{"query": "{ businessDate }", "variables": {"n": ' + "[" * 50_000 + "]" * 50_000 + "}}",
    json.dumps({"query": "query A { businessDate } query B { businessDate }"}),
    json.dumps({"query": "fragment F on Query { businessDate }"}),
    json.dumps({"query": "subscription { creditScore { id } }"}),
    json.dumps({"query": "type X { y: Int }"}), json.dumps({"query": "{ nothing }"}), json.dumps({"query": "{"}),
    json.dumps({"query": "{" * 20_000}), json.dumps({"query": "{a" * 20_000}),
    json.dumps({"query": "query ($a: Nothing) { businessDate }"}),
    json.dumps({"query": LOGIN_AS, "variables": {"input": {f"a{number}": 1 for number in range(50_000)}}}),
    json.dumps({"query": USER, "variables": {"id": "1", "more": [1.5] * 2_000}}),
    json.dumps({"query": "{ businessDate }", "extensions": dict.fromkeys(map(str, range(2_000)))}),
    json.dumps({"query": "\u0000"}), '{"query": "\\ud800"}', json.dumps({"query": "{ businessDate(x: 1) }"}),
]  # fmt: skip


def error_code(response: httpx.Response) -> str:
    """The code of an answer. It asserts that the answer is an error in JSON."""
    assert response.status_code < 500, response.text
    assert response.headers["content-type"].startswith("application/json")
    answer: dict[str, Any] = response.json()
    assert answer["errors"]
    return str(answer["errors"][0]["extensions"]["code"])


async def test_every_body_that_is_no_request_is_bad_input(client: Client) -> None:
    for body in BODIES:
        response = await client.http.post("/graphql", content=body, headers=JSON)
        assert error_code(response) == "BAD_USER_INPUT", body[:80]


async def test_a_body_of_another_coding_is_refused(client: Client) -> None:
    body = b'{"query": "{ businessDate }"}'
    compressed = gzip.compress(body)
    for coding, content in (("gzip", compressed), ("gzip", body), ("br", body), ("gzip, identity", compressed)):
        response = await client.http.post("/graphql", content=content, headers=JSON | {"Content-Encoding": coding})
        assert (response.status_code, error_code(response)) == (415, "BAD_USER_INPUT"), coding
    response = await client.http.post("/graphql", content=body, headers=JSON | {"Content-Encoding": "identity"})
    assert response.json()["data"]
    for encoded in (codecs.BOM_UTF8 * 2 + body, body.decode().encode("utf-16"), body.decode().encode("utf-32-le")):
        response = await client.http.post("/graphql", content=encoded, headers=JSON)
        assert (response.status_code, error_code(response)) == (400, "BAD_USER_INPUT")


async def test_an_input_is_not_quoted_at_length(client: Client) -> None:
    # Fifty errors, each with the whole input, would take seconds, and be larger than the request.
    query = "mutation ($input: LoginInput!) { login(input: $input) { __typename } }"
    members = {f"{'a' * 4000}{number}": 1 for number in range(100)}
    response = await client.http.post("/graphql", json={"query": query, "variables": {"input": members}})
    assert error_code(response) == "BAD_USER_INPUT"
    assert len(response.content) < 50_000


async def test_every_error_has_a_code(client: Client) -> None:
    response = await client.http.post("/graphql", json={"query": "{ a b c businessDate(x: 1) }"})
    assert [error["extensions"]["code"] for error in response.json()["errors"]] == ["BAD_USER_INPUT"] * 4


async def test_a_body_over_the_limit_is_refused(client: Client) -> None:
    async def pieces() -> Any:
        for _ in range(20):
            yield b" " * 100_000

    for body in ('{"query": "' + " " * 1_000_000 + '"}', json.dumps({"query": "x" * 10_000_000}), pieces()):
        response = await client.http.post("/graphql", content=body, headers=JSON)
        assert (response.status_code, error_code(response)) == (413, "BAD_USER_INPUT")
    query, padding = "{ businessDate }".ljust(persisted_queries.LONGEST_TEXT), {"x": "x" * 899_000}
    assert (await client.http.post("/graphql", json={"query": query, "variables": padding})).json()["data"]
    response = await client.http.post("/graphql", json={"query": f"{query} "})
    assert (response.status_code, error_code(response)) == (400, "BAD_USER_INPUT")


async def test_another_type_of_body_is_refused(client: Client) -> None:
    for content_type in ("text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x", ""):
        headers = {"Content-Type": content_type}
        response = await client.http.post("/graphql", content='{"query": "{ businessDate }"}', headers=headers)
        assert error_code(response) == "BAD_USER_INPUT"


async def test_another_method_is_refused(client: Client) -> None:
    for method in ("PUT", "DELETE", "PATCH"):
        response = await client.http.request(method, "/graphql", json={"query": "{ businessDate }"})
        assert (response.status_code, error_code(response)) == (405, "BAD_USER_INPUT")


async def test_a_query_may_come_by_get_and_a_mutation_may_not(client: Client) -> None:
    answer = await client.http.get("/graphql", params={"query": "{ businessDate }"})
    assert answer.json() == {"data": {"businessDate": "2026-01-01"}}
    variables = {"input": {"email": "a@kist.test", "password": "x"}}
    before = await contents()
    response = await client.http.get("/graphql", params={"query": LOGIN, "variables": json.dumps(variables)})
    assert (response.status_code, error_code(response)) == (405, "BAD_USER_INPUT")
    assert await contents() == before
    for params in (
        {"query": "subscription { creditScore { id } }"},
        {"query": "{ businessDate }", "variables": "{"},
        {"query": "{ businessDate }", "variables": "5"},
        {"query": "{ businessDate }", "variables": "[1]"},
        {"query": "{ businessDate }", "extensions": "x"},
        {"variables": "{}"},
    ):
        response = await client.http.get("/graphql", params=params, headers={"Accept": "application/json"})
        assert error_code(response) == "BAD_USER_INPUT", params


async def test_one_of_several_operations_is_run_by_its_name(client: Client) -> None:
    body = {"query": "query A { a: businessDate } query B { b: businessDate }", "operationName": "B"}
    assert (await client.http.post("/graphql", json=body)).json() == {"data": {"b": "2026-01-01"}}


async def test_strings_that_no_database_stores_are_bad_input(client: Client) -> None:
    for escape in (r"\u0000", r"\ud800", r"\udfff", r"a\udc00b"):
        body = '{"query": ' + json.dumps(LOGIN_AS) + ', "variables": {"email": "' + escape + '"}}'
        response = await client.http.post("/graphql", content=body, headers=JSON)
        assert error_code(response) == "BAD_USER_INPUT", escape
        for query in (
            f'mutation {{ login(input: {{ email: "{escape}", password: "x" }}) {{ {REFUSAL} }} }}',
            f'{{ user(id: "{escape}") {{ id }} }}',
        ):
            response = await client.http.post("/graphql", json={"query": query})
            assert error_code(response) == "BAD_USER_INPUT", query
    for query in ('{ user(id: "\x00") { id } }', '{ user(id: """\x00""") { id } }'):
        response = await client.http.get("/graphql", params={"query": query})
        assert error_code(response) == "BAD_USER_INPUT"


async def test_a_pair_of_surrogates_is_one_character(client: Client) -> None:
    person = '{"name": "Asha \\ud83d\\ude00", "email": "a@kist.test", "aadhaarId": "123456789012"}'
    body = '{"query": ' + json.dumps(REGISTER) + ', "variables": {"input": ' + person + "}}"
    answer = (await client.http.post("/graphql", content=body, headers=JSON)).json()
    assert answer["data"]["registerUser"]["user"]["name"] == "Asha 😀"


async def test_an_id_may_be_written_as_a_number(operator: Client) -> None:
    for written in (0, 5, 2**31, 2**63, 10**100):
        assert await operator.ask(USER, id=written) is None
        assert await operator.ask(f"{{ user(id: {written}) {{ id }} }}") is None
    others: list[object] = [1.5, True, [], {}, None]
    for other in others:
        assert await operator.error(USER, id=other) == "BAD_USER_INPUT"


async def test_what_goes_wrong_on_our_side_is_masked_and_logged(
    borrower: Client, caplog: pytest.LogCaptureFixture
) -> None:
    loan_id = await lent(borrower)
    await tamper("ALTER TABLE allocations RENAME TO gone")
    headers = {"Authorization": f"Bearer {borrower.token}", "X-Request-Id": "request-7"}
    before = await contents()
    body = {"query": PAY, "variables": {"input": {"loanId": loan_id, "amount": "1000"}}}
    response = await borrower.http.post("/graphql", json=body, headers=headers)
    (error,) = response.json()["errors"]
    assert error["extensions"] == {"code": "INTERNAL_SERVER_ERROR", "requestId": "request-7"}
    assert error["message"] == "Something went wrong on our side. Request id: request-7"
    assert "allocations" not in response.text
    (record,) = (record for record in caplog.records if record.name == "kist.resolvers")
    assert record.levelno == logging.ERROR
    assert "request-7" in record.getMessage()
    assert "makePayment" in record.getMessage()
    assert record.exc_info is not None
    assert "allocations" in str(record.exc_info[1])
    assert await contents() == before


async def test_what_the_client_does_wrong_is_not_logged_as_ours(
    client: Client, caplog: pytest.LogCaptureFixture
) -> None:
    await client.post("{ nothing me { id } }")
    await client.post("{ me { id } }")
    await client.post(PAY, input={"loanId": "1", "amount": "NaN"})
    assert [record for record in caplog.records if record.levelno >= logging.ERROR] == []


async def test_a_request_keeps_its_id_or_is_given_one(client: Client) -> None:
    async def answered(**headers: str) -> str:
        response = await client.http.post("/graphql", json={"query": "{ businessDate }"}, headers=headers)
        return response.headers["x-request-id"]

    assert await answered(**{"X-Request-Id": "mine-1"}) == "mine-1"
    for bad in ("", "x" * 65, "a b", "a/b", "é"):
        name = await answered(**{"X-Request-Id": bad}) if bad.isascii() else await answered()
        assert len(name) == 32
    assert await answered() != await answered()
    response = await client.http.post("/graphql", content="{", headers=JSON)
    assert response.headers["x-request-id"]
