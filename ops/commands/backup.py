"""`./kist backup` writes the book of one moment while all parts run; the file appears only when it is complete."""

import asyncio
import contextlib
import fcntl
import os
import re
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any

import typer
from rich import progress
from rich.console import Console

from ops.commands import checks, pg_dump
from ops.embedded import home, process_group, servers
from ops.embedded.process_group import Messages
from settings import Settings, SettingsError, load

# The progress bar is updated ten times a second.
_SECONDS_BETWEEN_LOOKS = 0.1


def backup(
    file: Path,
    replace: Annotated[bool, typer.Option("--replace", help="Replace an existing file.")] = False,
) -> None:
    """Write the whole book into a file, while all parts run. The file does not contain the keys."""
    for line in write(file, replace=replace):
        print(line)


def write(file: Path, *, replace: bool) -> list[str]:
    """Write the file; returns the lines to print about it.

    Raises:
        SettingsError: the file exists, cannot be written, or pg_dump fails.
    """
    if file.exists() and not (replace and file.is_file()):
        reason = "exists already. Give --replace to replace it" if file.is_file() else "is not a file"
        raise SettingsError(f"{file} {reason}")
    with servers.servers(load(), redis=False, command="kist backup") as settings:
        asyncio.run(checks.owner_answers(settings))
        url = settings.owner_url()
        names = pg_dump.programs(asyncio.run(pg_dump.server_major(url)))
        started = time.monotonic()
        with _unfinished(file) as part:
            tables = _dump(names, url, part, file.name)
            pg_dump.seal(part)
            size = part.stat().st_size
    return [
        f"{file}: {tables} tables, {size / 1e6:,.1f} MB in {time.monotonic() - started:.1f} s",
        f"It does not contain the keys. Without them no person can be found by Aadhaar number: {_keys(settings)}.",
    ]


@contextlib.contextmanager
def _unfinished(file: Path) -> Iterator[Path]:
    """A partial file beside the final one. At the end of the block it is renamed, or removed after an exception.

    The partial file of a killed command is overwritten.
    """
    part = file.with_name(file.name + ".part")
    try:
        # The backup contains names and addresses.
        descriptor = os.open(part, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
    except OSError as error:
        raise SettingsError(f"{part} cannot be written: {(error.strerror or str(error)).lower()}") from None
    with os.fdopen(descriptor, "r+b") as unfinished:
        try:
            fcntl.flock(unfinished, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise SettingsError(f"another backup is writing {part}: wait until it ends") from None
        os.fchmod(descriptor, 0o600)
        unfinished.truncate(0)
        try:
            yield part
            os.fsync(descriptor)
            part.rename(file)
        except BaseException:
            part.unlink(missing_ok=True)
            raise
    folder = os.open(file.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def _dump(names: pg_dump.Programs, url: str, part: Path, name: str) -> int:
    """Write the dump; returns the number of tables in it."""
    # --file: on standard output, pg_dump would report each table twice.
    where = f"--file={part}"
    command = names.command("pg_dump", "--format=custom", "--schema=public", "--no-password", "--verbose", where)
    bar = progress.Progress(
        progress.SpinnerColumn(),
        progress.TextColumn("{task.description}"),
        progress.DownloadColumn(),
        progress.TransferSpeedColumn(),
        progress.TimeElapsedColumn(),
        console=Console(stderr=True),
    )
    options: dict[str, Any] = {"stdin": subprocess.DEVNULL, "env": pg_dump.environment(url)}
    with bar, process_group.running(command, **options) as (process, messages):
        task, tables = bar.add_task(name, total=None), list[str]()
        while process.poll() is None:
            time.sleep(_SECONDS_BETWEEN_LOOKS)
            tables = _tables(messages)
            now = f": {tables[-1]}" if tables else ""
            bar.update(task, description=f"{name}{now}", completed=part.stat().st_size)
        if process.returncode:
            raise SettingsError(f"PostgreSQL's pg_dump: {pg_dump.error_of(messages)}")
        tables = _tables(messages)
    if "aerich" not in tables:
        raise SettingsError("the database does not have kist's tables: run ./kist migrate")
    return len(tables)


def _tables(messages: Messages) -> list[str]:
    """The tables that pg_dump has begun to write."""
    return re.findall(r'dumping contents of table "public\.(\w+)"', messages.text())


def _keys(settings: Settings) -> str:
    """Advice on where the keys are, and where to keep them."""
    file = settings.home / "keys.env"
    if file.exists() and home.keys(settings.home)["aadhaar_cipher_key"] == settings.aadhaar_cipher_key:
        return f"keep a copy of {file} in another place"
    return "keep KIST_AADHAAR_DIGEST_KEY and KIST_AADHAAR_CIPHER_KEY (or …_KEYS) in another place"
