"""The front end passes its component tests, and its dependencies are locked with digests."""

import json
import re
import subprocess
from pathlib import Path

import pytest

from ops.commands import build_web
from settings import ROOT


def test_the_front_end_passes_its_component_tests(front_end: Path) -> None:
    node = build_web.node()
    command = [*build_web.npm(node), "test"]
    done = subprocess.run(
        command, cwd=front_end.parent, env=build_web.variables(node), capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("folder", ["web", "tests/audits", "tests/clients"])
def test_a_lock_has_exact_versions_and_digests_but_no_addresses(folder: str) -> None:
    wanted = json.loads((ROOT / folder / "package.json").read_text())
    versions = [wanted.get(kind, {}).values() for kind in ("dependencies", "devDependencies")]
    assert all(re.fullmatch(r"\d+\.\d+\.\d+", version) for group in versions for version in group)
    lock = json.loads((ROOT / folder / "package-lock.json").read_text())
    packages = {name: package for name, package in lock["packages"].items() if name}
    assert packages
    for name, package in packages.items():
        assert package["integrity"].startswith("sha512-"), name
        assert "resolved" not in package, name
        assert "://" not in json.dumps(package), name
