"""The OpenAPI 3.1 description of the REST paths is generated from their table and the GraphQL schema."""

from functools import cache
from typing import Any

from graphql import GraphQLEnumType
from starlette.requests import Request
from starlette.responses import JSONResponse

from api.graphql.root import schema
from api.rest.json_schema import Answer, members
from api.rest.operations import Operation
from api.rest.paths import TABLE
from settings import VERSION

PATH = "/api/openapi.json"

_ABOUT = """The paths of the earlier service. Each path runs an operation of the GraphQL API at `/graphql`, by the same
rules. Only GraphQL has lists, quotes, session refresh and live updates.

- Names are written `like_this`, where GraphQL has `likeThis`. The slash at the end of a path is optional.
- Money is in rupees. A request sends it as a string or a number, both read exactly. An answer has a string with two
  decimals.
- A refusal has `problems`: every reason at once, each with a code, a message for a person and the member it concerns.
- The limits of `/graphql` hold here too. Every answer has an `X-Request-Id`: the client's own, or a new one."""

# These codes are not refusals of an operation: the request never became one, or it failed.
_CODES = {
    "BAD_USER_INPUT": "The request, or a member of it, does not match this description.",
    "UNAUTHENTICATED": "The token is missing or invalid. Sign in.",
    "FORBIDDEN": "Your account may not do this.",
    "NOT_FOUND": "The path was not found.",
    "METHOD_NOT_ALLOWED": "The path does not support the method. `Allow` lists the methods.",
    "TOO_LARGE": "The body is too long.",
    "UNSUPPORTED_MEDIA_TYPE": "The body is not uncompressed application/json.",
    "TOO_MANY_REQUESTS": "The account or the network sent too many requests. Try again after `Retry-After`.",
    "TOO_MANY_AT_ONCE": "The account has too many requests in progress. Try again when they are answered.",
    "UNAVAILABLE": "The service is unavailable. Try again.",
    "TIMEOUT": "The request took too long. Try again.",
    "INTERNAL_SERVER_ERROR": "The server failed.",
}

_REFUSALS = {
    400: "The operation was refused, with every reason, or the request is invalid.",
    401: "The token is missing or invalid, or the credentials are wrong.",
    403: "Your account may not do this.",
    404: "The loan does not exist, or belongs to another borrower.",
    413: "The body is longer than 1 MB.",
    415: "The body is not uncompressed application/json.",
    429: "Too many requests, or too many attempts. Try again after `Retry-After`.",
    500: "The server failed. Its log has the error under the request id.",
    503: "The service is unavailable. Try again. A payment with a `transaction_id` is safe to send again.",
}
_ALWAYS = (400, 429, 500, 503)


async def described(_: Request) -> JSONResponse:
    return JSONResponse(description(), headers={"Cache-Control": "no-cache"})


@cache
def description() -> dict[str, Any]:
    """The whole description."""
    schemas: dict[str, Any] = {}
    paths: dict[str, dict[str, Any]] = {}
    for operation in TABLE:
        paths.setdefault(operation.path, {})[operation.method.lower()] = _operation(operation, schemas)
    return {
        "openapi": "3.1.0",
        "info": {"title": "kist", "version": VERSION, "description": _ABOUT},
        "servers": [{"url": "/"}],
        "paths": paths,
        "components": {
            "schemas": {**schemas, "Problems": _problems()},
            "responses": {str(status): _refusal(status) for status in _REFUSALS},
            "securitySchemes": {
                "token": {"type": "http", "scheme": "bearer", "description": "The `access_token` of a session."}
            },
        },
    }


def _operation(operation: Operation, schemas: dict[str, Any]) -> dict[str, Any]:
    done = Answer(operation.document, schemas).described()
    refused = sorted([*_ALWAYS, *operation.refused, *((413, 415) if operation.method == "POST" else ())])
    successes = {operation.status: "Done."} | (
        {200: "The same request was done before."} if operation.is_replayed else {}
    )
    return {
        "operationId": operation.name,
        "summary": operation.summary,
        "description": operation.description,
        "security": [] if operation.is_public else [{"token": []}],
        **_inputs(operation),
        "responses": {
            **{
                str(status): _content(done, description=text, **_links(operation)) for status, text in successes.items()
            },
            **{str(status): {"$ref": f"#/components/responses/{status}"} for status in refused},
        },
    }


def _links(operation: Operation) -> dict[str, Any]:
    """The link to the statement of the loan that the operation changed."""
    if not operation.loan_at:
        return {}
    statement = {"operationId": "getStatement", "parameters": {"loan": f"$response.body#{operation.loan_at}"}}
    return {"links": {"statement": statement}}


def _inputs(operation: Operation) -> dict[str, Any]:
    inputs = members(operation)
    if operation.method == "POST":
        return {"requestBody": _content(inputs, required=operation.is_asking, example=operation.given)}
    return {
        "parameters": [
            {
                "name": name,
                "in": "query",
                "required": name in inputs["required"],
                "schema": of,
                "example": operation.given[name],
            }
            for name, of in inputs["properties"].items()
        ]
    }


def _content(of: dict[str, Any], *, example: object = None, **more: object) -> dict[str, Any]:
    shown = {} if example is None else {"example": example}
    return {**more, "content": {"application/json": {"schema": of, **shown}}}


def _refusal(status: int) -> dict[str, Any]:
    response = _content({"$ref": "#/components/schemas/Problems"}, description=_REFUSALS[status])
    if status == 401:
        response["headers"] = {"WWW-Authenticate": {"required": True, "schema": {"type": "string"}}}
    if status in {429, 503}:
        response["headers"] = {"Retry-After": {"schema": {"type": "integer"}, "description": "Seconds."}}
    return response


def _problems() -> dict[str, Any]:
    refused = schema.core.type_map["ProblemCode"]
    assert isinstance(refused, GraphQLEnumType)
    codes = _CODES | {name: one.description or "" for name, one in refused.values.items()}
    listed = "\n".join(f"- `{name}`: {text}" for name, text in codes.items())
    problem = {
        "type": "object",
        "properties": {
            "code": {"type": "string", "enum": list(codes), "description": listed},
            "message": {"type": "string", "description": "For a person to read."},
            "field": {"type": ["string", "null"], "description": "The member that the problem concerns."},
        },
        "required": ["code", "message", "field"],
    }
    return {
        "type": "object",
        "description": "Every reason why the operation was refused.",
        "properties": {"problems": {"type": "array", "items": problem, "minItems": 1}},
        "required": ["problems"],
        "example": {
            "problems": [
                {"code": "AMOUNT_TOO_HIGH", "message": "The amount must be at most 50000.00.", "field": "amount"}
            ]
        },
    }
