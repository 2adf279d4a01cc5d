"""`./kist check` and `./kist test` run the project's own checks and tests."""

import os
import subprocess
import sys
import time
from typing import Annotated

import typer

from settings import ROOT


def test(context: typer.Context) -> None:
    """Run the tests. Other arguments go to pytest."""
    os.chdir(ROOT)
    sys.stdout.flush()
    os.execv(sys.executable, [sys.executable, "-m", "pytest", *context.args])


def check(tests: Annotated[bool, typer.Option(help="Run the tests too.")] = True) -> None:
    """Check format, lint and types, then run the tests."""
    # ruff and mypy find files by their suffix, and the launcher has none.
    steps = {
        "format": ["ruff", "format", "--check", ".", "kist"],
        "lint": ["ruff", "check", ".", "kist"],
        "types": ["mypy", "."],
        "types of kist": ["mypy", "kist"],
    }
    failed = [name for name, command in steps.items() if not _passes(name, command)]
    if tests and not failed and not _passes("tests", ["pytest"]):
        failed.append("tests")
    if failed:
        print(f"kist: failed: {', '.join(failed)}", file=sys.stderr)
        raise typer.Exit(1)


def _passes(name: str, command: list[str]) -> bool:
    print(f"{name}: {' '.join(command)}", flush=True)
    started = time.monotonic()
    result = subprocess.run([sys.executable, "-m", *command], cwd=ROOT, check=False)
    verdict = "passed" if result.returncode == 0 else "FAILED"
    print(f"{name} {verdict} in {time.monotonic() - started:.1f} s\n", flush=True)
    return result.returncode == 0
