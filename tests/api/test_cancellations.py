"""A request may be cancelled at any moment: its connection returns to the pool, and its transaction is rolled back."""

import asyncio
import contextlib
import gc
import json
import logging
from typing import Any

import asyncpg
import httpx
import pytest
from tortoise.connection import get_connections
from websockets.asyncio.client import connect

from models import business_date, database
from resolvers import subscriptions
from settings import Settings
from tests.builders import PAY, TODAY, Client, lent, registered, serving, unlimited
from tests.running import listening, until
from tests.servers import as_superuser

LOANS = "{ me { id loans { totalCount edges { node { payoff payments { totalCount } } } } } }"
# It runs in a transaction. A payment of a loan that is billed up to date does not.
REFRESH = 'mutation { refreshSession(input: { refreshToken: "unknown" }) { __typename } }'
AT_ONCE = 25
# Each moment of a request that the delays below hit is hit several times.
CANCELLED = 400
CONVERSATIONS = 50
SECONDS = 20


@pytest.fixture
def settings(settings: Settings) -> Settings:
    return unlimited(settings)


def pool() -> Any:
    opened: Any = get_connections().get("default")
    return opened._pool


async def is_whole(most: int) -> bool:
    """Whether all connections of the pool are available, and none is in a transaction."""
    async with asyncio.timeout(SECONDS), contextlib.AsyncExitStack() as held:
        connections = [await held.enter_async_context(pool().acquire()) for _ in range(most)]
        return not any(connection.is_in_transaction() for connection in connections)


def wish(number: int, loan_id: str) -> tuple[str, dict[str, object]]:
    """A query and its variables. Every other one is a payment with a new transaction id."""
    if number % 2:
        return PAY, {"input": {"loanId": loan_id, "amount": "1", "transactionId": f"cancelled-{number}"}}
    return (REFRESH, {}) if number % 4 else (LOANS, {})


async def broken_off(client: Client, number: int, loan_id: str) -> None:
    """Send a request, and cancel it some turns of the event loop or milliseconds later."""
    query, variables = wish(number, loan_id)
    asking = asyncio.create_task(client.post(query, **variables))
    for _ in range(number % 40):
        await asyncio.sleep(0)
    if number % 3:
        await asyncio.sleep(number % 17 / 2000)
    asking.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await asking


# At a cancellation, the library leaves coroutines that it has not started.
@pytest.mark.filterwarnings("ignore:.*never awaited", "ignore::pytest.PytestUnraisableExceptionWarning")
async def test_hundreds_of_cancelled_requests_leave_the_server_well(settings: Settings) -> None:
    few = settings.model_copy(update={"database_connections": 3})
    async with serving(few) as client:
        borrower = await registered(client)
        loan_id = await lent(borrower)
        for first in range(0, CANCELLED, AT_ONCE):
            await asyncio.gather(*(broken_off(borrower, first + number, loan_id) for number in range(AT_ONCE)))
        gc.collect()
        assert await is_whole(3)
        answers = await asyncio.gather(*(borrower.post(LOANS) for _ in range(50)))
        assert not any("errors" in answer for answer in answers)
        # Each stored payment has its entries, and a repeated request is answered as replayed.
        ((stored, named),) = await database.fetch("SELECT count(*), max(transaction_id) FROM payments")
        if stored:
            given = {"loanId": loan_id, "amount": "1", "transactionId": named}
            assert (await borrower.ask(PAY, input=given))["replayed"] is True
        receipt = await borrower.ask(PAY, input={"loanId": loan_id, "amount": "1", "transactionId": "the-last"})
        assert receipt["loan"]["principalBalance"] == f"{50000 - stored - 1}.00"


async def hung_up(address: str, body: dict[str, Any], token: str, number: int) -> None:
    """Send a request over a socket, and close it before the end of the body, before the answer, or during it."""
    content = json.dumps(body).encode()
    accept = "text/event-stream" if number % 5 == 0 else "application/json"
    head = (
        f"POST /graphql HTTP/1.1\r\nHost: kist.test\r\nAccept: {accept}\r\nAuthorization: Bearer {token}\r\n"
        f"Content-Type: application/json\r\nContent-Length: {len(content)}\r\n\r\n"
    )
    _, writer = await asyncio.open_connection(*address.split(":"))
    writer.write(head.encode() + (content if number % 7 else content[:40]))
    await writer.drain()
    await asyncio.sleep(number % 23 / 1000)
    writer.transport.abort()


