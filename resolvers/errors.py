"""An error is the client's, with a code that says what to mend, or ours: then it is logged and never shown."""

import logging
from collections.abc import Sequence
from contextvars import ContextVar
from typing import Any

import strawberry
from graphql import GraphQLError
from strawberry.extensions import MaskErrors

from rules.refusals import Refused
from schema.refusals import Problem, Refusal

logger = logging.getLogger("kist.resolvers")

# Set for each request by the application; a log line and a masked error name the same one.
request_id: ContextVar[str] = ContextVar("request_id", default="-")


def bad_input(message: str) -> GraphQLError:
    return GraphQLError(message, extensions={"code": "BAD_USER_INPUT"})


def unauthenticated() -> GraphQLError:
    return GraphQLError("Sign in first.", extensions={"code": "UNAUTHENTICATED"})


def forbidden() -> GraphQLError:
    return GraphQLError("That is not for this session.", extensions={"code": "FORBIDDEN"})


def is_unexpected(error: GraphQLError) -> bool:
    """Whether an error is ours. What has no path was found before anything ran: it is about the request."""
    return error.path is not None and not isinstance(error.original_error, GraphQLError | None)


class PresentErrors(MaskErrors):
    """Gives every error a code, and hides what went wrong on our side."""

    def __init__(self) -> None:
        super().__init__(should_mask_error=lambda error: True)

    def anonymise_error(self, error: GraphQLError) -> GraphQLError:
        if is_unexpected(error):
            message = f"Something went wrong on our side. Request id: {request_id.get()}"
            extensions: dict[str, Any] = {"code": "INTERNAL_SERVER_ERROR", "requestId": request_id.get()}
        else:
            message, extensions = error.message, {"code": "BAD_USER_INPUT", **(error.extensions or {})}
        return GraphQLError(message, error.nodes, error.source, error.positions, error.path, extensions=extensions)


def log_unexpected(errors: Sequence[GraphQLError]) -> None:
    for error in errors:
        if is_unexpected(error):
            logger.error("%s failed", ".".join(map(str, error.path or ())), exc_info=error.original_error)


class Refusing(strawberry.ExceptionHandler[Refused, Refusal]):
    """Turns a raised no into the member of the result's union."""

    def handle(self, exception: Refused, *, field: object, info: object) -> Refusal:
        return Refusal(problems=[Problem(code=code, message=text, field=at) for code, text, at in exception.problems])
