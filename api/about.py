"""What this service is, for whoever opens its address: its version, its date, its doors, and its schema."""

import hashlib
from functools import cache
from http import HTTPStatus

from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response

from api.graphql.root import printed
from api.health import answer
from models import business_date
from settings import VERSION, Settings


class About:
    """The two answers. One instance serves the whole process."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings

    async def told(self, _: Request) -> JSONResponse:
        """What the first page shows. The date is null while the database is away."""
        settings = self._settings
        day = await answer("database", lambda: business_date.current(settings.calendar_date(), settings.sandbox))
        return JSONResponse(
            {
                "name": "kist",
                "version": VERSION,
                "businessDate": day.isoformat() if day else None,
                "sandbox": settings.sandbox,
                "explorer": settings.explorer,
                "console": settings.console,
                "rest": settings.rest,
                "schema": settings.introspection,
            }
        )

    async def schema(self, request: Request) -> Response:
        """The schema as it is checked in, for code generators that want a file; nothing where they have this one."""
        text, tag = _schema()
        known = [one.strip().removeprefix("W/") for one in request.headers.get("if-none-match", "").split(",")]
        headers = {"Cache-Control": "no-cache", "ETag": tag}
        if tag in known or "*" in known:
            return Response(status_code=HTTPStatus.NOT_MODIFIED, headers=headers)
        return PlainTextResponse(text, headers=headers)


@cache
def _schema() -> tuple[str, str]:
    """The text, and the tag that it is known by."""
    text = printed()
    return text, f'"{hashlib.sha256(text.encode()).hexdigest()[:32]}"'
