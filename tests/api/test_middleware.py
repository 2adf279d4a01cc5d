"""Every answer has its headers, its id and the requested type; refusals are JSON."""

import hashlib
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
from pydantic import ValidationError
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidStatus

from api.graphql.root import printed
from api.graphql.view import GraphQLView
from settings import Settings
from tests.api.policies import code, is_safe
from tests.api.subscribing import Server
from tests.builders import Client, serving
from tests.servers import tamper

GRAPHQL = "application/graphql-response+json"
DATE = {"query": "{ businessDate }"}


@pytest.mark.parametrize(
    "name", ["567812349012", "x567812349012", "5678.1234.9012", "56-78-12-34-90-12", "r_5678-12349012"]
)
async def test_a_request_id_that_may_be_an_aadhaar_number_is_replaced(client: Client, name: str) -> None:
    response = await client.http.post("/graphql", json=DATE, headers={"X-Request-Id": name})
    assert len(response.headers["x-request-id"]) == 32


@pytest.mark.parametrize(
    "name",
    ["55555555-5555-4555-8555-567812349012", "01A567812349012345678901AB", "req-2026-11-29-0001", "a" * 31 + "1"],
)
async def test_a_request_id_of_a_client_is_kept(client: Client, name: str) -> None:
    response = await client.http.post("/graphql", json=DATE, headers={"X-Request-Id": name})
    assert response.headers["x-request-id"] == name


async def test_the_answer_is_of_the_type_that_is_liked_best(client: Client) -> None:
    for accept, kind in (
        (GRAPHQL, GRAPHQL),
        ("application/json", "application/json"),
        ("*/*", "application/json"),
        ("application/*", "application/json"),
        (f"{GRAPHQL}, application/json;q=0.9", GRAPHQL),
        (f"{GRAPHQL};q=0.5, application/json", "application/json"),
        (f"{GRAPHQL};q=0, */*", "application/json"),
        ("text/html, */*;q=0.1", "application/json"),
        ("", "application/json"),
    ):
        response = await client.http.post("/graphql", json=DATE, headers={"Accept": accept})
        assert (response.status_code, response.headers["content-type"].split(";")[0]) == (200, kind), accept
        assert "Accept" in response.headers["vary"]
    for accept in ("text/plain", f"{GRAPHQL};q=0", "image/png, text/html"):
        response = await client.http.post("/graphql", json=DATE, headers={"Accept": accept})
        assert (response.status_code, code(response)) == (406, "BAD_USER_INPUT"), accept


async def test_what_was_never_begun_has_no_data_and_a_status_of_its_own(client: Client) -> None:
    for query in ("{", "{ nothing }", "query ($id: ID!) { user(id: $id) { id } }"):
        for accept, status in ((GRAPHQL, 400), ("application/json", 200)):
            response = await client.http.post("/graphql", json={"query": query}, headers={"Accept": accept})
            assert response.status_code == status
            assert set(response.json()) == {"errors"}
    response = await client.http.post("/graphql", json={"query": "{ me { id } }"}, headers={"Accept": GRAPHQL})
    assert (response.status_code, response.json()["data"]) == (200, None)


async def test_every_no_is_json_and_says_what_is_allowed(client: Client) -> None:
    for method in ("PUT", "DELETE", "PATCH", "PROPFIND"):
        response = await client.http.request(method, "/graphql")
        assert (response.status_code, code(response)) == (405, "BAD_USER_INPUT")
        assert response.headers["allow"] == "GET, HEAD, POST, OPTIONS"
    response = await client.http.get("/graphql", params={"query": "mutation { logout }"})
    assert (response.status_code, response.headers["allow"]) == (405, "POST")
    for path in ("/nothing", "/graphql//", "/graphql/x", "/%00", "/%ff"):
        response = await client.http.get(path)
        assert (response.status_code, code(response)) == (404, "NOT_FOUND"), path
        assert response.json()["errors"][0]["message"] == "The path was not found."
    response = await client.http.post("/")
    assert (response.status_code, code(response)) == (405, "METHOD_NOT_ALLOWED")
    assert response.json()["errors"][0]["message"].startswith("The path does not support the method.")
    assert "GET" in response.headers["allow"]
    for kind in ("text/plain", "application/jsonp", "application/json; charset=utf-16", "application/graphql", ""):
        response = await client.http.post("/graphql", content=b"{}", headers={"Content-Type": kind})
        assert (response.status_code, code(response)) == (415, "BAD_USER_INPUT"), kind


