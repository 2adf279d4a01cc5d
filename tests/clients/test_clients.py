"""Client libraries with the options they have by default query, pay once, receive errors, and subscribe."""

import asyncio
import json
import subprocess
import urllib.request
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from gql import Client as Gql
from gql import gql
from gql.transport.exceptions import TransportQueryError
from gql.transport.httpx import HTTPXAsyncTransport
from gql.transport.websockets import WebsocketsTransport

from models import database
from ops.commands import build_web
from tests.api.subscribing import SCORE, Server
from tests.builders import PAY, Client, lent, registered
from tests.programs import needed

SECONDS = 60

TODAY = "query Today { businessDate }"
FORBIDDEN = "query User($id: ID!) { user(id: $id) { id } }"
INVALID = "query Nothing { nothing }"

# The arguments of each script, and whether its library has subscriptions.
SCRIPTS = {
    "fetch.js": False,
    "graphql-request.js": False,
    "urql.js": True,
    "apollo.js plain": True,
    "apollo.js persisted": True,
    "relay.js tutorial": True,
    "relay.js template": True,
    "graphql-ws.js": True,
    "graphql-sse.js": True,
}


@asynccontextmanager
async def paying(server: Server) -> AsyncIterator[tuple[Client, str]]:
    """A borrower with a loan of 50,000, of which 100 is paid once in the block."""
    borrower = await registered(server.client)
    async with paying_once(borrower) as loan_id:
        yield borrower, loan_id


@asynccontextmanager
async def paying_once(borrower: Client) -> AsyncIterator[str]:
    """A loan of 50,000, of which 100 is paid once in the block."""
    loan_id = await lent(borrower)
    yield loan_id
    paid = await database.fetch("SELECT amount FROM payments WHERE loan_id = $1", int(loan_id))
    assert [str(row["amount"]) for row in paid] == ["100.00"]


def judge(told: dict[str, Any], loan_id: str) -> None:
    """The library returned the server's answer."""
    assert told["today"].get("data", {}).get("businessDate") == "2026-01-01", told
    assert told["payment"].get("data"), told
    receipt = told["payment"]["data"]["makePayment"]
    assert (receipt["__typename"], receipt["replayed"]) == ("PaymentReceipt", False)
    assert (receipt["payment"]["amount"], receipt["loan"]["id"], receipt["loan"]["payoff"]) == (
        "100.00", loan_id, "49900.00",
    )  # fmt: skip
    for name, code in (("forbidden", "FORBIDDEN"), ("invalid", "BAD_USER_INPUT")):
        assert [error["extensions"]["code"] for error in told[name]["errors"]] == [code]


@pytest.mark.parametrize("script", SCRIPTS)
async def test_a_library_of_javascript_asks_pays_and_watches(server: Server, scripts: Path, script: str) -> None:
    async with paying(server) as (borrower, loan_id):
        process = await asyncio.create_subprocess_exec(
            str(build_web.node()), *script.split(), cwd=scripts,
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        )  # fmt: skip
        given = {"address": server.address, "token": borrower.token, "loanId": loan_id}
        try:
            output, errors = await asyncio.wait_for(process.communicate(json.dumps(given).encode()), SECONDS)
        finally:
            if process.returncode is None:
                process.kill()
        assert process.returncode == 0, errors.decode()
        told = json.loads(output)
        judge(told, loan_id)
        assert ("score" in told) is SCRIPTS[script]
        if SCRIPTS[script]:
            assert told["score"]["data"]["creditScore"]["creditScore"] == 690


@pytest.mark.parametrize("transport", [HTTPXAsyncTransport, WebsocketsTransport])
async def test_gql_of_python_asks_pays_and_watches(server: Server, transport: Callable[..., Any]) -> None:
    async with paying(server) as (borrower, loan_id):
        scheme = "ws" if transport is WebsocketsTransport else "http"
        headers = {"Authorization": f"Bearer {borrower.token}"}
        opened = transport(url=f"{scheme}://{server.address}/graphql", headers=headers)
        async with Gql(transport=opened) as session:

            async def asked(query: str, **variables: Any) -> dict[str, Any]:
                document = gql(query)
                document.variable_values = variables
                try:
                    return {"data": await session.execute(document)}
                except TransportQueryError as error:
                    return {"errors": error.errors}

            told = {
                "today": await asked(TODAY),
                "payment": await asked(PAY, input={"loanId": loan_id, "amount": "100.00"}),
                "forbidden": await asked(FORBIDDEN, id="1"),
                "invalid": await asked(INVALID),
            }
            judge(told, loan_id)
            if transport is WebsocketsTransport:
                async with asyncio.timeout(SECONDS):
                    async for event in session.subscribe(gql(SCORE)):
                        assert event["creditScore"]["creditScore"] == 690
                        break


