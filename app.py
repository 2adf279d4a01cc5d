"""The ASGI application: it ties the rooms together, and for as long as it runs they have their connections."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route, WebSocketRoute

import settings as environment
from models import business_date, database
from resolvers import tokens
from resolvers.budgets import Budgets
from server import rest
from server.about import About
from server.documents import Documents
from server.doors import Guarded, NamedRequests, Origins, refused
from server.health import Health
from server.http import GraphQLView
from server.pages import Pages, routes
from server.slashes import WithoutSlash
from server.throttling import Throttled
from server.watching import is_traced, watched
from settings import Settings
from tasks import worker

# A front end of another origin may read these besides the answer.
_EXPOSED = ["X-Request-Id", "Retry-After"]
# It may send these. Each is read here, by a proxy on the way, or by nothing; a header that is not in the list makes a
# browser refuse the whole request, and libraries add theirs without being told. No cookie is ever among them.
_TAKEN = [
    *("Authorization", "Content-Type", "X-Request-Id", "Idempotency-Key", "If-None-Match", "X-Requested-With"),
    # What the browser itself adds on a reload without cache.
    *("Cache-Control", "Pragma"),
    # Tracing: W3C, Sentry, Zipkin, Jaeger, Datadog, New Relic, AWS, Application Insights, Elastic.
    *("traceparent", "tracestate", "baggage", "sentry-trace", "b3", "uber-trace-id", "newrelic", "X-Amzn-Trace-Id"),
    *(f"X-B3-{name}" for name in ("TraceId", "SpanId", "ParentSpanId", "Sampled", "Flags")),
    *(f"x-datadog-{name}" for name in ("trace-id", "parent-id", "origin", "sampling-priority", "tags")),
    *("Request-Id", "Request-Context", "elastic-apm-traceparent"),
    # GraphQL clients: Apollo for the web, Kotlin and iOS, graphql-sse, and those of The Guild.
    *("apollographql-client-name", "apollographql-client-version", "apollo-require-preflight"),
    *(f"X-Apollo-Operation-{name}" for name in ("Id", "Name", "Type")),
    *("graphql-client-name", "graphql-client-version", "X-GraphQL-Event-Stream-Token", "Last-Event-ID"),
]


def create() -> Starlette:
    """The application of the environment's settings.

    Raises:
        SettingsError: a setting that cannot be used.
    """
    return application(environment.load())


def application(settings: Settings) -> Starlette:
    """The application of some settings. Its lifespan opens and closes the pool and the broker."""

    documents, budgets = Documents(settings), Budgets(settings)

    @asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[None]:
        pool = database.connected(
            settings.require_database(), settings.database_connections, pooler_url=settings.database_pooler_url
        )
        async with watched(settings, "api"), pool, worker.opened(settings), documents.opened(), budgets.shared():
            if settings.sandbox:
                await business_date.begin(settings.calendar_date())
            yield

    async def verification_keys(_: Request) -> JSONResponse:
        # A new key signs from the moment it is there: whoever keeps the list meets an id that is not in it.
        return JSONResponse(tokens.key_set(settings), headers={"Cache-Control": "public, max-age=300"})

    pages, health, about = Pages(), Health(settings), About(settings)
    view = GraphQLView(settings, documents, pages)
    starlette = Starlette(
        routes=[
            Route("/graphql", view),
            WebSocketRoute("/graphql", view),
            Route("/health/live", health.live),
            Route("/health/ready", health.ready),
            Route("/.well-known/jwks.json", verification_keys),
            Route("/about", about.told),
            *([Route("/schema.graphql", about.schema)] if settings.introspection else []),
            *(rest.routes(settings) if settings.rest else []),
            *routes(settings, pages),
        ],
        lifespan=lifespan,
        exception_handlers={HTTPException: refused},
    )
    # A redirect would name the address that the request's own headers have: WithoutSlash answers instead.
    starlette.router.redirect_slashes = False
    # The last is the first to be passed. A page of another origin is to read that there was too much of it.
    starlette.add_middleware(Throttled, settings=settings, budgets=budgets)
    if settings.cors_origins:
        starlette.add_middleware(
            Origins,
            allow_origins=settings.origins(),
            allow_methods=["GET", "POST"],
            allow_headers=_TAKEN,
            expose_headers=_EXPOSED,
        )
    starlette.add_middleware(Guarded, strict_transport=settings.strict_transport)
    starlette.add_middleware(NamedRequests)
    if is_traced():
        from server.traces import Traced

        starlette.add_middleware(Traced)
    starlette.add_middleware(WithoutSlash)
    return starlette
