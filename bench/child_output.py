"""A benchmark reads the output of a child process, which never outlives it."""

import asyncio
import subprocess
from typing import Any


async def child_output(*command: str, given: bytes = b"", **options: Any) -> bytes:
    """Run a command with an input, and return its output.

    Raises:
        RuntimeError: the command failed.
    """
    process = await asyncio.create_subprocess_exec(*command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, **options)
    try:
        output, _ = await process.communicate(given)
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
    if process.returncode:
        raise RuntimeError(f"{' '.join(command[1:])} exited with code {process.returncode}")
    return output
