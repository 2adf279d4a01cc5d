"""A path that ends with one slash too many is answered as the path without it, on every transport."""

from starlette.types import ASGIApp, Receive, Scope, Send

from server.doors import PATHS

_KNOWN = {path for path in PATHS if not path.endswith("/")}


class WithoutSlash:
    """Takes the slash off before routes, logs, metrics and limits see the path.

    A redirect would turn a POST into a GET in some clients, and would name an address that the request's headers have.
    """

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "lifespan" and (path := scope["path"]).endswith("/") and path[:-1] in _KNOWN:
            scope = {**scope, "path": path[:-1]}
        await self.app(scope, receive, send)
