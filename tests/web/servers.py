"""An API of its own on the servers of a running stack: it may come and go, and have other settings."""

import contextlib
import subprocess
import time

import httpx

from tests.running import start
from tests.web.browsing import Stack

# A machine may be busy, and Python starts slowly then.
START_SECONDS = 120


def begin(stack: Stack, **variables: str) -> subprocess.Popen[bytes]:
    """The one of a stack's address, once it answers."""
    environment = stack.environment | {"KIST_PORT": stack.address.rpartition(":")[2]} | variables
    log = stack.home / "api.log"
    with log.open("ab") as output:
        server = start("api", env=environment, stderr=output)
    deadline = time.monotonic() + START_SECONDS
    while True:
        assert server.poll() is None, log.read_text()
        assert time.monotonic() < deadline, log.read_text()
        with contextlib.suppress(httpx.TransportError):
            if httpx.get(f"{stack.address}/health/live").is_success:
                return server
        time.sleep(0.05)


def end(server: subprocess.Popen[bytes]) -> None:
    server.terminate()
    server.wait(60)
