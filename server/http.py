"""GraphQL over HTTP, server-sent events and WebSocket: whatever is sent, the answer is JSON and never a 500."""

import json
from collections.abc import AsyncGenerator, Iterator
from decimal import Decimal, InvalidOperation
from typing import Any, NoReturn

from cross_web import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.types import Message, Receive, Scope, Send
from starlette.websockets import WebSocket
from strawberry.asgi import ASGIWebSocketAdapter, GraphQL
from strawberry.exceptions import MissingQueryError
from strawberry.http import GraphQLRequestData
from strawberry.http.exceptions import NonJsonMessageReceived
from strawberry.schema.exceptions import CannotGetOperationTypeError, InvalidOperationTypeError
from strawberry.subscriptions import GRAPHQL_SSE_PROTOCOL, GRAPHQL_TRANSPORT_WS_PROTOCOL
from strawberry.types import ExecutionResult
from strawberry.types.graphql import OperationType

from resolvers.context import RequestContext
from resolvers.literals import storable
from resolvers.root import schema
from settings import Settings

# No request of ours is nearly as long.
LONGEST_BODY = 1_000_000


class Conversation(ASGIWebSocketAdapter):
    """A WebSocket that ends, with a reason, at the first message that is none."""

    async def iter_json(self, *, ignore_parsing_errors: bool = False) -> AsyncGenerator[object, None]:
        async for message in super().iter_json(ignore_parsing_errors=ignore_parsing_errors):
            if not _is_message(message):
                raise NonJsonMessageReceived
            yield message


class GraphQLView(GraphQL[RequestContext, None]):
    """The endpoint. One instance serves the whole process."""

    websocket_adapter_class = Conversation

    def __init__(self, settings: Settings) -> None:
        super().__init__(
            schema,
            graphql_ide="graphiql",
            subscription_protocols=(GRAPHQL_TRANSPORT_WS_PROTOCOL, GRAPHQL_SSE_PROTOCOL),
        )
        self._settings = settings

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await super().__call__(scope, receive, send)
            return
        try:
            response: Response = await self.run(Request(scope, _at_most(LONGEST_BODY, receive)))
        except HTTPException as error:
            response = _refusal(error.status_code, error.reason)
        await response(scope, receive, send)

    async def get_context(self, request: Request | WebSocket, response: Response | WebSocket) -> RequestContext:
        # Behind a proxy that is trusted, uvicorn has put the client's own address there.
        address = request.client.host if request.client else ""
        return RequestContext(self._settings, request.headers.get("authorization"), address)

    def decode_json(self, data: str | bytes) -> object:
        """JSON with exact numbers and storable strings; anything else is a JSONDecodeError, whatever is wrong."""
        try:
            text = data.decode() if isinstance(data, bytes) else data
            value: object = json.loads(text, parse_float=_exact, parse_constant=_not_a_number)
            if "\\u" in text and not all(map(storable, _strings(value))):
                raise ValueError("a string holds NUL or half of a surrogate pair")
        except (ValueError, RecursionError) as error:
            raise json.JSONDecodeError(str(error), "", 0) from None
        return value

    def parse_json(self, data: str | bytes) -> Any:
        value = super().parse_json(data)
        if not isinstance(value, dict):
            raise HTTPException(400, "The body is a JSON object with query, variables and operationName.")
        if not isinstance(value.get("operationName"), str | None):
            raise HTTPException(400, "The operationName is a string.")
        return value

    async def execute_single(  # noqa: PLR0913, PLR0917 — the parent decides what it takes
        self,
        request: Request,
        request_adapter: Any,
        sub_response: Response,
        context: RequestContext,
        root_value: None,
        request_data: GraphQLRequestData,
    ) -> ExecutionResult:
        # A plain response has room for one result; a subscription needs a stream.
        allowed = OperationType.from_http(request_adapter.method) - {OperationType.SUBSCRIPTION}
        try:
            result: ExecutionResult = await self.schema.execute(
                request_data.query,
                variable_values=request_data.variables,
                context_value=context,
                operation_name=request_data.operation_name,
                allowed_operation_types=allowed,
            )
        except MissingQueryError:
            raise HTTPException(400, "There is no query in the request.") from None
        except CannotGetOperationTypeError:
            raise HTTPException(400, "Which operation is meant? Name it in operationName.") from None
        except InvalidOperationTypeError as error:
            raise HTTPException(405 if request_adapter.method == "GET" else 400, _elsewhere(error)) from None
        return result


def _at_most(longest: int, receive: Receive) -> Receive:
    """`receive` for a body that ends there. Starlette's own limit answers with plain text."""
    length = 0

    async def receive_some() -> Message:
        nonlocal length
        message = await receive()
        length += len(message.get("body", b""))
        if length > longest:
            raise HTTPException(413, f"A request has at most {longest} bytes.")
        return message

    return receive_some


def _is_message(value: object) -> bool:
    """Whether a value is a message of graphql-transport-ws, as far as the library takes its shape for granted."""
    if not isinstance(value, dict) or not isinstance(value.get("id", ""), str):
        return False
    if value.get("type") != "subscribe":
        return isinstance(value.get("type"), str)
    payload = value.get("payload")
    return (
        isinstance(payload, dict)
        and isinstance(payload.get("query"), str)
        and isinstance(payload.get("variables"), dict | None)
        and isinstance(payload.get("operationName"), str | None)
    )


def _elsewhere(error: InvalidOperationTypeError) -> str:
    if error.operation_type is OperationType.SUBSCRIPTION:
        return "A subscription takes Accept: text/event-stream, or a WebSocket with graphql-transport-ws."
    return "Send a mutation by POST."


def _refusal(status: int, reason: str) -> JSONResponse:
    """A request that never became an operation, in the shape of a GraphQL answer."""
    headers = {"Allow": "GET, POST"} if status == 405 else None
    error = {"message": reason, "extensions": {"code": "BAD_USER_INPUT"}}
    return JSONResponse({"errors": [error]}, status, headers)


def _exact(text: str) -> Decimal:
    try:
        return Decimal(text)
    except InvalidOperation:  # an exponent of more digits than Decimal has
        raise ValueError("a number is out of range") from None


def _not_a_number(text: str) -> NoReturn:
    raise ValueError(f"{text} is not JSON")


def _strings(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for name, member in value.items():
            yield name
            yield from _strings(member)
    elif isinstance(value, list):
        for member in value:
            yield from _strings(member)
