"""The REST paths as OpenAPI 3.1 describes them: made of the table and the schema, so that it says nothing else."""

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

_ABOUT = """The paths of the earlier service. Each of them does what an operation of the GraphQL API at `/graphql` does,
by the same rules; what they have not, such as lists, quotes, refreshing a session and live updates, is there.

- Names are written `like_this`; `likeThis` is GraphQL's. A path may be written without the slash at its end.
- Money is rupees. It comes in as a string or a number, either read exactly, and goes out as a string with two decimals.
- A no has `problems`: every reason at once, each with a code, a message for a person and the member it is about.
- Everything has the limits of `/graphql`. Every answer has an `X-Request-Id`, the client's own where it sends one."""

# What is no refusal: a request that never became an operation, or that went wrong.
_CODES = {
    "BAD_USER_INPUT": "The request, or a member of it, is not what the description says.",
    "UNAUTHENTICATED": "There is no good token.",
    "FORBIDDEN": "Not for this session.",
    "NOT_FOUND": "There is no such path.",
    "METHOD_NOT_ALLOWED": "The path has other methods, which `Allow` names.",
    "TOO_LARGE": "The body is too long.",
    "UNSUPPORTED_MEDIA_TYPE": "The body is not plain application/json.",
    "TOO_MANY_REQUESTS": "The account or the network has asked for too much; to be tried again after `Retry-After`.",
    "TOO_MANY_AT_ONCE": "The account has too many requests in flight; to be tried again after their answers.",
    "UNAVAILABLE": "To be tried again.",
    "TIMEOUT": "It took too long; to be tried again.",
    "INTERNAL_SERVER_ERROR": "It went wrong on our side.",
}

_REFUSALS = {
    400: "Refused, with every reason; or not a request of this path.",
    401: "Nobody is signed in, or whoever was is not any more: there is no good token.",
    403: "Not for this session.",
    404: "There is no such loan, or it is somebody else's.",
    413: "The body is longer than 1 MB.",
    415: "The body is not plain application/json.",
    429: "Too many requests, or too many attempts; `Retry-After` says when to try again.",
    500: "Something went wrong on our side; the log has it under the request id.",
    503: "Not to be had at the moment. A payment with a `transaction_id` is safe to send again.",
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
    successes = {operation.status: "Done."} | ({200: "It had been done before."} if operation.is_replayed else {})
    return {
        "operationId": operation.name,
        "summary": operation.summary,
        "description": operation.description,
        "security": [] if operation.is_public else [{"token": []}],
        **_asked(operation),
        "responses": {
            **{
                str(status): _content(done, description=says, **_links(operation)) for status, says in successes.items()
            },
            **{str(status): {"$ref": f"#/components/responses/{status}"} for status in refused},
        },
    }


def _links(operation: Operation) -> dict[str, Any]:
    """What can be read of the loan that something was done with."""
    if not operation.loan_at:
        return {}
    statement = {"operationId": "getStatement", "parameters": {"loan": f"$response.body#{operation.loan_at}"}}
    return {"links": {"statement": statement}}


def _asked(operation: Operation) -> dict[str, Any]:
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
    told = _content({"$ref": "#/components/schemas/Problems"}, description=_REFUSALS[status])
    if status == 401:
        told["headers"] = {"WWW-Authenticate": {"required": True, "schema": {"type": "string"}}}
    if status in {429, 503}:
        told["headers"] = {"Retry-After": {"schema": {"type": "integer"}, "description": "Seconds."}}
    return told


def _problems() -> dict[str, Any]:
    refused = schema.core.type_map["ProblemCode"]
    assert isinstance(refused, GraphQLEnumType)
    codes = _CODES | {name: one.description or "" for name, one in refused.values.items()}
    told = "\n".join(f"- `{name}`: {says}" for name, says in codes.items())
    problem = {
        "type": "object",
        "properties": {
            "code": {"type": "string", "enum": list(codes), "description": told},
            "message": {"type": "string", "description": "For a person to read."},
            "field": {"type": ["string", "null"], "description": "The member it is about."},
        },
        "required": ["code", "message", "field"],
    }
    return {
        "type": "object",
        "description": "Why it was not done: every reason at once.",
        "properties": {"problems": {"type": "array", "items": problem, "minItems": 1}},
        "required": ["problems"],
        "example": {
            "problems": [{"code": "AMOUNT_TOO_HIGH", "message": "The amount is at most 50000.00.", "field": "amount"}]
        },
    }
