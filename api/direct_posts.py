"""A POST of GraphQL goes to its view past the router, which compares the path with patterns and wraps each answer."""

from starlette.types import ASGIApp, Receive, Scope, Send


class DirectPosts:
    """The innermost middleware: a request has passed all limits before it."""

    def __init__(self, app: ASGIApp, *, path: str, view: ASGIApp) -> None:
        self.app = app
        self._path, self._view = path, view

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and scope["method"] == "POST" and scope["path"] == self._path:
            await self._view(scope, receive, send)
        else:
            await self.app(scope, receive, send)
