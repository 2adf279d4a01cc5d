"""Several processes of one `kist api` serve one port, and are one service in every answer, limit, figure and end."""

import asyncio
import json
import time
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from itertools import count
from typing import Any

import httpx
import psutil
import pytest
from prometheus_client.parser import text_string_to_metric_families
from websockets.asyncio.client import connect
from websockets.exceptions import InvalidStatus
from websockets.typing import Subprotocol

from models import database
from settings import Settings
from tasks.verification import verify
from tests.api.api_process import CONNECTIONS, Place, lending
from tests.api.payers import LOST, paying, sent, settle
from tests.builders import unlimited
from tests.running import free_port, run, until
from tests.tasks.workers import holding, waiting

PROCESSES = ("api 1", "api 2")


@pytest.fixture
def settings(settings: Settings) -> Settings:
    return unlimited(settings).model_copy(update={"api_processes": len(PROCESSES), "metrics_port": free_port()})


@pytest.fixture
async def place(settings: Settings) -> AsyncIterator[Place]:
    async with lending(settings) as place:
        yield place
        place.api.process.terminate()
        assert await place.api.ended() == 0
        assert "Traceback" not in place.api.said()


def logged(place: Place, request: str) -> list[str]:
    """The processes that have logged a request of this id, or of an id that begins with it: a name for each request."""
    lines = [json.loads(line) for line in place.api.said().splitlines() if line.startswith("{")]
    return [line["part"] for line in lines if f"{line.get('request_id', '')}-".startswith(f"{request}-")]


async def served_by(place: Place, http: httpx.AsyncClient, request: str) -> str:
    """The process that answers the next request of a client."""
    answer = await http.get("/graphql", params={"query": "{ businessDate }"}, headers={"X-Request-Id": request})
    assert answer.status_code == 200

    async def is_logged() -> list[str]:
        return logged(place, request)

    (name,) = await until(is_logged)
    return name


async def client_of_each(place: Place, stack: AsyncExitStack, about: str = "first") -> dict[str, httpx.AsyncClient]:
    """A client with an open connection to each process."""
    clients, numbers = dict[str, httpx.AsyncClient](), count()

    async def are_there() -> bool:
        http = await stack.enter_async_context(httpx.AsyncClient(base_url=place.api.address, verify=False))
        clients[await served_by(place, http, f"{about}-{next(numbers)}")] = http
        return len(clients) == len(PROCESSES)

    await until(are_there)
    return clients


def processes(place: Place) -> list[psutil.Process]:
    """The processes that serve the port."""
    return [
        child
        for child in psutil.Process(place.api.process.pid).children(recursive=True)
        if any(one.laddr.port == place.api.settings.port for one in child.net_connections("tcp"))
    ]


async def has_ended(process: psutil.Process) -> bool:
    # A process whose other threads still end is a zombie, and its sockets are open.
    return not psutil.pid_exists(process.pid)


async def scraped(place: Place) -> dict[tuple[str, ...], float]:
    """The samples by name and values of labels."""
    async with httpx.AsyncClient(verify=False, timeout=20) as http:
        text = (await http.get(f"http://127.0.0.1:{place.api.settings.metrics_port}/metrics")).text
    families = text_string_to_metric_families(text)
    samples = [sample for family in families for sample in family.samples]
    return {(one.name, *(value for _, value in sorted(one.labels.items()))): one.value for one in samples}


async def test_a_killed_process_loses_its_own_requests_and_is_back_soon(place: Place) -> None:
    requests = "kist_request_seconds_count", "POST", "/graphql", "200"
    async with AsyncExitStack() as stack:
        clients = await client_of_each(place, stack)
        assert clients.keys() == set(PROCESSES)
        before = {process.pid for process in processes(place)}
        assert len(before) == len(PROCESSES)
        async with paying(place) as payers:
            await payers.some()
            counted = (await scraped(place))[requests]
            killed = psutil.Process(min(before))
            killed.kill()
            await until(lambda: has_ended(killed))
            ended_at = time.monotonic()
            # New connections go to the other process.
            for number in range(20):
                async with httpx.AsyncClient(base_url=place.api.address, verify=False) as http:
                    await served_by(place, http, f"meanwhile-{number}")
            await payers.some()
            # A connection has one request, so that each client has lost one at most.
            assert {trouble.code for trouble in payers.troubles} <= {LOST}
            assert len(payers.troubles) < len(payers.acknowledged)
            assert all(trouble.sent_at < ended_at for trouble in payers.troubles)
            await client_of_each(place, stack, "again")
        after = {process.pid for process in processes(place)}
        assert len(before & after) == 1
        # The counts of the killed process are kept.
        assert (await scraped(place))[requests] > counted
        await settle(place, payers)
    (line,) = [line for line in place.api.said().splitlines() if "restarting it" in line]
    assert line.endswith(" ended by itself (exit code -9, SIGKILL): restarting it in 0.5 s")


