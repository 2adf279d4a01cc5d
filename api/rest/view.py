"""The REST paths: each runs its document on the schema as a request to /graphql would, and speaks as HTTP does."""

import json
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, NamedTuple

from cross_web import HTTPException
from graphql import GraphQLError, VariableDefinitionNode
from starlette import exceptions
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route
from starlette.types import Receive, Scope, Send

from api import parsing, requests, status_codes
from api.graphql.root import schema
from api.graphql.strings import storable
from api.rest import openapi
from api.rest.operations import Operation
from api.rest.paths import ME, TABLE
from resolvers.context import RequestContext
from rules import aadhaar
from settings import Settings

# Of a name that nobody knows.
_LONGEST_NAME = 100

# What the library says around what is wrong: the first names the variable, the second quotes what a scalar says.
_ABOUT_A_VARIABLE = re.compile(r"Variable '\$\w+' has invalid value: (.*)", re.DOTALL)
_BY_A_SCALAR = re.compile(r"Expected value of type '\w+', but encountered error '(.*?)'; found: .*", re.DOTALL)


class Problem(NamedTuple):
    """One reason for a no, as clients read it."""

    code: str
    message: str
    field: str | None = None


class RestError(Exception):
    """A no, with all its reasons."""

    def __init__(self, *problems: Problem, retry_after: int = 0) -> None:
        super().__init__(", ".join(problem.code for problem in problems))
        self.problems = problems
        self.retry_after = retry_after


class Path:
    """One path, with an operation for each of its methods."""

    def __init__(self, settings: Settings, operations: Iterable[Operation]) -> None:
        self._settings = settings
        self._operations = {one.method: one for one in operations}
        # Looking at something is as good without its body. What changes something is never only looked at.
        is_looked_at = any(one.document.startswith("query") for one in self._operations.values())
        self._methods = ", ".join([*self._operations, *(["HEAD"] if is_looked_at else []), "OPTIONS"])

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
            return _no(error.problems, is_signed=is_signed, retry_after=error.retry_after)
        except HTTPException as error:
            if error.status_code == 503:
                return _no([Problem("TIMEOUT", error.reason)])
            raise exceptions.HTTPException(error.status_code, error.reason) from None

    async def _done(self, operation: Operation, given: dict[str, Any], context: RequestContext) -> Response:
        if operation.own:
            await _require_own(operation.own, given, context)
        answer = await _asked(operation.document, given, context)
        if answer is None:
            # Of what there may not be, that there is none is no error to GraphQL.
            raise RestError(Problem("LOAN_NOT_FOUND", "There is no such loan.", "loan"))
        if "problems" in answer:
            raise RestError(*_spelt(answer["problems"], operation))
        return JSONResponse(answer, 200 if answer.get("replayed") else operation.status)


async def _asked(document: str, variables: dict[str, Any], context: RequestContext) -> Any:
    """What a document of ours is answered.

    Raises:
        NotDoneError: there are errors. What could be had beside them is no answer.
    """
    result = await schema.execute(document, variable_values=variables, context_value=context)
    if result.errors:
        seconds = max(int((error.extensions or {}).get("retryAfter", 0)) for error in result.errors)
        raise RestError(*(_problem(error, variables) for error in result.errors), retry_after=seconds)
    return result.data["answer"]


async def _require_own(name: str, given: dict[str, Any], context: RequestContext) -> None:
    """Take a member off that says who asks.

    Raises:
        NotDoneError: it is not there, or somebody else.
    """
    me = await _asked(ME, {}, context)
    said = given.pop(name, None)
    if isinstance(said, bool) or not isinstance(said, str | int):
        raise RestError(Problem("BAD_USER_INPUT", "An id is a string or a whole number.", name))
    if str(said) != me["id"]:
        raise RestError(Problem("FORBIDDEN", "That is not for this session.", name))


