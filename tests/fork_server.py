"""A process that has read our modules and forks a child for each command: `python tests/fork_server.py SOCKET`.

Reading the modules is most of a command's start. A child runs cli.py itself, as `python cli.py` would.
"""

import contextlib
import gc
import importlib
import json
import os
import runpy
import selectors
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

ROOT = str(Path(__file__).parent.parent)
sys.path[0] = ROOT

from tests.forked import Forked  # noqa: E402

LARGEST_REQUEST = 1 << 20
# The three streams, the socket for the status, and those that the child is to inherit.
MOST_DESCRIPTORS = 8
SIGNALS = (signal.SIGINT, signal.SIGTERM)

# The modules that the commands import. They exclude metrics and traces, which cost memory and are
# imported only where they are asked for.
MODULES = (
    "cli",
    "app",
    "api.serve",
    "api.graphql.root",
    "tasks.worker",
    "tasks.imports.run",
    "ops.commands.open_book",
    "ops.monitoring.start",
    "uvicorn.lifespan.on",
    "uvicorn.loops.uvloop",
    "uvicorn.protocols.http.httptools_impl",
    "uvicorn.protocols.websockets.auto",
)


def serve(requests: socket.socket) -> list[str]:
    """Fork for each request until the other end closes. Only a child returns: with what it has to run."""
    running: dict[int, tuple[int, socket.socket]] = {}
    with selectors.DefaultSelector() as selector:
        selector.register(requests, selectors.EVENT_READ)
        while True:
            for ready, _ in selector.select():
                if ready.fd != requests.fileno():
                    _report(ready.fd, selector, running)
                    continue
                message, descriptors, _, _ = socket.recv_fds(requests, LARGEST_REQUEST, MOST_DESCRIPTORS)
                if not message:
                    os._exit(0)
                order = json.loads(message)
                sys.stdout.flush()
                pid = os.fork()
                if not pid:
                    selector.close()
                    for other in (requests, *(status for _, status in running.values())):
                        other.close()
                    for watched in running:
                        os.close(watched)
                    if _supervises(order) and (inner := _server_of_parts()):
                        for descriptor in descriptors:
                            os.close(descriptor)
                        return serve(inner)
                    return _become(order, descriptors)
                for descriptor in [*descriptors[:3], *descriptors[4:]]:
                    os.close(descriptor)
                status = socket.socket(fileno=descriptors[3])
                status.send(pid.to_bytes(8, "big"))
                watched = os.pidfd_open(pid)
                running[watched] = pid, status
                selector.register(watched, selectors.EVENT_READ)


def _report(watched: int, selector: selectors.BaseSelector, running: dict[int, tuple[int, socket.socket]]) -> None:
    """Reap a child that has ended, and tell the process that asked for it how."""
    pid, status = running.pop(watched)
    selector.unregister(watched)
    os.close(watched)
    _, code = os.waitpid(pid, 0)
    with status, contextlib.suppress(OSError):  # it has ended too
        status.send(code.to_bytes(8, "big"))


def _supervises(order: dict[str, Any]) -> bool:
    """Whether a command starts others of ours: `kist up`, and `kist api` with several processes."""
    words, several = order["words"], order["environment"].get("KIST_API_PROCESSES", "1") != "1"
    return words[:1] == ["up"] or (words[:1] == ["api"] and "--supervised" not in words and several)


def _server_of_parts() -> socket.socket | None:
    """Fork a server for the parts of a command, which then are below it in the tree of processes.

    Returns the socket of its requests in that server, and nothing in the process that is to become the command.
    """
    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    if not os.fork():
        ours.close()
        return theirs
    theirs.close()
    Forked.requests = ours
    subprocess.Popen = Forked  # type: ignore[misc]
    return None


def _become(order: dict[str, Any], descriptors: list[int]) -> list[str]:
    """Take on what a new process gets: its session, folder, environment, streams and signals."""
    if order["session"]:
        os.setsid()
    for number, descriptor in enumerate(descriptors[:3]):
        os.dup2(descriptor, number)
    for descriptor in descriptors[:4]:
        os.close(descriptor)
    # They have other numbers here than in the process that passes them.
    passed = {str(theirs): str(ours) for theirs, ours in zip(order["passed"], descriptors[4:], strict=True)}
    words = [passed.get(word, word) for word in order["words"]]
    if words[:1] == ["up"]:
        # The launcher blocks them too: they wait until cli.py has its handlers.
        signal.pthread_sigmask(signal.SIG_BLOCK, SIGNALS)
    # Tests find a process by this name, because its command line is the server's.
    Path("/proc/self/comm").write_text(" ".join(["kist", *words[:1]]))
    os.chdir(order["cwd"])
    os.environ.clear()
    os.environ.update(order["environment"])
    time.tzset()
    unbuffered = bool(os.environ.get("PYTHONUNBUFFERED"))
    sys.stdin = open(0, closefd=False)  # noqa: SIM115
    sys.stdout = open(1, "w", buffering=1 if os.isatty(1) else -1, closefd=False)  # noqa: SIM115
    sys.stdout.reconfigure(write_through=unbuffered)
    sys.stderr = open(2, "w", buffering=1, errors="backslashreplace", closefd=False)  # noqa: SIM115
    sys.stderr.reconfigure(write_through=unbuffered)
    sys.__stdin__, sys.__stdout__, sys.__stderr__ = sys.stdin, sys.stdout, sys.stderr  # type: ignore[misc]
    return words


def main() -> None:
    requests = socket.socket(fileno=int(sys.argv[1]))
    sys.argv[1:] = []
    for module in MODULES:
        importlib.import_module(module)
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C in a terminal is for the tests
    gc.collect()
    gc.freeze()
    words = serve(requests)
    signal.signal(signal.SIGINT, signal.default_int_handler)
    program = f"{ROOT}/cli.py"
    sys.argv = [program, *words]
    runpy.run_path(program, run_name="__main__")


if __name__ == "__main__":
    main()
