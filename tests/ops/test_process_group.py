"""A child process ends with its whole group, and its messages are there to read."""

import subprocess
import time
from pathlib import Path

import psutil
import pytest

from ops.embedded import process_group

# The shell writes the id of a process that it has started, and waits for it.
PARENT = 'sleep 600 & echo "$!" > "$0"; wait'


def grandchild(file: Path) -> psutil.Process:
    while not (file.exists() and file.read_text().endswith("\n")):
        time.sleep(0.01)
    return psutil.Process(int(file.read_text()))


def has_ended(process: psutil.Process) -> bool:
    """Whether a process has ended; without an init that reaps it, it stays as a zombie."""
    for _ in range(500):
        if not process.is_running() or process.status() == psutil.STATUS_ZOMBIE:
            return True
        time.sleep(0.01)
    return False


def test_the_end_of_the_block_kills_the_program_and_its_children(tmp_path: Path) -> None:
    with process_group.running(["sh", "-c", PARENT, tmp_path / "pid"]) as (process, _):
        child = grandchild(tmp_path / "pid")
    assert process.returncode == -9
    assert has_ended(child)


def test_a_program_that_ended_leaves_no_children(tmp_path: Path) -> None:
    script = PARENT.removesuffix("; wait")
    with process_group.running(["sh", "-c", script, tmp_path / "pid"]) as (process, _):
        assert process.wait() == 0
        child = grandchild(tmp_path / "pid")
        assert child.is_running()
    assert has_ended(child)


def test_messages_are_read_while_the_program_writes_them() -> None:
    script = "echo one >&2; read line; echo; echo two >&2; echo  $line"
    with process_group.running(["sh", "-c", script], stdin=subprocess.PIPE) as (process, messages):
        while not messages.lines():
            time.sleep(0.01)
        assert messages.text() == "one\n"
        assert process.stdin is not None
        process.stdin.write(b"three\n")
        process.stdin.close()
        process.wait()
        assert messages.lines() == ["one", "two", "three"]


def test_the_output_of_a_program_may_be_apart_from_its_messages() -> None:
    script = "echo out; echo error >&2"
    with process_group.running(["sh", "-c", script], stdout=subprocess.PIPE) as (process, messages):
        assert process.communicate()[0] == b"out\n"
        assert messages.lines() == ["error"]


@pytest.mark.parametrize(("trap", "code"), [("exit 7", 7), ("", -9)])
def test_a_process_has_some_seconds_to_end(tmp_path: Path, trap: str, code: int) -> None:
    script = f"trap '{trap}' TERM; {PARENT}; wait"
    with subprocess.Popen(["sh", "-c", script, tmp_path / "pid"], start_new_session=True) as process:
        child = grandchild(tmp_path / "pid")
        process_group.end(process, 0.5)
        assert process.returncode == code
    assert has_ended(child)
