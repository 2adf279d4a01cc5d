"""A POST of JSON reaches the schema in few steps; Strawberry's view reads every other request, with the same answers.

Strawberry's view takes any framework's requests, any body and several protocols, which costs a tenth of a payment.
"""

from typing import Any

from starlette.types import Scope
from strawberry.http import GraphQLRequestData

from api import negotiation
from api.negotiation import Accepted
from api.requests import is_json


def accepted_of(scope: Scope) -> Accepted | None:
    """The answers that the client of a plain POST accepts; None for a request that Strawberry's view has to read.

    A plain POST has no query string, a body of uncompressed JSON, and a client that accepts JSON and prefers no stream.
    """
    if scope["method"] != "POST" or scope["query_string"]:
        return None
    accept, kinds = list[str](), list[str]()
    for name, value in scope["headers"]:
        if name == b"accept":
            accept.append(value.decode("latin-1"))
        elif name == b"content-type":
            kinds.append(value.decode("latin-1"))
        elif name == b"content-encoding":
            return None
    # Strawberry refuses capital letters.
    if len(kinds) != 1 or not is_json(kinds[0]) or not kinds[0].startswith(negotiation.JSON):
        return None
    accepted = negotiation.accepted(", ".join(accept))
    return accepted if accepted.json is not None and not accepted.prefers_stream else None


def data_of(body: dict[str, Any]) -> GraphQLRequestData | None:
    """The parts of a request's body; None if one of them has the wrong type, which Strawberry's view reports."""
    query, variables, extensions = body.get("query"), body.get("variables"), body.get("extensions")
    name = body.get("operationName")
    if not (isinstance(query, str | None) and isinstance(name, str | None)):
        return None
    if not (isinstance(variables, dict | None) and isinstance(extensions, dict | None)):
        return None
    # Some clients send "" for an operation without a name.
    return GraphQLRequestData(query, variables, name or None, extensions)
