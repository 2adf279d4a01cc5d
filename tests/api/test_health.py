"""Probes: whether the process lives, whether it can serve, and the state of its servers."""

import asyncio
import subprocess
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from time import time
from typing import Any

import asyncpg
import pytest

from api import storage
from broker import stream
from broker.stream import enqueue
from models import database
from ops.embedded import postgres
from settings import Settings
from tasks.sweeps import sweep
from tests.builders import Client, serving
from tests.programs import unavailable
from tests.running import until
from tests.servers import as_superuser, overhear, passable, tamper
from tests.tasks.valkeys import SERVER, Valkey, started
from tests.tasks.workers import is_idle, working

WELL = {"status": "ready", "database": "there", "migrations": "current", "storage": "writable"}
WELL |= {"broker": "there", "schedule": "unknown"}


@pytest.fixture
def valkey(tmp_path: Path) -> Iterator[Valkey]:
    server = Valkey(tmp_path / "valkey", *SERVER)
    with started(server):
        yield server


@pytest.fixture
async def probed(settings: Settings, valkey: Valkey) -> AsyncIterator[Client]:
    """An application with one connection, and a Valkey of its own."""
    own = {"redis_url": f"redis://127.0.0.1:{valkey.port}/0", "database_connections": 1}
    async with serving(settings.model_copy(update=own)) as client:
        yield client


async def ready(client: Client) -> tuple[int, dict[str, Any]]:
    response = await client.http.get("/health/ready")
    return response.status_code, response.json()


async def becomes(client: Client, status: int, **said: object) -> None:
    """Wait for an answer, because the former one is cached for a second."""

    async def is_said() -> bool:
        answer = await ready(client)
        spelt = {"status": "ready" if status == 200 else "not ready", **said}
        return answer[0] == status and answer[1].items() >= spelt.items()

    await until(is_said)


async def test_who_can_serve_is_ready_and_says_nothing_of_where(probed: Client) -> None:
    assert await ready(probed) == (200, WELL)
    for path in ("/health/live", "/health/ready"):
        get, head = await probed.http.get(path), await probed.http.head(path)
        assert (get.status_code, head.status_code) == (200, 200)
        for response in (get, head):
            assert response.headers["cache-control"] == "no-store"
            assert "default-src 'none'" in response.headers["content-security-policy"]
            assert response.headers["x-request-id"]
        assert (await probed.http.post(path)).status_code == 405


async def test_a_crowd_of_probes_is_one_question(probed: Client) -> None:
    heard = await overhear(1)
    answers = await asyncio.gather(*(ready(probed) for _ in range(50)))
    assert {status for status, _ in answers} == {200}
    # The probes may fall into two seconds.
    assert 1 <= heard.count("SELECT version FROM aerich") <= 2


async def test_a_database_without_its_migrations_is_not_ready(probed: Client) -> None:
    newest = max(database.every_migration())
    await tamper("DELETE FROM aerich WHERE version = $1", newest)
    await becomes(probed, 503, database="there", migrations="1 missing")
    await tamper("ALTER TABLE aerich RENAME TO away")
    await becomes(probed, 503, migrations=f"{len(database.every_migration())} missing")
    await tamper("ALTER TABLE away RENAME TO aerich")
    # A newer version of kist may have applied more migrations.
    for name in (newest, "9999_of_tomorrow.py"):
        await tamper("INSERT INTO aerich (version, app, content) VALUES ($1, 'models', '{}')", name)
    await becomes(probed, 200, migrations="current")


async def test_a_database_that_hangs_has_two_seconds(probed: Client, settings: Settings) -> None:
    holder = await asyncpg.connect(**database.arguments(as_superuser(settings)))
    try:
        async with holder.transaction():
            await holder.execute("LOCK TABLE aerich")
            await becomes(probed, 503, database="away", migrations="unknown", broker="there")
            assert (await probed.http.get("/health/live")).status_code == 200
    finally:
        await holder.close()
    await becomes(probed, 200)


