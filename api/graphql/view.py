"""GraphQL over HTTP, server-sent events and WebSocket: every request gets JSON, and no invalid request causes a 500."""

import json
from collections.abc import Collection, Mapping
from datetime import timedelta
from typing import Any

from cross_web import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send
from starlette.websockets import WebSocket
from strawberry.asgi import GraphQL
from strawberry.exceptions import MissingQueryError
from strawberry.http import GraphQLHTTPResponse, GraphQLRequestData, process_result
from strawberry.schema.exceptions import CannotGetOperationTypeError, InvalidOperationTypeError
from strawberry.subscriptions import GRAPHQL_SSE_PROTOCOL, GRAPHQL_TRANSPORT_WS_PROTOCOL
from strawberry.types import ExecutionResult
from strawberry.types.graphql import OperationType

from api import negotiation, parsing, requests, status_codes
from api.graphql import json_post, websocket
from api.graphql.persisted_queries import PersistedQueries, PersistedQueryError
from api.graphql.root import schema
from api.graphql.server_sent_events import ServerSentEvents
from api.json_answers import json_bytes
from api.negotiation import GRAPHQL, JSON, STREAM, Accepted
from api.pages import EXPLORER_POLICY, Pages
from api.refusals import error_response
from api.requests import LONGEST_BODY
from resolvers.context import RequestContext
from settings import Settings

_BY_POST = frozenset({OperationType.QUERY, OperationType.MUTATION})

METHODS = "GET, HEAD, POST, OPTIONS"
_UNACCEPTABLE = f"The Accept header must allow {JSON}, {GRAPHQL} or {STREAM}."


