"""PostgreSQL's own programs write and read dumps. This module finds and starts them, and reports their errors."""

import hashlib
import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import asyncpg

from models import database
from ops.embedded import postgres, process_group
from ops.embedded.process_group import Messages
from settings import SettingsError

# libpq's variables that a program inherits: encryption and password files. The others may name another server.
_KEPT = ("PGSSL", "PGGSS", "PGKRB", "PGPASSFILE", "PGREQUIRE")

_SEAL = b"\nkist sha256 "
_SEALED_BYTES = len(_SEAL) + 64 + 1
_CHUNK_BYTES = 2**20
# The options of a program whose output this command reads.
_READ: dict[str, Any] = {"stdin": subprocess.DEVNULL, "stdout": subprocess.PIPE}


class Programs(NamedTuple):
    """A folder of PostgreSQL's programs, and their major version."""

    folder: Path
    major: int

    def command(self, name: str, *arguments: str) -> list[str]:
        return [str(self.folder / name), *arguments]


def programs(server_major: int = 0) -> Programs:
    """The first programs that are not older than the server: embedded ones, those on PATH, those of Debian's packages.

    Raises:
        SettingsError: none are installed, or only older ones: they refuse a newer server, and may misread a newer dump.
    """
    found = _installed()
    for one in found:
        if one.major >= server_major:
            return one
    if not found:
        raise SettingsError("PostgreSQL's pg_dump, pg_restore and psql are not installed (Debian: postgresql-client)")
    newest = max(one.major for one in found)
    raise SettingsError(f"the server is PostgreSQL {server_major}, and pg_dump here is {newest}: install its client")


@cache
def _installed() -> list[Programs]:
    # An empty entry of PATH is the working directory, which must not supply programs.
    folders = [Path(name) for name in os.environ.get("PATH", os.defpath).split(os.pathsep) if name]
    if postgres.INSTALLED:
        folders.insert(0, postgres.PROGRAMS)
    folders += sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)
    found = []
    for folder in folders:
        if all(shutil.which(name, path=str(folder)) for name in ("pg_dump", "pg_restore", "psql")):
            output = subprocess.run(
                [folder / "pg_dump", "--version"], capture_output=True, text=True, check=False
            ).stdout
            if version := re.search(r"\) (\d+)", output):
                found.append(Programs(folder, int(version[1])))
    return found


def environment(url: str) -> dict[str, str]:
    """The connection parameters for libpq's programs. Unlike arguments, other users cannot see them in `ps`."""
    given = database.arguments(url)
    options = " ".join(
        "-c " + re.sub(r"([\\ ])", r"\\\1", f"{name}={value}")
        for name, value in given["server_settings"].items()
        if name != "application_name"
    )
    parameters = {
        "PGHOST": given["host"],
        "PGPORT": str(given["port"]),
        "PGUSER": given["user"],
        "PGDATABASE": given["database"],
        "PGPASSWORD": given["password"],
        "PGSSLMODE": given["ssl"],
        "PGOPTIONS": options,
        "PGAPPNAME": "kist",
    }
    own = {name: value for name, value in os.environ.items() if name[:2] != "PG" or name.startswith(_KEPT)}
    return own | {name: value for name, value in parameters.items() if value}


def error_of(messages: Messages) -> str:
    """The error of a program, in a line."""
    lines = messages.lines()
    wrong = [line for line in lines if re.search(r"(error|ERROR|FATAL|PANIC): ", line)]
    line = (wrong or lines or ["it reported no reason"])[0]
    return re.sub(r"^(psql:<stdin>:\d+|pg_dump|pg_restore): ", "", line).removeprefix("error: ")


def seal(file: Path) -> None:
    """Append a checksum to a dump. pg_dump's format has none for the table of contents, so that a wrong bit there would
    be restored. pg_restore does not read past the end of its data.
    """
    with file.open("r+b") as dump:
        digest = hashlib.file_digest(dump, "sha256")
        dump.seek(0, os.SEEK_END)
        dump.write(_SEAL + digest.hexdigest().encode() + b"\n")


def check_seal(file: Path) -> None:
    """Raises SettingsError: the file has no checksum, or another one than its content."""
    with file.open("rb") as dump:
        length = max(file.stat().st_size - _SEALED_BYTES, 0)
        dump.seek(length)
        end = dump.read()
        if not end.startswith(_SEAL):
            raise SettingsError(f"{file} has no checksum at its end: it is incomplete, or not a file of ./kist backup")
        digest = hashlib.sha256()
        dump.seek(0)
        while length:
            length -= len(chunk := dump.read(min(length, _CHUNK_BYTES)))
            digest.update(chunk)
        if end != _SEAL + digest.hexdigest().encode() + b"\n":
            raise SettingsError(f"{file} is damaged: its checksum does not match")


def tables(names: Programs, file: Path) -> set[str]:
    """The names of the tables in a dump.

    Raises:
        SettingsError: the file is not a dump, or is damaged.
    """
    return set(re.findall(r"^\d+; \d+ \d+ TABLE public (\S+) ", _listing(names, file), re.MULTILINE))


def dumped_from(names: Programs, file: Path) -> int:
    """The major version of the server that a dump is from; 0 if unknown."""
    version = re.search(r"Dumped from database version: (\d+)", _listing(names, file))
    return int(version[1]) if version else 0


def rows(names: Programs, file: Path, table: str) -> Iterator[dict[str, str]]:
    """The rows of a table in a dump: values as COPY writes them, without NULLs.

    Raises:
        SettingsError: the file is damaged.
    """
    command = names.command(
        "pg_restore", "--data-only", "--schema=public", f"--table={table}", "--file=-", "--", str(file)
    )
    columns: list[str] = []
    with process_group.running(command, **_READ) as (process, messages):
        assert process.stdout is not None
        for line in process.stdout:
            text = line.decode().rstrip("\n")
            if text == "\\.":
                columns = []
            elif columns:
                values = zip(columns, text.split("\t"), strict=True)
                yield {name: value for name, value in values if value != "\\N"}
            elif heading := re.match(r"COPY public\.\S+ \((.*)\) FROM stdin;", text):
                columns = heading[1].split(", ")
        if process.wait():
            raise SettingsError(f"{file} cannot be read: {error_of(messages)}")


def _listing(names: Programs, file: Path) -> str:
    command = names.command("pg_restore", "--list", "--", str(file))
    with process_group.running(command, **_READ) as (process, messages):
        output, _ = process.communicate()
        if process.returncode:
            raise SettingsError(f"{file} cannot be read: {error_of(messages)}")
    return str(output.decode())


async def server_major(url: str) -> int:
    """The major version of a server, such as 18."""
    connection = await asyncpg.connect(**database.arguments(url))
    try:
        return int(connection.get_server_version().major)
    finally:
        await connection.close()