APOLLO = {"apollographql-client-name": "kist", "apollographql-client-version": "1.0-1"}
# As the libraries send them where nothing is set.
DEFAULT_HEADERS = {
    "Apollo Kotlin 3": {"Accept": "multipart/mixed; deferSpec=20220824, application/json"},
    "Apollo Kotlin 4": {
        "Accept": "multipart/mixed;deferSpec=20220824, application/graphql-response+json, application/json"
    },
    "Apollo Kotlin 5": {
        "Accept": "multipart/mixed;incrementalSpec=v0.2, multipart/mixed;deferSpec=20220824, "
        "application/graphql-response+json, application/json"
    },
    "Apollo iOS 1": {
        "Accept": 'multipart/mixed;boundary="graphql";deferSpec=20220824/v0.1,'
        'multipart/mixed;boundary="graphql";subscriptionSpec=1.0,application/json',
        "X-APOLLO-OPERATION-TYPE": "mutation",
        "X-APOLLO-OPERATION-NAME": "Pay",
        "X-APOLLO-OPERATION-ID": "1",
        **APOLLO,
    },
    "Apollo iOS 2": {
        "Accept": 'multipart/mixed;boundary="graphql";subscriptionSpec=1.0,application/json',
        "X-APOLLO-OPERATION-NAME": "Pay",
        "X-APOLLO-OPERATION-TYPE": "mutation",
        **APOLLO,
    },
    "Java's HttpURLConnection": {"Accept": "text/html, image/gif, image/jpeg, *; q=.2, */*; q=.2"},
    "axios": {"Accept": "application/json, text/plain, */*"},
    "Dart's graphql": {"Accept": "*/*"},
    "Relay with @defer": {"Accept": "multipart/mixed; incrementalSpec=v0.2, application/json"},
    "a library that lists a stream last": {
        "Accept": "application/graphql-response+json, multipart/mixed, text/event-stream"
    },
    "graphql_client of Rust": {},
}


async def test_the_default_headers_of_other_libraries_are_answered_in_json(
    server: Server, subtests: pytest.Subtests
) -> None:
    borrower = await registered(server.client)
    for library, sent in DEFAULT_HEADERS.items():
        with subtests.test(library):
            async with paying_once(borrower) as loan_id:
                await judge_headers(borrower, loan_id, sent)


async def judge_headers(borrower: Client, loan_id: str, sent: dict[str, str]) -> None:
    """The server answers a library that sends these headers in JSON."""
    headers = sent | {"Authorization": f"Bearer {borrower.token}"}

    async def asked(query: str, **variables: object) -> Any:
        body = {"query": query, "variables": variables}
        response = await borrower.http.post("/graphql", json=body, headers=headers)
        assert response.headers["content-type"].split(";")[0] in {
            "application/json", "application/graphql-response+json",
        }  # fmt: skip
        return response.json()

    told = {
        "today": await asked(TODAY),
        "payment": await asked(PAY, input={"loanId": loan_id, "amount": "100.00"}),
        "forbidden": await asked(FORBIDDEN, id="1"),
        "invalid": await asked(INVALID),
    }
    judge(told, loan_id)


async def test_urllib_and_curl_need_no_headers_but_the_type_of_the_body(server: Server) -> None:
    curl = needed("curl", "apt-get install curl")
    address, body = f"http://{server.address}/graphql", json.dumps({"query": TODAY})
    request = urllib.request.Request(address, body.encode(), {"Content-Type": "application/json"})
    with await asyncio.to_thread(urllib.request.urlopen, request) as response:
        assert json.load(response) == {"data": {"businessDate": "2026-01-01"}}
    command = [curl, "-s", address, "-H", "Content-Type: application/json", "-d", body]
    done = await asyncio.to_thread(subprocess.run, command, capture_output=True, text=True, check=True)
    assert json.loads(done.stdout) == {"data": {"businessDate": "2026-01-01"}}
