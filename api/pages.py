"""The pages of the front end and their files: built before, from this origin alone, each under a policy of its own."""

from collections.abc import Mapping
from http import HTTPStatus

from starlette.datastructures import Headers
from starlette.exceptions import HTTPException
from starlette.responses import HTMLResponse, Response
from starlette.routing import BaseRoute, Route
from starlette.staticfiles import StaticFiles
from starlette.types import Receive, Scope, Send

from api import negotiation
from settings import DIST, Settings

# What stands in files of this origin is run and shown: nothing of another one, and nothing that stands in a page.
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; font-src 'self'; img-src 'self' data:; "
    "connect-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'"
)
# The explorer's editor writes its colours into the page, has its letters in its styles, and works beside it.
EXPLORER_POLICY = (
    POLICY.replace("style-src 'self'", "style-src 'self' 'unsafe-inline'").replace(
        "font-src 'self'", "font-src 'self' data:"
    )
    + "; worker-src 'self'"
)

# A page is asked for anew and mostly found to be the same; what it names has the digest of its content in its name.
_PAGE = "no-cache"
_FOR_EVER = "public, max-age=31536000, immutable"

# Liked best first: the files are compressed once, when they are built, and as well as it goes.
_ENCODINGS = {"br": ".br", "gzip": ".gz"}

_MISSING = """<!doctype html>
<html lang="en-IN">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>kist: front end missing</title>
<h1>The front end has not been built</h1>
<p>The API works without it, at <code>/graphql</code>. To build it, run <code>./kist web</code>. This needs the npm
registry, and Node 22.15 or newer if kist came without Node.</p>
</html>
"""


class Pages:
    """The built files. One instance serves the whole process, and serves what is built while it runs."""

    def __init__(self) -> None:
        # It may be built later.
        self._files = StaticFiles(directory=DIST, check_dir=False)

    async def page(self, name: str, scope: Scope, policy: str = POLICY) -> Response:
        """A page, or what is missing where it was not built."""
        try:
            return await self.file(f"{name}.html", scope, {"Cache-Control": _PAGE, "Content-Security-Policy": policy})
        except HTTPException as error:
            if error.status_code != HTTPStatus.NOT_FOUND:
                raise
            return HTMLResponse(_MISSING, HTTPStatus.SERVICE_UNAVAILABLE)

    async def file(self, path: str, scope: Scope, headers: Mapping[str, str]) -> Response:
        """A file below the folder, compressed where the client takes it so.

        Raises:
            HTTPException: there is none of that name, or the method is another than GET and HEAD.
        """
        asked = Headers(scope=scope)
        liked = negotiation.codings(asked.get("accept-encoding", "identity"))
        encoding, response = None, None
        for encoding, suffix in _ENCODINGS.items():
            if liked.get(encoding, liked.get("*", 0)) > 0:
                try:
                    response = await self._files.get_response(path + suffix, scope)
                    break
                except HTTPException as error:
                    # A file that is too short to be compressed.
                    if error.status_code != HTTPStatus.NOT_FOUND:
                        raise
        if response is None:
            encoding, response = None, await self._files.get_response(path, scope)
        if encoding:
            response.headers["Content-Encoding"] = encoding
        if "accept-ranges" in response.headers:
            del response.headers["accept-ranges"]
        response.headers.update(headers)
        response.headers.add_vary_header("Accept-Encoding")
        return response


class Page:
    """One page, as a route ends at it."""

    def __init__(self, pages: Pages, name: str) -> None:
        self._pages, self._name = pages, name

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        response = await self._pages.page(self._name, scope)
        await response(_whole(scope), receive, send)


class Asset:
    """The files that pages name: `/assets/NAME`, or one by a name that stays."""

    def __init__(self, pages: Pages, path: str = "") -> None:
        self._pages, self._path = pages, path

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        path = self._path or f"assets/{scope['path_params']['name']}"
        response = await self._pages.file(path, scope, {"Cache-Control": _PAGE if self._path else _FOR_EVER})
        await response(_whole(scope), receive, send)


def _whole(scope: Scope) -> Scope:
    """A request for all of a file: nobody needs a part of one, and a part of what is compressed is none."""
    return {**scope, "headers": [(name, value) for name, value in scope["headers"] if name != b"range"]}


def routes(settings: Settings, pages: Pages) -> list[BaseRoute]:
    """What there is besides the explorer, which shares its path with GraphQL."""
    found: list[BaseRoute] = [
        Route("/", Page(pages, "index")),
        Route("/docs", Page(pages, "docs")),
        Route("/assets/{name}", Asset(pages)),
        Route("/icon.svg", Asset(pages, "icon.svg")),
    ]
    if settings.console:
        # Below it the console itself knows what there is.
        found += [Route(path, Page(pages, "app")) for path in ("/app", "/app/{rest:path}")]
    return found
