"""The API's process: uvicorn, told to end what would otherwise never end, and to end well."""

import asyncio
import gc
import sys
from socket import socket
from typing import Any

import uvicorn

from api.protocol import HttpProtocol
from api.requests import LONGEST_BODY
from api.uvicorn_seam import SignalledServer
from resolvers import subscriptions
from settings import Settings

DRAIN_SECONDS = 10
# What is broken off then is still told so.
_LAST_WORDS_SECONDS = 1
# A request leaves a hundred objects that refer to each other. Looked for more seldom, they are as much work, but all of
# it at once: with the commands' threshold, 50 milliseconds.
_OBJECTS_BETWEEN_SEARCHES = 5_000
# What uvicorn's own command exits with.
STARTUP_FAILURE = 3


class _Server(SignalledServer):
    async def startup(self, sockets: list[socket] | None = None) -> None:
        await super().startup(sockets)
        # What is there by now stays, modules and schema above all: looking through it for garbage again and again is
        # a twentieth of a payment, and all of it at once: tens of milliseconds in which nobody is answered.
        gc.collect()
        gc.freeze()
        gc.set_threshold(_OBJECTS_BETWEEN_SEARCHES)

    async def shutdown(self, sockets: list[socket] | None = None) -> None:
        # A subscription by server-sent events is a response that goes on: uvicorn would wait for it, and then break it.
        subscriptions.end()
        await super().shutdown(sockets)
        if self.server_state.tasks:
            await asyncio.wait(self.server_state.tasks, timeout=_LAST_WORDS_SECONDS)


def configured(settings: Settings, application: Any = "app:create") -> uvicorn.Config:
    """How an application, or what makes one, is served."""
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
        # uvicorn would by itself believe what any client on this machine says of where it comes from.
        proxy_headers=bool(settings.trusted_proxies),
        forwarded_allow_ips=settings.trusted_proxies,
        timeout_graceful_shutdown=DRAIN_SECONDS,
    )


def serve(settings: Settings) -> None:
    """Serve `app.create()` until SIGTERM or SIGINT, and then the requests that have begun."""
    server = _Server(configured(settings))
    server.run()
    if not server.started:
        sys.exit(STARTUP_FAILURE)
