"""Budgets: small attacks on an API process are limited, and normal traffic never reaches a limit."""

import asyncio
import json
import logging
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, suppress
from threading import Event
from time import perf_counter
from typing import Any

import httpx
import pytest
from graphql import GraphQLError
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed, InvalidStatus

import app
from api.graphql import websocket
from auth import budgets, passwords
from auth.budgets import Budgets
from models import business_date, database
from models.loans import LoanApplication
from models.sessions import RefreshToken
from models.users import User
from rules import budgets as costs
from settings import Settings
from tests.api.api_process import Place, apart, lending
from tests.builders import (
    APPLY,
    LOGIN,
    OPERATOR_HASH,
    OPERATOR_PASSWORD,
    PAY,
    REFUSAL,
    REGISTER,
    TODAY,
    Client,
    lent,
    operating,
    registered,
    serving,
)
from tests.running import free_port, listening, until

BUSINESS_DATE = {"query": "{ businessDate }"}
REFRESH = f"""mutation ($input: RefreshSessionInput!) {{ refreshSession(input: $input) {{ __typename {REFUSAL}
  ... on Session {{ accessToken refreshToken }} }} }}"""
SECONDS = 20
QUICK = 0.25
PAYMENTS = 25


@pytest.fixture
async def place(settings: Settings) -> AsyncIterator[Place]:
    async with lending(settings) as place:
        yield place


def code(response: httpx.Response) -> str:
    """The code of an unsuccessful answer."""
    answer = response.json()
    errors = answer.get("errors")
    return str(errors[0]["extensions"]["code"] if errors else answer["problems"][0]["code"])


def limited(settings: Settings, **limits: object) -> Settings:
    return settings.model_copy(update=limits)


async def emptied(client: Client, units: int) -> httpx.Response:
    """The refusal when a budget's bucket with this many units is empty."""
    for _ in range(10 * units):  # the bucket is refilled in the meantime
        response = await client.http.post("/graphql", json=BUSINESS_DATE, headers=bearer(client))
        if response.status_code == 429:
            return response
    raise AssertionError("the bucket never was empty")


def bearer(client: Client) -> dict[str, str]:
    return {"Authorization": f"Bearer {client.token}"} if client.token else {}


# Small attacks.


