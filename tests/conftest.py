"""Real servers for the whole run, and for every test a database of its own: a copy of the migrated one."""

import asyncio
import gc
import os
import socket
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from tortoise.apps import Apps
from tortoise.models import Model
from xdist.scheduler import LoadFileScheduling  # type: ignore[import-untyped]

from auth import passwords
from models import business_date, database
from models.users import User
from ops.commands import build_web
from ops.embedded import postgres, valkey
from settings import DIST, ROOT, Settings
from tests import front_end_cache, poolers
from tests.api.subscribing import SECONDS, Server
from tests.builders import (
    CHEAP_HASHER,
    OPERATOR_HASH,
    TODAY,
    Client,
    key,
    operating,
    registered,
    serving,
)
from tests.copies import Copies, copying
from tests.folders import folder
from tests.programs import unavailable
from tests.running import Place, free_port, listening
from tests.servers import TEMPLATE, Servers, administer

# With it, each of some hundred processes of ours would compile our modules again.
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)

# npm's packages come first, perhaps through a narrow line and on a busy machine; the first test that needs them waits.
BUILD_SECONDS = 900


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--pooled", action="store_true", help="reach PostgreSQL through PgBouncer in transaction mode")
    parser.addoption("--pictures", action="store_true", help="save pictures of the pages in tests/web/pictures")


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if metafunc.definition.get_closest_marker("pooled"):
        metafunc.parametrize("pooled", [False, True], ids=["direct", "pgbouncer"])


# A process that is free takes the next file. These take longest and come first, so that all processes end together.
DEAREST = (
    "tests/api/test_faults",
    "tests/ops/test_deployment",
    "tests/web/",
    "tests/ops/test_backup",
    "tests/bench/",
    "tests/model_based/",
    "tests/ops/",
    "tests/api/test_frontend",
    "tests/tasks/imports/",
    "tests/clients/",
    "tests/test_",
    "tests/broker/",
    "tests/tasks/",
    "tests/api/",
    "tests/resolvers/",
)


# Files that share a running stack and a browser, which cost more to start than most tests of them: a process takes
# them together. There are two such parts, because all of them would take longer than everything else.
BROWSER_PARTS = (
    ("tests/web/test_console.py", "tests/web/test_console_access.py", "tests/web/test_home.py"),
    (
        *("tests/web/test_console_failures.py", "tests/web/test_console_sessions.py", "tests/web/test_explorer.py"),
        *("tests/web/test_docs.py", "tests/web/test_weight.py"),
    ),
)


class Scheduling(LoadFileScheduling):  # type: ignore[misc]  # xdist has no types
    """Gives each process a whole file, or all files of a part."""

    def _split_scope(self, nodeid: str) -> str:
        file: str = super()._split_scope(nodeid)
        return next((part[0] for part in BROWSER_PARTS if file in part), file)


def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Scheduling | None:
    return Scheduling(config, log) if config.getoption("dist") == "loadfile" else None


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    items.sort(key=_rank)
    for item in items:
        if isinstance(item, pytest.Function) and "built" in item.fixturenames:
            item.add_marker(pytest.mark.timeout(BUILD_SECONDS), append=False)


def _rank(item: pytest.Item) -> int:
    file = item.path.relative_to(ROOT).as_posix()
    return next((rank for rank, start in enumerate(DEAREST) if file.startswith(start)), len(DEAREST))


def pytest_collection_finish() -> None:
    # The modules and the tests stay to the end: the garbage collector need not look through them again.
    gc.collect()
    gc.freeze()


@pytest.fixture
def tmp_path() -> Iterator[Path]:
    """A folder of the test, which other users can enter: PostgreSQL runs as another user when the tests run as root.

    pytest's own folders become closed again whenever another run begins.
    """
    with folder("home-") as directory:
        yield directory


@pytest.fixture(scope="session", autouse=True)
def finalised_once() -> Iterator[None]:
    """Tortoise describes the models once, and not again for each pool: 25 ms that most tests would spend."""
    described: set[type[Model]] = set()
    describe = Apps._build_initial_querysets

    def describe_new(apps: Apps) -> None:
        models = set(apps.get_models_iterable())
        if not models <= described:
            describe(apps)
            described.update(models)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Apps, "_build_initial_querysets", describe_new)
        yield


@pytest.fixture(scope="session")
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture(scope="session", autouse=True)
def cheap_passwords() -> None:
    """Passwords of this process are hashed by the same algorithm in a thousandth of its time and memory.

    A hash with the product's parameters takes a tenth of a second of a core. Processes of ours keep those.
    """
    passwords._HASHER = CHEAP_HASHER
    passwords._DUMMY_HASH = CHEAP_HASHER.hash("the password of no account")


@pytest.fixture(scope="session")
def built() -> str:
    """The reason why the front end is not built, or an empty text; tests that do not need it go on."""
    try:
        front_end_cache.build()
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
    with folder("kist-") as home:
        # As root, PgBouncer runs as the server's user, and has to reach its socket.
        home.chmod(0o711)
        with postgres.running(home / "postgres") as urls, valkey.running(home / "valkey") as redis_url:
            running = Servers(urls.application, redis_url, urls.owner, urls.superuser, home / "postgres.log")
            asyncio.run(_prepare(running))
            yield running


