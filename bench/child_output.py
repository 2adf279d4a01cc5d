"""A benchmark reads the output of a child process, which never outlives it."""

import asyncio
import subprocess
from typing import Any

from bench.errors import BenchmarkError, last_lines


async def child_output(*command: str, given: bytes = b"", **options: Any) -> bytes:
    """Run a command with an input, and return its standard output. Its standard error is shown only if it fails.

    Raises:
        BenchmarkError: the command failed.
    """
    process = await asyncio.create_subprocess_exec(
        *command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, **options
    )
    try:
        output, messages = await process.communicate(given)
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
    if process.returncode:
        name = " ".join(command[1:])
        error = BenchmarkError(f"{name} exited with code {process.returncode}")
        error.add_note(last_lines(name, messages.decode(errors="replace")))
        raise error
    return output
