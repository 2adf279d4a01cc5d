"""The front end's sources are formatted and their types agree with the schema."""

import subprocess
from pathlib import Path

from server import web


def test_the_sources_are_in_order(front_end: Path) -> None:
    node = web.node()
    command = [*web.npm(node), "run", "check"]
    done = subprocess.run(
        command, cwd=front_end.parent, env=web.variables(node), capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
