"""A known path with an extra slash at its end is answered as the path without it, on every transport."""

from collections.abc import Iterable

from starlette.types import ASGIApp, Receive, Scope, Send


class TrailingSlash:
    """Removes the slash before routes, logs, metrics and limits see the path.

    A redirect would turn a POST into a GET in some clients, and its Location would repeat the request's Host header.
    """

    def __init__(self, app: ASGIApp, *, paths: Iterable[str]) -> None:
        self.app = app
        self._paths = {path for path in paths if not path.endswith("/")}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "lifespan" and (path := scope["path"]).endswith("/") and path[:-1] in self._paths:
            scope = {**scope, "path": path[:-1]}
        await self.app(scope, receive, send)
