"""Slow builds that depend on nothing but their sources, kept between runs under the digest of those."""

import fcntl
import hashlib
import os
import shutil
import stat
import tempfile
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

# The newest of each kind are kept: those of a few branches.
MOST_KEPT = 4


def cached(kind: str, sources: Iterable[bytes], make: Callable[[Path], object]) -> Path:
    """The folder that `make` has filled from these sources, now or in an earlier run. Nothing may be written to it.

    Another process that wants the same waits until it is made. A failed build is not kept.
    """
    cache = _cache()
    digest = hashlib.sha256(b"".join(hashlib.sha256(part).digest() for part in sources)).hexdigest()[:32]
    folder = cache / f"{kind}-{digest}"
    with locked(kind):
        done = folder / ".done"
        if not done.exists():
            shutil.rmtree(folder, ignore_errors=True)
            _make_room(cache, kind)
            folder.mkdir()
            make(folder)
            done.touch()
        os.utime(folder)
    return folder


@contextmanager
def locked(name: str) -> Iterator[None]:
    """One process at a time, of all that use the cache."""
    with (_cache() / f"{name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def tree(folder: Path) -> Iterable[bytes]:
    """The names and contents of the files in a folder, as sources."""
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            yield str(path.relative_to(folder)).encode()
            yield path.read_bytes()


def _cache() -> Path:
    """A folder that other users may read, as the image's user has to, and none but us may change."""
    cache = Path(tempfile.gettempdir()) / f"kist-tests-{os.getuid()}"
    cache.mkdir(mode=0o755, exist_ok=True)
    found = cache.lstat()
    assert stat.S_ISDIR(found.st_mode), f"{cache} is not a folder"
    assert (found.st_uid, found.st_mode & 0o022) == (os.getuid(), 0), f"others may change {cache}"
    return cache


def _make_room(cache: Path, kind: str) -> None:
    kept = sorted(cache.glob(f"{kind}-*"), key=lambda path: path.stat().st_mtime)
    for path in kept[: -(MOST_KEPT - 1)]:
        shutil.rmtree(path, ignore_errors=True)
