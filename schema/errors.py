"""Errors that are not data: each has a code, and a message that says what the client can do."""

from graphql import GraphQLError, Node


def bad_input(message: str, node: Node | None = None) -> GraphQLError:
    return GraphQLError(message, node, extensions={"code": "BAD_USER_INPUT"})


def unauthenticated() -> GraphQLError:
    return GraphQLError("Sign in first.", extensions={"code": "UNAUTHENTICATED"})


def forbidden() -> GraphQLError:
    return GraphQLError("That is not for this session.", extensions={"code": "FORBIDDEN"})


def too_many_at_once(message: str) -> GraphQLError:
    return GraphQLError(message, extensions={"code": "TOO_MANY_AT_ONCE"})


def too_many_requests(seconds: int) -> GraphQLError:
    extensions = {"code": "TOO_MANY_REQUESTS", "retryAfter": seconds}
    return GraphQLError(too_many(seconds), extensions=extensions)


def too_many(seconds: int) -> str:
    return f"Too many requests. Try again in {seconds} second{'s' if seconds > 1 else ''}."


TIMED_OUT = "That took too long, and was broken off. A payment with a transactionId is safe to send again."


def timed_out() -> GraphQLError:
    return GraphQLError(TIMED_OUT, extensions={"code": "TIMEOUT"})


# Nothing is known to be wrong with the request, and the same one may be answered in a moment.
TRY_AGAIN = ("UNAVAILABLE", "TIMEOUT")
UNAVAILABLE = "This is not to be had at the moment. A payment with a transactionId is safe to send again."
