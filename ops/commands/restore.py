"""Hand-written SQL: the catalog lists the contents of a database before a backup is restored into it.

One transaction restores the whole backup or nothing. All checks run before the first change.
"""

import asyncio
import os
import subprocess
import sys
from pathlib import Path
from typing import Annotated, NamedTuple

import asyncpg
import typer
from rich import progress
from rich.console import Console

from models import database, upgrades, users
from ops import aadhaar_keys
from ops.aadhaar_keys import Pair
from ops.commands import checks, pg_dump
from ops.embedded import process_group, servers
from settings import Settings, SettingsError, load

_CHUNK_BYTES = 2**20
_LOOKS = 20
_SECONDS_BETWEEN_LOOKS = 0.1

# kist's relations are those that no extension owns.
_TABLES = """
SELECT c.relname AS name, c.oid::regclass::text AS table FROM pg_class c
WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p')
    AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.objid = c.oid AND d.deptype = 'e')
"""
_CLEAR = f"""
DO $$
DECLARE
    this text;
BEGIN
    FOR this IN SELECT format('%I', name) FROM ({_TABLES}) AS tables LOOP
        EXECUTE 'DROP TABLE public.' || this || ' CASCADE';
    END LOOP;
    FOR this IN SELECT p.oid::regprocedure FROM pg_proc p
        WHERE p.pronamespace = 'public'::regnamespace
            AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.objid = p.oid AND d.deptype = 'e')
    LOOP
        EXECUTE 'DROP ROUTINE ' || this || ' CASCADE';
    END LOOP;
END $$;
"""
# pg_restore leaves extensions out of a schema, and an index needs this one.
_EXTENSION = b"CREATE EXTENSION IF NOT EXISTS pg_trgm WITH SCHEMA public;\n"
_OTHERS = """
SELECT count(*) FROM pg_stat_activity
WHERE datname = current_database() AND application_name = 'kist' AND pid <> pg_backend_pid()
"""

# Rows that migrations write do not make a book.
_BY_A_MIGRATION = "event IN ('LOG_BEGUN', 'LOG_EXTENDED')"
_OF_A_BOOK = {
    "aerich": "false",
    "audit_entries": f"NOT {_BY_A_MIGRATION}",
    "audit_links": f"entry_id NOT IN (SELECT id FROM audit_entries WHERE {_BY_A_MIGRATION})",
}


class Target(NamedTuple):
    """The state of the database before the restore."""

    name: str
    tables: set[str]
    with_rows: set[str]
    connections: int


def restore(
    file: Path,
    replace: Annotated[bool, typer.Option("--replace", help="Drop the book that is in the database.")] = False,
    yes: Annotated[bool, typer.Option("--yes", help="Drop it without confirmation.")] = False,
    any_keys: Annotated[
        bool, typer.Option("--any-keys", help="Restore even if the keys do not match its Aadhaar numbers.")
    ] = False,
    verify: Annotated[bool, typer.Option(help="Recompute the book after the restore.")] = True,
) -> None:
    """Restore a backup into an empty database, then verify it."""
    if not file.is_file():
        raise SettingsError(f"{file} does not exist" if not file.exists() else f"{file} is not a file")
    with servers.servers(load(), redis=False, command="kist restore") as settings:
        asyncio.run(checks.owner_answers(settings))
        url = settings.owner_url()
        server_major = asyncio.run(pg_dump.server_major(url))
        names = pg_dump.programs(server_major)
        _check_file(names, file, server_major)
        if not any_keys:
            checks.keys_are_set(settings)
            _check_keys(names, file, settings)
        target = asyncio.run(_target(url))
        _check_target(target, replace=replace, yes=yes)
        _fill(names, url, file)
        applied = asyncio.run(upgrades.upgrade(url, settings.database_url))
        if any_keys:
            asyncio.run(aadhaar_keys.give_up(settings))
        asyncio.run(_settle(url))
    print(f"{file} is restored into {target.name}; {len(applied)} migrations applied")
    if verify:
        _verify()


def _check_file(names: pg_dump.Programs, file: Path, server_major: int) -> None:
    pg_dump.check_seal(file)
    if "aerich" not in pg_dump.tables(names, file):
        raise SettingsError(f"{file} is not a backup of kist")
    if (from_major := pg_dump.dumped_from(names, file)) > server_major:
        raise SettingsError(f"{file} is from PostgreSQL {from_major}, newer than the server's {server_major}")
    known = {migration.name for migration in (database.MIGRATIONS / "models").glob("[0-9]*.py")}
    applied = {row["version"] for row in pg_dump.rows(names, file, "aerich")}
    if newer := sorted(applied - known):
        raise SettingsError(f"{file} is from a newer kist: this version lacks its migration {newer[-1]}")