async def test_options_and_head_are_answered_without_a_body(client: Client) -> None:
    options = await client.http.options("/graphql")
    assert (options.status_code, options.content) == (204, b"")
    assert options.headers["allow"] == "GET, HEAD, POST, OPTIONS"
    params = {"query": "{ businessDate }"}
    get, head = [await client.http.request(method, "/graphql", params=params) for method in ("GET", "HEAD")]
    assert (head.status_code, head.content) == (200, b"")
    assert head.headers["content-length"] == get.headers["content-length"] == str(len(get.content))


async def test_pages_of_other_origins_are_let_in_by_setting_only(settings: Settings) -> None:
    theirs = {"Origin": "https://loans.example"}
    asking = {"Access-Control-Request-Method": "POST", "Access-Control-Request-Headers": "authorization, content-type"}
    async with serving(settings) as client:
        for response in (
            await client.http.post("/graphql", json=DATE, headers=theirs),
            await client.http.options("/graphql", headers=theirs | asking),
        ):
            assert not [name for name in response.headers if name.startswith("access-control")]
    chosen = settings.model_copy(update={"cors_origins": "https://other.example,https://loans.example"})
    async with serving(chosen) as client:
        response = await client.http.post("/graphql", json=DATE, headers=theirs)
        assert response.headers["access-control-allow-origin"] == "https://loans.example"
        assert response.headers["access-control-expose-headers"] == "X-Request-Id, Retry-After"
        assert {"Accept", "Origin"} <= set(response.headers["vary"].replace(" ", "").split(","))
        response = await client.http.options("/graphql", headers=theirs | asking)
        assert response.status_code == 200
        assert response.headers["access-control-allow-origin"] == "https://loans.example"
        evil = {"Origin": "https://evil.example"}
        response = await client.http.post("/graphql", json=DATE, headers=evil)
        assert "access-control-allow-origin" not in response.headers
        response = await client.http.options("/graphql", headers=evil | asking)
        assert (response.status_code, code(response)) == (400, "FORBIDDEN")
        assert "access-control-allow-origin" not in response.headers
        assert "Origin" in response.headers["vary"]
    for wrong in ("loans.example", "https://loans.example/path", "*", "https://a.example,,"):
        with pytest.raises(ValidationError):
            Settings(_env_file=None, cors_origins=wrong)  # type: ignore[call-arg]


@pytest.mark.parametrize(
    "headers",
    [
        "authorization,content-type,x-request-id",
        "content-type,traceparent,tracestate,baggage",
        "baggage,content-type,sentry-trace",
        "apollographql-client-name,apollographql-client-version,content-type",
        "apollo-require-preflight,x-apollo-operation-id,x-apollo-operation-name,x-apollo-operation-type",
        "accept,accept-language,content-language,x-requested-with",
        "cache-control,content-type,last-event-id,pragma,x-graphql-event-stream-token",
        "graphql-client-name,graphql-client-version,idempotency-key,if-none-match",
        "b3,newrelic,request-context,request-id,uber-trace-id,x-amzn-trace-id",
        "x-b3-flags,x-b3-parentspanid,x-b3-sampled,x-b3-spanid,x-b3-traceid",
        "x-datadog-origin,x-datadog-parent-id,x-datadog-sampling-priority,x-datadog-trace-id",
    ],
)
async def test_a_page_of_a_chosen_origin_may_send_what_libraries_add(settings: Settings, headers: str) -> None:
    chosen = settings.model_copy(update={"cors_origins": "https://loans.example"})
    asking = {"Access-Control-Request-Method": "POST", "Access-Control-Request-Headers": headers}
    async with serving(chosen) as client:
        for path in ("/graphql", "/graphql/", "/api/make-payment/"):
            response = await client.http.options(path, headers={"Origin": "https://loans.example"} | asking)
            assert response.status_code == 200, response.text
            allowed = response.headers["access-control-allow-headers"].lower().replace(" ", "").split(",")
            assert set(headers.split(",")) <= set(allowed)
            assert response.headers["access-control-allow-origin"] == "https://loans.example"
            assert "access-control-allow-credentials" not in response.headers
        response = await client.http.options("/graphql", headers={"Origin": "https://evil.example"} | asking)
        assert (response.status_code, code(response)) == (400, "FORBIDDEN")
        made_up = asking | {"Access-Control-Request-Headers": f"{headers},x-made-up"}
        response = await client.http.options("/graphql", headers={"Origin": "https://loans.example"} | made_up)
        assert (response.status_code, code(response)) == (400, "FORBIDDEN")


