"""An error is the client's, with a code that says what to mend, or ours: then it is logged and never shown."""

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


# Names the client did not have: whoever may not read the schema should not be told it word by word.
_SUGGESTION = re.compile(r" Did you mean .*?\?", re.DOTALL)

# What the library quotes may be as long as a request.
_LONGEST_MESSAGE = 500
# A number that the cut would part is hidden all the same: what is shown ends long before.
_READ_OF_A_MESSAGE = 2000

# What is raised about a request before anything of it has run: by a scalar that cannot be read, by the parser
# in a query too deep for it, and by the library.
_ABOUT_THE_REQUEST = (
    ValueError,
    RecursionError,
    MissingQueryError,
    CannotGetOperationTypeError,
    InvalidOperationTypeError,
)


def is_unexpected(error: GraphQLError) -> bool:
    """Whether an error is ours: not meant for the client by who raised it, and not about the request.

    An error without a path was found before anything ran, or broke a stream between two of its events.
    """
    if isinstance(error.original_error, GraphQLError | None):
        return False
    return error.path is not None or not isinstance(error.original_error, _ABOUT_THE_REQUEST)


def present(errors: list[GraphQLError], *, suggesting: bool) -> None:
    """Give each error a code, in place; log what went wrong on our side, and hide it."""
    for position, error in enumerate(errors):
        if is_unexpected(error):
            message, code = _ours(error)
            extensions: dict[str, Any] = {"code": code, "requestId": request_id.get()}
        else:
            # The library quotes what it cannot read.
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


def _ours(error: GraphQLError) -> tuple[str, str]:
    """What the client is told of an error of ours, and its code; the log has the rest."""
    place, cause = ".".join(map(str, error.path or ["a subscription"])), error.original_error
    if isinstance(cause, database_errors.UNAVAILABLE + database_errors.IN_CONFLICT + database_errors.CANCELED):
        # Where it comes from is known, and while a server is away there is one of these for every request.
        logger.error("request %s: %s: %s: %s", request_id.get(), place, type(cause).__name__, cause)
        return (TIMED_OUT, "TIMEOUT") if isinstance(cause, database_errors.CANCELED) else (UNAVAILABLE, "UNAVAILABLE")
    logger.error("request %s: %s failed", request_id.get(), place, exc_info=cause)
    return f"Something went wrong on our side. Request id: {request_id.get()}", "INTERNAL_SERVER_ERROR"


class RefusalHandler(strawberry.ExceptionHandler[Refused, Refusal]):
    """Turns a raised no into the member of the result's union."""

    def handle(self, exception: Refused, *, field: object, info: object) -> Refusal:
        for listener in telemetry.listeners:
            for problem in exception.problems:
                listener.operation_refused(str(problem.code))
        return Refusal(problems=[Problem(code=code, message=text, field=at) for code, text, at in exception.problems])
