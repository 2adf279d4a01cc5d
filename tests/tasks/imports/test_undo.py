"""After an undo, the state is that of the other imports alone."""

import asyncio
import itertools
import random
from collections.abc import Callable
from pathlib import Path

import pytest

from models import database, import_undo, imports, transaction_merge, transactions, users
from models.registrations import Registration, register
from models.users import User, digest
from settings import Settings
from tasks.imports import preview, run, undo
from tasks.imports.run import import_file
from tasks.imports.source import ImportRefused
from tests.servers import tamper

HEADER = "aadhaar_id,date,transaction_type,amount\n"
ASHA, BABU = "234123412346", "999941057058"

File = Callable[[str, str], Path]


@pytest.fixture
def file(tmp_path: Path) -> File:
    def write(name: str, content: str) -> Path:
        path = tmp_path / f"{name}.csv"
        path.write_text(content)
        return path

    return write


async def bring_in(path: Path, settings: Settings) -> run.Imported:
    return await import_file(path, settings, rejects=path.with_suffix(".rejects.csv"))


async def rows() -> list[tuple[object, ...]]:
    found = await database.fetch(
        "SELECT aadhaar_digest, occurred_on, kind, amount, ordinal FROM transactions ORDER BY 1, 2, 3, 4, 5"
    )
    return [tuple(row) for row in found]


async def undone(what: str | Path, settings: Settings) -> import_undo.Undone:
    found = await undo.find(str(what), settings)
    return (await undo.undo(found.id, settings))[0]


async def enrol(settings: Settings, number: str) -> int:
    key = digest(settings.key("aadhaar_digest_key"), number)
    user = await register(Registration("Asha", f"{number}@example.in", key, bytes(40), "1234", None, None, None, None))
    assert user is not None
    return int(user.id)


def made(source: random.Random) -> str:
    """A file of a few rows, many of them equal."""
    lines = [
        f"{source.choice([ASHA, BABU])},2025-01-0{source.randint(1, 2)},{source.choice(['CREDIT', 'DEBIT'])},5.00\n"
        for _ in range(source.randint(1, 9))
    ]
    return HEADER + "".join(lines)


@pytest.mark.parametrize("seed", range(6))
async def test_what_is_left_is_what_the_others_alone_leave(memory: Settings, file: File, seed: int) -> None:
    source = random.Random(seed)
    files = [file(str(number), made(source)) for number in range(4)]
    orders = source.sample(list(itertools.permutations(range(4))), 2)
    for order in orders:
        for number in order:
            await bring_in(files[number], memory)
        gone = source.sample(range(4), source.randint(1, 4))
        for number in gone:
            await undone(files[number], memory)
        left = await rows()
        for number in set(range(4)) - set(gone):
            await undone(files[number], memory)
        assert await rows() == []
        for number in sorted(set(range(4)) - set(gone)):
            await bring_in(files[number], memory)
        assert await rows() == left
        for number in set(range(4)) - set(gone):
            await undone(files[number], memory)
    assert await database.fetch("SELECT FROM import_repeats") == []


async def test_an_undone_import_rescores_its_people_and_the_file_may_come_again(memory: Settings, file: File) -> None:
    asha, babu = await enrol(memory, ASHA), await enrol(memory, BABU)
    first = file("first", f"{HEADER}{ASHA},2025-01-01,CREDIT,600000\n{ASHA},2025-01-02,DEBIT,31550\n")
    second = file("second", f"{HEADER}{ASHA},2025-01-02,DEBIT,31550\n{BABU},2025-01-02,CREDIT,25000\n")
    await bring_in(first, memory)
    await bring_in(second, memory)

    async def scores() -> list[int | None]:
        return [(await User.get(id=user_id)).credit_score for user_id in (asha, babu)]

    assert await scores() == [670, 310]
    gone = await undone(first, memory)
    assert (gone.removed, str(gone.credit), str(gone.debit)) == (1, "600000.00", "0.00")
    assert [(heir.rows, str(heir.debit)) for heir in gone.heirs] == [(1, "31550.00")]
    assert await scores() == [300, 310]
    assert (await bring_in(first, memory))[:3] == (2, 1, 1)
    assert await scores() == [670, 310]


async def test_the_same_file_again_is_no_import_of_its_own(memory: Settings, file: File) -> None:
    path = file("history", f"{HEADER}{ASHA},2025-01-01,CREDIT,5\n")
    await bring_in(path, memory)
    assert (await bring_in(path, memory))[:3] == (1, 0, 1)
    # Rows that a person's erasure removed return under the import that counts.
    await transactions.forget([users.digest(memory.key("aadhaar_digest_key"), ASHA)])
    assert (await bring_in(path, memory))[:3] == (1, 1, 0)
    first, *again = sorted(summary.id for summary in await imports.latest(10))
    for import_id in again:
        with pytest.raises(ImportRefused, match=f"repeated import {first}, which holds the rows"):
            await undo.find(str(import_id), memory)
    assert (await undone(str(first), memory)).removed == 1
    assert await rows() == []
    with pytest.raises(ImportRefused, match="was undone on"):
        await undo.find(str(path), memory)
    assert (await bring_in(path, memory)).added == 1