def _check_keys(names: pg_dump.Programs, file: Path, settings: Settings) -> None:
    pairs: dict[str | None, Pair] = {}
    for row in pg_dump.rows(names, file, "users"):
        mark = row.get("aadhaar_keys")
        if "erased_at" in row or mark == users.LOST:
            continue
        digest, ciphertext = (
            bytes.fromhex(row[f"aadhaar_{part}"].removeprefix("\\\\x")) for part in ("digest", "ciphertext")
        )
        before = pairs.setdefault(mark, Pair(mark, 0, digest, ciphertext))
        pairs[mark] = before._replace(people=before.people + 1)
    aadhaar_keys.check(settings, pairs.values(), str(file), ", or give --any-keys to restore without them")


async def _target(url: str) -> Target:
    connection = await asyncpg.connect(**database.arguments(url))
    try:
        found = {row["name"]: row["table"] for row in await connection.fetch(_TABLES)}
        with_rows = {
            name
            for name, table in found.items()
            if await connection.fetchval(f"SELECT EXISTS (SELECT FROM {table} WHERE {_OF_A_BOOK.get(name, 'true')})")
        }
        # The connections of this command's own checks may not have ended yet.
        for _ in range(_LOOKS):
            if not (others := await connection.fetchval(_OTHERS)):
                break
            await asyncio.sleep(_SECONDS_BETWEEN_LOOKS)
        return Target(await connection.fetchval("SELECT current_database()"), set(found), with_rows, others)
    except asyncpg.InsufficientPrivilegeError as error:
        raise SettingsError(f"only the owner of the tables may restore a backup ({error.message})") from None
    finally:
        await connection.close()


def _check_target(target: Target, *, replace: bool, yes: bool) -> None:
    if target.tables and "aerich" not in target.tables:
        some = ", ".join(sorted(target.tables)[:3])
        raise SettingsError(f"the database {target.name} belongs to another program, with tables {some}")
    if target.with_rows and not replace:
        raise SettingsError(
            f"the database {target.name} already has a book. Give --replace to replace it with the backup"
        )
    if target.connections:
        raise SettingsError(f"{target.connections} connections of kist are open: stop the API and the workers first")
    if target.with_rows and not yes:
        if not sys.stdin.isatty():
            raise SettingsError(
                "--replace asks for confirmation, and there is no terminal. Give --yes to drop the book"
            )
        if (
            typer.prompt(f"The book in {target.name} will be dropped. Type the name of the database to continue")
            != target.name
        ):
            raise SettingsError("nothing was changed")


def _fill(names: pg_dump.Programs, url: str, file: Path) -> None:
    """Drop the present tables and restore those of the file, in one transaction.

    pg_restore only writes SQL, which this command passes to psql. The COMMIT follows only when pg_restore has
    succeeded: otherwise psql would commit the first half of a damaged file.
    """
    reading = names.command("pg_restore", "--schema=public", "--no-owner", "--no-privileges", "--file=-")
    writing = names.command("psql", "--no-psqlrc", "--quiet", "--no-password", "--set=ON_ERROR_STOP=1", "--file=-")
    with (
        file.open("rb") as source,
        _progress_bar() as bar,
        process_group.running(
            writing, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, env=pg_dump.environment(url)
        ) as (writer, writer_messages),
        process_group.running(reading, stdin=source, stdout=subprocess.PIPE) as (reader, reader_messages),
    ):
        assert reader.stdout is not None
        assert writer.stdin is not None
        task = bar.add_task(file.name, total=file.stat().st_size)
        try:
            writer.stdin.write(b"BEGIN;\n" + _EXTENSION + _CLEAR.encode())
            while chunk := reader.stdout.read(_CHUNK_BYTES):
                writer.stdin.write(chunk)
                # pg_restore shares the position of the open file, which shows its progress.
                bar.update(task, completed=os.lseek(source.fileno(), 0, os.SEEK_CUR))
            if reader.wait():
                raise SettingsError(f"{file} cannot be read: {pg_dump.error_of(reader_messages)}; nothing was changed")
            bar.update(task, description=f"{file.name}: committing")
            writer.stdin.write(b"COMMIT;\n")
            writer.stdin.close()
        except BrokenPipeError:
            pass  # psql has ended: its error is reported below
        if writer.wait():
            raise SettingsError(f"PostgreSQL's psql: {pg_dump.error_of(writer_messages)}; nothing was changed")


def _progress_bar() -> progress.Progress:
    return progress.Progress(
        progress.SpinnerColumn(),
        progress.TextColumn("{task.description}"),
        progress.BarColumn(),
        progress.DownloadColumn(),
        progress.TransferSpeedColumn(),
        progress.TimeRemainingColumn(),
        console=Console(stderr=True),
    )


async def _settle(url: str) -> None:
    """VACUUM and ANALYZE the tables: a dump has neither statistics for the planner nor a map of visible rows."""
    connection = await asyncpg.connect(**database.arguments(url))
    try:
        await connection.execute("VACUUM (ANALYZE)")
    finally:
        await connection.close()


def _verify() -> None:
    from ops.commands import verify as verifying

    verifying.print_differences(verifying.of_the_book())
