"""A request that does not become an operation is refused in JSON, with a code and the security headers."""

from typing import Any

from starlette.exceptions import HTTPException
from starlette.requests import Request

from api.json_answers import JsonResponse

# These headers suit data, which a browser must not show, run or frame. Pages set their own policy.
SAFE = {
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
    "Cache-Control": "no-store",
}

# Clients of these paths read `problems`, as in a refusal.
_PLAIN = "/api/"

# The router gives only the name of the status.
PATH_NOT_FOUND = "The path was not found."
_REASONS = {
    "Not Found": PATH_NOT_FOUND,
    "Method Not Allowed": "The path does not support the method. `Allow` lists the methods.",
}
_CODES = {404: "NOT_FOUND", 405: "METHOD_NOT_ALLOWED", 413: "TOO_LARGE", 415: "UNSUPPORTED_MEDIA_TYPE"}


def error_body(reason: str, code: str = "BAD_USER_INPUT", path: str = "") -> dict[str, Any]:
    """A refusal in the shape of a GraphQL answer, or in that of a REST answer where `path` is a REST path."""
    if path.startswith(_PLAIN):
        return {"problems": [{"code": code, "message": reason, "field": None}]}
    return {"errors": [{"message": reason, "extensions": {"code": code}}]}


def error_response(
    status: int, reason: str, *, code: str = "BAD_USER_INPUT", path: str = "", **headers: str
) -> JsonResponse:
    """The answer to a request that does not become an operation; `headers` by name, with `_` for `-`."""
    named = {name.replace("_", "-"): text for name, text in headers.items()}
    return JsonResponse(error_body(reason, code, path), status, named)


async def on_http_exception(request: Request, error: Exception) -> JsonResponse:
    """The router's own refusal, as JSON. `api.pages` answers browsers."""
    assert isinstance(error, HTTPException)
    code = _CODES.get(error.status_code, "BAD_USER_INPUT")
    reason = _REASONS.get(error.detail, error.detail)
    response = error_response(error.status_code, reason, code=code, path=request.url.path)
    response.headers.update(error.headers or {})
    return response
