"""The launcher refuses an old Python in one line, and makes .venv only when there is a reason."""

import hashlib
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from settings import ROOT

# Says an old version, which is all that the launcher asks before it looks for a newer one.
OLD = """
import runpy, sys
sys.version_info = (3, 8, 10)
sys.argv = sys.argv[1:]
runpy.run_path(sys.argv[0], run_name="__main__")
"""


@pytest.fixture
def clone(tmp_path: Path) -> Path:
    """A repository of the launcher, an empty lock, and a cli.py that prints its folder and its arguments."""
    shutil.copy(ROOT / "kist", tmp_path)
    (tmp_path / "requirements.lock").write_text("")
    (tmp_path / "cli.py").write_text("import os, sys; print(os.getcwd(), sys.prefix, *sys.argv[1:])\n")
    return tmp_path


def stand_in(clone: Path) -> None:
    """A finished .venv that costs nothing: its Python is ours."""
    bin_directory = clone / ".venv" / "bin"
    bin_directory.mkdir(parents=True)
    (bin_directory / "python").symlink_to(sys.executable)
    digest = hashlib.sha256((clone / "requirements.lock").read_bytes()).hexdigest()
    version = f"python{sys.version_info.major}.{sys.version_info.minor}"
    (clone / ".venv" / "kist.stamp").write_text(f"{digest} {version}\n")


def launch(
    clone: Path, *arguments: str, cwd: Path | None = None, **environment: str
) -> "subprocess.CompletedProcess[str]":
    command = [sys.executable, str(clone / "kist"), *arguments]
    variables = os.environ | environment
    return subprocess.run(command, env=variables, cwd=cwd, capture_output=True, text=True, check=False)


def test_an_old_python_is_refused_in_one_line(clone: Path) -> None:
    command = [sys.executable, "-c", OLD, str(clone / "kist"), "up"]
    done = subprocess.run(command, env={"PATH": "/nowhere"}, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert done.stderr == "kist: needs Python 3.11 or newer; this is 3.8, and no newer one is on PATH\n"


def test_an_old_python_gives_way_to_a_newer_one_that_runs(clone: Path) -> None:
    programs = clone / "programs"
    programs.mkdir()
    for name, body in {"python3.14": "exit 127", "python3.12": '[ "$1" = -c ] || echo "newer: $2"'}.items():
        (programs / name).write_text(f"#!/bin/sh\n{body}\n")
        (programs / name).chmod(0o755)
    command = [sys.executable, "-c", OLD, str(clone / "kist"), "up"]
    done = subprocess.run(command, env={"PATH": str(programs)}, capture_output=True, text=True, check=False)
    assert (done.stdout, done.stderr) == ("newer: up\n", "")


def test_a_finished_environment_is_used_as_it_is(clone: Path) -> None:
    stand_in(clone)
    elsewhere = clone / "elsewhere"
    elsewhere.mkdir()
    done = launch(clone, "bill", "--as-of", "2026-01-31", cwd=elsewhere, PYTHONSAFEPATH="1")
    assert done.stderr == ""
    assert done.stdout.startswith(f"{elsewhere} ")
    assert done.stdout.endswith(" bill --as-of 2026-01-31\n")


def test_an_environment_is_made_and_made_again_after_a_failed_installation(clone: Path) -> None:
    (clone / "requirements.lock").write_text("no-such-thing==1.0 --hash=sha256:" + "0" * 64 + "\n")
    failed = launch(clone, "up", HOME="", PIP_NO_INDEX="1")
    assert failed.returncode == 1
    assert "making .venv" in failed.stderr
    assert "no-such-thing" in failed.stderr
    assert failed.stderr.endswith("kist: installing 1 packages failed\n")
    assert (clone / ".venv" / "kist.stamp").read_text() == "unfinished\n"
    (clone / ".venv" / "left-behind").touch()
    (clone / "requirements.lock").write_text("")
    second = launch(clone, "up", HOME="")
    assert f"{clone / '.venv'} up" in second.stdout, second.stderr
    assert "making .venv" in second.stderr
    assert not (clone / ".venv" / "left-behind").exists()
    (clone / ".venv" / "kist.stamp").unlink()
    third = launch(clone, "up")
    assert "making" not in third.stderr, "one made by hand is only filled up"
    assert "installing 0 packages" in third.stderr
    assert launch(clone, "up").stderr == ""
