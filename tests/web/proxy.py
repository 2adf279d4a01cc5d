"""A TCP proxy between the browser and a server, which a test can cut and restore: to the browser the server is away."""

import asyncio
import contextlib
from collections.abc import AsyncIterator

from tests.running import free_port
from tests.web.browsing import Stack

_CHUNK_BYTES = 65536


class Proxy:
    """Forwards connections to the server of a stack."""

    def __init__(self, stack: Stack) -> None:
        self._target = int(stack.address.rpartition(":")[2])
        self._port = free_port()
        self._writers: set[asyncio.StreamWriter] = set()
        self._server: asyncio.Server | None = None
        self.stack = stack._replace(address=f"http://127.0.0.1:{self._port}")

    async def restore(self) -> None:
        """Accept connections, at first and after each `cut`."""
        self._server = await asyncio.start_server(self._forward, "127.0.0.1", self._port)

    async def cut(self) -> None:
        """Refuse connections and break those that are open."""
        assert self._server
        self._server.close()
        for writer in list(self._writers):
            writer.transport.abort()

    async def _forward(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        upstream_reader, upstream = await asyncio.open_connection("127.0.0.1", self._target)
        self._writers |= {writer, upstream}
        try:
            await asyncio.gather(_copy(reader, upstream), _copy(upstream_reader, writer))
        finally:
            self._writers -= {writer, upstream}


async def _copy(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with contextlib.suppress(ConnectionError):
        while data := await reader.read(_CHUNK_BYTES):
            writer.write(data)
            await writer.drain()
    writer.close()


@contextlib.asynccontextmanager
async def proxied(stack: Stack) -> AsyncIterator[Proxy]:
    """A proxy that forwards until the test cuts it."""
    proxy = Proxy(stack)
    await proxy.restore()
    yield proxy
    await proxy.cut()
