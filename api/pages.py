"""The pages of the front end are built files of this origin, each served under a Content-Security-Policy."""

from collections.abc import Mapping
from contextlib import suppress
from http import HTTPStatus

from starlette.datastructures import Headers
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import BaseRoute, Route
from starlette.staticfiles import StaticFiles
from starlette.types import Receive, Scope, Send

from api import negotiation, refusals
from settings import DIST, Settings

# The browser loads scripts, styles and images from files of this origin only: no inline code, no other origin.
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; font-src 'self'; img-src 'self' data:; "
    "connect-src 'self'; manifest-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'"
)
# The explorer's editor writes inline styles, embeds its fonts in its style sheets, and runs a worker.
EXPLORER_POLICY = (
    POLICY.replace("style-src 'self'", "style-src 'self' 'unsafe-inline'").replace(
        "font-src 'self'", "font-src 'self' data:"
    )
    + "; worker-src 'self'"
)

# The browser revalidates a page at each visit. The files that a page names have a digest of their content in their
# names, so that they never change.
_PAGE = "no-cache"
_FOR_EVER = "public, max-age=31536000, immutable"

# Files at fixed addresses. Browsers ask for the manifest and its icons when a person installs the console.
_FIXED = ("icon.svg", "icon-192.png", "icon-512.png", "icon-maskable-512.png", "manifest.webmanifest")

# The preferred encoding first. The build compresses each file once, at the highest level.
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
    """The built files. One instance serves the whole process."""

    def __init__(self) -> None:
        # `./kist web` may build the folder while the process runs.
        self._files = StaticFiles(directory=DIST, check_dir=False)

    async def page(self, name: str, scope: Scope, policy: str = POLICY) -> Response:
        """A page, or 503 with a text that says how to build it."""
        try:
            return await self.file(f"{name}.html", scope, {"Cache-Control": _PAGE, "Content-Security-Policy": policy})
        except HTTPException as error:
            if error.status_code != HTTPStatus.NOT_FOUND:
                raise
            return HTMLResponse(_MISSING, HTTPStatus.SERVICE_UNAVAILABLE)

    async def on_http_exception(self, request: Request, error: Exception) -> Response:
        """The router's own refusal: a page for a browser that asks for a path that is not there, else JSON."""
        assert isinstance(error, HTTPException)
        accepted = request.headers.get("accept", "")
        prefers_html = negotiation.weight(accepted, negotiation.HTML) > negotiation.weight(accepted, negotiation.JSON)
        if error.status_code == HTTPStatus.NOT_FOUND and request.method in {"GET", "HEAD"} and prefers_html:
            headers = {"Cache-Control": "no-store", "Content-Security-Policy": POLICY}
            with suppress(HTTPException):  # the front end has not been built
                page = await self.file("not-found.html", _without(request.scope, _CONDITIONS), headers)
                page.status_code = HTTPStatus.NOT_FOUND
                return page
        return await refusals.on_http_exception(request, error)

    async def file(self, path: str, scope: Scope, headers: Mapping[str, str]) -> Response:
        """A file below the folder, compressed if the client accepts it.

        Raises:
            HTTPException: 404: no file has that name; 405: the method is not GET or HEAD.
        """
        weights = negotiation.codings(Headers(scope=scope).get("accept-encoding", "identity"))
        encoding, response = None, None
        for encoding, suffix in _ENCODINGS.items():
            if weights.get(encoding, weights.get("*", 0)) > 0:
                try:
                    response = await self._files.get_response(path + suffix, scope)
                    break
                except HTTPException as error:
                    # The build leaves short files uncompressed.
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
    """The endpoint of one page."""

    def __init__(self, pages: Pages, name: str) -> None:
        self._pages, self._name = pages, name

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        response = await self._pages.page(self._name, scope)
        await response(_without(scope, _RANGES), receive, send)


class Console(Page):
    """The endpoint of the console, which routes the paths below its own. None of its pages has a name with a dot."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if "." in scope["path"].rpartition("/")[2]:
            raise HTTPException(HTTPStatus.NOT_FOUND)
        await super().__call__(scope, receive, send)


class Asset:
    """The endpoint of `/assets/NAME`, or of one file whose name never changes."""

    def __init__(self, pages: Pages, path: str = "") -> None:
        self._pages, self._path = pages, path

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        path = self._path or f"assets/{scope['path_params']['name']}"
        response = await self._pages.file(path, scope, {"Cache-Control": _PAGE if self._path else _FOR_EVER})
        await response(_without(scope, _RANGES), receive, send)


# A range of a compressed file would be a range of other bytes.
_RANGES = {b"range"}
# A page that is not there must not be answered with 304.
_CONDITIONS = {b"range", b"if-none-match", b"if-modified-since"}


def _without(scope: Scope, names: set[bytes]) -> Scope:
    """The request without some of its headers."""
    return {**scope, "headers": [(name, value) for name, value in scope["headers"] if name not in names]}


def routes(settings: Settings, pages: Pages) -> list[BaseRoute]:
    """The routes of all pages but the explorer, which shares its path with GraphQL."""
    found: list[BaseRoute] = [
        Route("/", Page(pages, "index")),
        Route("/docs", Page(pages, "docs")),
        Route("/assets/{name}", Asset(pages)),
        *(Route(f"/{name}", Asset(pages, name)) for name in _FIXED),
    ]
    if settings.console:
        # The console routes the paths below /app itself.
        found += [Route(path, Console(pages, "app")) for path in ("/app", "/app/{rest:path}")]
    return found
