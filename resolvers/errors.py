"""A client's error has a code and a message; an internal error is logged and masked."""

import logging
import re
from typing import Any

import strawberry
from graphql import GraphQLError
from strawberry.exceptions import MissingQueryError
from strawberry.schema.exceptions import CannotGetOperationTypeError, InvalidOperationTypeError

import telemetry
from models import database_errors
from resolvers.error_values import in_json
from rules import aadhaar
from rules.refusals import Refused
from schema.errors import TIMED_OUT, UNAVAILABLE
from schema.refusals import Problem, Refusal
from telemetry import request_id

logger = logging.getLogger("kist.resolvers")


# A suggestion reveals names of the schema. A client that may not read the schema must not learn it name by name.
_SUGGESTION = re.compile(r" Did you mean .*?\?", re.DOTALL)

# The library quotes input, which may be as long as a request.
_LONGEST_MESSAGE = 500
# An Aadhaar number must be masked even if the cut falls inside it, so more text is searched than is shown.
_READ_OF_A_MESSAGE = 2000

# The exceptions about a request before its execution: a scalar's, the parser's for a query that is too deep, and the
# library's own.
_ABOUT_THE_REQUEST = (
    ValueError,
    RecursionError,
    MissingQueryError,
    CannotGetOperationTypeError,
    InvalidOperationTypeError,
)


def is_unexpected(error: GraphQLError) -> bool:
    """Whether an error is internal: it was not raised for the client, and is not about the request.

    An error without a path was raised before the execution, or ended a stream between two events.
    """
    if isinstance(error.original_error, GraphQLError | None):
        return False
    return error.path is not None or not isinstance(error.original_error, _ABOUT_THE_REQUEST)


def present(errors: list[GraphQLError], *, suggesting: bool) -> None:
    """Give each error a code, in place; log and mask internal errors."""
    for position, error in enumerate(errors):
        if is_unexpected(error):
            message, code = _masked(error)
            extensions: dict[str, Any] = {"code": code, "requestId": request_id.get()}
        else:
            # The library quotes invalid input, which may contain an Aadhaar number.
            message = in_json(error.message[:_READ_OF_A_MESSAGE])
            message = aadhaar.hidden(message if suggesting else _SUGGESTION.sub("", message))
            if len(message) > _LONGEST_MESSAGE:
                message = f"{message[:_LONGEST_MESSAGE]}…"
            extensions = {"code": "BAD_USER_INPUT", **(error.extensions or {})}
        for listener in telemetry.listeners:
            listener.failed(str(extensions["code"]))
        errors[position] = GraphQLError(
            message, error.nodes, error.source, error.positions, error.path, extensions=extensions
        )


def _masked(error: GraphQLError) -> tuple[str, str]:
    """The message and the code of an internal error for the client; the log has the details."""
    place, cause = ".".join(map(str, error.path or ["a subscription"])), error.original_error
    if isinstance(cause, database_errors.UNAVAILABLE + database_errors.IN_CONFLICT + database_errors.CANCELED):
        # The cause is known, so no traceback: while PostgreSQL is down, every request logs one of these lines.
        logger.error("request %s: %s: %s: %s", request_id.get(), place, type(cause).__name__, cause)
        return (TIMED_OUT, "TIMEOUT") if isinstance(cause, database_errors.CANCELED) else (UNAVAILABLE, "UNAVAILABLE")
    logger.error("request %s: %s failed", request_id.get(), place, exc_info=cause)
    return f"Something went wrong on our side. Request id: {request_id.get()}", "INTERNAL_SERVER_ERROR"


class RefusalHandler(strawberry.ExceptionHandler[Refused, Refusal]):
    """Turns a raised `Refused` into the `Refusal` member of the result's union."""

    def handle(self, exception: Refused, *, field: object, info: object) -> Refusal:
        for listener in telemetry.listeners:
            for problem in exception.problems:
                listener.operation_refused(str(problem.code))
        return Refusal(problems=[Problem(code=code, message=text, field=at) for code, text, at in exception.problems])
