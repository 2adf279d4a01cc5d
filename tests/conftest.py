"""Real servers for the whole run, and for every test a database of its own: a copy of the migrated one."""

import asyncio
import base64
import itertools
import os
import shutil
import tempfile
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import quote

import asyncpg
import httpx
import pytest
from argon2 import PasswordHasher
from pydantic import SecretStr
from tortoise.connection import get_connections

import app
from models import business_date, database, operators, users
from models.billing_runs import BillingRun
from models.transactions import Transaction
from ops.commands import build_web
from ops.embedded import postgres, valkey
from rules.audit import by_command
from settings import DIST, Settings
from tasks.billing import bill_in_foreground
from tasks.scoring import score
from tests import poolers
from tests.programs import unavailable

TODAY = date(2026, 1, 1)
TEMPLATE = "kist_template"

MEMORY = Path("/dev/shm")
# PostgreSQL keeps up to 3 GB of its log; the rest is for the rows of a test that makes a great many.
MEMORY_BYTES = 6 * 2**30

# As cheap as a hash can be, because most tests have an operator and few are about passwords.
OPERATOR_PASSWORD = "a long password"
OPERATOR_HASH = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1).hash(OPERATOR_PASSWORD)

# npm's packages come first, perhaps through a narrow line and on a busy machine; whoever asks first waits for them.
BUILD_SECONDS = 900

_numbers = itertools.count(1)


LIMITS = ("address_budget", "account_budget", "requests_in_flight", "sockets_per_address")


def unlimited(settings: Settings) -> Settings:
    """The settings for a test that sends from one address, or for one account, what otherwise a crowd does."""
    return settings.model_copy(update=dict.fromkeys(LIMITS, 0))


class Servers(NamedTuple):
    """The URLs of the run's PostgreSQL (database `kist`), by role, and of its Valkey."""

    database_url: str
    redis_url: str
    owner_url: str
    superuser_url: str
    # What PostgreSQL logs about all tests of the run.
    log: Path = Path()

    def database(self, name: str) -> str:
        """A database for the application's role, which has what models/grants.py says and nothing more."""
        return self.database_url.replace("/kist?", f"/{name}?")

    def owner(self, name: str) -> str:
        return self.owner_url.replace("/kist?", f"/{name}?")

    def settings(self, name: str) -> dict[str, str]:
        """What settings have to be told of a database."""
        return {"database_url": self.database(name), "database_owner_url": self.owner(name)}


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--pooled", action="store_true", help="reach PostgreSQL through PgBouncer in transaction mode")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if isinstance(item, pytest.Function) and "built" in item.fixturenames:
            item.add_marker(pytest.mark.timeout(BUILD_SECONDS), append=False)


@pytest.fixture
def tmp_path() -> Iterator[Path]:
    """A folder of the test, which other users can enter: PostgreSQL runs as another user when the tests run as root.

    pytest's own folders become closed again whenever another run begins.
    """
    with tempfile.TemporaryDirectory(prefix="home-", ignore_cleanup_errors=True) as directory:
        yield Path(directory).resolve()


@pytest.fixture(scope="session")
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture(scope="session")
def built() -> str:
    """The front end is built, unless this says why not: whoever can do without goes on."""
    try:
        build_web.build()
    except build_web.NotBuiltError as error:
        return f"the front end is not built: {error}\n{error.output}"
    return ""


@pytest.fixture(scope="session")
def front_end(built: str) -> Path:
    """Where the built front end is."""
    if built:
        unavailable(built)
    return DIST


@pytest.fixture(scope="session")
def servers() -> Iterator[Servers]:
    with tempfile.TemporaryDirectory(prefix="kist-", dir=_quickest_directory()) as folder:
        home = Path(folder)
        # As root, PgBouncer runs as the server's user, and has to reach its socket.
        home.chmod(0o711)
        with postgres.running(home / "postgres") as urls, valkey.running(home / "valkey") as redis_url:
            running = Servers(urls.application, redis_url, urls.owner, urls.superuser, home / "postgres.log")
            asyncio.run(_prepare(running))
            yield running


def _quickest_directory() -> str | None:
    """Where files are memory, if the system has such a place: a database of its own for every test is 300 files."""
    if MEMORY.is_dir() and os.access(MEMORY, os.W_OK) and shutil.disk_usage(MEMORY).free > MEMORY_BYTES:
        return str(MEMORY)
    return None


