"""The application behind uvicorn as its process serves it, on a free port."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import uvicorn

import app
from api import serve
from settings import Settings


@asynccontextmanager
async def listening(settings: Settings) -> AsyncIterator[str]:
    """Where it listens, as host:port."""
    configuration = serve.configured(settings.model_copy(update={"port": 0}), app.application(settings))
    configuration.timeout_graceful_shutdown = 1
    runner = uvicorn.Server(configuration)
    serving = asyncio.create_task(runner.serve())
    try:
        while not runner.started:
            assert not serving.done()
            await asyncio.sleep(0.01)
        host, port = runner.servers[0].sockets[0].getsockname()
        yield f"{host}:{port}"
    finally:
        runner.should_exit = True
        await serving
