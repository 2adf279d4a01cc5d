"""Numbers, dates and names are parsed in the forms of clients, and messages show them unchanged."""

import codecs
import json
from typing import Any

import httpx
import pytest

from tests.api.subscribing import Server, socket
from tests.builders import APPLY, PAY, Client, lent

SEVERAL = "query A { a: businessDate } query B { b: businessDate }"
ONE = "query A { a: businessDate }"
USER = "query ($id: ID!) { user(id: $id) { id } }"
LOANS = "query ($first: Int) { me { loans(first: $first) { totalCount edges { cursor } } } }"


async def sent(client: Client, query: str, variables: str) -> dict[str, Any]:
    """The answer to a request with this text as its variables."""
    headers = {"Content-Type": "application/json"} | (
        {"Authorization": f"Bearer {client.token}"} if client.token else {}
    )
    body = f'{{"query": {json.dumps(query)}, "variables": {variables}}}'
    answer: dict[str, Any] = (await client.http.post("/graphql", content=body, headers=headers)).json()
    return answer


async def message(client: Client, query: str, variables: str) -> str:
    answer = await sent(client, query, variables)
    error = answer["errors"][0]
    assert error["extensions"]["code"] == "BAD_USER_INPUT"
    return str(error["message"])


async def test_a_whole_number_is_an_int_and_an_id_however_it_is_written(borrower: Client, operator: Client) -> None:
    loan_id = await lent(borrower)
    for first in ("1", "1.0", "1.00", "1e0", "10E-1", "0.1e1"):
        answer = await sent(borrower, LOANS, f'{{"first": {first}}}')
        assert answer["data"]["me"]["loans"]["totalCount"] == 1, first
    me = (await borrower.ask("{ me { id } }"))["id"]
    for written in (me, f"{me}.0", f"{me}e0", f'"{me}"'):
        assert (await sent(operator, USER, f'{{"id": {written}}}'))["data"]["user"] == {"id": me}, written
    query = "query ($id: ID!) { loan(id: $id) { id } }"
    assert (await sent(borrower, query, f'{{"id": {loan_id}.0}}'))["data"]["loan"] == {"id": loan_id}
    for number in ("1.5", "1e-1", "1e309", "-0.5"):
        assert "data" not in await sent(borrower, LOANS, f'{{"first": {number}}}')
        assert "data" not in await sent(operator, USER, f'{{"id": {number}}}')
    terms = '{"input": {"amount": 1e3, "interestRate": 1.00e1, "loanTerm": 12.0}}'
    assert (await sent(borrower, APPLY, terms))["data"]["applyLoan"]["__typename"] == "Loan"


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("1.005", "1.005"),
        ("1.0050", "1.0050"),
        ("1e-3", "1e-3"),
        ("1.5E+20", "1.5E+20"),
        ("12.0E30", "12.0E30"),
        ("1e12", "1e12"),
        ('"1e3"', '"1e3"'),
        ('"\\u00e9\\n"', '"é\\n"'),
        ("true", "true"),
        ("[1.50]", "[1.50]"),
        ('{"a": {"b": [1.50, null, false, "x"]}}', '{"a": {"b": [1.50, null, false, "x"]}}'),
        ("{}", "{}"),
        ("[]", "[]"),
        ("[[[[[[1.5]]]]]]", "[[[[[…]]]]]"),
        ("[" + "1.5, " * 11 + "1.5]", "[" + "1.5, " * 10 + "…]"),
    ],
)
async def test_a_value_is_shown_as_it_was_sent(borrower: Client, written: str, shown: str) -> None:
    text = await message(borrower, PAY, f'{{"input": {{"loanId": "1", "amount": {written}}}}}')
    assert text.endswith(f"; found: {shown}."), text
    for python in ("instance>", "Decimal", "None", "True", "'1"):
        assert python not in text