async def _prepare(servers: Servers) -> None:
    # A crash of the machine may lose what a test wrote; a crash of the server, which tests provoke, may not.
    await administer(servers, "ALTER SYSTEM SET fsync = off")
    await administer(servers, "ALTER SYSTEM SET synchronous_commit = off")
    await administer(servers, "SELECT pg_reload_conf()")
    await administer(servers, f"CREATE DATABASE {TEMPLATE} OWNER kist_owner")
    await database.migrate(servers.owner(TEMPLATE))


async def administer(servers: Servers, statement: str) -> None:
    """Run a statement as the superuser, in the database `kist`."""
    await execute(servers.superuser_url, statement)


async def tamper(statement: str, *values: object) -> None:
    """Run a statement that the application's role is refused: as the superuser, in the database of the open pool."""
    pool: Any = get_connections().get("default")
    await execute(
        f"postgresql://postgres@/{pool.database}?host={quote(pool.host)}&port={pool.port}", statement, *values
    )


def as_superuser(settings: Settings) -> str:
    """The URL of the test's database for the superuser."""
    return settings.database_owner_url.replace("kist_owner@", "postgres@")


async def execute(url: str, statement: str, *values: object) -> None:
    """Run a statement on a connection of its own, which no pool has."""
    connection = await asyncpg.connect(**database.arguments(url))
    try:
        await connection.execute(statement, *values)
    finally:
        await connection.close()


def passable(folder: Path) -> None:
    """Let another user pass a test's own folder, and those that pytest closes above it."""
    for way in (folder, folder.parent, folder.parent.parent):
        way.chmod(0o711)


def key(letter: str) -> SecretStr:
    return SecretStr(base64.b64encode(letter.encode() * 32).decode())


@pytest.fixture(scope="session")
def pooler(request: pytest.FixtureRequest) -> Iterator[Servers | None]:
    """The run's PgBouncer, with `--pooled`."""
    if not request.config.getoption("--pooled"):
        yield None
        return
    servers: Servers = request.getfixturevalue("servers")
    with poolers.running(servers.database_url) as url:
        yield servers._replace(database_url=url)