async def test_a_row_from_before_imports_were_known_stays(memory: Settings, file: File) -> None:
    path = file("history", f"{HEADER}{ASHA},2025-01-01,CREDIT,5\n{ASHA},2025-01-02,CREDIT,5\n")
    await bring_in(path, memory)
    await database.execute("UPDATE transactions SET import_id = NULL WHERE occurred_on = '2025-01-01'")
    await tamper("UPDATE imports SET knows_its_rows = false")
    with pytest.raises(ImportRefused, match="did not record which rows it added"):
        await undo.find("1", memory)
    await bring_in(path, memory)
    assert (await undone("2", memory)).removed == 0
    assert len(await rows()) == 2


async def test_an_import_that_was_not_finished_can_be_undone(memory: Settings, file: File) -> None:
    path = file("history", f"{HEADER}{ASHA},2025-01-01,CREDIT,5\n")
    await bring_in(path, memory)
    await database.execute("UPDATE imports SET finished_at = NULL")
    assert (await undone(path, memory)).removed == 1
    assert (await bring_in(path, memory)).added == 1
    assert len(await imports.latest(10)) == 2


async def test_an_undo_while_an_import_stores_waits_for_it(memory: Settings, file: File) -> None:
    first = file("first", f"{HEADER}{ASHA},2025-01-01,CREDIT,5\n")
    second = file("second", f"{HEADER}{ASHA},2025-01-01,CREDIT,5\n{BABU},2025-01-02,CREDIT,7\n")
    await bring_in(first, memory)
    await asyncio.gather(bring_in(second, memory), undone(first, memory))
    assert [row[3] for row in await rows()] in ([5, 7], [7, 5])


async def test_rows_that_a_new_key_brings_together_belong_to_both_imports(memory: Settings, file: File) -> None:
    first = file("first", f"{HEADER}{ASHA},2025-01-01,CREDIT,5\n{ASHA},2025-01-03,CREDIT,1\n")
    second = file("second", f"{HEADER}{ASHA},2025-01-01,CREDIT,5\n")
    await bring_in(first, memory)
    former, new = digest(memory.key("aadhaar_digest_key"), ASHA), bytes(range(32))
    await tamper("UPDATE transactions SET aadhaar_digest = $1", bytes(32))
    await bring_in(second, memory)
    async with database.transaction():
        await transaction_merge.move(new, [bytes(32), former])
    assert [row[0] for row in await rows()] == [new, new]
    assert (await undone("1", memory)).removed == 1
    assert [str(row[3]) for row in await rows()] == ["5.00"]
    assert (await undone("2", memory)).removed == 1
    assert await rows() == []


async def test_an_undo_is_told_in_the_audit_log(memory: Settings, file: File) -> None:
    path = file("history", f"{HEADER}{ASHA},2025-01-01,CREDIT,5\n{ASHA},2025-01-01,DEBIT,2\n")
    await bring_in(path, memory)
    await undone(path, memory)
    told = await database.fetch(
        "SELECT event, address, details::jsonb ->> 'credit' FROM audit_entries WHERE event LIKE 'IMPORT%' ORDER BY id"
    )
    assert [tuple(row) for row in told] == [
        ("IMPORT_FINISHED", "kist import", "5.00"),
        ("IMPORT_UNDONE", "kist import undo", "5.00"),
    ]


async def test_a_dry_run_shows_what_an_import_would_do_and_stores_nothing(memory: Settings, file: File) -> None:
    await enrol(memory, ASHA)
    await bring_in(file("there", f"{HEADER}{ASHA},2025-01-31,CREDIT,5\n"), memory)
    before = [await database.fetch(f"SELECT * FROM {table}") for table in ("transactions", "imports", "audit_entries")]
    path = file(
        "history",
        f'{HEADER}{ASHA},31/01/2025,CREDIT,5\n{ASHA},30/01/2025,DEBIT,"1,00,000"\n{BABU},01/02/2025,CREDIT,7\nx,y,z,1\n',
    )
    found = await preview.preview(path, memory)
    assert (found.rows, found.added, found.already_there, found.rejected) == (4, 2, 1, 1)
    assert (found.people, found.rescored, str(found.credit), str(found.debit)) == (2, 1, "12.00", "100000.00")
    assert found.convention == "day first"
    assert [(line, text, str(day)) for line, text, day in found.first_dates] == [
        (2, "31/01/2025", "2025-01-31"),
        (3, "30/01/2025", "2025-01-30"),
        (4, "01/02/2025", "2025-02-01"),
    ]
    assert [reject.line for reject in found.rejects] == [5]
    after = [await database.fetch(f"SELECT * FROM {table}") for table in ("transactions", "imports", "audit_entries")]
    assert after == before
    assert not path.with_suffix(".rejects.csv").exists()
    done = await bring_in(path, memory)
    assert (done.added, done.already_there, done.rejected, done.rescored) == (2, 1, 1, 1)