@pytest.mark.parametrize(
    ("query", "variables", "shown"),
    [
        (USER, '{"id": 1.5}', "ID cannot represent value: 1.5"),
        (USER, '{"id": [1.5]}', "ID cannot represent value: [1.5]"),
        (USER, '{"id": null}', "Expected value of non-null type 'ID!' not to be null."),
        (LOANS, '{"first": 12.50}', "Int cannot represent non-integer value: 12.50"),
        (LOANS, '{"first": "12"}', 'Int cannot represent non-integer value: "12"'),
        (LOANS, '{"first": 3e9}', "Int cannot represent non 32-bit signed integer value: 3e9"),
        (PAY, '{"input": 1.50}', "to be an object, found: 1.50."),
        (PAY, '{"input": [1.50]}', "to be an object, found: [1.50]."),
        (PAY, '{"input": {"amount": 1.50}}', "to include required field 'loanId', found: {\"amount\": 1.50}."),
        (PAY, '{"input": {"loanId": 1, "amount": 1, "x": 1.50}}', '"x": 1.50}.'),
        (PAY, '{"input": {"loanId": 1, "amount": 1, "transactionId": 1.50}}', "a non string value: 1.50"),
        ("{ me { loans(first: 1.50) { totalCount } } }", "{}", "Int cannot represent non-integer value: 1.50"),
        ("{ user(id: null) { id } }", "{}", "Expected value of non-null type 'ID!' not to be null."),
    ],
)
async def test_every_kind_of_message_shows_what_was_sent(
    borrower: Client, query: str, variables: str, shown: str
) -> None:
    text = await message(borrower, query, variables)
    assert text.endswith(shown), text


async def test_a_long_value_is_cut_and_a_number_of_a_person_is_hidden(borrower: Client) -> None:
    text = await message(borrower, USER, '{"id": {"a": "' + "x" * 100_000 + '"}}')
    assert len(text) < 500
    text = await message(borrower, USER, '{"id": [234123412346, "2341 2341 2346"]}')
    assert "23412341" not in text
    assert "2341 2341" not in text


@pytest.mark.parametrize(
    ("written", "reason"),
    [
        ('"2026-02-30"', "there is no 2026-02-30 in the calendar"),
        ('"2026-13-01"', "there is no 2026-13-01 in the calendar"),
        ('"2025-02-29"', "there is no 2025-02-29 in the calendar"),
        ('"0000-01-01"', "there is no 0000-01-01 in the calendar"),
        *(
            (written, "write a date as a string, year first: 2026-01-31")
            for written in ('"31/01/2026"', '"2026-1-31"', '"2026-01-31T00:00:00Z"', '"2026-W05"', "20260131", "true",
                            '"٢٠٢٦-٠١-٣١"', '""', '" 2026-01-31"')
        ),
    ],
)  # fmt: skip
async def test_a_date_that_is_none_says_why(borrower: Client, written: str, reason: str) -> None:
    text = await message(borrower, PAY, f'{{"input": {{"loanId": "1", "amount": "1", "paymentDate": {written}}}}}')
    assert f"'{reason}'" in text
    query = (
        f'mutation {{ makePayment(input: {{ loanId: "1", amount: "1", paymentDate: {written} }}) {{ __typename }} }}'
    )
    assert f"'{reason}'" in await message(borrower, query, "{}")


async def test_a_rest_path_says_the_same_of_values(borrower: Client) -> None:
    given = {"loan": "1", "amount": "1e3", "payment_date": "2026-02-30"}
    headers = {"Authorization": f"Bearer {borrower.token}", "Content-Type": "application/json"}
    body = codecs.BOM_UTF8 + json.dumps(given).encode()
    response = await borrower.http.post("/api/make-payment/", content=body, headers=headers)
    assert response.status_code == 400
    told = {problem["field"]: problem["message"] for problem in response.json()["problems"]}
    assert told == {
        "amount": "an amount must be a plain number with at most 2 decimals, such as 0.12",
        "payment_date": "there is no 2026-02-30 in the calendar",
    }
    body = b'{"loan": 1.50, "amount": 1, "payment_date": "2026-01-01"}'
    response = await borrower.http.post("/api/make-payment/", content=body, headers=headers)
    assert response.json()["problems"][0]["message"] == "ID cannot represent value: 1.50"