async def _given(request: Request, operation: Operation) -> dict[str, Any]:
    """What a request has for an operation, by name.

    Raises:
        NotDoneError: it has something else, or has it twice, or not in JSON.
        HTTPException: 415 where its body is of another type.
    """
    if request.method == "POST":
        if request.query_params:
            raise RestError(Problem("BAD_USER_INPUT", "Members of a POST stand in its body, not in its address."))
        given = await _body(request, operation)
    else:
        given = _parameters(request)
    unknown = sorted(given.keys() - {*operation.members, operation.own})
    if unknown:
        # A misspelt transaction_id that nobody reads would be a payment that is not safe to send again.
        raise RestError(*(Problem("BAD_USER_INPUT", "There is no such member.", _named(one)) for one in unknown))
    return given


def _named(sent: str) -> str:
    """A name that a client made up, as it may be told again."""
    return aadhaar.hidden(sent[: 2 * _LONGEST_NAME])[:_LONGEST_NAME]


def _parameters(request: Request) -> dict[str, Any]:
    pairs = request.query_params.multi_items()
    for name, number in Counter(name for name, _ in pairs).items():
        if number > 1:
            raise RestError(Problem("BAD_USER_INPUT", "This stands in the query more than once.", _named(name)))
    if not all(map(storable, request.query_params.values())):
        raise RestError(Problem("BAD_USER_INPUT", "A string holds NUL or half of a surrogate pair."))
    return dict(pairs)


async def _body(request: Request, operation: Operation) -> dict[str, Any]:
    body = await request.body()
    if not body and not operation.is_asking:
        return {}
    requests.require_json(request.headers)
    try:
        value = parsing.read_json(body, named_once=True)
    except json.JSONDecodeError as error:
        raise RestError(Problem("BAD_USER_INPUT", f"The body is no JSON: {error.msg}")) from None
    if not isinstance(value, dict):
        raise RestError(Problem("BAD_USER_INPUT", "The body is a JSON object."))
    return value


def _problem(error: GraphQLError, variables: dict[str, Any]) -> Problem:
    """An error in the words of who knows nothing of GraphQL."""
    code = str((error.extensions or {})["code"])
    name = next(
        (node.variable.name.value for node in error.nodes or () if isinstance(node, VariableDefinitionNode)), None
    )
    if name is None:
        return Problem(code, error.message)
    if variables.get(name) is None:
        return Problem(code, "This is needed.", name)
    text = _ABOUT_A_VARIABLE.sub(r"\1", error.message)
    return Problem(code, _BY_A_SCALAR.sub(r"\1", text), name)


def _spelt(problems: Iterable[dict[str, Any]], operation: Operation) -> Iterator[Problem]:
    """A refusal's problems, with the names that the request had."""
    for one in problems:
        name = one["field"]
        # What is no member of the request is the account's: INCOME_MISSING is about annual_income.
        yield Problem(one["code"], one["message"], name and operation.spelt.get(name, _snake(name)))


def _snake(name: str) -> str:
    return re.sub(r"(?=[A-Z])", "_", name).lower()


def _no(problems: Sequence[Problem], *, is_signed: bool = False, retry_after: int = 0) -> Response:
    codes = [problem.code for problem in problems]
    status, headers = status_codes.of_problems(codes, retry_after)
    if status == 401:
        # As RFC 6750 has it: whoever has said nothing about themselves has said nothing wrong.
        is_wrong = is_signed and "UNAUTHENTICATED" in codes
        headers["WWW-Authenticate"] = 'Bearer realm="kist"' + (', error="invalid_token"' if is_wrong else "")
    return JSONResponse({"problems": [problem._asdict() for problem in problems]}, status, headers)


def routes(settings: Settings) -> list[BaseRoute]:
    """Each path of the table, with the slash at its end or without, and the description of all of them."""
    found: list[BaseRoute] = []
    for path in dict.fromkeys(operation.path for operation in TABLE):
        endpoint = Path(settings, (one for one in TABLE if one.path == path))
        found += [Route(path, endpoint), Route(path.rstrip("/"), endpoint)]
    if settings.introspection:
        found.append(Route(openapi.PATH, openapi.described))
    return found