class GraphQLView(GraphQL[RequestContext, None]):
    """The endpoint of `/graphql`. One instance serves the whole process."""

    websocket_adapter_class = websocket.WebSocket
    graphql_transport_ws_handler_class = websocket.Operations

    def __init__(self, settings: Settings, documents: PersistedQueries, pages: Pages) -> None:
        super().__init__(
            schema,
            subscription_protocols=(GRAPHQL_TRANSPORT_WS_PROTOCOL, GRAPHQL_SSE_PROTOCOL),
            allowed_origins=settings.origins(),
            connection_init_wait_timeout=timedelta(seconds=websocket.INIT_SECONDS),
        )
        self.stream_transport_classes_by_protocol = {GRAPHQL_SSE_PROTOCOL: ServerSentEvents}
        self.documents = documents
        self.settings = settings
        self._pages = pages

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await super().__call__(scope, receive, send)
            return
        response = await self.respond(scope, receive)
        response.headers.add_vary_header("Accept")
        await response(scope, receive, requests.headers_only(send) if scope["method"] == "HEAD" else send)

    async def respond(self, scope: Scope, receive: Receive) -> Response:
        if scope["method"] == "OPTIONS":
            return Response(status_code=204, headers={"Allow": METHODS})
        if scope["method"] == "HEAD":
            scope = {**scope, "method": "GET"}
        try:
            return await requests.within_time(scope, receive, self.settings.request_seconds, self._response)
        except PersistedQueryError as error:
            return error_response(error.status, str(error), code=error.code)
        except HTTPException as error:
            return _refusal(error.status_code, error.reason, scope["method"])

    async def _response(self, request: Request) -> Response:
        accepted = json_post.accepted_of(request.scope)
        if accepted is None:
            return await self.run(request)
        body = self.parse_json(await request.body())
        sent = json_post.data_of(body)
        if sent is None:
            return await self.run(request)
        sent.query = await self.documents.query(sent.query, _document_id(body), sent.extensions)
        # A subscription has this word in its text. Its client may also accept a stream, which Strawberry's view sends.
        if accepted.names_stream and "subscription" in (sent.query or ""):
            return await self.run(request)
        try:
            result = await self._executed(sent, requests.context_of(self.settings, request), _BY_POST)
        except InvalidOperationTypeError as error:
            raise HTTPException(400, _elsewhere(error)) from None
        await self.documents.keep(sent.query, sent.extensions)
        return _json_response(_formatted(result), accepted.json)

    async def get_context(self, request: Request | WebSocket, response: Response | WebSocket) -> RequestContext:
        return requests.context_of(self.settings, request)

    async def get_sub_response(self, request: Request | WebSocket) -> Response:
        response = await super().get_sub_response(request)
        response.media_type = _accepted(request.headers).json
        return response

    def should_render_graphql_ide(self, request: Any) -> bool:
        asks = {"query", "documentId", "extensions"} & set(request.query_params)
        is_page = request.method == "GET" and not asks and _accepted(request.headers).names_html
        return self.settings.explorer and is_page

    async def render_graphql_ide(self, request: Request) -> Response:
        return await self._pages.page("explorer", request.scope, EXPLORER_POLICY)

    def decode_json(self, data: str | bytes) -> object:
        # `api.requests` limits bodies while they arrive; a message of a WebSocket arrives as a whole.
        if len(data) > LONGEST_BODY:
            raise json.JSONDecodeError(f"longer than {LONGEST_BODY}", "", 0)
        return parsing.read_json(data)

    def parse_json(self, data: str | bytes) -> Any:
        value = super().parse_json(data)
        if not isinstance(value, dict):
            raise HTTPException(400, "The body must be a JSON object with query, variables and operationName.")
        return value

    def parse_query_params(self, params: Any) -> dict[str, Any]:
        # An HTML form sends its empty fields too.
        return super().parse_query_params({name: text for name, text in params.items() if text})

    async def parse_http_body(self, request: Any) -> GraphQLRequestData:
        accepted = _accepted(request.headers)
        if accepted.json is None and not accepted.prefers_stream:
            raise HTTPException(406, _UNACCEPTABLE)
        if request.method == "POST":
            requests.require_json(request.headers)
        found: Any = await super().parse_http_body(request)
        if not isinstance(found.operation_name, str | None):
            raise HTTPException(400, "operationName must be a string.")
        # Some clients send "" for an operation without a name.
        found.operation_name = found.operation_name or None
        document_id = request.query_params.get("documentId") or None
        if request.method == "POST":
            # The request keeps its body, which is read already.
            document_id = _document_id(self.parse_json(await request.get_body()))
        found.query = await self.documents.query(found.query, document_id, found.extensions)
        found.protocol = "sse" if accepted.prefers_stream else "http"
        return found  # type: ignore[no-any-return]

    async def execute_operation(self, **named: Any) -> Any:  # type: ignore[override]  # run() passes only names
        sent = named["request_data"]
        try:
            result = await super().execute_operation(**named)
        except InvalidOperationTypeError as error:
            # Strawberry checks the type before it runs anything, so that the operation can still run as a stream.
            request: Request = named["request"]
            is_subscription = error.operation_type is OperationType.SUBSCRIPTION
            if not (is_subscription and _accepted(request.headers).names_stream):
                raise HTTPException(405 if request.method == "GET" else 400, _elsewhere(error)) from None
            sent.protocol = "sse"
            result = await super().execute_operation(**named)
        # A query that has run is valid. A stream runs later, so that its query is kept at the next request.
        await self.documents.keep(sent.query, sent.extensions)
        return result

    async def execute_single(  # noqa: PLR0913, PLR0917 — the parent's signature
        self,
        request: Request,
        request_adapter: Any,
        sub_response: Response,
        context: RequestContext,
        root_value: None,
        request_data: GraphQLRequestData,
    ) -> ExecutionResult:
        # A JSON response holds one result; a subscription needs a stream.
        allowed = OperationType.from_http(request_adapter.method) - {OperationType.SUBSCRIPTION}
        return await self._executed(request_data, context, allowed)

    async def _executed(
        self, sent: GraphQLRequestData, context: RequestContext, allowed: Collection[OperationType]
    ) -> ExecutionResult:
        try:
            result: ExecutionResult = await self.schema.execute(
                sent.query,
                variable_values=sent.variables,
                context_value=context,
                operation_name=sent.operation_name,
                allowed_operation_types=allowed,
            )
        except MissingQueryError:
            raise HTTPException(400, "The request has no query.") from None
        except CannotGetOperationTypeError:
            raise HTTPException(400, "operationName must name one operation of the query.") from None
        return result

    async def process_result(self, request: Request, result: Any) -> GraphQLHTTPResponse:
        return _formatted(result)

    def create_response(self, response_data: Any, sub_response: Response) -> Response:
        return _json_response(response_data, sub_response.media_type)


def _formatted(result: Any) -> GraphQLHTTPResponse:
    answer: GraphQLHTTPResponse = process_result(result)
    # An operation that did not start has no `data`, not even null (GraphQL specification, 7.1).
    if result.errors and result.data is None and all(error.path is None for error in result.errors):
        answer.pop("data", None)
    return answer


def _json_response(answer: Any, media_type: str | None) -> Response:
    kind = media_type or JSON
    status, headers = status_codes.of(answer, kind)
    return Response(json_bytes(answer), status, headers, kind)


def _document_id(body: Mapping[str, Any]) -> object:
    """The id of a persisted query, which a request with a text does not use."""
    return body.get("documentId") if body.get("query") is None else None


def _accepted(headers: Any) -> Accepted:
    # RFC 9110, 5.3: repeated headers are one list.
    return negotiation.accepted(", ".join(headers.getlist("accept")))


def _elsewhere(error: InvalidOperationTypeError) -> str:
    if error.operation_type is OperationType.SUBSCRIPTION:
        return "Send a subscription with Accept: text/event-stream, or by WebSocket with graphql-transport-ws."
    return "Send a mutation by POST."


def _refusal(status: int, reason: str, method: str) -> Response:
    response = error_response(status, reason, code="TIMEOUT" if status == 503 else "BAD_USER_INPUT")
    if status == 405:
        # With GET, only the operation is wrong: a mutation needs POST.
        response.headers["Allow"] = "POST" if method == "GET" else METHODS
    return response
