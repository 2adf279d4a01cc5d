"""GraphQL and REST read requests under the same limits: the size and type of the body, and the time to answer."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping

from cross_web import HTTPException
from starlette.requests import ClientDisconnect, HTTPConnection, Request
from starlette.responses import Response
from starlette.types import Message, Receive, Scope, Send

from api import negotiation
from resolvers.context import RequestContext
from schema.errors import TIMED_OUT
from settings import Settings

# No request of the console or of REST comes close to it.
LONGEST_BODY = 1_000_000


async def within_time(
    scope: Scope, receive: Receive, seconds: float, answer: Callable[[Request], Awaitable[Response]]
) -> Response:
    """The response of `answer` to a request.

    Raises:
        HTTPException: 413: the body is too long; 400: it does not arrive; 503: the answer takes too long.
    """
    request = Request(scope, _limited(receive))
    # A client that sends Expect: 100-continue then does not send the body at all.
    if int(request.headers.get("content-length", 0)) > LONGEST_BODY:
        raise _too_long()
    try:
        # The limit does not end an event stream: its response is created here and sent later.
        async with asyncio.timeout(seconds) as limit:
            return await answer(request)
    except ClientDisconnect:
        raise HTTPException(400, "The body did not arrive.") from None  # for the log: the client has gone
    except TimeoutError:
        if not limit.expired():
            raise
        raise HTTPException(503, TIMED_OUT) from None


def require_json(headers: Mapping[str, str]) -> None:
    """Raises: HTTPException: 415: the headers declare anything but uncompressed JSON in UTF-8."""
    if not is_json(headers.get("content-type", "")):
        raise HTTPException(415, "The body must be application/json in UTF-8.")
    if headers.get("content-encoding", "identity").lower() != "identity":
        raise HTTPException(415, "The body must not be compressed.")


def context_of(settings: Settings, connection: HTTPConnection) -> RequestContext:
    """The context of a request. Behind a trusted proxy, uvicorn has set `client` to the client's own address."""
    address = connection.client.host if connection.client else ""
    context = RequestContext(settings, connection.headers.get("authorization"), address, connection.scope.get("budget"))
    context.cookie = connection.scope.get("session_cookie")
    return context


def headers_only(send: Send) -> Send:
    """`send` without the body, for answers to HEAD."""

    async def send_headers(message: Message) -> None:
        await send({**message, "body": b""} if message["type"] == "http.response.body" else message)

    return send_headers


def _limited(receive: Receive) -> Receive:
    """`receive` with a limit on the body's length. Starlette's own limit would answer in plain text."""
    length = 0

    async def receive_some() -> Message:
        nonlocal length
        message = await receive()
        length += len(message.get("body", b""))
        if length > LONGEST_BODY:
            raise _too_long()
        return message

    return receive_some


def _too_long() -> HTTPException:
    return HTTPException(413, f"A request must not exceed {LONGEST_BODY} bytes.")


def is_json(content_type: str) -> bool:
    """Whether a Content-Type is JSON in UTF-8."""
    name, _, parameters = content_type.lower().replace(" ", "").replace('"', "").partition(";")
    return name == negotiation.JSON and parameters in {"", "charset=utf-8", "charset=utf8"}