async def test_a_database_that_was_away_is_there_again_by_itself(settings: Settings, data_directory: Path) -> None:
    with postgres.running(data_directory) as urls:
        own = settings.model_copy(update={"database_url": urls.application, "database_owner_url": urls.owner})
        application = serving(own)
        client = await application.__aenter__()
    try:
        await becomes(client, 503, database="away", broker="there")
        assert "postgres" not in (await client.http.get("/health/ready")).text
        assert (await client.http.get("/health/live")).json() == {"status": "alive"}
        with postgres.running(data_directory) as again:
            assert again == urls
            await becomes(client, 200, database="there")
            await application.__aexit__(None, None, None)
    except BaseException:
        await application.__aexit__(None, None, None)
        raise


@contextmanager
def small_disk(at: Path, megabytes: int) -> Iterator[Path]:
    """A small file system."""
    at.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", f"size={megabytes}m", "tmpfs", str(at)], capture_output=True, check=False
    )
    if mounted.returncode:
        unavailable("mount needs root")
    try:
        yield at
    finally:
        subprocess.run(["umount", "--lazy", str(at)], check=True)


async def test_a_database_whose_disk_is_full_is_not_ready(
    settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(storage, "KEPT_SECONDS", 0)
    passable(tmp_path)
    with small_disk(tmp_path / "disk", 400) as disk, postgres.running(disk / "postgres") as urls:
        await database.migrate(urls.owner, urls.application)
        # The server is not in the home, so that PostgreSQL itself reports the full disk.
        own = {"database_url": urls.application, "database_owner_url": urls.owner}
        async with serving(settings.model_copy(update=own)) as client:
            await becomes(client, 200, storage="writable")
            filling = disk / "filling"
            with suppress(OSError), filling.open("wb") as file:
                while True:
                    file.write(bytes(2**16))
                    file.flush()
            await becomes(client, 503, storage="full", database="there", migrations="current")
            filling.unlink()
            await becomes(client, 200, storage="writable")


async def test_an_embedded_database_with_little_room_left_is_not_ready(
    settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(storage, "KEPT_SECONDS", 0)
    with small_disk(tmp_path / "disk", 100) as home:
        (home / "postgres").mkdir()
        async with serving(settings.model_copy(update={"home": home})) as client:
            await becomes(client, 200, storage="writable")
            (home / "filling").write_bytes(bytes(50 * 2**20))
            await becomes(client, 503, storage="full")
            (home / "filling").unlink()
            await becomes(client, 200, storage="writable")


async def test_a_database_that_takes_no_writes_is_not_ready(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(storage, "KEPT_SECONDS", 0)
    async with serving(settings) as client:
        await becomes(client, 200, storage="writable")
        await tamper(f"ALTER DATABASE {settings.queue} SET default_transaction_read_only = on")
        await tamper(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
        await becomes(client, 503, storage="read-only")


async def test_a_crowd_of_probes_writes_once_in_ten_seconds(client: Client) -> None:
    heard = await overhear(5)
    for _ in range(3):
        await asyncio.gather(*(ready(client) for _ in range(20)))
        await asyncio.sleep(1.1)
    assert len([statement for statement in heard if "generate_series" in statement]) == 1


async def test_a_broker_that_is_away_takes_nobody_out_of_service(probed: Client, valkey: Valkey) -> None:
    valkey.kill()
    await becomes(probed, 200, broker="away", schedule="unknown")
    valkey.start()
    await becomes(probed, 200, broker="there")


async def test_the_schedule_is_as_late_as_its_last_sweep(client: Client, settings: Settings) -> None:
    async with working(settings):
        assert await enqueue(sweep)
        await until(lambda: is_idle(settings))
    await becomes(client, 200, schedule="on time")
    sent_to = stream.sent_to()
    await sent_to.client.set(stream.key("swept"), int(time()) - 1000)
    await becomes(client, 200, schedule="late")
    assert 1000 <= (await ready(client))[1]["scheduleLagSeconds"] < 1100
