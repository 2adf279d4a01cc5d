"""Migrations apply once, in any order of events, and say all that the models say."""

import asyncio
import itertools
import json
import sys
from collections.abc import AsyncIterator

import asyncpg
import pytest
from aerich.migrate import Migrate
from aerich.utils import get_models_describe
from tortoise import Tortoise

from models import database
from models.database_errors import InUseError
from settings import Settings
from tests.models.schemas import command, migrate, shape
from tests.servers import Servers, administer, execute

_numbers = itertools.count(1)


@pytest.fixture
async def empty(servers: Servers) -> AsyncIterator[str]:
    """The URL of a database in which there is nothing yet."""
    name = f"unmigrated_{next(_numbers)}"
    await administer(servers, f"CREATE DATABASE {name} OWNER kist_owner")
    yield servers.owner(name)
    await administer(servers, f"DROP DATABASE {name} WITH (FORCE)")


async def test_migrating_twice_is_harmless(empty: str) -> None:
    first = await migrate(empty)
    migrated = await shape(empty)
    assert first
    assert await migrate(empty) == []
    assert await shape(empty) == migrated


async def test_of_two_at_once_one_migrates(empty: str) -> None:
    script = "import asyncio, sys; from models import database; print(len(asyncio.run(database.migrate(sys.argv[1]))))"
    running = [
        await asyncio.create_subprocess_exec(
            sys.executable, "-c", script, empty, stdout=asyncio.subprocess.PIPE, cwd=database.MIGRATIONS.parent
        )
        for _ in range(2)
    ]
    answers = sorted([(await process.communicate())[0] for process in running])
    every = len(list(database.MIGRATIONS.glob("models/[0-9]*_*.py")))
    assert [int(answer) for answer in answers] == [0, every]
    assert [process.returncode for process in running] == [0, 0]


async def test_down_and_up_again_is_where_it_was(servers: Servers, empty: str) -> None:
    # An administrator has created the extension, and the owner of the tables may not drop it.
    name = database.arguments(empty)["database"]
    await execute(servers.superuser_url.replace("/kist?", f"/{name}?"), "CREATE EXTENSION pg_trgm")
    await migrate(empty)
    migrated = await shape(empty)

    async def downgrade() -> None:
        async with command(empty) as aerich:
            await aerich.downgrade(version=0, delete=False)

    await asyncio.create_task(downgrade())
    left = await shape(empty)
    assert {line.split(".")[0].split(" ")[0] for line in left} <= {"aerich", "aerich_pkey"}
    assert await migrate(empty)
    assert await shape(empty) == migrated


COLUMNS = """
SELECT c.relname || '.' || a.attname AS line, format_type(a.atttypid, a.atttypmod) AS type, a.attnotnull AS required,
    a.atthasdef OR a.attidentity <> '' AS filled
FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid
WHERE c.relnamespace = 'public'::regnamespace AND c.relkind = 'r' AND a.attnum > 0 AND NOT a.attisdropped
"""
# A statement of the previous version may meet only constraints on columns that it knows.
RESTRICTIONS = """
SELECT conname AS line, conrelid::regclass::text AS table,
    ARRAY(SELECT attname::text FROM pg_attribute a WHERE a.attrelid = conrelid AND a.attnum = ANY (conkey)) AS columns
FROM pg_constraint WHERE connamespace = 'public'::regnamespace AND contype IN ('c', 'u', 'p', 'f')
"""


async def test_the_version_before_works_on_the_newest_schema(empty: str) -> None:
    """It goes on while the new one is started, node by node: nothing that it names is gone, or stricter."""

    async def downgrade() -> None:
        async with command(empty) as aerich:
            await aerich.downgrade(version=-1, delete=False)

    async def found(query: str) -> dict[str, asyncpg.Record]:
        connection = await asyncpg.connect(**database.arguments(empty))
        try:
            return {row["line"]: row for row in await connection.fetch(query)}
        finally:
            await connection.close()

    await migrate(empty)
    newest, restrictions = await found(COLUMNS), await found(RESTRICTIONS)
    await asyncio.create_task(downgrade())
    former = await found(COLUMNS)
    tables = {line.partition(".")[0] for line in former}
    for line, column in former.items():
        assert line in newest, f"{line} is gone"
        assert newest[line]["type"] == column["type"], line
        assert column["required"] or not newest[line]["required"], f"{line} may not be NULL any longer"
    for line in newest.keys() - former.keys():
        if line.partition(".")[0] in tables:
            assert newest[line]["filled"] or not newest[line]["required"], f"{line} is not in its INSERT"
    for line in restrictions.keys() - (await found(RESTRICTIONS)).keys():
        new = {f"{restrictions[line]['table']}.{column}" for column in restrictions[line]["columns"]}
        assert not new <= former.keys(), f"{line} refuses what it might write"


async def test_a_migration_keeps_nobody_waiting_for_long(empty: str) -> None:
    await migrate(empty)

    async def downgrade() -> None:
        async with command(empty) as aerich:
            await aerich.downgrade(version=2, delete=False)

    await asyncio.create_task(downgrade())
    before = await shape(empty)
    # A backup reads so, for as long as it takes.
    reader = await asyncpg.connect(**database.arguments(empty))
    await reader.execute("BEGIN; LOCK TABLE users IN ACCESS SHARE MODE")
    with pytest.raises(InUseError, match="a table is in use"):
        await migrate(empty)
    assert await shape(empty) == before
    await reader.close()
    assert await migrate(empty)


async def test_every_change_of_a_model_has_its_migration(settings: Settings) -> None:
    async with command(settings.owner_url()):
        last = Migrate.get_last_version_module()
        assert last
        state = Migrate.get_migration_info_for_file(last).models_state
        described = json.loads(json.dumps(get_models_describe("models"), default=str))
        assert state == described


async def test_every_model_fits_its_table(memory: Settings) -> None:
    columns: dict[str, set[str]] = {}
    for table, column, nullable in await database.fetch(
        "SELECT table_name, column_name, is_nullable = 'YES' FROM information_schema.columns"
        " WHERE table_schema = 'public'"
    ):
        columns.setdefault(table, set()).add(f"{column}{'?' if nullable else ''}")
    for name, model in Tortoise.apps["models"].items():
        fields = model._meta.fields_map
        told = {
            f"{column}{'?' if fields[field].null else ''}" for field, column in model._meta.fields_db_projection.items()
        }
        assert told == columns[model._meta.db_table], name
