"""Each REST path runs its document on the schema, as /graphql would, and answers with the status codes of HTTP."""

import json
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, NamedTuple

from cross_web import HTTPException
from graphql import GraphQLError, VariableDefinitionNode
from starlette import exceptions
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route
from starlette.types import Receive, Scope, Send

from api import parsing, requests, status_codes
from api.graphql.root import schema
from api.graphql.strings import storable
from api.json_answers import JsonResponse
from api.rest import openapi
from api.rest.operations import Operation
from api.rest.paths import ME, TABLE
from resolvers.context import RequestContext
from rules import aadhaar
from settings import Settings

# An unknown name is returned to the client in the problem, cut to this length. The schema's longest name has 29.
_LONGEST_NAME = 100

# graphql-core wraps the reason twice: the outer text names the variable, the inner one quotes the scalar's message.
_ABOUT_A_VARIABLE = re.compile(r"Variable '\$\w+' has invalid value: (.*)", re.DOTALL)
_BY_A_SCALAR = re.compile(r"Expected value of type '\w+', but encountered error '(.*?)'; found: .*", re.DOTALL)


class Problem(NamedTuple):
    """One reason of a refusal, as clients read it."""

    code: str
    message: str
    field: str | None = None


class RestError(Exception):
    """A refusal with all its reasons."""

    def __init__(self, *problems: Problem, retry_after: int = 0) -> None:
        super().__init__(", ".join(problem.code for problem in problems))
        self.problems = problems
        self.retry_after = retry_after


class Path:
    """One path, with an operation for each of its methods."""

    def __init__(self, settings: Settings, operations: Iterable[Operation]) -> None:
        self._settings = settings
        self._operations = {one.method: one for one in operations}
        # HEAD runs the operation, so that only a path that reads has it.
        has_query = any(one.document.startswith("query") for one in self._operations.values())
        self._methods = ", ".join([*self._operations, *(["HEAD"] if has_query else []), "OPTIONS"])

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        response = await self._answered(scope, receive)
        await response(scope, receive, requests.headers_only(send) if scope["method"] == "HEAD" else send)

    async def _answered(self, scope: Scope, receive: Receive) -> Response:
        method = scope["method"]
        if method not in self._methods.split(", "):
            raise exceptions.HTTPException(405, headers={"Allow": self._methods})
        if method == "OPTIONS":
            return Response(status_code=204, headers={"Allow": self._methods})
        operation = self._operations["GET" if method == "HEAD" else method]

        async def answer(request: Request) -> Response:
            given = await _given(request, operation)
            return await self._done(operation, given, requests.context_of(self._settings, request))

        try:
            return await requests.within_time(scope, receive, self._settings.request_seconds, answer)
        except RestError as error:
            is_signed = any(name == b"authorization" for name, _ in scope["headers"])
            return _refusal(error.problems, is_signed=is_signed, retry_after=error.retry_after)
        except HTTPException as error:
            if error.status_code == 503:
                return _refusal([Problem("TIMEOUT", error.reason)])
            raise exceptions.HTTPException(error.status_code, error.reason) from None

    async def _done(self, operation: Operation, given: dict[str, Any], context: RequestContext) -> Response:
        if operation.own:
            await _require_own(operation.own, given, context)
        answer = await _execute(operation.document, given, context)
        if answer is None:
            # GraphQL answers null, without an error, where a loan does not exist.
            raise RestError(Problem("LOAN_NOT_FOUND", "The loan was not found.", "loan"))
        if "problems" in answer:
            raise RestError(*_spelt(answer["problems"], operation))
        return JsonResponse(answer, 200 if answer.get("replayed") else operation.status)


async def _execute(document: str, variables: dict[str, Any], context: RequestContext) -> Any:
    """The `answer` field of a document's result.

    Raises:
        RestError: the result has errors. Partial data beside them is dropped.
    """
    result = await schema.execute(document, variable_values=variables, context_value=context)
    if result.errors:
        seconds = max(int((error.extensions or {}).get("retryAfter", 0)) for error in result.errors)
        raise RestError(*(_problem(error, variables) for error in result.errors), retry_after=seconds)
    return result.data["answer"]


async def _require_own(name: str, given: dict[str, Any], context: RequestContext) -> None:
    """Remove the member that names the signed-in account.

    Raises:
        RestError: the member is missing, or names another account.
    """
    me = await _execute(ME, {}, context)
    account = given.pop(name, None)
    if isinstance(account, bool) or not isinstance(account, str | int):
        raise RestError(Problem("BAD_USER_INPUT", "An id must be a string or a whole number.", name))
    if str(account) != me["id"]:
        raise RestError(Problem("FORBIDDEN", "Your account may not do this.", name))