async def test_an_operation_name_that_is_empty_is_absent(client: Client) -> None:
    for name in ("", None):
        answer = await client.http.post("/graphql", json={"query": ONE, "operationName": name})
        assert answer.json() == {"data": {"a": "2026-01-01"}}
        answer = await client.http.post("/graphql", json={"query": SEVERAL, "operationName": name})
        assert answer.json()["errors"][0]["message"] == "operationName must name one operation of the query."
    for empty in ("operationName", "variables", "extensions", "documentId"):
        answer = await client.http.get("/graphql", params={"query": ONE, empty: ""})
        assert answer.json() == {"data": {"a": "2026-01-01"}}, empty
    answer = await client.http.get("/graphql", params={"query": SEVERAL, "operationName": ""})
    assert answer.status_code == 400
    stream = {"Accept": "text/event-stream"}
    answer = await client.http.post("/graphql", json={"query": ONE, "operationName": ""}, headers=stream)
    assert '{"data":{"a":"2026-01-01"}}' in answer.text
    for wrong in (" ", "b", "C"):
        answer = await client.http.post("/graphql", json={"query": SEVERAL, "operationName": wrong})
        assert answer.json()["errors"][0]["extensions"]["code"] == "BAD_USER_INPUT"


async def test_an_empty_operation_name_is_absent_in_a_websocket(server: Server) -> None:
    async with socket(server, None) as opened:
        payload = {"query": ONE, "operationName": "", "variables": None}
        text = json.dumps({"type": "subscribe", "id": "1", "payload": payload})
        await opened.connection.send(f"\ufeff{text}")
        assert await opened.next("1") == "2026-01-01"


async def test_variables_may_have_the_names_of_a_requests_members(client: Client) -> None:
    query = "query ($operationName: Boolean!) { businessDate @include(if: $operationName) }"
    assert await sent(client, query, '{"operationName": true}') == {"data": {"businessDate": "2026-01-01"}}


async def test_a_body_may_begin_with_a_byte_order_mark(client: Client) -> None:
    headers = {"Content-Type": "application/json"}
    body = codecs.BOM_UTF8 + json.dumps({"query": f"\ufeff{ONE}"}).encode()
    answer = await client.http.post("/graphql", content=body, headers=headers)
    assert answer.json() == {"data": {"a": "2026-01-01"}}
    for others in (codecs.BOM_UTF8, codecs.BOM_UTF8 * 2 + b"{}", b"{}" + codecs.BOM_UTF8):
        answer = await client.http.post("/graphql", content=others, headers=headers)
        assert answer.status_code == 400


async def test_a_path_with_a_slash_at_its_end_is_the_one_without(client: Client) -> None:
    async def both(method: str, path: str, **more: Any) -> tuple[httpx.Response, httpx.Response]:
        return await client.http.request(method, path, **more), await client.http.request(method, f"{path}/", **more)

    params = {"query": ONE}
    for method in ("GET", "HEAD", "OPTIONS", "PUT"):
        first, second = await both(method, "/graphql", params=params)
        assert (first.status_code, first.content) == (second.status_code, second.content), method
        assert first.headers.get("allow") == second.headers.get("allow")
    first, second = await both("POST", "/graphql", json=params)
    assert first.json() == second.json() == {"data": {"a": "2026-01-01"}}
    for path in ("/about", "/health/live", "/schema.graphql", "/.well-known/jwks.json", "/api/openapi.json"):
        first, second = await both("GET", path)
        assert (first.status_code, first.content) == (second.status_code, second.content) != (404, b""), path
    for path in ("/graphql//", "/nothing/", "/graphql/x/"):
        assert (await client.http.get(path)).status_code == 404, path


async def test_a_websocket_is_opened_at_a_path_with_a_slash(server: Server) -> None:
    async with socket(server, None, path="/graphql/") as opened:
        assert await opened.next(await opened.begin("{ businessDate }")) == "2026-01-01"