async def test_sigterm_lets_the_requests_of_all_processes_end(place: Place) -> None:
    async with AsyncExitStack() as stack:
        doors = []
        asked: list[asyncio.Task[Any]] = []
        async with holding(place.beside, "loans"):
            while await waiting() < CONNECTIONS:
                doors.append(await stack.enter_async_context(place.api.door(place.token)))
                given = {"loanId": place.loan_ids[0], "amount": "1.00", "transactionId": f"flight-{len(doors)}"}
                asked.append(asyncio.create_task(sent(doors[-1], given)))
                await asyncio.sleep(0.05)
            place.api.process.terminate()
            await until(lambda: is_closed(place))
            assert not any(task.done() for task in asked)
        answers = await asyncio.gather(*asked)
        assert {answer.json()["data"]["makePayment"]["__typename"] for answer in answers} == {"PaymentReceipt"}
        assert await place.api.ended() == 0
    assert len(await database.fetch("SELECT FROM payments")) == len(asked)
    assert (await verify(), await place.api.backends()) == ([], set())


async def is_closed(place: Place) -> bool:
    try:
        _, writer = await asyncio.open_connection("127.0.0.1", place.api.settings.port)
    except (ConnectionRefusedError, ConnectionResetError):
        return True
    writer.close()
    return False


async def test_metrics_and_the_pool_are_those_of_all_processes(place: Place) -> None:
    async with AsyncExitStack() as stack:
        clients = await client_of_each(place, stack)
        about = "kist_request_seconds_count", "GET", "/about", "200"
        for http in clients.values():
            for _ in range(3):
                await http.get("/about")
        # Any of the processes answers a scrape.
        for _ in range(6):
            assert (await scraped(place))[about] == 6

        async def pools_are_written() -> bool:
            return (await scraped(place)).get(("kist_pool_most",)) == CONNECTIONS

        await until(pools_are_written)
        samples = await scraped(place)
        assert {("process_resident_memory_bytes", name) for name in PROCESSES} <= samples.keys()
        assert samples["kist_database_up",] == samples["kist_broker_up",] == 1
        assert {name for name, *_ in samples if name.startswith("kist_build")} == {"kist_build_info"}


async def test_a_budget_is_one_for_all_processes_and_websockets_are_counted_in_each(settings: Settings) -> None:
    limited = settings.model_copy(update={"address_budget": 900, "sockets_per_address": 1})
    async with lending(limited) as place, AsyncExitStack() as stack:
        spender, other = (await client_of_each(place, stack)).values()
        # Each process takes one socket of this address, as docs/settings.md says.
        url, statuses = f"ws{place.api.address.removeprefix('http')}/graphql", list[int]()
        for _ in range(12):
            try:
                await stack.enter_async_context(connect(url, subprotocols=[Subprotocol("graphql-transport-ws")]))
            except InvalidStatus as refused:
                statuses.append(refused.response.status_code)
        assert 12 - len(PROCESSES) <= len(statuses) < 12
        assert set(statuses) == {429}
        # One process spends the budget, and the other refuses too.
        for number in count():
            dear = {"query": f"{{ businessDate # {number}{'x' * 2_000}\n}}"}
            if (await spender.post("/graphql", json=dear)).status_code == 429:
                break

        async def refuses() -> bool:
            return (await other.get("/about")).status_code == 429

        await until(refuses)


@pytest.mark.parametrize(
    ("given", "line"),
    [
        ({"KIST_API_PROCESSES": "none"}, "KIST_API_PROCESSES must be a number from 1 to 999, or auto for one process"),
        ({"KIST_DATABASE_CONNECTIONS": "1"}, "KIST_DATABASE_CONNECTIONS of 1 is too small: 2 API processes share it"),
        (
            {"KIST_DATABASE_URL": "postgresql://127.0.0.1:1/x", "KIST_DATABASE_OWNER_URL": ""},
            "PostgreSQL at 127.0.0.1:1/x (KIST_DATABASE_URL): ",
        ),
        ({"KIST_SIGNING_KEY": ""}, "KIST_SIGNING_KEY is not set: "),
    ],
)
async def test_a_wrong_setting_is_one_line_of_all_processes(
    settings: Settings, given: dict[str, str], line: str
) -> None:
    done = run(settings, "api", **{"KIST_PORT": str(free_port()), "KIST_API_PROCESSES": "2"} | given)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith(f"kist: {line}")
    assert done.stderr.count("\n") == 1


async def test_a_taken_port_is_not_shared_with_a_stranger(place: Place, settings: Settings) -> None:
    for processes in ("1", "2"):
        done = run(settings, "api", KIST_PORT=str(place.api.settings.port), KIST_API_PROCESSES=processes)
        assert (done.returncode, done.stdout) == (2, "")
        assert done.stderr.endswith(" is in use: set KIST_PORT to another port\n")
        assert done.stderr.count("\n") == 1
