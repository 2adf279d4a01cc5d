"""Homes that stay open: pytest closes its own directory to other users whenever another run begins."""

import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest


@pytest.fixture
def tmp_path() -> Iterator[Path]:
    # As root, PostgreSQL is another user and has to pass through.
    with tempfile.TemporaryDirectory(prefix="home-", ignore_cleanup_errors=True) as directory:
        yield Path(directory).resolve()
