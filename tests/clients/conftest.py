"""The client libraries of npm are installed once, beside the scripts that use them."""

import shutil
import subprocess
from pathlib import Path

import pytest

from ops.commands import build_web
from tests.build_cache import cached
from tests.programs import unavailable

FOLDER = Path(__file__).parent
PACKAGES = [FOLDER / name for name in ("package.json", "package-lock.json", ".npmrc")]


@pytest.fixture(scope="module")
def scripts(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The scripts, and the packages they need."""
    folder = tmp_path_factory.mktemp("clients")
    for path in FOLDER.glob("*.js"):
        shutil.copy(path, folder)
    packages = cached("client-packages", [path.read_bytes() for path in PACKAGES], _install)
    (folder / "node_modules").symlink_to(packages / "node_modules")
    shutil.copy(FOLDER / "package.json", folder)
    return folder


def _install(folder: Path) -> None:
    for path in PACKAGES:
        shutil.copy(path, folder)
    try:
        node = build_web.node()
        command = [*build_web.npm(node), "ci", "--prefer-offline", "--ignore-scripts"]
    except build_web.NotBuiltError as error:
        unavailable(str(error))
    done = subprocess.run(
        command, cwd=folder, env=build_web.variables(node), capture_output=True, text=True, check=False
    )
    if done.returncode and any(reason in done.stderr for reason in build_web.UNREACHABLE):
        unavailable("the registry of npm cannot be reached from here")
    assert done.returncode == 0, done.stderr
