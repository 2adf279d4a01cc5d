"""Errors outside the data: each has a code, and a message that tells the client what to do."""

from graphql import GraphQLError, Node


def bad_input(message: str, node: Node | None = None) -> GraphQLError:
    return GraphQLError(message, node, extensions={"code": "BAD_USER_INPUT"})


def unauthenticated() -> GraphQLError:
    return GraphQLError("Sign in first.", extensions={"code": "UNAUTHENTICATED"})


def forbidden() -> GraphQLError:
    return GraphQLError("Your account may not do this.", extensions={"code": "FORBIDDEN"})


def too_many_at_once(message: str) -> GraphQLError:
    return GraphQLError(message, extensions={"code": "TOO_MANY_AT_ONCE"})


def too_many_requests(seconds: int) -> GraphQLError:
    extensions = {"code": "TOO_MANY_REQUESTS", "retryAfter": seconds}
    return GraphQLError(too_many(seconds), extensions=extensions)


def too_many(seconds: int) -> str:
    return f"Too many requests. Try again in {seconds} second{'s' if seconds > 1 else ''}."


TIMED_OUT = "The request took too long and was stopped. A payment with a transactionId is safe to send again."


def timed_out() -> GraphQLError:
    return GraphQLError(TIMED_OUT, extensions={"code": "TIMEOUT"})


def unavailable() -> GraphQLError:
    return GraphQLError("The service is unavailable. Try again.", extensions={"code": "UNAVAILABLE"})


# The request may be valid: the same request can succeed a moment later.
TRY_AGAIN = ("UNAVAILABLE", "TIMEOUT")
UNAVAILABLE = "The service is unavailable. Try again. A payment with a transactionId is safe to send again."
