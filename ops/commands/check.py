"""`./kist check` and `./kist test` run the project's own checks and tests."""

import os
import subprocess
import sys
import time
from collections.abc import Callable
from typing import Annotated

import typer

from ops.commands import build_web
from settings import ROOT, WEB


def test(context: typer.Context) -> None:
    """Run the tests. Other arguments go to pytest."""
    os.chdir(ROOT)
    sys.stdout.flush()
    os.execv(sys.executable, [sys.executable, "-m", "pytest", *context.args])


def check(tests: Annotated[bool, typer.Option(help="Run the tests too.")] = True) -> None:
    """Check format, lint and types of the server and the front end, then run the tests."""
    # ruff and mypy find files by their suffix, and the launcher has none.
    steps: dict[str, Callable[[], bool]] = {
        "format": lambda: _succeeds("ruff", "format", "--check", ".", "kist"),
        "lint": lambda: _succeeds("ruff", "check", ".", "kist"),
        "types": lambda: _succeeds("mypy", "."),
        "types of kist": lambda: _succeeds("mypy", "kist"),
        "front end": _front_end_succeeds,
    }
    failed = [name for name, step in steps.items() if not _passes(name, step)]
    if tests and not failed and not _passes("tests", lambda: _succeeds("pytest")):
        failed.append("tests")
    if failed:
        print(f"kist: failed: {', '.join(failed)}", file=sys.stderr)
        raise typer.Exit(1)


def _passes(name: str, step: Callable[[], bool]) -> bool:
    print(f"{name}:", flush=True)
    started = time.monotonic()
    passed = step()
    print(f"{name} {'passed' if passed else 'FAILED'} in {time.monotonic() - started:.1f} s\n", flush=True)
    return passed


def _succeeds(*words: str) -> bool:
    return subprocess.run([sys.executable, "-m", *words], cwd=ROOT, check=False).returncode == 0


def _front_end_succeeds() -> bool:
    """Build the front end, which fetches its packages and generates its types, and check its sources."""
    try:
        build_web.build(say=print)
    except build_web.NotBuiltError as error:
        print(f"{error}\n{error.output}")
        return False
    node = build_web.node()
    npm = build_web.npm(node)
    peers = ["exec", "--", "prettier", "--check", "--config", ".prettierrc.json", "../bench/peers"]
    return all(
        subprocess.run([*npm, *words], cwd=WEB, env=build_web.variables(node), check=False).returncode == 0
        for words in (["run", "check"], peers)
    )