async def broken_conversation(address: str, body: dict[str, Any], token: str, number: int) -> None:
    """Start several operations on a WebSocket, complete some of them, and close the connection."""
    subprotocols: Any = ["graphql-transport-ws"]
    async with connect(f"ws://{address}/graphql", subprotocols=subprotocols) as opened:
        await opened.send(json.dumps({"type": "connection_init", "payload": {"authorization": f"Bearer {token}"}}))
        await opened.recv()
        for name in "abcde":
            await opened.send(json.dumps({"type": "subscribe", "id": name, "payload": body}))
        await asyncio.sleep(number % 11 / 1000)
        for name in "abc":
            await opened.send(json.dumps({"type": "complete", "id": name}))
        opened.transport.abort()


async def test_clients_that_hang_up_leave_the_server_well(settings: Settings, caplog: pytest.LogCaptureFixture) -> None:
    few = settings.model_copy(update={"database_connections": 3})
    async with database.connected(settings.database_url):
        await business_date.begin(TODAY)
    async with listening(few) as address, httpx.AsyncClient(base_url=f"http://{address}", timeout=SECONDS) as http:
        borrower = await registered(Client(http))
        loan_id = await lent(borrower)

        def asked(number: int) -> dict[str, Any]:
            if number % 5 == 0:
                return {"query": "subscription { creditScore { id loans { totalCount } } }"}
            query, variables = wish(number, loan_id)
            return {"query": query, "variables": variables}

        for first in range(0, CANCELLED, AT_ONCE):
            numbers = range(first, first + AT_ONCE)
            await asyncio.gather(*(hung_up(address, asked(number), borrower.token, number) for number in numbers))
        for first in range(0, CONVERSATIONS, AT_ONCE):
            numbers = range(first, first + AT_ONCE)
            await asyncio.gather(
                *(broken_conversation(address, asked(CANCELLED + each), borrower.token, each) for each in numbers)
            )

        async def nobody_watches() -> bool:
            return not subscriptions._open

        await until(nobody_watches)
        assert await is_whole(3)
        answers = await asyncio.gather(*(borrower.post(LOANS) for _ in range(50)))
        assert not any("errors" in answer for answer in answers)
        ((stored,),) = await database.fetch("SELECT count(*) FROM payments")
        receipt = await borrower.ask(PAY, input={"loanId": loan_id, "amount": "1", "transactionId": "the-last"})
        assert receipt["loan"]["principalBalance"] == f"{50000 - stored - 1}.00"
        # kist logs no error. asyncpg itself logs the rollback of a transaction that is cancelled at its BEGIN.
        ours = [record for record in caplog.records if record.name.startswith("kist")]
        assert [record for record in ours if record.levelno >= logging.ERROR] == []


async def test_a_request_that_takes_too_long_is_broken_off(settings: Settings) -> None:
    hasty = settings.model_copy(update={"database_connections": 3, "request_seconds": 1.0})
    async with serving(settings) as client:
        borrower = await registered(client)
        loan_id = await lent(borrower)
    # Another session has locked the table.
    other = await asyncpg.connect(**database.arguments(as_superuser(settings)))
    try:
        async with serving(hasty) as client:
            borrower = client.signed_in(borrower.token)
            await other.execute("BEGIN; LOCK TABLE payments IN ACCESS EXCLUSIVE MODE")
            headers = {"Authorization": f"Bearer {borrower.token}"}
            given = {"loanId": loan_id, "amount": "1", "transactionId": "slow"}
            body = {"query": PAY, "variables": {"input": given}}
            responses = await asyncio.gather(
                *(client.http.post("/graphql", json=body, headers=headers) for _ in range(6))
            )
            assert [response.status_code for response in responses] == [503] * 6
            assert {response.json()["errors"][0]["extensions"]["code"] for response in responses} == {"TIMEOUT"}
            # A stream has begun, and its status is sent, before its operation is cancelled.
            stream = await client.http.post("/graphql", json=body, headers=headers | {"Accept": "text/event-stream"})
            (event,) = [line[5:] for line in stream.text.splitlines() if line.startswith("data:") and line[5:].strip()]
            assert json.loads(event)["errors"][0]["extensions"]["code"] == "TIMEOUT"
            await other.execute("ROLLBACK")
            assert await is_whole(3)
            async with asyncio.timeout(SECONDS):
                assert (await client.post("{ businessDate }"))["data"]
    finally:
        await other.close()
