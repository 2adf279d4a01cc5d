"""Programs that a test needs and that no wheel brings: without one it is skipped, and says what to install."""

import os
import shutil
from typing import NoReturn

import pytest

# Debian keeps servers where only root looks for programs.
_PATH = f"{os.environ.get('PATH', os.defpath)}:/usr/sbin"


def needed(name: str, how: str) -> str:
    """Where a program is. Without it the test is skipped; in CI, which installs them, it fails."""
    found = shutil.which(name, path=_PATH)
    if found is None:
        unavailable(f"{name} is not installed: {how}")
    return found


def browser() -> str:
    """Where a browser of the Chromium kind is, under whichever name it came."""
    names = ("chromium", "chromium-browser", "google-chrome")
    found = next(filter(None, (shutil.which(name, path=_PATH) for name in names)), None)
    return found or unavailable("chromium is not installed: apt-get install chromium")


def unavailable(reason: str) -> NoReturn:
    if os.environ.get("CI") == "true":
        pytest.fail(reason)
    pytest.skip(reason)
