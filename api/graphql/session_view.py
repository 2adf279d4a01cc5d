"""Browsers open, continue and end sessions at `/graphql/session`: only there a cookie has the refresh token.

The cookie's path keeps it out of all other requests, HttpOnly out of scripts, and SameSite=Strict out of requests that
other sites cause. The endpoint also refuses requests of other origins of the same site, which SameSite does not.
"""

from datetime import UTC, datetime

from starlette.datastructures import Headers
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Receive, Scope

from api import negotiation
from api.graphql.view import GraphQLView
from api.refusals import error_response
from resolvers.session_cookie import SessionCookie

PATH = "/graphql/session"

_NAME = "kist_session"
# Browsers accept a name with this prefix over TLS only (RFC 6265bis, 4.1.3.1), so that no page that came over HTTP can
# replace the cookie. The prefix `__Host-` would need the path `/`.
_SECURE_NAME = f"__Secure-{_NAME}"

_FOREIGN = "Pages of other origins cannot use the cookie of a session. Send the operation to /graphql."
_STREAM = f"The Accept header must prefer {negotiation.JSON}: a stream cannot set the cookie of a session."


class SessionView(GraphQLView):
    """The endpoint of `/graphql/session`: operations as at `/graphql`, by POST and from pages of this origin only."""

    async def respond(self, scope: Scope, receive: Receive) -> Response:
        request = Request(scope)
        if not _is_from_this_origin(request.headers):
            return error_response(403, _FOREIGN, code="FORBIDDEN")
        accepted = negotiation.accepted(", ".join(request.headers.getlist("accept")))
        if accepted.json is None or accepted.prefers_stream:
            return error_response(406, _STREAM)
        is_secure = self._is_secure(request)
        name = _SECURE_NAME if is_secure else _NAME
        cookie = SessionCookie(request.cookies.get(name, ""))
        response = await super().respond({**scope, "session_cookie": cookie}, receive)
        if cookie.expires_at is not None:
            seconds = int((cookie.expires_at - datetime.now(UTC)).total_seconds())
            response.set_cookie(
                name, cookie.next_token, max_age=seconds, path=PATH, secure=is_secure, httponly=True, samesite="strict"
            )
        elif cookie.is_deleted:
            response.delete_cookie(name, path=PATH, secure=is_secure, httponly=True, samesite="strict")
        return response

    def _is_secure(self, request: Request) -> bool:
        """Whether the browser uses TLS. Its Origin header tells this even behind a proxy that forwards nothing."""
        is_https = request.url.scheme == "https" or request.headers.get("origin", "").startswith("https://")
        return self.settings.strict_transport or is_https


def _is_from_this_origin(headers: Headers) -> bool:
    """Whether no page of another origin sent a request: by Fetch Metadata, in older browsers by Origin and Host.

    Clients that are not browsers send neither.
    """
    if site := headers.get("sec-fetch-site"):
        return site == "same-origin"
    origin = headers.get("origin")
    return origin is None or origin.lower().partition("://")[2] == headers.get("host", "").lower()
