"""The status of an answer, for those on its way who do not read it: proxies, balancers, clients that try again."""

from collections.abc import Iterable
from typing import Any

from resolvers.attempts import MINUTES
from resolvers.errors import TRY_AGAIN
from server import negotiation

# A database that is started again is back after a few.
_RETRY_AFTER_SECONDS = "2"
# A door is shut for so long at most, because tries before one that is shut are not counted.
_RETRY_AFTER = {429: str(MINUTES * 60), 503: _RETRY_AFTER_SECONDS}

_OF_A_PROBLEM = {
    "UNAUTHENTICATED": 401,
    "BAD_CREDENTIALS": 401,
    "FORBIDDEN": 403,
    "LOAN_NOT_FOUND": 404,
    "TOO_MANY_ATTEMPTS": 429,
    "INTERNAL_SERVER_ERROR": 500,
    **dict.fromkeys(TRY_AGAIN, 503),
}


def of(answer: dict[str, Any], media_type: str) -> tuple[int, dict[str, str]]:
    """The status of an answer, and the headers that belong to it."""
    if _is_to_be_tried_again(answer):
        return 503, {"Retry-After": _RETRY_AFTER_SECONDS}
    # In application/json the status says that there is an answer: proxies answer with it too.
    is_refused = media_type == negotiation.GRAPHQL and "data" not in answer
    return (400 if is_refused else 200), {}


def of_problems(codes: Iterable[str]) -> tuple[int, dict[str, str]]:
    """The status of a no that is told by its problems alone: of the first that has one of its own."""
    code = next((code for code in codes if code in _OF_A_PROBLEM), "")
    status = _OF_A_PROBLEM.get(code, 400)
    return status, {"Retry-After": _RETRY_AFTER[status]} if status in _RETRY_AFTER else {}


def _is_to_be_tried_again(answer: dict[str, Any]) -> bool:
    """Whether nothing of what was asked for could be had, and at another time it may."""
    codes = {error.get("extensions", {}).get("code") for error in answer.get("errors") or ()}
    data = answer.get("data") or {}
    return not codes.isdisjoint(TRY_AGAIN) and all(field is None for field in data.values())
