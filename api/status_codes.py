"""The status of an answer tells proxies, load balancers and retrying clients what its body tells the others."""

from collections.abc import Iterable
from typing import Any

from api import negotiation
from auth.sign_in_limit import MINUTES
from schema.errors import TRY_AGAIN

# A restarted PostgreSQL answers again after a few seconds.
_RETRY_AFTER_SECONDS = "2"
# Attempts that the limit refuses are not counted, so that a limit ends after MINUTES. Other requests in progress end
# within a second.
_RETRY_AFTER = {"TOO_MANY_ATTEMPTS": str(MINUTES * 60), "TOO_MANY_AT_ONCE": "1", "TOO_MANY_REQUESTS": "1"}

# The request is valid, and can be sent again later.
_TOO_MUCH = {"TOO_MANY_REQUESTS", "TOO_MANY_AT_ONCE"}

_OF_A_PROBLEM = {
    "UNAUTHENTICATED": 401,
    "BAD_CREDENTIALS": 401,
    "FORBIDDEN": 403,
    "LOAN_NOT_FOUND": 404,
    "USER_NOT_FOUND": 404,
    **dict.fromkeys(_RETRY_AFTER, 429),
    "INTERNAL_SERVER_ERROR": 500,
    **dict.fromkeys(TRY_AGAIN, 503),
}


def of(answer: dict[str, Any], media_type: str) -> tuple[int, dict[str, str]]:
    """The status of an answer, and the headers that belong to it."""
    if _is_nothing_but(TRY_AGAIN, answer):
        return 503, {"Retry-After": _RETRY_AFTER_SECONDS}
    if _is_nothing_but(_TOO_MUCH, answer):
        return 429, {"Retry-After": str(seconds(answer["errors"]))}
    # With application/json a client can take a 400 for a proxy's own answer, so that GraphQL's errors come with 200.
    is_refused = media_type == negotiation.GRAPHQL and "data" not in answer
    return (400 if is_refused else 200), {}


def of_problems(codes: Iterable[str], retry_after: int = 0) -> tuple[int, dict[str, str]]:
    """The status of the first code that has one, else 400, and the headers that belong to it."""
    code = next((code for code in codes if code in _OF_A_PROBLEM), "")
    status = _OF_A_PROBLEM.get(code, 400)
    usual = _RETRY_AFTER_SECONDS if status == 503 else _RETRY_AFTER.get(code)
    after = str(retry_after) if retry_after else usual
    return status, {"Retry-After": after} if after else {}


def seconds(errors: Iterable[dict[str, Any]]) -> int:
    """The number of seconds after which the client may try again: the longest `retryAfter` of the errors."""
    return max((int(error.get("extensions", {}).get("retryAfter", 1)) for error in errors), default=1)


def _is_nothing_but(codes: Iterable[str], answer: dict[str, Any]) -> bool:
    """Whether an error has one of the codes, and no field of the answer has data."""
    found = {error.get("extensions", {}).get("code") for error in answer.get("errors") or ()}
    data = answer.get("data") or {}
    return not found.isdisjoint(codes) and all(field is None for field in data.values())
