"""KIST_HOME belongs to one command at a time: the holder of its lock owns the servers that run in it."""

import base64
import contextlib
import fcntl
import json
import os
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import IO, NamedTuple

from pydantic import SecretStr

from setting_values import KeyName, is_key
from settings import ROOT, Settings, SettingsError

KEY_NAMES: tuple[KeyName, ...] = ("signing_key", "aadhaar_digest_key", "aadhaar_cipher_key")

Pause = Callable[[float], None]

# `owner()` takes the lock too, shared and for a moment. A command that needs the lock tries again for half a second.
_ATTEMPTS = 10
_BETWEEN_ATTEMPTS = 0.05


class Owner(NamedTuple):
    """The command that holds a home, as the lock file names it."""

    command: str
    pid: int
    address: str

    def __str__(self) -> str:
        where = f" at {self.address}" if self.address else ""
        return f"{self.command} (process {self.pid}){where}"


class Running(NamedTuple):
    """The servers of a running `kist up`, which other commands in the same home use."""

    pid: int
    database_url: str
    redis_url: str
    sandbox: bool
    own_keys: bool
    database_owner_url: str = ""


class HeldError(SettingsError):
    """Another command holds the home."""

    def __init__(self, home: Path, owner: Owner | None) -> None:
        super().__init__(f"{owner or 'another kist command'} is already running in {home}")
        self.owner = owner


def path(settings: Settings) -> Path:
    """The absolute KIST_HOME. A relative one starts at the repository, not at the caller's directory.

    Raises:
        SettingsError: the directory cannot be created or written to.
    """
    home = (ROOT / settings.home.expanduser()).resolve()
    try:
        home.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise SettingsError(f"KIST_HOME {home} cannot be used: {error.strerror}") from None
    if not os.access(home, os.W_OK | os.X_OK):
        raise SettingsError(f"KIST_HOME {home} cannot be written to")
    return home


def address(settings: Settings) -> str:
    """The URL of the API with these settings."""
    host = f"[{settings.host}]" if ":" in settings.host else settings.host
    return f"http://{host}:{settings.port}"


@contextlib.contextmanager
def held(home: Path, command: str, address: str = "", pause: Pause = time.sleep) -> Iterator[None]:
    """Hold the home while the block runs.

    Raises:
        HeldError: another process holds it.
    """
    with _open_lock(home) as lock:
        for _ in range(_ATTEMPTS):
            if _try_lock(lock, fcntl.LOCK_EX):
                break
            pause(_BETWEEN_ATTEMPTS)
        else:
            raise HeldError(home, _owner(lock))
        lock.truncate(0)
        lock.seek(0)
        json.dump(Owner(command, os.getpid(), address)._asdict(), lock)
        lock.flush()
        # A killed owner leaves a file that names servers which have ended.
        (home / "running.json").unlink(missing_ok=True)
        try:
            yield
        finally:
            (home / "running.json").unlink(missing_ok=True)
            lock.truncate(0)


def owner(home: Path) -> Owner | None:
    """The command that holds the home, or None. The kernel's lock decides, not the files."""
    with _open_lock(home) as lock:
        return None if _try_lock(lock, fcntl.LOCK_SH) else _owner(lock) or Owner("another kist command", 0, "")


def publish(home: Path, running: Running) -> None:
    """Publish the servers to other commands in this home. Only the holder of the home calls this."""
    unfinished = home / "running.json.new"
    unfinished.unlink(missing_ok=True)
    with os.fdopen(os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        json.dump(running._asdict(), file)
    unfinished.rename(home / "running.json")


def running(home: Path) -> Running | None:
    """The servers that the current holder of the home has published, or None."""
    holder = owner(home)
    try:
        published = Running(**json.loads((home / "running.json").read_text()))
    except (OSError, ValueError, TypeError):
        return None
    return published if holder and holder.pid == published.pid else None


def keys(home: Path) -> dict[str, SecretStr]:
    """The keys of an embedded home by field name (32 random bytes in base64), created once in `keys.env`.

    Raises:
        SettingsError: the file is missing although people may be stored under its keys, or it is damaged.
    """
    file = home / "keys.env"
    if not file.exists():
        # With new keys no stored Aadhaar digest would match its person again.
        if (home / "postgres" / "PG_VERSION").exists():
            raise SettingsError(f"{file} is missing: restore it, set the three keys, or remove {home}")
        _make_keys(file)
    try:
        lines = file.read_text(encoding="utf-8").splitlines()
    except OSError as error:
        raise SettingsError(f"{file} cannot be read: {(error.strerror or str(error)).lower()}") from None
    except UnicodeDecodeError:
        raise SettingsError(f"{file} is damaged, it is not text: restore it from its copy") from None
    values = {name.strip(): value.strip() for name, _, value in (line.partition("=") for line in lines)}
    for name in KEY_NAMES:
        setting = f"KIST_{name.upper()}"
        if setting not in values:
            raise SettingsError(f"{file} lacks {setting}: restore the file from its copy")
        if not is_key(values[setting]):
            raise SettingsError(f"{file} is damaged, {setting} is not 32 bytes in base64: restore it from its copy")
    return {name: SecretStr(values[f"KIST_{name.upper()}"]) for name in KEY_NAMES}


def _make_keys(file: Path) -> None:
    lines = [f"KIST_{name.upper()}={base64.b64encode(os.urandom(32)).decode()}\n" for name in KEY_NAMES]
    unfinished = file.with_name(f"keys.env.{os.getpid()}")
    unfinished.unlink(missing_ok=True)
    with os.fdopen(os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as stream:
        stream.writelines(lines)
        stream.flush()
        os.fsync(stream.fileno())
    # A link, unlike a rename, never replaces keys that another process created meanwhile.
    with contextlib.suppress(FileExistsError):
        os.link(unfinished, file)
    unfinished.unlink()


def _open_lock(home: Path) -> IO[str]:
    # Opened for reading and writing: "w" would erase the owner's name. Children do not inherit the descriptor (PEP
    # 446): the lock ends with its owner, even if one of the owner's servers outlives it.
    return os.fdopen(os.open(home / "lock", os.O_RDWR | os.O_CREAT, 0o600), "r+")


def _try_lock(lock: IO[str], mode: int) -> bool:
    try:
        fcntl.flock(lock, mode | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _owner(lock: IO[str]) -> Owner | None:
    try:
        return Owner(**json.loads(lock.read()))
    except (ValueError, TypeError):
        return None
