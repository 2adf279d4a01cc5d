"""A path that ends with one slash too many is answered as the path without it, on every transport."""

from collections.abc import Iterable

from starlette.types import ASGIApp, Receive, Scope, Send


class TrailingSlash:
    """Takes the slash off before routes, logs, metrics and limits see the path.

    A redirect would turn a POST into a GET in some clients, and would name an address that the request's headers have.
    """

    def __init__(self, app: ASGIApp, *, paths: Iterable[str]) -> None:
        self.app = app
        self._paths = {path for path in paths if not path.endswith("/")}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "lifespan" and (path := scope["path"]).endswith("/") and path[:-1] in self._paths:
            scope = {**scope, "path": path[:-1]}
        await self.app(scope, receive, send)
