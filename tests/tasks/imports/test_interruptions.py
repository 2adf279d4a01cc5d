"""After any interruption, the same command continues an import to the same result."""

import asyncio
import csv
import subprocess
from collections.abc import Iterator
from contextlib import AsyncExitStack, contextmanager
from pathlib import Path

import asyncpg
import pytest

from models import database
from models.users import digest, seal
from ops.commands.child_processes import environment
from settings import Settings
from tests.running import run, start, until
from tests.servers import Servers, administer, copy
from tests.tasks.workers import holding, waiting

PARTS = 8
# Rows of this width make a file of several parts with few rows.
NOTE = "x" * 5000
PEOPLE = 160
ROWS_OF_A_PERSON = 42
ROWS = PEOPLE * ROWS_OF_A_PERSON
ENROLLED = 80

STATE = {
    "transactions": "SELECT aadhaar_digest, occurred_on, kind, amount, ordinal FROM transactions"
    " ORDER BY aadhaar_digest, occurred_on, kind, amount, ordinal",
    "scores": "SELECT aadhaar_digest, credit_score FROM users ORDER BY 1",
    "assessments": "SELECT u.aadhaar_digest, a.score, a.balance, a.credit_total, a.debit_total, a.transaction_count"
    " FROM credit_assessments a JOIN users u ON u.id = a.user_id ORDER BY 1, a.id",
    "parts": "SELECT part, rows_added, rows_there, people_rescored FROM import_parts"
    " JOIN imports i ON i.id = import_id ORDER BY i.id, part",
    "unfinished": "SELECT fingerprint FROM imports WHERE finished_at IS NULL",
}


