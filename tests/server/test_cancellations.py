"""A request may be broken off at any moment: its connection goes back, and what it had not finished is undone."""

import asyncio
import contextlib
import gc
import json
from typing import Any

import asyncpg
import pytest
from tortoise.connection import get_connections

from models import database
from settings import Settings
from tests.conftest import PAY, Client, lent, registered, serving

LOANS = "{ me { id loans { totalCount edges { node { payoff payments { totalCount } } } } } }"
AT_ONCE = 25
CANCELLED = 1_000
SECONDS = 20


def pool() -> Any:
    opened: Any = get_connections().get("default")
    return opened._pool


async def is_whole(most: int) -> bool:
    """Whether as many connections as the pool has can be had at once, and none is within a transaction."""
    async with asyncio.timeout(SECONDS), contextlib.AsyncExitStack() as held:
        connections = [await held.enter_async_context(pool().acquire()) for _ in range(most)]
        return not any(connection.is_in_transaction() for connection in connections)


async def broken_off(client: Client, number: int, loan_id: str) -> None:
    """Ask, and stop asking some turns of the event loop or milliseconds later, wherever that is."""
    given = {"loanId": loan_id, "amount": "1", "transactionId": f"cancelled-{number}"}
    asking = asyncio.create_task(client.post(PAY, input=given) if number % 2 else client.post(LOANS))
    for _ in range(number % 40):
        await asyncio.sleep(0)
    if number % 3:
        await asyncio.sleep(number % 17 / 2000)
    asking.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await asking


# The library leaves coroutines that it had not begun when it was cancelled.
@pytest.mark.filterwarnings("ignore:.*never awaited", "ignore::pytest.PytestUnraisableExceptionWarning")
async def test_a_thousand_cancelled_requests_leave_the_server_well(settings: Settings) -> None:
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
        # What was stored is there as a whole: each payment with its entries, and sent again it is answered as replayed.
        ((stored, named),) = await database.fetch("SELECT count(*), max(transaction_id) FROM payments")
        if stored:
            given = {"loanId": loan_id, "amount": "1", "transactionId": named}
            assert (await borrower.ask(PAY, input=given))["replayed"] is True
        receipt = await borrower.ask(PAY, input={"loanId": loan_id, "amount": "1", "transactionId": "the-last"})
        assert receipt["loan"]["principalBalance"] == f"{50000 - stored - 1}.00"


async def test_a_request_that_takes_too_long_is_broken_off(settings: Settings) -> None:
    hasty = settings.model_copy(update={"database_connections": 3, "request_seconds": 1.0})
    async with serving(settings) as client:
        borrower = await registered(client)
        loan_id = await lent(borrower)
    # Somebody has the table, for as long as they like.
    other = await asyncpg.connect(**database.arguments(settings.database_url))
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
            # A stream has begun before its operation is broken off, and its status is told.
            stream = await client.http.post("/graphql", json=body, headers=headers | {"Accept": "text/event-stream"})
            (event,) = [line[5:] for line in stream.text.splitlines() if line.startswith("data:") and line[5:].strip()]
            assert json.loads(event)["errors"][0]["extensions"]["code"] == "TIMEOUT"
            await other.execute("ROLLBACK")
            assert await is_whole(3)
            async with asyncio.timeout(SECONDS):
                assert (await client.post("{ businessDate }"))["data"]
    finally:
        await other.close()