async def test_costly_refused_queries_from_twenty_connections_do_not_delay_a_payment(place: Place) -> None:
    statuses: Counter[int] = Counter()
    is_over = False

    async def attack(number: int) -> None:
        async with place.api.door() as attacker:
            count = 0
            while not is_over:
                count += 1
                text = f"{{ a{number}x{count}: nothing " + "quote { emi } " * 300 + "}"
                # On a busy machine a connection may be idle for so long that the server closes it.
                with suppress(httpx.ReadError):
                    statuses[(await attacker.http.post("/graphql", json={"query": text})).status_code] += 1
                await asyncio.sleep(0.01)

    async def is_limited() -> bool:
        return statuses[429] > 0

    async def payments(client: Client, name: str) -> list[float]:
        """The durations of some payments in seconds, the shortest first."""
        took = []
        for number in range(PAYMENTS):
            started = perf_counter()
            paid = {"loanId": place.loan_ids[0], "amount": "1.00", "transactionId": f"{name}{number}"}
            assert (await client.ask(PAY, input=paid))["__typename"] == "PaymentReceipt"
            took.append(perf_counter() - started)
        return sorted(took)

    async with place.api.door(place.token) as borrower:
        before = await payments(borrower, "before")
        attacks = [asyncio.create_task(attack(number)) for number in range(20)]
        await until(is_limited)
        during = await payments(borrower, "during")
    is_over = True
    await asyncio.gather(*attacks)
    # Most of the time is spent in this process, which pays and attacks, and in the rest of the machine.
    assert during[PAYMENTS // 2] < QUICK + 5 * before[PAYMENTS // 2], (before, during)
    assert during[-2] < 2 * QUICK + 10 * before[-2], (before, during)
    assert set(statuses) <= {200, 400, 429}


async def test_sixty_registrations_at_once_do_not_make_a_sign_in_wait(place: Place) -> None:
    await User.all().update(password_hash=OPERATOR_HASH)

    async def register(number: int) -> httpx.Response:
        person = {"name": "Asha", "email": f"p{number}@kist.test", "aadhaarId": f"{300000000000 + number}"}
        return await nobody.http.post(
            "/graphql", json={"query": REGISTER, "variables": {"input": person | {"password": "correct horse b"}}}
        )

    async with place.api.door() as nobody, place.api.door() as owner:
        registrations = asyncio.gather(*(register(number) for number in range(60)))
        await asyncio.sleep(0.3)
        took = []
        for _ in range(5):
            started = perf_counter()
            credentials = {"email": "asha.234123412346@kist.test", "password": OPERATOR_PASSWORD}
            response = await owner.http.post("/graphql", json={"query": LOGIN, "variables": {"input": credentials}})
            # Both come from one network. If its budget is empty by now, the refusal is immediate.
            assert response.status_code == 429 or response.json()["data"]["login"]["__typename"] == "Session"
            took.append(perf_counter() - started)
        answers = await registrations
    # With one queue for registrations and sign-ins, each sign-in took up to 19 seconds.
    assert sorted(took)[2] < 4, took
    refused = [answer for answer in answers if answer.status_code == 429]
    assert len(refused) > 20
    assert {code(answer) for answer in refused} == {"TOO_MANY_REQUESTS"}
    assert all(1 <= int(answer.headers["retry-after"]) <= 60 for answer in refused)
    # The process of the API hashes at the second recommended cost of RFC 9106; the one of the tests is cheaper.
    hashed = [user.password_hash for user in await User.filter(email__startswith="p")]
    assert hashed
    assert all(str(text).startswith("$argon2id$v=19$m=65536,t=3,p=4$") for text in hashed)


async def test_refused_applications_and_refreshes_write_few_rows(settings: Settings) -> None:
    settings = limited(settings, address_budget=6_000, account_budget=6_000)
    async with serving(settings) as client:
        borrower = await registered(client, income=None)
        answers = await asyncio.gather(
            *(borrower.post(APPLY, input={"amount": "1", "loanTerm": 1, "interestRate": "1"}) for _ in range(40))
        )
        codes = Counter(answer["errors"][0]["extensions"]["code"] for answer in answers if "errors" in answer)
        assert set(codes) == {"TOO_MANY_REQUESTS"}
        assert await LoanApplication.all().count() == 40 - codes.total() <= 2_000 // costs.APPLICATION + 3
    async with serving(settings) as client:
        person = {"name": "Asha", "email": "a@kist.test", "aadhaarId": "345634563458"}
        token = (await client.ask(REGISTER, input=person))["refreshToken"]
        before = await RefreshToken.all().count()
        for _ in range(60):
            answer = await client.post(REFRESH, input={"refreshToken": token})
            if "errors" in answer:
                break
            token = answer["data"]["refreshSession"]["refreshToken"]
        assert answer["errors"][0]["extensions"]["code"] == "TOO_MANY_REQUESTS"
        assert await RefreshToken.all().count() - before <= 2_000 // costs.REFRESH + 3


async def test_a_refresh_that_is_refused_for_its_account_does_not_use_the_token_up(settings: Settings) -> None:
    settings = limited(settings, address_budget=0, account_budget=300)
    async with serving(settings) as client:
        person = {"name": "Asha", "email": "a@kist.test", "aadhaarId": "345634563458"}
        token = (await client.ask(REGISTER, input=person))["refreshToken"]
        for _ in range(5):
            answer = await client.post(REFRESH, input={"refreshToken": token})
            if "errors" in answer:
                break
            token = answer["data"]["refreshSession"]["refreshToken"]
        assert answer["errors"][0]["extensions"]["code"] == "TOO_MANY_REQUESTS"
        assert await RefreshToken.filter(rotated_at=None).count() == 1
    async with serving(settings) as client:
        assert (await client.ask(REFRESH, input={"refreshToken": token}))["__typename"] == "Session"


@pytest.mark.parametrize(
    ("body", "headers"),
    [
        (b'{"query": "{ businessDate }"' + b" " * 400_000 + b"}", {}),
        (json.dumps({"query": "{ " + "nothing " * 300 + "}"}).encode(), {}),
        (json.dumps({"query": "{ businessDate # " + "x" * 4_000 + "\n}"}).encode(), {}),
        (b'{"query": "{ businessDate }"}', {"Authorization": "Bearer nonsense"}),
        (b"{" * 400_000, {}),
    ],
)
async def test_what_is_large_new_or_signed_by_nobody_is_paid_for_by_its_network(
    settings: Settings, body: bytes, headers: dict[str, str]
) -> None:
    async with serving(limited(settings, address_budget=90)) as client:
        for _ in range(40):
            response = await client.http.post(
                "/graphql", content=body, headers={"Content-Type": "application/json"} | headers
            )
        assert response.status_code == 429


async def test_a_body_without_a_length_is_paid_for_too(settings: Settings) -> None:
    async def chunks() -> AsyncIterator[bytes]:
        yield b'{"query": "{ businessDate }"'
        yield b" " * 400_000
        yield b"}"

    async with serving(limited(settings, address_budget=120)) as client:
        for _ in range(3):
            response = await client.http.post(
                "/graphql", content=chunks(), headers={"Content-Type": "application/json"}
            )
        assert response.status_code == 429


# The form of a refusal.


async def test_a_refusal_has_the_form_of_its_transport(settings: Settings) -> None:
    async with serving(limited(settings, address_budget=30, cors_origins="https://loans.example")) as client:
        refused = await emptied(client, 10)
        assert refused.json() == {
            "errors": [
                {
                    "message": f"Too many requests. Try again in {refused.headers['retry-after']} seconds.",
                    "extensions": {"code": "TOO_MANY_REQUESTS"},
                }
            ]
        }
        assert 1 <= int(refused.headers["retry-after"]) <= 60
        rest = await client.http.post("/api/login/", json={"email": "a@kist.test", "password": "x"})
        assert (rest.status_code, code(rest)) == (429, "TOO_MANY_REQUESTS")
        assert rest.json()["problems"][0]["field"] is None
        # A page of another origin can read the refusal.
        asked = await client.http.post("/graphql", json=BUSINESS_DATE, headers={"Origin": "https://loans.example"})
        assert asked.status_code == 429
        assert asked.headers["access-control-allow-origin"] == "https://loans.example"
        # A load balancer's probe is still answered.
        assert (await client.http.get("/health/live")).status_code == 200


@pytest.mark.parametrize("accept", ["application/json", "application/graphql-response+json"])
async def test_a_new_text_that_cannot_be_paid_is_refused_with_429(settings: Settings, accept: str) -> None:
    async with serving(limited(settings, address_budget=9)) as client:
        client.http.headers["Accept"] = accept
        for number in range(3):
            text = "{ businessDate " + f" # {number}" * 300 + "\n}"
            response = await client.http.post("/graphql", json={"query": text})
        assert (response.status_code, code(response)) == (429, "TOO_MANY_REQUESTS")
        assert "retry-after" in response.headers


async def test_a_text_that_was_good_is_read_for_nothing_the_next_time(settings: Settings) -> None:
    async with serving(limited(settings, address_budget=1_200)) as client:
        text = {"query": "{ businessDate # " + "x" * 2_000 + "\n}"}
        for _ in range(90):
            assert (await client.http.post("/graphql", json=text)).status_code == 200


async def test_an_account_pays_for_itself_and_nobody_else_does(settings: Settings) -> None:
    async with serving(settings) as client:
        borrower, other = await registered(client), await registered(client, aadhaar_id="345634563458")
    async with serving(limited(settings, address_budget=30, account_budget=30)) as client:
        borrower, other = client.signed_in(borrower.token), client.signed_in(other.token)
        await emptied(borrower, 10)
        assert (await client.http.post("/graphql", json=BUSINESS_DATE)).status_code == 200
        await emptied(client, 10)
        assert await other.ask("{ me { id } }")


# Requests in progress.


async def test_an_account_has_so_many_requests_in_flight_on_whatever_transport(settings: Settings) -> None:
    async with lending(limited(settings, requests_in_flight=2)) as place, AsyncExitStack() as stack:
        clients = [await stack.enter_async_context(place.api.door(place.token)) for _ in range(4)]
        holder = await stack.enter_async_context(apart(place))
        transaction = holder.transaction()
        await transaction.start()
        await holder.execute("LOCK TABLE loans IN ACCESS EXCLUSIVE MODE")
        variables = {"input": {"loanId": place.loan_ids[0], "amount": "1.00"}}
        held = [
            asyncio.create_task(
                client.http.post(
                    "/graphql",
                    json={
                        "query": PAY,
                        "variables": variables | {"input": variables["input"] | {"transactionId": str(n)}},
                    },
                    headers=bearer(client),
                )
            )
            for n, client in enumerate(clients[:2])
        ]
        await asyncio.sleep(1)
        refused = await clients[2].http.post("/graphql", json={"query": "{ me { id } }"}, headers=bearer(clients[2]))
        assert (refused.status_code, code(refused)) == (429, "TOO_MANY_AT_ONCE")
        assert refused.headers["retry-after"] == "1"
        rest = await clients[3].http.get(
            "/api/get-statement/", params={"loan": place.loan_ids[0]}, headers=bearer(clients[3])
        )
        assert (rest.status_code, code(rest)) == (429, "TOO_MANY_AT_ONCE")
        await transaction.rollback()
        for answer in await asyncio.gather(*held):
            assert answer.json()["data"]["makePayment"]["__typename"] == "PaymentReceipt"
        assert await clients[2].ask("{ me { id } }")


# WebSockets.


async def opened(address: str, stack: AsyncExitStack, token: str = "") -> Any:
    socket = await stack.enter_async_context(
        connect(f"ws://{address}/graphql", subprotocols=["graphql-transport-ws"])  # type: ignore[list-item]
    )
    payload = {"authorization": f"Bearer {token}"} if token else {}
    await socket.send(json.dumps({"type": "connection_init", "payload": payload}))
    assert json.loads(await socket.recv())["type"] == "connection_ack"
    return socket


@pytest.fixture
async def begun(settings: Settings) -> Settings:
    async with database.connected(settings.database_url):
        await business_date.begin(TODAY)
    return settings


async def test_an_address_has_so_many_websockets(begun: Settings) -> None:
    async with listening(limited(begun, sockets_per_address=2)) as address, AsyncExitStack() as stack:
        first = await opened(address, stack)
        await opened(address, stack)
        with pytest.raises(InvalidStatus) as refused:
            await opened(address, stack)
        assert refused.value.response.status_code == 429
        assert int(refused.value.response.headers["retry-after"]) > 0
        await first.close()
        async with asyncio.timeout(SECONDS):
            while True:
                try:
                    await opened(address, stack)
                except InvalidStatus:
                    await asyncio.sleep(0.05)
                else:
                    break


async def test_a_websocket_without_token_and_operation_is_closed(
    begun: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(websocket, "IDLE_SECONDS", 1.0)
    async with listening(begun) as address, AsyncExitStack() as stack:
        async with httpx.AsyncClient(base_url=f"http://{address}") as http:
            borrower = await registered(Client(http))
        idle, forged = await opened(address, stack), await opened(address, stack, "nonsense")
        signed = await opened(address, stack, borrower.token)
        for socket in (idle, forged):
            with pytest.raises(ConnectionClosed) as closed:
                async with asyncio.timeout(SECONDS):
                    await socket.recv()
            assert closed.value.rcvd is not None
            assert (closed.value.rcvd.code, closed.value.rcvd.reason) == (4408, "No operation was sent for 1 seconds.")
        await asyncio.sleep(1.5)
        await signed.send(json.dumps({"type": "subscribe", "id": "1", "payload": {"query": "{ me { id } }"}}))
        assert json.loads(await signed.recv())["type"] == "next"


async def test_an_operation_of_a_websocket_that_cannot_be_paid_is_refused_and_the_socket_goes_on(
    begun: Settings,
) -> None:
    async with listening(limited(begun, account_budget=30)) as address, AsyncExitStack() as stack:
        async with httpx.AsyncClient(base_url=f"http://{address}") as http:
            borrower = await registered(Client(http))
        socket = await opened(address, stack, borrower.token)
        seen = []
        for number in range(20):
            asked = {"type": "subscribe", "id": str(number), "payload": {"query": "{ me { id } }"}}
            await socket.send(json.dumps(asked))
            message = json.loads(await socket.recv())
            while message["type"] == "complete":
                message = json.loads(await socket.recv())
            seen.append(message)
        assert seen[0]["type"] == "next"
        assert seen[-1]["type"] == "error"
        assert seen[-1]["payload"][0]["extensions"]["code"] == "TOO_MANY_REQUESTS"
        await socket.send(json.dumps({"type": "ping"}))
        while json.loads(await socket.recv())["type"] != "pong":
            pass


# Several processes, and processes without Valkey.


async def test_two_processes_share_a_budget_through_valkey(begun: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(budgets, "SHARING_SECONDS", 0.05)
    settings = limited(begun, address_budget=60)
    async with serving(settings) as one, serving(settings) as other:
        await emptied(one, 20)

        # The other process learns of it when it shares its own count.
        async def is_refused() -> bool:
            return (await other.http.post("/graphql", json=BUSINESS_DATE)).status_code == 429

        await until(is_refused)


async def test_while_valkey_is_away_a_process_goes_on_counting(
    begun: Settings, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(budgets, "SHARING_SECONDS", 0.05)
    settings = limited(begun, address_budget=60).model_copy(update={"redis_url": f"redis://127.0.0.1:{free_port()}/0"})
    async with serving(settings) as client:
        await client.ask("{ businessDate }")
        await asyncio.sleep(0.5)  # exchanges without a cost do not ask Valkey
        await emptied(client, 20)
        await asyncio.sleep(0.5)
        said = [record.message for record in caplog.records if "in this process only" in record.message]
        assert len(said) == 1


async def test_the_entries_of_a_process_are_bounded(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(budgets, "MOST_PAYERS", 10)
    counted = Budgets(settings)
    for number in range(50):
        assert counted.try_pay(counted.of_network(f"10.0.0.{number}"), 1) == 0
    assert len(counted._full_at) == len(counted._unshared) == 10


async def test_the_addresses_of_one_customer_share_a_budget(settings: Settings) -> None:
    counted = Budgets(settings)
    one, *others = (counted.of_network(f"2001:db8::{host}") for host in ("1", "2", "ffff:1"))
    assert set(others) == {one} != {counted.of_network("2001:db8:0:1::1")}
    assert counted.of_network("::ffff:10.0.0.1") == counted.of_network("10.0.0.1")


# Normal traffic.


async def test_an_office_behind_one_address_meets_no_limit(settings: Settings) -> None:
    async with serving(settings) as client:
        await registered(client)
        await User.all().update(password_hash=OPERATOR_HASH)
        credentials = {"email": "asha.234123412346@kist.test", "password": OPERATOR_PASSWORD}
        # All this happens in a few seconds, faster than people work.
        for _ in range(30):
            session = await client.ask(LOGIN, input=credentials)
            person = client.signed_in(session["accessToken"])
            for _ in range(5):
                await client.ask("{ businessDate }")
                await person.ask("{ me { id name loans { totalCount } } }")
            await person.ask(REFRESH, input={"refreshToken": session["refreshToken"]})


async def test_a_shop_front_that_pays_for_everybody_meets_no_limit(settings: Settings) -> None:
    async with serving(settings) as client:
        loan_id = await lent(await registered(client))
        operator = await operating(client)
        for number in range(300):
            paid = {"loanId": loan_id, "amount": "1.00", "transactionId": str(number)}
            assert (await operator.ask(PAY, input=paid))["__typename"] == "PaymentReceipt"


# Proxies, whose addresses hide the client's.


@pytest.mark.parametrize(
    ("trusted", "address", "is_warned"),
    [("", "10.0.0.1", True), ("", "fd00::1", True), ("", "8.8.8.8", False), ("10.0.0.0/8", "10.0.0.1", False)],
)
async def test_a_proxy_that_is_not_trusted_is_warned_of_once(
    begun: Settings, caplog: pytest.LogCaptureFixture, trusted: str, address: str, *, is_warned: bool
) -> None:
    application = app.application(begun.model_copy(update={"trusted_proxies": trusted}))
    transport = httpx.ASGITransport(application, client=(address, 1))
    with caplog.at_level(logging.WARNING, "kist.api"):
        async with (
            application.router.lifespan_context(application),
            httpx.AsyncClient(transport=transport, base_url="http://kist.test") as http,
        ):
            for _ in range(3):
                await http.post("/graphql", json=BUSINESS_DATE, headers={"X-Forwarded-For": "192.0.2.1"})
            await http.post("/graphql", json=BUSINESS_DATE)
    said = [record.getMessage() for record in caplog.records if "KIST_TRUSTED_PROXIES" in record.getMessage()]
    assert len(said) == is_warned
    assert all(f"KIST_TRUSTED_PROXIES={address}" in line for line in said)


async def test_a_full_queue_of_passwords_refuses_at_once_and_the_other_goes_on() -> None:
    lane, gate = passwords.HashingQueue("test", 1, waiting=2), Event()
    held = [asyncio.create_task(lane.run(gate.wait)) for _ in range(3)]
    await asyncio.sleep(0)
    with pytest.raises(GraphQLError, match=r"^Too many requests"):
        await lane.run(gate.wait)
    # A cancelled call that has not begun frees its place.
    held[2].cancel()
    await asyncio.sleep(0)
    another = asyncio.create_task(lane.run(gate.wait))
    assert await passwords.verify_password(OPERATOR_HASH, OPERATOR_PASSWORD)
    gate.set()
    assert await asyncio.gather(*held[:2], another) == [True] * 3
    assert lane._taken == 0
