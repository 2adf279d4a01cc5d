"""PostgreSQL refuses to run as root. A command of root runs it as a system user, without widening any permissions.

That user may not be allowed to enter the folders above the home. The server then reaches its data directory as its
working directory, which needs no permission on the folders above. Programs that the user cannot reach are copied to a
folder of root that the user can read.
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

# On Linux this path is the working directory of each process, even if it may not enter the folders above.
_WORKING_DIRECTORY = Path("/proc/self/cwd")
_COPIES = Path("/var/cache/kist")


def account() -> pwd.struct_passwd | None:
    """The user that runs PostgreSQL; None if the command does not run as root.

    Raises:
        SettingsError: the user does not exist and cannot be created.
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
        raise SettingsError(f"PostgreSQL cannot run as root, and useradd could not create its user {NAME}") from None


def seen(directory: Path, user: pwd.struct_passwd | None) -> Path:
    """The path by which a server that starts in its directory reaches that directory.

    Raises:
        SettingsError: the user may not enter the folders above, and the system has no /proc/self/cwd.
    """
    if user is None or _passable(directory):
        return directory
    if _WORKING_DIRECTORY.exists():
        return _WORKING_DIRECTORY
    closed = next(way for way in directory.parents if not way.stat().st_mode & 0o001)
    raise SettingsError(
        f"PostgreSQL cannot run as root, and its user {NAME} may not enter {closed}: start kist as another user than"
        " root, or set KIST_HOME to a folder whose parents every user may enter"
    )


def programs(folder: Path, user: pwd.struct_passwd | None) -> Path:
    """The folder from which the user can run the server's programs: the given one, or a copy.

    Raises:
        SettingsError: the programs cannot be copied.
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
    """Whether other users may read all files in a folder and run its programs; true for a missing folder."""
    for folder, _, names in os.walk(directory):
        for file in (Path(folder), *(Path(folder, name) for name in names)):
            mode = file.stat().st_mode
            needed = 0o005 if mode & 0o100 else 0o004
            if mode & needed != needed:
                return False
    return True


def _copied(installation: Path, libraries: Path) -> Path:
    """A copy in the layout of the wheel, made once for each installation and version."""
    program = (installation / "bin" / "postgres").stat()
    mark = f"{installation} {program.st_size} {program.st_mtime_ns}"
    place = _COPIES / f"postgres-{hashlib.sha256(mark.encode()).hexdigest()[:16]}"
    copy = place / "embedded_postgres" / "pginstall"
    if place.is_dir():
        return copy
    _COPIES.mkdir(mode=0o755, exist_ok=True)
    if _COPIES.stat().st_uid != 0 or _COPIES.stat().st_mode & 0o022:
        raise SettingsError(
            f"{_COPIES} is not writable by root only: remove it, or start kist as another user than root"
        )
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
        # Another command may have created the copy meanwhile.
        with contextlib.suppress(OSError):
            whole.rename(place)
    return copy