async def test_every_answer_has_the_headers_that_keep_a_browser_safe(settings: Settings) -> None:
    async with serving(settings) as client:
        answers = [
            await client.http.get("/about"),
            await client.http.get("/nothing"),
            await client.http.options("/graphql"),
            await client.http.put("/graphql"),
            await client.http.post("/graphql", json=DATE),
            await client.http.post("/graphql", content=b" " * 1_100_000, headers={"Content-Type": "application/json"}),
        ]
        assert [answer.status_code for answer in answers] == [200, 404, 204, 405, 200, 413]
        assert all(map(is_safe, answers))
        assert not any("strict-transport-security" in answer.headers for answer in answers)
    async with serving(settings.model_copy(update={"strict_transport": True})) as client:
        response = await client.http.post("/graphql", json=DATE)
        assert response.headers["strict-transport-security"] == "max-age=31536000; includeSubDomains"


async def test_what_nobody_caught_is_json_too(
    settings: Settings, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    async def broken(*_: object) -> None:
        raise RuntimeError("a secret")

    monkeypatch.setattr(GraphQLView, "respond", broken)
    async with serving(settings) as client:
        response = await client.http.post("/graphql", json=DATE, headers={"X-Request-Id": "request-9"})
    assert (response.status_code, code(response)) == (500, "INTERNAL_SERVER_ERROR")
    assert "request-9" in response.text
    assert "secret" not in response.text
    assert is_safe(response)
    assert any("request-9" in record.getMessage() for record in caplog.records)


async def test_the_explorer_and_introspection_can_be_switched_off(settings: Settings) -> None:
    questions = ("{ __schema { types { name } } }", '{ __type(name: "Loan") { name } }')
    nested = "query { ...F } fragment F on Query { ... on Query { s: __schema { queryType { name } } } }"
    async with serving(settings) as client:
        for query in (*questions, nested):
            assert "errors" not in await client.post(query)
        served = await client.http.get("/schema.graphql")
        assert (served.text, served.headers["content-type"]) == (printed(), "text/plain; charset=utf-8")
        assert served.headers["cache-control"] == "no-cache"
        for known in (served.headers["etag"], f'W/{served.headers["etag"]}, "other"', "*"):
            again = await client.http.get("/schema.graphql", headers={"If-None-Match": known})
            assert (again.status_code, again.content, again.headers["etag"]) == (304, b"", served.headers["etag"])
        assert (await client.http.get("/schema.graphql", headers={"If-None-Match": '"other"'})).status_code == 200
    async with serving(settings.model_copy(update={"explorer": False, "introspection": False})) as client:
        for query in (*questions, nested):
            for _ in range(2):  # the second time the text is cached
                assert await client.error(query) == "BAD_USER_INPUT"
        assert (await client.post("{ __typename businessDate }"))["data"]["__typename"] == "Query"
        assert (await client.http.get("/schema.graphql")).status_code == 404
        response = await client.http.get("/graphql", headers={"Accept": "text/html, */*"})
        assert (response.status_code, code(response)) == (400, "BAD_USER_INPUT")


async def test_names_are_suggested_in_a_sandbox_only(settings: Settings) -> None:
    async def messages(settings: Settings) -> list[str]:
        async with serving(settings) as client:
            answers = [
                await client.post("{ businesDate }"),
                await client.post("query ($input: LoginInputt!) { login(inputt: $input) { x } }"),
                await client.post(
                    "mutation ($input: LoginInput!) { login(input: $input) { __typename } }",
                    input={"emial": "a", "email": "a", "password": "b"},
                ),
            ]
        return [error["message"] for answer in answers for error in answer["errors"]]

    assert any("Did you mean" in message for message in await messages(settings))
    hidden = await messages(settings.model_copy(update={"sandbox": False}))
    assert not [message for message in hidden if "Did you mean" in message or "'businessDate'" in message]


@asynccontextmanager
async def socket(server: Server) -> AsyncIterator[ClientConnection]:
    headers = {"X-Request-Id": "socket-1"}
    async with connect(
        f"ws://{server.address}/graphql",
        subprotocols=["graphql-transport-ws"],  # type: ignore[list-item]
        additional_headers=headers,
    ) as opened:
        await opened.send('{"type": "connection_init"}')
        assert json.loads(await opened.recv())["type"] == "connection_ack"
        yield opened


async def asked(opened: ClientConnection, query: str, **more: object) -> dict[str, Any]:
    message = {"type": "subscribe", "id": "1", "payload": {"query": query, **more}}
    await opened.send(json.dumps(message))
    answer: dict[str, Any] = json.loads(await opened.recv())
    return answer


async def test_a_websocket_has_its_request_id_too(server: Server, caplog: pytest.LogCaptureFixture) -> None:
    async with socket(server) as opened:
        assert opened.response is not None
        assert opened.response.headers["x-request-id"] == "socket-1"
        await tamper("ALTER TABLE business_date RENAME TO gone")
        answer = await asked(opened, "{ businessDate }")
        (error,) = answer["payload"]["errors"]
        assert error["extensions"] == {"code": "INTERNAL_SERVER_ERROR", "requestId": "socket-1"}
        (record,) = [record for record in caplog.records if record.name == "kist.resolvers"]
        assert "socket-1" in record.getMessage()


async def test_a_websocket_has_the_same_limits(server: Server) -> None:
    async with socket(server) as opened:
        answer = await asked(opened, "{ " + "businessDate " * 21 + "}")
        assert answer["type"] == "error"
        assert answer["payload"][0]["extensions"]["code"] == "BAD_USER_INPUT"
    async with socket(server) as opened:
        with pytest.raises(ConnectionClosed) as closed:
            await asked(opened, "{ businessDate }".ljust(1_000_000))
        assert closed.value.rcvd is not None
        assert closed.value.rcvd.code in {1009, 4400}


async def test_a_websocket_knows_queries_by_their_hash(server: Server) -> None:
    query = "{ businessDate }"
    persisted = {"version": 1, "sha256Hash": hashlib.sha256(query.encode()).hexdigest()}
    unknown = {"version": 1, "sha256Hash": "0" * 64}
    async with socket(server) as opened:
        for text, name in ((query, persisted), (None, persisted)):
            message = {
                "type": "subscribe",
                "id": "1",
                "payload": {"query": text, "extensions": {"persistedQuery": name}},
            }
            await opened.send(json.dumps(message))
            assert json.loads(await opened.recv())["payload"] == {"data": {"businessDate": "2026-01-01"}}
            assert json.loads(await opened.recv())["type"] == "complete"
        message = {"type": "subscribe", "id": "2", "payload": {"extensions": {"persistedQuery": unknown}}}
        await opened.send(json.dumps(message))
        answer = json.loads(await opened.recv())
        assert (answer["id"], answer["type"]) == ("2", "error")
        assert answer["payload"][0]["extensions"]["code"] == "PERSISTED_QUERY_NOT_FOUND"


async def test_a_websocket_of_another_origin_is_refused(server: Server) -> None:
    with pytest.raises(InvalidStatus) as refusal:
        async with connect(f"ws://{server.address}/graphql", origin="https://evil.example"):  # type: ignore[arg-type]
            pass
    assert refusal.value.response.status_code == 403
