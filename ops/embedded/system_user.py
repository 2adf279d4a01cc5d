"""PostgreSQL refuses to be root. Started by root it runs as a system user, which nothing is opened for.

The folders above a home may be closed to that user. It then sees its data directory as the working directory that it
was started in, which needs no way through the folders above. Programs that it cannot reach are copied to a place of
root's that it can.
"""

import contextlib
import hashlib
import os
import pwd
import shutil
import subprocess
import tempfile
from pathlib import Path

from settings import SettingsError

NAME = "embedded_postgres"

# Linux gives each process its own working directory here, also where it may not pass the folders above.
_WORKING_DIRECTORY = Path("/proc/self/cwd")
_COPIES = Path("/var/cache/kist")


def account() -> pwd.struct_passwd | None:
    """The user to run as; None where the command is not root's.

    Raises:
        SettingsError: there is no such user, and none can be made.
    """
    if os.geteuid() != 0:
        return None
    with contextlib.suppress(KeyError):
        return pwd.getpwnam(NAME)
    with contextlib.suppress(OSError):
        command = ["useradd", "--system", "--no-create-home", "--shell", "/usr/sbin/nologin", NAME]
        subprocess.run(command, capture_output=True, check=False)
    try:
        return pwd.getpwnam(NAME)
    except KeyError:
        raise SettingsError(f"PostgreSQL cannot run as root, and useradd made no user {NAME} for it") from None


def seen(directory: Path, user: pwd.struct_passwd | None) -> Path:
    """The path by which the server reaches its directory, where it is started in that directory.

    Raises:
        SettingsError: the user may not pass the folders above, and the system has no path around them.
    """
    if user is None or _passable(directory):
        return directory
    if _WORKING_DIRECTORY.exists():
        return _WORKING_DIRECTORY
    closed = next(way for way in directory.parents if not way.stat().st_mode & 0o001)
    raise SettingsError(
        f"PostgreSQL cannot run as root, and its user {NAME} may not pass {closed}: start kist as another user than"
        " root, or set KIST_HOME to a folder below one that everyone may pass"
    )


def programs(folder: Path, user: pwd.struct_passwd | None) -> Path:
    """The folder of the server's programs as the user may run them.

    Raises:
        SettingsError: they have to be copied, and cannot be.
    """
    installation = folder.parent
    libraries = installation.parents[1] / "embedded_postgres.libs"
    if user is None or (_passable(folder) and _readable(installation) and _readable(libraries)):
        return folder
    try:
        return _copied(installation, libraries) / "bin"
    except OSError as error:
        raise SettingsError(
            f"PostgreSQL cannot run as root, and its user {NAME} may not run the programs in {folder}; a copy in"
            f" {_COPIES} fails ({error.strerror}): start kist as another user than root"
        ) from None


def _passable(directory: Path) -> bool:
    return all(way.stat().st_mode & 0o001 for way in directory.parents)


def _readable(directory: Path) -> bool:
    """Whether another user may read what is in a folder, and run what is a program. A missing folder needs nothing."""
    for folder, _, names in os.walk(directory):
        for file in (Path(folder), *(Path(folder, name) for name in names)):
            mode = file.stat().st_mode
            needed = 0o005 if mode & 0o100 else 0o004
            if mode & needed != needed:
                return False
    return True


def _copied(installation: Path, libraries: Path) -> Path:
    """A copy in the layout of the wheel, which is made once for each installation and each version of it."""
    program = (installation / "bin" / "postgres").stat()
    mark = f"{installation} {program.st_size} {program.st_mtime_ns}"
    place = _COPIES / f"postgres-{hashlib.sha256(mark.encode()).hexdigest()[:16]}"
    copy = place / "embedded_postgres" / "pginstall"
    if place.is_dir():
        return copy
    _COPIES.mkdir(mode=0o755, exist_ok=True)
    if _COPIES.stat().st_uid != 0 or _COPIES.stat().st_mode & 0o022:
        raise SettingsError(f"{_COPIES} is not root's alone: remove it, or start kist as another user than root")
    with tempfile.TemporaryDirectory(dir=_COPIES, ignore_cleanup_errors=True) as unfinished:
        whole = Path(unfinished) / "whole"
        for source, target in (
            (installation, whole / "embedded_postgres" / "pginstall"),
            (libraries, whole / libraries.name),
        ):
            if source.is_dir():
                shutil.copytree(source, target, symlinks=True, ignore=shutil.ignore_patterns("include"))
        for folder, _, names in os.walk(whole):
            Path(folder).chmod(0o755)
            for file in (Path(folder, name) for name in names):
                if not file.is_symlink():
                    file.chmod(0o755 if file.stat().st_mode & 0o100 else 0o644)
        # Another command may have made it meanwhile.
        with contextlib.suppress(OSError):
            whole.rename(place)
    return copy
