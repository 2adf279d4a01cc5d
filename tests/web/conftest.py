"""One running stack and one browser without the internet, which all browser tests of a worker share.

The tests share its book too: each uses borrowers of its own, and expects loans and dates of others. The fixtures have
the scope of the package, so that the event loop of the browser ends with these tests.
"""

import contextlib
import os
import subprocess
import time
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
from playwright.async_api import Browser

from tests import programs
from tests.folders import folder
from tests.running import free_port, start
from tests.web.browsing import Stack, Tab, launched, opened

# A busy machine starts PostgreSQL and Python slowly.
START_SECONDS = 120


@pytest.fixture(scope="package")
def stack(front_end: Path, request: pytest.FixtureRequest) -> Iterator[Stack]:
    """A running `kist up` with a fresh book, its sample transactions, and an operator."""
    programs.browser()  # without one every test is skipped
    with folder("home-") as home:
        port = free_port()
        environment = {name: value for name, value in os.environ.items() if not name.startswith("KIST_")}
        environment |= {"KIST_HOME": str(home), "KIST_PORT": str(port), "KIST_OPERATOR_PASSWORD": "a long password"}
        log = home / "up.log"
        with log.open("wb") as output:
            up = start("up", env=environment, stdout=output, stderr=output, start_new_session=True)
        try:
            deadline = time.monotonic() + START_SECONDS
            while "Ctrl-C stops everything" not in log.read_text():
                assert up.poll() is None, log.read_text()
                assert time.monotonic() < deadline, log.read_text()
                time.sleep(0.05)
            has_pictures = bool(request.config.getoption("--pictures"))
            stack = Stack(f"http://127.0.0.1:{port}", home, environment, has_pictures=has_pictures)
            stack.command("operator", "add", stack.operator)
            yield stack
        finally:
            up.terminate()
            with contextlib.suppress(subprocess.TimeoutExpired):
                up.wait(60)
            up.kill()


@pytest.fixture(scope="package")
async def browser() -> AsyncIterator[Browser]:
    async with launched() as browser:
        yield browser


@pytest.fixture
async def tab(stack: Stack, browser: Browser) -> AsyncIterator[Tab]:
    async with opened(stack, browser) as tab:
        yield tab