def number(person: int) -> str:
    return f"{200_000_000_000 + person * 1_000_003:012d}"


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A file in which people take turns. The last two rows of each person are equal, and one row cannot be read."""
    path = tmp_path_factory.mktemp("imports") / "history.csv"
    with path.open("w", newline="") as stream:
        writer = csv.writer(stream)
        writer.writerow(["aadhaar_id", "date", "transaction_type", "amount", "note"])
        for turn in range(ROWS_OF_A_PERSON):
            day = min(turn, ROWS_OF_A_PERSON - 2)
            for person in range(PEOPLE):
                kind = "CREDIT" if (day + person) % 3 else "DEBIT"
                writer.writerow([number(person), f"2025-{day % 12 + 1:02}-{day // 12 + 1:02}", kind, 1000 + day, NOTE])
        writer.writerow([number(0), "never", "CREDIT", 1, NOTE])
    return path


async def enrol(settings: Settings) -> dict[int, list[int]]:
    """Register some people. Returns their ids by the part of the import that contains them."""
    ids: dict[int, list[int]] = {}
    connection = await asyncpg.connect(**database.arguments(settings.database_url))
    try:
        for person in range(0, PEOPLE, PEOPLE // ENROLLED):
            key = digest(settings.key("aadhaar_digest_key"), number(person))
            user_id = await connection.fetchval(
                "INSERT INTO users (name, email, aadhaar_digest, aadhaar_ciphertext, aadhaar_last_four)"
                " VALUES ('Asha', $1, $2, $3, '1234') RETURNING id",
                f"{person}@kist.test",
                key,
                seal(settings.key("aadhaar_cipher_key"), number(person)),
            )
            ids.setdefault(key[0] * PARTS // 256, []).append(user_id)
    finally:
        await connection.close()
    return ids


async def state(url: str) -> dict[str, list[tuple[object, ...]]]:
    connection = await asyncpg.connect(**database.arguments(url))
    try:
        return {name: [tuple(row) for row in await connection.fetch(rows)] for name, rows in STATE.items()}
    finally:
        await connection.close()


@contextmanager
def importing(settings: Settings, file: Path) -> "Iterator[subprocess.Popen[str]]":
    with start(
        "import",
        str(file),
        env=environment(settings),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        try:
            yield process
        finally:
            process.kill()


async def imported(settings: Settings, file: Path) -> list[str]:
    """Run an import to its end. Returns its output."""
    with importing(settings, file) as process:
        said, complaints = await asyncio.to_thread(process.communicate)
        assert process.returncode == 0, complaints
        return said.splitlines()


def summary(added: int, rescored: int) -> list[str]:
    return [
        f"{ROWS + 1} rows: {added} added, {ROWS - added} already there, 1 rejected",
        f"{rescored} people rescored",
    ]


@pytest.fixture(scope="module")
def whole() -> dict[str, list[tuple[object, ...]]]:
    """The state that `uninterrupted` keeps: it is the same for every database."""
    return {}


@pytest.fixture
async def uninterrupted(
    settings: Settings, servers: Servers, file: Path, whole: dict[str, list[tuple[object, ...]]]
) -> dict[str, list[tuple[object, ...]]]:
    """The state of another database, into which the file was imported without interruption."""
    if not whole:
        name = f"{settings.queue}_twin"
        await copy(servers, name)
        twin = settings.model_copy(update=servers.settings(name))
        await enrol(twin)
        assert (await imported(twin, file))[:2] == summary(ROWS, ENROLLED)
        whole |= await state(twin.database_url)
        await administer(servers, f"DROP DATABASE {name} WITH (FORCE)")
    return whole


def content(file: Path) -> bytes:
    return file.read_bytes()


async def parts_stored() -> int:
    return len(await database.fetch("SELECT FROM import_parts"))


async def interrupted(settings: Settings, file: Path, ids: dict[int, list[int]], how: str) -> None:
    """Run an import that ends when it has stored two parts and is storing two more."""
    async with AsyncExitStack() as held:
        for part in (2, 3):
            await held.enter_async_context(holding(settings, f"users WHERE id = {ids[part][-1]}"))
        with importing(settings, file) as process:
            await until(parts_stored)

            async def is_stuck() -> bool:
                return await waiting() == 2

            await until(is_stuck)
            assert await parts_stored() == 2
            if how == "the command is killed":
                process.kill()
            else:
                await database.execute(
                    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database()"
                    " AND backend_type = 'client backend' AND pid <> pg_backend_pid() AND client_addr IS NULL"
                    " AND (wait_event_type = 'Lock' OR query LIKE '%pg_advisory_xact_lock(%')"
                )
            _, complaints = await asyncio.to_thread(process.communicate)
            assert process.returncode
            if how == "its connections are":
                assert "run the same command again" in complaints.splitlines()[-1]


@pytest.mark.parametrize("how", ["the command is killed", "its connections are"])
async def test_an_interrupted_import_goes_on_to_the_same_end(
    memory: Settings, uninterrupted: dict[str, list[tuple[object, ...]]], file: Path, how: str
) -> None:
    ids = await enrol(memory)
    await interrupted(memory, file, ids, how)
    before = await state(memory.database_url)
    assert before["parts"] == uninterrupted["parts"][:2]
    assert [score for _, score in before["scores"]].count(None) == ENROLLED - len(ids[0]) - len(ids[1])
    noted = await database.fetch("SELECT part, stored_at FROM import_parts ORDER BY part")

    assert (await imported(memory, file))[:2] == summary(ROWS, ENROLLED), "differs from an import in one go"
    after = await state(memory.database_url)
    assert {name: after[name] == uninterrupted[name] for name in STATE} == dict.fromkeys(STATE, True)
    assert (await database.fetch("SELECT part, stored_at FROM import_parts ORDER BY part"))[:2] == noted

    assert (await imported(memory, file))[:2] == summary(0, 0), "a finished import must not be continued"
    again = await state(memory.database_url)
    assert {name: again[name] for name in STATE if name != "parts"} == {
        name: uninterrupted[name] for name in STATE if name != "parts"
    }
    assert (await asyncio.to_thread(run, memory, "verify")).returncode == 0


async def test_another_file_between_is_an_import_of_its_own(
    memory: Settings, uninterrupted: dict[str, list[tuple[object, ...]]], file: Path, tmp_path: Path
) -> None:
    await interrupted(memory, file, await enrol(memory), "the command is killed")
    stored = len((await state(memory.database_url))["transactions"])
    longer = tmp_path / "longer.csv"
    longer.write_bytes(content(file) + f"{number(1)},2024-12-31,CREDIT,5,\n".encode())
    (said, _, _) = await imported(memory, longer)
    assert said == f"{ROWS + 2} rows: {ROWS + 1 - stored} added, {stored} already there, 1 rejected"
    # The missing parts of the first import are stored, and all their rows exist by now.
    assert (await imported(memory, file))[0] == summary(stored, 0)[0]
    after = await state(memory.database_url)
    assert len(after["transactions"]) == ROWS + 1
    assert len(after["assessments"]) == ENROLLED
    assert after["unfinished"] == []


async def test_two_at_once_store_every_row_once(
    memory: Settings, uninterrupted: dict[str, list[tuple[object, ...]]], file: Path
) -> None:
    await enrol(memory)
    said = await asyncio.gather(imported(memory, file), imported(memory, file))
    assert sorted(lines[:2] for lines in said) == sorted([summary(ROWS, ENROLLED), summary(0, 0)])
    after = await state(memory.database_url)
    for name in ("transactions", "scores", "assessments", "unfinished"):
        assert after[name] == uninterrupted[name]


async def test_a_pipe_is_read_like_its_file(memory: Settings, file: Path, tmp_path: Path) -> None:
    await enrol(memory)
    process = start(
        "import",
        "/dev/stdin",
        cwd=tmp_path,
        env=environment(memory),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    said, complaints = await asyncio.to_thread(process.communicate, content(file))
    assert process.returncode == 0, complaints
    assert said.decode().splitlines() == [
        *summary(ROWS, ENROLLED),
        "the rejected rows are in stdin.rejects.csv",
    ]
    assert (tmp_path / "stdin.rejects.csv").read_text().count("\n") == 2
    assert (await imported(memory, file))[:2] == summary(0, 0)
