"""The API runs in uvicorn, which ends subscriptions at a shutdown and then exits with code 0."""

import asyncio
import gc
import sys
from collections.abc import Callable
from socket import socket
from typing import Any

import uvicorn

from api.protocol import HttpProtocol
from api.requests import LONGEST_BODY
from api.uvicorn_seam import SignalledServer
from resolvers import subscriptions
from settings import Settings

# A shutdown waits for unanswered requests this long, then cancels them.
DRAIN_SECONDS = 10
# Cancelled requests have so long to send their 503.
_CANCELLED_SECONDS = 1
# A request leaves a hundred objects that refer to each other. Rarer collections are as much work in total, but each
# one is longer: with the commands' threshold, 50 milliseconds.
_OBJECTS_BETWEEN_COLLECTIONS = 5_000
# The exit code of uvicorn's own command.
STARTUP_FAILURE = 3


class _Server(SignalledServer):
    def __init__(self, config: uvicorn.Config, listening: Callable[[], None]) -> None:
        super().__init__(config)
        self._listening = listening

    async def startup(self, sockets: list[socket] | None = None) -> None:
        await super().startup(sockets)
        if self.started:
            self._listening()
        # Modules and the schema stay until the end. Examining them in each collection would cost a twentieth of a
        # payment, in pauses of tens of milliseconds in which no request is answered.
        gc.collect()
        gc.freeze()
        gc.set_threshold(_OBJECTS_BETWEEN_COLLECTIONS)

    async def shutdown(self, sockets: list[socket] | None = None) -> None:
        # A subscription by server-sent events is an endless response: uvicorn would wait for it and then cancel it.
        subscriptions.end()
        await super().shutdown(sockets)
        if self.server_state.tasks:
            await asyncio.wait(self.server_state.tasks, timeout=_CANCELLED_SECONDS)


def configured(settings: Settings, application: Any = "app:create") -> uvicorn.Config:
    """uvicorn's configuration for an application, or for the name of a factory of one."""
    return uvicorn.Config(
        application,
        factory=isinstance(application, str),
        http=HttpProtocol,
        host=settings.host,
        port=settings.port,
        log_config=None,
        access_log=False,
        lifespan="on",
        server_header=False,
        ws_max_size=LONGEST_BODY,
        # By default uvicorn trusts the X-Forwarded-For of every client on this machine.
        proxy_headers=bool(settings.trusted_proxies),
        forwarded_allow_ips=settings.trusted_proxies,
        timeout_graceful_shutdown=DRAIN_SECONDS,
    )


def serve(settings: Settings, sockets: list[socket] | None, listening: Callable[[], None]) -> None:
    """Serve `app.create()` until SIGTERM or SIGINT, then finish the requests that have begun.

    `sockets` are those that this process shares with others; without them, it listens on KIST_HOST:KIST_PORT alone.
    `listening` is called when it does.
    """
    server = _Server(configured(settings), listening)
    server.run(sockets)
    if not server.started:
        sys.exit(STARTUP_FAILURE)


def schema_text() -> str:
    """The GraphQL schema, as schema.graphql holds it."""
    from api.graphql.root import printed

    return printed()