async def _given(request: Request, operation: Operation) -> dict[str, Any]:
    """The members that a request sends for an operation, by name.

    Raises:
        RestError: a member is unknown or repeated, or the body is not a JSON object.
        HTTPException: 415: the body is not application/json.
    """
    if request.method == "POST":
        if request.query_params:
            raise RestError(Problem("BAD_USER_INPUT", "Send the members of a POST in its body, not in its URL."))
        given = await _body(request, operation)
    else:
        given = _parameters(request)
    unknown = sorted(given.keys() - {*operation.members, operation.own})
    if unknown:
        # If a misspelt transaction_id were ignored, the payment would not be safe to send again.
        raise RestError(*(Problem("BAD_USER_INPUT", "This member is unknown.", _named(one)) for one in unknown))
    return given


def _named(sent: str) -> str:
    """An unknown name as it may be returned: short, and without an Aadhaar number."""
    return aadhaar.hidden(sent[: 2 * _LONGEST_NAME])[:_LONGEST_NAME]


def _parameters(request: Request) -> dict[str, Any]:
    pairs = request.query_params.multi_items()
    for name, number in Counter(name for name, _ in pairs).items():
        if number > 1:
            raise RestError(Problem("BAD_USER_INPUT", "This parameter is given more than once.", _named(name)))
    if not all(map(storable, request.query_params.values())):
        raise RestError(Problem("BAD_USER_INPUT", "A string contains NUL or an unpaired surrogate."))
    return dict(pairs)


async def _body(request: Request, operation: Operation) -> dict[str, Any]:
    body = await request.body()
    if not body and not operation.is_asking:
        return {}
    requests.require_json(request.headers)
    try:
        value = parsing.read_json(body, named_once=True)
    except json.JSONDecodeError as error:
        raise RestError(Problem("BAD_USER_INPUT", f"The body is not valid JSON: {error.msg}")) from None
    if not isinstance(value, dict):
        raise RestError(Problem("BAD_USER_INPUT", "The body must be a JSON object."))
    return value


def _problem(error: GraphQLError, variables: dict[str, Any]) -> Problem:
    """An error without the terms of GraphQL."""
    code = str((error.extensions or {})["code"])
    name = next(
        (node.variable.name.value for node in error.nodes or () if isinstance(node, VariableDefinitionNode)), None
    )
    if name is None:
        return Problem(code, error.message)
    if variables.get(name) is None:
        return Problem(code, "This is required.", name)
    text = _ABOUT_A_VARIABLE.sub(r"\1", error.message)
    return Problem(code, _BY_A_SCALAR.sub(r"\1", text), name)


def _spelt(problems: Iterable[dict[str, Any]], operation: Operation) -> Iterator[Problem]:
    """A refusal's problems, with the REST names of their fields."""
    for one in problems:
        name = one["field"]
        # A field that the request does not have is one of the account: INCOME_MISSING concerns annual_income.
        yield Problem(one["code"], one["message"], name and operation.spelt.get(name, _snake(name)))


def _snake(name: str) -> str:
    return re.sub(r"(?=[A-Z])", "_", name).lower()


def _refusal(problems: Sequence[Problem], *, is_signed: bool = False, retry_after: int = 0) -> Response:
    codes = [problem.code for problem in problems]
    status, headers = status_codes.of_problems(codes, retry_after)
    if status == 401:
        # RFC 6750, 3.1: a request without credentials gets no error code.
        is_invalid = is_signed and "UNAUTHENTICATED" in codes
        headers["WWW-Authenticate"] = 'Bearer realm="kist"' + (', error="invalid_token"' if is_invalid else "")
    return JsonResponse({"problems": [problem._asdict() for problem in problems]}, status, headers)


def routes(settings: Settings) -> list[BaseRoute]:
    """The routes of each path, with and without the slash at its end, and that of the OpenAPI description."""
    found: list[BaseRoute] = []
    for path in dict.fromkeys(operation.path for operation in TABLE):
        endpoint = Path(settings, (one for one in TABLE if one.path == path))
        found += [Route(path, endpoint), Route(path.rstrip("/"), endpoint)]
    if settings.introspection:
        found.append(Route(openapi.PATH, openapi.described))
    return found
