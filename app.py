"""The ASGI application composes the rooms, and opens and closes their connections."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route, WebSocketRoute

import settings as environment
from api.about import About
from api.direct_posts import DirectPosts
from api.graphql import session_view
from api.graphql.persisted_queries import PersistedQueries
from api.graphql.session_view import SessionView
from api.graphql.view import GraphQLView
from api.health import Health
from api.middleware import CrossOrigin, RequestIds, SecurityHeaders
from api.pages import Pages, routes
from api.rest import openapi
from api.rest import view as rest
from api.rest.paths import TABLE
from api.throttling import Throttling
from api.trailing_slash import TrailingSlash
from auth import tokens
from auth.budgets import Budgets
from models import business_date, database
from ops.monitoring.start import is_traced, monitored
from settings import Settings
from tasks import worker

# Metrics name these paths. Clients can make up any number of other paths, which are counted together.
PATHS = {
    *("/", "/docs", "/about", "/graphql", "/schema.graphql", "/health/live", "/health/ready", "/.well-known/jwks.json"),
    session_view.PATH,
    *(openapi.PATH, *(operation.path for operation in TABLE)),
}

# Response headers that a front end of another origin may read.
_EXPOSED = ["X-Request-Id", "Retry-After"]
# Request headers that it may send. The API, a proxy or nothing reads them. A browser refuses a request with any other
# header, and client libraries add theirs unasked. Cookies are never allowed: `/graphql/session` refuses other origins.
_ALLOWED = [
    *("Authorization", "Content-Type", "X-Request-Id", "Idempotency-Key", "If-None-Match", "X-Requested-With"),
    # Browsers add these on a reload without cache.
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
        SettingsError: a setting is invalid.
    """
    return application(environment.load())


def application(settings: Settings) -> Starlette:
    """The application of some settings. Its lifespan opens and closes the pool and the broker."""
    documents, budgets = PersistedQueries(settings), Budgets(settings)

    @asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[None]:
        pool = database.connected(
            settings.require_database(), settings.database_connections, pooler_url=settings.database_pooler_url
        )
        async with monitored(settings, "api"), pool, worker.opened(settings), documents.opened(), budgets.shared():
            if settings.sandbox:
                await business_date.begin(settings.calendar_date())
            yield

    async def verification_keys(_: Request) -> JSONResponse:
        # A new key signs at once. A client that has cached the list fetches it again for an unknown key id.
        return JSONResponse(tokens.key_set(settings), headers={"Cache-Control": "public, max-age=300"})

    pages, health, about = Pages(), Health(settings), About(settings)
    view = GraphQLView(settings, documents, pages)
    starlette = Starlette(
        routes=[
            Route("/graphql", view),
            WebSocketRoute("/graphql", view),
            Route(session_view.PATH, SessionView(settings, documents, pages), methods=["POST"]),
            Route("/health/live", health.live),
            Route("/health/ready", health.ready),
            Route("/.well-known/jwks.json", verification_keys),
            Route("/about", about.about),
            *([Route("/schema.graphql", about.schema)] if settings.introspection else []),
            *(rest.routes(settings) if settings.rest else []),
            *routes(settings, pages),
        ],
        middleware=[*_middleware(settings, budgets), Middleware(DirectPosts, path="/graphql", view=view)],
        lifespan=lifespan,
        exception_handlers={HTTPException: pages.on_http_exception},
    )
    # A redirect's Location would repeat the request's Host header: TrailingSlash answers instead.
    starlette.router.redirect_slashes = False
    return starlette


def _middleware(settings: Settings, budgets: Budgets) -> list[Middleware]:
    """A request passes these in this order, and its answer in the opposite order."""
    traced, cross_origin = list[Middleware](), list[Middleware]()
    if is_traced():
        from ops.monitoring.traces import Traced

        traced = [Middleware(Traced)]
    if settings.cors_origins:
        cross_origin = [
            Middleware(
                CrossOrigin,
                allow_origins=settings.origins(),
                allow_methods=["GET", "POST"],
                allow_headers=_ALLOWED,
                expose_headers=_EXPOSED,
            )
        ]
    return [
        Middleware(TrailingSlash, paths=PATHS),
        *traced,
        Middleware(RequestIds, paths=PATHS),
        Middleware(SecurityHeaders, strict_transport=settings.strict_transport),
        # Before the limits, so that a page of another origin can read that it sent too many requests.
        *cross_origin,
        Middleware(Throttling, settings=settings, budgets=budgets),
    ]