@pytest.fixture
async def settings(servers: Servers, pooler: Servers | None, tmp_path: Path) -> AsyncIterator[Settings]:
    """The settings of a sandbox on a fresh migrated database and an empty queue."""
    name = f"test_{next(_numbers)}"
    await administer(servers, f"CREATE DATABASE {name} TEMPLATE {TEMPLATE} OWNER kist_owner")
    yield Settings(
        _env_file=None,  # type: ignore[call-arg]  # pydantic-settings takes it
        home=tmp_path,
        database_url=servers.database(name),
        database_owner_url=servers.owner(name),
        database_pooler_url=pooler.database(name) if pooler else "",
        redis_url=servers.redis_url,
        queue=name,
        sandbox=True,
        signing_key=key("s"),
        aadhaar_digest_key=key("d"),
        aadhaar_cipher_key=key("c"),
    )
    await administer(servers, f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture
async def memory(settings: Settings) -> AsyncIterator[Settings]:
    """The pool of the test's database, whose business date is the first of January 2026."""
    async with database.connected(
        settings.database_url, settings.database_connections, pooler_url=settings.database_pooler_url
    ):
        await business_date.begin(TODAY)
        yield settings


class Client:
    """A front end: speaks GraphQL to the application, with the token of whoever it is."""

    def __init__(self, http: httpx.AsyncClient, token: str = "") -> None:
        self.http = http
        self.token = token

    async def post(self, query: str, **variables: object) -> dict[str, Any]:
        """The whole answer, errors included."""
        headers = {"Authorization": f"Bearer {self.token}"} if self.token else {}
        body = {"query": query, "variables": variables}
        response = await self.http.post("/graphql", json=body, headers=headers)
        answer: dict[str, Any] = response.json()
        return answer

    async def ask(self, query: str, **variables: object) -> Any:
        """The one field that was asked for, where nothing went wrong."""
        answer = await self.post(query, **variables)
        assert "errors" not in answer, answer
        (field,) = answer["data"].values()
        return field

    async def codes(self, query: str, **variables: object) -> list[str]:
        """The codes of a refusal."""
        field = await self.ask(query, **variables)
        assert field["__typename"] == "Refusal", field
        return [problem["code"] for problem in field["problems"]]

    async def error(self, query: str, **variables: object) -> str:
        """The code of the one error."""
        answer = await self.post(query, **variables)
        (error,) = answer["errors"]
        return str(error["extensions"]["code"])

    def signed_in(self, token: str) -> "Client":
        return Client(self.http, token)


@asynccontextmanager
async def serving(settings: Settings) -> AsyncIterator[Client]:
    """Nobody yet, at the door of a running application whose date is the first of January 2026."""
    async with database.connected(settings.database_url):
        await business_date.begin(TODAY)
    application = app.application(settings)
    async with application.router.lifespan_context(application):
        transport = httpx.ASGITransport(application)
        async with httpx.AsyncClient(transport=transport, base_url="http://kist.test") as http:
            yield Client(http)


@pytest.fixture
async def client(settings: Settings) -> AsyncIterator[Client]:
    async with serving(settings) as client:
        yield client


@pytest.fixture
async def operator(client: Client) -> Client:
    return await operating(client)


async def operating(client: Client) -> Client:
    await operators.add("operator@kist.test", OPERATOR_HASH, by_command("a test"))
    session = await client.ask(LOGIN, input={"email": "operator@kist.test", "password": OPERATOR_PASSWORD})
    return client.signed_in(session["accessToken"])


@pytest.fixture
async def borrower(client: Client) -> Client:
    """Somebody with a score and an income that are good for any loan."""
    return await registered(client)


async def registered(client: Client, *, aadhaar_id: str = "234123412346", income: str | None = "600000") -> Client:
    session = await client.ask(
        REGISTER,
        input={
            "name": "Asha Rao",
            "email": f"asha.{aadhaar_id}@kist.test",
            "aadhaarId": aadhaar_id,
            "annualIncome": income,
        },
    )
    await deposit(aadhaar_id, "600000.00")
    await score([int(session["user"]["id"])])
    return client.signed_in(session["accessToken"])


async def deposit(aadhaar_id: str, amount: str) -> None:
    await Transaction.create(
        aadhaar_digest=users.digest(b"d" * 32, aadhaar_id),
        occurred_on=TODAY,
        kind="CREDIT",
        amount=Decimal(amount),
        ordinal=1,
    )


async def lent(borrower: Client, amount: str = "50000", term: int = 12, rate: str = "10.5") -> str:
    """The id of a fresh loan."""
    loan = await borrower.ask(APPLY, input={"amount": amount, "loanTerm": term, "interestRate": rate})
    assert loan["__typename"] == "Loan", loan
    return str(loan["id"])


async def on(operator: Client, day: str) -> None:
    """Move the business date."""
    moved = await operator.ask(SET_DATE, input={"date": day})
    assert moved["__typename"] == "BusinessDay", moved


async def billed(day: str) -> BillingRun:
    """Bill a date, here and now."""
    return await bill_in_foreground(date.fromisoformat(day), lambda run: None)


async def contents() -> dict[str, list[str]]:
    """Every row of every table, as text; bytes are written in hexadecimal."""
    tables = await database.fetch("SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY 1")
    return {
        name: [text for (text,) in await database.fetch(f'SELECT row::text FROM "{name}" AS row ORDER BY 1')]
        for (name,) in tables
    }


async def overhear(connections: int) -> list[str]:
    """The statements that reach PostgreSQL from now on, on any of the pool's connections."""
    pool, heard = get_connections().get("default"), list[str]()
    async with AsyncExitStack() as held:
        for connection in [await held.enter_async_context(pool.acquire_connection()) for _ in range(connections)]:
            connection.add_query_logger(lambda spoken: heard.append(spoken.query))
    heard.clear()
    return heard


REFUSAL = "... on Refusal { problems { code message field } }"
REGISTER = f"""mutation ($input: RegisterUserInput!) {{ registerUser(input: $input) {{ __typename {REFUSAL}
  ... on Session {{ accessToken refreshToken expiresAt role
    user {{ id name email aadhaarMasked creditScore }} }} }} }}"""
LOGIN = f"""mutation ($input: LoginInput!) {{ login(input: $input) {{ __typename {REFUSAL}
  ... on Session {{ accessToken refreshToken expiresAt role user {{ id }} }} }} }}"""
APPLY = f"""mutation ($input: ApplyLoanInput!) {{ applyLoan(input: $input) {{ __typename {REFUSAL}
  ... on Loan {{ id status emi dailyRate principalBalance nextBillingDate payoff }} }} }}"""
PAY = f"""mutation ($input: MakePaymentInput!) {{ makePayment(input: $input) {{ __typename {REFUSAL}
  ... on PaymentReceipt {{ emiRecalculated replayed
    payment {{ id transactionId amount paymentDate interest principal
      allocations {{ interest principal bill {{ cycle status interestPaid principalPaid }} }} }}
    loan {{ id status emi principalBalance payoff pastDue daysPastDue nextBillingDate }} }} }} }}"""
SET_DATE = f"""mutation ($input: SetBusinessDateInput!) {{ setBusinessDate(input: $input) {{ __typename {REFUSAL}
  ... on BusinessDay {{ date }} }} }}"""
