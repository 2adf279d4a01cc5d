"""What this service is, for whoever opens its address: its version, its date, its doors, and its schema."""

from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse

from models import business_date
from resolvers.root import printed
from server.health import answer
from server.home import VERSION
from settings import Settings


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

    async def schema(self, _: Request) -> PlainTextResponse:
        """The schema as it is checked in, for code generators that want a file."""
        return PlainTextResponse(printed(), headers={"Cache-Control": "no-cache"})
