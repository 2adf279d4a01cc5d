"""A child process ends with its whole process group, and its messages give the reason of an error.

It has its own session: Ctrl-C reaches only the command, which ends its children in order.
"""

import contextlib
import os
import signal
import subprocess
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import IO, Any


class Messages:
    """The messages of a program, in a file. A pipe would block the program when it is full."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file

    def text(self) -> str:
        """The messages until now."""
        # The program shares the file's position: a seek would move its next message.
        return os.pread(self._file.fileno(), os.fstat(self._file.fileno()).st_size, 0).decode(errors="replace")

    def lines(self) -> list[str]:
        """The messages until now, without blank lines."""
        return [line.strip() for line in self.text().splitlines() if line.strip()]


@contextlib.contextmanager
def running(
    command: Sequence[str | Path], *, stdout: int | None = None, **options: Any
) -> "Iterator[tuple[subprocess.Popen[bytes], Messages]]":
    """Start a program, and kill it with its children at the end of the block.

    Its messages are its standard error, and its standard output too unless `stdout` leads elsewhere.
    """
    with (
        tempfile.TemporaryFile() as file,
        subprocess.Popen(
            command,
            stdout=file if stdout is None else stdout,
            stderr=file,
            start_new_session=True,
            **options,
        ) as process,
    ):
        try:
            yield process, Messages(file)
        finally:
            kill(process)
            if process.stdin:
                with contextlib.suppress(BrokenPipeError):
                    process.stdin.close()


def end(process: "subprocess.Popen[bytes]", seconds: float) -> None:
    """Ask a process in its own session to end. After some seconds, kill it; the processes that it has started too."""
    if process.poll() is None:
        process.terminate()
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(seconds)
    kill(process)


def kill(process: "subprocess.Popen[bytes]") -> None:
    """Kill a process in its own session, with the processes that it has started."""
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()
