"""Clients that pay through every fault of the server, and record their requests and the answers."""

import asyncio
import time
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from itertools import count
from typing import Any, NamedTuple

import httpx

from models import database
from tasks.verification import verify
from tests.api.api_process import Place
from tests.builders import PAY, Client
from tests.running import until

# More than the API has connections.
AT_ONCE = 6

# The pauses of a client: after a payment, and after one without an answer. The longer one limits the number of failed
# payments while the server is away.
REST_SECONDS = 0.02
SORE_SECONDS = 0.2

LOST = "no answer"


class Trouble(NamedTuple):
    """A payment that was not acknowledged: the time of the request, and the code of the error, or LOST."""

    sent_at: float
    code: str


class Payers:
    """Several clients that pay on the same few loans, each payment under an id of its own."""

    def __init__(self, place: Place) -> None:
        self._place = place
        self._going = True
        self.sent: dict[str, dict[str, Any]] = {}
        self.acknowledged: dict[str, str] = {}
        self.troubles: list[Trouble] = []

    @property
    def codes(self) -> Counter[str]:
        return Counter(trouble.code for trouble in self.troubles)

    def stop(self) -> None:
        self._going = False

    async def pay(self, name: str) -> None:
        loan_ids = self._place.loan_ids
        async with self._place.api.door(self._place.token) as client:
            for number in count():
                if not self._going:
                    return
                given = {"loanId": loan_ids[number % len(loan_ids)], "amount": f"{1 + number % 3}.00"}
                await self._pay_once(client, given | {"transactionId": f"{name}-{number}"})

    async def _pay_once(self, client: Client, given: dict[str, Any]) -> None:
        name, sent_at = given["transactionId"], time.monotonic()
        self.sent[name] = given
        try:
            response = await sent(client, given)
        except httpx.TransportError:
            self.troubles.append(Trouble(sent_at, LOST))
            await asyncio.sleep(SORE_SECONDS)
            return
        answer = response.json()
        if "errors" in answer:
            self.troubles.append(Trouble(sent_at, code_of(response)))
            await asyncio.sleep(SORE_SECONDS)
            return
        receipt = answer["data"]["makePayment"]
        assert (receipt["__typename"], receipt["replayed"]) == ("PaymentReceipt", False), receipt
        self.acknowledged[name] = receipt["payment"]["id"]
        await asyncio.sleep(REST_SECONDS)

    async def some(self, number: int = 4 * AT_ONCE) -> None:
        """Wait until this many more are acknowledged."""
        enough = len(self.acknowledged) + number

        async def are_there() -> bool:
            return len(self.acknowledged) >= enough

        await until(are_there)

    async def trouble(self, number: int = 2 * AT_ONCE) -> None:
        """Wait until this many more are not acknowledged."""
        enough = len(self.troubles) + number

        async def is_there() -> bool:
            return len(self.troubles) >= enough

        await until(is_there)


async def sent(client: Client, given: dict[str, Any]) -> httpx.Response:
    """The response to a payment. The request id is its transaction id."""
    body = {"query": PAY, "variables": {"input": given}}
    headers = {"Authorization": f"Bearer {client.token}", "X-Request-Id": given["transactionId"]}
    return await client.http.post("/graphql", json=body, headers=headers)


@asynccontextmanager
async def paying(place: Place) -> AsyncIterator[Payers]:
    """Clients that pay until the block ends."""
    payers = Payers(place)
    async with asyncio.TaskGroup() as group:
        for client in range(AT_ONCE):
            group.create_task(payers.pay(f"client-{client}"))
        try:
            yield payers
        finally:
            payers.stop()


async def settle(place: Place, payers: Payers) -> Counter[bool]:
    """Send all payments again. Assert that each is stored once, and that every loan agrees with its history.

    Returns the number of unacknowledged payments that had been stored, and of those that had not.
    """
    unknown: Counter[bool] = Counter()
    async with place.api.door(place.token) as client:

        async def again(given: dict[str, Any]) -> None:
            receipt = await client.ask(PAY, input=given)
            assert receipt["__typename"] == "PaymentReceipt", receipt
            known = payers.acknowledged.get(given["transactionId"])
            if known is None:
                unknown[receipt["replayed"]] += 1
            else:
                assert (receipt["replayed"], receipt["payment"]["id"]) == (True, known)

        every = list(payers.sent.values())
        for first in range(0, len(every), AT_ONCE):
            await asyncio.gather(*(again(given) for given in every[first : first + AT_ONCE]))
    stored = await database.fetch("SELECT transaction_id, loan_id::text, amount::text FROM payments ORDER BY 1")
    assert [tuple(row) for row in stored] == sorted(
        (given["transactionId"], given["loanId"], given["amount"]) for given in every
    )
    assert await verify() == []
    return unknown


def code_of(response: httpx.Response) -> str:
    """The code of an answer's one error. It asserts that the error hides its cause, which the log contains."""
    (error,) = response.json()["errors"]
    assert response.headers["x-request-id"]
    assert "postgres" not in response.text.lower()
    assert "asyncpg" not in response.text.lower()
    return str(error["extensions"]["code"])
