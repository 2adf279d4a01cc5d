"""The built front end of a fresh clone, from an earlier run on this machine that built the same sources."""

import contextlib
import os
import shutil
from pathlib import Path

from ops.commands import build_web
from settings import DIST, WEB
from tests.build_cache import cached, locked

MODULES = WEB / "node_modules"


def build() -> None:
    """Build the front end as `./kist up` does; npm's packages and what is built come from the cache if it has them.

    Raises:
        NotBuiltError: there is no Node, or a step fails.
    """
    lock = [(WEB / "package-lock.json").read_bytes()]
    sources = [build_web.digest_of_sources().encode()]
    with locked("front-end-of-a-clone"):
        with contextlib.suppress(OSError):  # such as a cache on another file system
            if not MODULES.exists():
                _link(cached("npm-packages", lock, _made_modules) / "node_modules", MODULES)
            # Asked for also where it is there, so that it is kept for the next clone.
            _link(cached("front-end", sources, _made_front_end) / "dist", DIST)
        build_web.build()


def _made_modules(folder: Path) -> None:
    build_web.build()
    _link(MODULES, folder / "node_modules")


def _made_front_end(folder: Path) -> None:
    build_web.build()
    _link(DIST, folder / "dist")


def _link(source: Path, target: Path) -> None:
    """A copy of a folder that shares its files: builds replace files and never write into one."""
    if target.exists():
        return
    # A name that is no source and that git ignores. The target is there whole or not at all.
    new = target.with_name("dist.new")
    shutil.rmtree(new, ignore_errors=True)
    shutil.copytree(source, new, symlinks=True, copy_function=os.link)
    new.rename(target)
