"""An API with other settings, on the database and the broker of a running stack."""

import contextlib
import time
from collections.abc import Iterator

import httpx

from tests.running import free_port, start
from tests.web.browsing import Stack

# A busy machine starts Python slowly.
START_SECONDS = 120


@contextlib.contextmanager
def another_api(stack: Stack, **variables: str) -> Iterator[Stack]:
    """Start an API with more variables. The result is the stack with the address of this API."""
    port = free_port()
    address = f"http://127.0.0.1:{port}"
    log = stack.home / "api.log"
    with log.open("ab") as output:
        server = start("api", env=stack.environment | {"KIST_PORT": str(port)} | variables, stderr=output)
    try:
        deadline = time.monotonic() + START_SECONDS
        while not _is_live(address):
            assert server.poll() is None, log.read_text()
            assert time.monotonic() < deadline, log.read_text()
            time.sleep(0.05)
        yield stack._replace(address=address)
    finally:
        server.terminate()
        server.wait(60)


def _is_live(address: str) -> bool:
    with contextlib.suppress(httpx.TransportError):
        return httpx.get(f"{address}/health/live").is_success
    return False