async def _prepare(servers: Servers) -> None:
    # A crash of the machine may lose what a test wrote; a crash of the server, which tests provoke, may not.
    await administer(servers, "ALTER SYSTEM SET fsync = off")
    await administer(servers, "ALTER SYSTEM SET synchronous_commit = off")
    # Each copy of a database is a checkpoint, after which every page would be written to the log as a whole.
    await administer(servers, "ALTER SYSTEM SET full_page_writes = off")
    await administer(servers, "SELECT pg_reload_conf()")
    await administer(servers, f"CREATE DATABASE {TEMPLATE} OWNER kist_owner")
    await database.migrate(servers.owner(TEMPLATE))


@pytest.fixture
def pooled(request: pytest.FixtureRequest) -> bool:
    """Whether the test reaches PostgreSQL through PgBouncer: those marked so do it both ways, with `--pooled` all."""
    return bool(request.config.getoption("--pooled"))


@pytest.fixture(scope="session")
def pooler(servers: Servers) -> Iterator[Servers]:
    """The run's PgBouncer."""
    with poolers.running(servers.database_url) as url:
        yield servers._replace(database_url=url)


@pytest.fixture(scope="session")
def copies(servers: Servers) -> Iterator[Copies]:
    with copying(servers) as copies:
        yield copies


@pytest.fixture(scope="session")
def sandbox_settings(servers: Servers) -> Settings:
    """The settings of a sandbox, without a home and a database. To check them takes longer than to copy them."""
    return Settings(
        _env_file=None,  # type: ignore[call-arg]  # pydantic-settings takes it
        redis_url=servers.redis_url,
        sandbox=True,
        compiled="compare",
        signing_key=key("s"),
        aadhaar_digest_key=key("d"),
        aadhaar_cipher_key=key("c"),
    )


@pytest.fixture
def settings(
    request: pytest.FixtureRequest, sandbox_settings: Settings, copies: Copies, pooled: bool, tmp_path: Path
) -> Iterator[Settings]:
    """The settings of a sandbox on a fresh migrated database and an empty queue."""
    servers: Servers = request.getfixturevalue("servers")
    name = copies.take()
    pooler_url = request.getfixturevalue("pooler").database(name) if pooled else ""
    own = servers.settings(name) | {"database_pooler_url": pooler_url, "home": tmp_path, "queue": name}
    yield sandbox_settings.model_copy(update=own)
    copies.give_back(name)


@pytest.fixture
async def memory(settings: Settings) -> AsyncIterator[Settings]:
    """The pool of the test's database, whose business date is the first of January 2026."""
    async with database.connected(
        settings.database_url, settings.database_connections, pooler_url=settings.database_pooler_url
    ):
        await business_date.begin(TODAY)
        yield settings


@pytest.fixture
async def client(settings: Settings) -> AsyncIterator[Client]:
    async with serving(settings) as client:
        yield client


@pytest.fixture
async def operator(client: Client) -> Client:
    return await operating(client)


@pytest.fixture
async def borrower(client: Client) -> Client:
    """A borrower whose score and income qualify for any loan."""
    return await registered(client)


@pytest.fixture(params=["counted by Valkey", "counted by PostgreSQL"])
async def owner(settings: Settings, request: pytest.FixtureRequest) -> AsyncIterator[Client]:
    """The owner of the only account, which has a cheap password, signed in; with and without Valkey."""
    if request.param == "counted by PostgreSQL":
        settings = settings.model_copy(update={"redis_url": f"redis://127.0.0.1:{free_port()}/0"})
    async with serving(settings) as client:
        signed_in = await registered(client)
        await User.all().update(password_hash=OPERATOR_HASH)
        yield signed_in


@pytest.fixture
def person(owner: Client) -> Client:
    """The same client without a token."""
    return owner.signed_in("")


@pytest.fixture
def place(tmp_path: Path, built: str) -> Iterator[Place]:
    # An earlier hook has built it, so no test waits here; the tests go on without it if it cannot be built.
    assert not built or "not built" in built
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
    environment = {name: value for name, value in os.environ.items() if not name.startswith("KIST_")}
    environment |= {"KIST_HOME": str(tmp_path), "KIST_PORT": str(port), "KIST_COMPILED": "compare"}
    place = Place(tmp_path, port, environment)
    yield place
    assert place.left() == []


@pytest.fixture
async def server(settings: Settings) -> AsyncIterator[Server]:
    """The application behind uvicorn, on a free port."""
    async with database.connected(settings.database_url):
        await business_date.begin(TODAY)
    async with (
        listening(settings) as address,
        httpx.AsyncClient(base_url=f"http://{address}", timeout=SECONDS) as http,
    ):
        yield Server(address, Client(http))


@pytest.fixture
def running(place: Place) -> Iterator[Place]:
    up = place.start()
    assert up.stdout is not None
    try:
        assert any("Ctrl-C stops everything" in line for line in up.stdout)
        yield place
    finally:
        up.terminate()
        up.communicate()
