"""The ASGI application: it ties the rooms together, and for as long as it runs they have their connections."""

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from uuid import uuid4

from starlette.applications import Starlette
from starlette.datastructures import MutableHeaders
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse
from starlette.routing import Route, WebSocketRoute
from starlette.types import ASGIApp, Message, Receive, Scope, Send

import settings as environment
from models import business_date, database
from resolvers import tokens
from resolvers.errors import request_id
from server.http import GraphQLView
from settings import Settings
from tasks import worker

_REQUEST_ID = re.compile(r"[A-Za-z0-9._-]{1,64}")


def create() -> Starlette:
    """The application of the environment's settings.

    Raises:
        SettingsError: a setting that cannot be used.
    """
    return application(environment.load())


def application(settings: Settings) -> Starlette:
    """The application of some settings. Its lifespan opens and closes the pool and the broker."""

    @asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[None]:
        pool = database.connected(settings.require_database(), settings.database_connections)
        async with pool, worker.opened(settings):
            if settings.sandbox:
                await business_date.begin(settings.calendar_date())
            yield

    async def verification_keys(_: Request) -> JSONResponse:
        # A new key signs from the moment it is there: whoever keeps the list meets an id that is not in it.
        return JSONResponse(tokens.key_set(settings), headers={"Cache-Control": "public, max-age=300"})

    view = GraphQLView(settings)
    starlette = Starlette(
        routes=[
            Route("/graphql", view),
            WebSocketRoute("/graphql", view),
            Route("/", _home),
            Route("/.well-known/jwks.json", verification_keys),
        ],
        lifespan=lifespan,
    )
    starlette.add_middleware(NamedRequests)
    return starlette


async def _home(_: Request) -> RedirectResponse:
    return RedirectResponse("/graphql")


class NamedRequests:
    """Gives every request an id, or keeps the one it came with: in the answer, and in every log line about it."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self.app(scope, receive, send)
            return
        given = next((value for name, value in scope["headers"] if name == b"x-request-id"), b"").decode("latin-1")
        name = given if _REQUEST_ID.fullmatch(given) else uuid4().hex

        async def send_named(message: Message) -> None:
            if message["type"] == "http.response.start":
                MutableHeaders(scope=message)["X-Request-Id"] = name
            await send(message)

        token = request_id.set(name)
        try:
            await self.app(scope, receive, send_named)
        finally:
            request_id.reset(token)
