"""Processes of ours that a fork server makes: it has read the modules already, which is most of a command's start."""

import inspect
import json
import os
import socket
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any, ClassVar

ROOT = Path(__file__).parent.parent
PROGRAM = [sys.executable, str(ROOT / "cli.py")]
PIPES = ("p2cread", "p2cwrite", "c2pread", "c2pwrite", "errread", "errwrite")


class Forked(subprocess.Popen[Any]):
    """A process of ours that the fork server makes. Other programs are executed as usual.

    Popen's private methods, as they are in Python 3.11 to 3.14: how a child is made, and how its end is learnt.
    """

    requests: ClassVar[socket.socket | None] = None
    _starting: ClassVar[threading.Lock] = threading.Lock()
    _status: socket.socket | None = None

    def _execute_child(self, *arguments: Any) -> None:
        given = inspect.signature(super()._execute_child).bind(*arguments).arguments  # type: ignore[misc]
        if given["args"][: len(PROGRAM)] != PROGRAM:
            super()._execute_child(*arguments)  # type: ignore[misc]
            return
        order = {
            "words": given["args"][len(PROGRAM) :],
            "environment": dict(os.environ if given["env"] is None else given["env"]),
            "cwd": str(given["cwd"] or Path.cwd()),
            "session": given["start_new_session"],
            "passed": given["pass_fds"],
        }
        pipes = [given[name] for name in ("p2cread", "c2pwrite", "errwrite")]
        streams = [number if pipe == -1 else pipe for number, pipe in enumerate(pipes)]
        self._status, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        with theirs, self._starting:
            descriptors = [*streams, theirs.fileno(), *given["pass_fds"]]
            socket.send_fds(self._server(), [json.dumps(order).encode()], descriptors)
        self.pid = int.from_bytes(self._status.recv(8), "big")
        assert self.pid, "the fork server has ended"
        self._child_created = True
        self._close_pipe_fds(*(given[name] for name in PIPES))  # type: ignore[attr-defined]

    def _internal_poll(self, *arguments: Any, **named: Any) -> int | None:
        if self._status is None:
            code: int | None = super()._internal_poll(*arguments, **named)  # type: ignore[misc]
            return code
        if self.returncode is None:
            pid, status = self._try_wait(os.WNOHANG)
            if pid:
                self._handle_exitstatus(status)  # type: ignore[attr-defined]
        return self.returncode

    def _try_wait(self, flags: int) -> tuple[int, int]:
        if self._status is None:
            waited: tuple[int, int] = super()._try_wait(flags)  # type: ignore[misc]
            return waited
        try:
            told = self._status.recv(8, socket.MSG_DONTWAIT if flags else 0)
        except BlockingIOError:
            return 0, 0
        self._status.close()
        return self.pid, int.from_bytes(told, "big")

    @classmethod
    def _server(cls) -> socket.socket:
        if cls.requests is None:
            cls.requests, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
            with theirs:
                # It ends when our end of the socket closes.
                subprocess.Popen(
                    [sys.executable, str(ROOT / "tests" / "fork_server.py"), str(theirs.fileno())],
                    pass_fds=[theirs.fileno()],
                    stdin=subprocess.DEVNULL,
                    stdout=subprocess.DEVNULL,
                    cwd=ROOT,
                    start_new_session=True,
                )
        return cls.requests
