"""A request that never became an operation is refused in JSON, with a code and the headers of every answer."""

from typing import Any

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse

# Of data nothing is shown, run or framed. A page that is one says more for itself.
SAFE = {
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
    "Cache-Control": "no-store",
}

# Whoever asks here reads problems, as a refusal has them.
_PLAIN = "/api/"

_CODES = {404: "NOT_FOUND", 405: "METHOD_NOT_ALLOWED", 413: "TOO_LARGE", 415: "UNSUPPORTED_MEDIA_TYPE"}


def error_body(reason: str, code: str = "BAD_USER_INPUT", path: str = "") -> dict[str, Any]:
    """A no in the shape of a GraphQL answer, or in that which a path's own answers have."""
    if path.startswith(_PLAIN):
        return {"problems": [{"code": code, "message": reason, "field": None}]}
    return {"errors": [{"message": reason, "extensions": {"code": code}}]}


def error_response(
    status: int, reason: str, *, code: str = "BAD_USER_INPUT", path: str = "", **headers: str
) -> JSONResponse:
    """A request that never became an operation."""
    named = {name.replace("_", "-"): text for name, text in headers.items()}
    return JSONResponse(error_body(reason, code, path), status, named)


async def on_http_exception(request: Request, error: Exception) -> JSONResponse:
    """The router's own no, as JSON."""
    assert isinstance(error, HTTPException)
    code = _CODES.get(error.status_code, "BAD_USER_INPUT")
    response = error_response(error.status_code, error.detail, code=code, path=request.url.path)
    response.headers.update(error.headers or {})
    return response
